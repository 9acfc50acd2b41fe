// SPDX-License-Identifier: GPL-2.0
/*
 * NewReno: congestion avoidance of RFC 5681 for recovery by RFC 6582 or by reports. What
 * RFC 6582 says of windows within recovery, congestion.c does by proportional reduction.
 */
#include <linux/minmax.h>
#include "congestion.h"

/* RFC 5681, 3.1: by one segment for each window that was acknowledged. */
static void weft_newreno_grow(struct weft_cc *cc, const struct weft_cc_ack *ack)
{
	cc->carry += min(ack->bytes, cc->cwnd);
	if (cc->carry < cc->cwnd)
		return;
	cc->carry -= cc->cwnd;
	cc->cwnd = min(cc->cwnd + cc->mss, WEFT_CC_WINDOW_MAX);
}

/* RFC 5681, (4). */
static u32 weft_newreno_reduce(struct weft_cc *cc)
{
	return cc->cwnd / 2;
}

const struct weft_cc_ops weft_cc_newreno = {
	.name = "newreno",
	.grow = weft_newreno_grow,
	.reduce = weft_newreno_reduce,
};
