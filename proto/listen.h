/* SPDX-License-Identifier: GPL-2.0 */
/* Listening sockets: SYNs that were answered, and connections that wait for accept(). */
#ifndef WEFT_LISTEN_H
#define WEFT_LISTEN_H

#include "stream.h"

/**
 * struct weft_request - a SYN that was answered
 * @conn: its entry in the table of connections
 * @listener: the socket that it came to
 * @link: in weft_listen.requests, by how often it was answered
 * @isn: our initial sequence number
 * @peer_isn: the peer's
 * @stamp: the peer's last time stamp
 * @sent_us: when it was answered last, microseconds
 * @due: when it is answered again, jiffies
 * @opts: what the SYN said
 * @tries: how often it was answered again
 * @ecn: marks were agreed upon
 * @complete: the peer has answered, but the accept queue was full or it sent no data yet
 * @rcu: for kfree_rcu()
 *
 * Owned by the listening socket, whose lock serialises all but lookups of @conn.
 */
struct weft_request {
	struct weft_conn	conn;
	struct sock		*listener;
	struct list_head	link;
	u32			isn;
	u32			peer_isn;
	u32			stamp;
	u64			sent_us;
	unsigned long		due;
	struct weft_stream_opts	opts;
	u8			tries;
	bool			ecn;
	bool			complete;
	struct rcu_head		rcu;
};

/**
 * struct weft_listen - what a listening socket has
 * @backlog: connections that may wait, and requests that are remembered
 * @accept: struct weft_stream.accept, the oldest first
 * @n_accept: how many there are
 * @requests: struct weft_request, by how often they were answered again; each list is
 *	in the order of time
 * @n_requests: how many there are
 */
struct weft_listen {
	unsigned int		backlog;
	struct list_head	accept;
	unsigned int		n_accept;
	struct list_head	requests[WEFT_SYNACK_TRIES + 1];
	unsigned int		n_requests;
};

static inline struct weft_request *weft_conn_request(struct weft_conn *conn)
{
	return container_of(conn, struct weft_request, conn);
}

int weft_listen_begin(struct sock *sk, int backlog);
void weft_listen_end(struct sock *sk);
enum weft_drop weft_listen_rcv(struct sock *sk, struct sk_buff *skb,
			       const struct weft_port_key *key,
			       const struct weft_stream_opts *opts, u32 isn);
void weft_listen_timeout(struct weft_stream *st);
struct sock *weft_listen_accept(struct sock *sk, int flags, int *err);

#endif /* WEFT_LISTEN_H */
