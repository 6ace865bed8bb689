#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/terminal/color.hpp"

namespace dragoman {

/// In character cells.
struct Size {
    int columns = 80;
    int rows = 40;
    bool operator==(const Size&) const = default;
};

/// One character cell. Without a colour it has the terminal's own.
struct Cell {
    static constexpr char32_t covered = 0;  // the right half of a wide character that stands in the cell before

    char32_t character = U' ';
    std::optional<Rgb> ink;
    std::optional<Rgb> paper;
    bool dim = false;

    bool operator==(const Cell&) const = default;
};

/// What a viewer sees at one moment: rows of cells, all of one length.
class Frame {
public:
    Frame() = default;
    explicit Frame(Size size);

    Size size() const { return size_; }
    Cell& at(int column, int row) { return cells_[index(column, row)]; }
    const Cell& at(int column, int row) const { return cells_[index(column, row)]; }

    /// Writes into one row from `column` on, as far as the row goes; keeps the paper that is there unless `like` has
    /// one. Returns the column behind it. `text` must hold no control characters.
    int write(int column, int row, std::string_view text, const Cell& like = {});
    /// Copies all of `other` so that its upper left cell comes to lie there; what does not fit is left out.
    void place(const Frame& other, int column, int row);

    /// One row's characters, without blanks at its end: what a test or a plain file wants.
    std::string text(int row) const;
    bool operator==(const Frame&) const = default;

private:
    void put(int column, int row, char32_t character, const Cell& like);
    /// A wide character of which one half is overwritten becomes blank.
    void break_wide(int column, int row);
    std::size_t index(int column, int row) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(size_.columns) +
               static_cast<std::size_t>(column);
    }
    Size size_{0, 0};
    std::vector<Cell> cells_;
};

}  // namespace dragoman
