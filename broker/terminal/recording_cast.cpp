#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "broker/terminal/paint.hpp"
#include "broker/terminal/recording.hpp"

namespace dragoman {
namespace {

std::string event(double at, std::string_view kind, std::string_view data) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), at, std::chars_format::fixed, 3).ptr;
    return "[" + std::string(digits.begin(), end) + ", \"" + std::string(kind) + "\", " +
           nlohmann::json(data).dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) + "]\n";
}

}  // namespace

CastWriter::CastWriter(const std::filesystem::path& file, std::string title, ColorDepth depth)
    : file_(file), out_(file, std::ios::binary | std::ios::trunc), title_(std::move(title)), depth_(depth) {}

void CastWriter::add(std::chrono::duration<double> at, const Frame& frame) {
    const Size size = frame.size();
    last_at_ = std::max(last_at_, at.count());
    if (!begun_) {
        begun_ = true;
        const nlohmann::ordered_json header{{"version", 2},
                                            {"width", size.columns},
                                            {"height", size.rows},
                                            {"title", title_},
                                            {"env", {{"TERM", "xterm-256color"}}}};
        out_ << header.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) << '\n';
        out_ << event(last_at_, "o", "\x1b[?25l\x1b[2J");
        drawn_ = Frame(size);
    } else if (drawn_.size() != size) {
        out_ << event(last_at_, "r", std::to_string(size.columns) + "x" + std::to_string(size.rows));
    }
    const std::string changes = paint(drawn_, frame, depth_);
    if (!changes.empty()) out_ << event(last_at_, "o", changes);
    drawn_ = frame;
}

std::optional<std::string> CastWriter::close() {
    if (begun_) {
        // Players stop at the last event: let the last frame stand for a moment, and leave the cursor below it.
        const std::string bottom = "\x1b[" + std::to_string(drawn_.size().rows) + ";1H\x1b[?25h";
        out_ << event(last_at_ + 1, "o", bottom);
    }
    out_.close();
    if (out_.fail()) return "cannot write " + file_.string();
    return std::nullopt;
}

}  // namespace dragoman
