// SPDX-License-Identifier: GPL-2.0
/*
 * Streams: the calls of a socket that do not move data, and the life of a connection.
 * stream_connect.c has what connects, listen.c what listens, stream_close.c the end.
 */
#include <linux/module.h>
#include <linux/net.h>
#include <linux/poll.h>
#include <linux/sockios.h>
#include <asm/ioctls.h>
#include <net/busy_poll.h>
#include "compat_accept.h"
#include "compat_sock.h"
#include "compat_stream.h"
#include "listen.h"
#include "memory.h"
#include "net.h"
#include "options.h"
#include "route.h"
#include "route_cache.h"
#include "secret.h"
#include "stats.h"
#include "stream.h"
#include "timewait.h"
#include "trace.h"

static unsigned long weft_stream_pressure;
static struct percpu_counter weft_stream_sockets;
static struct kmem_cache *weft_seg_cache;
static int weft_stream_mem[3] = { 4096, WEFT_STREAM_SNDBUF, WEFT_STREAM_SNDBUF_MAX };

static void weft_stream_enter_pressure(struct sock *sk)
{
	if (!READ_ONCE(weft_stream_pressure))
		WRITE_ONCE(weft_stream_pressure, jiffies ?: 1);
}

static void weft_stream_leave_pressure(struct sock *sk)
{
	if (READ_ONCE(weft_stream_pressure))
		WRITE_ONCE(weft_stream_pressure, 0);
}

/* As with TCP, who waits is woken when it is worth it: at half of WEFT_NOTSENT_LOWAT. */
static bool weft_stream_memory_free(const struct sock *sk, int wake)
{
	const struct weft_stream *st = weft_stream(sk);
	u32 lowat = READ_ONCE(st->set.notsent_lowat);

	return !lowat || weft_stream_unsent(st) << wake < lowat;
}

struct proto weft_stream_prot = {
	.name		= "WEFT-STREAM",
	.owner		= THIS_MODULE,
	.obj_size	= sizeof(struct weft_stream),
	.no_autobind	= true,
	.backlog_rcv	= weft_stream_backlog_rcv,
	.release_cb	= weft_stream_deferred,
	.keepalive	= weft_stream_keepalive,
	.stream_memory_free = weft_stream_memory_free,
	.diag_destroy	= weft_stream_abort,
	.enter_memory_pressure = weft_stream_enter_pressure,
	.leave_memory_pressure = weft_stream_leave_pressure,
	.memory_pressure = &weft_stream_pressure,
	.memory_allocated = &weft_memory_allocated,
	.per_cpu_fw_alloc = &weft_memory_reserve,
	.sockets_allocated = &weft_stream_sockets,
	.sysctl_mem	= weft_memory_limit,
	.sysctl_rmem	= weft_stream_mem,
	.sysctl_wmem	= weft_stream_mem,
};

const struct weft_proto weft_stream_proto = {
	.next		= WEFT_PROTO_STREAM,
	.header_len	= sizeof(struct weft_stream_hdr),
	.check_offset	= offsetof(struct weft_stream_hdr, check),
	.privileged	= true,
};

static struct weft_seg *weft_seg_alloc(void)
{
	return kmem_cache_alloc(weft_seg_cache, GFP_ATOMIC | __GFP_NOWARN);
}

static void weft_seg_free(struct weft_seg *seg)
{
	kmem_cache_free(weft_seg_cache, seg);
}

static void weft_piece_drop(struct weft_reorder *r, struct weft_piece *piece)
{
	struct weft_recv *rcv = container_of(r, struct weft_recv, reorder);
	struct sk_buff *skb = weft_piece_skb(piece);

	rcv->reorder_bytes -= skb->truesize;
	kfree_skb(skb);
}

/**
 * weft_stream_reset_fields() - all that belongs to a connection is new
 * @st: socket
 *
 * What a clone has from the socket that it was made of is forgotten, not freed.
 * Context: any.
 */
