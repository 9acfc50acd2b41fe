// SPDX-License-Identifier: GPL-2.0
/*
 * Segments of streams that a gateway's card merges and another card takes apart: every
 * frame must come out as it went in, whoever takes it apart.
 *
 *	oa: eth0 ----- om: eth1, eth2 ----- ob: eth3
 *
 * lab: --nodes 1 --nic e1000 --nic e1000 --nic e1000 --nic e1000
 * timeout: 180
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include "netns.h"
#include "sock.h"
#include "tap.h"

#define HEADERS		(ETH_HLEN + sizeof(struct weft_hdr) + sizeof(struct weft_stream_hdr))
#define MSS		1444
#define FRAMES_MAX	128

/**
 * struct frame - a frame with a segment
 * @eth: link-layer header
 * @net: network header
 * @stream: stream header
 * @body: options and payload
 * @len: bytes of all four
 */
struct frame {
	struct ethhdr eth;
	struct weft_hdr net;
	struct weft_stream_hdr stream;
	unsigned char body[MSS];
	size_t len;
} __attribute__((packed));

static int tx, rx;
/* The network that frames are for. */
static unsigned char network = 2;
static struct frame sent[FRAMES_MAX], got[FRAMES_MAX];
/* Segments without payload that came. */
static int empty;

/* --- frames ----------------------------------------------------------------------- */

