#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "clients/plane/private.h"

enum { most_descriptors = 253, patience = 5000 /* milliseconds: they come before the line that announces them */ };

typedef struct parcel {
    int descriptors[most_descriptors];
    uint32_t count;
} parcel;

static void close_all(const parcel* received) {
    for (uint32_t i = 0; i < received->count; ++i) close(received->descriptors[i]);
}

static ssize_t receive_message(int socket, struct msghdr* message) {
    for (;;) {
        const ssize_t size = recvmsg(socket, message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
        if (size >= 0 || (errno != EAGAIN && errno != EINTR)) return size;
        struct pollfd readable = {.fd = socket, .events = POLLIN};
        if (errno == EAGAIN && poll(&readable, 1, patience) == 0) {
            errno = ETIMEDOUT;
            return -1;
        }
    }
}

static int receive(dragoman_plane* plane, parcel* received) {
    char word = 0;
    struct iovec data = {.iov_base = &word, .iov_len = 1};
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int) * most_descriptors)];
    } space;
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = space.bytes, .msg_controllen = sizeof space.bytes};
    const ssize_t size = receive_message(plane->socket, &message);
    if (size < 0) return dgp_fail(plane, "cannot receive the world's columns: %s", strerror(errno));
    for (struct cmsghdr* head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        const uint32_t count = (uint32_t)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(received->descriptors + received->count, CMSG_DATA(head), count * sizeof(int));
        received->count += count;
    }
    if (message.msg_flags & MSG_CTRUNC) {
        struct rlimit limit = {0};
        getrlimit(RLIMIT_NOFILE, &limit);
        return dgp_fail(plane,
                        "the world's columns need more than the %u descriptors that this script has left: it may have "
                        "%llu open",
                        received->count, (unsigned long long)limit.rlim_cur);
    }
    if (size == 0) return dgp_fail(plane, "cannot receive the world's columns: the broker has closed the plane");
    if (received->count < DRAGOMAN_FIRST_ARENA)
        return dgp_fail(plane, "the broker sent %u descriptors for the world's columns, not %d or more",
                        received->count, DRAGOMAN_FIRST_ARENA);
    return 0;
}

static bool inside(uint64_t offset, uint64_t bytes, uint64_t size) { return offset <= size && bytes <= size - offset; }

static bool changed_fits(const dragoman_view_system* system, uint32_t components) {
    if (system->changed > sizeof system->changed_ids / sizeof *system->changed_ids) return false;
    for (uint32_t i = 0; i < system->changed; ++i)
        if (system->changed_ids[i] >= components) return false;
    return true;
}

static int check_view(dragoman_plane* plane, const dragoman_view* view, uint64_t size) {
    if (view->plane_version != DRAGOMAN_PLANE_VERSION)
        return dgp_fail(plane, "the broker's data plane has version %u, this client's %u", view->plane_version,
                        DRAGOMAN_PLANE_VERSION);
    bool fits = view->components <= DRAGOMAN_MOST_COMPONENTS && view->systems <= DRAGOMAN_MOST_SYSTEMS;
    for (uint32_t i = 0; fits && i < view->components; ++i) {
        const dragoman_view_component* component = &view->component[i];
        fits = memchr(component->name, 0, sizeof component->name) && component->access <= DRAGOMAN_ACCESS_STAGED &&
               inside(component->defaults, component->size, size);
    }
    for (uint32_t i = 0; fits && i < view->systems; ++i) {
        const dragoman_view_system* system = &view->system[i];
        fits = memchr(system->name, 0, sizeof system->name) && system->list % 4 == 0 &&
               inside(system->list, sizeof(dragoman_list), size) && changed_fits(system, view->components);
    }
    const uint64_t marks = (uint64_t)DRAGOMAN_MOST_COMPONENTS * DRAGOMAN_MOST_TABLES;
    fits = fits && view->control_bytes >= sizeof(dragoman_control) && view->handles % 8 == 0 &&
           view->commands % 8 == 0 && view->most_handles <= UINT32_MAX &&
           inside(view->handles, view->most_handles * sizeof(dragoman_entity), view->control_bytes) &&
           inside(view->commands, view->command_bytes, view->control_bytes) &&
           inside(view->written, marks, view->control_bytes);
    return fits ? 0 : dgp_fail(plane, "the broker's view of the world does not fit together");
}

/* What a system may do must be possible with what the script has mapped. */
static bool possible(uint32_t access, uint32_t mapped) {
    switch (access) {
        case DRAGOMAN_ACCESS_NONE:
            return true;
        case DRAGOMAN_ACCESS_READ:
            return mapped != DRAGOMAN_ACCESS_NONE;
        case DRAGOMAN_ACCESS_WRITE:
        case DRAGOMAN_ACCESS_REPLACE:
            return mapped == DRAGOMAN_ACCESS_WRITE || mapped == DRAGOMAN_ACCESS_REPLACE;
        case DRAGOMAN_ACCESS_STAGED:
            return mapped == DRAGOMAN_ACCESS_STAGED;
        default:
            return false;
    }
}

static int check_systems(dragoman_plane* plane) {
    for (uint32_t i = 0; i < plane->view->systems; ++i)
        for (uint32_t id = 0; id < plane->view->components; ++id)
            if (!possible(plane->view->system[i].access[id], plane->view->component[id].access))
                return dgp_fail(plane, "the broker's view of %s does not fit system %s", dgp_name(plane, id),
                                plane->view->system[i].name);
    return 0;
}

