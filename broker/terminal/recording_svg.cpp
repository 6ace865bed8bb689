#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "broker/terminal/recording.hpp"
#include "broker/terminal/width.hpp"

namespace dragoman {
namespace {

// A cell is 8 by 16, a pixel 8 by 8. Paths are written in pixels and scaled.
constexpr int pixel = 8;
constexpr int margin = 12;
constexpr double last_frame_stands = 2.5;  // seconds
constexpr Rgb terminal_ink{0xc9, 0xd1, 0xd9};
constexpr Rgb terminal_paper{0x0d, 0x11, 0x17};
constexpr Rgb dim_ink{0x7d, 0x85, 0x90};

std::string decimal(double value, int digits) {
    std::array<char, 64> text;
    const auto end = std::to_chars(text.begin(), text.end(), value, std::chars_format::fixed, digits).ptr;
    return {text.begin(), end};
}

std::size_t cell_index(int row, int column, Size size) {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(size.columns) + static_cast<std::size_t>(column);
}

std::string short_hex(Rgb color) {
    std::string text = hex(color);
    if (text[1] == text[2] && text[3] == text[4] && text[5] == text[6]) return {'#', text[1], text[3], text[5]};
    return text;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else if (c == '"')
            out += "&quot;";
        else if (static_cast<unsigned char>(c) >= 0x20)
            out += c;
    }
    return out;
}

bool is_half(const Cell& cell) { return cell.character == U'▀'; }
bool is_letter(const Cell& cell) { return !is_half(cell) && cell.character != U' ' && cell.character != Cell::covered; }
Rgb lower(const Cell& cell) { return cell.paper.value_or(terminal_paper); }
Rgb upper(const Cell& cell) { return is_half(cell) ? cell.ink.value_or(terminal_ink) : lower(cell); }
Rgb ink(const Cell& cell) { return cell.ink.value_or(cell.dim ? dim_ink : terminal_ink); }

/// Which cells of a frame are drawn.
using Chosen = std::vector<char>;

struct Block {
    int x, y, width, height;
    Rgb color;
};

/// Runs of pixels of one colour; equal runs in rows below each other are one block.
std::vector<Block> blocks(const Frame& frame, const Chosen& chosen) {
    const Size size = frame.size();
    std::vector<Block> all;
    std::vector<std::size_t> above, here;  // the blocks that reach into the row before, into this row
    for (int y = 0; y < 2 * size.rows; ++y) {
        const auto is_drawn = [&](int x) { return chosen[cell_index(y / 2, x, size)] != 0; };
        const auto color = [&](int x) { return y % 2 == 0 ? upper(frame.at(x, y / 2)) : lower(frame.at(x, y / 2)); };
        for (int x = 0, end = 0; x < size.columns; x = end) {
            end = x + 1;
            if (!is_drawn(x)) continue;
            while (end < size.columns && is_drawn(end) && color(end) == color(x)) ++end;
            const auto same = std::find_if(above.begin(), above.end(), [&](std::size_t i) {
                return all[i].x == x && all[i].width == end - x && all[i].color == color(x);
            });
            here.push_back(same == above.end() ? all.size() : *same);
            if (same == above.end())
                all.push_back({x, y, end - x, 1, color(x)});
            else
                ++all[*same].height;
        }
        above.swap(here);
        here.clear();
    }
    return all;
}

/// One path for each colour.
std::string pixels(const Frame& frame, const Chosen& chosen) {
    std::map<std::string, std::string> paths;
    for (const Block& block : blocks(frame, chosen)) {
        const std::string width = std::to_string(block.width);
        paths[short_hex(block.color)] += "M" + std::to_string(block.x) + " " + std::to_string(block.y) + "h" + width +
                                         "v" + std::to_string(block.height) + "h-" + width + "z";
    }
    std::string out;
    for (const auto& [color, path] : paths) out += "<path fill=\"" + color + "\" d=\"" + path + "\"/>";
    return out.empty() ? out : "<g transform=\"scale(8)\">" + out + "</g>";
}

/// Runs of letters of one colour; single blanks belong to a run.
std::string letters(const Frame& frame, const Chosen& chosen) {
    const Size size = frame.size();
    std::string out;
    for (int row = 0; row < size.rows; ++row) {
        const auto is_drawn = [&](int x) {
            return x < size.columns && chosen[cell_index(row, x, size)] && is_letter(frame.at(x, row));
        };
        for (int x = 0; x < size.columns; ++x) {
            if (!is_drawn(x)) continue;
            const Rgb color = ink(frame.at(x, row));
            std::string text;
            int end = x;
            for (; end < size.columns; ++end) {
                const Cell& cell = frame.at(end, row);
                const bool blank = cell.character == U' ' && is_drawn(end + 1) && ink(frame.at(end + 1, row)) == color;
                if (cell.character == Cell::covered && end > x) continue;
                if (!blank && !(is_drawn(end) && ink(cell) == color)) break;
                append_utf8(text, cell.character);
            }
            out += "<text x=\"" + std::to_string(x * pixel) + "\" y=\"" + std::to_string(row * 2 * pixel + 12) +
                   "\" fill=\"" + short_hex(color) + "\" textLength=\"" + std::to_string((end - x) * pixel) + "\">" +
                   escaped(text) + "</text>";
            x = end - 1;
        }
    }
    return out;
}

std::string drawn(const Frame& frame, const Chosen& chosen) { return pixels(frame, chosen) + letters(frame, chosen); }

/// Each cell as it is in most of the frames: drawn once, below all of them.
Frame common(const std::vector<const Frame*>& frames) {
    Frame result = *frames.front();
    for (int row = 0; row < result.size().rows; ++row) {
        for (int column = 0; column < result.size().columns; ++column) {
            std::vector<std::pair<const Cell*, int>> counted;
            for (const Frame* frame : frames) {
                const Cell& cell = frame->at(column, row);
                const auto same =
                    std::find_if(counted.begin(), counted.end(), [&](const auto& c) { return *c.first == cell; });
                if (same == counted.end())
                    counted.emplace_back(&cell, 1);
                else
                    ++same->second;
            }
            const auto most = std::max_element(counted.begin(), counted.end(),
                                               [](const auto& a, const auto& b) { return a.second < b.second; });
            result.at(column, row) = *most->first;
        }
    }
    return result;
}

Chosen differing(const Frame& frame, const Frame& base) {
    const Size size = frame.size();
    Chosen chosen(static_cast<std::size_t>(size.columns) * static_cast<std::size_t>(size.rows));
    for (int row = 0; row < size.rows; ++row) {
        for (int column = 0; column < size.columns; ++column) {
            const auto index = cell_index(row, column, size);
            chosen[index] = !(frame.at(column, row) == base.at(column, row));
            // Both halves of a wide character.
            if (chosen[index] && column > 0 &&
                (frame.at(column, row).character == Cell::covered || base.at(column, row).character == Cell::covered))
                chosen[index - 1] = 1;
        }
    }
    return chosen;
}

struct Sampled {
    std::vector<Frame> frames;  // all of one size
    double pause = 0;           // seconds between two of them
};

/// Room for all of the frames, without what is blank in every one of them at the right and at the bottom.
Size used_by(const std::vector<Moment>& moments) {
    Size used{1, 1};
    for (const Moment& moment : moments) {
        const Frame& frame = moment.frame;
        for (int row = 0; row < frame.size().rows; ++row) {
            for (int column = 0; column < frame.size().columns; ++column) {
                const Cell& cell = frame.at(column, row);
                if (cell.character == U' ' && !cell.paper) continue;
                used = {std::max(used.columns, column + 1), std::max(used.rows, row + 1)};
            }
        }
    }
    return used;
}

/// The frame that stood at each of `most` moments, the last one included.
Sampled sample(const std::vector<Moment>& moments, std::size_t most) {
    Sampled sampled;
    const std::size_t count = std::min(most, moments.size());
    const double begin = moments.front().at.count();
    if (count > 1) sampled.pause = (moments.back().at.count() - begin) / static_cast<double>(count - 1);
    const Size size = used_by(moments);
    std::size_t next = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const double now = begin + sampled.pause * static_cast<double>(i) + 1e-6;
        while (next + 1 < moments.size() && moments[next + 1].at.count() <= now) ++next;
        Frame frame(size);
        frame.place(moments[i + 1 == count ? moments.size() - 1 : next].frame, 0, 0);
        sampled.frames.push_back(std::move(frame));
    }
    return sampled;
}

