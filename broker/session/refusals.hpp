#pragma once

#include <optional>
#include <string>
#include <vector>

#include "broker/sandbox/filter.hpp"

namespace dragoman {

/// What the sandbox refused a script, for its author. A few different calls are kept, however many it makes.
class Refusals {
public:
    static constexpr std::size_t most = 8;
    enum class News { first_time, known, too_many, one_too_many };

    struct Refusal {
        std::string call;  // `open("/etc/passwd")`
        bool makes_process = false;
    };

    News add(Refusal refusal);
    /// What comes now belongs to another exchange.
    void begin_exchange() { last_.reset(); }
    /// The last one within this exchange (the start is one, too).
    const std::optional<Refusal>& last() const { return last_; }
    /// The first few different ones.
    const std::vector<std::string>& calls() const { return calls_; }
    bool more() const { return more_; }

private:
    std::optional<Refusal> last_;
    std::vector<std::string> calls_;
    bool more_ = false;
};

}  // namespace dragoman
