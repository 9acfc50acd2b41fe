/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of a command: keywords with their values, and the types of values.
 * Every function that reads tells what is wrong, naming the word, and returns
 * one of enum cli_code.
 */
#ifndef WEFT_ARGS_H
#define WEFT_ARGS_H

#include <limits.h>
#include <net/if.h>
#include <stdint.h>

#include "cli.h"

/**
 * struct args - the words that are still to be read
 * @word: the next one; NULL ends them
 * @key: the keyword whose value is read, for messages
 */
struct args {
	char **word;
	const char *key;
};

/**
 * struct keyword - a word that a command knows
 * @name: the word; abbreviations are taken, by the first that fits
 * @take: reads what follows the word into the request @into
 * @again: the word may stand more than once
 *
 * A table ends with an entry without a name. Its @take gets the words that are
 * no keywords; a table that has none refuses them.
 */
struct keyword {
	const char *name;
	int (*take)(struct args *a, void *into);
	bool again;
};

/* A prefix; not given as long as @set is false. */
struct prefix {
	bool set;
	unsigned int len;
	struct weft_addr addr;
};

int args_read(struct args *a, const struct keyword *table, void *into);
bool args_skip(struct args *a, const char *keyword);

int args_word(struct args *a, const char **word);
int args_bad(const struct args *a, const char *word, const char *wanted);
int args_u32(struct args *a, uint32_t min, uint32_t max, uint32_t *value);
int args_hex(struct args *a, const char *word, uint32_t *value);
int args_lifetime(struct args *a, uint32_t *seconds);
int args_switch(struct args *a, bool *on);
int args_device(struct args *a, int *index);
int args_device_word(const char *word, int *index);
int args_addr(struct args *a, struct weft_addr *addr);
int args_addr_scoped(struct args *a, struct weft_addr *addr, int *index);
int args_prefix(struct args *a, struct prefix *p);

bool prefix_has(const struct prefix *p, const struct weft_addr *addr);
const char *device_name(int index, char name[IF_NAMESIZE]);

#endif /* WEFT_ARGS_H */
