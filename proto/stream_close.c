// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a connection (RFC 9293, 3.6): FIN from either side, close() with and without
 * waiting, reset, and what goes on when nobody has the socket open any more.
 */
#include <linux/net.h>
#include <net/proto_memory.h>
#include "listen.h"
#include "net.h"
#include "options.h"
#include "stats.h"
#include "stream.h"
#include "timewait.h"

/* --- FIN ----------------------------------------------------------------------------------- */

/* Both ends have closed, this one first. */
static void weft_close_timewait(struct weft_stream *st)
{
	weft_timewait_begin(st, false);
	weft_stream_done(weft_stream_sk(st));
}

/**
 * weft_stream_fin() - the peer sends no more
 * @st: socket in state ESTABLISHED, FIN-WAIT-1 or FIN-WAIT-2
 *
 * The socket may be in state CLOSED then. Context: socket lock.
 */
void weft_stream_fin(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | RCV_SHUTDOWN);
	sock_set_flag(sk, SOCK_DONE);
	switch (sk->sk_state) {
	case TCP_ESTABLISHED:
		weft_stream_set_state(sk, TCP_CLOSE_WAIT);
		break;
	case TCP_FIN_WAIT1:
		weft_stream_set_state(sk, TCP_CLOSING);
		st->rcv.ack_now = true;
		break;
	case TCP_FIN_WAIT2:
		weft_stream_send_ack(st);
		weft_close_timewait(st);
		break;
	}
	if (sock_flag(sk, SOCK_DEAD))
		return;
	sk->sk_state_change(sk);
	if (sk->sk_shutdown == SHUTDOWN_MASK || sk->sk_state == TCP_CLOSE)
		sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_HUP);
	else
		sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
}

/**
 * weft_stream_half_closed() - nobody has a socket in FIN-WAIT-2 open
 * @st: socket; in state CLOSED then
 *
 * The peer has a minute to close its end; that needs no socket. Context: socket lock.
 */
void weft_stream_half_closed(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	if (st->set.linger2 == WEFT_FIN_WAIT_S) {
		weft_timewait_begin(st, true);
		weft_stream_done(sk);
	} else if (st->set.linger2 < 0) {
		weft_stream_tick(st);
		weft_stream_send_reset(st);
		weft_stream_done(sk);
	} else if (!timer_pending(&st->idle_timer)) {
		weft_stream_arm_idle(st, (unsigned long)st->set.linger2 * HZ);
	}
}

/**
 * weft_stream_fin_acked() - the peer has all that was sent, and FIN
 * @st: socket that has sent FIN
 *
 * The socket may be in state CLOSED then. Context: socket lock.
 */
void weft_stream_fin_acked(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	switch (sk->sk_state) {
	case TCP_FIN_WAIT1:
		/* FIN of the peer may be in the same segment. */
		weft_stream_set_state(sk, TCP_FIN_WAIT2);
		if (!sock_flag(sk, SOCK_DEAD))
			sk->sk_state_change(sk);
		break;
	case TCP_CLOSING:
		weft_close_timewait(st);
		break;
	case TCP_LAST_ACK:
		weft_stream_done(sk);
		break;
	}
}

/* The state after this end sends no more; false if there is no FIN to be sent. */
static bool weft_close_state(struct sock *sk)
{
	switch (sk->sk_state) {
	case TCP_ESTABLISHED:
	case TCP_SYN_RECV:
		weft_stream_set_state(sk, TCP_FIN_WAIT1);
		return true;
	case TCP_CLOSE_WAIT:
		weft_stream_set_state(sk, TCP_LAST_ACK);
		return true;
	}
	return false;
}

/* FIN goes behind what is still to be sent. */
static void weft_close_send(struct weft_stream *st)
{
	st->snd.fin = true;
	st->snd.more = false;
	st->snd.pushed = st->snd.end;
	weft_stream_tick(st);
	weft_stream_push(st, false);
}

/**
 * weft_stream_shutdown() - shutdown()
 * @sock: socket
 * @how: SHUT_RD, SHUT_WR or SHUT_RDWR
 *
 * Context: process. Return: 0, -EINVAL or -ENOTCONN.
 */
int weft_stream_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;
	int err = 0;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	/* SHUT_RD, SHUT_WR and SHUT_RDWR become RCV_, SEND_SHUTDOWN and both. */
	how++;
	lock_sock(sk);
	/* As with TCP, an attempt that has failed must be taken back by connect(AF_UNSPEC). */
	if (sock->state == SS_CONNECTING)
		sock->state = weft_stream_in(sk, TCPF_SYN_SENT | TCPF_SYN_RECV | TCPF_CLOSE) ?
			      SS_DISCONNECTING : SS_CONNECTED;
	switch (sk->sk_state) {
	case TCP_CLOSE:
		err = -ENOTCONN;
		WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | how);
		break;
	case TCP_LISTEN:
		if (!(how & RCV_SHUTDOWN))
			break;
		fallthrough;
	case TCP_SYN_SENT:
		weft_stream_disconnect(sk);
		sock->state = SS_UNCONNECTED;
		break;
	default:
		WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | how);
		if (how & SEND_SHUTDOWN && weft_close_state(sk))
			weft_close_send(weft_stream(sk));
		break;
	}
	sk->sk_state_change(sk);
	release_sock(sk);
	return err;
}

