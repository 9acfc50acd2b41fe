// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of a socket that do not move data: create, bind, connect, name,
 * shut down, close. message.c has the others.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/module.h>
#include <linux/net.h>
#include <asm/ioctls.h>
#include <linux/sockios.h>
#include "addr.h"
#include "cork.h"
#include "datagram.h"
#include "device.h"
#include "group_socket.h"
#include "ifaddr.h"
#include "echo.h"
#include "memory.h"
#include "message.h"
#include "raw.h"
#include "route.h"
#include "route_cache.h"
#include "socket.h"
#include "stream.h"

/* The socket is bound to another device: no longer like those of its group. */
static void weft_sock_rehash(struct sock *sk)
{
	weft_port_leave(weft_sk(sk));
}

static int weft_abort(struct sock *sk, int err);

static struct proto weft_prot = {
	.name		= "WEFT",
	.owner		= THIS_MODULE,
	.obj_size	= sizeof(struct weft_sock),
	.rehash		= weft_sock_rehash,
	.diag_destroy	= weft_abort,
	.memory_allocated = &weft_memory_allocated,
	.per_cpu_fw_alloc = &weft_memory_reserve,
	.sysctl_mem	= weft_memory_limit,
	.sysctl_rmem	= &weft_memory_min,
	.sysctl_wmem	= &weft_memory_min,
};

int weft_sockaddr_check(const struct sockaddr_weft *sa, int len)
{
	if (len < (int)sizeof(*sa))
		return -EINVAL;
	return sa->sweft_family == weft_family ? 0 : -EAFNOSUPPORT;
}

/**
 * weft_sock_dest() - check an address's scope
 * @ws: socket
 * @sa: address
 * @oif: interface index that a packet there is limited to, 0 for none
 *
 * Return: 0; -EINVAL if a scope has no use or is not that of the socket. That none is
 * missing is for the caller to check.
 */
int weft_sock_dest(const struct weft_sock *ws, const struct sockaddr_weft *sa,
		   int *oif)
{
	int own = weft_sock_iif(ws);

	*oif = sa->sweft_scope ?: own;
	if (!weft_addr_needs_scope(&sa->sweft_addr))
		return sa->sweft_scope ? -EINVAL : 0;
	return own && *oif != own ? -EINVAL : 0;
}

/* Is it an address, or a group, that this socket may hear? */
int weft_bind_check(const struct sock *sk, const struct weft_addr *addr, int oif)
{
	struct net *net = sock_net(sk);
	const struct net_device *dev = NULL;
	int err = 0;

	if (weft_addr_any(addr))
		return 0;
	if (weft_addr_needs_scope(addr) && !oif)
		return -EINVAL;
	rcu_read_lock();
	if (oif) {
		dev = dev_get_by_index_rcu(net, oif);
		if (!dev)
			err = -ENODEV;
	}
	if (!err && !weft_addr_group(addr) && !weft_sk(sk)->opts.freebind &&
	    !weft_route_to_self(net, addr, dev))
		err = -EADDRNOTAVAIL;
	rcu_read_unlock();
	return err;
}

static int weft_bind_locked(struct sock *sk, const struct sockaddr_weft *sa)
{
	struct weft_sock *ws = weft_sk(sk);
	int oif, err;

	if (ws->proto->raw ? sk->sk_state != TCP_CLOSE : ws->lport)
		return -EINVAL;
	err = weft_sock_dest(ws, sa, &oif);
	if (err)
		return err;
	err = weft_bind_check(sk, &sa->sweft_addr, oif);
	if (err)
		return err;
	ws->laddr = sa->sweft_addr;
	ws->scope = sa->sweft_scope;
	if (!ws->proto->raw)
		err = weft_port_bind(ws, be16_to_cpu(sa->sweft_port));
	if (err) {
		memset(&ws->laddr, 0, sizeof(ws->laddr));
		ws->scope = 0;
		return err;
	}
	if (!weft_addr_any(&sa->sweft_addr))
		sk->sk_userlocks |= SOCK_BINDADDR_LOCK;
	if (sa->sweft_port)
		sk->sk_userlocks |= SOCK_BINDPORT_LOCK;
	return 0;
}

static int weft_bind(struct socket *sock, struct sockaddr_unsized *uaddr, int len)
{
	const struct sockaddr_weft *sa = (struct sockaddr_weft *)uaddr;
	const struct weft_proto *proto = weft_sk(sock->sk)->proto;
	struct sock *sk = sock->sk;
	u16 port;
	int err;

	err = weft_sockaddr_check(sa, len);
	if (err)
		return err;
	port = be16_to_cpu(sa->sweft_port);
	if (proto->privileged && port && port < WEFT_PORT_PRIVILEGED &&
	    !ns_capable(sock_net(sk)->user_ns, CAP_NET_BIND_SERVICE))
		return -EACCES;
	lock_sock(sk);
	err = weft_bind_locked(sk, sa);
	release_sock(sk);
	return err;
}

