#pragma once
// What a run does for whoever controls it. docs/control.md has the words in which it is asked.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/encode.hpp"

namespace dragoman {

/// Why a command was not carried out; `code` is one word for programs.
struct ControlError {
    std::string code;
    std::string message;
};

/// Called once, with the result or with what went wrong; at once, or when what was asked for is done.
using ControlDone = std::function<void(const std::variant<Json, ControlError>&)>;

/// Functions may throw ControlError. They are called between two steps of the run's own loop, perhaps in the middle of
/// a tick, and never wait.
class ControlTarget {
public:
    virtual ~ControlTarget() = default;

    /// The names that other functions' `seat` can have.
    virtual std::vector<std::string> seats() const = 0;
    virtual Json status() = 0;
    virtual Json versions(const std::string& seat) = 0;
    /// To version `number`; without it, to the one before the one that plays.
    virtual void rollback(const std::string& seat, std::optional<int> number) = 0;
    virtual void reload(const std::string& seat) = 0;
    /// Done when the run stands between two ticks.
    virtual void pause(ControlDone done) = 0;
    /// Of a paused run: done when so many ticks were played, and it stands again.
    virtual void step(std::uint64_t ticks, ControlDone done) = 0;
    virtual void resume() = 0;
    virtual void stop() = 0;
};

}  // namespace dragoman
