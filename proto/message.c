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
#include "gso.h"
#include "input.h"
#include "memory.h"
#include "message.h"
#include "payload.h"
#include "route.h"
#include "route_cache.h"
#include "socket.h"
#include "stats.h"
#include "zerocopy.h"

/* --- sending -------------------------------------------------------------- */

/* The destination: that of the message, else the peer. */
static int weft_msg_dest(const struct weft_sock *ws, const struct msghdr *msg,
			 struct weft_message *m)
{
	const struct sockaddr_weft *sa = msg->msg_name;
	struct weft_flow *flow = &m->flow;

	if (sa && msg->msg_namelen < (int)sizeof(sa->sweft_family))
		return -EINVAL;
	flow->src = weft_sock_source(ws);
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
	if (!err && !weft_sock_may_send(ws, &m->flow.dst))
		err = -EACCES;
	if (!err && msg->msg_controllen)
		err = weft_ancillary_send(ws, msg, m);
	if (!err && !m->flow.oif && weft_addr_group(&m->flow.dst))
		m->flow.oif = READ_ONCE(ws->opts.group_if);
	return err ?: weft_sock_autobind(&ws->sk, &m->lport);
}

/**
 * weft_message_dress() - what a packet has from its message beside the bytes
 * @ws: socket
 * @skb: packet from its transport header on, which is filled in; freed on error
 * @m: message: priority, mark, time of transmission and time stamps
 * @err: negative errno
 *
 * Return: the packet or NULL.
 */
struct sk_buff *weft_message_dress(struct weft_sock *ws, struct sk_buff *skb,
				   struct weft_message *m, int *err)
{
	skb->priority = READ_ONCE(ws->sk.sk_priority);
	skb->mark = m->sockc.mark;
	skb_set_delivery_type_by_clockid(skb, ns_to_ktime(m->sockc.transmit_time),
					 ws->sk.sk_clockid);
	skb_setup_tx_timestamp(skb, &m->sockc);
	*err = ws->proto->prepare(ws, skb, m);
	if (!*err)
		return skb;
	kfree_skb(skb);
	return NULL;
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

/* The packet of a message, from its transport header on; NULL if it must not be. */
static struct sk_buff *weft_msg_build(struct weft_sock *ws, struct msghdr *msg,
				      size_t len, struct ubuf_info *uarg,
				      struct weft_message *m, int *err)
{
	struct sk_buff *skb;

	*err = -EMSGSIZE;
	if (len > weft_message_max(ws))
		return NULL;
	*err = -EINVAL;
	if (m->segment && len > m->segment * WEFT_TRAIN_MAX)
		return NULL;
	skb = weft_payload_packet(ws, msg, len, uarg, err);
	if (!skb)
		return NULL;
	if (m->segment && len > m->segment)
		weft_gso_mark_train(skb, m->segment);
	return weft_message_dress(ws, skb, m, err);
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

/* A probe may be longer than the path's MTU, but not than the link's. */
static void weft_msg_probe(struct net *net, struct weft_flow *flow)
{
	struct weft_dev *wdev = weft_dev_get(net, flow->dev->ifindex);

	if (wdev)
		flow->mtu = weft_dev_mtu(wdev);
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
	    !weft_route_to_self(net, &flow->src, NULL))
		return -EADDRNOTAVAIL;
	weft_msg_rules(ws, m);
	if (ws->sk.sk_state == TCP_ESTABLISHED)
		err = weft_route_cached(net, &ws->way, flow);
	else
		err = weft_route_output(net, flow);
	if (!err && (flags & MSG_DONTROUTE || sock_flag(&ws->sk, SOCK_LOCALROUTE)) &&
	    !weft_addr_equal(&flow->hop, &flow->dst))
		err = -ENETUNREACH;
	if (err) {
		weft_count(net, WEFT_MIB_OUT_NO_ROUTES);
		return err;
	}
	if (READ_ONCE(ws->opts.mtu_discover) == WEFT_PMTUDISC_PROBE)
		weft_msg_probe(net, flow);
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
	m->out.loop = weft_addr_group(&m->flow.dst) && READ_ONCE(ws->opts.group_loop);
	m->out.local = weft_addr_group(&m->flow.dst) && !m->out.hop_limit;
	m->out.class = class;
}

/* From the socket to the device; consumes the packet. RCU read lock. */
static int weft_msg_output(struct weft_sock *ws, struct weft_message *m,
			   struct sk_buff *skb)
{
	struct net *net = sock_net(&ws->sk);
	int packets = weft_gso_packets(skb), err;

