// SPDX-License-Identifier: GPL-2.0
/*
 * proto/listener_state.c: every line of the tables of RFC 3810, 7.4.1 and 7.4.2, for
 * every pair of sets over a few sources; timers; queries.
 */
#include <stdlib.h>
#include "listener_state.h"
#include "tap.h"

#define N	4			/* sources in the world */
#define SETS	16			/* of them */
#define NOW	1000
#define GROUP	400			/* what is left of the group's time */
#define OLD(i)	(100 + (i))		/* the same of source @i */

static const struct weft_listen_times times = {
	.membership = 260, .last = 20, .interval = 10, .count = 2,
};

/**
 * struct model - a state by sets of bits, as the RFC writes it
 * @exclude: EXCLUDE (X, Y); else INCLUDE (X)
 * @x: sources that are wanted
 * @y: sources that are not
 * @left: what is left of the time of each in @x
 * @group: of the filter timer
 * @ask: sources that a query is sent about
 * @ask_group: the group is asked for
 */
struct model {
	bool exclude;
	unsigned int x, y;
	u64 left[N];
	u64 group;
	unsigned int ask;
	bool ask_group;
};

/* The querier asks; others wait for it to do so. */
static bool asks;

static struct weft_addr address(unsigned int i)
{
	return (struct weft_addr){ { { 0, 7, 0, 0, 0, 0, 0, i + 1 } } };
}

static void set_left(struct model *m, unsigned int set, u64 left)
{
	for (int i = 0; i < N; i++)
		if (set & 1 << i)
			m->left[i] = left;
}

/* (A) -> Send Q(MA, A): times are lowered, and only by those that are longer. */
static void model_ask(struct model *m, unsigned int set)
{
	for (int i = 0; asks && i < N; i++)
		if (set & 1 << i && m->left[i] > times.last) {
			m->left[i] = times.last;
			m->ask |= 1 << i;
		}
}

/* RFC 3810, 7.4.1 and 7.4.2, INCLUDE (A). */
static void model_include(struct model *m, u8 type, unsigned int b)
{
	unsigned int a = m->x;

	switch (type) {
	case WEFT_RECORD_IS_INCLUDE:
	case WEFT_RECORD_ALLOW:
		m->x = a | b;
		set_left(m, b, times.membership);
		return;
	case WEFT_RECORD_IS_EXCLUDE:
	case WEFT_RECORD_TO_EXCLUDE:
		m->exclude = true;
		m->x = a & b;
		m->y = b & ~a;
		if (type == WEFT_RECORD_TO_EXCLUDE)
			model_ask(m, a & b);
		m->group = times.membership;
		return;
	case WEFT_RECORD_BLOCK:
		model_ask(m, a & b);
		return;
	case WEFT_RECORD_TO_INCLUDE:
		m->x = a | b;
		set_left(m, b, times.membership);
		model_ask(m, a & ~b);
	}
}

/* The same, EXCLUDE (X, Y); the record's sources are called A there. */
static void model_exclude(struct model *m, u8 type, unsigned int a)
{
	unsigned int x = m->x, y = m->y;

	switch (type) {
	case WEFT_RECORD_IS_INCLUDE:
	case WEFT_RECORD_ALLOW:
	case WEFT_RECORD_TO_INCLUDE:
		m->x = x | a;
		m->y = y & ~a;
		set_left(m, a, times.membership);
		if (type == WEFT_RECORD_TO_INCLUDE) {
			model_ask(m, x & ~a);
			m->ask_group = asks;
			if (asks && m->group > times.last)
				m->group = times.last;
		}
		return;
	case WEFT_RECORD_IS_EXCLUDE:
		m->x = a & ~y;
		m->y = y & a;
		set_left(m, a & ~x & ~y, times.membership);
		m->group = times.membership;
		return;
	case WEFT_RECORD_BLOCK:
		m->x = x | (a & ~y);
		set_left(m, a & ~x & ~y, m->group);
		model_ask(m, a & ~y);
		return;
	case WEFT_RECORD_TO_EXCLUDE:
		m->x = a & ~y;
		m->y = y & a;
		set_left(m, a & ~x & ~y, m->group);
		model_ask(m, a & ~y);
		m->group = times.membership;
	}
}

