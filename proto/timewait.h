/* SPDX-License-Identifier: GPL-2.0 */
/* What is left of a connection that was closed here first: TIME-WAIT, and FIN-WAIT-2. */
#ifndef WEFT_TIMEWAIT_H
#define WEFT_TIMEWAIT_H

#include <linux/workqueue.h>
#include "conn.h"
#include "drop.h"
#include "stream_header.h"

struct sk_buff;
struct weft_stream;

/**
 * struct weft_timewait - a connection in TIME-WAIT, or in FIN-WAIT-2 without a socket
 * @conn: its entry in the table
 * @claim: the port that it holds
 * @link: in weft_timewaits.all
 * @nxt: the next sequence number that would be sent
 * @expected: the next that the peer would send
 * @window: the window that was offered last, bytes
 * @stamp: the peer's last time stamp
 * @stamp_offset: of ours, microseconds
 * @mark: of packets
 * @type: SOCK_*, of the socket that it was
 * @half: the peer has not closed its end yet: FIN-WAIT-2
 * @since: when it began, jiffies
 * @rcu: for kfree_rcu()
 *
 * Owned by the list of its namespace; freed a grace period after it has left that. All
 * but @conn.node, @claim, @expected, @stamp, @half and @since stays as it is.
 */
struct weft_timewait {
	struct weft_conn	conn;
	struct weft_claim	claim;
	struct list_head	link;
	u32			nxt;
	u32			expected;
	u32			window;
	u32			stamp;
	u32			stamp_offset;
	u32			mark;
	u8			type;
	bool			half;
	unsigned long		since;
	struct rcu_head		rcu;
};

/**
 * struct weft_timewaits - all of a namespace
 * @lock: of @all and @count
 * @all: struct weft_timewait, the oldest first
 * @count: how many there are
 * @work: removes those whose time is over
 */
struct weft_timewaits {
	spinlock_t		lock; /* of the list; innermost */
	struct list_head	all;
	unsigned int		count;
	struct delayed_work	work;
};

static inline struct weft_timewait *weft_conn_timewait(struct weft_conn *conn)
{
	return container_of(conn, struct weft_timewait, conn);
}

void weft_timewait_begin(struct weft_stream *st, bool half);
bool weft_timewait_reuse(struct weft_conn *conn, struct weft_stream *st);
enum weft_drop weft_timewait_rcv(struct weft_conn *conn, struct sk_buff *skb, u32 *isn);

struct net;
int weft_timewait_init_net(struct net *net);
void weft_timewait_exit_net(struct net *net);

#endif /* WEFT_TIMEWAIT_H */
