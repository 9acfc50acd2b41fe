// SPDX-License-Identifier: GPL-2.0
/* Tables and chains, as blocks in braces. See filter_parse.h. */
#include <inttypes.h>
#include <string.h>

#include "filter_field.h"
#include "filter_parse.h"

/* --- chains ------------------------------------------------------------------------- */

static const struct filter_name hooks[] = {
	{ "prerouting", WEFT_FILTER_HOOK_PREROUTING },
	{ "input", WEFT_FILTER_HOOK_INPUT },
	{ "forward", WEFT_FILTER_HOOK_FORWARD },
	{ "output", WEFT_FILTER_HOOK_OUTPUT },
	{ "postrouting", WEFT_FILTER_HOOK_POSTROUTING },
	{ NULL, 0 }
};

/* Offsets from the least, as a table has no numbers below 0. */
static const struct filter_name priorities[] = {
	{ "raw", 0 },
	{ "mangle", 150 },
	{ "filter", 300 },
	{ "security", 350 },
	{ NULL, 0 }
};

#define PRIORITY_RAW	(-300)
/* Of a number, without its sign. */
#define PRIORITY_MAX	(UINT64_C(1) << 31)

/* A number, a name, or a name and a number more or less: any that the kernel has. */
static void take_priority(struct filter_parser *p, struct filter_chain *c)
{
	const struct filter_name *n = NULL;
	struct filter_pos pos = p->lex.pos;
	int64_t value = 0, more;
	bool minus;

	if (p->lex.token == FILTER_WORD)
		n = filter_name_find(priorities, p->lex.text);
	if (n) {
		value = (int64_t)n->value + PRIORITY_RAW;
		filter_lex_next(&p->lex);
	}
	minus = filter_take_mark(p, "-");
	if (minus || filter_take_mark(p, "+") || !n) {
		more = (int64_t)filter_want_number(p, PRIORITY_MAX,
						   "a priority: filter, raw, mangle, security or a number");
		value += minus ? -more : more;
	}
	if (value < INT32_MIN || value > INT32_MAX)
		filter_error(p, pos, "a priority is %" PRId32 " to %" PRId32, INT32_MIN,
			     INT32_MAX);
	c->priority = (int32_t)value;
}

static void take_hook(struct filter_parser *p, struct filter_chain *c)
{
	const struct filter_name *n;

	if (c->is_base)
		filter_error(p, p->lex.pos, "the hook stands there twice");
	if (!filter_take_word(p, "filter"))
		filter_unexpected(p, "'filter'");
	if (!filter_take_word(p, "hook"))
		filter_unexpected(p, "'hook'");
	n = p->lex.token == FILTER_WORD ? filter_name_find(hooks, p->lex.text) : NULL;
	if (!n) {
		filter_unexpected(p, "prerouting, input, forward, output or postrouting");
		return;
	}
	c->is_base = true;
	c->hook = (uint32_t)n->value;
	filter_lex_next(&p->lex);
	if (filter_take_word(p, "priority"))
		take_priority(p, c);
	else
		filter_unexpected(p, "'priority'");
}

static void take_policy(struct filter_parser *p, struct filter_chain *c)
{
	if (filter_take_word(p, "accept"))
		c->policy = WEFT_FILTER_ACCEPT;
	else if (filter_take_word(p, "drop"))
		c->policy = WEFT_FILTER_DROP;
	else
		filter_unexpected(p, "'accept' or 'drop'");
	c->has_policy = true;
}

/* What is no rule; false when it may be one. */
static bool take_chain_item(struct filter_parser *p, struct filter_chain *c)
{
	struct filter_pos pos = p->lex.pos;

	if (filter_take_word(p, "type")) {
		take_hook(p, c);
	} else if (filter_take_word(p, "policy")) {
		if (!c->is_base)
			filter_error(p, pos, "only a chain with a hook has a policy");
		take_policy(p, c);
	} else if (filter_take_word(p, "comment")) {
		c->comment = filter_want_comment(p);
	} else {
		return false;
	}
	return true;
}

/* A command that is not yet in the list of them. */
static struct filter_command *add_to(struct filter_parser *p, struct filter_command ***last,
				     enum filter_noun noun, const char *table)
{
	struct filter_command *c = filter_alloc(p->arena, sizeof(*c));

	c->op = FILTER_ADD;
	c->noun = noun;
	c->pos = p->lex.pos;
	snprintf(c->table, sizeof(c->table), "%s", table);
	**last = c;
	*last = &c->next;
	return c;
}

/*
 * What stands between the braces of a chain. Rules become commands at the end of @rules;
 * with NULL there, there must be none.
 */
