/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An end of a connection that sends and receives in many ways. What it sends follows from
 * its seed, so what comes is compared with what was sent as it comes.
 */
#ifndef RANDOM_END_H
#define RANDOM_END_H

#include <errno.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/uio.h>
#include "random.h"
#include "sock.h"

#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY	0x4000000
#endif

/* Bytes of a call and of a message at most. */
#define CALL_MAX	(256 << 10)
#define MESSAGE_MAX	262144

/**
 * struct flow - what goes one way
 * @base: where in the pool it begins
 * @total: bytes
 * @sent: of these given to the kernel
 * @got: of these that came
 * @message_max: bytes of a message
 * @sent_lens: lengths of messages, for who sends
 * @got_lens: the same, for who receives
 * @message: of the message that is being sent
 * @left: of these not yet sent
 * @begun: there is such a message
 */
struct flow {
	uint64_t base, total, sent, got;
	uint32_t message_max;
	struct prng sent_lens, got_lens;
	uint32_t message, left;
	bool begun;
};

/**
 * struct end - one of two
 * @fd: socket, -1 if there is none
 * @messages: it is of SOCK_SEQPACKET
 * @zerocopy: MSG_ZEROCOPY works
 * @out: what it sends
 * @in: what it receives: the other's @out
 * @p: for all that it chooses
 * @call_max: bytes of a call at most
 * @pause: percent of calls after which it pauses
 * @pause_ms: for so long at most
 * @send_at: it sends nothing before, ms
 * @read_at: it reads nothing before, ms
 * @shut: it sends no more
 * @shut_at: since then, ms
 * @eof: the other sends no more
 */
struct end {
	int fd;
	bool messages, zerocopy;
	struct flow *out, *in;
	struct prng p;
	uint32_t call_max, pause, pause_ms;
	int64_t send_at, read_at;
	bool shut, eof;
	int64_t shut_at;
};

static unsigned char end_buf[MESSAGE_MAX + 1], end_buf2[MESSAGE_MAX + 1];
static int end_pipe[2];

static inline uint32_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The length of the next message when @done bytes were in those before. */
static inline uint32_t flow_message(const struct flow *f, struct prng *lens, uint64_t done)
{
	return least(prng_size(lens, f->message_max), f->total - done);
}

static inline int64_t end_pause(struct end *e)
{
	if (!prng_chance(&e->p, e->pause))
		return 0;
	return now_ms() + prng_size(&e->p, e->pause_ms);
}

/* --- sending --------------------------------------------------------------------------- */

/* Bytes of the pool by way of a pipe. */
static inline ssize_t end_splice(struct end *e, uint64_t at, uint32_t n, bool more)
{
	loff_t offset = at % POOL_SIZE;
	ssize_t in, out, left;

	in = splice(pool_fd, &offset, end_pipe[1], NULL, least(n, 65536), 0);
	if (in <= 0)
		return in;
	out = splice(end_pipe[0], NULL, e->fd, NULL, in,
		     SPLICE_F_NONBLOCK | (more ? SPLICE_F_MORE : 0));
	for (left = in - (out > 0 ? out : 0); left > 0; left -= in)
		in = read(end_pipe[0], end_buf, left);
	return out;
}

static inline ssize_t end_writev(struct end *e, uint64_t at, uint32_t n)
{
	uint32_t first = prng_below(&e->p, n + 1);
	struct iovec iov[3] = {
		{ pool + at % POOL_SIZE, first },
		{ pool, 0 },
		{ pool + at % POOL_SIZE + first, n - first },
	};

	return writev(e->fd, iov, 3);
}

static inline ssize_t end_send_bytes(struct end *e, uint64_t at, uint32_t n)
{
	bool more = prng_chance(&e->p, 10);
	loff_t offset = at % POOL_SIZE;

	switch (prng_below(&e->p, 10)) {
	case 0:
		return sendfile(e->fd, pool_fd, &offset, n);
	case 1:
		return end_splice(e, at, n, more);
	case 2:
		return end_writev(e, at, n);
	case 3:
		if (e->zerocopy)
			return send(e->fd, pool + offset, n, MSG_ZEROCOPY | MSG_DONTWAIT);
	}
	return send(e->fd, pool + offset, n, MSG_DONTWAIT | (more ? MSG_MORE : 0));
}

