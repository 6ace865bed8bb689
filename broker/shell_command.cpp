#include "broker/shell_command.hpp"

#include <utility>

namespace dragoman {

std::optional<ShellCommand> ShellCommand::parse(std::string_view text) {
    ShellCommand command;
    std::string word;
    bool in_word = false;
    char quote = '\0';
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool escapes = c == '\\' && quote != '\'' && i + 1 < text.size() &&
                             (quote == '\0' || std::string_view("\"\\$`").find(text[i + 1]) != std::string_view::npos);
        if (escapes) {
            word += text[++i];
            in_word = true;
        } else if (quote != '\0') {
            if (c == quote)
                quote = '\0';
            else
                word += c;
        } else if (c == '\'' || c == '"') {
            quote = c;
            in_word = true;
        } else if (c == ' ' || c == '\t' || c == '\n') {
            if (in_word) command.words.push_back(std::exchange(word, {}));
            in_word = false;
        } else {
            word += c;
            in_word = true;
        }
    }
    if (quote != '\0') return std::nullopt;
    if (in_word) command.words.push_back(word);
    if (command.words.empty()) return std::nullopt;
    return command;
}

}  // namespace dragoman
