// SPDX-License-Identifier: GPL-2.0
/* Sets, maps and their elements. See filter_parse.h. */
#include <string.h>

#include "filter_field.h"
#include "filter_parse.h"

/* Braces within braces: a definition within a list, and no more of use. */
#define DEPTH_MAX	16

/* --- values ------------------------------------------------------------------------- */

static bool is_wildcard(const struct filter_parser *p, unsigned int field)
{
	size_t len = strlen(p->lex.text);

	return filter_field(field)->kind == FILTER_DEVICE_NAME && len > 1 &&
	       p->lex.text[len - 1] == '*';
}

/* All names that begin with what stands before the '*'. */
static void take_wildcard(struct filter_parser *p, const struct filter_field *f,
			  uint64_t first[2], uint64_t last[2])
{
	size_t len = strlen(p->lex.text) - 1;
	const char *why;

	p->lex.text[len] = '\0';
	why = filter_value_read(f, p->lex.text, first);
	if (why)
		filter_unexpected(p, "the name of a device");
	filter_prefix_range(f, (unsigned int)len * 8, first, last);
	filter_lex_next(&p->lex);
}

static void take_one(struct filter_parser *p, const struct filter_field *f, uint64_t v[2])
{
	char text[FILTER_TEXT_LEN];
	const char *why;

	v[0] = 0;
	v[1] = 0;
	if (p->lex.token != FILTER_WORD && p->lex.token != FILTER_STRING) {
		filter_unexpected(p, "a value");
		return;
	}
	memcpy(text, p->lex.text, sizeof(text));
	why = filter_value_read(f, text, v);
	if (why) {
		filter_error(p, p->lex.pos, "%s '%s': %s", f->name, text, why);
		return;
	}
	filter_lex_next(&p->lex);
}

static void take_prefix_len(struct filter_parser *p, const struct filter_field *f,
			    uint64_t first[2], uint64_t last[2])
{
	struct filter_pos pos = p->lex.pos;
	uint64_t v = first[0];
	unsigned int len;

	len = (unsigned int)filter_want_number(p, f->bits, "a prefix length");
	filter_prefix_range(f, len, first, last);
	if (first[0] != v)
		filter_error(p, pos, "the address has bits behind its prefix of %u", len);
}

/* A value, a prefix, a range, or a name that ends in '*'. */
void filter_parse_value(struct filter_parser *p, unsigned int field, uint64_t first[2],
			uint64_t last[2])
{
	const struct filter_field *f = filter_field(field);
	struct filter_pos pos = p->lex.pos;

	if (is_wildcard(p, field)) {
		take_wildcard(p, f, first, last);
		return;
	}
	take_one(p, f, first);
	memcpy(last, first, 2 * sizeof(*last));
	if (f->kind == FILTER_ADDRESS && filter_take_mark(p, "/")) {
		take_prefix_len(p, f, first, last);
	} else if (f->kind != FILTER_DEVICE_NAME && filter_take_mark(p, "-")) {
		take_one(p, f, last);
		/* Hours go over midnight; what is made of that is the match's. */
		if (f->kind != FILTER_HOUR &&
		    (last[0] < first[0] || (last[0] == first[0] && last[1] < first[1])))
			filter_error(p, pos, "the range ends before it begins");
	}
}

/* --- elements ----------------------------------------------------------------------- */

static void take_key(struct filter_parser *p, const struct filter_set *s,
		     struct filter_elem *e)
{
	uint64_t first[2], last[2];
	unsigned int i, at = 0, words;

	for (i = 0; i < s->key.n; i++) {
		if (i)
			filter_want_mark(p, ".");
		filter_parse_value(p, s->key.field[i], first, last);
		words = filter_field_words(s->key.field[i]);
		memcpy(e->key + at, first, words * sizeof(*first));
		memcpy(e->end + at, last, words * sizeof(*last));
		at += words;
	}
	e->range = memcmp(e->key, e->end, sizeof(e->key));
}

static void take_data(struct filter_parser *p, const struct filter_set *s,
		      struct filter_elem *e)
{
	if (s->data == WEFT_FILTER_DATA_NONE) {
		filter_error(p, p->lex.pos, "the set is no map: it has nothing behind ':'");
		return;
	}
	filter_lex_next(&p->lex);
	if (s->data == WEFT_FILTER_DATA_MARK)
		e->mark = (uint32_t)filter_want_number(p, UINT32_MAX, "a mark");
	else if (!filter_take_verdict(p, &e->verdict))
		filter_unexpected(p, "a verdict");
}

static bool take_option(struct filter_parser *p, struct filter_elem *e)
{
	if (filter_take_word(p, "timeout")) {
		e->timeout = filter_want_time(p);
		e->has_timeout = true;
	} else if (filter_take_word(p, "expires")) {
		e->expires = filter_want_time(p);
		e->has_expires = true;
	} else if (filter_take_word(p, "comment")) {
		e->comment = filter_want_comment(p);
	} else {
		return false;
	}
	return true;
}

