#include "world.h"

#include <stdarg.h>
#include <string.h>

#include "session.h"

static json_t* writes;

json_t* world_take_writes(void) {
    json_t* taken = writes ? writes : json_array();
    writes = NULL;
    return taken;
}

static void write_later(const char* method, json_t* params) {
    if (!params) dragoman_raise("world_%s: a value is NULL", method);
    if (!writes) writes = json_array();
    json_array_append_new(writes, json_pack("[s,o]", method, params));
}

/* [[method, params], ...] with the waiting writes in front: the list of their values, without those of the writes. */
static json_t* batch(json_t* calls, dragoman_error* error) {
    const size_t asked = json_array_size(calls);
    json_t* all = world_take_writes();
    json_array_extend(all, calls);
    json_decref(calls);
    json_t* values = session_call("world.batch", json_pack("{s:o}", "calls", all), error);
    while (json_array_size(values) > asked) json_array_remove(values, 0);
    return values;
}

static json_t* call_after_writes(const char* method, json_t* params, dragoman_error* error) {
    static const char ours[] = "world.";
    const bool is_ours = strncmp(method, ours, strlen(ours)) == 0;
    if (!writes || !is_ours) return session_call(method, params, error);
    if (strcmp(method, "world.batch") == 0) {
        json_t* calls = json_incref(json_object_get(params, "calls"));
        json_decref(params);
        return batch(calls, error);
    }
    json_t* values = batch(json_pack("[[s,o]]", method + strlen(ours), params ? params : json_object()), error);
    json_t* value = json_incref(json_array_get(values, 0));
    json_decref(values);
    return value;
}

json_t* dragoman_call(const char* method, json_t* params, dragoman_error* error) {
    dragoman_error ours;
    json_t* value = call_after_writes(method, params, error ? error : &ours);
    if (!value && !error) dragoman_raise("%s: %s: %s", method, ours.code, ours.message);
    return value;
}

static json_t* read_now(const char* method, json_t* params) {
    char full[64];
    if (!params) dragoman_raise("world_%s: a value is NULL", method);
    snprintf(full, sizeof full, "world.%s", method);
    return dragoman_call(full, params, NULL);
}

json_t* world_batch(json_t* calls) { return read_now("batch", json_pack("{s:o}", "calls", calls)); }

static json_t* names(const char* first, va_list rest) {
    json_t* list = json_array();
    for (const char* name = first; name; name = va_arg(rest, const char*))
        json_array_append_new(list, json_string(name));
    return list;
}

void world_component(const char* name, ...) {
    va_list rest;
    va_start(rest, name);
    json_t* fields = names(va_arg(rest, const char*), rest);
    va_end(rest);
    json_decref(read_now("component", json_pack("{s:s, s:o}", "name", name, "fields", fields)));
}

world_entity world_create(json_t* components) {
    json_t* value = read_now("create", json_pack("{s:o}", "components", components));
    const world_entity entity = json_integer_value(value);
    json_decref(value);
    return entity;
}

void world_destroy(world_entity entity) { write_later("destroy", json_pack("{s:I}", "entity", (json_int_t)entity)); }

static json_t* place(world_entity entity, const char* component) {
    return json_pack("{s:I, s:s}", "entity", (json_int_t)entity, "component", component);
}

static json_t* place_with(world_entity entity, const char* component, json_t* values) {
    return json_pack("{s:I, s:s, s:o}", "entity", (json_int_t)entity, "component", component, "values", values);
}

void world_add(world_entity entity, const char* component, json_t* values) {
    write_later("add", place_with(entity, component, values));
}

void world_remove(world_entity entity, const char* component) { write_later("remove", place(entity, component)); }

void world_set(world_entity entity, const char* component, json_t* values) {
    write_later("set", place_with(entity, component, values));
}

json_t* world_get(world_entity entity, const char* component) { return read_now("get", place(entity, component)); }

static bool truth(json_t* value) {
    const bool yes = json_is_true(value);
    json_decref(value);
    return yes;
}

bool world_alive(world_entity entity) {
    return truth(read_now("alive", json_pack("{s:I}", "entity", (json_int_t)entity)));
}

bool world_has(world_entity entity, const char* component) { return truth(read_now("has", place(entity, component))); }

json_t* world_query(const char* component, ...) {
    va_list rest;
    va_start(rest, component);
    json_t* components = names(component, rest);
    va_end(rest);
    return world_query_where(components, NULL, NULL);
}

json_t* world_query_where(json_t* components, json_t* with, json_t* without) {
    return read_now("query",
                    json_pack("{s:o, s:o*, s:o*}", "components", components, "with", with, "without", without));
}

json_t* world_one(const char* component) {
    json_t* rows = world_query(component, NULL);
    if (json_array_size(rows) != 1)
        dragoman_raise("world_one(\"%s\"): there are %zu rows", component, json_array_size(rows));
    json_t* row = json_incref(json_array_get(rows, 0));
    json_decref(rows);
    return row;
}
