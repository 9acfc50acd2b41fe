// SPDX-License-Identifier: GPL-2.0
/* Errors that came about segments of ours. */
#include "errqueue.h"
#include "exception.h"
#include "header.h"
#include "listen.h"
#include "stream.h"

/**
 * weft_stream_shrink() - the path's MTU is smaller
 * @st: socket
 *
 * What does not fit is cut anew, and the oldest is sent at once: it was not lost by
 * congestion. Context: socket lock.
 */
void weft_stream_shrink(struct weft_stream *st)
{
	struct weft_seg *seg = weft_scoreboard_first(&st->snd.board);
	u32 before = st->snd.mss;

	if (!weft_stream_in(weft_stream_sk(st), WEFT_SYNCHRONIZED))
		return;
	weft_stream_set_mss(st);
	if (st->snd.mss >= before || !seg || seg->flags & WEFT_SEG_SYN)
		return;
	weft_stream_tick(st);
	if (!(seg->flags & (WEFT_SEG_SACKED | WEFT_SEG_LOST)))
		weft_scoreboard_mark_lost(&st->snd.board, seg);
	weft_stream_resend(st);
	weft_stream_settle(st);
	weft_stream_arm(st);
}

/* As TCP: hard while the connection is made, else kept in case it ends by a timeout. */
static void weft_error_take(struct weft_stream *st, struct sk_buff *skb,
			    const struct weft_problem *problem)
{
	struct sock *sk = weft_stream_sk(st);

	if (READ_ONCE(st->ws.opts.recv_err))
		weft_errqueue_add(sk, skb, problem);
	if (problem->err == EMSGSIZE) {
		weft_stream_mtu_too_big(st, problem->info);
		weft_stream_shrink(st);
		return;
	}
	if (weft_stream_in(sk, TCPF_SYN_SENT | TCPF_SYN_RECV) && problem->hard) {
		weft_stream_fail(sk, problem->err);
		return;
	}
	st->soft_err = problem->err;
	if (READ_ONCE(st->ws.opts.recv_err) && problem->hard) {
		WRITE_ONCE(sk->sk_err, problem->err);
		sk_error_report(sk);
	}
}

/**
 * weft_stream_error() - an error quotes a segment
 * @net: namespace
 * @skb: the error; its data begins with the control header. Not consumed
 * @quote: the segment
 * @problem: what the error says
 *
 * Its sequence number must be of what is on its way (RFC 5927, 4.1). A socket that a
 * program has locked hears of a smaller MTU alone, later: of the rest whoever sends the
 * segment again gets another error. Context: softirq, RCU read lock.
 *
 * Return: false if no connection of ours can have sent the segment.
 */
bool weft_stream_error(struct net *net, struct sk_buff *skb,
		       const struct weft_quote *quote,
		       const struct weft_problem *problem)
{
	struct weft_port_key key = {
		.laddr = quote->src,
		.faddr = quote->dst,
		.lport = quote->sport,
		.fport = quote->dport,
		.iif = weft_cb(skb)->iif,
	};
	struct weft_conn *conn = weft_conn_lookup(net, &key);
	struct weft_stream *st;
	struct sock *sk;
	bool ours;

	if (!conn || conn->kind != WEFT_CONN_STREAM)
		return false;
	st = weft_conn_stream(conn);
	sk = weft_stream_sk(st);
	bh_lock_sock(sk);
	ours = sk->sk_state != TCP_CLOSE &&
	       weft_seq_between(quote->seq, st->snd.una, st->snd.nxt);
	if (ours && problem->err == EMSGSIZE)
		weft_exception_set_mtu(net, &quote->dst, problem->info);
	if (ours && !sock_owned_by_user(sk))
		weft_error_take(st, skb, problem);
	else if (ours && problem->err == EMSGSIZE &&
		 !test_and_set_bit(WEFT_DEFER_ERROR, &st->deferred))
		sock_hold(sk);
	bh_unlock_sock(sk);
	return ours;
}
