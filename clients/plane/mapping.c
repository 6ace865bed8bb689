#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/plane/private.h"

static uint64_t to_page(uint64_t bytes) {
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    return (bytes + page - 1) / page * page;
}

static int no_space(dragoman_plane* plane, const char* what, uint64_t bytes) {
    const int reason = errno;
    struct rlimit limit;
    if (reason == ENOMEM && getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        return dgp_fail(plane, "no address space for %s: %llu MiB are wanted, and the script may have %llu MiB in all",
                        what, (unsigned long long)(bytes >> 20), (unsigned long long)(limit.rlim_cur >> 20));
    return dgp_fail(plane, "cannot map %llu MiB of %s: %s", (unsigned long long)(bytes >> 20), what, strerror(reason));
}

/* Twice what is needed, so that growth is seldom. Address space past a file's end costs nothing but itself. */
static uint64_t generous(const dragoman_plane* plane, uint64_t bytes) {
    return to_page(bytes * 2 > plane->floor ? bytes * 2 : plane->floor);
}

int dgp_map(dragoman_plane* plane, dgp_file* file, int descriptor, uint64_t bytes, int mapping, const char* what) {
    struct stat status;
    if (fstat(descriptor, &status) < 0) return dgp_fail(plane, "%s: %s", what, strerror(errno));
    const uint64_t size = (uint64_t)status.st_size;
    if (bytes > size || size == 0)
        return dgp_fail(plane, "the file of %s has %llu bytes, not %llu", what, (unsigned long long)size,
                        (unsigned long long)bytes);
    const int protection = mapping & DGP_WRITABLE ? PROT_READ | PROT_WRITE : PROT_READ;
    uint64_t wanted = mapping & DGP_GROWS ? generous(plane, bytes) : to_page(size);
    void* base = mmap(NULL, wanted, protection, MAP_SHARED, descriptor, 0);
    if (base == MAP_FAILED && errno == ENOMEM) {
        wanted = to_page(size);
        base = mmap(NULL, wanted, protection, MAP_SHARED, descriptor, 0);
    }
    if (base == MAP_FAILED) return no_space(plane, what, wanted);
    madvise(base, wanted, MADV_HUGEPAGE); /* where the machine has them */
    file->base = base;
    file->mapped = wanted;
    return 0;
}

static int grow(dragoman_plane* plane, dgp_file* file, uint64_t bytes, const char* what) {
    if (bytes <= file->mapped) return 0;
    uint64_t wanted = generous(plane, bytes);
    const uint64_t given_up = plane->keep_mappings ? 0 : file->mapped; /* of 0 bytes: the old mapping stays too */
    void* base = mremap(file->base, given_up, wanted, MREMAP_MAYMOVE);
    if (base == MAP_FAILED && errno == ENOMEM) {
        wanted = to_page(bytes);
        base = mremap(file->base, given_up, wanted, MREMAP_MAYMOVE);
    }
    if (base == MAP_FAILED) return no_space(plane, what, wanted);
    file->base = base;
    file->mapped = wanted;
    return 0;
}

void dgp_unmap(const dragoman_plane* plane, dgp_file* file) {
    if (file->base && !plane->keep_mappings) munmap(file->base, file->mapped);
    *file = (dgp_file){0};
}

void dgp_place_component(dragoman_plane* plane, uint32_t component) {
    dragoman_plane_component* shown = &plane->components[component];
    shown->base = plane->arenas[component].base;
    shown->staging = plane->staging[component].base;
    shown->mapped = plane->arenas[component].mapped;
}

int dgp_follow(dragoman_plane* plane) {
    const dragoman_directory* directory = plane->directory;
    if (grow(plane, &plane->index_file, directory->index_bytes, "the entity index") < 0) return -1;
    if (grow(plane, &plane->ids_file, directory->ids_bytes, "the tables' handles") < 0) return -1;
    plane->index = (const dragoman_slot*)plane->index_file.base;
    plane->slots = directory->index_bytes / sizeof(dragoman_slot);
    for (uint32_t i = 0; i < plane->mapped_count; ++i) {
        const uint32_t component = plane->mapped[i];
        const uint64_t bytes = directory->arena_bytes[component];
        if (bytes <= plane->arenas[component].mapped) continue;
        if (grow(plane, &plane->arenas[component], bytes, dgp_name(plane, component)) < 0) return -1;
        dgp_place_component(plane, component);
    }
    return 0;
}
