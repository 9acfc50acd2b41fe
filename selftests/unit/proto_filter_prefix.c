// SPDX-License-Identifier: GPL-2.0
/* proto/filter/prefix.c: ranges are split into the fewest prefixes. */
#include <stdlib.h>

#include "filter/prefix.h"
#include "tap.h"

static struct weft_prefix prefixes[WEFT_PREFIXES_MAX];

/* The prefixes lie side by side from the first number to the last one. */
static unsigned int covers(u64 first, u64 last)
{
	unsigned int i, n = weft_prefix_split(first, last, prefixes);
	u64 next = first;

	CHECK(n >= 1 && n <= WEFT_PREFIXES_MAX);
	for (i = 0; i < n; i++) {
		CHECK(prefixes[i].value == next);
		CHECK(!(prefixes[i].value & ~prefixes[i].mask));
		CHECK(!(~prefixes[i].mask & (~prefixes[i].mask + 1)));
		next += ~prefixes[i].mask + 1;
	}
	CHECK(next == last + 1);
	return n;
}

static void single_numbers(void)
{
	CHECK(covers(0, 0) == 1);
	CHECK(covers(5, 5) == 1);
	CHECK(covers(~0ULL, ~0ULL) == 1);
	CHECK(prefixes[0].mask == ~0ULL);
}

static void all_numbers(void)
{
	CHECK(covers(0, ~0ULL) == 1);
	CHECK(!prefixes[0].mask);
}

static void prefixes_stay_whole(void)
{
	unsigned int bits;

	for (bits = 0; bits < 64; bits++) {
		CHECK(covers(0, (1ULL << bits) - 1) == 1);
		CHECK(covers(~0ULL << bits, ~0ULL) == 1);
	}
	CHECK(covers(0x00070000ULL << 32, 0x0007ffffffffffffULL) == 1);
}

static void the_worst_range(void)
{
	CHECK(covers(1, ~0ULL - 1) == WEFT_PREFIXES_MAX);
	CHECK(covers(1, 65534) == 30);
	CHECK(covers(1024, 65535) == 6);
}

static u64 number(void)
{
	u64 n = (u64)rand() << 42 ^ (u64)rand() << 21 ^ rand();

	return n >> rand() % 64;
}

static void random_ranges(void)
{
	u64 a, b;
	int i;

	srand(1);
	for (i = 0; i < 100000; i++) {
		a = number();
		b = number();
		covers(a < b ? a : b, a < b ? b : a);
	}
}

int main(void)
{
	TAP_RUN(single_numbers);
	TAP_RUN(all_numbers);
	TAP_RUN(prefixes_stay_whole);
	TAP_RUN(the_worst_range);
	TAP_RUN(random_ranges);
	return tap_done();
}
