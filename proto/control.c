// SPDX-License-Identifier: GPL-2.0
/*
 * Control messages: how they are built and sent, and who takes a received one;
 * echo requests are answered here.
 */
#include "addr.h"
#include "control.h"
#include "device.h"
#include "ifaddr.h"
#include "echo.h"
#include "error.h"
#include "header.h"
#include "input.h"
#include "listener.h"
#include "neigh.h"
#include "output.h"
#include "redirect.h"
#include "router.h"
#include "source.h"
#include "stats.h"

/* Longer messages take their data from pages instead of one long buffer. */
#define WEFT_CTL_LINEAR_MAX	2048

/* @len bytes, not filled in. */
static struct sk_buff *weft_control_alloc(const struct weft_flow *flow,
					  unsigned int len)
{
	unsigned int headroom = weft_output_headroom(flow->dev);
	unsigned int linear = len > WEFT_CTL_LINEAR_MAX ? WEFT_CTL_LEN : len;
	struct sk_buff *skb;
	int err;

	skb = alloc_skb_with_frags(headroom + linear, len - linear,
				   PAGE_ALLOC_COSTLY_ORDER, &err, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_put(skb, linear);
	skb->data_len = len - linear;
	skb->len = len;
	return skb;
}

static int weft_control_output(struct net *net, struct sk_buff *skb,
			       const struct weft_flow *flow,
			       struct weft_output *out)
{
	out->next = WEFT_PROTO_CONTROL;
	weft_output_checksum(skb, flow, WEFT_PROTO_CONTROL,
			     offsetof(struct weft_ctl_hdr, check));
	return weft_output(net, skb, flow, out);
}

/**
 * weft_control_send() - send a control message of this node's own
 * @net: namespace
 * @flow: its way, from weft_route_output()
 * @msg: the message, its checksum zero
 * @len: its length, bytes
 * @hop_limit: 0 for the default
 *
 * Context: RCU read lock.
 * Return: 0, -ENOMEM, or what weft_output() returns.
 */
int weft_control_send(struct net *net, const struct weft_flow *flow,
		      const void *msg, unsigned int len, u8 hop_limit)
{
	struct weft_output out = { .hop_limit = hop_limit };
	struct sk_buff *skb;

	skb = weft_control_alloc(flow, len);
	if (!skb)
		return -ENOMEM;
	skb_store_bits(skb, 0, msg, len);
	return weft_control_output(net, skb, flow, &out);
}

/* The data behind the header, into the linear part and then the pages. */
static int weft_control_copy(struct sk_buff *skb, const struct weft_ctl_msg *msg)
{
	unsigned int done = skb_headlen(skb) - WEFT_CTL_LEN;
	const skb_frag_t *page;
	int i, err;

	err = skb_copy_bits(msg->skb, msg->offset, skb->data + WEFT_CTL_LEN, done);
	for (i = 0; !err && i < skb_shinfo(skb)->nr_frags; i++) {
		page = &skb_shinfo(skb)->frags[i];
		err = skb_copy_bits(msg->skb, msg->offset + done,
				    skb_frag_address(page), skb_frag_size(page));
		done += skb_frag_size(page);
	}
	return err;
}

static struct sk_buff *weft_control_build(const struct weft_flow *flow,
					  const struct weft_ctl_msg *msg)
{
	struct sk_buff *skb;

	skb = weft_control_alloc(flow, sizeof(msg->hdr) + msg->len);
	if (!skb)
		return NULL;
	memcpy(skb->data, &msg->hdr, sizeof(msg->hdr));
	if (weft_control_copy(skb, msg)) {
		kfree_skb(skb);
		return NULL;
	}
	return skb;
}

/* The source of an answer, and the link if that matters. */
static void weft_control_answer_from(struct net *net, const struct sk_buff *skb,
				     struct weft_flow *flow)
{
	const struct weft_hdr *hdr = weft_hdr(skb);
	int iif = weft_cb((struct sk_buff *)skb)->iif;
	const struct net_device *dev;

	if (weft_addr_needs_scope(&hdr->src))
		flow->oif = iif;
	if (weft_addr_group(&hdr->dst))
		return;
	if (weft_route_to_self(net, &hdr->dst, NULL)) {
		flow->src = hdr->dst;
		return;
	}
	if (weft_addr_linklocal(&hdr->src))
		return;
	/*
	 * While a fragment waited, or a hook held the packet, the device may have gone: the way
	 * back decides then.
	 */
	dev = dev_get_by_index_rcu(net, iif);
	if (dev)
		weft_source_select(net, dev, &hdr->src, &flow->src);
}

/**
 * weft_control_answer() - send a message to the sender of a packet
 * @net: namespace
 * @msg: the message and the packet
 *
 * It comes from the address that the packet was sent to if that is ours, else from
 * one of the device that the packet came by. Gateways may fragment it: nobody here
 * could tell an honest packet too big about it from a forged one. Context: softirq,
 * RCU read lock.
 *
 * Return: 0, -ENOMEM, or what weft_route_output() or weft_output() return.
 */
int weft_control_answer(struct net *net, struct weft_ctl_msg *msg)
{
	const struct weft_hdr *hdr = weft_hdr(msg->skb);
	struct weft_output out = {
		.class = msg->class,
		.flags = WEFT_FLAG_FRAGOK,
		.id = atomic_inc_return(&weft_net(net)->control_id),
	};
	struct weft_flow flow = { .dst = hdr->src };
	struct sk_buff *skb;
	int err;

	weft_control_answer_from(net, msg->skb, &flow);
	err = weft_route_output(net, &flow);
	if (err) {
		weft_count(net, WEFT_MIB_OUT_NO_ROUTES);
		return err;
	}
	skb = weft_control_build(&flow, msg);
	if (!skb)
		return -ENOMEM;
	return weft_control_output(net, skb, &flow, &out);
}

static enum weft_drop weft_control_echo(struct net *net, struct sk_buff *skb)
{
	const struct weft_ctl_hdr *ctl = (struct weft_ctl_hdr *)skb->data;
	struct weft_ctl_msg msg = {
		.hdr.type = WEFT_CTL_ECHO_REPLY,
		.hdr.echo = ctl->echo,
		.class = weft_hdr_class(weft_hdr(skb)),
		.skb = skb,
		.offset = WEFT_CTL_LEN,
		.len = skb->len - WEFT_CTL_LEN,
	};

	weft_count(net, WEFT_MIB_IN_ECHOS);
	if (!weft_control_answer(net, &msg))
		weft_count(net, WEFT_MIB_OUT_ECHO_REPLIES);
	weft_count(net, WEFT_MIB_IN_DELIVERS);
	consume_skb(skb);
	return WEFT_DROP_NONE;
}

/**
 * weft_control_rcv() - receive a control message
 * @net: namespace
 * @skb: packet; its data begins with the control header
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_control_rcv(struct net *net, struct sk_buff *skb)
{
	enum weft_drop reason;

	/* The quote of an error is read in place: have it in the linear part. */
	if (!pskb_may_pull(skb, WEFT_CTL_LEN) ||
	    !pskb_may_pull(skb, min(skb->len, WEFT_CTL_LEN + WEFT_QUOTE_MAX)))
		return WEFT_DROP_CONTROL_SHORT;
	reason = weft_input_checksum(skb);
	if (reason)
		return reason;

	switch (((struct weft_ctl_hdr *)skb->data)->type) {
	case WEFT_CTL_ECHO_REQUEST:
		return weft_control_echo(net, skb);
	case WEFT_CTL_ECHO_REPLY:
		return weft_echo_rcv_reply(net, skb);
	case WEFT_CTL_UNREACH:
	case WEFT_CTL_TOOBIG:
	case WEFT_CTL_TIME:
	case WEFT_CTL_PARAM:
		return weft_error_rcv(net, skb);
	case WEFT_CTL_NEIGH_SOLICIT:
	case WEFT_CTL_NEIGH_ANNOUNCE:
		return weft_neigh_rcv(net, skb);
	case WEFT_CTL_REDIRECT:
		return weft_redirect_rcv(net, skb);
	case WEFT_CTL_ROUTER_SOLICIT:
	case WEFT_CTL_ROUTER_ANNOUNCE:
		return weft_router_rcv(net, skb);
	case WEFT_CTL_GROUP_QUERY:
	case WEFT_CTL_GROUP_REPORT:
		return weft_membership_rcv(net, skb);
	}
	return WEFT_DROP_CONTROL_TYPE;
}
