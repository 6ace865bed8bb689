#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/prctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "broker/sandbox/filter.hpp"

using namespace dragoman;

namespace {

constexpr std::uint64_t own_folder = static_cast<std::uint32_t>(AT_FDCWD);

std::string described(int number, std::array<std::uint64_t, 6> arguments, const std::string& path = "") {
    return describe({.number = number, .arguments = arguments, .path = path});
}

}  // namespace

TEST_CASE("a refused call is described as its author would have written it") {
    CHECK(described(SYS_openat, {own_folder, 1, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644}, "/etc/passwd") ==
          R"(open("/etc/passwd", O_WRONLY|O_CREAT|O_TRUNC, 0644))");
    CHECK(described(SYS_openat, {7, 1, O_RDWR}, "x") == R"(openat(7, "x", O_RDWR))");
    CHECK(described(SYS_socket, {AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0}) ==
          "socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC)");
    CHECK(described(SYS_socket, {AF_NETLINK, SOCK_RAW, 16}) == "socket(AF_NETLINK, SOCK_RAW, 16)");
    CHECK(described(SYS_ptrace, {PTRACE_ATTACH, 1}) == "ptrace(PTRACE_ATTACH, 1)");
    CHECK(described(SYS_kill, {0xffffffff, SIGKILL}) == "kill(-1, SIGKILL)");
    CHECK(described(SYS_mmap, {0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, 0xffffffff, 0}) ==
          "mmap(0, 0x1000, PROT_READ|PROT_WRITE, MAP_SHARED|MAP_ANONYMOUS, -1, 0)");
    CHECK(described(SYS_prctl, {PR_SET_DUMPABLE, 1}) == "prctl(PR_SET_DUMPABLE, 0x1)");
    CHECK(described(SYS_unshare, {CLONE_NEWUSER | CLONE_NEWNS}) == "unshare(CLONE_NEWNS|CLONE_NEWUSER)");
    CHECK(described(SYS_mkdirat, {own_folder, 1, 0777}, "out") == R"(mkdir("out", 0777))");
    CHECK(described(SYS_ioctl, {0, 0x5412, 0x10}) == "ioctl(0, TIOCSTI, 0x10)");
}

TEST_CASE("a clone is a fork, unless it makes a namespace") {
    CHECK(described(SYS_clone, {SIGCHLD | CLONE_CHILD_SETTID}) == "fork()");
    CHECK(described(SYS_clone, {SIGCHLD | CLONE_VM | CLONE_VFORK}) == "vfork()");
    CHECK(described(SYS_clone, {SIGCHLD | CLONE_NEWPID}) == "clone(CLONE_NEWPID)");
    CHECK(makes_process({.number = SYS_clone, .arguments = {SIGCHLD}, .path = ""}));
    CHECK_FALSE(makes_process({.number = SYS_clone, .arguments = {CLONE_VM | CLONE_THREAD}, .path = ""}));
    CHECK_FALSE(makes_process({.number = SYS_socket, .arguments = {}, .path = ""}));
}

TEST_CASE("a call that is not in the list comes with what it was given") {
    CHECK(described(SYS_lookup_dcookie, {1, 0x1000}) == "lookup_dcookie(0x1, 0x1000)");
    CHECK(described(460, {}) == "system call 460()");
    CHECK(described(SYS_openat, {own_folder, 0, O_WRONLY}) == "open(NULL, O_WRONLY)");
}

TEST_CASE("a path cannot drive the terminal that it is shown on") {
    CHECK(described(SYS_openat, {own_folder, 1, O_RDWR}, "a\x1b[2J\"\n\xc2\x9b!\xff") ==
          "open(\"a\\x1b[2J\\\"\\x0a\\x9b!\xef\xbf\xbd\", O_RDWR)");
}
