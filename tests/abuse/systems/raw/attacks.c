/* What a script can try to write what it was given to read, to make a file of the broker's larger, smaller or
 * another's, or to reach the broker. After each attempt the files are looked at: what counts is not what a call
 * returned. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "raw.h"

enum { PAGE = 4096, LOOKED_AT = 1 << 16 };

static const char* about; /* the file, in words */
static int successes, attempts;

static void tell(const char* attack, bool success) {
    successes += success;
    ++attempts;
    if (success) printf("SUCCESS: %s: %s\n", attack, about);
}

/* --- faults: a write to what is read-only is one --- */

static sigjmp_buf back;
static void on_fault(int signal_number) { (void)signal_number, siglongjmp(back, 1); }
static bool can_write(volatile unsigned char* at) {
    if (sigsetjmp(back, 1)) return false;
    const unsigned char was = *at;
    *at = (unsigned char)~was;
    const bool changed = *at != was;
    *at = was;
    return changed;
}

/* --- what a file is like --- */

typedef struct look {
    uint64_t sum;
    struct stat status;
    int seals;
} look;

static look look_at(const file* one) {
    look seen = {.sum = 14695981039346656037u};
    fstat(one->descriptor, &seen.status);
    seen.seals = fcntl(one->descriptor, F_GET_SEALS);
    /* Not by the mapping, which the attack may have broken; nor beyond what the file has. */
    const size_t bytes = one->bytes < LOOKED_AT ? one->bytes : LOOKED_AT;
    static unsigned char copy[LOOKED_AT];
    const ssize_t size = pread(one->descriptor, copy, bytes, 0);
    for (ssize_t i = 0; i < size; ++i) seen.sum = (seen.sum ^ copy[i]) * 1099511628211u;
    return seen;
}

static bool same(const look* a, const look* b, bool content) {
    return (!content || a->sum == b->sum) && a->status.st_size == b->status.st_size &&
           a->status.st_mode == b->status.st_mode && a->status.st_uid == b->status.st_uid && a->seals == b->seals;
}

/* --- ways --- */

static bool writes_through(int descriptor) {
    if (descriptor < 0) return false;
    unsigned char* const made = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    const bool can = made != MAP_FAILED && can_write(made);
    if (made != MAP_FAILED) munmap(made, PAGE);
    return can;
}
static bool reopened(const char* format, int number, int other) {
    char path[128];
    snprintf(path, sizeof path, format, number, other);
    const int descriptor = open(path, O_RDWR);
    const bool can = writes_through(descriptor);
    if (descriptor >= 0) close(descriptor);
    return can;
}
/* One of the parent's, or of the machine's first processes: not the test's own business what it is. */
static bool stolen(const file* one, int process) {
    struct stat mine, theirs;
    fstat(one->descriptor, &mine);
    for (int i = 0; i < 64; ++i) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/fd/%d", process, i);
        const int descriptor = open(path, O_RDWR);
        if (descriptor < 0) continue;
        const bool is_it =
            fstat(descriptor, &theirs) == 0 && theirs.st_ino == mine.st_ino && theirs.st_dev == mine.st_dev;
        const bool can = is_it && writes_through(descriptor);
        close(descriptor);
        if (can) return true;
    }
    return false;
}

static void try_reader(const raw* self, const file* one) {
    unsigned char* const data = one->data;
    const int fd = one->descriptor;
    tell("write to the mapping", can_write(data));
    tell("map for writing", writes_through(fd));
    const int copy = dup(fd);
    tell("map a duplicate for writing", writes_through(copy));
    close(copy);
    tell("mprotect", mprotect(data, PAGE, PROT_READ | PROT_WRITE) == 0 && can_write(data));
    unsigned char* const twin = mremap(data, 0, PAGE, MREMAP_MAYMOVE);
    tell("mremap, then mprotect",
         twin != MAP_FAILED && mprotect(twin, PAGE, PROT_READ | PROT_WRITE) == 0 && can_write(twin));
    tell("open /proc/self/fd", reopened("/proc/self/fd/%d", fd, 0));
    tell("open /proc/thread-self/fd", reopened("/proc/thread-self/fd/%d", fd, 0));
    tell("open /dev/fd", reopened("/dev/fd/%d", fd, 0));
    tell("open the parent's descriptor", stolen(one, getppid()));
    tell("open the first process' descriptor", stolen(one, 1));
    fchmod(fd, 0777);
    tell("fchmod, then open", reopened("/proc/self/fd/%d", fd, 0));
    tell("become readable for writing", fcntl(fd, F_SETFL, O_RDWR) == 0 && writes_through(fd));
    const int memory = open("/proc/self/mem", O_RDWR);
    const unsigned char was = *data;
    const unsigned char other = (unsigned char)~was;
    tell("/proc/self/mem", memory >= 0 && pwrite(memory, &other, 1, (off_t)(uintptr_t)data) == 1 && *data != was);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", getppid());
    tell("the parent's memory", open(path, O_RDWR) >= 0);
    const int link = openat(fd, "", O_RDWR);
    tell("open it by its descriptor", writes_through(link));
    tell("link, then open", linkat(fd, "", AT_FDCWD, "./linked", AT_EMPTY_PATH) == 0 && reopened("./linked", 0, 0));
    (void)self;
}

