/* The counter game of the conversations: see tests/conformance/README.md. */
#include <dragoman.h>
#include <string.h>

static world_entity entity;
static int n;
static bool over;

static int n_of(json_t* count) { return (int)json_integer_value(json_object_get(count, "n")); }

static int get(void) {
    json_t* count = world_get(entity, "Count");
    const int value = n_of(count);
    json_decref(count);
    return value;
}

static void set(int value) { world_set(entity, "Count", json_pack("{s:i}", "n", value)); }

void game_setup(void) {
    world_component("Count", "n: i32", NULL);
    n = (int)json_integer_value(json_object_get(game.params, "start"));
    entity = world_create(json_pack("{s:{s:i}}", "Count", "n", n));
    over = false;
}

static void query(void) {
    size_t i;
    json_t *row, *rows = world_query("Count", NULL);
    n = 0;
    json_array_foreach(rows, i, row) n += n_of(json_array_get(row, 1));
    json_decref(rows);
}

static void one(void) {
    json_t* row = world_one("Count");
    n = n_of(json_array_get(row, 1));
    json_decref(row);
}

static void batch(void) {
    json_t* values = world_batch(json_pack("[[s,{s:I,s:s,s:{s:i}}],[s,{s:I,s:s}]]",                          //
                                           "set", "entity", entity, "component", "Count", "values", "n", 5,  //
                                           "get", "entity", entity, "component", "Count"));
    n = n_of(json_array_get(values, 1));
    json_decref(values);
}

static void missing(void) {
    dragoman_error error;
    json_t* value =
        dragoman_call("world.get", json_pack("{s:I,s:s}", "entity", entity, "component", "Missing"), &error);
    if (!value) n = -1;
    json_decref(value);
}

static void move(void) {
    world_remove(entity, "Count");
    world_add(entity, "Count", json_pack("{s:i}", "n", 9));
    n = world_has(entity, "Count");
}

bool game_update(json_t* commands) {
    json_t* command = json_object_get(commands, "1P");
    const char* word = json_is_string(command) ? json_string_value(command) : "";
    if (json_is_null(command) && json_object_get(game.absent, "1P")) n = -2;
    if (json_is_integer(command)) {
        n = get() + (int)json_integer_value(command);
        set(n);
    }
    if (strcmp(word, "check") == 0) {
        set(100);
        n = get();
    }
    if (strcmp(word, "query") == 0) query();
    if (strcmp(word, "one") == 0) one();
    if (strcmp(word, "batch") == 0) batch();
    if (strcmp(word, "missing") == 0) missing();
    if (strcmp(word, "more") == 0) world_create(json_pack("{s:{s:i}}", "Count", "n", 1));
    if (strcmp(word, "move") == 0) move();
    if (strcmp(word, "destroy") == 0) {
        world_destroy(entity);
        n = world_alive(entity);
    }
    if (strcmp(word, "log") == 0) dragoman_log("info", "tick");
    if (strcmp(word, "fail") == 0) dragoman_raise("raised in update");
    if (strcmp(word, "end") == 0) over = true;
    return over;
}

json_t* game_scenes(void) {
    return json_pack("{s:{s:i,s:s,s:i,s:i}}", "1P", "frame", game.frame, "status", over ? "GAME_OVER" : "GAME_ALIVE",
                     "n", n, "round", game.round);
}

json_t* game_result(void) { return json_pack("{s:{s:i,s:i}}", "1P", "rank", 1, "score", n); }

json_t* game_picture(void) {
    return json_pack("{s:i,s:i,s:s,s:[{s:[i,i],s:o,s:s}]}", "width", 100, "height", 100, "background", "#000000",
                     "shapes", "text", 0, 0, "value", json_sprintf("%d", n), "color", "#ffffff");
}
