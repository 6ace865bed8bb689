/* Reads a data file: see ../README.md. */
#include <ml_play.h>
#include <stdio.h>
#include <string.h>

void* mlplay_new(json_t* init_args) {
    (void)init_args;
    return NULL;
}

json_t* mlplay_update(void* self, json_t* scene) {
    (void)self;
    char line[100] = "";
    FILE* file = dragoman_open_data(json_string_value(json_object_get(scene, "path")), "r");
    if (!file) dragoman_raise("there is no such file");
    if (fgets(line, sizeof line, file)) line[strcspn(line, "\n")] = '\0';
    fclose(file);
    return json_string(line);
}

void mlplay_reset(void* self) { (void)self; }
