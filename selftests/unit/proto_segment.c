// SPDX-License-Identifier: GPL-2.0
/* proto/segment.c: what may follow, and that a run comes apart into what made it. */
#include <string.h>
#include <arpa/inet.h>
#include "segment.h"
#include "tap.h"

#define SIZE	100

/* Segment @n of 100 bytes each, with @len bytes of payload. */
static struct weft_stream_hdrs segment(unsigned int n, unsigned int len)
{
	struct weft_stream_hdrs h = {
		.net = { .vc = 0x13, .flags = 1, .len = htons(56 + len),
			 .id = htons(0xfffe + n), .hop_limit = 9,
			 .next = WEFT_PROTO_STREAM,
			 .src = { { { 0, 7, 0, 1, 0, 0, 0, 1 } } },
			 .dst = { { { 0, 7, 0, 2, 0, 0, 0, 2 } } } },
		.stream = { .sport = htons(1), .dport = htons(2),
			    .seq = htonl(0xffffff80 + n * SIZE), .ack = htonl(77),
			    .len = 32, .flags = WEFT_STREAM_ACK, .check = 5,
			    .window = htonl(100000), .stamp = htonl(123456),
			    .echo = htonl(654321), .reserved = htons(3) },
	};

	return h;
}

/* After @bytes in pieces of 100, does this one with @len follow? */
static enum weft_train_fit after(unsigned int bytes, struct weft_stream_hdrs next,
				 unsigned int len)
{
	struct weft_stream_hdrs first = segment(0, SIZE);

	return weft_run_fit(&first, SIZE, bytes, &next, len);
}

static void what_follows(void)
{
	struct weft_stream_hdrs push = segment(2, SIZE);

	push.stream.flags |= WEFT_STREAM_PSH;
	CHECK(after(100, segment(1, SIZE), SIZE) == WEFT_TRAIN_JOINS);
	CHECK(after(200, segment(2, SIZE), SIZE) == WEFT_TRAIN_JOINS);
	CHECK(after(200, segment(2, 99), 99) == WEFT_TRAIN_LAST);
	CHECK(after(200, segment(2, 1), 1) == WEFT_TRAIN_LAST);
	CHECK(after(200, push, SIZE) == WEFT_TRAIN_LAST);
	CHECK(after(200, segment(2, 0), 0) == WEFT_TRAIN_CLOSED);
	CHECK(after(200, segment(2, 101), 101) == WEFT_TRAIN_CLOSED);
	CHECK(after(200, segment(3, SIZE), SIZE) == WEFT_TRAIN_CLOSED);
	CHECK(after(200, segment(1, SIZE), SIZE) == WEFT_TRAIN_CLOSED);
	CHECK(after(299, segment(3, SIZE), SIZE) == WEFT_TRAIN_CLOSED);
}

static void what_is_ended(void)
{
	struct weft_stream_hdrs first = segment(0, SIZE), next = segment(1, SIZE);

	first.stream.flags |= WEFT_STREAM_PSH;
	CHECK(weft_run_fit(&first, SIZE, SIZE, &next, SIZE) == WEFT_TRAIN_CLOSED);
}

static void not_too_long(void)
{
	struct weft_stream_hdrs first = segment(0, 1300), next = segment(0, 1300);

	next.net.id = segment(49, 0).net.id;
	next.stream.seq = htonl(0xffffff80 + 49 * 1300);
	CHECK(weft_run_fit(&first, 1300, 49 * 1300, &next, 1300) == WEFT_TRAIN_JOINS);
	next.net.id = segment(50, 0).net.id;
	next.stream.seq = htonl(0xffffff80 + 50 * 1300);
	CHECK(weft_run_fit(&first, 1300, 50 * 1300, &next, 1) == WEFT_TRAIN_CLOSED);
}

/* Without options no segment is so small but the last. */
static void not_too_small(void)
{
	struct weft_stream_hdrs first = segment(0, 64), next = segment(1, 64);

	next.stream.seq = htonl(0xffffff80 + 64);
	CHECK(weft_run_fit(&first, 64, 64, &next, 64) == WEFT_TRAIN_JOINS);
	next.stream.seq = htonl(0xffffff80 + 63);
	CHECK(weft_run_fit(&first, 63, 63, &next, 63) == WEFT_TRAIN_CLOSED);
}

static void everything_else_is_equal(void)
{
#define DIFFERS(change) do { \
		struct weft_stream_hdrs next = segment(1, SIZE); \
		change; \
		CHECK(after(SIZE, next, SIZE) == WEFT_TRAIN_CLOSED); \
	} while (0)
	DIFFERS(next.net.id = htons(0xfffe));
	DIFFERS(next.net.vc++);
	DIFFERS(next.net.flags ^= 2);
	DIFFERS(next.net.flags ^= WEFT_FLAG_FRAGOK);
	DIFFERS(next.net.hop_limit--);
	DIFFERS(next.stream.seq ^= htonl(1));
	DIFFERS(next.stream.ack ^= htonl(1));
	DIFFERS(next.stream.window ^= htonl(1));
	DIFFERS(next.stream.stamp ^= htonl(1));
	DIFFERS(next.stream.echo ^= htonl(1));
	DIFFERS(next.stream.reserved ^= htons(1));