void weft_stream_reset_fields(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	memset((char *)st + offsetof(struct weft_stream, claim), 0,
	       offsetof(struct weft_stream, send_timer) -
	       offsetof(struct weft_stream, claim));
	RCU_INIT_POINTER(st->ws.way, NULL);
	INIT_HLIST_HEAD(&st->ws.groups);
	st->ws.n_groups = 0;
	st->ws.cork = NULL;
	atomic_set(&st->ws.id, get_random_u32());
	st->kind = sk->sk_type == SOCK_SEQPACKET ? WEFT_STREAM_KIND_MESSAGES :
						   WEFT_STREAM_KIND_BYTES;
	INIT_HLIST_NODE(&st->listen_node);
	INIT_LIST_HEAD(&st->accept);
	weft_sendbuf_init(&st->snd.buf, 0);
	weft_scoreboard_init(&st->snd.board, weft_seg_alloc, weft_seg_free);
	weft_rtt_init(&st->snd.rtt);
	weft_reorder_init(&st->rcv.reorder, weft_piece_drop);
	st->snd.peer_mss = WEFT_STREAM_MSS_DEFAULT;
	st->snd.mss = WEFT_STREAM_MSS_DEFAULT;
	weft_cc_init(&st->snd.cc, st->set.cc, st->snd.mss);
	st->rcv.mss = WEFT_STREAM_MSS_DEFAULT;
	st->rcv.quick = WEFT_QUICK_ACKS;
	st->rcv.ratio = 128;
	st->rcv.challenged = jiffies - HZ;
	st->rcv.corrected = jiffies - HZ;
	st->snd.confirmed = jiffies;
	st->rcv.heard = jiffies;
	st->rcv.data_at = jiffies - HZ;
}

/* The bytes to be sent and the records of those that were go, with their memory. */
void weft_stream_forget(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);
	int queued;

	weft_scoreboard_purge(&st->snd.board);
	weft_sendbuf_purge(&st->snd.buf);
	weft_stamp_forget(st);
	st->snd.record_mem = 0;
	queued = sk->sk_wmem_queued;
	sk_wmem_queued_add(sk, -queued);
	sk_mem_uncharge(sk, queued);
	weft_stream_account(st);
}

/**
 * weft_stream_account() - the namespace knows what its sockets hold
 * @st: socket
 *
 * Changes of less than a page are left for later. Context: socket lock, or nobody else
 * uses the socket any more.
 */
void weft_stream_account(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);
	int held = sk->sk_wmem_queued + atomic_read(&sk->sk_rmem_alloc);
	int more = held - st->memory;

	if (!more || (held && abs(more) < (int)PAGE_SIZE))
		return;
	st->memory = held;
	percpu_counter_add(&weft_net(sock_net(sk))->memory, more);
}

/**
 * weft_stream_set_state() - a socket is in another state
 * @sk: socket
 * @state: TCP_*
 *
 * Context: socket lock.
 */
void weft_stream_set_state(struct sock *sk, int state)
{
	int old = sk->sk_state;

	if (old == state)
		return;
	if (old == TCP_ESTABLISHED || old == TCP_CLOSE_WAIT) {
		if (state != TCP_CLOSE_WAIT && state != TCP_ESTABLISHED)
			weft_count_dec(sock_net(sk), WEFT_MIB_CURR_ESTAB);
	} else if (state == TCP_ESTABLISHED) {
		weft_count(sock_net(sk), WEFT_MIB_CURR_ESTAB);
	}
	trace_weft_stream_state(sk, old, state);
	/* Read without a lock by poll(). */
	smp_store_release(&sk->sk_state, state);
}

/**
 * weft_stream_flow() - find the way to the peer
 * @st: socket with both addresses
 * @flow: filled in
 *
 * Context: socket lock, RCU read lock. Return: 0 or what weft_route_output() returns.
 */
int weft_stream_flow(struct weft_stream *st, struct weft_flow *flow)
{
	struct weft_sock *ws = &st->ws;

	*flow = (struct weft_flow) {
		.dst = ws->faddr,
		.src = ws->laddr,
		.oif = weft_sock_iif(ws),
		.mark = READ_ONCE(ws->sk.sk_mark),
		.uid = READ_ONCE(ws->sk.sk_uid),
		.next = WEFT_PROTO_STREAM,
		.ports = (__force __be32)((__force u32)ws->lport << 16 |
					  (__force u32)ws->fport),
	};
	return weft_route_cached(sock_net(&ws->sk), &ws->way, flow);
}

