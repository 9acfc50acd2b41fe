// SPDX-License-Identifier: GPL-2.0
/*
 * connect(), and its opposite: the ends of a connection, its initial numbers, SYN, and the
 * wait for the answer. stream_input.c has what comes.
 */
#include <linux/net.h>
#include <linux/wait.h>
#include "listen.h"
#include "net.h"
#include "options.h"
#include "route.h"
#include "route_cache.h"
#include "secret.h"
#include "stats.h"
#include "stream.h"
#include "trace.h"

/* What connect() set goes; what bind() set stays. */
static void weft_stream_unname(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	st->ws.fport = 0;
	memset(&st->ws.faddr, 0, sizeof(st->ws.faddr));
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK))
		memset(&st->ws.laddr, 0, sizeof(st->ws.laddr));
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK)) {
		weft_claim_drop(&st->claim);
		st->ws.lport = 0;
	}
	if (!weft_addr_needs_scope(&st->ws.laddr))
		st->ws.scope = 0;
}

/* Where to, and from where; nothing changes if it fails. */
static int weft_stream_name(struct weft_stream *st, const struct sockaddr_weft *sa)
{
	struct weft_sock *ws = &st->ws;
	struct weft_flow flow = {
		.dst = sa->sweft_addr,
		.src = ws->laddr,
		.next = WEFT_PROTO_STREAM,
		.mark = ws->sk.sk_mark,
		.uid = ws->sk.sk_uid,
	};
	int err;

	err = weft_sock_dest(ws, sa, &flow.oif);
	if (err)
		return err;
	if (weft_addr_group(&flow.dst))
		return -ENETUNREACH;
	if (!sa->sweft_port)
		return -EADDRNOTAVAIL;
	if (weft_addr_any(&flow.dst))
		flow.dst = (struct weft_addr)WEFT_ADDR_LOOPBACK_INIT;
	rcu_read_lock();
	err = weft_route_output(sock_net(&ws->sk), &flow);
	rcu_read_unlock();
	if (err)
		return err;
	ws->laddr = flow.src;
	ws->faddr = flow.dst;
	ws->fport = sa->sweft_port;
	if (weft_addr_needs_scope(&flow.dst) || weft_addr_needs_scope(&flow.src))
		ws->scope = flow.oif ?: flow.dev->ifindex;
	return 0;
}

/* The initial numbers of a connection that is opened here. */
static void weft_stream_number(struct weft_stream *st)
{
	struct weft_port_key key = {
		.laddr = st->ws.laddr,
		.faddr = st->ws.faddr,
		.lport = st->ws.lport,
		.fport = st->ws.fport,
	};
	u32 isn = st->snd.iss ?: weft_secret_isn(&key);

	st->snd.iss = isn;
	st->snd.una = isn;
	st->snd.nxt = isn;
	st->snd.end = isn + 1;
	st->snd.small = isn;
	st->snd.pushed = isn;
	weft_sendbuf_init(&st->snd.buf, isn + 1);
	weft_rack_init(&st->snd.rack, isn);
	st->stamp_offset = weft_secret_stamp(&key.laddr, &key.faddr);
}

/* Sends SYN. */
static int weft_stream_open(struct sock *sk, const struct sockaddr_weft *sa)
{
	struct weft_stream *st = weft_stream(sk);
	struct weft_addr bound = st->ws.laddr;
	int err;

	st->snd.iss = 0;
	err = weft_stream_name(st, sa);
	if (err)
		return err;
	/* Whoever walks past the entry of an earlier connection must not come into another slot. */
	if (st->gone)
		cond_synchronize_rcu(st->gone);
	st->conn = (struct weft_conn) {
		.net = sock_net(sk),
		.laddr = st->ws.laddr,
		.faddr = st->ws.faddr,
		.fport = st->ws.fport,
		.scope = weft_sock_iif(&st->ws),
		.kind = WEFT_CONN_STREAM,
	};
	INIT_HLIST_NODE(&st->conn.node);
	if (!st->claim.bucket)
		weft_stream_claim_fill(st);
	weft_stream_set_state(sk, TCP_SYN_SENT);
	err = weft_claim_connect(&st->claim, &st->conn);
	if (err) {
		weft_stream_set_state(sk, TCP_CLOSE);
		weft_stream_unname(st);
		st->ws.laddr = bound;
		return err;
	}
	st->ws.lport = st->conn.lport;
	WRITE_ONCE(sk->sk_shutdown, 0);
	/* What an earlier connection left. */
	WRITE_ONCE(sk->sk_err, 0);
	sock_reset_flag(sk, SOCK_DONE);
	weft_stream_number(st);
	weft_stream_tick(st);
	weft_stream_set_mss(st);
	weft_count(sock_net(sk), WEFT_MIB_ACTIVE_OPENS);
	weft_stream_send_syn(st, false);
	return 0;
}

