// SPDX-License-Identifier: GPL-2.0
/*
 * Redirects: a router tells a host of the link that there is a better first hop, and
 * a host believes the router that it uses (doc/protocol.md, "Redirect"; RFC 4861,
 * section 8).
 */
#include <linux/etherdevice.h>
#include "addr.h"
#include "control.h"
#include "device.h"
#include "error.h"
#include "exception.h"
#include "forward.h"
#include "header.h"
#include "ifaddr.h"
#include "input.h"
#include "neigh.h"
#include "redirect.h"
#include "route.h"
#include "stats.h"

/* How much of the packet goes along: enough to tell whose it was. */
#define WEFT_REDIRECT_QUOTE	64

/* The MAC of a node of the link; false if it is not known. RCU read lock. */
static bool weft_redirect_mac(struct net *net, const struct net_device *dev,
			      const struct weft_addr *addr, u8 *mac)
{
	const struct weft_neigh *neigh;

	if (weft_addr_linklocal(addr))
		return weft_addr_mac(addr, mac);
	neigh = weft_neigh_find(net, dev->ifindex, addr, false);
	/* Pairs with weft_neigh_put_state(): the MAC is no older than the state. */
	if (!neigh || !(smp_load_acquire(&neigh->state) & WEFT_NUD_VALID))
		return false;
	weft_neigh_mac(neigh, mac);
	return true;
}

/* --- sending ------------------------------------------------------------------ */

/* Is the packet's source a node of the link, and did it send the frame itself? */
static bool weft_redirect_wanted(struct net *net, const struct sk_buff *skb)
{
	struct weft_flow back = { .dst = weft_hdr(skb)->src };
	u8 mac[ETH_ALEN];

	if (weft_route_output(net, &back) || back.dev != skb->dev ||
	    !weft_addr_equal(&back.hop, &back.dst))
		return false;
	return !weft_redirect_mac(net, skb->dev, &back.dst, mac) ||
	       ether_addr_equal(mac, eth_hdr(skb)->h_source);
}

/* Whom the sender should use instead of us; false if nobody it could. */
static bool weft_redirect_target(struct net *net, const struct sk_buff *skb,
				 const struct weft_flow *way, struct weft_addr *target)
{
	u8 mac[ETH_ALEN];

	if (weft_addr_equal(&way->hop, &way->dst)) {
		*target = way->dst;
		return true;
	}
	if (!weft_redirect_mac(net, way->dev, &way->hop, mac) ||
	    ether_addr_equal(mac, eth_hdr(skb)->h_source))
		return false;
	weft_addr_from_mac(target, mac);
	return true;
}

/* Sends the message, and the beginning of the packet, to the packet's source. */
static int weft_redirect_tell(struct net *net, const struct sk_buff *skb,
			      const struct weft_ifaddr *own,
			      const struct weft_redirect *msg)
{
	unsigned int quote = min_t(unsigned int, skb->len + WEFT_HDR_LEN,
				   WEFT_REDIRECT_QUOTE);
	struct weft_flow flow = {
		.dst = weft_hdr(skb)->src,
		.src = own->addr,
		.oif = skb->dev->ifindex,
	};
	u8 buf[sizeof(*msg) + WEFT_REDIRECT_QUOTE];
	int err;

	memcpy(buf, msg, sizeof(*msg));
	err = skb_copy_bits(skb, skb_network_offset(skb), buf + sizeof(*msg), quote);
	if (!err)
		err = weft_route_output(net, &flow);
	return err ?: weft_control_send(net, &flow, buf, sizeof(*msg) + quote,
					WEFT_HOP_LIMIT_NEIGH);
}

/**
 * weft_redirect_send() - tell a packet's sender of a better first hop, if there is one
 * @net: namespace
 * @skb: packet that is about to be forwarded; its data begins after the network
 *	header. Not consumed.
 * @way: its way, by the device that it came by
 *
 * Sent to nodes of the link alone, and limited as errors are (RFC 4861, section 8.2).
 * Context: softirq, RCU read lock.
 */
