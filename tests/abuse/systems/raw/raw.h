/* A script with systems and no client: the bare protocol of the data plane, for scripts that break it.
 *
 *     raw SCRIPT
 *
 * The script is two lines: what to do ("VICE TICK NUMBER"), and the body of its __hello__. */
#ifndef RAW_H
#define RAW_H

#include <ecs/layout/plane.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOST_FILES = 253 };

typedef struct file {
    int descriptor; /* stays open */
    unsigned char* data;
    size_t bytes;
    bool writable;
} file;

typedef struct raw {
    int socket, go, done; /* bells */
    file files[MOST_FILES];
    int count;
    const dragoman_view* view;
    dragoman_control* control;
    const dragoman_directory* directory;
    uint32_t seen; /* of control->go */
    int attached;  /* how often */
    char vice[64];
    long tick, number;
} raw;

/* A component that one of its systems writes, in a table: where its rows are to be written. NULL: nowhere. */
typedef struct column {
    const unsigned char* now;
    unsigned char* next;
    uint8_t* mark; /* NULL in place */
    uint32_t rows, size;
} column;
column raw_column(raw* self, uint32_t component, uint32_t table);

/* What a good system of this kind does: adds one to each 32-bit number of what it writes, and creates an entity for
 * each handle that it was given. */
void raw_work(raw* self);
/* The commands for that; returns their bytes. */
uint64_t raw_commands(raw* self);
void raw_done(raw* self);

/* vices.c: false where it is no tick for it, and the system does its work. */
bool raw_misbehave(raw* self);
/* attacks.c: tries everything, and says what came of it. */
void raw_attack(raw* self);

#endif
