// SPDX-License-Identifier: GPL-2.0
/* Datagrams: the header, and the way of a received one to its socket. */
#include "addr.h"
#include "datagram.h"
#include "error.h"
#include "group_input.h"
#include "gso.h"
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

static struct weft_port_key weft_dgram_key(struct sk_buff *skb)
{
	const struct weft_dgram_hdr *dgram = (struct weft_dgram_hdr *)skb->data;

	return (struct weft_port_key) {
		.laddr = weft_hdr(skb)->dst,
		.faddr = weft_hdr(skb)->src,
		.lport = dgram->dport,
		.fport = dgram->sport,
		.iif = weft_cb(skb)->iif,
	};
}

/**
 * weft_dgram_any_coalesces() - has a socket asked for merged datagrams?
 * @net: namespace
 *
 * Return: true if one has, whatever its port.
 */
bool weft_dgram_any_coalesces(const struct net *net)
{
	return atomic_read(&weft_net(net)->coalescers);
}

/**
 * weft_dgram_coalesces() - does the socket of a datagram want it merged with others?
 * @net: namespace
 * @hdrs: the datagram's headers, not checked
 * @iif: interface index that it came by
 *
 * A guess: it is right for devices that nothing is stacked on. Context: softirq, RCU
 * read lock.
 *
 * Return: true if it does.
 */
bool weft_dgram_coalesces(struct net *net, const struct weft_dgram_hdrs *hdrs,
			  int iif)
{
	const struct weft_port_key key = {
		.laddr = hdrs->net.dst,
		.faddr = hdrs->net.src,
		.lport = hdrs->dgram.dport,
		.fport = hdrs->dgram.sport,
		.iif = iif,
	};
	struct sock *sk;

	if (weft_addr_group(&key.laddr))
		return false;
	sk = weft_port_lookup(&weft_dgram_ports, net, &key, NULL);
	return sk && READ_ONCE(weft_sk(sk)->opts.coalesce);
}

static enum weft_drop weft_dgram_queue(struct net *net, struct sk_buff *skb,
				       void *sk)
{
	unsigned int packets = weft_gso_packets(skb);
	enum weft_drop reason = weft_sock_queue(sk, skb);

	if (!reason) {
		weft_count_add(net, WEFT_MIB_IN_DGRAMS, packets);
		weft_count_add(net, WEFT_MIB_IN_DELIVERS, packets);
	}
	return reason;
}

/**
 * weft_dgram_rcv() - receive a datagram or a train of them
 * @net: namespace
 * @skb: packet; its data begins with the datagram header
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_dgram_rcv(struct net *net, struct sk_buff *skb)
{
	struct weft_port_key key;
	enum weft_drop reason;
	struct sock *sk;

	if (!pskb_may_pull(skb, WEFT_DGRAM_LEN))
		return WEFT_DROP_DGRAM_SHORT;
	reason = weft_dgram_check((struct weft_dgram_hdr *)skb->data, skb->len);
	if (!reason)
		reason = weft_input_checksum(skb);
	if (reason)
		return reason;
	key = weft_dgram_key(skb);
	if (weft_addr_group(&key.laddr))
		return weft_group_deliver(&weft_dgram_ports, net, &key, skb);
	sk = weft_port_lookup(&weft_dgram_ports, net, &key, skb);
	if (!sk) {
		weft_error_unreach(net, skb, WEFT_UNREACH_PORT);
		return WEFT_DROP_NO_SOCKET;
	}
	if (weft_gso_train(skb) && !READ_ONCE(weft_sk(sk)->opts.coalesce))
		return weft_gso_each(net, skb, weft_dgram_queue, sk);
	return weft_dgram_queue(net, skb, sk);
}
