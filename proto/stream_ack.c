// SPDX-License-Identifier: GPL-2.0
/*
 * Acknowledgments: what the peer has, how long it took, how much more it can take, and
 * what that means for the windows. stream_loss.c finds what it has not.
 */
#include <net/proto_memory.h>
#include "neigh.h"
#include "net.h"
#include "stats.h"
#include "stream.h"
#include "trace.h"

/* RFC 5961, 5.2. */
static bool weft_ack_acceptable(const struct weft_stream *st, u32 ack)
{
	return weft_seq_between(ack, st->snd.una - st->snd.wnd_max, st->snd.nxt);
}

/* RFC 9293, 3.10.7.4: from the newest segment alone. @before: SND.UNA before it. */
static void weft_ack_window(struct weft_stream *st, const struct weft_stream_hdr *hdr,
			    u32 before)
{
	u32 seq = be32_to_cpu(hdr->seq), ack = be32_to_cpu(hdr->ack);
	u32 wnd = be32_to_cpu(hdr->window);

	if (weft_seq_before(ack, st->snd.una) || weft_seq_before(seq, st->snd.wl1))
		return;
	/* Of two with one number and acknowledgment the larger one is newer. */
	if (seq == st->snd.wl1 && ack == before && wnd < st->snd.wnd)
		return;
	st->snd.wl1 = seq;
	st->snd.wnd = min(wnd, WEFT_CC_WINDOW_MAX);
	st->snd.wnd_max = max(st->snd.wnd_max, st->snd.wnd);
}

/* Bytes that the program wrote are needed no more. */
static void weft_ack_release(struct weft_stream *st, u32 ack)
{
	struct sock *sk = weft_stream_sk(st);
	u32 bytes = weft_sendbuf_ack(&st->snd.buf, ack);

	weft_stream_settle(st);
	st->snd.una = ack;
	st->snd.acked += bytes;
	sk_wmem_queued_add(sk, -(int)bytes);
	sk_mem_uncharge(sk, bytes);
}

/* The first block tells of a duplicate (RFC 2883, section 4). */
static bool weft_ack_is_dsack(const struct weft_stream_opts *opts, u32 ack)
{
	const struct weft_range *first = &opts->sack[0];

	if (!opts->n_sacks)
		return false;
	if (!weft_seq_after(first->end, ack))
		return true;
	return opts->n_sacks > 1 && !weft_seq_before(first->seq, opts->sack[1].seq) &&
	       !weft_seq_after(first->end, opts->sack[1].end);
}

/* Of what is outstanding; blocks of anything else are ignored (RFC 2018, section 5). */
static void weft_ack_sacks(struct weft_stream *st, const struct weft_stream_opts *opts,
			   u32 from, struct weft_delivery *d)
{
	u32 i;

	for (i = from; i < opts->n_sacks; i++)
		if (weft_seq_after(opts->sack[i].seq, st->snd.una) &&
		    !weft_seq_after(opts->sack[i].end, st->snd.nxt))
			weft_scoreboard_sack(&st->snd.board, opts->sack[i], d);
}

/*
 * Round-trip time: of segments sent once (Karn), and of the stamp (RFC 7323, 4.1). When
 * acknowledgments were lost the former is too long, and never the latter.
 */
static void weft_ack_sample(struct weft_stream *st, const struct weft_delivery *d,
			    u32 echo_rtt)
{
	u32 us = d->first_us ? max_t(u32, st->now - d->first_us, 1) : 0;

	if (d->acked && echo_rtt)
		us = us ? min(us, echo_rtt) : echo_rtt;
	if (us)
		weft_rtt_sample(&st->snd.rtt, us, st->now);
}

