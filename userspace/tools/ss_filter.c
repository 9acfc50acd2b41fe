// SPDX-License-Identifier: GPL-2.0
/*
 * Expressions that choose sockets: a parser by recursive descent, and what it has
 * understood applied to a socket.
 *
 *	or	= and { ( "or" | "|" | "||" ) and }
 *	and	= not { [ "and" | "&" | "&&" ] not }
 *	not	= ( "not" | "!" ) not | "(" or ")" | key [ operator ] value
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ss_filter.h"

#define WORD_LEN	64

/**
 * struct parser - an expression that is read
 * @f: the result
 * @text: all of it
 * @at: where the current word begins
 * @len: its length; 0 at the end
 * @depth: how many parentheses and negations are open
 */
struct parser {
	struct ss_filter *f;
	const char *text;
	const char *at;
	size_t len;
	int depth;
};

static int parse_or(struct parser *p);

/* Tells what is wrong at the current word; always -1. The first error counts. */
__attribute__((format(printf, 2, 3)))
static int wrong(struct parser *p, const char *fmt, ...)
{
	va_list ap;

	if (p->f->why[0])
		return -1;
	p->f->column = (size_t)(p->at - p->text);
	va_start(ap, fmt);
	vsnprintf(p->f->why, sizeof(p->f->why), fmt, ap);
	va_end(ap);
	return -1;
}

/* --- words -------------------------------------------------------------------------- */

static bool is_symbol(char c)
{
	return c && strchr("()=!<>&|", c);
}

static size_t symbol_length(const char *s)
{
	bool twice = (*s == '&' || *s == '|' || *s == '=') && s[1] == *s;
	bool equal = (*s == '<' || *s == '>' || *s == '!') && s[1] == '=';

	return twice || equal ? 2 : 1;
}

static void next(struct parser *p)
{
	p->at += p->len;
	p->at += strspn(p->at, " \t\n");
	if (is_symbol(*p->at))
		p->len = symbol_length(p->at);
	else
		p->len = strcspn(p->at, " \t\n()=!<>&|");
}

static bool is(const struct parser *p, const char *word)
{
	return p->len == strlen(word) && !strncmp(p->at, word, p->len);
}

/* Goes on if the current word is one of these; the list ends with NULL. */
static bool take(struct parser *p, const char *const *words)
{
	for (; *words; words++) {
		if (is(p, *words)) {
			next(p);
			return true;
		}
	}
	return false;
}

/* --- conditions --------------------------------------------------------------------- */

static int add(struct parser *p, const struct ss_node *node)
{
	struct ss_filter *f = p->f;

	if (f->count == SS_FILTER_NODES)
		return wrong(p, "the expression is too long");
	f->node[f->count] = *node;
	return f->count++;
}

static enum ss_operator parse_operator(struct parser *p, bool *given)
{
	static const struct {
		const char *name;
		enum ss_operator op;
	} names[] = {
		{ "=", SS_EQ }, { "==", SS_EQ }, { "eq", SS_EQ },
		{ "!=", SS_NE }, { "ne", SS_NE }, { "neq", SS_NE },
		{ "<", SS_LT }, { "lt", SS_LT }, { ">", SS_GT }, { "gt", SS_GT },
		{ "<=", SS_LE }, { "le", SS_LE }, { "leq", SS_LE },
		{ ">=", SS_GE }, { "ge", SS_GE }, { "geq", SS_GE },
	};
	size_t i;

	*given = false;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (is(p, names[i].name)) {
			*given = true;
			next(p);
			return names[i].op;
		}
	}
	return SS_EQ;
}

/* Digits, or hexadecimal ones after 0x, and nothing else. */
static bool number(const char *s, uint64_t max, uint64_t *value)
{
	bool hex = !strncmp(s, "0x", 2);
	char *end;

	if (*s < '0' || *s > '9' || (hex && !strspn(s + 2, "0123456789abcdefABCDEF")))
		return false;
	errno = 0;
	*value = strtoull(s, &end, hex ? 16 : 10);
	return !errno && !*end && *value <= max;
}