/* Links with large MTUs want larger buffers. */
static void weft_stream_fit_buffers(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);
	int wanted = WEFT_STREAM_BUF_SEGS * st->snd.mss;

	if (!(sk->sk_userlocks & SOCK_SNDBUF_LOCK) && wanted > sk->sk_sndbuf)
		WRITE_ONCE(sk->sk_sndbuf, wanted);
	if (!(sk->sk_userlocks & SOCK_RCVBUF_LOCK) && wanted > sk->sk_rcvbuf)
		WRITE_ONCE(sk->sk_rcvbuf, wanted);
}

/**
 * weft_stream_established() - the handshake is complete
 * @sk: socket, in the table, its sequence numbers known
 *
 * Context: socket lock.
 */
void weft_stream_established(struct sock *sk)
{
	struct weft_stream *st = weft_stream(sk);

	weft_stream_set_mss(st);
	weft_stream_fit_buffers(st);
	weft_rack_init(&st->snd.rack, st->snd.una);
	weft_cc_init(&st->snd.cc, st->set.cc, st->snd.mss);
	st->snd.wnd_max = max(st->snd.wnd, st->snd.wnd_max);
	st->snd.recover = st->snd.una;
	st->rcv.heard = jiffies;
	weft_stream_set_state(sk, TCP_ESTABLISHED);
	if (sock_flag(sk, SOCK_KEEPOPEN))
		weft_stream_keepalive(sk, 1);
}

/**
 * weft_stream_leave() - a connection is no more, for nobody but its socket
 * @sk: socket; in state CLOSED then
 *
 * Context: socket lock.
 */
