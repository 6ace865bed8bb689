#include "ecs/parallel.hpp"

#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <optional>

#include "ecs/world.hpp"

namespace dragoman::ecs {

struct Workers::Arena {
    explicit Arena(unsigned threads) : tbb(threads ? static_cast<int>(threads) : tbb::task_arena::automatic) {
        constexpr auto most = tbb::global_control::max_allowed_parallelism;
        if (threads > tbb::global_control::active_value(most)) more.emplace(most, threads);
    }
    std::optional<tbb::global_control> more;  // than there are processors
    tbb::task_arena tbb;
};

Workers::Workers(unsigned threads) : arena_(std::make_unique<Arena>(threads)) {}

Workers::~Workers() = default;

unsigned Workers::threads() const { return static_cast<unsigned>(arena_->tbb.max_concurrency()); }

void Workers::run(std::size_t count, const std::function<void(std::size_t)>& work) {
    if (count <= 1 || threads() == 1) {
        for (std::size_t i = 0; i < count; ++i) work(i);
        return;
    }
    arena_->tbb.execute([&] {
        tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count), [&](const tbb::blocked_range<std::size_t>& part) {
            for (auto i = part.begin(); i != part.end(); ++i) work(i);
        });
    });
}

Workers& World::workers() {
    if (!workers_) workers_ = std::make_shared<Workers>();
    return *workers_;
}

void World::use_threads(unsigned threads) { workers_ = std::make_shared<Workers>(threads); }

}  // namespace dragoman::ecs
