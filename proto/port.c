// SPDX-License-Identifier: GPL-2.0
/*
 * Ports: sockets find free ones here, and packets find their socket. The rules
 * of sharing and of the best match are those of UDP.
 */
#include <linux/jhash.h>
#include <linux/prandom.h>
#include <linux/rculist.h>
#include <net/netns/hash.h>
#include <net/sock_reuseport.h>
#include "addr.h"
#include "compat_sock.h"
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

/**
 * weft_port_slot() - where the sockets of a port are
 * @table: of the protocol
 * @net: namespace
 * @port: port
 *
 * Return: the slot; it holds sockets of other ports and namespaces as well.
 */
struct weft_port_slot *weft_port_slot(struct weft_port_table *table,
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

/* Of one user, who wants them to share, and not in different groups already. */
static bool weft_port_shared(const struct sock *sk, struct sock *other,
			     kuid_t uid)
{
	if (sk->sk_reuse && other->sk_reuse)
		return true;
	return sk->sk_reuseport && other->sk_reuseport &&
	       !rcu_access_pointer(sk->sk_reuseport_cb) &&
	       uid_eq(uid, sk_uid(other));
}

/* Into the group of those that are bound alike. Slot lock. */
static int weft_port_join(struct weft_sock *ws, struct weft_port_slot *slot,
			  __be16 port)
{
	bool any = weft_addr_any(&ws->laddr);
	kuid_t uid = sk_uid(&ws->sk);
	struct sock *other;

	sk_for_each(other, &slot->socks) {
		if (weft_port_overlap(ws, port, weft_sk(other)) &&
		    other->sk_reuseport && uid_eq(uid, sk_uid(other)) &&
		    weft_addr_equal(&ws->laddr, &weft_sk(other)->laddr) &&
		    weft_sock_iif(ws) == weft_sock_iif(weft_sk(other)))
			return reuseport_add_sock(&ws->sk, other, any);
	}
	return reuseport_alloc(&ws->sk, any);
}

static int weft_port_try(struct weft_sock *ws, __be16 port)
{
	kuid_t uid = sk_uid(&ws->sk);
	struct weft_port_slot *slot;
	struct sock *other;
	int err = 0;

	slot = weft_port_slot(ws->proto->ports, sock_net(&ws->sk), port);
	spin_lock_bh(&slot->lock);
	sk_for_each(other, &slot->socks) {
		if (weft_port_overlap(ws, port, weft_sk(other)) &&
		    !weft_port_shared(&ws->sk, other, uid)) {
			err = -EADDRINUSE;
			break;
		}
	}
	if (!err && ws->sk.sk_reuseport && weft_port_join(ws, slot, port))
		err = -EADDRINUSE;
	if (!err) {
		WRITE_ONCE(ws->lport, port);
		sk_add_node_rcu(&ws->sk, &slot->socks);
	}
	spin_unlock_bh(&slot->lock);
	return err;
}

/**
 * weft_port_add() - put a socket into its table without looking at others
 * @ws: the socket, without a port
 * @port: port
 *
 * Context: process.
 */
void weft_port_add(struct weft_sock *ws, __be16 port)
{
	struct weft_port_slot *slot;

	slot = weft_port_slot(ws->proto->ports, sock_net(&ws->sk), port);
	spin_lock_bh(&slot->lock);
	WRITE_ONCE(ws->lport, port);
	sk_add_node_rcu(&ws->sk, &slot->socks);
	spin_unlock_bh(&slot->lock);
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
	if (rcu_access_pointer(ws->sk.sk_reuseport_cb))
		reuseport_detach_sock(&ws->sk);
	sk_del_node_init_rcu(&ws->sk);
	spin_unlock_bh(&slot->lock);
	WRITE_ONCE(ws->lport, 0);
}

/**
 * weft_port_leave() - a socket is no longer bound like the others of its group
 * @ws: the socket; it keeps its port
 *
 * Context: process, socket lock.
 */
void weft_port_leave(struct weft_sock *ws)
{
	struct weft_port_slot *slot;

	if (!ws->lport || !rcu_access_pointer(ws->sk.sk_reuseport_cb))
		return;
	slot = weft_port_slot(ws->proto->ports, sock_net(&ws->sk), ws->lport);
	spin_lock_bh(&slot->lock);
	reuseport_detach_sock(&ws->sk);
	spin_unlock_bh(&slot->lock);
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
		score += 2;
	}
	if (!weft_addr_any(&ws->laddr)) {
		if (!weft_addr_equal(&ws->laddr, &key->laddr))
			return -1;
		score += 4;
	}
	if (ws->sk.sk_state == TCP_ESTABLISHED) {
		if (!weft_addr_equal(&ws->faddr, &key->faddr) ||
		    (ws->fport && ws->fport != key->fport))
			return -1;
		score += 8;
	}
	if (READ_ONCE(ws->sk.sk_incoming_cpu) == raw_smp_processor_id())
		score += 1;
	return score;
}

/**
 * weft_port_fits() - could a socket be the one that a packet is for?
 * @ws: socket
 * @net: namespace
 * @key: the packet's ends
 *
 * Context: RCU read lock.
 * Return: true if so, however well.
 */
bool weft_port_fits(const struct weft_sock *ws, struct net *net,
		    const struct weft_port_key *key)
{
	return weft_port_score(ws, net, key) >= 0;
}

static u32 weft_port_hash(const struct weft_port_key *key)
{
	static u32 secret;

	net_get_random_once(&secret, sizeof(secret));
	return jhash(key, offsetof(struct weft_port_key, iif), secret);
}

/* Which of a group: a program's choice if it made a valid one, else by hash. */
static struct sock *weft_port_select(struct sock *sk, struct net *net,
				     const struct weft_port_key *key,
				     struct sk_buff *skb)
{
	struct sock *one;

	one = reuseport_select_sock(sk, weft_port_hash(key), skb,
				    weft_sk(sk)->proto->header_len);
	if (IS_ERR_OR_NULL(one) || weft_port_score(weft_sk(one), net, key) < 0)
		return sk;
	return one;
}

/**
 * weft_port_lookup() - find the socket that a packet is for
 * @table: of the protocol
 * @net: namespace
 * @key: the packet's ends
 * @skb: the packet, its data at the transport header, for programs that choose among
 *	the sockets of a group; NULL keeps them out
 *
 * Context: softirq, RCU read lock.
 * Return: the best match or NULL; valid under the lock.
 */
struct sock *weft_port_lookup(struct weft_port_table *table, struct net *net,
			      const struct weft_port_key *key,
			      struct sk_buff *skb)
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
	if (best && best->sk_state != TCP_ESTABLISHED &&
	    rcu_access_pointer(best->sk_reuseport_cb))
		best = weft_port_select(best, net, key, skb);
	return best;
}
