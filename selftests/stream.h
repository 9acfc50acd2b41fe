/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Streams of Weft and, beside them, of TCP over IPv6: a test takes the same steps in
 * both, and what the steps of the one tell must be what those of the other told.
 *
 *	static void a_listener_is_found(void)
 *	{
 *		int fd = stream_listener(PORT, 1), client = stream_new();
 *
 *		TELL(TRY(stream_connect(client, PORT)));
 *		...
 *	}
 *
 *	STREAM_RUN(a_listener_is_found);
 */
#ifndef STREAM_H
#define STREAM_H

#include <linux/filter.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <time.h>
#include "sock.h"

/* Of netinet/tcp.h, which does not go with linux/tcp.h. */
enum {
	STATE_ESTABLISHED = 1,
	STATE_SYN_SENT,
	STATE_SYN_RECV,
	STATE_FIN_WAIT1,
	STATE_FIN_WAIT2,
	STATE_TIME_WAIT,
	STATE_CLOSE,
	STATE_CLOSE_WAIT,
	STATE_LAST_ACK,
	STATE_LISTEN,
	STATE_CLOSING,
};

/* --- what steps tell ----------------------------------------------------------------- */

#define STREAM_NOTES_MAX	65536

/**
 * struct stream_note - what a step told
 * @line: where it is in the test
 * @where: stream_where then
 * @value: what it told
 */
struct stream_note {
	int line;
	char where[80];
	long value;
};

static struct stream_note stream_notes[STREAM_NOTES_MAX];
static int stream_told, stream_steps;
static bool stream_compares, stream_astray;
static int stream_family;
static void (*stream_fn)(void);
/* Where in a table the test is. */
static char stream_where[80];

/* The value of a call, or the negative errno. */
#define TRY(call) \
	({ \
		long try_value_ = (call); \
		try_value_ < 0 ? -errno : try_value_; \
	})

#define TELL(value)	stream_tell(__FILE__, __LINE__, #value, value)

static inline const char *stream_show(long value, char *buf, size_t size)
{
	const char *name = value < 0 && value > -200 ? strerrorname_np(-value) : NULL;

	if (name)
		return name;
	snprintf(buf, size, value > 255 ? "%ld (0x%lx)" : "%ld", value, value);
	return buf;
}

static inline void stream_differs(const char *file, int line, const char *what, long first,
				  long value)
{
	char buf[2][48];

	printf("# %s:%d: %s%s%s: TCP %s, Weft %s\n", file, line, stream_where,
	       *stream_where ? ": " : "", what, stream_show(first, buf[0], sizeof(buf[0])),
	       stream_show(value, buf[1], sizeof(buf[1])));
	tap_failed_checks++;
}

static inline void stream_tell(const char *file, int line, const char *what, long value)
{
	struct stream_note *note = &stream_notes[stream_told];

	if (stream_told == STREAM_NOTES_MAX || stream_astray)
		return;
	stream_told++;
	if (!stream_compares) {
		note->line = line;
		snprintf(note->where, sizeof(note->where), "%s", stream_where);
		note->value = value;
		return;
	}
	if (stream_told > stream_steps || note->line != line ||
	    strcmp(note->where, stream_where)) {
		printf("# %s:%d: %s: Weft's steps are others than TCP's\n", file, line,
		       stream_where);
		tap_failed_checks++;
		stream_astray = true;
		return;
	}
	if (note->value != value)
		stream_differs(file, line, what, note->value, value);
}

