#include <string.h>

#include "clients/plane/private.h"

static uint64_t padded(uint64_t bytes) { return (bytes + 7) & ~UINT64_C(7); }

/* Where a command of so many bytes goes; it counts once `used` is past it. */
static unsigned char* room_for(dragoman_plane* plane, uint64_t bytes) {
    if (bytes <= plane->view->command_bytes - plane->used) return plane->commands + plane->used;
    dgp_fail(plane, "too many changes in one tick: their buffer holds %llu bytes, and this would be byte %llu",
             (unsigned long long)plane->view->command_bytes, (unsigned long long)(plane->used + bytes));
    return NULL;
}

static void write_head(unsigned char* at, uint16_t kind, uint16_t parts, uint32_t count, uint64_t bytes,
                       dragoman_entity entity) {
    *(dragoman_command*)at =
        (dragoman_command){.kind = kind, .parts = parts, .count = count, .bytes = bytes, .entity = entity};
}

/* `bytes` of `data`, or no data where it is NULL. Returns the end. */
static unsigned char* write_part(unsigned char* at, uint32_t component, const void* data, uint64_t bytes) {
    if (!data) bytes = 0;
    *(dragoman_part*)at = (dragoman_part){.component = component, .bytes = bytes};
    at += sizeof(dragoman_part);
    if (bytes == 0) return at;
    const uint64_t room = padded(bytes);
    memset(at + room - 8, 0, 8);
    memcpy(at, data, bytes);
    return at + room;
}

/* --- creation --------------------------------------------------------------------------------------------------- */

static int may_create(dragoman_plane* plane, uint64_t entities) {
    if (!dgp_running(plane)) return -1;
    if (entities <= plane->handles_ready - plane->handles_used) return 0;
    if (plane->handles_ready == 0)
        return dgp_fail(plane, "this system declares no creates: system %s may create no entities",
                        plane->system->name);
    const unsigned long long most = plane->handles_ready;
    return dgp_fail(plane, "this system may create %llu entities in one tick (creates = %llu)", most, most);
}

static int check_components(dragoman_plane* plane, uint32_t count, const uint32_t* components) {
    uint64_t seen[DRAGOMAN_MOST_COMPONENTS / 64] = {0};
    for (uint32_t i = 0; i < count; ++i) {
        const uint32_t id = components[i];
        if (!dgp_known(plane, id)) return -1;
        if (seen[id / 64] >> id % 64 & 1) return dgp_fail(plane, "%s is given twice", dgp_name(plane, id));
        seen[id / 64] |= UINT64_C(1) << id % 64;
    }
    return 0;
}

static int create(dragoman_plane* plane, uint16_t kind, uint32_t entities, uint32_t count, const uint32_t* components,
                  const void* const* rows, dragoman_entity* created) {
    if (may_create(plane, entities) < 0 || check_components(plane, count, components) < 0) return -1;
    uint64_t bytes = sizeof(dragoman_command);
    for (uint32_t i = 0; i < count; ++i) {
        bytes += sizeof(dragoman_part);
        if (rows[i]) bytes += padded((uint64_t)entities * plane->components[components[i]].size);
        if (bytes > plane->view->command_bytes) break; /* and before it can overflow */
    }
    unsigned char* at = room_for(plane, bytes);
    if (!at) return -1;

    const dragoman_entity* handles = plane->handles + plane->handles_used;
    write_head(at, kind, (uint16_t)count, entities, bytes, handles[0]);
    at += sizeof(dragoman_command);
    for (uint32_t i = 0; i < count; ++i)
        at = write_part(at, components[i], rows[i], (uint64_t)entities * plane->components[components[i]].size);
    if (created) memcpy(created, handles, entities * sizeof *handles);
    plane->used += bytes;
    plane->handles_used += entities;
    return 0;
}

int dragoman_plane_create(dragoman_plane* plane, dragoman_entity* created) {
    return create(plane, DRAGOMAN_CREATE, 1, 0, NULL, NULL, created);
}

int dragoman_plane_create_with(dragoman_plane* plane, uint32_t count, const uint32_t* components,
                               const void* const* rows, dragoman_entity* created) {
    return create(plane, DRAGOMAN_CREATE, 1, count, components, rows, created);
}

int dragoman_plane_create_many(dragoman_plane* plane, uint32_t entities, uint32_t count, const uint32_t* components,
                               const void* const* rows, dragoman_entity* created) {
    if (entities == 0) return dgp_running(plane) ? check_components(plane, count, components) : -1;
    return create(plane, DRAGOMAN_CREATE_MANY, entities, count, components, rows, created);
}

