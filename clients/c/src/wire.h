/* Lines over the conversation's descriptors. */
#ifndef DRAGOMAN_WIRE_H
#define DRAGOMAN_WIRE_H

#include <stddef.h>

/* The next line without its end, ended by '\0'; valid until the next call. NULL when the broker has closed its side. */
char* wire_read(size_t* length);
/* One line: header, a blank, body. Safe to call from several threads. */
void wire_write(const char* header, const char* body);

#endif