/* ADDRESS, ADDRESS/LENGTH, [ADDRESS]:PORT or :PORT */
static bool value_endpoint(const char *word, struct ss_node *n)
{
	char addr[WORD_LEN];
	const char *end = strchr(word, ']');

	if (word[0] == ':' && word[1] != ':')
		return number(word + 1, UINT16_MAX, &n->number);
	if (word[0] != '[') {
		n->prefix.set = true;
		return !weft_prefix_parse(word, &n->prefix.addr, &n->prefix.len);
	}
	if (!end)
		return false;
	snprintf(addr, sizeof(addr), "%.*s", (int)(end - word - 1), word + 1);
	n->prefix.set = true;
	if (weft_prefix_parse(addr, &n->prefix.addr, &n->prefix.len))
		return false;
	return !end[1] || (end[1] == ':' &&
			   number(end + 2, UINT16_MAX, &n->number));
}

static bool value_device(const char *word, struct ss_node *n)
{
	n->number = if_nametoindex(word);
	return n->number;
}

static bool value_port(const char *word, struct ss_node *n)
{
	return number(word + (*word == ':'), UINT16_MAX, &n->number);
}

static bool value_cookie(const char *word, struct ss_node *n)
{
	return number(word, UINT64_MAX, &n->number);
}

/**
 * struct condition - what can be compared
 * @name: in the expression
 * @key: in the node
 * @ordered: there is less and more
 * @read: reads a value
 * @wanted: what that is
 */
struct condition {
	const char *name;
	enum ss_key key;
	bool ordered;
	bool (*read)(const char *word, struct ss_node *n);
	const char *wanted;
};

static const struct condition conditions[] = {
	{ "sport", SS_SPORT, true, value_port, "a port" },
	{ "dport", SS_DPORT, true, value_port, "a port" },
	{ "src", SS_SRC, false, value_endpoint, "an address" },
	{ "dst", SS_DST, false, value_endpoint, "an address" },
	{ "dev", SS_DEV, false, value_device, "a device" },
	{ "cookie", SS_COOKIE, false, value_cookie, "a number" },
};

static int parse_value(struct parser *p, const struct condition *c,
		       struct ss_node *node)
{
	char word[WORD_LEN];

	if (!p->len || is_symbol(*p->at))
		return wrong(p, "'%s' needs %s", c->name, c->wanted);
	snprintf(word, sizeof(word), "%.*s", (int)p->len, p->at);
	if (p->len >= sizeof(word) || !c->read(word, node))
		return wrong(p, "'%s' is not %s", word, c->wanted);
	next(p);
	return add(p, node);
}

static int parse_condition(struct parser *p)
{
	const struct condition *c = conditions;
	struct ss_node node = { .left = -1, .right = -1 };
	const char *at;
	bool given;

	while (c < conditions + sizeof(conditions) / sizeof(conditions[0]) &&
	       !is(p, c->name))
		c++;
	if (!p->len)
		return wrong(p, "a condition is missing");
	if (c == conditions + sizeof(conditions) / sizeof(conditions[0]))
		return wrong(p, "'%.*s' is no condition", p->len < WORD_LEN ?
			     (int)p->len : WORD_LEN, p->at);
	next(p);
	node.key = c->key;
	at = p->at;
	node.op = parse_operator(p, &given);
	if (given && !c->ordered && node.op != SS_EQ && node.op != SS_NE) {
		p->at = at;
		return wrong(p, "'%s' has no order", c->name);
	}
	return parse_value(p, c, &node);
}

/* --- what joins them ---------------------------------------------------------------- */

static int parse_group(struct parser *p)
{
	int node;

	next(p);
	node = parse_or(p);
	if (node < 0)
		return node;
	if (!is(p, ")"))
		return wrong(p, "')' is missing");
	next(p);
	return node;
}

