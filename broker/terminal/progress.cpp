#include "broker/terminal/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "broker/session/transcript.hpp"
#include "broker/terminal/width.hpp"

namespace dragoman {
namespace {

/// "1.2s"
std::string seconds(std::chrono::duration<double> time) {
    std::array<char, 32> digits;
    const auto end =
        std::to_chars(digits.begin(), digits.end(), std::max(time.count(), 0.0), std::chars_format::fixed, 1).ptr;
    return std::string(digits.begin(), end) + "s";
}

std::string title_of(const BuildEvent& event) {
    std::string title = harmless(event.script.filename().string());
    std::replace(title.begin(), title.end(), '\n', ' ');
    if (event.language) title += " (" + event.language->title + ")";
    return title;
}

}  // namespace

Progress::Progress(int descriptor, bool live, ColorDepth depth, int columns)
    : descriptor_(descriptor), live_(live), depth_(depth), columns_(static_cast<std::size_t>(std::max(columns, 20))) {}

Progress::~Progress() { finish(); }

void Progress::event(const BuildEvent& event, Clock::time_point now) {
    using Kind = BuildEvent::Kind;
    if (event.kind == Kind::Compiling) {
        running_.push_back({title_of(event), event.script, now});
        if (live_)
            redraw(now, "");
        else
            write("compiling " + running_.back().title + "\n");
    } else if (event.kind == Kind::Done || event.kind == Kind::Failed || event.kind == Kind::Cached) {
        const auto is_this = [&](const Running& running) { return running.script == event.script; };
        const auto running = std::find_if(running_.begin(), running_.end(), is_this);
        if (running == running_.end()) return;
        const std::string title = running->title;
        running_.erase(running);
        if (live_) redraw(now, event.kind == Kind::Done ? "compiled " + title + " " + seconds(event.took) : "");
    }
}

void Progress::tick(Clock::time_point now) {
    if (live_ && busy()) redraw(now, "");
}

void Progress::finish() {
    running_.clear();
    if (live_ && lines_up_ > 0) redraw({}, "");
}

void Progress::redraw(Clock::time_point now, const std::string& finished_line) {
    std::string bytes;
    if (lines_up_ > 0) bytes += "\x1b[" + std::to_string(lines_up_) + "A\x1b[J";
    if (!finished_line.empty()) bytes += dimmed(cut(finished_line, columns_ - 1)) + "\n";
    for (const Running& running : running_)
        bytes += cut("compiling " + running.title + " " + seconds(now - running.since), columns_ - 1) + "\n";
    lines_up_ = running_.size();
    write(bytes);
}

std::string Progress::dimmed(const std::string& text) const {
    return depth_ == ColorDepth::none ? text : "\x1b[2m" + text + "\x1b[0m";
}

void Progress::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
        if (count > 0)
            bytes.remove_prefix(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            return;
    }
}

}  // namespace dragoman