/* These return what they like: the file must be what it was. */
static void change(const file* one, const raw* self, int way) {
    const int fd = one->descriptor;
    unsigned char junk[64];
    memset(junk, 0xa5, sizeof junk);
    struct iovec part = {junk, sizeof junk};
    loff_t start = 0;
    switch (way) {
        case 0:
            lseek(fd, 0, SEEK_SET), write(fd, junk, sizeof junk);
            break;
        case 1:
            pwrite(fd, junk, sizeof junk, 0);
            break;
        case 2:
            writev(fd, &part, 1);
            break;
        case 3:
            syscall(SYS_pwritev2, fd, &part, 1, 0L, 0L, 0);
            break;
        case 4:
            ftruncate(fd, 0);
            break;
        case 5:
            ftruncate(fd, (off_t)one->bytes * 2 + (1 << 30));
            break;
        case 6:
            fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, (off_t)one->bytes);
            break;
        case 7:
            fallocate(fd, 0, (off_t)one->bytes, 1 << 20);
            break;
        case 8:
            fallocate(fd, FALLOC_FL_ZERO_RANGE, 0, PAGE);
            break;
        case 9:
            lseek(fd, (off_t)one->bytes + (1 << 20), SEEK_SET), write(fd, junk, sizeof junk);
            break;
        case 10:
            fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE);
            break;
        case 11:
            fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
            break;
        case 12:
            fchmod(fd, 0777);
            break;
        case 13:
            fchown(fd, getuid(), getgid());
            break;
        case 14:
            madvise(one->data, PAGE, MADV_REMOVE);
            break;
        case 15:
            madvise(one->data, PAGE, MADV_DONTNEED);
            break;
        case 16:
            madvise(one->data, PAGE, MADV_FREE);
            break;
        case 17:
            sendfile(fd, self->files[1].descriptor, &start, PAGE);
            break;
        case 18:
            syscall(SYS_copy_file_range, self->files[1].descriptor, &start, fd, NULL, 4096UL, 0U);
            break;
        case 19:
            syscall(SYS_splice, 0, NULL, fd, &start, 64UL, 3U /* MOVE, NONBLOCK */);
            break;
        case 20:
            syscall(SYS_remap_file_pages, one->data, 4096UL, 0, 1UL, 0);
            break;
        case 21:
            syscall(SYS_fsetxattr, fd, "user.x", "x", 1UL, 0);
            break;
        case 22:
            futimens(fd, NULL);
            break;
        case 23:
            mmap(one->data, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0);
            break;
        case 24:
            *(volatile unsigned char*)one->data = 0xa5;
            break; /* of the private copy: nobody else's */
        case 25:
            ioctl(fd, 0x40049409 /* FICLONE */, self->files[1].descriptor);
            break;
        case 26:
            lseek(fd, (off_t)UINT64_C(1) << 40, SEEK_SET), write(fd, junk, sizeof junk);
            break;
        default:
            break;
    }
}
static const char* const ways[] = {"write",
                                   "pwrite",
                                   "writev",
                                   "pwritev2",
                                   "ftruncate to nothing",
                                   "ftruncate to more",
                                   "punch a hole",
                                   "fallocate more",
                                   "zero a range",
                                   "write behind the end",
                                   "seal against writing",
                                   "all seals",
                                   "fchmod",
                                   "fchown",
                                   "MADV_REMOVE",
                                   "MADV_DONTNEED",
                                   "MADV_FREE",
                                   "sendfile",
                                   "copy_file_range",
                                   "splice",
                                   "remap_file_pages",
                                   "an attribute",
                                   "times",
                                   "map over it",
                                   "write to the private copy",
                                   "clone",
                                   "write far away"};

