/* SPDX-License-Identifier: GPL-2.0 */
/* Names in scripts and their numbers. */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct drill_word - a word with a meaning
 * @name: the word
 * @n: its number
 */
struct drill_word {
	const char *name;
	long long n;
};

enum drill_option_kind {
	DRILL_OPTION_INT,
	DRILL_OPTION_ERROR,	/* SO_ERROR: as a call's failure */
	DRILL_OPTION_LINGER,	/* seconds, -1 for off */
	DRILL_OPTION_TIME,	/* struct timeval, given in ms */
	DRILL_OPTION_STRING,
};

/**
 * struct drill_option - a socket option
 * @name: in scripts
 * @level: SOL_*
 * @option: its number
 * @kind: form of its value
 */
struct drill_option {
	const char *name;
	int level, option;
	enum drill_option_kind kind;
};

/**
 * struct drill_field - a number in struct weft_info
 * @name: its name
 * @offset: where it is, bytes
 * @size: bytes
 */
struct drill_field {
	const char *name;
	size_t offset, size;
};

extern const struct drill_field drill_fields[];
extern const struct drill_option drill_options[];
extern const struct drill_word drill_states[], drill_events[];

int drill_option_find(const char *name);
const struct drill_field *drill_field_find(const char *name);
bool drill_word_find(const struct drill_word *words, const char *name, long long *n);
const char *drill_word_name(const struct drill_word *words, long long n);
bool drill_errno_find(const char *name, long long *n);
bool drill_flags_parse(const char *word, unsigned char *flags, unsigned char *any);
void drill_flags_show(unsigned char flags, char *text);

#endif /* NAMES_H */
