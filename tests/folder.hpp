// folder.hpp - a folder of its own for one test, gone with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

struct TestFolder {
    std::string path;
    TestFolder() {
        path = std::filesystem::temp_directory_path() / "revoke-test.XXXXXX";
        if (mkdtemp(path.data()) == nullptr) std::abort();
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    ~TestFolder() { std::filesystem::remove_all(path); }
};
