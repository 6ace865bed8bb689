#pragma once

#include <cstddef>
#include <cstring>

namespace dragoman::ecs {

namespace detail {

/// Both ends, which may overlap in the middle: any size from `Part` to twice of it.
template <std::size_t Part>
inline void copy_ends(std::byte* to, const std::byte* from, std::size_t size) {
    std::byte first[Part], last[Part];
    std::memcpy(first, from, Part);
    std::memcpy(last, from + size - Part, Part);
    std::memcpy(to, first, Part);
    std::memcpy(to + size - Part, last, Part);
}

}  // namespace detail

/// memcpy for rows: most have some bytes whose number the compiler does not know, and a call costs more than they do.
inline void copy_row(std::byte* to, const std::byte* from, std::size_t size) {
    if (size >= 8 && size <= 16)
        detail::copy_ends<8>(to, from, size);
    else if (size > 32)
        std::memcpy(to, from, size);
    else if (size > 16)
        detail::copy_ends<16>(to, from, size);
    else if (size >= 4)
        detail::copy_ends<4>(to, from, size);
    else
        for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
}

}  // namespace dragoman::ecs
