#pragma once

#include <cstddef>
#include <vector>

namespace dragoman::bench {

/// Plain memory where loops like it best: whole lines of the cache, and arrays that are gone through together do not
/// begin at the same place of a page, where a store would be taken for what the next load needs.
template <typename Number>
class Array {
public:
    Array(std::size_t count, Number value, std::size_t lines_into_page)
        : memory_(count + (page + line) / sizeof(Number), value) {
        const auto address = reinterpret_cast<std::size_t>(memory_.data());
        const std::size_t wanted = lines_into_page * line;
        first_ = memory_.data() + (wanted + page - address % page) % page / sizeof(Number);
        count_ = count;
    }
    Array(const Array&) = delete;
    Number* data() { return first_; }
    std::size_t size() const { return count_; }

private:
    static constexpr std::size_t page = 4096;
    static constexpr std::size_t line = 64;
    std::vector<Number> memory_;
    Number* first_;
    std::size_t count_;
};

/// The same arithmetic as the scripts', in this process over plain arrays, optimised as the kernels are and with the
/// same instructions: what no script can be faster than.
void move_native(float* position, const float* velocity, std::size_t numbers, float dt);

/// STREAM's triad, in place: as many bytes as a movement moves.
void triad(float* to, const float* from, std::size_t numbers, float factor);

}  // namespace dragoman::bench
