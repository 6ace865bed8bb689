#include "broker/session/live_script.hpp"

#include <cstring>

#include "compilers/size.hpp"
#include "protocol/encode.hpp"
#include "protocol/format.hpp"

namespace dragoman {
namespace {

using namespace std::chrono_literals;

/// How long a script that has closed a pipe may take to end before that is called a fault. Its exit is usually on its
/// way.
constexpr auto patience = 200ms;
/// Below this share of the time that went by, a process that could run was waiting for a core.
constexpr double own_share = 0.8;

std::string signal_text(int signal) {
    return std::string("signal ") + std::to_string(signal) + " (" + strsignal(signal) + ")";
}

}  // namespace

LiveScript::LiveScript(Options options, Decoder& decoder, ScriptEvents events)
    : options_(std::move(options)),
      events_(std::move(events)),
      session_(options_.role, decoder, *this),
      lines_{LineSplitter(format::longest_line), LineSplitter(format::longest_line)},
      budget_(options_.limits) {}

LiveScript::~LiveScript() {
    if (process_ == nullptr) return;
    process_->forget_listener();
    process_->kill();
}

void LiveScript::start(Launcher& launcher, LaunchOrder order, Channel channel, std::string_view init) {
    patience_ = std::make_unique<boost::asio::steady_timer>(launcher.io());
    try {
        process_ = Process::start(launcher, std::move(order), channel, *this);
    } catch (const std::runtime_error& error) {
        return on_start_failed(error.what());
    }
    sent_at_ = Clock::now();
    budget_.begin(sent_at_);
    process_->write(init);
}

void LiveScript::finish(std::string_view reason) {
    finishing_ = true;
    if (process_ == nullptr) return;
    if (session_.level() == Session::Level::extended && phase() != Phase::lost) {
        std::string body = "{\"reason\": ";
        append_quoted(body, reason);
        process_->write(line_of(Header::bye, body + "}"));
    }
    process_->close_input();
}

void LiveScript::terminate() {
    if (process_ != nullptr) process_->terminate();
}

void LiveScript::kill() {
    if (process_ != nullptr) process_->kill();
}

std::optional<ProcessEnd> LiveScript::end() const { return process_ == nullptr ? std::nullopt : process_->end(); }

Clock::duration LiveScript::cpu_time() const {
    if (process_ == nullptr) return {};
    if (const auto& end = process_->end()) return end->cpu;
    return process_->cpu_time().value_or(0ns);
}

void LiveScript::answer_call(std::uint64_t id, std::string_view value) {
    if (!reads()) return;
    std::string body = "{\"id\": " + std::to_string(id) + ", \"value\": ";
    body.append(value).append("}");
    process_->write(line_of(Header::answer, body));
}

void LiveScript::refuse_call(std::uint64_t id, std::string_view code, std::string_view message) {
    if (!reads()) return;
    process_->write(line_of(Header::error,
                            dumps(Json{{"id", id}, {"code", code}, {"message", valid_utf8(message)}, {"trace", ""}})));
}

void LiveScript::ask_state() {
    if (!reads()) return;
    session_.asked_for_state();
    process_->write(line_of(Header::state, R"({"ask": true})"));
}

void LiveScript::give_state(std::string_view json) {
    session_.gave_state();
    process_->write({token(Header::state), " {\"give\": ", json, "}\n"});
}

void LiveScript::open_exchange(Clock::time_point since, Session::Way way) {
    latency_.reset();
    cpu_mark_.reset();
    printed_in_exchange_ = 0;
    refusals_.begin_exchange();
    session_.sent(way);
    sent_at_ = since;
}

void LiveScript::send(Header header, std::string_view json) {
    if (!reads()) return;
    // Before it is written: on a busy core the script may answer before write() returns.
    open_exchange(Clock::now(), Session::Way::line);
    process_->write({token(header), " ", json, "\n"});
}

/// A script that talks and never reads would otherwise fill the broker's memory.
bool LiveScript::reads() {
    if (process_->unsent() <= session_.longest_line()) return true;
    Failure failure;
    failure.outcome = Outcome::protocol_error;
    failure.message =
        "the script does not read what it is sent: " + std::to_string(process_->unsent() >> 20) + " MiB wait for it";
    fail(std::move(failure));
    return false;
}

void LiveScript::mark_cpu() { cpu_mark_ = process_->cpu_time(); }

std::optional<Clock::duration> LiveScript::cpu_in_exchange() const {
    const auto now = process_->cpu_time();
    if (!now || !cpu_mark_) return std::nullopt;
    return *now - *cpu_mark_;
}

bool LiveScript::starved() const {
    const auto used = cpu_in_exchange();
    return used && state() == 'R' && *used < own_share * (Clock::now() - sent_at_);
}

void LiveScript::overdue() { session_.overdue(); }

void LiveScript::on_failure(Failure failure) {
    if (process_ != nullptr) process_->take_refusals();  // they may be its cause
    fail(std::move(failure));
}

void LiveScript::fail(Failure failure) {
    if (failure_ || finishing_) return;
    if (phase() == Phase::owing && !failure.used) failure.used = Clock::now() - sent_at_;
    find_cause(failure);
    if (clues_.user_paths)
        for (std::string* const text : {&failure.message, &failure.file, &failure.trace})
            *text = clues_.user_paths(std::move(*text));
    session_.lose();
    failure_ = std::move(failure);
    kill();
    if (events_.failed) events_.failed(*this, *failure_);
}

void LiveScript::on_bytes(Stream stream, std::string_view bytes) {
    if (stream != Stream::conversation) {
        plain(stream, bytes);
        return;
    }
    session_.receive(bytes);
}

void LiveScript::plain(Stream stream, std::string_view bytes) {
    auto& lines = lines_[stream == Stream::standard_error ? 1 : 0];
    lines.push(bytes);
    for (Line line{}; lines.next(line);) printed(stream, line.text, line.kind != LineKind::fragment);
    count_output(bytes.size());  // here, and not by lines: of one that is too long the rest is skipped
}

void LiveScript::on_end_of(Stream stream) {
    if (stream == Stream::conversation) {
        session_.finish();
        expect_end("closed its output");
        return;
    }
    finish_lines(stream);
}

void LiveScript::finish_lines(Stream stream) {
    auto& lines = lines_[stream == Stream::standard_error ? 1 : 0];
    for (Line line{}; lines.finish(line);) printed(stream, line.text, true);
}

void LiveScript::on_input_closed() { expect_end("closed its input"); }

/// It closed a pipe of the conversation: either it is ending, which is told otherwise, or it cannot take part any more.
void LiveScript::expect_end(const char* what) {
    if (finishing_ || phase() == Phase::lost) return;
    patience_->expires_after(patience);
    patience_->async_wait([this, what, still = std::weak_ptr(alive_)](const boost::system::error_code& error) {
        if (error || still.expired() || finishing_ || phase() == Phase::lost) return;
        // It is dead, and its minder has had no core to tell how it ended.
        if (const char now = state(); now == 'Z' || now == 'X' || now == '?') return expect_end(what);
        Failure failure;
        failure.outcome = Outcome::protocol_error;
        failure.message = std::string("the script ") + what + " and goes on running";
        fail(std::move(failure));
    });
}

void LiveScript::on_start_failed(const std::string& what) {
    Failure failure;
    failure.outcome = Outcome::not_ready;
    failure.message = "could not be started: " + what;
    fail(std::move(failure));
}

void LiveScript::on_end(const ProcessEnd& end) {
    if (patience_) patience_->cancel();
    session_.finish();
    for (const Stream stream : {Stream::standard_output, Stream::standard_error}) finish_lines(stream);
    if (finishing_ || phase() == Phase::lost) return;
    Failure failure;
    if (end.signal != 0) {
        failure.outcome = Outcome::crashed;
        failure.signal = end.signal;
        failure.message = end.from_outside
                              ? "taken down from outside, together with its minder: dragoman-launcher was killed"
                              : "ended by " + signal_text(end.signal);
    } else {
        failure.outcome = Outcome::exited;
        failure.exit_code = end.exit_code;
        failure.message = "exited with code " + std::to_string(end.exit_code);
        if (phase() == Phase::starting) failure.message += " before it was READY";
    }
    if (session_.owes_state()) failure.message += " while it was asked for its state";
    fail(std::move(failure));
}

void LiveScript::on_output(std::string_view text, bool whole) {
    printed(Stream::standard_output, text, whole);
    count_output(text.size() + 1);
}

void LiveScript::printed(Stream stream, std::string_view text, bool whole) {
    auto& transcript = transcripts_[stream == Stream::standard_error ? 1 : 0];
    transcript.add(text);
    if (whole) transcript.add("\n");
    if (events_.output) events_.output(*this, stream, text, whole);
}

/// Logs and notes are shown to people, too.
void LiveScript::count_output(std::size_t size) {
    printed_in_exchange_ += size;
    printed_ += size;
    const Limits& limits = options_.limits;
    const bool too_much_now = printed_in_exchange_ > limits.output_per_tick;
    if ((!too_much_now && printed_ <= limits.output_total) || phase() == Phase::lost) return;
    Failure failure;
    failure.outcome = Outcome::output_limit;
    failure.message = "printed more than " + size_text(too_much_now ? limits.output_per_tick : limits.output_total) +
                      (too_much_now ? " within one tick (output_per_tick)" : " in all (output_total)");
    fail(std::move(failure));
}

void LiveScript::on_log(std::string_view level, std::string_view message) {
    if (events_.log) events_.log(*this, level, message);
    count_output(level.size() + message.size() + 1);
}

void LiveScript::on_note(const std::string& text) {
    if (events_.note) events_.note(*this, text);
    count_output(text.size() + 1);
}

void LiveScript::on_call(std::uint64_t id, std::string_view method, simdjson::dom::element params) {
    if (events_.call) return events_.call(*this, id, method, params);
    refuse_call(id, "denied",
                "a " + std::string(dragoman::name(options_.role)) + " may not call " + std::string(method));
}

void LiveScript::on_state(std::string_view json) {
    if (events_.state) events_.state(*this, json);
}

void LiveScript::on_no_state(ScriptError why) {
    if (events_.no_state) events_.no_state(*this, why);
}

void LiveScript::on_uses() {
    if (events_.uses) events_.uses(*this);
}

void LiveScript::on_settled() {
    const auto now = Clock::now();
    latency_ = now - sent_at_;
    if (!budget_.limited()) return;
    look_at_time(now);
    budget_.close_tick(phase() == Phase::idle);
}

Clock::time_point LiveScript::check_limits(Clock::time_point now) {
    if (!budget_.limited() || phase() == Phase::lost || process_ == nullptr) return Clock::time_point::max();
    if (now >= budget_.next_look()) look_at_time(now);
    return phase() == Phase::lost ? Clock::time_point::max() : budget_.next_look();
}

void LiveScript::stood_still(Clock::duration time) {
    if (!budget_.limited() || phase() == Phase::lost || process_ == nullptr) return;
    budget_.stood_still(time, budget_.counts_cpu() ? process_->cpu_time() : std::nullopt);
}

void LiveScript::look_at_time(Clock::time_point now) {
    if (auto failure = budget_.look(now, budget_.counts_cpu() ? process_->cpu_time() : std::nullopt))
        fail(std::move(*failure));
}

/// Run times look at the kernel's own files to find out about the machine, and the C library for its user's name; they
/// do without.
bool LiveScript::is_news(const std::filesystem::path& opened) const {
    const std::string path = (clues_.folder / opened).lexically_normal();
    if (path.starts_with("/proc/") || path.starts_with("/sys/") || path == "/etc/nsswitch.conf") return false;
    if (phase() == Phase::starting && path == "/etc/passwd") return false;
    return is_hidden(path, clues_);
}

void LiveScript::on_refused(const RefusedCall& call) {
    if (phase() == Phase::lost) return;
    std::string text = describe(call);
    if (opens_to_read(call.number, call.arguments.data())) {
        if (!is_news(call.path)) return;
        text = "open(\"" + call.path + "\")";
    }
    refused({text, makes_process(call)});
    if (!call.fatal) return;
    Failure failure;
    failure.outcome = Outcome::denied;
    failure.message = "denied: " + text + ", which no honest script tries";
    fail(std::move(failure));
}

void LiveScript::refused(Refusals::Refusal refusal) {
    const std::string call = refusal.call;
    switch (refusals_.add(std::move(refusal))) {
        case Refusals::News::first_time:
            if (events_.denied) events_.denied(*this, call);
            break;
        case Refusals::News::one_too_many:
            on_note("more different calls were denied; they are not shown");
            break;
        case Refusals::News::known:
        case Refusals::News::too_many:
            break;
    }
}

void LiveScript::find_cause(Failure& failure) {
    const auto end = this->end();
    const auto looked_for =
        dragoman::find_cause(failure, {.clues = clues_,
                                       .limits = options_.limits,
                                       .refused = refusals_.last(),
                                       .last_words = transcripts_[1].text() + transcripts_[0].text(),
                                       .peak_memory = end ? end->peak_memory : 0,
                                       .cpu = end ? end->cpu : std::chrono::microseconds(0)});
    if (looked_for) refused({*looked_for, false});
}

}  // namespace dragoman
