#include "compilers/toml_section.hpp"

#include <algorithm>
#include <sstream>

#include "compilers/near_miss.hpp"

namespace dragoman {

namespace {

/// What stands there, for a message: `a number`, `a list`.
std::string what_is(const toml::node& node) {
    if (node.is_string()) return "the text \"" + node.value_or(std::string()) + "\"";
    if (node.is_table()) return "a table";
    if (node.is_array()) return "a list";
    if (node.is_boolean()) return node.value_or(false) ? "true" : "false";
    std::ostringstream number;
    number << toml::node_view<const toml::node>(node);
    return number.str();
}

const toml::table no_table;

}  // namespace

void TomlSection::complain_at(const toml::node& node, std::string_view key, const std::string& message) {
    const auto where = (name_.empty() ? "" : name_ + ".") + std::string(key);
    problems_.push_back({file_, static_cast<int>(node.source().begin.line), where + ": " + message});
}

void TomlSection::complain(std::string_view key, const std::string& message) {
    const auto* node = table_.get(key);
    complain_at(node ? *node : table_, key, message);
}

void TomlSection::allow_only(const std::vector<std::string>& keys) {
    for (const auto& [key, value] : table_) {
        if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
        complain_at(value, key.str(), "unknown key" + did_you_mean(key.str(), keys));
    }
}

std::string TomlSection::text(std::string_view key, std::string otherwise) {
    const auto* node = table_.get(key);
    if (!node) return otherwise;
    if (!node->is_string()) {
        complain_at(*node, key, "expected a text, got " + what_is(*node));
        return otherwise;
    }
    return node->value_or(std::string());
}

std::string TomlSection::required_text(std::string_view key) {
    if (!has(key)) {
        complain(key, "is missing; expected a text");
        return {};
    }
    auto value = text(key, "-");
    if (value.empty()) complain(key, "expected a text, got an empty one");
    return value;
}

std::vector<std::string> TomlSection::texts_in(const toml::node& node, std::string_view key) {
    std::vector<std::string> values;
    const auto* list = node.as_array();
    if (!list) {
        complain_at(node, key, "expected a list of texts, got " + what_is(node));
        return values;
    }
    for (const auto& each : *list) {
        if (each.is_string()) {
            values.push_back(each.value_or(std::string()));
        } else {
            complain_at(each, key, "expected a list of texts, got " + what_is(each) + " in it");
        }
    }
    return values;
}

std::vector<std::string> TomlSection::texts(std::string_view key) {
    const auto* node = table_.get(key);
    return node ? texts_in(*node, key) : std::vector<std::string>();
}

std::vector<std::vector<std::string>> TomlSection::lists_of_texts(std::string_view key) {
    std::vector<std::vector<std::string>> values;
    const auto* node = table_.get(key);
    if (!node) return values;
    const auto* list = node->as_array();
    if (!list) {
        complain_at(*node, key, "expected a list of lists of texts, got " + what_is(*node));
        return values;
    }
    for (const auto& each : *list) {
        if (each.is_array()) {
            values.push_back(texts_in(each, key));
        } else {
            complain_at(each, key, "expected a list of lists of texts, got " + what_is(each) + " in it");
        }
    }
    return values;
}

std::vector<std::pair<std::string, std::string>> TomlSection::pairs_of_texts(std::string_view key) {
    std::vector<std::pair<std::string, std::string>> values;
    const auto* node = table_.get(key);
    if (!node) return values;
    const auto* table = node->as_table();
    if (!table) {
        complain_at(*node, key, "expected a table of texts, got " + what_is(*node));
        return values;
    }
    for (const auto& [name, value] : *table) {
        const auto full_key = std::string(key) + "." + std::string(name.str());
        if (value.is_string()) {
            values.emplace_back(name.str(), value.value_or(std::string()));
        } else {
            complain_at(value, full_key, "expected a text, got " + what_is(value));
        }
    }
    return values;
}

std::vector<TomlSection> TomlSection::sections(std::string_view key) {
    std::vector<TomlSection> values;
    const auto* node = table_.get(key);
    if (!node) return values;
    const auto* list = node->as_array();
    if (!list) {
        complain_at(*node, key, "expected a list of tables, got " + what_is(*node));
        return values;
    }
    for (const auto& each : *list) {
        if (const auto* table = each.as_table()) {
            values.emplace_back(*table, (name_.empty() ? "" : name_ + ".") + std::string(key), file_, problems_);
        } else {
            complain_at(each, key, "expected a list of tables, got " + what_is(each) + " in it");
        }
    }
    return values;
}

TomlSection TomlSection::section(std::string_view key) {
    const auto* node = table_.get(key);
    const auto* table = node ? node->as_table() : &no_table;
    if (!table) complain_at(*node, key, "expected a table, got " + what_is(*node));
    return {table ? *table : no_table, (name_.empty() ? "" : name_ + ".") + std::string(key), file_, problems_};
}

}  // namespace dragoman