static inline void stream_both(void)
{
	/* What differs is seen even if a call waits for ever because of it. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	stream_told = 0;
	stream_compares = false;
	stream_astray = false;
	*stream_where = 0;
	stream_family = AF_INET6;
	stream_fn();
	stream_steps = stream_told;
	CHECK(stream_told < STREAM_NOTES_MAX);
	stream_told = 0;
	stream_compares = true;
	*stream_where = 0;
	stream_family = netns_weft_family();
	stream_fn();
	CHECK(stream_astray || stream_told == stream_steps);
}

#define STREAM_RUN(fn) \
	do { \
		stream_fn = fn; \
		tap_run(#fn, stream_both); \
	} while (0)

/* Steps that TCP has no like of. */
#define STREAM_RUN_WEFT(fn) \
	do { \
		stream_family = netns_weft_family(); \
		TAP_RUN(fn); \
	} while (0)

/* --- options ----------------------------------------------------------------------------- */

static inline int stream_level(void)
{
	return stream_family == AF_INET6 ? IPPROTO_TCP : SOL_WEFT;
}

/* What TCP calls an option of Weft. */
static inline int stream_option(int weft)
{
	static const int tcp[] = {
		[WEFT_NODELAY]		= TCP_NODELAY,
		[WEFT_CORK]		= TCP_CORK,
		[WEFT_CONGESTION]	= TCP_CONGESTION,
		[WEFT_INFO]		= TCP_INFO,
		[WEFT_USER_TIMEOUT]	= TCP_USER_TIMEOUT,
		[WEFT_KEEPIDLE]		= TCP_KEEPIDLE,
		[WEFT_KEEPINTVL]	= TCP_KEEPINTVL,
		[WEFT_KEEPCNT]		= TCP_KEEPCNT,
		[WEFT_QUICKACK]		= TCP_QUICKACK,
		[WEFT_MAXSEG]		= TCP_MAXSEG,
		[WEFT_LINGER2]		= TCP_LINGER2,
		[WEFT_DEFER_ACCEPT]	= TCP_DEFER_ACCEPT,
		[WEFT_NOTSENT_LOWAT]	= TCP_NOTSENT_LOWAT,
		[WEFT_SYNCNT]		= TCP_SYNCNT,
	};

	return stream_family == AF_INET6 ? tcp[weft] : weft;
}

/* Sets an option of the protocol. Returns 0 or the errno. */
static inline int stream_set(int fd, int weft, int val)
{
	return sock_set(fd, stream_level(), stream_option(weft), val);
}

/* The value of an option of the protocol, or the negative errno. */
static inline int stream_get(int fd, int weft)
{
	return sock_get(fd, stream_level(), stream_option(weft));
}

/* SO_REUSEPORT, which the core keeps to itself. */
static inline int stream_set_reuseport(int fd, int val)
{
	return stream_family == AF_INET6 ? sock_set(fd, SOL_SOCKET, SO_REUSEPORT, val) :
					   sock_set(fd, SOL_WEFT, WEFT_REUSEPORT, val);
}

static inline int stream_set_zerocopy(int fd, int val)
{
	return stream_family == AF_INET6 ? sock_set(fd, SOL_SOCKET, SO_ZEROCOPY, val) :
					   sock_set(fd, SOL_WEFT, WEFT_ZEROCOPY, val);
}

/* The state of a socket, STATE_*: what tells of a connection begins with it. */
static inline int stream_state(int fd)
{
	__u8 state = 0;
	socklen_t len = sizeof(state);

	CHECK(!getsockopt(fd, stream_level(), stream_option(WEFT_INFO), &state, &len));
	return state;
}

/* --- time --------------------------------------------------------------------------------- */

static inline double stream_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Waits until a condition holds, 10 s at most, and checks that it does. */
#define STREAM_UNTIL(cond) \
	do { \
		double until_end_ = stream_now() + 10; \
		bool held_; \
		while (!(held_ = (cond)) && stream_now() < until_end_) \
			usleep(1000); \
		CHECK(held_); \
	} while (0)

static inline void stream_until_state(int fd, int state)
{
	STREAM_UNTIL(stream_state(fd) == state);
}

/* --- sockets ------------------------------------------------------------------------------ */

static inline int stream_new(void)
{
	int fd = socket(stream_family, SOCK_STREAM, 0);

	CHECK(fd >= 0);
	return fd;
}

static inline struct sock_name stream_name_of(int fd)
{
	struct sock_name n = { .len = sizeof(n.in6) };

	CHECK(!getsockname(fd, &n.sa, &n.len));
	return n;
}

/* Ports are at the same place in both families. */
static inline int stream_port(int fd)
{
	return ntohs(stream_name_of(fd).in6.sin6_port);
}

static inline int stream_bind(int fd, int port)
{
	struct sock_name n = sock_loopback(stream_family, port);

	return bind(fd, &n.sa, n.len);
}

static inline int stream_bind_any(int fd, int port)
{
	struct sock_name n = sock_any(stream_family, port);

	return bind(fd, &n.sa, n.len);
}

static inline int stream_connect(int fd, int port)
{
	struct sock_name n = sock_loopback(stream_family, port);

	return connect(fd, &n.sa, n.len);
}

/* Takes a connection away from a socket. */
static inline int stream_disconnect(int fd)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return connect(fd, &none, sizeof(none));
}

/* A socket that listens on the loopback address; port 0 is any. */
static inline int stream_listener(int port, int backlog)
{
	int fd = stream_new();

	CHECK(!sock_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!stream_bind(fd, port) && !listen(fd, backlog));
	return fd;
}