#undef DIFFERS
}

static void which_are_plain(void)
{
	struct weft_stream_hdr hdr = segment(0, SIZE).stream, h;
	unsigned int flag;

	CHECK(weft_run_plain(&hdr, 33));
	CHECK(!weft_run_plain(&hdr, 32));
	CHECK(!weft_run_plain(&hdr, 31));
	for (flag = 1; flag < 0x100; flag <<= 1) {
		h = hdr;
		h.flags ^= flag;
		CHECK(weft_run_plain(&h, 33) == (flag == WEFT_STREAM_PSH));
	}
	h = hdr;
	h.len = 36;
	CHECK(!weft_run_plain(&h, 100));
	h = hdr;
	h.sport = 0;
	CHECK(!weft_run_plain(&h, 100));
	h = hdr;
	h.dport = 0;
	CHECK(!weft_run_plain(&h, 100));
	h = hdr;
	h.stream = htons(1);
	CHECK(!weft_run_plain(&h, 100));
}

static bool sound(unsigned int header, unsigned int flags, unsigned int payload,
		  unsigned int size, unsigned int segments)
{
	struct weft_stream_hdr hdr = segment(0, 0).stream;

	hdr.len = header;
	hdr.flags = flags;
	return weft_run_sound(&hdr, header + payload, size, segments);
}

static void which_are_sound(void)
{
	const unsigned int ack = WEFT_STREAM_ACK;

	CHECK(sound(32, ack, 1000, 100, 10));
	CHECK(sound(32, ack, 901, 100, 10));
	CHECK(sound(252, ack, 1000, 100, 10));
	CHECK(sound(32, ack | WEFT_STREAM_FIN | WEFT_STREAM_PSH, 1000, 100, 10));
	CHECK(sound(32, ack | WEFT_STREAM_CWR | WEFT_STREAM_ECE, 1000, 100, 10));
	CHECK(!sound(32, ack, 900, 100, 10));
	CHECK(!sound(32, ack, 1001, 100, 10));
	CHECK(!sound(32, ack, 1000, 100, 0));
	CHECK(!sound(32, ack, 100, 100, 1));
	CHECK(!sound(32, ack, 99, 100, 1));
	CHECK(!sound(32, ack, 0, 100, 1));
	CHECK(!sound(28, ack, 1000, 100, 10));
	CHECK(!sound(33, ack, 1000, 100, 10));
	CHECK(!sound(32, 0, 1000, 100, 10));
	CHECK(!sound(32, ack | WEFT_STREAM_SYN, 1000, 100, 10));
	CHECK(!sound(32, ack | WEFT_STREAM_RST, 1000, 100, 10));
}

/* The smallest MSS counts options. */
static void which_are_too_small(void)
{
	CHECK(sound(32, WEFT_STREAM_ACK, 640, 64, 10));
	CHECK(!sound(32, WEFT_STREAM_ACK, 630, 63, 10));
	CHECK(sound(68, WEFT_STREAM_ACK, 280, 28, 10));
	CHECK(!sound(68, WEFT_STREAM_ACK, 270, 27, 10));
	CHECK(!sound(252, WEFT_STREAM_ACK, 10, 0, 10));
}

static void apart_again(void)
{
	const u8 first = WEFT_STREAM_CWR, last = WEFT_STREAM_FIN | WEFT_STREAM_PSH;
	struct weft_stream_hdrs run = segment(0, 600), one, want;
	unsigned int n;

	run.stream.flags |= first | last | WEFT_STREAM_ECE;
	for (n = 0; n < 6; n++) {
		one = run;
		weft_run_segment(&one, n, SIZE, 32 + SIZE, n == 5);
		want = segment(n, SIZE);
		want.stream.flags |= WEFT_STREAM_ECE | (n ? 0 : first) |
				     (n == 5 ? last : 0);
		CHECK(!memcmp(&one, &want, sizeof(one)));
	}
	one = run;
	weft_run_segment(&one, 5, SIZE, 36 + 7, true);
	CHECK(ntohs(one.net.len) == 24 + 36 + 7);
}

int main(void)
{
	TAP_RUN(what_follows);
	TAP_RUN(what_is_ended);
	TAP_RUN(not_too_long);
	TAP_RUN(not_too_small);
	TAP_RUN(everything_else_is_equal);
	TAP_RUN(which_are_plain);
	TAP_RUN(which_are_sound);
	TAP_RUN(which_are_too_small);
	TAP_RUN(apart_again);
	return tap_done();
}
