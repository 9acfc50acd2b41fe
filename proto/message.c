// SPDX-License-Identifier: GPL-2.0
/* Sending and receiving messages through a socket. */
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <net/busy_poll.h>
#include "addr.h"
#include "ancillary.h"
#include "cork.h"
#include "ifaddr.h"
#include "errqueue.h"
#include "input.h"
#include "memory.h"
#include "message.h"
#include "socket.h"
#include "stats.h"

/* Larger packets take their payload from pages instead of one long buffer. */
#define WEFT_LINEAR_MAX		SKB_MAX_ORDER(WEFT_HEADROOM, 0)
#define WEFT_HEADROOM		(LL_MAX_HEADER + sizeof(struct weft_hdr))

/* Datagrams that one message may be cut into, as with UDP. */
#define WEFT_SEGMENTS_MAX	128

/* --- sending -------------------------------------------------------------- */

/* The destination: that of the message, else the peer. */
static int weft_msg_dest(const struct weft_sock *ws, const struct msghdr *msg,
			 struct weft_message *m)
{
	const struct sockaddr_weft *sa = msg->msg_name;
	struct weft_flow *flow = &m->flow;

	if (sa && msg->msg_namelen < (int)sizeof(sa->sweft_family))
		return -EINVAL;
	flow->src = ws->laddr;
	if (!sa || sa->sweft_family == AF_UNSPEC) {
		if (ws->sk.sk_state != TCP_ESTABLISHED)
			return -EDESTADDRREQ;
		flow->dst = ws->faddr;
		flow->oif = weft_sock_iif(ws);
		m->fport = ws->fport;
		return 0;
	}
	if (msg->msg_namelen < (int)sizeof(*sa) ||
	    sa->sweft_family != weft_family)
		return -EINVAL;
	flow->dst = sa->sweft_addr;
	if (weft_addr_any(&flow->dst))
		flow->dst = (struct weft_addr)WEFT_ADDR_LOOPBACK_INIT;
	m->fport = sa->sweft_port;
	return weft_sock_dest(ws, sa, &flow->oif);
}

/**
 * weft_message_init() - read what a program wants to send, but for the bytes
 * @ws: socket; gets a port if it has none
 * @msg: destination and ancillary data
 * @m: zero; filled in with these and what the socket's options say
 *
 * Context: process, without the socket lock.
 * Return: 0 or a negative errno.
 */
int weft_message_init(struct weft_sock *ws, struct msghdr *msg,
		      struct weft_message *m)
{
	int err;

	m->flow.mtu = WEFT_LEN_MAX;
	m->hop_limit = -1;
	m->class = -1;
	m->check_offset = ws->proto->check_offset;
	m->segment = READ_ONCE(ws->opts.segment);
	m->out.next = ws->sk.sk_protocol;
	if (READ_ONCE(ws->opts.mtu_discover) == WEFT_PMTUDISC_DONT)
		m->out.flags = WEFT_FLAG_FRAGOK;
	m->out.dontfrag = READ_ONCE(ws->opts.mtu_discover) >= WEFT_PMTUDISC_DO ||
			  (ws->proto->raw && READ_ONCE(ws->opts.hdrincl));
	sockcm_init(&m->sockc, &ws->sk);
	m->sockc.mark = READ_ONCE(ws->sk.sk_mark);
	err = weft_msg_dest(ws, msg, m);
	if (!err && msg->msg_controllen)
		err = weft_ancillary_send(ws, msg, m);
	if (!err && !m->flow.oif && weft_addr_group(&m->flow.dst))
		m->flow.oif = READ_ONCE(ws->opts.group_if);
	return err ?: weft_sock_autobind(&ws->sk, &m->lport);
}

/*
 * Room for @linear and @paged bytes, charged to the socket. The first one of a
 * message waits for room in the send buffer, the others go with it.
 */
static struct sk_buff *weft_msg_alloc(struct sock *sk, size_t linear,
				      size_t paged, bool first, int flags,
				      int *err)
{
	struct sk_buff *skb;

	if (first)
		return sock_alloc_send_pskb(sk, linear, paged,
					    flags & MSG_DONTWAIT, err,
					    PAGE_ALLOC_COSTLY_ORDER);
	skb = alloc_skb_with_frags(linear, paged, PAGE_ALLOC_COSTLY_ORDER, err,
				   sk->sk_allocation);
	if (skb)
		skb_set_owner_w(skb, sk);
	return skb;
}

