/* SPDX-License-Identifier: GPL-2.0 */
/* Which socket owns which port, and which one a packet is for. */
#ifndef WEFT_PORT_H
#define WEFT_PORT_H

#include <linux/spinlock.h>
#include <net/sock.h>
#include <linux/weft.h>

#define WEFT_PORT_SLOTS		1024
#define WEFT_PORT_PRIVILEGED	1024
#define WEFT_PORT_AUTO_MIN	32768
#define WEFT_PORT_AUTO_MAX	60999

/**
 * struct weft_port_slot - the sockets whose namespace and port have one hash
 * @lock: held to change @socks
 * @socks: read under RCU; sockets are freed after a grace period, by
 *	SOCK_RCU_FREE
 */
struct weft_port_slot {
	spinlock_t		lock; /* innermost; taken under a socket's lock */
	struct hlist_head	socks;
};

/**
 * struct weft_port_table - the sockets of one protocol, of all namespaces
 * @slot: hashed by namespace and port
 */
struct weft_port_table {
	struct weft_port_slot	slot[WEFT_PORT_SLOTS];
};

/**
 * struct weft_port_key - both ends of a packet, as its receiver sees them
 * @laddr: our address
 * @faddr: the peer's
 * @lport: our port
 * @fport: the peer's
 * @iif: interface index that the packet came by
 */
struct weft_port_key {
	struct weft_addr	laddr;
	struct weft_addr	faddr;
	__be16			lport;
	__be16			fport;
	int			iif;
};

struct weft_sock;

void weft_port_table_init(struct weft_port_table *table);
bool weft_port_fits(const struct weft_sock *ws, struct net *net,
		    const struct weft_port_key *key);
int weft_port_bind(struct weft_sock *ws, u16 port);
void weft_port_add(struct weft_sock *ws, __be16 port);
void weft_port_unbind(struct weft_sock *ws);
void weft_port_leave(struct weft_sock *ws);
struct weft_port_slot *weft_port_slot(struct weft_port_table *table,
				      const struct net *net, __be16 port);
struct sock *weft_port_lookup(struct weft_port_table *table, struct net *net,
			      const struct weft_port_key *key,
			      struct sk_buff *skb);

#endif /* WEFT_PORT_H */