/* --- close ------------------------------------------------------------------------------------ */

/**
 * weft_stream_end_orphan() - a socket that nobody has open is gone
 * @sk: socket
 *
 * Context: socket lock.
 */
void weft_stream_end_orphan(struct sock *sk)
{
	struct weft_stream *st = weft_stream(sk);

	if (!st->abandoned)
		return;
	st->abandoned = false;
	atomic_dec(&weft_net(sock_net(sk))->orphans);
}

/* Bytes came that nobody will read. */
static bool weft_close_unread(struct weft_stream *st)
{
	bool unread = weft_recv_bytes(st);

	weft_stream_purge(st);
	return unread;
}

/* What is left to be done goes on without the program. Socket lock, softirqs disabled. */
static void weft_close_abandon(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);
	struct weft_net *wn = weft_net(sock_net(sk));

	st->abandoned = true;
	if (atomic_inc_return(&wn->orphans) > WEFT_ORPHANS_MAX ||
	    sk_under_memory_pressure(sk)) {
		weft_count(sock_net(sk), WEFT_MIB_ABORTS_ORPHANS);
		weft_stream_tick(st);
		weft_stream_send_reset(st);
		weft_stream_done(sk);
		return;
	}
	if (sk->sk_state == TCP_FIN_WAIT2) {
		sk_stop_timer(sk, &st->idle_timer);
		weft_stream_half_closed(st);
	}
}

/* FIN or RST. */
static void weft_close_begin(struct sock *sk)
{
	struct weft_stream *st = weft_stream(sk);
	bool unread = weft_close_unread(st);

	if (unread && weft_stream_in(sk, WEFT_SYNCHRONIZED)) {
		weft_count(sock_net(sk), WEFT_MIB_ABORTS_DATA);
		weft_stream_tick(st);
		weft_stream_send_reset(st);
		weft_stream_done(sk);
	} else if (sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime &&
		   weft_stream_in(sk, WEFT_SYNCHRONIZED | TCPF_SYN_RECV)) {
		weft_stream_tick(st);
		weft_stream_send_reset(st);
		weft_stream_done(sk);
	} else if (sk->sk_state == TCP_SYN_SENT) {
		weft_stream_done(sk);
	} else if (weft_close_state(sk)) {
		weft_close_send(st);
	}
}

static long weft_close_timeout(const struct sock *sk)
{
	if (!sock_flag(sk, SOCK_LINGER) || current->flags & PF_EXITING)
		return 0;
	return sk->sk_lingertime;
}

/* Until the peer has all that was sent, the time is over, or a signal comes. */
static void weft_close_linger(struct sock *sk, long timeo)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(sk_sleep(sk), &wait);
	while (timeo && !signal_pending(current) &&
	       weft_stream_in(sk, TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK)) {
		release_sock(sk);
		timeo = wait_woken(&wait, TASK_INTERRUPTIBLE, timeo);
		lock_sock(sk);
	}
	remove_wait_queue(sk_sleep(sk), &wait);
}

/**
 * weft_stream_release() - close()
 * @sock: socket; the connection goes on without it until the peer has everything
 *
 * Context: process. Return: 0.
 */
int weft_stream_release(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct weft_stream *st;
	bool open;

	if (!sk)
		return 0;
	st = weft_stream(sk);
	lock_sock(sk);
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	weft_options_release(&st->ws);
	if (sk->sk_state == TCP_LISTEN)
		weft_listen_end(sk);
	else
		weft_close_begin(sk);
	weft_close_linger(sk, weft_close_timeout(sk));
	sock_hold(sk);
	open = sk->sk_state != TCP_CLOSE;
	sock_orphan(sk);
	release_sock(sk);
	sock->sk = NULL;

	/* What came while the program held the lock has been dealt with. */
	local_bh_disable();
	bh_lock_sock(sk);
	WARN_ON_ONCE(sock_owned_by_user(sk));
	if (!open) {
		weft_claim_drop(&st->claim);
		sock_put(sk);
	} else if (sk->sk_state != TCP_CLOSE) {
		weft_close_abandon(st);
	}
	bh_unlock_sock(sk);
	local_bh_enable();
	sock_put(sk);
	return 0;
}

/**
 * weft_stream_abort() - end a connection for another program
 * @sk: socket
 * @err: positive errno, for who has it open
 *
 * Context: process. Return: 0.
 */
int weft_stream_abort(struct sock *sk, int err)
{
	struct weft_stream *st = weft_stream(sk);

	lock_sock(sk);
	if (sk->sk_state == TCP_LISTEN) {
		weft_listen_end(sk);
		WRITE_ONCE(sk->sk_err, err);
		sk_error_report(sk);
	} else if (sk->sk_state != TCP_CLOSE) {
		local_bh_disable();
		weft_stream_tick(st);
		if (weft_stream_in(sk, WEFT_SYNCHRONIZED))
			weft_stream_send_reset(st);
		weft_stream_fail(sk, err);
		local_bh_enable();
	}
	release_sock(sk);
	return 0;
}
