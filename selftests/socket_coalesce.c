// SPDX-License-Identifier: GPL-2.0
/*
 * WEFT_COALESCE: datagrams of a flow come as one message, with their size beside it.
 * UDP_GRO is asked the same. And what others claim about the size of packets.
 *
 * lab: --nodes 1 --nic none
 */
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/udp.h>
#include <linux/virtio_net.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include "sock.h"
#include "wire.h"

#define PORT		4000
#define HOSTILE_FRAMES	3000

#ifndef SOL_UDP
#define SOL_UDP	17
#endif

static int weft;
static char out[70000], in[70000];

static int level(int family)
{
	return family == AF_INET6 ? SOL_UDP : SOL_WEFT;
}

static int segment(int family)
{
	return family == AF_INET6 ? UDP_SEGMENT : WEFT_SEGMENT;
}

static int coalesce(int family)
{
	return family == AF_INET6 ? UDP_GRO : WEFT_COALESCE;
}

/* What says in received ancillary data how long each datagram is. */
static int size_type(int family)
{
	return family == AF_INET6 ? UDP_GRO : WEFT_SEGMENT;
}

static int server(int family, int merged)
{
	int fd = sock_bound(family, PORT);

	CHECK(!sock_set(fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 21));
	CHECK(!sock_set(fd, level(family), coalesce(family), merged));
	return fd;
}

/* Reads a message into @in. Returns its length or -errno; @size: -1 if not told. */
static int receive(int fd, int family, size_t room, int flags, int *size)
{
	struct sock_message m = {};
	struct iovec iov = { in, room };
	int n;

	m.msg = (struct msghdr){ .msg_iov = &iov, .msg_iovlen = 1,
				 .msg_control = m.control,
				 .msg_controllen = sizeof(m.control) };
	n = recvmsg(fd, &m.msg, flags);
	*size = sock_cmsg_int(&m, level(family), size_type(family));
	return n < 0 ? -errno : n;
}

static void the_option(int family)
{
	int fd = sock_dgram(family);

	CHECK(sock_set(fd, level(family), coalesce(family), 1) == 0);
	CHECK(sock_set(fd, level(family), coalesce(family), 7) == 0);
	CHECK(sock_get(fd, level(family), coalesce(family)) == 1);
	CHECK(sock_set(fd, level(family), coalesce(family), 0) == 0);
	CHECK(sock_get(fd, level(family), coalesce(family)) == 0);
	close(fd);
}

static void an_option_of_datagram_sockets(void)
{
	int echo = socket(weft, SOCK_DGRAM, WEFT_PROTO_CONTROL);
	int raw = socket(weft, SOCK_RAW, 200);

	the_option(AF_INET6);
	the_option(weft);
	CHECK(sock_set(echo, SOL_WEFT, WEFT_COALESCE, 1) == ENOPROTOOPT);
	CHECK(sock_set(raw, SOL_WEFT, WEFT_COALESCE, 1) == ENOPROTOOPT);
	CHECK(sock_get(raw, SOL_WEFT, WEFT_COALESCE) == -ENOPROTOOPT);
	close(echo);
	close(raw);
}

/* One message of @len bytes is cut into @size and comes back as one. */
static void as_one(int family, int len, int size)
{
	int to = server(family, 1), from = sock_connected(family, PORT), told;

	CHECK(!sock_set(from, level(family), segment(family), size));
	CHECK(send(from, out, len, 0) == len);
	CHECK(sock_wait(to, POLLIN) & POLLIN);
	CHECK(receive(to, family, sizeof(in), MSG_DONTWAIT, &told) == len);
	CHECK(told == (len > size ? size : -1));
	CHECK(!memcmp(in, out, len));
	CHECK(receive(to, family, sizeof(in), MSG_DONTWAIT, &told) == -EAGAIN);
	close(from);
	close(to);
}

