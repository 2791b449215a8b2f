// unit.hpp - Criterion, and tables inside one test: its ParameterizedTest loses pointers to text between processes.
#pragma once

#include <criterion/criterion.h>

#include <cstdlib>
#include <string>
#include <string_view>

// A folder of its own for one test, gone with it.
struct TestFolder {
    std::string path;
    TestFolder() {
        char name[] = "/tmp/revoke-unit.XXXXXX";
        path = mkdtemp(name);
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    ~TestFolder() { (void)!std::system(("rm -rf " + path).c_str()); }
};

// The row that fails is named, and the table goes on.
#define EXPECT_ROW(condition, text) cr_expect(condition, "row '%s': %s", std::string(text).c_str(), #condition)
