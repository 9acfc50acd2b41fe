// SPDX-License-Identifier: GPL-2.0
/*
 * The timers of a connection. One that is put off is not programmed again: when it fires
 * too early it is set to the time that is due. What fires while a program has the socket
 * lock is done when the program lets go.
 */
#include "compat_hrtimer.h"
#include "compat_timer.h"
#include "listen.h"
#include "net.h"
#include "stats.h"
#include "stream.h"

/* --- the sender's alarm ------------------------------------------------------------------- */

static unsigned long weft_alarm_jiffies(u32 us)
{
	return usecs_to_jiffies(us) + 1;
}

/**
 * weft_stream_set_alarm() - set the sender's timer
 * @st: socket
 * @kind: what for
 * @us: from now, microseconds
 *
 * Context: socket lock.
 */
void weft_stream_set_alarm(struct weft_stream *st, enum weft_alarm_kind kind, u32 us)
{
	st->snd.alarm = kind;
	if (kind == WEFT_ALARM_NONE)
		return;
	st->snd.due = jiffies + weft_alarm_jiffies(us);
	if (!timer_pending(&st->send_timer) ||
	    time_before(st->snd.due, st->send_timer.expires))
		sk_reset_timer(weft_stream_sk(st), &st->send_timer, st->snd.due);
}

/* With backoff, and not beyond WEFT_USER_TIMEOUT. */
static u32 weft_alarm_rto(const struct weft_stream *st, unsigned int backoff)
{
	u32 rto = weft_rtt_rto(&st->snd.rtt, backoff);
	u32 user = st->set.user_timeout, passed;

	if (!user || !st->snd.alarm_since)
		return rto;
	passed = jiffies_to_msecs(jiffies - st->snd.alarm_since);
	if (passed >= user)
		return 1;
	return min_t(u64, rto, (u64)(user - passed) * USEC_PER_MSEC);
}

/**
 * weft_stream_arm_rto() - something is to be acknowledged in time
 * @st: socket
 *
 * Context: socket lock.
 */
void weft_stream_arm_rto(struct weft_stream *st)
{
	weft_stream_set_alarm(st, WEFT_ALARM_RTO, weft_alarm_rto(st, st->snd.backoff));
}

/* RFC 8985, 7.2: one probe, while nothing is thought lost. */
static bool weft_alarm_probes_tail(const struct weft_stream *st)
{
	const struct weft_send *snd = &st->snd;

	return snd->recovery == WEFT_RECOVERY_NONE && !snd->rack.tlp_out &&
	       !snd->board.sacked && !snd->board.lost && !snd->backoff &&
	       weft_stream_in(&st->ws.sk, WEFT_SYNCHRONIZED);
}

/**
 * weft_stream_arm() - set the sender's timer to what is next
 * @st: socket
 *
 * Context: socket lock.
 */
void weft_stream_arm(struct weft_stream *st)
{
	struct weft_send *snd = &st->snd;
	u32 rto, us;

	if (weft_scoreboard_empty(&snd->board)) {
		if (!weft_stream_unsent(st) && (!snd->fin || snd->fin_sent))
			weft_stream_set_alarm(st, snd->buf.block.page ? WEFT_ALARM_REST :
					      WEFT_ALARM_NONE, USEC_PER_SEC);
		else if (snd->alarm != WEFT_ALARM_WINDOW)
			weft_stream_set_alarm(st, WEFT_ALARM_WINDOW,
					      weft_rtt_rto(&snd->rtt, snd->backoff));
		return;
	}
	rto = weft_alarm_rto(st, snd->backoff);
	if (!weft_alarm_probes_tail(st)) {
		weft_stream_set_alarm(st, WEFT_ALARM_RTO, rto);
		return;
	}
	us = weft_tlp_timeout(weft_rtt_smoothed(&snd->rtt),
			      snd->board.out <= snd->mss, rto, WEFT_DELACK_US);
	weft_stream_set_alarm(st, us < rto ? WEFT_ALARM_TLP : WEFT_ALARM_RTO,
			      min(us, rto));
}

/*
 * A peer that answers may keep its window shut for as long as it likes (RFC 9293,
 * 3.8.6.1), but not that of a program which is not there any more (RFC 6429).
 */
