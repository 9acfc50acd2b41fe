// SPDX-License-Identifier: GPL-2.0
/* Congestion control: what all algorithms share. See congestion.h. */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "congestion.h"

static const struct weft_cc_ops *const weft_cc_all[] = {
	&weft_cc_cubic,
	&weft_cc_newreno,
};

/**
 * weft_cc_find() - an algorithm by its name
 * @name: need not end with 0
 * @len: bytes of @name; it ends earlier with a 0
 *
 * Return: the algorithm; NULL if there is none of this name.
 */
const struct weft_cc_ops *weft_cc_find(const char *name, unsigned int len)
{
	size_t n = strnlen(name, len);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(weft_cc_all); i++)
		if (strlen(weft_cc_all[i]->name) == n &&
		    !memcmp(weft_cc_all[i]->name, name, n))
			return weft_cc_all[i];
	return NULL;
}

/* RFC 6928, 2: also the restart window. */
static u32 weft_cc_initial(u32 mss)
{
	return min(WEFT_CC_INITIAL * mss, max(2 * mss, WEFT_CC_INITIAL_BYTES));
}

static void weft_cc_event(struct weft_cc *cc, enum weft_cc_event event, u64 now)
{
	if (cc->ops->event)
		cc->ops->event(cc, event, now);
}

/**
 * weft_cc_init() - a new connection
 * @cc: filled in
 * @ops: the algorithm
 * @mss: payload of a full segment, bytes
 *
 * The initial window is that of RFC 6928, 2, the slow start threshold is as high as can
 * be (RFC 5681, 3.1).
 */
void weft_cc_init(struct weft_cc *cc, const struct weft_cc_ops *ops, u32 mss)
{
	memset(cc, 0, sizeof(*cc));
	cc->ops = ops;
	cc->mss = clamp_t(u32, mss, 1, WEFT_CC_MSS_MAX);
	cc->cwnd = weft_cc_initial(cc->mss);
	cc->ssthresh = WEFT_CC_SSTHRESH_NONE;
	weft_hystart_init(&cc->hystart);
}

/**
 * weft_cc_choose() - another algorithm from now on
 * @cc: congestion control
 * @ops: the algorithm
 *
 * The window, its threshold and a recovery that goes on stay as they are.
 */
void weft_cc_choose(struct weft_cc *cc, const struct weft_cc_ops *ops)
{
	cc->ops = ops;
	cc->carry = 0;
	memset(cc->state, 0, sizeof(cc->state));
}

/**
 * weft_cc_set_mss() - full segments have another size
 * @cc: congestion control
 * @mss: payload of one, bytes
 *
 * Windows are of bytes and stay; but they are never below one segment, their threshold
 * never below two.
 */
void weft_cc_set_mss(struct weft_cc *cc, u32 mss)
{
	cc->mss = clamp_t(u32, mss, 1, WEFT_CC_MSS_MAX);
	cc->cwnd = max(cc->cwnd, cc->mss);
	cc->ssthresh = max(cc->ssthresh, 2 * cc->mss);
}

/*
 * RFC 5681, 3.1, with what RFC 9406, 4.3 says of L: the window grows by all that was
 * acknowledged. Only the first slow start looks for its end by itself; another one has
 * a threshold.
 */
static void weft_cc_grow_slow(struct weft_cc *cc, const struct weft_cc_ack *ack)
{
	u32 limit = min(cc->ssthresh, WEFT_CC_WINDOW_MAX);
	bool first = cc->ssthresh == WEFT_CC_SSTHRESH_NONE;
	u32 bytes = ack->bytes;

	if (first)
		bytes = weft_hystart_growth(&cc->hystart, bytes);
	if (ack->limited)
		cc->cwnd += min(bytes, limit - cc->cwnd);
	if (first && weft_hystart_acked(&cc->hystart, ack->una, ack->nxt, ack->rtt))
		cc->ssthresh = max(cc->cwnd, 2 * cc->mss);
}