/// The frames stand side by side in a strip that jumps on by one frame's width.
std::string style(std::size_t count, double pause, int width) {
    std::string css =
        "text{font:13.33px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}";
    if (count < 2 || pause <= 0) return css;
    const double moving = pause * static_cast<double>(count - 1), all = moving + last_frame_stands;
    const std::string end = "transform:translateX(-" + std::to_string(static_cast<int>(count - 1) * width) + "px)";
    css += "@keyframes s{0%{animation-timing-function:steps(" + std::to_string(count - 1) + ",end)}" +
           decimal(100 * moving / all, 4) + "%,to{" + end + "}}" + ".s{animation:s " + decimal(all, 3) + "s infinite}" +
           "@media(prefers-reduced-motion:reduce){.s{animation:none;" + end + "}}";
    return css;
}

std::string svg_of(const Sampled& sampled, const std::string& title) {
    std::vector<const Frame*> frames;
    for (const Frame& frame : sampled.frames) frames.push_back(&frame);
    const Size size = frames.front()->size();
    const int width = size.columns * pixel, height = size.rows * 2 * pixel;
    const Frame base = common(frames);
    const auto number = [](int value) { return std::to_string(value); };

    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width + 2 * margin) + " " +
                      number(height + 2 * margin) + "\" width=\"" + number(width + 2 * margin) + "\" height=\"" +
                      number(height + 2 * margin) + "\"><title>" + escaped(title) + "</title><style>" +
                      style(frames.size(), sampled.pause, width) +
                      "</style><rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"" + short_hex(terminal_paper) +
                      "\"/><svg x=\"" + number(margin) + "\" y=\"" + number(margin) + "\" width=\"" + number(width) +
                      "\" height=\"" + number(height) + "\" shape-rendering=\"crispEdges\">";
    const Frame empty(size);
    svg += drawn(base, differing(base, empty)) + "<g class=\"s\">\n";
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const std::string changes = drawn(*frames[i], differing(*frames[i], base));
        if (changes.empty()) continue;
        svg += "<g transform=\"translate(" + number(static_cast<int>(i) * width) + ")\">" + changes + "</g>\n";
    }
    return svg + "</g></svg></svg>\n";
}

}  // namespace

