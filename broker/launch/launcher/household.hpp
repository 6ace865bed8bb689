#pragma once

#include <sys/types.h>

#include "broker/launch/request.hpp"

namespace dragoman::launch {

struct Request;
/// What a script's process does when all is set up, in place of executing a program. Must not return.
using Entry = void (*)(const Request& request);

/// What all minders share: how scripts are held here.
struct Household {
    /// Each minder is pid 1 of a namespace of its own; otherwise it is a subreaper.
    bool pid_namespaces = false;
    /// Scripts are confined: at least by Landlock and a filter.
    bool confines = false;
    /// Each script has a root of its own, made of what the stage (cage.hpp) shows.
    bool roots = false;
    /// Landlock's ABI; 0: there is none.
    int landlock = 0;
    /// What every script may, as a ruleset of Landlock's that was prepared; -1: none.
    int ruleset = -1;
    /// As root: what a script's process becomes. 0: it keeps the launcher's.
    uid_t script_uid = 0;
    /// A user namespace in which root's files are script_uid's; -1: none.
    int mapped_users = -1;
    /// nullptr: a program is executed.
    Entry entry = nullptr;
    /// A pipe whose reading end hangs up when the launcher is gone.
    int lifeline[2] = {-1, -1};
};

/// What went wrong, and where. Volatile where a vforked child writes it (see child.hpp).
struct Failure {
    volatile Step step = Step::none;
    volatile int error = 0;
    /// Which path it was about, where it was about one; points into the request or is a literal.
    const char* volatile path = nullptr;

    bool at(Step where, int what, const char* which = nullptr) {
        step = where;
        error = what;
        path = which;
        return false;
    }
};

}  // namespace dragoman::launch
