// SPDX-License-Identifier: GPL-2.0
/*
 * Listening sockets. A SYN becomes a request, which is answered until the peer answers;
 * with that it becomes a connection, which waits in the accept queue. When there are too
 * many requests the answer is a cookie and nothing is remembered.
 */
#include <linux/slab.h>
#include <net/busy_poll.h>
#include "cookie.h"
#include "listen.h"
#include "net.h"
#include "route.h"
#include "secret.h"
#include "stats.h"
#include "stream.h"
#include "trace.h"

/* --- requests -------------------------------------------------------------------- */

/* Socket lock. */
static void weft_request_drop(struct weft_listen *listen, struct weft_request *req)
{
	weft_conn_del(&req->conn);
	list_del(&req->link);
	listen->n_requests--;
	kfree_rcu(req, rcu);
}

/* The sequence of RFC 6298, 5.5: 1, 2, 4 seconds and so on. */
static void weft_request_queue(struct weft_stream *st, struct weft_request *req)
{
	unsigned long wait = HZ << req->tries;

	req->due = jiffies + wait;
	list_add_tail(&req->link, &st->listen->requests[req->tries]);
	if (!timer_pending(&st->send_timer) ||
	    time_before(req->due, st->send_timer.expires))
		sk_reset_timer(weft_stream_sk(st), &st->send_timer, req->due);
}

/* Of which link are the addresses? 0 for none. */
static int weft_listen_scope(const struct sock *sk, const struct weft_port_key *key)
{
	return weft_addr_needs_scope(&key->faddr) || weft_addr_needs_scope(&key->laddr) ||
	       sk->sk_bound_dev_if ? key->iif : 0;
}

/* What our SYN,ACK says; @isn and @stamp may carry a cookie. */
static void weft_listen_answer(struct sock *sk, const struct weft_port_key *key, u32 isn,
			       u32 peer_isn, u32 stamp, u32 echo, u8 kind, bool ecn)
{
	struct weft_bare answer = {
		.net = sock_net(sk),
		.laddr = key->laddr,
		.faddr = key->faddr,
		.oif = weft_listen_scope(sk, key),
		.mark = READ_ONCE(sk->sk_mark),
		.hdr = {
			.sport = key->lport,
			.dport = key->fport,
			.seq = cpu_to_be32(isn),
			.ack = cpu_to_be32(peer_isn + 1),
			.flags = WEFT_STREAM_SYN | WEFT_STREAM_ACK,
			.window = cpu_to_be32(weft_stream_first_window(sk)),
			.stamp = cpu_to_be32(stamp),
			.echo = cpu_to_be32(echo),
		},
		.opts = { .kind = kind },
	};
	struct weft_flow flow = { .dst = key->faddr, .src = key->laddr };
	int err;

	if (ecn)
		answer.hdr.flags |= WEFT_STREAM_ECE;
	flow.oif = answer.oif;
	rcu_read_lock();
	err = weft_route_output(sock_net(sk), &flow);
	if (!err)
		answer.opts.mss = weft_stream_mss_of(weft_stream(sk), &flow);
	rcu_read_unlock();
	if (!err)
		weft_bare_send(&answer);
}

static struct weft_port_key weft_request_key(const struct weft_request *req)
{
	return (struct weft_port_key) {
		.laddr = req->conn.laddr,
		.faddr = req->conn.faddr,
		.lport = req->conn.lport,
		.fport = req->conn.fport,
		.iif = req->conn.scope,
	};
}

static void weft_request_answer(struct sock *sk, struct weft_request *req)
{
	struct weft_port_key key = weft_request_key(req);

	req->sent_us = weft_clock();
	weft_listen_answer(sk, &key, req->isn, req->peer_isn, (u32)req->sent_us +
			   weft_secret_stamp(&key.laddr, &key.faddr), req->stamp,
			   req->opts.kind, req->ecn);
}

/**
 * weft_listen_timeout() - requests are answered again, or given up
 * @st: listening socket
 *
 * Context: softirq, socket lock.
 */
