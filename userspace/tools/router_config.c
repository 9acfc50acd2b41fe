// SPDX-License-Identifier: GPL-2.0
/* The configuration of weft router: its grammar and its rules. See router_config.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "router_config.h"
#include "router_value.h"

/* RFC 4861, section 6.2.1. */
#define INTERVAL_MAX		600
#define INTERVAL_MAX_LEAST	4
#define INTERVAL_MAX_MOST	1800
#define INTERVAL_MIN_LEAST	3
#define LIFETIME_MOST		9000
#define VALID_DEFAULT		(30 * 24 * 3600)
#define PREFERRED_DEFAULT	(7 * 24 * 3600)
/* What hosts take as it is, ms: doc/protocol.md, "Router solicitation". */
#define NEIGH_TIME_LEAST	100
#define NEIGH_TIME_MOST		3600000

/* No file is longer; a pipe without an end is none. */
#define FILE_MAX		1048576
#define LINKS_MAX		1024

/* Of what a statement sets: where it stands, for rules about several of them. */
struct place {
	bool set;
	struct router_pos pos;
};

/* A link that is being read. */
struct link_draft {
	struct router_link *link;
	struct place interval;
	struct place lifetime;
	bool has_min;
};

/* A prefix that is being read. */
struct prefix_draft {
	struct router_prefix *prefix;
	struct place preferred;
	struct place autoconf;
};

/**
 * struct statement - a word that may stand in a block, and what it sets
 * @name: the word
 * @take: reads what follows; false after telling what is wrong
 * @block: no semicolon follows
 * @again: it may stand there more than once
 *
 * A table ends with an entry without a name.
 */
struct statement {
	const char *name;
	bool (*take)(struct router_parser *p, void *into, struct router_pos pos);
	bool block;
	bool again;
};

/* --- blocks ------------------------------------------------------------------------ */

/* After an error: goes behind the statement, but not out of the block. */
static void skip(struct router_parser *p)
{
	unsigned int depth = 0;

	for (; p->lex.token != TOKEN_END; router_lex_next(&p->lex)) {
		if (p->lex.token == TOKEN_OPEN) {
			depth++;
		} else if (p->lex.token == TOKEN_CLOSE) {
			if (!depth)
				return;
			if (--depth)
				continue;
			router_lex_next(&p->lex);
			return;
		} else if (p->lex.token == TOKEN_SEMICOLON && !depth) {
			return;
		}
	}
}

static bool take_token(struct router_parser *p, enum router_token token, const char *wanted)
{
	if (p->lex.token != token)
		return router_unexpected(p, wanted);
	router_lex_next(&p->lex);
	return true;
}

static const struct statement *find(struct router_parser *p, const struct statement *table)
{
	const struct statement *s;
	char wanted[160];
	size_t n;

	for (s = table; p->lex.token == TOKEN_WORD && s->name; s++)
		if (!strcmp(p->lex.word, s->name))
			return s;
	n = (size_t)snprintf(wanted, sizeof(wanted), "one of");
	for (s = table; s->name && n < sizeof(wanted); s++)
		n += (size_t)snprintf(wanted + n, sizeof(wanted) - n, "%s '%s'",
				      s == table ? "" : ",", s->name);
	router_unexpected(p, wanted);
	return NULL;
}

static void take_statement(struct router_parser *p, const struct statement *table,
			   void *into, unsigned int *seen)
{
	const struct statement *s = find(p, table);
	struct router_pos pos = p->lex.pos;
	unsigned int bit;
	bool taken;

	if (!s) {
		skip(p);
		return;
	}
	bit = 1U << (s - table);
	if (*seen & bit && !s->again)
		router_error(p, pos, "'%s' stands there twice", s->name);
	*seen |= bit;
	router_lex_next(&p->lex);
	taken = s->take(p, into, pos);
	if (taken && !s->block && p->lex.token != TOKEN_SEMICOLON)
		taken = router_unexpected(p, "';'");
	if (!taken)
		skip(p);
}

