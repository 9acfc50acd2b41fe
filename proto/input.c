// SPDX-License-Identifier: GPL-2.0
/*
 * Input, from top to bottom: frames from the device, header, is it for us,
 * transport; forward.c takes what is for others. Netfilter's hooks lie after the
 * header (PREROUTING) and before the transport (INPUT), which sees whole packets.
 *
 * Each step returns WEFT_DROP_NONE or why the packet dies; weft_input() is the
 * one place where it is counted and freed. A transport that returns
 * WEFT_DROP_NONE has taken the packet.
 */
#include <linux/export.h>
#include "addr.h"
#include "checksum.h"
#include "control.h"
#include "datagram.h"
#include "device.h"
#include "ifaddr.h"
#include "error.h"
#include "forward.h"
#include "fragment.h"
#include "group.h"
#include "group_forward.h"
#include "gso.h"
#include "header.h"
#include "hook.h"
#include "input.h"
#include "listener.h"
#include "raw.h"
#include "route.h"
#include "stats.h"
#include "stream.h"
#include "trace.h"

/* Leaves the data at the transport header and cuts off the frame's padding. */
static enum weft_drop weft_input_header(struct sk_buff *skb)
{
	enum weft_drop reason;
	unsigned int total;

	if (skb->pkt_type == PACKET_OTHERHOST)
		return WEFT_DROP_OTHER_HOST;
	if (!pskb_may_pull(skb, WEFT_HDR_LEN))
		return WEFT_DROP_HEADER_SHORT;
	skb_reset_network_header(skb);
	reason = weft_hdr_check(weft_hdr(skb), skb->len);
	if (reason)
		return reason;
	total = be16_to_cpu(weft_hdr(skb)->len);
	if (pskb_trim_rcsum(skb, total))
		return WEFT_DROP_NO_MEMORY;
	skb_pull_rcsum(skb, WEFT_HDR_LEN);
	skb_reset_transport_header(skb);
	return skb_is_gso(skb) ? weft_gso_check(skb) : WEFT_DROP_NONE;
}

/* To a group that somebody here wants the source of, or to every node of the link. */
static enum weft_drop weft_input_group(struct net *net, struct sk_buff *skb)
{
	const struct weft_hdr *hdr = weft_hdr(skb);
	struct weft_dev *wdev = weft_dev_get(net, skb->dev->ifindex);

	if (weft_addr_broadcast(&hdr->dst) ||
	    (wdev && (weft_group_wants(wdev, &hdr->dst, &hdr->src) ||
		      weft_listener_hears(wdev, skb))))
		return WEFT_DROP_NONE;
	return WEFT_DROP_NOT_LOCAL;
}

/* No device has the destination: is it this node's by a route? */
static enum weft_drop weft_input_routed(struct net *net, const struct sk_buff *skb)
{
	struct weft_flow flow = {
		.dst = weft_hdr(skb)->dst,
		.src = weft_hdr(skb)->src,
		.iif = skb->dev->ifindex,
		.mark = skb->mark,
	};

	return weft_route_local(net, &flow) ? WEFT_DROP_NONE : WEFT_DROP_NOT_LOCAL;
}

/* A packet that this node sent to itself; any address of the node will do. */
static enum weft_drop weft_input_loopback(struct net *net, struct sk_buff *skb)
{
	struct weft_ifaddr *ifa;

	if (weft_addr_group(&weft_hdr(skb)->dst))
		return weft_input_group(net, skb);
	ifa = weft_ifaddr_lookup(net, &weft_hdr(skb)->dst, NULL);
	if (!ifa)
		return weft_input_routed(net, skb);
	if (!weft_ifaddr_usable(ifa))
		return WEFT_DROP_NOT_LOCAL;
	if (weft_addr_linklocal(&ifa->addr))
		weft_cb(skb)->iif = ifa->wdev->dev->ifindex;
	return WEFT_DROP_NONE;
}

static enum weft_drop weft_input_local(struct net *net, struct sk_buff *skb)
{
	const struct weft_hdr *hdr = weft_hdr(skb);
	struct net_device *dev = skb->dev;
	struct weft_ifaddr *ifa;