/* The congestion window after an acknowledgment. */
static void weft_ack_congestion(struct weft_stream *st, const struct weft_delivery *d,
				u32 in_flight, bool lost)
{
	struct weft_send *snd = &st->snd;
	struct weft_cc_ack ack = {
		.now = st->now,
		.bytes = d->newly,
		.in_flight = in_flight,
		.rtt = d->last_us ? max_t(u32, st->now - d->last_us, 1) : 0,
		.srtt = weft_rtt_smoothed(&snd->rtt),
		.una = snd->una,
		.nxt = snd->nxt,
		.limited = snd->limited || snd->recovery == WEFT_RECOVERY_TIMEOUT,
	};

	if (snd->recovery == WEFT_RECOVERY_LOSS || snd->recovery == WEFT_RECOVERY_MARK)
		weft_cc_recovering(&snd->cc, d->newly,
				   weft_scoreboard_in_flight(&snd->board),
				   d->acked && !lost);
	else if (d->newly)
		weft_cc_acked(&snd->cc, &ack);
	if (snd->limited && weft_seq_after(snd->una, snd->limited_end))
		snd->limited = false;
}

/* The send buffer is as large as the window may become, unless the program chose. */
static void weft_ack_grow_buffer(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);
	u32 wanted;

	if (sk->sk_userlocks & SOCK_SNDBUF_LOCK || sk_under_memory_pressure(sk))
		return;
	wanted = min_t(u64, 3ULL * st->snd.cc.cwnd, WEFT_STREAM_SNDBUF_MAX);
	if (wanted > sk->sk_sndbuf)
		WRITE_ONCE(sk->sk_sndbuf, wanted);
}

/* FIN has a number of its own behind the last byte. */
static bool weft_ack_covers_fin(const struct weft_stream *st)
{
	return st->snd.fin_sent && weft_seq_after(st->snd.una, st->snd.end);
}

/* What was sent has arrived: the first hop is there (RFC 4861, 7.3.1). */
static void weft_ack_confirm(struct weft_stream *st)
{
	struct weft_flow flow;

	if (time_before(jiffies, st->snd.confirmed + HZ))
		return;
	st->snd.confirmed = jiffies;
	rcu_read_lock();
	if (!weft_stream_flow(st, &flow))
		weft_neigh_confirm(flow.dev, &flow.hop);
	rcu_read_unlock();
}

/* What is due, and who waits. */
static void weft_ack_follow(struct weft_stream *st, const struct weft_delivery *d,
			    u32 reorder_us)
{
	struct sock *sk = weft_stream_sk(st);

	if (d->newly)
		st->snd.alarm_since = weft_scoreboard_empty(&st->snd.board) ? 0 : jiffies;
	if (reorder_us)
		weft_stream_set_alarm(st, WEFT_ALARM_REORDER, reorder_us);
	else
		weft_stream_arm(st);
	if (d->acked)
		weft_ack_confirm(st);
	if (d->acked && st->snd.acked) {
		weft_ack_grow_buffer(st);
		weft_stream_write_space(sk);
	}
	if (d->acked && weft_ack_covers_fin(st))
		weft_stream_fin_acked(st);
}

/* Something was acknowledged or reported, or is missing. */
static void weft_ack_news(struct weft_stream *st, const struct weft_stream_hdr *hdr,
			  const struct weft_stream_opts *opts, struct weft_delivery *d,
			  u32 in_flight)
{
	struct weft_send *snd = &st->snd;
	u32 echo = be32_to_cpu(hdr->echo), reorder_us, lost = snd->board.lost;
	u32 echo_rtt = echo ? weft_stream_stamp(st) - echo : 0;

	if (d->newly) {
		weft_ack_sample(st, d, echo_rtt);
		/* What came out of order is not echoed (RFC 7323, 4.3). */
		weft_rack_update(&snd->rack, d, snd->una, snd->board.sacked ?
				 snd->board.high_sacked : snd->una, snd->rtt.min,
				 d->acked ? echo_rtt : 0, st->now);
	}
	if (d->reordered)
		snd->reorders++;
	if (snd->recovery != WEFT_RECOVERY_NONE)
		weft_stream_recover(st, d, echo);
	reorder_us = weft_stream_detect(st);
	if (hdr->flags & WEFT_STREAM_ECE && snd->ecn) {
		snd->marked++;
		if (snd->recovery == WEFT_RECOVERY_NONE)
			weft_stream_lose(st, WEFT_RECOVERY_MARK);
	}
	weft_ack_congestion(st, d, in_flight, snd->board.lost > lost);
	weft_stream_resend(st);
	weft_ack_follow(st, d, reorder_us);
}

