#include "wire.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int input = STDIN_FILENO;
static int output = STDOUT_FILENO;

/* Before anything of the script runs: from here on no printf can get into the conversation. */
__attribute__((constructor(101))) static void move_conversation(void) {
    const char* plain = getenv("DRAGOMAN_OUTPUT");
    if (plain) {
        const int descriptor = atoi(plain);
        const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
        input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        dup2(nothing, STDIN_FILENO);
        dup2(descriptor, STDOUT_FILENO);
        close(nothing);
        if (descriptor > STDERR_FILENO) close(descriptor);
        unsetenv("DRAGOMAN_OUTPUT");
    }
    setvbuf(stdout, NULL, _IOLBF, 1 << 16);
}

static char* buffer;
static size_t capacity, begin, end;

static void make_room(void) {
    if (begin > 0) {
        memmove(buffer, buffer + begin, end - begin);
        end -= begin;
        begin = 0;
    }
    if (capacity - end < 1 << 16) {
        capacity = capacity ? capacity * 2 : 1 << 18;
        buffer = realloc(buffer, capacity);
        if (!buffer) abort();
    }
}

char* wire_read(size_t* length) {
    size_t searched = begin;
    for (;;) {
        char* stop = searched < end ? memchr(buffer + searched, '\n', end - searched) : NULL;
        if (stop) {
            char* line = buffer + begin;
            *stop = '\0';
            *length = (size_t)(stop - line);
            begin = (size_t)(stop - buffer) + 1;
            return line;
        }
        const size_t seen = end - begin;
        make_room();
        searched = seen;
        const ssize_t count = read(input, buffer + end, capacity - end);
        if (count > 0) end += (size_t)count;
        if (count == 0 || (count < 0 && errno != EINTR)) return NULL;
    }
}

bool wire_has_line(void) { return begin < end && memchr(buffer + begin, '\n', end - begin) != NULL; }

int wire_descriptor(void) { return input; }

void wire_write(const char* header, const char* body) {
    static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;
    struct iovec parts[] = {
        {(void*)header, strlen(header)}, {(void*)" ", 1}, {(void*)body, strlen(body)}, {(void*)"\n", 1}};
    struct iovec* part = parts;
    int left = 4;

    fflush(stdout);
    pthread_mutex_lock(&writing);
    while (left > 0) {
        ssize_t count = writev(output, part, left);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) _exit(0); /* the broker is gone */
        while (left > 0 && (size_t)count >= part->iov_len) {
            count -= (ssize_t)part->iov_len;
            ++part, --left;
        }
        if (left > 0) {
            part->iov_base = (char*)part->iov_base + count;
            part->iov_len -= (size_t)count;
        }
    }
    pthread_mutex_unlock(&writing);
}
