// SPDX-License-Identifier: GPL-2.0
/*
 * Who is told when of a stream: epoll, once and at edges; select; SIGIO; SO_RCVLOWAT;
 * WEFT_NOTSENT_LOWAT; waiting with a time limit. TCP is asked the same.
 *
 * lab: --nodes 1 --nic none
 */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include "stream.h"

#define ALL	(EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP)

/* --- epoll ------------------------------------------------------------------------------- */

static int watch(int fd, unsigned int events)
{
	struct epoll_event ev = { .events = events };
	int ep = epoll_create1(0);

	CHECK(ep >= 0 && !epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	return ep;
}

/* What epoll tells within so many ms; 0 for nothing. */
static long told(int ep, int ms)
{
	struct epoll_event ev = { 0 };

	return epoll_wait(ep, &ev, 1, ms) == 1 ? ev.events : 0;
}

/* What comes is on its way for a moment. */
static void arrived(int fd, int bytes)
{
	STREAM_UNTIL(stream_ioctl(fd, SIOCINQ) == bytes);
}

static void levels(void)
{
	int fd[2], ep;

	stream_pair(fd);
	ep = watch(fd[1], ALL);
	TELL(told(ep, 0));
	CHECK(send(fd[0], "hello", 5, 0) == 5);
	arrived(fd[1], 5);
	TELL(told(ep, 0));
	TELL(told(ep, 0));
	TELL(stream_drain(fd[1], 5));
	TELL(told(ep, 0));
	CHECK(!shutdown(fd[0], SHUT_WR));
	stream_until_state(fd[1], STATE_CLOSE_WAIT);
	TELL(told(ep, 0));
	CHECK(!shutdown(fd[1], SHUT_WR));
	stream_until_state(fd[1], STATE_CLOSE);
	TELL(told(ep, 0));
	close(ep);
	stream_close_pair(fd);
}

static void edges(void)
{
	int fd[2], ep;

	stream_pair(fd);
	ep = watch(fd[1], ALL | EPOLLET);
	TELL(told(ep, 0));
	TELL(told(ep, 0));
	/* Each arrival is an edge, read or not. */
	CHECK(send(fd[0], "hello", 5, 0) == 5);
	arrived(fd[1], 5);
	TELL(told(ep, 0));
	TELL(told(ep, 0));
	CHECK(send(fd[0], "hello", 5, 0) == 5);
	arrived(fd[1], 10);
	TELL(told(ep, 0));
	TELL(told(ep, 0));
	/* Reading is none. */
	TELL(stream_drain(fd[1], 4));
	TELL(told(ep, 0));
	CHECK(!shutdown(fd[0], SHUT_WR));
	stream_until_state(fd[1], STATE_CLOSE_WAIT);
	TELL(told(ep, 0));
	TELL(told(ep, 0));
	CHECK(!shutdown(fd[1], SHUT_WR));
	stream_until_state(fd[1], STATE_CLOSE);
	TELL(told(ep, 100));
	stream_close_pair(fd);
	close(ep);
}

/* Room in the send buffer is an edge when a call has met its end. */
static void edges_of_room(void)
{
	int fd[2], ep;
	long sum;

	stream_pair(fd);
	stream_nonblock(fd[0]);
	ep = watch(fd[0], EPOLLOUT | EPOLLET);
	TELL(told(ep, 0));
	sum = stream_fill(fd[0]);
	told(ep, 0);
	TELL(told(ep, 0));
	CHECK(stream_drain(fd[1], sum) == sum);
	TELL(told(ep, 5000));
	TELL(told(ep, 50));
	TELL(TRY(send(fd[0], "x", 1, 0)));
	TELL(told(ep, 50));
	close(ep);
	stream_close_pair(fd);
}

static void once(void)
{
	struct epoll_event again = { .events = ALL | EPOLLONESHOT };
	int fd[2], ep;

	stream_pair(fd);
	ep = watch(fd[1], ALL | EPOLLONESHOT);
	TELL(told(ep, 0));
	CHECK(send(fd[0], "hello", 5, 0) == 5);
	arrived(fd[1], 5);
	TELL(told(ep, 0));
	CHECK(!epoll_ctl(ep, EPOLL_CTL_MOD, fd[1], &again));
	TELL(told(ep, 0));
	TELL(told(ep, 0));
	close(ep);
	stream_close_pair(fd);
}

/* HUP and ERR come unasked. */
static void ends(void)
{
	int fd[2], ep, how;

	for (how = 0; how < 3; how++) {
		snprintf(stream_where, sizeof(stream_where), "%d", how);
		stream_pair(fd);
		ep = watch(fd[1], how == 2 ? EPOLLRDHUP : 0);
		TELL(told(ep, 0));
		if (how == 0) {
			stream_reset(fd[0]);
		} else {
			CHECK(!close(fd[0]));
			stream_until_state(fd[1], STATE_CLOSE_WAIT);
			TELL(told(ep, 0));
			CHECK(!shutdown(fd[1], SHUT_WR));
		}
		stream_until_state(fd[1], STATE_CLOSE);
		TELL(told(ep, 0));
		TELL(stream_error(fd[1]));
		TELL(told(ep, 0));
		close(ep);
		close(fd[1]);
	}
}

static void connections_come(void)
{
	int listener = stream_listener(0, 8), ep = watch(listener, EPOLLIN | EPOLLET), i;
	int client[3];

	TELL(told(ep, 0));
	for (i = 0; i < 3; i++) {
		client[i] = stream_new();
		CHECK(!stream_connect(client[i], stream_port(listener)));
		TELL(told(ep, 5000));
		TELL(told(ep, 0));
	}
	/* Where they come from makes no edge, nor does taking them. */
	close(accept(listener, NULL, NULL));
	TELL(told(ep, 0));
	for (i = 0; i < 3; i++)
		close(client[i]);
	close(ep);
	close(listener);
}

static void select_tells(void)
{
	fd_set in, out, ex;
	struct timeval none = { 0, 0 };
	int fd[2];

	stream_pair(fd);
	CHECK(send(fd[0], "x", 1, 0) == 1);
	arrived(fd[1], 1);
	FD_ZERO(&in);
	FD_SET(fd[1], &in);
	out = in;
	ex = in;
	TELL(select(fd[1] + 1, &in, &out, &ex, &none));
	TELL(FD_ISSET(fd[1], &in) * 4 + FD_ISSET(fd[1], &out) * 2 + FD_ISSET(fd[1], &ex));
	stream_close_pair(fd);
}

/* --- signals ----------------------------------------------------------------------------- */

static volatile sig_atomic_t n_signals, last_band;

static void on_io(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	n_signals = n_signals + 1;
	last_band = info->si_band;
}

/* What came since the last time: the last band, or 0. */
static long signalled(void)
{
	long band;

	usleep(20000);
	band = n_signals ? last_band : 0;
	n_signals = 0;
	last_band = 0;
	return band;
}

static void ask_for_signals(int fd)
{
	CHECK(!fcntl(fd, F_SETOWN, getpid()) && !fcntl(fd, F_SETSIG, SIGRTMIN));
	CHECK(!fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC));
}

