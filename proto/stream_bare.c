// SPDX-License-Identifier: GPL-2.0
/*
 * Segments without payload and without a socket: RST, answers to SYN, acknowledgments of
 * what is in TIME-WAIT.
 */
#include <linux/export.h>
#include <linux/ratelimit.h>
#include "net.h"
#include "output.h"
#include "route.h"
#include "stats.h"
#include "stream.h"

/**
 * weft_bare_send() - send a segment
 * @bare: the segment
 *
 * Context: softirq or process; any lock.
 * Return: 0, -ENOMEM, or what weft_route_output() or weft_output() returns.
 */
int weft_bare_send(struct weft_bare *bare)
{
	unsigned int opts = weft_stream_opts_len(&bare->opts, bare->hdr.flags);
	struct weft_output out = { .next = WEFT_PROTO_STREAM };
	struct weft_flow flow = {
		.dst = bare->faddr,
		.src = bare->laddr,
		.oif = bare->oif,
		.mark = bare->mark,
		.next = WEFT_PROTO_STREAM,
	};
	struct sk_buff *skb;
	int err;

	rcu_read_lock();
	err = weft_route_output(bare->net, &flow);
	if (err)
		goto out;
	skb = alloc_skb(weft_output_headroom(flow.dev) + WEFT_STREAM_LEN + opts,
			GFP_ATOMIC);
	if (!skb) {
		err = -ENOMEM;
		goto out;
	}
	skb_reserve(skb, weft_output_headroom(flow.dev));
	memcpy(skb_put(skb, WEFT_STREAM_LEN + opts), &bare->hdr, WEFT_STREAM_LEN);
	weft_stream_opts_write((struct weft_stream_hdr *)skb->data, &bare->opts);
	skb->mark = bare->mark;
	weft_output_checksum(skb, &flow, WEFT_PROTO_STREAM,
			     offsetof(struct weft_stream_hdr, check));
	err = weft_output(bare->net, skb, &flow, &out);
	if (!err)
		weft_count(bare->net, WEFT_MIB_OUT_SEGS);
out:
	rcu_read_unlock();
	return err;
}

/**
 * weft_bare_reset() - answer a segment that nobody is there for (RFC 9293, 3.10.7.1)
 * @net: namespace
 * @skb: the segment, its data at the checked stream header; not consumed
 *
 * A reset is not answered, nor is what came to a group or to many. Context: softirq, RCU
 * read lock.
 */
void weft_bare_reset(struct net *net, struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	u32 len = skb->len - hdr->len;
	struct weft_bare rst = {
		.net = net,
		.laddr = weft_hdr(skb)->dst,
		.faddr = weft_hdr(skb)->src,
		.mark = skb->mark,
		.hdr = {
			.sport = hdr->dport,
			.dport = hdr->sport,
			.flags = WEFT_STREAM_RST,
			.echo = hdr->stamp,
		},
	};

	if (hdr->flags & WEFT_STREAM_RST || weft_addr_group(&rst.laddr) ||
	    skb->pkt_type == PACKET_MULTICAST || skb->pkt_type == PACKET_BROADCAST)
		return;
	if (weft_addr_needs_scope(&rst.faddr) || weft_addr_needs_scope(&rst.laddr))
		rst.oif = weft_cb(skb)->iif;
	if (hdr->flags & WEFT_STREAM_ACK) {
		rst.hdr.seq = hdr->ack;
	} else {
		len += !!(hdr->flags & WEFT_STREAM_SYN) + !!(hdr->flags & WEFT_STREAM_FIN);
		rst.hdr.ack = cpu_to_be32(be32_to_cpu(hdr->seq) + len);
		rst.hdr.flags |= WEFT_STREAM_ACK;
	}
	if (!weft_bare_send(&rst))
		weft_count(net, WEFT_MIB_OUT_RSTS);
}
EXPORT_SYMBOL_GPL(weft_bare_reset);

/**
 * weft_bare_challenge_allowed() - take one challenge from what may be sent
 * @net: namespace
 *
 * RFC 5961, section 7. Context: any.
 * Return: false if too many were sent; that is counted.
 */
bool weft_bare_challenge_allowed(struct net *net)
{
	if (__ratelimit(&weft_net(net)->challenge_limit))
		return true;
	weft_count(net, WEFT_MIB_CHALLENGES_LIMITED);
	return false;
}