/* --- the state under test ---------------------------------------------------------- */

static struct weft_listen_source room[WEFT_GROUP_SOURCES_MAX];

static struct weft_listen state_of(const struct model *m)
{
	struct weft_listen l = {
		.mode = m->exclude ? WEFT_FILTER_EXCLUDE : WEFT_FILTER_INCLUDE,
		.room = WEFT_GROUP_SOURCES_MAX,
		.source = room,
		.expires = m->exclude ? NOW + m->group : 0,
		.query_due = WEFT_LISTEN_NEVER,
	};

	for (int i = 0; i < N; i++) {
		if (!((m->x | m->y) & 1 << i))
			continue;
		room[l.n++] = (struct weft_listen_source) {
			.addr = address(i),
			.expires = m->x & 1 << i ? NOW + m->left[i] : 0,
		};
	}
	return l;
}

static struct model model_of(const struct weft_listen *l)
{
	struct model m = { .exclude = l->mode == WEFT_FILTER_EXCLUDE };

	m.group = m.exclude ? l->expires - NOW : 0;
	m.ask_group = l->queries;
	for (int i = 0; i < l->n; i++) {
		unsigned int bit = l->source[i].addr.a8[7] - 1;

		if (l->source[i].expires) {
			m.x |= 1 << bit;
			m.left[bit] = l->source[i].expires - NOW;
		} else {
			m.y |= 1 << bit;
		}
		if (l->source[i].queries)
			m.ask |= 1 << bit;
		CHECK(!l->source[i].queries || l->source[i].queries == times.count);
		CHECK(!l->source[i].named);
	}
	return m;
}

static bool model_equal(const struct model *a, const struct model *b)
{
	for (int i = 0; i < N; i++)
		if (a->x & 1 << i && a->left[i] != b->left[i])
			return false;
	return a->exclude == b->exclude && a->x == b->x && a->y == b->y &&
	       a->group == b->group && a->ask == b->ask &&
	       a->ask_group == b->ask_group;
}

static struct weft_record record_of(u8 type, unsigned int set, struct weft_addr *list)
{
	struct weft_record record = { .type = type, .sources = list };

	for (int i = 0; i < N; i++)
		if (set & 1 << i)
			list[record.n++] = address(i);
	return record;
}

/* One record on one state; the second time without being the querier. */
static bool agrees(const struct model *from, u8 type, unsigned int set, bool querier)
{
	struct weft_addr list[N];
	struct weft_record record = record_of(type, set, list);
	struct weft_listen l = state_of(from);
	struct model want = *from, got;

	asks = querier;
	if (from->exclude)
		model_exclude(&want, type, set);
	else
		model_include(&want, type, set);
	CHECK(weft_listen_record(&l, &record, NOW, &times, querier) == 0);
	got = model_of(&l);
	if (!model_equal(&want, &got))
		printf("# %s X %x Y %x, record %d of %x\n",
		       from->exclude ? "exclude" : "include", from->x, from->y,
		       type, set);
	return model_equal(&want, &got);
}

static void all_states(bool exclude, u8 type)
{
	struct model from = { .exclude = exclude, .group = exclude ? GROUP : 0 };
	bool good = true;

	for (int i = 0; i < N; i++)
		from.left[i] = OLD(i);
	for (from.x = 0; from.x < SETS; from.x++)
		for (from.y = 0; from.y < (exclude ? SETS : 1); from.y++) {
			if (from.x & from.y)
				continue;
			for (unsigned int set = 0; set < SETS; set++)
				good = good && agrees(&from, type, set, true) &&
				       agrees(&from, type, set, false);
		}
	CHECK(good);
}

#define ROW(name, exclude, type) \
	static void name(void) { all_states(exclude, type); }

ROW(include_is_in, false, WEFT_RECORD_IS_INCLUDE)
ROW(include_is_ex, false, WEFT_RECORD_IS_EXCLUDE)
ROW(include_to_in, false, WEFT_RECORD_TO_INCLUDE)
ROW(include_to_ex, false, WEFT_RECORD_TO_EXCLUDE)
ROW(include_allow, false, WEFT_RECORD_ALLOW)
ROW(include_block, false, WEFT_RECORD_BLOCK)
ROW(exclude_is_in, true, WEFT_RECORD_IS_INCLUDE)
ROW(exclude_is_ex, true, WEFT_RECORD_IS_EXCLUDE)
ROW(exclude_to_in, true, WEFT_RECORD_TO_INCLUDE)
ROW(exclude_to_ex, true, WEFT_RECORD_TO_EXCLUDE)
ROW(exclude_allow, true, WEFT_RECORD_ALLOW)
ROW(exclude_block, true, WEFT_RECORD_BLOCK)

