// SPDX-License-Identifier: GPL-2.0
/*
 * Ports and listening streams: who may have a port beside whom, the accept queue, what
 * accepted sockets inherit, groups of listeners, and ports in TIME-WAIT. TCP is asked
 * the same.
 *
 * lab: --nodes 1 --nic none
 * timeout: 200
 */
#include <net/if.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include "stream.h"

#define PORT	4000

/* From headers that do not go together. */
#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND	78
#endif

/* --- who has a port ---------------------------------------------------------------------- */

/* Bits of how a socket takes a port. */
enum {
	TAKES_LOOPBACK	= 1,
	TAKES_REUSE	= 2,
	TAKES_GROUP	= 4,
	TAKES_LISTENS	= 8,
	TAKES_ALL	= 16,
};

static int taker(int how)
{
	int fd = stream_new();

	CHECK(!sock_set(fd, SOL_SOCKET, SO_REUSEADDR, !!(how & TAKES_REUSE)));
	CHECK(!stream_set_reuseport(fd, !!(how & TAKES_GROUP)));
	return fd;
}

static long take(int fd, int how, int port)
{
	long ret = how & TAKES_LOOPBACK ? TRY(stream_bind(fd, port)) :
					  TRY(stream_bind_any(fd, port));

	if (!ret && how & TAKES_LISTENS)
		ret = TRY(listen(fd, 1));
	return ret;
}

static void two_want_a_port(void)
{
	int first, second, port, i, j;

	for (i = 0; i < TAKES_ALL; i++) {
		for (j = 0; j < TAKES_ALL; j++) {
			snprintf(stream_where, sizeof(stream_where), "%d, %d", i, j);
			first = taker(i);
			second = taker(j);
			CHECK(!take(first, i, 0));
			port = stream_port(first);
			TELL(take(second, j, port));
			TELL(stream_port(second) ? stream_port(second) == port : -1);
			/* And when the first is gone. */
			close(first);
			if (!stream_port(second))
				TELL(take(second, j, port));
			close(second);
		}
	}
}

/* Both have the port already; who listens first wins. */
static void two_want_to_listen(void)
{
	int first, second, i, j;

	for (i = 0; i < TAKES_LISTENS; i++) {
		for (j = 0; j < TAKES_LISTENS; j++) {
			snprintf(stream_where, sizeof(stream_where), "%d, %d", i, j);
			first = taker(i);
			second = taker(j);
			CHECK(!take(first, i, 0));
			if (!take(second, j, stream_port(first))) {
				TELL(TRY(listen(first, 1)));
				TELL(TRY(listen(second, 1)));
				TELL(stream_state(second));
				close(first);
				TELL(TRY(listen(second, 1)));
			} else {
				close(first);
			}
			close(second);
		}
	}
}

/* A connection keeps the port of the listener that it was accepted by. */
static void connections_hold_a_port(void)
{
	int listener, fd[2], second, port, i, j, k;

	for (k = 0; k < 2; k++) {
		for (i = 0; i < TAKES_LISTENS; i++) {
			for (j = 0; j < TAKES_ALL; j++) {
				snprintf(stream_where, sizeof(stream_where), "%d, %d, %d", k, i,
					 j);
				listener = taker(i);
				CHECK(!take(listener, i | TAKES_LISTENS, 0));
				port = stream_port(listener);
				stream_join(listener, fd);
				close(listener);
				/* The connection itself, or what is left of it. */
				if (k) {
					close(fd[1]);
					CHECK(!recv(fd[0], &(char){ 0 }, 1, 0));
					close(fd[0]);
				}
				second = taker(j);
				TELL(take(second, j, port));
				close(second);
				if (!k) {
					stream_reset(fd[1]);
					close(fd[0]);
				}
			}
		}
	}
}

