#include "broker/launch/launcher/cage.hpp"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>

namespace dragoman::launch {
namespace {

/// Of no user: Debian gives 60000 to 64999 to nobody unasked (Debian policy, 9.2.2).
constexpr uid_t unused_uid = 64738;

bool write_text(const char* path, const char* text) {
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return false;
    const auto size = static_cast<ssize_t>(std::strlen(text));
    const bool written = write(file, text, static_cast<std::size_t>(size)) == size;
    const int error = errno;
    close(file);
    errno = error;
    return written;
}

/// An ordinary user may make namespaces inside a user namespace of his own, in which he keeps his uid.
bool own_user_namespace() {
    const unsigned uid = geteuid();
    const unsigned gid = getegid();
    if (unshare(CLONE_NEWUSER) != 0) return false;
    char users[64];
    char groups[64];
    std::snprintf(users, sizeof users, "%u %u 1", uid, uid);
    std::snprintf(groups, sizeof groups, "%u %u 1", gid, gid);
    return write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/gid_map", groups) &&
           write_text("/proc/self/uid_map", users);
}

pid_t clone_process(unsigned long flags) {
    return static_cast<pid_t>(syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
}

int reap(pid_t pid) {
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EPERM;
}

/// A namespace that turns out to be of no use cannot be left again, and a start later cannot fail for it.
int try_pid_namespaces(bool own_users) {
    const pid_t probe = clone_process(0);
    if (probe < 0) return errno;
    if (probe == 0) {
        errno = EPERM;
        if (own_users && !own_user_namespace()) _exit(errno);
        const pid_t inner = clone_process(CLONE_NEWPID);
        if (inner == 0) _exit(0);
        _exit(inner < 0 ? errno : 0);
    }
    return reap(probe);
}

bool make_file(const char* path, mode_t mode) {
    const int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, mode);
    if (file < 0) return false;
    close(file);
    return true;
}

/// A file system in memory becomes the root, with the machine's own below it.
bool make_stage() {
    if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return false;
    for (const char* place : {"/tmp", "/run", "/mnt", "/var"}) {
        struct stat facts {};
        if (stat(place, &facts) != 0 || !S_ISDIR(facts.st_mode)) continue;
        if (mount("dragoman", place, "tmpfs", MS_NOSUID, "size=1m,mode=0755") != 0) return false;
        if (chdir(place) != 0 || mkdir("outside", 0755) != 0 || mkdir("script", 0755) != 0 ||
            mkdir("devices", 0755) != 0 || !make_file("nothing", 0))
            return false;
        return syscall(SYS_pivot_root, ".", "outside") == 0 && chdir("/") == 0;
    }
    errno = ENOENT;
    return false;
}

bool show_devices() {
    for (const char* name : {"null", "zero", "full", "random", "urandom"}) {
        char from[64];
        char to[64];
        std::snprintf(from, sizeof from, "%s/dev/%s", stage::outside, name);
        std::snprintf(to, sizeof to, "%s/%s", stage::devices, name);
        if (!make_file(to, 0444) || mount(from, to, nullptr, MS_BIND, nullptr) != 0) return false;
    }
    return true;
}

/// Folders of root's, which often nobody else may enter, are shown to a script as if they were its own: a user
/// namespace says how owners are mapped (mount_setattr(2), MOUNT_ATTR_IDMAP).
int map_root_to(uid_t uid) {
    int ready[2];
    if (pipe2(ready, O_CLOEXEC) != 0) return -1;
    const pid_t holder = clone_process(CLONE_NEWUSER);
    if (holder == 0) {
        char nothing = 0;
        close(ready[1]);
        (void)!read(ready[0], &nothing, 1);  // until the launcher has what it wants
        _exit(0);
    }
    close(ready[0]);
    int users = -1;
    if (holder > 0) {
        char path[96];
        char map[128];
        std::snprintf(map, sizeof map, "0 %u 1\n1 1 %u\n%u %u %u\n", uid, uid - 1, uid + 1, uid + 1, 65535 - uid);
        bool mapped = true;
        for (const char* kind : {"uid_map", "gid_map"}) {
            std::snprintf(path, sizeof path, "%s/proc/%d/%s", stage::outside, static_cast<int>(holder), kind);
            mapped = mapped && write_text(path, map);
        }
        std::snprintf(path, sizeof path, "%s/proc/%d/ns/user", stage::outside, static_cast<int>(holder));
        if (mapped) users = open(path, O_RDONLY | O_CLOEXEC);
    }
    close(ready[1]);
    if (holder > 0) reap(holder);
    return users;
}

}  // namespace

int find_pid_namespaces(Household& house) {
    const bool own_users = geteuid() != 0;
    if (const int error = try_pid_namespaces(own_users)) return error;
    if (own_users && !own_user_namespace()) return errno;
    house.pid_namespaces = true;
    return 0;
}

void choose_uid(Household& house) {
    if (geteuid() == 0) house.script_uid = unused_uid;
}

bool enter_cage(Household& house, Failure& failure) {
    choose_uid(house);
    if (house.script_uid == 0 && !own_user_namespace()) return failure.at(Step::user_namespace, errno);
    if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP) != 0)
        return failure.at(Step::namespaces, errno);
    constexpr char name[] = "dragoman";
    if (sethostname(name, sizeof name - 1) != 0 || setdomainname(name, sizeof name - 1) != 0)
        return failure.at(Step::namespaces, errno);
    umask(022);
    if (!make_stage()) return failure.at(Step::stage, errno);
    if (!show_devices()) return failure.at(Step::devices, errno);
    if (house.script_uid != 0) house.mapped_users = map_root_to(house.script_uid);
    house.confines = true;
    house.roots = true;
    house.pid_namespaces = true;
    return true;
}

}  // namespace dragoman::launch
