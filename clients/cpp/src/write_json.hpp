// Writes JSON in the form of Python's json.dumps: ", " and ": ", ASCII, numbers as Python prints them.
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman {

/// Throws std::invalid_argument for NaN and infinite numbers, and for text that is not UTF-8.
void append_json(std::string& out, const nlohmann::json& value);

void append_text(std::string& out, std::string_view text);
/// For messages about what went wrong: bytes that are not UTF-8 become U+FFFD.
void append_message(std::string& out, std::string_view text);
void append_number(std::string& out, std::int64_t number);
void append_number(std::string& out, std::uint64_t number);
void append_number(std::string& out, double number);

}  // namespace dragoman
