// SPDX-License-Identifier: GPL-2.0
/*
 * A segment's way out, from top to bottom: what to send again, what is new and may go
 * now, how a segment is made.
 */
#include <linux/math64.h>
#include <net/inet_ecn.h>
#include "gso.h"
#include "header.h"
#include "net.h"
#include "output.h"
#include "route.h"
#include "stats.h"
#include "stream.h"
#include "trace.h"

/* Payload that is copied behind the header: a packet without pages costs less. */
#define WEFT_INLINE_MAX		100

/* Bytes of segments of a socket that queues and devices may hold. */
#define WEFT_QUEUED_MAX		(128 << 10)
/* Round trips from which on segments are paced, microseconds. */
#define WEFT_PACE_RTT_US	2000
/* What leaves at once where segments are paced: so much of a second. */
#define WEFT_PACE_BURST_SHIFT	10

/* --- making a segment ------------------------------------------------------------------ */

/* A device or queue is done with a segment: the next may leave. */
void weft_stream_wfree(struct sk_buff *skb)
{
	struct weft_stream *st = weft_stream(skb->sk);

	if (test_bit(WEFT_PUMP_STOPPED, &st->deferred))
		weft_stream_schedule(st);
	sock_wfree(skb);
}

static void weft_out_own(struct weft_stream *st, struct sk_buff *skb)
{
	struct sock *sk = weft_stream_sk(st);

	skb->sk = sk;
	skb->destructor = weft_stream_wfree;
	refcount_add(skb->truesize, &sk->sk_wmem_alloc);
	skb_set_hash_from_sk(skb, sk);
}

/* SACK blocks, if there is something to tell. */
static void weft_out_opts(struct weft_stream *st, struct weft_stream_opts *opts, u8 flags,
			  const struct weft_flow *flow)
{
	*opts = (struct weft_stream_opts) {};
	if (flags & WEFT_STREAM_SYN) {
		opts->mss = weft_stream_mss_of(st, flow);
		opts->kind = st->kind;
	} else if (!weft_reorder_empty(&st->rcv.reorder) || st->rcv.reorder.has_dsack) {
		opts->n_sacks = weft_reorder_sacks(&st->rcv.reorder, opts->sack);
	}
}

/* What the window says; it is promised then. */
static u32 weft_out_window(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);
	u32 buffer = (u64)READ_ONCE(sk->sk_rcvbuf) * st->rcv.ratio >> 8;

	/* Before the handshake there is no right edge that could move. */
	if (sk->sk_state == TCP_SYN_SENT)
		return weft_stream_first_window(sk);
	return weft_window_offer(&st->rcv.window, st->rcv.nxt, weft_stream_room(st), buffer,
				 st->rcv.mss);
}

/* Flags of congestion marks (RFC 3168, 6.1). */
static u8 weft_out_marks(struct weft_stream *st, u8 flags, bool fresh)
{
	u8 marks = 0;

	if (flags & WEFT_STREAM_SYN) {
		if (!(flags & WEFT_STREAM_ACK))
			return WEFT_STREAM_ECE | WEFT_STREAM_CWR;
		return st->snd.ecn ? WEFT_STREAM_ECE : 0;
	}
	if (!st->snd.ecn)
		return 0;
	if (st->rcv.mark)
		marks |= WEFT_STREAM_ECE;
	if (fresh && st->snd.cwr) {
		marks |= WEFT_STREAM_CWR;
		st->snd.cwr = false;
	}
	return marks;
}

static void weft_out_header(struct weft_stream *st, struct sk_buff *skb, u32 seq, u8 flags,
			    bool fresh, const struct weft_stream_opts *opts)
{
	struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	bool ack = flags & WEFT_STREAM_ACK;

	*hdr = (struct weft_stream_hdr) {
		.sport = st->ws.lport,
		.dport = st->ws.fport,
		.seq = cpu_to_be32(seq),
		.ack = ack ? cpu_to_be32(st->rcv.nxt) : 0,
		.flags = flags | weft_out_marks(st, flags, fresh),
		.window = flags & WEFT_STREAM_RST ? 0 : cpu_to_be32(weft_out_window(st)),
		.stamp = cpu_to_be32(weft_stream_stamp(st)),
		.echo = ack ? cpu_to_be32(st->rcv.stamp) : 0,
	};
	weft_stream_opts_write(hdr, opts);
}

