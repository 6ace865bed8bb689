#include "broker/launch/launcher/mounts.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>

// <sys/mount.h> and <linux/mount.h> do not go together.
extern "C" int mount(const char*, const char*, const char*, unsigned long, const void*) noexcept;
extern "C" int umount2(const char*, int) noexcept;

namespace dragoman::launch {
namespace {

constexpr int detach = 2;                  // MNT_DETACH
constexpr int recursive = 0x8000;          // AT_RECURSIVE
constexpr unsigned nosuid = 2, nodev = 4;  // MS_NOSUID, MS_NODEV

int open_tree(int folder, const char* path, bool with_submounts, bool follows = true) {
    return static_cast<int>(syscall(SYS_open_tree, folder, path,
                                    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
                                        (with_submounts ? recursive : 0) | (follows ? 0 : AT_SYMLINK_NOFOLLOW)));
}

bool set_attributes(int tree, const MountFlags& flags, bool with_submounts) {
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_NOSUID | (flags.devices ? 0 : MOUNT_ATTR_NODEV) |
                          (flags.read_only ? MOUNT_ATTR_RDONLY : 0) | (flags.no_exec ? MOUNT_ATTR_NOEXEC : 0);
    if (flags.mapped_users >= 0) {
        attributes.attr_set |= MOUNT_ATTR_IDMAP;
        attributes.userns_fd = static_cast<std::uint64_t>(flags.mapped_users);
    }
    return syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | (with_submounts ? recursive : 0), &attributes,
                   sizeof attributes) == 0;
}

bool attach(int tree, int folder, const char* target) {
    return syscall(SYS_move_mount, tree, "", folder, target, MOVE_MOUNT_F_EMPTY_PATH) == 0;
}

}  // namespace

int detached_copy(int folder, const char* path) { return open_tree(folder, path, true); }

bool bind(int folder, const char* source, const char* target, const MountFlags& flags) {
    return bind(folder, source, AT_FDCWD, target, flags);
}

bool bind(int folder, const char* source, int target_folder, const char* target, const MountFlags& flags) {
    const bool with_submounts = flags.mapped_users < 0;
    const int tree = open_tree(folder, source, with_submounts, flags.follows);
    if (tree < 0) return false;
    bool done = set_attributes(tree, flags, with_submounts);
    if (!done && flags.mapped_users >= 0) {  // not every file system can map owners
        MountFlags plain = flags;
        plain.mapped_users = -1;
        done = set_attributes(tree, plain, false);
    }
    done = done && attach(tree, target_folder, target);
    const int error = errno;
    close(tree);
    errno = error;
    return done;
}

bool mount_memory(const char* target, const char* options) {
    return ::mount("dragoman", target, "tmpfs", nosuid | nodev, options) == 0;
}

bool make_read_only(const char* target) {
    mount_attr attributes{};
    attributes.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
    return syscall(SYS_mount_setattr, AT_FDCWD, target, 0, &attributes, sizeof attributes) == 0;
}

/// pivot_root(2), "pivot_root(".", ".")": the old root lies on the new one for a moment and is taken off.
bool move_into(const char* folder) {
    return chdir(folder) == 0 && syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", detach) == 0 && chdir("/") == 0;
}

bool make_place(const char* path, bool file) {
    char part[PATH_MAX];
    const std::size_t size = std::strlen(path);
    if (size == 0 || size >= sizeof part) {
        errno = ENAMETOOLONG;
        return false;
    }
    for (std::size_t i = 1; i <= size; ++i) {
        if (path[i] != '/' && path[i] != '\0') continue;
        std::memcpy(part, path, i);
        part[i] = '\0';
        if (file && path[i] == '\0') {
            const int made = open(part, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0444);
            if (made < 0 && errno != EEXIST && errno != EROFS && errno != EACCES) return false;
            if (made >= 0) close(made);
        } else if (mkdir(part, 0755) != 0 && errno != EEXIST && errno != EROFS) {
            return false;
        }
    }
    return true;
}

}  // namespace dragoman::launch
