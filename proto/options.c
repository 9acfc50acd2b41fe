// SPDX-License-Identifier: GPL-2.0
/*
 * Socket options of the level SOL_WEFT. Lengths, ranges and errors are those of
 * their like in IPv6 and UDP; the core has the level SOL_SOCKET.
 */
#include <linux/nospec.h>
#include "datagram.h"
#include "group_socket.h"
#include "options.h"
#include "route.h"
#include "socket.h"

/**
 * struct weft_option - an option that is a number
 * @offset: in struct weft_options, bytes
 * @min: smallest value
 * @max: largest value; 1 with a @min of 0 is a bool, which takes any number
 * @proto: WEFT_PROTO_* of the sockets that have it, 0 for all
 * @type: SOCK_* of the sockets that have it, 0 for all
 */
struct weft_option {
	u16	offset;
	s16	min;
	int	max;
	u8	proto;
	u8	type;
};

#define WEFT_OPTION(field, ...) \
	{ offsetof(struct weft_options, field), __VA_ARGS__ }

static const struct weft_option weft_option_table[] = {
	[WEFT_HOP_LIMIT]	= WEFT_OPTION(hop_limit, -1, 255),
	[WEFT_CLASS]		= WEFT_OPTION(class, -1, WEFT_CLASS_MASK),
	[WEFT_MTU_DISCOVER]	= WEFT_OPTION(mtu_discover, 0,
					      WEFT_PMTUDISC_PROBE),
	[WEFT_RECVPKTINFO]	= WEFT_OPTION(recv_pktinfo, 0, 1),
	[WEFT_RECVHOPLIMIT]	= WEFT_OPTION(recv_hop_limit, 0, 1),
	[WEFT_RECVCLASS]	= WEFT_OPTION(recv_class, 0, 1),
	[WEFT_RECVERR]		= WEFT_OPTION(recv_err, 0, 1),
	[WEFT_FREEBIND]		= WEFT_OPTION(freebind, 0, 1),
	[WEFT_SEGMENT]		= WEFT_OPTION(segment, 0, U16_MAX,
					      WEFT_PROTO_DGRAM, SOCK_DGRAM),
	[WEFT_COALESCE]		= WEFT_OPTION(coalesce, 0, 1, WEFT_PROTO_DGRAM,
					      SOCK_DGRAM),
	[WEFT_HDRINCL]		= WEFT_OPTION(hdrincl, 0, 1, 0, SOCK_RAW),
	[WEFT_GROUP_IF]		= WEFT_OPTION(group_if, 0, INT_MAX),
	[WEFT_GROUP_HOPS]	= WEFT_OPTION(group_hops, -1, 255),
	[WEFT_GROUP_LOOP]	= WEFT_OPTION(group_loop, 0, 1),
};

/**
 * weft_options_init() - the options of a new socket
 * @opts: filled in; zero before
 */
void weft_options_init(struct weft_options *opts)
{
	opts->hop_limit = -1;
	opts->class = -1;
	opts->mtu_discover = WEFT_PMTUDISC_WANT;
	opts->group_hops = 1;
	opts->group_loop = 1;
}

static const struct weft_option *weft_option_find(const struct sock *sk,
						  int name)
{
	const struct weft_option *opt;

	if (name < 0 || name >= ARRAY_SIZE(weft_option_table))
		return NULL;
	opt = &weft_option_table[array_index_nospec(name,
						    ARRAY_SIZE(weft_option_table))];
	if (!opt->max)
		return NULL;
	if ((opt->proto && opt->proto != sk->sk_protocol) ||
	    (opt->type && opt->type != sk->sk_type))
		return NULL;
	return opt;
}

static int *weft_option_field(struct weft_sock *ws,
			      const struct weft_option *opt)
{
	return (int *)((char *)&ws->opts + opt->offset);
}

