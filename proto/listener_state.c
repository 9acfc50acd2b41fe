// SPDX-License-Identifier: GPL-2.0
/* The listeners of one group on one link, as a router sees them (RFC 3810, section 7). */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include "listener_state.h"

/*
 * What a record does, as RFC 3810, 7.4.1 and 7.4.2 say by sets. X are the sources that
 * are wanted (A in include mode), Y those that are not, B those of the record.
 */
#define X_AND_B_RENEW	0x001	/* their time begins anew */
#define X_AND_B_ASK	0x002	/* query about them */
#define REST_DROP	0x004	/* forget what of X and Y is not in B */
#define X_REST_ASK	0x008	/* query about what of X is not in B */
#define Y_AND_B_WANT	0x010	/* from now on they are wanted */
#define NEW_WANT	0x020	/* what of B is neither in X nor in Y is wanted */
#define NEW_WHILE	0x040	/* the same, as long as the group is */
#define NEW_EXCLUDE	0x080	/* the same is not wanted */
#define NEW_ASK		0x100	/* query about it */
#define EXCLUDE		0x200	/* exclude mode; the group's time begins anew */
#define GROUP_ASK	0x400	/* query about the group */

static const u16 weft_listen_actions[2][WEFT_RECORD_BLOCK + 1] = {
	[WEFT_FILTER_INCLUDE] = {
		[WEFT_RECORD_IS_INCLUDE] = X_AND_B_RENEW | NEW_WANT,
		[WEFT_RECORD_ALLOW]	 = X_AND_B_RENEW | NEW_WANT,
		[WEFT_RECORD_IS_EXCLUDE] = REST_DROP | NEW_EXCLUDE | EXCLUDE,
		[WEFT_RECORD_BLOCK]	 = X_AND_B_ASK,
		[WEFT_RECORD_TO_EXCLUDE] = X_AND_B_ASK | REST_DROP | NEW_EXCLUDE |
					   EXCLUDE,
		[WEFT_RECORD_TO_INCLUDE] = X_AND_B_RENEW | X_REST_ASK | NEW_WANT,
	},
	[WEFT_FILTER_EXCLUDE] = {
		[WEFT_RECORD_IS_INCLUDE] = X_AND_B_RENEW | Y_AND_B_WANT | NEW_WANT,
		[WEFT_RECORD_ALLOW]	 = X_AND_B_RENEW | Y_AND_B_WANT | NEW_WANT,
		[WEFT_RECORD_IS_EXCLUDE] = REST_DROP | NEW_WANT | EXCLUDE,
		[WEFT_RECORD_BLOCK]	 = X_AND_B_ASK | NEW_WHILE | NEW_ASK,
		[WEFT_RECORD_TO_EXCLUDE] = X_AND_B_ASK | REST_DROP | NEW_WHILE |
					   NEW_ASK | EXCLUDE,
		[WEFT_RECORD_TO_INCLUDE] = X_AND_B_RENEW | X_REST_ASK |
					   Y_AND_B_WANT | NEW_WANT | GROUP_ASK,
	},
};

/**
 * struct weft_listen_step - one record at work
 * @l: the listeners
 * @action: what the record does
 * @now: the time
 * @times: of the link
 * @querier: this router sends the queries; else it will hear them
 */
struct weft_listen_step {
	struct weft_listen		*l;
	u16				action;
	u64				now;
	const struct weft_listen_times	*times;
	bool				querier;
};

static struct weft_listen_source *weft_listen_find(struct weft_listen *l,
						   const struct weft_addr *addr)
{
	unsigned int i;

	for (i = 0; i < l->n; i++)
		if (weft_addr_equal(&l->source[i].addr, addr))
			return &l->source[i];
	return NULL;
}

/* Section 7.6.3.2: whoever wants it has that much time to say so. */
static void weft_listen_ask_source(const struct weft_listen_step *step,
				   struct weft_listen_source *source)
{
	u64 last = step->now + step->times->last;

	if (!step->querier || source->expires <= last)
		return;
	source->expires = last;
	source->queries = step->times->count;
	step->l->query_due = step->now;
}

/* Section 7.6.3.1. */
static void weft_listen_ask_all(const struct weft_listen_step *step)
{
	if (!step->querier)
		return;
	step->l->expires = min(step->l->expires, step->now + step->times->last);
	step->l->queries = step->times->count;
	step->l->query_due = step->now;
}

