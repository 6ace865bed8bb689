#pragma once
// What libexec/dragoman-launcher.so gives to an interpreter: two functions with C's calling convention.
// docs/adding-a-language.md has the whole of it.

extern "C" {

/// What was to be executed; each list is ended by a null pointer.
struct dragoman_start {
    const char* const* arguments;
    const char* const* environment;
};

/// Does what dragoman-launcher does, until the broker is gone: returns a null pointer then. In the process of each
/// script it returns too, behind the script's walls, with what the script's start has to be made of. The caller must
/// have one thread.
[[gnu::visibility("default")]] const dragoman_start* dragoman_serve(const char* tier);

/// In a script's process: what dragoman_serve returned is copied, and so is the environment that the process had before;
/// neither stays in memory.
[[gnu::visibility("default")]] void dragoman_started();
}
