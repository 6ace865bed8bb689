#include "broker/session/cause.hpp"

#include <doctest/doctest.h>

#include <csignal>

using namespace dragoman;

namespace {

struct Failing {
    Clues clues{{"MemoryError"}, {"can't start new thread"}, "/ml", {}};
    Limits limits;
    std::optional<Refusals::Refusal> refused;
    std::string last_words;
    std::uint64_t peak = 0;

    Failure of(Outcome outcome, const std::string& message, int signal = 0) {
        Failure failure;
        failure.outcome = outcome;
        failure.message = message;
        failure.signal = signal;
        looked_for = find_cause(failure, {clues, limits, refused, last_words, peak, std::chrono::nanoseconds(0)});
        return failure;
    }
    std::optional<std::string> looked_for;
};

}  // namespace

TEST_CASE_FIXTURE(Failing, "a failure of the script's own stays what it is") {
    CHECK(name(of(Outcome::raised, "ValueError: x").outcome) == "raised");
    CHECK(name(of(Outcome::crashed, "ended by signal 11", SIGSEGV).outcome) == "crashed");
}

TEST_CASE_FIXTURE(Failing, "a refused call in the same exchange is the cause, and the script's words follow") {
    refused = {"socket(AF_INET, SOCK_STREAM)", false};
    const Failure failure = of(Outcome::raised, "PermissionError: x");
    CHECK(name(failure.outcome) == "denied");
    CHECK(failure.message == "denied: socket(AF_INET, SOCK_STREAM); then raised: PermissionError: x");
    CHECK(name(of(Outcome::raised, "ZeroDivisionError: division by zero").outcome) == "raised");  // of another cause
    refused = {"fork()", true};
    CHECK(name(of(Outcome::exited, "exited with code 1").outcome) == "process_limit");
}

TEST_CASE_FIXTURE(Failing, "its language's words for memory and threads count, in its last words for a crash") {
    CHECK(name(of(Outcome::raised, "MemoryError").outcome) == "memory_limit");
    CHECK(name(of(Outcome::raised, "RuntimeError: can't start new thread").outcome) == "process_limit");
    last_words = "MemoryError";
    CHECK(name(of(Outcome::crashed, "ended by signal 6", SIGABRT).outcome) == "memory_limit");
    CHECK(name(of(Outcome::raised, "ValueError").outcome) == "raised");
    limits.memory.reset();
    CHECK(name(of(Outcome::raised, "MemoryError").outcome) == "raised");
}

TEST_CASE_FIXTURE(Failing, "a crash near the memory limit is one of memory; SIGSYS is denied") {
    peak = *limits.memory / 100 * 95;
    CHECK(name(of(Outcome::crashed, "ended by signal 9", SIGKILL).outcome) == "memory_limit");
    peak = 0;
    CHECK(name(of(Outcome::crashed, "ended by signal 31", SIGSYS).outcome) == "denied");
}

TEST_CASE_FIXTURE(Failing, "a file that is there, but not for the script, is named as denied") {
    const std::string message = "FileNotFoundError: [Errno 2] No such file or directory: '/etc/passwd'";
    CHECK(name(of(Outcome::raised, message).outcome) == "raised");  // nothing is hidden from it
    clues.may_read = [](const std::filesystem::path& path) { return path == "/etc/hostname"; };
    CHECK(name(of(Outcome::raised, message).outcome) == "denied");
    CHECK(looked_for.value_or("") == "open(\"/etc/passwd\")");
    CHECK(name(of(Outcome::raised, "open /no/such/file: no such file or directory").outcome) == "raised");
    CHECK(name(of(Outcome::raised, "ValueError: '/etc/passwd'").outcome) == "raised");
}
