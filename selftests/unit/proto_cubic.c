// SPDX-License-Identifier: GPL-2.0
/* proto/cubic.c: against traces of a model, and the tables of RFC 9438. */
#include <linux/kernel.h>
#include "average.h"
#include "congestion.h"
#include "replay.h"
#include "tap.h"

#define MSS	1000U

static struct weft_cc cc;

static void begin(unsigned int segments)
{
	weft_cc_init(&cc, &weft_cc_cubic, MSS);
	cc.cwnd = segments * MSS;
	cc.ssthresh = cc.cwnd;
}

static void acked(u64 now, u32 bytes, u32 srtt)
{
	const struct weft_cc_ack ack = {
		.now = now, .bytes = bytes, .srtt = srtt, .limited = true,
	};

	weft_cc_acked(&cc, &ack);
}

/* A tick is 1024 us, W_est steps by a part of a segment: so much may traces differ. */
static void as_the_model(void)
{
	replay("cubic-1ms", 5, -1);
	replay("cubic-20ms", 5, -1);
	replay("cubic-100ms", 5, -1);
	replay("cubic-jumbo", 5, -1);
	replay("cubic-small", 5, -1);
	replay("cubic-wide", 5, -1);
}

static void fast_convergence(void)
{
	replay("cubic-convergence", 5, -1);
}

static void timeouts(void)
{
	replay("cubic-timeout", 5, -1);
}

static void idling(void)
{
	replay("cubic-idle", 5, -1);
}

static void spurious_losses(void)
{
	replay("cubic-undo", 5, -1);
}

/*
 * RFC 9438, 5.1, tables 1 and 2, C = 0.4. They are of the concave region alone, and of a
 * window that is not one of whole packets.
 */
static void average_windows(void)
{
	static const struct {
		u32 rtt;
		u32 period;
		u32 window;
	} table[] = {
		{ 100000, 100, 12 }, { 100000, 1000, 38 }, { 100000, 10000, 187 },
		{ 100000, 100000, 1054 }, { 100000, 1000000, 5926 },
		{ 10000, 100, 12 }, { 10000, 1000, 38 }, { 10000, 10000, 120 },
		{ 10000, 100000, 379 }, { 10000, 1000000, 1200 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		u32 want = table[i].window;
		double is = average_window(&weft_cc_cubic, table[i].rtt, table[i].period,
					   want);

		printf("# RTT %u ms, p 1/%u: %.1f segments, table: %u\n",
		       table[i].rtt / 1000, table[i].period, is, want);
		CHECK(is > want * 0.85 && is < want * 1.15);
	}
}

/* From 4,000 to 10,000 segments and beyond: K is the cube root of 6,000 / 0.4. */
static void the_curve(void)
{
	const u64 k = 24662121, start = 5000000;
	u64 t;

	begin(10000);
	weft_cc_congested(&cc, cc.cwnd);
	weft_cc_recovered(&cc);
	cc.cwnd = 4000 * MSS;
	cc.ssthresh = cc.cwnd;
	for (t = 0; t < 2 * k; t += 10000) {
		double s = ((double)t - k) / 1e6, want = (0.4 * s * s * s + 10000) * MSS;

		/* So often that the window is where the curve is. */
		acked(start + t, cc.cwnd, 0);
		if (t > 1000000 && (cc.cwnd < want * 0.999 - MSS || cc.cwnd > want * 1.001)) {
			printf("# after %llu us: %u, should be %.0f\n",
			       (unsigned long long)t, cc.cwnd, want);
			CHECK(0);
			break;
		}
	}
}

/* 4.2: by half in a round trip at most. */
static void growth_is_bounded(void)
{
	unsigned int i;

	begin(100);
	acked(1, MSS, 1000);
	for (i = 0; i < 100; i++)
		acked(1000000000, MSS, 1000);
	CHECK(cc.cwnd >= 145 * MSS && cc.cwnd <= 150 * MSS);
	/* One acknowledgment of more than a window is one of a window. */
	begin(100);
	acked(1, MSS, 1000);
	acked(1000000000, ~0U, 1000);
	CHECK(cc.cwnd >= 149 * MSS && cc.cwnd <= 150 * MSS);
	/* And never above the largest one. */
	begin(1000000);
	acked(1, MSS, 1000);
	for (i = 0; i < 100; i++)
		acked(1000000000, ~0U, 1000);
	CHECK(cc.cwnd == WEFT_CC_WINDOW_MAX);
}

/* Segments become larger while K is of the small ones: the curve has no negative part. */
static void larger_segments(void)
{
	weft_cc_init(&cc, &weft_cc_cubic, 64);
	cc.cwnd = 100000;
	cc.ssthresh = cc.cwnd;
	weft_cc_congested(&cc, cc.cwnd);
	weft_cc_recovered(&cc);
	acked(1000000, 64, 1000);
	weft_cc_set_mss(&cc, 8944);
	acked(1001000, cc.cwnd, 1000);
	CHECK(cc.cwnd < 70000 + 8944);
}

/* 5.8: nor does it grow at once after an hour without use. */
static void time_without_use_does_not_count(void)
{
	struct weft_cc_ack ack = { .bytes = MSS, .srtt = 1000 };
	unsigned int i;

	begin(100);
	weft_cc_congested(&cc, cc.cwnd);
	weft_cc_recovered(&cc);
	acked(1000000, MSS, 1000);
	for (ack.now = 1001000; ack.now < 3600000000ULL; ack.now += 1000000)
		weft_cc_acked(&cc, &ack);
	weft_cc_idle(&cc, 100000, 200000, ack.now + 100000);
	for (i = 0; i < 70; i++)
		acked(ack.now + 100001, MSS, 1000);
	CHECK(cc.cwnd < 72 * MSS);
}

int main(void)
{
	TAP_RUN(as_the_model);
	TAP_RUN(fast_convergence);
	TAP_RUN(timeouts);
	TAP_RUN(idling);
	TAP_RUN(spurious_losses);
	TAP_RUN(average_windows);
	TAP_RUN(the_curve);
	TAP_RUN(growth_is_bounded);
	TAP_RUN(larger_segments);
	TAP_RUN(time_without_use_does_not_count);
	return tap_done();
}