void filter_parse_chain_block(struct filter_parser *p, struct filter_chain *c,
			      const char *table, struct filter_command **rules)
{
	struct filter_command *rule;

	while (rules && *rules)
		rules = &(*rules)->next;
	filter_want_mark(p, "{");
	for (;;) {
		filter_skip_lines(p);
		if (p->failed || filter_is_mark(p, "}"))
			break;
		if (!take_chain_item(p, c)) {
			if (!rules) {
				filter_unexpected(p, "type, policy or comment");
				break;
			}
			rule = add_to(p, &rules, FILTER_RULE, table);
			memcpy(rule->chain, c->name, sizeof(c->name));
			rule->rule_new = filter_parse_exprs(p);
		}
		filter_want_end(p);
	}
	filter_want_mark(p, "}");
}

/* --- tables ------------------------------------------------------------------------- */

/* What a table has, in the order in which it can be made. */
struct parts {
	struct filter_command *chains, **last_chain;
	struct filter_command *sets, **last_set;
	struct filter_command *elems, **last_elem;
	struct filter_command *rules, **last_rule;
};

static void take_chain(struct filter_parser *p, const char *table, struct parts *parts)
{
	struct filter_command *c = add_to(p, &parts->last_chain, FILTER_CHAIN, table);
	struct filter_chain *chain = filter_alloc(p->arena, sizeof(*chain));

	filter_want_name(p, chain->name, "the name of a chain");
	memcpy(c->chain, chain->name, sizeof(c->chain));
	c->chain_new = chain;
	filter_parse_chain_block(p, chain, table, parts->last_rule);
	while (*parts->last_rule)
		parts->last_rule = &(*parts->last_rule)->next;
}

static void take_set(struct filter_parser *p, const char *table, struct parts *parts, bool map)
{
	enum filter_noun noun = map ? FILTER_MAP : FILTER_SET;
	struct filter_command *c = add_to(p, &parts->last_set, noun, table);
	struct filter_set *s = filter_alloc(p->arena, sizeof(*s));
	struct filter_command *elems;
	struct filter_known *known;

	filter_want_name(p, s->name, map ? "the name of a map" : "the name of a set");
	memcpy(c->set, s->name, sizeof(c->set));
	c->set_new = s;
	filter_parse_set_block(p, s, map);
	known = filter_alloc(p->arena, sizeof(*known));
	known->table = c->table;
	known->set = s;
	known->next = p->known;
	p->known = known;
	if (!s->n_elems)
		return;
	elems = add_to(p, &parts->last_elem, FILTER_ELEMENT, table);
	elems->pos = c->pos;
	memcpy(elems->set, s->name, sizeof(elems->set));
	elems->set_new = s;
}

static void take_table_item(struct filter_parser *p, struct filter_table *t, struct parts *parts)
{
	if (filter_take_word(p, "chain")) {
		take_chain(p, t->name, parts);
	} else if (filter_take_word(p, "set")) {
		take_set(p, t->name, parts, false);
	} else if (filter_take_word(p, "map")) {
		take_set(p, t->name, parts, true);
	} else if (filter_take_word(p, "comment")) {
		t->comment = filter_want_comment(p);
	} else if (filter_take_word(p, "flags")) {
		if (!filter_take_word(p, "dormant"))
			filter_unexpected(p, "'dormant'");
		t->flags |= WEFT_FILTER_TABLE_DORMANT;
	} else {
		filter_unexpected(p, "chain, set, map, flags or comment");
	}
	filter_want_end(p);
}

static void append(struct filter_parser *p, struct filter_command *list)
{
	*p->last = list;
	while (*p->last)
		p->last = &(*p->last)->next;
}

/* A table's name, and what it has if a brace follows. */
void filter_parse_table(struct filter_parser *p, enum filter_op op, struct filter_pos pos)
{
	struct filter_command *c = filter_command_add(p, op, FILTER_TABLE, pos);
	struct filter_table *t = filter_alloc(p->arena, sizeof(*t));
	struct parts parts = { 0 };

	parts.last_chain = &parts.chains;
	parts.last_set = &parts.sets;
	parts.last_elem = &parts.elems;
	parts.last_rule = &parts.rules;
	filter_want_name(p, t->name, "the name of a table");
	memcpy(c->table, t->name, sizeof(c->table));
	c->table_new = t;
	if (!filter_take_mark(p, "{"))
		return;
	for (;;) {
		filter_skip_lines(p);
		if (p->failed || filter_is_mark(p, "}"))
			break;
		take_table_item(p, t, &parts);
	}
	filter_want_mark(p, "}");
	append(p, parts.chains);
	append(p, parts.sets);
	append(p, parts.elems);
	append(p, parts.rules);
}
