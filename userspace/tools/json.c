// SPDX-License-Identifier: GPL-2.0
/* A printer of JSON, see json.h. */
#include <inttypes.h>

#include "json.h"

void json_init(struct json *j, FILE *out, bool pretty)
{
	j->out = out;
	j->pretty = pretty;
	j->depth = 0;
	j->filled[0] = false;
}

static void new_line(struct json *j)
{
	if (j->pretty && j->depth)
		fprintf(j->out, "\n%*s", j->depth * 4, "");
}

/*
 * Prints a string in quotes. Names of devices are bytes that the kernel hands
 * out as it got them: what is not plain ASCII is escaped byte by byte.
 */
static void quote(struct json *j, const char *s)
{
	fputc('"', j->out);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\')
			fprintf(j->out, "\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			fprintf(j->out, "\\u%04x", c);
		else
			fputc(c, j->out);
	}
	fputc('"', j->out);
}

/* What comes before a value: comma, line, indent, name. */
static void lead(struct json *j, const char *name)
{
	if (j->filled[j->depth])
		fputc(',', j->out);
	j->filled[j->depth] = true;
	new_line(j);
	if (name) {
		quote(j, name);
		fputs(j->pretty ? ": " : ":", j->out);
	}
}

void json_open(struct json *j, const char *name, char bracket)
{
	lead(j, name);
	fputc(bracket, j->out);
	if (j->depth < JSON_DEPTH - 1)
		j->depth++;
	j->filled[j->depth] = false;
}

/* The end of the outermost value is the end of a line. */
void json_close(struct json *j, char bracket)
{
	bool filled = j->filled[j->depth];

	j->depth--;
	if (filled) {
		new_line(j);
		if (j->pretty && !j->depth)
			fputc('\n', j->out);
	}
	fputc(bracket, j->out);
	if (!j->depth) {
		fputc('\n', j->out);
		j->filled[0] = false;
	}
}

void json_string(struct json *j, const char *name, const char *value)
{
	lead(j, name);
	quote(j, value);
}

void json_uint(struct json *j, const char *name, uint64_t value)
{
	lead(j, name);
	fprintf(j->out, "%" PRIu64, value);
}

void json_int(struct json *j, const char *name, int64_t value)
{
	lead(j, name);
	fprintf(j->out, "%" PRId64, value);
}

void json_null(struct json *j, const char *name)
{
	lead(j, name);
	fputs("null", j->out);
}

void json_double(struct json *j, const char *name, double value)
{
	lead(j, name);
	fprintf(j->out, "%.3f", value);
}

void json_bool(struct json *j, const char *name, bool value)
{
	lead(j, name);
	fputs(value ? "true" : "false", j->out);
}