/* The statements between braces, or of the file when @top. */
static bool take_block(struct router_parser *p, const struct statement *table, void *into,
		       bool top)
{
	enum router_token end = top ? TOKEN_END : TOKEN_CLOSE;
	unsigned int seen = 0;

	if (!top && !take_token(p, TOKEN_OPEN, "'{'"))
		return false;
	while (p->lex.token != end && p->lex.token != TOKEN_END) {
		if (p->lex.token == TOKEN_SEMICOLON) {
			router_lex_next(&p->lex);
		} else if (p->lex.token == TOKEN_CLOSE) {
			router_unexpected(p, "expected here: no block is open");
			router_lex_next(&p->lex);
		} else {
			take_statement(p, table, into, &seen);
		}
	}
	return top || take_token(p, TOKEN_CLOSE, "'}'");
}

/* A block, or nothing in its place but a semicolon. */
static bool take_optional_block(struct router_parser *p, const struct statement *table,
				void *into)
{
	if (p->lex.token == TOKEN_SEMICOLON)
		return true;
	if (p->lex.token != TOKEN_OPEN)
		return router_unexpected(p, "'{' or ';'");
	return take_block(p, table, into, false);
}

/* --- prefixes ---------------------------------------------------------------------- */

static bool take_valid(struct router_parser *p, void *into, struct router_pos pos)
{
	struct prefix_draft *d = into;

	(void)pos;
	return router_take_lifetime(p, &d->prefix->valid);
}

static bool take_preferred(struct router_parser *p, void *into, struct router_pos pos)
{
	struct prefix_draft *d = into;

	(void)pos;
	d->preferred = (struct place){ true, p->lex.pos };
	return router_take_lifetime(p, &d->prefix->preferred);
}

static bool take_onlink(struct router_parser *p, void *into, struct router_pos pos)
{
	struct prefix_draft *d = into;

	(void)pos;
	return router_take_switch(p, &d->prefix->onlink);
}

static bool take_auto(struct router_parser *p, void *into, struct router_pos pos)
{
	struct prefix_draft *d = into;

	(void)pos;
	d->autoconf = (struct place){ true, p->lex.pos };
	return router_take_switch(p, &d->prefix->autoconf);
}

static const struct statement prefix_statements[] = {
	{ .name = "valid", .take = take_valid },
	{ .name = "preferred", .take = take_preferred },
	{ .name = "onlink", .take = take_onlink },
	{ .name = "auto", .take = take_auto },
	{ 0 }
};

/* Fills in what was not said, and checks what belongs together. */
static void finish_prefix(struct router_parser *p, struct prefix_draft *d)
{
	struct router_prefix *prefix = d->prefix;

	if (!d->preferred.set && prefix->preferred > prefix->valid)
		prefix->preferred = prefix->valid;
	if (prefix->preferred > prefix->valid)
		router_error(p, d->preferred.pos,
			     "the preferred lifetime is longer than the valid one");
	if (!d->autoconf.set)
		prefix->autoconf = prefix->len == 16;
	if (prefix->autoconf && prefix->len != 16)
		router_error(p, d->autoconf.pos,
			     "hosts make addresses only of prefixes of 16 bits, not of %u",
			     prefix->len);
}

/* Mapped addresses come from IPv4 alone. */
static bool is_mapped(const struct weft_addr *addr)
{
	return !addr->a16[0] && addr->a8[2] == 0 && addr->a8[3] == 4;
}

static bool covers(const struct weft_addr *a, unsigned int len, const struct weft_addr *b)
{
	struct weft_addr start = *b;

	weft_addr_mask(&start, len);
	return weft_addr_equal(a, &start);
}

static void check_overlap(struct router_parser *p, const struct router_link *link,
			  const struct router_prefix *prefix)
{
	const struct router_prefix *other;
	char text[WEFT_PREFIXSTRLEN];
	unsigned int i;

	for (i = 0; i < link->n_prefixes; i++) {
		other = &link->prefix[i];
		if (!covers(&other->addr, other->len, &prefix->addr) &&
		    !covers(&prefix->addr, prefix->len, &other->addr))
			continue;
		router_error(p, prefix->pos, "the prefix overlaps %s in line %u",
			     weft_prefix_format(&other->addr, other->len, text, sizeof(text)),
			     other->pos.line);
		return;
	}
}

