#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman {

/// How many colours a terminal shows.
enum class ColorDepth { none, sixteen, palette, true_color };
std::string_view name(ColorDepth depth);

/// What the user asked for: --color=auto|always|never.
enum class ColorChoice { automatic, always, never };
std::optional<ColorChoice> color_choice(std::string_view word);

/// The value of an environment variable, or nullptr.
using Environment = std::function<const char*(const char*)>;

/// `never` and `always` win over the environment; then NO_COLOR, then CLICOLOR_FORCE, then whether it is a terminal.
/// How many colours: COLORTERM and TERM.
ColorDepth color_depth(ColorChoice choice, bool is_terminal, const Environment& environment);
/// The same for a descriptor and this process's environment.
ColorDepth color_depth(ColorChoice choice, int descriptor);

/// A terminal that can be drawn on: isatty, and TERM is neither unset nor "dumb".
bool can_draw(int descriptor);

struct Rgb {
    std::uint8_t red = 0, green = 0, blue = 0;
    bool operator==(const Rgb&) const = default;
};

/// "#rrggbb"
std::optional<Rgb> parse_color(std::string_view text);
std::string hex(Rgb color);

/// The parameters of a "select graphic rendition" escape, for example "38;2;255;0;0"; without a colour the
/// terminal's own ("39", "49").
std::string foreground(std::optional<Rgb> color, ColorDepth depth);
std::string background(std::optional<Rgb> color, ColorDepth depth);

}  // namespace dragoman
