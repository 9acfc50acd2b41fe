/* SPDX-License-Identifier: GPL-2.0 */
/* Round-trip time and retransmission timeout (RFC 6298). Pure. */
#ifndef WEFT_RTT_H
#define WEFT_RTT_H

#include <linux/types.h>

#define WEFT_RTO_INITIAL_US	1000000U	/* RFC 6298, (2.1) */
#define WEFT_RTO_MIN_US		200000U
#define WEFT_RTO_MAX_US		120000000U
/*
 * The timeout is above the round-trip time by so much at least: G of RFC 6298, (2.3). An
 * acknowledgment may be delayed by 40 ms, and two processors' timers may be late.
 */
#define WEFT_RTO_VAR_MIN_US	100000U
/* How long the least round-trip time is remembered. */
#define WEFT_RTT_MIN_WINDOW_US	(300ULL * 1000000)

/**
 * struct weft_rtt - what is known of a path's round-trip time, microseconds
 * @srtt8: smoothed, times 8; 0 before the first sample
 * @rttvar4: mean deviation, times 4
 * @rto: retransmission timeout without backoff
 * @dev_max: largest deviation in the present round trip
 * @round_at: when the present round trip began
 * @min: the least in the last WEFT_RTT_MIN_WINDOW_US, or half of it at least; U32_MAX
 *	before the first sample
 * @min_at: when the present half of that time began
 * @min_now: the least in the present half
 * @min_before: the least in the half before
 * @latest: the last sample
 */
struct weft_rtt {
	u32 srtt8;
	u32 rttvar4;
	u32 rto;
	u32 dev_max;
	u64 round_at;
	u64 min_at;
	u32 min;
	u32 min_now;
	u32 min_before;
	u32 latest;
};

void weft_rtt_init(struct weft_rtt *rtt);
void weft_rtt_sample(struct weft_rtt *rtt, u32 us, u64 now);
u32 weft_rtt_rto(const struct weft_rtt *rtt, unsigned int backoff);

/* Smoothed, microseconds; 0 before the first sample. */
static inline u32 weft_rtt_smoothed(const struct weft_rtt *rtt)
{
	return rtt->srtt8 >> 3;
}

#endif /* WEFT_RTT_H */
