#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include "compilers/problem.hpp"

namespace dragoman {

/// One table of a TOML file that a person wrote: whatever is not as expected becomes a problem with file, line and key,
/// and a default value takes its place, so that all problems of a file are found in one reading.
class TomlSection {
public:
    TomlSection(const toml::table& table, std::string name, std::filesystem::path file, Problems& problems)
        : table_(table), name_(std::move(name)), file_(std::move(file)), problems_(problems) {}

    void allow_only(const std::vector<std::string>& keys);
    bool has(std::string_view key) const { return table_.contains(key); }
    bool has_list(std::string_view key) const { return table_[key].is_array(); }

    std::string text(std::string_view key, std::string otherwise);
    std::string required_text(std::string_view key);
    std::vector<std::string> texts(std::string_view key);
    std::vector<std::vector<std::string>> lists_of_texts(std::string_view key);
    std::vector<std::pair<std::string, std::string>> pairs_of_texts(std::string_view key);
    std::vector<TomlSection> sections(std::string_view key);
    /// Empty where it is not there.
    TomlSection section(std::string_view key);

    /// A problem at the key's value, or at the section where the key is not there.
    void complain(std::string_view key, const std::string& message);

private:
    void complain_at(const toml::node& node, std::string_view key, const std::string& message);
    std::vector<std::string> texts_in(const toml::node& node, std::string_view key);

    const toml::table& table_;
    std::string name_;  // of the section; empty for the whole file
    std::filesystem::path file_;
    Problems& problems_;
};

}  // namespace dragoman
