// SPDX-License-Identifier: GPL-2.0
/* proto/filter/rate.c: what a token bucket gives, in time and at once. */
#include <stdlib.h>

#include "filter/rate.h"
#include "tap.h"

#define S	1000000000ULL

static struct weft_rate rate;
static u64 full;

static bool take(u64 units, u64 now)
{
	return weft_rate_take(&rate, weft_rate_cost(&rate, units), now, &full);
}

static void a_burst_and_then_the_rate(void)
{
	unsigned int i;

	full = 0;
	CHECK(weft_rate_init(&rate, 10, S, 5, false));
	for (i = 0; i < 5; i++)
		CHECK(take(1, 100 * S));
	CHECK(!take(1, 100 * S));
	CHECK(!take(1, 100 * S + S / 10 - 1));
	CHECK(take(1, 100 * S + S / 10));
	CHECK(!take(1, 100 * S + S / 10));
	/* A refusal takes nothing. */
	CHECK(take(1, 100 * S + S / 5));
	/* No more is kept than a burst. */
	for (i = 0; i < 5; i++)
		CHECK(take(1, 1000 * S));
	CHECK(!take(1, 1000 * S));
}

static void bytes_have_a_period_besides(void)
{
	full = 0;
	CHECK(weft_rate_init(&rate, 1000, S, 0, true));
	CHECK(take(1000, S));
	CHECK(!take(1, S));
	CHECK(!take(1001, 10 * S));
	CHECK(take(500, 10 * S));
	CHECK(take(500, 10 * S));
	CHECK(!take(1, 10 * S));
}

static void in_the_long_run_it_is_the_rate(void)
{
	u64 now = S, taken = 0;

	srand(1);
	full = 0;
	CHECK(weft_rate_init(&rate, 1000, S, 10, false));
	while (now < 101 * S) {
		taken += take(1, now);
		now += rand() % 500000;
	}
	CHECK(taken > 99900 && taken < 100100);
}

static void extremes(void)
{
	u64 week = 604800 * S;

	full = 0;
	CHECK(weft_rate_init(&rate, 1, week, 1, false));
	CHECK(take(1, S));
	CHECK(!take(1, S + week - 1));
	CHECK(take(1, S + week));
	CHECK(!weft_rate_init(&rate, 1, week, ~0U, false));
	CHECK(weft_rate_init(&rate, ~0ULL, S, ~0U, true));
	full = 0;
	CHECK(take(~0U, S));
	CHECK(take(~0U, S));
	CHECK(weft_rate_init(&rate, 1, week, 1, false));
	full = 0;
	CHECK(!take(~0ULL, S));
	CHECK(!full);
}

int main(void)
{
	TAP_RUN(a_burst_and_then_the_rate);
	TAP_RUN(bytes_have_a_period_besides);
	TAP_RUN(in_the_long_run_it_is_the_rate);
	TAP_RUN(extremes);
	return tap_done();
}
