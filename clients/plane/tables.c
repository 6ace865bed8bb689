#include <string.h>

#include "clients/plane/private.h"

const dragoman_plane_component* dragoman_plane_components(const dragoman_plane* plane, uint32_t* count) {
    *count = plane->view ? plane->view->components : 0;
    return plane->components;
}

const dragoman_view* dragoman_plane_view(const dragoman_plane* plane) { return plane->view; }

uint32_t dragoman_plane_find_component(const dragoman_plane* plane, const char* name) {
    if (!plane->view) return DRAGOMAN_NONE;
    for (uint32_t id = 0; id < plane->view->components; ++id)
        if (strcmp(dgp_name(plane, id), name) == 0) return id;
    return DRAGOMAN_NONE;
}

static bool has_changed(const dragoman_plane* plane, uint32_t table) {
    const dragoman_view_system* system = plane->system;
    for (uint32_t i = 0; i < system->changed; ++i) {
        const dragoman_column* column = &plane->components[system->changed_ids[i]].columns[table];
        if (column->front != DRAGOMAN_NOWHERE && column->version > plane->control->since) return true;
    }
    return system->changed == 0;
}

int dragoman_plane_next(dragoman_plane* plane, uint32_t* cursor, dragoman_rows* found) {
    if (!plane->running) return 0;
    const dragoman_list* list = plane->list;
    while (*cursor < list->count) {
        const uint32_t table = list->tables[(*cursor)++];
        const dragoman_table* entry = &plane->tables[table];
        if (entry->rows == 0 || !has_changed(plane, table)) continue;
        plane->shown[table] = plane->overlay.run;
        found->table = table;
        found->rows = entry->rows;
        found->entities = (const dragoman_entity*)(plane->ids_file.base + entry->entities);
        return 1;
    }
    return 0;
}

int dgp_not_mapped(dragoman_plane* plane, uint32_t component) {
    return dgp_fail(plane, "the broker sent no descriptor for %s", dgp_name(plane, component));
}

static int undeclared(dragoman_plane* plane, uint32_t component) {
    if (!dgp_running(plane) || !dgp_known(plane, component)) return -1;
    return dgp_fail(plane, "system %s declares no access to %s", plane->system->name, dgp_name(plane, component));
}

static bool is_shown(dragoman_plane* plane, uint32_t table) {
    if (plane->shown[table] == plane->overlay.run) return true;
    if (plane->shown_run == plane->overlay.run) return false;
    plane->shown_run = plane->overlay.run;
    dragoman_rows rows;
    for (uint32_t cursor = 0; dragoman_plane_next(plane, &cursor, &rows);) continue;
    return plane->shown[table] == plane->overlay.run;
}

void dgp_span(dragoman_plane* plane, uint32_t table, uint32_t component, dragoman_span* span) {
    const dragoman_plane_component* own = &plane->components[component];
    const dragoman_column* column = &own->columns[table];
    const uint64_t rows = plane->tables[table].rows;
    *span = (dragoman_span){.rows = rows, .stride = own->size, .component = component};
    if (own->size == 0 || !own->base) return;
    unsigned char* front = own->base + column->front;
    span->data = front;
    if (own->access <= DRAGOMAN_ACCESS_READ || !is_shown(plane, table)) return;
    if (own->access == DRAGOMAN_ACCESS_REPLACE) {
        if (column->back == DRAGOMAN_NOWHERE) return;
        span->data = own->base + column->back;
    } else if (own->access == DRAGOMAN_ACCESS_STAGED) {
        if (column->front + rows * own->size > plane->staging[component].mapped) return;
        span->data = own->staging + column->front;
    }
    span->writable = 1;
    if (own->access == DRAGOMAN_ACCESS_WRITE) return;
    span->previous = front;
    span->fresh = dgp_mark(plane, component, table);
}

int dragoman_plane_column(dragoman_plane* plane, uint32_t table, uint32_t component, dragoman_span* span) {
    if (!plane->running || component >= plane->view->components ||
        plane->components[component].access == DRAGOMAN_ACCESS_NONE)
        return undeclared(plane, component);
    if (table >= plane->directory->tables) return dgp_fail(plane, "there is no table %u", table);
    if (!dgp_has_column(plane, component, table)) return 1;
    dgp_span(plane, table, component, span);
    if (!span->data && span->stride > 0) return dgp_not_mapped(plane, component);
    if (!span->writable && plane->components[component].access == DRAGOMAN_ACCESS_STAGED && is_shown(plane, table))
        return dgp_fail(plane, "%s has outgrown the script's own file for it", dgp_name(plane, component));
    return 0;
}
