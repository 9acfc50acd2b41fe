/* SPDX-License-Identifier: GPL-2.0 */
/* What tests of weft filter share: a text, to the kernel's messages and back. */
#ifndef FILTER_TRIP_H
#define FILTER_TRIP_H

#include <stdlib.h>
#include <string.h>

#include "filter_build.h"
#include "filter_decode.h"
#include "filter_parse.h"
#include "filter_print.h"

/**
 * struct filter_trip - a text that was read, and what the kernel would have of it
 * @arena: what was read is there
 * @commands: the commands, NULL after an error
 * @ruleset: what the messages of them make
 * @known: all messages were understood
 * @told: what was told of errors
 * @told_len: how much that is
 */
struct filter_trip {
	struct filter_arena arena;
	struct filter_command *commands;
	struct filter_ruleset ruleset;
	bool known;
	char *told;
	size_t told_len;
};

/* Takes messages that make something, as a dump of the kernel's would bring them. */
static inline void filter_trip_take(struct filter_trip *t, const struct filter_batch *b)
{
	const struct nlmsghdr *nlh = NULL;

	t->known = true;
	while ((nlh = nl_messages_next(&b->m, nlh)))
		t->known &= filter_ruleset_take(&t->ruleset, nlh);
	filter_ruleset_finish(&t->ruleset);
}

static inline void filter_trip_begin(struct filter_trip *t, const char *text, size_t len)
{
	FILE *err = open_memstream(&t->told, &t->told_len);
	struct filter_source src = { .name = "f", .text = text, .len = len, .err = err };
	struct filter_parser p = { .src = &src, .arena = &t->arena };
	struct filter_command *c;
	struct filter_batch b;

	memset(&t->arena, 0, sizeof(t->arena));
	filter_ruleset_init(&t->ruleset);
	t->commands = filter_parse(&p);
	fclose(err);
	t->known = !p.failed;
	if (!t->commands)
		return;
	filter_batch_init(&b, 20, 1);
	for (c = t->commands; c; c = c->next)
		if (c->op != FILTER_LIST && c->op != FILTER_GET)
			filter_batch_command(&b, c);
	filter_trip_take(t, &b);
	filter_batch_free(&b);
}

static inline void filter_trip_end(struct filter_trip *t)
{
	filter_free(&t->ruleset.arena);
	filter_free(&t->arena);
	free(t->told);
}

/* The ruleset as text, to be freed. */
static inline char *filter_trip_print(const struct filter_trip *t, bool handles, bool stateless)
{
	char *text = NULL;
	size_t len = 0;
	struct filter_style style = { open_memstream(&text, &len), handles, stateless };

	filter_print_ruleset(&style, &t->ruleset);
	fclose(style.out);
	return text;
}

#endif /* FILTER_TRIP_H */
