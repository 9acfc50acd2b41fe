// SPDX-License-Identifier: GPL-2.0
/*
 * Who asks on a link, and the queries that it sends (RFC 3810, sections 5.1, 7.6 and 9).
 * Queries are written under the lock of the listeners and sent without it.
 */
#include <linux/random.h>
#include "header.h"
#include "ifaddr.h"
#include "listener.h"
#include "neigh.h"
#include "stats.h"

#define WEFT_QUERY_INTERVAL_S	125
#define WEFT_QUERY_START_S	31
#define WEFT_QUERY_RESPONSE_MS	10000
#define WEFT_QUERY_LAST_MS	1000
/* Queries in the first minute. */
#define WEFT_QUERY_STARTS	2

/**
 * struct weft_query_out - a query that is to be sent
 * @list: of the queries
 * @ifindex: the link's
 * @to: the group that it is about, or all nodes
 * @len: of @data, bytes
 * @data: the message
 */
struct weft_query_out {
	struct list_head	list;
	int			ifindex;
	struct weft_addr	to;
	unsigned int		len;
	u8			data[];
};

/* --- times ----------------------------------------------------------------------------- */

/**
 * weft_querier_times() - the times of a link, in jiffies
 * @querier: of the link, with what the router that asks there has announced
 * @times: filled in
 *
 * Context: the listeners' lock.
 */
void weft_querier_times(const struct weft_querier *querier,
			struct weft_listen_times *times)
{
	times->count = querier->robustness;
	times->interval = msecs_to_jiffies(WEFT_QUERY_LAST_MS);
	times->last = times->interval * times->count;
	times->membership = (u64)querier->interval_s * HZ * querier->robustness +
			    msecs_to_jiffies(querier->response_ms);
}

static void weft_querier_defaults(struct weft_querier *querier)
{
	querier->robustness = WEFT_ROBUSTNESS;
	querier->interval_s = WEFT_QUERY_INTERVAL_S;
	querier->response_ms = WEFT_QUERY_RESPONSE_MS;
}

/**
 * weft_querier_start() - ask, until another router is heard to do so
 * @querier: of the device
 * @now: 64-bit jiffies
 *
 * Context: the listeners' lock.
 */
void weft_querier_start(struct weft_querier *querier, u64 now)
{
	weft_querier_defaults(querier);
	WRITE_ONCE(querier->other, false);
	querier->starts = WEFT_QUERY_STARTS;
	querier->due = now;
}

/* --- the election -------------------------------------------------------------------------- */

/* Another router asks: what it announces counts, and it is the one until it is silent. */
static void weft_querier_adopt(struct weft_querier *querier,
			       const struct weft_addr *from,
			       const struct weft_query *query, u64 now)
{
	querier->robustness = query->robustness ?: WEFT_ROBUSTNESS;
	querier->interval_s = query->interval ?: WEFT_QUERY_INTERVAL_S;
	if (weft_addr_any(&query->group))
		querier->response_ms = min_t(u32, query->max_ms,
					     querier->interval_s * MSEC_PER_SEC);
	querier->addr = *from;
	querier->due = now + (u64)querier->interval_s * HZ * querier->robustness +
		       msecs_to_jiffies(querier->response_ms) / 2;
	WRITE_ONCE(querier->other, true);
}

/**
 * weft_querier_hear() - another router was heard to ask
 * @wdev: the device
 * @from: its link-local address
 * @query: what it asked
 * @now: 64-bit jiffies
 *
 * The lowest address wins (RFC 3810, 7.6.2). A router that does not know yet that it has
 * lost is told within a second. One that asks no more says so. Context: softirq, the
 * listeners' lock.
 */
void weft_querier_hear(struct weft_dev *wdev, const struct weft_addr *from,
		       const struct weft_query *query, u64 now)
{
	struct weft_querier *querier = &wdev->querier;
	const struct weft_ifaddr *own = rcu_dereference(wdev->linklocal);

	if (!own)
		return;
	if (weft_addr_any(&query->group) && !query->max_ms) {
		if (querier->other && weft_addr_equal(from, &querier->addr))
			weft_querier_start(querier, now);
		return;
	}
	if (weft_addr_key(from) < weft_addr_key(&own->addr) &&
	    (!querier->other ||
	     weft_addr_key(from) <= weft_addr_key(&querier->addr)))
		weft_querier_adopt(querier, from, query, now);
	else if (!querier->other && !querier->below)
		querier->due = min(querier->due,
				   now + 1 + get_random_u32_below(HZ));
}

/**
 * weft_querier_due() - when the next query is due, or another router's time is over
 * @querier: of the device
 *
 * Return: 64-bit jiffies, U64_MAX for never.
 */
u64 weft_querier_due(const struct weft_querier *querier)
{
	return querier->on ? querier->due : U64_MAX;
}

/* --- queries ------------------------------------------------------------------------------- */

