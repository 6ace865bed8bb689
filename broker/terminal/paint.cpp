#include "broker/terminal/paint.hpp"

#include "broker/terminal/width.hpp"

namespace dragoman {
namespace {

constexpr int cheaper_than_a_jump = 4;  // cells that are written again rather than jumped over

/// Writes cells with as few escapes as it can: it knows what is set.
class Pen {
public:
    explicit Pen(ColorDepth depth) : depth_(depth) {}

    void put(const Cell& cell) {
        if (cell.character == Cell::covered) return;
        style(cell);
        append_utf8(bytes, cell.character);
    }
    /// Back to the terminal's own style.
    void rest() {
        if (!ink_.empty() || !paper_.empty() || dim_) bytes += "\x1b[0m";
        ink_.clear(), paper_.clear(), dim_ = false;
    }

    std::string bytes;

private:
    void style(const Cell& cell) {
        if (depth_ == ColorDepth::none) return;
        if (dim_ && !cell.dim) rest();
        std::string wanted;
        const auto want = [&](std::string& is, const std::string& now) {
            if (is != now) wanted += (wanted.empty() ? "" : ";") + now;
            is = now;
        };
        if (cell.dim && !dim_) wanted += '2';
        dim_ = cell.dim;
        const bool blank = cell.character == U' ';  // its ink is not seen
        if (!blank) want(ink_, cell.ink || !ink_.empty() ? foreground(cell.ink, depth_) : "");
        if (cell.paper || !paper_.empty()) want(paper_, background(cell.paper, depth_));
        if (!wanted.empty()) bytes += "\x1b[" + wanted + "m";
    }

    ColorDepth depth_;
    std::string ink_, paper_;  // as escapes' parameters; empty: the terminal's own
    bool dim_ = false;
};

std::string jump(int column, int row) {
    return "\x1b[" + std::to_string(row + 1) + ";" + std::to_string(column + 1) + "H";
}

/// The end of the stretch of cells that differ, short equal stretches between them included.
int end_of_change(const Frame& before, const Frame& after, int column, int row) {
    int end = column + 1, equal = 0;
    for (int x = column + 1; x < after.size().columns && equal <= cheaper_than_a_jump; ++x) {
        equal = before.at(x, row) == after.at(x, row) ? equal + 1 : 0;
        if (equal == 0) end = x + 1;
    }
    return end;
}

void paint_row(Pen& pen, const Frame& before, const Frame& after, int row) {
    const int columns = after.size().columns;
    for (int x = 0; x < columns; ++x) {
        if (before.at(x, row) == after.at(x, row)) continue;
        const int end = end_of_change(before, after, x, row);
        if (after.at(x, row).character == Cell::covered && x > 0) --x;
        pen.bytes += jump(x, row);
        for (; x < end; ++x) {
            pen.put(after.at(x, row));
            // Terminals differ about how wide such a character is.
            if (after.at(x, row).character == Cell::covered && x + 1 < end) pen.bytes += jump(x + 1, row);
        }
    }
}

}  // namespace

std::string paint(const Frame& before, const Frame& after, ColorDepth depth) {
    Pen pen(depth);
    const bool anew = before.size() != after.size();
    if (anew) pen.bytes += "\x1b[2J";
    const Frame blank = anew ? Frame(after.size()) : Frame();
    for (int row = 0; row < after.size().rows; ++row) paint_row(pen, anew ? blank : before, after, row);
    pen.rest();
    return std::move(pen.bytes);
}

std::string printed(const Frame& frame, ColorDepth depth) {
    int rows = frame.size().rows;
    const auto bare = [](const Cell& cell) { return cell.character == U' ' && !cell.paper; };
    const auto last_of = [&](int row) {
        int end = frame.size().columns;
        while (end > 0 && bare(frame.at(end - 1, row))) --end;
        return end;
    };
    while (rows > 0 && last_of(rows - 1) == 0) --rows;
    Pen pen(depth);
    for (int row = 0; row < rows; ++row) {
        const int end = last_of(row);
        for (int x = 0; x < end; ++x) pen.put(frame.at(x, row));
        pen.rest();
        pen.bytes += '\n';
    }
    return std::move(pen.bytes);
}

}  // namespace dragoman