/* --- the rest --------------------------------------------------------------------------- */

static struct weft_listen fresh(void)
{
	struct model none = { .exclude = false };

	return state_of(&none);
}

static void report(struct weft_listen *l, u8 type, unsigned int set, u64 now)
{
	struct weft_addr list[N];
	struct weft_record record = record_of(type, set, list);

	weft_listen_record(l, &record, now, &times, true);
}

static void unknown_types_do_nothing(void)
{
	struct weft_listen l = fresh();

	report(&l, 0, 1, NOW);
	report(&l, 7, 1, NOW);
	report(&l, 255, 1, NOW);
	CHECK(l.n == 0 && l.mode == WEFT_FILTER_INCLUDE);
}

static void times_end(void)
{
	struct weft_listen l = fresh();

	report(&l, WEFT_RECORD_ALLOW, 3, NOW);
	CHECK(weft_listen_due(&l) == NOW + 260);
	CHECK(weft_listen_expire(&l, NOW + 259) && l.n == 2);
	report(&l, WEFT_RECORD_ALLOW, 2, NOW + 259);
	CHECK(weft_listen_expire(&l, NOW + 260) && l.n == 1);
	CHECK(weft_listen_due(&l) == NOW + 259 + 260);
	CHECK(!weft_listen_expire(&l, NOW + 259 + 260));

	l = fresh();
	report(&l, WEFT_RECORD_IS_EXCLUDE, 1, NOW);
	report(&l, WEFT_RECORD_ALLOW, 6, NOW + 10);
	CHECK(weft_listen_due(&l) == NOW + 260);
	CHECK(weft_listen_expire(&l, NOW + 260));
	CHECK(l.mode == WEFT_FILTER_INCLUDE && l.n == 2);
	CHECK(!weft_listen_expire(&l, NOW + 270));

	/* A source that nobody named again is wanted by nobody who excludes it. */
	l = fresh();
	report(&l, WEFT_RECORD_ALLOW, 1, NOW);
	report(&l, WEFT_RECORD_IS_EXCLUDE, 1, NOW + 10);
	CHECK(weft_listen_expire(&l, NOW + 265));
	CHECK(l.mode == WEFT_FILTER_EXCLUDE && l.n == 1 && !l.source[0].expires);
}

static void filters(void)
{
	struct weft_addr list[N], first = address(0), second = address(1);
	struct weft_listen l = fresh();
	unsigned int n;

	report(&l, WEFT_RECORD_ALLOW, 1, NOW);
	CHECK(weft_listen_filter(&l, list, &n) == WEFT_FILTER_INCLUDE && n == 1);
	CHECK(weft_addr_equal(&list[0], &first));
	report(&l, WEFT_RECORD_IS_EXCLUDE, 3, NOW);
	CHECK(weft_listen_filter(&l, list, &n) == WEFT_FILTER_EXCLUDE && n == 1);
	CHECK(weft_addr_equal(&list[0], &second));
}

static void a_leave_is_asked_about(void)
{
	struct weft_listen l = fresh();
	struct weft_addr list[N];
	bool suppress;

	report(&l, WEFT_RECORD_TO_EXCLUDE, 0, NOW);
	CHECK(l.query_due == WEFT_LISTEN_NEVER);
	report(&l, WEFT_RECORD_TO_INCLUDE, 0, NOW + 1);
	CHECK(l.query_due == NOW + 1 && l.expires == NOW + 21);
	CHECK(weft_listen_ask_group(&l, NOW + 1, times.last, &suppress) && !suppress);
	weft_listen_asked(&l, NOW + 1, &times);
	CHECK(l.query_due == NOW + 11);
	/* Somebody still listens: the next query says that routers know. */
	report(&l, WEFT_RECORD_IS_EXCLUDE, 0, NOW + 5);
	CHECK(weft_listen_ask_group(&l, NOW + 11, times.last, &suppress) && suppress);
	CHECK(!weft_listen_ask_sources(&l, NOW + 11, times.last, false, list));
	weft_listen_asked(&l, NOW + 11, &times);
	CHECK(l.query_due == WEFT_LISTEN_NEVER);
	CHECK(!weft_listen_ask_group(&l, NOW + 21, times.last, &suppress));
	CHECK(weft_listen_expire(&l, NOW + 21));
}