/**
 * weft_cc_acked() - bytes have arrived
 * @cc: congestion control
 * @ack: what the acknowledgment means
 *
 * The window grows if it was used (RFC 7661, 4.4) and nothing is being recovered. Call it
 * for each acknowledgment that is not one of recovery.
 */
void weft_cc_acked(struct weft_cc *cc, const struct weft_cc_ack *ack)
{
	if (cc->recovering || !ack->bytes)
		return;
	if (cc->cwnd < min(cc->ssthresh, WEFT_CC_WINDOW_MAX))
		weft_cc_grow_slow(cc, ack);
	else if (ack->limited)
		cc->ops->grow(cc, ack);
	else
		weft_cc_event(cc, WEFT_CC_UNUSED, ack->now);
}

/* What was before is kept, for undo. */
static u32 weft_cc_reduced(struct weft_cc *cc)
{
	cc->prior_cwnd = cc->cwnd;
	cc->prior_ssthresh = cc->ssthresh;
	weft_hystart_init(&cc->hystart);
	return max(cc->ops->reduce(cc), 2 * cc->mss);
}

/**
 * weft_cc_congested() - a loss or a mark was seen: recovery begins
 * @cc: congestion control
 * @in_flight: bytes that recovery will deliver: sent, and neither acknowledged nor
 *	reported before this acknowledgment; lost ones are among them (RFC 9937, 6:
 *	RecoverFS)
 *
 * Does nothing in recovery: the window falls once in a round trip. The threshold is of
 * the window, not of what is in flight (RFC 9438, 4.6): the window did not grow unless it
 * was used. Call weft_cc_recovering() next, for the same acknowledgment.
 */
void weft_cc_congested(struct weft_cc *cc, u32 in_flight)
{
	if (cc->recovering)
		return;
	cc->ssthresh = weft_cc_reduced(cc);
	cc->recovering = true;
	cc->prr_delivered = 0;
	cc->prr_out = 0;
	cc->recover_fs = max(in_flight, cc->mss);
}

/* RFC 9937, 6: SndCnt, as long as more is in flight than the threshold. */
static u32 weft_cc_proportion(const struct weft_cc *cc)
{
	u64 product = (u64)cc->prr_delivered * cc->ssthresh + cc->recover_fs - 1;
	u64 sent = div_u64(product, cc->recover_fs);

	if (sent <= cc->prr_out)
		return 0;
	return min_t(u64, sent - cc->prr_out, WEFT_CC_WINDOW_MAX);
}

/* RFC 9937, 6: SndCnt, when less is in flight: by conservation, or up to slow start. */
static u32 weft_cc_bound(const struct weft_cc *cc, u32 delivered, u32 in_flight,
			 bool forward)
{
	u64 count = delivered;

	if (cc->prr_delivered > cc->prr_out)
		count = max_t(u64, count, cc->prr_delivered - cc->prr_out);
	if (forward)
		count += cc->mss;
	return min_t(u64, count, cc->ssthresh - in_flight);
}

/**
 * weft_cc_recovering() - an acknowledgment in recovery, also the one that began it
 * @cc: congestion control
 * @delivered: bytes newly acknowledged or reported
 * @in_flight: bytes in flight now
 * @forward: bytes were acknowledged, and no more loss was seen (safeACK)
 *
 * Sets the window by proportional rate reduction (RFC 9937, 6). Does nothing if it is not
 * recovery.
 */
void weft_cc_recovering(struct weft_cc *cc, u32 delivered, u32 in_flight,
			bool forward)
{
	u32 count;

	if (!cc->recovering)
		return;
	in_flight = min(in_flight, WEFT_CC_WINDOW_MAX);
	cc->prr_delivered += delivered;
	if (in_flight > cc->ssthresh)
		count = weft_cc_proportion(cc);
	else
		count = weft_cc_bound(cc, delivered, in_flight, forward);
	/* The fast retransmission at its start, of a segment: less is not sent. */
	if (!cc->prr_out)
		count = max(count, cc->mss);
	cc->cwnd = clamp_t(u32, in_flight + count, cc->mss, WEFT_CC_WINDOW_MAX);
}

