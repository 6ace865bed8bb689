#include "broker/terminal/canvas.hpp"

#include <algorithm>
#include <cmath>

#include "broker/terminal/raster.hpp"

namespace dragoman {
namespace {

constexpr char32_t upper_half = U'▀';

template <typename... Cases>
struct Either : Cases... {
    using Cases::operator()...;
};
template <typename... Cases>
Either(Cases...) -> Either<Cases...>;

void paint(Raster& raster, const Picture& picture, Size size) {
    const double across = size.columns / picture.width, down = 2 * size.rows / picture.height;
    const auto at = [&](double x, double y) { return Point{x * across, y * down}; };
    for (const Picture::Shape& shape : picture.shapes) {
        const Rgb color = shape.color;
        std::visit(Either{
                       [&](const Picture::Rect& r) {
                           raster.rect(at(r.left, r.top), r.width * across, r.height * down, color);
                       },
                       [&](const Picture::Circle& c) {
                           raster.ellipse(at(c.x, c.y), c.radius * across, c.radius * down, color);
                       },
                       [&](const Picture::Line& l) { raster.line(at(l.x1, l.y1), at(l.x2, l.y2), color); },
                       [&](const Picture::Text& t) { raster.text(at(t.x, t.y), t.value, color); },
                   },
                   shape.form);
        if (raster.exhausted()) break;
    }
}

Rgb mixed(Rgb a, Rgb b) {
    const auto half = [](int x, int y) { return static_cast<std::uint8_t>((x + y) / 2); };
    return {half(a.red, b.red), half(a.green, b.green), half(a.blue, b.blue)};
}

Cell colored(const Cell& letter, Rgb upper, Rgb lower) {
    if (letter.character != U' ') return {letter.character, letter.ink, mixed(upper, lower), false};
    if (upper == lower) return {U' ', std::nullopt, upper, false};
    return {upper_half, upper, lower, false};
}

/// How much a colour stands out, from 0 to 1.
double contrast(Rgb color, Rgb background) {
    const double red = color.red - background.red, green = color.green - background.green,
                 blue = color.blue - background.blue;
    return std::sqrt((3 * red * red + 4 * green * green + 2 * blue * blue) / 9) / 255;
}

Cell shaded(const Cell& letter, double strength) {
    static constexpr std::u32string_view shades = U" .:-=+*#%@";
    if (letter.character != U' ') return {letter.character, std::nullopt, std::nullopt, false};
    const auto last = static_cast<double>(shades.size() - 1);
    const auto shade = static_cast<std::size_t>(std::clamp(std::ceil(strength * last - 0.01), 0.0, last));
    return {shades[shade], std::nullopt, std::nullopt, false};
}

}  // namespace

Size fitting(const Picture& picture, Size room) {
    const double columns = std::max(room.columns, 1), rows = std::max(room.rows, 1);
    const double scale = std::min(columns / picture.width, 2 * rows / picture.height);
    return {static_cast<int>(std::clamp(std::round(picture.width * scale), 1.0, columns)),
            static_cast<int>(std::clamp(std::round(picture.height * scale / 2), 1.0, rows))};
}

Frame draw(const Picture& picture, Size size, ColorDepth depth) {
    Frame frame(size);
    if (frame.size().columns == 0 || frame.size().rows == 0) return frame;
    const Size inner = fitting(picture, frame.size());
    Raster raster(inner.columns, 2 * inner.rows, picture.background);
    paint(raster, picture, inner);

    const int left = (frame.size().columns - inner.columns) / 2, top = (frame.size().rows - inner.rows) / 2;
    for (int row = 0; row < inner.rows; ++row) {
        for (int column = 0; column < inner.columns; ++column) {
            const Cell& letter = raster.letter(column, row);
            Cell& cell = frame.at(left + column, top + row);
            if (depth == ColorDepth::none) {
                const Rgb both = mixed(raster.mean(column, 2 * row), raster.mean(column, 2 * row + 1));
                cell = shaded(letter, contrast(both, picture.background));
            } else if (depth == ColorDepth::sixteen) {
                cell = colored(letter, raster.dominant(column, 2 * row), raster.dominant(column, 2 * row + 1));
            } else {
                cell = colored(letter, raster.mean(column, 2 * row), raster.mean(column, 2 * row + 1));
            }
        }
    }
    return frame;
}

}  // namespace dragoman
