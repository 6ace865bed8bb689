#ifndef DRAGOMAN_PLANE_H
#define DRAGOMAN_PLANE_H
/* The data plane for clients: what a script in any language calls to run systems over the world's shared columns. A
 * small C ABI without dependencies; linked into the C and C++ clients, exported by the Lua host, wrapped by Python's
 * extension.
 *
 * One thread per plane. Functions that can fail return 0 for success, or -1 with a sentence in dragoman_plane_error().
 */
#include "ecs/layout/plane.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define DRAGOMAN_API __attribute__((visibility("default")))
#else
#define DRAGOMAN_API
#endif

/** Kernels and typed views work on this: some consecutive scalars of each row of a column, `stride` bytes from row to
 * row. Owns nothing; valid until the system returns. */
typedef struct dragoman_span {
    void* data;           /* the first row's first scalar: where results go */
    const void* previous; /* while *fresh is 0, the values lie here instead (mode replace); NULL otherwise */
    uint8_t* fresh;       /* mode replace: 1 once `data` holds all rows; NULL otherwise */
    uint64_t rows;
    uint32_t stride;  /* bytes; the size of the component */
    uint32_t offset;  /* of the scalars in the row, in bytes */
    uint16_t lanes;   /* scalars in each row */
    uint8_t type;     /* dragoman_type */
    uint8_t writable; /* 1 where the system declared that it writes the component */
    uint32_t component;
} dragoman_span;

/** The same numbers as ecs::FieldType. */
enum dragoman_type {
    DRAGOMAN_BOOL,
    DRAGOMAN_I8,
    DRAGOMAN_I16,
    DRAGOMAN_I32,
    DRAGOMAN_I64,
    DRAGOMAN_U8,
    DRAGOMAN_U16,
    DRAGOMAN_U32,
    DRAGOMAN_U64,
    DRAGOMAN_F32,
    DRAGOMAN_F64,
    DRAGOMAN_ENTITY
};

/** A component's file as it is mapped here. Changes only in dragoman_plane_wait() and dragoman_plane_poll(). */
typedef struct dragoman_plane_component {
    unsigned char* base;    /* NULL where it is not mapped */
    unsigned char* staging; /* DRAGOMAN_ACCESS_STAGED: the script's own file */
    uint64_t mapped;
    const dragoman_column* columns; /* by table id */
    uint32_t id;
    uint32_t size;
    uint32_t access; /* of the running system */
    uint32_t descriptor;
} dragoman_plane_component;

typedef struct dragoman_plane dragoman_plane;

/** Opens what DRAGOMAN_PLANE names; NULL where there is no plane (then dragoman_plane_error(NULL) says why). */
DRAGOMAN_API dragoman_plane* dragoman_plane_open(void);
DRAGOMAN_API void dragoman_plane_close(dragoman_plane*);
DRAGOMAN_API const char* dragoman_plane_error(const dragoman_plane*);
/** Receives the descriptors and maps them; replaces what was attached before. Called when the broker's line says
 * `attach`. */
DRAGOMAN_API int dragoman_plane_attach(dragoman_plane*);
/** While it is set, columns that are replaced by an attach, or that grow, stay mapped where they were too: for clients
 * whose scripts may keep pointers into them (Python's buffers). What is left so stays mapped until the process ends. */
DRAGOMAN_API void dragoman_plane_keep_mappings(dragoman_plane*, int keep);

enum dragoman_wait { DRAGOMAN_WAIT_FAILED = -1, DRAGOMAN_WAIT_LINE = 0, DRAGOMAN_WAIT_RUN = 1 };
/** Waits for the next thing to do: a system is to run (DRAGOMAN_WAIT_RUN), or `conversation`, the descriptor on which
 * lines come, can be read (DRAGOMAN_WAIT_LINE). Looks for the former for a while before it sleeps. Maps anew what has
 * grown. */
DRAGOMAN_API int dragoman_plane_wait(dragoman_plane*, int conversation);
/** The same for a run that a line has announced: DRAGOMAN_WAIT_RUN, or DRAGOMAN_WAIT_FAILED where there is none. It is
 * DRAGOMAN_WAIT_LINE where dragoman_plane_wait() has been quicker than the line and that run is done: then only the
 * line's answer is missing. */
DRAGOMAN_API int dragoman_plane_poll(dragoman_plane*);
/** The system is done: publishes its commands and wakes the broker where it sleeps. */
DRAGOMAN_API void dragoman_plane_done(dragoman_plane*);

