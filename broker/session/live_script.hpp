#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>

#include "broker/launch/process.hpp"
#include "broker/sandbox/limits.hpp"
#include "broker/session/cause.hpp"
#include "broker/session/refusals.hpp"
#include "broker/session/script.hpp"
#include "broker/session/session.hpp"
#include "broker/session/time_budget.hpp"
#include "broker/session/transcript.hpp"

namespace dragoman {

class LiveScript;

/// What a live script tells whoever shows, records or serves it. All optional.
struct ScriptEvents {
    std::function<void(const LiveScript&, Stream, std::string_view text, bool whole)> output{};
    std::function<void(const LiveScript&, std::string_view level, std::string_view message)> log{};
    std::function<void(const LiveScript&, const std::string& text)> note{};
    /// The sandbox refused it this call, such as `open("/etc/passwd")`. Each once, and the first few only.
    std::function<void(const LiveScript&, const std::string& call)> denied{};
    /// Answers with LiveScript::answer_call or refuse_call, before it returns.
    std::function<void(LiveScript&, std::uint64_t id, std::string_view method, simdjson::dom::element params)> call{};
    /// Its state, asked for by ask_state(): JSON, valid during the call; or why there is none.
    std::function<void(LiveScript&, std::string_view json)> state{};
    std::function<void(LiveScript&, const ScriptError&)> no_state{};
    /// It has named files that it uses (Session::uses()).
    std::function<void(const LiveScript&)> uses{};
    /// May add to the failure what only the broker knows: tick and round.
    std::function<void(LiveScript&, Failure&)> failed{};
};

/// A script that runs: its process, its session, and what it said.
class LiveScript final : public Script, ProcessListener, SessionListener {
public:
    struct Options {
        std::string name;  // its seat
        Role role = Role::player;
        Limits limits{};
    };

    LiveScript(Options options, Decoder& decoder, ScriptEvents events);
    ~LiveScript() override;

    /// What its language and its walls tell of why it fails. Before start().
    void expect(Clues clues) { clues_ = std::move(clues); }
    /// Starts the process and says `init`, a whole line. A start that is refused is a failure, not an exception.
    void start(Launcher& launcher, LaunchOrder order, Channel channel, std::string_view init);
    /// It has no process and never will: an open seat.
    void stay_away() { session_.lose(); }
    /// Says goodbye: `__bye__` to those who understand it, then end of file. What it does from now on is no failure.
    void finish(std::string_view reason);
    void terminate();
    void kill();
    /// No process is left of it.
    bool gone() const { return process_ == nullptr || process_->gone(); }

    const std::string& name() const { return options_.name; }
    const Session& session() const { return session_; }
    std::optional<ProcessEnd> end() const;
    /// 0 while it is not known.
    int pid() const { return process_ == nullptr ? 0 : process_->pid(); }
    const Transcript& standard_output() const { return transcripts_[0]; }
    const Transcript& standard_error() const { return transcripts_[1]; }
    const Refusals& refusals() const { return refusals_; }
    /// CPU time in all, as far as it is known.
    Clock::duration cpu_time() const;

    /// Asks for what it wants to hand on to its next version; only when idle. `state` or `no_state` follows, if it ever
    /// answers.
    void ask_state();
    /// What the version before it knew, as JSON; for one that wants it (Session::wants_state()).
    void give_state(std::string_view json);

    /// Something is asked of it from `since` on. By the data plane: until close_exchange().
    void open_exchange(Clock::time_point since, Session::Way way);
    void close_exchange() { session_.answered(); }
    /// The run was paused for so long.
    void stood_still(Clock::duration time);

    /// `value` is JSON. The message that says why a call was refused goes to the script's author.
    void answer_call(std::uint64_t id, std::string_view value);
    void refuse_call(std::uint64_t id, std::string_view code, std::string_view message);

    // Script
    Phase phase() const override { return session_.phase(); }
    const std::optional<Failure>& failure() const override { return failure_; }
    void send(Header header, std::string_view json) override;
    std::string_view answer() const override { return session_.answer(); }
    std::optional<Clock::duration> latency() const override { return latency_; }
    void mark_cpu() override;
    std::optional<Clock::duration> cpu_in_exchange() const override;
    bool starved() const override;
    Clock::time_point check_limits(Clock::time_point now) override;
    char state() const override { return process_ ? process_->state() : '?'; }
    void overdue() override;
    void fail(Failure failure) override;

private:
    void on_bytes(Stream stream, std::string_view bytes) override;
    void on_end_of(Stream stream) override;
    void on_input_closed() override;
    void on_start_failed(const std::string& what) override;
    void on_end(const ProcessEnd& end) override;
    void on_output(std::string_view text, bool whole) override;
    void on_log(std::string_view level, std::string_view message) override;
    void on_note(const std::string& text) override;
    void on_call(std::uint64_t id, std::string_view method, simdjson::dom::element params) override;
    void on_failure(Failure failure) override;
    void on_settled() override;
    void on_state_wanted() override {}
    void on_state(std::string_view json) override;
    void on_no_state(ScriptError why) override;
    void on_uses() override;
    void on_refused(const RefusedCall& call) override;
    bool is_news(const std::filesystem::path& opened) const;

    void printed(Stream stream, std::string_view text, bool whole);
    void plain(Stream stream, std::string_view bytes);
    void finish_lines(Stream stream);
    void count_output(std::size_t size);
    void look_at_time(Clock::time_point now);
    void refused(Refusals::Refusal refusal);
    void find_cause(Failure& failure);
    bool reads();
    void expect_end(const char* what);

    Options options_;
    Clues clues_;
    ScriptEvents events_;
    Session session_;
    std::shared_ptr<Process> process_;
    std::unique_ptr<boost::asio::steady_timer> patience_;  // after it closed a pipe: is this its end?
    std::array<Transcript, 2> transcripts_;
    std::array<LineSplitter, 2> lines_;
    std::uint64_t printed_in_exchange_ = 0;
    std::uint64_t printed_ = 0;
    TimeBudget budget_;
    Refusals refusals_;
    std::optional<Failure> failure_;
    Clock::time_point sent_at_{};
    std::optional<Clock::duration> latency_;
    std::optional<std::chrono::nanoseconds> cpu_mark_;
    bool finishing_ = false;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // handlers may be queued when it ends
};

}  // namespace dragoman
