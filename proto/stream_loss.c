// SPDX-License-Identifier: GPL-2.0
/*
 * Losses: found by RACK or by a timeout, answered by a smaller window and by sending
 * again, and taken back where nothing was lost.
 */
#include "net.h"
#include "stats.h"
#include "stream.h"
#include "trace.h"

/**
 * weft_stream_lose() - something was lost, or marked
 * @st: socket
 * @how: what recovery begins
 *
 * One reduction for all that was on its way (RFC 6582, 3.2; RFC 3168, 6.1.2). Context:
 * socket lock.
 */
void weft_stream_lose(struct weft_stream *st, enum weft_recovery how)
{
	struct weft_send *snd = &st->snd;

	snd->recovery = how;
	snd->recover = snd->nxt;
	snd->undo = how != WEFT_RECOVERY_MARK;
	snd->undo_una = snd->una;
	snd->undo_left = 0;
	snd->resent_stamp = 0;
	snd->cwr = snd->ecn;
	weft_cc_congested(&snd->cc, snd->board.out - snd->board.sacked + snd->newly);
	trace_weft_stream_congestion(weft_stream_sk(st), how);
}

/* Nothing was lost: as if it had not been thought. */
static void weft_loss_undo(struct weft_stream *st)
{
	struct weft_send *snd = &st->snd;

	weft_cc_undo(&snd->cc);
	weft_scoreboard_unmark_lost(&snd->board);
	snd->undo = false;
	snd->undone++;
	snd->recovery = WEFT_RECOVERY_NONE;
	weft_count(sock_net(weft_stream_sk(st)), WEFT_MIB_SPURIOUS);
}

/*
 * What arrived was sent before anything was sent again (Eifel, RFC 3522), or is of what
 * was never sent again though a timeout had thought it lost (F-RTO, RFC 5682).
 */
static bool weft_loss_spurious(const struct weft_stream *st,
			       const struct weft_delivery *d, u32 echo)
{
	const struct weft_send *snd = &st->snd;

	if (!snd->undo || !d->acked)
		return false;
	if (snd->resent_stamp && echo && weft_seq_before(echo, snd->resent_stamp))
		return true;
	return snd->recovery == WEFT_RECOVERY_TIMEOUT && d->original;
}

/**
 * weft_stream_recover() - an acknowledgment came while losses are repaired
 * @st: socket
 * @d: what it told
 * @echo: the time stamp that it echoed
 *
 * Context: socket lock. Return: true if the recovery is over.
 */
bool weft_stream_recover(struct weft_stream *st, const struct weft_delivery *d, u32 echo)
{
	struct weft_send *snd = &st->snd;

	if (weft_loss_spurious(st, d, echo)) {
		weft_loss_undo(st);
		return true;
	}
	if (weft_seq_before(snd->una, snd->recover))
		return false;
	if (snd->recovery != WEFT_RECOVERY_TIMEOUT)
		weft_cc_recovered(&snd->cc);
	if (snd->recovery != WEFT_RECOVERY_MARK)
		weft_rack_recovered(&snd->rack);
	snd->recovery = WEFT_RECOVERY_NONE;
	return true;
}

/**
 * weft_stream_duplicate() - the peer tells that something came twice
 * @st: socket
 * @range: what
 *
 * When all that was sent again came twice, nothing was lost (RFC 3708). Context: socket
 * lock.
 */
void weft_stream_duplicate(struct weft_stream *st, struct weft_range range)
{
	struct weft_send *snd = &st->snd;

	snd->dsacks++;
	weft_count(sock_net(weft_stream_sk(st)), WEFT_MIB_IN_DSACKS);
	weft_rack_dsack(&snd->rack, snd->una, snd->nxt);
	if (!snd->undo || snd->undo_left <= 0 || weft_seq_before(range.seq, snd->undo_una))
		return;
	snd->undo_left -= min_t(u32, range.end - range.seq, snd->undo_left);
	if (!snd->undo_left)
		weft_loss_undo(st);
}

/**
 * weft_stream_detect() - look for what was lost
 * @st: socket
 *
 * Context: socket lock. Return: when to look again, microseconds; 0 for not by time.
 */