/**
 * weft_message_part() - put bytes of a message into a packet
 * @ws: socket, which is charged
 * @msg: message
 * @len: how many of its bytes, from where it stands
 * @first: wait for room in the send buffer
 * @err: negative errno
 *
 * Context: process. Return: the packet with room for headers, or NULL.
 */
struct sk_buff *weft_message_part(struct weft_sock *ws, struct msghdr *msg,
				  size_t len, bool first, int *err)
{
	size_t linear = ws->proto->header_len + len, paged = 0;
	struct sk_buff *skb;

	if (linear > WEFT_LINEAR_MAX) {
		paged = linear - sizeof(struct weft_ctl_hdr);
		linear = sizeof(struct weft_ctl_hdr);
	}
	skb = weft_msg_alloc(&ws->sk, WEFT_HEADROOM + linear, paged, first,
			     msg->msg_flags, err);
	if (!skb)
		return NULL;
	skb_reserve(skb, WEFT_HEADROOM);
	skb_put(skb, linear);
	skb->data_len = paged;
	skb->len += paged;
	*err = skb_copy_datagram_from_iter(skb, ws->proto->header_len,
					   &msg->msg_iter, len);
	if (*err) {
		kfree_skb(skb);
		return NULL;
	}
	return skb;
}

/**
 * weft_message_dress() - what the packets of a message have in common
 * @ws: socket
 * @skb: packet; gets priority, mark and time of transmission
 * @m: message
 * @first: the message's time stamp is that of this packet
 */
void weft_message_dress(struct weft_sock *ws, struct sk_buff *skb,
			const struct weft_message *m, bool first)
{
	skb->priority = READ_ONCE(ws->sk.sk_priority);
	skb->mark = m->sockc.mark;
	skb_set_delivery_type_by_clockid(skb, ns_to_ktime(m->sockc.transmit_time),
					 ws->sk.sk_clockid);
	if (first)
		skb_setup_tx_timestamp(skb, &m->sockc);
}

/* The packets of a message, from their transport headers on. */
static int weft_msg_build(struct weft_sock *ws, struct msghdr *msg, size_t len,
			  struct weft_message *m, struct sk_buff_head *packets)
{
	size_t size = m->segment ?: len, part;
	struct sk_buff *skb;
	int err = 0;

	if (size && len > size * WEFT_SEGMENTS_MAX)
		return -EINVAL;
	do {
		part = min(len, size);
		skb = weft_message_part(ws, msg, part, skb_queue_empty(packets),
					&err);
		if (!skb)
			break;
		weft_message_dress(ws, skb, m, skb_queue_empty(packets));
		__skb_queue_tail(packets, skb);
		err = ws->proto->prepare(ws, skb, m);
		len -= part;
	} while (!err && len);
	return err;
}

/* What decides about the way beyond the addresses. */
static void weft_msg_rules(const struct weft_sock *ws, struct weft_message *m)
{
	m->flow.mark = m->sockc.mark;
	m->flow.uid = READ_ONCE(ws->sk.sk_uid);
	m->flow.next = m->out.next;
	m->flow.ports = (__force __be32)((__force u32)m->lport << 16 |
					 (__force u32)m->fport);
}

/* The way of the message. RCU read lock. */
static int weft_msg_route(struct weft_sock *ws, struct weft_message *m, int flags)
{
	struct net *net = sock_net(&ws->sk);
	struct weft_flow *flow = &m->flow;
	int err;

	/* An address that was bound before it is here is no source yet. */
	if (READ_ONCE(ws->opts.freebind) && !ws->proto->raw &&
	    !weft_addr_any(&flow->src) &&
	    !weft_ifaddr_lookup(net, &flow->src, NULL))
		return -EADDRNOTAVAIL;
	weft_msg_rules(ws, m);
	err = weft_route_output(net, flow);
	if (!err && (flags & MSG_DONTROUTE || sock_flag(&ws->sk, SOCK_LOCALROUTE)) &&
	    !weft_addr_equal(&flow->hop, &flow->dst))
		err = -ENETUNREACH;
	if (err) {
		weft_count(net, WEFT_MIB_OUT_NO_ROUTES);
		return err;
	}
	if (READ_ONCE(ws->opts.mtu_discover) == WEFT_PMTUDISC_PROBE)
		flow->mtu = min_t(unsigned int, READ_ONCE(flow->dev->mtu),
				  WEFT_LEN_MAX);
	if (m->segment && sizeof(struct weft_hdr) + ws->proto->header_len +
			  m->segment > flow->mtu)
		return -EMSGSIZE;
	return 0;
}

