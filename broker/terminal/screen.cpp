#include "broker/terminal/screen.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "broker/session/transcript.hpp"
#include "broker/terminal/layout.hpp"
#include "broker/terminal/paint.hpp"
#include "broker/terminal/width.hpp"

namespace dragoman {
namespace {

// Alternate screen, no cursor, no wrapping at the last column; and back.
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J";
constexpr std::string_view leave = "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l";
// The terminal shows all of an update at once; one that does not know this ignores it.
constexpr std::string_view begin_update = "\x1b[?2026h";
constexpr std::string_view end_update = "\x1b[?2026l";

constexpr std::size_t longest_line = 1'024;
constexpr int patience = 1'000;  // milliseconds that a terminal may take no bytes

bool writable(int descriptor, int milliseconds) {
    pollfd waiting{descriptor, POLLOUT, 0};
    return poll(&waiting, 1, milliseconds) == 1 && (waiting.revents & POLLOUT) != 0;
}

}  // namespace

Size terminal_size(int descriptor, Size otherwise) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return otherwise;
    return {size.ws_col, size.ws_row};
}

Screen::Screen(int descriptor, ColorDepth depth, std::function<Size()> size)
    : descriptor_(descriptor), depth_(depth), size_(std::move(size)) {}

Screen::~Screen() { close(); }

bool Screen::due(Clock::time_point now) const { return now >= next_; }

void Screen::frame(Clock::time_point now, std::string_view picture_json, std::string_view caption) {
    if (closed_) return;
    next_ = now + shortest_pause;
    picture_ = picture_json;
    caption_ = harmless(caption);
    shown_ = compose({picture_, caption_, said_}, size_(), depth_);
    if (descriptor_ >= 0 && takes_more()) show();
}

void Screen::line(std::string_view who, std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    // Only the end of a long text will be seen.
    std::size_t start = text.size();
    for (int lines = 0; lines < lines_beside && start != std::string_view::npos && start > 0; ++lines)
        start = text.rfind('\n', start - 1);
    if (start != std::string_view::npos && start > 0) text.remove_prefix(start + 1);

    const std::string speaker = who.empty() ? "" : one_line(who.substr(0, longest_line)) + "| ";
    while (true) {
        const auto end = text.find('\n');
        said_.push_back(speaker + one_line(text.substr(0, std::min(end, longest_line))));
        if (said_.size() > lines_beside) said_.pop_front();
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
    }
}

void Screen::show() {
    std::string bytes;
    if (!open_) bytes += enter;
    const std::string changes = paint(open_ ? drawn_ : Frame(shown_.size()), shown_, depth_);
    if (open_ && changes.empty()) return;
    open_ = true;
    drawn_ = shown_;
    bytes += begin_update;
    bytes += changes;
    bytes += end_update;
    write(bytes);
}

void Screen::close() {
    if (std::exchange(closed_, true) || shown_.size() == Size{0, 0}) return;
    shown_ = compose({picture_, caption_, said_}, size_(), depth_);  // with what was said since
    if (open_) write(std::string(leave) + printed(shown_, depth_));
}

/// A terminal that is slow, or stopped with ctrl-S, must not hold up the match: it misses frames.
bool Screen::takes_more() const { return writable(descriptor_, 0); }

void Screen::write(std::string_view bytes) {
    while (!bytes.empty() && descriptor_ >= 0) {
        const ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
        if (count > 0) {
            written_ += static_cast<std::size_t>(count);
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (count < 0 && errno == EAGAIN) {
            if (!writable(descriptor_, patience)) descriptor_ = -1;
        } else if (count == 0 || errno != EINTR) {
            descriptor_ = -1;  // the terminal has gone; the match goes on
        }
    }
}

}  // namespace dragoman
