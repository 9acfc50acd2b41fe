// SPDX-License-Identifier: GPL-2.0
/*
 * Packets to groups, from the link that leads to their source to those where somebody
 * listens (doc/protocol.md, "Forwarding to groups"). Readers of RCU alone.
 */
#include "device.h"
#include "forward.h"
#include "group_forward.h"
#include "gso.h"
#include "header.h"
#include "ifaddr.h"
#include "input.h"
#include "listener.h"
#include "membership.h"
#include "output.h"
#include "stats.h"

/**
 * struct weft_group_packet - a packet to a group on its way to several links
 * @net: namespace
 * @skb: packet; its data begins after the network header
 * @wdev: the device that it came by
 * @route: the route of kind multicast for the group, or NULL
 * @group: the listeners of the group, or NULL
 * @sent: links that it was sent to
 */
struct weft_group_packet {
	struct net			*net;
	struct sk_buff			*skb;
	const struct weft_dev		*wdev;
	const struct weft_route		*route;
	const struct weft_listened	*group;
	unsigned int			sent;
};

/**
 * weft_group_forwarded() - is this a packet that may go to other links as well?
 * @net: namespace
 * @skb: packet that came by a link
 *
 * Context: RCU read lock.
 * Return: true if it is for a group beyond the link and forwarding is on.
 */
bool weft_group_forwarded(const struct net *net, const struct sk_buff *skb)
{
	const struct weft_hdr *hdr = weft_hdr(skb);

	return weft_group_reported(&hdr->dst) &&
	       weft_addr_scope(&hdr->src) == WEFT_SCOPE_GLOBAL &&
	       !weft_dev_loopback(skb->dev) && weft_forwarding(net, skb->dev);
}

/* Did it come from where its source is? What this node sent did not. */
static bool weft_group_reverse_path(struct net *net, const struct sk_buff *skb)
{
	struct weft_flow flow = {
		.dst = weft_hdr(skb)->src,
		.iif = skb->dev->ifindex,
		.mark = skb->mark,
		.kind = WEFT_ROUTES_UNICAST,
	};

	return !weft_ifaddr_lookup(net, &flow.dst, NULL) &&
	       !weft_route_input(net, &flow) && flow.dev == skb->dev;
}

/* --- one link ------------------------------------------------------------------------ */

/* @way is the struct weft_flow. */
static enum weft_drop weft_group_send_copy(struct net *net, struct sk_buff *skb,
					   void *way)
{
	struct net_device *in = skb->dev;
	const struct weft_flow *flow = way;
	bool fits = weft_forward_longest(skb) <= flow->mtu;
	enum weft_drop reason;

	if (!fits && !(weft_hdr(skb)->flags & WEFT_FLAG_FRAGOK))
		return WEFT_DROP_TOO_BIG;
	if (!fits && weft_gso_several(skb))
		return weft_gso_each(net, skb, weft_group_send_copy, way);
	reason = weft_forward_header(skb, flow);
	if (reason)
		return reason;
	weft_forward_send(net, skb, in, flow);
	return WEFT_DROP_NONE;
}

/* Sends a copy by a device that carries Weft, but for the one that it came by. */
static void weft_group_send(struct weft_group_packet *packet, struct net_device *dev)
{
	const struct weft_dev *wdev = weft_dev_get(packet->net, dev->ifindex);
	struct weft_flow flow = {
		.dst = weft_hdr(packet->skb)->dst,
		.src = weft_hdr(packet->skb)->src,
		.hop = weft_hdr(packet->skb)->dst,
		.dev = dev,
	};
	enum weft_drop reason;
	struct sk_buff *copy;

	if (!wdev || wdev == packet->wdev || !rcu_access_pointer(wdev->linklocal))
		return;
	flow.mtu = weft_dev_mtu(wdev);
	packet->sent++;
	copy = skb_clone(packet->skb, GFP_ATOMIC);
	if (!copy) {
		weft_count_drop(packet->net, WEFT_DROP_NO_MEMORY);
		return;
	}
	reason = weft_group_send_copy(packet->net, copy, &flow);
	if (reason)
		weft_drop(packet->net, copy, reason);
}

