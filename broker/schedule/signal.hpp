#pragma once

namespace dragoman {

/// Something that may happen without a system call: whoever waits looks at it before it sleeps.
class Signal {
public:
    virtual ~Signal() = default;
    /// It has happened, and has been taken in. Called often: cheap.
    virtual bool happened() = 0;
    /// Whoever waits is about to sleep, or is awake again: while it sleeps the signal has to come by a descriptor too.
    virtual void sleeping(bool sleeps) = 0;
};

}  // namespace dragoman
