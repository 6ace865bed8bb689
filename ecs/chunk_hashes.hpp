#pragma once

#include <xxhash.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dragoman::ecs {

/// Remembers the hash of each 1024 rows, so that only what was written is hashed again.
class ChunkHashes {
public:
    static constexpr std::size_t chunk = 1024;

    /// Room for so many rows; marking rows below it cannot fail.
    void fit(std::size_t rows) {
        const auto chunks = (rows + chunk - 1) / chunk;
        if (chunks <= dirty_.size()) return;
        dirty_.resize(chunks, 1);
        hashes_.resize(chunks);
    }
    void mark(std::size_t row) { dirty_[row / chunk] = 1; }
    void mark_rows(std::size_t first, std::size_t count) {
        if (!count) return;
        for (auto i = first / chunk; i <= (first + count - 1) / chunk; ++i) dirty_[i] = 1;
    }
    void mark_all() { dirty_.assign(dirty_.size(), 1); }
    /// Marks what is marked in the other one.
    void mark_as(const ChunkHashes& other) {
        for (std::size_t i = 0; i < std::min(dirty_.size(), other.dirty_.size()); ++i) dirty_[i] |= other.dirty_[i];
    }

    /// `hash_rows(first, count)` hashes some rows; called for the chunks that were marked.
    template <class HashRows>
    std::uint64_t hash(std::size_t rows, HashRows&& hash_rows) {
        const auto chunks = (rows + chunk - 1) / chunk;
        for (std::size_t i = 0; i < chunks; ++i) {
            if (!dirty_[i]) continue;
            const auto first = i * chunk;
            hashes_[i] = hash_rows(first, rows - first < chunk ? rows - first : chunk);
            dirty_[i] = 0;
        }
        return XXH3_64bits_withSeed(hashes_.data(), chunks * sizeof(std::uint64_t), rows);
    }

private:
    std::vector<std::uint64_t> hashes_;
    std::vector<std::uint8_t> dirty_;
};

}  // namespace dragoman::ecs