/* A part of a message, often all of it. */
static inline ssize_t end_send_part(struct end *e)
{
	struct flow *f = e->out;
	struct iovec iov[2];
	uint32_t n, run;
	ssize_t ret;

	if (!f->begun) {
		f->message = flow_message(f, &f->sent_lens, f->sent);
		f->left = f->message;
		f->begun = true;
	}
	n = prng_chance(&e->p, 20) ? prng_below(&e->p, f->left + 1) : f->left;
	run = pool_run(f->base + f->sent, n);
	iov[0] = (struct iovec){ pool + (f->base + f->sent) % POOL_SIZE, run };
	iov[1] = (struct iovec){ pool, n - run };
	ret = sendmsg(e->fd, &(struct msghdr){ .msg_iov = iov, .msg_iovlen = 2 },
		      MSG_DONTWAIT | (n < f->left ? MSG_MORE : 0));
	if (ret < 0)
		return ret;
	CHECK(ret == n);
	f->begun = n < f->left;
	f->left -= n;
	return ret;
}

/* Sends something. Returns 0, or the errno of a call. */
static inline int end_send(struct end *e)
{
	struct flow *f = e->out;
	uint64_t at = f->base + f->sent;
	ssize_t n;

	if (e->messages)
		n = end_send_part(e);
	else
		n = end_send_bytes(e, at, pool_run(at, least(prng_size(&e->p, e->call_max) + 1,
							     f->total - f->sent)));
	if (n < 0)
		return errno;
	f->sent += n;
	e->send_at = end_pause(e);
	return 0;
}

/* --- receiving ---------------------------------------------------------------------------- */

/* Looks first: what is read then is the same. */
static inline ssize_t end_peek(struct end *e, uint32_t n)
{
	ssize_t peeked = recv(e->fd, end_buf2, n, MSG_PEEK | MSG_DONTWAIT), got;

	if (peeked <= 0)
		return peeked;
	got = recv(e->fd, end_buf, n, MSG_DONTWAIT);
	CHECK(got >= peeked && !memcmp(end_buf, end_buf2, peeked));
	return got;
}

static inline ssize_t end_unsplice(struct end *e, uint32_t n)
{
	ssize_t in = splice(e->fd, NULL, end_pipe[1], NULL, least(n, 65536), SPLICE_F_NONBLOCK);
	ssize_t got = 0, more;

	while (in > 0 && got < in) {
		more = read(end_pipe[0], end_buf + got, in - got);
		if (more <= 0)
			break;
		got += more;
	}
	return in > 0 ? got : in;
}

static inline ssize_t end_readv(struct end *e, uint32_t n)
{
	uint32_t first = prng_below(&e->p, n + 1);
	struct iovec iov[2] = { { end_buf, first }, { end_buf + first, n - first } };

	return readv(e->fd, iov, 2);
}

static inline ssize_t end_receive_bytes(struct end *e)
{
	uint32_t n = 1 + prng_size(&e->p, e->call_max - 1);

	switch (prng_below(&e->p, 10)) {
	case 0:
		return end_peek(e, n);
	case 1:
		return end_unsplice(e, n);
	case 2:
		return end_readv(e, n);
	}
	return recv(e->fd, end_buf, n, MSG_DONTWAIT);
}