	if (weft_dev_loopback(dev))
		return weft_input_loopback(net, skb);
	if (weft_addr_node_only(&hdr->src) || weft_addr_node_only(&hdr->dst))
		return WEFT_DROP_MARTIAN;
	if (weft_addr_group(&hdr->dst))
		return weft_input_group(net, skb);
	if (!weft_addr_linklocal(&hdr->dst))
		dev = NULL;
	ifa = weft_ifaddr_lookup(net, &hdr->dst, dev);
	if (!ifa)
		return weft_input_routed(net, skb);
	return weft_ifaddr_usable(ifa) ? WEFT_DROP_NONE : WEFT_DROP_NOT_LOCAL;
}

static __wsum weft_input_pseudo(struct sk_buff *skb, int next)
{
	const struct weft_hdr *hdr = weft_hdr(skb);

	return weft_pseudo_sum(&hdr->src, &hdr->dst, skb->len, next);
}

/**
 * weft_input_checksum() - verify a transport's checksum
 * @skb: packet; its data begins with the transport header
 *
 * What the device has verified is not summed again.
 *
 * Return: WEFT_DROP_NONE or WEFT_DROP_CHECKSUM.
 */
enum weft_drop weft_input_checksum(struct sk_buff *skb)
{
	return skb_checksum_validate(skb, weft_hdr(skb)->next,
				     weft_input_pseudo) ?
	       WEFT_DROP_CHECKSUM : WEFT_DROP_NONE;
}
EXPORT_SYMBOL_GPL(weft_input_checksum);

/* What lies between hooks is inline: see weft_output_parts(). */
static inline enum weft_drop weft_input_transport(struct net *net, struct sk_buff *skb)
{
	bool raw = weft_raw_rcv(net, skb);

	switch (weft_hdr(skb)->next) {
	case WEFT_PROTO_DGRAM:
		return weft_dgram_rcv(net, skb);
	case WEFT_PROTO_CONTROL:
		return weft_control_rcv(net, skb);
	case WEFT_PROTO_STREAM:
		return weft_stream_rcv(net, skb);
	}
	if (raw) {
		weft_count(net, WEFT_MIB_IN_DELIVERS);
		consume_skb(skb);
		return WEFT_DROP_NONE;
	}
	weft_error_unreach(net, skb, WEFT_UNREACH_PROTO);
	return WEFT_DROP_NO_PROTOCOL;
}

/* Leads the packet through a hook; true if it goes on from there. */
static __always_inline bool weft_input_hook(struct net *net, unsigned int hook,
					    struct sk_buff *skb, weft_okfn *okfn)
{
	if (!static_key_false(&weft_hooks_needed[hook]))
		return true;
	__skb_push(skb, WEFT_HDR_LEN);
	if (weft_hook_run(net, hook, skb, skb->dev, NULL, okfn) != 1)
		return false;
	__skb_pull(skb, WEFT_HDR_LEN);
	return true;
}

static int weft_input_hooked(struct net *net, struct sk_buff *skb,
			     enum weft_drop (*take)(struct net *net, struct sk_buff *skb))
{
	enum weft_drop reason;

	/* Who took the packet may run anywhere; what follows is of softirqs. */
	local_bh_disable();
	rcu_read_lock();
	weft_cb_forget(skb);
	__skb_pull(skb, WEFT_HDR_LEN);
	reason = take(net, skb);
	if (reason)
		weft_drop(net, skb, reason);
	rcu_read_unlock();
	local_bh_enable();
	return 0;
}

/* After INPUT, for who took a packet from it. */
static int weft_input_local_ok(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return weft_input_hooked(net, skb, weft_input_transport);
}

static enum weft_drop weft_input_deliver(struct net *net, struct sk_buff *skb,
					 void *unused)
{
	if (weft_hdr(skb)->next == WEFT_PROTO_FRAGMENT &&
	    !weft_reassembly_rcv(net, skb))
		return WEFT_DROP_NONE;
	if (!weft_input_hook(net, NF_INET_LOCAL_IN, skb, weft_input_local_ok))
		return WEFT_DROP_NONE;
	return weft_input_transport(net, skb);
}

