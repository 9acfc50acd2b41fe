// SPDX-License-Identifier: GPL-2.0
/*
 * The error queue: errors about packets that a socket sent, for programs that ask
 * by WEFT_RECVERR; and what the core adds, such as the time of transmission.
 *
 * Each entry has a network header in front of it: of the error, or one made up that
 * holds the destination. addr_offset leads from there to the destination.
 */
#include <linux/errqueue.h>
#include "addr.h"
#include "ancillary.h"
#include "errqueue.h"
#include "header.h"
#include "input.h"

/* Of an error, to the destination in the header that it quotes. */
#define WEFT_QUOTED_DST	(WEFT_HDR_LEN + WEFT_CTL_LEN + \
			 offsetof(struct weft_hdr, dst))

static void weft_errqueue_put(struct sock *sk, struct sk_buff *skb)
{
	if (sock_queue_err_skb(sk, skb)) {
		atomic_inc(&sk->sk_drops);
		kfree_skb(skb);
	}
}

/**
 * weft_errqueue_add() - queue a received error
 * @sk: socket that sent the packet
 * @skb: the error; its data begins with the control header, the quoted headers are
 *	in the linear part. Not consumed.
 * @problem: what it says
 *
 * Context: softirq, RCU read lock.
 */
void weft_errqueue_add(struct sock *sk, const struct sk_buff *skb,
		       const struct weft_problem *problem)
{
	const struct weft_ctl_hdr *ctl = (struct weft_ctl_hdr *)skb->data;
	int iif = weft_cb((struct sk_buff *)skb)->iif;
	struct sock_exterr_skb *ext;
	struct sk_buff *own;

	own = skb_clone((struct sk_buff *)skb, GFP_ATOMIC);
	if (!own) {
		atomic_inc(&sk->sk_drops);
		return;
	}
	ext = SKB_EXT_ERR(own);
	memset(ext, 0, sizeof(*ext));
	ext->header.h4.iif = iif;
	ext->ee.ee_errno = problem->err;
	ext->ee.ee_origin = SO_EE_ORIGIN_WEFT;
	ext->ee.ee_type = ctl->type;
	ext->ee.ee_code = ctl->code;
	ext->ee.ee_info = problem->info;
	ext->addr_offset = WEFT_QUOTED_DST;
	ext->port = problem->port;
	own->dev = NULL;
	__skb_pull(own, min(WEFT_CTL_LEN + problem->payload, own->len));
	weft_errqueue_put(sk, own);
}

/**
 * weft_errqueue_local() - queue an error that sendmsg() met itself
 * @ws: socket; without WEFT_RECVERR nothing is done
 * @m: the message
 * @err: positive errno
 *
 * With EMSGSIZE goes the MTU that the message exceeded. Context: process.
 */
void weft_errqueue_local(struct weft_sock *ws, const struct weft_message *m,
			 int err)
{
	struct sock_exterr_skb *ext;
	struct weft_hdr *hdr;
	struct sk_buff *skb;

	if (!READ_ONCE(ws->opts.recv_err))
		return;
	skb = alloc_skb(sizeof(*hdr), GFP_KERNEL);
	if (!skb)
		return;
	hdr = skb_put_zero(skb, sizeof(*hdr));
	hdr->dst = m->flow.dst;
	skb_reset_network_header(skb);
	__skb_pull(skb, sizeof(*hdr));
	ext = SKB_EXT_ERR(skb);
	memset(ext, 0, sizeof(*ext));
	ext->header.h4.iif = m->flow.oif;
	ext->ee.ee_errno = err;
	ext->ee.ee_origin = SO_EE_ORIGIN_LOCAL;
	ext->ee.ee_info = err == EMSGSIZE ? m->flow.mtu : 0;
	ext->addr_offset = offsetof(struct weft_hdr, dst);
	ext->port = m->fport;
	weft_errqueue_put(&ws->sk, skb);
}

static void weft_errqueue_add_failed(struct weft_sock *ws,
				     const struct sk_buff *skb, int err,
				     const struct weft_quote *quote)
{
	struct sk_buff *own = skb_clone((struct sk_buff *)skb, GFP_ATOMIC);
	struct sock_exterr_skb *ext;

	if (!own) {
		atomic_inc(&ws->sk.sk_drops);
		return;
	}
	ext = SKB_EXT_ERR(own);
	memset(ext, 0, sizeof(*ext));
	ext->header.h4.iif = skb->dev->ifindex;
	ext->ee.ee_errno = err;
	ext->ee.ee_origin = SO_EE_ORIGIN_LOCAL;
	ext->addr_offset = offsetof(struct weft_hdr, dst);
	ext->port = quote->dport;
	own->dev = NULL;
	/* When it should have left is no time of a receipt. */
	own->tstamp = 0;
	__skb_pull(own, min_t(unsigned int, own->len,
			      quote->header_len + ws->proto->header_len));
	weft_errqueue_put(&ws->sk, own);
}

