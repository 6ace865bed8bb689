#include "ecs/difference.hpp"

#include "ecs/declaration.hpp"

namespace dragoman::ecs {

namespace {

std::string two(const std::string& here, const std::string& earlier) {
    return here + " here, " + earlier + " in the earlier declaration";
}

/// What stands behind the `=`, where there is one.
std::string standard(const std::string& declaration) {
    const auto equals = declaration.find(" = ");
    return equals == std::string::npos ? "not given" : declaration.substr(equals + 3);
}

}  // namespace

std::string difference(const Component& here, const Component& earlier) {
    const auto shared = std::min(here.fields.size(), earlier.fields.size());
    const auto ours = declarations(here);
    const auto theirs = declarations(earlier);
    for (std::size_t i = 0; i < shared; ++i) {
        const auto& field = here.fields[i];
        const auto& other = earlier.fields[i];
        if (field.name != other.name)
            return "field " + std::to_string(i + 1) + " is " + two("called " + field.name, other.name);
        if (field.type != other.type || field.count != other.count)
            return "field " + field.name + " is " + two(field.type_name(), other.type_name());
        if (ours[i] != theirs[i])
            return "the default of field " + field.name + " is " + two(standard(ours[i]), standard(theirs[i]));
    }
    if (here.fields.size() > shared)
        return "field " + here.fields[shared].name + " is here, and not in the earlier declaration";
    if (earlier.fields.size() > shared)
        return "field " + earlier.fields[shared].name + " is in the earlier declaration, and not here";
    return "";
}

}  // namespace dragoman::ecs
