#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "broker/session/script.hpp"
#include "protocol/decode.hpp"
#include "protocol/line.hpp"

namespace dragoman {

enum class Role { player, game, system, verb };
std::string_view name(Role role);

/// What a session hears, told to whoever owns it.
class SessionListener {
public:
    virtual ~SessionListener() = default;
    /// A line of output, or a piece of a long one (`whole` is false).
    virtual void on_output(std::string_view text, bool whole) = 0;
    virtual void on_log(std::string_view level, std::string_view message) = 0;
    /// Worth telling, but no failure: a reply that came late, a command that nobody asked for.
    virtual void on_note(const std::string& text) = 0;
    virtual void on_call(std::uint64_t id, std::string_view method, simdjson::dom::element params) = 0;
    virtual void on_failure(Failure failure) = 0;
    /// It wants the state of the version before it, and says READY when it has it.
    virtual void on_state_wanted() = 0;
    /// It was asked for its state: JSON, valid during the call.
    virtual void on_state(std::string_view json) = 0;
    /// It was asked for its state and cannot give it.
    virtual void on_no_state(ScriptError why) = 0;
    /// It has named more files that it uses.
    virtual void on_uses() = 0;
    /// The phase went from starting, owing, overdue or resetting to another.
    virtual void on_settled() = 0;
};

/// The conversation with one script: lines come in, phases change. No process, no clock.
class Session {
public:
    enum class Level { opening, classic, extended };
    enum class Way { line, plane };

    Session(Role role, Decoder& decoder, SessionListener& listener);

    /// Bytes of the conversation, followed by LineSplitter::padding readable ones.
    void receive(std::string_view bytes);
    /// The conversation's end of file: what stood unfinished is a line.
    void finish();

    /// It was asked for its state: its answer may be longer than other lines.
    void asked_for_state();
    bool owes_state() const { return owes_state_; }
    /// It asked for a state before it is READY, and has none yet.
    bool wants_state() const { return wants_state_; }
    void gave_state() { wants_state_ = false; }
    /// Whether its client said that it can be asked for its state.
    bool has_feature(std::string_view name) const;
    /// Files that it has named as used, by full path.
    const std::set<std::string>& uses() const { return uses_; }

    /// A scene or an update went out: by a line, which a line answers, or by the data plane, which answered() does.
    void sent(Way way = Way::line);
    void answered();
    void overdue() { phase_ = Phase::overdue; }
    void lose() { phase_ = Phase::lost; }

    Phase phase() const { return phase_; }
    Level level() const { return level_; }
    std::size_t longest_line() const { return splitter_.longest(); }
    const std::optional<Hello>& hello() const { return hello_; }
    std::string_view answer() const { return answer_; }
    bool said_reset() const { return said_reset_; }
    /// Answers that came after their deadline, and commands that nobody asked for.
    std::uint64_t late_answers() const { return late_answers_; }
    std::uint64_t unasked() const { return unasked_; }

private:
    void take(const Line& line);
    void take(const Message& message);
    void take_command(const Message& message);
    void take_hello();
    void take_done(const Message& message);
    void take_call();
    void take_error();
    void take_log();
    void take_state(const Message& message);
    void take_uses();
    void settle(Phase phase);
    void wrong(std::string what, std::size_t byte = 0, std::string_view line = {});

    Role role_;
    Decoder& decoder_;
    SessionListener& listener_;
    LineSplitter splitter_;
    Level level_ = Level::opening;
    Phase phase_ = Phase::starting;
    Way way_ = Way::line;  // of the last exchange
    std::optional<Hello> hello_;
    std::string answer_;
    bool said_reset_ = false;
    std::uint64_t late_answers_ = 0;
    std::uint64_t unasked_ = 0;
    std::uint64_t last_call_ = 0;
    std::uint64_t calls_ = 0;  // within this exchange
    bool owes_state_ = false;
    bool wants_state_ = false;
    std::set<std::string> uses_;
    bool named_too_many_ = false;
};

}  // namespace dragoman
