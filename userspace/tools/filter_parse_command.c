// SPDX-License-Identifier: GPL-2.0
/* Commands: what to do with what. See filter_parse.h. */
#include <string.h>

#include "filter_field.h"
#include "filter_parse.h"

static const struct filter_name ops[] = {
	{ "add", FILTER_ADD },
	{ "create", FILTER_CREATE },
	{ "insert", FILTER_INSERT },
	{ "replace", FILTER_REPLACE },
	{ "delete", FILTER_DELETE },
	{ "destroy", FILTER_DESTROY },
	{ "flush", FILTER_FLUSH },
	{ "reset", FILTER_RESET },
	{ "list", FILTER_LIST },
	{ "get", FILTER_GET },
	{ NULL, 0 }
};

static const struct filter_name nouns[] = {
	{ "ruleset", FILTER_RULESET },
	{ "table", FILTER_TABLE },
	{ "chain", FILTER_CHAIN },
	{ "rule", FILTER_RULE },
	{ "set", FILTER_SET },
	{ "map", FILTER_MAP },
	{ "element", FILTER_ELEMENT },
	{ "tables", FILTER_TABLES },
	{ "chains", FILTER_CHAINS },
	{ "sets", FILTER_SETS },
	{ "maps", FILTER_MAPS },
	{ NULL, 0 }
};

/* What each may be done to: a bit for each noun. */
#define BIT(noun)	(1U << FILTER_##noun)
#define MADE		(BIT(TABLE) | BIT(CHAIN) | BIT(SET) | BIT(MAP) | BIT(ELEMENT))

static const unsigned int may[] = {
	[FILTER_ADD] = MADE | BIT(RULE),
	[FILTER_CREATE] = MADE,
	[FILTER_INSERT] = BIT(RULE),
	[FILTER_REPLACE] = BIT(RULE),
	[FILTER_DELETE] = MADE | BIT(RULE),
	[FILTER_DESTROY] = MADE | BIT(RULE),
	[FILTER_FLUSH] = BIT(RULESET) | BIT(TABLE) | BIT(CHAIN) | BIT(SET) | BIT(MAP),
	[FILTER_RESET] = BIT(RULESET) | BIT(TABLE) | BIT(CHAIN) | BIT(RULE),
	[FILTER_LIST] = BIT(RULESET) | BIT(TABLE) | BIT(CHAIN) | BIT(SET) | BIT(MAP) |
			BIT(TABLES) | BIT(CHAINS) | BIT(SETS) | BIT(MAPS),
	[FILTER_GET] = BIT(ELEMENT),
};

/* --- what a command is about -------------------------------------------------------- */

/* `weft` may stand before a name, where nft(8) has a family. */
static void skip_family(struct filter_parser *p)
{
	struct filter_lexer before = p->lex;

	if (filter_take_word(p, "weft") && p->lex.token != FILTER_WORD &&
	    p->lex.token != FILTER_STRING)
		p->lex = before;
}

static bool take_handle(struct filter_parser *p, struct filter_command *c)
{
	if (!filter_take_word(p, "handle"))
		return false;
	c->handle = filter_want_number(p, UINT64_MAX, "a handle");
	return true;
}

/* A name, or in its place a handle when something goes. */
static void take_name(struct filter_parser *p, struct filter_command *c, char *name,
		      const char *wanted)
{
	bool goes = c->op == FILTER_DELETE || c->op == FILTER_DESTROY;

	if (!goes || !take_handle(p, c))
		filter_want_name(p, name, wanted);
}

static const struct filter_set *find_set(struct filter_parser *p, const char *table,
					 const char *set)
{
	const struct filter_known *k;

	for (k = p->known; k; k = k->next)
		if (!strcmp(k->set->name, set) && !strcmp(k->table, table))
			return k->set;
	return p->find_set ? p->find_set(p->find_arg, table, set) : NULL;
}

static void know_set(struct filter_parser *p, const struct filter_command *c)
{
	struct filter_known *k = filter_alloc(p->arena, sizeof(*k));

	k->table = c->table;
	k->set = c->set_new;
	k->next = p->known;
	p->known = k;
}

