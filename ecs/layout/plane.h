#ifndef DRAGOMAN_ECS_LAYOUT_PLANE_H
#define DRAGOMAN_ECS_LAYOUT_PLANE_H
/* The data plane: how the world, and the conversation about it, lie in memory that the broker shares with the scripts
 * that run systems. Plain C, no dependencies: both sides include it. docs/ecs.md tells the story.
 *
 * A script gets these files, as descriptors over its plane socket, in this order:
 *
 *     view        read-only   dragoman_view: what the script may see, and for each of its systems the tables it runs
 * over control     writable    dragoman_control: the tick; reserved handles; the commands that the script gives
 *     directory   read-only   dragoman_directory: where the rows of every table lie
 *     index       read-only   dragoman_slot[]: where each entity is, by its handle's index
 *     ids         read-only   the handles of each table's rows
 *     arenas      one for each component that its systems read (read-only) or write
 *
 * All multi-byte numbers are little-endian, as the machine has them. Offsets are in bytes from the start of a file.
 * The broker takes nothing that it reads from `control` for granted.
 */
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DRAGOMAN_PLANE_VERSION 1u

/** Environment: "socket,go,done", three descriptors: the plane socket, and the ends of two pipes, on which a ring is
 * eight bytes. A script sleeps on `go`, which the broker rings; the broker sleeps on `done`, which the script rings.
 * Rung only for a side that says it sleeps. */
#define DRAGOMAN_PLANE_VARIABLE "DRAGOMAN_PLANE"

enum {
    DRAGOMAN_MOST_TABLES = 16384,
    DRAGOMAN_MOST_COMPONENTS = 256,
    DRAGOMAN_MOST_SYSTEMS = 256, /* of one script */
    DRAGOMAN_NAME_BYTES = 72,    /* NUL included; names have 64 bytes at most */
    /** The descriptors in front of the arenas. */
    DRAGOMAN_FIRST_ARENA = 5
};

/** No table, no slice, no descriptor. */
#define DRAGOMAN_NONE UINT32_C(0xffffffff)
#define DRAGOMAN_NOWHERE UINT64_C(0xffffffffffffffff)

/** A handle: 32-bit index, 20-bit generation; the same as ecs::Entity. On the wire it is generation * 2^32 + index. */
typedef struct dragoman_entity {
    uint32_t index;
    uint32_t generation;
} dragoman_entity;

/** An entry of the entity index; the same as ecs::EntitySlot. Alive where the generation is the handle's and table is
 * not DRAGOMAN_NONE. */
typedef struct dragoman_slot {
    uint32_t table;
    uint32_t row;
    uint32_t generation;
    uint32_t reserved;
} dragoman_slot;

/* --- directory ------------------------------------------------------------------------------------------------- */

typedef struct dragoman_table {
    uint32_t rows;
    uint32_t reserved;
    uint64_t entities; /* offset in `ids` of `rows` handles */
} dragoman_table;

/** One component of one table. Versions are of the world's change counter: see dragoman_control.since. */
typedef struct dragoman_column {
    uint64_t front;   /* offset in the component's arena; DRAGOMAN_NOWHERE where the table has no such column */
    uint64_t back;    /* the second buffer, where a system writes it in the mode `replace`; else DRAGOMAN_NOWHERE */
    uint64_t version; /* the change counter when something in it, or its rows, was changed last */
    uint64_t reserved;
} dragoman_column;

typedef struct dragoman_directory {
    uint32_t plane_version;
    uint32_t tables;     /* ids below this are in use */
    uint32_t components; /* the same */
    uint32_t reserved;
    uint64_t index_bytes; /* bytes of these files that may be read; they only grow */
    uint64_t ids_bytes;
    uint64_t arena_bytes[DRAGOMAN_MOST_COMPONENTS];
} dragoman_directory;

/** By table id, behind the header. */
#define DRAGOMAN_TABLES_OFFSET UINT64_C(4096)
/** By component id * DRAGOMAN_MOST_TABLES + table id. */
#define DRAGOMAN_COLUMNS_OFFSET (DRAGOMAN_TABLES_OFFSET + sizeof(dragoman_table) * DRAGOMAN_MOST_TABLES)
#define DRAGOMAN_DIRECTORY_BYTES \
    (DRAGOMAN_COLUMNS_OFFSET + sizeof(dragoman_column) * DRAGOMAN_MOST_COMPONENTS * DRAGOMAN_MOST_TABLES)

/* --- view ------------------------------------------------------------------------------------------------------- */

enum dragoman_access {
    DRAGOMAN_ACCESS_NONE = 0,  /* its values may be given in commands; the column is not mapped */
    DRAGOMAN_ACCESS_READ = 1,  /* mapped read-only */
    DRAGOMAN_ACCESS_WRITE = 2, /* written in place */
    DRAGOMAN_ACCESS_REPLACE =
        3, /* written into the second buffer, which takes the first one's place when all is well */
    DRAGOMAN_ACCESS_STAGED =
        4 /* as REPLACE, but the second buffer lies in a file of the script's own, at the same offset as
             the first one in the arena, which is mapped read-only; the broker copies it over */
};

/** A component as this script sees it. Access is the script's (the most that any of its systems declared): of one
 * system see dragoman_view_system. */