/**
 * weft_cc_recovered() - all that was in flight when recovery began has arrived
 * @cc: congestion control
 */
void weft_cc_recovered(struct weft_cc *cc)
{
	if (!cc->recovering)
		return;
	cc->recovering = false;
	cc->carry = 0;
	cc->cwnd = cc->ssthresh;
}

/**
 * weft_cc_timeout() - the retransmission timer ran out
 * @cc: congestion control
 * @in_flight: bytes sent and not acknowledged: FlightSize
 * @first: of the first segment that is not acknowledged, for the first time
 * @now: microseconds
 *
 * RFC 5681, 3.1: the window is one segment. The threshold falls with the first timeout,
 * unless recovery has just done so; and it is not above what was in flight, (4), or the
 * initial window, which is safe in any case.
 */
void weft_cc_timeout(struct weft_cc *cc, u32 in_flight, bool first, u64 now)
{
	if (first && !cc->recovering) {
		u32 used = max(in_flight, weft_cc_initial(cc->mss));

		cc->ssthresh = min(weft_cc_reduced(cc), used);
	}
	cc->recovering = false;
	cc->carry = 0;
	cc->cwnd = cc->mss;
	weft_cc_event(cc, WEFT_CC_TIMEOUT, now);
}

/**
 * weft_cc_undo() - what was taken for congestion was none
 * @cc: congestion control
 *
 * The window and its threshold are what they were, unless the window has grown beyond
 * that since (RFC 9438, 4.9.2). Recovery is over.
 */
void weft_cc_undo(struct weft_cc *cc)
{
	if (!cc->prior_cwnd)
		return;
	if (cc->cwnd < cc->prior_cwnd) {
		cc->cwnd = cc->prior_cwnd;
		cc->ssthresh = max(cc->prior_ssthresh, 2 * cc->mss);
		if (cc->ops->undo)
			cc->ops->undo(cc);
	}
	cc->recovering = false;
	cc->carry = 0;
	cc->prior_cwnd = 0;
}

/**
 * weft_cc_idle() - sending begins again after a pause, with nothing in flight
 * @cc: congestion control
 * @idle: how long nothing was sent, microseconds
 * @rto: retransmission timeout, microseconds
 * @now: microseconds
 *
 * The window is halved for each timeout that went by, but not below the restart window
 * (RFC 5681, 4.1); slow start brings it back to three quarters of what it was.
 */
void weft_cc_idle(struct weft_cc *cc, u32 idle, u32 rto, u64 now)
{
	u32 restart = weft_cc_initial(cc->mss);
	u32 halvings = rto ? idle / rto : 0;

	if (cc->recovering)
		return;
	if (!halvings || cc->cwnd <= restart) {
		weft_cc_event(cc, WEFT_CC_UNUSED, now);
		return;
	}
	cc->ssthresh = max(cc->ssthresh, cc->cwnd - cc->cwnd / 4);
	cc->cwnd = max(halvings < 32 ? cc->cwnd >> halvings : 0, restart);
	cc->carry = 0;
	cc->prior_cwnd = 0;
	weft_hystart_init(&cc->hystart);
	weft_cc_event(cc, WEFT_CC_RESTART, now);
}

/**
 * weft_cc_pacing_rate() - how fast to send
 * @cc: congestion control
 * @srtt: smoothed round-trip time, microseconds; 0 if it is not known
 *
 * Return: bytes per second: two windows in a round trip in slow start, so that it can
 * double, else 1.2 windows; WEFT_CC_RATE_NONE up to the initial window.
 */
u64 weft_cc_pacing_rate(const struct weft_cc *cc, u32 srtt)
{
	u32 windows = weft_cc_slow_start(cc) ? 2000000 : 1200000;

	if (!srtt || cc->cwnd <= weft_cc_initial(cc->mss))
		return WEFT_CC_RATE_NONE;
	return div_u64((u64)cc->cwnd * windows, srtt);
}
