/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Membership queries and reports: how they are read and written, and which records tell
 * of a change (RFC 3810, sections 5 and 6). Pure: builds in user space as well.
 */
#ifndef WEFT_MEMBERSHIP_H
#define WEFT_MEMBERSHIP_H

#include <linux/types.h>
#include <linux/weft.h>
#include "addr.h"
#include "group_filter.h"

#define WEFT_QUERY_LEN	((unsigned int)sizeof(struct weft_group_query))
#define WEFT_RECORD_LEN	((unsigned int)sizeof(struct weft_group_record))

/* A record of ours has at most WEFT_GROUP_SOURCES_MAX sources: it fits into any MTU. */
#define WEFT_RECORD_MAX \
	(WEFT_RECORD_LEN + WEFT_GROUP_SOURCES_MAX * (unsigned int)sizeof(struct weft_addr))

/* How often a change is told, and by which factor times are longer than one interval. */
#define WEFT_ROBUSTNESS		2

/* Sources whose change is told one by one; of more the whole filter is told. */
#define WEFT_CHANGE_SOURCES	(2 * WEFT_GROUP_SOURCES_MAX)

/**
 * struct weft_query - a query that was received
 * @group: the group, any in a general one
 * @max_ms: maximum response time, ms
 * @suppress: routers do not update their timers by it
 * @robustness: the querier's, 0 if it does not say
 * @interval: the querier's, s; 0 if it does not say
 * @n: how many sources there are
 * @sources: these, within the message, of any alignment
 */
struct weft_query {
	struct weft_addr	group;
	u32			max_ms;
	bool			suppress;
	u8			robustness;
	u16			interval;
	u16			n;
	const void		*sources;
};

/**
 * struct weft_record - a record of a report that was received
 * @type: WEFT_RECORD_*
 * @group: the group
 * @n: how many sources there are
 * @sources: these, within the message, of any alignment
 */
struct weft_record {
	u8			type;
	struct weft_addr	group;
	u16			n;
	const void		*sources;
};

/**
 * struct weft_change_source - a source whose change is to be told
 * @addr: the source
 * @left: how many times still
 */
struct weft_change_source {
	struct weft_addr	addr;
	u8			left;
};

/**
 * struct weft_change - what routers are still to be told of a change of a filter
 * @left: how many times still the whole filter, as its mode changed
 * @n: how many @source there are
 * @source: sources that came or went, room for WEFT_CHANGE_SOURCES; NULL if there was
 *	no memory: then the whole filter is told
 */
struct weft_change {
	u8				left;
	u16				n;
	struct weft_change_source	*source;
};

/* Who is no member wants none but what is named: nothing. */
static inline u8 weft_filter_mode(const struct weft_filter *filter)
{
	return filter ? filter->mode : WEFT_FILTER_INCLUDE;
}

/* Takes a record with at most WEFT_GROUP_SOURCES_MAX sources. */
typedef void (*weft_record_put_t)(void *arg, u8 type, const struct weft_addr *source,
				  unsigned int n);

bool weft_group_reported(const struct weft_addr *group);
bool weft_query_parse(struct weft_query *query, const void *data, unsigned int len);
bool weft_report_check(const void *data, unsigned int len);
bool weft_report_next(struct weft_record *record, const void *data,
		      unsigned int len, unsigned int *at);
bool weft_source_at(const void *sources, unsigned int i, struct weft_addr *source);

unsigned int weft_query_write(void *data, const struct weft_query *query);
unsigned int weft_record_write(void *data, u8 type, const struct weft_addr *group,
			       const struct weft_addr *source, unsigned int n);

void weft_change_note(struct weft_change *change, const struct weft_filter *old,
		      const struct weft_filter *new);
void weft_change_tell(const struct weft_change *change,
		      const struct weft_filter *now, weft_record_put_t put,
		      void *arg);
bool weft_change_told(struct weft_change *change);
void weft_answer_tell(const struct weft_filter *now, const struct weft_addr *asked,
		      unsigned int n, weft_record_put_t put, void *arg);

#endif /* WEFT_MEMBERSHIP_H */