/**
 * weft_sock_autobind() - give a socket a port if it has none
 * @sk: the socket
 * @lport: its port, which another thread may take away from now on
 *
 * Context: process. Return: 0, or -EAGAIN if no port is free.
 */
int weft_sock_autobind(struct sock *sk, __be16 *lport)
{
	struct weft_sock *ws = weft_sk(sk);
	int err = 0;

	*lport = READ_ONCE(ws->lport);
	if (*lport)
		return 0;
	lock_sock(sk);
	if (!ws->lport && weft_port_bind(ws, 0))
		err = -EAGAIN;
	*lport = ws->lport;
	release_sock(sk);
	return err;
}

/* What bind() set stays; what connect() set goes. Socket lock. */
static void weft_disconnect(struct sock *sk)
{
	struct weft_sock *ws = weft_sk(sk);

	sk->sk_state = TCP_CLOSE;
	ws->fport = 0;
	if (!(sk->sk_userlocks & SOCK_BINDPORT_LOCK))
		weft_port_unbind(ws);
	memset(&ws->faddr, 0, sizeof(ws->faddr));
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK))
		memset(&ws->laddr, 0, sizeof(ws->laddr));
	if (!weft_addr_needs_scope(&ws->laddr))
		ws->scope = 0;
}

/*
 * Ends a socket for another program: whoever waits wakes with @err, and the peer is
 * forgotten. As with UDP, it keeps the address and port that it was bound to.
 */
static int weft_abort(struct sock *sk, int err)
{
	lock_sock(sk);
	/* Not if it was closed meanwhile. */
	if (!sock_flag(sk, SOCK_DEAD)) {
		WRITE_ONCE(sk->sk_err, err);
		sk_error_report(sk);
		weft_disconnect(sk);
	}
	release_sock(sk);
	return 0;
}

static int weft_connect_locked(struct sock *sk, const struct sockaddr_weft *sa)
{
	struct weft_sock *ws = weft_sk(sk);
	struct weft_flow flow = {
		.dst = sa->sweft_addr,
		.src = weft_sock_source(ws),
	};
	int err;

	err = weft_sock_dest(ws, sa, &flow.oif);
	if (err)
		return err;
	if (!weft_sock_may_send(ws, &flow.dst))
		return -EACCES;
	/* To "any" means to this node, as in IPv6. */
	if (weft_addr_any(&flow.dst))
		flow.dst = (struct weft_addr)WEFT_ADDR_LOOPBACK_INIT;
	rcu_read_lock();
	err = weft_route_output(sock_net(sk), &flow);
	rcu_read_unlock();
	if (!err && !ws->lport && weft_port_bind(ws, 0))
		err = -EAGAIN;
	if (err)
		return err;
	/* Who is bound to a group goes on hearing that; each message finds its source. */
	if (!weft_addr_group(&ws->laddr)) {
		if (!weft_addr_equal(&ws->laddr, &flow.src))
			weft_port_leave(ws);
		ws->laddr = flow.src;
	}
	ws->faddr = flow.dst;
	/* Echo has an identifier, ours, and no port of the peer. */
	ws->fport = ws->proto->next == WEFT_PROTO_DGRAM ? sa->sweft_port : 0;
	if (weft_addr_needs_scope(&flow.dst))
		ws->scope = flow.oif;
	sk->sk_state = TCP_ESTABLISHED;
	return 0;
}

static int weft_connect(struct socket *sock, struct sockaddr_unsized *uaddr, int len,
			int flags)
{
	struct sock *sk = sock->sk;
	int err;

	if (len < (int)sizeof(uaddr->sa_family))
		return -EINVAL;
	lock_sock(sk);
	if (uaddr->sa_family == AF_UNSPEC) {
		weft_disconnect(sk);
		err = 0;
	} else {
		err = weft_sockaddr_check((struct sockaddr_weft *)uaddr, len);
		if (!err)
			err = weft_connect_locked(sk, (void *)uaddr);
	}
	release_sock(sk);
	return err;
}

static int weft_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
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
	} else if (ws->sk.sk_state == TCP_ESTABLISHED) {
		sa->sweft_port = ws->fport;
		sa->sweft_addr = ws->faddr;
	} else {
		ret = -ENOTCONN;
	}
	if (weft_addr_needs_scope(&sa->sweft_addr))
		sa->sweft_scope = weft_sock_iif(ws);
	release_sock(&ws->sk);
	return ret;
}

static int weft_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;
	int err = 0;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	lock_sock(sk);
	/* SHUT_RD, SHUT_WR and SHUT_RDWR become RCV_, SEND_SHUTDOWN and both. */
	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | (how + 1));
	if (sk->sk_state != TCP_ESTABLISHED)
		err = -ENOTCONN;
	sk->sk_state_change(sk);
	release_sock(sk);
	return err;
}

