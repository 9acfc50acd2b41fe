/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fields that rules look at: how they are called, and how their values are read and
 * printed. There is one table for both, so that they cannot disagree.
 */
#ifndef WEFT_FILTER_FIELD_H
#define WEFT_FILTER_FIELD_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/weft_filter.h>

/* How a value is written. */
enum filter_kind {
	FILTER_ADDRESS,
	FILTER_NUMBER,
	FILTER_HEX,
	FILTER_PORT,		/* a number; the name of a service is read too */
	FILTER_NAMES,		/* one of some names */
	FILTER_FLAGS,		/* some of some names */
	FILTER_DEVICE,		/* an index, as a name */
	FILTER_DEVICE_NAME,	/* two numbers */
	FILTER_USER,
	FILTER_USERS,		/* a group of them */
	FILTER_CGROUP,
	FILTER_TIME,
	FILTER_HOUR,
};

/* A name of a value; of several, the first is printed. A table ends with a NULL. */
struct filter_name {
	const char *text;
	uint64_t value;
};

/**
 * struct filter_field - a field
 * @name: as rules call it, a word or two
 * @type: as sets call what it holds; several fields may hold the same
 * @kind: how its values are written
 * @bits: of a value
 * @names: of FILTER_NAMES and FILTER_FLAGS
 * @quantity: more and less mean something
 */
struct filter_field {
	const char *name;
	const char *type;
	enum filter_kind kind;
	unsigned int bits;
	const struct filter_name *names;
	bool quantity;
};

/* Printed: numbers for the names of protocols, users and the like. */
extern bool filter_numeric;

const struct filter_field *filter_field(unsigned int number);
unsigned int filter_field_words(unsigned int number);
/* WEFT_FILTER_F_*, or 0; @second is NULL for a name of one word. */
unsigned int filter_field_find(const char *first, const char *second);
/* Does a name of two words begin with this? */
bool filter_field_begins(const char *first);
unsigned int filter_field_of_type(const char *type);

void filter_value_max(const struct filter_field *f, uint64_t v[2]);
/* Reads a value; returns what is wrong, or NULL. */
const char *filter_value_read(const struct filter_field *f, const char *text,
			      uint64_t v[2]);
void filter_value_print(FILE *out, const struct filter_field *f, const uint64_t v[2]);
/* Names of bits with @between between them, and what is left as a number. */
void filter_flags_print(FILE *out, const struct filter_field *f, uint64_t v,
			const char *between);
/* A value, a prefix, a name that ends in a '*', or a range of values. */
void filter_range_print(FILE *out, const struct filter_field *f, const uint64_t first[2],
			const uint64_t last[2]);
/* The length of the prefix that is from @first to @last, or -1; not all bits. */
int filter_prefix_len(const struct filter_field *f, const uint64_t first[2],
		      const uint64_t last[2]);
/* All that has the first @len bits of @first; @first loses the others. */
void filter_prefix_range(const struct filter_field *f, unsigned int len,
			 uint64_t first[2], uint64_t last[2]);

const char *filter_name_of(const struct filter_name *names, uint64_t value);
const struct filter_name *filter_name_find(const struct filter_name *names,
					   const char *text);
/* A number of 64 bits, decimal or with 0x, from all of the text. */
bool filter_number(const char *text, uint64_t *value);
void filter_string_print(FILE *out, const char *s);

/* Milliseconds, as 1d2h3m4s5ms. */
bool filter_time_read(const char *text, uint64_t *ms);
void filter_time_print(FILE *out, uint64_t ms);

/* Cgroups: a path below /sys/fs/cgroup, and its number. */
const char *filter_cgroup_read(const char *path, uint64_t *id);
bool filter_cgroup_path(uint64_t id, char *path, size_t size);
unsigned int filter_cgroup_level(const char *path);

#endif /* WEFT_FILTER_FIELD_H */
