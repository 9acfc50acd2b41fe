// SPDX-License-Identifier: GPL-2.0
/* Socket options of streams: names, ranges and errors are those of TCP's. */
#include <linux/nospec.h>
#include "options.h"
#include "stream.h"

/* Longest times and largest counts, as TCP has them. */
#define WEFT_KEEP_TIME_MAX	32767
#define WEFT_KEEP_COUNT_MAX	127
#define WEFT_SYN_TRIES_MAX	127
#define WEFT_LINGER2_MAX	120
/* A request is answered for that long. */
#define WEFT_DEFER_MAX		32

/**
 * struct weft_stream_option - an option that is a number
 * @offset: in struct weft_stream_settings, bytes
 * @min: smallest value
 * @max: largest value
 */
struct weft_stream_option {
	u16	offset;
	int	min;
	int	max;
};

#define WEFT_STREAM_OPTION(field, low, high) \
	{ offsetof(struct weft_stream_settings, field), low, high }

static const struct weft_stream_option weft_stream_option_table[] = {
	[WEFT_NODELAY - WEFT_NODELAY]	= WEFT_STREAM_OPTION(nodelay, 0, 1),
	[WEFT_CORK - WEFT_NODELAY]	= WEFT_STREAM_OPTION(cork, 0, 1),
	[WEFT_USER_TIMEOUT - WEFT_NODELAY] =
		WEFT_STREAM_OPTION(user_timeout, 0, INT_MAX),
	[WEFT_KEEPIDLE - WEFT_NODELAY]	=
		WEFT_STREAM_OPTION(keep_idle, 1, WEFT_KEEP_TIME_MAX),
	[WEFT_KEEPINTVL - WEFT_NODELAY]	=
		WEFT_STREAM_OPTION(keep_interval, 1, WEFT_KEEP_TIME_MAX),
	[WEFT_KEEPCNT - WEFT_NODELAY]	=
		WEFT_STREAM_OPTION(keep_probes, 1, WEFT_KEEP_COUNT_MAX),
	[WEFT_QUICKACK - WEFT_NODELAY]	= WEFT_STREAM_OPTION(quickack, 0, 1),
	[WEFT_MAXSEG - WEFT_NODELAY]	=
		WEFT_STREAM_OPTION(max_seg, 0, WEFT_STREAM_BURST_MAX),
	[WEFT_LINGER2 - WEFT_NODELAY]	=
		WEFT_STREAM_OPTION(linger2, INT_MIN, INT_MAX),
	[WEFT_DEFER_ACCEPT - WEFT_NODELAY] =
		WEFT_STREAM_OPTION(defer, INT_MIN, INT_MAX),
	[WEFT_NOTSENT_LOWAT - WEFT_NODELAY] =
		WEFT_STREAM_OPTION(notsent_lowat, INT_MIN, INT_MAX),
	[WEFT_SYNCNT - WEFT_NODELAY]	=
		WEFT_STREAM_OPTION(syn_tries, 1, WEFT_SYN_TRIES_MAX),
};

/**
 * weft_stream_settings_init() - the options of a new socket
 * @set: filled in
 */
void weft_stream_settings_init(struct weft_stream_settings *set)
{
	*set = (struct weft_stream_settings) {
		.quickack = -1,
		.keep_idle = WEFT_KEEP_IDLE,
		.keep_interval = WEFT_KEEP_INTERVAL,
		.keep_probes = WEFT_KEEP_PROBES,
		.linger2 = WEFT_FIN_WAIT_S,
		.syn_tries = WEFT_SYN_TRIES,
		.cc = &weft_cc_cubic,
	};
}

static const struct weft_stream_option *weft_stream_option_find(int name)
{
	const struct weft_stream_option *opt;
	unsigned int i = name - WEFT_NODELAY;

	if (i >= ARRAY_SIZE(weft_stream_option_table))
		return NULL;
	opt = &weft_stream_option_table[array_index_nospec(i,
					ARRAY_SIZE(weft_stream_option_table))];
	return opt->max ? opt : NULL;
}

/* Groups are for datagrams. */
static bool weft_stream_option_of_groups(int name)
{
	return name >= WEFT_GROUP_IF && name <= WEFT_GROUP_FILTER;
}

static int *weft_stream_option_field(struct weft_stream *st,
				     const struct weft_stream_option *opt)
{
	return (int *)((char *)&st->set + opt->offset);
}

/* What changes at once. Socket lock. */
static void weft_stream_option_effect(struct weft_stream *st, int name, int val)
{
	struct sock *sk = weft_stream_sk(st);
	bool open = weft_stream_in(sk, WEFT_SYNCHRONIZED);

	switch (name) {
	case WEFT_NODELAY:
	case WEFT_CORK:
		if (!open || (name == WEFT_NODELAY ? !val : val))
			break;
		st->snd.more = false;
		st->snd.pushed = st->snd.end;
		weft_stream_tick(st);
		weft_stream_push(st, false);
		break;
	case WEFT_QUICKACK:
		if (val && open && st->rcv.nxt != st->rcv.acked) {
			weft_stream_tick(st);
			weft_stream_send_ack(st);
		}
		break;
	case WEFT_KEEPIDLE:
		if (open && sock_flag(sk, SOCK_KEEPOPEN))
			weft_stream_arm_idle(st, (unsigned long)val * HZ);
		break;
	case WEFT_MAXSEG:
		if (open)
			weft_stream_set_mss(st);
		break;
	case WEFT_NOTSENT_LOWAT:
		weft_stream_write_space(sk);
		break;
	}
}

