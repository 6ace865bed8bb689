#include "broker/terminal/layout.hpp"

#include <algorithm>

#include "broker/terminal/canvas.hpp"
#include "broker/terminal/width.hpp"

namespace dragoman {
namespace {

constexpr int narrowest_panel = 28;
constexpr int gap = 2;
const Cell plain{};
const Cell dim{U' ', std::nullopt, std::nullopt, true};

struct Area {
    int left, top, columns, rows;
};

/// The newest lines, as many as fit, the last one at the area's bottom where `at_bottom`.
void write_said(Frame& frame, const std::deque<std::string>& said, Area area, bool at_bottom) {
    const int count = std::min(static_cast<int>(said.size()), area.rows);
    const int first_row = area.top + (at_bottom ? area.rows - count : 0);
    const auto columns = static_cast<std::size_t>(std::max(area.columns, 0));
    for (int i = 0; i < count; ++i) {
        const std::string line = cut(said[said.size() - static_cast<std::size_t>(count - i)], columns);
        const auto bar = line.find("| ");
        const std::string_view who = std::string_view(line).substr(0, bar == std::string::npos ? 0 : bar + 2);
        const int column = frame.write(area.left, first_row + i, who, dim);
        frame.write(column, first_row + i, std::string_view(line).substr(who.size()), plain);
    }
}

/// Returns the rows used.
int write_caption(Frame& frame, std::string_view caption, Area area) {
    const auto lines = wrapped(caption, static_cast<std::size_t>(std::max(area.columns, 1)));
    const int count = std::min(static_cast<int>(lines.size()), area.rows);
    for (int i = 0; i < count; ++i)
        frame.write(area.left, area.top + i, lines[static_cast<std::size_t>(i)], i == 0 ? plain : dim);
    return count;
}

void below(Frame& frame, const Frame& drawing, const View& view, int picture_rows) {
    const Size size = frame.size();
    frame.place(drawing, (size.columns - drawing.size().columns) / 2, 0);
    const std::string first_line(view.caption.substr(0, view.caption.find('\n')));
    if (picture_rows < size.rows) {
        frame.write(0, picture_rows, cut(first_line, static_cast<std::size_t>(size.columns)), dim);
        write_said(frame, view.said, {0, picture_rows + 1, size.columns, size.rows - picture_rows - 1}, false);
    }
}

void beside(Frame& frame, const Frame& drawing, const View& view) {
    const Size size = frame.size();
    frame.place(drawing, 0, (size.rows - drawing.size().rows) / 2);
    const int left = drawing.size().columns + gap, columns = size.columns - left;
    const int used = write_caption(frame, view.caption, {left, 0, columns, size.rows});
    const int rows = std::min(size.rows - used - 1, lines_beside);
    write_said(frame, view.said, {left, size.rows - rows, columns, rows}, true);
}

}  // namespace

Frame compose(const View& view, Size size, ColorDepth depth) {
    Frame frame(size);
    size = frame.size();
    if (size.columns == 0 || size.rows == 0) return frame;
    const int said_rows = std::clamp((size.rows - 8) / 3, 0, lines_below);
    const Size room{size.columns, std::max(1, size.rows - 1 - said_rows)};

    if (view.picture.empty()) {
        below(frame, Frame(), view, 0);
        return frame;
    }
    const auto parsed = parse_picture(view.picture);
    if (const auto* error = std::get_if<PictureError>(&parsed)) {
        const std::string text = "the game's picture cannot be drawn: " + error->message;
        const auto lines = wrapped(text, static_cast<std::size_t>(size.columns));
        for (int i = 0; i < room.rows && i < static_cast<int>(lines.size()); ++i)
            frame.write(0, i, lines[static_cast<std::size_t>(i)]);
        below(frame, Frame(), view, room.rows);
        return frame;
    }
    const Picture& picture = std::get<Picture>(parsed);
    const Size small = fitting(picture, room), tall = fitting(picture, size);
    if (tall.rows > small.rows && tall.columns + gap + narrowest_panel <= size.columns)
        beside(frame, draw(picture, tall, depth), view);
    else
        below(frame, draw(picture, small, depth), view, small.rows);
    return frame;
}

}  // namespace dragoman