static void a_connection_has_a_port_of_its_own(void)
{
	int listener = stream_listener(0, 4), fd = stream_new(), second, port;

	CHECK(!stream_connect(fd, stream_port(listener)));
	port = stream_port(fd);
	TELL(port >= 32768 && port <= 60999);
	second = taker(0);
	TELL(take(second, TAKES_LOOPBACK, port));
	close(second);
	second = taker(TAKES_REUSE);
	TELL(take(second, TAKES_LOOPBACK, port));
	close(second);
	second = taker(TAKES_REUSE);
	TELL(take(second, TAKES_LISTENS, port));
	close(second);
	close(fd);
	close(listener);
}

static void a_port_of_the_kernels_choice(void)
{
	int fd[64], port[64], i, j;

	for (i = 0; i < 64; i++) {
		fd[i] = stream_new();
		TELL(TRY(stream_bind_any(fd[i], 0)));
		port[i] = stream_port(fd[i]);
		TELL(port[i] >= 32768 && port[i] <= 60999);
		for (j = 0; j < i; j++)
			CHECK(port[i] != port[j]);
	}
	for (i = 0; i < 64; i++)
		close(fd[i]);
	/* listen() takes one if the socket has none. */
	fd[0] = stream_new();
	TELL(TRY(listen(fd[0], 1)));
	TELL(!!stream_port(fd[0]));
	TELL(TRY(stream_bind(fd[0], 0)));
	close(fd[0]);
}

