/* Data files beside the script. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session.h"

enum { most_used_files = 4096 };

/* Appends a path to a folder (without its last slash) and takes out what means nothing: "a//./b/../c" is "a/c". */
static void join(char full[PATH_MAX], const char* path) {
    size_t length = strlen(full);
    while (*path) {
        const size_t step = strcspn(path, "/");
        if (step == 2 && memcmp(path, "..", 2) == 0) {
            while (length > 0 && full[--length] != '/') {
            }
        } else if (step > 0 && !(step == 1 && *path == '.') && length + step + 2 < PATH_MAX) {
            full[length++] = '/';
            memcpy(full + length, path, step);
            length += step;
        }
        full[length] = '\0';
        path += step + (path[step] == '/');
    }
}

/* `path` counts from the script's folder. */
static void find(char full[PATH_MAX], const char* path) {
    const char* script = json_string_value(json_object_get(json_object_get(get_init_args(), "dragoman"), "script"));
    char folder[PATH_MAX] = "";
    full[0] = '\0';
    if (*path != '/') {
        if ((!script || *script != '/') && getcwd(folder, sizeof folder)) join(full, folder);
        if (script) {
            join(full, script);
            join(full, "..");
        }
    }
    join(full, path);
}

static void name_used_file(const char* full) {
    static json_t* known;
    json_t* name = json_string(full);
    if (!known) known = json_object();
    if (name && json_object_size(known) < most_used_files && !json_object_get(known, full) &&
        strncmp(full, "/usr/", 5) != 0 && json_object_get(get_init_args(), "dragoman")) {
        json_object_set_new(known, full, json_true());
        session_hello();
        session_send("__uses__", json_pack("{s:[O]}", "files", name));
    }
    json_decref(name);
}

FILE* dragoman_open_data(const char* path, const char* mode) {
    char full[PATH_MAX];
    find(full, path);
    FILE* file = fopen(full, mode);
    if (file && mode[0] == 'r' && !strchr(mode, '+')) name_used_file(full);
    return file;
}
