#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "broker/build/built.hpp"
#include "broker/terminal/color.hpp"

namespace dragoman {

/// Shows what is being compiled. On a terminal there is one line for each script being compiled, with the time it has
/// taken so far, and one for each that is done; elsewhere there are plain lines. What came out of the cache is not
/// mentioned, nor is a failure: that is for the report to say.
class Progress {
public:
    using Clock = std::chrono::steady_clock;

    /// `live`: lines may be replaced (a terminal). `columns` is the terminal's width.
    Progress(int descriptor, bool live, ColorDepth depth, int columns = 80);
    ~Progress();  // finishes
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void event(const BuildEvent& event, Clock::time_point now);
    /// Moves the elapsed times on; call it a few times a second while something is compiled. Does nothing when not
    /// live.
    void tick(Clock::time_point now);
    bool busy() const { return !running_.empty(); }
    /// Takes away what is unfinished.
    void finish();

private:
    struct Running {
        std::string title;  // "2_cpp.cpp (C++)"
        std::filesystem::path script;
        Clock::time_point since;
    };
    void redraw(Clock::time_point now, const std::string& finished_line);
    std::string dimmed(const std::string& text) const;
    void write(std::string_view bytes);

    int descriptor_;
    bool live_;
    ColorDepth depth_;
    std::size_t columns_;
    std::vector<Running> running_;
    std::size_t lines_up_ = 0;  // lines of ours that the cursor stands below
};

}  // namespace dragoman
