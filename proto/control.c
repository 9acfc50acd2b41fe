// SPDX-License-Identifier: GPL-2.0
/*
 * Control messages: echo requests are answered, echo replies go to the socket
 * that asked, errors to the socket whose packet caused them.
 */
#include "addr.h"
#include "control.h"
#include "datagram.h"
#include "echo.h"
#include "header.h"
#include "input.h"
#include "output.h"
#include "socket.h"
#include "stats.h"

/**
 * struct weft_ctl_msg - a message in answer to a packet
 * @hdr: control header, its checksum not yet computed
 * @class: of the network header
 * @skb: where the data is copied from
 * @offset: of the data in @skb
 * @len: of the data
 */
struct weft_ctl_msg {
	struct weft_ctl_hdr	hdr;
	u8			class;
	const struct sk_buff	*skb;
	int			offset;
	unsigned int		len;
};

static struct sk_buff *weft_control_build(const struct weft_route *rt,
					  const struct weft_ctl_msg *msg)
{
	unsigned int headroom = weft_output_headroom(rt->dev);
	struct sk_buff *skb;

	skb = alloc_skb(headroom + sizeof(msg->hdr) + msg->len, GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, headroom);
	skb_put_data(skb, &msg->hdr, sizeof(msg->hdr));
	if (skb_copy_bits(msg->skb, msg->offset, skb_put(skb, msg->len),
			  msg->len)) {
		kfree_skb(skb);
		return NULL;
	}
	weft_output_checksum(skb, rt, WEFT_PROTO_CONTROL,
			     offsetof(struct weft_ctl_hdr, check));
	return skb;
}

/*
 * Sends @msg to the sender of @msg->skb; from the address that it was sent to,
 * or from that of its device if it was sent to a group. Softirq, RCU.
 */
static int weft_control_answer(struct net *net, struct weft_ctl_msg *msg)
{
	const struct weft_hdr *hdr = weft_hdr(msg->skb);
	struct weft_output out = {
		.next = WEFT_PROTO_CONTROL,
		.class = msg->class,
	};
	struct weft_route rt = {
		.dst = hdr->src,
		.oif = weft_cb((struct sk_buff *)msg->skb)->iif,
	};
	struct sk_buff *skb;
	int err;

	if (!weft_addr_group(&hdr->dst))
		rt.src = hdr->dst;
	err = weft_route_output(net, &rt);
	if (err) {
		weft_count(net, WEFT_MIB_OUT_NO_ROUTES);
		return err;
	}
	skb = weft_control_build(&rt, msg);
	if (!skb)
		return -ENOMEM;
	return weft_output(net, skb, &rt, &out);
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

/*
 * An error at a connected socket: it must quote a packet which that socket
 * sent, from an address of this node to the socket's peer.
 */
static enum weft_drop weft_control_error(struct net *net, struct sk_buff *skb)
{
	const struct weft_ctl_hdr *ctl = (struct weft_ctl_hdr *)skb->data;
	int err = weft_unreach_errno(ctl->code);
	struct weft_port_table *table;
	struct weft_port_key key;
	struct weft_quote quote;
	struct sock *sk;

	weft_count(net, WEFT_MIB_IN_UNREACHS);
	if (!weft_quote_parse(&quote, skb->data + WEFT_CTL_LEN,
			      skb_headlen(skb) - WEFT_CTL_LEN))
		return WEFT_DROP_CONTROL_QUOTE;
	table = quote.proto == WEFT_PROTO_DGRAM ? &weft_dgram_ports :
						  &weft_echo_ports;
	key = (struct weft_port_key) {
		.laddr = quote.src,
		.faddr = quote.dst,
		.lport = quote.sport,
		.fport = quote.dport,
		.iif = weft_cb(skb)->iif,
	};
	sk = weft_port_lookup(table, net, &key);
	if (!sk || sk->sk_state != TCP_ESTABLISHED)
		return WEFT_DROP_CONTROL_QUOTE;
	if (err) {
		WRITE_ONCE(sk->sk_err, err);
		sk_error_report(sk);
	}
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
		return weft_control_error(net, skb);
	}
	return WEFT_DROP_CONTROL_TYPE;
}

static bool weft_control_error_allowed(const struct sk_buff *skb)
{
	return skb->pkt_type != PACKET_MULTICAST &&
	       skb->pkt_type != PACKET_BROADCAST &&
	       weft_error_allowed(weft_hdr(skb), skb->data, skb_headlen(skb));
}

/**
 * weft_control_unreach() - tell a packet's sender that it was not delivered
 * @net: namespace
 * @skb: the packet; its data begins after the network header. Not consumed.
 * @code: WEFT_UNREACH_*
 *
 * Where the protocol forbids an answer or too many were sent, nothing is sent
 * (RFC 4443, section 2.4 e and f). Context: softirq, RCU read lock.
 */
void weft_control_unreach(struct net *net, struct sk_buff *skb, u8 code)
{
	struct weft_ctl_msg msg = {
		.hdr.type = WEFT_CTL_UNREACH,
		.hdr.code = code,
		.skb = skb,
		.offset = skb_network_offset(skb),
		.len = min(skb->len + WEFT_HDR_LEN, WEFT_QUOTE_MAX),
	};

	/* The first byte of a message tells whether it is an error. */
	if (skb->len && !pskb_may_pull(skb, 1))
		return;
	if (!weft_control_error_allowed(skb))
		return;
	if (!__ratelimit(&weft_net(net)->error_limit)) {
		weft_count(net, WEFT_MIB_OUT_ERRORS_LIMITED);
		return;
	}
	if (!weft_control_answer(net, &msg))
		weft_count(net, WEFT_MIB_OUT_UNREACHS);
}

void weft_control_init_net(struct weft_net *wn)
{
	/* 1000 in a second, in bursts of at most 100. */
	ratelimit_state_init(&wn->error_limit, HZ / 10, 100);
	ratelimit_set_flags(&wn->error_limit, RATELIMIT_MSG_ON_RELEASE);
}
