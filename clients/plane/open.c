#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clients/plane/private.h"

static char open_error[dgp_error_bytes];

int dgp_fail(dragoman_plane* plane, const char* format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(plane ? plane->error : open_error, dgp_error_bytes, format, arguments);
    va_end(arguments);
    return -1;
}

const char* dragoman_plane_error(const dragoman_plane* plane) { return plane ? plane->error : open_error; }

/* A descriptor's digits and nothing else, up to `end`. */
static int read_descriptor(const char** text, char end) {
    int value = 0, digits = 0;
    for (; **text >= '0' && **text <= '9'; ++*text, ++digits) {
        const int digit = **text - '0';
        if (value > (INT_MAX - digit) / 10) return -1;
        value = value * 10 + digit;
    }
    if (digits == 0 || **text != end) return -1;
    if (end) ++*text;
    return value;
}

static int keep_to_ourselves(int descriptor) {
    const int flags = fcntl(descriptor, F_GETFD);
    if (flags < 0 || fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) < 0)
        return dgp_fail(NULL, DRAGOMAN_PLANE_VARIABLE " names descriptor %d: %s", descriptor, strerror(errno));
    return 0;
}

static int read_variable(int descriptors[3]) {
    const char* text = getenv(DRAGOMAN_PLANE_VARIABLE);
    if (!text)
        return dgp_fail(NULL, "the broker gave this script no data plane: " DRAGOMAN_PLANE_VARIABLE " is not set");
    const char* at = text;
    for (int i = 0; i < 3; ++i) {
        descriptors[i] = read_descriptor(&at, i < 2 ? ',' : '\0');
        if (descriptors[i] < 0)
            return dgp_fail(NULL, DRAGOMAN_PLANE_VARIABLE " is \"%.60s\", not three descriptors", text);
    }
    if (descriptors[0] == descriptors[1] || descriptors[0] == descriptors[2] || descriptors[1] == descriptors[2])
        return dgp_fail(NULL, DRAGOMAN_PLANE_VARIABLE " is \"%.60s\": the same descriptor twice", text);
    return 0;
}

dragoman_plane* dragoman_plane_open(void) {
    int descriptors[3];
    const int read = read_variable(descriptors);
    unsetenv(DRAGOMAN_PLANE_VARIABLE);
    if (read < 0) return NULL;
    for (int i = 0; i < 3; ++i)
        if (keep_to_ourselves(descriptors[i]) < 0) return NULL;

    dragoman_plane* plane = calloc(1, sizeof *plane);
    if (!plane) {
        dgp_fail(NULL, "out of memory");
        return NULL;
    }
    plane->socket = descriptors[0];
    plane->go = descriptors[1];
    plane->done = descriptors[2];
    return plane;
}

void dragoman_plane_close(dragoman_plane* plane) {
    if (!plane) return;
    dgp_forget_faults(plane);
    dgp_detach(plane);
    dgp_free_overlay(&plane->overlay);
    close(plane->socket);
    close(plane->go);
    close(plane->done);
    free(plane);
}
