#include "broker/control/log.hpp"

#include <cstdio>

#include "broker/session/transcript.hpp"

namespace dragoman {

void append_json(std::string& to, const LogLine& line) {
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(line.at.time_since_epoch()).count();
    char numbers[128];
    std::snprintf(numbers, sizeof numbers, "{\"number\":%llu,\"time\":%lld.%03lld,\"tick\":%llu,\"event\":",
                  static_cast<unsigned long long>(line.number), static_cast<long long>(time / 1000),
                  static_cast<long long>(time % 1000), static_cast<unsigned long long>(line.tick));
    to += numbers;
    append_quoted(to, line.event);
    to += ",\"seat\":";
    if (line.seat.empty())
        to += "null";
    else
        append_quoted(to, line.seat);
    to += ",\"text\":";
    append_quoted(to, line.text);
    to += '}';
}

void ControlLog::tick(std::uint64_t tick) {
    if (tick == tick_) return;
    tick_ = tick;
    if (!said_.empty()) said_.clear();
}

void ControlLog::add(std::string_view event, std::string_view seat, std::string_view text) {
    auto said = said_.find(seat);
    if (said == said_.end()) said = said_.emplace(std::string(seat), 0).first;
    if (++said->second > limits_.in_a_tick + 1) return;
    if (said->second == limits_.in_a_tick + 1)
        keep("note", seat, "more lines in this tick are not kept");
    else
        keep(event, seat, text);
}

void ControlLog::keep(std::string_view event, std::string_view seat, std::string_view text) {
    std::string kept = valid_utf8(text.substr(0, limits_.line));
    if (text.size() > limits_.line) kept += "...";
    bytes_ += kept.size();
    lines_.push_back(
        {next_++, std::chrono::system_clock::now(), tick_, std::string(event), std::string(seat), std::move(kept)});
    while (lines_.size() > limits_.lines || (bytes_ > limits_.bytes && lines_.size() > 1)) {
        bytes_ -= lines_.front().text.size();
        lines_.pop_front();
    }
    if (added) added();
}

std::vector<const LogLine*> ControlLog::tail(std::size_t count, std::string_view seat) const {
    std::vector<const LogLine*> found;
    for (auto line = lines_.rbegin(); line != lines_.rend() && found.size() < count; ++line)
        if (seat.empty() || line->seat == seat) found.push_back(&*line);
    return {found.rbegin(), found.rend()};
}

}  // namespace dragoman
