#include "broker/session/cause.hpp"

#include <algorithm>
#include <array>
#include <csignal>

#include "compilers/size.hpp"

namespace dragoman {
namespace {

namespace fs = std::filesystem;

bool ended(const Failure& failure) { return failure.outcome == Outcome::crashed || failure.outcome == Outcome::exited; }

bool says_any(std::string_view text, const std::vector<std::string>& words) {
    return std::any_of(words.begin(), words.end(),
                       [&](const std::string& word) { return text.find(word) != std::string_view::npos; });
}

/// Its own words: where it could not say them to the broker, what it printed at the end.
bool says_any(const Failure& failure, const Evidence& evidence, const std::vector<std::string>& words) {
    return says_any(failure.message, words) || says_any(failure.trace, words) ||
           (ended(failure) && says_any(evidence.last_words, words));
}

void becomes(Failure& failure, Outcome outcome, const std::string& cause) {
    failure.message = cause + "; then " + std::string(name(failure.outcome)) + ": " + failure.message;
    failure.outcome = outcome;
}

/// As the C library, Java, Node and Rust say that a file is not there or may not be read.
bool says_no_such_file(std::string_view line) {
    constexpr std::array words{"No such file or directory",
                               "no such file or directory",
                               "Permission denied",
                               "permission denied",
                               "ENOENT",
                               "EACCES",
                               "NoSuchFileException",
                               "AccessDeniedException"};
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return line.find(word) != std::string_view::npos; });
}

/// A full path of a file that is on this machine, but that the script may not read.
/// What the system's error texts say, in every language, when a call was refused.
bool says_refused(const Failure& failure) {
    for (const std::string_view word : {"ermission", "not permitted", "not implemented", "denied", "EPERM", "EACCES",
                                        "ENOSYS", "[Errno 1]", "[Errno 13]", "[Errno 38]", "temporarily unavailable"})
        if (failure.message.find(word) != std::string::npos || failure.trace.find(word) != std::string::npos)
            return true;
    return false;
}

std::optional<std::string> hidden_path(std::string_view line, const Clues& clues) {
    for (std::size_t at = line.find('/'); at != std::string_view::npos; at = line.find('/', at + 1)) {
        const char before = at == 0 ? ' ' : line[at - 1];
        constexpr std::string_view openings = " \t'\"`(=:";
        if (openings.find(before) == std::string_view::npos) continue;
        const bool quoted = before == '\'' || before == '"' || before == '`';
        const auto end = std::min(quoted ? line.find(before, at) : line.find_first_of(" \t'\"`(),;:", at), line.size());
        const fs::path path(line.substr(at, end - at));
        if (is_hidden(path, clues)) return path.string();
    }
    return std::nullopt;
}

std::optional<std::string> hidden_file(std::string_view text, const Clues& clues) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (const auto line = text.substr(0, end); says_no_such_file(line))
            if (auto path = hidden_path(line, clues)) return path;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::nullopt;
}

}  // namespace

bool is_hidden(const fs::path& path, const Clues& clues) {
    if (!clues.may_read) return false;
    const fs::path full = (clues.folder / path).lexically_normal();
    std::error_code error;
    return fs::exists(fs::symlink_status(full, error)) && !clues.may_read(full);
}

std::optional<std::string> find_cause(Failure& failure, const Evidence& evidence) {
    if (!ended(failure) && failure.outcome != Outcome::raised) return std::nullopt;
    if (failure.signal == SIGSEGV && evidence.clues.wrote_readonly) {
        const std::string component = evidence.clues.wrote_readonly();
        if (!component.empty()) {
            becomes(failure, Outcome::denied, "denied: wrote " + component + ", which it declared as read");
            return std::nullopt;
        }
    }
    const Limits& limits = evidence.limits;
    if (limits.cpu_total &&
        (failure.signal == SIGXCPU || (failure.signal == SIGKILL && evidence.cpu >= *limits.cpu_total))) {
        failure.used = evidence.cpu;
        failure.allowed = *limits.cpu_total;
        becomes(failure, Outcome::cpu_limit, "used all its CPU time (cpu_total)");
        return std::nullopt;
    }
    // Before memory: Java's error for a thread that cannot be had is one of memory by its name.
    if (says_any(failure, evidence, evidence.clues.thread_errors)) {
        becomes(failure, Outcome::process_limit,
                "no more threads: " + std::to_string(limits.threads) + " are allowed (threads)");
        return std::nullopt;
    }
    const auto out_of_memory = [&] {
        becomes(failure, Outcome::memory_limit,
                "no more memory: " + size_text(*limits.memory) + " are allowed (memory)");
    };
    if (limits.memory && says_any(failure, evidence, evidence.clues.memory_errors)) {
        out_of_memory();
        return std::nullopt;
    }
    // An exception that says nothing of the kind has another cause: many a script tries what it can do without.
    if (evidence.refused && (failure.outcome != Outcome::raised || says_refused(failure))) {
        becomes(failure, evidence.refused->makes_process ? Outcome::process_limit : Outcome::denied,
                "denied: " + evidence.refused->call);
        return std::nullopt;
    }
    if (failure.signal == SIGSYS) {
        becomes(failure, Outcome::denied, "denied: a system call that no script may make");
        return std::nullopt;
    }
    if (limits.memory && ended(failure) && evidence.peak_memory >= *limits.memory / 10 * 9) {
        out_of_memory();
        return std::nullopt;
    }
    if (!evidence.clues.may_read) return std::nullopt;
    const auto path =
        hidden_file(failure.outcome == Outcome::raised ? failure.message : evidence.last_words, evidence.clues);
    if (!path) return std::nullopt;
    const std::string call = "open(\"" + *path + "\")";
    becomes(failure, Outcome::denied, "denied: " + call);
    return call;
}

}  // namespace dragoman