/* Hop limit and class: the message's, else the socket's, else the default. */
static void weft_msg_header(const struct weft_sock *ws, struct weft_message *m)
{
	int hops = m->hop_limit, class = m->class;

	if (hops < 0)
		hops = weft_addr_group(&m->flow.dst) ?
		       READ_ONCE(ws->opts.group_hops) :
		       READ_ONCE(ws->opts.hop_limit);
	if (class < 0)
		class = READ_ONCE(ws->opts.class);
	if (class < 0)
		class = min_t(u32, READ_ONCE(ws->sk.sk_priority),
			      WEFT_CLASS_MASK);
	m->out.hop_limit = max(hops, 0);
	m->out.class = class;
}

/* From the socket's packets to the device; consumes them. RCU read lock. */
static int weft_msg_output(struct weft_sock *ws, struct weft_message *m,
			   struct sk_buff_head *packets)
{
	struct net *net = sock_net(&ws->sk);
	struct sk_buff *skb;
	int err = 0, one;

	while ((skb = __skb_dequeue(packets))) {
		if (!ws->proto->raw || !READ_ONCE(ws->opts.hdrincl))
			m->out.id = atomic_inc_return(&ws->id);
		skb_reset_transport_header(skb);
		if (m->check_offset >= 0)
			weft_output_checksum(skb, &m->flow, m->out.next,
					     m->check_offset);
		one = weft_output(net, skb, &m->flow, &m->out);
		if (one == -ENOBUFS && !READ_ONCE(ws->opts.recv_err))
			one = 0;
		if (!one)
			weft_count(net, ws->proto->sent);
		err = err ?: one;
	}
	return err;
}

/* To the way that there is now; what is not sent stays in @packets. */
static int weft_msg_send(struct weft_sock *ws, struct weft_message *m, int flags,
			 struct sk_buff_head *packets)
{
	int err;

	rcu_read_lock();
	err = weft_msg_route(ws, m, flags);
	if (!err) {
		weft_msg_header(ws, m);
		/* A group within this node: on no link at all. */
		if (weft_addr_group(&m->flow.dst) && !m->out.hop_limit)
			__skb_queue_purge(packets);
		err = weft_msg_output(ws, m, packets);
	}
	rcu_read_unlock();
	return err;
}

/**
 * weft_message_max() - how long a message may be
 * @ws: socket
 *
 * Return: bytes that a packet has room for.
 */
size_t weft_message_max(const struct weft_sock *ws)
{
	if (ws->proto->raw && READ_ONCE(ws->opts.hdrincl))
		return WEFT_LEN_MAX;
	return WEFT_LEN_MAX - sizeof(struct weft_hdr) - ws->proto->header_len;
}

/**
 * weft_message_send() - send the packets of a message
 * @ws: socket
 * @m: message
 * @flags: MSG_DONTROUTE
 * @err: negative errno of what was done before, 0 to send
 * @packets: from their transport headers on; consumed
 *
 * Too long and unreachable messages are put on the error queue of sockets that ask
 * for it. Context: process.
 *
 * Return: @err or a negative errno of its own.
 */
int weft_message_send(struct weft_sock *ws, struct weft_message *m, int flags,
		      int err, struct sk_buff_head *packets)
{
	if (!err)
		err = weft_msg_send(ws, m, flags, packets);
	__skb_queue_purge(packets);
	if (err == -EMSGSIZE || err == -EHOSTUNREACH)
		weft_errqueue_local(ws, m, -err);
	return err;
}

/**
 * weft_sendmsg() - send one message, or a part of it with MSG_MORE
 * @sock: socket
 * @msg: message; its name is the destination, NULL for the connected peer
 * @len: bytes of the message
 *
 * Context: process.
 * Return: @len or a negative errno. A packet that the device's queue had no room
 * for counts as sent unless the socket has asked for errors, as with UDP.
 */
