#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace dragoman::ecs {

/// Threads that share out work; who is done takes from who is not (oneTBB). They are started when first needed, and
/// sleep between calls.
class Workers {
public:
    /// `threads` counts the calling one; 0: as many as there are processors for this process.
    explicit Workers(unsigned threads = 0);
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    unsigned threads() const;
    /// Calls work(0) to work(count - 1), in any order and side by side, and comes back when all are done. Where some of
    /// them throw, one of these exceptions comes out, and of the others it is not said which were called.
    void run(std::size_t count, const std::function<void(std::size_t)>& work);

private:
    struct Arena;
    std::unique_ptr<Arena> arena_;
};

/// Rows that one call of a parallel visitor's loop gets. Whole cache lines of any component, so that no two threads
/// write one line, and enough that handing them out costs little.
inline constexpr std::size_t parallel_rows = 8192;

}  // namespace dragoman::ecs
