// The script's components, and how they compare with the world's.
#include "plane.hpp"
#include "write_json.hpp"

#include <dragoman/calls.hpp>

#include <charconv>

namespace dragoman {
namespace {

using nlohmann::json;

struct Own {
    Component component;
    std::uint32_t* id;
};

std::vector<Own>& own() {
    static auto& all = *new std::vector<Own>();  // filled by constructors of the script's globals
    return all;
}

std::deque<plane::Schema> schemas;  // by id

constexpr std::string_view types[] = {"bool", "i8",  "i16", "i32", "i64", "u8",
                                      "u16",  "u32", "u64", "f32", "f64", "entity"};

std::uint8_t type_called(const std::string& name) {
    for (std::size_t i = 0; i < std::size(types); ++i) {
        if (types[i] == name) return static_cast<std::uint8_t>(i);
    }
    return detail::no_type;
}

std::string described(const Field& field) {
    return std::string(field.name) + ": " + plane::type_name(field) + " at byte " + std::to_string(field.offset);
}

[[noreturn]] void refuse(const Component& component, const std::string& why) {
    throw Error("conflict", "the struct " + std::string(component.name) + " is not the world's " +
                                std::string(component.name) + ": " + why);
}

void compare(const Component& mine, const plane::Schema& theirs) {
    for (std::size_t i = 0; i < mine.field_count && i < theirs.fields.size(); ++i) {
        const Field &a = mine.fields[i], &b = theirs.fields[i];
        if (std::string_view(a.name) != b.name || a.type != b.type || a.count != b.count || a.offset != b.offset)
            refuse(mine,
                   "field " + std::to_string(i + 1) + " is " + described(a) + " here, and " + described(b) + " there");
    }
    if (mine.field_count > theirs.fields.size())
        refuse(mine, "it has no " + described(mine.fields[theirs.fields.size()]));
    if (mine.field_count < theirs.fields.size())
        refuse(mine, "it also has " + described(theirs.fields[mine.field_count]));
    if (mine.size != theirs.size)
        refuse(mine,
               "a row has " + std::to_string(mine.size) + " bytes here, and " + std::to_string(theirs.size) + " there");
}

/// The shortest digits that read back as the same number: for a float those of a float.
std::string default_text(const void* row, const Field& field) {
    const auto* at = static_cast<const char*>(row) + field.offset;
    std::string text;
    const auto one = [&](std::size_t i) {
        char digits[32];
        if (field.type == DRAGOMAN_F32) {
            float number = 0;
            std::memcpy(&number, at + i * sizeof number, sizeof number);
            text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
        } else {
            Field element = field;
            element.offset = field.offset + static_cast<std::uint32_t>(i) * field.size;
            element.count = 0;
            append_json(text, plane::read_value(row, element));
        }
    };
    if (field.count == 0) {
        one(0);
        return text;
    }
    text = "[";
    for (std::size_t i = 0; i < field.count; ++i) {
        if (i != 0) text += ", ";
        one(i);
    }
    return text + "]";
}

bool is_zero(const void* row, const Field& field) {
    const auto* at = static_cast<const char*>(row) + field.offset;
    for (std::size_t i = 0; i < field.size * std::max(field.count, 1U); ++i) {
        if (at[i] != 0) return false;
    }
    return true;
}

void find_shape(plane::Schema& schema) {
    std::size_t lanes = 0;
    for (const Field& field : schema.fields) {
        if (field.type != schema.fields.front().type || field.offset != lanes * field.size) return;
        lanes += field.count != 0 ? field.count : 1;
    }
    if (lanes == 0 || lanes > UINT16_MAX) return;
    schema.type = schema.fields.front().type;
    schema.lanes = static_cast<std::uint16_t>(lanes);
}

}  // namespace

int detail::remember(const Component& component, std::uint32_t* id) {
    own().push_back({component, id});
    return 0;
}

namespace plane {

std::string type_name(const Field& field) {
    std::string name(field.type < std::size(types) ? types[field.type] : "another type");
    if (field.count != 0) name += "[" + std::to_string(field.count) + "]";
    return name;
}

const Field& Schema::field(std::string_view wanted) const {
    std::string known;
    for (const Field& field : fields) {
        if (field.name == wanted) return field;
        known += (known.empty() ? "" : ", ") + std::string(field.name);
    }
    throw Error("unknown_field", name + " has no field " + std::string(wanted) +
                                     (known.empty() ? ": it is a tag" : "; it has " + known));
}

json declarations() {
    json all = json::array();
    for (const auto& [component, id] : own()) {
        json fields = json::array();
        for (std::size_t i = 0; i < component.field_count; ++i) {
            const Field& field = component.fields[i];
            std::string text = std::string(field.name) + ": " + type_name(field);
            if (!is_zero(component.defaults, field)) {
                if (field.type == DRAGOMAN_ENTITY)
                    throw Error("bad_value", std::string(component.name) + "." + field.name +
                                                 " has a default: an entity field starts empty");
                text += " = " + default_text(component.defaults, field);
            }
            fields.push_back(text);
        }
        all.push_back({{"name", component.name}, {"fields", fields}});
    }
    return all;
}

void attach(const json& components) {
    schemas.clear();
    for (const json& described : components) {
        Schema& schema = schemas.emplace_back();
        schema.name = described.at("name");
        schema.size = described.at("size");
        for (const json& field : described.at("fields")) {
            const std::int64_t offset = field.at("offset");
            if (offset < 0) continue;
            const std::uint8_t type = type_called(field.at("type"));
            const std::uint32_t size =
                type == DRAGOMAN_I64 || type == DRAGOMAN_U64 || type == DRAGOMAN_F64 || type == DRAGOMAN_ENTITY ? 8
                : type == DRAGOMAN_I32 || type == DRAGOMAN_U32 || type == DRAGOMAN_F32                          ? 4
                : type == DRAGOMAN_I16 || type == DRAGOMAN_U16                                                  ? 2
                                                                                                                : 1;
            const std::string& name = schema.names.emplace_back(field.at("name"));
            schema.fields.push_back(
                {name.c_str(), type, field.value("count", 0U), static_cast<std::uint32_t>(offset), size});
        }
    }
    for (Schema& schema : schemas) find_shape(schema);
    for (const auto& [component, id] : own()) {
        *id = find(component.name);
        compare(component, schemas[*id]);
    }
}

std::uint32_t find(std::string_view component) {
    for (std::size_t id = 0; id < schemas.size(); ++id) {
        if (schemas[id].name == component) return static_cast<std::uint32_t>(id);
    }
    throw Error("unknown_component", "the world has no component " + std::string(component));
}

const Schema& schema(std::uint32_t component) { return schemas.at(component); }

}  // namespace plane
}  // namespace dragoman
