#pragma once

#include <cstdio>
#include <cstdlib>

/// What a fuzzed input must not break: says what, and ends.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}
