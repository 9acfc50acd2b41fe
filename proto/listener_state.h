/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a router knows of the listeners of one group on one link (RFC 3810, section 7).
 * Pure: builds in user space as well. Times are numbers that only grow, of any unit.
 */
#ifndef WEFT_LISTENER_STATE_H
#define WEFT_LISTENER_STATE_H

#include "membership.h"

#define WEFT_LISTEN_NEVER	(~0ULL)

/**
 * struct weft_listen_source - a source that listeners named
 * @addr: the source
 * @expires: when nobody wants it any more; 0: nobody wants it (only while the mode is
 *	exclude)
 * @queries: how many queries about it are still to be sent
 * @named: the record at hand names it
 */
struct weft_listen_source {
	struct weft_addr	addr;
	u64			expires;
	u8			queries;
	bool			named;
};

/**
 * struct weft_listen - the listeners of a group on a link
 * @mode: WEFT_FILTER_INCLUDE: the sources are wanted until they expire;
 *	WEFT_FILTER_EXCLUDE: all others are wanted as well
 * @queries: how many queries about the group are still to be sent
 * @n: sources
 * @room: in @source
 * @expires: when nobody excludes any more; only while the mode is exclude
 * @query_due: when the next query is to be sent, or WEFT_LISTEN_NEVER
 * @source: the sources, in no order
 */
struct weft_listen {
	u8				mode;
	u8				queries;
	u16				n;
	u16				room;
	u64				expires;
	u64				query_due;
	struct weft_listen_source	*source;
};

/**
 * struct weft_listen_times - the times of a link (RFC 3810, section 9)
 * @membership: after which listeners that say nothing are forgotten
 * @last: the same after a leave: @interval times @count
 * @interval: between queries after a leave
 * @count: how many these are
 */
struct weft_listen_times {
	u64	membership;
	u64	last;
	u64	interval;
	u8	count;
};

unsigned int weft_listen_record(struct weft_listen *l, const struct weft_record *record,
				u64 now, const struct weft_listen_times *times,
				bool querier);
void weft_listen_heard_query(struct weft_listen *l, const struct weft_query *query,
			     u64 now, u64 last);
bool weft_listen_expire(struct weft_listen *l, u64 now);
u64 weft_listen_due(const struct weft_listen *l);
u8 weft_listen_filter(const struct weft_listen *l, struct weft_addr *source,
		      unsigned int *n);

bool weft_listen_ask_group(const struct weft_listen *l, u64 now, u64 last,
			   bool *suppress);
unsigned int weft_listen_ask_sources(const struct weft_listen *l, u64 now, u64 last,
				     bool suppress, struct weft_addr *source);
void weft_listen_asked(struct weft_listen *l, u64 now,
		       const struct weft_listen_times *times);
void weft_listen_quiet(struct weft_listen *l);

#endif /* WEFT_LISTENER_STATE_H */
