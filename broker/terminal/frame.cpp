#include "broker/terminal/frame.hpp"

#include <algorithm>

#include "broker/terminal/width.hpp"

namespace dragoman {
namespace {

constexpr int most_columns = 500;
constexpr int most_rows = 300;

}  // namespace

Frame::Frame(Size size)
    : size_{std::clamp(size.columns, 0, most_columns), std::clamp(size.rows, 0, most_rows)},
      cells_(static_cast<std::size_t>(size_.columns) * static_cast<std::size_t>(size_.rows)) {}

int Frame::write(int column, int row, std::string_view text, const Cell& like) {
    if (row < 0 || row >= size_.rows) return column;
    while (const auto character = take_character(text)) {
        const int width = width_of(*character);
        if (width == 0) continue;
        if (column + width > size_.columns) break;
        if (column >= 0) {
            break_wide(column, row);
            break_wide(column + width - 1, row);
            put(column, row, *character, like);
            if (width == 2) put(column + 1, row, Cell::covered, like);
        }
        column += width;
    }
    return column;
}

void Frame::put(int column, int row, char32_t character, const Cell& like) {
    Cell& cell = at(column, row);
    cell = Cell{character, like.ink, like.paper ? like.paper : cell.paper, like.dim};
}

void Frame::break_wide(int column, int row) {
    if (at(column, row).character == Cell::covered && column > 0) at(column - 1, row).character = U' ';
    if (column + 1 < size_.columns && at(column + 1, row).character == Cell::covered)
        at(column + 1, row).character = U' ';
}

void Frame::place(const Frame& other, int column, int row) {
    for (int y = std::max(0, -row); y < other.size_.rows && y + row < size_.rows; ++y)
        for (int x = std::max(0, -column); x < other.size_.columns && x + column < size_.columns; ++x)
            at(x + column, y + row) = other.at(x, y);
}

std::string Frame::text(int row) const {
    std::string text;
    for (int x = 0; x < size_.columns; ++x)
        if (at(x, row).character != Cell::covered) append_utf8(text, at(x, row).character);
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

}  // namespace dragoman
