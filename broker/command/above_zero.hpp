#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace dragoman::command {

/// CLI::PositiveNumber, but without the 309 digits of the largest number in its complaint.
inline CLI::Validator above_zero() {
    return {[](std::string& text) {
                double number = 0;
                return CLI::detail::lexical_cast(text, number) && number > 0 ? "" : text + " is not a number above 0";
            },
            "POSITIVE"};
}

}  // namespace dragoman::command
