// SPDX-License-Identifier: GPL-2.0
/* Rules: what they look at. See filter_parse.h. */
#include <string.h>

#include "filter_field.h"
#include "filter_parse.h"
#include "weft.h"

/* --- fields ------------------------------------------------------------------------- */

static struct filter_expr *add_match(struct filter_parser *p, struct filter_exprs *list,
				     unsigned int field, uint64_t first, uint64_t last)
{
	struct filter_expr *e = filter_expr_add(p->arena, list, WEFT_FILTER_E_MATCH);

	e->field = field;
	e->first[0] = first;
	e->last[0] = last;
	return e;
}

/* `stream dport`: the field, and a match of the transport unless there was one. */
static unsigned int port_of(struct filter_parser *p, struct filter_exprs *list,
			    const char *proto)
{
	uint64_t value = !strcmp(proto, "stream") ? WEFT_PROTO_STREAM : WEFT_PROTO_DGRAM;
	unsigned int field = 0;

	if (filter_is_word(p, "sport"))
		field = WEFT_FILTER_F_SPORT;
	else if (filter_is_word(p, "dport"))
		field = WEFT_FILTER_F_DPORT;
	else if (value == WEFT_PROTO_STREAM && filter_is_word(p, "flags"))
		field = WEFT_FILTER_F_STREAM_FLAGS;
	else
		filter_unexpected(p, value == WEFT_PROTO_STREAM ?
				  "sport, dport or flags" : "sport or dport");
	if (list && field && field != WEFT_FILTER_F_STREAM_FLAGS &&
	    filter_proto_before(list->first, NULL) != value)
		add_match(p, list, WEFT_FILTER_F_PROTO, value, value);
	return field;
}

/* One field; 0 after an error. */
static unsigned int take_field(struct filter_parser *p, struct filter_exprs *list, uint32_t *arg)
{
	char first[FILTER_TEXT_LEN];
	unsigned int field;

	if (p->lex.token != FILTER_WORD) {
		filter_unexpected(p, "a field or a statement");
		return 0;
	}
	memcpy(first, p->lex.text, sizeof(first));
	field = filter_field_find(first, NULL);
	if (!field && (filter_field_begins(first) || !strcmp(first, "dgram"))) {
		filter_lex_next(&p->lex);
		if (!strcmp(first, "stream") || !strcmp(first, "dgram"))
			field = port_of(p, list, first);
		else
			field = filter_field_find(first, p->lex.text);
	}
	if (!field) {
		filter_unexpected(p, "a field or a statement");
		return 0;
	}
	filter_lex_next(&p->lex);
	if (field == WEFT_FILTER_F_CGROUP && arg && filter_take_word(p, "level"))
		*arg = (uint32_t)filter_want_number(p, 255, "a level");
	return field;
}

/*
 * Fields side by side, with what @list needs before they are looked at; @list and @arg may
 * be NULL. Returns the first field, 0 after an error.
 */
unsigned int filter_parse_key(struct filter_parser *p, struct filter_exprs *list,
			      struct filter_key *key, uint32_t *arg)
{
	unsigned int field;

	memset(key, 0, sizeof(*key));
	do {
		if (key->n == WEFT_FILTER_KEY_MAX) {
			filter_error(p, p->lex.pos, "these are more than %d fields",
				     WEFT_FILTER_KEY_MAX);
			return 0;
		}
		field = take_field(p, list, arg);
		if (!field)
			return 0;
		key->field[key->n++] = (uint16_t)field;
	} while (filter_take_mark(p, "."));
	return key->field[0];
}

/* --- sets --------------------------------------------------------------------------- */

struct filter_set *filter_parse_anonymous(struct filter_parser *p, const struct filter_key *key,
					  uint32_t data)
{
	struct filter_pos pos = p->lex.pos;
	struct filter_set *s = filter_alloc(p->arena, sizeof(*s));

	s->flags = WEFT_FILTER_SET_ANONYMOUS;
	s->key = *key;
	s->data = data;
	filter_parse_elements(p, s);
	if (!s->n_elems)
		filter_error(p, pos, "the set is empty");
	filter_set_sort(s);
	return s;
}

/* `@name` or `{ ... }`; false when there is neither. */
static bool take_lookup(struct filter_parser *p, struct filter_exprs *list,
			const struct filter_key *key, uint32_t arg, uint32_t data, bool invert)
{
	struct filter_expr *e;

	if (!filter_is_mark(p, "@") && !filter_is_mark(p, "{"))
		return false;
	e = filter_expr_add(p->arena, list, WEFT_FILTER_E_LOOKUP);
	e->key = *key;
	e->arg = arg;
	e->data = data;
	e->flags = invert ? WEFT_FILTER_X_INVERT : 0;
	if (filter_take_mark(p, "@"))
		filter_want_name(p, e->set, "the name of a set");
	else
		e->anonymous = filter_parse_anonymous(p, key, data);
	return true;
}