/* What an acknowledgment that leaves makes unnecessary. */
static void weft_out_acked(struct weft_stream *st)
{
	struct weft_recv *rcv = &st->rcv;

	if (rcv->quick && rcv->acked != rcv->nxt)
		rcv->quick--;
	rcv->acked = rcv->nxt;
	rcv->ack_now = false;
	rcv->ack_later = false;
	rcv->held = false;
}

/* The network header, and off. The segment is consumed. RCU read lock. */
static int weft_out_send(struct weft_stream *st, struct sk_buff *skb,
			 const struct weft_flow *flow, bool ect)
{
	struct weft_sock *ws = &st->ws;
	int hops = READ_ONCE(ws->opts.hop_limit), class = READ_ONCE(ws->opts.class);
	unsigned int packets = weft_gso_packets(skb);
	struct weft_output out = {
		.next = WEFT_PROTO_STREAM,
		.flags = ect ? INET_ECN_ECT_0 : 0,
		.hop_limit = max(hops, 0),
		.id = atomic_add_return(packets, &ws->id) - packets + 1,
		.dontfrag = READ_ONCE(ws->opts.mtu_discover) != WEFT_PMTUDISC_DONT,
	};

	if (READ_ONCE(ws->opts.mtu_discover) == WEFT_PMTUDISC_DONT)
		out.flags |= WEFT_FLAG_FRAGOK;
	skb->priority = READ_ONCE(ws->sk.sk_priority);
	skb->mark = READ_ONCE(ws->sk.sk_mark);
	out.class = class < 0 ? min_t(u32, skb->priority, WEFT_CLASS_MASK) : class;
	weft_output_checksum(skb, flow, WEFT_PROTO_STREAM,
			     offsetof(struct weft_stream_hdr, check));
	st->snd.segs += packets;
	weft_count_add(sock_net(&ws->sk), WEFT_MIB_OUT_SEGS, packets);
	return weft_output(sock_net(&ws->sk), skb, flow, &out);
}

static struct sk_buff *weft_out_alloc(const struct weft_flow *flow,
				      const struct weft_stream_opts *opts, u8 flags,
				      unsigned int payload)
{
	unsigned int len = WEFT_STREAM_LEN + weft_stream_opts_len(opts, flags);
	unsigned int room = weft_output_headroom(flow->dev);
	struct sk_buff *skb;

	if (payload > WEFT_INLINE_MAX)
		payload = 0;
	skb = alloc_skb(room + len + payload, GFP_ATOMIC | __GFP_NOWARN);

	if (skb) {
		skb_reserve(skb, room);
		skb_put(skb, len);
	}
	return skb;
}

/* Puts payload behind the header; how many bytes found room. */
static unsigned int weft_out_fill(struct weft_stream *st, struct sk_buff *skb, u32 seq,
				  unsigned int payload)
{
	if (payload <= WEFT_INLINE_MAX &&
	    weft_sendbuf_read(&st->snd.buf, skb_tail_pointer(skb), seq, payload)) {
		skb_put(skb, payload);
		return payload;
	}
	return weft_sendbuf_fill(&st->snd.buf, skb, seq, payload);
}

/*
 * Sends what a record says, or as much of it as a packet has room for: the record is
 * shorter then. Returns 0 or a negative errno.
 */