/* What TCP makes of any number. */
static int weft_stream_option_clamp(int name, int val)
{
	switch (name) {
	case WEFT_LINGER2:
		return clamp(val ?: WEFT_FIN_WAIT_S, -1, WEFT_LINGER2_MAX);
	case WEFT_DEFER_ACCEPT:
		return clamp(val, 0, WEFT_DEFER_MAX);
	}
	return val;
}

static int weft_stream_option_set_number(struct weft_stream *st, int name,
					 const struct weft_stream_option *opt,
					 sockptr_t optval, unsigned int len)
{
	struct sock *sk = weft_stream_sk(st);
	int val, min = opt->min;

	if (len < sizeof(val))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	if (!min && opt->max == 1)
		val = !!val;
	if (name == WEFT_MAXSEG && val)
		min = WEFT_STREAM_MSS_MIN;
	if (val < min || val > opt->max)
		return -EINVAL;
	val = weft_stream_option_clamp(name, val);
	lock_sock(sk);
	WRITE_ONCE(*weft_stream_option_field(st, opt), val);
	local_bh_disable();
	weft_stream_option_effect(st, name, val);
	local_bh_enable();
	release_sock(sk);
	return 0;
}

static int weft_stream_option_set_cc(struct weft_stream *st, sockptr_t optval,
				     unsigned int len)
{
	struct sock *sk = weft_stream_sk(st);
	char name[WEFT_CONGESTION_MAX] = {};
	const struct weft_cc_ops *ops;

	len = min_t(unsigned int, len, sizeof(name) - 1);
	if (!len)
		return -EINVAL;
	if (copy_from_sockptr(name, optval, len))
		return -EFAULT;
	ops = weft_cc_find(name, strlen(name));
	if (!ops)
		return -ENOENT;
	lock_sock(sk);
	st->set.cc = ops;
	weft_cc_choose(&st->snd.cc, ops);
	release_sock(sk);
	return 0;
}

/**
 * weft_stream_options_set() - setsockopt()
 * @sock: socket
 * @level: must be SOL_WEFT
 * @name: WEFT_*
 * @val: value, of the program
 * @len: its length, bytes
 *
 * Context: process.
 * Return: 0, -ENOPROTOOPT, -EINVAL, -EFAULT, -ENOENT if there is no such congestion
 * control, or what weft_options_set() returns.
 */
int weft_stream_options_set(struct socket *sock, int level, int name, sockptr_t val,
			    unsigned int len)
{
	const struct weft_stream_option *opt = weft_stream_option_find(name);
	struct weft_stream *st = weft_stream(sock->sk);

	if (weft_stream_option_of_groups(name))
		return -ENOPROTOOPT;
	if (level == SOL_WEFT && name == WEFT_CONGESTION)
		return weft_stream_option_set_cc(st, val, len);
	if (level == SOL_WEFT && opt)
		return weft_stream_option_set_number(st, name, opt, val, len);
	return weft_options_set(sock, level, name, val, len);
}

static int weft_stream_option_value(struct weft_stream *st, int name,
				    const struct weft_stream_option *opt)
{
	int val = READ_ONCE(*weft_stream_option_field(st, opt));

	if (name == WEFT_MAXSEG && weft_stream_in(weft_stream_sk(st), WEFT_SYNCHRONIZED))
		return READ_ONCE(st->snd.mss);
	if (name == WEFT_QUICKACK && val < 0)
		return !READ_ONCE(st->rcv.talks);
	return val;
}

/**
 * weft_stream_options_get() - getsockopt()
 * @sock: socket
 * @level: must be SOL_WEFT
 * @name: WEFT_*
 * @val: where the value goes
 * @len: room there; becomes the value's length
 *
 * A value that is too long is cut. Context: process.
 *
 * Return: 0, -ENOPROTOOPT, -EINVAL, -EFAULT, or what weft_options_get() returns.
 */
int weft_stream_options_get(struct socket *sock, int level, int name,
			    char __user *val, int __user *len)
{
	const struct weft_stream_option *opt = weft_stream_option_find(name);
	struct weft_stream *st = weft_stream(sock->sk);
	struct weft_info info;
	char cc[WEFT_CONGESTION_MAX] = {};
	const void *from = &info;
	int number, room, n;

	if (weft_stream_option_of_groups(name))
		return -ENOPROTOOPT;
	if (level != SOL_WEFT || (!opt && name != WEFT_INFO && name != WEFT_CONGESTION))
		return weft_options_get(sock, level, name, val, len);
	if (get_user(room, len))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (name == WEFT_INFO) {
		lock_sock(sock->sk);
		weft_stream_info(sock->sk, &info);
		release_sock(sock->sk);
		n = sizeof(info);
	} else if (name == WEFT_CONGESTION) {
		strscpy(cc, READ_ONCE(st->set.cc)->name, sizeof(cc));
		from = cc;
		n = sizeof(cc);
	} else {
		number = weft_stream_option_value(st, name, opt);
		from = &number;
		n = sizeof(number);
	}
	n = min(n, room);
	if (put_user(n, len) || copy_to_user(val, from, n))
		return -EFAULT;
	return 0;
}