void weft_listen_timeout(struct weft_stream *st)
{
	struct weft_listen *listen = st->listen;
	struct weft_request *req, *next;
	unsigned long due = 0;
	int i;

	for (i = WEFT_SYNACK_TRIES; i >= 0; i--) {
		list_for_each_entry_safe(req, next, &listen->requests[i], link) {
			if (time_before(jiffies, req->due))
				break;
			if (i == WEFT_SYNACK_TRIES) {
				weft_count(sock_net(weft_stream_sk(st)),
					   WEFT_MIB_REQUESTS_TIMED_OUT);
				weft_request_drop(listen, req);
				continue;
			}
			list_del(&req->link);
			req->tries++;
			weft_request_queue(st, req);
			weft_count(sock_net(weft_stream_sk(st)), WEFT_MIB_RETRANS_SEGS);
			weft_request_answer(weft_stream_sk(st), req);
		}
	}
	for (i = 0; i <= WEFT_SYNACK_TRIES; i++) {
		req = list_first_entry_or_null(&listen->requests[i],
					       struct weft_request, link);
		if (req && (!due || time_before(req->due, due)))
			due = req->due ?: 1;
	}
	if (due)
		sk_reset_timer(weft_stream_sk(st), &st->send_timer, due);
}

/* --- SYN -------------------------------------------------------------------------- */

/* As TCP: one more than the backlog may wait. */
static bool weft_listen_full(const struct weft_listen *listen)
{
	return listen->n_accept > listen->backlog;
}

static bool weft_syn_offers_ecn(const struct weft_stream_hdr *hdr)
{
	return (hdr->flags & (WEFT_STREAM_ECE | WEFT_STREAM_CWR)) ==
	       (WEFT_STREAM_ECE | WEFT_STREAM_CWR);
}

static u32 weft_minute(void)
{
	return div_u64(ktime_get_boottime_seconds(), 60);
}

/* Nothing is remembered: the peer will tell. */
static void weft_listen_cookie(struct sock *sk, const struct weft_port_key *key,
			       const struct weft_stream_hdr *hdr,
			       const struct weft_stream_opts *opts)
{
	bool ecn = weft_syn_offers_ecn(hdr);
	struct weft_cookie said = {
		.mss = opts->mss ?: WEFT_STREAM_MSS_DEFAULT,
		.kind = opts->kind,
		.ecn = ecn,
	};
	u32 peer_isn = be32_to_cpu(hdr->seq), stamp, isn;

	stamp = (u32)weft_clock() + weft_secret_stamp(&key->laddr, &key->faddr);
	stamp = weft_cookie_stamp(stamp, &said);
	isn = weft_secret_cookie(key, peer_isn, weft_minute(), weft_cookie_bits(stamp));
	weft_count(sock_net(sk), WEFT_MIB_COOKIES_SENT);
	weft_listen_answer(sk, key, isn, peer_isn, stamp, be32_to_cpu(hdr->stamp),
			   opts->kind, ecn);
}

static void weft_request_name(struct weft_request *req, struct sock *sk,
			      const struct weft_port_key *key)
{
	req->conn = (struct weft_conn) {
		.kind = WEFT_CONN_REQUEST,
		.net = sock_net(sk),
		.laddr = key->laddr,
		.faddr = key->faddr,
		.lport = key->lport,
		.fport = key->fport,
		.scope = weft_listen_scope(sk, key),
	};
}

static struct weft_request *weft_request_make(struct sock *sk,
					      const struct weft_port_key *key,
					      const struct weft_stream_hdr *hdr,
					      const struct weft_stream_opts *opts, u32 isn)
{
	struct weft_request *req;

	req = kzalloc(sizeof(*req), GFP_ATOMIC | __GFP_NOWARN);
	if (!req)
		return NULL;
	weft_request_name(req, sk, key);
	req->listener = sk;
	req->isn = isn ?: weft_secret_isn(key);
	req->peer_isn = be32_to_cpu(hdr->seq);
	req->stamp = be32_to_cpu(hdr->stamp);
	req->opts = *opts;
	req->opts.n_sacks = 0;
	req->ecn = weft_syn_offers_ecn(hdr);
	return req;
}