static int weft_out_segment(struct weft_stream *st, struct weft_seg *seg, bool again)
{
	u8 flags = weft_stream_sk(st)->sk_state == TCP_SYN_SENT ? 0 : WEFT_STREAM_ACK;
	unsigned int payload = seg->end - seg->seq, mss, got;
	struct weft_stream_opts opts;
	struct weft_flow flow;
	struct sk_buff *skb;
	int err;

	if (seg->flags & WEFT_SEG_SYN) {
		flags |= WEFT_STREAM_SYN;
		payload--;
	}
	if (seg->flags & WEFT_SEG_FIN)
		payload--;
	rcu_read_lock();
	err = weft_stream_flow(st, &flow);
	if (err)
		goto out;
	if (seg->flags & WEFT_SEG_WHOLE)
		flow.mtu = flow.dev->mtu;
	weft_out_opts(st, &opts, flags, &flow);
	skb = weft_out_alloc(&flow, &opts, flags, payload);
	err = -ENOBUFS;
	if (!skb)
		goto out;
	if (payload) {
		got = weft_out_fill(st, skb, seg->seq, payload);
		if (got < payload) {
			seg->end = seg->seq + got;
			seg->flags &= ~WEFT_SEG_FIN;
			payload = got;
		}
		if (seg->seq + payload == st->snd.end ||
		    weft_seq_between(st->snd.pushed, seg->seq + 1, seg->seq + payload))
			flags |= WEFT_STREAM_PSH;
		if (st->snd.stamps)
			weft_stamp_sent(st, skb, seg->seq, seg->seq + payload);
	}
	if (seg->flags & WEFT_SEG_FIN)
		flags |= WEFT_STREAM_FIN;
	weft_out_header(st, skb, seg->seq, flags, payload && !again, &opts);
	mss = seg->flags & WEFT_SEG_WHOLE ? payload :
	      st->snd.mss - weft_stream_opts_len(&opts, flags);
	seg->mss = mss;
	if (payload > mss)
		weft_gso_mark_stream(skb, mss);
	if (payload)
		st->snd.segs_data += weft_gso_packets(skb);
	weft_out_own(st, skb);
	if (flags & WEFT_STREAM_ACK)
		weft_out_acked(st);
	err = weft_out_send(st, skb, &flow, st->snd.ecn && payload && !again);
out:
	rcu_read_unlock();
	return err;
}

/* Without payload. Returns 0 or a negative errno. */
static int weft_out_plain(struct weft_stream *st, u32 seq, u8 flags)
{
	struct weft_stream_opts opts;
	struct weft_flow flow;
	struct sk_buff *skb;
	int err;

	rcu_read_lock();
	err = weft_stream_flow(st, &flow);
	if (err)
		goto out;
	weft_out_opts(st, &opts, flags, &flow);
	skb = weft_out_alloc(&flow, &opts, flags, 0);
	err = -ENOBUFS;
	if (!skb)
		goto out;
	weft_out_header(st, skb, seq, flags, false, &opts);
	skb_set_hash_from_sk(skb, weft_stream_sk(st));
	weft_out_acked(st);
	err = weft_out_send(st, skb, &flow, false);
out:
	rcu_read_unlock();
	return err;
}

/* --- segments without payload -------------------------------------------------------------- */

/**
 * weft_stream_send_ack() - acknowledge
 * @st: socket in a synchronized state
 *
 * Without memory it is sent a little later. Context: socket lock.
 */
void weft_stream_send_ack(struct weft_stream *st)
{
	if (weft_out_plain(st, st->snd.nxt, WEFT_STREAM_ACK) == -ENOBUFS) {
		st->rcv.ack_later = true;
		st->rcv.ack_due = jiffies + HZ / 5;
		weft_stream_arm_ack(st);
	}
}

/**
 * weft_stream_challenge() - ask a peer that may be a stranger (RFC 5961)
 * @st: socket in a synchronized state
 *
 * Context: socket lock.
 */
void weft_stream_challenge(struct weft_stream *st)
{
	struct net *net = sock_net(weft_stream_sk(st));

	if (time_before(jiffies, st->rcv.challenged + HZ / 2) ||
	    !weft_bare_challenge_allowed(net))
		return;
	st->rcv.challenged = jiffies;
	weft_count(net, WEFT_MIB_CHALLENGES);
	weft_stream_send_ack(st);
}

/**
 * weft_stream_send_probe() - make the peer answer: of its window, or that it is there
 * @st: socket in a synchronized state
 *
 * Context: socket lock.
 */
void weft_stream_send_probe(struct weft_stream *st)
{
	weft_count(sock_net(weft_stream_sk(st)), WEFT_MIB_PROBES);
	weft_out_plain(st, st->snd.una - 1, WEFT_STREAM_ACK);
}

/**
 * weft_stream_send_reset() - tell the peer that the connection is no more
 * @st: socket in a synchronized state
 *
 * Context: socket lock.
 */
