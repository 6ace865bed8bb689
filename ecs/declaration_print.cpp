#include <string>

#include "ecs/declaration.hpp"

namespace dragoman::ecs {

namespace {

std::string printed(double number) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.17g", number);
    // Else "-0" would be read as the whole number 0.
    return std::string_view(text).find_first_of(".e") == std::string_view::npos ? std::string(text) + ".0" : text;
}
std::string printed(std::int64_t number) { return std::to_string(number); }
std::string printed(std::uint64_t number) { return std::to_string(number); }

std::string in_quotes(const std::string& text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

std::string printed(const Numbers& list) {
    std::string result;
    for (const auto& number : list) {
        result += result.empty() ? "[" : ", ";
        result += std::visit([](auto value) { return printed(value); }, number);
    }
    return result + "]";
}

/// Nothing for an entity, which has no default.
std::string standard(const Component& component, const Field& field) {
    if (field.type == FieldType::entity) return "";
    if (field.type == FieldType::text) return in_quotes(component.side_defaults[field.offset]);
    if (field.type == FieldType::json) return component.side_defaults[field.offset];
    const auto value = decode(field, component.defaults.data());
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return printed(*whole);
    if (const auto* large = std::get_if<std::uint64_t>(&value)) return printed(*large);
    if (const auto* real = std::get_if<double>(&value)) return printed(*real);
    return printed(std::get<Numbers>(value));
}

}  // namespace

std::vector<std::string> declarations(const Component& component) {
    std::vector<std::string> result;
    for (const auto& field : component.fields) {
        const auto value = standard(component, field);
        result.push_back(field.name + ": " + field.type_name() + (value.empty() ? "" : " = " + value));
    }
    return result;
}

}  // namespace dragoman::ecs
