#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "protocol/message.hpp"

namespace dragoman {

/// JSON whose keys keep the order in which they were put in.
using Json = nlohmann::ordered_json;

/// The form of Python's json.dumps: ", " and ": ", ASCII. Throws std::domain_error, with the path, for NaN and
/// infinities, and for text that is not UTF-8.
std::string dumps(const Json& value);
void append_dumps(std::string& to, const Json& value);
/// A JSON string, quotes and escapes included.
void append_quoted(std::string& to, std::string_view text);

/// `header SPACE json LF`. `json` must have no raw line break.
std::string line_of(Header header, std::string_view json);
void append_line(std::string& to, Header header, std::string_view json);

}  // namespace dragoman