static bool weft_alarm_window_over(const struct weft_stream *st)
{
	const struct weft_send *snd = &st->snd;
	bool dead = sock_flag(&st->ws.sk, SOCK_DEAD);
	unsigned int user = st->set.user_timeout;

	if (user)
		return (snd->probes || (dead && snd->backoff)) &&
		       jiffies_to_msecs(jiffies - snd->alarm_since) >= user;
	if (dead && weft_rtt_rto(&snd->rtt, snd->backoff) >= WEFT_RTO_MAX_US)
		return true;
	return snd->probes >= (dead ? WEFT_ORPHAN_TRIES : WEFT_DATA_TRIES);
}

/* The window is shut, or bytes have waited for more: RFC 9293, 3.8.6.1 and 3.8.6.2.1. */
static void weft_alarm_window(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	if (weft_stream_push(st, true)) {
		st->snd.backoff = 0;
		weft_stream_arm(st);
		return;
	}
	if (!st->snd.alarm_since || (!st->snd.probes && !sock_flag(sk, SOCK_DEAD)))
		st->snd.alarm_since = jiffies;
	if (weft_alarm_window_over(st)) {
		weft_count(sock_net(sk), WEFT_MIB_ABORTS_TIMEOUT);
		weft_stream_fail(sk, st->soft_err ?: ETIMEDOUT);
		return;
	}
	st->snd.probes++;
	if (st->snd.backoff < U8_MAX)
		st->snd.backoff++;
	weft_stream_send_probe(st);
	st->snd.alarm = WEFT_ALARM_NONE;
	weft_stream_arm(st);
}

/* Socket lock. */
static void weft_send_timer_run(struct weft_stream *st)
{
	enum weft_alarm_kind alarm = st->snd.alarm;

	if (weft_stream_sk(st)->sk_state == TCP_LISTEN) {
		weft_listen_timeout(st);
		return;
	}
	if (alarm == WEFT_ALARM_NONE || weft_stream_sk(st)->sk_state == TCP_CLOSE)
		return;
	if (time_before(jiffies, st->snd.due)) {
		sk_reset_timer(weft_stream_sk(st), &st->send_timer, st->snd.due);
		return;
	}
	weft_stream_tick(st);
	switch (alarm) {
	case WEFT_ALARM_RTO:
		weft_stream_timeout(st);
		break;
	case WEFT_ALARM_TLP:
		if (weft_scoreboard_empty(&st->snd.board) || !weft_stream_tail_probe(st))
			weft_stream_arm_rto(st);
		else
			weft_stream_arm(st);
		break;
	case WEFT_ALARM_REORDER:
		weft_stream_reorder_timeout(st);
		break;
	case WEFT_ALARM_WINDOW:
		weft_alarm_window(st);
		break;
	case WEFT_ALARM_REST:
		st->snd.alarm = WEFT_ALARM_NONE;
		weft_sendbuf_rest(&st->snd.buf);
		break;
	case WEFT_ALARM_NONE:
		break;
	}
}

/* --- acknowledgments -------------------------------------------------------------- */

/**
 * weft_stream_arm_ack() - an acknowledgment is to be sent at weft_recv.ack_due
 * @st: socket
 *
 * Context: socket lock.
 */
void weft_stream_arm_ack(struct weft_stream *st)
{
	if (!timer_pending(&st->ack_timer) ||
	    time_before(st->rcv.ack_due, st->ack_timer.expires))
		sk_reset_timer(weft_stream_sk(st), &st->ack_timer, st->rcv.ack_due);
}

static void weft_ack_timer_run(struct weft_stream *st)
{
	if (!st->rcv.ack_later || !weft_stream_in(weft_stream_sk(st), WEFT_SYNCHRONIZED))
		return;
	if (time_before(jiffies, st->rcv.ack_due)) {
		sk_reset_timer(weft_stream_sk(st), &st->ack_timer, st->rcv.ack_due);
		return;
	}
	/* Nothing was sent that it could have gone with. */
	st->rcv.talks = false;
	weft_stream_tick(st);
	weft_count(sock_net(weft_stream_sk(st)), WEFT_MIB_DELAYED_ACKS);
	weft_stream_send_ack(st);
}

/* --- silence ---------------------------------------------------------------------- */