/* The device for groups must be there, and be the socket's if it has one. */
static int weft_option_group_if(const struct sock *sk, int ifindex)
{
	int err = 0;

	if (!ifindex)
		return 0;
	rcu_read_lock();
	if (!dev_get_by_index_rcu(sock_net(sk), ifindex))
		err = -ENODEV;
	else if (sk->sk_bound_dev_if && sk->sk_bound_dev_if != ifindex)
		err = -EINVAL;
	rcu_read_unlock();
	return err;
}

/* Devices merge datagrams only where a socket wants it. Socket lock. */
static void weft_option_coalesce(struct weft_sock *ws, int val)
{
	atomic_add(val - ws->opts.coalesce,
		   &weft_net(sock_net(&ws->sk))->coalescers);
}

/**
 * weft_options_release() - the socket is closed
 * @ws: socket
 *
 * Context: process, socket lock.
 */
void weft_options_release(struct weft_sock *ws)
{
	weft_option_coalesce(ws, 0);
	WRITE_ONCE(ws->opts.coalesce, 0);
}

/* Socket lock. */
static int weft_option_apply(struct sock *sk, int name,
			     const struct weft_option *opt, int val)
{
	int err = 0;

	switch (name) {
	case WEFT_HOP_LIMIT:
		if (!val)
			return -EINVAL;
		break;
	case WEFT_GROUP_IF:
		err = weft_option_group_if(sk, val);
		break;
	case WEFT_GROUP_HOPS:
		if (val < 0)
			val = 1;
		break;
	case WEFT_COALESCE:
		weft_option_coalesce(weft_sk(sk), val);
		break;
	}
	if (err)
		return err;
	WRITE_ONCE(*weft_option_field(weft_sk(sk), opt), val);
	if (name == WEFT_RECVERR && !val)
		skb_queue_purge(&sk->sk_error_queue);
	return 0;
}

static bool weft_option_has_filter(const struct sock *sk)
{
	return sk->sk_type == SOCK_RAW && sk->sk_protocol == WEFT_PROTO_CONTROL;
}

static int weft_option_set_filter(struct sock *sk, sockptr_t val,
				  unsigned int len)
{
	struct weft_ctl_filter filter = {};
	int i;

	if (!weft_option_has_filter(sk))
		return -ENOPROTOOPT;
	if (len < sizeof(filter))
		return -EINVAL;
	if (copy_from_sockptr(&filter, val, sizeof(filter)))
		return -EFAULT;
	lock_sock(sk);
	for (i = 0; i < ARRAY_SIZE(filter.blocked); i++)
		WRITE_ONCE(weft_sk(sk)->opts.filter.blocked[i],
			   filter.blocked[i]);
	release_sock(sk);
	return 0;
}

/* A bool that the core keeps, but lets other families alone set. */
static bool weft_option_of_core(const struct sock *sk, int name)
{
	return name == WEFT_REUSEPORT ||
	       (name == WEFT_ZEROCOPY && (sk->sk_type == SOCK_STREAM ||
					  weft_sk(sk)->proto == &weft_dgram_proto));
}

static int weft_option_set_number(struct sock *sk, int name, sockptr_t optval,
				  unsigned int len)
{
	const struct weft_option *opt = weft_option_find(sk, name);
	int val, err = 0;

	if (!opt && !weft_option_of_core(sk, name))
		return -ENOPROTOOPT;
	if (len < sizeof(val))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	if (!opt || (!opt->min && opt->max == 1))
		val = !!val;
	else if (val < opt->min || val > opt->max)
		return -EINVAL;
	lock_sock(sk);
	if (opt)
		err = weft_option_apply(sk, name, opt, val);
	else if (name == WEFT_ZEROCOPY)
		sock_valbool_flag(sk, SOCK_ZEROCOPY, val);
	else
		sk->sk_reuseport = val;
	release_sock(sk);
	return err;
}

/**
 * weft_options_set() - setsockopt()
 * @sock: socket
 * @level: must be SOL_WEFT
 * @name: WEFT_*
 * @val: value, of the program
 * @len: its length, bytes
 *
 * Context: process.
 * Return: 0; -ENOPROTOOPT if the socket has no such option, -EINVAL if the value is
 * too short or out of range, -EFAULT, -ENODEV, or what weft_group_sock_set() returns.
 */
