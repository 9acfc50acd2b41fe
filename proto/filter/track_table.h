/* SPDX-License-Identifier: GPL-2.0 */
/* Connections and their table. */
#ifndef WEFT_TRACK_TABLE_H
#define WEFT_TRACK_TABLE_H

#include <linux/jiffies.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>
#include "track_net.h"
#include "track_stream.h"
#include "track_tuple.h"

/* Bits of weft_track.status. */
enum {
	WEFT_TRACK_BIT_SEEN_REPLY,
	WEFT_TRACK_BIT_ASSURED,
	WEFT_TRACK_BIT_CONFIRMED,
	WEFT_TRACK_BIT_DYING,
};

/**
 * struct weft_track_node - one direction of a connection
 * @head: in weft_track_net.hash
 * @tuple: what its packets have
 * @reply: it is not that of the first packet
 */
struct weft_track_node {
	struct rhash_head	head;
	struct weft_track_tuple	tuple;
	bool			reply;
};

/**
 * struct weft_track - a connection
 * @node: the direction of the first packet, and the other one
 * @tn: namespace
 * @id: number in weft_track_net.all
 * @mark: of rules
 * @labels: a bit for each
 * @status: WEFT_TRACK_BIT_*
 * @expires: when it goes unless a packet comes, jiffies
 * @start: when it began, ns since 1970
 * @packets: of each direction
 * @bytes: of each direction, from the network headers on
 * @lock: of @stream, of changes of @mark and @labels, softirqs disabled; innermost
 * @stream: of a stream
 * @rcu: frees it
 *
 * Made by weft_track_insert() for a packet that went all its way. It is found under RCU
 * from when CONFIRMED is set; who sets DYING first takes it out of the table, and it is
 * freed a grace period later. Nobody counts references: packets have it only for as long
 * as they are under the RCU read lock that they found it under.
 */
struct weft_track {
	struct weft_track_node	node[2];
	struct weft_track_net	*tn;
	u32			id;
	u32			mark;
	u64			labels;
	unsigned long		status;
	unsigned long		expires;
	u64			start;
	atomic64_t		packets[2];
	atomic64_t		bytes[2];
	spinlock_t		lock; /* of the stream, mark and labels */
	struct weft_track_stream stream;
	struct rcu_head		rcu;
};

static inline bool weft_track_replied(const struct weft_track *track)
{
	return test_bit(WEFT_TRACK_BIT_SEEN_REPLY, &track->status);
}

static inline bool weft_track_expired(const struct weft_track *track)
{
	return time_after_eq(jiffies, READ_ONCE(track->expires));
}

/* Is it in the table? */
static inline bool weft_track_alive(const struct weft_track *track)
{
	unsigned long status = READ_ONCE(track->status);

	return test_bit(WEFT_TRACK_BIT_CONFIRMED, &status) &&
	       !test_bit(WEFT_TRACK_BIT_DYING, &status);
}

struct weft_track *weft_track_alloc(struct weft_track_net *tn,
				    const struct weft_track_tuple *tuple);
void weft_track_free(struct weft_track *track);
int weft_track_insert(struct weft_track *track);
struct weft_track *weft_track_find(struct weft_track_net *tn,
				   const struct weft_track_tuple *tuple, bool *reply);
struct weft_track *weft_track_next(struct weft_track_net *tn, unsigned long *id);
bool weft_track_kill(struct weft_track *track, unsigned int why);
void weft_track_assure(struct weft_track *track);
void weft_track_flush(struct weft_track_net *tn);
void weft_track_refresh(struct weft_track *track);

int weft_track_table_init_net(struct weft_track_net *tn);
void weft_track_table_exit_net(struct weft_track_net *tn);
int weft_track_table_init(void);
void weft_track_table_exit(void);

#endif /* WEFT_TRACK_TABLE_H */
