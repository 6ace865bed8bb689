#include <string.h>

#include "clients/plane/private.h"

bool dgp_running(dragoman_plane* plane) {
    if (!plane->running) dgp_fail(plane, "the world can only be reached while one of the script's systems runs");
    return plane->running;
}

bool dgp_known(dragoman_plane* plane, uint32_t component) {
    if (component < plane->view->components) return true;
    dgp_fail(plane, "there is no component with the number %u", component);
    return false;
}

const void* dgp_defaults(const dragoman_plane* plane, uint32_t component) {
    return plane->view_file.base + plane->view->component[component].defaults;
}

/* In the world, or among the creations of this tick; not whether it was destroyed. */
static bool locate(dragoman_plane* plane, dragoman_entity entity, dgp_place* place) {
    *place = (dgp_place){.touched = DRAGOMAN_NONE, .table = DRAGOMAN_NONE};
    if (entity.index < plane->slots && entity.generation != 0) { /* which holes have */
        const dragoman_slot slot = plane->index[entity.index];
        if (slot.generation == entity.generation && slot.table != DRAGOMAN_NONE) {
            *place = (dgp_place){dgp_find_touched(&plane->overlay, entity), slot.table, slot.row};
            return true;
        }
    }
    if (plane->handles_used == 0 || dgp_enter_creations(plane) < 0) return false;
    place->touched = dgp_find_touched(&plane->overlay, entity);
    return place->touched != DRAGOMAN_NONE;
}

static bool destroyed(const dragoman_plane* plane, const dgp_place* place) {
    return place->touched != DRAGOMAN_NONE && plane->overlay.touched[place->touched].destroyed;
}

bool dgp_find(dragoman_plane* plane, dragoman_entity entity, dgp_place* place) {
    return locate(plane, entity, place) && !destroyed(plane, place);
}

int dgp_expect(dragoman_plane* plane, dragoman_entity entity, dgp_place* place) {
    if (!dgp_running(plane)) return -1;
    const bool found = locate(plane, entity, place);
    if (found && !destroyed(plane, place)) return 0;
    return dgp_fail(plane, "entity %llu does not live: it was destroyed %s", (unsigned long long)dgp_number(entity),
                    found ? "in this tick" : "or never created");
}

static dragoman_part* part_at(const dragoman_plane* plane, uint64_t offset) {
    return (dragoman_part*)(plane->commands + offset);
}

/* The part that gave the component to an entity of this tick when it was created. */
static dragoman_part* created_part(const dragoman_plane* plane, const dgp_touched* touched, uint32_t component) {
    const dragoman_command* command = (const dragoman_command*)(plane->commands + touched->create);
    uint64_t offset = touched->create + sizeof *command;
    for (uint32_t i = 0; i < command->parts; ++i) {
        dragoman_part* part = part_at(plane, offset);
        if (part->component == component) return part;
        offset += sizeof *part + (part->bytes + 7) / 8 * 8;
    }
    return NULL;
}

dgp_values dgp_look(const dragoman_plane* plane, const dgp_place* place, uint32_t component) {
    if (place->touched != DRAGOMAN_NONE) {
        const dgp_touched* touched = &plane->overlay.touched[place->touched];
        const dgp_change* change = dgp_find_change(&plane->overlay, place->touched, component);
        if (change && change->part == DRAGOMAN_NOWHERE) return (dgp_values){.source = DGP_NOWHERE};
        if (change)
            return (dgp_values){.source = DGP_COMMAND, .part = part_at(plane, change->part), .own = change->added};
        if (touched->create != DRAGOMAN_NOWHERE) {
            dragoman_part* part = created_part(plane, touched, component);
            if (!part) return (dgp_values){.source = DGP_NOWHERE};
            return (dgp_values){.source = DGP_COMMAND, .part = part, .row = touched->row, .own = true};
        }
    }
    const bool there = dgp_has_column(plane, component, place->table);
    return (dgp_values){.source = there ? DGP_COLUMN : DGP_NOWHERE};
}