/* --- flags -------------------------------------------------------------------------- */

/* Names with ',' or '|' between them, in parentheses or not; a number is good too. */
static uint64_t take_bits(struct filter_parser *p, const struct filter_field *f)
{
	bool parens = filter_take_mark(p, "(");
	uint64_t bits = 0, v[2], max[2];

	filter_value_max(f, max);
	do {
		/* Numbers are bits here, whatever the field makes of them. */
		if (p->lex.token != FILTER_WORD ||
		    (!(f->kind != FILTER_ADDRESS && filter_number(p->lex.text, v)) &&
		     filter_value_read(f, p->lex.text, v))) {
			filter_unexpected(p, f->kind == FILTER_FLAGS ? "names of flags" :
								       "a number");
			return 0;
		}
		bits |= v[0];
		filter_lex_next(&p->lex);
	} while (filter_take_mark(p, ",") || filter_take_mark(p, "|"));
	if (parens)
		filter_want_mark(p, ")");
	return bits & max[0];
}

static void set_mask(struct filter_expr *e, uint64_t mask)
{
	uint64_t max[2];

	filter_value_max(filter_field(e->field), max);
	if (mask == max[0])
		return;
	e->mask[0] = mask;
	e->has |= 1U << WEFT_FILTER_EA_MASK;
}

/* One of some flags, all that are named and no others, or SET / MASK. */
static void take_flags(struct filter_parser *p, struct filter_expr *e, bool exact)
{
	const struct filter_field *f = filter_field(e->field);
	struct filter_pos pos = p->lex.pos;
	uint64_t bits = take_bits(p, f);

	e->first[0] = bits;
	e->last[0] = bits;
	if (exact)
		return;
	if (filter_take_mark(p, "/")) {
		set_mask(e, take_bits(p, f));
		return;
	}
	if (!bits)
		filter_error(p, pos, "these are no flags");
	/* Any of them is set when what they leave is no less than the lowest. */
	e->first[0] = bits & -bits;
	e->mask[0] = bits;
	e->has |= 1U << WEFT_FILTER_EA_MASK;
}

/* --- values ------------------------------------------------------------------------- */

enum relation { ANY, EQUAL, UNEQUAL, LESS, LESS_EQUAL, MORE, MORE_EQUAL };

static enum relation take_relation(struct filter_parser *p)
{
	static const char *const marks[] = { "==", "!=", "<", "<=", ">", ">=" };
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (filter_take_mark(p, marks[i]))
			return (enum relation)(EQUAL + i);
	return ANY;
}

static void bound(struct filter_parser *p, struct filter_expr *e, enum relation relation,
		  struct filter_pos pos)
{
	const struct filter_field *f = filter_field(e->field);
	uint64_t max[2], v = e->first[0];

	if (relation < LESS)
		return;
	filter_value_max(f, max);
	if (f->kind != FILTER_NUMBER && f->kind != FILTER_PORT && f->kind != FILTER_HEX &&
	    f->kind != FILTER_TIME) {
		filter_error(p, pos, "%s is no number that is more or less", f->name);
	} else if (e->first[0] != e->last[0]) {
		filter_error(p, pos, "one value can be more or less, not several");
	} else if (relation == MORE || relation == MORE_EQUAL) {
		if (relation == MORE && v == max[0])
			filter_error(p, pos, "nothing is more");
		e->first[0] = v + (relation == MORE);
		e->last[0] = max[0];
	} else {
		if (relation == LESS && !v)
			filter_error(p, pos, "nothing is less");
		e->first[0] = 0;
		e->last[0] = v - (relation == LESS);
	}
}

/* Names of devices that begin alike have equal bits; hours go over midnight. */
static void finish_match(struct filter_expr *e)
{
	uint64_t first = e->first[0];

	if (e->field == WEFT_FILTER_F_IIFNAME || e->field == WEFT_FILTER_F_OIFNAME) {
		int len = filter_prefix_len(filter_field(e->field), e->first, e->last);

		if (len < 0)
			return;
		e->mask[0] = ~(e->first[0] ^ e->last[0]);
		e->mask[1] = ~(e->first[1] ^ e->last[1]);
		e->has |= 1U << WEFT_FILTER_EA_MASK;
		memcpy(e->last, e->first, sizeof(e->last));
	} else if (e->field == WEFT_FILTER_F_HOUR && e->last[0] < first) {
		e->flags ^= WEFT_FILTER_X_INVERT;
		e->first[0] = e->last[0] + 1;
		e->last[0] = first - 1;
		/* All but nothing: 08:00-07:59:59 is the whole day. */
		if (e->first[0] > e->last[0]) {
			e->flags ^= WEFT_FILTER_X_INVERT;
			e->first[0] = 0;
			e->last[0] = 86399;
		}
	}
}