static inline void stream_nonblock(int fd)
{
	CHECK(!fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK));
}

static inline int stream_new_nonblock(void)
{
	int fd = stream_new();

	stream_nonblock(fd);
	return fd;
}

/* A connection to a listening socket: who connects is fd[0]. */
static inline void stream_join(int listener, int fd[2])
{
	fd[0] = stream_new();
	CHECK(!stream_connect(fd[0], stream_port(listener)));
	fd[1] = accept(listener, NULL, NULL);
	CHECK(fd[1] >= 0);
}

static inline void stream_pair(int fd[2])
{
	int listener = stream_listener(0, 8);

	stream_join(listener, fd);
	close(listener);
}

static inline void stream_close_pair(int fd[2])
{
	close(fd[0]);
	close(fd[1]);
}

/* A socket that no segment reaches, as if all were lost; and one that hears again. */
static inline void stream_deaf(int fd)
{
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = { 1, &none };

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
}

static inline void stream_hear(int fd)
{
	CHECK(!sock_set(fd, SOL_SOCKET, SO_DETACH_FILTER, 0));
}

/*
 * Who listens knows of a connection: the acknowledgment of Weft that ends the handshake may
 * wait for some ms for what the program does, but not longer than until that waits.
 */
static inline void stream_known(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	CHECK(poll(&p, 1, 0) >= 0);
}

/* A port that connections to stay half open at: its accept queue is full. */
struct stream_full {
	int listener;
	int client[2];
};

static inline struct stream_full stream_fill_queue(void)
{
	struct stream_full full = { .listener = stream_listener(0, 1) };
	int i;

	for (i = 0; i < 2; i++) {
		full.client[i] = stream_new();
		CHECK(!stream_connect(full.client[i], stream_port(full.listener)));
		stream_known(full.client[i]);
	}
	return full;
}

static inline void stream_full_close(struct stream_full *full)
{
	close(full->listener);
	stream_close_pair(full->client);
}

/* Ends a connection with RST instead of FIN. */
static inline void stream_reset(int fd)
{
	struct linger now = { .l_onoff = 1 };

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	CHECK(!close(fd));
}

/* --- bytes and events ---------------------------------------------------------------------- */

#define STREAM_EVENTS	(POLLIN | POLLOUT | POLLPRI | POLLRDHUP)

/* What there is now. */
static inline int stream_events(int fd)
{
	struct pollfd p = { .fd = fd, .events = STREAM_EVENTS };

	return poll(&p, 1, 0) < 0 ? -errno : p.revents;
}

/* Waits until there is some of what is asked for, then what there is. */
static inline int stream_events_after(int fd, int what)
{
	sock_wait(fd, what);
	return stream_events(fd);
}

static inline int stream_ioctl(int fd, int cmd)
{
	int val = -1;

	return ioctl(fd, cmd, &val) < 0 ? -errno : val;
}

static inline int stream_error(int fd)
{
	return sock_get(fd, SOL_SOCKET, SO_ERROR);
}

/* Bytes that no place in which others follow looks like. */
static inline void stream_pattern(char *buf, size_t len, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		buf[i] = seed >> 24;
	}
}

/* All bytes that are asked for; how many came before the end, or -errno. */
static inline long stream_read(int fd, char *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = recv(fd, buf + done, len - done, 0);
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += n;
	}
	return done;
}

/* Fills what the two ends can hold; how many bytes that is. */
static inline long stream_fill(int fd)
{
	static char out[16384];
	long sum = 0, n;
	int idle = 0;

	/* The buffers grow while bytes are on their way. */
	while (idle < 20) {
		n = send(fd, out, sizeof(out), MSG_DONTWAIT);
		if (n > 0) {
			sum += n;
			idle = 0;
			continue;
		}
		CHECK(errno == EAGAIN);
		usleep(5000);
		idle++;
	}
	return sum;
}

/* Reads until @len bytes have come; how many did before the end. */
static inline long stream_drain(int fd, long len)
{
	static char in[65536];
	long done = 0, n;

	while (done < len) {
		n = recv(fd, in, len - done < (long)sizeof(in) ? len - done :
			 (long)sizeof(in), 0);
		if (n <= 0)
			break;
		done += n;
	}
	return done;
}

/*
 * In place of tap_done(): ends what still tries to reach ends that do not hear, which
 * would hold the module for a minute.
 */
static inline int stream_done(void)
{
	netns_run("weft ss -K -t -a >/dev/null");
	return tap_done();
}

#endif /* STREAM_H */