void weft_stream_send_reset(struct weft_stream *st)
{
	/* It may end the handshake: who listens knows of the connection before it is reset. */
	if (st->rcv.held)
		weft_stream_send_ack(st);
	weft_count(sock_net(weft_stream_sk(st)), WEFT_MIB_OUT_RSTS);
	weft_out_plain(st, st->snd.nxt, WEFT_STREAM_RST | WEFT_STREAM_ACK);
}

/**
 * weft_stream_send_syn() - SYN, or SYN,ACK in SYN-RECEIVED
 * @st: socket
 * @again: it was sent before
 *
 * Context: socket lock.
 */
void weft_stream_send_syn(struct weft_stream *st, bool again)
{
	struct weft_seg *seg = weft_scoreboard_first(&st->snd.board);

	if (!seg) {
		seg = st->snd.board.alloc();
		if (!seg) {
			weft_stream_arm_rto(st);
			return;
		}
		*seg = (struct weft_seg) {
			.seq = st->snd.iss,
			.end = st->snd.iss + 1,
			.flags = WEFT_SEG_SYN,
		};
		weft_scoreboard_add(&st->snd.board, seg, st->now);
		st->snd.nxt = seg->end;
		/* The oldest stamp that an answer may echo. */
		st->snd.resent_stamp = weft_stream_stamp(st);
		st->snd.alarm_since = jiffies;
	}
	if (again)
		weft_count(sock_net(weft_stream_sk(st)), WEFT_MIB_RETRANS_SEGS);
	weft_out_segment(st, seg, again);
	if (!again)
		weft_stream_arm_rto(st);
}

/* --- sending again --------------------------------------------------------------------------- */

/* Payload of a segment on the wire. */
static u32 weft_out_size(const struct weft_stream *st)
{
	/* Blocks may be there or not: with some, a segment is a little shorter. */
	return weft_reorder_empty(&st->rcv.reorder) ? st->snd.mss :
	       max_t(u32, st->snd.mss, WEFT_STREAM_OPTS_MAX + 8) - WEFT_STREAM_OPTS_MAX;
}

/* A record of a new segment; NULL without memory. */
static struct weft_seg *weft_seg_new(struct weft_stream *st)
{
	if (!sk_wmem_schedule(weft_stream_sk(st), WEFT_SEG_COST))
		return NULL;
	return st->snd.board.alloc();
}

/**
 * weft_stream_settle() - the records of segments count in the send buffer
 * @st: socket
 *
 * To be called when some have come or gone. Context: socket lock.
 */
void weft_stream_settle(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);
	int more = st->snd.board.records * WEFT_SEG_COST - st->snd.record_mem;

	st->snd.record_mem += more;
	sk_wmem_queued_add(sk, more);
	if (more > 0)
		sk_mem_charge(sk, more);
	else if (more < 0)
		sk_mem_uncharge(sk, -more);
}

/**
 * weft_stream_resend_one() - send a segment, or its beginning, again
 * @st: socket
 * @seg: its record
 *
 * Context: socket lock. Return: false if it could not be sent.
 */
bool weft_stream_resend_one(struct weft_stream *st, struct weft_seg *seg)
{
	u32 size = weft_out_size(st), len = seg->end - seg->seq;
	struct weft_send *snd = &st->snd;
	struct weft_seg part;

	if (len > size && !weft_scoreboard_cut(&snd->board, seg, size))
		return false;
	seg->flags &= ~WEFT_SEG_WHOLE;
	part = *seg;
	if (weft_out_segment(st, &part, true))
		return false;
	/*
	 * Of many small pieces not all found room: the rest stays lost. Without memory it
	 * counts as sent, and is found lost again.
	 */
	if (seg->end != part.end)
		weft_scoreboard_cut(&snd->board, seg, part.end - part.seq);
	seg->mss = part.mss;
	weft_scoreboard_resent(&snd->board, seg, st->now);
	if (!snd->resent_stamp)
		snd->resent_stamp = weft_stream_stamp(st) ?: 1;
	len = seg->end - seg->seq;
	snd->undo_left += len;
	snd->bytes_resent += len;
	snd->segs_resent++;
	snd->last = st->now;
	weft_cc_sent(&snd->cc, len);
	weft_count(sock_net(weft_stream_sk(st)), WEFT_MIB_RETRANS_SEGS);
	trace_weft_stream_retransmit(weft_stream_sk(st), seg->seq, seg->end);
	return true;
}

