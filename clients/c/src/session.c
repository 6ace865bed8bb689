#include "session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ml_play.h"
#include "state.h"
#include "systems.h"
#include "text.h"
#include "wire.h"

#pragma weak mlplay_new
#pragma weak game_setup

enum { deepest_call = 16, most_verbs = 256 };

static json_t* init_args;
static bool greeted;

static struct {
    const char* name;
    dragoman_verb verb;
} verbs[most_verbs];
static size_t verb_count;

static jmp_buf* attempting; /* where dragoman_raise goes from inside session_attempt */
static json_t* attempt_error;

static void serve(json_t* body);

/* Answers to calls that wait further out: id -> [header, body]. */
static json_t* early_answers;

static char* next_line(size_t* length) {
    fflush(stdout);
    char* line = wire_read(length);
    if (!line) exit(0);
    return line;
}

/* The next line's body; its header goes to `header`. */
static json_t* next_message(char header[65]) {
    for (;;) {
        size_t length = 0;
        char* line = next_line(&length);
        char* blank = memchr(line, ' ', length);
        if (!blank || blank - line > 64 || strncmp(line, "__", 2) != 0) continue;
        memcpy(header, line, (size_t)(blank - line));
        header[blank - line] = '\0';
        if (strcmp(header, "__bye__") == 0) exit(0);

        json_error_t problem;
        const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
        json_t* body = json_loadb(blank + 1, length - (size_t)(blank + 1 - line), flags, &problem);
        if (!body) dragoman_raise("%s cannot be read: %s", header, problem.text);
        return body;
    }
}

static bool is(const char* a, const char* b) { return strcmp(a, b) == 0; }

/* What comes while something else is waited for. */
static void serve_aside(const char* header, json_t* body) {
    if (is(header, "__call__")) serve(body);
    if (is(header, "__state__")) state_answer();
}

json_t* session_take(const char* wanted) {
    char header[65];
    json_t* body = next_message(header);
    if (is(header, wanted)) return body;
    serve_aside(header, body);
    json_decref(body);
    return NULL;
}

json_t* session_receive(const char* wanted) {
    for (;;) {
        json_t* body = session_take(wanted);
        if (body) return body;
    }
}

void session_send(const char* header, json_t* body) {
    char* text = text_of(body);
    json_decref(body);
    wire_write(header, text);
    free(text);
}

json_t* get_init_args(void) {
    if (!init_args) init_args = session_receive("__init__");
    return init_args;
}

static json_t* broker(void) { return json_object_get(get_init_args(), "dragoman"); }

const char* session_role(void) {
    const char* role = json_string_value(json_object_get(broker(), "role"));
    if (systems_declared && systems_declared() && !mlplay_new && !game_setup) return "system";
    return role ? role : "player";
}

void session_hello(void) {
    if (greeted || !broker()) return;
    greeted = true;
    json_t* hello = json_pack("{s:i, s:s, s:s, s:[s,s,s,s]}", "protocol", 1, "client", "dragoman-c 0.1.0", "role",
                              session_role(), "features", "log", "error", "call", "uses");
    if (state_is_given()) json_array_append_new(json_object_get(hello, "features"), json_string("state"));
    if (is(session_role(), "system") && systems_hello) systems_hello(hello);
    session_send("__hello__", hello);
}

void client_ready(void) {
    session_hello();
    state_take_over();
    wire_write("__command__", "READY");
}

json_t* get_scene_info(void) { return session_receive("__scene_info__"); }

void send_command(json_t* command) {
    if (!command) dragoman_raise("the command is NULL: json_null() is the command that does nothing");
    session_send("__command__", command);
}

void client_reset(void) { wire_write("__command__", "RESET"); }

/* Bytes that are not UTF-8 become '?': a message is better shown with a flaw than not at all. */
static json_t* shown(const char* text) {
    json_t* value = json_string(text);
    if (value) return value;
    char* copy = strdup(text);
    for (char* c = copy; *c; ++c) {
        if (*c & 0x80) *c = '?';
    }
    value = json_string(copy);
    free(copy);
    return value;
}

void dragoman_log(const char* level, const char* format, ...) {
    char message[4096];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    session_hello();
    if (broker()) {
        session_send("__log__", json_pack("{s:s, s:o}", "level", level, "message", shown(message)));
    } else {
        fprintf(stderr, "%s: %s\n", level, message);
    }
}

