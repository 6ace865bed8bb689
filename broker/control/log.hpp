#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/encode.hpp"

namespace dragoman {

/// One thing that happened in a run, or that a script said.
struct LogLine {
    std::uint64_t number = 0;  // from 1
    std::chrono::system_clock::time_point at{};
    std::uint64_t tick = 0;
    std::string event;  // as in `dragoman run --jsonl`: output, log, note, failure, build, reload, ...
    std::string seat;   // empty where none is meant
    std::string text;   // valid UTF-8
};

/// As a JSON object on one line.
void append_json(std::string& to, const LogLine& line);

/// The last lines of a run. Whatever scripts print, it stays small and costs little.
class ControlLog {
public:
    struct Limits {
        std::size_t lines = 1000;
        std::size_t bytes = 256 << 10;  // of text
        std::size_t line = 2 << 10;     // longer texts are cut
        int in_a_tick = 200;            // of each seat; what is more is counted, and not kept
    };

    ControlLog() : ControlLog(Limits{}) {}
    explicit ControlLog(Limits limits) : limits_(limits) {}

    /// Lines are of this tick from now on.
    void tick(std::uint64_t tick);
    void add(std::string_view event, std::string_view seat, std::string_view text);

    /// The last `count` lines that are there, of one seat where it is named, the oldest first.
    std::vector<const LogLine*> tail(std::size_t count, std::string_view seat = {}) const;
    /// The number that the next line will have.
    std::uint64_t next() const { return next_; }
    /// The number of the oldest line that is kept; next() where there is none.
    std::uint64_t oldest() const { return next_ - lines_.size(); }
    /// One that is kept.
    const LogLine& line(std::uint64_t number) const { return lines_[number - oldest()]; }

    /// Called after each line that was added; it must not add lines itself.
    std::function<void()> added;

private:
    void keep(std::string_view event, std::string_view seat, std::string_view text);

    Limits limits_;
    std::deque<LogLine> lines_;
    std::size_t bytes_ = 0;
    std::uint64_t next_ = 1;
    std::uint64_t tick_ = 0;
    std::map<std::string, int, std::less<>> said_;  // within this tick, by seat
};

}  // namespace dragoman
