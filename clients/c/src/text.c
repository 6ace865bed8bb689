#include "text.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char* bytes;
    size_t length, capacity;
    size_t longest;
    int levels; /* that may still be opened */
    bool failed;
} text;

static void put(text* out, const char* bytes, size_t length) {
    if (out->length + length + 1 > out->capacity) {
        out->capacity = 2 * (out->length + length) + 256;
        out->bytes = realloc(out->bytes, out->capacity);
        if (!out->bytes) abort();
    }
    memcpy(out->bytes + out->length, bytes, length);
    out->length += length;
    out->bytes[out->length] = '\0';
}

static void put_escape(text* out, unsigned unit) {
    char escape[8];
    put(out, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", unit));
}

/* jansson holds only valid UTF-8. */
static void put_code_point(text* out, const unsigned char** at) {
    const unsigned char* p = *at;
    const int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;
    unsigned long point = *p & (0x3fu >> more);
    for (int i = 1; i <= more; ++i) point = point << 6 | (p[i] & 0x3f);
    *at += more + 1;
    if (point < 0x10000) return put_escape(out, (unsigned)point);
    point -= 0x10000;
    put_escape(out, 0xd800 + (unsigned)(point >> 10));
    put_escape(out, 0xdc00 + (unsigned)(point & 0x3ff));
}

static void put_string(text* out, const char* string, size_t length) {
    static const char special[] = "\"\\\n\r\t\b\f", letters[] = "\"\\nrtbf";
    const unsigned char *at = (const unsigned char*)string, *stop = at + length;
    put(out, "\"", 1);
    while (at < stop) {
        const unsigned char* plain = at;
        while (at < stop && *at >= 0x20 && *at < 0x7f && *at != '"' && *at != '\\') ++at;
        put(out, (const char*)plain, (size_t)(at - plain));
        if (at == stop) break;
        const char* found = *at ? strchr(special, *at) : NULL;
        if (found) {
            const char escape[2] = {'\\', letters[found - special]};
            put(out, escape, 2);
            ++at;
        } else if (*at < 0x80) {
            put_escape(out, *at++);
        } else {
            put_code_point(out, &at);
        }
    }
    put(out, "\"", 1);
}

/* The fewest digits that read back as the same number. */
static void put_real(text* out, double value) {
    char digits[40];
    for (int precision = 15; precision <= 17; ++precision) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value) break;
    }
    if (!strpbrk(digits, ".e")) strcat(digits, ".0");
    put(out, digits, strlen(digits));
}

static void put_value(text* out, const json_t* value) {
    char digits[32];
    const bool holds_others = json_is_array(value) || json_is_object(value);
    if ((holds_others && out->levels-- == 0) || out->length > out->longest) out->failed = true;
    if (out->failed) return;
    switch (json_typeof(value)) {
        case JSON_NULL:
            put(out, "null", 4);
            break;
        case JSON_TRUE:
            put(out, "true", 4);
            break;
        case JSON_FALSE:
            put(out, "false", 5);
            break;
        case JSON_STRING:
            put_string(out, json_string_value(value), json_string_length(value));
            break;
        case JSON_REAL:
            put_real(out, json_real_value(value));
            break;
        case JSON_INTEGER:
            put(out, digits,
                (size_t)snprintf(digits, sizeof digits, "%" JSON_INTEGER_FORMAT, json_integer_value(value)));
            break;
        case JSON_ARRAY:
            put(out, "[", 1);
            for (size_t i = 0; i < json_array_size(value); ++i) {
                if (i > 0) put(out, ", ", 2);
                put_value(out, json_array_get(value, i));
            }
            put(out, "]", 1);
            break;
        case JSON_OBJECT: {
            const char* key;
            json_t* item;
            bool first = true;
            put(out, "{", 1);
            json_object_foreach((json_t*)value, key, item) {
                if (!first) put(out, ", ", 2);
                first = false;
                put_string(out, key, strlen(key));
                put(out, ": ", 2);
                put_value(out, item);
            }
            put(out, "}", 1);
            break;
        }
    }
    if (holds_others) ++out->levels;
}

char* text_of(const json_t* value) { return text_within(value, INT_MAX, SIZE_MAX); }

char* text_within(const json_t* value, int deepest, size_t longest) {
    text out = {.longest = longest, .levels = deepest};
    put_value(&out, value);
    if (!out.failed && out.length <= longest) return out.bytes;
    free(out.bytes);
    return NULL;
}
