#include "broker/sandbox/verdict.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>

#include "broker/sandbox/filter.hpp"

using namespace dragoman;

TEST_CASE("what reaches into other processes or takes the machine apart costs the script its life") {
    for (const int number : {SYS_ptrace, SYS_process_vm_readv, SYS_mount, SYS_unshare, SYS_setns, SYS_kexec_load,
                             SYS_reboot, SYS_open_by_handle_at, SYS_init_module, SYS_quotactl})
        CHECK(verdict_of(number).fatal);
    for (const int number : {SYS_socket, SYS_openat, SYS_clone, SYS_keyctl, SYS_memfd_create})
        CHECK_FALSE(verdict_of(number).fatal);
}

TEST_CASE("run times fall back to an older call where they are told that there is no such call") {
    for (const int number : {SYS_clone3, SYS_openat2, SYS_memfd_create, SYS_io_uring_setup, SYS_pidfd_open, 460, 511})
        CHECK(verdict_of(number).error == ENOSYS);
    for (const int number : {SYS_socket, SYS_openat, SYS_clone, SYS_shmget, SYS_keyctl})
        CHECK(verdict_of(number).error == EPERM);
}

TEST_CASE("an open that creates, empties or writes is not one for reading") {
    const auto reads = [](std::uint64_t flags) {
        const std::array<std::uint64_t, 6> arguments{0, 0, flags, 0, 0, 0};
        return opens_to_read(SYS_openat, arguments.data());
    };
    CHECK(reads(O_RDONLY | O_CLOEXEC | O_DIRECTORY));
    CHECK(reads(O_PATH));
    for (const std::uint64_t flags : {O_WRONLY, O_RDWR, O_ACCMODE, O_CREAT, O_TRUNC, O_TMPFILE})
        CHECK_FALSE(reads(flags));
}

TEST_CASE("the script's own pid stands in the filter only where it has no pid namespace") {
    const auto markers = [](const std::vector<sock_filter>& filter) {
        std::size_t count = 0;
        for (const sock_filter& instruction : filter) count += instruction.k == own_pid_marker ? 1 : 0;
        return count;
    };
    CHECK(markers(make_filter({.pid_namespace = true})) == 0);
    std::vector<sock_filter> filter = make_filter({.pid_namespace = false});
    CHECK(markers(filter) > 0);
    patch_own_pid(filter.data(), filter.size(), 4711);
    CHECK(markers(filter) == 0);
}
