// SPDX-License-Identifier: GPL-2.0
/*
 * When the bytes of a stream were received, sent and acknowledged: SO_TIMESTAMP and its
 * relatives. TCP is asked the same.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/net_tstamp.h>
#include "stream.h"

#define TX_ALL	(SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_SOFTWARE | \
		 SOF_TIMESTAMPING_TX_ACK)
#define TX_OPTS	(SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID | \
		 SOF_TIMESTAMPING_OPT_TSONLY)

static double seconds(const struct timespec *ts)
{
	return ts->tv_sec + ts->tv_nsec / 1e9;
}

static double now_real(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return seconds(&ts);
}

static void set_stamping(int fd, int flags)
{
	CHECK(!sock_set(fd, SOL_SOCKET, SO_TIMESTAMPING, flags));
}

/* --- reception ------------------------------------------------------------------------- */

/* What came with the bytes: seconds, or 0. */
static double stamp_of(struct sock_message *m, int type)
{
	struct timeval *us;
	struct timespec *ns;

	if (type == SO_TIMESTAMP) {
		us = sock_cmsg(m, SOL_SOCKET, type);
		return us ? us->tv_sec + us->tv_usec / 1e6 : 0;
	}
	/* struct scm_timestamping begins with the time of the software. */
	ns = sock_cmsg(m, SOL_SOCKET, type);
	return ns ? seconds(ns) : 0;
}

/* A time in the past, but not before @since. */
static bool is_since(double t, double since)
{
	/* That of a microsecond is rounded down. */
	return t + 0.000002 > since && t <= now_real();
}

/* The first socket of all that wants times does not get them at once. */
static bool has_begun(const int fd[2], int option)
{
	struct sock_message m;

	CHECK(send(fd[0], "x", 1, 0) == 1 && sock_wait(fd[1], POLLIN));
	return sock_receive(fd[1], &m, 0) > 0 && stamp_of(&m, option);
}

static void times_of_reception(void)
{
	static const struct {
		int option;
		int val;
	} kinds[] = {
		{ SO_TIMESTAMP, 1 },
		{ SO_TIMESTAMPNS, 1 },
		{ SO_TIMESTAMPING, SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE },
	};
	struct sock_message m;
	unsigned int i;
	double before;
	int fd[2];

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(stream_where, sizeof(stream_where), "%u", i);
		stream_pair(fd);
		CHECK(send(fd[0], "early", 5, 0) == 5 && sock_wait(fd[1], POLLIN));
		CHECK(!sock_set(fd[1], SOL_SOCKET, kinds[i].option, kinds[i].val));
		STREAM_UNTIL(has_begun(fd, kinds[i].option));
		before = now_real();
		CHECK(send(fd[0], "hello", 5, 0) == 5 && sock_wait(fd[1], POLLIN));
		TELL(sock_receive(fd[1], &m, MSG_PEEK));
		CHECK(is_since(stamp_of(&m, kinds[i].option), before));
		TELL(sock_receive(fd[1], &m, 0));
		CHECK(is_since(stamp_of(&m, kinds[i].option), before));
		TELL(m.msg.msg_flags);
		/* Of an end there is no time. */
		CHECK(!shutdown(fd[0], SHUT_WR));
		TELL(sock_receive(fd[1], &m, 0));
		TELL(!!stamp_of(&m, kinds[i].option));
		TELL((int)m.msg.msg_controllen);
		stream_close_pair(fd);
	}
}

/* Of several segments, the time of the one with the last byte that is read. */
static void the_time_of_the_last_byte(void)
{
	struct sock_message m;
	double second;
	int fd[2];

	stream_pair(fd);
	CHECK(!stream_set(fd[0], WEFT_NODELAY, 1));
	CHECK(!sock_set(fd[1], SOL_SOCKET, SO_TIMESTAMPNS, 1));
	STREAM_UNTIL(has_begun(fd, SO_TIMESTAMPNS));
	CHECK(send(fd[0], "one", 3, 0) == 3);
	usleep(30000);
	second = now_real();
	CHECK(send(fd[0], "two", 3, 0) == 3);
	STREAM_UNTIL(stream_ioctl(fd[1], SIOCINQ) == 6);
	TELL(sock_receive(fd[1], &m, MSG_PEEK));
	CHECK(stamp_of(&m, SO_TIMESTAMPNS) >= second);
	TELL(sock_receive(fd[1], &m, 0));
	CHECK(stamp_of(&m, SO_TIMESTAMPNS) >= second);
	stream_close_pair(fd);
}

/* --- sending ------------------------------------------------------------------------------ */

static int level(void)
{
	return stream_family == AF_INET6 ? SOL_IPV6 : SOL_WEFT;
}

static int recverr(void)
{
	return stream_family == AF_INET6 ? IPV6_RECVERR : WEFT_RECVERR;
}

/* Waits for a time: 1000 times what it is of plus the key, or -1 if none comes. */
static long next_stamp(int fd, double since)
{
	struct sock_extended_err *ee;
	struct sock_message m;

	if (!(sock_wait(fd, POLLPRI) & POLLERR))
		return -1;
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0);
	CHECK(is_since(stamp_of(&m, SO_TIMESTAMPING), since));
	ee = sock_cmsg(&m, level(), recverr());
	CHECK(ee && ee->ee_errno == ENOMSG && ee->ee_origin == SO_EE_ORIGIN_TIMESTAMPING);
	return ee ? ee->ee_info * 1000L + ee->ee_data : -1;
}

