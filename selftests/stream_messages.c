// SPDX-License-Identifier: GPL-2.0
/*
 * Messages of SOCK_SEQPACKET: where they end, what of them a small buffer gets, and the
 * shortest and the longest ones.
 *
 * lab: --nodes 1 --nic none
 */
#include <signal.h>
#include "sock.h"

#define PORT	4200
#define EMPTY	20000
/* Empty parts that a message can have: headers count but the first. */
#define PARTS	(WEFT_MESSAGE_MAX / sizeof(struct weft_part_hdr) + 1)

static int fd[2];	/* both ends of a connection */
static char data[WEFT_MESSAGE_MAX + 1], got[WEFT_MESSAGE_MAX + 1];

static void connect_pair(int rcvbuf)
{
	int family = netns_weft_family();
	struct sock_name name = sock_loopback(family, PORT);
	int listener = socket(family, SOCK_SEQPACKET, 0);

	CHECK(!sock_set(listener, SOL_SOCKET, SO_REUSEADDR, 1));
	if (rcvbuf)
		CHECK(!sock_set(listener, SOL_SOCKET, SO_RCVBUF, rcvbuf));
	CHECK(!bind(listener, &name.sa, name.len) && !listen(listener, 1));
	fd[0] = socket(family, SOCK_SEQPACKET, 0);
	CHECK(!connect(fd[0], &name.sa, name.len));
	fd[1] = accept(listener, NULL, NULL);
	CHECK(fd[1] >= 0);
	close(listener);
}

static void close_pair(void)
{
	close(fd[0]);
	close(fd[1]);
}

/* Receives into @len bytes; the flags of the message, or the negative errno. */
static int receive(int len, int flags, int *n)
{
	struct iovec iov = { .iov_base = got, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	memset(got, 0, len);
	if (!sock_wait(fd[1], POLLIN))
		return -ETIMEDOUT;
	*n = recvmsg(fd[1], &msg, flags | MSG_DONTWAIT);
	return *n < 0 ? -errno : msg.msg_flags & (MSG_EOR | MSG_TRUNC);
}

static void send_one(int len, int flags)
{
	CHECK(send(fd[0], data, len, flags) == len);
}

static void keeps_boundaries(void)
{
	static const int lens[] = { 1, 0, 1000, 0, 0, 70000, 3 };
	unsigned int i;
	int n;

	connect_pair(0);
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		send_one(lens[i], 0);
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		CHECK(receive(sizeof(got), 0, &n) == MSG_EOR);
		CHECK(n == lens[i] && !memcmp(got, data, n));
	}
	/* The end of all is no message. */
	CHECK(!shutdown(fd[0], SHUT_WR));
	CHECK(receive(sizeof(got), 0, &n) == 0 && n == 0);
	close_pair();
}

static void cuts_for_small_buffers(void)
{
	int n;

	connect_pair(0);
	send_one(100, 0);
	send_one(7, 0);
	CHECK(receive(10, 0, &n) == (MSG_EOR | MSG_TRUNC) && n == 10);
	CHECK(receive(10, 0, &n) == MSG_EOR && n == 7);
	/* Asked to, it tells how long the message was. */
	send_one(100, 0);
	CHECK(receive(10, MSG_TRUNC, &n) == (MSG_EOR | MSG_TRUNC) && n == 100);
	close_pair();
}

static void shows_without_taking(void)
{
	int n;

	connect_pair(0);
	send_one(0, 0);
	send_one(5, 0);
	CHECK(receive(10, MSG_PEEK, &n) == MSG_EOR && n == 0);
	CHECK(receive(10, MSG_PEEK, &n) == MSG_EOR && n == 0);
	CHECK(receive(10, 0, &n) == MSG_EOR && n == 0);
	CHECK(receive(3, MSG_PEEK, &n) == (MSG_EOR | MSG_TRUNC) && n == 3);
	CHECK(receive(10, 0, &n) == MSG_EOR && n == 5);
	close_pair();
}

