/* Does what the scene's key `do` says: see tests/conformance/README.md. */
#include <ml_play.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static char on_reset[16];

static bool is(const char* a, const char* b) { return a && strcmp(a, b) == 0; }
static const char* text(json_t* object, const char* key) { return json_string_value(json_object_get(object, key)); }

static void nap(double seconds) {
    struct timespec time = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    nanosleep(&time, NULL);
}

static void hang(void) {
    for (;;) nap(3600);
}

void* mlplay_new(json_t* init_args) {
    json_t* params = json_object_get(json_object_get(init_args, "dragoman"), "params");
    const char* vice = text(params, "init");
    if (is(vice, "raise")) dragoman_raise("raised in the constructor");
    if (is(vice, "hang")) hang();
    if (is(vice, "exit")) exit(7);
    if (is(vice, "print")) puts("constructed");
    return NULL;
}

static void flood(FILE* stream, json_int_t bytes) {
    for (json_int_t i = 1; i <= bytes; ++i) fputc(i % 80 == 0 ? '\n' : 'x', stream);
    fflush(stream);
}

static json_t* call(json_t* scene) {
    dragoman_error error;
    json_t* params = json_object_get(scene, "params");
    json_t* value = dragoman_call(text(scene, "method"), json_incref(params), &error);
    return value ? value : json_pack("{s:s}", "error", error.code);
}

json_t* mlplay_update(void* self, json_t* scene) {
    (void)self;
    const char* vice = text(scene, "do");
    json_t* value = json_object_get(scene, "value");
    if (text(scene, "on_reset")) snprintf(on_reset, sizeof on_reset, "%s", text(scene, "on_reset"));

    if (is(vice, "print")) puts(text(scene, "text"));
    if (is(vice, "stderr")) fprintf(stderr, "%s\n", text(scene, "text"));
    if (is(vice, "flood")) {
        flood(is(text(scene, "stream"), "stderr") ? stderr : stdout,
              json_integer_value(json_object_get(scene, "bytes")));
    }
    if (is(vice, "raise")) dragoman_raise("%s", text(scene, "text"));
    if (is(vice, "exit")) exit((int)json_integer_value(json_object_get(scene, "code")));
    if (is(vice, "segfault")) raise(SIGSEGV);
    if (is(vice, "abort")) abort();
    if (is(vice, "hang")) hang();
    if (is(vice, "busy")) {
        for (volatile unsigned long i = 0;; ++i) {
        }
    }
    if (is(vice, "sleep")) nap(json_number_value(json_object_get(scene, "seconds")));
    while (is(vice, "drip")) {
        puts("drip");
        nap(0.02);
    }
    if (is(vice, "log")) dragoman_log(text(scene, "level"), "%s", text(scene, "text"));
    if (is(vice, "call")) return call(scene);
    if (is(vice, "twice")) send_command(value ? json_incref(value) : json_null());
    if (is(vice, "init")) return json_incref(get_init_args());
    if (is(vice, "scene")) return json_incref(scene);
    return value ? json_incref(value) : json_null();
}

void mlplay_reset(void* self) {
    (void)self;
    if (is(on_reset, "raise")) dragoman_raise("raised in reset");
    if (is(on_reset, "exit")) exit(7);
    if (is(on_reset, "hang")) hang();
    on_reset[0] = '\0';
}

DRAGOMAN_VERB(add) {
    json_t *a = dragoman_param(params, 0, "a"), *b = dragoman_param(params, 1, "b");
    if (json_is_string(a) && json_is_string(b)) {
        return json_sprintf("%s%s", json_string_value(a), json_string_value(b));
    }
    if (!json_is_number(a) || !json_is_number(b)) dragoman_raise("add: numbers or texts expected");
    if (json_is_real(a) || json_is_real(b)) return json_real(json_number_value(a) + json_number_value(b));
    return json_integer(json_integer_value(a) + json_integer_value(b));
}

DRAGOMAN_VERB(again) {
    const char* method = json_string_value(dragoman_param(params, 0, "method"));
    return dragoman_call(method, json_incref(dragoman_param(params, 1, "params")), NULL);
}
