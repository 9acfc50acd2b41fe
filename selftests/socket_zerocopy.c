// SPDX-License-Identifier: GPL-2.0
/*
 * MSG_ZEROCOPY: datagrams from the program's own pages arrive whole at every size, each
 * is told of once in the error queue, and what had to be copied says so.
 *
 * lab: --nodes 1 --nic none
 */
#include <net/if.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include "sock.h"

#define PORT	4000
#define LARGEST	65503

#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY	0x4000000
#endif

static int weft, server, fd;
static char *out;
static char in[LARGEST + 1];

static void begin(void)
{
	int i;

	out = mmap(NULL, LARGEST + 8192, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(out != MAP_FAILED);
	for (i = 0; i < LARGEST + 8192; i++)
		out[i] = i * 7 + i / 251;
	server = sock_bound(weft, PORT);
	fd = sock_connected(weft, PORT);
	CHECK(!sock_set(server, SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_ZEROCOPY, 1));
	CHECK(sock_get(fd, SOL_WEFT, WEFT_ZEROCOPY) == 1);
	CHECK(sock_get(fd, SOL_SOCKET, SO_ZEROCOPY) == 1);
}

static void end(void)
{
	munmap(out, LARGEST + 8192);
	close(server);
	close(fd);
}

/* The next range of messages that are done; false if none comes. */
static bool done(__u32 *low, __u32 *high, bool *copied)
{
	const struct sock_extended_err *ee;
	struct sock_message m;

	if (!(sock_wait(fd, 0) & POLLERR) ||
	    sock_receive(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) != 0)
		return false;
	ee = sock_cmsg(&m, SOL_WEFT, WEFT_RECVERR);
	CHECK(ee && ee->ee_origin == SO_EE_ORIGIN_ZEROCOPY && !ee->ee_errno);
	CHECK(m.msg.msg_flags & MSG_ERRQUEUE && !m.name.len);
	if (!ee)
		return false;
	*low = ee->ee_info;
	*high = ee->ee_data;
	*copied = ee->ee_code & SO_EE_CODE_ZEROCOPY_COPIED;
	return true;
}

/* Waits until messages up to a number are done; each must be told of once. */
static void all_done(__u32 from, __u32 to, bool copied)
{
	__u32 low, high;
	bool code;

	while (from <= to) {
		if (!done(&low, &high, &code)) {
			CHECK(!"told of");
			return;
		}
		CHECK(low == from && high <= to && code == copied);
		from = high + 1;
	}
}

static void every_size_from_every_place(void)
{
	static const int sizes[] = { 1, 2, 100, 1452, 4095, 4096, 4097, 32768,
				     61439, LARGEST };
	enum { N_SIZES = sizeof(sizes) / sizeof(*sizes) };
	__u32 n = 0;
	int i, at;

	begin();
	for (i = 0; i < (int)N_SIZES; i++) {
		for (at = 0; at < 4096; at += 1365) {
			CHECK(send(fd, out + at, sizes[i], MSG_ZEROCOPY) ==
			      sizes[i]);
			CHECK(recv(server, in, sizeof(in), 0) == sizes[i]);
			CHECK(!memcmp(in, out + at, sizes[i]));
			n++;
		}
	}
	/* Within the node the receiver's copy is the only one, but it is one. */
	all_done(0, n - 1, true);
	CHECK(send(fd, out, LARGEST + 1, MSG_ZEROCOPY) < 0 && errno == EMSGSIZE);
	/* What failed has no number. */
	CHECK(send(fd, out, 1, MSG_ZEROCOPY) == 1);
	all_done(n, n, true);
	end();
}

static void many_are_told_of_in_ranges(void)
{
	__u32 low, high;
	bool copied;
	int i;

	begin();
	for (i = 0; i < 50; i++) {
		CHECK(send(fd, out, 1000, MSG_ZEROCOPY) == 1000);
		CHECK(recv(server, in, sizeof(in), 0) == 1000);
	}
	CHECK(done(&low, &high, &copied) && low == 0 && high == 49);
	end();
}

static void without_flag_or_option_nothing_is_told(void)
{
	struct sock_message m;

	begin();
	CHECK(send(fd, out, 1000, 0) == 1000);
	CHECK(send(fd, out, 0, MSG_ZEROCOPY) == 0);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_ZEROCOPY, 0));
	CHECK(send(fd, out, 1000, MSG_ZEROCOPY) == 1000);
	CHECK(recv(server, in, sizeof(in), 0) == 1000);
	CHECK(recv(server, in, sizeof(in), 0) == 0);
	CHECK(recv(server, in, sizeof(in), 0) == 1000);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) == -EAGAIN);
	end();
}

static void only_datagram_sockets_have_it(void)
{
	int echo = socket(weft, SOCK_DGRAM, WEFT_PROTO_CONTROL);
	int raw = socket(weft, SOCK_RAW, 99);

	CHECK(sock_set(echo, SOL_WEFT, WEFT_ZEROCOPY, 1) == ENOPROTOOPT);
	CHECK(sock_set(raw, SOL_WEFT, WEFT_ZEROCOPY, 1) == ENOPROTOOPT);
	CHECK(sock_get(raw, SOL_WEFT, WEFT_ZEROCOPY) == -ENOPROTOOPT);
	close(echo);
	close(raw);
}

