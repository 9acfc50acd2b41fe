// SPDX-License-Identifier: GPL-2.0
/*
 * CUBIC (RFC 9438). Windows are in bytes, time counts in ticks of 1024 us, so that no
 * acknowledgment needs a division but those by which the window grows.
 */
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include "congestion.h"

#define WEFT_CUBIC_TICK_SHIFT	10
/* A window that this does not reach is more than any may be. The cube fits into u64. */
#define WEFT_CUBIC_TICKS_MAX	0x1fffffU

/*
 * C is 0.4 segments/s^3, or 0.4 * (1024e-6)^3 in ticks. Scaled by 2^47 it still fits into
 * u32 when multiplied by a segment's bytes. Its inverse is that of segments.
 */
#define WEFT_CUBIC_C		60446U
#define WEFT_CUBIC_C_SHIFT	47
#define WEFT_CUBIC_C_INVERSE	2328306437ULL

/**
 * struct weft_cubic_epoch - variables of RFC 9438, 4.1.2
 * @start: t_epoch, microseconds; 0 before congestion avoidance
 * @w_max: W_max, bytes; 0 for none
 * @prior: cwnd_prior, bytes; 0 before the first reduction
 * @k: K, ticks
 * @est: W_est, bytes
 */
struct weft_cubic_epoch {
	u64	start;
	u32	w_max;
	u32	prior;
	u32	k;
	u32	est;
};

/**
 * struct weft_cubic - weft_cc.state
 * @epoch: since the last reduction
 * @undo: what it was before
 * @active: when the window last could grow, microseconds
 * @credit: how much the window is to grow, bytes times the window
 *
 * weft_cc.carry counts acknowledged bytes for W_est.
 */
struct weft_cubic {
	struct weft_cubic_epoch	epoch;
	struct weft_cubic_epoch	undo;
	u64			active;
	u64			credit;
};

static_assert(sizeof(struct weft_cubic) <= sizeof(((struct weft_cc *)0)->state));

static struct weft_cubic *weft_cubic(struct weft_cc *cc)
{
	return (struct weft_cubic *)cc->state;
}

/* The greatest number whose cube is not above @x, a binary digit in each turn. */
static u32 weft_cubic_root(u64 x)
{
	u64 root = 0;
	int shift;

	for (shift = 63; shift >= 0; shift -= 3) {
		/* (2 root + 1)^3 - (2 root)^3 */
		u64 step = 6 * root * (2 * root + 1) + 1;

		root *= 2;
		if (x >> shift >= step) {
			x -= step << shift;
			root++;
		}
	}
	return root;
}

/* 4.2: congestion avoidance begins. K is 0 after a timeout, or if nothing was lost. */
static void weft_cubic_begin(struct weft_cc *cc, struct weft_cubic *cubic, u64 now)
{
	struct weft_cubic_epoch *e = &cubic->epoch;

	e->start = max_t(u64, now, 1);
	e->k = 0;
	if (e->w_max <= cc->cwnd)
		e->w_max = cc->cwnd;
	else
		e->k = weft_cubic_root(div_u64((e->w_max - cc->cwnd) *
					       WEFT_CUBIC_C_INVERSE, cc->mss));
	e->est = cc->cwnd;
	cubic->credit = 0;
}

/* 4.2, figure 1: W_cubic, bytes, @us after the beginning. */
static u64 weft_cubic_window(const struct weft_cc *cc, const struct weft_cubic_epoch *e,
			     u64 us)
{
	u64 t = us >> WEFT_CUBIC_TICK_SHIFT;
	u64 d = min_t(u64, t < e->k ? e->k - t : t - e->k, WEFT_CUBIC_TICKS_MAX);
	u64 bytes = mul_u64_u32_shr(d * d * d, WEFT_CUBIC_C * cc->mss, 32) >>
		    (WEFT_CUBIC_C_SHIFT - 32);

	if (t >= e->k)
		return e->w_max + bytes;
	return e->w_max > bytes ? e->w_max - bytes : 0;
}