/* `cgroup "a/b" level 1`: in which cgroup the one at level 1 is that. */
static void take_cgroup(struct filter_parser *p, struct filter_expr *e)
{
	struct filter_pos pos = p->lex.pos;
	bool named = p->lex.token == FILTER_STRING || p->lex.token == FILTER_WORD;
	uint64_t n;

	if (named && !e->arg && !filter_number(p->lex.text, &n))
		e->arg = filter_cgroup_level(p->lex.text);
	filter_parse_value(p, e->field, e->first, e->last);
	if (filter_take_word(p, "level"))
		e->arg = (uint32_t)filter_want_number(p, 255, "a level");
	if (!e->arg)
		filter_error(p, pos, "the cgroup needs a level from 1 on");
}

static void take_value(struct filter_parser *p, struct filter_exprs *list, unsigned int field,
		       uint32_t arg)
{
	const struct filter_field *f = filter_field(field);
	struct filter_expr *e = add_match(p, list, field, 0, 0);
	bool masked = filter_take_mark(p, "&");
	struct filter_pos pos;
	enum relation relation;

	e->arg = arg;
	if (masked)
		set_mask(e, take_bits(p, f));
	relation = take_relation(p);
	pos = p->lex.pos;
	if (relation == UNEQUAL)
		e->flags = WEFT_FILTER_X_INVERT;
	if (f->kind == FILTER_FLAGS) {
		take_flags(p, e, masked || relation == EQUAL);
		return;
	}
	if (f->kind == FILTER_CGROUP)
		take_cgroup(p, e);
	else
		filter_parse_value(p, field, e->first, e->last);
	if (!masked && f->kind == FILTER_HEX && filter_take_mark(p, "/"))
		set_mask(e, filter_want_number(p, UINT32_MAX, "a mask"));
	bound(p, e, relation, pos);
	if (!p->failed)
		finish_match(e);
}

/* What stands behind the fields. */
static void take_comparison(struct filter_parser *p, struct filter_exprs *list,
			    const struct filter_key *key, uint32_t arg)
{
	struct filter_lexer before = p->lex;
	bool invert;

	if (filter_take_word(p, "vmap")) {
		if (!take_lookup(p, list, key, arg, WEFT_FILTER_DATA_VERDICT, false))
			filter_unexpected(p, "'{' or '@'");
		return;
	}
	invert = filter_take_mark(p, "!=");
	if (!invert)
		filter_take_mark(p, "==");
	if (take_lookup(p, list, key, arg, WEFT_FILTER_DATA_NONE, invert))
		return;
	if (key->n > 1) {
		filter_unexpected(p, "vmap, '{' or '@'");
		return;
	}
	if (!p->failed)
		p->lex = before;
	take_value(p, list, key->field[0], arg);
}

/* --- rules -------------------------------------------------------------------------- */

static void take_match(struct filter_parser *p, struct filter_exprs *list)
{
	struct filter_key key;
	uint32_t arg = 0;
	unsigned int field = filter_parse_key(p, list, &key, &arg);

	if (!field)
		return;
	if (filter_is_word(p, "set") && key.n == 1 && filter_parse_assign(p, list, field))
		return;
	take_comparison(p, list, &key, arg);
}

static void take_part(struct filter_parser *p, struct filter_exprs *list, bool *ends)
{
	struct filter_pos pos = p->lex.pos;
	struct filter_verdict v = { 0 };

	if (*ends) {
		filter_unexpected(p, "nothing but a comment behind a verdict");
		return;
	}
	if (filter_take_verdict(p, &v)) {
		filter_expr_add(p->arena, list, WEFT_FILTER_E_VERDICT)->verdict = v;
		*ends = true;
	} else if (!filter_parse_statement(p, list)) {
		take_match(p, list);
	}
	if (list->n > WEFT_FILTER_EXPRS_MAX)
		filter_error(p, pos, "a rule has %d expressions at most", WEFT_FILTER_EXPRS_MAX);
}

/* The rest of the line is a rule. */
struct filter_rule *filter_parse_exprs(struct filter_parser *p)
{
	struct filter_rule *r = filter_alloc(p->arena, sizeof(*r));
	struct filter_exprs list;
	bool ends = false;

	filter_exprs_init(&list);
	if (filter_at_end(p))
		filter_unexpected(p, "a rule");
	while (!p->failed && !filter_at_end(p)) {
		if (filter_take_word(p, "comment")) {
			r->comment = filter_want_comment(p);
			filter_want_end(p);
			break;
		}
		take_part(p, &list, &ends);
	}
	if (!list.first)
		filter_unexpected(p, "what the rule does before its comment");
	r->exprs = list.first;
	return r;
}

struct filter_rule *filter_parse_rule(struct filter_parser *p)
{
	struct filter_rule *r;

	filter_lex_init(&p->lex, p->arena, p->src->text, p->src->len);
	filter_skip_lines(p);
	r = filter_parse_exprs(p);
	filter_skip_lines(p);
	if (p->lex.token != FILTER_END)
		filter_unexpected(p, "the end");
	return p->failed ? NULL : r;
}
