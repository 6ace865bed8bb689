#pragma once

#include "broker/launch/launcher/receive.hpp"

namespace dragoman::launch {

/// Tries, as a script would, what no script may do, and ends: with 0 when all of it was refused, else with the number
/// of the first attempt that succeeded.
[[noreturn]] void self_test(const Request& request);

/// What that attempt was.
constexpr const char* attempt(int number) {
    constexpr const char* names[] = {"nothing",
                                     "to read /etc/passwd",
                                     "to list the machine's root",
                                     "to make a file in its folder",
                                     "to make a file in /tmp",
                                     "to make a socket",
                                     "to make a process",
                                     "to see its parent's memory",
                                     "to become root"};
    return number >= 0 && number < static_cast<int>(sizeof names / sizeof *names) ? names[number] : "something";
}

}  // namespace dragoman::launch
