#ifndef DRAGOMAN_COMPONENTS_H
#define DRAGOMAN_COMPONENTS_H

#include "dragoman_system.h"

/* The script's own, as __hello__ lists them; a new reference. */
json_t* components_declared(void);
/* Gives each its id. Ends the script where a struct is not what the world has. */
void components_compare(json_t* world);

#endif