static void sources_are_asked_about(void)
{
	struct weft_listen l = fresh();
	struct weft_addr list[N];

	report(&l, WEFT_RECORD_ALLOW, 7, NOW);
	report(&l, WEFT_RECORD_BLOCK, 3, NOW);
	CHECK(weft_listen_ask_sources(&l, NOW, times.last, false, list) == 2);
	CHECK(weft_listen_ask_sources(&l, NOW, times.last, true, list) == 0);
	weft_listen_asked(&l, NOW, &times);
	report(&l, WEFT_RECORD_IS_INCLUDE, 1, NOW + 5);
	CHECK(weft_listen_ask_sources(&l, NOW + 10, times.last, false, list) == 1);
	CHECK(weft_listen_ask_sources(&l, NOW + 10, times.last, true, list) == 1);
	weft_listen_quiet(&l);
	CHECK(l.query_due == WEFT_LISTEN_NEVER);
	CHECK(weft_listen_ask_sources(&l, NOW + 10, times.last, true, list) == 0);
	CHECK(weft_listen_expire(&l, NOW + 20) && l.n == 2);
}

static void others_ask(void)
{
	struct weft_addr list[N];
	struct weft_record named = record_of(0, 1, list);
	struct weft_query query = { .n = named.n, .sources = list };
	struct weft_listen l = fresh();

	report(&l, WEFT_RECORD_ALLOW, 3, NOW);
	query.suppress = true;
	weft_listen_heard_query(&l, &query, NOW, times.last);
	CHECK(weft_listen_due(&l) == NOW + 260);
	query.suppress = false;
	weft_listen_heard_query(&l, &query, NOW, times.last);
	CHECK(weft_listen_due(&l) == NOW + 20);
	CHECK(weft_listen_expire(&l, NOW + 20) && l.n == 1);
	report(&l, WEFT_RECORD_IS_EXCLUDE, 0, NOW);
	query.n = 0;
	weft_listen_heard_query(&l, &query, NOW, times.last);
	CHECK(l.expires == NOW + 20);
}

static void rooms_are_bounded(void)
{
	struct weft_addr list[2 * WEFT_GROUP_SOURCES_MAX];
	struct weft_record record = {
		.type = WEFT_RECORD_ALLOW, .n = 100, .sources = list,
	};
	struct weft_listen l = fresh();

	for (int i = 0; i < 100; i++)
		list[i] = address(i);
	list[99] = (struct weft_addr)WEFT_ADDR_ALLNODES_INIT;
	CHECK(weft_listen_record(&l, &record, NOW, &times, true) == 99 - 64);
	CHECK(l.n == 64);
	/* What is known stays, and is renewed. */
	record.n = 1;
	CHECK(weft_listen_record(&l, &record, NOW + 5, &times, true) == 0);
	CHECK(l.source[0].expires == NOW + 265);
}

int main(void)
{
	TAP_RUN(include_is_in);
	TAP_RUN(include_is_ex);
	TAP_RUN(include_to_in);
	TAP_RUN(include_to_ex);
	TAP_RUN(include_allow);
	TAP_RUN(include_block);
	TAP_RUN(exclude_is_in);
	TAP_RUN(exclude_is_ex);
	TAP_RUN(exclude_to_in);
	TAP_RUN(exclude_to_ex);
	TAP_RUN(exclude_allow);
	TAP_RUN(exclude_block);
	TAP_RUN(unknown_types_do_nothing);
	TAP_RUN(times_end);
	TAP_RUN(filters);
	TAP_RUN(a_leave_is_asked_about);
	TAP_RUN(sources_are_asked_about);
	TAP_RUN(others_ask);
	TAP_RUN(rooms_are_bounded);
	return tap_done();
}