/* Weft's checksum over the transport's bytes. */
static unsigned short sum_up(const struct frame *f, size_t len)
{
	const unsigned char *addr = (const unsigned char *)&f->net.src;
	const unsigned char *data = (const unsigned char *)&f->stream;
	unsigned long sum = len + f->net.next, i;

	for (i = 0; i < 16; i += 2)
		sum += addr[i] << 8 | addr[i + 1];
	for (i = 0; i < len; i += 2)
		sum += data[i] << 8 | (i + 1 < len ? data[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (unsigned short)~sum ?: 0xffff;
}

/* Gives a frame its length and its checksum: @more bytes follow the stream header. */
static void finish(struct frame *f, size_t more)
{
	size_t len = sizeof(f->stream) + more;

	f->len = sizeof(f->eth) + sizeof(f->net) + len;
	f->net.len = htons(sizeof(f->net) + len);
	f->stream.check = 0;
	f->stream.check = htons(sum_up(f, len));
}

/* Segment @n of a connection, each before it with a full payload; this one has @len. */
static struct frame segment(unsigned int port, unsigned int n, size_t len)
{
	struct frame f = {
		.eth = { .h_dest = { 0x52, 0x54, 0, 0x57, 1, 1 },
			 .h_source = { 2, 0, 0, 0, 0, 9 },
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.net = { .vc = WEFT_VERSION << 4 | 5, .flags = 2, .id = htons(0xfffc + n),
			 .hop_limit = 60, .next = WEFT_PROTO_STREAM,
			 .src = { { { 0, 0, 0, 7, 0, 1, 0, 1 } } },
			 .dst = { { { 0, 0, 0, 7, 0, network, 0, 2 } } } },
		.stream = { .sport = htons(port), .dport = htons(5001),
			    .seq = htonl(0xfffffa00 + n * MSS), .ack = htonl(77),
			    .len = sizeof(struct weft_stream_hdr),
			    .flags = WEFT_STREAM_ACK, .window = htonl(1000000),
			    .stamp = htonl(123456789), .echo = htonl(987654321) },
	};
	size_t i;

	for (i = 0; i < len; i++)
		f.body[i] = n * 31 + i * 7 + port;
	finish(&f, len);
	return f;
}

static void put(const struct frame *frames, int n)
{
	int i;

	for (i = 0; i < n; i++)
		while (send(tx, &frames[i], frames[i].len, 0) < 0 && errno == ENOBUFS)
			usleep(1000);
}

static const unsigned char to[] = { 0x52, 0x54, 0, 0x57, 1, 3 };

/* What the gateway makes of a frame. */
static struct frame forwarded(struct frame f)
{
	static const unsigned char from[] = { 0x52, 0x54, 0, 0x57, 1, 2 };

	memcpy(f.eth.h_dest, to, ETH_ALEN);
	memcpy(f.eth.h_source, from, ETH_ALEN);
	f.net.hop_limit--;
	return f;
}

/*
 * Takes so many frames, or what there is within a time. Returns how many. A card's filter
 * lets others pass that its hash does not tell apart. QEMU's card ends what is a multiple
 * of the segments' size, TCP too, with a segment without payload; those are counted only.
 */
static int take(int n, int ms)
{
	struct pollfd p = { .fd = rx, .events = POLLIN };
	struct frame f;
	ssize_t len;
	int i = 0;

	while (i < n && poll(&p, 1, ms) == 1) {
		len = recv(rx, &f, sizeof(f) - sizeof(f.len), MSG_TRUNC);
		if (len < (ssize_t)HEADERS || f.net.next != WEFT_PROTO_STREAM ||
		    memcmp(f.eth.h_dest, to, ETH_ALEN))
			continue;
		if (len == (ssize_t)HEADERS) {
			empty++;
			continue;
		}
		f.len = len;
		got[i++] = f;
	}
	return i;
}

/* --- the way ---------------------------------------------------------------------- */

static int open_in(const char *ns, const char *dev, int protocol)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(protocol) };
	int fd;

	CHECK(!netns_join(ns));
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	ll.sll_ifindex = if_nametoindex(dev);
	CHECK(fd >= 0 && ll.sll_ifindex && !bind(fd, (struct sockaddr *)&ll, sizeof(ll)));
	CHECK(!sock_set(fd, SOL_SOCKET, SO_RCVBUFFORCE, 1 << 22));
	return fd;
}

/* The gateway's first card holds what comes long enough for all of it to be merged. */
static int set_up(void)
{
	return netns_run("set -e; for n in oa om ob; do ip netns add $n; done;"
			 "ip link set eth0 netns oa; ip link set eth3 netns ob;"
			 "for d in eth1 eth2; do ip link set $d netns om; done;"
			 "ip netns exec ob ethtool -K eth3 gro off;"
			 "ip netns exec om sh -c 'cd /sys/class/net/eth1;"
			 " echo 100 >napi_defer_hard_irqs; echo 20000000 >gro_flush_timeout;"
			 " echo 1 >/proc/sys/net/weft/forwarding';"
			 "ip -n oa link set eth0 up; ip -n ob link set eth3 up;"
			 "for d in eth1 eth2; do ip -n om link set $d up; done;"
			 "weft -n om addr add 0:7:1:9/48 dev eth1 nodad;"
			 "weft -n om addr add 0:7:2:9/48 dev eth2 nodad;"
			 "weft -n om neigh add 0:7:2:2 lladdr 52:54:00:57:01:03 dev eth2");
}

/* A link comes up, and a card whose filter changes may be deaf for a second. */
static void wait_for_the_way(void)
{
	struct frame probe = segment(1, 0, 100);
	int i;

	for (i = 0; i < 200; i++) {
		put(&probe, 1);
		if (take(1, 100))
			break;
	}
	CHECK(i < 200);
	while (take(1, 300))
		;
}

static long segmented(void)
{
	return netns_card("om", "eth2", "tx0_tso");
}

/* Whether what came of a connection is what was sent, in the same order. */
static void same_frames(int n, unsigned short port)
{
	struct frame want;
	int i, j = 0;

	for (i = 0; i < n; i++) {
		if (sent[i].stream.sport != port)
			continue;
		while (j < n && got[j].stream.sport != port)
			j++;
		want = forwarded(sent[i]);
		if (j == n || got[j].len != want.len || memcmp(&got[j], &want, want.len)) {
			printf("# frame %d of %d, port %d, differs\n", i, n, ntohs(port));
			CHECK(!"the same frames");
			return;
		}
		j++;
	}
}

/* Sends what is in @sent. Returns how many runs the second card segmented. */
static long pass(int n)
{
	long before = segmented();
	int i, came;

	empty = 0;
	put(sent, n);
	came = take(n, 3000);
	if (came != n)
		printf("# %d of %d frames came\n", came, n);
	CHECK(came == n && !take(1, 50));
	for (i = 0; i < n; i++)
		if (!i || sent[i].stream.sport != sent[i - 1].stream.sport)
			same_frames(n, sent[i].stream.sport);
	CHECK(empty <= segmented() - before);
	return segmented() - before;
}

/* --- tests ------------------------------------------------------------------------ */

static void fill(int n, size_t last)
{
	int i;

	for (i = 0; i < n; i++)
		sent[i] = segment(1000, i, i == n - 1 ? last : MSS);
}

static void the_card_segments(void)
{
	long one;

	fill(16, 100);
	one = pass(16);
	CHECK(one >= 1 && one < 8);
	fill(16, MSS);
	CHECK(pass(16) >= 1);
	fill(2, 1);
	CHECK(pass(2) == 1);
	CHECK(netns_card("om", "eth2", "tx0_tso_soft") == 0);
}

/* More pages than one buffer has become a list, which the card does not take. */
static void long_runs(void)
{
	fill(60, 700);
	pass(60);
}

static void push_ends_a_run(void)
{
	int i;

	fill(12, MSS);
	for (i = 2; i < 12; i += 3) {
		sent[i].stream.flags |= WEFT_STREAM_PSH;
		finish(&sent[i], MSS);
	}
	CHECK(pass(12) >= 4);
}

/* Each differs from the one before in one thing. */
static void what_is_not_merged(void)
{
	int i;

	fill(14, MSS);
	for (i = 0; i < 14; i++) {
		struct frame *f = &sent[i];

		if (i >= 1)
			f->net.flags |= 1;
		if (i >= 2)
			f->net.hop_limit--;
		if (i >= 3)
			f->net.vc ^= 1;
		if (i >= 4)
			f->stream.ack = htonl(78);
		if (i >= 5)
			f->stream.window = htonl(5);
		if (i >= 6)
			f->stream.stamp = htonl(6);
		if (i >= 7)
			f->stream.echo = htonl(7);
		if (i >= 8)
			f->net.id = htons(i);
		if (i >= 9)
			f->stream.seq = htonl(i);
		if (i >= 10)
			f->stream.flags |= WEFT_STREAM_ECE;
		if (i >= 11)
			f->stream.flags |= WEFT_STREAM_CWR;
		if (i >= 12)
			f->stream.reserved = htons(3);
		if (i == 13)
			f->stream.flags |= WEFT_STREAM_FIN;
		finish(f, MSS);
	}
	CHECK(pass(14) == 0);
}

/* Options, and what is wrong. */
static void what_is_left_alone(void)
{
	fill(8, MSS);
	sent[1].stream.len += 4;
	finish(&sent[1], MSS);
	sent[3].stream.check ^= htons(1);
	sent[5].stream.len = 31;
	finish(&sent[5], MSS);
	CHECK(pass(8) == 1);
}

static void connections_side_by_side(void)
{
	int i;

	for (i = 0; i < 32; i++)
		sent[i] = segment(1000 + i % 3, i / 3, MSS);
	CHECK(pass(32) >= 3);
}

static void small_segments(void)
{
	int i;

	for (i = 0; i < 16; i++) {
		sent[i] = segment(1000, i, 64);
		sent[i].stream.seq = htonl(i * 64);
		finish(&sent[i], 64);
	}
	CHECK(pass(16) >= 1);
}

/* What the card cannot, or may not, the core does. */
static void in_software(void)
{
	CHECK(!netns_run("ip netns exec om ethtool -K eth2 tso off"));
	fill(16, 100);
	CHECK(pass(16) == 0);
	CHECK(!netns_run("ip netns exec om ethtool -K eth2 tx off sg off >/dev/null"));
	CHECK(pass(16) == 0);
	CHECK(!netns_run("ip netns exec om ethtool -K eth2 tx on sg on >/dev/null"));
	CHECK(!netns_run("ip netns exec om ethtool -K eth2 tso on >/dev/null"));
	CHECK(!netns_run("ip netns exec om ethtool -K eth2 tx-sctp-segmentation off"));
	CHECK(pass(16) == 0);
	CHECK(!netns_run("ip netns exec om ethtool -K eth2 tx-sctp-segmentation on"));
	CHECK(pass(16) >= 1);
}

/* The tag is put in by the card, or by the core in front of the headers. */
static void with_a_tag(void)
{
	CHECK(!netns_run("set -e;"
			 "ip -n om link add m2 link eth2 type vlan id 6;"
			 "ip -n om link set m2 up;"
			 "ip -n ob link add b0 link eth3 type vlan id 6;"
			 "ip -n ob link set b0 up;"
			 "weft -n om addr add 0:7:3:9/48 dev m2 nodad;"
			 "weft -n om neigh add 0:7:3:2 lladdr 52:54:00:57:01:03 dev m2"));
	network = 3;
	fill(16, 100);
	CHECK(pass(16) >= 1);
	CHECK(!netns_run("ip netns exec om ethtool -K eth2 txvlan off"));
	CHECK(pass(16) >= 1);
	CHECK(!netns_run("ip netns exec om ethtool -K eth2 txvlan on"));
	network = 2;
}

int main(void)
{
	if (set_up())
		return 1;
	tx = open_in("oa", "eth0", 0);
	rx = open_in("ob", "eth3", WEFT_ETHERTYPE_DEFAULT);
	wait_for_the_way();
	TAP_RUN(the_card_segments);
	TAP_RUN(long_runs);
	TAP_RUN(push_ends_a_run);
	TAP_RUN(what_is_not_merged);
	TAP_RUN(what_is_left_alone);
	TAP_RUN(connections_side_by_side);
	TAP_RUN(small_segments);
	TAP_RUN(in_software);
	TAP_RUN(with_a_tag);
	CHECK(!netns_run("for n in oa om ob; do ip netns del $n; done"));
	return tap_done();
}