/* Is there room for @more bytes of options? */
static bool has_room(struct router_parser *p, const struct router_link *link, size_t more,
		     struct router_pos pos)
{
	size_t used = link->n_prefixes * sizeof(struct weft_ra_prefix) +
		      link->n_routes * sizeof(struct weft_ra_route);

	if (used + more <= ROUTER_OPTIONS_MAX)
		return true;
	router_error(p, pos, "these are more prefixes and routes than an announcement holds");
	return false;
}

static bool take_prefix(struct router_parser *p, void *into, struct router_pos pos)
{
	struct router_link *link = ((struct link_draft *)into)->link;
	struct router_prefix prefix = {
		.valid = VALID_DEFAULT,
		.preferred = PREFERRED_DEFAULT,
		.onlink = true,
		.pos = p->lex.pos,
	};
	struct prefix_draft d = { .prefix = &prefix };

	if (!router_take_prefix(p, &prefix.addr, &prefix.len) ||
	    !take_optional_block(p, prefix_statements, &d))
		return false;
	finish_prefix(p, &d);
	if (is_mapped(&prefix.addr))
		router_error(p, prefix.pos, "hosts have addresses of this prefix from IPv4");
	check_overlap(p, link, &prefix);
	if (has_room(p, link, sizeof(struct weft_ra_prefix), pos))
		link->prefix[link->n_prefixes++] = prefix;
	return true;
}

/* --- routes ------------------------------------------------------------------------ */

static bool take_route_lifetime(struct router_parser *p, void *into, struct router_pos pos)
{
	struct router_route *route = into;

	(void)pos;
	return router_take_lifetime(p, &route->lifetime);
}

static bool take_route_preference(struct router_parser *p, void *into,
				  struct router_pos pos)
{
	struct router_route *route = into;

	(void)pos;
	return router_take_preference(p, &route->pref);
}

static const struct statement route_statements[] = {
	{ .name = "lifetime", .take = take_route_lifetime },
	{ .name = "preference", .take = take_route_preference },
	{ 0 }
};

static void check_twice(struct router_parser *p, const struct router_link *link,
			const struct router_route *route)
{
	const struct router_route *other;
	unsigned int i;

	for (i = 0; i < link->n_routes; i++) {
		other = &link->route[i];
		if (other->len == route->len && weft_addr_equal(&other->addr, &route->addr))
			router_error(p, route->pos, "the route stands in line %u too",
				     other->pos.line);
	}
}

/* A route's lifetime is the router's own unless said otherwise: see finish_link(). */
#define LIFETIME_UNSAID		(UINT32_MAX - 1)

static bool take_route(struct router_parser *p, void *into, struct router_pos pos)
{
	struct router_link *link = ((struct link_draft *)into)->link;
	struct router_route route = { .lifetime = LIFETIME_UNSAID, .pos = p->lex.pos };

	if (!router_take_prefix(p, &route.addr, &route.len) ||
	    !take_optional_block(p, route_statements, &route))
		return false;
	check_twice(p, link, &route);
	if (has_room(p, link, sizeof(struct weft_ra_route), pos))
		link->route[link->n_routes++] = route;
	return true;
}

/* --- links ------------------------------------------------------------------------- */

static bool take_interval(struct router_parser *p, void *into, struct router_pos pos)
{
	struct link_draft *d = into;
	struct router_link *link = d->link;

	(void)pos;
	d->interval = (struct place){ true, p->lex.pos };
	return router_take_range(p, &link->min, &link->max, &d->has_min);
}

static bool take_lifetime(struct router_parser *p, void *into, struct router_pos pos)
{
	struct link_draft *d = into;

	(void)pos;
	d->lifetime = (struct place){ true, p->lex.pos };
	return router_take_seconds(p, 0, LIFETIME_MOST, &d->link->lifetime);
}

