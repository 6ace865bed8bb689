/* dragoman.h - what a script in C can say to the broker. Values are jansson's json_t.
 * A function that returns json_t * gives a new reference (json_decref it) unless it says "borrowed";
 * one that takes values to send (commands, params, components) takes over the reference.
 */
#ifndef DRAGOMAN_H
#define DRAGOMAN_H

#if defined(__has_include)
#if !__has_include(<jansson.h>)
#error "jansson.h was not found: apt install libjansson-dev"
#endif
#endif
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* MLGame's five functions. */
json_t* get_init_args(void); /* borrowed */
void client_ready(void);
json_t* get_scene_info(void);
void send_command(json_t* command);
void client_reset(void);

/* level: "debug", "info", "warning", "error". (log() is the logarithm in C.) */
void dragoman_log(const char* level, const char* format, ...) __attribute__((format(printf, 2, 3)));

/* Any call that the broker offers. When it fails: NULL and *error is filled; without `error`, as dragoman_raise. */
typedef struct dragoman_error {
    char code[64];
    char message[1024];
} dragoman_error;
json_t* dragoman_call(const char* method, json_t* params, dragoman_error* error);

/* C has no exceptions: this ends the script (or, inside a verb, the call) with a message. */
#define dragoman_raise(...) dragoman_raise_at(__FILE__, __LINE__, __func__, __VA_ARGS__)
void dragoman_raise_at(const char* file, int line, const char* function, const char* format, ...)
    __attribute__((noreturn, format(printf, 4, 5)));

/* A function that can be called by name: DRAGOMAN_VERB(add) { return json_integer(...); }  `params` is borrowed. */
#define DRAGOMAN_VERB(name)                                                                                           \
    static json_t* name(json_t* params);                                                                              \
    __attribute__((constructor)) static void dragoman_registers_##name(void) { dragoman_register_verb(#name, name); } \
    static json_t* name(json_t* params)
typedef json_t* (*dragoman_verb)(json_t* params);
void dragoman_register_verb(const char* name, dragoman_verb verb);
/* A parameter by its place or, where they came by name, by its name; null where it is missing. Borrowed. */
json_t* dragoman_param(json_t* params, size_t place, const char* name);

/* fopen, from the script's folder on. A file that is opened for reading belongs to the script: its change reloads the
 * script. */
FILE* dragoman_open_data(const char* path, const char* mode);

/* Optional, for a hot reload of a script with systems, verbs, or a main() of its own: what the next version is given,
 * and how it takes that before its first tick (`state` is borrowed). Players and games have functions of their own. */
json_t* dragoman_preserve_state(void);
void dragoman_restore_state(json_t* state);

/* What a game knows about itself. The values are borrowed. */
typedef struct dragoman_game {
    json_t* players; /* list of seats */
    json_t* params;
    json_t* absent; /* seat -> why it has sent nothing in the last tick */
    json_t* lost;   /* list of the seats that have lost their script for good */
    int64_t seed;   /* this round's */
    int round;
    int frame; /* updates since the round's start: 0 in game_setup, 1 in the first game_update */
    double dt; /* seconds */
} dragoman_game;
extern dragoman_game game;

/* From 0 up to 1, the same for the same seed; starts again with each round. */
double game_random(void);

/* What a game's script defines. */
void game_setup(void);
bool game_update(json_t* commands); /* borrowed; true when the round is over */
json_t* game_scenes(void);
json_t* game_result(void);
json_t* game_picture(void); /* optional */
/* Optional, for a hot reload; game_setup is not called for a version that takes over in the middle of a round. */
json_t* game_preserve_state(void);
void game_restore_state(json_t* state); /* borrowed */

/* The world. A call that fails ends the script as dragoman_raise does. Lists of names end with NULL. */
typedef int64_t world_entity;
void world_component(const char* name, ...) __attribute__((sentinel));
world_entity world_create(json_t* components);
void world_destroy(world_entity entity);
void world_add(world_entity entity, const char* component, json_t* values);
void world_remove(world_entity entity, const char* component);
void world_set(world_entity entity, const char* component, json_t* values);
json_t* world_get(world_entity entity, const char* component);
bool world_alive(world_entity entity);
bool world_has(world_entity entity, const char* component);
json_t* world_query(const char* component, ...) __attribute__((sentinel)); /* rows: [entity, {...}, ...] */
json_t* world_query_where(json_t* components, json_t* with, json_t* without);
json_t* world_one(const char* component); /* the single row */
json_t* world_batch(json_t* calls);       /* [[method, params], ...] -> the list of their values */

#ifdef __cplusplus
}
#endif
#endif
