#pragma once

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <variant>

#include "protocol/line.hpp"
#include "protocol/message.hpp"

namespace dragoman {

/// Turns message lines into messages. One serves many conversations, one line at a time: it owns the parser's memory.
class Decoder {
public:
    Decoder();

    /// `line.kind` is message; a line that is too long has no JSON to read. Validates the JSON, so that whoever hands
    /// it on vouches for it.
    std::variant<Message, Fault> decode(const Line& line);
    /// The last message's JSON, but for a command's: those are handed on as text. Valid until the next decode().
    simdjson::dom::element root() const { return root_; }

private:
    simdjson::dom::parser parser_;
    simdjson::dom::element root_;
};

/// Reads the body of __hello__ or __error__; unknown keys are ignored, wrong types are a fault.
std::variant<Hello, Fault> read_hello(simdjson::dom::element body);
ScriptError read_error(simdjson::dom::element body);
/// The `id` of a call or an answer, if there is one.
std::optional<std::uint64_t> read_id(simdjson::dom::element body);

/// Calls `member(key, value)` for each member of an object, both as they stand in `json` (the key without its quotes,
/// escapes left). `json` must be valid and an object.
void for_each_member(std::string_view json,
                     const std::function<void(std::string_view key, std::string_view value)>& member);
/// The same for a list's items.
void for_each_item(std::string_view json, const std::function<void(std::string_view value)>& item);
/// A member of an object as it stands in `json`; empty where there is none.
std::string_view member(std::string_view json, std::string_view key);

}  // namespace dragoman
