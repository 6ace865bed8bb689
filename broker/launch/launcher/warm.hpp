#pragma once
// What libexec/dragoman-launcher.so gives to an interpreter: two functions with C's calling convention.
// docs/adding-a-language.md has the whole of it.

#include <cstddef>

extern "C" {

/// What was to be executed: texts, one behind the other, each ended by a zero byte.
struct dragoman_start {
    const char* arguments;
    std::size_t arguments_size;
    const char* environment;  // "NAME=value"
    std::size_t environment_size;
};

/// Does what dragoman-launcher does, until the broker is gone: returns a null pointer then. In the process of each
/// script it returns too, behind the script's walls, with what the script's start has to be made of. The caller must
/// have one thread.
[[gnu::visibility("default")]] const dragoman_start* dragoman_serve(const char* tier);

/// In a script's process, when what dragoman_serve returned is copied: it is overwritten, since it names the other
/// scripts too. The C library's environment becomes the script's, and tools show its command line.
[[gnu::visibility("default")]] void dragoman_started();
}
