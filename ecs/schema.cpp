#include "ecs/schema.hpp"

#include <xxhash.h>

#include <algorithm>

#include "ecs/declaration.hpp"
#include "ecs/error.hpp"

namespace dragoman::ecs {

namespace {

[[noreturn]] void refuse(const std::string& component, const std::string& why) {
    throw Error(ErrorCode::bad_value, "component " + component + ": " + why);
}

std::uint32_t aligned(std::uint32_t offset, std::uint32_t alignment) {
    return (offset + alignment - 1) / alignment * alignment;
}

void lay_out(Component& component) {
    std::uint64_t size = 0;
    std::uint64_t used = 0;
    std::uint32_t sides = 0;
    for (auto& field : component.fields) {
        if (field.side()) {
            field.offset = sides++;
            continue;
        }
        const auto& type = info(field.type);
        if (std::uint64_t{type.size} * std::max(field.count, 1u) > largest_row - size)
            refuse(component.name, "its fields take more than " + std::to_string(largest_row) + " bytes");
        field.offset = aligned(static_cast<std::uint32_t>(size), type.size);
        size = field.offset + field.bytes();
        used += field.bytes();
        component.alignment = std::max(component.alignment, type.size);
    }
    component.size = aligned(static_cast<std::uint32_t>(size), component.alignment);
    component.padded = used != component.size;
    component.loose = component.padded || std::ranges::any_of(component.fields, [](const Field& field) {
                          return field.type == FieldType::boolean || field.type == FieldType::entity;
                      });
    if (component.size > largest_row)
        refuse(component.name, "its fields take more than " + std::to_string(largest_row) + " bytes");
}

void fill_defaults(Component& component, const std::vector<Declaration>& declarations) {
    component.defaults.resize(component.size);
    std::size_t text_bytes = 0;
    for (std::size_t i = 0; i < declarations.size(); ++i) {
        const auto& field = component.fields[i];
        const auto& standard = declarations[i].standard;
        if (field.side()) {
            const auto otherwise = field.type == FieldType::json ? Value(Json{"null"}) : Value(std::string());
            component.side_defaults.push_back(encode_side(component, field, standard.value_or(otherwise)));
            text_bytes += component.side_defaults.back().size();
        } else if (standard) {
            encode(component, field, *standard, component.defaults.data());
        }
    }
    if (text_bytes > largest_row)
        refuse(component.name, "its default texts take more than " + std::to_string(largest_row) + " bytes");
}

std::uint64_t hash_of(const Component& component) {
    std::string all;
    const auto add = [&all](std::string_view part) {
        all.append(std::to_string(part.size())).append(":").append(part);
    };
    add(component.name);
    for (const auto& field : component.fields) {
        add(field.name);
        add(field.type_name());
    }
    add({reinterpret_cast<const char*>(component.defaults.data()), component.defaults.size()});
    for (const auto& text : component.side_defaults) add(text);
    return XXH3_64bits(all.data(), all.size());
}

}  // namespace

std::string quoted(std::string_view text) {
    constexpr std::size_t most = 80;
    if (text.size() <= most) return '"' + std::string(text) + '"';
    auto end = most;
    while (end > 0 && (text[end] & 0xc0) == 0x80) --end;  // not inside a character
    return '"' + std::string(text.substr(0, end)) + "...\"";
}

std::string list_of(std::span<const std::string> names, std::string_view none, std::string_view some) {
    constexpr std::size_t most = 16;
    if (names.empty()) return std::string(none);
    std::string list(some);
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i) list += (i ? ", " : "") + names[i];
    if (names.size() > most) list += " and " + std::to_string(names.size() - most) + " more";
    return list;
}

std::string Field::type_name() const {
    std::string result(info(type).name);
    if (count) result += "[" + std::to_string(count) + "]";
    return result;
}

std::string describe(const Component& component) {
    std::vector<std::string> fields;
    for (const auto& field : component.fields) fields.push_back(field.name + ": " + field.type_name());
    return component.name + "(" + list_of(fields, "", "") + ")";
}

std::optional<std::size_t> Component::find(std::string_view field) const {
    const auto found = std::ranges::find(fields, field, &Field::name);
    if (found == fields.end()) return std::nullopt;
    return found - fields.begin();
}

std::size_t Component::field(std::string_view field) const {
    if (const auto found = find(field)) return *found;
    std::vector<std::string> known;
    for (const auto& one : fields) known.push_back(one.name);
    throw Error(ErrorCode::unknown_field, "component " + name + " has no field " + quoted(field) + "; it has " +
                                              list_of(known, "none: it is a tag", ""));
}

Component make_component(std::string_view name, std::span<const std::string> declarations) {
    if (!is_name(name))
        throw Error(ErrorCode::bad_value, "expected a component's name (letters, digits, _; a letter first; at most " +
                                              std::to_string(longest_name) + "), got " + quoted(name));
    Component component;
    component.name = name;
    if (declarations.size() > most_fields)
        refuse(component.name, "expected at most " + std::to_string(most_fields) + " fields, got " +
                                   std::to_string(declarations.size()));
    std::vector<Declaration> read;
    for (const auto& declaration : declarations) {
        try {
            read.push_back(read_declaration(declaration));
        } catch (const Error& error) {
            refuse(component.name, error.what());
        }
        const auto& field = read.back().field;
        if (component.find(field.name)) refuse(component.name, "field " + field.name + " is there twice");
        component.fields.push_back(field);
    }
    component.parks = name == parked_name && declarations.empty();
    lay_out(component);
    fill_defaults(component, read);
    component.hash = hash_of(component);
    return component;
}

}  // namespace dragoman::ecs