	if (!ws->proto->raw || !READ_ONCE(ws->opts.hdrincl))
		m->out.id = atomic_add_return(packets, &ws->id) - packets + 1;
	skb_reset_transport_header(skb);
	if (m->check_offset >= 0)
		weft_output_checksum(skb, &m->flow, m->out.next, m->check_offset);
	weft_zerocopy_way(skb, &m->flow, sizeof(struct weft_hdr) + skb->len);
	err = weft_output(net, skb, &m->flow, &m->out);
	if (err == -ENOBUFS && !READ_ONCE(ws->opts.recv_err))
		err = 0;
	if (!err)
		weft_count_add(net, ws->proto->sent, packets);
	return err;
}

/* By the way that there is now; consumes the packet. */
static int weft_msg_send(struct weft_sock *ws, struct weft_message *m, int flags,
			 struct sk_buff *skb)
{
	int err;

	rcu_read_lock();
	err = weft_msg_route(ws, m, flags);
	if (!err) {
		weft_msg_header(ws, m);
		err = weft_msg_output(ws, m, skb);
	} else {
		kfree_skb(skb);
	}
	rcu_read_unlock();
	return err;
}

/**
 * weft_message_send() - send the packet of a message
 * @ws: socket
 * @m: message
 * @flags: MSG_DONTROUTE
 * @err: negative errno of what was done before, if @skb is NULL
 * @skb: from its transport header on; consumed
 *
 * Too long and unreachable messages are put on the error queue of sockets that ask
 * for it. Context: process.
 *
 * Return: @err or a negative errno of its own.
 */
int weft_message_send(struct weft_sock *ws, struct weft_message *m, int flags,
		      int err, struct sk_buff *skb)
{
	if (skb)
		err = weft_msg_send(ws, m, flags, skb);
	if (err == -EMSGSIZE || err == -EHOSTUNREACH)
		weft_errqueue_local(ws, m, -err);
	return err;
}

/* A message that is all there. */
static int weft_msg_whole(struct weft_sock *ws, struct msghdr *msg, size_t len,
			  struct ubuf_info *uarg)
{
	struct weft_message m = {};
	struct sk_buff *skb;
	int err;

	err = weft_message_init(ws, msg, &m);
	if (err)
		return err;
	skb = weft_msg_build(ws, msg, len, uarg, &m, &err);
	err = weft_message_send(ws, &m, msg->msg_flags, err, skb);
	return err ?: len;
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
	struct ubuf_info *uarg;
	int ret;

	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	ret = weft_zerocopy_begin(ws, msg, len, NULL, &uarg);
	if (ret)
		return ret;
	if (msg->msg_flags & WEFT_MSG_MORE || READ_ONCE(ws->cork)) {
		weft_zerocopy_copied(uarg);
		ret = weft_cork_sendmsg(ws, msg, len);
	} else {
		ret = weft_msg_whole(ws, msg, len, uarg);
	}
	if (ret < 0)
		net_zcopy_put_abort(uarg, true);
	else
		net_zcopy_put(uarg);
	return ret;
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
		atomic_add(weft_gso_packets(skb), &sk->sk_drops);
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
	if (weft_gso_train(skb))
		weft_ancillary_segment_size(msg, skb_shinfo(skb)->gso_size);
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
