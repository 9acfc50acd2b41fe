// SPDX-License-Identifier: GPL-2.0
/* Round-trip time and retransmission timeout. See rtt.h. */
#include <linux/limits.h>
#include <linux/minmax.h>
#include "rtt.h"

/* Longer ones count as this: it is the longest timeout, and times 8 fits 32 bits. */
#define WEFT_RTT_MAX_US	WEFT_RTO_MAX_US

/**
 * weft_rtt_init() - begin with a path of which nothing is known
 * @rtt: filled in
 */
void weft_rtt_init(struct weft_rtt *rtt)
{
	*rtt = (struct weft_rtt) {
		.rto = WEFT_RTO_INITIAL_US,
		.min = U32_MAX,
		.min_now = U32_MAX,
		.min_before = U32_MAX,
	};
}

/* The least of the present half of the window and of the one before. */
static void weft_rtt_min(struct weft_rtt *rtt, u32 us, u64 now)
{
	u64 age = now - rtt->min_at;

	if (age >= WEFT_RTT_MIN_WINDOW_US) {
		rtt->min_before = U32_MAX;
		rtt->min_now = us;
		rtt->min_at = now;
	} else if (age >= WEFT_RTT_MIN_WINDOW_US / 2) {
		rtt->min_before = rtt->min_now;
		rtt->min_now = us;
		rtt->min_at += WEFT_RTT_MIN_WINDOW_US / 2;
	} else {
		rtt->min_now = min(rtt->min_now, us);
	}
	rtt->min = min(rtt->min_now, rtt->min_before);
}

/*
 * RFC 6298, (2.3). Its gains are for one sample in a round trip, and there are many
 * (RFC 7323, 4.2): the deviation rises with each of them, and falls once in a round trip.
 */
static void weft_rtt_smooth(struct weft_rtt *rtt, u32 us, u64 now)
{
	u32 srtt = weft_rtt_smoothed(rtt);
	u32 dev = us > srtt ? us - srtt : srtt - us;
	u32 rttvar = rtt->rttvar4 >> 2;
	bool round_over = now - rtt->round_at >= srtt;

	rtt->dev_max = max(rtt->dev_max, dev);
	if (dev > rttvar)
		rtt->rttvar4 += dev - rttvar;
	else if (round_over && rtt->dev_max < rttvar)
		rtt->rttvar4 -= rttvar - rtt->dev_max;
	if (round_over) {
		rtt->round_at = now;
		rtt->dev_max = 0;
	}
	/* Never 0, which would mean that there was no sample, since @us is not. */
	rtt->srtt8 += us - srtt;
}

/**
 * weft_rtt_sample() - a round-trip time was measured
 * @rtt: estimator
 * @us: microseconds; not of a segment that was sent twice, unless by a time stamp
 *	(RFC 6298, section 3)
 * @now: microseconds, of a clock that does not go back
 */
void weft_rtt_sample(struct weft_rtt *rtt, u32 us, u64 now)
{
	us = clamp_t(u32, us, 1, WEFT_RTT_MAX_US);
	rtt->latest = us;
	if (!rtt->srtt8) {
		/* (2.2) */
		rtt->srtt8 = us << 3;
		rtt->rttvar4 = us << 1;
		rtt->round_at = now;
		rtt->min_at = now;
	} else {
		weft_rtt_smooth(rtt, us, now);
	}
	weft_rtt_min(rtt, us, now);
	rtt->rto = clamp_t(u32, weft_rtt_smoothed(rtt) +
			   max(rtt->rttvar4, WEFT_RTO_VAR_MIN_US),
			   WEFT_RTO_MIN_US, WEFT_RTO_MAX_US);
}

/**
 * weft_rtt_rto() - the retransmission timeout
 * @rtt: estimator
 * @backoff: how often it has expired in a row (RFC 6298, (5.5))
 *
 * Return: microseconds, WEFT_RTO_MIN_US to WEFT_RTO_MAX_US.
 */
u32 weft_rtt_rto(const struct weft_rtt *rtt, unsigned int backoff)
{
	/* From the least to the most are less than 10 steps. */
	return min_t(u64, (u64)rtt->rto << min(backoff, 10U), WEFT_RTO_MAX_US);
}
