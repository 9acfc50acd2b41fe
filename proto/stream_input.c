// SPDX-License-Identifier: GPL-2.0
/*
 * A segment's way in: its socket, then the checks of RFC 9293, 3.10.7, in their order.
 * stream_ack.c takes the acknowledgment, stream_data.c the payload.
 *
 * Each step returns WEFT_DROP_NONE or why the segment dies; who has taken the segment
 * says so by clearing the pointer.
 */
#include <linux/filter.h>
#include <net/busy_poll.h>
#include <net/inet_ecn.h>
#include "addr.h"
#include "errqueue.h"
#include "exception.h"
#include "gso.h"
#include "header.h"
#include "listen.h"
#include "net.h"
#include "stats.h"
#include "stream.h"
#include "timewait.h"
#include "trace.h"

/* --- the connection's side ----------------------------------------------------------- */

/* Time stamps are as old as the last one that counted, or the segment is (RFC 7323, 5.3). */
static bool weft_stream_stale(const struct weft_stream *st, u32 stamp)
{
	return weft_seq_before(stamp, st->rcv.stamp) &&
	       ktime_get_seconds() < st->rcv.stamp_at + WEFT_PAWS_S;
}

/* RFC 9293, 3.10.7.4, the table; a segment that ends where the window begins is a repeat. */
static bool weft_stream_acceptable(const struct weft_stream *st, u32 seq, u32 end)
{
	return !weft_seq_before(end, st->rcv.acked) &&
	       !weft_seq_after(seq, st->rcv.window.right);
}

/* RFC 5961, 3.2: what is next, or, as we have told, behind all that came out of order. */
static bool weft_stream_reset_valid(const struct weft_stream *st, u32 seq)
{
	const struct weft_reorder *r = &st->rcv.reorder;

	if (seq == st->rcv.nxt)
		return true;
	if (weft_seq_between(st->rcv.nxt - 1, seq, seq) &&
	    weft_stream_in(&st->ws.sk, TCPF_CLOSE_WAIT | TCPF_LAST_ACK | TCPF_CLOSING))
		return true;
	return r->n_sacks && seq == r->sack[0].end;
}

static enum weft_drop weft_stream_reset(struct weft_stream *st,
					const struct weft_stream_hdr *hdr)
{
	struct sock *sk = weft_stream_sk(st);
	int err = ECONNRESET;

	if (!weft_stream_reset_valid(st, be32_to_cpu(hdr->seq))) {
		weft_stream_challenge(st);
		return WEFT_DROP_STREAM_RESET;
	}
	weft_count(sock_net(sk), WEFT_MIB_ESTAB_RESETS);
	if (sk->sk_state == TCP_CLOSE_WAIT)
		err = EPIPE;
	weft_stream_fail(sk, err);
	return WEFT_DROP_STREAM_RESET;
}

/*
 * Tells where this end is. Two ends that disagree must not answer each other's answers for
 * ever: without payload, one in half a second is answered.
 */
static void weft_stream_correct(struct weft_stream *st, u32 seq, u32 end)
{
	if (seq == end && time_before(jiffies, st->rcv.corrected + HZ / 2))
		return;
	st->rcv.corrected = jiffies;
	if (seq != end && weft_seq_before(seq, st->rcv.nxt))
		weft_reorder_dsack(&st->rcv.reorder, seq, end);
	weft_stream_send_ack(st);
}

/* First to fourth: stamp, sequence number, RST, SYN. */
static enum weft_drop weft_stream_validate(struct weft_stream *st, struct sk_buff *skb,
					   const struct weft_stream_hdr *hdr)
{
	u32 seq = be32_to_cpu(hdr->seq);
	u32 end = seq + skb->len - hdr->len + !!(hdr->flags & WEFT_STREAM_FIN);
	bool reset = hdr->flags & WEFT_STREAM_RST;

	if (!reset && weft_stream_stale(st, be32_to_cpu(hdr->stamp))) {
		weft_stream_correct(st, seq, end);
		return WEFT_DROP_STREAM_STAMP;
	}
	if (!weft_stream_acceptable(st, seq, end)) {
		if (reset)
			return WEFT_DROP_STREAM_WINDOW;
		if (hdr->flags & WEFT_STREAM_SYN) {
			weft_stream_challenge(st);
			return WEFT_DROP_STREAM_SYN;
		}
		weft_stream_correct(st, seq, end);
		return WEFT_DROP_STREAM_WINDOW;
	}
	if (reset)
		return weft_stream_reset(st, hdr);
	if (hdr->flags & WEFT_STREAM_SYN) {
		weft_stream_challenge(st);
		return WEFT_DROP_STREAM_SYN;
	}
	return hdr->flags & WEFT_STREAM_ACK ? WEFT_DROP_NONE : WEFT_DROP_STREAM_ACK;
}