static void datagrams_come_as_one(void)
{
	static const int cases[][2] = {
		{ 1000, 100 }, { 1001, 100 }, { 99, 100 }, { 100, 100 }, { 101, 100 },
		{ 3, 1 }, { 128, 1 }, { 699, 7 }, { 60000, 1400 }, { 65000, 20001 },
		{ 4001, 4000 }, { 12345, 1111 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		as_one(AF_INET6, cases[i][0], cases[i][1]);
		as_one(weft, cases[i][0], cases[i][1]);
	}
	/* A device carries less than 65536 bytes with the link-layer header. */
	as_one(weft, 65489, 1400);
}

static void others_stay_as_they_are(void)
{
	int to = server(weft, 1), from = sock_connected(weft, PORT), told, i;

	CHECK(!sock_set(from, SOL_WEFT, WEFT_SEGMENT, 10));
	CHECK(send(from, out, 0, 0) == 0);
	CHECK(receive(to, weft, sizeof(in), 0, &told) == 0 && told == -1);
	CHECK(!sock_set(from, SOL_WEFT, WEFT_SEGMENT, 0));
	for (i = 0; i < 3; i++)
		CHECK(send(from, out, 50000, 0) == 50000);
	for (i = 0; i < 3; i++)
		CHECK(receive(to, weft, sizeof(in), 0, &told) == 50000 && told == -1);
	close(from);
	close(to);
}

static void parts_of_the_merged_message(void)
{
	int to = server(weft, 1), from = sock_connected(weft, PORT), told;

	CHECK(!sock_set(from, SOL_WEFT, WEFT_SEGMENT, 300));
	CHECK(send(from, out, 1000, 0) == 1000);
	CHECK(sock_wait(to, POLLIN) & POLLIN);
	CHECK(receive(to, weft, 10, MSG_PEEK | MSG_TRUNC, &told) == 1000);
	CHECK(told == 300);
	CHECK(receive(to, weft, 700, MSG_TRUNC, &told) == 1000 && told == 300);
	CHECK(!memcmp(in, out, 700));
	CHECK(receive(to, weft, 10, MSG_DONTWAIT, &told) == -EAGAIN);
	close(from);
	close(to);
}

/* What is queued keeps its sizes; what comes later is as the option then says. */
static void turning_it_off(void)
{
	int to = server(weft, 1), from = sock_connected(weft, PORT), told, i;

	CHECK(!sock_set(from, SOL_WEFT, WEFT_SEGMENT, 300));
	CHECK(send(from, out, 600, 0) == 600);
	CHECK(!sock_set(to, SOL_WEFT, WEFT_COALESCE, 0));
	CHECK(send(from, out, 600, 0) == 600);
	CHECK(receive(to, weft, sizeof(in), 0, &told) == 600 && told == 300);
	for (i = 0; i < 2; i++) {
		CHECK(receive(to, weft, sizeof(in), 0, &told) == 300 && told == -1);
		CHECK(!memcmp(in, out + 300 * i, 300));
	}
	close(from);
	close(to);
}

static void raw_sockets_get_each_one(void)
{
	int raw = socket(weft, SOCK_RAW, WEFT_PROTO_DGRAM);
	int to = server(weft, 1), from = sock_connected(weft, PORT), told, i;
	struct weft_dgram_hdr hdr;

	CHECK(!sock_set(from, SOL_WEFT, WEFT_SEGMENT, 300));
	CHECK(send(from, out, 700, 0) == 700);
	for (i = 0; i < 3; i++) {
		int len = i < 2 ? 300 : 100;

		CHECK(receive(raw, weft, sizeof(in), 0, &told) == len + 8);
		CHECK(!memcmp(in + 8, out + 300 * i, len));
		memcpy(&hdr, in, sizeof(hdr));
		CHECK(ntohs(hdr.len) == len + 8 && ntohs(hdr.dport) == PORT);
		CHECK(receive(to, weft, sizeof(in), 0, &told) == len && told == -1);
	}
	close(raw);
	CHECK(send(from, out, 700, 0) == 700);
	CHECK(receive(to, weft, sizeof(in), 0, &told) == 700 && told == 300);
	close(from);
	close(to);
}

/* Datagrams that had a socket or none. */
static long ended(void)
{
	return netns_counter("InDgrams") + netns_counter("DropRcvbuf") +
	       netns_counter("DropNoSocket");
}

/* Waits until so many have, 5 s at most. */
static void wait_ended(long n)
{
	int i;

	for (i = 0; i < 100 && ended() < n; i++)
		usleep(50000);
	CHECK(ended() == n);
}

static void each_one_is_counted(void)
{
	int to = server(weft, 1), from = sock_connected(weft, PORT), told;
	long in_dgrams = netns_counter("InDgrams"), sent = netns_counter("OutDgrams");
	long requests = netns_counter("OutRequests"), bytes = netns_counter("OutOctets");
	long all;

	CHECK(!sock_set(from, SOL_WEFT, WEFT_SEGMENT, 100));
	CHECK(send(from, out, 950, 0) == 950);
	CHECK(receive(to, weft, sizeof(in), 0, &told) == 950);
	CHECK(netns_counter("InDgrams") == in_dgrams + 10);
	CHECK(netns_counter("OutDgrams") == sent + 10);
	CHECK(netns_counter("OutRequests") == requests + 10);
	CHECK(netns_counter("OutOctets") == bytes + 10 * 32 + 950);
	close(to);
	in_dgrams = netns_counter("DropNoSocket");
	all = ended();
	CHECK(send(from, out, 950, 0) == 950);
	wait_ended(all + 10);
	CHECK(netns_counter("DropNoSocket") == in_dgrams + 10);
	close(from);
}

/* A queue that is full drops all of a train, or the datagrams that do not fit. */
static void drops_are_counted_each(void)
{
	int from = sock_connected(weft, PORT), to, merged, n, got;
	long before, all;

	CHECK(!sock_set(from, SOL_WEFT, WEFT_SEGMENT, 1000));
	for (merged = 0; merged < 2; merged++) {
		to = sock_bound(weft, PORT);
		CHECK(!sock_set(to, SOL_WEFT, WEFT_COALESCE, merged));
		CHECK(!sock_set(to, SOL_SOCKET, SO_RCVBUF, 20000));
		before = netns_counter("DropRcvbuf");
		all = ended();
		for (n = 0; n < 4; n++)
			CHECK(send(from, out, 50000, 0) == 50000);
		wait_ended(all + 200);
		for (got = 0; (n = recv(to, in, sizeof(in), MSG_DONTWAIT)) > 0; )
			got += n / 1000;
		CHECK(got > 0 && got < 200);
		CHECK(netns_counter("DropRcvbuf") == before + 200 - got);
		CHECK(!merged || got % 50 == 0);
		close(to);
	}
	close(from);
}

/* --- claims of others --------------------------------------------------------- */

/**
 * struct claim - a frame with what its sender says of its size
 * @vnet: that
 * @eth: link-layer header
 * @net: network header
 * @dgram: datagram header
 * @payload: payload
 */
struct claim {
	struct virtio_net_hdr	vnet;
	struct ethhdr		eth;
	struct weft_hdr		net;
	struct weft_dgram_hdr	dgram;
	unsigned char		payload[4000];
} __attribute__((packed));

#define CLAIM_HEADERS	(offsetof(struct claim, payload) - sizeof(struct virtio_net_hdr))

static struct claim claim(int type, int size, int len)
{
	struct claim c = {
		.vnet = { .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM, .gso_type = type,
			  .gso_size = size, .hdr_len = CLAIM_HEADERS,
			  .csum_start = sizeof(c.eth) + sizeof(c.net),
			  .csum_offset = offsetof(struct weft_dgram_hdr, check) },
		.eth = { .h_dest = WIRE_MAC(3), .h_source = WIRE_MAC(2),
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.net = { .vc = WEFT_VERSION << 4, .len = htons(32 + len),
			 .hop_limit = 64, .next = WEFT_PROTO_DGRAM,
			 .src = WIRE_LINK(2), .dst = WIRE_LINK(3) },
		.dgram = { .sport = htons(9), .dport = htons(PORT),
			   .len = htons(8 + len) },
	};

	memcpy(c.payload, out, len);
	return c;
}

/* A tap device, 02:00:00:00:00:03, that hands over what is written with its claims. */
static int tap_open(void)
{
	struct ifreq ifr = { .ifr_name = "tap",
			     .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	CHECK(fd >= 0 && !ioctl(fd, TUNSETIFF, &ifr));
	CHECK(!netns_run("ip link set tap address 02:00:00:00:00:03 up"));
	return fd;
}

static int put(int fd, const struct claim *c, int len)
{
	return write(fd, c, sizeof(c->vnet) + CLAIM_HEADERS + len);
}

/* As if no claim had been made: the packet is what its headers say. */
static void claims_are_not_believed(void)
{
	struct claim c = claim(VIRTIO_NET_HDR_GSO_TCPV4, 600, 3000);
	int to = server(weft, 1), tap = tap_open(), told, merged;

	/* Where TCP has its checksum: in the payload. */
	c.vnet.csum_offset = 16;
	for (merged = 1; merged >= 0; merged--) {
		CHECK(!sock_set(to, SOL_WEFT, WEFT_COALESCE, merged));
		CHECK(put(tap, &c, 3000) > 0);
		CHECK(sock_wait(to, POLLIN) & POLLIN);
		CHECK(receive(to, weft, sizeof(in), MSG_DONTWAIT, &told) == 3000);
		CHECK(told == -1 && !memcmp(in, out, 3000));
		CHECK(receive(to, weft, sizeof(in), MSG_DONTWAIT, &told) == -EAGAIN);
	}
	close(tap);
	close(to);
}

/* A device that cannot carry such a packet has it taken apart; that is refused. */
static void claims_are_not_acted_upon(void)
{
	struct claim c = claim(VIRTIO_NET_HDR_GSO_TCPV4, 600, 3000);
	int to = server(weft, 0), told;

	c.vnet.csum_offset = 16;
	c.eth.h_dest[5] = 1;
	c.net.dst.a8[7] = 1;
	CHECK(put(wire_fd, &c, 3000) == -1);
	c.vnet.gso_type = VIRTIO_NET_HDR_GSO_UDP;
	CHECK(put(wire_fd, &c, 3000) == -1);
	c = claim(VIRTIO_NET_HDR_GSO_NONE, 0, 1000);
	c.eth.h_dest[5] = 1;
	c.net.dst.a8[7] = 1;
	CHECK(put(wire_fd, &c, 1000) > 0);
	CHECK(sock_wait(to, POLLIN) & POLLIN);
	CHECK(receive(to, weft, sizeof(in), MSG_DONTWAIT, &told) == 1000);
	CHECK(receive(to, weft, sizeof(in), MSG_DONTWAIT, &told) == -EAGAIN);
	close(to);
}

static struct claim random_claim(void)
{
	static const int types[] = { VIRTIO_NET_HDR_GSO_NONE,
				     VIRTIO_NET_HDR_GSO_TCPV4,
				     VIRTIO_NET_HDR_GSO_UDP,
				     VIRTIO_NET_HDR_GSO_TCPV6, 5 };
	static const int next[] = { WEFT_PROTO_DGRAM, WEFT_PROTO_CONTROL,
				    WEFT_PROTO_FRAGMENT, WEFT_PROTO_NONE };
	struct claim c;
	uint32_t r[5];

	CHECK(getrandom(r, sizeof(r), 0) == sizeof(r));
	c = claim(types[r[0] % 5], 1 + r[1] % 2000, 3900);
	c.net.next = next[r[0] >> 8 & 3];
	c.net.flags = r[0] >> 10 & 7;
	c.vnet.csum_start = r[2] % 4 ? c.vnet.csum_start : r[2] >> 8 & 0xfff;
	c.vnet.csum_offset = r[3] % 2 ? 16 : r[3] >> 8 & 0x3f;
	c.net.len = r[4] % 2 ? htons(32 + 3900) : htons(r[4] >> 8 & 0xffff);
	/* Sent on, by the way to the pair, in fragments if it allows it. */
	if (r[4] & 2) {
		c.net.src = (struct weft_addr){ { { 0, 7, 0, 1, 0, 0, 0, 9 } } };
		c.net.dst = (struct weft_addr){ { { 0, 7, 0, 2, 0, 0, 0, 9 } } };
	}
	return c;
}

static void random_claims_do_no_harm(void)
{
	int to = server(weft, 1), tap = tap_open(), told, i;
	struct claim c;

	CHECK(!netns_run("weft addr add 7:2::1/32 dev us nodad;"
			 "weft neigh add 7:2::9 lladdr 02:00:00:00:00:02 dev us;"
			 "sysctl -qw net.weft.forwarding=1"));
	for (i = 0; i < HOSTILE_FRAMES; i++) {
		c = random_claim();
		put(tap, &c, i % 4 ? 3900 : i % 256);
		put(wire_fd, &c, i % 4 ? 3900 : i % 256);
		while (receive(to, weft, sizeof(in), MSG_DONTWAIT, &told) >= 0)
			;
	}
	CHECK(netns_counter("OutForwarded") > 0 && netns_counter("FragCreates") > 0);
	close(tap);
	close(to);
	claims_are_not_believed();
}

/* Our end of the pair; the far end writes frames with claims. */
static int run(void)
{
	TAP_RUN(an_option_of_datagram_sockets);
	TAP_RUN(datagrams_come_as_one);
	TAP_RUN(others_stay_as_they_are);
	TAP_RUN(parts_of_the_merged_message);
	TAP_RUN(turning_it_off);
	TAP_RUN(raw_sockets_get_each_one);
	TAP_RUN(each_one_is_counted);
	TAP_RUN(drops_are_counted_each);
	CHECK(!sock_set(wire_fd, SOL_PACKET, PACKET_VNET_HDR, 1));
	TAP_RUN(claims_are_not_believed);
	TAP_RUN(claims_are_not_acted_upon);
	TAP_RUN(random_claims_do_no_harm);
	return tap_done();
}

int main(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(out); i++)
		out[i] = i * 7 + i / 251;
	weft = netns_weft_family();
	if (netns_run("modprobe tun"))
		return 1;
	return wire_main(run);
}