static enum weft_drop weft_listen_syn(struct sock *sk, struct sk_buff *skb,
				      const struct weft_port_key *key,
				      const struct weft_stream_opts *opts, u32 isn)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	struct weft_stream *st = weft_stream(sk);
	struct weft_request *req;

	if (opts->kind != st->kind) {
		weft_bare_reset(sock_net(sk), skb);
		return WEFT_DROP_NO_SOCKET;
	}
	if (weft_listen_full(st->listen)) {
		weft_count(sock_net(sk), WEFT_MIB_LISTEN_OVERFLOWS);
		return WEFT_DROP_STREAM_QUEUE;
	}
	if (st->listen->n_requests >= st->listen->backlog) {
		weft_listen_cookie(sk, key, hdr, opts);
		return WEFT_DROP_NONE;
	}
	req = weft_request_make(sk, key, hdr, opts, isn);
	if (!req)
		return WEFT_DROP_NO_MEMORY;
	if (!weft_conn_add(&req->conn)) {
		kfree(req);
		return WEFT_DROP_STREAM_SYN;
	}
	st->listen->n_requests++;
	weft_request_queue(st, req);
	weft_request_answer(sk, req);
	return WEFT_DROP_NONE;
}

/* --- the peer's answer -------------------------------------------------------------- */

/* A new connection, locked; NULL without memory. */
static struct sock *weft_listen_child(struct sock *sk, struct weft_request *req,
				      struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	struct weft_stream *st;
	struct sock *child;

	child = sk_clone_lock(sk, GFP_ATOMIC);
	if (!child)
		return NULL;
	sock_prot_inuse_add(sock_net(child), child->sk_prot, 1);
	st = weft_stream(child);
	weft_stream_reset_fields(st);
	weft_stream_timers_init(st);
	st->gone = 0;
	st->memory = 0;
	st->ws.laddr = req->conn.laddr;
	st->ws.faddr = req->conn.faddr;
	st->ws.lport = req->conn.lport;
	st->ws.fport = req->conn.fport;
	st->ws.scope = req->conn.scope;
	st->kind = req->opts.kind;
	st->conn = req->conn;
	st->conn.kind = WEFT_CONN_STREAM;
	INIT_HLIST_NODE(&st->conn.node);
	st->stamp_offset = weft_secret_stamp(&st->ws.laddr, &st->ws.faddr);
	weft_stream_tick(st);
	st->snd.iss = req->isn;
	st->snd.una = req->isn + 1;
	st->snd.nxt = req->isn + 1;
	st->snd.end = req->isn + 1;
	st->snd.small = req->isn;
	st->snd.pushed = req->isn;
	weft_sendbuf_init(&st->snd.buf, st->snd.end);
	st->snd.peer_mss = req->opts.mss ?: WEFT_STREAM_MSS_DEFAULT;
	st->snd.ecn = req->ecn;
	st->snd.wl1 = be32_to_cpu(hdr->seq);
	st->snd.wnd = be32_to_cpu(hdr->window);
	st->rcv.irs = req->peer_isn;
	st->rcv.nxt = req->peer_isn + 1;
	st->rcv.read = st->rcv.nxt;
	st->rcv.acked = st->rcv.nxt;
	st->rcv.stamp = req->stamp;
	st->rcv.stamp_at = ktime_get_seconds();
	weft_stream_offered(st);
	sk_mark_napi_id(child, skb);
	child->sk_state = TCP_SYN_RECV;
	return child;
}

/* Into the accept queue, with one of the two references that the clone came with. */
static void weft_listen_queue(struct sock *sk, struct sock *child)
{
	struct weft_listen *listen = weft_stream(sk)->listen;

	sock_hold(sk);
	weft_stream(child)->parent = sk;
	list_add_tail(&weft_stream(child)->accept, &listen->accept);
	WRITE_ONCE(listen->n_accept, listen->n_accept + 1);
	WRITE_ONCE(sk->sk_ack_backlog, listen->n_accept);
}

/*
 * The handshake is complete: the request, which is in no list any more, becomes a
 * connection, and the segment its first one.
 */
