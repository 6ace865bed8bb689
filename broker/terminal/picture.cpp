#include "broker/terminal/picture.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "broker/session/transcript.hpp"
#include "broker/terminal/width.hpp"

namespace dragoman {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr double farthest = 1e9;
constexpr double smallest = 1e-6;

/// Thrown inside this file only: an error knows where it is once it has come up through the shapes.
struct Wrong {
    std::string message;
};

element member(const object& parent, std::string_view key, std::string_view expected) {
    element value;
    if (parent.at_key(key).get(value) != simdjson::SUCCESS)
        throw Wrong{std::string(key) + ": missing, expected " + std::string(expected)};
    return value;
}

double number(const element& value, const std::string& where) {
    double result = 0;
    if (value.get_double().get(result) != simdjson::SUCCESS) throw Wrong{where + ": expected a number"};
    return std::clamp(result, -farthest, farthest);
}

template <std::size_t size>
std::array<double, size> numbers(const element& value, const std::string& where) {
    const auto wrong = [&] { return Wrong{where + ": expected " + std::to_string(size) + " numbers"}; };
    simdjson::dom::array list;
    if (value.get_array().get(list) != simdjson::SUCCESS || list.size() != size) throw wrong();
    std::array<double, size> result{};
    std::size_t i = 0;
    for (const element item : list) {
        if (item.get_double().get(result[i]) != simdjson::SUCCESS) throw wrong();
        result[i] = std::clamp(result[i], -farthest, farthest);
        ++i;
    }
    return result;
}

Rgb color(const element& value, const std::string& where) {
    std::string_view text;
    if (value.get_string().get(text) == simdjson::SUCCESS)
        if (const auto color = parse_color(text)) return *color;
    throw Wrong{where + ": expected a colour such as \"#4080ff\""};
}

Picture::Shape shape(const element& value) {
    object fields;
    if (value.get_object().get(fields) != simdjson::SUCCESS) throw Wrong{": expected an object"};
    Picture::Shape shape;
    element form;
    if (fields.at_key("rect").get(form) == simdjson::SUCCESS) {
        const auto [left, top, width, height] = numbers<4>(form, ".rect");
        shape.form = Picture::Rect{left, top, width, height};
    } else if (fields.at_key("circle").get(form) == simdjson::SUCCESS) {
        const auto [x, y, radius] = numbers<3>(form, ".circle");
        shape.form = Picture::Circle{x, y, radius};
    } else if (fields.at_key("line").get(form) == simdjson::SUCCESS) {
        const auto [x1, y1, x2, y2] = numbers<4>(form, ".line");
        shape.form = Picture::Line{x1, y1, x2, y2};
    } else if (fields.at_key("text").get(form) == simdjson::SUCCESS) {
        const auto [x, y] = numbers<2>(form, ".text");
        std::string_view text;
        if (fields.at_key("value").get_string().get(text) != simdjson::SUCCESS) throw Wrong{".value: expected a text"};
        shape.form = Picture::Text{x, y, one_line(text.substr(0, longest_picture_text))};
    } else {
        throw Wrong{": expected rect, circle, line or text"};
    }
    element paint;
    if (fields.at_key("color").get(paint) != simdjson::SUCCESS) throw Wrong{".color: missing"};
    shape.color = color(paint, ".color");
    return shape;
}

double extent(const object& picture, std::string_view key) {
    const double value = number(member(picture, key, "a number above 0"), std::string(key));
    if (value < smallest) throw Wrong{std::string(key) + ": expected a number above 0"};
    return value;
}

Picture picture_of(const element& root) {
    object fields;
    if (root.get_object().get(fields) != simdjson::SUCCESS) throw Wrong{"expected an object"};
    Picture picture;
    picture.width = extent(fields, "width");
    picture.height = extent(fields, "height");
    element paper;
    if (fields.at_key("background").get(paper) == simdjson::SUCCESS) picture.background = color(paper, "background");

    simdjson::dom::array list;
    if (member(fields, "shapes", "a list").get_array().get(list) != simdjson::SUCCESS)
        throw Wrong{"shapes: expected a list"};
    std::size_t i = 0;
    for (const element item : list) {
        if (i++ >= most_shapes) {
            ++picture.left_out;
            continue;
        }
        try {
            picture.shapes.push_back(shape(item));
        } catch (const Wrong& wrong) {
            throw Wrong{"shapes[" + std::to_string(i - 1) + "]" + wrong.message};
        }
    }
    return picture;
}

}  // namespace

std::variant<Picture, PictureError> parse_picture(std::string_view json) {
    if (json.size() > most_picture_bytes)
        return PictureError{"expected at most " + std::to_string(most_picture_bytes) + " bytes, there are " +
                            std::to_string(json.size())};
    simdjson::dom::parser parser;
    element root;
    if (const auto error = parser.parse(json.data(), json.size()).get(root))
        return PictureError{std::string("expected JSON: ") + simdjson::error_message(error)};
    try {
        return picture_of(root);
    } catch (const Wrong& wrong) {
        return PictureError{wrong.message};
    }
}

}  // namespace dragoman
