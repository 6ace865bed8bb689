/* What a script with systems adds to the conversation. Only a script that declares one links this. */
#ifndef DRAGOMAN_SYSTEMS_H
#define DRAGOMAN_SYSTEMS_H

#include "session.h"

bool systems_declared(void);
/* Adds `components` and `systems` to the body of __hello__. */
void systems_hello(json_t* hello);
void systems_run(void) __attribute__((noreturn));

#pragma weak systems_declared
#pragma weak systems_hello
#pragma weak systems_run

#endif
