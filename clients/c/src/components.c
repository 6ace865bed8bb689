/* The script's components, and how they compare with the world's. */
#include "components.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

static const char* const types[] = {"bool", "i8",  "i16", "i32", "i64", "u8",
                                    "u16",  "u32", "u64", "f32", "f64", "entity"};
enum { type_count = sizeof types / sizeof *types };

static dragoman_component *first, **last = &first;

void dragoman_register_component(dragoman_component* component) {
    component->id = DRAGOMAN_NONE;
    *last = component;
    last = &component->next;
}

static void type_text(char text[32], uint32_t type, uint32_t count) {
    const char* name = type < type_count ? types[type] : "another type";
    snprintf(text, 32, count ? "%s[%u]" : "%s", name, count);
}

static json_t* value_of(const void* row, uint32_t type, uint32_t offset) {
    const char* at = (const char*)row + offset;
    union {
        bool truth;
        int8_t i8;
        int16_t i16;
        int32_t i32;
        int64_t i64;
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        float f32;
        double f64;
    } value = {.i64 = 0};
    memcpy(&value, at, DRAGOMAN_SIZE(type));
    switch (type) {
        case DRAGOMAN_BOOL:
            return json_boolean(value.truth);
        case DRAGOMAN_I8:
            return json_integer(value.i8);
        case DRAGOMAN_I16:
            return json_integer(value.i16);
        case DRAGOMAN_I32:
            return json_integer(value.i32);
        case DRAGOMAN_U8:
            return json_integer(value.u8);
        case DRAGOMAN_U16:
            return json_integer(value.u16);
        case DRAGOMAN_U32:
            return json_integer(value.u32);
        case DRAGOMAN_F32:
            return json_real(value.f32);
        case DRAGOMAN_F64:
            return json_real(value.f64);
        default:
            return json_integer(value.i64);
    }
}

/* "x: f32 = 1.5"; numbers as JSON has them, which are the same in a declaration. */
static json_t* declaration_of(const dragoman_component* component, const dragoman_field* field) {
    char type[32];
    type_text(type, field->type, field->count);
    if (!component->defaults || field->type == DRAGOMAN_ENTITY) return json_sprintf("%s: %s", field->name, type);
    json_t* value = NULL;
    if (field->count) {
        value = json_array();
        for (uint32_t i = 0; i < field->count; ++i) {
            const uint32_t offset = field->offset + i * (uint32_t)DRAGOMAN_SIZE(field->type);
            json_array_append_new(value, value_of(component->defaults, field->type, offset));
        }
    } else {
        value = value_of(component->defaults, field->type, field->offset);
    }
    char* text = json_dumps(value, JSON_ENCODE_ANY);
    json_decref(value);
    if (!text) dragoman_raise("the default of %s.%s is no number", component->name, field->name);
    json_t* declaration = json_sprintf("%s: %s = %s", field->name, type, text);
    free(text);
    return declaration;
}

json_t* components_declared(void) {
    json_t* all = json_array();
    for (const dragoman_component* component = first; component; component = component->next) {
        json_t* fields = json_array();
        for (const dragoman_field* field = component->fields; field->name; ++field)
            json_array_append_new(fields, declaration_of(component, field));
        json_array_append_new(all, json_pack("{s:s, s:o}", "name", component->name, "fields", fields));
    }
    return all;
}

static uint32_t number_in(json_t* object, const char* key) {
    return (uint32_t)json_integer_value(json_object_get(object, key));
}

static void compare(const dragoman_component* mine, json_t* theirs) {
    json_t *fields = json_object_get(theirs, "fields"), *field;
    const dragoman_field* own = mine->fields;
    size_t i;
    json_array_foreach(fields, i, field) {
        if (json_integer_value(json_object_get(field, "offset")) < 0) continue; /* text and json lie elsewhere */
        const char* name = json_string_value(json_object_get(field, "name"));
        const char* type = json_string_value(json_object_get(field, "type"));
        const uint32_t count = number_in(field, "count"), offset = number_in(field, "offset");
        char here[32], there[32];
        snprintf(there, sizeof there, count ? "%s[%u]" : "%s", type, count);
        if (!own->name)
            dragoman_raise("the struct %s is not the world's %s: it also has %s: %s at byte %u", mine->name, mine->name,
                           name, there, offset);
        type_text(here, own->type, own->count);
        if (strcmp(own->name, name) != 0 || strcmp(here, there) != 0 || own->offset != offset)
            dragoman_raise("the struct %s is not the world's %s: %s: %s at byte %u here, and %s: %s at byte %u there",
                           mine->name, mine->name, own->name, here, own->offset, name, there, offset);
        ++own;
    }
    if (own->name)
        dragoman_raise("the struct %s is not the world's %s: it has no %s", mine->name, mine->name, own->name);
    if (mine->fields->name && mine->size != number_in(theirs, "size"))
        dragoman_raise("the struct %s is not the world's %s: a row has %u bytes here, and %u there", mine->name,
                       mine->name, mine->size, number_in(theirs, "size"));
}

void components_compare(json_t* world) {
    for (dragoman_component* component = first; component; component = component->next) {
        size_t i;
        json_t* described;
        component->id = DRAGOMAN_NONE;
        json_array_foreach(world, i, described) {
            if (strcmp(json_string_value(json_object_get(described, "name")), component->name) != 0) continue;
            component->id = number_in(described, "id");
            compare(component, described);
        }
        if (component->id == DRAGOMAN_NONE) dragoman_raise("the world has no component %s", component->name);
    }
}