/* What becomes of a source that was there; false if it is forgotten. */
static bool weft_listen_old_source(const struct weft_listen_step *step,
				   struct weft_listen_source *source)
{
	u16 action = step->action;

	if (!source->named && action & REST_DROP)
		return false;
	if (source->expires) {
		if (source->named && action & X_AND_B_RENEW)
			source->expires = step->now + step->times->membership;
		if (action & (source->named ? X_AND_B_ASK : X_REST_ASK))
			weft_listen_ask_source(step, source);
	} else if (source->named && action & Y_AND_B_WANT) {
		source->expires = step->now + step->times->membership;
	}
	source->named = false;
	return true;
}

static void weft_listen_old_sources(const struct weft_listen_step *step)
{
	struct weft_listen *l = step->l;
	unsigned int i, n = 0;

	for (i = 0; i < l->n; i++)
		if (weft_listen_old_source(step, &l->source[i]))
			l->source[n++] = l->source[i];
	l->n = n;
}

/* A source that was not there; false if there is no room for it. */
static bool weft_listen_new_source(const struct weft_listen_step *step,
				   const struct weft_addr *addr)
{
	struct weft_listen *l = step->l;
	struct weft_listen_source *source;
	u64 expires = 0;

	if (l->n == l->room)
		return false;
	if (step->action & NEW_WANT)
		expires = step->now + step->times->membership;
	else if (step->action & NEW_WHILE)
		expires = l->expires;
	source = &l->source[l->n++];
	*source = (struct weft_listen_source) {
		.addr = *addr, .expires = expires,
	};
	if (step->action & NEW_ASK)
		weft_listen_ask_source(step, source);
	return true;
}

static unsigned int weft_listen_new_sources(const struct weft_listen_step *step,
					    const struct weft_record *record)
{
	unsigned int i, refused = 0;
	struct weft_addr addr;

	if (!(step->action & (NEW_WANT | NEW_WHILE | NEW_EXCLUDE)))
		return 0;
	for (i = 0; i < record->n; i++)
		if (weft_source_at(record->sources, i, &addr) &&
		    !weft_listen_find(step->l, &addr) &&
		    !weft_listen_new_source(step, &addr))
			refused++;
	return refused;
}

static void weft_listen_mark(struct weft_listen *l, const struct weft_record *record)
{
	struct weft_listen_source *source;
	struct weft_addr addr;
	unsigned int i;

	for (i = 0; i < record->n; i++) {
		if (!weft_source_at(record->sources, i, &addr))
			continue;
		source = weft_listen_find(l, &addr);
		if (source)
			source->named = true;
	}
}

/**
 * weft_listen_record() - a listener has reported
 * @l: the listeners, not expired; new ones have include mode and no source
 * @record: what was reported; one of an unknown type does nothing
 * @now: the time
 * @times: of the link
 * @querier: this router asks whether others listen; else another one does
 *
 * Return: how many sources there was no room for.
 */
unsigned int weft_listen_record(struct weft_listen *l, const struct weft_record *record,
				u64 now, const struct weft_listen_times *times,
				bool querier)
{
	struct weft_listen_step step = {
		.l = l, .now = now, .times = times, .querier = querier,
	};
	unsigned int refused;

	if (record->type < WEFT_RECORD_IS_INCLUDE || record->type > WEFT_RECORD_BLOCK)
		return 0;
	step.action = weft_listen_actions[l->mode][record->type];
	weft_listen_mark(l, record);
	weft_listen_old_sources(&step);
	refused = weft_listen_new_sources(&step, record);
	if (step.action & EXCLUDE) {
		l->mode = WEFT_FILTER_EXCLUDE;
		l->expires = now + times->membership;
	}
	if (step.action & GROUP_ASK)
		weft_listen_ask_all(&step);
	return refused;
}

/**
 * weft_listen_heard_query() - another router has asked (section 7.6.1)
 * @l: the listeners
 * @query: about their group, or about sources of it
 * @now: the time
 * @last: how long listeners have to answer, at the querier
 */
void weft_listen_heard_query(struct weft_listen *l, const struct weft_query *query,
			     u64 now, u64 last)
{
	struct weft_listen_source *source;
	struct weft_addr addr;
	unsigned int i;

	if (query->suppress)
		return;
	if (!query->n)
		l->expires = min(l->expires, now + last);
	for (i = 0; i < query->n; i++) {
		if (!weft_source_at(query->sources, i, &addr))
			continue;
		source = weft_listen_find(l, &addr);
		if (source)
			source->expires = min(source->expires, now + last);
	}
}

