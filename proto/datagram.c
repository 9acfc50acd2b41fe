// SPDX-License-Identifier: GPL-2.0
/* Datagrams: the header, and the way of a received one to its socket. */
#include "datagram.h"
#include "error.h"
#include "header.h"
#include "input.h"
#include "message.h"
#include "socket.h"
#include "stats.h"

struct weft_port_table weft_dgram_ports;

static int weft_dgram_prepare(struct weft_sock *ws, struct sk_buff *skb,
			      struct weft_message *m)
{
	struct weft_dgram_hdr *dgram = (struct weft_dgram_hdr *)skb->data;

	if (!m->fport)
		return -EINVAL;
	dgram->sport = m->lport;
	dgram->dport = m->fport;
	dgram->len = cpu_to_be16(skb->len);
	return 0;
}

const struct weft_proto weft_dgram_proto = {
	.ports		= &weft_dgram_ports,
	.next		= WEFT_PROTO_DGRAM,
	.header_len	= sizeof(struct weft_dgram_hdr),
	.check_offset	= offsetof(struct weft_dgram_hdr, check),
	.privileged	= true,
	.sent		= WEFT_MIB_OUT_DGRAMS,
	.prepare	= weft_dgram_prepare,
};

static struct sock *weft_dgram_lookup(struct net *net, struct sk_buff *skb)
{
	const struct weft_dgram_hdr *dgram = (struct weft_dgram_hdr *)skb->data;
	struct weft_port_key key = {
		.laddr = weft_hdr(skb)->dst,
		.faddr = weft_hdr(skb)->src,
		.lport = dgram->dport,
		.fport = dgram->sport,
		.iif = weft_cb(skb)->iif,
	};

	return weft_port_lookup(&weft_dgram_ports, net, &key, skb);
}

/**
 * weft_dgram_rcv() - receive a datagram
 * @net: namespace
 * @skb: packet; its data begins with the datagram header
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_dgram_rcv(struct net *net, struct sk_buff *skb)
{
	enum weft_drop reason;
	struct sock *sk;

	if (!pskb_may_pull(skb, WEFT_DGRAM_LEN))
		return WEFT_DROP_DGRAM_SHORT;
	reason = weft_dgram_check((struct weft_dgram_hdr *)skb->data, skb->len);
	if (!reason)
		reason = weft_input_checksum(skb);
	if (reason)
		return reason;
	sk = weft_dgram_lookup(net, skb);
	if (!sk) {
		weft_error_unreach(net, skb, WEFT_UNREACH_PORT);
		return WEFT_DROP_NO_SOCKET;
	}
	reason = weft_sock_queue(sk, skb);
	if (!reason) {
		weft_count(net, WEFT_MIB_IN_DGRAMS);
		weft_count(net, WEFT_MIB_IN_DELIVERS);
	}
	return reason;
}
