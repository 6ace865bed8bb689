/* dragoman_system.h - systems: functions that run over the world's columns, which the script maps.
 *
 *     typedef struct { float x, y, z; } Position;
 *     DRAGOMAN_COMPONENT(Position, x, y, z)
 *     typedef struct { float x, y, z; } Velocity;
 *     DRAGOMAN_COMPONENT(Velocity, x, y, z)
 *
 *     DRAGOMAN_SYSTEM(movement, .read = {"Velocity"}, .write = {"Position"}) {
 *         dragoman_rows table;
 *         for (uint32_t at = 0; dragoman_plane_next(plane, &at, &table);) {
 *             Position* p = dragoman_write(&table, Position);
 *             const Velocity* v = dragoman_read(&table, Velocity);
 *             for (uint32_t i = 0; i < table.rows; ++i) p[i].x += v[i].x * (float)dt;
 *         }
 *     }
 *
 * `plane` and `dt` (seconds) are there inside a system. Entities, commands and everything else: clients/plane/plane.h;
 * loops over whole columns: clients/plane/kernels.h. Functions there that return -1 or a fault go into dragoman_do(),
 * which ends the script with a message. */
#ifndef DRAGOMAN_SYSTEM_H
#define DRAGOMAN_SYSTEM_H

#include <clients/plane/kernels.h>
#include <clients/plane/plane.h>
#include <dragoman.h>
#include <stddef.h>

enum { DRAGOMAN_MOST_NAMES = 32, DRAGOMAN_MOST_FIELDS = 64 };

typedef struct dragoman_field {
    const char* name;
    uint32_t type;  /* dragoman_type */
    uint32_t count; /* elements of an array; 0: no array */
    uint32_t offset;
} dragoman_field;

typedef struct dragoman_component {
    const char* name;
    uint32_t size;
    uint32_t id; /* known from the attach on */
    const void* defaults;
    dragoman_field fields[DRAGOMAN_MOST_FIELDS + 1];
    struct dragoman_component* next;
} dragoman_component;

typedef const char* dragoman_names[DRAGOMAN_MOST_NAMES];

/* What a system declares: docs/protocol.md, section 8. */
typedef struct dragoman_system {
    const char* name;
    const char* order; /* "Startup", "PreUpdate", "Update" (or NULL), "PostUpdate" */
    const char* mode;  /* "replace", "in_place", or NULL */
    dragoman_names read, write, with, without, optional, changed, before, after;
    int every;
    double rate;
    int creates;
    bool exclusive;
    void (*run)(dragoman_plane* plane, double dt);
    struct dragoman_system* next;
} dragoman_system;

void dragoman_register_component(dragoman_component* component);
void dragoman_register_system(dragoman_system* system);

/* Columns of a table of the running system. NULL only where an optional component is not there. */
#define dragoman_read(table, Type) ((const Type*)dragoman_rows_of(plane, table, &dragoman_component_##Type, 0))
#define dragoman_write(table, Type) ((Type*)dragoman_rows_of(plane, table, &dragoman_component_##Type, 1))
void* dragoman_rows_of(dragoman_plane* plane, const dragoman_rows* table, const dragoman_component* component,
                       int to_write);
/* For kernels: a whole column, or one member of it. */
#define dragoman_whole(table, Type) dragoman_span_of(plane, table, &dragoman_component_##Type, NULL)
#define dragoman_member(table, Type, member) dragoman_span_of(plane, table, &dragoman_component_##Type, #member)
dragoman_span dragoman_span_of(dragoman_plane* plane, const dragoman_rows* table, const dragoman_component* component,
                               const char* member);
/* The id that plane.h's functions want: dragoman_id(Position). */
#define dragoman_id(Type) (dragoman_component_##Type.id)

/* Ends the script with a message where the call fails. */
#define dragoman_do(call) dragoman_done(plane, call, #call, __FILE__, __LINE__, __func__)
void dragoman_done(dragoman_plane* plane, int result, const char* call, const char* file, int line,
                   const char* function);

#define DRAGOMAN_SYSTEM(name_, ...)                                                               \
    static void name_(dragoman_plane* plane, double dt);                                          \
    static dragoman_system dragoman_system_##name_ = {.name = #name_, .run = name_, __VA_ARGS__}; \
    __attribute__((constructor)) static void dragoman_registers_system_##name_(void) {            \
        dragoman_register_system(&dragoman_system_##name_);                                       \
    }                                                                                             \
    static void name_(__attribute__((unused)) dragoman_plane* plane, __attribute__((unused)) double dt)

