// SPDX-License-Identifier: GPL-2.0
/*
 * WEFT_SEGMENT: one message becomes many datagrams; the limits and errors are those
 * of UDP_SEGMENT, which is asked beside it.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/net_tstamp.h>
#include <linux/udp.h>
#include <net/if.h>
#include <stdint.h>
#include "sock.h"

#define PORT	4000

#ifndef SOL_UDP
#define SOL_UDP	17
#endif

static int weft;
static char out[70000];

static int level(int family)
{
	return family == AF_INET6 ? SOL_UDP : SOL_WEFT;
}

static int option(int family)
{
	return family == AF_INET6 ? UDP_SEGMENT : WEFT_SEGMENT;
}

/* Sends @len bytes and checks that they come in pieces of @size. */
static void pieces(int family, int len, int size)
{
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	static char in[70000];
	int at, n;

	CHECK(!sock_set(server, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 20));
	CHECK(!sock_set(fd, level(family), option(family), size));
	CHECK(send(fd, out, len, 0) == len);
	for (at = 0; at < len; at += n) {
		if (!(sock_wait(server, POLLIN) & POLLIN))
			break;
		n = recv(server, in, sizeof(in), 0);
		CHECK(n == (len - at < size ? len - at : size));
		CHECK(n > 0 && !memcmp(in, out + at, n));
		if (n <= 0)
			break;
	}
	CHECK(at == len);
	CHECK(recv(server, in, sizeof(in), MSG_DONTWAIT) == -1);
	close(fd);
	close(server);
}

static void a_message_comes_in_pieces(void)
{
	static const int cases[][2] = {
		{ 1000, 100 }, { 1001, 100 }, { 999, 1000 }, { 1000, 1000 },
		{ 128, 1 }, { 60000, 1400 }, { 65000, 20000 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		pieces(AF_INET6, cases[i][0], cases[i][1]);
		pieces(weft, cases[i][0], cases[i][1]);
	}
}

static int result(int family, int len, int size)
{
	int fd = sock_connected(family, PORT), n;

	CHECK(!sock_set(fd, level(family), option(family), size));
	n = send(fd, out, len, 0);
	n = n < 0 ? -errno : n;
	close(fd);
	return n;
}

static void limits_are_alike(void)
{
	int s6 = sock_bound(AF_INET6, PORT), s = sock_bound(weft, PORT);

	CHECK(result(AF_INET6, 128, 1) == 128 && result(weft, 128, 1) == 128);
	CHECK(result(AF_INET6, 129, 1) == -EINVAL);
	CHECK(result(weft, 129, 1) == -EINVAL);
	CHECK(result(AF_INET6, 65536, 1400) == -EMSGSIZE);
	CHECK(result(weft, 65536, 1400) == -EMSGSIZE);
	CHECK(result(AF_INET6, 0, 1400) == 0 && result(weft, 0, 1400) == 0);
	close(s6);
	close(s);
}

static void a_piece_must_fit_into_the_link(void)
{
	struct sock_name to = sock_link(PORT, 2, if_nametoindex("us"));
	long before = netns_counter("OutDgrams");
	int fd = sock_dgram(weft);

	CHECK(!sock_set(fd, SOL_WEFT, WEFT_SEGMENT, 1469));
	CHECK(sendto(fd, out, 5000, 0, &to.sa, to.len) == -1 && errno == EMSGSIZE);
	CHECK(netns_counter("OutDgrams") == before);
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_SEGMENT, 1468));
	CHECK(sendto(fd, out, 5000, 0, &to.sa, to.len) == 5000);
	CHECK(netns_counter("OutDgrams") == before + 4);
	close(fd);
}

static void the_size_of_one_message(int family)
{
	int server = sock_bound(family, PORT), fd = sock_connected(family, PORT);
	uint16_t size = 300;
	int wide = 300;
	char buf[1000];

	CHECK(sock_send_with(fd, NULL, out, 500, level(family), option(family),
			     &size, sizeof(size)) == 500);
	CHECK(recv(server, buf, sizeof(buf), 0) == 300);
	CHECK(recv(server, buf, sizeof(buf), 0) == 200);
	CHECK(send(fd, out, 500, 0) == 500);
	CHECK(recv(server, buf, sizeof(buf), 0) == 500);
	CHECK(sock_send_with(fd, NULL, out, 500, level(family), option(family),
			     &wide, sizeof(wide)) == -EINVAL);
	close(fd);
	close(server);
}

static void sizes_of_single_messages(void)
{
	the_size_of_one_message(AF_INET6);
	the_size_of_one_message(weft);
}

/* A send buffer for less than the message waits for nobody but itself. */
static void a_small_send_buffer(void)
{
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT);

	CHECK(!sock_set(fd, SOL_SOCKET, SO_SNDBUF, 1));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_SEGMENT, 1000));
	CHECK(send(fd, out, 60000, 0) == 60000);
	close(fd);
	close(server);
}

static void one_time_stamp_for_all_pieces(void)
{
	int flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE |
		    SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
	int server = sock_bound(weft, PORT), fd = sock_connected(weft, PORT), i;
	struct sock_extended_err *ee;
	struct sock_message m;

	CHECK(!sock_set(fd, SOL_SOCKET, SO_TIMESTAMPING, flags));
	CHECK(!sock_set(fd, SOL_WEFT, WEFT_SEGMENT, 100));
	for (i = 0; i < 2; i++) {
		CHECK(send(fd, out, 1000, 0) == 1000);
		CHECK(sock_wait(fd, 0) & POLLERR);
		CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == 0);
		ee = sock_cmsg(&m, SOL_WEFT, WEFT_RECVERR);
		CHECK(ee && (int)ee->ee_data == i);
		CHECK(sock_receive(fd, &m, MSG_ERRQUEUE) == -EAGAIN);
	}
	close(fd);
	close(server);
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(out); i++)
		out[i] = i * 7 + i / 251;
	weft = netns_weft_family();
	if (netns_enter() || netns_run("ip link set lo up") ||
	    netns_run("ip link add us address 02:00:00:00:00:01 type veth peer name them") ||
	    netns_run("ip link set them address 02:00:00:00:00:02") ||
	    netns_run("ip link set them up") || netns_run("ip link set us up"))
		return 1;
	TAP_RUN(a_message_comes_in_pieces);
	TAP_RUN(limits_are_alike);
	TAP_RUN(a_piece_must_fit_into_the_link);
	TAP_RUN(sizes_of_single_messages);
	TAP_RUN(a_small_send_buffer);
	TAP_RUN(one_time_stamp_for_all_pieces);
	return tap_done();
}
