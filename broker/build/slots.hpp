#pragma once
#include <deque>
#include <functional>
#include <utility>

namespace dragoman {

/// Lets so many work at a time; the others wait in order.
class Slots {
public:
    explicit Slots(unsigned count) : free_(count > 0 ? count : 1) {}

    /// True: `work` was called at once. False: it is called when its turn comes.
    bool take(std::function<void()> work) {
        if (free_ == 0) {
            waiting_.push_back(std::move(work));
            return false;
        }
        --free_;
        work();
        return true;
    }
    /// Each who was let in gives its slot back once.
    void give_back() {
        if (waiting_.empty()) {
            ++free_;
            return;
        }
        const auto next = std::move(waiting_.front());
        waiting_.pop_front();
        next();
    }
    bool has_free() const { return free_ > 0; }
    void forget_waiting() { waiting_.clear(); }

private:
    unsigned free_;
    std::deque<std::function<void()>> waiting_;
};

}  // namespace dragoman
