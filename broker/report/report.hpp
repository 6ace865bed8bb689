#pragma once
// What a run has to say for itself, in the forms that people and programs read.

#include <string>

#include "broker/game/match.hpp"
#include "broker/terminal/color.hpp"
#include "protocol/encode.hpp"

namespace dragoman {

/// The document of `dragoman run --json`: docs/running.md. Keys may be added, never renamed.
Json to_json(const MatchReport& report);
Json to_json(const Failure& failure);

/// The table, `width` cells wide where it can be, and, for each script that failed, why.
std::string to_text(const MatchReport& report, std::size_t width, ColorDepth depth);
/// One failure as a paragraph: outcome, place, times, its trace or last words.
std::string to_text(const std::string& who, const Failure& failure, std::string_view stdout_tail,
                    std::string_view stderr_tail);

/// What it says, to stand behind the outcome's name: `denied: open(...)` is not said twice.
std::string_view plain_message(const Failure& failure);

/// What became of a save, in one line; empty where a person need not know.
std::string reload_text(const ReloadEvent& event);
/// "raised: NameError: name 'x' is not defined, at 1P.py:12: return x". `script`: where the failure names no file.
std::string failure_text(const Failure& failure, const std::filesystem::path& script = {});

/// 16 hexadecimal digits: exact in every language's JSON.
std::string hash_text(std::uint64_t hash);

}  // namespace dragoman
