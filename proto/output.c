// SPDX-License-Identifier: GPL-2.0
/*
 * Output, from bottom to top in this file: checksum, network header, the hook OUTPUT, the
 * hook POSTROUTING (where what is forwarded joins), fragments, link, device.
 */
#include "checksum.h"
#include "forward.h"
#include "fragment.h"
#include "group_input.h"
#include "gso.h"
#include "hook.h"
#include "input.h"
#include "neigh.h"
#include "output.h"
#include "stats.h"
#include "trace.h"

/**
 * weft_output_checksum() - leave the checksum to the device or the core
 * @skb: packet; its data begins with the transport header
 * @flow: its way
 * @next: WEFT_PROTO_*
 * @offset: of the checksum field in the transport header, bytes
 *
 * Devices that cannot sum get the packet summed by the core.
 */
void weft_output_checksum(struct sk_buff *skb, const struct weft_flow *flow,
			  u8 next, unsigned int offset)
{
	__sum16 *check = (__sum16 *)(skb->data + offset);

	*check = ~csum_fold(weft_pseudo_sum(&flow->src, &flow->dst, skb->len, next));
	skb_reset_transport_header(skb);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offset;
}

static void weft_output_header(struct sk_buff *skb, const struct weft_flow *flow,
			       const struct weft_output *out)
{
	struct weft_hdr *hdr = skb_push(skb, sizeof(*hdr));

	skb_reset_network_header(skb);
	hdr->vc = WEFT_VERSION << 4 | out->class;
	hdr->flags = out->flags;
	hdr->len = cpu_to_be16(skb->len);
	hdr->id = cpu_to_be16(out->id);
	hdr->hop_limit = out->local ? 0 : out->hop_limit ?: flow->hop_limit ?:
			 WEFT_HOP_LIMIT_DEFAULT;
	hdr->next = out->next;
	hdr->src = flow->src;
	hdr->dst = flow->dst;
}

/**
 * weft_output_link() - hand a packet to its link
 * @net: namespace
 * @skb: packet from its network header on, its device and protocol set, at most the
 *	way's MTU long or marked to be taken apart to that; consumed
 * @flow: its way
 *
 * Context: RCU read lock, the one that @flow was found under.
 * Return: 0, or what weft_neigh_output() returns.
 */
int weft_output_link(struct net *net, struct sk_buff *skb,
		     const struct weft_flow *flow)
{
	unsigned int packets = weft_gso_packets(skb);
	int err;

	weft_count_add(net, weft_cb(skb)->forwarded ? WEFT_MIB_OUT_FORWARDED :
						       WEFT_MIB_OUT_REQUESTS,
		       packets);
	weft_count_add(net, WEFT_MIB_OUT_OCTETS, weft_gso_octets(skb));
	trace_weft_send(skb);
	err = weft_neigh_output(net, skb, &flow->hop);
	if (err)
		weft_count_add(net, WEFT_MIB_OUT_DISCARDS, packets);
	return err;
}

/*
 * After POSTROUTING: whole or in parts. The packet is consumed. What lies between hooks is
 * inline, else its having a name of its own would cost more than the hooks.
 */
static inline int weft_output_parts(struct net *net, struct sk_buff *skb,
				    const struct weft_flow *flow)
{
	enum weft_drop reason = WEFT_DROP_NONE;

	if (weft_gso_longest(skb, WEFT_HDR_LEN) <= weft_fragment_mtu(skb, flow->mtu))
		return weft_output_link(net, skb, flow);
	if (weft_gso_several(skb) || weft_cb(skb)->dontfrag)
		reason = WEFT_DROP_TOO_BIG;	/* by another way than it was made for */
	else if (weft_cb(skb)->forwarded)
		reason = weft_forward_parts(net, skb, flow);
	else if (weft_gso_mark_whole(skb, flow->dev, flow->mtu))
		return weft_output_link(net, skb, flow);
	else
		return weft_fragment_output(net, skb, flow);
	if (!reason)
		return 0;
	weft_drop(net, skb, reason);
	return -EMSGSIZE;
}

/**
 * weft_output_hooked() - go on with a packet that somebody took from a hook
 * @net: namespace
 * @skb: packet from its network header on; consumed
 * @go: goes the way, which is found again
 *
 * Context: any but hard interrupts. Who took it may run anywhere; the rest may not.
 * Return: 0 or a negative errno.
 */