static bool take_preference(struct router_parser *p, void *into, struct router_pos pos)
{
	(void)pos;
	return router_take_preference(p, &((struct link_draft *)into)->link->pref);
}

static bool take_mtu(struct router_parser *p, void *into, struct router_pos pos)
{
	(void)pos;
	return router_take_number(p, WEFT_MTU_MIN, WEFT_LEN_MAX,
				  &((struct link_draft *)into)->link->mtu);
}

static bool take_hop_limit(struct router_parser *p, void *into, struct router_pos pos)
{
	uint32_t n = 0;
	bool taken = router_take_number(p, 1, 255, &n);

	(void)pos;
	((struct link_draft *)into)->link->hop_limit = (uint8_t)n;
	return taken;
}

static bool take_reachable(struct router_parser *p, void *into, struct router_pos pos)
{
	(void)pos;
	return router_take_ms(p, NEIGH_TIME_LEAST, NEIGH_TIME_MOST,
			      &((struct link_draft *)into)->link->reachable);
}

static bool take_retrans(struct router_parser *p, void *into, struct router_pos pos)
{
	(void)pos;
	return router_take_ms(p, NEIGH_TIME_LEAST, NEIGH_TIME_MOST,
			      &((struct link_draft *)into)->link->retrans);
}

static const struct statement link_statements[] = {
	{ .name = "interval", .take = take_interval },
	{ .name = "lifetime", .take = take_lifetime },
	{ .name = "preference", .take = take_preference },
	{ .name = "mtu", .take = take_mtu },
	{ .name = "hop-limit", .take = take_hop_limit },
	{ .name = "reachable", .take = take_reachable },
	{ .name = "retrans", .take = take_retrans },
	{ .name = "prefix", .take = take_prefix, .block = true, .again = true },
	{ .name = "route", .take = take_route, .block = true, .again = true },
	{ 0 }
};

/* RFC 4861, section 6.2.1: the shorter time is at most three quarters of the longer. */
static void finish_interval(struct router_parser *p, struct link_draft *d)
{
	struct router_link *link = d->link;

	if (link->max < INTERVAL_MAX_LEAST || link->max > INTERVAL_MAX_MOST) {
		router_error(p, d->interval.pos, "the interval ends at %u to %u seconds",
			     INTERVAL_MAX_LEAST, INTERVAL_MAX_MOST);
		link->max = INTERVAL_MAX;
	} else if (d->has_min &&
		   (link->min < INTERVAL_MIN_LEAST || link->min > link->max * 3 / 4)) {
		router_error(p, d->interval.pos,
			     "the interval begins at %u seconds to three quarters of its end, %u",
			     INTERVAL_MIN_LEAST, link->max * 3 / 4);
	}
	if (d->has_min)
		return;
	link->min = link->max / 3;
	if (link->min < INTERVAL_MIN_LEAST)
		link->min = INTERVAL_MIN_LEAST;
}

static void finish_link(struct router_parser *p, struct link_draft *d)
{
	struct router_link *link = d->link;
	unsigned int i;

	finish_interval(p, d);
	if (!d->lifetime.set)
		link->lifetime = 3 * link->max;
	else if (link->lifetime && link->lifetime < link->max)
		router_error(p, d->lifetime.pos,
			     "the lifetime is 0 or at least the interval, %u seconds", link->max);
	for (i = 0; i < link->n_routes; i++)
		if (link->route[i].lifetime == LIFETIME_UNSAID)
			link->route[i].lifetime = 3 * link->max;
}

static void check_other_link(struct router_parser *p, const struct router_link *other,
			     const struct router_prefix *prefix)
{
	const struct router_prefix *theirs;
	unsigned int i;

	for (i = 0; i < other->n_prefixes; i++) {
		theirs = &other->prefix[i];
		if (theirs->len == prefix->len &&
		    weft_addr_equal(&theirs->addr, &prefix->addr))
			router_error(p, prefix->pos,
				     "the prefix is that of link '%s' in line %u",
				     other->name, theirs->pos.line);
	}
}