/* The stamp to be echoed is that of the oldest segment not acknowledged (RFC 7323, 4.3). */
static void weft_stream_keep_stamp(struct weft_stream *st,
				   const struct weft_stream_hdr *hdr)
{
	if (weft_seq_after(be32_to_cpu(hdr->seq), st->rcv.acked))
		return;
	st->rcv.stamp = be32_to_cpu(hdr->stamp);
	st->rcv.stamp_at = ktime_get_seconds();
}

/* Marks of the network layer, and the peer's answer to those that were told of. */
static void weft_stream_marks(struct weft_stream *st, struct sk_buff *skb,
			      const struct weft_stream_hdr *hdr)
{
	if (!st->snd.ecn)
		return;
	if (hdr->flags & WEFT_STREAM_CWR)
		st->rcv.mark = false;
	if ((weft_hdr(skb)->flags & WEFT_ECN_MASK) == INET_ECN_CE) {
		st->rcv.mark = true;
		st->rcv.marks++;
		st->rcv.ack_now = true;
	}
}

/* Sixth to eighth: acknowledgment, payload, FIN; then what there is to be sent. */
static enum weft_drop weft_stream_synchronized(struct weft_stream *st, struct sk_buff **pskb,
					       const struct weft_stream_opts *opts)
{
	struct sk_buff *skb = *pskb;
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	struct sock *sk = weft_stream_sk(st);
	bool ended = hdr->flags & (WEFT_STREAM_PSH | WEFT_STREAM_FIN);
	unsigned int len = skb->len - hdr->len;
	enum weft_drop reason;

	reason = weft_stream_validate(st, skb, hdr);
	if (reason)
		return reason;
	st->rcv.heard = jiffies;
	st->rcv.segs += weft_gso_packets(skb);
	weft_stream_keep_stamp(st, hdr);
	weft_stream_marks(st, skb, hdr);
	reason = weft_stream_ack(st, skb, hdr, opts);
	if (reason || sk->sk_state == TCP_CLOSE)
		return reason;
	if (len || hdr->flags & WEFT_STREAM_FIN)
		reason = weft_stream_data(st, pskb);
	if (sk->sk_state == TCP_CLOSE)
		return reason;
	weft_stream_push(st, false);
	weft_stream_ack_wanted(st, ended);
	if (sk->sk_state == TCP_FIN_WAIT2 && sock_flag(sk, SOCK_DEAD))
		weft_stream_half_closed(st);
	return reason;
}

/* --- SYN-SENT ---------------------------------------------------------------------------- */

static void weft_stream_take_syn(struct weft_stream *st,
				 const struct weft_stream_hdr *hdr,
				 const struct weft_stream_opts *opts)
{
	st->rcv.irs = be32_to_cpu(hdr->seq);
	st->rcv.nxt = st->rcv.irs + 1;
	st->rcv.read = st->rcv.nxt;
	st->rcv.acked = st->rcv.nxt;
	st->rcv.stamp = be32_to_cpu(hdr->stamp);
	st->rcv.stamp_at = ktime_get_seconds();
	st->snd.peer_mss = opts->mss ?: WEFT_STREAM_MSS_DEFAULT;
	st->snd.wnd = be32_to_cpu(hdr->window);
	st->snd.wnd_max = st->snd.wnd;
	st->snd.wl1 = be32_to_cpu(hdr->seq);
	weft_stream_offered(st);
}

/* SYN,ACK: open. */
static void weft_stream_opened(struct weft_stream *st, const struct weft_stream_hdr *hdr,
			       const struct weft_stream_opts *opts)
{
	struct sock *sk = weft_stream_sk(st);

	weft_stream_take_syn(st, hdr, opts);
	st->snd.ecn = (hdr->flags & (WEFT_STREAM_ECE | WEFT_STREAM_CWR)) == WEFT_STREAM_ECE;
	weft_stream_syn_acked(st, be32_to_cpu(hdr->echo));
	weft_stream_established(sk);
	if (!sock_flag(sk, SOCK_DEAD)) {
		sk->sk_state_change(sk);
		sk_wake_async(sk, SOCK_WAKE_IO, POLL_OUT);
	}
}

