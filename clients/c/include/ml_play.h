/* ml_play.h - what a player's script in C defines. */
#ifndef ML_PLAY_H
#define ML_PLAY_H

#include <dragoman.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `init_args` and `scene_info` are borrowed. What mlplay_new returns is handed to the other two. */
void* mlplay_new(json_t* init_args);
json_t* mlplay_update(void* self, json_t* scene_info); /* the command; "RESET" ends the round */
void mlplay_reset(void* self);

#ifdef __cplusplus
}
#endif
#endif