static enum weft_drop weft_listen_complete(struct sock *sk, struct weft_request *req,
					   struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	struct sock *child = weft_listen_child(sk, req, skb);
	struct weft_stream *st;
	u32 echo = be32_to_cpu(hdr->echo);

	if (!child)
		return WEFT_DROP_NO_MEMORY;
	st = weft_stream(child);
	weft_claim_share(&st->claim, &weft_stream(sk)->claim);
	weft_conn_replace(&req->conn, &st->conn);
	if (!req->tries && echo)
		weft_rtt_sample(&st->snd.rtt, max_t(u32, weft_stream_stamp(st) - echo, 1),
				st->now);
	weft_stream_established(child);
	weft_count(sock_net(sk), WEFT_MIB_PASSIVE_OPENS);
	weft_listen_queue(sk, child);
	weft_stream_backlog_rcv(child, skb);
	bh_unlock_sock(child);
	sock_put(child);
	sk->sk_data_ready(sk);
	return WEFT_DROP_NONE;
}

/* Its answer was a cookie: the request is made of what the peer says. */
static bool weft_listen_uncookie(struct sock *sk, const struct weft_port_key *key,
				 const struct weft_stream_hdr *hdr,
				 struct weft_request *req)
{
	u32 stamp = be32_to_cpu(hdr->echo), minute = weft_minute();
	u32 isn = be32_to_cpu(hdr->ack) - 1, peer_isn = be32_to_cpu(hdr->seq) - 1;
	u32 hash[WEFT_COOKIE_MINUTES];
	struct weft_cookie said;
	int i;

	for (i = 0; i < WEFT_COOKIE_MINUTES; i++)
		hash[i] = weft_secret_cookie(key, peer_isn, minute - i,
					     weft_cookie_bits(stamp));
	if (!weft_cookie_match(isn, hash))
		return false;
	weft_cookie_said(&said, stamp);
	req->opts.mss = said.mss;
	req->opts.kind = said.kind;
	req->ecn = said.ecn;
	weft_request_name(req, sk, key);
	req->isn = isn;
	req->peer_isn = peer_isn;
	req->stamp = be32_to_cpu(hdr->stamp);
	return req->opts.kind == weft_stream(sk)->kind;
}

/* An acknowledgment that no request is there for. */
static enum weft_drop weft_listen_stranger(struct sock *sk, struct sk_buff *skb,
					   const struct weft_port_key *key)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	struct weft_request req = {};
	enum weft_drop reason;

	if (!weft_listen_uncookie(sk, key, hdr, &req)) {
		weft_count(sock_net(sk), WEFT_MIB_COOKIES_FAILED);
		weft_bare_reset(sock_net(sk), skb);
		return WEFT_DROP_NO_SOCKET;
	}
	if (weft_listen_full(weft_stream(sk)->listen)) {
		weft_count(sock_net(sk), WEFT_MIB_LISTEN_OVERFLOWS);
		return WEFT_DROP_STREAM_QUEUE;
	}
	INIT_HLIST_NODE(&req.conn.node);
	reason = weft_listen_complete(sk, &req, skb);
	if (!reason)
		weft_count(sock_net(sk), WEFT_MIB_COOKIES_RECEIVED);
	return reason;
}

/* The rules of SYN-RECEIVED (RFC 9293, 3.10.7.4). */
static enum weft_drop weft_request_check(struct sock *sk, struct weft_request *req,
					 struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	u32 seq = be32_to_cpu(hdr->seq), next = req->peer_isn + 1;
	struct weft_listen *listen = weft_stream(sk)->listen;

	if (hdr->flags & WEFT_STREAM_SYN) {
		/* The same again: our answer was lost. */
		if (seq == req->peer_isn && !(hdr->flags & WEFT_STREAM_ACK) &&
		    weft_clock() - req->sent_us > USEC_PER_SEC / 2)
			weft_request_answer(sk, req);
		return WEFT_DROP_STREAM_SYN;
	}
	if (!weft_seq_between(seq, next, next + 65535))
		return WEFT_DROP_STREAM_WINDOW;
	if (hdr->flags & WEFT_STREAM_RST) {
		if (seq == next)
			weft_request_drop(listen, req);
		return WEFT_DROP_STREAM_RESET;
	}
	if (be32_to_cpu(hdr->ack) != req->isn + 1) {
		weft_bare_reset(sock_net(sk), skb);
		return WEFT_DROP_STREAM_ACK;
	}
	if (weft_seq_before(be32_to_cpu(hdr->stamp), req->stamp))
		return WEFT_DROP_STREAM_STAMP;
	return WEFT_DROP_NONE;
}

