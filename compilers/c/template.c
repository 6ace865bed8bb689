/* A player. The loop around it is the client's; what it gets and what it may answer is the game's business.
 * These scenes are pong's: try it with `dragoman run examples/pong -i this_file.c`.
 * Values are jansson's json_t; what comes in is borrowed, what is returned is handed over. */
#include <ml_play.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char platform[32];
} player;

/* init_args["args"]: what the game's dragoman.toml says for this seat; here the seat's name. */
void* mlplay_new(json_t* init_args) {
    player* me = calloc(1, sizeof *me);
    const char* seat = json_string_value(json_array_get(json_object_get(init_args, "args"), 0));
    snprintf(me->platform, sizeof me->platform, "platform_%s", seat ? seat : "1P");
    return me;
}

static int number(json_t* scene, const char* key, size_t place) {
    return (int)json_integer_value(json_array_get(json_object_get(scene, key), place));
}

/* Once for each tick. What is returned is the command: any value that JSON can hold. */
json_t* mlplay_update(void* self, json_t* scene_info) {
    const player* me = self;
    if (number(scene_info, "ball_speed", 1) == 0) return json_string("SERVE_TO_LEFT");

    const int distance = number(scene_info, "ball", 0) - (number(scene_info, me->platform, 0) + 20);
    if (abs(distance) < 5) return json_string("NONE");
    return json_string(distance < 0 ? "MOVE_LEFT" : "MOVE_RIGHT");
}

/* After the last scene of a round, before the next round begins. */
void mlplay_reset(void* self) { (void)self; }
