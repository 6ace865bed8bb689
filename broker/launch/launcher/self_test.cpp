#include "broker/launch/launcher/self_test.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dragoman::launch {
namespace {

bool opens(const char* path, int flags) { return open(path, flags | O_CLOEXEC, 0600) >= 0; }

bool makes_process() {
    const long pid = syscall(SYS_clone, 17 /* SIGCHLD */, nullptr, nullptr, nullptr, nullptr);
    if (pid == 0) _exit(0);
    return pid > 0;
}

}  // namespace

void self_test(const Request&) {
    if (opens("/etc/passwd", O_RDONLY)) _exit(1);
    if (opens("/root", O_RDONLY | O_DIRECTORY) || opens("/proc/self/maps", O_RDONLY)) _exit(2);
    if (opens("./.dragoman-self-test", O_WRONLY | O_CREAT)) _exit(3);
    if (opens("/tmp/.dragoman-self-test", O_WRONLY | O_CREAT)) _exit(4);
    if (socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0) _exit(5);
    if (makes_process()) _exit(6);
    if (opens("/proc/1/mem", O_RDONLY)) _exit(7);
    if (geteuid() == 0 || setuid(0) == 0) _exit(8);
    _exit(0);
}

}  // namespace dragoman::launch
