#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman {

/// A command of the user's own, instead of a file: `cmd:python3 -u b.py`.
struct ShellCommand {
    std::vector<std::string> words;
    /// Splits as a shell does (quotes, backslashes), without any expansion; nothing for an open quote or no word at
    /// all.
    static std::optional<ShellCommand> parse(std::string_view text);
};

}  // namespace dragoman
