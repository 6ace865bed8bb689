#include "clients/plane/private.h"

typedef struct query {
    const uint32_t *with, *without;
    uint32_t with_count, without_count;
    uint32_t hidden; /* a tag that keeps entities out, or DRAGOMAN_NONE */
    int (*visit)(void* context, dragoman_entity);
    void* context;
} query;

static bool table_matches(const dragoman_plane* plane, const query* wanted, uint32_t table) {
    for (uint32_t i = 0; i < wanted->with_count; ++i)
        if (!dgp_has_column(plane, wanted->with[i], table)) return false;
    for (uint32_t i = 0; i < wanted->without_count; ++i)
        if (dgp_has_column(plane, wanted->without[i], table)) return false;
    return wanted->hidden == DRAGOMAN_NONE || !dgp_has_column(plane, wanted->hidden, table);
}

/* With the changes of this tick. */
static bool entity_matches(dragoman_plane* plane, const query* wanted, dragoman_entity entity) {
    dgp_place place;
    if (!dgp_find(plane, entity, &place)) return false;
    for (uint32_t i = 0; i < wanted->with_count; ++i)
        if (dgp_look(plane, &place, wanted->with[i]).source == DGP_NOWHERE) return false;
    for (uint32_t i = 0; i < wanted->without_count; ++i)
        if (dgp_look(plane, &place, wanted->without[i]).source != DGP_NOWHERE) return false;
    return wanted->hidden == DRAGOMAN_NONE || dgp_look(plane, &place, wanted->hidden).source == DGP_NOWHERE;
}

static bool visit_table(dragoman_plane* plane, const query* wanted, uint32_t table) {
    const dragoman_table* entry = &plane->tables[table];
    const dragoman_entity* entities = (const dragoman_entity*)(plane->ids_file.base + entry->entities);
    for (uint32_t row = 0; row < entry->rows; ++row) {
        const bool touched = dgp_find_touched(&plane->overlay, entities[row]) != DRAGOMAN_NONE;
        if (touched && !entity_matches(plane, wanted, entities[row])) continue;
        if (wanted->visit(wanted->context, entities[row])) return false;
    }
    return true;
}

/* Those that no table showed: created, or moved here by a change. */
static void visit_touched(dragoman_plane* plane, const query* wanted, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
        const dgp_touched* touched = &plane->overlay.touched[i];
        const dragoman_entity entity = touched->entity;
        const bool in_world = touched->create == DRAGOMAN_NOWHERE;
        if (in_world && table_matches(plane, wanted, plane->index[entity.index].table)) continue;
        if (entity_matches(plane, wanted, entity) && wanted->visit(wanted->context, entity)) return;
    }
}

/* As in the world's own queries: who wants parked entities says so. */
static uint32_t hiding_tag(const dragoman_plane* plane, const uint32_t* with, uint32_t count) {
    const uint32_t parked = dragoman_plane_find_component(plane, "Parked");
    for (uint32_t i = 0; i < count; ++i)
        if (with[i] == parked) return DRAGOMAN_NONE;
    return parked;
}

int dragoman_plane_query(dragoman_plane* plane, const uint32_t* with, uint32_t with_count, const uint32_t* without,
                         uint32_t without_count, int (*visit)(void* context, dragoman_entity), void* context) {
    if (!dgp_running(plane)) return -1;
    for (uint32_t i = 0; i < with_count; ++i)
        if (!dgp_known(plane, with[i])) return -1;
    for (uint32_t i = 0; i < without_count; ++i)
        if (!dgp_known(plane, without[i])) return -1;
    if (dgp_enter_creations(plane) < 0) return -1;

    const query wanted = {with,  without, with_count, without_count, hiding_tag(plane, with, with_count),
                          visit, context};
    const uint32_t count = plane->overlay.touched_count; /* not what `visit` creates */
    for (uint32_t table = 0; table < plane->directory->tables; ++table)
        if (plane->tables[table].rows > 0 && table_matches(plane, &wanted, table) &&
            !visit_table(plane, &wanted, table))
            return 0;
    visit_touched(plane, &wanted, count);
    return 0;
}