static void weft_query_queue(const struct weft_dev *wdev, const struct weft_query *query,
			     struct list_head *queries)
{
	static const struct weft_addr nodes = WEFT_ADDR_ALLNODES_INIT;
	struct weft_query_out *out;

	out = kmalloc(struct_size(out, data, WEFT_QUERY_LEN +
				  query->n * sizeof(struct weft_addr)), GFP_ATOMIC);
	if (!out)
		return;
	out->ifindex = wdev->dev->ifindex;
	out->to = weft_addr_any(&query->group) ? nodes : query->group;
	out->len = weft_query_write(out->data, query);
	list_add_tail(&out->list, queries);
}

/* A general query, and when the next one is due. */
static void weft_query_general(struct weft_dev *wdev, u64 now,
			       struct list_head *queries)
{
	struct weft_querier *querier = &wdev->querier;
	struct weft_query query = {
		.max_ms = querier->response_ms,
		.robustness = querier->robustness,
		.interval = querier->interval_s,
	};

	weft_query_queue(wdev, &query, queries);
	if (querier->starts)
		querier->starts--;
	querier->due = now + HZ * (querier->starts ? WEFT_QUERY_START_S :
						     WEFT_QUERY_INTERVAL_S);
}

/**
 * weft_querier_resign() - say that this node will ask no more, if it has asked
 * @wdev: the device
 * @queries: gets what is to be sent
 *
 * Else the others would not forward to the link until it has been silent for long.
 * Context: the listeners' lock.
 */
void weft_querier_resign(const struct weft_dev *wdev, struct list_head *queries)
{
	const struct weft_querier *querier = &wdev->querier;
	struct weft_query query = {
		.robustness = querier->robustness,
		.interval = querier->interval_s,
	};

	if (!querier->other && !querier->below)
		weft_query_queue(wdev, &query, queries);
}

/**
 * weft_querier_run() - do what is due on a device
 * @wdev: the device
 * @now: 64-bit jiffies
 * @queries: gets what is to be sent
 *
 * On the link of the router above, this node is a host and does not ask (RFC 4605, 4.1).
 *
 * Context: the listeners' lock. Return: true if something was due.
 */
bool weft_querier_run(struct weft_dev *wdev, u64 now, struct list_head *queries)
{
	struct weft_querier *querier = &wdev->querier;

	if (weft_querier_due(querier) > now)
		return false;
	if (querier->other)
		weft_querier_start(querier, now);
	if (querier->below)
		querier->due = now + HZ * WEFT_QUERY_INTERVAL_S;
	else
		weft_query_general(wdev, now, queries);
	return true;
}

/**
 * weft_query_listener() - ask whether somebody still listens to a group
 * @listener: the group on its link, with queries that are due
 * @now: 64-bit jiffies
 * @queries: gets what is to be sent
 *
 * RFC 3810, 7.6.3. Context: the listeners' lock.
 */
void weft_query_listener(struct weft_listener *listener, u64 now,
			 struct list_head *queries)
{
	const struct weft_querier *querier = &listener->wdev->querier;
	struct weft_listen *state = &listener->state;
	struct weft_addr sources[WEFT_GROUP_SOURCES_MAX];
	struct weft_listen_times times;
	struct weft_query query = {
		.group = listener->group->addr,
		.max_ms = WEFT_QUERY_LAST_MS,
		.robustness = querier->robustness,
		.interval = querier->interval_s,
		.sources = sources,
	};
	bool group;
	int i;

	if (querier->other || querier->below) {
		weft_listen_quiet(state);
		return;
	}
	weft_querier_times(querier, &times);
	group = weft_listen_ask_group(state, now, times.last, &query.suppress);
	if (group)
		weft_query_queue(listener->wdev, &query, queries);
	/* The query about the group asks for those whose time is long as well. */
	for (i = 0; i < (group ? 1 : 2); i++) {
		query.suppress = i;
		query.n = weft_listen_ask_sources(state, now, times.last, i, sources);
		if (query.n)
			weft_query_queue(listener->wdev, &query, queries);
	}
	weft_listen_asked(state, now, &times);
}

static void weft_query_send_one(struct net *net, const struct weft_query_out *out)
{
	struct weft_dev *wdev;

	rcu_read_lock();
	wdev = weft_dev_get(net, out->ifindex);
	if (wdev && !weft_neigh_send(wdev->dev, &out->to, out->data, out->len))
		weft_count(net, WEFT_MIB_OUT_GROUP_QUERIES);
	rcu_read_unlock();
}

/**
 * weft_query_send() - send queries
 * @net: namespace
 * @queries: what weft_querier_run() and weft_query_listener() wrote; emptied
 *
 * Context: process, no locks.
 */
void weft_query_send(struct net *net, struct list_head *queries)
{
	struct weft_query_out *out, *next;

	list_for_each_entry_safe(out, next, queries, list) {
		weft_query_send_one(net, out);
		kfree(out);
	}
	INIT_LIST_HEAD(queries);
}
