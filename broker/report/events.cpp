#include "broker/report/events.hpp"

#include "broker/report/report.hpp"

namespace dragoman {

void EventWriter::write(std::string_view event, Json player, const Json& more) {
    Json line{{"event", event}, {"tick", tick_}, {"player", std::move(player)}};
    line.update(more);
    const std::string text = line.dump(-1, ' ', true, Json::error_handler_t::replace);
    std::fwrite(text.data(), 1, text.size(), to_);
    std::fputc('\n', to_);
}

bool EventWriter::may_say(const LiveScript& script) {
    constexpr int most_in_a_tick = 200;
    const int said = ++said_[script.name()];
    if (said == most_in_a_tick + 1) write("note", script.name(), {{"text", "more lines in this tick are not shown"}});
    return said <= most_in_a_tick;
}

void EventWriter::build(const BuildEvent& event) {
    write("build", nullptr,
          {{"state", name(event.kind)},
           {"script", valid_utf8(event.script.string())},
           {"language", event.language != nullptr ? Json(event.language->name) : Json()},
           {"took_ms", event.took.count()}});
}

void EventWriter::output(const LiveScript& script, Stream stream, std::string_view text, bool whole) {
    if (!may_say(script)) return;
    write("output", script.name(),
          {{"stream", stream == Stream::standard_error ? "stderr" : "stdout"},
           {"text", valid_utf8(text)},
           {"whole", whole}});
}

void EventWriter::log(const LiveScript& script, std::string_view level, std::string_view message) {
    if (!may_say(script)) return;
    write("log", script.name(), {{"level", level}, {"message", message}});
}

void EventWriter::note(const LiveScript& script, const std::string& text) {
    if (!may_say(script)) return;
    write("note", script.name(), {{"text", valid_utf8(text)}});
}

void EventWriter::denied(const LiveScript& script, const std::string& call) {
    write("denied", script.name(), {{"call", valid_utf8(call)}});  // bounded: see Refusals
}

void EventWriter::failure(const LiveScript& script, const Failure& failure) {
    write("failure", script.name(), to_json(failure));
}

void EventWriter::tick(const TickEvent& event) {
    tick_ = event.tick;
    said_.clear();
    std::fflush(to_);  // what one tick said, in one go
    write("tick", nullptr,
          {{"round", event.round},
           {"frame", event.frame},
           {"world_hash", hash_text(event.world_hash)},
           {"over", event.over}});
}

void EventWriter::outcome(std::uint64_t tick, const std::string& player, Outcome outcome) {
    tick_ = tick;
    write("outcome", player, {{"outcome", name(outcome)}});
}

void EventWriter::reload(const ReloadEvent& event) {
    Json about{{"step", name(event.step)},
               {"version", event.version},
               {"file", valid_utf8(event.file.string())},
               {"took_ms", Milliseconds(event.took).count()}};
    if (event.differences > 0) about["differences"] = event.differences;
    if (!event.text.empty()) about["text"] = valid_utf8(event.text);
    if (event.failure) about["failure"] = to_json(*event.failure);
    write("reload", event.seat, about);
    std::fflush(to_);  // there may be no next tick for long
}

void EventWriter::round_over(int round, std::string_view result) {
    write("round_over", nullptr, {{"round", round}, {"result", Json::parse(result, nullptr, false)}});
}

void EventWriter::end(const MatchReport& report) {
    write("end", nullptr, {{"report", to_json(report)}});
    std::fflush(to_);
}

}  // namespace dragoman