static void devices_share_a_port(void)
{
	int first = stream_new(), second = stream_new();

	CHECK(!netns_run("ip link add other type dummy"));
	CHECK(!setsockopt(first, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	CHECK(!setsockopt(second, SOL_SOCKET, SO_BINDTODEVICE, "other", 6));
	TELL(take(first, TAKES_LISTENS, PORT));
	TELL(take(second, TAKES_LISTENS, PORT));
	close(second);
	second = stream_new();
	TELL(take(second, TAKES_LISTENS, PORT));
	close(second);
	second = stream_new();
	CHECK(!setsockopt(second, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	TELL(take(second, TAKES_LISTENS, PORT));
	close(second);
	close(first);
	CHECK(!netns_run("ip link del other"));
}

/* --- TIME-WAIT --------------------------------------------------------------------------- */

/* A connection from one port to another, closed by @first first. */
static void leave_time_wait(int first, int listener, int port)
{
	int fd[2];

	fd[0] = stream_new();
	CHECK(!sock_set(fd[0], SOL_SOCKET, SO_REUSEADDR, 1));
	CHECK(!stream_bind(fd[0], port) && !stream_connect(fd[0], stream_port(listener)));
	fd[1] = accept(listener, NULL, NULL);
	close(fd[first]);
	CHECK(!recv(fd[!first], &(char){ 0 }, 1, 0));
	close(fd[!first]);
}

static void who_closed_first_waits(void)
{
	int listener = stream_listener(0, 4), other = stream_listener(0, 4);
	int fd = stream_new(), peer;
	char in[8];

	/* At this end a connect must wait for a second, but to another peer. */
	leave_time_wait(0, listener, PORT);
	TELL(TRY(stream_bind(fd, PORT)));
	CHECK(!sock_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	TELL(TRY(stream_bind(fd, PORT)));
	/* TCP counts in seconds, one of which may just end. */
	if (stream_family != AF_INET6)
		CHECK(TRY(stream_connect(fd, stream_port(listener))) == -EADDRNOTAVAIL);
	TELL(TRY(stream_connect(fd, stream_port(other))));
	stream_reset(fd);
	fd = stream_new();
	CHECK(!sock_set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	TELL(TRY(stream_bind(fd, PORT)));
	usleep(2100000);
	TELL(TRY(stream_connect(fd, stream_port(listener))));
	peer = accept(listener, NULL, NULL);
	TELL(TRY(send(fd, "new", 3, 0)));
	TELL(TRY(recv(peer, in, sizeof(in), 0)));
	stream_reset(fd);
	close(peer);

	/* At the other end SYN begins a new one at once. */
	leave_time_wait(1, listener, PORT + 1);
	leave_time_wait(1, listener, PORT + 1);
	leave_time_wait(1, listener, PORT + 1);
	close(listener);
	close(other);
}

/* --- addresses and rights ---------------------------------------------------------------- */

static long try_bind(struct sock_name n)
{
	int fd = stream_new();
	long ret = TRY(bind(fd, &n.sa, n.len));

	TELL(stream_port(fd));
	close(fd);
	return ret;
}

static void addresses_that_nobody_can_have(void)
{
	struct sock_name n = sock_loopback(stream_family, PORT);
	int fd;

	n.len = 0;
	TELL(try_bind(n));
	n.len = 2;
	TELL(try_bind(n));
	n.len = 15;
	TELL(try_bind(n));
	n = sock_loopback(stream_family, PORT);
	n.sa.sa_family = AF_UNIX;
	TELL(try_bind(n));
	n = sock_any(stream_family, PORT);
	if (stream_family == AF_INET6)
		n.in6.sin6_addr.s6_addr[0] = 0x20;
	else
		n.weft.sweft_addr.a8[1] = 7;
	TELL(try_bind(n));
	fd = stream_new();
	CHECK(stream_family == AF_INET6 ? !sock_set(fd, SOL_IPV6, IPV6_FREEBIND, 1) :
					  !sock_set(fd, SOL_WEFT, WEFT_FREEBIND, 1));
	TELL(TRY(bind(fd, &n.sa, n.len)));
	TELL(TRY(listen(fd, 1)));
	close(fd);
	n = sock_any(stream_family, PORT);
	if (stream_family == AF_INET6)
		memcpy(&n.in6.sin6_addr, "\xff\x05\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	else
		n.weft.sweft_addr = (struct weft_addr){ { { 0xff, 5, 0, 0, 0, 0, 0, 1 } } };
	TELL(try_bind(n));
	/* A link-local address wants a device. */
	if (stream_family == AF_INET6)
		memcpy(&n.in6.sin6_addr, "\xfe\x80\0\0\0\0\0\0\0\0\0\xff\xfe\0\0\x02", 16);
	else
		n = sock_link(PORT, 2, 0);
	TELL(try_bind(n));
	if (stream_family == AF_INET6)
		n.in6.sin6_scope_id = 4711;
	else
		n.weft.sweft_scope = 4711;
	TELL(try_bind(n));
}

static void low_ports_need_a_right(void)
{
	int fd = stream_new(), other = stream_new();

	CHECK(!stream_bind(fd, 0));
	CHECK(!seteuid(1000));
	TELL(TRY(stream_bind(other, 80)));
	TELL(TRY(stream_bind(other, 1023)));
	TELL(TRY(stream_bind(other, 1024)));
	CHECK(!seteuid(0));
	close(fd);
	close(other);
	fd = stream_new();
	TELL(TRY(stream_bind(fd, 80)));
	close(fd);
}

/* --- the accept queue -------------------------------------------------------------------- */

/* What a listening socket tells of its queue: how many wait, and how many may. */
static void tell_queue(int listener)
{
	struct weft_info weft;
	struct tcp_info tcp;
	socklen_t len;

	if (stream_family == AF_INET6) {
		len = sizeof(tcp);
		CHECK(!getsockopt(listener, IPPROTO_TCP, TCP_INFO, &tcp, &len));
		TELL(tcp.tcpi_unacked);
		weft.sacked = tcp.tcpi_sacked;
	} else {
		len = sizeof(weft);
		CHECK(!getsockopt(listener, SOL_WEFT, WEFT_INFO, &weft, &len));
		stream_tell(__FILE__, __LINE__ - 5, "tcp.tcpi_unacked", weft.unacked);
	}
	TELL(weft.sacked);
}

static void a_queue_has_an_end(void)
{
	static const int backlogs[] = { 0, 1, 3, 7 };
	int listener, fd[16], late, i, n;
	unsigned int b;

	for (b = 0; b < sizeof(backlogs) / sizeof(backlogs[0]); b++) {
		snprintf(stream_where, sizeof(stream_where), "%d", backlogs[b]);
		listener = stream_listener(0, backlogs[b]);
		stream_nonblock(listener);
		n = backlogs[b] + 1;
		for (i = 0; i < n; i++) {
			fd[i] = stream_new();
			TELL(TRY(stream_connect(fd[i], stream_port(listener))));
			stream_known(fd[i]);
			STREAM_UNTIL(stream_events(listener) == POLLIN);
		}
		usleep(5000);
		tell_queue(listener);
		late = stream_new_nonblock();
		TELL(TRY(stream_connect(late, stream_port(listener))));
		usleep(100000);
		TELL(stream_state(late));
		tell_queue(listener);
		for (i = 0; i < n; i++) {
			close(accept(listener, NULL, NULL));
			close(fd[i]);
		}
		/* Its SYN comes again after a second. */
		TELL(stream_events_after(late, POLLOUT));
		TELL(stream_events_after(listener, POLLIN));
		TELL(TRY(accept(listener, NULL, NULL)) >= 0);
		TELL(TRY(accept(listener, NULL, NULL)));
		close(late);
		close(listener);
	}
}

static void the_backlog_is_changed(void)
{
	int listener = stream_listener(0, 1 << 30);

	tell_queue(listener);
	TELL(TRY(listen(listener, -1)));
	tell_queue(listener);
	TELL(TRY(listen(listener, 5)));
	tell_queue(listener);
	TELL(TRY(listen(listener, 0)));
	tell_queue(listener);
	CHECK(!netns_run("sysctl -qw net.core.somaxconn=9"));
	TELL(TRY(listen(listener, 100)));
	tell_queue(listener);
	CHECK(!netns_run("sysctl -qw net.core.somaxconn=4096"));
	close(listener);
}

static void connections_are_accepted_in_their_order(void)
{
	struct sock_name n = { .len = sizeof(n.in6) };
	int listener = stream_listener(0, 8), fd[5], peer, i;
	char c;

	for (i = 0; i < 5; i++) {
		fd[i] = stream_new();
		CHECK(!stream_connect(fd[i], stream_port(listener)));
		CHECK(send(fd[i], &(char){ 'a' + i }, 1, 0) == 1);
		usleep(2000);
	}
	for (i = 0; i < 5; i++) {
		peer = accept4(listener, &n.sa, &n.len, i & 1 ? SOCK_NONBLOCK : SOCK_CLOEXEC);
		CHECK(peer >= 0);
		TELL(ntohs(n.in6.sin6_port) == stream_port(fd[i]));
		TELL(TRY(recv(peer, &c, 1, 0)));
		TELL(c);
		TELL(fcntl(peer, F_GETFL));
		TELL(fcntl(peer, F_GETFD));
		close(peer);
		close(fd[i]);
	}
	close(listener);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void accept_waits_so_long(void)
{
	struct timeval wait = { .tv_usec = 100000 };
	struct sigaction act = { .sa_handler = on_alarm };
	struct itimerval t = { .it_value = { 0, 100000 } };
	int listener = stream_listener(0, 1), fd;
	double start = stream_now();

	CHECK(!setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)));
	TELL(TRY(accept(listener, NULL, NULL)));
	CHECK(stream_now() - start > 0.09);
	wait.tv_usec = 0;
	CHECK(!setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)));
	CHECK(!sigaction(SIGALRM, &act, NULL) && !setitimer(ITIMER_REAL, &t, NULL));
	TELL(TRY(accept(listener, NULL, NULL)));
	stream_nonblock(listener);
	TELL(TRY(accept(listener, NULL, NULL)));
	/* A pointer of no use costs the connection. */
	fd = stream_new();
	CHECK(!stream_connect(fd, stream_port(listener)) && sock_wait(listener, POLLIN));
	TELL(TRY(accept(listener, (void *)8, &(socklen_t){ 16 })));
	TELL(TRY(accept(listener, NULL, NULL)));
	close(fd);
	close(listener);
}

static void *accept_one(void *arg)
{
	int fd = accept(*(int *)arg, NULL, NULL);

	return (void *)(long)(fd < 0 ? -errno : close(fd));
}

static void many_wait_for_connections(void)
{
	int listener = stream_listener(0, 8), fd[4], i;
	pthread_t thread[4];
	void *ret;

	for (i = 0; i < 4; i++)
		CHECK(!pthread_create(&thread[i], NULL, accept_one, &listener));
	usleep(20000);
	for (i = 0; i < 4; i++) {
		fd[i] = stream_new();
		TELL(TRY(stream_connect(fd[i], stream_port(listener))));
	}
	for (i = 0; i < 4; i++) {
		CHECK(!pthread_join(thread[i], &ret));
		TELL((long)ret);
		close(fd[i]);
	}
	close(listener);
}

/* --- connections that wait in the queue -------------------------------------------------- */

static void the_listener_is_closed(void)
{
	int listener, fd, i;

	for (i = 0; i < 4; i++) {
		snprintf(stream_where, sizeof(stream_where), "%d", i);
		listener = stream_listener(0, 4);
		fd = stream_new();
		CHECK(!stream_connect(fd, stream_port(listener)));
		if (i & 1)
			CHECK(send(fd, "hello", 5, 0) == 5);
		CHECK(sock_wait(listener, POLLIN));
		if (i & 2)
			CHECK(!shutdown(listener, SHUT_RD));
		else
			close(listener);
		stream_until_state(fd, STATE_CLOSE);
		TELL(stream_events(fd));
		TELL(TRY(recv(fd, &(char){ 0 }, 1, 0)));
		TELL(TRY(send(fd, "x", 1, MSG_NOSIGNAL)));
		close(fd);
		if (i & 2)
			close(listener);
	}
}

static void a_connection_that_is_gone_is_accepted(void)
{
	struct sock_name n = { .len = sizeof(n.in6) };
	int listener = stream_listener(0, 4), fd, peer, i;
	char in[8];

	for (i = 0; i < 4; i++) {
		snprintf(stream_where, sizeof(stream_where), "%d", i);
		fd = stream_new();
		CHECK(!stream_connect(fd, stream_port(listener)));
		CHECK(send(fd, "hello", 5, 0) == 5 && sock_wait(listener, POLLIN));
		if (i & 1)
			stream_reset(fd);
		else
			close(fd);
		usleep(20000);
		TELL(stream_events(listener));
		peer = accept(listener, i & 2 ? &n.sa : NULL, i & 2 ? &n.len : NULL);
		TELL(peer < 0 ? -errno : 0);
		if (peer < 0)
			continue;
		TELL(stream_state(peer));
		TELL(stream_events(peer));
		TELL(TRY(recv(peer, in, sizeof(in), 0)));
		TELL(TRY(recv(peer, in, sizeof(in), 0)));
		TELL(TRY(recv(peer, in, sizeof(in), 0)));
		TELL(TRY(getpeername(peer, &n.sa, &n.len)));
		close(peer);
	}
	close(listener);
}

/* With data alone a connection is one; or after some time. */
static void accepting_is_put_off(void)
{
	int listener = stream_listener(0, 4), fd, peer;
	double start;

	stream_nonblock(listener);
	CHECK(!stream_set(listener, WEFT_DEFER_ACCEPT, 30));
	fd = stream_new();
	TELL(TRY(stream_connect(fd, stream_port(listener))));
	usleep(100000);
	TELL(stream_state(fd));
	TELL(stream_events(listener));
	TELL(TRY(accept(listener, NULL, NULL)));
	TELL(TRY(send(fd, "hello", 5, 0)));
	TELL(stream_events_after(listener, POLLIN));
	peer = accept(listener, NULL, NULL);
	CHECK(peer >= 0);
	TELL(stream_ioctl(peer, SIOCINQ));
	close(peer);
	close(fd);

	CHECK(!stream_set(listener, WEFT_DEFER_ACCEPT, 1));
	fd = stream_new();
	start = stream_now();
	TELL(TRY(stream_connect(fd, stream_port(listener))));
	TELL(stream_events(listener));
	TELL(stream_events_after(listener, POLLIN));
	CHECK(stream_now() - start > 0.8);
	peer = accept(listener, NULL, NULL);
	CHECK(peer >= 0);
	close(peer);
	close(fd);
	close(listener);
}

/* --- what is inherited ------------------------------------------------------------------- */

/**
 * struct inherited - an option that a listening socket has
 * @level: 0: an option of streams
 * @name: its name
 * @val: a value
 */
struct inherited {
	int level;
	int name;
	int val;
};

static const struct inherited inherited[] = {
	{ 0, WEFT_NODELAY, 1 },
	{ 0, WEFT_CORK, 1 },
	{ 0, WEFT_KEEPIDLE, 100 },
	{ 0, WEFT_KEEPINTVL, 11 },
	{ 0, WEFT_KEEPCNT, 3 },
	{ 0, WEFT_USER_TIMEOUT, 5000 },
	{ 0, WEFT_LINGER2, 20 },
	{ 0, WEFT_SYNCNT, 3 },
	{ 0, WEFT_NOTSENT_LOWAT, 10000 },
	{ 0, WEFT_MAXSEG, 1000 },
	{ SOL_SOCKET, SO_KEEPALIVE, 1 },
	{ SOL_SOCKET, SO_SNDBUF, 30000 },
	{ SOL_SOCKET, SO_RCVBUF, 40000 },
	{ SOL_SOCKET, SO_PRIORITY, 5 },
	{ SOL_SOCKET, SO_MARK, 77 },
	{ SOL_SOCKET, SO_RCVLOWAT, 10 },
	{ SOL_SOCKET, SO_OOBINLINE, 1 },
	{ SOL_SOCKET, SO_REUSEADDR, 1 },
	{ SOL_SOCKET, SO_REUSEADDR, 0 },
	{ SOL_SOCKET, SO_DONTROUTE, 1 },
	{ SOL_SOCKET, SO_TIMESTAMP, 1 },
	{ SOL_SOCKET, SO_BROADCAST, 1 },
	{ SOL_SOCKET, SO_INCOMING_CPU, 0 },
	{ SOL_SOCKET, SO_BINDTOIFINDEX, 1 },
	{ SOL_SOCKET, SO_MAX_PACING_RATE, 1000000 },
	{ SOL_SOCKET, SO_LOCK_FILTER, 1 },
	{ SOL_SOCKET, SO_SELECT_ERR_QUEUE, 1 },
};

/* Of what TCP makes of WEFT_MAXSEG its time stamps take 12 bytes; Weft's are no option. */
static long inherited_value(int fd, const struct inherited *opt)
{
	long val = opt->level ? sock_get(fd, opt->level, opt->name) :
				stream_get(fd, opt->name);

	if (!opt->level && opt->name == WEFT_MAXSEG && stream_family == AF_INET6 &&
	    stream_state(fd) == STATE_ESTABLISHED)
		val += 12;
	return val;
}

static void options_are_inherited(void)
{
	int listener, fd[2], fresh = stream_new();
	const struct inherited *opt;
	unsigned int i;

	for (i = 0; i < sizeof(inherited) / sizeof(inherited[0]); i++) {
		opt = &inherited[i];
		snprintf(stream_where, sizeof(stream_where), "level %d, %d", opt->level,
			 opt->name);
		listener = stream_listener(0, 1);
		TELL(opt->level ? sock_set(listener, opt->level, opt->name, opt->val) :
		     stream_set(listener, opt->name, opt->val));
		TELL(inherited_value(listener, opt));
		stream_join(listener, fd);
		TELL(inherited_value(fd[1], opt));
		stream_reset(fd[0]);
		close(fd[1]);
		close(listener);
	}
	close(fresh);
}

static void more_is_inherited(void)
{
	struct linger l = { 1, 7 }, got_linger;
	struct timeval wait = { 3, 0 }, got_wait;
	int listener = stream_listener(0, 1), fd[2];
	char name[16] = "";
	socklen_t len;

	CHECK(!setsockopt(listener, SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
	CHECK(!setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)));
	CHECK(!setsockopt(listener, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)));
	CHECK(!setsockopt(listener, stream_level(), stream_option(WEFT_CONGESTION),
			  stream_family == AF_INET6 ? "reno" : "newreno",
			  stream_family == AF_INET6 ? 4 : 7));
	CHECK(!fcntl(listener, F_SETOWN, getpid()));
	stream_nonblock(listener);
	fd[0] = stream_new();
	CHECK(!stream_connect(fd[0], stream_port(listener)) && sock_wait(listener, POLLIN));
	fd[1] = accept(listener, NULL, NULL);
	CHECK(fd[1] >= 0);
	len = sizeof(l);
	CHECK(!getsockopt(fd[1], SOL_SOCKET, SO_LINGER, &got_linger, &len));
	TELL(got_linger.l_onoff * 100 + got_linger.l_linger);
	len = sizeof(got_wait);
	CHECK(!getsockopt(fd[1], SOL_SOCKET, SO_RCVTIMEO, &got_wait, &len));
	TELL(got_wait.tv_sec);
	CHECK(!getsockopt(fd[1], SOL_SOCKET, SO_SNDTIMEO, &got_wait, &len));
	TELL(got_wait.tv_sec);
	len = sizeof(name);
	CHECK(!getsockopt(fd[1], stream_level(), stream_option(WEFT_CONGESTION), name, &len));
	TELL(!!strstr(name, "reno"));
	TELL(fcntl(fd[1], F_GETFL) & O_NONBLOCK);
	TELL(fcntl(fd[1], F_GETOWN));
	TELL(sock_get(fd[1], SOL_SOCKET, SO_ACCEPTCONN));
	TELL(sock_get(fd[1], SOL_SOCKET, SO_TYPE));
	TELL(sock_get(fd[1], SOL_SOCKET, SO_PROTOCOL));
	CHECK(sock_get(fd[1], SOL_SOCKET, SO_DOMAIN) == stream_family);
	stream_reset(fd[0]);
	close(fd[1]);
	close(listener);
}

/* A filter of the listening socket is the connection's. */
static void filters_are_inherited(void)
{
	int listener = stream_listener(0, 1), fd[2];

	stream_join(listener, fd);
	TELL(sock_set(fd[1], SOL_SOCKET, SO_DETACH_FILTER, 0));
	stream_reset(fd[0]);
	close(fd[1]);
	/* All of every segment. */
	{
		struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, 0xffffffff);
		struct sock_fprog prog = { 1, &all };

		CHECK(!setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
				  sizeof(prog)));
	}
	stream_join(listener, fd);
	TELL(sock_set(fd[1], SOL_SOCKET, SO_DETACH_FILTER, 0));
	stream_reset(fd[0]);
	close(fd[1]);
	close(listener);
}

/* --- groups of listeners ----------------------------------------------------------------- */

static int grouped(int port, int any)
{
	int fd = stream_new();

	CHECK(!stream_set_reuseport(fd, 1));
	CHECK(!(any ? stream_bind_any(fd, port) : stream_bind(fd, port)));
	CHECK(!listen(fd, 128));
	stream_nonblock(fd);
	return fd;
}

/* How many connections wait at a listener; they are closed. */
static int take_all(int listener)
{
	int n = 0, fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		close(fd);
		n++;
	}
	return n;
}

