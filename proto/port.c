// SPDX-License-Identifier: GPL-2.0
/*
 * Ports: sockets find free ones here, and packets find their socket. The rules
 * of sharing and of the best match are those of UDP.
 */
#include <linux/prandom.h>
#include <linux/rculist.h>
#include <net/netns/hash.h>
#include "addr.h"
#include "port.h"
#include "socket.h"

void weft_port_table_init(struct weft_port_table *table)
{
	int i;

	for (i = 0; i < WEFT_PORT_SLOTS; i++) {
		spin_lock_init(&table->slot[i].lock);
		INIT_HLIST_HEAD(&table->slot[i].socks);
	}
}

static struct weft_port_slot *weft_port_slot(struct weft_port_table *table,
					     const struct net *net, __be16 port)
{
	u32 hash = net_hash_mix(net) + be16_to_cpu(port);

	return &table->slot[hash % WEFT_PORT_SLOTS];
}

/* Could one packet be meant for both, if @a had that port? */
static bool weft_port_overlap(const struct weft_sock *a, __be16 port,
			      const struct weft_sock *b)
{
	int aif = weft_sock_iif(a), bif = weft_sock_iif(b);

	return port == b->lport &&
	       net_eq(sock_net(&a->sk), sock_net(&b->sk)) &&
	       (!aif || !bif || aif == bif) &&
	       (weft_addr_any(&a->laddr) || weft_addr_any(&b->laddr) ||
		weft_addr_equal(&a->laddr, &b->laddr));
}

static int weft_port_try(struct weft_sock *ws, __be16 port)
{
	struct weft_port_slot *slot;
	struct sock *other;
	int err = 0;

	slot = weft_port_slot(ws->proto->ports, sock_net(&ws->sk), port);
	spin_lock_bh(&slot->lock);
	sk_for_each(other, &slot->socks) {
		if (weft_port_overlap(ws, port, weft_sk(other)) &&
		    !(ws->sk.sk_reuse && other->sk_reuse)) {
			err = -EADDRINUSE;
			break;
		}
	}
	if (!err) {
		WRITE_ONCE(ws->lport, port);
		sk_add_node_rcu(&ws->sk, &slot->socks);
	}
	spin_unlock_bh(&slot->lock);
	return err;
}

/**
 * weft_port_bind() - give a socket a port
 * @ws: the socket, its address and scope set, without a port
 * @port: the port; 0 for any one that is free
 *
 * Context: process, socket lock.
 * Return: 0 or -EADDRINUSE.
 */
int weft_port_bind(struct weft_sock *ws, u16 port)
{
	const unsigned int range = WEFT_PORT_AUTO_MAX - WEFT_PORT_AUTO_MIN + 1;
	unsigned int start, i;

	if (port)
		return weft_port_try(ws, cpu_to_be16(port));
	/* A stranger should not be able to guess the next port (RFC 6056). */
	start = get_random_u32() % range;
	for (i = 0; i < range; i++) {
		port = WEFT_PORT_AUTO_MIN + (start + i) % range;
		if (!weft_port_try(ws, cpu_to_be16(port)))
			return 0;
		cond_resched();
	}
	return -EADDRINUSE;
}

/**
 * weft_port_unbind() - take a socket's port away
 * @ws: the socket; one without a port is left as it is
 *
 * Context: process, socket lock.
 */
void weft_port_unbind(struct weft_sock *ws)
{
	struct weft_port_slot *slot;

	if (!ws->lport)
		return;
	slot = weft_port_slot(ws->proto->ports, sock_net(&ws->sk), ws->lport);
	spin_lock_bh(&slot->lock);
	sk_del_node_init_rcu(&ws->sk);
	spin_unlock_bh(&slot->lock);
	WRITE_ONCE(ws->lport, 0);
}

/* How well a socket fits a packet; negative if it does not. */
static int weft_port_score(const struct weft_sock *ws, struct net *net,
			   const struct weft_port_key *key)
{
	int iif = weft_sock_iif(ws);
	int score = 0;

	if (ws->lport != key->lport || !net_eq(sock_net(&ws->sk), net))
		return -1;
	if (iif) {
		if (iif != key->iif)
			return -1;
		score += 1;
	}
	if (!weft_addr_any(&ws->laddr)) {
		if (!weft_addr_equal(&ws->laddr, &key->laddr))
			return -1;
		score += 2;
	}
	if (ws->sk.sk_state == TCP_ESTABLISHED) {
		if (!weft_addr_equal(&ws->faddr, &key->faddr) ||
		    (ws->fport && ws->fport != key->fport))
			return -1;
		score += 4;
	}
	return score;
}

/**
 * weft_port_lookup() - find the socket that a packet is for
 * @table: of the protocol
 * @net: namespace
 * @key: the packet's ends
 *
 * Context: RCU read lock.
 * Return: the best match or NULL; valid under the lock.
 */
struct sock *weft_port_lookup(struct weft_port_table *table, struct net *net,
			      const struct weft_port_key *key)
{
	struct sock *sk, *best = NULL;
	int score, top = -1;

	sk_for_each_rcu(sk, &weft_port_slot(table, net, key->lport)->socks) {
		score = weft_port_score(weft_sk(sk), net, key);
		if (score > top) {
			top = score;
			best = sk;
		}
	}
	return best;
}