static void take_chain(struct filter_parser *p, struct filter_command *c)
{
	bool makes = c->op == FILTER_ADD || c->op == FILTER_CREATE;

	take_name(p, c, c->chain, "the name of a chain");
	if (!makes)
		return;
	c->chain_new = filter_alloc(p->arena, sizeof(*c->chain_new));
	memcpy(c->chain_new->name, c->chain, sizeof(c->chain));
	if (filter_is_mark(p, "{"))
		filter_parse_chain_block(p, c->chain_new, c->table, NULL);
}

static void take_set(struct filter_parser *p, struct filter_command *c)
{
	bool map = c->noun == FILTER_MAP;
	struct filter_command *elems;

	take_name(p, c, c->set, map ? "the name of a map" : "the name of a set");
	if (c->op != FILTER_ADD && c->op != FILTER_CREATE)
		return;
	c->set_new = filter_alloc(p->arena, sizeof(*c->set_new));
	memcpy(c->set_new->name, c->set, sizeof(c->set));
	filter_parse_set_block(p, c->set_new, map);
	know_set(p, c);
	if (!c->set_new->n_elems)
		return;
	elems = filter_command_add(p, FILTER_ADD, FILTER_ELEMENT, c->pos);
	memcpy(elems->table, c->table, sizeof(c->table));
	memcpy(elems->set, c->set, sizeof(c->set));
	elems->set_new = c->set_new;
}

static void take_element(struct filter_parser *p, struct filter_command *c)
{
	struct filter_pos pos = p->lex.pos;
	const struct filter_set *set;
	struct filter_set *s;

	filter_want_name(p, c->set, "the name of a set");
	if (p->failed)
		return;
	set = find_set(p, c->table, c->set);
	if (!set) {
		filter_error(p, pos, "there is no set '%s' in table '%s'", c->set, c->table);
		return;
	}
	s = filter_alloc(p->arena, sizeof(*s));
	memcpy(s->name, c->set, sizeof(s->name));
	s->key = set->key;
	s->flags = set->flags;
	/* To find or delete an element its key is enough. */
	if (c->op == FILTER_ADD || c->op == FILTER_CREATE)
		s->data = set->data;
	filter_parse_elements(p, s);
	c->set_new = s;
}

/* `index 3`, `position 7`, `handle 7` before what an added rule says. */
static void take_place(struct filter_parser *p, struct filter_command *c)
{
	if (filter_take_word(p, "index")) {
		c->has_index = true;
		c->index = filter_want_number(p, UINT32_MAX, "an index");
	} else if (filter_take_word(p, "position") || filter_take_word(p, "handle")) {
		c->position = filter_want_number(p, UINT64_MAX, "a handle");
	}
}

static void take_rule(struct filter_parser *p, struct filter_command *c)
{
	bool all = c->op == FILTER_RESET;

	filter_want_name(p, c->chain, "the name of a chain");
	if (c->op == FILTER_ADD || c->op == FILTER_INSERT)
		take_place(p, c);
	else if (!take_handle(p, c) && !(all && filter_at_end(p)))
		filter_unexpected(p, "'handle'");
	if (c->op != FILTER_DELETE && c->op != FILTER_DESTROY && !all)
		c->rule_new = filter_parse_exprs(p);
}

/* What the noun needs; FILTER_TABLE that is made has been seen to. */
static void take_noun(struct filter_parser *p, struct filter_command *c)
{
	bool many = c->noun >= FILTER_TABLES || c->noun == FILTER_RULESET;

	if (c->noun == FILTER_TABLE) {
		skip_family(p);
		take_name(p, c, c->table, "the name of a table");
		return;
	}
	if (many) {
		filter_take_word(p, "weft");
		if (c->noun != FILTER_RULESET && c->noun != FILTER_TABLES &&
		    filter_take_word(p, "table"))
			filter_want_name(p, c->table, "the name of a table");
		return;
	}
	skip_family(p);
	filter_want_name(p, c->table, "the name of a table");
	if (c->noun == FILTER_CHAIN)
		take_chain(p, c);
	else if (c->noun == FILTER_RULE)
		take_rule(p, c);
	else if (c->noun == FILTER_ELEMENT)
		take_element(p, c);
	else
		take_set(p, c);
}