/* Parts, too many pieces, segments, a hole in memory. */
static void other_ways(void)
{
	struct iovec iov[40];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 40 };
	int i;

	begin();
	CHECK(send(fd, out, 1000, MSG_ZEROCOPY | MSG_MORE) == 1000);
	CHECK(send(fd, out + 1000, 500, MSG_ZEROCOPY) == 500);
	CHECK(recv(server, in, sizeof(in), 0) == 1500);
	CHECK(!memcmp(in, out, 1500));
	all_done(0, 1, true);
	/* Each piece would be a page of its own. */
	for (i = 0; i < 40; i++)
		iov[i] = (struct iovec){ out + i * 1000, 10 };
	CHECK(sendmsg(fd, &msg, MSG_ZEROCOPY) == 400);
	CHECK(recv(server, in, sizeof(in), 0) == 400);
	for (i = 0; i < 40; i++)
		CHECK(!memcmp(in + i * 10, out + i * 1000, 10));
	all_done(2, 2, true);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_SEGMENT, 1000));
	CHECK(send(fd, out, 9500, MSG_ZEROCOPY) == 9500);
	for (i = 0; i < 10; i++) {
		CHECK(recv(server, in, sizeof(in), 0) == (i < 9 ? 1000 : 500));
		CHECK(!memcmp(in, out + i * 1000, i < 9 ? 1000 : 500));
	}
	all_done(3, 3, true);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_SEGMENT, 0));
	CHECK(send(fd, (void *)8, 1000, MSG_ZEROCOPY) < 0 && errno == EFAULT);
	CHECK(send(fd, out, 10, MSG_ZEROCOPY) == 10);
	all_done(4, 4, true);
	end();
}

/* What waits to be told, and the pages, are bounded. */
static void limits(void)
{
	struct rlimit old, none = { 0, 0 };
	int i;

	begin();
	for (i = 0; i < 1000; i++)
		if (send(fd, out, 1, MSG_ZEROCOPY | MSG_DONTWAIT) < 0)
			break;
	/* Those that follow each other are told of as one, which has room. */
	CHECK(i == 1000 || errno == ENOBUFS);
	end();
	begin();
	CHECK(!getrlimit(RLIMIT_MEMLOCK, &old) && !setrlimit(RLIMIT_MEMLOCK, &none));
	if (!seteuid(65534)) {
		CHECK(send(fd, out, 1000, MSG_ZEROCOPY) < 0 && errno == ENOBUFS);
		CHECK(send(fd, out, 1000, 0) == 1000);
		CHECK(!seteuid(0));
	}
	CHECK(!setrlimit(RLIMIT_MEMLOCK, &old));
	end();
}

/* Packets that a device sends from the pages: nobody copies, the bytes are right. */
static void a_device_takes_the_pages(void)
{
	struct sock_name to = sock_any(weft, PORT);
	__u32 low, high;
	bool copied;
	int dev;

	begin();
	CHECK(!netns_run("ip link add dummy0 type dummy && ip link set dummy0 up"));
	dev = if_nametoindex("dummy0");
	to.weft.sweft_addr = (struct weft_addr){ { { 0xfe, 0x80, 2, 0, 0, 0, 0, 9 } } };
	to.weft.sweft_scope = dev;
	close(fd);
	fd = sock_dgram(weft);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_ZEROCOPY, 1));
	CHECK(sendto(fd, out, 1400, MSG_ZEROCOPY, &to.sa, to.len) == 1400);
	CHECK(done(&low, &high, &copied) && low == 0 && high == 0 && !copied);
	/* Longer than the link's MTU: fragments are copies. */
	CHECK(sendto(fd, out, 3000, MSG_ZEROCOPY, &to.sa, to.len) == 3000);
	CHECK(done(&low, &high, &copied) && low == 1 && high == 1 && copied);
	/* A device that cannot gather gets a copy. */
	CHECK(!netns_run("ethtool -K dummy0 sg off >/dev/null"));
	CHECK(sendto(fd, out, 1400, MSG_ZEROCOPY, &to.sa, to.len) == 1400);
	CHECK(done(&low, &high, &copied) && low == 2 && high == 2 && copied);
	CHECK(!netns_run("ip link del dummy0"));
	end();
}

/* Errors and notifications in one queue, in the order of their coming. */
static void errors_beside(void)
{
	const struct sock_extended_err *ee;
	struct sock_message m;

	begin();
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_RECVERR, 1));
	CHECK(send(fd, out, 10, MSG_ZEROCOPY) == 10);
	CHECK(sock_wait(server, POLLIN));
	close(server);
	CHECK(send(fd, out, 20, 0) == 20);
	CHECK(sock_wait(fd, 0) & POLLERR);
	all_done(0, 0, true);
	CHECK(sock_wait(fd, 0) & POLLERR);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == 20);
	ee = sock_cmsg(&m, SOL_WEFT, WEFT_RECVERR);
	CHECK(ee && ee->ee_origin == SO_EE_ORIGIN_WEFT);
	CHECK(ee && ee->ee_errno == ECONNREFUSED);
	CHECK(sock_receive(fd, &m, MSG_ERRQUEUE | MSG_DONTWAIT) == -EAGAIN);
	end();
}

int main(void)
{
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up"))
		return 1;
	TAP_RUN(every_size_from_every_place);
	TAP_RUN(many_are_told_of_in_ranges);
	TAP_RUN(without_flag_or_option_nothing_is_told);
	TAP_RUN(only_datagram_sockets_have_it);
	TAP_RUN(other_ways);
	TAP_RUN(limits);
	TAP_RUN(a_device_takes_the_pages);
	TAP_RUN(errors_beside);
	return tap_done();
}
