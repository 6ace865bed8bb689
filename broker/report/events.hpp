#pragma once

#include <cstdio>
#include <map>
#include <string>
#include <string_view>

#include "broker/game/match.hpp"

namespace dragoman {

/// `--jsonl`: one JSON object a line, as things happen. Every event has "event", "tick" and "player" (null where none
/// is meant).
class EventWriter {
public:
    explicit EventWriter(std::FILE* to) : to_(to) {}

    void build(const BuildEvent& event);
    void output(const LiveScript& script, Stream stream, std::string_view text, bool whole);
    void log(const LiveScript& script, std::string_view level, std::string_view message);
    void note(const LiveScript& script, const std::string& text);
    void denied(const LiveScript& script, const std::string& call);
    void failure(const LiveScript& script, const Failure& failure);
    void tick(const TickEvent& event);
    void outcome(std::uint64_t tick, const std::string& player, Outcome outcome);
    void reload(const ReloadEvent& event);
    void round_over(int round, std::string_view result);
    void end(const MatchReport& report);
    /// While no ticks are played nothing else does it.
    void flush() { std::fflush(to_); }
    /// The reader has gone: there is nobody to play for.
    bool nobody_reads() const { return std::ferror(to_) != 0; }

private:
    void write(std::string_view event, Json player, const Json& more);
    /// Whether another line that a script said may be written in this tick. Whoever reads must not be able to hold up
    /// the match.
    bool may_say(const LiveScript& script);

    std::FILE* to_;
    std::uint64_t tick_ = 0;
    std::map<std::string, int> said_;  // within this tick, by player
};

}  // namespace dragoman