/*
 * WEFT_DEFER_ACCEPT: nobody wants to hear of it before there are data, or before it was
 * answered so often as takes that time.
 */
static bool weft_request_waits(const struct sock *sk, const struct weft_request *req,
			       const struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;

	return weft_stream(sk)->set.defer && skb->len == hdr->len &&
	       !(hdr->flags & WEFT_STREAM_FIN) &&
	       req->tries < WEFT_SYNACK_TRIES &&
	       (1U << req->tries) - 1 < (unsigned int)weft_stream(sk)->set.defer;
}

static enum weft_drop weft_request_rcv(struct sock *sk, struct weft_request *req,
				       struct sk_buff *skb)
{
	struct weft_listen *listen = weft_stream(sk)->listen;
	enum weft_drop reason = weft_request_check(sk, req, skb);

	if (reason)
		return reason;
	if (weft_request_waits(sk, req, skb)) {
		req->complete = true;
		return WEFT_DROP_STREAM_QUEUE;
	}
	if (weft_listen_full(listen)) {
		weft_count(sock_net(sk), WEFT_MIB_LISTEN_OVERFLOWS);
		return WEFT_DROP_STREAM_QUEUE;
	}
	reason = weft_listen_complete(sk, req, skb);
	if (!reason)
		weft_request_drop(listen, req);
	return reason;
}

/**
 * weft_listen_rcv() - a segment for a listening socket, or for a request of one
 * @sk: socket in state LISTEN
 * @skb: segment, its data at the stream header; consumed if WEFT_DROP_NONE is returned
 * @key: its ends
 * @opts: its options
 * @isn: initial sequence number that an old connection of the same ends asks for, or 0
 *
 * Context: softirq or process with softirqs disabled, socket lock, RCU read lock.
 * Return: WEFT_DROP_NONE or why @skb must be dropped.
 */
enum weft_drop weft_listen_rcv(struct sock *sk, struct sk_buff *skb,
			       const struct weft_port_key *key,
			       const struct weft_stream_opts *opts, u32 isn)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	struct weft_conn *conn = weft_conn_lookup(sock_net(sk), key);
	enum weft_drop reason;

	if (conn && conn->kind == WEFT_CONN_REQUEST &&
	    weft_conn_request(conn)->listener == sk)
		return weft_request_rcv(sk, weft_conn_request(conn), skb);
	/* Another segment made it a connection while this one waited. */
	if (conn)
		return WEFT_DROP_STREAM_BACKLOG;
	if (hdr->flags & WEFT_STREAM_RST)
		return WEFT_DROP_NO_SOCKET;
	if (hdr->flags & WEFT_STREAM_ACK) {
		if (!(hdr->flags & WEFT_STREAM_SYN))
			return weft_listen_stranger(sk, skb, key);
		weft_bare_reset(sock_net(sk), skb);
		return WEFT_DROP_NO_SOCKET;
	}
	reason = weft_listen_syn(sk, skb, key, opts, isn);
	if (!reason)
		consume_skb(skb);
	return reason;
}

/* --- the program's side ---------------------------------------------------------------- */

/**
 * weft_listen_begin() - listen(), or another backlog
 * @sk: socket that holds a port, in state CLOSED or LISTEN
 * @backlog: as the program says
 *
 * Context: process, socket lock. Return: 0, -EADDRINUSE or -ENOMEM.
 */
int weft_listen_begin(struct sock *sk, int backlog)
{
	struct weft_stream *st = weft_stream(sk);
	struct weft_listen *listen = st->listen;
	int i, err;

	if (listen) {
		listen->backlog = backlog;
		WRITE_ONCE(sk->sk_max_ack_backlog, listen->backlog);
		return 0;
	}
	listen = kzalloc(sizeof(*listen), GFP_KERNEL);
	if (!listen)
		return -ENOMEM;
	listen->backlog = backlog;
	INIT_LIST_HEAD(&listen->accept);
	for (i = 0; i <= WEFT_SYNACK_TRIES; i++)
		INIT_LIST_HEAD(&listen->requests[i]);
	err = weft_claim_listen(&st->claim, true);
	if (err) {
		kfree(listen);
		return err;
	}
	st->listen = listen;
	WRITE_ONCE(sk->sk_max_ack_backlog, listen->backlog);
	WRITE_ONCE(sk->sk_ack_backlog, 0);
	weft_stream_set_state(sk, TCP_LISTEN);
	err = weft_listen_add(st);
	if (err) {
		weft_stream_set_state(sk, TCP_CLOSE);
		weft_claim_listen(&st->claim, false);
		st->listen = NULL;
		kfree(listen);
	}
	return err;
}

