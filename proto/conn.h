/* SPDX-License-Identifier: GPL-2.0 */
/* Connections by their ends, ports and who holds them, and listening sockets. */
#ifndef WEFT_CONN_H
#define WEFT_CONN_H

#include <linux/list.h>
#include <linux/uidgid.h>
#include <net/net_namespace.h>
#include <linux/weft.h>
#include "port.h"

struct weft_bucket;
struct weft_stream;

/**
 * enum weft_conn_kind - what an entry of the table is
 * @WEFT_CONN_STREAM: a socket, struct weft_stream
 * @WEFT_CONN_REQUEST: a SYN that was answered, struct weft_request
 * @WEFT_CONN_TIMEWAIT: a connection that was closed here first, struct weft_timewait
 */
enum weft_conn_kind {
	WEFT_CONN_STREAM,
	WEFT_CONN_REQUEST,
	WEFT_CONN_TIMEWAIT,
};

/**
 * struct weft_conn - an entry of the table of connections
 * @node: in its slot; unhashed if it is in none
 * @net: namespace
 * @laddr: our address
 * @faddr: the peer's
 * @lport: our port, network byte order, as @fport
 * @fport: the peer's
 * @scope: interface index that it is limited to, 0 for none
 * @kind: enum weft_conn_kind
 *
 * Nothing changes while it is in the table. Read under RCU; what it is part of is
 * freed after a grace period.
 */
struct weft_conn {
	struct hlist_node	node;
	struct net		*net;
	struct weft_addr	laddr;
	struct weft_addr	faddr;
	__be16			lport;
	__be16			fport;
	int			scope;
	u8			kind;
};

/**
 * struct weft_claim - somebody holds a port
 * @node: in weft_bucket.claims
 * @bucket: of the port; NULL while it holds none
 * @addr: the address that it is held on, or any
 * @iif: interface index that it is held on, 0 for all
 * @uid: whose it is
 * @reuse: SO_REUSEADDR
 * @reuseport: WEFT_REUSEPORT
 * @listening: nobody else may listen there
 *
 * Part of a socket or of a struct weft_timewait. Changed under the bucket's lock.
 */
struct weft_claim {
	struct hlist_node	node;
	struct weft_bucket	*bucket;
	struct weft_addr	addr;
	int			iif;
	kuid_t			uid;
	bool			reuse;
	bool			reuseport;
	bool			listening;
};

struct weft_conn *weft_conn_lookup(struct net *net, const struct weft_port_key *key);
bool weft_conn_add(struct weft_conn *conn);
void weft_conn_replace(struct weft_conn *old, struct weft_conn *conn);
bool weft_conn_del(struct weft_conn *conn);

int weft_claim_take(struct weft_claim *claim, struct net *net, u16 port);
int weft_claim_listen(struct weft_claim *claim, bool on);
int weft_claim_share(struct weft_claim *claim, const struct weft_claim *of);
void weft_claim_move(struct weft_claim *to, struct weft_claim *from);
void weft_claim_drop(struct weft_claim *claim);
__be16 weft_claim_port(const struct weft_claim *claim);
int weft_claim_connect(struct weft_claim *claim, struct weft_conn *conn);

int weft_listen_add(struct weft_stream *st);
void weft_listen_del(struct weft_stream *st);
struct sock *weft_listen_lookup(struct net *net, const struct weft_port_key *key,
				struct sk_buff *skb);

struct weft_conn *weft_conn_walk(unsigned int slot, unsigned int skip);
unsigned int weft_conn_slots(void);
struct weft_stream *weft_listen_walk(unsigned int slot, unsigned int skip);

int weft_conn_init(void);
void weft_conn_exit(void);

#define WEFT_LISTEN_SLOTS	256

#endif /* WEFT_CONN_H */
