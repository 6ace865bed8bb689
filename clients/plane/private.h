#ifndef DRAGOMAN_PLANE_PRIVATE_H
#define DRAGOMAN_PLANE_PRIVATE_H
/* What the files of this library share; no client includes it. Names begin with dgp_, and none is exported. */
#include <stdbool.h>

#include "clients/plane/plane.h"

#pragma GCC visibility push(hidden)

enum { dgp_error_bytes = 512 };

/** A shared file, mapped from its beginning. Of one that grows, more than it has is mapped. */
typedef struct dgp_file {
    unsigned char* base;
    uint64_t mapped;
} dgp_file;
enum dgp_mapping { DGP_READABLE = 0, DGP_WRITABLE = 1, DGP_GROWS = 2 };

/** An entity that this script's commands of this tick are about: one that they create, or change. */
typedef struct dgp_touched {
    dragoman_entity entity;
    uint64_t create;  /* where its command is; DRAGOMAN_NOWHERE for an entity of the world */
    uint32_t row;     /* which of a create_many's */
    uint32_t changes; /* the first of its dgp_change, or DRAGOMAN_NONE */
    bool destroyed;
} dgp_touched;

/** What happened to one component of it after its creation. */
typedef struct dgp_change {
    uint32_t component;
    uint32_t next;
    uint64_t part; /* where the newest values are among the commands; DRAGOMAN_NOWHERE: removed */
    bool added;    /* by this script; else it only set what the world had */
} dgp_change;

/** An entry of the hash table over `touched`; of an earlier run it counts as empty. */
typedef struct dgp_bucket {
    uint32_t run;
    uint32_t touched;
} dgp_bucket;

/** The changes of this tick, in the order of each entity's first command. Creations are entered late: when somebody
 * looks for one, or a world's entity is entered. */
typedef struct dgp_overlay {
    dgp_touched* touched;
    uint32_t touched_count, touched_room;
    dgp_change* changes;
    uint32_t change_count, change_room;
    dgp_bucket* buckets;
    uint32_t bucket_bits;     /* 0: none yet */
    uint32_t run;             /* counts runs, from 1 */
    uint64_t entered;         /* bytes of commands looked through for creations */
    uint64_t entered_handles; /* handles in them */
} dgp_overlay;

struct dragoman_plane {
    int socket, go, done;

    /* attached */
    dgp_file view_file, control_file, directory_file, index_file, ids_file;
    dgp_file arenas[DRAGOMAN_MOST_COMPONENTS], staging[DRAGOMAN_MOST_COMPONENTS];
    uint32_t mapped[DRAGOMAN_MOST_COMPONENTS]; /* components with an arena here */
    uint32_t mapped_count;
    uint64_t floor;     /* map at least so much of a file that grows */
    bool keep_mappings; /* what was mapped stays so */
    const dragoman_view* view;
    dragoman_control* control; /* NULL while nothing is attached */
    const dragoman_directory* directory;
    const dragoman_table* tables;
    const dragoman_slot* index;
    unsigned char* commands;
    const dragoman_entity* handles;
    uint8_t* marks;
    dragoman_plane_component components[DRAGOMAN_MOST_COMPONENTS];

    /* the run */
    bool running;
    uint32_t vain;    /* how often looking for the next one was in vain, in a row */
    uint32_t waits;   /* since then */
    bool unannounced; /* found by dragoman_plane_wait(), not announced by a line */
    uint32_t seen;    /* the last `go` that was answered, or is being run */
    uint32_t system_number;
    const dragoman_view_system* system;
    const dragoman_list* list;
    /* By table: the number of the run in which it was shown to the system. What others hold cannot be written in place:
     * the broker would not know. */
    uint32_t shown[DRAGOMAN_MOST_TABLES];
    uint32_t shown_run; /* all tables of this run are entered in `shown` */
    uint64_t slots;     /* that may be read */
    uint64_t handles_ready, handles_used;
    uint64_t used; /* bytes of commands */
    dgp_overlay overlay;

    char error[dgp_error_bytes];
};

/** Sets the error; returns -1. */
__attribute__((format(printf, 2, 3))) int dgp_fail(dragoman_plane*, const char* format, ...);

/* mapping.c */
/** At least `bytes`, which must be there; what does not grow is mapped whole. */
int dgp_map(dragoman_plane*, dgp_file*, int descriptor, uint64_t bytes, int mapping, const char* what);
void dgp_unmap(const dragoman_plane*, dgp_file*);
/** Maps what the directory says may be read now. */
int dgp_follow(dragoman_plane*);
void dgp_place_component(dragoman_plane*, uint32_t component);