static int n_stamps(int fd)
{
	struct sock_message m;
	int n = 0;

	while (sock_receive(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
		n++;
	return n;
}

static void times_of_sending(void)
{
	double before = now_real();
	int fd[2], i;

	stream_pair(fd);
	set_stamping(fd[0], TX_ALL | TX_OPTS);
	for (i = 1; i <= 3; i++) {
		TELL(TRY(send(fd[0], "hello", i, 0)));
		TELL(next_stamp(fd[0], before));
		TELL(next_stamp(fd[0], before));
		TELL(next_stamp(fd[0], before));
		CHECK(stream_drain(fd[1], i) == i);
	}
	TELL(stream_error(fd[0]));
	TELL(stream_events(fd[0]));
	TELL(n_stamps(fd[0]));
	stream_close_pair(fd);
}

/* Only one of them each. */
static void each_time_alone(void)
{
	static const int flags[] = {
		SOF_TIMESTAMPING_TX_SCHED, SOF_TIMESTAMPING_TX_SOFTWARE,
		SOF_TIMESTAMPING_TX_ACK,
	};
	double before = now_real();
	unsigned int i;
	int fd[2];

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		stream_pair(fd);
		CHECK(send(fd[0], "before", 6, 0) == 6 && stream_drain(fd[1], 6) == 6);
		STREAM_UNTIL(!stream_ioctl(fd[0], SIOCOUTQ));
		set_stamping(fd[0], flags[i] | TX_OPTS);
		TELL(TRY(send(fd[0], "hello", 5, 0)));
		TELL(next_stamp(fd[0], before));
		CHECK(stream_drain(fd[1], 5) == 5);
		TELL(n_stamps(fd[0]));
		/* Counted from the time that it was asked for again. */
		set_stamping(fd[0], 0);
		TELL(TRY(send(fd[0], "not this", 8, 0)));
		CHECK(stream_drain(fd[1], 8) == 8);
		STREAM_UNTIL(!stream_ioctl(fd[0], SIOCOUTQ));
		set_stamping(fd[0], flags[i] | TX_OPTS);
		TELL(TRY(send(fd[0], "hello", 5, 0)));
		TELL(next_stamp(fd[0], before));
		stream_close_pair(fd);
	}
}

/* Asked for by one call alone. */
static void the_times_of_one_call(void)
{
	__u32 tx = SOF_TIMESTAMPING_TX_ACK, bad = SOF_TIMESTAMPING_OPT_ID;
	double before = now_real();
	int fd[2];

	stream_pair(fd);
	set_stamping(fd[0], TX_OPTS);
	TELL(TRY(send(fd[0], "hello", 5, 0)));
	TELL(sock_send_with(fd[0], NULL, "world", 5, SOL_SOCKET, SO_TIMESTAMPING, &tx,
			    sizeof(tx)));
	TELL(next_stamp(fd[0], before));
	TELL(sock_send_with(fd[0], NULL, "x", 1, SOL_SOCKET, SO_TIMESTAMPING, &bad,
			    sizeof(bad)));
	TELL(n_stamps(fd[0]));
	stream_close_pair(fd);
}

/*
 * An acknowledgment that tells of several calls at once tells of each. TCP forgets some: it
 * joins segments that it sends again.
 */
static void calls_that_wait(void)
{
	double before = now_real();
	int fd[2], i;

	stream_pair(fd);
	CHECK(!stream_set(fd[0], WEFT_NODELAY, 1));
	set_stamping(fd[0], SOF_TIMESTAMPING_TX_ACK | TX_OPTS);
	stream_deaf(fd[1]);
	for (i = 0; i < 5; i++)
		CHECK(send(fd[0], "hello", 5, 0) == 5);
	CHECK(!n_stamps(fd[0]));
	stream_hear(fd[1]);
	for (i = 0; i < 5; i++)
		CHECK(next_stamp(fd[0], before) == SCM_TSTAMP_ACK * 1000L + i * 5 + 4);
	CHECK(!n_stamps(fd[0]));
	stream_close_pair(fd);
}

/* The time of the last byte of a call that is many segments. */
static void the_time_of_a_long_call(void)
{
	static char out[200000];
	double before = now_real();
	int fd[2];

	stream_pair(fd);
	CHECK(!sock_set(fd[0], SOL_SOCKET, SO_SNDBUF, 1 << 20));
	set_stamping(fd[0], TX_ALL | TX_OPTS);
	TELL(TRY(send(fd[0], out, 200000, 0)));
	CHECK(stream_drain(fd[1], 200000) == 200000);
	TELL(next_stamp(fd[0], before));
	TELL(next_stamp(fd[0], before));
	TELL(next_stamp(fd[0], before));
	TELL(n_stamps(fd[0]));
	stream_close_pair(fd);
}

int main(void)
{
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	STREAM_RUN(times_of_reception);
	STREAM_RUN(the_time_of_the_last_byte);
	STREAM_RUN(times_of_sending);
	STREAM_RUN(each_time_alone);
	STREAM_RUN(the_times_of_one_call);
	STREAM_RUN_WEFT(calls_that_wait);
	STREAM_RUN(the_time_of_a_long_call);
	return stream_done();
}
