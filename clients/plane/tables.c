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
        found->table = table;
        found->rows = entry->rows;
        found->entities = (const dragoman_entity*)(plane->ids_file.base + entry->entities);
        return 1;
    }
    return 0;
}

static int undeclared(dragoman_plane* plane, uint32_t component) {
    if (!dgp_running(plane) || !dgp_known(plane, component)) return -1;
    return dgp_fail(plane, "system %s declares no access to %s", plane->system->name, dgp_name(plane, component));
}

int dragoman_plane_column(dragoman_plane* plane, uint32_t table, uint32_t component, dragoman_span* span) {
    if (!plane->running || component >= plane->view->components ||
        plane->components[component].access == DRAGOMAN_ACCESS_NONE)
        return undeclared(plane, component);
    if (table >= plane->directory->tables) return dgp_fail(plane, "there is no table %u", table);
    const dragoman_plane_component* own = &plane->components[component];
    const dragoman_column* column = &own->columns[table];
    if (column->front == DRAGOMAN_NOWHERE) return 1;

    *span = (dragoman_span){.rows = plane->tables[table].rows,
                            .stride = own->size,
                            .writable = own->access != DRAGOMAN_ACCESS_READ,
                            .component = component};
    if (own->size == 0) return 0;
    unsigned char* front = own->base + column->front;
    if (own->access == DRAGOMAN_ACCESS_READ || own->access == DRAGOMAN_ACCESS_WRITE) {
        span->data = front;
        return 0;
    }
    span->data = own->access == DRAGOMAN_ACCESS_STAGED ? own->staging + column->front : own->base + column->back;
    span->previous = front;
    span->fresh = dgp_mark(plane, component, table);
    return 0;
}