/* Bytes of the next datagram, as UDP counts them. */
static int weft_next_len(struct sock *sk)
{
	struct sk_buff *skb;
	int len = 0;

	spin_lock_bh(&sk->sk_receive_queue.lock);
	skb = skb_peek(&sk->sk_receive_queue);
	if (skb)
		len = skb->len;
	spin_unlock_bh(&sk->sk_receive_queue.lock);
	return len;
}

static int weft_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	int __user *result = (int __user *)arg;

	switch (cmd) {
	case SIOCINQ:
		return put_user(weft_next_len(sock->sk), result);
	case SIOCOUTQ:
		return put_user(sk_wmem_alloc_get(sock->sk), result);
	}
	return -ENOIOCTLCMD;
}

static int weft_release(struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (!sk)
		return 0;
	weft_group_sock_close(weft_sk(sk));
	lock_sock(sk);
	weft_port_unbind(weft_sk(sk));
	weft_cork_drop(weft_sk(sk));
	weft_options_release(weft_sk(sk));
	sock_orphan(sk);
	release_sock(sk);
	sock->sk = NULL;
	sock_put(sk);
	return 0;
}

/* After a grace period: no receiver can add to the queues any more. */
static void weft_destruct(struct sock *sk)
{
	weft_memory_purge(sk);
	weft_route_forget(&weft_sk(sk)->way);
}

static const struct proto_ops weft_dgram_ops = {
	/* Nobody reads this one; the number in force is weft_family. */
	.family		= WEFT_FAMILY_DEFAULT,
	.owner		= THIS_MODULE,
	.release	= weft_release,
	.bind		= weft_bind,
	.connect	= weft_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= sock_no_accept,
	.getname	= weft_getname,
	.poll		= datagram_poll,
	.ioctl		= weft_ioctl,
	.gettstamp	= sock_gettstamp,
	.listen		= sock_no_listen,
	.shutdown	= weft_shutdown,
	.setsockopt	= weft_options_set,
	.getsockopt	= weft_options_get,
	.sendmsg	= weft_sendmsg,
	.recvmsg	= weft_recvmsg,
	.mmap		= sock_no_mmap,
	.set_peek_off	= sk_set_peek_off,
};

/* NULL and a negative errno if there is no such protocol. */
static const struct weft_proto *weft_proto_find(int type, int protocol, int *err)
{
	if (type == SOCK_RAW && protocol > 0 && protocol <= U8_MAX)
		return &weft_raw_proto;
	if (type == SOCK_DGRAM && (!protocol || protocol == WEFT_PROTO_DGRAM))
		return &weft_dgram_proto;
	if (type == SOCK_DGRAM && protocol == WEFT_PROTO_CONTROL)
		return &weft_echo_proto;
	*err = type == SOCK_DGRAM || type == SOCK_RAW ? -EPROTONOSUPPORT :
							-ESOCKTNOSUPPORT;
	return NULL;
}

static int weft_create(struct net *net, struct socket *sock, int protocol,
		       int kern)
{
	const struct weft_proto *proto;
	struct sock *sk;
	int err;

	if (protocol < 0)
		return -EINVAL;
	if (sock->type == SOCK_STREAM || sock->type == SOCK_SEQPACKET)
		return protocol && protocol != WEFT_PROTO_STREAM ? -EPROTONOSUPPORT :
		       weft_stream_create(net, sock, kern);
	proto = weft_proto_find(sock->type, protocol, &err);
	if (!proto)
		return err;
	if (proto->raw && !kern && !ns_capable(net->user_ns, CAP_NET_RAW))
		return -EPERM;
	sk = sk_alloc(net, weft_family, GFP_KERNEL, &weft_prot, kern);
	if (!sk)
		return -ENOMEM;
	sock->ops = &weft_dgram_ops;
	sock_init_data(sock, sk);
	sock_set_flag(sk, SOCK_RCU_FREE);
	sk->sk_protocol = proto->next ?: protocol;
	sk->sk_destruct = weft_destruct;
	weft_sk(sk)->proto = proto;
	weft_options_init(&weft_sk(sk)->opts);
	/* io_uring may send from pages. */
	if (proto == &weft_dgram_proto)
		set_bit(SOCK_SUPPORT_ZC, &sock->flags);
	if (proto->raw)
		weft_raw_init_sock(weft_sk(sk));
	return 0;
}

static struct net_proto_family weft_family_ops = {
	.create	= weft_create,
	.owner	= THIS_MODULE,
};

int weft_socket_init(void)
{
	int err;

	weft_port_table_init(&weft_dgram_ports);
	weft_port_table_init(&weft_echo_ports);
	weft_port_table_init(&weft_raw_ports);
	err = proto_register(&weft_prot, 1);
	if (err)
		return err;
	weft_family_ops.family = weft_family;
	err = sock_register(&weft_family_ops);
	if (err) {
		pr_err("family %d is taken, choose another with family=\n",
		       weft_family);
		proto_unregister(&weft_prot);
	}
	return err;
}

void weft_socket_exit(void)
{
	sock_unregister(weft_family);
	proto_unregister(&weft_prot);
}
