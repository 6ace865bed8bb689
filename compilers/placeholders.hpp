#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compilers/language.hpp"

namespace dragoman {

/// A placeholder is `{name}`; the name has no blanks. `{{` stands for `{`; any other brace stands for itself.
std::vector<std::string> placeholders_in(std::string_view text);

using PlaceholderValues = std::map<std::string, std::string, std::less<>>;

/// read_language() has refused unknown names already: here they throw std::out_of_range.
std::string expand(std::string_view text, const PlaceholderValues& values);
std::vector<std::string> expand(const std::vector<std::string>& texts, const PlaceholderValues& values);

/// The names that a manifest may use. `{build}` and `{output}` exist only for what is compiled.
std::vector<std::string> script_placeholders(bool compiled);

/// Values of {client}, {language} and the programs.
PlaceholderValues language_values(const Language& language,
                                  const std::map<std::string, std::filesystem::path>& programs);
/// Adds {script}, {script_dir} and {stem}.
void add_script(PlaceholderValues& values, const std::filesystem::path& script);
/// Adds {build} and {output}.
void add_build(PlaceholderValues& values, const std::filesystem::path& build);

}  // namespace dragoman
