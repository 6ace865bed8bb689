// Tries one system call after the other, raw, and says what came of each: "done", or the error's name.
// test_system_calls.py puts this in front of the list; what is fatal is tried one at a time, by test_fatal_calls.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/netlink.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <linux/vm_sockets.h>
#include <mqueue.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/fanotify.h>
#include <sys/file.h>
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

static const char here[] = "./attempt";
static char page[8192] __attribute__((aligned(4096)));
static int pair[2], both[2];
static int own;

#define CALL(name, ...) syscall(SYS_##name, ##__VA_ARGS__)
// Not in the headers of Debian 12.
enum { cachestat = 451, fchmodat2 = 452, map_shadow_stack = 453, futex_wait = 455, listmount = 458, lsm_list_modules = 461, mseal = 462,
       setxattrat = 463, removexattrat = 466, file_getattr = 468 };

static void prepare(void) {
    if (pipe(pair) != 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, both) != 0) abort();
    own = open("/usr/bin/env", O_RDONLY);
}

static long tell(json_t* said, const char* name, long value) {
    json_object_set_new(said, name, value == -1 ? json_string(strerrorname_np(errno)) : json_string("done"));
    return value;
}
#define TRY(name, call) tell(said, name, (errno = 0, (long)(call)))