static int parse_not(struct parser *p)
{
	static const char *const words[] = { "not", "!", NULL };
	struct ss_node node = { .key = SS_NOT, .right = -1 };
	int part;

	if (++p->depth > SS_FILTER_DEPTH)
		return wrong(p, "too many parentheses");
	if (is(p, "(")) {
		part = parse_group(p);
	} else if (take(p, words)) {
		node.left = parse_not(p);
		part = node.left < 0 ? -1 : add(p, &node);
	} else {
		part = parse_condition(p);
	}
	p->depth--;
	return part;
}

static int join(struct parser *p, enum ss_key key, int left, int right)
{
	struct ss_node node = { .key = key, .left = left, .right = right };

	return left < 0 || right < 0 ? -1 : add(p, &node);
}

static bool ends_and(const struct parser *p)
{
	return !p->len || is(p, ")") || is(p, "or") || is(p, "|") || is(p, "||");
}

static int parse_and(struct parser *p)
{
	static const char *const words[] = { "and", "&", "&&", NULL };
	int node = parse_not(p);

	while (node >= 0 && !ends_and(p)) {
		take(p, words);
		node = join(p, SS_AND, node, parse_not(p));
	}
	return node;
}

static int parse_or(struct parser *p)
{
	static const char *const words[] = { "or", "|", "||", NULL };
	int node = parse_and(p);

	while (node >= 0 && take(p, words))
		node = join(p, SS_OR, node, parse_and(p));
	return node;
}

/* Reads an expression; -1 if it is wrong, and @f then says where and why. */
int ss_filter_parse(const char *text, struct ss_filter *f)
{
	struct parser p = { .f = f, .text = text, .at = text };

	memset(f, 0, sizeof(*f));
	f->root = -1;
	next(&p);
	if (!p.len)
		return 0;
	f->root = parse_or(&p);
	if (f->root < 0)
		return -1;
	return p.len ? wrong(&p, "')' without '('") : 0;
}

/* --- applied ------------------------------------------------------------------------ */

static bool compare(enum ss_operator op, uint64_t a, uint64_t b)
{
	switch (op) {
	case SS_NE:
		return a != b;
	case SS_LT:
		return a < b;
	case SS_GT:
		return a > b;
	case SS_LE:
		return a <= b;
	case SS_GE:
		return a >= b;
	default:
		return a == b;
	}
}

static bool match_end(const struct ss_node *n, const struct weft_addr *addr,
		      unsigned int port)
{
	bool same = prefix_has(&n->prefix, addr) &&
		    (!n->number || n->number == port);

	return same == (n->op == SS_EQ);
}

static bool match_condition(const struct ss_node *n, const struct weft_diag_id *id)
{
	switch (n->key) {
	case SS_SPORT:
		return compare(n->op, ntohs(id->sport), n->number);
	case SS_DPORT:
		return compare(n->op, ntohs(id->dport), n->number);
	case SS_SRC:
		return match_end(n, &id->src, ntohs(id->sport));
	case SS_DST:
		return match_end(n, &id->dst, ntohs(id->dport));
	case SS_DEV:
		return compare(n->op, id->ifindex, n->number);
	default:
		return compare(n->op, (uint64_t)id->cookie[1] << 32 |
				      id->cookie[0], n->number);
	}
}

/* As deep as the expression, which has SS_FILTER_NODES parts at most. */
static bool match(const struct ss_filter *f, int i, const struct weft_diag_id *id)
{
	const struct ss_node *n = &f->node[i];

	switch (n->key) {
	case SS_AND:
		return match(f, n->left, id) && match(f, n->right, id);
	case SS_OR:
		return match(f, n->left, id) || match(f, n->right, id);
	case SS_NOT:
		return !match(f, n->left, id);
	default:
		return match_condition(n, id);
	}
}

bool ss_filter_match(const struct ss_filter *f, const struct weft_diag_id *id)
{
	return f->root < 0 || match(f, f->root, id);
}