void weft_stream_leave(struct sock *sk)
{
	struct weft_stream *st = weft_stream(sk);

	weft_stream_set_state(sk, TCP_CLOSE);
	weft_stream_timers_stop(st);
	weft_conn_del(&st->conn);
	st->gone = get_state_synchronize_rcu();
	weft_stream_forget(st);
	/* A port that the program did not name is free for others. */
	if (sock_flag(sk, SOCK_DEAD) || !(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
		weft_claim_drop(&st->claim);
}

/**
 * weft_stream_done() - a connection is no more, and who waits is told
 * @sk: socket; in state CLOSED then. If nobody has it open it is freed when the
 *	caller's reference goes.
 *
 * Context: socket lock.
 */
void weft_stream_done(struct sock *sk)
{
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	weft_stream_leave(sk);
	if (sock_flag(sk, SOCK_DEAD)) {
		weft_stream_end_orphan(sk);
		sock_put(sk);
	} else {
		sk->sk_state_change(sk);
	}
}

/**
 * weft_stream_fail() - a connection ends with an error
 * @sk: socket
 * @err: positive errno
 *
 * Context: socket lock.
 */
void weft_stream_fail(struct sock *sk, int err)
{
	WRITE_ONCE(sk->sk_err, err);
	/* Pairs with poll(): whoever sees the state finds the error. */
	smp_wmb();
	sk_error_report(sk);
	weft_stream_done(sk);
}

/* --- bind, listen, accept --------------------------------------------------------- */

/**
 * weft_stream_claim_fill() - what a socket would hold a port with
 * @st: socket; its claim holds none yet
 *
 * Context: socket lock.
 */
void weft_stream_claim_fill(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	st->claim.addr = st->ws.laddr;
	st->claim.iif = weft_sock_iif(&st->ws);
	st->claim.uid = sk_uid(sk);
	st->claim.reuse = sk->sk_reuse;
	st->claim.reuseport = sk->sk_reuseport;
}

static int weft_stream_bind_locked(struct sock *sk, const struct sockaddr_weft *sa)
{
	struct weft_stream *st = weft_stream(sk);
	struct weft_sock *ws = &st->ws;
	int oif, err;

	if (sk->sk_state != TCP_CLOSE || st->claim.bucket)
		return -EINVAL;
	if (weft_addr_group(&sa->sweft_addr))
		return -EINVAL;
	err = weft_sock_dest(ws, sa, &oif);
	if (!err)
		err = weft_bind_check(sk, &sa->sweft_addr, oif);
	if (err)
		return err;
	ws->laddr = sa->sweft_addr;
	ws->scope = sa->sweft_scope;
	weft_stream_claim_fill(st);
	err = weft_claim_take(&st->claim, sock_net(sk), be16_to_cpu(sa->sweft_port));
	if (err) {
		memset(&ws->laddr, 0, sizeof(ws->laddr));
		ws->scope = 0;
		return err;
	}
	ws->lport = weft_claim_port(&st->claim);
	if (!weft_addr_any(&sa->sweft_addr))
		sk->sk_userlocks |= SOCK_BINDADDR_LOCK;
	if (sa->sweft_port)
		sk->sk_userlocks |= SOCK_BINDPORT_LOCK;
	return 0;
}

static int weft_stream_bind(struct socket *sock, struct sockaddr_unsized *uaddr, int len)
{
	const struct sockaddr_weft *sa = (struct sockaddr_weft *)uaddr;
	struct sock *sk = sock->sk;
	u16 port;
	int err;

	err = weft_sockaddr_check(sa, len);
	if (err)
		return err;
	port = be16_to_cpu(sa->sweft_port);
	if (port && port < WEFT_PORT_PRIVILEGED &&
	    !ns_capable(sock_net(sk)->user_ns, CAP_NET_BIND_SERVICE))
		return -EACCES;
	lock_sock(sk);
	err = weft_stream_bind_locked(sk, sa);
	release_sock(sk);
	return err;
}

static int weft_stream_listen(struct socket *sock, int backlog)
{
	struct sock *sk = sock->sk;
	struct weft_stream *st = weft_stream(sk);
	int err = -EINVAL;

	lock_sock(sk);
	if (sock->state != SS_UNCONNECTED ||
	    !weft_stream_in(sk, TCPF_CLOSE | TCPF_LISTEN))
		goto out;
	if (!st->claim.bucket) {
		weft_stream_claim_fill(st);
		err = weft_claim_take(&st->claim, sock_net(sk), 0);
		if (err)
			goto out;
		st->ws.lport = weft_claim_port(&st->claim);
	}
	err = weft_listen_begin(sk, backlog);
out:
	release_sock(sk);
	return err;
}

static int weft_stream_accept(struct socket *sock, struct socket *newsock,
			      struct proto_accept_arg *arg)
{
	struct sock *sk;
	int err;

	sk = weft_listen_accept(sock->sk, arg->flags, &err);
	if (!sk)
		return err;
	lock_sock(sk);
	sock_graft(sk, newsock);
	newsock->state = SS_CONNECTED;
	if (sk->sk_type == SOCK_STREAM)
		set_bit(SOCK_SUPPORT_ZC, &newsock->flags);
	release_sock(sk);
	return 0;
}

static int weft_stream_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
{
	struct sockaddr_weft *sa = (struct sockaddr_weft *)uaddr;
	struct weft_sock *ws = weft_sk(sock->sk);
	int ret = sizeof(*sa);

	memset(sa, 0, sizeof(*sa));
	sa->sweft_family = weft_family;
	lock_sock(&ws->sk);
	if (!peer) {
		sa->sweft_port = ws->lport;
		sa->sweft_addr = ws->laddr;
	} else if (!ws->fport || (peer == 1 &&
				  weft_stream_in(&ws->sk, TCPF_CLOSE | TCPF_SYN_SENT))) {
		ret = -ENOTCONN;
	} else {
		sa->sweft_port = ws->fport;
		sa->sweft_addr = ws->faddr;
	}
	if (weft_addr_needs_scope(&sa->sweft_addr))
		sa->sweft_scope = weft_sock_iif(ws);
	release_sock(&ws->sk);
	return ret;
}

/* --- poll, ioctl ---------------------------------------------------------------------- */

static __poll_t weft_stream_poll_connected(struct socket *sock, struct sock *sk)
{
	struct weft_stream *st = weft_stream(sk);
	__poll_t mask = 0;

	if (weft_stream_readable(st, sock_rcvlowat(sk, 0, INT_MAX)))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (sk->sk_shutdown & SEND_SHUTDOWN)
		return mask | EPOLLOUT | EPOLLWRNORM;
	if (__sk_stream_is_writeable(sk, 1))
		return mask | EPOLLOUT | EPOLLWRNORM;
	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	/* Pairs with the barrier in weft_stream_write_space(). */
	smp_mb__after_atomic();
	if (__sk_stream_is_writeable(sk, 1))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static __poll_t weft_stream_poll(struct file *file, struct socket *sock,
				 poll_table *wait)
{
	struct sock *sk = sock->sk;
	__poll_t mask = 0;
	u8 shutdown;
	int state;

	sock_poll_wait(file, sock, wait);
	/* Pairs with weft_stream_set_state(). */
	state = smp_load_acquire(&sk->sk_state);
	if (state == TCP_LISTEN)
		return READ_ONCE(sk->sk_ack_backlog) ? EPOLLIN | EPOLLRDNORM : 0;
	shutdown = READ_ONCE(sk->sk_shutdown);
	if (shutdown == SHUTDOWN_MASK || state == TCP_CLOSE)
		mask |= EPOLLHUP;
	if (shutdown & RCV_SHUTDOWN)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
	if (state != TCP_SYN_SENT && state != TCP_SYN_RECV)
		mask |= weft_stream_poll_connected(sock, sk);
	if (!(mask & EPOLLIN) && READ_ONCE(weft_stream(sk)->rcv.held)) {
		lock_sock(sk);
		weft_stream_ack_held(weft_stream(sk));
		release_sock(sk);
	}
	/* Pairs with weft_stream_fail(). */
	smp_rmb();
	if (READ_ONCE(sk->sk_err) || !skb_queue_empty_lockless(&sk->sk_error_queue))
		mask |= EPOLLERR |
			(sock_flag(sk, SOCK_SELECT_ERR_QUEUE) ? EPOLLPRI : 0);
	return mask;
}

static int weft_stream_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct weft_stream *st = weft_stream(sock->sk);
	struct sock *sk = sock->sk;
	int n;

	switch (cmd) {
	case SIOCINQ:
		if (sk->sk_state == TCP_LISTEN)
			return -EINVAL;
		lock_sock(sk);
		n = weft_stream_readable_bytes(st);
		release_sock(sk);
		break;
	case SIOCOUTQ:
		if (sk->sk_state == TCP_LISTEN)
			return -EINVAL;
		/* FIN has a number of its own. */
		n = READ_ONCE(st->snd.end) + READ_ONCE(st->snd.fin) - READ_ONCE(st->snd.una);
		if (weft_stream_in(sk, TCPF_SYN_SENT | TCPF_SYN_RECV))
			n = 0;
		break;
	case SIOCOUTQNSD:
		if (sk->sk_state == TCP_LISTEN)
			return -EINVAL;
		n = weft_stream_in(sk, TCPF_SYN_SENT | TCPF_SYN_RECV) ? 0 :
		    weft_stream_unsent(st);
		break;
	default:
		return -ENOIOCTLCMD;
	}
	return put_user(n, (int __user *)arg);
}

static int weft_stream_set_rcvlowat(struct sock *sk, int val)
{
	bool locked = sk->sk_userlocks & SOCK_RCVBUF_LOCK;

	/* So many must fit into the buffer, with the memory that they take besides. */
	val = min(val, (locked ? sk->sk_rcvbuf : WEFT_STREAM_RCVBUF_MAX) / 2);
	WRITE_ONCE(sk->sk_rcvlowat, val ?: 1);
	if (!locked && val > sk->sk_rcvbuf / 4)
		WRITE_ONCE(sk->sk_rcvbuf, min(4 * val, WEFT_STREAM_RCVBUF_MAX));
	if (weft_stream_readable(weft_stream(sk), val))
		sk->sk_data_ready(sk);
	return 0;
}

static const struct proto_ops weft_stream_ops = {
	.family		= WEFT_FAMILY_DEFAULT,
	.owner		= THIS_MODULE,
	.release	= weft_stream_release,
	.bind		= weft_stream_bind,
	.connect	= weft_stream_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= WEFT_STREAM_ACCEPT,
	.getname	= weft_stream_getname,
	.poll		= weft_stream_poll,
	.ioctl		= weft_stream_ioctl,
	.gettstamp	= sock_gettstamp,
	.listen		= weft_stream_listen,
	.shutdown	= weft_stream_shutdown,
	.setsockopt	= weft_stream_options_set,
	.getsockopt	= weft_stream_options_get,
	.sendmsg	= weft_stream_sendmsg,
	.recvmsg	= weft_stream_recvmsg,
	.mmap		= sock_no_mmap,
	.splice_read	= weft_stream_splice_read,
	.read_sock	= weft_stream_read_sock,
	.set_peek_off	= sk_set_peek_off,
	.set_rcvlowat	= weft_stream_set_rcvlowat,
	WEFT_STREAM_SENDPAGE
};

/* --- birth and death of sockets ----------------------------------------------------------- */

/* After a grace period: nothing refers to the socket any more. */
static void weft_stream_destruct(struct sock *sk)
{
	struct weft_stream *st = weft_stream(sk);

	weft_stream_purge(st);
	weft_stream_forget(st);
	weft_claim_drop(&st->claim);
	weft_route_forget(&st->ws.way);
	skb_queue_purge(&sk->sk_error_queue);
	sk_mem_reclaim_final(sk);
	sk_sockets_allocated_dec(sk);
	sock_prot_inuse_add(sock_net(sk), sk->sk_prot, -1);
}

/**
 * weft_stream_create() - a new socket
 * @net: namespace
 * @sock: of type SOCK_STREAM or SOCK_SEQPACKET
 * @kern: the kernel's own
 *
 * Context: process. Return: 0 or -ENOMEM.
 */
int weft_stream_create(struct net *net, struct socket *sock, int kern)
{
	struct weft_stream *st;
	struct sock *sk;

	sk = sk_alloc(net, weft_family, GFP_KERNEL, &weft_stream_prot, kern);
	if (!sk)
		return -ENOMEM;
	sock->ops = &weft_stream_ops;
	sock_init_data(sock, sk);
	sock_set_flag(sk, SOCK_RCU_FREE);
	/* Segments that leave tell nobody but weft_stream_wfree(). */
	sock_set_flag(sk, SOCK_USE_WRITE_QUEUE);
	sk->sk_protocol = WEFT_PROTO_STREAM;
	sk->sk_destruct = weft_stream_destruct;
	sk->sk_backlog_rcv = weft_stream_prot.backlog_rcv;
	sk->sk_write_space = weft_stream_write_space;
	WRITE_ONCE(sk->sk_sndbuf, WEFT_STREAM_SNDBUF);
	WRITE_ONCE(sk->sk_rcvbuf, WEFT_STREAM_RCVBUF);
	sk_sockets_allocated_inc(sk);
	sock_prot_inuse_add(net, sk->sk_prot, 1);
	st = weft_stream(sk);
	st->ws.proto = &weft_stream_proto;
	weft_options_init(&st->ws.opts);
	weft_stream_settings_init(&st->set);
	weft_stream_reset_fields(st);
	weft_stream_timers_init(st);
	if (sk->sk_type == SOCK_STREAM)
		set_bit(SOCK_SUPPORT_ZC, &sock->flags);
	return 0;
}

int weft_stream_init(void)
{
	int err;

	/* bpf_tcp_sock() knows TCP's sockets by their protocol: it reads no further. */
	BUILD_BUG_ON(sizeof(struct weft_stream) < sizeof(struct tcp_sock));
	weft_seg_cache = KMEM_CACHE(weft_seg, SLAB_ACCOUNT);
	if (!weft_seg_cache)
		return -ENOMEM;
	err = percpu_counter_init(&weft_stream_sockets, 0, GFP_KERNEL);
	if (err)
		goto no_counter;
	err = weft_conn_init();
	if (err)
		goto no_table;
	err = proto_register(&weft_stream_prot, 1);
	if (err)
		goto no_proto;
	return 0;

no_proto:
	weft_conn_exit();
no_table:
	percpu_counter_destroy(&weft_stream_sockets);
no_counter:
	kmem_cache_destroy(weft_seg_cache);
	return err;
}

void weft_stream_exit(void)
{
	proto_unregister(&weft_stream_prot);
	weft_conn_exit();
	percpu_counter_destroy(&weft_stream_sockets);
	kmem_cache_destroy(weft_seg_cache);
}
