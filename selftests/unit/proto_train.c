// SPDX-License-Identifier: GPL-2.0
/* proto/train.c: what may follow, and that a train comes apart into what made it. */
#include <string.h>
#include <stdlib.h>
#include <arpa/inet.h>
#include "train.h"
#include "tap.h"

static struct weft_dgram_hdrs hdrs(unsigned int id, unsigned int len)
{
	struct weft_dgram_hdrs h = {
		.net = { .vc = 0x13, .flags = 1, .id = htons(id), .hop_limit = 9,
			 .next = WEFT_PROTO_DGRAM,
			 .src = { { { 0, 7, 0, 1, 0, 0, 0, 1 } } },
			 .dst = { { { 0, 7, 0, 2, 0, 0, 0, 2 } } } },
		.dgram = { .sport = htons(1), .dport = htons(2), .check = 5 },
	};

	weft_train_lengths(&h, len);
	return h;
}

static void how_many(void)
{
	CHECK(weft_train_count(0, 10) == 1);
	CHECK(weft_train_count(1, 10) == 1);
	CHECK(weft_train_count(10, 10) == 1);
	CHECK(weft_train_count(11, 10) == 2);
	CHECK(weft_train_count(65503, 1) == 65503);
}

static void the_same_ends(void)
{
	struct weft_dgram_hdrs a = hdrs(1, 5), b = hdrs(7, 9), c = b;

	CHECK(weft_train_same_flow(&a, &b));
	c.net.src.a8[7]++;
	CHECK(!weft_train_same_flow(&a, &c));
	c = b;
	c.net.dst.a8[0]++;
	CHECK(!weft_train_same_flow(&a, &c));
	c = b;
	c.dgram.sport++;
	CHECK(!weft_train_same_flow(&a, &c));
	c = b;
	c.dgram.dport++;
	CHECK(!weft_train_same_flow(&a, &c));
	c = b;
	c.net.next = WEFT_PROTO_STREAM;
	CHECK(!weft_train_same_flow(&a, &c));
}

/* After @bytes in pieces of 100, does one of @len with this header follow? */
static enum weft_train_fit after(unsigned int bytes, struct weft_dgram_hdrs next,
				 unsigned int len)
{
	struct weft_dgram_hdrs first = hdrs(0xfffe, 100);

	return weft_train_fit(&first, 100, bytes, &next, len);
}

static void lengths(void)
{
	CHECK(after(100, hdrs(0xffff, 100), 100) == WEFT_TRAIN_JOINS);
	CHECK(after(200, hdrs(0, 100), 100) == WEFT_TRAIN_JOINS);
	CHECK(after(200, hdrs(0, 99), 99) == WEFT_TRAIN_LAST);
	CHECK(after(200, hdrs(0, 1), 1) == WEFT_TRAIN_LAST);
	CHECK(after(200, hdrs(0, 0), 0) == WEFT_TRAIN_CLOSED);
	CHECK(after(200, hdrs(0, 101), 101) == WEFT_TRAIN_CLOSED);
	CHECK(after(299, hdrs(1, 100), 100) == WEFT_TRAIN_CLOSED);
}

static void not_too_many(void)
{
	struct weft_dgram_hdrs first = hdrs(0, 10000);

	CHECK(after(12600, hdrs(0xfffe + 126, 100), 100) == WEFT_TRAIN_JOINS);
	CHECK(after(12700, hdrs(0xfffe + 127, 100), 100) == WEFT_TRAIN_LAST);
	CHECK(after(12800, hdrs(0xfffe + 128, 100), 100) == WEFT_TRAIN_CLOSED);

	struct weft_dgram_hdrs last = hdrs(6, 5503);

	CHECK(weft_train_fit(&first, 10000, 60000, &last, 5503) == WEFT_TRAIN_LAST);
	CHECK(weft_train_fit(&first, 10000, 60000, &last, 5504) == WEFT_TRAIN_CLOSED);
}

static void everything_else_is_equal(void)
{
	struct weft_dgram_hdrs next = hdrs(0xffff, 100);

	next.net.id = htons(0);
	CHECK(after(100, next, 100) == WEFT_TRAIN_CLOSED);
	next = hdrs(0xffff, 100);
	next.net.vc++;
	CHECK(after(100, next, 100) == WEFT_TRAIN_CLOSED);
	next = hdrs(0xffff, 100);
	next.net.flags ^= WEFT_FLAG_FRAGOK;
	CHECK(after(100, next, 100) == WEFT_TRAIN_CLOSED);
	next = hdrs(0xffff, 100);
	next.net.hop_limit--;
	CHECK(after(100, next, 100) == WEFT_TRAIN_CLOSED);
}

static void apart_again(void)
{
	struct weft_dgram_hdrs train = hdrs(0xfff0, 300), one, want;
	unsigned int n;

	for (n = 0; n < 128; n++) {
		one = train;
		weft_train_segment(&one, n, 77);
		want = hdrs(0xfff0 + n, 77);
		CHECK(!memcmp(&one, &want, sizeof(one)));
	}
	weft_train_lengths(&train, 65503);
	CHECK(ntohs(train.net.len) == 65535 && ntohs(train.dgram.len) == 65511);
}

int main(void)
{
	TAP_RUN(how_many);
	TAP_RUN(the_same_ends);
	TAP_RUN(lengths);
	TAP_RUN(not_too_many);
	TAP_RUN(everything_else_is_equal);
	TAP_RUN(apart_again);
	return tap_done();
}