/*
 * 4.3: W_est, the window of Reno, grows by alpha, 9/17, segments for each window that is
 * acknowledged, and by one where it was before the reduction.
 */
static void weft_cubic_estimate(struct weft_cc *cc, struct weft_cubic_epoch *e,
				u32 bytes)
{
	cc->carry += bytes;
	if (cc->carry < cc->cwnd)
		return;
	cc->carry -= cc->cwnd;
	e->est += e->est < e->prior ? cc->mss * 9 / 17 : cc->mss;
	e->est = min(e->est, WEFT_CC_WINDOW_MAX);
}

/* 4.4, 4.5: to @window in a round trip, by whole segments. */
static void weft_cubic_approach(struct weft_cc *cc, struct weft_cubic *cubic,
				u64 window, u32 bytes)
{
	u32 target = clamp_t(u64, window, cc->cwnd, cc->cwnd + cc->cwnd / 2);
	u64 segment = (u64)cc->cwnd * cc->mss;
	u32 n;

	cubic->credit += (u64)(target - cc->cwnd) * bytes;
	if (cubic->credit < segment)
		return;
	n = div64_u64(cubic->credit, segment);
	cubic->credit -= n * segment;
	cc->cwnd += n * cc->mss;
}

static void weft_cubic_grow(struct weft_cc *cc, const struct weft_cc_ack *ack)
{
	struct weft_cubic *cubic = weft_cubic(cc);
	struct weft_cubic_epoch *e = &cubic->epoch;
	u32 bytes = min(ack->bytes, cc->cwnd);
	u64 t;

	if (!e->start)
		weft_cubic_begin(cc, cubic, ack->now);
	cubic->active = ack->now;
	t = ack->now > e->start ? ack->now - e->start : 0;
	weft_cubic_estimate(cc, e, bytes);
	if (weft_cubic_window(cc, e, t) < e->est)
		cc->cwnd = max(cc->cwnd, e->est);
	else
		weft_cubic_approach(cc, cubic,
				    weft_cubic_window(cc, e, t + ack->srtt), bytes);
	cc->cwnd = min(cc->cwnd, WEFT_CC_WINDOW_MAX);
}

/* 4.6 with beta 0.7, and 4.7, fast convergence, with (1 + beta) / 2. */
static u32 weft_cubic_reduce(struct weft_cc *cc)
{
	struct weft_cubic *cubic = weft_cubic(cc);
	struct weft_cubic_epoch *e = &cubic->epoch;

	cubic->undo = *e;
	e->w_max = cc->cwnd < e->w_max ? div_u64(cc->cwnd * 17ULL, 20) : cc->cwnd;
	e->prior = cc->cwnd;
	e->start = 0;
	return div_u64(cc->cwnd * 7ULL, 10);
}

/* 4.9.2 */
static void weft_cubic_undo(struct weft_cc *cc)
{
	struct weft_cubic *cubic = weft_cubic(cc);

	cubic->epoch = cubic->undo;
}

static void weft_cubic_event(struct weft_cc *cc, enum weft_cc_event event, u64 now)
{
	struct weft_cubic *cubic = weft_cubic(cc);
	struct weft_cubic_epoch *e = &cubic->epoch;

	switch (event) {
	case WEFT_CC_UNUSED:
		/* 5.8: time in which the window could not grow does not count. */
		if (e->start && now > cubic->active)
			e->start += now - cubic->active;
		cubic->active = now;
		break;
	case WEFT_CC_TIMEOUT:
		/* 4.8 */
		e->w_max = 0;
		fallthrough;
	case WEFT_CC_RESTART:
		e->start = 0;
		break;
	}
}

const struct weft_cc_ops weft_cc_cubic = {
	.name = "cubic",
	.grow = weft_cubic_grow,
	.reduce = weft_cubic_reduce,
	.undo = weft_cubic_undo,
	.event = weft_cubic_event,
};
