#include "compilers/placeholders.hpp"

#include <cctype>

namespace dragoman {

namespace {

bool is_name_character(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || std::string_view("_+-./").find(c) != std::string_view::npos;
}

/// Calls `literal(text)` and `placeholder(name)` for the pieces of a text in turn.
template <typename Literal, typename Placeholder>
void for_each_piece(std::string_view text, Literal literal, Placeholder placeholder) {
    while (!text.empty()) {
        if (text.front() != '{') {
            const auto end = std::min(text.find('{'), text.size());
            literal(text.substr(0, end));
            text.remove_prefix(end);
        } else if (text.starts_with("{{")) {
            literal(text.substr(0, 1));
            text.remove_prefix(2);
        } else {
            std::size_t end = 1;
            while (end < text.size() && is_name_character(text[end])) ++end;
            if (end > 1 && end < text.size() && text[end] == '}') {
                placeholder(text.substr(1, end - 1));
                ++end;
            } else {
                literal(text.substr(0, end));
            }
            text.remove_prefix(end);
        }
    }
}

}  // namespace

std::vector<std::string> placeholders_in(std::string_view text) {
    std::vector<std::string> names;
    for_each_piece(
        text, [](std::string_view) {}, [&](std::string_view name) { names.emplace_back(name); });
    return names;
}

std::string expand(std::string_view text, const PlaceholderValues& values) {
    std::string expanded;
    for_each_piece(
        text, [&](std::string_view literal) { expanded += literal; },
        [&](std::string_view name) { expanded += values.at(std::string(name)); });
    return expanded;
}

std::vector<std::string> expand(const std::vector<std::string>& texts, const PlaceholderValues& values) {
    std::vector<std::string> expanded;
    for (const auto& text : texts) expanded.push_back(expand(text, values));
    return expanded;
}

std::vector<std::string> script_placeholders(bool compiled) {
    if (compiled) return {"script", "script_dir", "stem", "build", "output"};
    return {"script", "script_dir", "stem"};
}

PlaceholderValues language_values(const Language& language,
                                  const std::map<std::string, std::filesystem::path>& programs) {
    PlaceholderValues values{{"client", language.client.string()}, {"language", language.folder.string()}};
    for (const auto& [program, file] : programs) values[program] = file.string();
    return values;
}

void add_script(PlaceholderValues& values, const std::filesystem::path& script) {
    values["script"] = script.string();
    values["script_dir"] = script.parent_path().string();
    values["stem"] = script.stem().string();
}

void add_build(PlaceholderValues& values, const std::filesystem::path& build) {
    values["build"] = build.string();
    values["output"] = (build / "script").string();
}

}  // namespace dragoman