/* RFC 9293, 3.10.7.3. */
static enum weft_drop weft_stream_syn_sent(struct weft_stream *st, struct sk_buff **pskb,
					   const struct weft_stream_opts *opts)
{
	struct sk_buff *skb = *pskb;
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	struct sock *sk = weft_stream_sk(st);
	bool ack = hdr->flags & WEFT_STREAM_ACK;

	/* A stamp that was never sent is no better than a number that was not. */
	if (ack && (be32_to_cpu(hdr->ack) != st->snd.nxt ||
		    !weft_seq_between(be32_to_cpu(hdr->echo), st->snd.resent_stamp,
				      weft_stream_stamp(st)))) {
		weft_bare_reset(sock_net(sk), skb);
		return WEFT_DROP_STREAM_ACK;
	}
	if (hdr->flags & WEFT_STREAM_RST) {
		if (ack)
			weft_stream_fail(sk, ECONNREFUSED);
		return WEFT_DROP_STREAM_RESET;
	}
	if (!(hdr->flags & WEFT_STREAM_SYN))
		return WEFT_DROP_STREAM_ACK;
	if (opts->kind != st->kind) {
		weft_bare_reset(sock_net(sk), skb);
		weft_stream_fail(sk, EPROTOTYPE);
		return WEFT_DROP_STREAM_SYN;
	}
	if (!ack) {
		/* Both at once. */
		weft_stream_take_syn(st, hdr, opts);
		st->snd.ecn = false;
		weft_stream_set_state(sk, TCP_SYN_RECV);
		weft_stream_send_syn(st, true);
		return WEFT_DROP_NONE;
	}
	weft_stream_opened(st, hdr, opts);
	if (!weft_stream_push(st, false))
		weft_stream_send_ack(st);
	return WEFT_DROP_NONE;
}

/* After a simultaneous open. */
static enum weft_drop weft_stream_syn_received(struct weft_stream *st,
					       struct sk_buff **pskb,
					       const struct weft_stream_opts *opts)
{
	struct sk_buff *skb = *pskb;
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	struct sock *sk = weft_stream_sk(st);
	enum weft_drop reason;

	/* The SYN,ACK of the other side repeats its SYN. */
	if (hdr->flags & WEFT_STREAM_SYN && be32_to_cpu(hdr->seq) == st->rcv.irs &&
	    hdr->flags & WEFT_STREAM_ACK && be32_to_cpu(hdr->ack) == st->snd.nxt) {
		weft_stream_opened(st, hdr, opts);
		if (!weft_stream_push(st, false))
			weft_stream_send_ack(st);
		return WEFT_DROP_NONE;
	}
	if (hdr->flags & WEFT_STREAM_RST) {
		if (be32_to_cpu(hdr->seq) == st->rcv.nxt)
			weft_stream_fail(sk, ECONNREFUSED);
		return WEFT_DROP_STREAM_RESET;
	}
	reason = weft_stream_validate(st, skb, hdr);
	if (reason)
		return reason;
	if (be32_to_cpu(hdr->ack) != st->snd.nxt) {
		weft_bare_reset(sock_net(sk), skb);
		return WEFT_DROP_STREAM_ACK;
	}
	weft_stream_syn_acked(st, be32_to_cpu(hdr->echo));
	st->snd.wnd = be32_to_cpu(hdr->window);
	weft_stream_established(sk);
	if (!sock_flag(sk, SOCK_DEAD)) {
		sk->sk_state_change(sk);
		sk_wake_async(sk, SOCK_WAKE_IO, POLL_OUT);
	}
	return weft_stream_synchronized(st, pskb, opts);
}

/* --- to the socket ---------------------------------------------------------------------------- */

static struct weft_port_key weft_stream_key(struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;

	return (struct weft_port_key) {
		.laddr = weft_hdr(skb)->dst,
		.faddr = weft_hdr(skb)->src,
		.lport = hdr->dport,
		.fport = hdr->sport,
		.iif = weft_cb(skb)->iif,
	};
}

/* By the socket's state; what was taken is NULL then. Socket lock. */
static enum weft_drop weft_stream_dispatch(struct sock *sk, struct sk_buff **pskb)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)(*pskb)->data;
	struct weft_stream *st = weft_stream(sk);
	struct weft_stream_opts opts;
	struct weft_port_key key;
	enum weft_drop reason;

	if (sk_filter_trim_cap(sk, *pskb, hdr->len))
		return WEFT_DROP_FILTER;
	hdr = (struct weft_stream_hdr *)(*pskb)->data;
	if (!weft_stream_opts_parse(hdr, &opts))
		return WEFT_DROP_STREAM_OPTION;
	weft_stream_tick(st);
	switch (sk->sk_state) {
	case TCP_CLOSE:
		weft_bare_reset(sock_net(sk), *pskb);
		return WEFT_DROP_STREAM_CLOSED;
	case TCP_LISTEN:
		key = weft_stream_key(*pskb);
		/* A new connection is locked, and softirqs may want it: not in the backlog. */
		local_bh_disable();
		reason = weft_listen_rcv(sk, *pskb, &key, &opts,
					 weft_stream_cb(*pskb)->piece.seq);
		local_bh_enable();
		if (!reason)
			*pskb = NULL;
		return reason;
	case TCP_SYN_SENT:
		return weft_stream_syn_sent(st, pskb, &opts);
	case TCP_SYN_RECV:
		return weft_stream_syn_received(st, pskb, &opts);
	}
	return weft_stream_synchronized(st, pskb, &opts);
}

