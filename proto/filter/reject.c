// SPDX-License-Identifier: GPL-2.0
/* Drops a packet and tells its sender: by a message, or if it is of this node, an errno. */
#include "../error.h"
#include "../header.h"
#include "../input.h"
#include "../stream.h"
#include "expr.h"
#include "field.h"
#include "reject.h"

/* A whole and sound segment, its data at its header; else the packet is as it was. */
static bool weft_reject_segment(struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr;

	if (weft_hdr(skb)->next != WEFT_PROTO_STREAM || !pskb_may_pull(skb, sizeof(*hdr)))
		return false;
	hdr = (struct weft_stream_hdr *)skb->data;
	return hdr->len >= sizeof(*hdr) && hdr->len <= skb->len &&
	       weft_input_checksum(skb) == WEFT_DROP_NONE;
}

/* A packet of this node's own that has not left it yet. */
static bool weft_reject_own(const struct weft_packet *packet)
{
	return packet->state->hook == NF_INET_LOCAL_OUT ||
	       (packet->state->hook == NF_INET_POST_ROUTING &&
		!weft_cb(packet->skb)->forwarded);
}

/**
 * weft_reject() - reject a packet
 * @packet: the packet
 * @expr: how
 *
 * Too many errors are not sent, and none about what the protocol has no answer to. Who
 * sends from this node gets the errno that the message would have brought.
 *
 * Context: RCU read lock, softirqs disabled.
 * Return: NF_DROP, or that with an errno.
 */
unsigned int weft_reject(struct weft_packet *packet, const struct weft_expr *expr)
{
	bool reset = expr->how == WEFT_FILTER_REJECT_RESET;
	struct net *net = packet->state->net;
	struct sk_buff *skb = packet->skb;
	int err;

	if (weft_reject_own(packet)) {
		reset &= weft_hdr(skb)->next == WEFT_PROTO_STREAM;
		err = reset ? ECONNREFUSED : weft_error_errno(WEFT_CTL_UNREACH, expr->code);
		return NF_DROP_ERR(-(err ?: EPERM));
	}
	__skb_pull(skb, WEFT_HDR_LEN);
	if (reset && weft_reject_segment(skb))
		weft_bare_reset(net, skb);
	else
		weft_error_unreach(net, skb, expr->code);
	__skb_push(skb, WEFT_HDR_LEN);
	return NF_DROP;
}