/**
 * weft_stream_arm_idle() - look after a connection that may be silent
 * @st: socket
 * @delay: from now, jiffies
 *
 * Context: socket lock.
 */
void weft_stream_arm_idle(struct weft_stream *st, unsigned long delay)
{
	sk_reset_timer(weft_stream_sk(st), &st->idle_timer, jiffies + delay);
}

/**
 * weft_stream_keepalive() - SO_KEEPALIVE was set or cleared
 * @sk: socket
 * @on: it is set
 *
 * Context: socket lock.
 */
void weft_stream_keepalive(struct sock *sk, int on)
{
	struct weft_stream *st = weft_stream(sk);

	if (weft_stream_in(sk, TCPF_CLOSE | TCPF_LISTEN | TCPF_SYN_SENT))
		return;
	if (on)
		weft_stream_arm_idle(st, (unsigned long)st->set.keep_idle * HZ);
	else if (!sock_flag(sk, SOCK_DEAD))
		sk_stop_timer(sk, &st->idle_timer);
}

/* RFC 9293, 3.8.4. */
static void weft_keepalive_run(struct weft_stream *st)
{
	unsigned long idle = jiffies - st->rcv.heard;
	unsigned long limit = (unsigned long)st->set.keep_idle * HZ;
	struct sock *sk = weft_stream_sk(st);
	unsigned int user = st->set.user_timeout;

	/* What is sent is watched by another timer. */
	if (!weft_scoreboard_empty(&st->snd.board) || weft_stream_unsent(st)) {
		weft_stream_arm_idle(st, limit);
		return;
	}
	if (idle < limit) {
		weft_stream_arm_idle(st, limit - idle);
		return;
	}
	if (user ? st->snd.probes && jiffies_to_msecs(idle) >= user :
		   st->snd.probes >= st->set.keep_probes) {
		weft_count(sock_net(sk), WEFT_MIB_ABORTS_KEEPALIVE);
		weft_stream_tick(st);
		weft_stream_send_reset(st);
		weft_stream_fail(sk, st->soft_err ?: ETIMEDOUT);
		return;
	}
	weft_stream_tick(st);
	st->snd.probes++;
	weft_stream_send_probe(st);
	weft_stream_arm_idle(st, (unsigned long)st->set.keep_interval * HZ);
}

static void weft_idle_timer_run(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	if (sk->sk_state == TCP_FIN_WAIT2 && sock_flag(sk, SOCK_DEAD)) {
		weft_stream_done(sk);
		return;
	}
	if (sock_flag(sk, SOCK_KEEPOPEN) && weft_stream_in(sk, WEFT_SYNCHRONIZED))
		weft_keepalive_run(st);
}

/* --- what fires ------------------------------------------------------------------- */

static void weft_timer_fired(struct sock *sk, int bit, void (*run)(struct weft_stream *st))
{
	struct weft_stream *st = weft_stream(sk);

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk))
		run(st);
	else if (!test_and_set_bit(bit, &st->deferred))
		sock_hold(sk);
	bh_unlock_sock(sk);
	sock_put(sk);
}

static void weft_send_timer(struct timer_list *t)
{
	struct weft_stream *st = timer_container_of(st, t, send_timer);

	weft_timer_fired(weft_stream_sk(st), WEFT_DEFER_SEND_TIMER, weft_send_timer_run);
}

static void weft_ack_timer(struct timer_list *t)
{
	struct weft_stream *st = timer_container_of(st, t, ack_timer);

	weft_timer_fired(weft_stream_sk(st), WEFT_DEFER_ACK_TIMER, weft_ack_timer_run);
}

static void weft_idle_timer(struct timer_list *t)
{
	struct weft_stream *st = timer_container_of(st, t, idle_timer);

	weft_timer_fired(weft_stream_sk(st), WEFT_DEFER_IDLE_TIMER, weft_idle_timer_run);
}

static void weft_pump_run(struct weft_stream *st)
{
	if (!weft_stream_in(weft_stream_sk(st), WEFT_SYNCHRONIZED))
		return;
	weft_stream_tick(st);
	weft_stream_resend(st);
	weft_stream_push(st, false);
}

