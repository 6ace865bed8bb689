#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clients/plane/private.h"

enum { looks_between_clocks = 64, WOKEN_FOR_NOTHING = DRAGOMAN_WAIT_RUN + 1 };

static uint32_t go_of(const dragoman_plane* plane) { return __atomic_load_n(&plane->control->go, __ATOMIC_ACQUIRE); }

static void breathe(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ __volatile__("yield");
#endif
}

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void begin_system(dragoman_plane* plane, uint32_t number) {
    plane->system = &plane->view->system[number];
    plane->system_number = number;
    plane->list = (const dragoman_list*)(plane->view_file.base + plane->system->list);
    for (uint32_t id = 0; id < plane->view->components; ++id) plane->components[id].access = plane->system->access[id];
}

static int begin(dragoman_plane* plane, uint32_t go) {
    const dragoman_control* control = plane->control;
    plane->seen = go;
    const uint32_t number = control->system;
    if (number >= plane->view->systems) {
        dgp_fail(plane, "the broker wants system %u to run; this script has %u", number, plane->view->systems);
        return DRAGOMAN_WAIT_FAILED;
    }
    if (dgp_follow(plane) < 0) return DRAGOMAN_WAIT_FAILED;
    if (!plane->system || plane->system_number != number) begin_system(plane, number);
    const uint64_t ready = control->handles_ready;
    plane->handles_ready = ready < plane->view->most_handles ? ready : plane->view->most_handles;
    plane->handles_used = 0;
    plane->used = 0;
    if (dgp_forget_changes(&plane->overlay)) memset(plane->shown, 0, sizeof plane->shown);
    plane->shown_run = 0;
    plane->running = true;
    return DRAGOMAN_WAIT_RUN;
}

/* Where broker and script share a core, looking on keeps the broker from going on; between the ticks of a paced game it
 * is in vain. So after some times in vain it is tried once in a while only. */
enum { vain_looks = 3, waits_between_tries = 32 };

static bool may_look_on(dragoman_plane* plane) {
    return plane->vain < vain_looks || ++plane->waits % waits_between_tries == 0;
}

static bool look_on(const dragoman_plane* plane) {
    const uint64_t allowed = (uint64_t)plane->view->spin_us * 1000;
    uint64_t began = 0;
    for (uint32_t looks = 0;; ++looks) {
        if (go_of(plane) != plane->seen) return true;
        if (looks % looks_between_clocks == 0) {
            if (allowed == 0) return false;
            const uint64_t now = nanoseconds();
            if (looks == 0) began = now;
            if (now - began >= allowed) return false;
        }
        breathe();
    }
}

static bool spin(dragoman_plane* plane) {
    if (go_of(plane) != plane->seen) return true;
    if (!may_look_on(plane)) return false;
    const bool came = look_on(plane);
    plane->vain = came ? 0 : plane->vain + 1;
    return came;
}

static void silence_bell(int bell) {
    uint64_t rings = 0;
    const ssize_t size = read(bell, &rings, sizeof rings);
    (void)size; /* rung again it is ready again */
}

static int sleep_once(dragoman_plane* plane, int conversation) {
    struct pollfd ready[2] = {{.fd = conversation, .events = POLLIN}, {.fd = plane->go, .events = POLLIN}};
    if (poll(ready, 2, -1) < 0) {
        if (errno == EINTR) return WOKEN_FOR_NOTHING;
        return dgp_fail(plane, "cannot wait for the broker: %s", strerror(errno));
    }
    if (ready[1].revents & POLLIN) silence_bell(plane->go);
    if (plane->control && go_of(plane) != plane->seen) return DRAGOMAN_WAIT_RUN;
    if (ready[0].revents & POLLNVAL) return dgp_fail(plane, "descriptor %d, for lines, is not open", conversation);
    if (ready[0].revents) return DRAGOMAN_WAIT_LINE;
    if (ready[1].revents & ~POLLIN) return dgp_fail(plane, "descriptor %d, the broker's bell, is not open", plane->go);
    return WOKEN_FOR_NOTHING;
}

/* Who sets `script_sleeps` looks once more: either this sees the new `go`, or the broker sees that it must ring. */
static int sleep_until(dragoman_plane* plane, int conversation) {
    for (;;) {
        if (plane->control) {
            __atomic_store_n(&plane->control->script_sleeps, 1, __ATOMIC_SEQ_CST);
            __atomic_thread_fence(__ATOMIC_SEQ_CST);
        }
        const bool called = plane->control && go_of(plane) != plane->seen;
        const int woken = called ? DRAGOMAN_WAIT_RUN : sleep_once(plane, conversation);
        if (plane->control) __atomic_store_n(&plane->control->script_sleeps, 0, __ATOMIC_SEQ_CST);
        if (woken <= DRAGOMAN_WAIT_RUN) return woken;
        if (plane->control && look_on(plane)) return DRAGOMAN_WAIT_RUN; /* woken ahead of its turn */
    }
}

int dragoman_plane_wait(dragoman_plane* plane, int conversation) {
    plane->running = false;
    int woken = DRAGOMAN_WAIT_RUN;
    if (!plane->control || !spin(plane)) woken = sleep_until(plane, conversation);
    if (woken != DRAGOMAN_WAIT_RUN) return woken;
    plane->unannounced = true;
    return begin(plane, go_of(plane));
}

int dragoman_plane_poll(dragoman_plane* plane) {
    plane->running = false;
    if (!plane->control) {
        dgp_fail(plane, "no columns are attached");
        return DRAGOMAN_WAIT_FAILED;
    }
    const uint32_t go = go_of(plane);
    const bool ran_already = plane->unannounced;
    plane->unannounced = false;
    if (go != plane->seen) return begin(plane, go);
    if (ran_already && plane->control->done == go) return DRAGOMAN_WAIT_LINE;
    dgp_fail(plane, "the broker announced a run that is not there");
    return DRAGOMAN_WAIT_FAILED;
}

void dragoman_plane_done(dragoman_plane* plane) {
    if (!plane->running) return;
    dragoman_control* control = plane->control;
    plane->running = false;
    control->command_bytes = plane->used;
    control->handles_used = plane->handles_used;
    __atomic_store_n(&control->done, plane->seen, __ATOMIC_SEQ_CST);
    if (!__atomic_load_n(&control->broker_sleeps, __ATOMIC_SEQ_CST)) return;
    const uint64_t ring = 1;
    ssize_t size = 0;
    do size = write(plane->done, &ring, sizeof ring);
    while (size < 0 && errno == EINTR);
}

uint32_t dragoman_plane_system(const dragoman_plane* plane) { return plane->system_number; }
uint64_t dragoman_plane_tick(const dragoman_plane* plane) { return plane->control ? plane->control->tick : 0; }
double dragoman_plane_dt(const dragoman_plane* plane) { return plane->control ? plane->control->dt : 0; }
