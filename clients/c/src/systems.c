/* The loop of a script with systems: runs what the shared page announces, and takes lines in between. */
#include "systems.h"

#include <string.h>

#include "components.h"
#include "wire.h"

static dragoman_system *first, **last = &first;
static const char* running;

void dragoman_register_system(dragoman_system* system) {
    *last = system;
    last = &system->next;
}

bool systems_declared(void) { return first != NULL; }

static void put_names(json_t* body, const char* key, const dragoman_names names) {
    if (!names[0]) return;
    json_t* list = json_array();
    for (size_t i = 0; i < DRAGOMAN_MOST_NAMES && names[i]; ++i) json_array_append_new(list, json_string(names[i]));
    json_object_set_new(body, key, list);
}

void systems_hello(json_t* hello) {
    json_t* all = json_array();
    for (const dragoman_system* system = first; system; system = system->next) {
        json_t* body = json_pack("{s:s}", "name", system->name);
        put_names(body, "read", system->read);
        put_names(body, "write", system->write);
        put_names(body, "with", system->with);
        put_names(body, "without", system->without);
        put_names(body, "optional", system->optional);
        put_names(body, "changed", system->changed);
        put_names(body, "before", system->before);
        put_names(body, "after", system->after);
        if (system->order) json_object_set_new(body, "order", json_string(system->order));
        if (system->mode) json_object_set_new(body, "mode", json_string(system->mode));
        if (system->every) json_object_set_new(body, "every", json_integer(system->every));
        if (system->rate > 0) json_object_set_new(body, "rate", json_real(system->rate));
        if (system->creates) json_object_set_new(body, "creates", json_integer(system->creates));
        if (system->exclusive) json_object_set_new(body, "exclusive", json_true());
        json_array_append_new(all, body);
    }
    json_array_append_new(json_object_get(hello, "features"), json_string("plane"));
    json_object_set_new(hello, "components", components_declared());
    json_object_set_new(hello, "systems", all);
}

static void check(dragoman_plane* plane, int result) {
    if (result < 0) dragoman_raise("%s", dragoman_plane_error(plane));
}

static void run(dragoman_plane* plane) {
    uint32_t number = dragoman_plane_system(plane);
    const dragoman_system* system = first;
    while (system && number-- > 0) system = system->next;
    if (!system) dragoman_raise("the broker runs a system that this script does not have");
    running = system->name;
    system->run(plane, dragoman_plane_dt(plane));
    running = NULL;
    dragoman_plane_done(plane);
}

static void take_line(dragoman_plane* plane) {
    json_t* update = session_take("__update__");
    if (!update) return;
    json_t* attach = json_object_get(update, "attach");
    if (attach) {
        check(plane, dragoman_plane_attach(plane));
        components_compare(json_object_get(attach, "components"));
    } else if (json_object_get(update, "system")) {
        const int found = dragoman_plane_poll(plane);
        check(plane, found);
        if (found == DRAGOMAN_WAIT_RUN) run(plane); /* else it was seen on the shared page before the line came */
    }
    session_send("__done__", json_pack("{s:O?}", "frame", json_object_get(update, "frame")));
    json_decref(update);
}

void systems_run(void) {
    dragoman_plane* plane = dragoman_plane_open();
    if (!plane) dragoman_raise("this script's systems need the broker's data plane: %s", dragoman_plane_error(NULL));
    client_ready();
    for (;;) {
        const int next = wire_has_line() ? DRAGOMAN_WAIT_LINE : dragoman_plane_wait(plane, wire_descriptor());
        check(plane, next);
        if (next == DRAGOMAN_WAIT_RUN)
            run(plane);
        else
            take_line(plane);
    }
}

static dragoman_span column(dragoman_plane* plane, const dragoman_rows* table, const dragoman_component* component) {
    dragoman_span span = {0};
    if (dragoman_plane_column(plane, table->table, component->id, &span) < 0)
        dragoman_raise("%s", dragoman_plane_error(plane));
    return span;
}

void* dragoman_rows_of(dragoman_plane* plane, const dragoman_rows* table, const dragoman_component* component,
                       int to_write) {
    dragoman_span span = column(plane, table, component);
    if (!span.data) return NULL;
    if (!to_write) return span.fresh && !*span.fresh ? (void*)span.previous : span.data;
    if (!span.writable)
        dragoman_raise("the system %s does not declare that it writes %s", running ? running : "", component->name);
    dragoman_span_prepare(&span);
    return span.data;
}

dragoman_span dragoman_span_of(dragoman_plane* plane, const dragoman_rows* table, const dragoman_component* component,
                               const char* member) {
    dragoman_span span = column(plane, table, component);
    if (!span.data) dragoman_raise("a table of this system has no %s, which is optional", component->name);
    uint32_t end = 0;
    for (const dragoman_field* field = component->fields; field->name; ++field) {
        const uint32_t lanes = field->count ? field->count : 1;
        if (member ? strcmp(field->name, member) == 0 : span.lanes == 0) {
            span.data = (char*)span.data + field->offset;
            if (span.previous) span.previous = (const char*)span.previous + field->offset;
            span.offset = field->offset;
            span.type = (uint8_t)field->type;
            span.lanes = (uint16_t)lanes;
        } else if (!member && field->type == span.type && field->offset == end) {
            span.lanes = (uint16_t)(span.lanes + lanes);
        } else if (!member) {
            dragoman_raise("the fields of %s are not all of one type: choose one of them", component->name);
        }
        end = field->offset + lanes * (uint32_t)DRAGOMAN_SIZE(field->type);
    }
    return span;
}

void dragoman_done(dragoman_plane* plane, int result, const char* call, const char* file, int line,
                   const char* function) {
    if (result == 0) return;
    const char* why = result < 0 ? dragoman_plane_error(plane) : dragoman_kernel_fault_text(result);
    (dragoman_raise_at)(file, line, function, "%s: %s", call, why);
}