/* A message, sometimes into less room than it wants; *@room is what was there. */
static inline ssize_t end_receive_message(struct end *e, uint32_t *room, int *flags)
{
	struct iovec iov = { end_buf, 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	iov.iov_len = prng_chance(&e->p, 10) ? prng_below(&e->p, 1000) : sizeof(end_buf);
	*room = iov.iov_len;
	if (prng_chance(&e->p, 10)) {
		n = recvmsg(e->fd, &msg, MSG_PEEK | MSG_DONTWAIT);
		*flags = msg.msg_flags;
		if (n < 0)
			return n;
		iov.iov_len = *room;
	}
	n = recvmsg(e->fd, &msg, MSG_DONTWAIT);
	*flags = msg.msg_flags;
	return n;
}

/* Is this the message that is next? */
static inline const char *end_check_message(struct end *e, uint32_t n, uint32_t room, int flags)
{
	struct flow *f = e->in;
	uint32_t len = flow_message(f, &f->got_lens, f->got);
	bool cut = len > room;

	if (f->got == f->total)
		return "more than was sent";
	if (!pool_is(end_buf, f->base + f->got, n))
		return "wrong bytes";
	f->got += len;
	if (n != least(len, room))
		return "a message of another length";
	if (!!(flags & MSG_TRUNC) != cut || !(flags & MSG_EOR))
		return "wrong flags";
	return NULL;
}

/*
 * Receives something. Returns 0, or the errno of a call; *@wrong is what is wrong with
 * what came.
 */
static inline int end_receive(struct end *e, const char **wrong)
{
	struct flow *f = e->in;
	int flags = 0;
	uint32_t room;
	ssize_t n;

	n = e->messages ? end_receive_message(e, &room, &flags) : end_receive_bytes(e);
	if (n < 0)
		return errno;
	e->read_at = end_pause(e);
	if (flags & MSG_EOR) {
		*wrong = end_check_message(e, n, room, flags);
		return 0;
	}
	if (!n) {
		e->eof = true;
		return 0;
	}
	if (!pool_is(end_buf, f->base + f->got, n))
		*wrong = "wrong bytes";
	f->got += n;
	if (f->got > f->sent)
		*wrong = "more than was sent";
	return 0;
}

/* --- options ------------------------------------------------------------------------------- */

/* What MSG_ZEROCOPY tells is taken. */
static inline void end_drain(struct end *e)
{
	struct sock_message m;

	while (e->zerocopy && sock_receive(e->fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		;
}

static inline void end_set(struct end *e, int level, int name, int val)
{
	CHECK(!sock_set(e->fd, level, name, val));
}

/* Another value of an option of its choice. */
static inline void end_change(struct end *e)
{
	static const char *const cc[] = { "cubic", "newreno" };
	struct prng *p = &e->p;
	const char *name;

	switch (prng_below(p, 10)) {
	case 0:
		return end_set(e, SOL_WEFT, WEFT_NODELAY, prng_below(p, 2));
	case 1:
		return end_set(e, SOL_WEFT, WEFT_CORK, prng_below(p, 2));
	case 2:
		return end_set(e, SOL_WEFT, WEFT_QUICKACK, prng_below(p, 2));
	case 3:
		return end_set(e, SOL_SOCKET, SO_SNDBUF, 1024 + prng_size(p, 1 << 20));
	case 4:
		return end_set(e, SOL_SOCKET, SO_RCVBUF, 1024 + prng_size(p, 1 << 20));
	case 5:
		return end_set(e, SOL_WEFT, WEFT_MAXSEG, prng_pick(p, 0, 0, 200, 536, 1300, 9000));
	case 6:
		name = cc[prng_below(p, 2)];
		CHECK(!setsockopt(e->fd, SOL_WEFT, WEFT_CONGESTION, name, strlen(name)));
		return;
	case 7:
		return end_set(e, SOL_WEFT, WEFT_NOTSENT_LOWAT,
			       prng_pick(p, -1, -1, 1, 4096, 1 << 17));
	case 8:
		return end_set(e, SOL_SOCKET, SO_RCVLOWAT, 1 + prng_size(p, 1 << 16));
	case 9:
		return end_set(e, SOL_WEFT, WEFT_MTU_DISCOVER,
			       prng_pick(p, WEFT_PMTUDISC_DONT, WEFT_PMTUDISC_WANT,
					 WEFT_PMTUDISC_DO));
	}
}

/* Bytes that wait to be read, or to be acknowledged. */
static inline int end_waiting(const struct end *e, int which)
{
	int n = 0;

	CHECK(!ioctl(e->fd, which, &n));
	return n;
}

#endif /* RANDOM_END_H */