/* A connection that nobody accepted: the peer is told. */
static void weft_listen_refuse(struct sock *child)
{
	struct weft_stream *st = weft_stream(child);

	sock_hold(child);
	local_bh_disable();
	bh_lock_sock_nested(child);
	st->parent = NULL;
	sock_orphan(child);
	if (weft_stream_in(child, WEFT_SYNCHRONIZED)) {
		weft_stream_tick(st);
		weft_stream_send_reset(st);
	}
	weft_stream_done(child);
	bh_unlock_sock(child);
	local_bh_enable();
	sock_put(child);
}

/**
 * weft_listen_end() - a listening socket is closed, or disconnected
 * @sk: socket in state LISTEN; in state CLOSED then
 *
 * Context: process, socket lock.
 */
void weft_listen_end(struct sock *sk)
{
	struct weft_stream *st = weft_stream(sk);
	struct weft_listen *listen = st->listen;
	struct weft_request *req, *next;
	struct weft_stream *child, *more;
	int i;

	weft_listen_del(st);
	sk_stop_timer(sk, &st->send_timer);
	weft_stream_set_state(sk, TCP_CLOSE);
	for (i = 0; i <= WEFT_SYNACK_TRIES; i++)
		list_for_each_entry_safe(req, next, &listen->requests[i], link)
			weft_request_drop(listen, req);
	list_for_each_entry_safe(child, more, &listen->accept, accept) {
		list_del_init(&child->accept);
		weft_listen_refuse(weft_stream_sk(child));
		sock_put(sk);
	}
	st->listen = NULL;
	WRITE_ONCE(sk->sk_ack_backlog, 0);
	weft_claim_listen(&st->claim, false);
	kfree(listen);
}

static int weft_listen_wait(struct sock *sk, long timeo)
{
	DEFINE_WAIT(wait);
	int err = 0;

	while (!err && list_empty(&weft_stream(sk)->listen->accept)) {
		if (!timeo)
			return -EAGAIN;
		prepare_to_wait_exclusive(sk_sleep(sk), &wait, TASK_INTERRUPTIBLE);
		release_sock(sk);
		timeo = schedule_timeout(timeo);
		lock_sock(sk);
		finish_wait(sk_sleep(sk), &wait);
		if (sk->sk_state != TCP_LISTEN)
			return -EINVAL;
		if (list_empty(&weft_stream(sk)->listen->accept) && signal_pending(current))
			err = sock_intr_errno(timeo);
	}
	return err;
}

/**
 * weft_listen_accept() - take a connection from the accept queue
 * @sk: socket
 * @flags: O_NONBLOCK
 * @err: negative errno: -EINVAL if the socket does not listen, -EAGAIN, -EINTR
 *
 * Context: process.
 * Return: the connection with a reference, or NULL.
 */
struct sock *weft_listen_accept(struct sock *sk, int flags, int *err)
{
	struct weft_stream *child = NULL;
	struct weft_listen *listen;

	lock_sock(sk);
	*err = -EINVAL;
	if (sk->sk_state != TCP_LISTEN)
		goto out;
	*err = weft_listen_wait(sk, sock_rcvtimeo(sk, flags & O_NONBLOCK));
	if (*err)
		goto out;
	listen = weft_stream(sk)->listen;
	child = list_first_entry(&listen->accept, struct weft_stream, accept);
	list_del_init(&child->accept);
	WRITE_ONCE(listen->n_accept, listen->n_accept - 1);
	WRITE_ONCE(sk->sk_ack_backlog, listen->n_accept);
	child->parent = NULL;
	sock_put(sk);
out:
	release_sock(sk);
	return child ? weft_stream_sk(child) : NULL;
}
