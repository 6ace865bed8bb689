/* The loops around mlplay_* and game_*, and around a script that only answers calls. A script with a main() of its own
 * gets none of this: the linker takes it from the library only where it is missing. */
#include <string.h>

#include "ml_play.h"
#include "session.h"
#include "state.h"
#include "systems.h"
#include "world.h"

#pragma weak mlplay_new
#pragma weak mlplay_update
#pragma weak mlplay_reset
#pragma weak game_setup
#pragma weak game_update
#pragma weak game_scenes
#pragma weak game_result
#pragma weak game_picture

dragoman_game game;
static uint64_t random_state;

/* splitmix64 */
double game_random(void) {
    uint64_t mixed = random_state += 0x9e3779b97f4a7c15u;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
    return (double)((mixed ^ mixed >> 31) >> 11) / 9007199254740992.0;
}

static bool is_over(json_t* scene) {
    json_t* status = json_object_get(scene, "status");
    return status && (!json_is_string(status) || strcmp(json_string_value(status), "GAME_ALIVE") != 0);
}

static void play_player(void) {
    void* ml = mlplay_new(get_init_args());
    state_hold(ml);
    client_ready();
    for (;;) {
        json_t* scene = get_scene_info();
        const bool over = is_over(scene);
        json_t* command = mlplay_update(ml, scene);
        json_decref(scene);
        const char* word = json_string_value(command);
        if (over || (word && strcmp(word, "RESET") == 0)) {
            json_decref(command);
            client_reset();
            mlplay_reset(ml);
            client_ready();
        } else {
            send_command(command);
        }
    }
}

static json_t* must(json_t* value, const char* function) {
    if (!value) dragoman_raise("%s returned NULL (json_pack does so when a value is missing)", function);
    return value;
}

static void play_game(void) {
    json_t* broker = json_object_get(get_init_args(), "dragoman");
    json_t* nobody_absent = json_object();
    json_t* nobody_lost = json_array();
    bool is_fresh = true;
    game.players = json_object_get(broker, "players");
    game.params = json_object_get(broker, "params");
    client_ready();
    for (;;) {
        json_t* tick = session_receive("__update__");
        json_t* absent = json_object_get(tick, "absent");
        json_t* lost = json_object_get(tick, "lost");
        game.absent = absent ? absent : nobody_absent;
        game.lost = lost ? lost : nobody_lost;
        game.seed = json_integer_value(json_object_get(tick, "seed"));
        game.round = (int)json_integer_value(json_object_get(tick, "round"));
        game.frame = (int)json_integer_value(json_object_get(tick, "frame"));
        game.dt = json_number_value(json_object_get(tick, "dt"));
        const bool start = json_is_true(json_object_get(tick, "start"));
        if (start || is_fresh) random_state = (uint64_t)game.seed;
        is_fresh = false;
        bool over = false;
        if (start) {
            game_setup();
        } else {
            over = game_update(json_object_get(tick, "commands"));
        }
        json_t* done = json_pack("{s:i, s:b, s:o}", "frame", game.frame, "over", over, "scenes",
                                 must(game_scenes(), "game_scenes"));
        if (over) json_object_set_new(done, "result", must(game_result(), "game_result"));
        if (json_is_true(json_object_get(tick, "draw")) && game_picture) {
            json_object_set_new(done, "picture", must(game_picture(), "game_picture"));
        }
        json_object_set_new(done, "changes", world_take_writes());
        session_send("__done__", done);
        json_decref(tick);
    }
}

int main(void) {
    const char* role = session_role();
    session_hello();
    if (strcmp(role, "player") == 0) {
        if (mlplay_new && mlplay_update && mlplay_reset) play_player();
        session_fail("compile_error",
                     "a player defines MLPlay: in C, mlplay_new, mlplay_update and mlplay_reset of ml_play.h");
    }
    if (strcmp(role, "game") == 0) {
        if (game_setup && game_update && game_scenes && game_result) play_game();
        session_fail("compile_error",
                     "a game defines Game: in C, game_setup, game_update, game_scenes and game_result of dragoman.h");
    }
    if (strcmp(role, "system") == 0) {
        if (systems_declared && systems_declared()) systems_run();
        session_fail("compile_error", "a script with systems declares one: in C, DRAGOMAN_SYSTEM of dragoman_system.h");
    }
    client_ready();
    session_receive("");
}