/* DRAGOMAN_COMPONENT(Type, members...) lists every member; a tag is a struct without any. Values that new rows have
 * come from DRAGOMAN_DEFAULTS(Type, .y = 1), behind it. */
#define DRAGOMAN_COMPONENT(Type, ...)                                                                       \
    static dragoman_component dragoman_component_##Type = {                                                 \
        .name = #Type,                                                                                      \
        .size = sizeof(Type) __VA_OPT__(, .fields = {DRAGOMAN_AGAIN(DRAGOMAN_FIELDS(Type, __VA_ARGS__))})}; \
    __attribute__((constructor)) static void dragoman_registers_component_##Type(void) {                    \
        dragoman_register_component(&dragoman_component_##Type);                                            \
    }
#define DRAGOMAN_DEFAULTS(Type, ...)                                                    \
    static const Type dragoman_defaults_##Type = {__VA_ARGS__};                         \
    __attribute__((constructor)) static void dragoman_registers_defaults_##Type(void) { \
        dragoman_component_##Type.defaults = &dragoman_defaults_##Type;                 \
    }

/* For each member; gcc goes through this many at most: 4^3. */
#define DRAGOMAN_AGAIN(...) DRAGOMAN_AGAIN2(DRAGOMAN_AGAIN2(DRAGOMAN_AGAIN2(DRAGOMAN_AGAIN2(__VA_ARGS__))))
#define DRAGOMAN_AGAIN2(...) DRAGOMAN_AGAIN1(DRAGOMAN_AGAIN1(DRAGOMAN_AGAIN1(DRAGOMAN_AGAIN1(__VA_ARGS__))))
#define DRAGOMAN_AGAIN1(...) DRAGOMAN_AGAIN0(DRAGOMAN_AGAIN0(DRAGOMAN_AGAIN0(DRAGOMAN_AGAIN0(__VA_ARGS__))))
#define DRAGOMAN_AGAIN0(...) __VA_ARGS__
#define DRAGOMAN_LATER ()
#define DRAGOMAN_FIELDS(Type, member, ...) \
    DRAGOMAN_FIELD(Type, member) __VA_OPT__(, DRAGOMAN_NEXT_FIELDS DRAGOMAN_LATER(Type, __VA_ARGS__))
#define DRAGOMAN_NEXT_FIELDS() DRAGOMAN_FIELDS
#define DRAGOMAN_FIELD(Type, member) \
    { #member, DRAGOMAN_TYPE_OF(((Type*)0)->member), DRAGOMAN_COUNT_OF(((Type*)0)->member), offsetof(Type, member) }

/* Arrays stand for a pointer to their first element here. */
#define DRAGOMAN_EITHER(type, number) \
    type:                             \
    number, type* : number
#define DRAGOMAN_TYPE_OF(value)                                                                               \
    _Generic((value), DRAGOMAN_EITHER(bool, DRAGOMAN_BOOL), DRAGOMAN_EITHER(char, DRAGOMAN_I8),               \
             DRAGOMAN_EITHER(signed char, DRAGOMAN_I8), DRAGOMAN_EITHER(short, DRAGOMAN_I16),                 \
             DRAGOMAN_EITHER(int, DRAGOMAN_I32), DRAGOMAN_EITHER(long, DRAGOMAN_I64),                         \
             DRAGOMAN_EITHER(long long, DRAGOMAN_I64), DRAGOMAN_EITHER(unsigned char, DRAGOMAN_U8),           \
             DRAGOMAN_EITHER(unsigned short, DRAGOMAN_U16), DRAGOMAN_EITHER(unsigned, DRAGOMAN_U32),          \
             DRAGOMAN_EITHER(unsigned long, DRAGOMAN_U64), DRAGOMAN_EITHER(unsigned long long, DRAGOMAN_U64), \
             DRAGOMAN_EITHER(float, DRAGOMAN_F32), DRAGOMAN_EITHER(double, DRAGOMAN_F64), dragoman_entity     \
             : DRAGOMAN_ENTITY)
#define DRAGOMAN_COUNT_OF(value) \
    (__builtin_classify_type(value) == 5 ? sizeof(value) / DRAGOMAN_SIZE(DRAGOMAN_TYPE_OF(value)) : 0)
#define DRAGOMAN_SIZE(type)                                                           \
    ((type) == DRAGOMAN_BOOL || (type) == DRAGOMAN_I8 || (type) == DRAGOMAN_U8    ? 1 \
     : (type) == DRAGOMAN_I16 || (type) == DRAGOMAN_U16                           ? 2 \
     : (type) == DRAGOMAN_I32 || (type) == DRAGOMAN_U32 || (type) == DRAGOMAN_F32 ? 4 \
                                                                                  : 8)

#endif
