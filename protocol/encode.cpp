#include "protocol/encode.hpp"

#include <cmath>
#include <stdexcept>

namespace dragoman {
namespace {

void append(std::string& to, const Json& value, const std::string& path) {
    switch (value.type()) {
        case Json::value_t::object: {
            const char* between = "";
            to += '{';
            for (const auto& [key, member] : value.items()) {
                to += between;
                between = ", ";
                append_quoted(to, key);
                to += ": ";
                append(to, member, path + "." + key);
            }
            to += '}';
            break;
        }
        case Json::value_t::array: {
            const char* between = "";
            to += '[';
            for (std::size_t i = 0; i < value.size(); ++i) {
                to += between;
                between = ", ";
                append(to, value[i], path + "[" + std::to_string(i) + "]");
            }
            to += ']';
            break;
        }
        case Json::value_t::number_float:
            if (!std::isfinite(value.get<double>()))
                throw std::domain_error("a number that is not finite cannot be written as JSON, at $" + path);
            [[fallthrough]];
        default:
            to += value.dump(-1, ' ', true);
    }
}

}  // namespace

void append_quoted(std::string& to, std::string_view text) { to += Json(text).dump(-1, ' ', true); }

void append_dumps(std::string& to, const Json& value) {
    try {
        append(to, value, "");
    } catch (const Json::exception& e) {
        throw std::domain_error(e.what());
    }
}

std::string dumps(const Json& value) {
    std::string text;
    append_dumps(text, value);
    return text;
}

void append_line(std::string& to, Header header, std::string_view json) {
    const std::string_view word = token(header);
    to.reserve(to.size() + word.size() + json.size() + 2);
    to.append(word).append(1, ' ').append(json).append(1, '\n');
}

std::string line_of(Header header, std::string_view json) {
    std::string line;
    append_line(line, header, json);
    return line;
}

}  // namespace dragoman
