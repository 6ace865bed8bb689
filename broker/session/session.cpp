#include "broker/session/session.hpp"

#include <algorithm>

#include "broker/session/transcript.hpp"
#include "protocol/format.hpp"

namespace dragoman {
namespace {

/// The beginning of a line, fit to be shown.
std::string shown(std::string_view line) {
    constexpr std::size_t most = 120;
    return harmless(line.substr(0, most)) + (line.size() > most ? "..." : "");
}

/// The header that a line of LineKind::message begins with.
std::string_view first_word(std::string_view line) {
    return line.substr(0, line.find_first_not_of("_abcdefghijklmnopqrstuvwxyz"));
}

std::size_t longest_of(Role role) { return role == Role::game ? format::longest_game_line : format::longest_line; }

}  // namespace

std::string_view name(Role role) {
    switch (role) {
        case Role::player:
            return "player";
        case Role::game:
            return "game";
        case Role::system:
            return "system";
        case Role::verb:
            return "verb";
    }
    return "?";
}

Session::Session(Role role, Decoder& decoder, SessionListener& listener)
    : role_(role), decoder_(decoder), listener_(listener), splitter_(longest_of(role)) {}

void Session::receive(std::string_view bytes) {
    splitter_.push(bytes);
    for (Line line{}; phase_ != Phase::lost && splitter_.next(line);) take(line);
}

void Session::finish() {
    for (Line line{}; phase_ != Phase::lost && splitter_.finish(line);) take(line);
}

void Session::sent(Way way) {
    phase_ = Phase::owing;
    way_ = way;
    answer_.clear();
    said_reset_ = false;
    calls_ = 0;
}

void Session::take(const Line& line) {
    if (line.kind == LineKind::output || line.kind == LineKind::fragment)
        return listener_.on_output(line.text, line.kind == LineKind::output);
    const auto word = first_word(line.text);
    const bool spoken = level_ == Level::extended || word == format::header::command ||
                        (level_ == Level::opening && word == format::header::hello);
    if (!spoken) return listener_.on_output(line.text, true);

    if (line.kind == LineKind::too_long)
        return wrong("a line longer than " + std::to_string(splitter_.longest()) + " bytes; it begins with " +
                     shown(line.text));
    const auto decoded = decoder_.decode(line);
    if (const auto* fault = std::get_if<Fault>(&decoded)) return wrong(fault->what, fault->byte, line.text);
    take(std::get<Message>(decoded));
}

void Session::take(const Message& message) {
    switch (message.header) {
        case Header::command:
            return take_command(message);
        case Header::hello:
            return take_hello();
        case Header::done:
            return take_done(message);
        case Header::call:
            return take_call();
        case Header::error:
            return take_error();
        case Header::log:
            return take_log();
        case Header::answer:
            return listener_.on_note("dropped an answer to a call that nobody made");
        case Header::cancel:
            return;  // calls are answered before the next line is read, so there is nothing to cancel
        case Header::state:
            return take_state(message);
        case Header::uses:
            return take_uses();
        case Header::init:
        case Header::scene_info:
        case Header::update:
        case Header::bye:
            return wrong("only the broker says " + std::string(token(message.header)));
    }
}

void Session::take_command(const Message& message) {
    if (message.bare == Bare::ready) {
        if (phase_ == Phase::starting) {
            if (level_ == Level::opening && role_ != Role::player)
                return wrong("a " + std::string(name(role_)) + " says __hello__ before READY");
            if (level_ == Level::opening) level_ = Level::classic;
            return settle(Phase::idle);
        }
        if (phase_ == Phase::resetting) return settle(Phase::idle);
        ++unasked_;
        return listener_.on_note("dropped a READY that nobody asked for");
    }
    switch (phase_) {
        case Phase::owing:
            if (role_ != Role::player)
                return wrong("a " + std::string(name(role_)) + " answers with __done__, not with __command__");
            if (message.bare == Bare::reset) {
                said_reset_ = true;
                return settle(Phase::resetting);
            }
            answer_.assign(message.json);
            return settle(Phase::idle);
        case Phase::overdue:
            ++late_answers_;
            listener_.on_note("dropped an answer that came after its deadline: " + shown(message.json));
            return settle(message.bare == Bare::reset ? Phase::resetting : Phase::idle);
        case Phase::starting:
            return wrong("a command before READY: " + shown(message.json));
        case Phase::idle:
        case Phase::resetting:
            ++unasked_;
            return listener_.on_note("dropped a command that nobody asked for: " + shown(message.json));
        case Phase::lost:
            return;
    }
}

void Session::take_hello() {
    if (level_ == Level::extended || phase_ != Phase::starting) return wrong("__hello__ twice, or after READY");
    auto read = read_hello(decoder_.root());
    if (const auto* fault = std::get_if<Fault>(&read)) return wrong(fault->what);
    Hello hello = std::get<Hello>(std::move(read));
    if (hello.protocol != format::version)
        return wrong("__hello__ asks for protocol " + std::to_string(hello.protocol) + "; this broker speaks " +
                     std::to_string(format::version));
    if (hello.role != name(role_)) {
        Failure failure;
        failure.outcome = Outcome::compile_error;
        failure.message = "the script is a " + hello.role + ", a " + std::string(name(role_)) + " was expected here";
        return listener_.on_failure(std::move(failure));
    }
    hello_ = std::move(hello);
    level_ = Level::extended;
}

void Session::take_done(const Message& message) {
    if (role_ == Role::player) return wrong("a player answers with __command__, not with __done__");
    if (way_ == Way::plane) {  // it may be of the exchange before, and would end one whose work has not been done
        ++unasked_;
        return listener_.on_note("dropped a __done__: of a tick told by the data plane the control page says so");
    }
    switch (phase_) {
        case Phase::owing:
            answer_.assign(message.json);
            return settle(Phase::idle);
        case Phase::overdue:
            ++late_answers_;
            listener_.on_note("dropped a __done__ that came after its deadline");
            return settle(Phase::idle);
        default:
            // Read a moment later it would be the wrong answer to the next update: it is wrong at any moment.
            if (role_ == Role::game) return wrong("a __done__ that nobody asked for");
            ++unasked_;
            return listener_.on_note("dropped a __done__ that nobody asked for");
    }
}

void Session::answered() {
    if (phase_ == Phase::overdue) {
        ++late_answers_;
        listener_.on_note("dropped a tick that was done after its deadline");
    }
    if (phase_ == Phase::owing || phase_ == Phase::overdue) settle(Phase::idle);
}

void Session::take_call() {
    const auto body = decoder_.root();
    const auto id = read_id(body);
    std::string_view method;
    if (!id || body["method"].get(method) != simdjson::SUCCESS)
        return wrong("__call__ needs an integer \"id\" from 1 and a \"method\"");
    if (*id <= last_call_) return wrong("call id " + std::to_string(*id) + " was used before");
    last_call_ = *id;
    if (++calls_ > format::most_calls_per_tick)
        return wrong("more than " + std::to_string(format::most_calls_per_tick) + " calls within one tick");
    simdjson::dom::element params;
    if (body["params"].get(params) != simdjson::SUCCESS) params = body;  // then whatever is asked of it is missing
    listener_.on_call(*id, method, params);
}

void Session::take_error() {
    const auto body = decoder_.root();
    if (read_id(body)) return listener_.on_note("dropped an error that answers a call nobody made");
    ScriptError error = read_error(body);
    Failure failure;
    failure.outcome = error.code == "compile_error" ? Outcome::compile_error : Outcome::raised;
    failure.message = std::move(error.message);
    failure.trace = std::move(error.trace);
    failure.file = std::move(error.file);
    failure.source = std::move(error.source);
    failure.line = error.line;
    listener_.on_failure(std::move(failure));
}

void Session::take_log() {
    const auto body = decoder_.root();
    std::string_view level = "info";
    std::string_view message;
    if (!body.is_object() || body["message"].get(message) != simdjson::SUCCESS)
        return wrong("__log__ needs a \"message\"");
    if (body["level"].get(level) != simdjson::SUCCESS) level = "info";
    listener_.on_log(level, message);
}

void Session::asked_for_state() {
    owes_state_ = true;
    splitter_.set_longest(std::max(splitter_.longest(), format::longest_state_line));
}

bool Session::has_feature(std::string_view name) const {
    return hello_ && std::ranges::find(hello_->features, name) != hello_->features.end();
}

void Session::take_state(const Message& message) {
    const auto body = decoder_.root();
    bool asks = false;
    if (body["ask"].get(asks) == simdjson::SUCCESS && asks) {
        if (phase_ != Phase::starting) return listener_.on_note("dropped a wish for a state after READY");
        wants_state_ = true;
        return listener_.on_state_wanted();
    }
    if (!std::exchange(owes_state_, false)) return listener_.on_note("dropped a state that nobody asked for");
    splitter_.set_longest(longest_of(role_));
    simdjson::dom::element error;
    if (body["error"].get(error) == simdjson::SUCCESS) return listener_.on_no_state(read_error(error));
    const std::string_view state = body.is_object() ? member(message.json, "state") : std::string_view();
    if (state.empty()) return wrong("__state__ needs \"state\", \"error\" or \"ask\"");
    if (state.size() > format::longest_state) {
        ScriptError too_long;
        too_long.code = "too_long";
        too_long.message = "its state has " + std::to_string(state.size()) + " bytes; at most " +
                           std::to_string(format::longest_state) + " go on to the next version";
        return listener_.on_no_state(std::move(too_long));
    }
    listener_.on_state(state);
}

void Session::take_uses() {
    simdjson::dom::array files;
    const auto body = decoder_.root();
    if (body["files"].get(files) != simdjson::SUCCESS) return wrong("__uses__ needs \"files\", a list of full paths");
    for (const simdjson::dom::element file : files) {
        std::string_view path;
        if (file.get(path) != simdjson::SUCCESS || !path.starts_with('/'))
            return wrong("__uses__: each of \"files\" is a full path");
        if (uses_.size() == format::most_used_files) {
            if (!std::exchange(named_too_many_, true))
                listener_.on_note("named more than " + std::to_string(format::most_used_files) +
                                  " files that it uses; the rest is not watched");
            return;
        }
        uses_.emplace(path);
    }
    listener_.on_uses();
}

void Session::settle(Phase phase) {
    phase_ = phase;
    listener_.on_settled();
}

void Session::wrong(std::string what, std::size_t byte, std::string_view line) {
    Failure failure;
    failure.outcome = Outcome::protocol_error;
    failure.message = std::move(what);
    if (!line.empty()) failure.message += ", at byte " + std::to_string(byte) + " of the line: " + shown(line);
    listener_.on_failure(std::move(failure));
}

}  // namespace dragoman
