// unit.hpp - Criterion, and tables inside one test: its ParameterizedTest loses pointers to text between processes.
#pragma once

#include <criterion/criterion.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

// A folder of its own for one test, gone with it.
struct TestFolder {
    std::string path;
    TestFolder() {
        path = std::filesystem::temp_directory_path() / "revoke-unit.XXXXXX";
        if (mkdtemp(path.data()) == nullptr) std::abort();
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    ~TestFolder() { std::filesystem::remove_all(path); }
};

// The row that fails is named, and the table goes on.
#define EXPECT_ROW(condition, text) cr_expect(condition, "row '%s': %s", std::string(text).c_str(), #condition)
