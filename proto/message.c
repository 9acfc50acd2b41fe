// SPDX-License-Identifier: GPL-2.0
/* Sending and receiving messages through a socket. */
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include "addr.h"
#include "input.h"
#include "output.h"
#include "socket.h"
#include "stats.h"

/* Larger packets take their payload from pages instead of one long buffer. */
#define WEFT_LINEAR_MAX		SKB_MAX_ORDER(WEFT_HEADROOM, 0)
#define WEFT_HEADROOM		(LL_MAX_HEADER + sizeof(struct weft_hdr))

/* --- sending -------------------------------------------------------------- */

/* The destination: that of the message, else the peer. */
static int weft_msg_dest(const struct weft_sock *ws, const struct msghdr *msg,
			 struct weft_route *rt, __be16 *fport)
{
	const struct sockaddr_weft *sa = msg->msg_name;

	if (sa && msg->msg_namelen < (int)sizeof(sa->sweft_family))
		return -EINVAL;
	rt->src = ws->laddr;
	if (!sa || sa->sweft_family == AF_UNSPEC) {
		if (ws->sk.sk_state != TCP_ESTABLISHED)
			return -EDESTADDRREQ;
		rt->dst = ws->faddr;
		rt->oif = weft_sock_iif(ws);
		*fport = ws->fport;
		return 0;
	}
	if (msg->msg_namelen < (int)sizeof(*sa) ||
	    sa->sweft_family != weft_family)
		return -EINVAL;
	rt->dst = sa->sweft_addr;
	if (weft_addr_any(&rt->dst))
		rt->dst = (struct weft_addr)WEFT_ADDR_LOOPBACK_INIT;
	*fport = sa->sweft_port;
	return weft_sock_dest(ws, sa, &rt->oif);
}

/* A packet with the message in it, charged to the socket; may sleep. */
static struct sk_buff *weft_msg_build(struct weft_sock *ws, struct msghdr *msg,
				      size_t len, int *err)
{
	size_t linear = ws->proto->header_len + len, paged = 0;
	struct sk_buff *skb;

	if (linear > WEFT_LINEAR_MAX) {
		paged = linear - sizeof(struct weft_ctl_hdr);
		linear = sizeof(struct weft_ctl_hdr);
	}
	skb = sock_alloc_send_pskb(&ws->sk, WEFT_HEADROOM + linear, paged,
				   msg->msg_flags & MSG_DONTWAIT, err,
				   PAGE_ALLOC_COSTLY_ORDER);
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

/* From the socket's packet to the device; consumes it. */
static int weft_msg_output(struct weft_sock *ws, struct sk_buff *skb,
			   struct weft_route *rt)
{
	struct net *net = sock_net(&ws->sk);
	struct weft_output out = {
		.next = ws->proto->next,
		.class = min_t(u32, skb->priority, WEFT_CLASS_MASK),
		.id = ws->id++,
	};
	int err;

	rcu_read_lock();
	err = weft_route_output(net, rt);
	if (err) {
		weft_count(net, WEFT_MIB_OUT_NO_ROUTES);
		kfree_skb(skb);
	} else {
		weft_output_checksum(skb, rt, ws->proto->next,
				     ws->proto->check_offset);
		err = weft_output(net, skb, rt, &out);
	}
	rcu_read_unlock();
	return err;
}

/**
 * weft_sendmsg() - send one message
 * @sock: socket
 * @msg: message; its name is the destination, NULL for the connected peer
 * @len: bytes of the message
 *
 * Context: process.
 * Return: @len or a negative errno. A packet that the device's queue had no room
 * for counts as sent, as with UDP.
 */
int weft_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct weft_sock *ws = weft_sk(sock->sk);
	struct sockcm_cookie sockc;
	struct weft_route rt = {};
	struct sk_buff *skb;
	__be16 lport, fport;
	int err;

	/* One call is one packet: nothing is held back for a further part. */
	if (msg->msg_flags & (MSG_OOB | MSG_MORE))
		return -EOPNOTSUPP;
	if (len > WEFT_LEN_MAX - sizeof(struct weft_hdr) - ws->proto->header_len)
		return -EMSGSIZE;
	err = weft_msg_dest(ws, msg, &rt, &fport);
	if (err)
		return err;
	sockcm_init(&sockc, &ws->sk);
	if (msg->msg_controllen) {
		err = sock_cmsg_send(&ws->sk, msg, &sockc);
		if (err)
			return err;
	}
	err = weft_sock_autobind(&ws->sk, &lport);
	if (err)
		return err;
	skb = weft_msg_build(ws, msg, len, &err);
	if (!skb)
		return err;
	err = ws->proto->prepare(skb, lport, fport);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	skb->priority = READ_ONCE(ws->sk.sk_priority);
	skb->mark = sockc.mark;
	err = weft_msg_output(ws, skb, &rt);
	if (!err)
		weft_count(sock_net(&ws->sk), ws->proto->sent);
	return err && err != -ENOBUFS ? err : len;
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
	/* A filter may cut the payload, never the header. */
	unsigned int keep = max_t(unsigned int, weft_sk(sk)->proto->header_len, 1);

	if (sk_filter_trim_cap(sk, skb, keep)) {
		atomic_inc(&sk->sk_drops);
		return WEFT_DROP_FILTER;
	}
	if (__sock_queue_rcv_skb(sk, skb))
		return WEFT_DROP_RCVBUF;
	return WEFT_DROP_NONE;
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
	unsigned int offset = ws->proto->header_len;
	struct sk_buff *skb;
	size_t size, copied;
	int err;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	/* Nothing is ever put on the error queue. */
	if (flags & MSG_ERRQUEUE)
		return -EAGAIN;
	skb = skb_recv_datagram(&ws->sk, flags, &err);
	if (!skb)
		return err;
	size = skb->len - offset;
	copied = min(len, size);
	if (copied < size)
		msg->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_msg(skb, offset, msg, copied);
	if (!err) {
		sock_recv_cmsgs(msg, &ws->sk, skb);
		weft_msg_name(msg, skb, ws);
		err = flags & MSG_TRUNC ? size : copied;
	}
	skb_free_datagram(&ws->sk, skb);
	return err;
}