void weft_redirect_send(struct net *net, struct sk_buff *skb,
			const struct weft_flow *way)
{
	const struct weft_dev *wdev = weft_dev_get(net, skb->dev->ifindex);
	struct weft_redirect msg = {
		.ctl.type = WEFT_CTL_REDIRECT,
		.dst = way->dst,
	};
	const struct weft_ifaddr *own;

	own = wdev ? rcu_dereference(wdev->linklocal) : NULL;
	if (!own || weft_dev_loopback(skb->dev) || !READ_ONCE(wdev->send_redirects) ||
	    !weft_redirect_wanted(net, skb) ||
	    !weft_redirect_target(net, skb, way, &msg.target) ||
	    !weft_error_allow(net, &weft_hdr(skb)->src))
		return;
	if (!weft_redirect_tell(net, skb, own, &msg))
		weft_count(net, WEFT_MIB_OUT_REDIRECTS);
}

/* --- receiving ---------------------------------------------------------------- */

/* A first hop is link-local, or the destination itself; that is one far node. */
static bool weft_redirect_sound(const struct sk_buff *skb,
				const struct weft_redirect *msg)
{
	u8 mac[ETH_ALEN];

	if (weft_addr_group(&weft_hdr(skb)->dst) || weft_addr_any(&msg->dst) ||
	    weft_addr_group(&msg->dst) || weft_addr_linklocal(&msg->dst) ||
	    weft_addr_loopback(&msg->dst))
		return false;
	return weft_addr_equal(&msg->target, &msg->dst) ||
	       (weft_addr_linklocal(&msg->target) && weft_addr_mac(&msg->target, mac));
}

static bool weft_redirect_accepted(struct net *net, const struct weft_dev *wdev)
{
	switch (READ_ONCE(wdev->accept_redirects)) {
	case WEFT_ACCEPT_HOST:
		return !weft_forwarding(net, wdev->dev);
	case WEFT_ACCEPT_ALWAYS:
		return true;
	}
	return false;
}

/* Is the sender the router by which packets for the destination leave? */
static bool weft_redirect_from_router(struct net *net, const struct sk_buff *skb,
				      const struct weft_redirect *msg)
{
	struct weft_flow flow = {
		.dst = msg->dst,
		.src = weft_hdr(skb)->dst,
		.oif = skb->dev->ifindex,
	};
	u8 router[ETH_ALEN], sender[ETH_ALEN];

	return !weft_route_output(net, &flow) && flow.dev == skb->dev &&
	       !weft_addr_equal(&flow.hop, &flow.dst) &&
	       weft_redirect_mac(net, flow.dev, &flow.hop, router) &&
	       weft_addr_mac(&weft_hdr(skb)->src, sender) &&
	       ether_addr_equal(router, sender);
}

/**
 * weft_redirect_rcv() - receive a redirect
 * @net: namespace
 * @skb: packet; its data begins with the control header, checked
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_redirect_rcv(struct net *net, struct sk_buff *skb)
{
	const struct weft_redirect *msg = (struct weft_redirect *)skb->data;
	const struct weft_dev *wdev = weft_dev_get(net, skb->dev->ifindex);
	enum weft_drop reason;

	reason = weft_neigh_check(weft_hdr(skb), skb->data, skb_headlen(skb));
	if (reason)
		return reason;
	if (!weft_redirect_sound(skb, msg))
		return WEFT_DROP_NEIGHBOUR;
	weft_count(net, WEFT_MIB_IN_REDIRECTS);
	if (!wdev || !weft_redirect_accepted(net, wdev) ||
	    weft_ifaddr_lookup(net, &msg->target, NULL) ||
	    !weft_redirect_from_router(net, skb, msg))
		return WEFT_DROP_REDIRECT;
	weft_exception_set_gateway(net, &msg->dst, &msg->target, skb->dev->ifindex);
	weft_count(net, WEFT_MIB_IN_DELIVERS);
	consume_skb(skb);
	return WEFT_DROP_NONE;
}
