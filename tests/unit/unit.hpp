// unit.hpp - Criterion, with tables inside a test: ParameterizedTest loses pointers to text between
// processes.
#pragma once

#include <criterion/criterion.h>

#include <string>
#include <string_view>

#include "../directory.hpp"

// Names the row that fails and continues.
#define EXPECT_ROW(condition, text) \
    cr_expect(condition, "row '%s': %s", std::string(text).c_str(), #condition)
