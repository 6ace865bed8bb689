#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "raw.h"

static char hello[1 << 20];

static void die(const char* what) {
    fprintf(stderr, "raw: %s: %s\n", what, strerror(errno));
    exit(9);
}

static void say(const char* line) {
    for (size_t left = strlen(line), at = 0; left > 0;) {
        const ssize_t size = write(1, line + at, left);
        if (size < 0) exit(8);
        left -= (size_t)size, at += (size_t)size;
    }
}

static const char* read_line(void) {
    static char buffer[1 << 22];
    static size_t used, given;
    memmove(buffer, buffer + given, used - given);
    used -= given, given = 0;
    for (;;) {
        char* const end = memchr(buffer, '\n', used);
        if (end) {
            *end = 0;
            given = (size_t)(end - buffer) + 1;
            return buffer;
        }
        const ssize_t size = read(0, buffer + used, sizeof buffer - used);
        if (size <= 0) exit(0);
        used += (size_t)size;
    }
}

static void map_files(raw* self, const int* descriptors, int count) {
    self->count = count;
    for (int i = 0; i < count; ++i) {
        struct stat status;
        if (fstat(descriptors[i], &status) != 0) die("fstat");
        const bool writable = (fcntl(descriptors[i], F_GETFL) & O_ACCMODE) == O_RDWR;
        const size_t bytes = (size_t)status.st_size;
        /* Arenas grow. */
        void* const data = mmap(NULL, bytes + (64 << 20), writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED,
                                descriptors[i], 0);
        if (data == MAP_FAILED) die("mmap");
        self->files[i] = (file){descriptors[i], data, bytes, writable};
    }
    self->view = (const dragoman_view*)self->files[0].data;
    self->control = (dragoman_control*)self->files[1].data;
    self->directory = (const dragoman_directory*)self->files[2].data;
    self->seen = self->control->done;
    ++self->attached;
}

static void attach(raw* self) {
    int descriptors[MOST_FILES];
    char word[4];
    struct iovec part = {word, sizeof word};
    char space[CMSG_SPACE(sizeof descriptors)];
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
    if (recvmsg(self->socket, &message, 0) <= 0) die("recvmsg");
    const struct cmsghdr* const head = CMSG_FIRSTHDR(&message);
    const size_t bytes = head->cmsg_len - CMSG_LEN(0);
    memcpy(descriptors, CMSG_DATA(head), bytes);
    map_files(self, descriptors, (int)(bytes / sizeof(int)));
}

static void take_line(raw* self) {
    const char* const line = read_line();
    if (strncmp(line, "__init__", 8) == 0) {
        say("__hello__ ");
        say(hello);
        say("__command__ READY\n");
    } else if (strncmp(line, "__update__", 10) == 0 && strstr(line, "\"attach\"")) {
        attach(self);
        say("__done__ {\"frame\": 0}\n");
    } else if (strncmp(line, "__bye__", 7) == 0) {
        exit(0);
    }
}

static void take_run(raw* self) {
    self->seen = self->control->go;
    self->control->command_bytes = 0;
    if (raw_misbehave(self)) return;
    raw_work(self);
    raw_done(self);
}

int main(int count, char** words) {
    static raw self;
    FILE* const script = fopen(words[count - 1], "r");
    if (!script || fscanf(script, "%63s %ld %ld\n", self.vice, &self.tick, &self.number) != 3 ||
        !fgets(hello, sizeof hello, script))
        die(words[count - 1]);
    const char* const plane = getenv(DRAGOMAN_PLANE_VARIABLE);
    if (!plane || sscanf(plane, "%d,%d,%d", &self.socket, &self.go, &self.done) != 3) die(DRAGOMAN_PLANE_VARIABLE);
    srandom((unsigned)self.number);
    setvbuf(stdout, NULL, _IOLBF, 4096);
    take_line(&self);
    for (;;) {
        if (self.control && __atomic_load_n(&self.control->go, __ATOMIC_SEQ_CST) != self.seen) {
            take_run(&self);
            continue;
        }
        /* Never asleep for long: a vice may have closed the bells. */
        struct pollfd ready[2] = {{.fd = 0, .events = POLLIN}, {.fd = self.go, .events = 0}};
        if (poll(ready, 2, 1) > 0 && ready[0].revents) take_line(&self);
    }
}
