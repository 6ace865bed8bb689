#include "broker/launch/launcher/root.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstring>
#include <initializer_list>

#include "broker/launch/launcher/cage.hpp"
#include "broker/launch/launcher/mounts.hpp"
#include "broker/launch/system_places.hpp"

namespace dragoman::launch {
namespace {

struct Path {
    char text[PATH_MAX + 16];

    Path(const char* folder, const char* path) { std::snprintf(text, sizeof text, "%s%s", folder, path); }
};

/// A folder, a file or a symbolic link of the machine's root, as it is. What is not there is left out.
bool show(const Root& root, const char* path) {
    const Path from(".", path);
    const Path to(root.place, path);
    struct stat facts {};
    if (fstatat(root.outside, from.text, &facts, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT;
    if (S_ISLNK(facts.st_mode)) {
        char target[PATH_MAX];
        const ssize_t size = readlinkat(root.outside, from.text, target, sizeof target - 1);
        if (size < 0) return false;
        target[size] = '\0';
        return symlink(target, to.text) == 0 || errno == EEXIST;
    }
    return make_place(to.text, !S_ISDIR(facts.st_mode)) && bind(root.outside, from.text, to.text, MountFlags{});
}

bool is_under(const char* path, const char* folder) {
    const std::size_t size = std::strlen(folder);
    return std::strncmp(path, folder, size) == 0 && (path[size] == '/' || path[size] == '\0');
}

bool make_link(char* place, const char* text) {
    char* const name = std::strrchr(place, '/');
    *name = '\0';
    const bool there = make_place(place, false);
    *name = '/';
    return there && symlink(text, place) == 0;
}

bool add_mount(const Root& root, const char kind, const char* path, const char* source, const Household& house) {
    Path to(root.place, path);
    if (kind == mount_kind::mask) {
        struct stat facts {};
        return stat(to.text, &facts) != 0 || bind(root.nothing, "", to.text, MountFlags{});  // it sees it not at all
    }
    if (kind == mount_kind::link) return make_link(to.text, source);
    if (kind != mount_kind::write && is_under(path, "/usr")) return true;
    const Path from(".", source);
    struct stat facts {};
    if (fstatat(root.outside, from.text, &facts, 0) != 0) return kind == mount_kind::read_if_there;
    struct stat there {};
    if (lstat(to.text, &there) == 0) {
        if (S_ISLNK(there.st_mode)) return true;  // in a folder it sees; it leads elsewhere
        if (kind != mount_kind::write && there.st_dev == facts.st_dev && there.st_ino == facts.st_ino) return true;
    }
    MountFlags flags;
    flags.read_only = kind != mount_kind::write;
    flags.mapped_users = house.mapped_users;
    return make_place(to.text, !S_ISDIR(facts.st_mode)) && bind(root.outside, from.text, to.text, flags);
}

/// A folder of which a script sees some entries: here, and in the script's root, where it is a folder of our own.
class OwnFolder {
public:
    ~OwnFolder() { leave(); }
    OwnFolder() = default;
    OwnFolder(const OwnFolder&) = delete;

    bool enter(const Root& root, const char* path, const char* source) {
        leave();
        const Path to(root.place, path);
        const Path from(".", source);
        from_ = openat(root.outside, from.text, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (from_ < 0 || !make_place(to.text, false) || !is_ours(root, to.text)) return false;
        to_ = open(to.text, O_PATH | O_DIRECTORY | O_CLOEXEC);
        return to_ >= 0;
    }
    /// What has gone since it was listed is left out.
    bool show(const char* name, const Household& house) const {
        struct stat facts {};
        if (fstatat(from_, name, &facts, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT;
        if (S_ISLNK(facts.st_mode)) {
            char text[PATH_MAX];
            const ssize_t size = readlinkat(from_, name, text, sizeof text - 1);
            text[size > 0 ? size : 0] = '\0';
            return symlinkat(text, to_, name) == 0 || errno == EEXIST || errno == ENOENT;
        }
        const bool made =
            S_ISDIR(facts.st_mode) ? mkdirat(to_, name, 0755) == 0 : mknodat(to_, name, S_IFREG | 0444, 0) == 0;
        MountFlags flags;
        flags.mapped_users = house.mapped_users;
        flags.follows = false;
        return (made || errno == EEXIST) && (bind(from_, name, to_, name, flags) || errno == ENOENT);
    }

private:
    /// Where it lies in another one that the script is shown, in a folder in memory over it.
    static bool is_ours(const Root& root, const char* place) {
        struct stat top {};
        struct stat here {};
        if (stat(root.entered() ? "/" : root.place, &top) != 0 || stat(place, &here) != 0) return false;
        return top.st_dev == here.st_dev || mount_memory(place, "size=256k,nr_inodes=16384,mode=0755");
    }
    void leave() {
        if (from_ >= 0) close(from_);
        if (to_ >= 0) close(to_);
        from_ = to_ = -1;
    }

    int from_ = -1;
    int to_ = -1;
};

/// Those that lie in memory of their own; the others are a part of the root.
bool close_folders(const Root& root, const Request& request) {
    for (std::uint32_t i = 0; i + 1 < request.head.mounts; i += 2) {
        if (request.mounts[i][0] != mount_kind::folder) continue;
        if (!make_read_only(Path(root.place, request.mounts[i] + 1).text) && errno != EINVAL) return false;
    }
    return true;
}

bool add_scratch(const Root& root, std::uint64_t bytes) {
    char options[96];
    std::snprintf(options, sizeof options, "size=%llu,nr_inodes=16384,mode=1777",
                  static_cast<unsigned long long>(bytes));
    return mount_memory(Path(root.place, "/tmp").text, options);
}

const char* top(const Root& root) { return root.entered() ? "/" : root.place; }

/// Linux 6.15 copies from what is mounted nowhere; without that, what a script sees has to be there by name until it
/// has been mounted.
bool enter_early(Root& root) {
    const int outside = detached_copy(root.outside, "");
    const int nothing = detached_copy(root.nothing, "");
    const int probe = outside < 0 ? -1 : detached_copy(outside, "./usr");
    if (probe >= 0) close(probe);
    if (probe < 0 || nothing < 0) {
        if (outside >= 0) close(outside);
        if (nothing >= 0) close(nothing);
        return true;
    }
    if (!move_into(root.place)) return false;
    close(root.outside);
    close(root.nothing);
    root = {outside, nothing, ""};
    return true;
}

}  // namespace

bool prepare_root(Root& root, Failure& failure) {
    root.outside = open(stage::outside, O_PATH | O_DIRECTORY | O_CLOEXEC);
    root.nothing = open(stage::nothing, O_PATH | O_CLOEXEC);
    root.place = stage::script;
    if (root.outside < 0 || root.nothing < 0) return failure.at(Step::root, errno, stage::outside);
    if (!mount_memory(stage::script, "size=1m,nr_inodes=16384,mode=0755"))
        return failure.at(Step::root, errno, stage::script);
    for (const char* place : {"/etc", "/dev", "/tmp"})
        if (mkdir(Path(stage::script, place).text, 0755) != 0) return failure.at(Step::root, errno, place);
    for (const char* place : system_places)
        if (!show(root, place)) return failure.at(Step::root, errno, place);
    MountFlags flags;
    flags.devices = true;
    flags.no_exec = true;  // and read-only, which forbids nobody to write to a device
    if (!bind(AT_FDCWD, stage::devices, Path(stage::script, "/dev").text, flags))
        return failure.at(Step::root, errno, "/dev");
    if (!enter_early(root)) return failure.at(Step::pivot, errno);
    return true;
}

bool enter_root(Root& root, const Request& request, const Household& house, Failure& failure) {
    // First: what it is shown may lie in the machine's own /tmp.
    if (request.head.limits.scratch != 0 && !add_scratch(root, request.head.limits.scratch))
        return failure.at(Step::mounts, errno, "/tmp");
    OwnFolder folder;
    for (std::uint32_t i = 0; i + 1 < request.head.mounts; i += 2) {
        const char kind = request.mounts[i][0];
        const char* const target = request.mounts[i] + 1;
        const char* const source = request.mounts[i + 1];
        const bool done = kind == mount_kind::folder  ? folder.enter(root, target, source)
                          : kind == mount_kind::entry ? folder.show(target, house)
                                                      : add_mount(root, kind, target, source, house);
        if (!done) return failure.at(Step::mounts, errno, target);
    }
    if (!close_folders(root, request)) return failure.at(Step::mounts, errno);
    if (!make_read_only(top(root))) return failure.at(Step::pivot, errno);
    if (!root.entered() && !move_into(root.place)) return failure.at(Step::pivot, errno);
    return true;
}

void leave_outside(Root& root) {
    if (root.outside >= 0) close(root.outside);
    if (root.nothing >= 0) close(root.nothing);
    root = {};
}

}  // namespace dragoman::launch
