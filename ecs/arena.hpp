#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ecs/budget.hpp"

namespace dragoman::ecs {

/// A piece of an arena: a power of two of bytes, aligned to 64.
struct Slice {
    std::size_t offset = 0;
    std::size_t bytes = 0;
};

/// Shared memory for one component type: a sealed memfd that is mapped once, at full capacity. The file grows as slices
/// are given out, so that who maps it to read cannot fill memory by reading its holes; it never shrinks. Addresses
/// never change while the arena lives.
class Arena {
public:
    /// Takes a smaller capacity where this much address space is refused. Error denied where there is no memory at all.
    /// The first slice begins at `start`, a multiple of the slices' alignment. Arenas whose columns are read side by
    /// side want different ones: equal places in different pages, and pages whose numbers end alike, get in each
    /// other's way in the first cache. So the mapping's place depends on `start` too.
    /// `sealed`: nobody but this process can ever map it for writing.
    Arena(const std::string& name, std::size_t capacity, Budget& budget, std::size_t start = 0, bool sealed = false);
    ~Arena();
    Arena(const Arena&) = delete;
    Arena& operator=(const Arena&) = delete;

    /// At least so many bytes; contents are whatever was there. Error denied where arena or budget are full.
    Slice allocate(std::size_t bytes);
    void release(Slice slice);
    /// A slice of at least `bytes` that begins with the first `kept` bytes of this one, which it replaces: in the same
    /// place where that is the last one given out.
    Slice grow(Slice slice, std::size_t kept, std::size_t bytes);
    /// Takes all slices back and gives their memory to the system.
    void reset();

    std::byte* data() const { return data_; }
    std::byte* at(Slice slice) const { return data_ + slice.offset; }
    int descriptor() const { return descriptor_; }
    std::size_t capacity() const { return capacity_; }
    /// Bytes ever given out: the part that may be in memory.
    std::size_t used() const { return used_; }
    /// Bytes that the file has, a multiple of the page size: what another mapping may touch.
    std::size_t file_bytes() const { return file_bytes_; }

private:
    void take(std::size_t bytes);
    void extend_file(std::size_t bytes);

    int descriptor_ = -1;
    std::byte* data_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t file_bytes_ = 0;
    std::size_t start_;
    std::size_t used_ = 0;
    Budget& budget_;
    std::array<std::vector<std::size_t>, 64> free_;  // offsets, by the size's power of two
};

}  // namespace dragoman::ecs
