#include "broker/terminal/color.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <limits>

namespace dragoman {
namespace {

/// xterm's sixteen. Terminals choose their own, but not far from these.
constexpr std::array<Rgb, 16> sixteen_colors{{{0, 0, 0},
                                              {205, 0, 0},
                                              {0, 205, 0},
                                              {205, 205, 0},
                                              {0, 0, 238},
                                              {205, 0, 205},
                                              {0, 205, 205},
                                              {229, 229, 229},
                                              {127, 127, 127},
                                              {255, 0, 0},
                                              {0, 255, 0},
                                              {255, 255, 0},
                                              {92, 92, 255},
                                              {255, 0, 255},
                                              {0, 255, 255},
                                              {255, 255, 255}}};

/// Weighted as the eye sees it.
int distance(Rgb a, Rgb b) {
    const int red = a.red - b.red, green = a.green - b.green, blue = a.blue - b.blue;
    return 3 * red * red + 4 * green * green + 2 * blue * blue;
}

int nearest_of_sixteen(Rgb color) {
    int best = 0, least = std::numeric_limits<int>::max();
    for (std::size_t i = 0; i < sixteen_colors.size(); ++i) {
        const int far = distance(color, sixteen_colors[i]);
        if (far < least) best = static_cast<int>(i), least = far;
    }
    return best;
}

/// The 6x6x6 cube begins at 16, the 24 greys at 232.
int nearest_of_palette(Rgb color) {
    static constexpr std::array<int, 6> levels{0, 95, 135, 175, 215, 255};
    const auto level = [](int value) { return value < 48 ? 0 : value < 115 ? 1 : (value - 35) / 40; };
    const auto grade = [](int value) { return static_cast<std::uint8_t>(value); };
    const int red = level(color.red), green = level(color.green), blue = level(color.blue);
    const auto at = [&](int i) { return grade(levels[static_cast<std::size_t>(i)]); };
    const Rgb cube{at(red), at(green), at(blue)};

    const int mean = (color.red + color.green + color.blue) / 3;
    const int step = mean < 8 ? 0 : mean > 238 ? 23 : (mean - 3) / 10;
    const std::uint8_t value = grade(8 + 10 * step);
    const Rgb grey{value, value, value};
    return distance(color, grey) < distance(color, cube) ? 232 + step : 16 + 36 * red + 6 * green + blue;
}

std::string rendition(Rgb color, ColorDepth depth, int base) {
    if (depth == ColorDepth::true_color)
        return std::to_string(base + 8) + ";2;" + std::to_string(color.red) + ";" + std::to_string(color.green) + ";" +
               std::to_string(color.blue);
    if (depth == ColorDepth::palette)
        return std::to_string(base + 8) + ";5;" + std::to_string(nearest_of_palette(color));
    const int index = nearest_of_sixteen(color);
    return std::to_string(index < 8 ? base + index : base + 60 + index - 8);
}

std::string rendition(std::optional<Rgb> color, ColorDepth depth, int base) {
    return color && depth != ColorDepth::none ? rendition(*color, depth, base) : std::to_string(base + 9);
}

std::string_view value(const Environment& environment, const char* variable) {
    const char* text = environment(variable);
    return text ? text : "";
}

ColorDepth depth_of_terminal(const Environment& environment) {
    const std::string_view color_term = value(environment, "COLORTERM"), term = value(environment, "TERM");
    if (term.empty() || term == "dumb") return ColorDepth::none;
    if (color_term == "truecolor" || color_term == "24bit" || term.ends_with("-direct")) return ColorDepth::true_color;
    if (term.find("256color") != std::string_view::npos) return ColorDepth::palette;
    return ColorDepth::sixteen;
}

}  // namespace

std::string_view name(ColorDepth depth) {
    switch (depth) {
        case ColorDepth::none:
            return "none";
        case ColorDepth::sixteen:
            return "sixteen";
        case ColorDepth::palette:
            return "palette";
        case ColorDepth::true_color:
            return "true_color";
    }
    return "";
}

std::optional<ColorChoice> color_choice(std::string_view word) {
    if (word == "auto") return ColorChoice::automatic;
    if (word == "always") return ColorChoice::always;
    if (word == "never") return ColorChoice::never;
    return std::nullopt;
}

ColorDepth color_depth(ColorChoice choice, bool is_terminal, const Environment& environment) {
    if (choice == ColorChoice::never) return ColorDepth::none;
    const std::string_view force = value(environment, "CLICOLOR_FORCE");
    bool forced = choice == ColorChoice::always;
    if (!forced) {
        if (!value(environment, "NO_COLOR").empty()) return ColorDepth::none;
        forced = !force.empty() && force != "0";
    }
    if (!forced && !is_terminal) return ColorDepth::none;
    const ColorDepth depth = depth_of_terminal(environment);
    return forced && depth == ColorDepth::none ? ColorDepth::sixteen : depth;
}

ColorDepth color_depth(ColorChoice choice, int descriptor) {
    return color_depth(choice, isatty(descriptor) == 1, [](const char* variable) { return std::getenv(variable); });
}

bool can_draw(int descriptor) {
    const char* term = std::getenv("TERM");
    return isatty(descriptor) == 1 && term && *term && std::string_view(term) != "dumb";
}

std::optional<Rgb> parse_color(std::string_view text) {
    if (text.size() != 7 || text[0] != '#') return std::nullopt;
    unsigned value = 0;
    for (const char c : text.substr(1)) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return std::nullopt;
        value = value * 16 + static_cast<unsigned>(digit);
    }
    return Rgb{static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
               static_cast<std::uint8_t>(value)};
}

std::string hex(Rgb color) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "#";
    for (const int part : {color.red, color.green, color.blue}) {
        text += digits[static_cast<std::size_t>(part / 16)];
        text += digits[static_cast<std::size_t>(part % 16)];
    }
    return text;
}

std::string foreground(std::optional<Rgb> color, ColorDepth depth) { return rendition(color, depth, 30); }
std::string background(std::optional<Rgb> color, ColorDepth depth) { return rendition(color, depth, 40); }

}  // namespace dragoman