int weft_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct weft_sock *ws = weft_sk(sock->sk);
	struct weft_message m = {};
	struct sk_buff_head packets;
	int err;

	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (msg->msg_flags & WEFT_MSG_MORE || READ_ONCE(ws->cork))
		return weft_cork_sendmsg(ws, msg, len);
	err = weft_message_init(ws, msg, &m);
	if (err)
		return err;
	__skb_queue_head_init(&packets);
	err = len > weft_message_max(ws) ? -EMSGSIZE : 0;
	if (!err)
		err = weft_msg_build(ws, msg, len, &m, &packets);
	err = weft_message_send(ws, &m, msg->msg_flags, err, &packets);
	return err ?: len;
}

/* --- receiving ------------------------------------------------------------ */

/**
 * weft_sock_queue() - give a packet to its socket
 * @sk: socket
 * @skb: packet; its data begins with the transport header
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE if @skb was queued, else why it must be dropped.
 */
enum weft_drop weft_sock_queue(struct sock *sk, struct sk_buff *skb)
{
	unsigned int header_len = weft_sk(sk)->proto->header_len;

	/* A filter may cut the payload, never the header. */
	if (sk_filter_trim_cap(sk, skb, max(header_len, 1U))) {
		atomic_inc(&sk->sk_drops);
		return WEFT_DROP_FILTER;
	}
	if (sk->sk_state == TCP_ESTABLISHED) {
		sk_mark_napi_id(sk, skb);
		sk_incoming_cpu_update(sk);
	} else {
		sk_mark_napi_id_once(sk, skb);
	}
	__skb_pull(skb, header_len);
	return weft_memory_queue(sk, skb);
}

static void weft_msg_name(struct msghdr *msg, struct sk_buff *skb,
			  const struct weft_sock *ws)
{
	struct sockaddr_weft *sa = msg->msg_name;

	if (!sa)
		return;
	memset(sa, 0, sizeof(*sa));
	sa->sweft_family = weft_family;
	sa->sweft_addr = weft_hdr(skb)->src;
	if (ws->proto->next == WEFT_PROTO_DGRAM)
		sa->sweft_port =
			((struct weft_dgram_hdr *)skb_transport_header(skb))->sport;
	if (weft_addr_needs_scope(&sa->sweft_addr))
		sa->sweft_scope = weft_cb(skb)->iif;
	msg->msg_namelen = sizeof(*sa);
}

/* Moves SO_PEEK_OFF by what was read or peeked at. */
static void weft_msg_peeked(struct sock *sk, int len, int flags)
{
	if (READ_ONCE(sk->sk_peek_off) < 0)
		return;
	lock_sock(sk);
	sk_peek_offset_bwd(sk, flags & MSG_PEEK ? -len : len);
	release_sock(sk);
}

/* The message, from @offset on, to the program. */
static int weft_msg_read(struct weft_sock *ws, struct msghdr *msg,
			 struct sk_buff *skb, size_t len, int flags, int offset)
{
	size_t size = skb->len - offset;
	size_t copied = min(len, size);
	int err;

	if (copied < size)
		msg->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_msg(skb, offset, msg, copied);
	if (err)
		return err;
	sock_recv_cmsgs(msg, &ws->sk, skb);
	weft_msg_name(msg, skb, ws);
	weft_ancillary_recv(ws, msg, weft_hdr(skb), weft_cb(skb)->iif);
	copied = flags & MSG_TRUNC ? skb->len : copied;
	weft_msg_peeked(&ws->sk, copied, flags);
	return copied;
}

/**
 * weft_recvmsg() - receive one message
 * @sock: socket
 * @msg: where it goes; its name becomes the sender
 * @len: room for it, bytes
 * @flags: MSG_PEEK, MSG_TRUNC, MSG_DONTWAIT, MSG_ERRQUEUE
 *
 * Context: process.
 * Return: bytes received (with MSG_TRUNC, of the message), 0 after shutdown, or
 * a negative errno.
 */
int weft_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags)
{
	struct weft_sock *ws = weft_sk(sock->sk);
	int offset = sk_peek_offset(&ws->sk, flags);
	struct sk_buff *skb;
	int err;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (flags & MSG_ERRQUEUE)
		return weft_errqueue_recv(ws, msg, len);
	skb = __skb_recv_datagram(&ws->sk, &ws->sk.sk_receive_queue, flags,
				  &offset, &err);
	if (!skb)
		return err;
	if (!(flags & MSG_PEEK))
		weft_memory_release(&ws->sk, skb);
	err = weft_msg_read(ws, msg, skb, len, flags, offset);
	consume_skb(skb);
	return err;
}
