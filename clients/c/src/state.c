#include "state.h"

#include <stdlib.h>
#include <string.h>

#include "ml_play.h"
#include "text.h"
#include "wire.h"

#pragma weak mlplay_preserve_state
#pragma weak mlplay_restore_state
#pragma weak game_preserve_state
#pragma weak game_restore_state
#pragma weak dragoman_preserve_state
#pragma weak dragoman_restore_state

enum { longest_state = 16 << 20, deepest = 256 };

static void* held;
static bool started;

static bool plays(const char* role) { return strcmp(session_role(), role) == 0; }

static bool is_players(void) { return plays("player") && (mlplay_preserve_state || mlplay_restore_state); }
static bool is_games(void) { return plays("game") && (game_preserve_state || game_restore_state); }

static bool can_take(void) {
    if (is_players()) return mlplay_restore_state;
    return is_games() ? game_restore_state : dragoman_restore_state;
}

bool state_is_given(void) {
    if (is_players()) return mlplay_preserve_state;
    return is_games() ? game_preserve_state : dragoman_preserve_state;
}

void state_hold(void* self) { held = self; }

static json_t* give(void* nothing) {
    (void)nothing;
    if (is_players()) return mlplay_preserve_state(held);
    return is_games() ? game_preserve_state() : dragoman_preserve_state();
}

static void take(json_t* state) {
    if (is_players())
        mlplay_restore_state(held, state);
    else if (is_games())
        game_restore_state(state);
    else
        dragoman_restore_state(state);
}

void state_take_over(void) {
    if (started) return;
    started = true;
    json_t* reload = json_object_get(json_object_get(get_init_args(), "dragoman"), "reload");
    if (!json_is_true(json_object_get(reload, "state")) || !can_take()) return;
    started = false; /* it has no state yet */
    session_hello();
    wire_write("__state__", "{\"ask\": true}");
    for (;;) {
        json_t* body = session_receive("__state__");
        json_t* given = json_object_get(body, "give");
        if (given) take(given);
        if (!given) state_answer();
        json_decref(body);
        if (given) break;
    }
    started = true;
}

static void refuse(const char* message) {
    const char* script = json_string_value(json_object_get(json_object_get(get_init_args(), "dragoman"), "script"));
    session_send("__state__", json_pack("{s:{s:s, s:s, s:s, s:s*}}", "error", "code", "raised", "message", message,
                                        "trace", message, "file", script));
}

void state_answer(void) {
    if (!state_is_given()) return refuse("the script has no function that gives its state");
    if (!started) return refuse("the script has not started yet: it has no state");
    json_t* problem = NULL;
    json_t* state = session_attempt(give, NULL, "the function that gives the state", &problem);
    if (!state) return session_send("__state__", json_pack("{s:o}", "error", problem));
    json_t* body = json_pack("{s:o}", "state", state);
    char* text = text_within(body, deepest, longest_state + strlen("{\"state\": }"));
    json_decref(body);
    if (!text) return refuse("the state cannot be handed on: it is longer than 16 MiB, or nested deeper than 255");
    wire_write("__state__", text);
    free(text);
}
