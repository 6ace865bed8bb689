#define _GNU_SOURCE
#include <signal.h>
#include <stddef.h>

#include "clients/plane/private.h"

/* A write to a column that was declared as read ends the script: the kernel sees to that. This tells its author which
 * one it was, through the control page, since whoever dies of SIGSEGV can say nothing else. */

static dragoman_plane* watched;
static struct sigaction before; /* it has the last word */

static bool lies_in(const dgp_file* file, const void* address) {
    const unsigned char* const byte = address;
    return file->base && byte >= file->base && byte < file->base + file->mapped;
}

static void on_fault(int signal_number, siginfo_t* info, void* context) {
    (void)context;
    const dragoman_plane* const plane = watched;
    if (plane && plane->control && info->si_code == SEGV_ACCERR)
        for (uint32_t i = 0; i < plane->mapped_count; ++i) {
            const uint32_t id = plane->mapped[i];
            if (lies_in(&plane->arenas[id], info->si_addr)) plane->control->fault = id + 1;
        }
    /* The same instruction faults again, and then as it would have without this. */
    sigaction(signal_number, &before, NULL);
}

void dgp_watch_faults(dragoman_plane* plane) {
    const bool is_first = !watched;
    watched = plane;
    if (!is_first) return;
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &before);
}

void dgp_forget_faults(const dragoman_plane* plane) {
    if (watched != plane) return;
    sigaction(SIGSEGV, &before, NULL);
    watched = NULL;
}
