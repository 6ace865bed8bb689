#include "broker/terminal/table.hpp"

#include <algorithm>
#include <numeric>

#include "broker/session/transcript.hpp"
#include "broker/terminal/width.hpp"

namespace dragoman {
namespace {

constexpr std::size_t column_gap = 2;
constexpr std::size_t narrowest_column = 8;

std::string aligned(const std::string& text, std::size_t width, Align align) {
    if (align == Align::left) return padded(text, width);
    const std::size_t used = width_of(text);
    return std::string(width > used ? width - used : 0, ' ') + text;
}

std::string styled(const std::string& text, const TextTable::Field& field, ColorDepth depth) {
    if (depth == ColorDepth::none || (!field.color && !field.dim)) return text;
    std::string style = field.dim ? "2" : "";
    if (field.color) style += (style.empty() ? "" : ";") + foreground(field.color, depth);
    return "\x1b[" + style + "m" + text + "\x1b[0m";
}

}  // namespace

TextTable::TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

void TextTable::add(std::vector<Field> fields) {
    fields.resize(columns_.size());
    for (Field& field : fields) field.text = one_line(field.text);
    rows_.push_back(std::move(fields));
}

/// Cells for each column; 0 for one that is left out.
std::vector<std::size_t> TextTable::widths(std::size_t available) const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::size_t widest = 0;
        for (const auto& row : rows_) widest = std::max(widest, width_of(row[i].text));
        widths.push_back(widest == 0 ? 0 : std::max(widest, width_of(columns_[i].title)));
    }
    const auto shown =
        static_cast<std::size_t>(std::count_if(widths.begin(), widths.end(), [](auto w) { return w > 0; }));
    std::size_t total = std::accumulate(widths.begin(), widths.end(), shown > 0 ? column_gap * (shown - 1) : 0);
    while (total > available) {
        std::size_t widest = columns_.size();
        for (std::size_t i = 0; i < columns_.size(); ++i)
            if (columns_[i].shrinks && widths[i] > narrowest_column &&
                (widest == columns_.size() || widths[i] > widths[widest]))
                widest = i;
        if (widest == columns_.size()) break;
        --widths[widest];
        --total;
    }
    return widths;
}

void TextTable::write_row(std::string& out, const std::vector<Field>& fields, const std::vector<std::size_t>& widths,
                          ColorDepth depth) const {
    std::vector<std::vector<std::string>> lines;
    std::size_t height = 1;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const std::string& text = fields[i].text;
        lines.push_back(columns_[i].wraps ? wrapped(text, widths[i]) : std::vector{cut(text, widths[i])});
        if (widths[i] > 0) height = std::max(height, lines.back().size());
    }
    for (std::size_t line = 0; line < height; ++line) {
        std::size_t owed = 0;  // blanks that are only written when something follows
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            if (widths[i] == 0) continue;
            const std::string text =
                line < lines[i].size() ? aligned(lines[i][line], widths[i], columns_[i].align) : "";
            const std::size_t end = text.find_last_not_of(' ') + 1;
            if (end > 0) {
                const std::size_t begin = text.find_first_not_of(' ');
                out.append(owed + begin, ' ');
                out += styled(text.substr(begin, end - begin), fields[i], depth);
                owed = 0;
                owed += text.size() - end;
            } else {
                owed += widths[i];
            }
            owed += column_gap;
        }
        out += '\n';
    }
}

std::string TextTable::text(std::size_t width, ColorDepth depth) const {
    const auto columns = widths(width);
    std::string out;
    std::vector<Field> titles;
    for (const Column& column : columns_) titles.push_back({column.title, std::nullopt, true});
    const bool titled = std::any_of(columns_.begin(), columns_.end(), [](const Column& c) { return !c.title.empty(); });
    if (titled) write_row(out, titles, columns, depth);
    for (const auto& row : rows_) write_row(out, row, columns, depth);
    return out;
}

}  // namespace dragoman
