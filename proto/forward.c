// SPDX-License-Identifier: GPL-2.0
/*
 * Packets for other nodes: from the road in to the road out. The checks are in the
 * order of doc/protocol.md, "Forwarding".
 */
#include "addr.h"
#include "device.h"
#include "error.h"
#include "forward.h"
#include "fragment.h"
#include "gso.h"
#include "header.h"
#include "hook.h"
#include "input.h"
#include "output.h"
#include "redirect.h"
#include "stats.h"

/**
 * weft_forwarding() - are packets that come by a device forwarded?
 * @net: namespace
 * @dev: device
 *
 * Context: RCU read lock or RTNL.
 * Return: what is set for the device, else for the namespace.
 */
bool weft_forwarding(const struct net *net, const struct net_device *dev)
{
	const struct weft_dev *wdev = weft_dev_get(net, dev->ifindex);

	u8 own = wdev ? READ_ONCE(wdev->forwarding) : WEFT_FORWARDING_OFF;

	return own == WEFT_FORWARDING_DEFAULT ?
	       READ_ONCE(weft_net(net)->forwarding) : own;
}

/* May it leave the link that it came by? */
static enum weft_drop weft_forward_allowed(struct net *net, struct sk_buff *skb)
{
	const struct weft_hdr *hdr = weft_hdr(skb);

	if (!weft_forwarding(net, skb->dev) || skb->pkt_type != PACKET_HOST)
		return WEFT_DROP_NOT_LOCAL;
	if (weft_addr_scope(&hdr->src) < WEFT_SCOPE_GLOBAL ||
	    weft_addr_scope(&hdr->dst) < WEFT_SCOPE_GLOBAL) {
		weft_error_unreach(net, skb, WEFT_UNREACH_SCOPE);
		return WEFT_DROP_SCOPE;
	}
	if (hdr->hop_limit <= 1) {
		weft_error_send(net, skb, WEFT_CTL_TIME, WEFT_TIME_HOP_LIMIT, 0);
		return WEFT_DROP_HOP_LIMIT;
	}
	return WEFT_DROP_NONE;
}

/* What decides between next hops, beyond the addresses. */
static void weft_forward_ports(struct sk_buff *skb, struct weft_flow *flow)
{
	flow->next = weft_hdr(skb)->next;
	if ((flow->next == WEFT_PROTO_DGRAM || flow->next == WEFT_PROTO_STREAM) &&
	    pskb_may_pull(skb, sizeof(flow->ports)))
		memcpy(&flow->ports, skb->data, sizeof(flow->ports));
}

static enum weft_drop weft_forward_route(struct net *net, struct sk_buff *skb,
					 struct weft_flow *flow)
{
	int err;

	weft_forward_ports(skb, flow);
	flow->dst = weft_hdr(skb)->dst;
	flow->src = weft_hdr(skb)->src;
	flow->iif = skb->dev->ifindex;
	flow->mark = skb->mark;
	err = weft_route_input(net, flow);
	switch (err) {
	case 0:
		return WEFT_DROP_NONE;
	case -EACCES:
		weft_error_unreach(net, skb, WEFT_UNREACH_PROHIBITED);
		return WEFT_DROP_ROUTE;
	case -EINVAL:
		return WEFT_DROP_ROUTE;
	}
	weft_error_unreach(net, skb, WEFT_UNREACH_NOROUTE);
	return flow->route ? WEFT_DROP_ROUTE : WEFT_DROP_NO_ROUTE;
}

/**
 * weft_forward_header() - put the network header back and count the link in it
 * @skb: packet; its data begins after the network header
 * @flow: its way
 *
 * Return: WEFT_DROP_NONE, or WEFT_DROP_NO_MEMORY.
 */
enum weft_drop weft_forward_header(struct sk_buff *skb, const struct weft_flow *flow)
{
	if (skb_cow(skb, LL_RESERVED_SPACE(flow->dev) + WEFT_HDR_LEN))
		return WEFT_DROP_NO_MEMORY;
	skb_forward_csum(skb);
	__skb_push(skb, WEFT_HDR_LEN);
	((struct weft_hdr *)skb_network_header(skb))->hop_limit--;
	skb->dev = flow->dev;
	skb->protocol = weft_ethertype;
	weft_cb(skb)->forwarded = true;
	return WEFT_DROP_NONE;
}

/**
 * weft_forward_parts() - send a packet, or what a large one stands for, in smaller parts
 * @net: namespace
 * @skb: packet from its network header on, longer than the way's MTU
 * @flow: its way
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_forward_parts(struct net *net, struct sk_buff *skb,
				  const struct weft_flow *flow)
{
	enum weft_drop reason;

	if (!weft_gso_whole(skb))
		return weft_fragment_forward(net, skb, flow);
	reason = weft_gso_refit(skb, flow->mtu);
	if (!reason)
		weft_output_link(net, skb, flow);
	return reason;
}

/* After FORWARD, for who took a packet from it: another way may be right now. */
static int weft_forward_ok(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return weft_output_hooked(net, skb, weft_output_way);
}

/**
 * weft_forward_send() - lead a packet through FORWARD and send it
 * @net: namespace
 * @skb: packet from its network header on, after weft_forward_header(); consumed
 * @in: the device that it came by
 * @flow: its way
 *
 * Context: softirq, RCU read lock.
 */
void weft_forward_send(struct net *net, struct sk_buff *skb, struct net_device *in,
		       const struct weft_flow *flow)
{
	if (weft_hook(net, NF_INET_FORWARD, skb, in, flow->dev, weft_forward_ok) == 1)
		weft_output_way(net, skb, flow);
}

static enum weft_drop weft_forward_one(struct net *net, struct sk_buff *skb,
				       void *unused)
{
	return weft_forward(net, skb);
}

/**
 * weft_forward() - forward a packet that is not for this node
 * @net: namespace
 * @skb: packet; its data begins after the network header
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_forward(struct net *net, struct sk_buff *skb)
{
	struct net_device *in = skb->dev;
	struct weft_flow flow = {};
	enum weft_drop reason;
	bool fits;

	reason = weft_forward_allowed(net, skb);
	if (!reason)
		reason = weft_forward_route(net, skb, &flow);
	if (reason)
		return reason;
	fits = weft_forward_longest(skb) <= flow.mtu;
	if (!fits && !(weft_hdr(skb)->flags & WEFT_FLAG_FRAGOK)) {
		weft_error_send(net, skb, WEFT_CTL_TOOBIG, 0,
				cpu_to_be32(flow.mtu));
		return WEFT_DROP_TOO_BIG;
	}
	if (!fits && weft_gso_several(skb))
		return weft_gso_each(net, skb, weft_forward_one, NULL);
	if (unlikely(flow.dev == skb->dev))
		weft_redirect_send(net, skb, &flow);
	reason = weft_forward_header(skb, &flow);
	if (reason)
		return reason;
	weft_forward_send(net, skb, in, &flow);
	return WEFT_DROP_NONE;
}
