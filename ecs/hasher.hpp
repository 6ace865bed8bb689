#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace dragoman::ecs {

/// XXH3 over what is fed, piece after piece.
class Hasher {
public:
    Hasher() : state_(XXH3_createState()) { XXH3_64bits_reset(state_.get()); }

    void feed(const void* bytes, std::size_t size) { XXH3_64bits_update(state_.get(), bytes, size); }
    void feed(std::uint64_t number) { feed(&number, sizeof(number)); }
    std::uint64_t result() const { return XXH3_64bits_digest(state_.get()); }

private:
    struct Free {
        void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
    };
    std::unique_ptr<XXH3_state_t, Free> state_;
};

}  // namespace dragoman::ecs