/* A prefix is of one link alone. */
static void check_other_links(struct router_parser *p, const struct router_config *c,
			      const struct router_link *link)
{
	unsigned int i, j;

	for (i = 0; i < c->n_links; i++)
		for (j = 0; j < link->n_prefixes; j++)
			check_other_link(p, &c->link[i], &link->prefix[j]);
}

static bool take_link_name(struct router_parser *p, const struct router_config *c,
			   struct router_link *link)
{
	const struct router_link *other;

	link->pos = p->lex.pos;
	if (p->lex.token != TOKEN_WORD || strlen(p->lex.word) >= sizeof(link->name) ||
	    strchr(p->lex.word, '/'))
		return router_unexpected(p, "the name of a device");
	strcpy(link->name, p->lex.word);
	other = router_config_find(c, link->name);
	if (other)
		router_error(p, link->pos, "link '%s' stands in line %u too", link->name,
			     other->pos.line);
	router_lex_next(&p->lex);
	return true;
}

/* Adds a link that is read, with its place in the file. */
static void add_link(struct router_parser *p, struct router_config *c,
		     const struct router_link *link)
{
	struct router_link *grown = NULL;

	if (c->n_links < LINKS_MAX)
		grown = realloc(c->link, (c->n_links + 1) * sizeof(*grown));
	if (!grown) {
		router_error(p, link->pos, "there is no room for more links");
		return;
	}
	c->link = grown;
	c->link[c->n_links++] = *link;
}

static bool take_link(struct router_parser *p, void *into, struct router_pos pos)
{
	struct router_link link = { .max = INTERVAL_MAX };
	struct link_draft d = { .link = &link };
	struct router_config *c = into;

	(void)pos;
	if (!take_link_name(p, c, &link) || !take_block(p, link_statements, &d, false))
		return false;
	finish_link(p, &d);
	check_other_links(p, c, &link);
	add_link(p, c, &link);
	return true;
}

static const struct statement file_statements[] = {
	{ .name = "link", .take = take_link, .block = true, .again = true },
	{ 0 }
};

/* --- files ------------------------------------------------------------------------- */

unsigned int router_config_parse(const char *text, size_t len, const char *name,
				 FILE *err, struct router_config *c)
{
	struct router_parser p = { .name = name, .err = err };

	memset(c, 0, sizeof(*c));
	router_lex_init(&p.lex, text, len);
	take_block(&p, file_statements, c, true);
	if (!p.errors && !c->n_links)
		router_error(&p, p.lex.pos, "there is no link");
	return p.errors;
}

/* All of a file, at most FILE_MAX bytes; NULL after telling. */
static char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	char *text;

	if (!f) {
		cli_error("cannot open %s: %s", path, strerror(errno));
		return NULL;
	}
	text = malloc(FILE_MAX + 1);
	*len = text ? fread(text, 1, FILE_MAX + 1, f) : 0;
	if (!text || ferror(f))
		cli_error("cannot read %s: %s", path, strerror(errno));
	else if (*len > FILE_MAX)
		cli_error("%s is longer than %d bytes", path, FILE_MAX);
	if (text && (ferror(f) || *len > FILE_MAX)) {
		free(text);
		text = NULL;
	}
	fclose(f);
	return text;
}

int router_config_load(const char *path, struct router_config *c)
{
	unsigned int errors;
	size_t len;
	char *text;

	memset(c, 0, sizeof(*c));
	text = read_file(path, &len);
	if (!text)
		return -1;
	errors = router_config_parse(text, len, path, stderr, c);
	free(text);
	return errors ? -1 : 0;
}

/* Frees what a configuration has; it is empty then. */
void router_config_free(struct router_config *c)
{
	free(c->link);
	memset(c, 0, sizeof(*c));
}

/* The link of a name, NULL if there is none. */
const struct router_link *router_config_find(const struct router_config *c,
					     const char *name)
{
	unsigned int i;

	for (i = 0; i < c->n_links; i++)
		if (!strcmp(c->link[i].name, name))
			return &c->link[i];
	return NULL;
}
