/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A printer of entries, as lines of words or as JSON. One sequence of calls
 * gives both: a line `7::/16 dev eth0 onlink` and an object
 * {"dst":"7::/16","dev":"eth0","onlink":true}.
 */
#ifndef WEFT_OUT_H
#define WEFT_OUT_H

#include <stdio.h>

#include "json.h"
#include "weft.h"

/* What a word is, for its colour; as ip(8) has them on a light ground. */
enum out_colour {
	OUT_PLAIN,
	OUT_DEVICE,
	OUT_MAC,
	OUT_ADDR,
	OUT_UP,
	OUT_DOWN,
};

/**
 * struct out - where entries are printed, and how
 * @file: text and JSON go there
 * @as_json: print JSON
 * @oneline: an entry has one line; '\' stands where it would be broken
 * @colour: colour the text
 * @spaced: the next word has a blank before it
 * @json: state of the JSON printer
 */
struct out {
	FILE *file;
	bool as_json;
	bool oneline;
	bool colour;
	bool spaced;
	struct json json;
};

void out_init(struct out *o, FILE *file);
void out_init_plain(struct out *o, FILE *file);

/* A list of entries is an array. */
void out_list(struct out *o, const char *key);
void out_list_end(struct out *o);

/* An entry is an object and a line, or several with out_break(). */
void out_entry(struct out *o);
void out_entry_end(struct out *o);
void out_break(struct out *o, const char *indent);

/* For what only one of the forms has. */
void out_text(struct out *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
struct json *out_json(struct out *o);

/*
 * One value. @label stands before it in the line and may be NULL; @key is its
 * name in JSON, NULL inside a list.
 */
void out_string(struct out *o, enum out_colour colour, const char *key,
		const char *label, const char *value);
void out_uint(struct out *o, const char *key, const char *label,
	      uint64_t value);
void out_flag(struct out *o, const char *key);
void out_addr(struct out *o, const char *key, const char *label,
	      const struct weft_addr *addr);
void out_device(struct out *o, const char *key, const char *label, int index);

#endif /* WEFT_OUT_H */