static void take_element(struct filter_parser *p, struct filter_set *s)
{
	struct filter_elem *e = filter_elem_add(p->arena, s);
	bool has_data = false;

	e->pos = p->lex.pos;
	take_key(p, s, e);
	for (;;) {
		if (!has_data && filter_is_mark(p, ":")) {
			take_data(p, s, e);
			has_data = true;
		} else if (!take_option(p, e)) {
			break;
		}
	}
	if (s->data != WEFT_FILTER_DATA_NONE && !has_data)
		filter_unexpected(p, "':' and what the map has for the key");
	if (e->range && s->flags & WEFT_FILTER_SET_ANONYMOUS)
		s->flags |= WEFT_FILTER_SET_INTERVAL;
	if (e->range && !(s->flags & WEFT_FILTER_SET_INTERVAL))
		filter_error(p, e->pos, "a range: the set has no flag 'interval'");
}

static void take_elements(struct filter_parser *p, struct filter_set *s, unsigned int depth)
{
	filter_want_mark(p, "{");
	filter_skip_lines(p);
	while (!p->failed && !filter_is_mark(p, "}")) {
		if (!filter_is_mark(p, "{"))
			take_element(p, s);
		else if (depth < DEPTH_MAX)
			take_elements(p, s, depth + 1);
		else
			filter_unexpected(p, "an element");
		filter_skip_lines(p);
		if (!filter_take_mark(p, ","))
			break;
		filter_skip_lines(p);
	}
	if (!p->failed && !filter_take_mark(p, "}"))
		filter_unexpected(p, "',' or '}'");
}

void filter_parse_elements(struct filter_parser *p, struct filter_set *s)
{
	take_elements(p, s, 0);
}

/* --- what a set is ------------------------------------------------------------------ */

static void take_type(struct filter_parser *p, struct filter_set *s)
{
	unsigned int field;

	do {
		field = p->lex.token == FILTER_WORD ? filter_field_of_type(p->lex.text) : 0;
		if (!field) {
			filter_unexpected(p, "a type such as addr, port, proto, mark or ifname");
			return;
		}
		if (s->key.n == WEFT_FILTER_KEY_MAX) {
			filter_error(p, p->lex.pos, "a key has %d fields at most",
				     WEFT_FILTER_KEY_MAX);
			return;
		}
		s->key.field[s->key.n++] = (uint16_t)field;
		filter_lex_next(&p->lex);
	} while (filter_take_mark(p, "."));
}

static void take_map_type(struct filter_parser *p, struct filter_set *s, bool map)
{
	if (!map)
		return;
	filter_want_mark(p, ":");
	if (filter_take_word(p, "verdict"))
		s->data = WEFT_FILTER_DATA_VERDICT;
	else if (filter_take_word(p, "mark"))
		s->data = WEFT_FILTER_DATA_MARK;
	else
		filter_unexpected(p, "'verdict' or 'mark'");
}

static const struct filter_name set_flags[] = {
	{ "interval", WEFT_FILTER_SET_INTERVAL },
	{ "timeout", WEFT_FILTER_SET_TIMEOUT },
	{ "dynamic", WEFT_FILTER_SET_DYNAMIC },
	{ "constant", WEFT_FILTER_SET_CONSTANT },
	{ NULL, 0 }
};

static void take_flags(struct filter_parser *p, struct filter_set *s)
{
	const struct filter_name *n;

	do {
		n = filter_name_find(set_flags, p->lex.text);
		if (p->lex.token != FILTER_WORD || !n) {
			filter_unexpected(p, "interval, timeout, dynamic or constant");
			return;
		}
		s->flags |= (uint32_t)n->value;
		filter_lex_next(&p->lex);
	} while (filter_take_mark(p, ","));
}

static void take_set_item(struct filter_parser *p, struct filter_set *s, bool map)
{
	struct filter_pos pos = p->lex.pos;

	if (filter_is_word(p, "type") || filter_is_word(p, "typeof")) {
		if (s->key.n)
			filter_error(p, pos, "the type stands there twice");
		if (filter_take_word(p, "type"))
			take_type(p, s);
		else if (filter_take_word(p, "typeof"))
			filter_parse_key(p, NULL, &s->key, NULL);
		take_map_type(p, s, map);
	} else if (filter_take_word(p, "flags")) {
		take_flags(p, s);
	} else if (filter_take_word(p, "timeout")) {
		s->timeout = filter_want_time(p);
		s->flags |= WEFT_FILTER_SET_TIMEOUT;
	} else if (filter_take_word(p, "size")) {
		s->size = (uint32_t)filter_want_number(p, UINT32_MAX, "a number of elements");
	} else if (filter_take_word(p, "comment")) {
		s->comment = filter_want_comment(p);
	} else if (filter_take_word(p, "elements")) {
		filter_want_mark(p, "=");
		if (!s->key.n)
			filter_error(p, pos, "the type must stand before the elements");
		filter_parse_elements(p, s);
	} else {
		filter_unexpected(p, "type, flags, timeout, size, comment or elements");
	}
	filter_want_end(p);
}

/* What stands between the braces of a set or a map. */
void filter_parse_set_block(struct filter_parser *p, struct filter_set *s, bool map)
{
	struct filter_pos pos = p->lex.pos;

	filter_want_mark(p, "{");
	for (;;) {
		filter_skip_lines(p);
		if (p->failed || filter_is_mark(p, "}"))
			break;
		take_set_item(p, s, map);
	}
	filter_want_mark(p, "}");
	if (!s->key.n)
		filter_error(p, pos, "the set has no type");
}