/**
 * weft_errqueue_failed() - tell a socket that a packet of its did not leave the node
 * @skb: the packet, from its network header on, owned by a socket of ours. Not
 *	consumed.
 * @err: positive errno
 *
 * Who is connected or has asked by WEFT_RECVERR is told, as of an error that came
 * back; the offender is the packet's source, this node. Of the fragments of a packet
 * the first tells. Context: process or softirq, RCU read lock.
 */
void weft_errqueue_failed(struct sk_buff *skb, int err)
{
	struct sock *sk = skb->sk;
	bool asked = READ_ONCE(weft_sk(sk)->opts.recv_err);
	struct weft_quote quote;

	if (!asked && sk->sk_state != TCP_ESTABLISHED)
		return;
	/* An answer or error that a raw socket sent has no ports to tell. */
	if (!weft_quote_parse(&quote, skb->data, skb_headlen(skb))) {
		if (weft_hdr(skb)->next == WEFT_PROTO_FRAGMENT)
			return;
		quote = (struct weft_quote) { .header_len = WEFT_HDR_LEN };
	}
	if (asked)
		weft_errqueue_add_failed(weft_sk(sk), skb, err, &quote);
	WRITE_ONCE(sk->sk_err, err);
	sk_error_report(sk);
}

static void weft_errqueue_name(struct sockaddr_weft *sa,
			       const struct weft_addr *addr, __be16 port,
			       int iif)
{
	memset(sa, 0, sizeof(*sa));
	sa->sweft_family = weft_family;
	sa->sweft_port = port;
	memcpy(&sa->sweft_addr, addr, sizeof(sa->sweft_addr));
	if (weft_addr_needs_scope(&sa->sweft_addr))
		sa->sweft_scope = iif;
}

/* What stays pending at the socket is the next error, as with UDP. */
static void weft_errqueue_next(struct sock *sk)
{
	struct sk_buff_head *queue = &sk->sk_error_queue;
	struct sk_buff *next;
	int err = 0;

	spin_lock_irq(&queue->lock);
	next = skb_peek(queue);
	if (next && SKB_EXT_ERR(next)->ee.ee_origin == SO_EE_ORIGIN_WEFT)
		err = SKB_EXT_ERR(next)->ee.ee_errno;
	WRITE_ONCE(sk->sk_err, err);
	spin_unlock_irq(&queue->lock);
}

/* The destination becomes the name, the error and its sender ancillary data. */
static void weft_errqueue_describe(struct weft_sock *ws, struct msghdr *msg,
				   struct sk_buff *skb)
{
	const struct sock_exterr_skb *ext = SKB_EXT_ERR(skb);
	const u8 *net = skb_network_header(skb);
	struct {
		struct sock_extended_err ee;
		struct sockaddr_weft offender;
	} data = { .ee = ext->ee };
	bool received = ext->ee.ee_origin == SO_EE_ORIGIN_WEFT;
	int iif = ext->header.h4.iif;

	if (msg->msg_name && ext->addr_offset) {
		weft_errqueue_name(msg->msg_name,
				   (void *)(net + ext->addr_offset), ext->port,
				   iif);
		msg->msg_namelen = sizeof(struct sockaddr_weft);
	}
	/* What the core adds has no header of ours; what sendmsg() met, no source. */
	if ((received || ext->ee.ee_origin == SO_EE_ORIGIN_LOCAL) &&
	    !weft_addr_any(&weft_hdr(skb)->src))
		weft_errqueue_name(&data.offender, &weft_hdr(skb)->src, 0, iif);
	if (received)
		weft_ancillary_recv(ws, msg, weft_hdr(skb), iif);
	put_cmsg(msg, SOL_WEFT, WEFT_RECVERR, sizeof(data), &data);
}

/**
 * weft_errqueue_recv() - receive an entry of the error queue
 * @ws: socket
 * @msg: where it goes; its name becomes the packet's destination
 * @len: room for what was sent, bytes
 *
 * Context: process.
 * Return: bytes received, -EAGAIN if the queue is empty, or -EFAULT.
 */
int weft_errqueue_recv(struct weft_sock *ws, struct msghdr *msg, size_t len)
{
	struct sk_buff *skb = sock_dequeue_err_skb(&ws->sk);
	size_t copied;
	int err;

	if (!skb)
		return -EAGAIN;
	if (SKB_EXT_ERR(skb)->ee.ee_origin == SO_EE_ORIGIN_WEFT)
		weft_errqueue_next(&ws->sk);
	copied = min_t(size_t, len, skb->len);
	if (copied < skb->len)
		msg->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_msg(skb, 0, msg, copied);
	if (!err) {
		sock_recv_timestamp(msg, &ws->sk, skb);
		weft_errqueue_describe(ws, msg, skb);
		msg->msg_flags |= MSG_ERRQUEUE;
		err = copied;
	}
	kfree_skb(skb);
	return err;
}
