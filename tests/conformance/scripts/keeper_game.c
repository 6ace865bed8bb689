/* A game that hands on its sum: see ../README.md. */
#include <dragoman.h>

static int n;

void game_setup(void) { n = 0; }

bool game_update(json_t* commands) {
    n += (int)json_integer_value(json_object_get(commands, "1P"));
    return false;
}

json_t* game_scenes(void) {
    return json_pack("{s:{s:i,s:s,s:i}}", "1P", "frame", game.frame, "status", "GAME_ALIVE", "n", n);
}

json_t* game_result(void) { return json_object(); }

json_t* game_preserve_state(void) { return json_pack("{s:i}", "n", n); }

void game_restore_state(json_t* state) { n = (int)json_integer_value(json_object_get(state, "n")); }
