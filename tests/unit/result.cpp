#include "revoke/base/result.hpp"

#include <string>

#include "unit.hpp"

using namespace pam_revoke;

namespace {

Result<int> half_of(int number) {
    if (number % 2 != 0) return make_error(Fault::malformed, "number", "odd", EINVAL);
    return number / 2;
}

Result<int> quarter_of(int number) {
    const int half = TRY(half_of(number));
    return half_of(half);
}

}  // namespace

Test(result, a_value_or_an_error) {
    cr_expect(quarter_of(8).ok() && quarter_of(8).value() == 2);
    for (const int number : {7, 6}) {
        const auto result = quarter_of(number);
        EXPECT_ROW(!result.ok() && result.error().fault == Fault::malformed,
                   std::to_string(number));
        EXPECT_ROW(result.error().os_error == EINVAL, std::to_string(number));
        EXPECT_ROW(result.error().object.view() == "number", std::to_string(number));
    }
    cr_expect(Result<void>().ok());
    cr_expect(!Result<void>(half_of(1).error()).ok());
}

Test(result, an_absence_becomes_an_error_where_it_is_required) {
    cr_expect(required(Result<std::optional<int>>(std::optional(7)), "x").value() == 7);
    const auto missing = required(Result<std::optional<int>>(std::nullopt), "x");
    cr_assert(!missing.ok());
    cr_expect(missing.error().fault == Fault::io && missing.error().os_error == ENOENT);
    cr_expect(missing.error().object.view() == "x");
    const auto failed = required(Result<std::optional<int>>(half_of(1).error()), "x");
    cr_expect(!failed.ok() && failed.error().fault == Fault::malformed);
}

Test(result, a_text_that_does_not_fit_is_remembered_as_cut) {
    FixedText<4> text("ab");
    cr_expect(text.append_number(-1).view() == "ab-1" && !text.was_truncated());
    cr_expect(text.append('x').view() == "ab-1" && text.was_truncated());
    cr_expect(text.c_str()[4] == '\0');
    text.clear();
    cr_expect(text.empty() && !text.was_truncated());
}
