#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/terminal/color.hpp"

namespace dragoman {

enum class Align { left, right };

/// Rows of text in aligned columns, two blanks between them, no lines. Widths are counted in cells.
/// Where the table is wider than the terminal, its widest shrinking column is cut, or wrapped.
class TextTable {
public:
    struct Column {
        std::string title;
        Align align = Align::left;
        bool shrinks = false;  // may become narrower than its text
        bool wraps = false;    // then in several lines, instead of being cut
    };
    struct Field {
        std::string text;  // made harmless; line breaks become blanks
        std::optional<Rgb> color = {};
        bool dim = false;
    };

    explicit TextTable(std::vector<Column> columns);

    /// Missing fields are empty.
    void add(std::vector<Field> fields);
    bool empty() const { return rows_.empty(); }
    /// Ends with a line break. A column in which all fields are empty is left out.
    std::string text(std::size_t width, ColorDepth depth) const;

private:
    std::vector<std::size_t> widths(std::size_t available) const;
    void write_row(std::string& out, const std::vector<Field>& fields, const std::vector<std::size_t>& widths,
                   ColorDepth depth) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Field>> rows_;
};

}  // namespace dragoman
