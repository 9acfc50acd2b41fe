// SPDX-License-Identifier: GPL-2.0
/*
 * Fragments made by hand, put on one end of a veth pair by a packet socket: those
 * that make a packet, in any order, and those that must not; and the fragments that
 * come back.
 *
 * lab: --nodes 1 --nic none
 */
#include <linux/weft.h>
#include <stdbool.h>
#include <sys/random.h>
#include <time.h>
#include "wire.h"

#define PORT		7000
#define RANDOM_FRAMES	20000
#define PACKET_MAX	4000

/**
 * struct frame - a fragment on the link
 * @eth: link-layer header
 * @hdr: network header
 * @frag: fragment header
 * @body: its part of the packet
 */
struct frame {
	struct ethhdr eth;
	struct weft_hdr hdr;
	struct weft_frag_hdr frag;
	unsigned char body[1500 - sizeof(struct weft_hdr) -
			   sizeof(struct weft_frag_hdr)];
} __attribute__((packed));

#define HEADERS		(sizeof(struct frame) - sizeof(((struct frame *)0)->body))

static const struct weft_addr our_addr = WIRE_LINK(1);
static const struct weft_addr their_addr = WIRE_LINK(2);
static int sock;
static unsigned int id = 0x12345678;

/* The datagram that the fragments are parts of: its header and its payload. */
static struct {
	struct weft_dgram_hdr hdr;
	unsigned char payload[PACKET_MAX];
} packet;

static size_t packet_len;

/* --- sending ------------------------------------------------------------------ */