/**
 * weft_stream_backlog_rcv() - take a segment for a socket
 * @sk: socket
 * @skb: segment, its data at the checked stream header; consumed
 *
 * Context: socket lock, softirqs disabled or process.
 * Return: 0.
 */
int weft_stream_backlog_rcv(struct sock *sk, struct sk_buff *skb)
{
	struct net *net = sock_net(sk);
	enum weft_drop reason;

	rcu_read_lock();
	reason = weft_stream_dispatch(sk, &skb);
	if (reason && skb) {
		weft_drop(net, skb, reason);
	} else {
		weft_count(net, WEFT_MIB_IN_DELIVERS);
		consume_skb(skb);
	}
	rcu_read_unlock();
	weft_stream_account(weft_stream(sk));
	return 0;
}

/* Now, or when the program that has the lock lets go. */
static enum weft_drop weft_stream_deliver(struct sock *sk, struct sk_buff *skb)
{
	enum weft_drop reason = WEFT_DROP_NONE;
	unsigned int limit;

	/* A device that is going away does not wait for the backlog. */
	bh_lock_sock_nested(sk);
	if (sk->sk_state != TCP_LISTEN) {
		sk_mark_napi_id(sk, skb);
		sk_incoming_cpu_update(sk);
	}
	if (!sock_owned_by_user(sk)) {
		weft_stream_backlog_rcv(sk, skb);
	} else {
		/* What the window allows twice, while a program reads, and acknowledgments. */
		limit = 2 * READ_ONCE(sk->sk_rcvbuf) + (READ_ONCE(sk->sk_sndbuf) >> 1) +
			(64 << 10);
		skb->dev = NULL;
		if (sk_add_backlog(sk, skb, limit))
			reason = WEFT_DROP_STREAM_BACKLOG;
	}
	bh_unlock_sock(sk);
	return reason;
}

/* A SYN that ends TIME-WAIT goes to who listens now. */
static enum weft_drop weft_stream_to_listener(struct net *net, struct sk_buff *skb,
					      const struct weft_port_key *key, u32 isn)
{
	struct sock *sk = weft_listen_lookup(net, key, skb);

	if (!sk) {
		weft_bare_reset(net, skb);
		return WEFT_DROP_NO_SOCKET;
	}
	/* For weft_listen_rcv(). */
	weft_stream_cb(skb)->piece.seq = isn;
	if (isn)
		weft_count(net, WEFT_MIB_TIMEWAIT_REUSED);
	return weft_stream_deliver(sk, skb);
}

static enum weft_drop weft_stream_find(struct net *net, struct sk_buff *skb)
{
	struct weft_port_key key = weft_stream_key(skb);
	struct weft_conn *conn = weft_conn_lookup(net, &key);
	enum weft_drop reason;
	u32 isn = 0;

	if (conn && conn->kind == WEFT_CONN_STREAM)
		return weft_stream_deliver(weft_stream_sk(weft_conn_stream(conn)), skb);
	weft_stream_cb(skb)->piece.seq = 0;
	if (conn && conn->kind == WEFT_CONN_REQUEST)
		return weft_stream_deliver(weft_conn_request(conn)->listener, skb);
	if (conn) {
		reason = weft_timewait_rcv(conn, skb, &isn);
		if (reason)
			return reason;
		if (!isn) {
			consume_skb(skb);
			return WEFT_DROP_NONE;
		}
	}
	return weft_stream_to_listener(net, skb, &key, isn);
}

/**
 * weft_stream_rcv() - receive a segment, or several that were merged
 * @net: namespace
 * @skb: packet; its data begins with the stream header
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_stream_rcv(struct net *net, struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr;
	enum weft_drop reason;

	weft_count_add(net, WEFT_MIB_IN_SEGS, weft_gso_packets(skb));
	if (!pskb_may_pull(skb, WEFT_STREAM_LEN))
		return WEFT_DROP_STREAM_SHORT;
	hdr = (struct weft_stream_hdr *)skb->data;
	reason = weft_stream_check(hdr, skb->len);
	if (reason)
		return reason;
	if (!pskb_may_pull(skb, hdr->len))
		return WEFT_DROP_NO_MEMORY;
	reason = weft_input_checksum(skb);
	if (reason)
		return reason;
	if (weft_addr_group(&weft_hdr(skb)->dst) || skb->pkt_type == PACKET_MULTICAST ||
	    skb->pkt_type == PACKET_BROADCAST)
		return WEFT_DROP_NO_SOCKET;
	return weft_stream_find(net, skb);
}
