// unit.hpp - Criterion, and tables inside one test: its ParameterizedTest loses pointers to text
// between processes.
#pragma once

#include <criterion/criterion.h>

#include <string>
#include <string_view>

#include "../directory.hpp"

// The row that fails is named, and the table goes on.
#define EXPECT_ROW(condition, text) \
    cr_expect(condition, "row '%s': %s", std::string(text).c_str(), #condition)