static void try_changes(const raw* self, const file* one, bool content) {
    for (int way = 0; way < (int)(sizeof ways / sizeof *ways); ++way) {
        /* What it may write it may write in other ways too. */
        if (one->writable && way != 4 && way != 5 && way != 7 && way != 26 && (way < 9 || way > 13)) continue;
        const look before = look_at(one);
        if (sigsetjmp(back, 1) == 0) change(one, self, way);
        const look after = look_at(one);
        tell(ways[way], !same(&before, &after, content));
    }
}

/* --- beyond files --- */

static void try_the_rest(const raw* self) {
    about = "the broker";
    tell("signal the parent", kill(getppid(), SIGCONT) == 0 && getppid() != 0 && kill(getppid(), SIGUSR1) == 0);
    tell("its descriptor by pidfd", syscall(SYS_pidfd_open, getppid(), 0) >= 0);
    tell("owner of a signal", fcntl(self->socket, F_SETOWN, getppid()) == 0);
    tell("lease", fcntl(self->files[0].descriptor, F_SETLEASE, F_RDLCK) == 0);
    tell("a lock", fcntl(self->files[1].descriptor, F_SETLK, &(struct flock){.l_type = F_WRLCK}) == 0);
    tell("undo undumpable", syscall(SYS_prctl, 4 /* PR_SET_DUMPABLE */, 2, 0, 0, 0) == 0);
    char word[1] = {0};
    struct iovec part = {word, 1};
    char space[CMSG_SPACE(sizeof(int))] = {0};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    struct cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS, head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &self->go, sizeof(int));
    tell("send it a descriptor", sendmsg(self->socket, &message, MSG_DONTWAIT) >= 0);
    about = "this machine's memory";
    tell("a memfd of its own", syscall(SYS_memfd_create, "mine", 0) >= 0);
    tell("shared memory of its own",
         mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
    /* A reader allocates memory by reading holes: no more than the files are large. */
    uint64_t bytes = 0, allocated = 0;
    volatile unsigned char sum = 0;
    for (int i = 0; i < self->count; ++i) {
        struct stat status;
        fstat(self->files[i].descriptor, &status);
        for (volatile size_t at = 0; at < self->files[i].bytes; at += PAGE)
            if (sigsetjmp(back, 1) == 0) sum += self->files[i].data[at];
        fstat(self->files[i].descriptor, &status);
        bytes += (uint64_t)status.st_size;
        allocated += (uint64_t)status.st_blocks * 512;
    }
    printf("reading: %llu MiB of %llu MiB\n", (unsigned long long)(allocated >> 20), (unsigned long long)(bytes >> 20));
}

/* What the filter ends a script for: one in each run. */
static void try_fatal(const raw* self) {
    struct iovec mine = {(void*)&successes, 4}, theirs = {self->files[0].data, 4};
    switch (self->number) {
        case 1:
            successes += syscall(SYS_process_vm_writev, getpid(), &mine, 1UL, &theirs, 1UL, 0UL) > 0;
            break;
        case 2:
            successes += syscall(SYS_process_vm_writev, getppid(), &mine, 1UL, &theirs, 1UL, 0UL) > 0;
            break;
        case 3:
            successes += syscall(SYS_pidfd_getfd, 0, 0, 0) >= 0;
            break;
        case 4:
            successes += syscall(SYS_ptrace, 0x4206 /* SEIZE */, getppid(), 0, 0) == 0;
            break;
        case 5:
            successes += syscall(SYS_unshare, 0x10000000 /* user namespace */) == 0;
            break;
        default:
            break;
    }
    printf("still alive: %d\n", successes);
}

static void name(const raw* self, int i) {
    static const char* const firsts[] = {"the view", "the control pages", "the directory", "the entity index",
                                         "the handles"};
    about = i < DRAGOMAN_FIRST_ARENA ? firsts[i] : NULL;
    for (uint32_t id = 0; !about && id < self->view->components; ++id) {
        if (self->view->component[id].descriptor == (uint32_t)i) about = self->view->component[id].name;
        if (self->view->component[id].staging == (uint32_t)i) about = "the staging file";
    }
}

void raw_attack(raw* self) {
    if (self->number) return try_fatal(self);
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_NODEFER};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    signal(SIGXFSZ, SIG_IGN);
    for (int i = 0; i < self->count; ++i) {
        name(self, i);
        if (!self->files[i].writable) try_reader(self, &self->files[i]);
        try_changes(self, &self->files[i], !self->files[i].writable);
    }
    try_the_rest(self);
    printf("attacks are over: %d of %d succeeded\n", successes, attempts);
    fflush(stdout);
    self->control->command_bytes = 0;
    raw_done(self);
}
