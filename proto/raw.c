// SPDX-License-Identifier: GPL-2.0
/*
 * Raw sockets: programs that speak a next header themselves. Each socket gets a copy
 * of every packet with its next header that was delivered on this node, from behind
 * the network header on, before the transport sees it. The semantics are those of
 * raw sockets of IPv6 (RFC 3542, section 3): of packets to groups they get all that this
 * node hears but those from sources that they have themselves refused.
 */
#include "addr.h"
#include "error.h"
#include "group_socket.h"
#include "header.h"
#include "input.h"
#include "memory.h"
#include "raw.h"
#include "stats.h"

/* Next headers take the place of ports. */
struct weft_port_table weft_raw_ports;

/**
 * weft_raw_init_sock() - what is special about a new raw socket
 * @ws: the socket; it receives from now on
 *
 * Context: process.
 */
void weft_raw_init_sock(struct weft_sock *ws)
{
	/* The next header is the socket's for as long as it lives. */
	ws->sk.sk_userlocks |= SOCK_BINDPORT_LOCK;
	weft_port_add(ws, cpu_to_be16(ws->sk.sk_protocol));
}

/* --- sending -------------------------------------------------------------- */

/* The header that the program made becomes the header that output makes. */
static int weft_raw_header(struct weft_sock *ws, struct sk_buff *skb,
			   struct weft_message *m)
{
	const struct weft_hdr *hdr;
	int err;

	if (!pskb_may_pull(skb, sizeof(*hdr)))
		return -EINVAL;
	hdr = (struct weft_hdr *)skb->data;
	err = weft_hdr_sendable(hdr, skb->len);
	if (err)
		return err;
	if (hdr->next != ws->sk.sk_protocol ||
	    !weft_addr_equal(&hdr->dst, &m->flow.dst))
		return -EINVAL;
	m->flow.src = hdr->src;
	m->hop_limit = hdr->hop_limit;
	m->class = weft_hdr_class(hdr);
	m->out.flags = hdr->flags;
	m->out.id = be16_to_cpu(hdr->id);
	__skb_pull(skb, sizeof(*hdr));
	return 0;
}

/* Where the kernel fills in the checksum, there must be room for one. */
static int weft_raw_prepare(struct weft_sock *ws, struct sk_buff *skb,
			    struct weft_message *m)
{
	m->check_offset = -1;
	if (READ_ONCE(ws->opts.hdrincl))
		return weft_raw_header(ws, skb, m);
	switch (ws->sk.sk_protocol) {
	case WEFT_PROTO_CONTROL:
		m->check_offset = offsetof(struct weft_ctl_hdr, check);
		return pskb_may_pull(skb, WEFT_CTL_LEN) ? 0 : -EINVAL;
	case WEFT_PROTO_DGRAM:
		m->check_offset = offsetof(struct weft_dgram_hdr, check);
		return pskb_may_pull(skb, WEFT_DGRAM_LEN) ? 0 : -EINVAL;
	}
	return 0;
}

const struct weft_proto weft_raw_proto = {
	.ports		= &weft_raw_ports,
	.raw		= true,
	.sent		= WEFT_MIB_OUT_RAWS,
	.prepare	= weft_raw_prepare,
};

/* --- receiving ------------------------------------------------------------ */

/* Is a packet from @faddr to @laddr one for this socket? */
static bool weft_raw_match(const struct weft_sock *ws, const struct net *net,
			   const struct weft_port_key *key)
{
	int iif = weft_sock_iif(ws);

	return ws->lport == key->lport && net_eq(sock_net(&ws->sk), net) &&
	       (!iif || iif == key->iif) &&
	       (weft_addr_any(&ws->laddr) ||
		weft_addr_equal(&ws->laddr, &key->laddr)) &&
	       (ws->sk.sk_state != TCP_ESTABLISHED ||
		weft_addr_equal(&ws->faddr, &key->faddr));
}

static bool weft_raw_blocked(const struct weft_sock *ws, struct sk_buff *skb)
{
	u8 type;

	if (ws->sk.sk_protocol != WEFT_PROTO_CONTROL)
		return false;
	if (!pskb_may_pull(skb, 1))
		return true;
	type = skb->data[0];
	return READ_ONCE(ws->opts.filter.blocked[type >> 5]) & BIT(type & 31);
}

