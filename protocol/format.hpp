#pragma once
// The numbers and words of the wire, on one page. See docs/protocol.md; clients repeat what they need of it.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dragoman::format {

inline constexpr int version = 1;

/// Longest line, header included, line end not: from a player, system or verb, and from a game.
inline constexpr std::size_t longest_line = std::size_t{1} << 20;
inline constexpr std::size_t longest_game_line = std::size_t{64} << 20;
/// A longer word at the start of a line is no header.
inline constexpr std::size_t longest_header = 64;
/// A line of output is handed on in pieces once more than this is kept of it.
inline constexpr std::size_t longest_output_piece = std::size_t{16} << 10;
/// Arrays and objects inside each other.
inline constexpr std::size_t deepest_json = 256;
/// stdout and stderr of one script together, within one tick.
inline constexpr std::uint64_t most_output_per_tick = std::uint64_t{16} << 20;
inline constexpr std::size_t deepest_call = 16;
inline constexpr std::uint64_t most_calls_per_tick = 1'000'000;
/// What a script hands on to its next version, as JSON text; and the line that it travels in.
inline constexpr std::size_t longest_state = std::size_t{16} << 20;
inline constexpr std::size_t longest_state_line = longest_state + 1024;
/// Files that a script may name as used by it.
inline constexpr std::size_t most_used_files = 4096;

/// Environment: the descriptor that plain output goes to (channel "stdio"), or the two of the conversation ("private").
inline constexpr std::string_view output_variable = "DRAGOMAN_OUTPUT";
inline constexpr std::string_view channel_variable = "DRAGOMAN_CHANNEL";

namespace header {
inline constexpr std::string_view init = "__init__";
inline constexpr std::string_view scene_info = "__scene_info__";
inline constexpr std::string_view command = "__command__";
inline constexpr std::string_view hello = "__hello__";
inline constexpr std::string_view update = "__update__";
inline constexpr std::string_view done = "__done__";
inline constexpr std::string_view call = "__call__";
inline constexpr std::string_view answer = "__return__";
inline constexpr std::string_view error = "__error__";
inline constexpr std::string_view cancel = "__cancel__";
inline constexpr std::string_view log = "__log__";
inline constexpr std::string_view state = "__state__";
inline constexpr std::string_view uses = "__uses__";
inline constexpr std::string_view bye = "__bye__";
}  // namespace header

inline constexpr std::string_view ready = "READY";
inline constexpr std::string_view reset = "RESET";

}  // namespace dragoman::format