/* A probe of the tail was answered: did it repair a loss? */
static void weft_ack_tail_probe(struct weft_stream *st, u32 ack, bool dsack, bool pure)
{
	if (st->snd.rack.tlp_out &&
	    weft_tlp_acked(&st->snd.rack, ack, dsack, pure) &&
	    st->snd.recovery == WEFT_RECOVERY_NONE)
		weft_stream_lose(st, WEFT_RECOVERY_MARK);
}

/**
 * weft_stream_ack() - take the acknowledgment of a segment
 * @st: socket in a synchronized state
 * @skb: segment
 * @hdr: its header
 * @opts: its options
 *
 * The socket may be in state CLOSED then. Context: socket lock.
 *
 * Return: WEFT_DROP_NONE, or WEFT_DROP_STREAM_ACK if the number is of no segment that
 * this end can have sent.
 */
enum weft_drop weft_stream_ack(struct weft_stream *st, struct sk_buff *skb,
			       const struct weft_stream_hdr *hdr,
			       const struct weft_stream_opts *opts)
{
	u32 ack = be32_to_cpu(hdr->ack), in_flight, una = st->snd.una, before;
	bool dsack = weft_ack_is_dsack(opts, ack), pure;
	struct weft_delivery d = {};

	if (!weft_ack_acceptable(st, ack)) {
		weft_stream_challenge(st);
		return WEFT_DROP_STREAM_ACK;
	}
	before = st->snd.wnd;
	in_flight = weft_scoreboard_in_flight(&st->snd.board);
	if (weft_seq_after(ack, una)) {
		weft_scoreboard_ack(&st->snd.board, ack, &d);
		weft_ack_release(st, ack);
		if (st->snd.stamps)
			weft_stamp_acked(st);
		st->snd.backoff = 0;
	}
	st->snd.probes = 0;
	weft_ack_window(st, hdr, una);
	weft_ack_sacks(st, opts, dsack, &d);
	pure = ack == una && skb->len == hdr->len && before == st->snd.wnd && !d.newly;
	weft_ack_tail_probe(st, ack, dsack, pure);
	if (dsack)
		weft_stream_duplicate(st, opts->sack[0]);
	st->snd.newly = d.newly;
	if (d.acked && st->snd.searching)
		weft_stream_mtu_acked(st, d.acked);
	if (d.newly || st->snd.board.lost || hdr->flags & WEFT_STREAM_ECE)
		weft_ack_news(st, hdr, opts, &d, in_flight);
	else if (st->snd.alarm == WEFT_ALARM_WINDOW || st->snd.wnd != before)
		weft_stream_arm(st);
	st->snd.newly = 0;
	return WEFT_DROP_NONE;
}

/**
 * weft_stream_syn_acked() - the peer has our SYN
 * @st: socket in SYN-SENT or SYN-RECEIVED
 * @echo: the time stamp that it has echoed
 *
 * Context: socket lock.
 */
void weft_stream_syn_acked(struct weft_stream *st, u32 echo)
{
	struct weft_delivery d = {};

	weft_scoreboard_ack(&st->snd.board, st->snd.iss + 1, &d);
	st->snd.una = st->snd.iss + 1;
	st->snd.backoff = 0;
	st->snd.alarm_since = 0;
	weft_rtt_sample(&st->snd.rtt, max(weft_stream_stamp(st) - echo, 1U), st->now);
	weft_stream_set_alarm(st, WEFT_ALARM_NONE, 0);
}
