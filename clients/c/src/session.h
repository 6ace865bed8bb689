/* One conversation with the broker. */
#ifndef DRAGOMAN_SESSION_H
#define DRAGOMAN_SESSION_H

#include "dragoman.h"

/* Waits for the line with this header, serves calls meanwhile; a new reference to its body. Ends the process on
 * __bye__. */
json_t* session_receive(const char* header);
/* Takes one line: a new reference to its body where it has this header. A call is served; else NULL. */
json_t* session_take(const char* header);
/* Takes over the reference. */
void session_send(const char* header, json_t* body);
/* Waits for the answer; NULL when it is an error. Takes over the reference. */
json_t* session_call(const char* method, json_t* params, dragoman_error* error);
/* What `work` gives. NULL when it has raised, or given NULL ("`what` returned NULL"): then *error is a new reference to
 * what __error__ carries. */
json_t* session_attempt(json_t* (*work)(void* with), void* with, const char* what, json_t** error);
/* Says __hello__, where the broker knows it. Further calls do nothing. */
void session_hello(void);
/* "player", "game", "system" or "verb": what the broker expects, but a script that declares systems has that role. */
const char* session_role(void);
/* The client's own lines are of no interest to the script's author. */
#undef dragoman_raise
#define dragoman_raise(...) dragoman_raise_at("", 0, "", __VA_ARGS__)

/* The __error__ of a script that cannot go on, and its end. */
void session_fail(const char* code, const char* message) __attribute__((noreturn));

#endif