/* --- changes ---------------------------------------------------------------------------------------------------- */

static uint32_t touch_with_room(dragoman_plane* plane, dragoman_entity entity) {
    return dgp_room_for_change(plane) < 0 ? DRAGOMAN_NONE : dgp_touch(plane, entity);
}

/* One part, with one row or none. */
static unsigned char* append_one(dragoman_plane* plane, uint16_t kind, uint32_t touched, dragoman_entity entity,
                                 uint32_t component, const void* data) {
    const uint64_t size = data ? plane->components[component].size : 0;
    const uint64_t bytes = sizeof(dragoman_command) + sizeof(dragoman_part) + padded(size);
    unsigned char* at = room_for(plane, bytes);
    if (!at || dgp_room_for_change(plane) < 0) return NULL;
    if (touched == DRAGOMAN_NONE && (touched = touch_with_room(plane, entity)) == DRAGOMAN_NONE) return NULL;
    write_head(at, kind, 1, 1, bytes, entity);
    write_part(at + sizeof(dragoman_command), component, data, size);
    const uint64_t part = plane->used + sizeof(dragoman_command);
    plane->used += bytes;

    if (kind == DRAGOMAN_REMOVE) {
        dgp_note(&plane->overlay, touched, component, DRAGOMAN_NOWHERE, false);
    } else {
        const dgp_touched* about = &plane->overlay.touched[touched];
        const dgp_change* before = dgp_find_change(&plane->overlay, touched, component);
        const bool own = kind == DRAGOMAN_ADD || (before ? before->added : about->create != DRAGOMAN_NOWHERE);
        dgp_note(&plane->overlay, touched, component, part, own);
    }
    return plane->commands + part + sizeof(dragoman_part);
}

unsigned char* dgp_append_set(dragoman_plane* plane, uint32_t touched, dragoman_entity entity, uint32_t component,
                              const void* data) {
    return append_one(plane, DRAGOMAN_SET, touched, entity, component, data);
}

static int put(dragoman_plane* plane, dragoman_entity entity, uint32_t component, const dgp_place* place,
               const dgp_values* values, const void* data) {
    const uint32_t size = plane->components[component].size;
    if (!data) data = dgp_defaults(plane, component);
    unsigned char* row = NULL;
    if (values->source == DGP_COMMAND)
        row = dgp_part_row(plane, values);
    else if (plane->components[component].access > DRAGOMAN_ACCESS_READ && size > 0)
        row = dgp_column_row(plane, place, component, true);
    if (row)
        memmove(row, data, size); /* a script may set a row to itself */
    else if (size > 0 && !dgp_append_set(plane, place->touched, entity, component, data))
        return -1;
    return 0;
}

int dragoman_plane_set(dragoman_plane* plane, dragoman_entity entity, uint32_t component, const void* data) {
    dgp_place place;
    dgp_values values;
    if (dgp_expect_component(plane, entity, component, &place, &values) < 0) return -1;
    return put(plane, entity, component, &place, &values, data);
}

int dragoman_plane_add(dragoman_plane* plane, dragoman_entity entity, uint32_t component, const void* data) {
    dgp_place place;
    if (dgp_expect(plane, entity, &place) < 0 || !dgp_known(plane, component)) return -1;
    const dgp_values values = dgp_look(plane, &place, component);
    if (values.source != DGP_NOWHERE) return put(plane, entity, component, &place, &values, data);
    return append_one(plane, DRAGOMAN_ADD, place.touched, entity, component, data) ? 0 : -1;
}

int dragoman_plane_remove(dragoman_plane* plane, dragoman_entity entity, uint32_t component) {
    dgp_place place;
    dgp_values values;
    if (dgp_expect_component(plane, entity, component, &place, &values) < 0) return -1;
    return append_one(plane, DRAGOMAN_REMOVE, place.touched, entity, component, NULL) ? 0 : -1;
}

int dragoman_plane_destroy(dragoman_plane* plane, dragoman_entity entity) {
    dgp_place place;
    if (dgp_expect(plane, entity, &place) < 0) return -1;
    unsigned char* at = room_for(plane, sizeof(dragoman_command));
    if (!at) return -1;
    const uint32_t touched = place.touched != DRAGOMAN_NONE ? place.touched : dgp_touch(plane, entity);
    if (touched == DRAGOMAN_NONE) return -1;
    write_head(at, DRAGOMAN_DESTROY, 0, 1, sizeof(dragoman_command), entity);
    plane->used += sizeof(dragoman_command);
    plane->overlay.touched[touched].destroyed = true;
    return 0;
}