static void weft_pump(struct tasklet_struct *t)
{
	struct weft_stream *st = from_tasklet(st, t, pump);

	clear_bit(WEFT_PUMP_SCHEDULED, &st->deferred);
	/* Pairs with weft_stream_schedule(): what is free by now is seen here. */
	smp_mb__after_atomic();
	weft_timer_fired(weft_stream_sk(st), WEFT_DEFER_PUMP, weft_pump_run);
}

/**
 * weft_stream_schedule() - send more, soon
 * @st: socket
 *
 * Context: any, without the socket lock.
 */
void weft_stream_schedule(struct weft_stream *st)
{
	clear_bit(WEFT_PUMP_STOPPED, &st->deferred);
	if (test_and_set_bit(WEFT_PUMP_SCHEDULED, &st->deferred))
		return;
	/* In a destructor the socket may have no other reference left. */
	if (!refcount_inc_not_zero(&weft_stream_sk(st)->sk_refcnt)) {
		clear_bit(WEFT_PUMP_SCHEDULED, &st->deferred);
		return;
	}
	tasklet_schedule(&st->pump);
}

static enum hrtimer_restart weft_pace_timer(struct hrtimer *t)
{
	struct weft_stream *st = container_of(t, struct weft_stream, pace_timer);

	weft_timer_fired(weft_stream_sk(st), WEFT_DEFER_PUMP, weft_pump_run);
	return HRTIMER_NORESTART;
}

/**
 * weft_stream_pace() - send more at weft_send.pace_at
 * @st: socket
 *
 * Context: socket lock.
 */
void weft_stream_pace(struct weft_stream *st)
{
	if (hrtimer_is_queued(&st->pace_timer))
		return;
	sock_hold(weft_stream_sk(st));
	hrtimer_start(&st->pace_timer, ns_to_ktime(st->snd.pace_at),
		      HRTIMER_MODE_ABS_PINNED_SOFT);
}

/**
 * weft_stream_deferred() - proto's release_cb: do what fired meanwhile
 * @sk: socket
 *
 * Context: process, socket lock.
 */
void weft_stream_deferred(struct sock *sk)
{
	static void (*const run[])(struct weft_stream *st) = {
		[WEFT_DEFER_SEND_TIMER]	= weft_send_timer_run,
		[WEFT_DEFER_ACK_TIMER]	= weft_ack_timer_run,
		[WEFT_DEFER_IDLE_TIMER]	= weft_idle_timer_run,
		[WEFT_DEFER_PUMP]	= weft_pump_run,
		[WEFT_DEFER_ERROR]	= weft_stream_shrink,
	};
	struct weft_stream *st = weft_stream(sk);
	int bit, puts = 0;

	if (!(READ_ONCE(st->deferred) & (BIT(ARRAY_SIZE(run)) - 1)))
		return;
	/*
	 * Whoever comes now may run at once: we hold the lock as one in a softirq does.
	 * The caller's reference keeps the socket.
	 */
	sock_release_ownership(sk);
	for (bit = 0; bit < ARRAY_SIZE(run); bit++) {
		if (!test_and_clear_bit(bit, &st->deferred))
			continue;
		run[bit](st);
		puts++;
	}
	while (puts--)
		__sock_put(sk);
}

/**
 * weft_stream_timers_init() - the timers of a new socket
 * @st: socket
 */
void weft_stream_timers_init(struct weft_stream *st)
{
	timer_setup(&st->send_timer, weft_send_timer, 0);
	timer_setup(&st->ack_timer, weft_ack_timer, 0);
	timer_setup(&st->idle_timer, weft_idle_timer, 0);
	hrtimer_setup(&st->pace_timer, weft_pace_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_PINNED_SOFT);
	tasklet_setup(&st->pump, weft_pump);
	st->deferred = 0;
}

/**
 * weft_stream_timers_stop() - the connection is over
 * @st: socket; a timer that fires just now finds nothing to do
 *
 * Context: socket lock.
 */
void weft_stream_timers_stop(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	st->snd.alarm = WEFT_ALARM_NONE;
	st->rcv.ack_later = false;
	sk_stop_timer(sk, &st->send_timer);
	sk_stop_timer(sk, &st->ack_timer);
	sk_stop_timer(sk, &st->idle_timer);
	if (hrtimer_try_to_cancel(&st->pace_timer) == 1)
		__sock_put(sk);
}