static void signals(void)
{
	struct sigaction act = { .sa_sigaction = on_io, .sa_flags = SA_SIGINFO | SA_RESTART };
	int fd[2], listener = stream_listener(0, 4), other;
	long sum;

	CHECK(!sigaction(SIGRTMIN, &act, NULL));
	stream_pair(fd);
	ask_for_signals(fd[1]);
	TELL(fcntl(fd[1], F_GETOWN) == getpid());
	signalled();
	CHECK(send(fd[0], "x", 1, 0) == 1);
	TELL(signalled());
	/* Of room, when there was none. */
	sum = stream_fill(fd[1]);
	signalled();
	CHECK(stream_drain(fd[0], sum) == sum);
	TELL(signalled());
	CHECK(!shutdown(fd[0], SHUT_WR));
	TELL(signalled());
	stream_reset(fd[0]);
	TELL(signalled());
	close(fd[1]);
	/* Of a connection at a listening socket, and of one that was opened. */
	ask_for_signals(listener);
	signalled();
	other = stream_new();
	CHECK(!stream_connect(other, stream_port(listener)));
	TELL(signalled());
	close(other);
	close(listener);
	listener = stream_listener(0, 4);
	other = stream_new_nonblock();
	ask_for_signals(other);
	signalled();
	stream_connect(other, stream_port(listener));
	TELL(signalled());
	close(other);
	close(listener);
}

/* --- marks ------------------------------------------------------------------------------- */

static void a_mark_for_reading(void)
{
	static const int marks[] = { 0, 1, 10, 1000, -1, 100000 };
	static char bytes[1000];
	unsigned int i;
	int fd[2], sent;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		snprintf(stream_where, sizeof(stream_where), "%d", marks[i]);
		stream_pair(fd);
		TELL(sock_set(fd[1], SOL_SOCKET, SO_RCVLOWAT, marks[i]));
		/* At most half of the largest buffer, which depends on the machine with TCP. */
		if (marks[i] >= 0)
			TELL(sock_get(fd[1], SOL_SOCKET, SO_RCVLOWAT));
		else
			CHECK(sock_get(fd[1], SOL_SOCKET, SO_RCVLOWAT) <= 4 << 20);
		CHECK(send(fd[0], "hello", 5, 0) == 5);
		arrived(fd[1], 5);
		TELL(stream_events(fd[1]));
		/* Who waits without a limit of its own waits for so many as well. */
		TELL(TRY(recv(fd[1], bytes, 3, MSG_DONTWAIT)));
		sent = marks[i] > 0 && marks[i] < 10000 ? marks[i] : 10;
		CHECK(send(fd[0], bytes, sent, 0) == sent);
		arrived(fd[1], 2 + sent);
		TELL(stream_events(fd[1]));
		/* The end counts as well. */
		CHECK(!shutdown(fd[0], SHUT_WR));
		stream_until_state(fd[1], STATE_CLOSE_WAIT);
		TELL(stream_events(fd[1]));
		stream_close_pair(fd);
	}
	/* Set later, it may be met by what is there. */
	stream_pair(fd);
	CHECK(!sock_set(fd[1], SOL_SOCKET, SO_RCVLOWAT, 100));
	CHECK(send(fd[0], "hello", 5, 0) == 5);
	arrived(fd[1], 5);
	TELL(stream_events(fd[1]));
	CHECK(!sock_set(fd[1], SOL_SOCKET, SO_RCVLOWAT, 5));
	TELL(stream_events(fd[1]));
	stream_close_pair(fd);
}

