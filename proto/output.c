// SPDX-License-Identifier: GPL-2.0
/*
 * Output, from top to bottom: checksum, network header, link-layer header,
 * device.
 */
#include "checksum.h"
#include "output.h"
#include "stats.h"
#include "trace.h"

/**
 * weft_output_checksum() - leave the checksum to the device or the core
 * @skb: packet; its data begins with the transport header
 * @rt: its way
 * @next: WEFT_PROTO_*
 * @offset: of the checksum field in the transport header, bytes
 *
 * Devices that cannot sum get the packet summed by the core.
 */
void weft_output_checksum(struct sk_buff *skb, const struct weft_route *rt,
			  u8 next, unsigned int offset)
{
	__sum16 *check = (__sum16 *)(skb->data + offset);

	*check = ~csum_fold(weft_pseudo_sum(&rt->src, &rt->dst, skb->len, next));
	skb_reset_transport_header(skb);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offset;
}

static void weft_output_header(struct sk_buff *skb, const struct weft_route *rt,
			       const struct weft_output *out)
{
	struct weft_hdr *hdr = skb_push(skb, sizeof(*hdr));

	skb_reset_network_header(skb);
	hdr->vc = WEFT_VERSION << 4 | out->class;
	hdr->flags = 0;
	hdr->len = cpu_to_be16(skb->len);
	hdr->id = cpu_to_be16(out->id);
	hdr->hop_limit = WEFT_HOP_LIMIT_DEFAULT;
	hdr->next = out->next;
	hdr->src = rt->src;
	hdr->dst = rt->dst;
}

/**
 * weft_output() - send a packet
 * @net: namespace
 * @skb: packet from its transport header on, with weft_output_headroom(); it is
 *	consumed. Its owner and priority are set.
 * @rt: its way, from weft_route_output()
 * @out: the rest of the network header
 *
 * Context: RCU read lock, the one that @rt was found under.
 * Return: 0, -EMSGSIZE if the packet exceeds the device's MTU, -ENOBUFS if the
 * device's queue is full, or another negative errno of the device.
 */
int weft_output(struct net *net, struct sk_buff *skb,
		const struct weft_route *rt, const struct weft_output *out)
{
	unsigned int len = sizeof(struct weft_hdr) + skb->len;
	struct net_device *dev = rt->dev;
	int err = -EMSGSIZE;

	if (len > min_t(unsigned int, READ_ONCE(dev->mtu), WEFT_LEN_MAX))
		goto discard;
	weft_output_header(skb, rt, out);
	skb->protocol = weft_ethertype;
	skb->dev = dev;
	weft_count(net, WEFT_MIB_OUT_REQUESTS);
	weft_count_add(net, WEFT_MIB_OUT_OCTETS, len);
	trace_weft_send(skb);

	err = dev_hard_header(skb, dev, be16_to_cpu(weft_ethertype), rt->mac,
			      NULL, skb->len);
	if (err < 0)
		goto discard;
	err = dev_queue_xmit(skb);
	if (err > 0)
		err = net_xmit_errno(err);
	if (err)
		weft_count(net, WEFT_MIB_OUT_DISCARDS);
	return err;
discard:
	weft_count(net, WEFT_MIB_OUT_DISCARDS);
	kfree_skb(skb);
	return err;
}