/* The transport drops and counts what has a wrong checksum; nobody else sees it. */
static bool weft_raw_valid(struct sk_buff *skb)
{
	switch (weft_hdr(skb)->next) {
	case WEFT_PROTO_CONTROL:
	case WEFT_PROTO_DGRAM:
		return !weft_input_checksum(skb);
	}
	return true;
}

static void weft_raw_queue(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone(skb, GFP_ATOMIC);

	if (!copy)
		atomic_inc(&sk->sk_drops);
	else if (weft_sock_queue(sk, copy))
		kfree_skb(copy);
}

static struct weft_port_key weft_raw_key(struct sk_buff *skb)
{
	return (struct weft_port_key) {
		.laddr = weft_hdr(skb)->dst,
		.faddr = weft_hdr(skb)->src,
		.lport = cpu_to_be16(weft_hdr(skb)->next),
		.iif = weft_cb(skb)->iif,
	};
}

/* Where the raw sockets of a packet's next header are. */
static struct weft_port_slot *weft_raw_slot(const struct net *net,
					    const struct sk_buff *skb)
{
	return weft_port_slot(&weft_raw_ports, net,
			      cpu_to_be16(weft_hdr(skb)->next));
}

/**
 * weft_raw_wants() - is there a raw socket for this packet?
 * @net: namespace
 * @skb: packet
 *
 * Context: softirq, RCU read lock.
 * Return: true if there is.
 */
bool weft_raw_wants(struct net *net, struct sk_buff *skb)
{
	struct weft_port_slot *slot = weft_raw_slot(net, skb);
	struct weft_port_key key = weft_raw_key(skb);
	struct sock *sk;

	sk_for_each_rcu(sk, &slot->socks)
		if (weft_raw_match(weft_sk(sk), net, &key))
			return true;
	return false;
}

/**
 * weft_raw_rcv() - give a packet to the raw sockets that want its kind
 * @net: namespace
 * @skb: packet; its data begins after the network header. Not consumed.
 *
 * Context: softirq, RCU read lock.
 * Return: true if there is such a socket, whether or not it had room.
 */
bool weft_raw_rcv(struct net *net, struct sk_buff *skb)
{
	struct weft_port_slot *slot = weft_raw_slot(net, skb);
	const struct weft_dev *wdev;
	struct weft_port_key key;
	bool found = false;
	struct sock *sk;

	if (likely(hlist_empty(&slot->socks)))
		return false;
	key = weft_raw_key(skb);
	wdev = weft_dev_get(net, key.iif);
	sk_for_each_rcu(sk, &slot->socks) {
		if (!weft_raw_match(weft_sk(sk), net, &key) ||
		    !weft_group_sock_wants(weft_sk(sk), wdev, &key.laddr,
					   &key.faddr, true))
			continue;
		if (!found && !weft_raw_valid(skb))
			return false;
		found = true;
		if (!weft_raw_blocked(weft_sk(sk), skb))
			weft_raw_queue(sk, skb);
	}
	return found;
}

/**
 * weft_raw_error() - tell raw sockets of an error about a packet of theirs
 * @net: namespace
 * @skb: the error; its data begins with the control header
 * @quote: the packet
 * @problem: what the error says
 *
 * Context: softirq, RCU read lock.
 * Return: true if a socket was told.
 */
bool weft_raw_error(struct net *net, struct sk_buff *skb,
		    const struct weft_quote *quote, struct weft_problem *problem)
{
	struct weft_port_key key = {
		.laddr = quote->src,
		.faddr = quote->dst,
		.lport = cpu_to_be16(quote->proto),
		.iif = weft_cb(skb)->iif,
	};
	struct weft_port_slot *slot = weft_port_slot(&weft_raw_ports, net,
						     key.lport);
	struct sock *sk;
	bool told = false;

	sk_for_each_rcu(sk, &slot->socks)
		if (weft_raw_match(weft_sk(sk), net, &key))
			told |= weft_error_tell(sk, skb, problem);
	return told;
}