int weft_output_hooked(struct net *net, struct sk_buff *skb,
		       int (*go)(struct net *net, struct sk_buff *skb,
				 const struct weft_flow *flow))
{
	struct weft_flow flow;
	int err;

	local_bh_disable();
	rcu_read_lock();
	weft_cb_forget(skb);
	err = weft_hook_route(net, skb, &flow);
	if (err) {
		weft_drop(net, skb, WEFT_DROP_NO_ROUTE);
	} else {
		skb->dev = flow.dev;
		err = go(net, skb, &flow);
	}
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

/* After POSTROUTING, for who took a packet from it. */
static int weft_output_parts_ok(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return weft_output_hooked(net, skb, weft_output_parts);
}

/**
 * weft_output_way() - send a packet whose way is known
 * @net: namespace
 * @skb: packet from its network header on, its device and protocol set; consumed
 * @flow: its way
 *
 * Context: RCU read lock, the one that @flow was found under.
 * Return: 0 or a negative errno.
 */
int weft_output_way(struct net *net, struct sk_buff *skb, const struct weft_flow *flow)
{
	int go = weft_hook(net, NF_INET_POST_ROUTING, skb, NULL, flow->dev,
			   weft_output_parts_ok);

	return go == 1 ? weft_output_parts(net, skb, flow) : go;
}

/* After OUTPUT: back to this node, or out, or both. The packet is consumed. */
static inline int weft_output_routed(struct net *net, struct sk_buff *skb,
				     const struct weft_flow *flow)
{
	if (weft_cb(skb)->loop)
		weft_group_loop(net, skb);
	if (weft_cb(skb)->local && !weft_dev_loopback(flow->dev)) {
		consume_skb(skb);
		return 0;
	}
	return weft_output_way(net, skb, flow);
}

/* After OUTPUT, for who took a packet from it, or gave it another mark. */
static int weft_output_ok(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	return weft_output_hooked(net, skb, weft_output_routed);
}

/* The packet with room for headers in front of it; NULL, and counted, without memory. */
static struct sk_buff *weft_output_room(struct net *net, struct sk_buff *skb,
					const struct net_device *dev)
{
	unsigned int room = weft_output_headroom(dev);

	if (likely(skb_headroom(skb) >= room))
		return skb;
	skb = skb_expand_head(skb, room);
	if (!skb)
		weft_count(net, WEFT_MIB_OUT_DISCARDS);
	return skb;
}

/**
 * weft_output() - send a packet
 * @net: namespace
 * @skb: packet from its transport header on, best with weft_output_headroom(); it is
 *	consumed. Its owner and priority are set.
 * @flow: its way, from weft_route_output()
 * @out: the rest of the network header
 *
 * A packet longer than the way's MTU goes in fragments, which the device may leave to
 * a later one; it comes back whole. The parts of a train or a run are not fragmented.
 *
 * Context: RCU read lock, the one that @flow was found under.
 * Return: 0, -EMSGSIZE if the packet is too long, -ENOMEM, -EPERM or another errno of a
 * hook that dropped it, or what weft_output_link() returns.
 */
int weft_output(struct net *net, struct sk_buff *skb,
		const struct weft_flow *flow, const struct weft_output *out)
{
	unsigned int len = sizeof(struct weft_hdr) + skb->len;
	bool fits = weft_gso_longest(skb, 0) <= flow->mtu;
	u32 mark = skb->mark;
	int go;

	if (len > WEFT_LEN_MAX || (!fits && (out->dontfrag || skb_is_gso(skb)))) {
		weft_count(net, WEFT_MIB_FRAG_FAILS);
		weft_count(net, WEFT_MIB_OUT_DISCARDS);
		kfree_skb(skb);
		return -EMSGSIZE;
	}
	skb = weft_output_room(net, skb, flow->dev);
	if (!skb)
		return -ENOMEM;
	weft_output_header(skb, flow, out);
	skb->protocol = weft_ethertype;
	skb->dev = flow->dev;
	*weft_cb(skb) = (struct weft_cb){
		.loop = out->loop, .local = out->local, .dontfrag = out->dontfrag,
	};
	weft_cb_forget(skb);
	go = weft_hook(net, NF_INET_LOCAL_OUT, skb, NULL, flow->dev, weft_output_ok);
	if (go != 1)
		return go;
	if (unlikely(skb->mark != mark))
		return weft_output_ok(net, skb->sk, skb);
	return weft_output_routed(net, skb, flow);
}