/* What is to be run; valid from DRAGOMAN_WAIT_RUN to done. */
DRAGOMAN_API uint32_t dragoman_plane_system(const dragoman_plane*); /* the position in the script's __hello__ */
DRAGOMAN_API uint64_t dragoman_plane_tick(const dragoman_plane*);
DRAGOMAN_API double dragoman_plane_dt(const dragoman_plane*);

/* --- tables ---------------------------------------------------------------------------------------------------- */

/** All components, by id; `*count` of them. The array stays where it is until the next attach. */
DRAGOMAN_API const dragoman_plane_component* dragoman_plane_components(const dragoman_plane*, uint32_t* count);
DRAGOMAN_API const dragoman_view* dragoman_plane_view(const dragoman_plane*);
/** By name; DRAGOMAN_NONE where there is none. */
DRAGOMAN_API uint32_t dragoman_plane_find_component(const dragoman_plane*, const char* name);

/** A table of the running system's query. */
typedef struct dragoman_rows {
    uint32_t table;
    uint32_t rows;
    const dragoman_entity* entities;
} dragoman_rows;

/** The next table that has rows (and has changed, where the system asks for that). `*cursor` starts at 0. Returns 1, or
 * 0 at the end. */
DRAGOMAN_API int dragoman_plane_next(dragoman_plane*, uint32_t* cursor, dragoman_rows* table);
/** A component's column of a table. For reading `data` is const to you. Returns -1 where the system declared no access,
 * 1 where the table has no such column (optional ones), else 0; whole rows: `lanes`, `type` and `offset` are the
 * caller's to fill in (0). In mode replace nothing is copied yet: see dragoman_span_prepare(). */
DRAGOMAN_API int dragoman_plane_column(dragoman_plane*, uint32_t table, uint32_t component, dragoman_span*);
/** For code that writes rows one by one, or only some of them: makes `data` hold every row. Costs nothing for the other
 * modes and the second time. */
DRAGOMAN_API void dragoman_span_prepare(dragoman_span*);

/* --- entities: they see what this script has changed in this tick ------------------------------------------------ */

/** 1 or 0; -1 while no system runs. */
DRAGOMAN_API int dragoman_plane_alive(dragoman_plane*, dragoman_entity);
/** The same; 0 also for an entity that does not live, -1 also for a component that there is not. */
DRAGOMAN_API int dragoman_plane_has(dragoman_plane*, dragoman_entity, uint32_t component);
/** One row; NULL with an error where the entity does not live, has no such component, or the system may not read it.
 * With `to_write` the row may be changed through the pointer: that is an error for what the system declared as read.
 * Valid until the next command. */
DRAGOMAN_API void* dragoman_plane_row(dragoman_plane*, dragoman_entity, uint32_t component, int to_write);

/* Structural changes: recorded now, made by the broker when the stage is over, all or none. `data` is one row, or NULL
 * for the defaults; it is copied. */

/** The new entity's handle is valid at once, and for good if the tick is. An error where the system declared no
 * `creates`, or has used up what it declared. */
DRAGOMAN_API int dragoman_plane_create(dragoman_plane*, dragoman_entity* created);
/** The same with components: `components[i]` has the row `rows[i]`, or its defaults where that is NULL. */
DRAGOMAN_API int dragoman_plane_create_with(dragoman_plane*, uint32_t count, const uint32_t* components,
                                            const void* const* rows, dragoman_entity* created);
/** `entities` many at once: `rows[i]` are as many rows of `components[i]`, or NULL. `created` may be NULL. */
DRAGOMAN_API int dragoman_plane_create_many(dragoman_plane*, uint32_t entities, uint32_t count,
                                            const uint32_t* components, const void* const* rows,
                                            dragoman_entity* created);
DRAGOMAN_API int dragoman_plane_destroy(dragoman_plane*, dragoman_entity);
DRAGOMAN_API int dragoman_plane_add(dragoman_plane*, dragoman_entity, uint32_t component, const void* data);
DRAGOMAN_API int dragoman_plane_remove(dragoman_plane*, dragoman_entity, uint32_t component);
/** The whole row. In place where the system writes the component and was shown the entity's table; else it travels as a
 * command. */
DRAGOMAN_API int dragoman_plane_set(dragoman_plane*, dragoman_entity, uint32_t component, const void* data);
/** Entities of this tick's world and this script's changes that have all of `with` and none of `without`: the table
 * rows in order, then those created or changed in this tick. Entities with the tag `Parked` are left out, unless `with`
 * has it. Calls `visit` for each, until it returns other than 0. */
DRAGOMAN_API int dragoman_plane_query(dragoman_plane*, const uint32_t* with, uint32_t with_count,
                                      const uint32_t* without, uint32_t without_count,
                                      int (*visit)(void* context, dragoman_entity), void* context);

#ifdef __cplusplus
}
#endif
#endif
