#include "broker/build/diagnostics.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace dragoman {

namespace {

constexpr std::size_t longest_line = 4096;

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, std::min(end, longest_line)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// Takes ":<digits>" off the front; 0 where it is not there.
int take_number(std::string_view& text) {
    int number = 0;
    if (!text.starts_with(':')) return 0;
    const auto [rest, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
    if (error != std::errc{} || number <= 0) return 0;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
    return number;
}

/// `file:line` or `file:line:column` at the front; what follows becomes the message.
std::optional<Diagnostic> located(std::string_view line) {
    for (auto colon = line.find(':', 1); colon < line.size(); colon = line.find(':', colon + 1)) {
        auto rest = line.substr(colon);
        const int number = take_number(rest);
        if (number == 0) continue;
        take_number(rest);  // the column
        if (!rest.empty() && !rest.starts_with(": ")) continue;
        const auto message = rest.empty() ? rest : trimmed(rest.substr(1));
        return Diagnostic{std::string(line.substr(0, colon)), number, std::string(message)};
    }
    return std::nullopt;
}

/// Takes "error: ", "fatal error: ", "error[E0425]: " off the front and says whether it was there.
bool take_error(std::string& message) {
    std::string_view rest = message;
    if (rest.starts_with("fatal ")) rest.remove_prefix(6);
    if (!rest.starts_with("error")) return false;
    rest.remove_prefix(5);
    if (rest.starts_with('[')) rest.remove_prefix(std::min(rest.find(']') + 1, rest.size()));
    if (!rest.starts_with(':')) return false;
    message = std::string(trimmed(rest.substr(1)));
    return true;
}

bool is_remark(std::string_view message) {
    return message.starts_with("warning") || message.starts_with("note") || message.starts_with("required from") ||
           message.starts_with("In ");
}

/// rustc: the message first, the place on a line of its own.
std::optional<Diagnostic> rust_error(const std::vector<std::string_view>& lines, std::size_t at) {
    Diagnostic found;
    found.message = std::string(lines[at]);
    if (!take_error(found.message)) return std::nullopt;
    for (std::size_t i = at + 1; i < lines.size() && i < at + 4; ++i) {
        const auto line = trimmed(lines[i]);
        if (!line.starts_with("--> ")) continue;
        if (const auto place = located(line.substr(4))) {
            found.file = place->file;
            found.line = place->line;
        }
        break;
    }
    return found;
}

std::optional<Diagnostic> marked_error(const std::vector<std::string_view>& lines) {
    std::optional<Diagnostic> without_place;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (auto found = located(lines[i]); found && take_error(found->message)) return found;
        if (auto found = rust_error(lines, i)) {
            if (!found->file.empty()) return found;
            if (!without_place) without_place = found;
        }
    }
    return without_place;
}

std::optional<Diagnostic> linker_error(const std::vector<std::string_view>& lines) {
    for (const auto line : lines) {
        const auto at = line.find("undefined reference to ");
        if (at != std::string_view::npos) return Diagnostic{"", 0, std::string(line.substr(at))};
    }
    return std::nullopt;
}

}  // namespace

Diagnostic first_error(std::string_view output) {
    const auto lines = lines_of(output);
    const auto marked = marked_error(lines);
    if (marked && !marked->file.empty()) return *marked;
    if (const auto found = linker_error(lines)) return *found;
    for (const auto line : lines) {
        const auto found = located(line);
        if (found && !found->message.empty() && !is_remark(found->message)) return *found;
    }
    if (marked) return *marked;
    for (const auto line : lines) {
        const auto text = trimmed(line);
        if (!text.empty() && !text.starts_with('#')) return {"", 0, std::string(text)};
    }
    return {};
}

}  // namespace dragoman
