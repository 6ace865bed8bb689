// 64 bytes of text at a time: one bit for each byte that is what was asked for.
#pragma once
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace dragoman::scan {

struct Block {
    std::uint64_t quotes, backslashes, opens, closes;
};

#ifdef __SSE2__
inline Block load_block(const char* at) {
    Block block{0, 0, 0, 0};
    for (int i = 0; i < 4; ++i) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16 * i));
        const __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20));  // '[' and '{', ']' and '}' differ by this bit
        const auto mask = [i](__m128i equal) {
            return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(equal))) << (16 * i);
        };
        block.quotes |= mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')));
        block.backslashes |= mask(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
        block.opens |= mask(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')));
        block.closes |= mask(_mm_cmpeq_epi8(folded, _mm_set1_epi8('}')));
    }
    return block;
}
#else
inline Block load_block(const char* at) {
    Block block{0, 0, 0, 0};
    for (int i = 0; i < 64; ++i) {
        const std::uint64_t bit = std::uint64_t{1} << i;
        switch (at[i]) {
            case '"':
                block.quotes |= bit;
                break;
            case '\\':
                block.backslashes |= bit;
                break;
            case '[':
            case '{':
                block.opens |= bit;
                break;
            case ']':
            case '}':
                block.closes |= bit;
                break;
            default:
                break;
        }
    }
    return block;
}
#endif

/// Bit i is set when an odd number of bits up to and including i are set: what is inside quotes.
inline std::uint64_t inside(std::uint64_t quotes) {
    for (int shift = 1; shift < 64; shift *= 2) quotes ^= quotes << shift;
    return quotes;
}

inline int count(std::uint64_t bits) {
    bits -= (bits >> 1) & 0x5555555555555555U;
    bits = (bits & 0x3333333333333333U) + ((bits >> 2) & 0x3333333333333333U);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fU;
    return static_cast<int>((bits * 0x0101010101010101U) >> 56);
}

}  // namespace dragoman::scan
