#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "broker/sandbox/limits.hpp"
#include "broker/session/refusals.hpp"
#include "broker/session/script.hpp"

namespace dragoman {

/// What tells why a script of some language failed behind some walls.
struct Clues {
    /// Texts that its run time says when memory, or a thread, could not be had.
    std::vector<std::string> memory_errors;
    std::vector<std::string> thread_errors;
    /// Where it runs.
    std::filesystem::path folder;
    /// Whether a full path lies in what it may read; empty where nothing is hidden from it.
    std::function<bool(const std::filesystem::path&)> may_read{};
    /// Of a system: the component that it wrote though it had declared it as read; empty where it is not that.
    std::function<std::string()> wrote_readonly{};
    /// Its paths, in a text, as its user knows them; empty where it knows no others.
    std::function<std::string(std::string)> user_paths{};
};

/// Whether `path`, as a script names it, is a file of the machine that it may not see.
bool is_hidden(const std::filesystem::path& path, const Clues& clues);

/// What is known beside the failure itself.
struct Evidence {
    const Clues& clues;
    const Limits& limits;
    /// The last call that was refused in the exchange in which it failed.
    std::optional<Refusals::Refusal> refused;
    /// What it printed, first and last, on stderr and stdout.
    std::string last_words;
    /// Of a process that has ended; 0 otherwise.
    std::uint64_t peak_memory = 0;
    std::chrono::nanoseconds cpu{0};
};

/// A script that raised, crashed or exited because of a limit or a wall gets that as its outcome, and a message that
/// names it in front of its own words. Returns the file that it looked for in vain, where that is the reason: a call
/// such as `open("/etc/passwd")` that nobody was told of.
std::optional<std::string> find_cause(Failure& failure, const Evidence& evidence);

}  // namespace dragoman