/*
 * Bytes that were not sent yet count, not those on their way; who waits is told when half of
 * the mark is left.
 */
static void a_mark_for_writing(void)
{
	static char out[20000];
	int fd[2], ep;

	stream_pair(fd);
	CHECK(!stream_set(fd[0], WEFT_NOTSENT_LOWAT, 1000));
	ep = watch(fd[0], EPOLLOUT);
	TELL(told(ep, 0));
	CHECK(!stream_set(fd[0], WEFT_CORK, 1));
	CHECK(send(fd[0], out, 500, 0) == 500);
	TELL(told(ep, 0));
	CHECK(send(fd[0], out, 700, 0) == 700);
	TELL(stream_ioctl(fd[0], SIOCOUTQNSD));
	TELL(told(ep, 0));
	CHECK(!stream_set(fd[0], WEFT_CORK, 0));
	TELL(told(ep, 2000));
	close(ep);
	stream_close_pair(fd);
}

/* --- time limits ------------------------------------------------------------------------- */

static void set_limit(int fd, int option, int ms)
{
	struct timeval t = { ms / 1000, ms % 1000 * 1000 };

	CHECK(!setsockopt(fd, SOL_SOCKET, option, &t, sizeof(t)));
}

/* Checks that a call has taken some 100 ms. */
static void took_so_long(double start)
{
	double took = stream_now() - start;

	if (took < 0.09 || took > 2)
		printf("# %s: it took %.3f s\n", stream_where, took);
	CHECK(took > 0.09 && took < 2);
}

static void waiting_ends_in_time(void)
{
	char in[16];
	double start;
	int fd[2];

	stream_pair(fd);
	set_limit(fd[0], SO_RCVTIMEO, 100);
	set_limit(fd[0], SO_SNDTIMEO, 100);
	start = stream_now();
	TELL(TRY(recv(fd[0], in, sizeof(in), 0)));
	took_so_long(start);
	CHECK(send(fd[1], "hello", 5, 0) == 5);
	arrived(fd[0], 5);
	start = stream_now();
	TELL(TRY(recv(fd[0], in, sizeof(in), MSG_WAITALL)));
	took_so_long(start);
	/* Bytes that are only looked at. */
	CHECK(send(fd[1], "hello", 5, 0) == 5);
	arrived(fd[0], 5);
	start = stream_now();
	TELL(TRY(recv(fd[0], in, sizeof(in), MSG_WAITALL | MSG_PEEK)));
	took_so_long(start);
	stream_fill(fd[0]);
	start = stream_now();
	TELL(TRY(send(fd[0], in, sizeof(in), 0)));
	took_so_long(start);
	stream_close_pair(fd);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* By a signal; what was done before counts. */
static void waiting_is_interrupted(void)
{
	struct sigaction act = { .sa_handler = on_alarm };
	struct itimerval t = { .it_value = { 0, 100000 } };
	char in[16];
	int fd[2];

	CHECK(!sigaction(SIGALRM, &act, NULL));
	stream_pair(fd);
	CHECK(!setitimer(ITIMER_REAL, &t, NULL));
	TELL(TRY(recv(fd[0], in, sizeof(in), 0)));
	CHECK(send(fd[1], "hello", 5, 0) == 5);
	arrived(fd[0], 5);
	CHECK(!setitimer(ITIMER_REAL, &t, NULL));
	TELL(TRY(recv(fd[0], in, sizeof(in), MSG_WAITALL)));
	stream_fill(fd[0]);
	CHECK(!setitimer(ITIMER_REAL, &t, NULL));
	TELL(TRY(send(fd[0], in, sizeof(in), 0)));
	stream_close_pair(fd);
}

int main(void)
{
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	STREAM_RUN(levels);
	STREAM_RUN(edges);
	STREAM_RUN(edges_of_room);
	STREAM_RUN(once);
	STREAM_RUN(ends);
	STREAM_RUN(connections_come);
	STREAM_RUN(select_tells);
	STREAM_RUN(signals);
	STREAM_RUN(a_mark_for_reading);
	STREAM_RUN(a_mark_for_writing);
	STREAM_RUN(waiting_ends_in_time);
	STREAM_RUN(waiting_is_interrupted);
	return stream_done();
}