/**
 * weft_stream_resend() - send again what was lost, as much as the window allows
 * @st: socket
 *
 * Context: socket lock.
 */
void weft_stream_resend(struct weft_stream *st)
{
	struct weft_send *snd = &st->snd;
	struct weft_seg *seg;

	while ((seg = weft_scoreboard_next_lost(&snd->board))) {
		if (weft_scoreboard_in_flight(&snd->board) >= snd->cc.cwnd)
			break;
		if (!weft_stream_resend_one(st, seg))
			break;
	}
}

/**
 * weft_stream_tail_probe() - send something so that the peer tells what it has
 * @st: socket with segments that are not acknowledged
 *
 * RFC 8985, 7.3: new data if the window allows, else the last segment again. Context:
 * socket lock.
 *
 * Return: false if nothing could be sent.
 */
bool weft_stream_tail_probe(struct weft_stream *st)
{
	struct weft_send *snd = &st->snd;
	struct weft_seg *last = weft_scoreboard_last(&snd->board);
	u32 size = weft_out_size(st), nxt = snd->nxt;
	bool resent = false;

	if (weft_stream_unsent(st) && weft_stream_push(st, true))
		goto sent;
	if (last->end - last->seq > size &&
	    weft_scoreboard_cut(&snd->board, last, last->end - last->seq - size))
		last = weft_scoreboard_last(&snd->board);
	if (last->flags & WEFT_SEG_SACKED || !weft_stream_resend_one(st, last))
		return false;
	resent = true;
sent:
	snd->tlps++;
	weft_count(sock_net(weft_stream_sk(st)), WEFT_MIB_TLPS);
	trace_weft_stream_probe(weft_stream_sk(st), nxt, resent);
	weft_tlp_sent(&snd->rack, snd->nxt, resent);
	return true;
}

/* --- what is new ----------------------------------------------------------------------------- */

/**
 * weft_stream_mss_of() - what we tell the peer to send at most
 * @st: socket
 * @flow: the way to the peer
 *
 * Return: bytes of options and payload in a segment.
 */
unsigned int weft_stream_mss_of(const struct weft_stream *st,
				const struct weft_flow *flow)
{
	unsigned int mtu = min_t(unsigned int, READ_ONCE(flow->dev->mtu), WEFT_LEN_MAX);
	unsigned int mss = mtu - WEFT_HDR_LEN - WEFT_STREAM_LEN;

	return st->set.max_seg ? min_t(unsigned int, mss, st->set.max_seg) : mss;
}

/**
 * weft_stream_set_mss() - how long segments may be, by the peer and the path
 * @st: socket with both addresses
 *
 * Context: socket lock.
 */
void weft_stream_set_mss(struct weft_stream *st)
{
	u32 mss = max_t(u32, st->snd.peer_mss, WEFT_STREAM_MSS_MIN);
	struct weft_flow flow;

	rcu_read_lock();
	if (!weft_stream_flow(st, &flow))
		mss = min(mss, flow.mtu - WEFT_HDR_LEN - WEFT_STREAM_LEN);
	rcu_read_unlock();
	if (st->set.max_seg)
		mss = min_t(u32, mss, st->set.max_seg);
	mss = weft_stream_mtu_limit(st, min_t(u32, mss, WEFT_STREAM_BURST_MAX));
	if (mss == st->snd.mss)
		return;
	st->snd.mss = mss;
	weft_cc_set_mss(&st->snd.cc, mss);
}

/* Bytes that the peer's window has room for behind what was sent. */
static u32 weft_push_window(const struct weft_stream *st)
{
	s32 room = st->snd.una + st->snd.wnd - st->snd.nxt;

	return max(room, 0);
}

/*
 * Queues have enough, more than @enough bytes: what they have sent makes the next go. One
 * reference is the socket's own.
 */
