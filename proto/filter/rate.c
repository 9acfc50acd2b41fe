// SPDX-License-Identifier: GPL-2.0
/* The arithmetic of token buckets. */
#include <linux/math64.h>
#include "rate.h"

/* No time in the arithmetic is longer: sums of two do not overflow. */
#define WEFT_RATE_TIME_MAX	0x4000000000000000ULL

/**
 * weft_rate_init() - describe a bucket
 * @rate: filled in
 * @units: that it gets in a period, at least 1
 * @period: ns, at least 1
 * @burst: units in a full bucket
 * @one_more: and those of a period besides
 *
 * Return: false if the bucket would take too long to fill.
 */
bool weft_rate_init(struct weft_rate *rate, u64 units, u64 period, u64 burst, bool one_more)
{
	u64 most = div64_u64(WEFT_RATE_TIME_MAX, div64_u64(period, units) + 1);

	if (burst > most || period > WEFT_RATE_TIME_MAX / 2)
		return false;
	*rate = (struct weft_rate){ .rate = units, .period = period, .most = most };
	rate->depth = weft_rate_cost(rate, burst) + (one_more ? period : 0);
	return true;
}

/**
 * weft_rate_cost() - what units cost
 * @rate: of the bucket
 * @units: how many
 *
 * Return: the time in which the bucket gets them, ns.
 */
u64 weft_rate_cost(const struct weft_rate *rate, u64 units)
{
	if (units > rate->most)
		return WEFT_RATE_TIME_MAX * 2;
	return mul_u64_u64_div_u64(units, rate->period, rate->rate);
}
