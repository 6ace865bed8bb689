#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "broker/terminal/color.hpp"

namespace dragoman {

/// A game's picture, see docs/protocol.md section 7. Coordinates are finite and not beyond +-1e9.
struct Picture {
    struct Rect {
        double left, top, width, height;
    };
    struct Circle {
        double x, y, radius;
    };
    struct Line {
        double x1, y1, x2, y2;
    };
    struct Text {
        double x, y;
        std::string value;  // harmless, in one line
    };
    struct Shape {
        std::variant<Rect, Circle, Line, Text> form;
        Rgb color;
    };

    double width = 0;
    double height = 0;
    Rgb background;
    std::vector<Shape> shapes;
    std::size_t left_out = 0;  // shapes beyond `most_shapes`
};

struct PictureError {
    std::string message;  // "shapes[3].rect: expected 4 numbers"
};

inline constexpr std::size_t most_picture_bytes = 4 << 20;
inline constexpr std::size_t most_shapes = 20'000;
inline constexpr std::size_t longest_picture_text = 1'024;

std::variant<Picture, PictureError> parse_picture(std::string_view json);

}  // namespace dragoman