/* [header, body] of the answer to our call `id`. */
static json_t* await_answer(json_int_t id) {
    char key[24], header[65];
    snprintf(key, sizeof key, "%" JSON_INTEGER_FORMAT, id);
    if (!early_answers) early_answers = json_object();
    json_object_set_new(early_answers, key, json_null());
    while (json_is_null(json_object_get(early_answers, key))) {
        json_t* body = next_message(header);
        serve_aside(header, body);
        if (is(header, "__return__") || is(header, "__error__")) {
            char other[24];
            snprintf(other, sizeof other, "%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(body, "id")));
            if (json_object_get(early_answers, other)) {
                json_object_set_new(early_answers, other, json_pack("[s,O]", header, body));
            }
        }
        json_decref(body);
    }
    json_t* answer = json_incref(json_object_get(early_answers, key));
    json_object_del(early_answers, key);
    return answer;
}

static const char* text_in(const json_t* object, const char* key) {
    const char* text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

json_t* session_call(const char* method, json_t* params, dragoman_error* error) {
    static json_int_t last_id;
    error->code[0] = '\0';
    if (!broker()) {
        json_decref(params);
        snprintf(error->code, sizeof error->code, "denied");
        snprintf(error->message, sizeof error->message,
                 "this broker speaks only the classic level, which has no calls");
        return NULL;
    }
    session_hello();
    const json_int_t id = ++last_id;
    session_send("__call__",
                 json_pack("{s:I, s:s, s:o}", "id", id, "method", method, "params", params ? params : json_object()));
    json_t *answer = await_answer(id), *body = json_array_get(answer, 1), *value = NULL;
    if (is(json_string_value(json_array_get(answer, 0)), "__return__")) {
        value = json_object_get(body, "value");
        value = value ? json_incref(value) : json_null();
    } else {
        snprintf(error->code, sizeof error->code, "%s", text_in(body, "code"));
        snprintf(error->message, sizeof error->message, "%s", text_in(body, "message"));
    }
    json_decref(answer);
    return value;
}

void dragoman_register_verb(const char* name, dragoman_verb verb) {
    if (verb_count == most_verbs) return;
    verbs[verb_count].name = name;
    verbs[verb_count++].verb = verb;
}

json_t* dragoman_param(json_t* params, size_t place, const char* name) {
    json_t* value = json_is_object(params) ? json_object_get(params, name) : json_array_get(params, place);
    return value ? value : json_null();
}

/* Alone in its function, as setjmp wants it. */
__attribute__((noinline)) json_t* session_attempt(json_t* (*work)(void* with), void* with, const char* what,
                                                  json_t** error) {
    jmp_buf here, *const outer = attempting;
    json_t* volatile value = NULL;
    attempting = &here;
    if (setjmp(here) == 0) {
        value = work(with);
        if (!value) dragoman_raise("%s returned NULL: json_null() is no value", what);
    }
    attempting = outer;
    if (!value) *error = attempt_error;
    return value;
}

typedef struct {
    dragoman_verb verb;
    json_t* params;
} verb_call;

static json_t* call_verb(void* with) {
    const verb_call* call = with;
    return call->verb(call->params);
}

/* Consumes nothing; answers with __return__ or __error__. */
static void serve(json_t* body) {
    static int depth;
    json_t *id = json_object_get(body, "id"), *params = json_object_get(body, "params");
    const char* method = text_in(body, "method");
    const char* code = NULL;
    char message[256] = "";
    dragoman_verb verb = NULL;

    for (size_t i = 0; i < verb_count; ++i) {
        if (is(verbs[i].name, method)) verb = verbs[i].verb;
    }
    if (!verb) {
        code = "unknown_method";
        snprintf(message, sizeof message, "there is no DRAGOMAN_VERB(%s)", method);
    } else if (depth >= deepest_call) {
        code = "depth";
        snprintf(message, sizeof message, "more than %d calls inside each other", deepest_call);
    }
    if (code) {
        json_t* error =
            json_pack("{s:O?, s:s, s:o, s:s}", "id", id, "code", code, "message", shown(message), "trace", "");
        return session_send("__error__", error);
    }

    ++depth;
    char what[128];
    snprintf(what, sizeof what, "the verb %s", method);
    json_t* problem = NULL;
    json_t* value = session_attempt(call_verb, &(verb_call){verb, params}, what, &problem);
    --depth;
    if (value) {
        session_send("__return__", json_pack("{s:O?, s:o}", "id", id, "value", value));
    } else {
        json_object_set(problem, "id", id);
        session_send("__error__", problem);
    }
}

static json_t* source_line(const char* file, int line) {
    FILE* source = fopen(file, "r");
    char text[512];
    json_t* found = NULL;
    for (int at = 1; source && fgets(text, sizeof text, source); at += strchr(text, '\n') != NULL) {
        if (at != line) continue;
        text[strcspn(text, "\r\n")] = '\0';
        found = shown(text + strspn(text, " \t"));
        break;
    }
    if (source) fclose(source);
    return found;
}

static void end_with(json_t* body) {
    fflush(stdout);
    const char* trace = text_in(body, "trace");
    fprintf(stderr, "%s\n", *trace ? trace : text_in(body, "message"));
    session_hello();
    if (broker()) session_send("__error__", body);
    exit(1);
}

void session_fail(const char* code, const char* message) {
    end_with(json_pack("{s:s, s:o, s:s}", "code", code, "message", shown(message), "trace", ""));
    abort();
}

void dragoman_raise_at(const char* file, int line, const char* function, const char* format, ...) {
    char message[4096], trace[5000];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    snprintf(trace, sizeof trace, "%s:%d: in %s: %s", file, line, function, message);
    json_t* body = json_pack("{s:s, s:o}", "code", "raised", "message", shown(message));
    if (line > 0) {
        json_object_update_new(body, json_pack("{s:o, s:o, s:i, s:o*}", "trace", shown(trace), "file", shown(file),
                                               "line", line, "source", source_line(file, line)));
    } else {
        json_object_set_new(body, "trace", shown(message));
    }
    if (attempting) {
        attempt_error = body;
        longjmp(*attempting, 1);
    }
    end_with(body);
    abort();
}
