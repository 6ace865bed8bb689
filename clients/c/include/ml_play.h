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

/* Optional, for a hot reload: what the next version is given, and how it takes that (`state` is borrowed), after
 * mlplay_new. */
json_t* mlplay_preserve_state(void* self);
void mlplay_restore_state(void* self, json_t* state);

#ifdef __cplusplus
}
#endif
#endif