std::string svg_text(const std::vector<Moment>& moments, const std::string& title, std::size_t most_frames,
                     std::size_t most_bytes) {
    if (moments.empty()) return "";
    std::string svg = svg_of(sample(moments, std::max<std::size_t>(most_frames, 1)), title);
    while (svg.size() > most_bytes && most_frames > 1) {
        most_frames = std::min(most_frames, moments.size()) / 2;
        svg = svg_of(sample(moments, std::max<std::size_t>(most_frames, 1)), title);
    }
    return svg;
}

SvgWriter::SvgWriter(std::filesystem::path file, std::string title)
    : file_(std::move(file)), title_(std::move(title)) {}

void SvgWriter::add(std::chrono::duration<double> at, const Frame& frame) {
    if (offered_++ % stride_ == 0) {
        if (moments_.size() >= 2 * most_frames) {
            stride_ *= 2;
            std::size_t kept = 0;
            for (std::size_t i = 0; i < moments_.size(); i += 2) std::swap(moments_[kept++], moments_[i]);
            moments_.resize(kept);
        }
        moments_.push_back({at, frame});
        last_.reset();
    } else {
        last_ = Moment{at, frame};
    }
}

std::optional<std::string> SvgWriter::close() {
    if (last_) moments_.push_back(std::move(*last_));
    last_.reset();
    if (moments_.empty()) return "cannot write " + file_.string() + ": nothing was drawn";
    std::ofstream out(file_, std::ios::binary | std::ios::trunc);
    out << svg_text(moments_, title_);
    out.close();
    if (out.fail()) return "cannot write " + file_.string();
    return std::nullopt;
}

}  // namespace dragoman