/* --- definitions -------------------------------------------------------------------- */

static bool take_definition(struct filter_parser *p)
{
	bool again = filter_is_word(p, "redefine");
	char name[FILTER_TEXT_LEN];
	struct filter_pos pos;
	const char *why;

	if (filter_take_word(p, "undefine")) {
		if (p->lex.token != FILTER_WORD || !filter_lex_undefine(&p->lex, p->lex.text))
			filter_unexpected(p, "the name of a definition");
		filter_lex_next(&p->lex);
		return true;
	}
	if (!again && !filter_is_word(p, "define"))
		return false;
	filter_lex_next(&p->lex);
	if (p->lex.token != FILTER_WORD || strpbrk(p->lex.text, "-.*:")) {
		filter_unexpected(p, "a name");
		return true;
	}
	memcpy(name, p->lex.text, sizeof(name));
	pos = p->lex.pos;
	filter_lex_next(&p->lex);
	if (!filter_is_mark(p, "=")) {
		filter_unexpected(p, "'='");
		return true;
	}
	filter_lex_next(&p->lex);
	why = filter_lex_define(&p->lex, name, again);
	if (why == p->lex.text)
		filter_unexpected(p, "a value");
	else if (why)
		filter_error(p, pos, "'%s': %s", name, why);
	return true;
}

/* --- commands ----------------------------------------------------------------------- */

static bool find_noun(struct filter_parser *p, enum filter_noun *noun)
{
	const struct filter_name *n = NULL;

	if (p->lex.token == FILTER_WORD)
		n = filter_name_find(nouns, p->lex.text);
	if (!n)
		return false;
	*noun = (enum filter_noun)n->value;
	return true;
}

/* Without a noun it is a rule, as with nft(8). */
static void take_command(struct filter_parser *p)
{
	const struct filter_name *n = NULL;
	struct filter_pos pos = p->lex.pos;
	enum filter_noun noun = FILTER_RULE;
	enum filter_op op;

	if (p->lex.token == FILTER_WORD)
		n = filter_name_find(ops, p->lex.text);
	if (!n && !filter_is_word(p, "table")) {
		filter_unexpected(p, "a command, 'table' or 'define'");
		return;
	}
	op = n ? (enum filter_op)n->value : FILTER_ADD;
	if (n)
		filter_lex_next(&p->lex);
	if (find_noun(p, &noun)) {
		filter_lex_next(&p->lex);
	} else if (op != FILTER_ADD && op != FILTER_INSERT) {
		filter_unexpected(p, "ruleset, table, chain, rule, set, map or element");
		return;
	}
	if (!(may[op] & 1U << noun)) {
		filter_error(p, pos, "'%s' is for other things", n ? n->text : "table");
		return;
	}
	if (noun == FILTER_TABLE && (op == FILTER_ADD || op == FILTER_CREATE)) {
		skip_family(p);
		filter_parse_table(p, op, pos);
		return;
	}
	take_noun(p, filter_command_add(p, op, noun, pos));
}

/*
 * Changes are made together or not at all. What is reset or asked for is so one by one,
 * and cannot be taken back when something else of the text fails.
 */
static void check_kinds(struct filter_parser *p)
{
	const struct filter_command *c = p->commands, *next;

	for (; c && (next = c->next); c = next)
		if (c->op == FILTER_RESET || next->op == FILTER_RESET)
			filter_error(p, next->pos, "'reset' must stand alone");
		else if (filter_is_question(c) != filter_is_question(next))
			filter_error(p, next->pos,
				     "'list' and 'get' cannot stand together with changes");
}

struct filter_command *filter_parse(struct filter_parser *p)
{
	p->last = &p->commands;
	filter_lex_init(&p->lex, p->arena, p->src->text, p->src->len);
	for (;;) {
		filter_skip_lines(p);
		if (p->failed || p->lex.token == FILTER_END)
			break;
		if (!take_definition(p))
			take_command(p);
		if (!p->failed && p->lex.token != FILTER_NEWLINE &&
		    p->lex.token != FILTER_END)
			filter_unexpected(p, "the end of the command");
	}
	check_kinds(p);
	return p->failed ? NULL : p->commands;
}