/* 64 MiB each, or what is fair where there are many: the address space of a script is limited. */
static uint64_t fair_share(const dragoman_view* view) {
    const uint64_t share = (UINT64_C(4) << 30) / (view->components + 1);
    return share < UINT64_C(64) << 20 ? share : UINT64_C(64) << 20;
}

static int map_component(dragoman_plane* plane, const parcel* received, uint32_t id) {
    const dragoman_view_component* component = &plane->view->component[id];
    if (component->access == DRAGOMAN_ACCESS_NONE || component->size == 0) return 0;
    if (component->descriptor == DRAGOMAN_NONE) return 0; /* nothing has it yet */
    const bool staged = component->access == DRAGOMAN_ACCESS_STAGED;
    if (component->descriptor >= received->count || (staged && component->staging >= received->count))
        return dgp_fail(plane, "the broker sent no descriptor for %s", component->name);
    const uint64_t bytes = plane->directory->arena_bytes[id];
    const bool writable = component->access == DRAGOMAN_ACCESS_WRITE || component->access == DRAGOMAN_ACCESS_REPLACE;
    const int arena = received->descriptors[component->descriptor];
    const int mapping = DGP_GROWS | (writable ? DGP_WRITABLE : 0);
    if (dgp_map(plane, &plane->arenas[id], arena, bytes, mapping, component->name) < 0) return -1;
    if (staged) {
        const int own = received->descriptors[component->staging];
        if (dgp_map(plane, &plane->staging[id], own, 0, DGP_WRITABLE, component->name) < 0) return -1;
    }
    plane->mapped[plane->mapped_count++] = id;
    return 0;
}

static int map_components(dragoman_plane* plane, const parcel* received) {
    const dragoman_column* columns = (const dragoman_column*)(plane->directory_file.base + DRAGOMAN_COLUMNS_OFFSET);
    for (uint32_t id = 0; id < plane->view->components; ++id) {
        const dragoman_view_component* component = &plane->view->component[id];
        if (component->id != id) return dgp_fail(plane, "the broker's view of the world does not fit together");
        if (map_component(plane, received, id) < 0) return -1;
        plane->components[id] = (dragoman_plane_component){
            .columns = columns + (uint64_t)id * DRAGOMAN_MOST_TABLES,
            .id = id,
            .size = component->size,
            .access = component->access,
            .descriptor = component->descriptor,
        };
        dgp_place_component(plane, id);
    }
    return 0;
}

static int map_all(dragoman_plane* plane, const parcel* received) {
    const int* files = received->descriptors;
    if (dgp_map(plane, &plane->view_file, files[0], sizeof(dragoman_view), DGP_READABLE, "the view") < 0) return -1;
    plane->view = (const dragoman_view*)plane->view_file.base;
    if (check_view(plane, plane->view, plane->view_file.mapped) < 0) return -1;

    if (dgp_map(plane, &plane->control_file, files[1], plane->view->control_bytes, DGP_WRITABLE, "the controls") < 0 ||
        dgp_map(plane, &plane->directory_file, files[2], DRAGOMAN_DIRECTORY_BYTES, DGP_READABLE, "the directory") < 0)
        return -1;
    plane->directory = (const dragoman_directory*)plane->directory_file.base;
    plane->tables = (const dragoman_table*)(plane->directory_file.base + DRAGOMAN_TABLES_OFFSET);
    if (plane->directory->plane_version != DRAGOMAN_PLANE_VERSION)
        return dgp_fail(plane, "the broker's directory has version %u, this client's %u",
                        plane->directory->plane_version, DRAGOMAN_PLANE_VERSION);

    plane->floor = fair_share(plane->view);
    const dragoman_directory* directory = plane->directory;
    if (dgp_map(plane, &plane->index_file, files[3], directory->index_bytes, DGP_GROWS, "the entity index") < 0 ||
        dgp_map(plane, &plane->ids_file, files[4], directory->ids_bytes, DGP_GROWS, "the tables' handles") < 0)
        return -1;
    if (check_systems(plane) < 0 || map_components(plane, received) < 0) return -1;

    plane->handles = (const dragoman_entity*)(plane->control_file.base + plane->view->handles);
    plane->commands = plane->control_file.base + plane->view->commands;
    plane->marks = plane->control_file.base + plane->view->written;
    plane->control = (dragoman_control*)plane->control_file.base;
    plane->seen = plane->control->done;
    return 0;
}

void dgp_detach(dragoman_plane* plane) {
    for (uint32_t id = 0; id < DRAGOMAN_MOST_COMPONENTS; ++id) {
        dgp_unmap(plane, &plane->arenas[id]);
        dgp_unmap(plane, &plane->staging[id]);
        plane->components[id] = (dragoman_plane_component){0};
    }
    dgp_file* files[] = {&plane->view_file, &plane->control_file, &plane->directory_file, &plane->index_file,
                         &plane->ids_file};
    for (size_t i = 0; i < sizeof files / sizeof *files; ++i) dgp_unmap(plane, files[i]);
    plane->mapped_count = 0;
    plane->view = NULL;
    plane->control = NULL;
    plane->directory = NULL;
    plane->system = NULL;
    plane->running = false;
    plane->unannounced = false;
}

int dragoman_plane_attach(dragoman_plane* plane) {
    dgp_detach(plane);
    parcel received = {.count = 0};
    int result = receive(plane, &received);
    if (result == 0) result = map_all(plane, &received);
    if (result < 0)
        dgp_detach(plane);
    else
        dgp_watch_faults(plane);
    close_all(&received); /* mappings stay, and grow, without them */
    return result;
}

void dragoman_plane_keep_mappings(dragoman_plane* plane, int keep) { plane->keep_mappings = keep != 0; }
