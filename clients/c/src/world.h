/* The world's writes that nothing has carried to the broker yet. */
#ifndef DRAGOMAN_WORLD_H
#define DRAGOMAN_WORLD_H

#include <jansson.h>

/* Hands them over and starts a new list. */
json_t* world_take_writes(void);

#endif
