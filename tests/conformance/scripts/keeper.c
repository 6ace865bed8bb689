/* Hands on how many scenes it has seen: see ../README.md. */
#include <ml_play.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int seen;
static char gives[16] = "state";

void* mlplay_new(json_t* init_args) {
    (void)init_args;
    return NULL;
}

json_t* mlplay_update(void* self, json_t* scene) {
    (void)self;
    const char *method = json_string_value(json_object_get(scene, "call")), *word;
    if (method) json_decref(dragoman_call(method, NULL, NULL));
    word = json_string_value(json_object_get(scene, "give"));
    if (word) snprintf(gives, sizeof gives, "%s", word);
    return json_integer(++seen);
}

void mlplay_reset(void* self) {
    (void)self;
    seen = 0;
}

static json_t* long_text(void) {
    const size_t length = 17 << 20;
    char* text = malloc(length);
    memset(text, 'x', length);
    json_t* value = json_stringn(text, length);
    free(text);
    return value;
}

json_t* mlplay_preserve_state(void* self) {
    (void)self;
    if (strcmp(gives, "raise") == 0) dragoman_raise("raised in giving");
    if (strcmp(gives, "long") == 0) return json_pack("{s:o}", "text", long_text());
    if (strcmp(gives, "nonsense") == 0) return json_string("\xff"); /* NULL: jansson makes no text of this */
    return json_pack("{s:i}", "seen", seen);
}

void mlplay_restore_state(void* self, json_t* state) {
    (void)self;
    const char* problem = json_string_value(json_object_get(state, "raise"));
    if (problem) dragoman_raise("%s", problem);
    seen = (int)json_integer_value(json_object_get(state, "seen"));
}