/* attach.c */
void dgp_detach(dragoman_plane*);

/* fault.c */
/** From now on a write to one of its read-only columns is told to the broker before it ends the script. One plane at a
 * time. */
void dgp_watch_faults(dragoman_plane*);
void dgp_forget_faults(const dragoman_plane*);

/* overlay.c */
/** For a new run; its number is never 0. True where numbers begin again. */
bool dgp_forget_changes(dgp_overlay*);
void dgp_free_overlay(dgp_overlay*);
/** Makes `touched` complete. */
int dgp_enter_creations(dragoman_plane*);
/** Its place in `touched`, or DRAGOMAN_NONE. Knows created ones only after dgp_enter_creations(). */
uint32_t dgp_find_touched(const dgp_overlay*, dragoman_entity);
/** The same, entering an entity of the world that is not there; DRAGOMAN_NONE with an error without memory. */
uint32_t dgp_touch(dragoman_plane*, dragoman_entity);
const dgp_change* dgp_find_change(const dgp_overlay*, uint32_t touched, uint32_t component);
/** Room for a change, so that dgp_note() cannot fail. */
int dgp_room_for_change(dragoman_plane*);
void dgp_note(dgp_overlay*, uint32_t touched, uint32_t component, uint64_t part, bool added);

/* entities.c */
/** Where an entity is: in `table` and `row`, or among the commands (table is DRAGOMAN_NONE), or changed there. */
typedef struct dgp_place {
    uint32_t touched; /* or DRAGOMAN_NONE */
    uint32_t table, row;
} dgp_place;
/** Where the values of one component of it are. */
enum dgp_source { DGP_NOWHERE, DGP_COLUMN, DGP_COMMAND };
typedef struct dgp_values {
    enum dgp_source source;
    uint32_t row;        /* of the part */
    dragoman_part* part; /* DGP_COMMAND */
    bool own;            /* given by this script when it made or added the component */
} dgp_values;
bool dgp_running(dragoman_plane*);
bool dgp_known(dragoman_plane*, uint32_t component);
bool dgp_find(dragoman_plane*, dragoman_entity, dgp_place*);
/** dgp_find() with an error. */
int dgp_expect(dragoman_plane*, dragoman_entity, dgp_place*);
dgp_values dgp_look(const dragoman_plane*, const dgp_place*, uint32_t component);
/** One component of a living entity, or an error. */
int dgp_expect_component(dragoman_plane*, dragoman_entity, uint32_t component, dgp_place*, dgp_values*);
/** The row in the part; NULL where the part has no data. */
unsigned char* dgp_part_row(const dragoman_plane*, const dgp_values*);
/** NULL where it cannot be written in place, but by a command. */
unsigned char* dgp_column_row(dragoman_plane*, const dgp_place*, uint32_t component, bool to_write);
const void* dgp_defaults(const dragoman_plane*, uint32_t component);

/* tables.c */
/** A column that is there and may be read. Writable only in a table that was shown to the system. */
void dgp_span(dragoman_plane*, uint32_t table, uint32_t component, dragoman_span*);
int dgp_not_mapped(dragoman_plane*, uint32_t component);

/* commands.c */
/** Appends a SET with one row; NULL with an error. Returns where the row is. */
unsigned char* dgp_append_set(dragoman_plane*, uint32_t touched, dragoman_entity, uint32_t component, const void* data);

static inline uint64_t dgp_number(dragoman_entity entity) { return (uint64_t)entity.generation << 32 | entity.index; }
static inline bool dgp_same(dragoman_entity a, dragoman_entity b) {
    return a.index == b.index && a.generation == b.generation;
}
static inline const char* dgp_name(const dragoman_plane* plane, uint32_t component) {
    return plane->view->component[component].name;
}
static inline bool dgp_has_column(const dragoman_plane* plane, uint32_t component, uint32_t table) {
    return plane->components[component].columns[table].front != DRAGOMAN_NOWHERE;
}
static inline uint8_t* dgp_mark(const dragoman_plane* plane, uint32_t component, uint32_t table) {
    return plane->marks + (uint64_t)component * DRAGOMAN_MOST_TABLES + table;
}

#pragma GCC visibility pop
#endif
