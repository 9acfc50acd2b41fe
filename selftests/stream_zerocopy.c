// SPDX-License-Identifier: GPL-2.0
/*
 * MSG_ZEROCOPY: bytes of a stream from the program's own pages arrive whole, and each call
 * is told of once when they are needed no more. TCP is asked the same.
 *
 * lab: --nodes 1 --nic none
 */
#include <signal.h>
#include <sys/mman.h>
#include "stream.h"

#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY	0x4000000
#endif

#define LARGEST	300000

static char *out;
static char in[LARGEST];

static int level(void)
{
	return stream_family == AF_INET6 ? SOL_IPV6 : SOL_WEFT;
}

static int recverr(void)
{
	return stream_family == AF_INET6 ? IPV6_RECVERR : WEFT_RECVERR;
}

/*
 * Waits until the calls of these numbers are done, each told of once; whether all, or -1
 * if none, had to be copied.
 */
static long all_done(int fd, __u32 from, __u32 to)
{
	const struct sock_extended_err *ee;
	unsigned int told = 0, copied = 0;
	struct sock_message m;

	while (from <= to) {
		if (!(sock_wait(fd, 0) & POLLERR) ||
		    sock_receive(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) != 0)
			return -ETIME;
		ee = sock_cmsg(&m, level(), recverr());
		CHECK(ee && ee->ee_origin == SO_EE_ORIGIN_ZEROCOPY && !ee->ee_errno);
		if (!ee || ee->ee_info != from || ee->ee_data > to)
			return -EBADMSG;
		told++;
		copied += !!(ee->ee_code & SO_EE_CODE_ZEROCOPY_COPIED);
		from = ee->ee_data + 1;
	}
	return copied == told ? 1 : copied ? 0 : -1;
}

static bool none_is_done(int fd)
{
	struct sock_message m;

	return sock_receive(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) == -EAGAIN;
}

static void pair(int fd[2])
{
	stream_pair(fd);
	CHECK(!stream_set_zerocopy(fd[0], 1));
	TELL(sock_get(fd[0], SOL_SOCKET, SO_ZEROCOPY));
	CHECK(!sock_set(fd[0], SOL_SOCKET, SO_SNDBUF, 1 << 20));
}

static void every_size_from_every_place(void)
{
	static const int sizes[] = { 1, 2, 100, 1452, 4095, 4096, 4097, 65536, 100000,
				     LARGEST - 4096 };
	unsigned int i, at, n = 0;
	int fd[2];

	pair(fd);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (at = 0; at < 4096; at += 1365) {
			TELL(TRY(send(fd[0], out + at, sizes[i], MSG_ZEROCOPY)));
			TELL(stream_read(fd[1], in, sizes[i]));
			CHECK(!memcmp(in, out + at, sizes[i]));
			TELL(all_done(fd[0], n, n));
			n++;
		}
	}
	CHECK(none_is_done(fd[0]));
	TELL(stream_error(fd[0]));
	stream_close_pair(fd);
}

/* Numbers of calls that are done together are told of together. */
static void many_calls(void)
{
	int fd[2], i;

	pair(fd);
	for (i = 0; i < 50; i++)
		CHECK(send(fd[0], out + i, 1000, MSG_ZEROCOPY) == 1000);
	TELL(stream_read(fd[1], in, 50000));
	for (i = 0; i < 50; i++)
		CHECK(!memcmp(in + i * 1000, out + i, 1000));
	TELL(all_done(fd[0], 0, 49));
	stream_close_pair(fd);
}

/* The bytes are needed until the peer has acknowledged them. */
static void until_it_is_acknowledged(void)
{
	int fd[2];

	pair(fd);
	stream_deaf(fd[1]);
	TELL(TRY(send(fd[0], out, 20000, MSG_ZEROCOPY)));
	usleep(50000);
	CHECK(none_is_done(fd[0]));
	stream_hear(fd[1]);
	TELL(stream_read(fd[1], in, 20000));
	CHECK(!memcmp(in, out, 20000));
	TELL(all_done(fd[0], 0, 0) != -ETIME);
	/* Or until the connection is no more. */
	stream_deaf(fd[1]);
	TELL(TRY(send(fd[0], out, 20000, MSG_ZEROCOPY)));
	CHECK(none_is_done(fd[0]));
	CHECK(!stream_disconnect(fd[0]));
	TELL(all_done(fd[0], 1, 1) != -ETIME);
	stream_hear(fd[1]);
	stream_close_pair(fd);
}

/* Between calls that are copied, and after some that failed, the numbers go on. */
static void numbers(void)
{
	int fd[2];

	pair(fd);
	CHECK(send(fd[0], out, 100, MSG_ZEROCOPY) == 100);
	CHECK(send(fd[0], out, 100, 0) == 100);
	TELL(TRY(send(fd[0], (void *)8, 100, MSG_ZEROCOPY)));
	TELL(TRY(send(fd[0], out, 0, MSG_ZEROCOPY)));
	CHECK(send(fd[0], out, 100, MSG_ZEROCOPY) == 100);
	TELL(stream_read(fd[1], in, 300));
	TELL(all_done(fd[0], 0, 1) != -ETIME);
	CHECK(none_is_done(fd[0]));
	/* Without the option, the flag has no effect. */
	CHECK(!stream_set_zerocopy(fd[0], 0));
	TELL(TRY(send(fd[0], out, 100, MSG_ZEROCOPY)));
	TELL(stream_read(fd[1], in, 100));
	CHECK(none_is_done(fd[0]));
	stream_close_pair(fd);
}

/* Messages are copied: they have headers between their bytes. */
static void not_for_messages(void)
{
	int fd = socket(stream_family, SOCK_SEQPACKET, 0);

	CHECK(stream_set_zerocopy(fd, 1) == ENOPROTOOPT);
	close(fd);
}

int main(void)
{
	out = mmap(NULL, LARGEST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (out == MAP_FAILED)
		return 1;
	stream_pattern(out, LARGEST, 11);
	signal(SIGPIPE, SIG_IGN);
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	STREAM_RUN(every_size_from_every_place);
	STREAM_RUN(many_calls);
	STREAM_RUN(until_it_is_acknowledged);
	STREAM_RUN(numbers);
	STREAM_RUN_WEFT(not_for_messages);
	return stream_done();
}
