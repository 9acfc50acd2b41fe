// SPDX-License-Identifier: GPL-2.0
/* proto/seq.h: at both ends of the circle, and half of it away. */
#include "seq.h"
#include "tap.h"

static const u32 places[] = {
	0, 1, 1000, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff,
};

#define PLACES	(sizeof(places) / sizeof(places[0]))

static void order(void)
{
	static const u32 steps[] = { 1, 2, 1500, 0x10000, 0x7ffffffe, 0x7fffffff };
	size_t i, k;

	for (i = 0; i < PLACES; i++) {
		u32 a = places[i];

		CHECK(!weft_seq_before(a, a) && !weft_seq_after(a, a));
		CHECK(weft_seq_max(a, a) == a && weft_seq_min(a, a) == a);
		for (k = 0; k < sizeof(steps) / sizeof(steps[0]); k++) {
			u32 b = a + steps[k];

			CHECK(weft_seq_before(a, b) && !weft_seq_before(b, a));
			CHECK(weft_seq_after(b, a) && !weft_seq_after(a, b));
			CHECK(weft_seq_max(a, b) == b && weft_seq_max(b, a) == b);
			CHECK(weft_seq_min(a, b) == a && weft_seq_min(b, a) == a);
		}
	}
}

/* Half of the circle away is before from both sides, and one more is behind. */
static void half(void)
{
	size_t i;

	for (i = 0; i < PLACES; i++) {
		u32 a = places[i], b = a + 0x80000000;

		CHECK(weft_seq_before(a, b) && weft_seq_before(b, a));
		CHECK(weft_seq_after(a, b + 1) && !weft_seq_before(a, b + 1));
	}
}

static void between(void)
{
	static const u32 lengths[] = { 0, 1, 2, 100, 0x7fffffff, 0x80000000, 0xfffffffe };
	size_t i, k;

	for (i = 0; i < PLACES; i++)
		for (k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++) {
			u32 first = places[i], last = first + lengths[k];

			CHECK(weft_seq_between(first, first, last));
			CHECK(weft_seq_between(last, first, last));
			CHECK(weft_seq_between(first + lengths[k] / 2, first, last));
			CHECK(!weft_seq_between(first - 1, first, last));
			CHECK(!weft_seq_between(last + 1, first, last));
		}
}

int main(void)
{
	TAP_RUN(order);
	TAP_RUN(half);
	TAP_RUN(between);
	return tap_done();
}