u32 weft_stream_detect(struct weft_stream *st)
{
	struct weft_send *snd = &st->snd;
	bool recovering = snd->recovery == WEFT_RECOVERY_LOSS ||
			  snd->recovery == WEFT_RECOVERY_TIMEOUT;
	u32 lost = snd->board.lost, window, again = 0;

	if (!snd->board.sacked && !recovering && !snd->board.lost)
		return 0;
	window = weft_rack_window(&snd->rack, weft_rtt_smoothed(&snd->rtt), snd->rtt.min,
				  recovering, snd->board.sacked >= 3 * snd->mss);
	if (!weft_rack_detect(&snd->rack, &snd->board, window, st->now, &again))
		return again;
	snd->lost += snd->board.lost - min(lost, snd->board.lost);
	if (snd->searching && weft_stream_mtu_lost(st))
		return again;
	if (!recovering)
		weft_stream_lose(st, WEFT_RECOVERY_LOSS);
	return again;
}

/**
 * weft_stream_reorder_timeout() - what was late is lost
 * @st: socket
 *
 * Context: softirq, socket lock.
 */
void weft_stream_reorder_timeout(struct weft_stream *st)
{
	u32 again = weft_stream_detect(st);

	weft_stream_resend(st);
	if (again)
		weft_stream_set_alarm(st, WEFT_ALARM_REORDER, again);
	else
		weft_stream_arm(st);
}

static bool weft_loss_has_way(struct weft_stream *st)
{
	struct weft_flow flow;
	int err;

	rcu_read_lock();
	err = weft_stream_flow(st, &flow);
	rcu_read_unlock();
	return !err;
}

/* For how long has the peer not answered, and how long may it? */
static bool weft_loss_gives_up(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);
	unsigned int tries = st->snd.backoff, limit = WEFT_DATA_TRIES;
	unsigned int user = st->set.user_timeout;

	if (sk->sk_state == TCP_SYN_SENT)
		limit = st->set.syn_tries;
	else if (sk->sk_state == TCP_SYN_RECV)
		limit = WEFT_SYNACK_TRIES;
	else if (sock_flag(sk, SOCK_DEAD))
		limit = WEFT_ORPHAN_TRIES;
	/* Nobody waits for it, and it cannot even be sent. */
	if (sock_flag(sk, SOCK_DEAD) && tries && !weft_loss_has_way(st))
		return true;
	if (user && st->snd.alarm_since)
		return jiffies_to_msecs(jiffies - st->snd.alarm_since) >= user;
	return tries >= limit;
}

/* All that is on its way counts as lost; the first of it is sent again. */
static void weft_loss_restart(struct weft_stream *st)
{
	struct weft_send *snd = &st->snd;
	u32 in_flight = snd->board.out - snd->board.sacked;
	bool first = snd->recovery != WEFT_RECOVERY_TIMEOUT;
	struct weft_seg *seg = weft_scoreboard_first(&snd->board);

	weft_stream_mtu_timeout(st);
	weft_stream_set_mss(st);
	weft_cc_timeout(&snd->cc, in_flight, first, st->now);
	/* The peer no longer has what it had (RFC 2018, section 8). */
	weft_scoreboard_mark_all_lost(&snd->board, seg->flags & WEFT_SEG_SACKED);
	snd->lost += snd->board.lost;
	snd->recovery = WEFT_RECOVERY_TIMEOUT;
	snd->recover = snd->nxt;
	if (first) {
		snd->undo = true;
		snd->undo_una = snd->una;
		snd->undo_left = 0;
		snd->resent_stamp = 0;
	}
	snd->rack.tlp_out = false;
	weft_stream_resend_one(st, weft_scoreboard_first(&snd->board));
}

/**
 * weft_stream_timeout() - nothing was acknowledged for too long (RFC 6298, section 5)
 * @st: socket
 *
 * The socket may be in state CLOSED then. Context: softirq, socket lock.
 */
void weft_stream_timeout(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	if (weft_scoreboard_empty(&st->snd.board))
		return;
	if (weft_loss_gives_up(st)) {
		weft_count(sock_net(sk), WEFT_MIB_ABORTS_TIMEOUT);
		weft_stream_fail(sk, st->soft_err ?: ETIMEDOUT);
		return;
	}
	st->snd.timeouts++;
	weft_count(sock_net(sk), WEFT_MIB_TIMEOUTS);
	trace_weft_stream_rto(sk, st->snd.backoff);
	if (weft_stream_in(sk, TCPF_SYN_SENT | TCPF_SYN_RECV))
		weft_stream_send_syn(st, true);
	else
		weft_loss_restart(st);
	if (st->snd.backoff < U8_MAX)
		st->snd.backoff++;
	if (sk->sk_state != TCP_CLOSE)
		weft_stream_arm_rto(st);
}