/* As a new socket, but for the port that bind() gave it. */
static void weft_stream_restart(struct weft_stream *st)
{
	struct weft_claim claim = {};

	if (st->claim.bucket)
		weft_claim_move(&claim, &st->claim);
	weft_route_forget(&st->ws.way);
	weft_stream_reset_fields(st);
	if (claim.bucket)
		weft_claim_move(&st->claim, &claim);
}

static bool weft_stream_connecting(const struct sock *sk)
{
	return weft_stream_in(sk, TCPF_SYN_SENT | TCPF_SYN_RECV);
}

/* Until the peer answers: 0; @late when the time is over, or another negative errno. */
static int weft_stream_wait_connect(struct sock *sk, long timeo, int late)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	int disconnects = sk->sk_disconnects, err = 0;

	add_wait_queue(sk_sleep(sk), &wait);
	while (!err && weft_stream_connecting(sk)) {
		if (!timeo) {
			err = late;
			break;
		}
		release_sock(sk);
		timeo = wait_woken(&wait, TASK_INTERRUPTIBLE, timeo);
		lock_sock(sk);
		if (disconnects != sk->sk_disconnects)
			err = -EPIPE;
		else if (signal_pending(current) && weft_stream_connecting(sk))
			err = sock_intr_errno(timeo);
	}
	remove_wait_queue(sk_sleep(sk), &wait);
	return err;
}

/* Something is lost if the connection ends now. */
static bool weft_stream_resets(const struct weft_stream *st)
{
	if (weft_stream_in(&st->ws.sk, TCPF_CLOSING | TCPF_LAST_ACK))
		return !st->snd.fin_sent;
	return weft_stream_in(&st->ws.sk, WEFT_SYNCHRONIZED);
}

/**
 * weft_stream_disconnect() - everything of a connection goes
 * @sk: socket; it can have another connection then
 *
 * Context: process, socket lock.
 */
void weft_stream_disconnect(struct sock *sk)
{
	struct weft_stream *st = weft_stream(sk);

	if (sk->sk_state == TCP_LISTEN) {
		weft_listen_end(sk);
	} else if (weft_stream_resets(st)) {
		weft_stream_tick(st);
		weft_stream_send_reset(st);
		WRITE_ONCE(sk->sk_err, ECONNRESET);
	} else if (sk->sk_state == TCP_SYN_SENT) {
		WRITE_ONCE(sk->sk_err, ECONNRESET);
	}
	if (sk->sk_state != TCP_CLOSE)
		weft_stream_leave(sk);
	weft_stream_purge(st);
	weft_stream_forget(st);
	weft_stream_unname(st);
	WRITE_ONCE(sk->sk_shutdown, 0);
	sock_reset_flag(sk, SOCK_DONE);
	weft_stream_restart(st);
	/* Who waits finds another state. */
	sk_error_report(sk);
}

static int weft_stream_connect_locked(struct socket *sock, struct sockaddr_unsized *uaddr,
				      int len, int flags)
{
	struct sock *sk = sock->sk;
	int late = -EALREADY, err;

	switch (sock->state) {
	case SS_CONNECTED:
		return -EISCONN;
	case SS_CONNECTING:
		break;
	case SS_UNCONNECTED:
		if (sk->sk_state != TCP_CLOSE)
			return -EISCONN;
		err = weft_sockaddr_check((struct sockaddr_weft *)uaddr, len);
		if (!err)
			err = weft_stream_open(sk, (struct sockaddr_weft *)uaddr);
		if (err)
			return err;
		sock->state = SS_CONNECTING;
		late = -EINPROGRESS;
		break;
	default:
		return -EINVAL;
	}
	err = weft_stream_wait_connect(sk, sock_sndtimeo(sk, flags & O_NONBLOCK), late);
	if (err)
		return err;
	if (sk->sk_state == TCP_CLOSE) {
		err = sock_error(sk) ?: -ECONNABORTED;
		sock->state = SS_UNCONNECTED;
		weft_stream_disconnect(sk);
		return err;
	}
	sock->state = SS_CONNECTED;
	return 0;
}

/**
 * weft_stream_connect() - connect()
 * @sock: socket
 * @uaddr: the peer; of family AF_UNSPEC: the connection goes
 * @len: length of @uaddr, bytes
 * @flags: O_NONBLOCK
 *
 * Context: process.
 * Return: 0; -EINPROGRESS, -EALREADY and -EISCONN as for TCP; what ended the attempt, or
 * what keeps it from being made.
 */
int weft_stream_connect(struct socket *sock, struct sockaddr_unsized *uaddr, int len, int flags)
{
	struct sock *sk = sock->sk;
	int err = 0;

	if (len < (int)sizeof(uaddr->sa_family))
		return -EINVAL;
	lock_sock(sk);
	if (uaddr->sa_family == AF_UNSPEC) {
		sk->sk_disconnects++;
		weft_stream_disconnect(sk);
		sock->state = SS_UNCONNECTED;
	} else {
		err = weft_stream_connect_locked(sock, uaddr, len, flags);
	}
	release_sock(sk);
	return err;
}
