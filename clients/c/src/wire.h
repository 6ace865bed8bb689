/* Lines over the conversation's descriptors. */
#ifndef DRAGOMAN_WIRE_H
#define DRAGOMAN_WIRE_H

#include <stdbool.h>
#include <stddef.h>

/* The next line without its end, ended by '\0'; valid until the next call. NULL when the broker has closed its side. */
char* wire_read(size_t* length);
/* Whether wire_read() has a whole line without reading; and on which descriptor lines come. */
bool wire_has_line(void);
int wire_descriptor(void);
/* One line: header, a blank, body. Safe to call from several threads. */
void wire_write(const char* header, const char* body);

#endif
