// SPDX-License-Identifier: GPL-2.0
/*
 * What commands mean by what the kernel has: handles in place of names, places by number,
 * and things to destroy that may not be there. See filter.h.
 */
#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "filter.h"

bool filter_needs_ruleset(const struct filter_command *c)
{
	for (; c; c = c->next)
		if (c->op == FILTER_DESTROY || c->has_index ||
		    (c->op == FILTER_DELETE && c->noun != FILTER_RULE && c->handle))
			return true;
	return false;
}

/* --- handles ------------------------------------------------------------------------ */

static void resolve_handle(const struct filter_ruleset *r, struct filter_command *c)
{
	const struct filter_table *t;
	const struct filter_chain *chain;
	const struct filter_set *s;

	for (t = r->tables; t; t = t->next) {
		if (c->noun == FILTER_TABLE && t->handle == c->handle)
			memcpy(c->table, t->name, sizeof(c->table));
		if (strcmp(t->name, c->table))
			continue;
		for (chain = t->chains; chain; chain = chain->next)
			if (c->noun == FILTER_CHAIN && chain->handle == c->handle)
				memcpy(c->chain, chain->name, sizeof(c->chain));
		for (s = t->sets; s; s = s->next)
			if (s->handle == c->handle && !filter_is_hidden(s) &&
			    (c->noun == FILTER_SET || c->noun == FILTER_MAP))
				memcpy(c->set, s->name, sizeof(c->set));
	}
}

/* The name of what the command is about, empty when only the handle is known. */
static const char *name_of(const struct filter_command *c)
{
	if (c->noun == FILTER_TABLE)
		return c->table;
	return c->noun == FILTER_CHAIN ? c->chain : c->set;
}

/* --- what is there ------------------------------------------------------------------ */

static bool in_kernel(const struct filter_ruleset *r, const struct filter_command *c)
{
	struct filter_table *t = filter_table_find(r, c->table);
	const struct filter_chain *chain;
	const struct filter_rule *rule;

	if (!t || c->noun == FILTER_TABLE)
		return t;
	if (c->noun == FILTER_SET || c->noun == FILTER_MAP || c->noun == FILTER_ELEMENT)
		return filter_set_find(t, c->set);
	chain = filter_chain_find(t, c->chain);
	if (!chain || c->noun == FILTER_CHAIN)
		return chain;
	for (rule = chain->rules; rule && rule->handle != c->handle;)
		rule = rule->next;
	return rule;
}

/* A set, whatever it is for. */
static enum filter_noun kind_of(enum filter_noun noun)
{
	return noun == FILTER_MAP || noun == FILTER_ELEMENT ? FILTER_SET : noun;
}

static bool removes(const struct filter_command *c)
{
	return c->op == FILTER_DELETE || c->op == FILTER_DESTROY;
}

/* Is the rule that @c is about gone after this? */
static bool removes_rule(const struct filter_command *before, const struct filter_command *c)
{
	if (before->noun == FILTER_TABLE)
		return removes(before) || before->op == FILTER_FLUSH;
	if (strcmp(before->chain, c->chain))
		return false;
	if (before->noun == FILTER_CHAIN)
		return removes(before) || before->op == FILTER_FLUSH;
	return before->noun == FILTER_RULE && removes(before) && before->handle == c->handle;
}

/* What a command leaves of what @c is about: whether it is there. */
static bool leaves(const struct filter_command *before, const struct filter_command *c,
		   bool there)
{
	if (before->op == FILTER_FLUSH && before->noun == FILTER_RULESET)
		return false;
	if (strcmp(before->table, c->table))
		return there;
	if (c->noun == FILTER_RULE)
		return there && !removes_rule(before, c);
	if (before->noun == FILTER_TABLE && removes(before))
		return false;
	if (before->noun == FILTER_ELEMENT || kind_of(before->noun) != kind_of(c->noun) ||
	    strcmp(before->chain, c->chain) || strcmp(before->set, c->set))
		return there;
	if (removes(before))
		return false;
	return there || before->op == FILTER_ADD || before->op == FILTER_CREATE;
}

/* As it is when the commands before @c have been done. */
static bool is_there(const struct filter_ruleset *r, const struct filter_command *first,
		     const struct filter_command *c)
{
	bool there = in_kernel(r, c);

	for (; first != c; first = first->next)
		there = leaves(first, c, there);
	return there;
}

/* Leaves those elements that the kernel has. */
static void keep_elements(const struct filter_ruleset *r, struct filter_command *c)
{
	struct filter_table *t = filter_table_find(r, c->table);
	const struct filter_set *s = t ? filter_set_find(t, c->set) : NULL;
	struct filter_set *wanted = c->set_new;
	size_t i, j, n = 0;

	for (i = 0; i < wanted->n_elems; i++) {
		const struct filter_elem *e = &wanted->elem[i];

		for (j = 0; s && j < s->n_elems; j++)
			if (!memcmp(e->key, s->elem[j].key, sizeof(e->key)) &&
			    !memcmp(e->end, s->elem[j].end, sizeof(e->end)))
				break;
		if (s && j < s->n_elems)
			wanted->elem[n++] = *e;
	}
	wanted->n_elems = n;
}

/* --- places ------------------------------------------------------------------------- */

static int resolve_index(const struct filter_source *src, const struct filter_ruleset *r,
			 const struct filter_command *first, struct filter_command *c)
{
	struct filter_table *t = filter_table_find(r, c->table);
	const struct filter_chain *chain = t ? filter_chain_find(t, c->chain) : NULL;
	const struct filter_rule *rule = chain ? chain->rules : NULL;
	uint64_t i;

	for (; first != c; first = first->next) {
		if (first->noun != FILTER_RULE || strcmp(first->table, c->table) ||
		    strcmp(first->chain, c->chain))
			continue;
		filter_tell(src, c->pos,
			    "the chain changes before this: 'index' counts what is there");
		return CLI_USAGE;
	}
	for (i = 0; rule && i < c->index; i++)
		rule = rule->next;
	if (!rule) {
		filter_tell(src, c->pos, "the chain has no rule of index %" PRIu64, c->index);
		return CLI_ERROR;
	}
	c->position = rule->handle;
	return CLI_OK;
}

/* --- all of them -------------------------------------------------------------------- */

int filter_resolve(const struct filter_source *src, const struct filter_ruleset *r,
		   struct filter_command **commands)
{
	struct filter_command **at = commands, *c;
	int code;

	while ((c = *at)) {
		if (c->handle && removes(c) && c->noun != FILTER_RULE)
			resolve_handle(r, c);
		if (c->has_index) {
			code = resolve_index(src, r, *commands, c);
			if (code != CLI_OK)
				return code;
		}
		if (c->op == FILTER_DELETE && c->noun != FILTER_RULE && !*name_of(c)) {
			filter_tell(src, c->pos, "nothing has the handle %" PRIu64, c->handle);
			return CLI_ERROR;
		}
		if (c->op == FILTER_DESTROY && c->noun == FILTER_ELEMENT)
			keep_elements(r, c);
		if (c->op == FILTER_DESTROY && !is_there(r, *commands, c)) {
			*at = c->next;
			continue;
		}
		at = &c->next;
	}
	return CLI_OK;
}