/**
 * weft_listen_expire() - end the times that are over (sections 7.2.3 and 7.5)
 * @l: the listeners
 * @now: the time
 *
 * Return: false if there is no listener any more.
 */
bool weft_listen_expire(struct weft_listen *l, u64 now)
{
	bool include = l->mode == WEFT_FILTER_INCLUDE || now >= l->expires;
	struct weft_listen_source *source;
	unsigned int i, n = 0;

	for (i = 0; i < l->n; i++) {
		source = &l->source[i];
		if (source->expires <= now) {
			source->expires = 0;
			source->queries = 0;
		}
		if (source->expires || !include)
			l->source[n++] = *source;
	}
	l->n = n;
	if (include) {
		l->mode = WEFT_FILTER_INCLUDE;
		l->queries = 0;
	}
	return !include || n;
}

/**
 * weft_listen_due() - when something is to be done
 * @l: the listeners
 *
 * Return: the next time that ends, of a listener or of a query.
 */
u64 weft_listen_due(const struct weft_listen *l)
{
	u64 due = l->query_due;
	unsigned int i;

	if (l->mode == WEFT_FILTER_EXCLUDE)
		due = min(due, l->expires);
	for (i = 0; i < l->n; i++)
		if (l->source[i].expires)
			due = min(due, l->source[i].expires);
	return due;
}

/**
 * weft_listen_filter() - from whom the group is forwarded (section 7.2.3)
 * @l: the listeners
 * @source: room for @l->n
 * @n: how many sources there are
 *
 * Return: WEFT_FILTER_INCLUDE or WEFT_FILTER_EXCLUDE.
 */
u8 weft_listen_filter(const struct weft_listen *l, struct weft_addr *source,
		      unsigned int *n)
{
	bool exclude = l->mode == WEFT_FILTER_EXCLUDE;
	unsigned int i;

	*n = 0;
	for (i = 0; i < l->n; i++)
		if (!l->source[i].expires == exclude)
			source[(*n)++] = l->source[i].addr;
	return l->mode;
}

/* --- queries -------------------------------------------------------------------- */

/**
 * weft_listen_ask_group() - is a query about the group to be sent?
 * @l: the listeners
 * @now: the time
 * @last: of the link's times
 * @suppress: routers need not update their timers by it
 *
 * Return: true if so.
 */
bool weft_listen_ask_group(const struct weft_listen *l, u64 now, u64 last,
			   bool *suppress)
{
	*suppress = l->expires > now + last;
	return l->queries;
}

/**
 * weft_listen_ask_sources() - the sources that a query is to be sent about
 * @l: the listeners
 * @now: the time
 * @last: of the link's times
 * @suppress: those of the query by which routers need not update their timers, or
 *	those of the other one
 * @source: room for @l->n
 *
 * Return: how many there are.
 */
unsigned int weft_listen_ask_sources(const struct weft_listen *l, u64 now, u64 last,
				     bool suppress, struct weft_addr *source)
{
	unsigned int i, n = 0;

	for (i = 0; i < l->n; i++)
		if (l->source[i].queries &&
		    (l->source[i].expires > now + last) == suppress)
			source[n++] = l->source[i].addr;
	return n;
}

/**
 * weft_listen_asked() - the queries that were due have been sent
 * @l: the listeners
 * @now: the time
 * @times: of the link
 */
void weft_listen_asked(struct weft_listen *l, u64 now,
		       const struct weft_listen_times *times)
{
	bool more = l->queries > 1;
	unsigned int i;

	if (l->queries)
		l->queries--;
	for (i = 0; i < l->n; i++) {
		if (!l->source[i].queries)
			continue;
		more |= l->source[i].queries > 1;
		l->source[i].queries--;
	}
	l->query_due = more ? now + times->interval : WEFT_LISTEN_NEVER;
}

/**
 * weft_listen_quiet() - send no queries: another router does
 * @l: the listeners
 */
void weft_listen_quiet(struct weft_listen *l)
{
	unsigned int i;

	l->queries = 0;
	l->query_due = WEFT_LISTEN_NEVER;
	for (i = 0; i < l->n; i++)
		l->source[i].queries = 0;
}
