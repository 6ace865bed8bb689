/* A game: everybody guesses a number, and hears whether it was too low or too high. Its dragoman.toml says at least
 *     name = "guess"    script = "this_file.c"    [players] names = ["1P", "2P"]
 * `game` holds the seats, the parameters, the frame; the world_ functions keep the game's state with the broker. */
#include <dragoman.h>
#include <string.h>

static bool over;

/* A round begins. The world is empty: what it shall hold is declared and created here. */
void game_setup(void) {
    size_t i;
    json_t* seat;
    over = false;
    world_component("Secret", "number: i32", NULL);
    world_component("Guess", "seat: text", "hint: text", "tries: i32", NULL);
    world_create(json_pack("{s:{s:i}}", "Secret", "number", 1 + (int)(game_random() * 100)));
    json_array_foreach(game.players, i, seat) {
        world_create(json_pack("{s:{s:O, s:s}}", "Guess", "seat", seat, "hint", "none"));
    }
}

/* One tick: commands has for each seat what that player returned, or null. True ends the round. */
bool game_update(json_t* commands) {
    size_t i;
    json_t *row, *secret = world_one("Secret"), *guesses = world_query("Guess", NULL);
    const int right = (int)json_integer_value(json_object_get(json_array_get(secret, 1), "number"));
    over = game.frame >= 100;
    json_array_foreach(guesses, i, row) {
        json_t* guess = json_array_get(row, 1);
        json_t* command = json_object_get(commands, json_string_value(json_object_get(guess, "seat")));
        if (!json_is_integer(command)) continue;
        const int said = (int)json_integer_value(command);
        const int tries = (int)json_integer_value(json_object_get(guess, "tries")) + 1;
        const char* hint = said < right ? "higher" : said > right ? "lower" : "right";
        world_set(json_integer_value(json_array_get(row, 0)), "Guess",
                  json_pack("{s:s, s:i}", "hint", hint, "tries", tries));
        over = over || said == right;
    }
    json_decref(secret);
    json_decref(guesses);
    return over;
}

/* What each player sees. `status` is GAME_ALIVE as long as the round goes on. */
json_t* game_scenes(void) {
    size_t i;
    json_t *row, *scenes = json_object(), *guesses = world_query("Guess", NULL);
    json_array_foreach(guesses, i, row) {
        json_t* guess = json_array_get(row, 1);
        json_object_set_new(
            scenes, json_string_value(json_object_get(guess, "seat")),
            json_pack("{s:i, s:s, s:O, s:O}", "frame", game.frame, "status", over ? "GAME_OVER" : "GAME_ALIVE", "hint",
                      json_object_get(guess, "hint"), "tries", json_object_get(guess, "tries")));
    }
    json_decref(guesses);
    return scenes;
}

/* Asked for when the round is over. Equal ranks are a draw. */
json_t* game_result(void) {
    size_t i;
    json_t *row, *result = json_object(), *guesses = world_query("Guess", NULL);
    json_array_foreach(guesses, i, row) {
        json_t* guess = json_array_get(row, 1);
        const bool won = strcmp(json_string_value(json_object_get(guess, "hint")), "right") == 0;
        json_object_set_new(result, json_string_value(json_object_get(guess, "seat")),
                            json_pack("{s:i, s:i}", "rank", won ? 1 : 2, "score", won ? 1 : 0));
    }
    json_decref(guesses);
    return result;
}

/* Optional: what the broker draws. */
json_t* game_picture(void) {
    size_t i;
    json_t *row, *shapes = json_array(), *guesses = world_query("Guess", NULL);
    json_array_foreach(guesses, i, row) {
        json_t* guess = json_array_get(row, 1);
        const char* seat = json_string_value(json_object_get(guess, "seat"));
        const char* hint = json_string_value(json_object_get(guess, "hint"));
        json_array_append_new(shapes, json_pack("{s:[i,i], s:o, s:s}", "text", 4, 4 + 12 * (int)i, "value",
                                                json_sprintf("%s: %s", seat, hint), "color", "#cccccc"));
    }
    json_decref(guesses);
    return json_pack("{s:i, s:i, s:s, s:o}", "width", 200, "height", 100, "background", "#101018", "shapes", shapes);
}
