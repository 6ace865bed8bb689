#pragma once
// What `dragoman ctl` prints for people.

#include <string>

#include "protocol/encode.hpp"

namespace dragoman::command {

/// A table of runs, `width` cells wide where it can be.
std::string runs_text(const Json& rows, std::size_t width);
/// What a command came to. `seat` is the one that was named.
std::string result_text(const std::string& command, const std::string& seat, const Json& result, std::size_t width);
/// One line of the log.
std::string log_text(const Json& line);

}  // namespace dragoman::command