int weft_options_set(struct socket *sock, int level, int name, sockptr_t val,
		     unsigned int len)
{
	if (level != SOL_WEFT)
		return -ENOPROTOOPT;
	if (name == WEFT_CTL_FILTER)
		return weft_option_set_filter(sock->sk, val, len);
	if (weft_group_option(name))
		return weft_group_sock_set(weft_sk(sock->sk), name, val, len);
	return weft_option_set_number(sock->sk, name, val, len);
}

/* Of the way to the peer. */
static int weft_option_mtu(struct weft_sock *ws)
{
	struct weft_flow flow;
	int err;

	if (ws->sk.sk_state != TCP_ESTABLISHED)
		return -ENOTCONN;
	lock_sock(&ws->sk);
	flow = (struct weft_flow) {
		.dst = ws->faddr,
		.src = weft_sock_source(ws),
		.oif = weft_sock_iif(ws),
	};
	release_sock(&ws->sk);
	rcu_read_lock();
	err = weft_route_output(sock_net(&ws->sk), &flow);
	rcu_read_unlock();
	return err ?: flow.mtu;
}

/* What is in force where the program left the choice to the kernel. */
static int weft_option_value(struct weft_sock *ws, int name)
{
	const struct weft_option *opt = weft_option_find(&ws->sk, name);
	int val;

	if (name == WEFT_REUSEPORT)
		return ws->sk.sk_reuseport;
	if (name == WEFT_ZEROCOPY && weft_option_of_core(&ws->sk, name))
		return sock_flag(&ws->sk, SOCK_ZEROCOPY);
	if (name == WEFT_MTU)
		return weft_option_mtu(ws);
	if (!opt)
		return -ENOPROTOOPT;
	val = READ_ONCE(*weft_option_field(ws, opt));
	if (val >= 0)
		return val;
	if (name == WEFT_HOP_LIMIT)
		return WEFT_HOP_LIMIT_DEFAULT;
	return min_t(u32, READ_ONCE(ws->sk.sk_priority), WEFT_CLASS_MASK);
}

static int weft_option_put(char __user *val, int __user *optlen, int len,
			   const void *from)
{
	if (put_user(len, optlen) || copy_to_user(val, from, len))
		return -EFAULT;
	return 0;
}

static int weft_option_get_filter(struct weft_sock *ws, char __user *val,
				  int __user *len, unsigned int room)
{
	/* Not from the socket itself: usercopy allows nothing of that. */
	struct weft_ctl_filter filter = ws->opts.filter;

	if (!weft_option_has_filter(&ws->sk))
		return -ENOPROTOOPT;
	return weft_option_put(val, len, min_t(unsigned int, room, sizeof(filter)),
			       &filter);
}

/**
 * weft_options_get() - getsockopt()
 * @sock: socket
 * @level: must be SOL_WEFT
 * @name: WEFT_*
 * @val: where the value goes
 * @len: room there; becomes the value's length
 *
 * A value that is too long is cut. Context: process.
 *
 * Return: 0; -ENOPROTOOPT, -EINVAL if @len is negative, -EFAULT, -ENOTCONN, or what
 * weft_group_sock_get() returns.
 */
int weft_options_get(struct socket *sock, int level, int name,
		     char __user *val, int __user *len)
{
	struct weft_sock *ws = weft_sk(sock->sk);
	int value, room;

	if (level != SOL_WEFT)
		return -ENOPROTOOPT;
	if (get_user(room, len))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (name == WEFT_CTL_FILTER)
		return weft_option_get_filter(ws, val, len, room);
	if (name == WEFT_GROUP_FILTER)
		return weft_group_sock_get(ws, val, len, room);
	value = weft_option_value(ws, name);
	if (value < 0)
		return value;
	return weft_option_put(val, len,
			       min_t(unsigned int, room, sizeof(value)),
			       &value);
}
