// SPDX-License-Identifier: GPL-2.0
/*
 * Streams by NETLINK_SOCK_DIAG: sockets with a connection, those that listen, and what
 * has no socket: requests and TIME-WAIT.
 *
 * The tables are read under RCU, and a socket is told of without it, with a reference:
 * what is known of its connection is read under its lock.
 */
#include <linux/rculist.h>
#include <linux/sock_diag.h>
#include "compat_sock.h"
#include "conn.h"
#include "diag.h"
#include "listen.h"
#include "net.h"
#include "stream.h"
#include "timewait.h"

/**
 * weft_diag_stream_asked() - may streams be what a request asks for?
 * @req: the request
 *
 * Return: true if they may.
 */
bool weft_diag_stream_asked(const struct weft_diag_req *req)
{
	return (!req->protocol || req->protocol == WEFT_PROTO_STREAM) &&
	       (!req->type || req->type == SOCK_STREAM || req->type == SOCK_SEQPACKET);
}

/* --- what is told ----------------------------------------------------------------- */

static void weft_diag_conn_id(const struct weft_conn *conn, struct weft_diag_id *id)
{
	id->src = conn->laddr;
	id->dst = conn->faddr;
	id->sport = conn->lport;
	id->dport = conn->fport;
	id->ifindex = conn->scope;
}

static void weft_diag_socket_msg(struct weft_stream *st, const struct weft_diag_ask *ask,
				 struct weft_diag_end *end)
{
	end->sk = weft_stream_sk(st);
	weft_diag_describe(end->sk, ask, &end->msg);
	weft_diag_conn_id(&st->conn, &end->msg.id);
	end->msg.rqueue = weft_recv_bytes(st);
	end->msg.wqueue = READ_ONCE(st->snd.buf.end) - READ_ONCE(st->snd.buf.seq);
}

/* Queues in the manner of ss(8): connections that wait, and how many may. */
static void weft_diag_listener_msg(struct weft_stream *st, const struct weft_diag_ask *ask,
				   struct weft_diag_end *end)
{
	end->sk = weft_stream_sk(st);
	weft_diag_describe(end->sk, ask, &end->msg);
	end->msg.id.src = st->ws.laddr;
	end->msg.id.sport = READ_ONCE(st->ws.lport);
	end->msg.id.ifindex = weft_sock_iif(&st->ws);
	end->msg.rqueue = READ_ONCE(end->sk->sk_ack_backlog);
	end->msg.wqueue = READ_ONCE(end->sk->sk_max_ack_backlog);
}

/* Without a socket. It has no cookie. */
static void weft_diag_bare_msg(const struct weft_conn *conn, int type, int state, kuid_t uid,
			       const struct weft_diag_ask *ask, struct weft_diag_end *end)
{
	end->sk = NULL;
	end->msg = (struct weft_diag_msg) {
		.family = weft_family,
		.protocol = WEFT_PROTO_STREAM,
		.type = type,
		.state = state,
		.uid = from_kuid_munged(ask->user_ns, uid),
	};
	weft_diag_conn_id(conn, &end->msg.id);
}

/* RCU read lock, without which @end->sk is nothing. */
static void weft_diag_conn_msg(struct weft_conn *conn, const struct weft_diag_ask *ask,
			       struct weft_diag_end *end)
{
	const struct weft_timewait *tw;
	struct sock *listener;

	if (conn->kind == WEFT_CONN_STREAM) {
		weft_diag_socket_msg(weft_conn_stream(conn), ask, end);
	} else if (conn->kind == WEFT_CONN_REQUEST) {
		listener = weft_conn_request(conn)->listener;
		weft_diag_bare_msg(conn, listener->sk_type, TCP_SYN_RECV,
				   sk_uid(listener), ask, end);
	} else {
		tw = weft_conn_timewait(conn);
		weft_diag_bare_msg(conn, tw->type, READ_ONCE(tw->half) ? TCP_FIN_WAIT2 :
				   TCP_TIME_WAIT, tw->claim.uid, ask, end);
	}
}

/* A socket that is on its way out of the table is closed; false for one that is gone. */
static bool weft_diag_end_hold(const struct weft_diag_end *end)
{
	return !end->sk || (end->msg.state != TCP_CLOSE &&
			    refcount_inc_not_zero(&end->sk->sk_refcnt));
}

/**
 * weft_diag_stream_put() - add what is told of one to an answer
 * @skb: answer
 * @end: what is told; its reference stays the caller's
 * @ask: request
 *
 * Context: process. Return: 0, or -EMSGSIZE if there is no room.
 */
int weft_diag_stream_put(struct sk_buff *skb, const struct weft_diag_end *end,
			 const struct weft_diag_ask *ask)
{
	struct weft_info info;

	if (!end->sk || !(ask->req->attrs & BIT(WEFT_DIAG_INFO)))
		return weft_diag_put(skb, &end->msg, end->sk, NULL, ask);
	lock_sock(end->sk);
	weft_stream_info(end->sk, &info);
	release_sock(end->sk);
	return weft_diag_put(skb, &end->msg, end->sk, &info, ask);
}

/* --- lists ------------------------------------------------------------------------ */

