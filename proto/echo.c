// SPDX-License-Identifier: GPL-2.0
/*
 * Echo sockets: a program writes an echo request, header included, and reads the
 * replies. The socket's port is the identifier, so that nobody reads another's.
 */
#include "echo.h"
#include "header.h"
#include "input.h"
#include "message.h"
#include "socket.h"
#include "stats.h"

struct weft_port_table weft_echo_ports;

static int weft_echo_prepare(struct weft_sock *ws, struct sk_buff *skb,
			     struct weft_message *m)
{
	struct weft_ctl_hdr *ctl;

	if (!pskb_may_pull(skb, WEFT_CTL_LEN))
		return -EINVAL;
	ctl = (struct weft_ctl_hdr *)skb->data;
	if (ctl->type != WEFT_CTL_ECHO_REQUEST || ctl->code)
		return -EINVAL;
	ctl->echo.id = m->lport;
	return 0;
}

const struct weft_proto weft_echo_proto = {
	.ports		= &weft_echo_ports,
	.next		= WEFT_PROTO_CONTROL,
	.check_offset	= offsetof(struct weft_ctl_hdr, check),
	.sent		= WEFT_MIB_OUT_ECHOS,
	.prepare	= weft_echo_prepare,
};

/**
 * weft_echo_rcv_reply() - receive an echo reply
 * @net: namespace
 * @skb: packet; its data begins with the control header, checked
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_echo_rcv_reply(struct net *net, struct sk_buff *skb)
{
	const struct weft_ctl_hdr *ctl = (struct weft_ctl_hdr *)skb->data;
	struct weft_port_key key = {
		.laddr = weft_hdr(skb)->dst,
		.faddr = weft_hdr(skb)->src,
		.lport = ctl->echo.id,
		.iif = weft_cb(skb)->iif,
	};
	enum weft_drop reason;
	struct sock *sk;

	sk = weft_port_lookup(&weft_echo_ports, net, &key, skb);
	if (!sk)
		return WEFT_DROP_NO_SOCKET;
	reason = weft_sock_queue(sk, skb);
	if (!reason) {
		weft_count(net, WEFT_MIB_IN_ECHO_REPLIES);
		weft_count(net, WEFT_MIB_IN_DELIVERS);
	}
	return reason;
}