/* --- which links ---------------------------------------------------------------------- */

/* Is the device one of the first @n next hops of the route for the group? */
static bool weft_group_has_hop(const struct weft_group_packet *packet,
			       const struct net_device *dev, unsigned int n)
{
	unsigned int i;

	for (i = 0; packet->route && i < n; i++)
		if (packet->route->hop[i].dev == dev)
			return true;
	return false;
}

static unsigned int weft_group_hops(const struct weft_group_packet *packet)
{
	return packet->route ? packet->route->n_hops : 0;
}

static void weft_group_send_hops(struct weft_group_packet *packet)
{
	unsigned int i;

	for (i = 0; i < weft_group_hops(packet); i++)
		if (!weft_group_has_hop(packet, packet->route->hop[i].dev, i))
			weft_group_send(packet, packet->route->hop[i].dev);
}

/* Where another router asks, that one forwards (RFC 4605, 4.2). */
static bool weft_group_listened(const struct weft_group_packet *packet,
				const struct weft_listener *listener)
{
	const struct weft_wanted *wanted = rcu_dereference(listener->wanted);

	return wanted && !READ_ONCE(listener->wdev->querier.other) &&
	       weft_filter_wants(&wanted->filter, &weft_hdr(packet->skb)->src);
}

static void weft_group_send_listeners(struct weft_group_packet *packet,
				      const struct net_device *above)
{
	const struct weft_listener *listener;
	struct net_device *dev;

	if (!packet->group)
		return;
	list_for_each_entry_rcu(listener, &packet->group->links, link) {
		dev = listener->wdev->dev;
		if (dev != above && weft_group_listened(packet, listener) &&
		    !weft_group_has_hop(packet, dev, weft_group_hops(packet)))
			weft_group_send(packet, dev);
	}
}

static const struct weft_route *weft_group_route(struct net *net,
						 const struct sk_buff *skb)
{
	struct weft_flow flow = {
		.dst = weft_hdr(skb)->dst,
		.src = weft_hdr(skb)->src,
		.iif = skb->dev->ifindex,
		.mark = skb->mark,
		.kind = WEFT_ROUTES_MULTICAST,
	};

	return weft_route_input(net, &flow) ? NULL : flow.route;
}

static void weft_group_send_all(struct weft_group_packet *packet)
{
	const struct weft_addr *addr = &weft_hdr(packet->skb)->dst;
	struct net_device *above = weft_upstream_dev(packet->net, addr);

	packet->route = weft_group_route(packet->net, packet->skb);
	packet->group = weft_listened_find(packet->net, addr);
	weft_group_send_hops(packet);
	weft_group_send_listeners(packet, above);
	if (above && !weft_group_has_hop(packet, above, weft_group_hops(packet)))
		weft_group_send(packet, above);
}

/**
 * weft_group_forward() - send a packet to a group to the other links that want it
 * @net: namespace
 * @skb: packet for which weft_group_forwarded() said yes; its data begins after the
 *	network header. Consumed if it was sent to a link and is not @delivered.
 * @delivered: it is delivered here as well: whatever happens, it stays
 *
 * No error is ever sent. Context: softirq, RCU read lock.
 *
 * Return: WEFT_DROP_NONE, else why the caller must drop it if it is not @delivered.
 */
enum weft_drop weft_group_forward(struct net *net, struct sk_buff *skb, bool delivered)
{
	struct weft_group_packet packet = {
		.net = net,
		.skb = skb,
		.wdev = weft_dev_get(net, skb->dev->ifindex),
	};

	if (!weft_group_reverse_path(net, skb))
		return WEFT_DROP_REVERSE_PATH;
	if (weft_hdr(skb)->hop_limit <= 1)
		return WEFT_DROP_HOP_LIMIT;
	weft_group_send_all(&packet);
	if (!packet.sent)
		return WEFT_DROP_NO_ROUTE;
	if (!delivered)
		consume_skb(skb);
	return WEFT_DROP_NONE;
}