static bool weft_push_queued(struct weft_stream *st, unsigned int enough)
{
	struct sock *sk = weft_stream_sk(st);

	if (refcount_read(&sk->sk_wmem_alloc) - 1 <= enough)
		return false;
	set_bit(WEFT_PUMP_STOPPED, &st->deferred);
	/* Pairs with weft_stream_wfree(): it sees the bit, or the sum is small here. */
	smp_mb__after_atomic();
	return refcount_read(&sk->sk_wmem_alloc) - 1 > enough;
}

/*
 * While the last segment waits for the device more may come to go with this one
 * (autocorking).
 */
static bool weft_push_corked(struct weft_stream *st)
{
	if (weft_scoreboard_empty(&st->snd.board) || !weft_push_queued(st, 0))
		return false;
	weft_count(sock_net(weft_stream_sk(st)), WEFT_MIB_AUTOCORKS);
	return true;
}

/* Nagle: may a segment that is not full go? (RFC 9293, 3.7.4, with Minshall's change) */
static bool weft_push_small(struct weft_stream *st, u32 len)
{
	const struct weft_send *snd = &st->snd;

	if (snd->fin && len == weft_stream_unsent(st))
		return true;
	if (st->set.cork || snd->more || weft_push_corked(st))
		return false;
	return st->set.nodelay || !weft_seq_after(snd->small, snd->una) ||
	       weft_scoreboard_empty(&snd->board);
}

static bool weft_push_paced(const struct weft_stream *st)
{
	const struct sock *sk = &st->ws.sk;

	return weft_rtt_smoothed(&st->snd.rtt) > WEFT_PACE_RTT_US ||
	       READ_ONCE(sk->sk_max_pacing_rate) != ~0UL;
}

static u64 weft_push_rate(const struct weft_stream *st)
{
	u64 rate = weft_cc_pacing_rate(&st->snd.cc, weft_rtt_smoothed(&st->snd.rtt));

	return max_t(u64, min_t(u64, rate, READ_ONCE(st->ws.sk.sk_max_pacing_rate)), 1);
}

/* A large segment: all that is left of the burst in a multiple of full ones. */
static u32 weft_push_burst(const struct weft_stream *st, u32 size)
{
	u32 burst = WEFT_STREAM_BURST_MAX;

	if (weft_push_paced(st))
		burst = min_t(u64, burst, weft_push_rate(st) >> WEFT_PACE_BURST_SHIFT);
	return max(burst - burst % size, 2 * size > WEFT_STREAM_BURST_MAX ? size : 2 * size);
}

/*
 * How many bytes may go now; 0 if they must wait. A probe is one segment past the
 * congestion window.
 */
static u32 weft_push_len(struct weft_stream *st, bool probe)
{
	struct weft_send *snd = &st->snd;
	u32 size = weft_out_size(st), unsent = weft_stream_unsent(st);
	u32 want = min(unsent, weft_push_burst(st, size)), window = weft_push_window(st);
	u32 in_flight = weft_scoreboard_in_flight(&snd->board);
	u32 cwnd = in_flight < snd->cc.cwnd ? snd->cc.cwnd - in_flight : 0;
	u32 room = min(window, cwnd), rest;

	if (probe)
		return min3(unsent, window, size);
	if (cwnd < unsent && cwnd <= window) {
		snd->limited = true;
		snd->limited_end = snd->nxt;
	}
	if (want > room) {
		/* A large one soon is better than a small one now, if one will come. */
		if (in_flight && cwnd < window && cwnd < min(want, snd->cc.cwnd / 3))
			return 0;
		want = room;
		/* Silly window syndrome (RFC 9293, 3.8.6.2.1). */
		if (want < size && (in_flight || window < cwnd) && want < snd->wnd_max / 2)
			return 0;
		if (want < size)
			return want;
	}
	/* What is left of full ones goes along if it may go at all. */
	rest = want % size;
	if (rest && want == unsent && weft_push_small(st, rest))
		return want;
	return want - rest;
}

/* Has the time come? Else the timer sends. */
static bool weft_push_on_time(struct weft_stream *st)
{
	if (!weft_push_paced(st) || READ_ONCE(st->ws.sk.sk_pacing_status) == SK_PACING_FQ)
		return true;
	if (ktime_get_ns() >= st->snd.pace_at)
		return true;
	weft_stream_pace(st);
	return false;
}

