// directory.hpp - a temporary directory for one test, removed with it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

struct TestDirectory {
    std::string path;
    TestDirectory() {
        path = std::filesystem::temp_directory_path() / "revoke-test.XXXXXX";
        if (mkdtemp(path.data()) == nullptr) std::abort();
    }
    TestDirectory(const TestDirectory&) = delete;
    TestDirectory& operator=(const TestDirectory&) = delete;
    ~TestDirectory() { std::filesystem::remove_all(path); }
};