static void connect_many(int port, int n)
{
	int fd;

	while (n--) {
		fd = stream_new();
		CHECK(!stream_connect(fd, port));
		usleep(1000);
		stream_reset(fd);
	}
}

static void a_group_shares_connections(void)
{
	int fd[3], got[3], i, port;

	for (i = 0; i < 3; i++) {
		fd[i] = grouped(i ? port : 0, 0);
		port = stream_port(fd[0]);
	}
	connect_many(port, 60);
	for (i = 0; i < 3; i++) {
		got[i] = take_all(fd[i]);
		CHECK(got[i] > 2);
	}
	TELL(got[0] + got[1] + got[2]);
	/* Who is gone gets none. */
	close(fd[1]);
	connect_many(port, 20);
	TELL(take_all(fd[0]) + take_all(fd[2]));
	close(fd[0]);
	close(fd[2]);
}

static void a_program_chooses(void)
{
	/* Number 2 of the group, always. */
	struct sock_filter two = BPF_STMT(BPF_RET | BPF_K, 2);
	struct sock_fprog prog = { 1, &two };
	int fd[3], i, port;

	for (i = 0; i < 3; i++) {
		fd[i] = grouped(i ? port : 0, 0);
		port = stream_port(fd[0]);
	}
	TELL(TRY(setsockopt(fd[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog,
			    sizeof(prog))));
	connect_many(port, 10);
	for (i = 0; i < 3; i++)
		TELL(take_all(fd[i]));
	/* One that there is not: by hash. */
	two.k = 9;
	TELL(TRY(setsockopt(fd[1], SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &prog,
			    sizeof(prog))));
	connect_many(port, 30);
	TELL(take_all(fd[0]) + take_all(fd[1]) + take_all(fd[2]));
	TELL(sock_set(fd[2], SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0));
	TELL(sock_set(fd[2], SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0));
	connect_many(port, 10);
	TELL(take_all(fd[0]) + take_all(fd[1]) + take_all(fd[2]));
	for (i = 0; i < 3; i++)
		close(fd[i]);
}

static void a_group_is_of_one_user(void)
{
	int fd = grouped(0, 0), other, port = stream_port(fd);

	CHECK(!seteuid(1000));
	other = stream_new();
	CHECK(!stream_set_reuseport(other, 1));
	TELL(TRY(stream_bind(other, port)));
	close(other);
	CHECK(!seteuid(0));
	other = stream_new();
	CHECK(!stream_set_reuseport(other, 1));
	TELL(TRY(stream_bind(other, port)));
	close(other);
	close(fd);
}

/* Who listens at the address itself is asked before who listens at any. */
static void the_closest_listener_is_asked(void)
{
	int any = grouped(0, 1), port = stream_port(any), own = grouped(port, 0);

	connect_many(port, 10);
	TELL(take_all(any));
	TELL(take_all(own));
	close(own);
	connect_many(port, 10);
	TELL(take_all(any));
	close(any);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	STREAM_RUN(two_want_a_port);
	STREAM_RUN(two_want_to_listen);
	STREAM_RUN(connections_hold_a_port);
	STREAM_RUN(a_connection_has_a_port_of_its_own);
	STREAM_RUN(a_port_of_the_kernels_choice);
	STREAM_RUN(devices_share_a_port);
	STREAM_RUN(who_closed_first_waits);
	STREAM_RUN(addresses_that_nobody_can_have);
	STREAM_RUN(low_ports_need_a_right);
	STREAM_RUN(a_queue_has_an_end);
	STREAM_RUN(the_backlog_is_changed);
	STREAM_RUN(connections_are_accepted_in_their_order);
	STREAM_RUN(accept_waits_so_long);
	STREAM_RUN(many_wait_for_connections);
	STREAM_RUN(the_listener_is_closed);
	STREAM_RUN(a_connection_that_is_gone_is_accepted);
	STREAM_RUN(accepting_is_put_off);
	STREAM_RUN(options_are_inherited);
	STREAM_RUN(more_is_inherited);
	STREAM_RUN(filters_are_inherited);
	STREAM_RUN(a_group_shares_connections);
	STREAM_RUN(a_program_chooses);
	STREAM_RUN(a_group_is_of_one_user);
	STREAM_RUN(the_closest_listener_is_asked);
	return stream_done();
}
