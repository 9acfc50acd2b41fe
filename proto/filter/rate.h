/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Token buckets, kept as the time when they are full again (the generic cell rate
 * algorithm). Pure: builds in user space as well.
 */
#ifndef WEFT_RATE_H
#define WEFT_RATE_H

#include <linux/types.h>

/**
 * struct weft_rate - how fast a bucket fills
 * @rate: units in a period, packets or bytes
 * @period: ns
 * @depth: time in which an empty bucket becomes full, ns
 * @most: units that can be taken at once, at most; more are never allowed
 */
struct weft_rate {
	u64 rate;
	u64 period;
	u64 depth;
	u64 most;
};

bool weft_rate_init(struct weft_rate *rate, u64 units, u64 period, u64 burst, bool one_more);
u64 weft_rate_cost(const struct weft_rate *rate, u64 units);

/**
 * weft_rate_take() - take from a bucket
 * @rate: how fast it fills
 * @cost: of what is taken, weft_rate_cost()
 * @now: ns
 * @full: when the bucket is full again, ns; if the units are there, when it then is
 *
 * Return: whether they are there.
 */
static inline bool weft_rate_take(const struct weft_rate *rate, u64 cost, u64 now, u64 *full)
{
	u64 next = (*full > now ? *full : now) + cost;

	if (cost > rate->depth || next - now > rate->depth)
		return false;
	*full = next;
	return true;
}

#endif /* WEFT_RATE_H */
