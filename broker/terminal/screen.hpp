#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "broker/terminal/frame.hpp"

namespace dragoman {

/// The size of the terminal behind a descriptor (TIOCGWINSZ); `otherwise` where there is none.
Size terminal_size(int descriptor, Size otherwise = {80, 24});

/// A match on a live terminal: the picture, a caption, and the last lines that scripts printed.
///
/// A picture that is narrow gets the text beside it, so that it can be as high as the terminal.
/// It draws on the terminal's alternate screen, in place and only what changed; close() goes back and leaves the last
/// frame above whatever is printed next. With descriptor -1 it only composes frames, for a recording.
/// The size is asked for before each frame, so that a resized window needs no signal.
class Screen {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds shortest_pause{33};

    Screen(int descriptor, ColorDepth depth, std::function<Size()> size);
    ~Screen();  // closes
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    /// Whether it is time for another frame: about 30 a second, however fast the game runs. Asking does not draw.
    bool due(Clock::time_point now) const;
    /// Draws. A bad picture is shown as what is wrong with it. Call it for the last tick whether it is due or not.
    void frame(Clock::time_point now, std::string_view picture_json, std::string_view caption);
    /// Something that a script printed, or that is said about one. Shown with the next frame, after "1P| ".
    void line(std::string_view who, std::string_view text);
    /// Puts the terminal back as it was, cursor included, and prints the last frame. Only the first call does
    /// something.
    void close();

    /// The last frame as the viewer saw it; for a recording.
    const Frame& shown() const { return shown_; }
    /// Bytes written to the terminal.
    std::size_t written() const { return written_; }

private:
    void show();
    void write(std::string_view bytes);
    bool takes_more() const;

    int descriptor_;
    ColorDepth depth_;
    std::function<Size()> size_;
    Clock::time_point next_{};
    Frame shown_;
    Frame drawn_;                    // what the terminal holds
    std::string picture_, caption_;  // of the last frame
    std::deque<std::string> said_;
    std::size_t written_ = 0;
    bool open_ = false;
    bool closed_ = false;
};

}  // namespace dragoman
