#pragma once
// What may be said. No file descriptor, no clock.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman {

enum class Header {
    init,
    scene_info,
    command,
    hello,
    update,
    done,
    call,
    answer,
    error,
    cancel,
    log,
    state,
    uses,
    bye
};

/// Nothing for a __name__ that is none of ours.
std::optional<Header> header_named(std::string_view token);
std::string_view token(Header header);

/// The two words that may follow __command__ instead of JSON.
enum class Bare { none, ready, reset };

/// A well-formed message. `json` is valid JSON within the limits; it points into the line it was decoded from.
struct Message {
    Header header;
    Bare bare = Bare::none;
    std::string_view json;
};

/// Why a line is not a message: what was expected, and at which byte of the line (from 0).
struct Fault {
    std::string what;
    std::size_t byte = 0;
};

/// A script's own account of why it cannot go on, or an answer to a call that failed.
struct ScriptError {
    std::string code;
    std::string message;
    std::string trace;
    std::string file;
    std::string source;
    int line = 0;  // from 1; 0 where unknown
};

struct Hello {
    int protocol = 0;
    std::string client;
    std::string role;
    std::vector<std::string> features;
    /// What a system's script declares: JSON, empty where it says nothing.
    std::string components;
    std::string systems;
};

}  // namespace dragoman
