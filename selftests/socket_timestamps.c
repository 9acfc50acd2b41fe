// SPDX-License-Identifier: GPL-2.0
/*
 * When a message was sent and received: the time stamps of SO_TIMESTAMPING and its
 * relatives, and the time of transmission that a program asks for; beside UDP over
 * IPv6.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/net_tstamp.h>
#include <time.h>
#include "sock.h"

#define PORT	4000

static int weft;

static int level(int family)
{
	return family == AF_INET6 ? SOL_IPV6 : SOL_WEFT;
}

static int recverr(int family)
{
	return family == AF_INET6 ? IPV6_RECVERR : WEFT_RECVERR;
}

/* The error that a time stamp comes with; checks that there is a time in it. */
static struct sock_extended_err *stamp(int family, int fd, struct sock_message *m)
{
	struct sock_extended_err *ee;
	struct scm_timestamping *ts;

	CHECK(sock_wait(fd, 0) & POLLERR);
	CHECK(sock_receive(fd, m, MSG_ERRQUEUE) >= 0);
	ts = sock_cmsg(m, SOL_SOCKET, SO_TIMESTAMPING);
	CHECK(ts && ts->ts[0].tv_sec > 0);
	ee = sock_cmsg(m, level(family), recverr(family));
	CHECK(ee && ee->ee_errno == ENOMSG &&
	      ee->ee_origin == SO_EE_ORIGIN_TIMESTAMPING);
	return ee;
}

static void sent(int family)
{
	int flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
		    SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY |
		    SOF_TIMESTAMPING_TX_SCHED;
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT), i;
	struct sock_extended_err *ee;
	struct sock_message m;

	CHECK(!sock_set(fd, SOL_SOCKET, SO_TIMESTAMPING, flags));
	for (i = 0; i < 3; i++) {
		CHECK(send(fd, "x", 1, 0) == 1);
		ee = stamp(family, fd, &m);
		CHECK(ee && ee->ee_info == SCM_TSTAMP_SCHED &&
		      (int)ee->ee_data == i);
		ee = stamp(family, fd, &m);
		CHECK(ee && ee->ee_info == SCM_TSTAMP_SND && (int)ee->ee_data == i);
		CHECK(!m.name.len);
	}
	/* No error pends for it. */
	CHECK(sock_get(fd, SOL_SOCKET, SO_ERROR) == 0);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == -EAGAIN);
	close(fd);
	close(server);
}

static void times_of_sending(void)
{
	sent(AF_INET6);
	sent(weft);
}

/* Without OPT_TSONLY the packet comes back too. */
static void sent_with_data(int family)
{
	int flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	struct sock_message m;
	int n;

	CHECK(!sock_set(fd, SOL_SOCKET, SO_TIMESTAMPING, flags));
	CHECK(send(fd, "hello", 5, 0) == 5);
	CHECK(sock_wait(fd, 0) & POLLERR);
	n = sock_receive(fd, &m, MSG_ERRQUEUE);
	CHECK(n > 5 && !memcmp(m.data + n - 5, "hello", 5));
	close(fd);
	close(server);
}

static void packets_with_their_times(void)
{
	sent_with_data(AF_INET6);
	sent_with_data(weft);
}

/* Asked for by one message alone. */
static void one_message(int family)
{
	int flags = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	unsigned int tx = SOF_TIMESTAMPING_TX_SOFTWARE, bad = SOF_TIMESTAMPING_OPT_ID;
	struct sock_message m;

	CHECK(!sock_set(fd, SOL_SOCKET, SO_TIMESTAMPING, flags));
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == -EAGAIN);
	CHECK(sock_send_with(fd, NULL, "x", 1, SOL_SOCKET, SO_TIMESTAMPING, &tx,
			     sizeof(tx)) == 1);
	stamp(family, fd, &m);
	CHECK(sock_send_with(fd, NULL, "x", 1, SOL_SOCKET, SO_TIMESTAMPING, &bad,
			     sizeof(bad)) == -EINVAL);
	close(fd);
	close(server);
}

static void the_time_of_one_message(void)
{
	one_message(AF_INET6);
	one_message(weft);
}

/* The kernel begins to take the time of packets a little after it was asked to. */
static struct scm_timestamping *time_of_a_packet(int fd, int server, struct sock_message *m)
{
	struct scm_timestamping *ts = NULL;
	int tries;

	for (tries = 0; !ts && tries < 100; tries++) {
		CHECK(send(fd, "x", 1, 0) == 1);
		CHECK(sock_receive(server, m, 0) == 1);
		ts = sock_cmsg(m, SOL_SOCKET, SO_TIMESTAMPING);
		if (!ts)
			usleep(10000);
	}
	return ts;
}

static void received(int family)
{
	int flags = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	struct scm_timestamping *ts;
	struct sock_message m;
	struct timespec *ns, now;

	CHECK(!sock_set(server, SOL_SOCKET, SO_TIMESTAMPING, flags));
	ts = time_of_a_packet(fd, server, &m);
	CHECK(ts && ts->ts[0].tv_sec > 0);
	CHECK(!sock_set(server, SOL_SOCKET, SO_TIMESTAMPING, 0));
	CHECK(!sock_set(server, SOL_SOCKET, SO_TIMESTAMPNS, 1));
	clock_gettime(CLOCK_REALTIME, &now);
	CHECK(send(fd, "x", 1, 0) == 1);
	CHECK(sock_receive(server, &m, 0) == 1);
	ns = sock_cmsg(&m, SOL_SOCKET, SO_TIMESTAMPNS);
	CHECK(ns && ns->tv_sec >= now.tv_sec && ns->tv_sec < now.tv_sec + 10);
	close(fd);
	close(server);
}

static void times_of_reception(void)
{
	received(AF_INET6);
	received(weft);
}

static unsigned long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* The fq scheduler keeps the packet until its time has come. */
static void transmitted(int family)
{
	struct { int clock; unsigned int flags; } txtime = { CLOCK_MONOTONIC, 0 };
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	unsigned long long at = now_ns() + 300000000;
	char c;

	CHECK(!setsockopt(fd, SOL_SOCKET, SO_TXTIME, &txtime, sizeof(txtime)));
	CHECK(sock_send_with(fd, NULL, "x", 1, SOL_SOCKET, SO_TXTIME, &at,
			     sizeof(at)) == 1);
	CHECK(recv(server, &c, 1, MSG_DONTWAIT) == -1);
	CHECK(sock_wait(server, POLLIN) && recv(server, &c, 1, 0) == 1);
	CHECK(now_ns() >= at);
	close(fd);
	close(server);
}

static void packets_wait_for_their_time(void)
{
	if (netns_run("tc qdisc add dev lo root fq 2>/dev/null")) {
		printf("# no fq in this kernel\n");
		return;
	}
	transmitted(AF_INET6);
	transmitted(weft);
	netns_run("tc qdisc del dev lo root");
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	TAP_RUN(times_of_sending);
	TAP_RUN(packets_with_their_times);
	TAP_RUN(the_time_of_one_message);
	TAP_RUN(times_of_reception);
	TAP_RUN(packets_wait_for_their_time);
	return tap_done();
}
