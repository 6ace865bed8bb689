#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "tests/broker/sandbox/filtered.hpp"

// What the kernel makes of the filter: calls are really made.

using namespace dragoman;
using tests::tried;

namespace {

constexpr FilterOptions silent{.told = false};
constexpr FilterOptions telling{};

long raw(long number, std::uint64_t a = 0, std::uint64_t b = 0, std::uint64_t c = 0, std::uint64_t d = 0,
         std::uint64_t e = 0, std::uint64_t f = 0) {
    return syscall(number, a, b, c, d, e, f);
}

std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uint64_t>(pointer); }

}  // namespace

TEST_CASE("what a script needs works behind the filter") {
    for (const FilterOptions& options : {silent, telling}) {
        CHECK(tried(options, [] { return open("/etc/passwd", O_RDONLY | O_CLOEXEC); }) == "ok");
        CHECK(tried(options, [] {
                  int pair[2];
                  char byte = 'x';
                  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return -1L;
                  return send(pair[0], &byte, 1, MSG_NOSIGNAL) + recv(pair[1], &byte, 1, 0);
              }) == "ok");
        CHECK(tried(options, [] {
                  void* const memory =
                      mmap(nullptr, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                  return memory == MAP_FAILED ? -1L : 0L;
              }) == "ok");
        CHECK(tried(options, [] { return raise(SIGCONT); }) == "ok");
    }
}

TEST_CASE("what it must not do fails with an errno that programs know") {
    for (const FilterOptions& options : {silent, telling}) {
        CHECK(tried(options, [] { return open("/tmp/dragoman-filter-test", O_WRONLY | O_CREAT, 0600); }) == "EPERM");
        CHECK(tried(options, [] { return open("/dev/null", O_RDWR); }) == "EPERM");
        CHECK(tried(options, [] { return raw(SYS_clone, SIGCHLD); }) == "EPERM");
        CHECK(tried(options, [] { return raw(SYS_clone3, 0, 88); }) == "ENOSYS");
        for (const int family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_ALG, AF_VSOCK, AF_BLUETOOTH})
            CHECK(tried(options, [=] { return socket(family, SOCK_STREAM, 0); }) == "EPERM");
        CHECK(tried(options, [] {
                  void* const memory = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
                  return memory == MAP_FAILED ? -1L : 0L;
              }) == "EPERM");
        CHECK(tried(options, [] { return raw(SYS_memfd_create, address("x"), 0); }) == "ENOSYS");
        CHECK(tried(options, [] { return raw(SYS_io_uring_setup, 8, 0); }) == "ENOSYS");
        CHECK(tried(options, [] { return raw(SYS_perf_event_open, 0, 0, 0, 0, 0); }) == "ENOSYS");
        CHECK(tried(options, [] { return raw(SYS_bpf, 0, 0, 0); }) == "ENOSYS");
        CHECK(tried(options, [] { return raw(SYS_shmget, 0, 4096, 0600); }) == "EPERM");
        CHECK(tried(options, [] { return raw(SYS_keyctl, 0, 0); }) == "EPERM");
        CHECK(tried(options, [] { return fcntl(0, F_SETPIPE_SZ, 4096); }) == "EPERM");
        CHECK(tried(options, [] { return fcntl(0, F_SETOWN, getpid()); }) == "EPERM");
        CHECK(tried(options, [] { return raw(SYS_personality, 0xffffffff); }) == "EPERM");
        CHECK(tried(options, [] { return raw(SYS_sched_setscheduler, 0, SCHED_OTHER, 0); }) == "EPERM");
        CHECK(tried(options, [] { return setpriority(PRIO_PROCESS, 0, 5); }) == "EPERM");
        CHECK(tried(options, [] {
                  rlimit none{0, 0};
                  return setrlimit(RLIMIT_CORE, &none);
              }) == "EPERM");
    }
}

TEST_CASE("what no honest program tries is its end") {
    // With arguments that would do no harm, were they let through.
    for (const long number : {SYS_ptrace,
                              SYS_process_vm_readv,
                              SYS_process_vm_writev,
                              SYS_mount,
                              SYS_umount2,
                              SYS_chroot,
                              SYS_pivot_root,
                              SYS_unshare,
                              SYS_setns,
                              SYS_open_by_handle_at,
                              SYS_kexec_load,
                              SYS_init_module,
                              SYS_delete_module,
                              SYS_reboot,
                              SYS_swapon,
                              SYS_quotactl,
                              SYS_acct,
                              SYS_open_tree,
                              SYS_fsopen,
                              SYS_mount_setattr}) {
        CAPTURE(number);
        CHECK(tried(silent, [=] { return raw(number, 0xffff, 0, 0, 0xffff); }) == "SIGSYS");
        CHECK(tried(telling, [=] { return raw(number, 0xffff, 0, 0, 0xffff); }) == "SIGKILL");
    }
}

#ifdef __x86_64__
TEST_CASE("calls of a foreign ABI are its end (x86-64 only)") {
    for (const FilterOptions& options : {silent, telling, FilterOptions{.processes = true, .writes = true}}) {
        CHECK(tried(options, [] { return raw(0x40000000 | SYS_getpid); }) == "SIGSYS");
        CHECK(tried(options, [] {
                  long result = 20;  // getpid, for i386
                  asm volatile("int $0x80" : "+a"(result) : : "memory");
                  return result;
              }) == "SIGSYS");
    }
}
#endif

TEST_CASE("without a pid namespace a script can signal itself, and nobody else") {
    const FilterOptions alone{.pid_namespace = false, .told = false};
    CHECK(tried(alone, [] { return kill(getpid(), SIGCONT); }) == "ok");
    CHECK(tried(alone, [] { return raise(SIGCONT); }) == "ok");
    CHECK(tried(alone, [] { return kill(getppid(), 0); }) == "EPERM");
    CHECK(tried(alone, [] { return kill(0, 0); }) == "EPERM");
    CHECK(tried(alone, [] { return kill(-1, 0); }) == "EPERM");
    CHECK(tried(alone, [] { return kill(getpid(), SIGUSR1); }) == "SIGUSR1");
}

TEST_CASE("the socket for the listener sends, and the script cannot make another with its number") {
    CHECK(tried(silent, [] {
              msghdr empty{};
              return sendmsg(refusal_socket, &empty, MSG_DONTWAIT);
          }) == "ok");
    CHECK(tried(silent, [] {
              close(refusal_socket);
              return dup2(0, refusal_socket);
          }) == "EBADF");
    CHECK(tried(silent, [] {
              int pair[2];
              msghdr empty{};
              if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return -1L;
              return static_cast<long>(sendmsg(pair[0], &empty, MSG_DONTWAIT));
          }) == "EPERM");
}

TEST_CASE("with processes it may fork and wait") {
    CHECK(tried({.processes = true}, [] {
              const pid_t child = static_cast<pid_t>(raw(SYS_clone, SIGCHLD));
              if (child == 0) _exit(0);
              return raw(SYS_wait4, static_cast<std::uint64_t>(child), 0, 0, 0);
          }) == "ok");
}
