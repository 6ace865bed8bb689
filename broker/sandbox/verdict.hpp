#pragma once

namespace dragoman {

/// What becomes of a call that the filter does not allow. Needs nothing but the language: the launcher, which answers
/// the calls that are told to it, uses it too.
struct Verdict {
    /// SIGKILL for the script.
    bool fatal = false;
    /// Otherwise the call fails with this: ENOSYS where run times fall back to an older call, EPERM elsewhere.
    int error = 0;
};

/// `number`: of a system call of this machine's own ABI.
Verdict verdict_of(int number);

}  // namespace dragoman