static void joins_parts(void)
{
	int n;

	connect_pair(0);
	send_one(10, MSG_MORE);
	send_one(0, MSG_MORE);
	CHECK(recv(fd[1], got, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
	send_one(5, 0);
	CHECK(receive(sizeof(got), 0, &n) == MSG_EOR && n == 15);
	CHECK(!memcmp(got, data, 10) && !memcmp(got + 10, data, 5));
	close_pair();
}

/* Sends from a child: the longest one does not fit into the buffers. */
static void has_a_longest(void)
{
	int n, status;
	pid_t pid;

	connect_pair(0);
	CHECK(send(fd[0], data, WEFT_MESSAGE_MAX + 1, 0) < 0 && errno == EMSGSIZE);
	pid = fork();
	if (!pid) {
		n = send(fd[0], data, WEFT_MESSAGE_MAX, 0);
		_exit(n != WEFT_MESSAGE_MAX);
	}
	CHECK(receive(sizeof(got), 0, &n) == MSG_EOR);
	CHECK(n == WEFT_MESSAGE_MAX && !memcmp(got, data, n));
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	/* Parts count together, and one that is refused changes nothing. */
	send_one(10, MSG_MORE);
	CHECK(send(fd[0], data, WEFT_MESSAGE_MAX, 0) < 0 && errno == EMSGSIZE);
	send_one(1, 0);
	CHECK(receive(sizeof(got), 0, &n) == MSG_EOR && n == 11);
	close_pair();
}

/* What holds them is given back although they have no bytes. */
static void takes_many_empty_ones(void)
{
	int i, n, status;
	pid_t pid;

	connect_pair(4096);
	pid = fork();
	if (!pid) {
		for (i = 0; i < EMPTY; i++)
			if (send(fd[0], data, 0, 0))
				break;
		_exit(i != EMPTY);
	}
	for (i = 0; i < EMPTY; i++)
		if (receive(1, 0, &n) != MSG_EOR || n)
			break;
	CHECK(i == EMPTY);
	if (i != EMPTY)
		kill(pid, SIGKILL);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	close_pair();
}

/* A message cannot go on for ever, but what has begun can end, whatever the buffer is. */
static void has_so_many_parts(void)
{
	unsigned int i;
	int n;

	connect_pair(4096);
	for (i = 0; i < PARTS; i++)
		if (send(fd[0], data, 0, MSG_MORE | MSG_DONTWAIT))
			break;
	if (i != PARTS)
		printf("# %u of %zu: %s\n", i, PARTS, strerror(errno));
	CHECK(i == PARTS);
	CHECK(send(fd[0], data, 0, MSG_MORE) < 0 && errno == EMSGSIZE);
	CHECK(send(fd[0], data, 1, 0) < 0 && errno == EMSGSIZE);
	send_one(0, 0);
	send_one(7, 0);
	CHECK(receive(sizeof(got), 0, &n) == MSG_EOR && n == 0);
	CHECK(receive(sizeof(got), 0, &n) == MSG_EOR && n == 7);
	close_pair();
}

/* A full buffer stops who sends, and costs no segment that was allowed. */
static void waits_for_a_slow_reader(int rcvbuf)
{
	int i, j, n, sent = 0;
	long drops;

	connect_pair(rcvbuf);
	drops = netns_counter("DropRcvbuf");
	for (i = 0; i < 3; i++) {
		while (send(fd[0], data, 1000, MSG_DONTWAIT) == 1000)
			sent++;
		usleep(300000);
		for (j = 0; j < 10; j++, sent--)
			CHECK(receive(sizeof(got), 0, &n) == MSG_EOR && n == 1000);
	}
	while (sent-- && receive(sizeof(got), 0, &n) == MSG_EOR)
		CHECK(n == 1000);
	CHECK(sent == -1);
	CHECK(netns_counter("DropRcvbuf") == drops);
	close_pair();
}

static void waits_for_slow_readers(void)
{
	waits_for_a_slow_reader(0);
	waits_for_a_slow_reader(4096);
}

int main(void)
{
	unsigned int i;

	if (netns_weft_family() < 0 || netns_enter() || netns_run("ip link set lo up"))
		return 1;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 31 + i / 253);
	TAP_RUN(keeps_boundaries);
	TAP_RUN(cuts_for_small_buffers);
	TAP_RUN(shows_without_taking);
	TAP_RUN(joins_parts);
	TAP_RUN(has_a_longest);
	TAP_RUN(takes_many_empty_ones);
	TAP_RUN(has_so_many_parts);
	TAP_RUN(waits_for_slow_readers);
	return tap_done();
}
