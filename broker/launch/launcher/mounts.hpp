#pragma once

#include <cstdint>

namespace dragoman::launch {

/// The calls of the mount API that glibc 2.36 has, and those it lacks, by one set of names. Each returns false, with
/// errno, where the kernel refuses.

struct MountFlags {
    bool read_only = true;
    bool no_exec = false;
    bool devices = false;
    /// Of what the path leads to; else of the symbolic link itself, which cannot be shown.
    bool follows = true;
    /// A user namespace that maps the files' owners; -1: none.
    int mapped_users = -1;
};

/// A copy of what is mounted at `path`, and below it, that is mounted nowhere; `path` is taken as openat(2) does, and
/// "" is `folder` itself. Returns its descriptor; -1 where it cannot be made.
int detached_copy(int folder, const char* path);
/// Shows `source` (a file or folder, with what is mounted below it unless its owners are mapped) at `target`. `source`
/// is taken as openat(2) does, and "" is `folder` itself.
bool bind(int folder, const char* source, const char* target, const MountFlags& flags);
/// The same; `target` is taken as openat(2) does.
bool bind(int folder, const char* source, int target_folder, const char* target, const MountFlags& flags);
/// A file system in memory; `options` as for mount(8).
bool mount_memory(const char* target, const char* options);
bool make_read_only(const char* target);
/// Makes the folder the root; what was the root before is gone from sight.
bool move_into(const char* folder);
/// mkdir -p for all of `path`'s folders; with `file`, all but the last, which becomes an empty file where there is
/// nothing.
bool make_place(const char* path, bool file);

}  // namespace dragoman::launch
