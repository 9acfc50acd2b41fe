// SPDX-License-Identifier: GPL-2.0
/*
 * Frames of our EtherType that no honest node sends, put on one end of a veth
 * pair by a packet socket. Each must be counted under its reason, none may be
 * lost to counting, and an honest packet must still pass afterwards.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/weft.h>
#include <sys/random.h>
#include <time.h>
#include "wire.h"

#define RANDOM_FRAMES	20000

static const struct weft_addr our_addr = WIRE_LINK(1);
static const struct weft_addr their_addr = WIRE_LINK(2);

/* The Internet checksum of a packet's transport with its pseudo-header. */
static __sum16 checksum(const struct wire_frame *f, size_t len)
{
	unsigned long sum = len + f->hdr.next, i;
	const unsigned char *addr = (const unsigned char *)&f->hdr.src;

	for (i = 0; i < 16; i += 2)
		sum += addr[i] << 8 | addr[i + 1];
	for (i = 0; i < len; i += 2)
		sum += f->body[i] << 8 | (i + 1 < len ? f->body[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((unsigned short)~sum ? ~sum : 0xffff);
}

/* An honest packet from them to us with @len bytes of transport, all zero. */
static struct wire_frame honest(unsigned char next, size_t len)
{
	struct wire_frame f = {
		.eth = { .h_dest = WIRE_MAC(1), .h_source = WIRE_MAC(2),
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.hdr = { .vc = WEFT_VERSION << 4,
			 .len = htons(sizeof(f.hdr) + len),
			 .hop_limit = 64, .next = next,
			 .src = their_addr, .dst = our_addr },
		.len = sizeof(f.eth) + sizeof(f.hdr) + len,
	};

	return f;
}

static void sum_up(struct wire_frame *f, size_t len)
{
	/* Both headers have their checksum in reach of their shape. */
	size_t at = f->hdr.next == WEFT_PROTO_DGRAM ? 6 : 2;
	__sum16 sum;

	memset(f->body + at, 0, 2);
	sum = checksum(f, len);
	memcpy(f->body + at, &sum, 2);
}

static struct wire_frame control(unsigned char type, unsigned char code, size_t len)
{
	struct wire_frame f = honest(WEFT_PROTO_CONTROL, len);

	f.body[0] = type;
	f.body[1] = code;
	sum_up(&f, len);
	return f;
}

static struct wire_frame datagram(int sport, int dport, size_t len)
{
	struct wire_frame f = honest(WEFT_PROTO_DGRAM, len);
	struct weft_dgram_hdr h = { htons(sport), htons(dport), htons(len), 0 };

	memcpy(f.body, &h, sizeof(h));
	sum_up(&f, len);
	return f;
}

/* Waits until as many packets have been received as were counted and sent. */
static int received(long want)
{
	struct timespec tick = { .tv_nsec = 1000000 };
	int i;

	for (i = 0; i < 5000; i++) {
		if (netns_counter("InReceives") >= want)
			return 1;
		nanosleep(&tick, NULL);
	}
	return 0;
}

/* Sends one frame: this counter goes up by one, and no other drop does. */
static void dies_of(const char *counter, const struct wire_frame *f)
{
	long before = netns_counter(counter), all = netns_counter("Drop*");
	long in = netns_counter("InReceives");

	wire_put(f);
	CHECK(received(in + 1));
	if (netns_counter(counter) != before + 1)
		printf("# %s was %ld and is %ld\n", counter, before,
		       netns_counter(counter));
	CHECK(netns_counter(counter) == before + 1);
	CHECK(netns_counter("Drop*") == all + 1);
}

static void short_and_long_frames(void)
{
	struct wire_frame f = honest(WEFT_PROTO_NONE, 8);
	size_t n;

	for (n = 0; n < sizeof(f.hdr); n++) {
		f.len = sizeof(f.eth) + n;
		dies_of("DropHeaderShort", &f);
	}
	f = honest(WEFT_PROTO_NONE, 8);
	f.len--;
	dies_of("DropLength", &f);
	f = honest(WEFT_PROTO_NONE, 8);
	f.hdr.len = htons(sizeof(f.hdr) - 1);
	dies_of("DropLength", &f);
	f.hdr.len = 0;
	dies_of("DropLength", &f);
	f.hdr.len = 0xffff;
	dies_of("DropLength", &f);
}

static void other_versions(void)
{
	struct wire_frame f = honest(WEFT_PROTO_NONE, 8);
	int v;

	for (v = 0; v < 16; v++) {
		f.hdr.vc = v << 4;
		if (v != WEFT_VERSION)
			dies_of("DropVersion", &f);
	}
}

static void addresses_that_a_packet_must_not_have(void)
{
	struct wire_frame f = honest(WEFT_PROTO_NONE, 8);

	f.hdr.src = (struct weft_addr)WEFT_ADDR_ANY_INIT;
	dies_of("DropAddress", &f);
	f.hdr.src = (struct weft_addr)WEFT_ADDR_ALLNODES_INIT;
	dies_of("DropAddress", &f);
	f = honest(WEFT_PROTO_NONE, 8);
	f.hdr.dst = (struct weft_addr)WEFT_ADDR_ANY_INIT;
	dies_of("DropAddress", &f);
	f.hdr.dst = (struct weft_addr)WEFT_ADDR_LOOPBACK_INIT;
	dies_of("DropMartian", &f);
	f = honest(WEFT_PROTO_NONE, 8);
	f.hdr.src = (struct weft_addr)WEFT_ADDR_LOOPBACK_INIT;
	dies_of("DropMartian", &f);
	f = honest(WEFT_PROTO_NONE, 8);
	f.hdr.dst.a8[7] = 9;
	dies_of("DropNotLocal", &f);
	f.hdr.dst = (struct weft_addr){ { { 0xff, 0x02, 0, 0, 0, 0, 0, 9 } } };
	dies_of("DropNotLocal", &f);
	f.hdr.dst = (struct weft_addr){ { { 0xff, 0x01, 0, 0, 0, 0, 0, 1 } } };
	dies_of("DropMartian", &f);
}

static void frames_for_another_host(void)
{
	struct wire_frame f = honest(WEFT_PROTO_NONE, 8);

	f.eth.h_dest[5] = 0x77;
	dies_of("DropOtherHost", &f);
}

static void unknown_protocol_is_answered(void)
{
	struct wire_frame f = honest(200, 8);
	long before = netns_counter("OutUnreachs");

	dies_of("DropNoProtocol", &f);
	CHECK(netns_counter("OutUnreachs") == before + 1);
}

static void broken_datagrams(void)
{
	struct wire_frame f = datagram(7, 9, 8);
	size_t n;

	for (n = 0; n < 8; n++) {
		f = honest(WEFT_PROTO_DGRAM, n);
		dies_of("DropDgramShort", &f);
	}
	f = datagram(7, 9, 20);
	f.body[5]--;
	dies_of("DropDgramShort", &f);
	f = datagram(0, 9, 8);
	dies_of("DropDgramPort", &f);
	f = datagram(7, 0, 8);
	dies_of("DropDgramPort", &f);
	f = datagram(7, 9, 21);
	f.body[20] ^= 1;
	dies_of("DropChecksum", &f);
	f.body[6] = 0;
	f.body[7] = 0;
	dies_of("DropChecksum", &f);
	f = datagram(7, 9, 21);
	dies_of("DropNoSocket", &f);
}

static void broken_control_messages(void)
{
	struct wire_frame f;
	size_t n;

	for (n = 0; n < 8; n++) {
		f = honest(WEFT_PROTO_CONTROL, n);
		dies_of("DropControlShort", &f);
	}
	f = control(WEFT_CTL_ECHO_REQUEST, 0, 30);
	f.body[29] ^= 0x80;
	dies_of("DropChecksum", &f);
	f = control(99, 0, 8);
	dies_of("DropControlType", &f);
	f = control(WEFT_CTL_ECHO_REPLY, 0, 8);
	dies_of("DropNoSocket", &f);
	f = control(WEFT_CTL_UNREACH, WEFT_UNREACH_PORT, 8);
	dies_of("DropControlQuote", &f);
}

/* An error about @quoted, the first @len bytes of it. */
static struct wire_frame error_about(const struct weft_hdr *quoted, size_t len,
				     unsigned char code)
{
	struct wire_frame f = honest(WEFT_PROTO_CONTROL, 8 + len);

	f.body[0] = WEFT_CTL_UNREACH;
	f.body[1] = code;
	memcpy(f.body + 8, quoted, len);
	sum_up(&f, 8 + len);
	return f;
}

static void errors_about_no_packet_of_ours(void)
{
	struct {
		struct weft_hdr hdr;
		struct weft_dgram_hdr dgram;
	} quote = {
		.hdr = { .vc = WEFT_VERSION << 4, .len = htons(100),
			 .next = WEFT_PROTO_DGRAM, .src = our_addr,
			 .dst = their_addr },
		.dgram = { htons(5), htons(6), htons(76), 0 },
	};
	struct wire_frame f;
	size_t n;

	for (n = 0; n <= sizeof(quote); n++) {
		f = error_about(&quote.hdr, n, WEFT_UNREACH_PORT);
		dies_of("DropControlQuote", &f);
	}
	quote.hdr.next = WEFT_PROTO_NONE;
	f = error_about(&quote.hdr, sizeof(quote), WEFT_UNREACH_PORT);
	dies_of("DropControlQuote", &f);
	quote.hdr.vc = 0xff;
	f = error_about(&quote.hdr, sizeof(quote), WEFT_UNREACH_PORT);
	dies_of("DropControlQuote", &f);
}

static void errors_are_not_answered(void)
{
	struct wire_frame f = control(WEFT_CTL_UNREACH, 77, 8);
	long before = netns_counter("OutUnreachs");

	dies_of("DropControlQuote", &f);
	/* Nor are packets to a group, or to a group's MAC. */
	f = datagram(7, 9, 8);
	f.hdr.dst = (struct weft_addr)WEFT_ADDR_ALLNODES_INIT;
	sum_up(&f, 8);
	dies_of("DropNoSocket", &f);
	f = datagram(7, 9, 8);
	memset(f.eth.h_dest, 0xff, sizeof(f.eth.h_dest));
	dies_of("DropNoSocket", &f);
	CHECK(netns_counter("OutUnreachs") == before);
}

static void errors_are_limited(void)
{
	long sent = netns_counter("OutUnreachs"), in = netns_counter("InReceives");
	long limited = netns_counter("OutErrorsLimited");
	struct wire_frame f = datagram(7, 9, 8);
	int i;

	for (i = 0; i < 3000; i++)
		wire_put(&f);
	CHECK(received(in + 3000));
	CHECK(netns_counter("OutErrorsLimited") > limited);
	CHECK(netns_counter("OutUnreachs") + netns_counter("OutErrorsLimited") ==
	      sent + limited + 3000);
}

/*
 * Whatever comes, received = delivered + dropped; fragments are no packets, but what
 * was made of them is.
 */
static void check_balance(void)
{
	long in = netns_counter("InReceives") - netns_counter("ReasmReqds") +
		  netns_counter("ReasmOKs");

	CHECK(in == netns_counter("InDelivers") + netns_counter("Drop*") -
		    netns_counter("DropFrag*"));
}

static void random_frames(void)
{
	long in = netns_counter("InReceives");
	struct wire_frame f = honest(WEFT_PROTO_NONE, 8);
	int i;

	for (i = 0; i < RANDOM_FRAMES; i++) {
		unsigned char dice[4];

		CHECK(getrandom(dice, sizeof(dice), 0) == sizeof(dice));
		/* From pure noise to nearly right. */
		f = honest(dice[0] & 1 ? WEFT_PROTO_DGRAM : WEFT_PROTO_CONTROL,
			   dice[1]);
		if (getrandom(f.body, sizeof(f.body), 0) < 0)
			break;
		if (dice[0] & 2)
			f.body[0] = dice[0] & 4 ? WEFT_CTL_UNREACH :
						  WEFT_CTL_ECHO_REQUEST;
		if (dice[0] & 8)
			sum_up(&f, dice[1]);
		if (dice[0] & 16)
			((unsigned char *)&f.hdr)[dice[2] % sizeof(f.hdr)] ^= dice[3];
		wire_put(&f);
	}
	CHECK(received(in + RANDOM_FRAMES));
	check_balance();
}

static void honest_packet_still_passes(void)
{
	long before = netns_counter("OutEchoReplies");
	struct wire_frame f = control(WEFT_CTL_ECHO_REQUEST, 0, 64);
	long in = netns_counter("InReceives");

	/* Padding after the total length is not part of the packet. */
	memset(f.body + 64, 0xa5, 32);
	f.len += 32;
	wire_put(&f);
	CHECK(received(in + 1));
	CHECK(netns_counter("OutEchoReplies") == before + 1);
}

static int run(void)
{
	TAP_RUN(short_and_long_frames);
	TAP_RUN(other_versions);
	TAP_RUN(addresses_that_a_packet_must_not_have);
	TAP_RUN(frames_for_another_host);
	TAP_RUN(unknown_protocol_is_answered);
	TAP_RUN(broken_datagrams);
	TAP_RUN(broken_control_messages);
	TAP_RUN(errors_about_no_packet_of_ours);
	TAP_RUN(errors_are_not_answered);
	TAP_RUN(errors_are_limited);
	TAP_RUN(random_frames);
	TAP_RUN(honest_packet_still_passes);
	return tap_done();
}

int main(void)
{
	return wire_main(run);
}