/* The Internet checksum of a datagram with its pseudo-header; addresses are ours. */
static unsigned short checksum(const void *data, size_t len)
{
	unsigned long sum = len + WEFT_PROTO_DGRAM;
	const unsigned char *p = data;
	size_t i;

	for (i = 0; i < 8; i += 2)
		sum += (our_addr.a8[i] << 8 | our_addr.a8[i + 1]) +
		       (their_addr.a8[i] << 8 | their_addr.a8[i + 1]);
	for (i = 0; i < len; i += 2)
		sum += p[i] << 8 | (i + 1 < len ? p[i + 1] : 0);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Another packet, of this length, with content and identification of its own. */
static void new_packet(size_t len)
{
	packet_len = len;
	id++;
	if (getrandom(packet.payload, sizeof(packet.payload), 0) < 0)
		perror("# getrandom");
	packet.hdr = (struct weft_dgram_hdr){ htons(1), htons(PORT), htons(len), 0 };
	packet.hdr.check = htons(checksum(&packet, len) ?: 0xffff);
}

/* A fragment from them to us, of @len bytes, all zero. */
static struct frame fragment(size_t offset, bool more, size_t len)
{
	return (struct frame){
		.eth = { .h_dest = WIRE_MAC(1), .h_source = WIRE_MAC(2),
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.hdr = { .vc = WEFT_VERSION << 4,
			 .len = htons(sizeof(struct weft_hdr) +
				      sizeof(struct weft_frag_hdr) + len),
			 .hop_limit = 64, .next = WEFT_PROTO_FRAGMENT,
			 .src = their_addr, .dst = our_addr },
		.frag = { .next = WEFT_PROTO_DGRAM,
			  .offset = htons(offset | more), .id = htonl(id) },
	};
}

static void put(const struct frame *f)
{
	size_t len = sizeof(f->eth) + ntohs(f->hdr.len);

	CHECK(send(wire_fd, f, len, 0) == (ssize_t)len);
}

/* The part of the packet from one byte to another. */
static struct frame part(size_t begin, size_t end)
{
	struct frame f = fragment(begin, end < packet_len, end - begin);

	memcpy(f.body, (unsigned char *)&packet + begin, end - begin);
	return f;
}

static void put_part(size_t begin, size_t end)
{
	struct frame f = part(begin, end);

	put(&f);
}

/* --- what comes of it ----------------------------------------------------------- */

/* Waits until a counter is as high; false after five seconds. */
static bool reaches(const char *counter, long want)
{
	struct timespec tick = { .tv_nsec = 1000000 };
	int i;

	for (i = 0; i < 5000; i++) {
		if (netns_counter(counter) >= want)
			return true;
		nanosleep(&tick, NULL);
	}
	printf("# %s is %ld, not %ld\n", counter, netns_counter(counter), want);
	return false;
}

/* The packet is the next thing that the socket receives. */
static bool delivered(void)
{
	static unsigned char buf[PACKET_MAX + 1];
	struct pollfd pfd = { .fd = sock, .events = POLLIN };
	ssize_t len;

	if (poll(&pfd, 1, 5000) != 1)
		return false;
	len = recv(sock, buf, sizeof(buf), 0);
	return len == (ssize_t)(packet_len - sizeof(packet.hdr)) &&
	       !memcmp(buf, packet.payload, len);
}

static bool nothing_came(void)
{
	char c;

	return recv(sock, &c, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN;
}

/* Sends what @send does, fragments that @counter counts all, and nothing else. */
static void all_die_of(const char *counter, int count, void (*send_them)(void))
{
	long before = netns_counter(counter), all = netns_counter("Drop*");
	long in = netns_counter("ReasmReqds");

	send_them();
	CHECK(reaches("ReasmReqds", in + count));
	CHECK(reaches(counter, before + count));
	CHECK(netns_counter(counter) == before + count);
	CHECK(netns_counter("Drop*") == all + count);
	CHECK(nothing_came());
}

static struct frame hostile;

static void put_hostile(void)
{
	put(&hostile);
}

static void dies_of(const char *counter, const struct frame *f)
{
	hostile = *f;
	all_die_of(counter, 1, put_hostile);
}

/* --- what comes back -------------------------------------------------------------- */

/* The next frame of ours on their side, or false after five seconds. */
static bool answer(struct frame *f)
{
	struct pollfd pfd = { .fd = wire_fd, .events = POLLIN };

	memset(f, 0, sizeof(*f));
	return poll(&pfd, 1, 5000) == 1 &&
	       recv(wire_fd, f, sizeof(*f), 0) > (ssize_t)sizeof(f->eth);
}

static void forget_answers(void)
{
	struct frame f;

	while (recv(wire_fd, &f, sizeof(f), MSG_DONTWAIT) > 0)
		;
}

/* An error comes that quotes the frame @about. */
static bool answered(unsigned char type, unsigned char code, unsigned int rest,
		     const struct frame *about)
{
	struct weft_ctl_hdr ctl;
	struct frame f;

	if (!answer(&f) || f.hdr.next != WEFT_PROTO_CONTROL)
		return false;
	/* It lies where a fragment header would. */
	memcpy(&ctl, &f.frag, sizeof(ctl));
	if (ctl.type != type || ctl.code != code || ctl.rest != htonl(rest))
		printf("# type %u code %u rest %u\n", ctl.type, ctl.code,
		       ntohl(ctl.rest));
	return ctl.type == type && ctl.code == code &&
	       ctl.rest == htonl(rest) && !memcmp(f.body, &about->hdr, 40);
}

static bool no_answer(void)
{
	struct frame f;

	return recv(wire_fd, &f, sizeof(f), MSG_DONTWAIT) == -1;
}

/* --- tests -------------------------------------------------------------------------- */

static void set(const char *sysctl, long value)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/sys/net/weft/%s", sysctl);
	f = fopen(path, "w");
	CHECK(f && fprintf(f, "%ld", value) > 0);
	CHECK(f && !fclose(f));
}

static void in_order(void)
{
	long oks = netns_counter("ReasmOKs");

	new_packet(3000);
	put_part(0, 1000);
	put_part(1000, 2000);
	put_part(2000, 3000);
	CHECK(delivered());
	CHECK(netns_counter("ReasmOKs") == oks + 1);
	new_packet(257);
	put_part(0, 256);
	put_part(256, 257);
	CHECK(delivered());
}

/* Every order of four fragments. */
static void in_every_order(void)
{
	int order[4], i;

	for (i = 0; i < 256; i++) {
		for (int k = 0; k < 4; k++)
			order[k] = i >> 2 * k & 3;
		if ((1 << order[0] | 1 << order[1] | 1 << order[2] |
		     1 << order[3]) != 15)
			continue;
		new_packet(3001);
		for (int k = 0; k < 4; k++)
			put_part(800 * order[k],
				 order[k] < 3 ? 800 * (order[k] + 1) : 3001);
		CHECK(delivered());
	}
}

static void duplicates_are_ignored(void)
{
	long dups = netns_counter("DropFragDuplicate");

	new_packet(3000);
	put_part(1000, 2000);
	put_part(1000, 2000);
	put_part(2000, 3000);
	put_part(2000, 3000);
	put_part(1000, 2000);
	put_part(0, 1000);
	CHECK(delivered());
	CHECK(netns_counter("DropFragDuplicate") == dups + 3);
	CHECK(netns_counter("DropFragOverlap") == 0);
}

/* Several packets at a time, told apart by what identifies them. */
static void packets_do_not_mix(void)
{
	struct frame first, other;

	new_packet(2000);
	first = part(0, 1000);
	other = part(1000, 2000);
	other.frag.id ^= htonl(1);
	put(&first);
	put(&other);
	other = part(1000, 2000);
	other.frag.next = WEFT_PROTO_NONE;
	put(&other);
	other = part(1000, 2000);
	other.hdr.src.a8[7] = 3;
	put(&other);
	put_part(1000, 2000);
	CHECK(delivered());
	CHECK(nothing_came());
}

/* Each way in which @begin to @end meets what is there from 800 to 1600. */
static size_t overlap_begin, overlap_end;

static void put_overlap(void)
{
	new_packet(4000);
	put_part(800, 1600);
	put_part(overlap_begin, overlap_end);
}

static void overlaps(size_t begin, size_t end)
{
	overlap_begin = begin;
	overlap_end = end;
	all_die_of("DropFragOverlap", 2, put_overlap);
}

static void put_overlap_of_a_run(void)
{
	new_packet(4000);
	put_part(0, 800);
	put_part(800, 1600);
	/* All of it is there, but not in one fragment. */
	put_part(400, 1200);
}

static void put_overlap_of_another_end(void)
{
	new_packet(4000);
	put_part(3000, 4000);
	packet_len = 5000;
	put_part(3000, 4000);
}

static void an_overlap_costs_the_packet(void)
{
	long fails = netns_counter("ReasmFails");

	overlaps(400, 1200);
	overlaps(1200, 2000);
	overlaps(0, 808);
	overlaps(1592, 2000);
	overlaps(400, 2000 - 200);
	overlaps(1000, 1400);
	overlaps(800, 1400);
	overlaps(800, 2000);
	overlaps(1200, 1600);
	overlaps(400, 1600);
	all_die_of("DropFragOverlap", 3, put_overlap_of_a_run);
	all_die_of("DropFragOverlap", 2, put_overlap_of_another_end);
	CHECK(netns_counter("ReasmFails") == fails + 12);
}

static void put_longer_end(void)
{
	new_packet(3000);
	put_part(2000, 3000);
	packet_len = 4000;
	put_part(3000, 4000);
}

static void put_shorter_end(void)
{
	new_packet(4000);
	put_part(2000, 3000);
	packet_len = 2000;
	put_part(1000, 2000);
}

static void a_packet_has_one_end(void)
{
	all_die_of("DropFragLength", 2, put_longer_end);
	all_die_of("DropFragLength", 2, put_shorter_end);
}

static void short_fragments(void)
{
	struct frame f;
	size_t n;

	new_packet(3000);
	for (n = 0; n <= sizeof(f.frag); n++) {
		f = fragment(800, true, 0);
		f.hdr.len = htons(sizeof(f.hdr) + n);
		dies_of("DropFragShort", &f);
	}
	f = fragment(0, true, 248);
	dies_of("DropFragTiny", &f);
	f = fragment(800, true, 8);
	dies_of("DropFragTiny", &f);
}

static void atomic_fragments(void)
{
	struct frame f;

	new_packet(1000);
	f = part(0, 1000);
	dies_of("DropFragAtomic", &f);
	f = fragment(0, false, 1);
	dies_of("DropFragAtomic", &f);
}

static void wrong_lengths_are_answered(void)
{
	struct frame f = fragment(0, true, 1001);

	forget_answers();
	dies_of("DropFragLength", &f);
	CHECK(answered(WEFT_CTL_PARAM, 0, 2, &f));
	f = fragment(800, true, 999);
	dies_of("DropFragLength", &f);
	CHECK(answered(WEFT_CTL_PARAM, 0, 2, &f));
	f = fragment(65528, false, 1);
	dies_of("DropFragLength", &f);
	CHECK(answered(WEFT_CTL_PARAM, 0, 26, &f));
	f = fragment(65504, false, 8);
	dies_of("DropFragLength", &f);
	CHECK(answered(WEFT_CTL_PARAM, 0, 26, &f));
	f = fragment(65504, true, 512);
	dies_of("DropFragLength", &f);
	CHECK(answered(WEFT_CTL_PARAM, 0, 26, &f));
	/* No answer to what was sent to all. */
	memset(f.eth.h_dest, 0xff, sizeof(f.eth.h_dest));
	dies_of("DropFragLength", &f);
	CHECK(no_answer());
}

static void a_fragment_in_a_fragment(void)
{
	struct frame f = fragment(0, true, 512);

	f.frag.next = WEFT_PROTO_FRAGMENT;
	dies_of("DropFragNested", &f);
	f.frag.offset = htons(512 | WEFT_FRAG_MORE);
	dies_of("DropFragNested", &f);
}

static void put_bad_checksum(void)
{
	new_packet(2000);
	packet.payload[1500] ^= 1;
	put_part(0, 1000);
	put_part(1000, 2000);
}

static void the_checksum_is_that_of_the_packet(void)
{
	long before = netns_counter("DropChecksum"), all = netns_counter("Drop*");

	put_bad_checksum();
	CHECK(reaches("DropChecksum", before + 1));
	CHECK(netns_counter("Drop*") == all + 1);
	CHECK(nothing_came());
}

/* Two fragments of a packet with these ECN fields. */
static void put_ecn(unsigned char first, unsigned char second)
{
	struct frame f;

	new_packet(2000);
	f = part(0, 1000);
	f.hdr.flags = first;
	put(&f);
	f = part(1000, 2000);
	f.hdr.flags = second;
	put(&f);
}

static void put_ecn_that_some_have(void)
{
	put_ecn(0, 2);
}

static void put_mark_that_some_cannot_have(void)
{
	put_ecn(3, 0);
}

static void congestion_marks(void)
{
	put_ecn(2, 3);
	CHECK(delivered());
	put_ecn(1, 2);
	CHECK(delivered());
	put_ecn(3, 3);
	CHECK(delivered());
	all_die_of("DropFragEcn", 2, put_ecn_that_some_have);
	all_die_of("DropFragEcn", 2, put_mark_that_some_cannot_have);
}

static void put_later_fragment(void)
{
	new_packet(3000);
	put_part(1000, 2000);
}

static void put_first_fragment(void)
{
	new_packet(3000);
	put_part(2000, 3000);
	put_part(0, 1000);
}

/* Ends with the time of one second, for what comes later. */
static void the_sender_is_told_what_was_not_whole_in_time(void)
{
	struct frame f;

	set("frag_time", 1);
	forget_answers();
	all_die_of("DropFragTime", 1, put_later_fragment);
	CHECK(no_answer());
	all_die_of("DropFragTime", 2, put_first_fragment);
	f = part(0, 1000);
	CHECK(answered(WEFT_CTL_TIME, WEFT_TIME_REASSEMBLY, 0, &f));
}

/*
 * First fragments without end: what waits stays below the bound, of which each takes
 * more than its data; and a packet in between becomes whole.
 */
static void a_flood_finds_a_bound(void)
{
	const long bound = 300000, count = 3000;
	long in = netns_counter("ReasmReqds");
	long drops = netns_counter("DropFrag*");
	struct frame f;
	long i;

	set("frag_time", 600);
	set("frag_low_thresh", bound / 2);
	set("frag_high_thresh", bound);
	for (i = 0; i < count; i++) {
		f = fragment(0, true, 1000);
		f.frag.id = htonl(i);
		put(&f);
		if (i % 500 == 250) {
			new_packet(3000);
			put_part(1000, 2000);
			put_part(0, 1000);
			put_part(2000, 3000);
			CHECK(delivered());
		}
	}
	CHECK(reaches("ReasmReqds", in + count + 18));
	CHECK(netns_counter("DropFragMemory") > 0);
	CHECK(netns_counter("DropFrag*") - drops >= count - bound / 1000);
	set("frag_low_thresh", 0);
	set("frag_high_thresh", 0);
	/* What waits gives way now, and then there is no place for another. */
	f = fragment(0, true, 1000);
	put(&f);
	CHECK(reaches("ReasmReqds", in + count + 19));
	dies_of("DropFragMemory", &f);
	set("frag_high_thresh", 4 << 20);
	set("frag_low_thresh", 3 << 20);
	set("frag_time", 1);
}

/* What was no fragment, and what fragments made, was delivered or dropped. */
static bool balanced(void)
{
	return netns_counter("InReceives") - netns_counter("ReasmReqds") +
	       netns_counter("ReasmOKs") ==
	       netns_counter("InDelivers") + netns_counter("Drop*") -
	       netns_counter("DropFrag*");
}

/* What a busy kernel has not delivered yet, it soon has. */
static void check_balance(void)
{
	bool seen = false;
	int i;

	/* Once is enough: what ends by time may do so while the counters are read. */
	for (i = 0; i < 100 && !seen; i++) {
		seen = balanced();
		usleep(20000);
	}
	CHECK(seen);
}

static void random_fragments(void)
{
	static const unsigned char next[] = { WEFT_PROTO_DGRAM, WEFT_PROTO_CONTROL,
					      WEFT_PROTO_NONE, WEFT_PROTO_FRAGMENT };
	long in = netns_counter("ReasmReqds"), oks = netns_counter("ReasmOKs");
	struct {
		unsigned char next, id, flags, bits, offset;
		unsigned short len;
	} dice;
	struct frame f;
	int i;

	for (i = 0; i < RANDOM_FRAMES; i++) {
		CHECK(getrandom(&dice, sizeof(dice), 0) == sizeof(dice));
		f = fragment(dice.offset % 8 * 256, dice.bits & 3,
			     dice.bits & 4 ? 256 : dice.len % 1400);
		f.frag.next = next[dice.next % 4];
		f.frag.id = htonl(dice.id % 16);
		f.hdr.flags = dice.bits & 8 ? dice.flags : 0;
		if (dice.bits & 16)
			f.frag.offset ^= htons(1 << dice.flags % 16);
		put(&f);
	}
	CHECK(reaches("ReasmReqds", in + RANDOM_FRAMES));
	CHECK(netns_counter("ReasmOKs") > oks);
}

/* After two seconds at most nothing waits any more. */
static void all_are_accounted_for(void)
{
	new_packet(2000);
	put_part(0, 1000);
	CHECK(reaches("DropFragTime", netns_counter("DropFragTime") + 1));
	new_packet(2000);
	put_part(0, 1000);
	put_part(1000, 2000);
	CHECK(delivered());
}

/* --- what we send --------------------------------------------------------------------- */

/* Takes the fragments of one packet to @buf; their identification, 0 if wrong. */
static unsigned int collect(unsigned char *buf, size_t len)
{
	size_t pos = 0, part_len, data, first = 0;
	unsigned int got = 0;
	struct frame f;

	while (pos < len) {
		if (!answer(&f))
			return 0;
		/* Errors about what came before. */
		if (f.hdr.next == WEFT_PROTO_CONTROL)
			continue;
		if (f.hdr.next != WEFT_PROTO_FRAGMENT ||
		    f.frag.next != WEFT_PROTO_DGRAM)
			return 0;
		part_len = ntohs(f.hdr.len);
		data = part_len - sizeof(f.hdr) - sizeof(f.frag);
		first = first ?: data;
		got = got ?: ntohl(f.frag.id);
		CHECK(part_len <= 1500 && ntohl(f.frag.id) == got);
		CHECK((ntohs(f.frag.offset) & WEFT_FRAG_OFFSET) == pos);
		CHECK(!!(ntohs(f.frag.offset) & WEFT_FRAG_MORE) == (pos + data < len));
		CHECK(data == first || pos + data == len);
		if (pos + data > len)
			return 0;
		memcpy(buf + pos, f.body, data);
		pos += data;
	}
	return got;
}

static void our_fragments_are_as_they_must_be(void)
{
	static unsigned char out[3992], in[4000];
	struct sockaddr_weft them = {
		.sweft_family = netns_weft_family(), .sweft_port = htons(9),
		.sweft_scope = if_nametoindex("us"), .sweft_addr = their_addr,
	};
	unsigned int ids[3];
	int i;

	forget_answers();
	CHECK(getrandom(out, sizeof(out), 0) == sizeof(out));
	for (i = 0; i < 3; i++) {
		CHECK(sendto(sock, out, sizeof(out), 0, (struct sockaddr *)&them,
			     sizeof(them)) == sizeof(out));
		ids[i] = collect(in, sizeof(in));
		CHECK(ids[i] >= 0x10000);
		CHECK(!memcmp(in + 8, out, sizeof(out)));
		CHECK(checksum(in, sizeof(in)) == 0);
	}
	CHECK(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
}

/* --- set-up --------------------------------------------------------------------------- */

static int open_socket(void)
{
	struct sockaddr_weft any = { .sweft_family = netns_weft_family(),
				     .sweft_port = htons(PORT) };

	sock = socket(any.sweft_family, SOCK_DGRAM, 0);
	return sock < 0 || bind(sock, (struct sockaddr *)&any, sizeof(any));
}

static int run(void)
{
	if (open_socket())
		return 1;
	/* Nothing ends by time before it is to. */
	set("frag_time", 600);
	TAP_RUN(in_order);
	TAP_RUN(in_every_order);
	TAP_RUN(duplicates_are_ignored);
	TAP_RUN(packets_do_not_mix);
	TAP_RUN(an_overlap_costs_the_packet);
	TAP_RUN(a_packet_has_one_end);
	TAP_RUN(short_fragments);
	TAP_RUN(atomic_fragments);
	TAP_RUN(wrong_lengths_are_answered);
	TAP_RUN(a_fragment_in_a_fragment);
	TAP_RUN(the_checksum_is_that_of_the_packet);
	TAP_RUN(congestion_marks);
	TAP_RUN(the_sender_is_told_what_was_not_whole_in_time);
	TAP_RUN(a_flood_finds_a_bound);
	TAP_RUN(random_fragments);
	TAP_RUN(all_are_accounted_for);
	TAP_RUN(check_balance);
	TAP_RUN(our_fragments_are_as_they_must_be);
	return tap_done();
}

int main(void)
{
	return wire_main(run);
}
