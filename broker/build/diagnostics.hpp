#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace dragoman {

/// Where a compiler saw the first error, as far as it can be told from what it printed.
struct Diagnostic {
    std::string file;  // as printed; empty: not told
    int line = 0;      // 0: not told
    std::string message;
};

/// Understands what gcc, clang, ld, rustc, go, javac and most others print:
///   file:line[:column]: [error:] message
///   error[code]: message, and on a later line: --> file:line:column
Diagnostic first_error(std::string_view output);

}  // namespace dragoman
