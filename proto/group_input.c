// SPDX-License-Identifier: GPL-2.0
/*
 * Packets to groups and to the broadcast address: each goes to every socket that wants
 * it, and those of this node come back to it.
 */
#include <linux/netdevice.h>
#include "group.h"
#include "group_input.h"
#include "group_socket.h"
#include "input.h"
#include "stats.h"

/* Nobody joins what every node is a member of. */
static bool weft_group_everybody(const struct weft_addr *group)
{
	return weft_addr_broadcast(group) || weft_addr_allnodes(group);
}

/* A copy for one of several sockets. */
static bool weft_group_queue(struct net *net, struct sock *sk,
			     const struct sk_buff *skb)
{
	struct sk_buff *copy = skb_clone((struct sk_buff *)skb, GFP_ATOMIC);
	enum weft_drop reason;

	if (!copy) {
		atomic_inc(&sk->sk_drops);
		return false;
	}
	reason = weft_sock_queue(sk, copy);
	if (reason)
		weft_drop(net, copy, reason);
	return !reason;
}

/**
 * weft_group_deliver() - give a packet to every socket at its port that wants it
 * @table: of the protocol
 * @net: namespace
 * @key: the packet's ends
 * @skb: packet; its data begins with the transport header
 *
 * These are the sockets that are bound to its port, to its group or no address, to its
 * device or none, and connected to its source or not at all, and that are members of
 * the group on the device that it came by and want the source. Of a packet to all nodes
 * nobody need be a member. Context: softirq, RCU read lock.
 *
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped. A socket
 * that has no room does not keep the others from having it.
 */
enum weft_drop weft_group_deliver(struct weft_port_table *table, struct net *net,
				  const struct weft_port_key *key,
				  struct sk_buff *skb)
{
	const struct weft_dev *wdev = weft_dev_get(net, key->iif);
	bool everybody = weft_group_everybody(&key->laddr);
	struct sock *sk, *last = NULL;
	enum weft_drop reason;
	bool delivered = false;

	sk_for_each_rcu(sk, &weft_port_slot(table, net, key->lport)->socks) {
		if (!weft_port_fits(weft_sk(sk), net, key) ||
		    !weft_group_sock_wants(weft_sk(sk), wdev, &key->laddr,
					   &key->faddr, everybody))
			continue;
		if (last)
			delivered |= weft_group_queue(net, last, skb);
		last = sk;
	}
	if (!last)
		return WEFT_DROP_NO_SOCKET;
	reason = weft_sock_queue(last, skb);
	if (delivered || !reason) {
		weft_count(net, WEFT_MIB_IN_DGRAMS);
		weft_count(net, WEFT_MIB_IN_DELIVERS);
	}
	return reason;
}

/**
 * weft_group_loop() - give a packet back to the node that sends it, if that is a member
 * @net: namespace
 * @skb: packet from its network header on, its device set; not consumed
 *
 * What goes to the loopback device comes back by itself. Context: RCU read lock.
 */
void weft_group_loop(struct net *net, const struct sk_buff *skb)
{
	const struct weft_dev *wdev = weft_dev_get(net, skb->dev->ifindex);
	const struct weft_hdr *hdr = weft_hdr(skb);
	struct sk_buff *copy;

	if (!wdev || weft_dev_loopback(skb->dev) ||
	    !(weft_addr_broadcast(&hdr->dst) ||
	      weft_group_wants(wdev, &hdr->dst, &hdr->src)))
		return;
	copy = skb_clone((struct sk_buff *)skb, GFP_ATOMIC);
	if (!copy)
		return;
	/* There is no frame around it; who looks for one is told so by the type. */
	skb_reset_mac_header(copy);
	copy->pkt_type = PACKET_LOOPBACK;
	netif_rx(copy);
}
