// SPDX-License-Identifier: GPL-2.0
/*
 * Output, from top to bottom: checksum, network header, link-layer header,
 * device.
 */
#include "checksum.h"
#include "fragment.h"
#include "group_input.h"
#include "gso.h"
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
 * Return: 0, -EMSGSIZE if the packet is too long, -ENOMEM, or what
 * weft_output_link() returns.
 */
int weft_output(struct net *net, struct sk_buff *skb,
		const struct weft_flow *flow, const struct weft_output *out)
{
	unsigned int len = sizeof(struct weft_hdr) + skb->len;
	bool fits = weft_gso_longest(skb) <= flow->mtu;

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
	if (out->loop)
		weft_group_loop(net, skb);
	if (out->local && !weft_dev_loopback(flow->dev)) {
		consume_skb(skb);
		return 0;
	}
	if (!fits && !weft_gso_mark_whole(skb, flow->dev, flow->mtu))
		return weft_fragment_output(net, skb, flow);
	return weft_output_link(net, skb, flow);
}