typedef struct dragoman_view_component {
    char name[DRAGOMAN_NAME_BYTES];
    uint64_t hash; /* of the schema: name, fields, types, defaults */
    uint32_t id;
    uint32_t size; /* of one row; 0: a tag */
    uint32_t alignment;
    uint32_t access;
    uint32_t descriptor; /* its place among the descriptors, or DRAGOMAN_NONE */
    uint32_t defaults;   /* offset in `view` of one row of defaults */
    uint32_t staging;    /* STAGED: the place among the descriptors of the script's own file */
    uint32_t reserved;
} dragoman_view_component;

/** Which tables a system runs over: ids in the order of their creation, which is the order of iteration. Tables without
 * rows are among them. */
typedef struct dragoman_view_system {
    char name[DRAGOMAN_NAME_BYTES];
    uint32_t list;    /* offset in `view` of its dragoman_list */
    uint32_t changed; /* how many of `changed_ids`: it wants only tables in which one of these changed; 0: all */
    uint16_t changed_ids[16];
    uint8_t access[DRAGOMAN_MOST_COMPONENTS]; /* by component id: dragoman_access */
} dragoman_view_system;

typedef struct dragoman_list {
    uint32_t count;
    uint32_t tables[DRAGOMAN_MOST_TABLES - 1];
} dragoman_list;

typedef struct dragoman_view {
    uint32_t plane_version;
    uint32_t components; /* entries of `component`, by id */
    uint32_t systems;
    uint32_t spin_us; /* how long to look at `go` before sleeping */
    uint64_t control_bytes;
    uint64_t handles;       /* offset in `control` of reserved handles */
    uint64_t most_handles;  /* how many there is room for */
    uint64_t commands;      /* offset in `control` */
    uint64_t command_bytes; /* room for commands */
    uint64_t written;       /* offset in `control` of the marks: see dragoman_control */
    dragoman_view_component component[DRAGOMAN_MOST_COMPONENTS];
    dragoman_view_system system[DRAGOMAN_MOST_SYSTEMS];
} dragoman_view;

/* --- control ---------------------------------------------------------------------------------------------------- */

/** One tick of one system goes like this. The broker fills in its part, then adds one to `go`. The script, which has
 * seen `go` change, runs the system, leaves its commands, and sets `done` to what `go` is. A system that raises says so
 * by a line
 * (__error__) and does not set `done`.
 *
 * Who wants to sleep sets its `sleeps` to 1, looks once more (sequentially consistent), and then waits for its bell.
 *
 * Marks: a byte for each (component id, table id), at dragoman_view.written + component * DRAGOMAN_MOST_TABLES + table.
 * A script sets it to 1 once the second buffer (REPLACE, STAGED) holds every row: these are swapped in. Cleared by the
 * broker. */
typedef struct dragoman_control {
    /* the broker's */
    uint32_t go;
    uint32_t system; /* which of the script's systems */
    uint64_t tick;
    double dt;              /* seconds */
    uint64_t since;         /* the change counter when this system ran last; what changed later has a higher version */
    uint64_t handles_ready; /* reserved handles that may be used in this tick, from dragoman_view.handles on */
    uint32_t broker_sleeps;
    uint32_t broker_reserved;
    uint8_t pad[16];
    /* the script's */
    uint32_t done;
    uint32_t script_sleeps;
    uint64_t command_bytes; /* of this tick */
    uint64_t handles_used;  /* how many of the ready ones, from the first on */
    uint32_t fault; /* it dies of a write to this component (id + 1), which it declared as read: for its author */
    uint8_t pad2[36];
} dragoman_control;

/** Of one memory page; what follows lies behind it. */
#define DRAGOMAN_CONTROL_BYTES UINT64_C(4096)

/* --- commands --------------------------------------------------------------------------------------------------- */

enum dragoman_command_kind {
    /** `entity` is the next unused reserved handle; `parts` components follow. */
    DRAGOMAN_CREATE = 1,
    /** The same for `count` entities, with the next `count` reserved handles: each part's data are `count` rows.
     * `entity` is the first of them. */
    DRAGOMAN_CREATE_MANY = 2,
    DRAGOMAN_DESTROY = 3,
    /** One part. Where the component is there already, its values are replaced. */
    DRAGOMAN_ADD = 4,
    /** One part, without data. */
    DRAGOMAN_REMOVE = 5,
    /** One part: the whole row. Error where the entity has no such component. */
    DRAGOMAN_SET = 6
};

/** A command; at a multiple of 8. Behind it lie its parts, one behind the other. */
typedef struct dragoman_command {
    uint16_t kind;
    uint16_t parts;
    uint32_t count; /* CREATE_MANY: entities; else 1 */
    uint64_t bytes; /* of all of it: this head and its parts; a multiple of 8 */
    dragoman_entity entity;
} dragoman_command;

/** A part: this head, then `bytes` of data, then padding to a multiple of 8. Without data (bytes 0) the component has
 * its defaults. */
typedef struct dragoman_part {
    uint32_t component;
    uint32_t reserved;
    uint64_t bytes; /* rows * size of the component, or 0 */
} dragoman_part;

#ifdef __cplusplus
}
#endif

#ifdef __cplusplus
static_assert(sizeof(dragoman_entity) == 8 && sizeof(dragoman_slot) == 16 && sizeof(dragoman_table) == 16, "");
static_assert(sizeof(dragoman_column) == 32 && sizeof(dragoman_command) == 24 && sizeof(dragoman_part) == 16, "");
static_assert(sizeof(dragoman_directory) <= DRAGOMAN_TABLES_OFFSET, "the header has a page");
static_assert(sizeof(dragoman_control) == 128 && offsetof(dragoman_control, done) == 64, "each side has its own line");
#endif

#endif