static bool weft_diag_end_wanted(const struct weft_diag_end *end,
				 const struct weft_diag_req *req)
{
	return (!req->type || req->type == end->msg.type) &&
	       weft_diag_chosen(&end->msg, req) && weft_diag_end_hold(end);
}

/* The first connection of a slot from *@place on that is wanted, with a reference. */
static bool weft_diag_next_conn(const struct net *net, const struct weft_diag_ask *ask,
				unsigned int slot, long *place, struct weft_diag_end *end)
{
	struct weft_conn *conn;
	bool found = false;

	rcu_read_lock();
	conn = weft_conn_walk(slot, *place);
	hlist_for_each_entry_from_rcu(conn, node) {
		++*place;
		if (!net_eq(conn->net, net))
			continue;
		weft_diag_conn_msg(conn, ask, end);
		found = weft_diag_end_wanted(end, ask->req);
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

static bool weft_diag_next_listener(const struct net *net, const struct weft_diag_ask *ask,
				    unsigned int slot, long *place,
				    struct weft_diag_end *end)
{
	struct weft_stream *st;
	bool found = false;

	rcu_read_lock();
	st = weft_listen_walk(slot, *place);
	hlist_for_each_entry_from_rcu(st, listen_node) {
		++*place;
		if (!net_eq(sock_net(weft_stream_sk(st)), net))
			continue;
		weft_diag_listener_msg(st, ask, end);
		found = weft_diag_end_wanted(end, ask->req);
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

/**
 * weft_diag_stream_dump() - add connections, or listening sockets, to a list
 * @skb: list
 * @ask: request
 * @listening: listening sockets
 * @slot: where to go on
 * @place: how many of that slot have been dealt with
 *
 * Context: process. Return: 0 if that was all, or -EMSGSIZE if there is no more room.
 */
int weft_diag_stream_dump(struct sk_buff *skb, const struct weft_diag_ask *ask,
			  bool listening, long *slot, long *place)
{
	const struct net *net = sock_net(skb->sk);
	long slots = listening ? WEFT_LISTEN_SLOTS : weft_conn_slots(), before = *place;
	struct weft_diag_end end;
	int err;

	for (; *slot < slots; ++*slot, *place = 0, before = 0) {
		while (listening ? weft_diag_next_listener(net, ask, *slot, place, &end) :
				   weft_diag_next_conn(net, ask, *slot, place, &end)) {
			err = weft_diag_stream_put(skb, &end, ask);
			if (end.sk)
				sock_put(end.sk);
			if (err) {
				*place = before;
				return err;
			}
			before = *place;
		}
		cond_resched();
	}
	return 0;
}

/* --- one -------------------------------------------------------------------------- */

/* -ENOENT if it is another one, -ESTALE if only the cookie is another's. */
static int weft_diag_end_check(const struct weft_diag_end *end,
			       const struct weft_diag_req *req)
{
	int err;

	if (req->type && req->type != end->msg.type)
		return -ENOENT;
	err = weft_diag_same(&end->msg.id, req);
	if (err)
		return err;
	return weft_diag_end_hold(end) ? 0 : -ENOENT;
}

static int weft_diag_find_conn(struct net *net, const struct weft_diag_ask *ask,
			       struct weft_diag_end *end)
{
	const struct weft_diag_id *id = &ask->req->id;
	const struct weft_port_key key = {
		.laddr = id->src,
		.faddr = id->dst,
		.lport = id->sport,
		.fport = id->dport,
		.iif = id->ifindex,
	};
	struct weft_conn *conn = weft_conn_lookup(net, &key);

	if (!conn)
		return -ENOENT;
	weft_diag_conn_msg(conn, ask, end);
	return weft_diag_end_check(end, ask->req);
}

/* Those of a group differ by their cookies alone. */
static int weft_diag_find_listener(struct net *net, const struct weft_diag_ask *ask,
				   struct weft_diag_end *end)
{
	struct weft_stream *st;
	int err = -ENOENT, ret;
	unsigned int slot;

	for (slot = 0; slot < WEFT_LISTEN_SLOTS; slot++) {
		st = weft_listen_walk(slot, 0);
		hlist_for_each_entry_from_rcu(st, listen_node) {
			if (!net_eq(sock_net(weft_stream_sk(st)), net))
				continue;
			weft_diag_listener_msg(st, ask, end);
			ret = weft_diag_end_check(end, ask->req);
			if (!ret)
				return 0;
			if (ret == -ESTALE)
				err = ret;
		}
	}
	return err;
}

/**
 * weft_diag_stream_find() - find the one that a request is about
 * @net: namespace
 * @ask: request
 * @end: filled in, with a reference to a socket
 *
 * Context: process. Return: 0, -ENOENT, or -ESTALE if it has another cookie.
 */
int weft_diag_stream_find(struct net *net, const struct weft_diag_ask *ask,
			  struct weft_diag_end *end)
{
	int err;

	if (!weft_diag_stream_asked(ask->req))
		return -ENOENT;
	rcu_read_lock();
	if (ask->req->id.dport)
		err = weft_diag_find_conn(net, ask, end);
	else
		err = weft_diag_find_listener(net, ask, end);
	rcu_read_unlock();
	return err;
}