/* A train goes on as one only to a datagram socket alone. */
static enum weft_drop weft_input_large(struct net *net, struct sk_buff *skb)
{
	enum weft_drop reason = WEFT_DROP_NONE;

	if (weft_gso_whole(skb))
		reason = weft_gso_forget(skb);
	else if (weft_addr_group(&weft_hdr(skb)->dst) || weft_raw_wants(net, skb))
		return weft_gso_each(net, skb, weft_input_deliver, NULL);
	return reason ?: weft_input_deliver(net, skb, NULL);
}

/* The packet, or a copy: a packet tap may hold it too, and it will be changed. */
static struct sk_buff *weft_input_unshare(struct net *net, struct sk_buff *skb)
{
	struct sk_buff *own;

	if (!skb_shared(skb))
		return skb;
	own = skb_clone(skb, GFP_ATOMIC);
	if (own)
		consume_skb(skb);
	else
		weft_drop(net, skb, WEFT_DROP_NO_MEMORY);
	return own;
}

/* To whom it goes: up, to other links, or both if it is for a group. */
static inline enum weft_drop weft_input_dispatch(struct net *net, struct sk_buff *skb)
{
	enum weft_drop reason = weft_input_local(net, skb);
	bool here = reason == WEFT_DROP_NONE;

	if (!here && reason != WEFT_DROP_NOT_LOCAL)
		return reason;
	if (weft_group_forwarded(net, skb))
		reason = weft_group_forward(net, skb, here);
	else if (!here)
		reason = weft_forward(net, skb);
	if (!here)
		return reason;
	return skb_is_gso(skb) ? weft_input_large(net, skb) :
				 weft_input_deliver(net, skb, NULL);
}

/* After PREROUTING, for who took a packet from it. */
static int weft_input_ok(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return weft_input_hooked(net, skb, weft_input_dispatch);
}

static void weft_input(struct net *net, struct sk_buff *skb)
{
	enum weft_drop reason;

	skb_orphan(skb);
	reason = weft_input_header(skb);
	if (!reason) {
		trace_weft_receive(skb);
		*weft_cb(skb) = (struct weft_cb){ .iif = skb->dev->ifindex };
		weft_cb_forget(skb);
		if (!weft_input_hook(net, NF_INET_PRE_ROUTING, skb, weft_input_ok))
			return;
		reason = weft_input_dispatch(net, skb);
	}
	if (reason)
		weft_drop(net, skb, reason);
}

/**
 * weft_rcv() - take one packet from a device
 * @skb: packet, its data at the network header; consumed
 * @dev: device; one that does not carry Weft has no say in our counters
 * @ptype: unused
 * @orig_dev: the device at the bottom of a stack of devices
 *
 * Context: softirq, RCU read lock.
 * Return: NET_RX_SUCCESS or NET_RX_DROP.
 */
int weft_rcv(struct sk_buff *skb, struct net_device *dev,
	     struct packet_type *ptype, struct net_device *orig_dev)
{
	struct net *net = dev_net(dev);

	if (unlikely(!weft_dev_eligible(dev))) {
		kfree_skb(skb);
		return NET_RX_DROP;
	}
	weft_count_add(net, WEFT_MIB_IN_RECEIVES, weft_gso_packets(skb));
	weft_count_add(net, WEFT_MIB_IN_OCTETS, weft_gso_octets(skb));
	skb = weft_input_unshare(net, skb);
	if (!skb)
		return NET_RX_DROP;
	weft_input(net, skb);
	return NET_RX_SUCCESS;
}

/**
 * weft_rcv_list() - take a batch of packets from a device
 * @head: the packets; emptied
 * @ptype: unused
 * @orig_dev: the device at the bottom of a stack of devices
 *
 * Context: softirq, RCU read lock.
 */
void weft_rcv_list(struct list_head *head, struct packet_type *ptype,
		   struct net_device *orig_dev)
{
	struct sk_buff *skb, *next;

	list_for_each_entry_safe(skb, next, head, list) {
		skb_list_del_init(skb);
		weft_rcv(skb, skb->dev, ptype, orig_dev);
	}
}