int dgp_expect_component(dragoman_plane* plane, dragoman_entity entity, uint32_t component, dgp_place* place,
                         dgp_values* values) {
    if (dgp_expect(plane, entity, place) < 0 || !dgp_known(plane, component)) return -1;
    *values = dgp_look(plane, place, component);
    if (values->source != DGP_NOWHERE) return 0;
    return dgp_fail(plane, "entity %llu has no component %s", (unsigned long long)dgp_number(entity),
                    dgp_name(plane, component));
}

unsigned char* dgp_part_row(const dragoman_plane* plane, const dgp_values* values) {
    if (values->part->bytes == 0) return NULL;
    const uint64_t size = plane->components[values->part->component].size;
    return (unsigned char*)(values->part + 1) + values->row * size;
}

unsigned char* dgp_column_row(dragoman_plane* plane, const dgp_place* place, uint32_t component, bool to_write) {
    dragoman_span span;
    dgp_span(plane, place->table, component, &span);
    if (!span.data || (to_write && !span.writable)) return NULL;
    if (to_write) dragoman_span_prepare(&span);
    const void* rows = span.fresh && !*span.fresh ? span.previous : span.data;
    return (unsigned char*)rows + (uint64_t)place->row * span.stride;
}

int dragoman_plane_alive(dragoman_plane* plane, dragoman_entity entity) {
    dgp_place place;
    return dgp_running(plane) ? dgp_find(plane, entity, &place) : -1;
}

int dragoman_plane_has(dragoman_plane* plane, dragoman_entity entity, uint32_t component) {
    dgp_place place;
    if (!dgp_running(plane) || !dgp_known(plane, component)) return -1;
    return dgp_find(plane, entity, &place) && dgp_look(plane, &place, component).source != DGP_NOWHERE;
}

static void* refused(dragoman_plane* plane, dragoman_entity entity, uint32_t component, bool to_write) {
    const bool declared = plane->components[component].access != DRAGOMAN_ACCESS_NONE;
    dgp_fail(plane, "system %s may not %s %s of entity %llu: it %s", plane->system->name, to_write ? "write" : "read",
             dgp_name(plane, component), (unsigned long long)dgp_number(entity),
             declared ? "declares it as read" : "declares no access to it");
    return NULL;
}

/* Values that are the defaults so far get a row of their own where somebody wants to write them. */
static void* command_row(dragoman_plane* plane, dragoman_entity entity, uint32_t component, const dgp_place* place,
                         const dgp_values* values, bool to_write) {
    if (to_write && !values->own && plane->components[component].access <= DRAGOMAN_ACCESS_READ)
        return refused(plane, entity, component, to_write);
    unsigned char* row = dgp_part_row(plane, values);
    if (row) return row;
    const void* defaults = dgp_defaults(plane, component);
    if (!to_write || plane->components[component].size == 0) return (void*)defaults;
    return dgp_append_set(plane, place->touched, entity, component, defaults);
}

void* dragoman_plane_row(dragoman_plane* plane, dragoman_entity entity, uint32_t component, int to_write) {
    dgp_place place;
    dgp_values values;
    if (dgp_expect_component(plane, entity, component, &place, &values) < 0) return NULL;
    if (values.source == DGP_COMMAND) return command_row(plane, entity, component, &place, &values, to_write != 0);
    const uint32_t access = plane->components[component].access;
    if (access == DRAGOMAN_ACCESS_NONE || (to_write && access == DRAGOMAN_ACCESS_READ))
        return refused(plane, entity, component, to_write != 0);
    if (plane->components[component].size == 0) return (void*)dgp_defaults(plane, component);
    void* row = dgp_column_row(plane, &place, component, to_write != 0);
    if (row) return row;
    const void* now = dgp_column_row(plane, &place, component, false);
    if (!now) {
        dgp_not_mapped(plane, component);
        return NULL;
    }
    return dgp_append_set(plane, place.touched, entity, component, now);
}
