/* What a script keeps over a hot reload: docs/protocol.md, section 9. */
#ifndef DRAGOMAN_STATE_H
#define DRAGOMAN_STATE_H

#include "session.h"

/* Whether the script has a hook that gives its state. */
bool state_is_given(void);
/* What mlplay_new returned. */
void state_hold(void* self);
/* Before READY, the first time: takes over what the version before has given, where the script has a hook for that. */
void state_take_over(void);
/* The broker has asked for the state. */
void state_answer(void);

#endif