static void weft_push_advance_pace(struct weft_stream *st, u32 len)
{
	struct sock *sk = weft_stream_sk(st);
	u64 rate, now;

	if (!weft_push_paced(st))
		return;
	rate = weft_push_rate(st);
	WRITE_ONCE(sk->sk_pacing_rate, rate);
	now = ktime_get_ns();
	st->snd.pace_at = max(st->snd.pace_at, now) +
			  div64_u64((u64)len * NSEC_PER_SEC, rate);
}

/* Sends @len new bytes, and FIN if they are the last; @flags of the record. */
static bool weft_push_one(struct weft_stream *st, u32 len, u8 flags)
{
	struct weft_send *snd = &st->snd;
	struct weft_seg *seg = weft_seg_new(st);

	if (!seg)
		return false;
	*seg = (struct weft_seg) {
		.seq = snd->nxt,
		.end = snd->nxt + len,
		.flags = flags,
	};
	if (snd->fin && len == weft_stream_unsent(st) && weft_push_window(st) > len) {
		seg->flags |= WEFT_SEG_FIN;
		seg->end++;
	}
	if (weft_out_segment(st, seg, false)) {
		snd->board.free(seg);
		return false;
	}
	len = seg->end - seg->seq - !!(seg->flags & WEFT_SEG_FIN);
	if (weft_scoreboard_empty(&snd->board)) {
		/* Of window probes, if it is not 0. */
		snd->backoff = 0;
		snd->alarm_since = jiffies;
	}
	weft_scoreboard_add(&snd->board, seg, st->now);
	weft_stream_settle(st);
	snd->nxt = seg->end;
	snd->fin_sent |= !!(seg->flags & WEFT_SEG_FIN);
	snd->bytes += len;
	if (len % weft_out_size(st))
		snd->small = snd->nxt;
	snd->last = st->now;
	weft_cc_sent(&snd->cc, len);
	weft_push_advance_pace(st, len);
	return true;
}

/* The connection was silent: the window may no longer be right (RFC 5681, 4.1). */
static void weft_push_after_idle(struct weft_stream *st)
{
	struct weft_send *snd = &st->snd;
	u32 rto = weft_rtt_rto(&snd->rtt, 0);

	if (!snd->last || !weft_scoreboard_empty(&snd->board) || st->now - snd->last < rto)
		return;
	weft_cc_idle(&snd->cc, min_t(u64, st->now - snd->last, U32_MAX), rto, st->now);
	snd->last = st->now;
}

/* FIN alone, behind all bytes. */
static bool weft_push_fin(const struct weft_stream *st)
{
	return st->snd.fin && !st->snd.fin_sent && !weft_stream_unsent(st) &&
	       weft_push_window(st);
}

/**
 * weft_stream_push() - send what is new and may go
 * @st: socket
 * @probe: one segment even beyond the congestion window
 *
 * Context: socket lock. Return: true if something was sent.
 */
bool weft_stream_push(struct weft_stream *st, bool probe)
{
	struct sock *sk = weft_stream_sk(st);
	u32 len, mss, size;
	bool sent = false;

	if (!weft_stream_in(sk, WEFT_SYNCHRONIZED))
		return false;
	if (!weft_stream_unsent(st) && !weft_push_fin(st))
		return false;
	weft_push_after_idle(st);
	for (;;) {
		len = weft_stream_unsent(st) ? weft_push_len(st, probe) : 0;
		if (!len && !weft_push_fin(st))
			break;
		if (weft_push_queued(st, WEFT_QUEUED_MAX) || !weft_push_on_time(st))
			break;
		mss = st->snd.mss;
		size = probe ? 0 : weft_stream_mtu_probe(st);
		if (size && weft_push_one(st, size, WEFT_SEG_WHOLE)) {
			weft_stream_mtu_sent(st, size);
			continue;
		}
		if (!weft_push_one(st, len, 0)) {
			/* The path has become narrower. */
			weft_stream_set_mss(st);
			if (st->snd.mss < mss)
				continue;
			break;
		}
		sent = true;
		if (probe)
			return true;
	}
	if (sent || st->snd.alarm == WEFT_ALARM_NONE || st->snd.alarm == WEFT_ALARM_REST)
		weft_stream_arm(st);
	return sent;
}
