/* JSON text in the form of Python's json.dumps, which is the form on the wire. */
#ifndef DRAGOMAN_TEXT_H
#define DRAGOMAN_TEXT_H

#include <jansson.h>

/* To be freed. jansson's own writer differs in two points: 17 digits for each real, and upper-case \uXXXX. */
char* text_of(const json_t* value);
/* NULL when it is nested deeper, or longer: a value that holds itself is both. */
char* text_within(const json_t* value, int deepest, size_t longest);

#endif
