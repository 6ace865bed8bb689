#include "broker/launch/launcher/landlock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <utility>

#include "broker/launch/system_places.hpp"

namespace dragoman::launch {
namespace {

// linux/landlock.h as of 6.12, since Debian 12's ends at ABI 3. https://docs.kernel.org/userspace-api/landlock.html
struct RulesetAttributes {
    std::uint64_t files;
    std::uint64_t network;
    std::uint64_t scoped;
};
struct PathBeneath {
    std::uint64_t allowed;
    std::int32_t parent;
} __attribute__((packed));

constexpr std::uint64_t execute = 1 << 0, write_file = 1 << 1, read_file = 1 << 2, read_folder = 1 << 3,
                        make_character_device = 1 << 6, make_block_device = 1 << 11, make_socket = 1 << 9,
                        make_fifo = 1 << 10, io_control = 1 << 15;
constexpr std::uint64_t of_files = execute | write_file | read_file | (1 << 14) /* truncate */ | io_control;
constexpr std::uint64_t reading = read_file | read_folder;

/// All rights over files that an ABI knows.
std::uint64_t rights_over_files(int version) {
    const int count = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
    return (std::uint64_t{1} << count) - 1;
}

class Ruleset {
public:
    /// `ruleset`: one that was prepared; -1: a new one.
    explicit Ruleset(int version, int ruleset = -1) : all_(rights_over_files(version)), ruleset_(ruleset) {
        if (ruleset_ >= 0) return;
        // TCP (ABI 4): bind and connect; scopes (ABI 6): abstract sockets and signals of others.
        const RulesetAttributes attributes{all_, version >= 4 ? 3ULL : 0, version >= 6 ? 3ULL : 0};
        const std::size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
        ruleset_ = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
    }
    ~Ruleset() {
        if (ruleset_ >= 0) close(ruleset_);
    }
    Ruleset(const Ruleset&) = delete;

    bool there() const { return ruleset_ >= 0; }
    /// True also where there is no such path.
    bool allow(const char* path, std::uint64_t rights) const { return allow(path, rights, 0); }
    /// Of a symbolic link: nothing of what it leads to.
    bool allow_entry(const char* folder, const char* name, std::uint64_t rights) const {
        char path[PATH_MAX];
        std::snprintf(path, sizeof path, "%s/%s", folder, name);
        return allow(path, rights, O_NOFOLLOW);
    }
    int release() { return std::exchange(ruleset_, -1); }
    bool apply() const { return syscall(SYS_landlock_restrict_self, ruleset_, 0) == 0; }
    std::uint64_t all() const { return all_; }

private:
    bool allow(const char* path, std::uint64_t rights, int how) const {
        const int file = open(path, O_PATH | O_CLOEXEC | how);
        if (file < 0) return errno == ENOENT;
        struct stat facts {};
        bool done = fstat(file, &facts) == 0;
        if (S_ISLNK(facts.st_mode)) return close(file) == 0;
        if (!S_ISDIR(facts.st_mode)) rights &= of_files;
        const PathBeneath rule{rights & all_, file};
        done = done && syscall(SYS_landlock_add_rule, ruleset_, 1 /* PATH_BENEATH */, &rule, 0) == 0;
        const int error = errno;
        close(file);
        errno = error;
        return done;
    }

    std::uint64_t all_;
    int ruleset_;
};

/// The program, and for a script that begins with #! its interpreter. False where it is /usr/bin/env or the like, which
/// executes what nobody can foresee.
bool allow_program(const Ruleset& rules, const char* program, int depth) {
    if (!rules.allow(program, execute | read_file)) return false;
    const int file = open(program, O_RDONLY | O_CLOEXEC);
    if (file < 0) return true;  // an ELF that may be executed but not read
    char head[256];
    const ssize_t size = read(file, head, sizeof head - 1);
    close(file);
    if (size < 2 || head[0] != '#' || head[1] != '!') return true;
    head[size] = '\0';
    char* begin = head + 2;
    while (*begin == ' ' || *begin == '\t') ++begin;
    begin[std::strcspn(begin, " \t\r\n")] = '\0';
    if (depth == 0 || std::strcmp(begin, "/usr/bin/env") == 0) return rules.allow("/usr", execute);
    return allow_program(rules, begin, depth - 1);
}

constexpr const char* program_loaders[] = {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1",
                                           "/lib/ld-musl-x86_64.so.1"};
constexpr const char* devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};

/// What every script may; with `runs`, execute it. Rules for one place add up. Returns the path that failed, or
/// nullptr.
const char* allow_system(const Ruleset& rules, const Household& house, std::uint64_t runs) {
    if (house.roots) {
        if (!rules.allow("/", reading | runs)) return "/";  // its root shows nothing else
    } else {
        for (const char* place : system_places)
            if (!rules.allow(place, reading | runs)) return place;
    }
    for (const char* device : devices)
        if (!rules.allow(device, read_file | write_file)) return device;
    for (const char* loader : program_loaders)
        if (!rules.allow(loader, execute | read_file)) return loader;
    return nullptr;
}

}  // namespace

int prepare_landlock(const Household& house) {
    if (house.landlock == 0) return -1;
    Ruleset rules(house.landlock);
    return rules.there() && allow_system(rules, house, 0) == nullptr ? rules.release() : -1;
}

int landlock_version() {
    const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, 1 /* LANDLOCK_CREATE_RULESET_VERSION */);
    return version > 0 ? static_cast<int>(version) : 0;
}

bool restrict_by_landlock(const Request& request, const Household& house, int prepared, Failure& failure) {
    if (house.landlock == 0) return true;  // the tier's self-test has agreed to that
    const auto failed = [&](const char* path) { return failure.at(Step::landlock, errno, path); };
    const Ruleset rules(house.landlock, prepared);
    if (!rules.there()) return failed(nullptr);
    const std::uint64_t runs = request.head.runs_programs != 0 ? execute : 0;
    if (prepared < 0 || runs != 0)
        if (const char* const path = allow_system(rules, house, runs)) return failed(path);
    constexpr std::uint64_t special = make_character_device | make_block_device | make_socket | make_fifo;
    const std::uint64_t writing = rules.all() & ~(special | execute);
    const char* folder = nullptr;
    for (std::uint32_t i = 0; i + 1 < request.head.mounts; i += 2) {
        // In a root of its own it is found where the script sees it.
        const char* const path = house.roots ? request.mounts[i] + 1 : request.mounts[i + 1];
        const bool writes = request.mounts[i][0] == mount_kind::write;
        const char kind = request.mounts[i][0];
        if (kind == mount_kind::mask || kind == mount_kind::link || (house.roots && !writes)) continue;
        if (kind == mount_kind::folder) {
            folder = path;  // its names are seen; what lies under them is no matter of this rule
            if (!rules.allow(path, read_folder)) return failed(path);
        } else if (kind == mount_kind::entry) {
            const char* const name = request.mounts[i] + 1;
            if (!rules.allow_entry(folder, name, reading | runs)) return failed(name);
        } else if (!rules.allow(path, (writes ? writing : reading) | runs)) {
            return failed(path);
        }
    }
    if (house.roots && request.head.limits.scratch != 0 && !rules.allow("/tmp", writing)) return failed("/tmp");
    if (!allow_program(rules, request.arguments[0], 4)) return failed(request.arguments[0]);
    return rules.apply() || failed(nullptr);
}

}  // namespace dragoman::launch
