#pragma once

namespace dragoman {

/// Between two looks at a word that another core will write.
inline void pause_core() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

}  // namespace dragoman
