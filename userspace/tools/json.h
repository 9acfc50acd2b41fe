/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A printer of JSON. It keeps track of commas and nesting; names are given for
 * members of objects and are NULL in arrays and at the top.
 */
#ifndef WEFT_JSON_H
#define WEFT_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH	32

struct json {
	FILE *out;
	bool pretty;
	int depth;
	bool filled[JSON_DEPTH];	/* the level has a member already */
};

void json_init(struct json *j, FILE *out, bool pretty);
void json_open(struct json *j, const char *name, char bracket);
void json_close(struct json *j, char bracket);
void json_string(struct json *j, const char *name, const char *value);
void json_uint(struct json *j, const char *name, uint64_t value);
void json_int(struct json *j, const char *name, int64_t value);
void json_null(struct json *j, const char *name);
void json_double(struct json *j, const char *name, double value);
void json_bool(struct json *j, const char *name, bool value);

#endif /* WEFT_JSON_H */
