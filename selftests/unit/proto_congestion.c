// SPDX-License-Identifier: GPL-2.0
/* proto/congestion.c: what all algorithms share; recovery against traces. */
#include <linux/kernel.h>
#include "congestion.h"
#include "replay.h"
#include "tap.h"

#define MSS	1000U
#define IW	(10 * MSS)

static struct weft_cc cc;

/* An acknowledgment of @bytes while the window is full. */
static void acked(u32 bytes)
{
	const struct weft_cc_ack ack = {
		.now = 1000000, .bytes = bytes, .in_flight = cc.cwnd, .srtt = 1000,
		.nxt = 1U << 31, .limited = true,
	};

	weft_cc_acked(&cc, &ack);
}

/* A connection that grew to @segments and has lost something before. */
static void begin(unsigned int segments, unsigned int ssthresh)
{
	weft_cc_init(&cc, &weft_cc_newreno, MSS);
	cc.cwnd = segments * MSS;
	cc.ssthresh = ssthresh * MSS;
}

static bool is(unsigned int cwnd, unsigned int ssthresh)
{
	if (cc.cwnd == cwnd && cc.ssthresh == ssthresh)
		return true;
	printf("# cwnd %u, ssthresh %u\n", cc.cwnd, cc.ssthresh);
	return false;
}

static void by_name(void)
{
	CHECK(weft_cc_find("cubic", 5) == &weft_cc_cubic);
	CHECK(weft_cc_find("newreno", 16) == &weft_cc_newreno);
	CHECK(weft_cc_find("cubicle", 5) == &weft_cc_cubic);
	CHECK(!weft_cc_find("cubicle", 7));
	CHECK(!weft_cc_find("cubic", 4));
	CHECK(!weft_cc_find("reno", 4));
	CHECK(!weft_cc_find("CUBIC", 5));
	CHECK(!weft_cc_find("", 16));
	CHECK(!weft_cc_find("cubic", 0));
}

/* RFC 6928, 2. */
static void initial_windows(void)
{
	static const struct {
		u32 mss;
		u32 window;
	} known[] = {
		{ 64, 640 }, { 520, 5200 }, { 1444, 14440 }, { 1460, 14600 },
		{ 1461, 14600 }, { 4000, 14600 }, { 7300, 14600 }, { 7301, 14602 },
		{ 8944, 17888 }, { 65000, 130000 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(known); i++) {
		weft_cc_init(&cc, &weft_cc_cubic, known[i].mss);
		CHECK(is(known[i].window, WEFT_CC_SSTHRESH_NONE));
		CHECK(weft_cc_slow_start(&cc) && !cc.recovering);
	}
	weft_cc_init(&cc, &weft_cc_cubic, 0);
	CHECK(cc.mss == 1);
	weft_cc_init(&cc, &weft_cc_cubic, 1 << 20);
	CHECK(cc.mss == WEFT_CC_MSS_MAX);
}

static void slow_start(void)
{
	weft_cc_init(&cc, &weft_cc_cubic, MSS);
	acked(1);
	CHECK(is(IW + 1, WEFT_CC_SSTHRESH_NONE));
	acked(0);
	CHECK(is(IW + 1, WEFT_CC_SSTHRESH_NONE));
	/* A whole window at once: segments are paced. */
	acked(IW + 1);
	CHECK(is(2 * (IW + 1), WEFT_CC_SSTHRESH_NONE));
	/* Up to the threshold and not beyond. */
	begin(10, 12);
	acked(5 * MSS);
	CHECK(is(12 * MSS, 12 * MSS) && !weft_cc_slow_start(&cc));
	/* Nor beyond the largest window, by whatever came. */
	weft_cc_init(&cc, &weft_cc_cubic, MSS);
	acked(~0U);
	CHECK(is(WEFT_CC_WINDOW_MAX, WEFT_CC_SSTHRESH_NONE));
	acked(~0U);
	CHECK(is(WEFT_CC_WINDOW_MAX, WEFT_CC_SSTHRESH_NONE));
}

/* RFC 7661, 4.4. */
static void a_window_that_is_not_used_stays(void)
{
	struct weft_cc_ack ack = { .now = 1, .bytes = 5 * MSS, .srtt = 1000 };

	weft_cc_init(&cc, &weft_cc_newreno, MSS);
	weft_cc_acked(&cc, &ack);
	CHECK(is(IW, WEFT_CC_SSTHRESH_NONE));
	begin(4, 4);
	weft_cc_acked(&cc, &ack);
	weft_cc_acked(&cc, &ack);
	CHECK(is(4 * MSS, 4 * MSS));
	ack.limited = true;
	weft_cc_acked(&cc, &ack);
	CHECK(is(5 * MSS, 4 * MSS));
}

static void another_algorithm(void)
{
	begin(100, 100);
	weft_cc_congested(&cc, 100 * MSS);
	weft_cc_choose(&cc, &weft_cc_cubic);
	CHECK(cc.recovering && is(100 * MSS, 50 * MSS));
	weft_cc_recovered(&cc);
	acked(MSS);
	CHECK(cc.state[0] && is(50 * MSS, 50 * MSS));
	weft_cc_choose(&cc, &weft_cc_newreno);
	CHECK(!cc.state[0] && !cc.carry && is(50 * MSS, 50 * MSS));
	weft_cc_undo(&cc);
	CHECK(is(100 * MSS, 100 * MSS));
}

static void another_mss(void)
{
	begin(1, 2);
	weft_cc_set_mss(&cc, 8944);
	CHECK(is(8944, 2 * 8944) && cc.mss == 8944);
	weft_cc_set_mss(&cc, 64);
	CHECK(is(8944, 2 * 8944) && cc.mss == 64);
	weft_cc_set_mss(&cc, 0);
	CHECK(cc.mss == 1);
	weft_cc_init(&cc, &weft_cc_cubic, MSS);
	weft_cc_set_mss(&cc, 2 * MSS);
	CHECK(is(IW, WEFT_CC_SSTHRESH_NONE));
}

static void recovery_begins_once(void)
{
	begin(20, 100);
	weft_cc_congested(&cc, 20 * MSS);
	CHECK(cc.recovering && cc.ssthresh == 10 * MSS);
	weft_cc_congested(&cc, 20 * MSS);
	CHECK(cc.ssthresh == 10 * MSS && cc.prior_cwnd == 20 * MSS);
	/* The window is for proportional rate reduction to set. */
	acked(20 * MSS);
	CHECK(cc.cwnd == 20 * MSS);
	weft_cc_recovered(&cc);
	CHECK(!cc.recovering && is(10 * MSS, 10 * MSS));
	weft_cc_recovered(&cc);
	weft_cc_recovering(&cc, MSS, MSS, true);
	CHECK(is(10 * MSS, 10 * MSS));
	/* Two segments at least. */
	begin(1, 2);
	weft_cc_congested(&cc, 0);
	CHECK(cc.ssthresh == 2 * MSS && cc.recover_fs == MSS);
}

/* RFC 9937, 6, by hand. */
static void proportional_rate(void)
{
	begin(20, 100);
	weft_cc_sent(&cc, 7 * MSS);
	weft_cc_congested(&cc, 20 * MSS);
	CHECK(!cc.prr_out);
	/* The first segment goes out at once. */
	weft_cc_recovering(&cc, MSS, 18 * MSS, false);
	CHECK(cc.cwnd == 19 * MSS);
	weft_cc_sent(&cc, MSS);
	/* Then one for two: the threshold is half of what was in flight. */
	weft_cc_recovering(&cc, MSS, 18 * MSS, false);
	CHECK(cc.cwnd == 18 * MSS);
	weft_cc_recovering(&cc, MSS, 17 * MSS, false);
	CHECK(cc.cwnd == 17 * MSS + MSS / 2);
	weft_cc_recovering(&cc, MSS, 16 * MSS, false);
	CHECK(cc.cwnd == 17 * MSS);
}

static void reduction_bound(void)
{
	/* Most was lost: conservation of packets, */
	begin(20, 100);
	weft_cc_congested(&cc, 20 * MSS);
	weft_cc_recovering(&cc, MSS, 2 * MSS, false);
	CHECK(cc.cwnd == 3 * MSS);
	weft_cc_sent(&cc, MSS);
	/* then slow start while all goes well, */
	weft_cc_recovering(&cc, MSS, 2 * MSS, true);
	CHECK(cc.cwnd == 4 * MSS);
	/* with what could not be sent before, */
	weft_cc_recovering(&cc, 4 * MSS, 2 * MSS, true);
	CHECK(cc.cwnd == 2 * MSS + 5 * MSS + MSS);
	/* up to the threshold. */
	weft_cc_recovering(&cc, 10 * MSS, 8 * MSS, true);
	CHECK(cc.cwnd == 10 * MSS);
	/* More was sent than arrived. */
	weft_cc_sent(&cc, 100 * MSS);
	weft_cc_recovering(&cc, MSS, 8 * MSS, false);
	CHECK(cc.cwnd == 9 * MSS);
}

static void recoveries(void)
{
	replay("prr-one", 0, 0);
	replay("prr-burst", 0, 0);
	replay("prr-half", 0, 0);
	replay("prr-stretch", 0, 0);
	replay("prr-twice", 0, 0);
	replay("prr-random", 0, 0);
}

static void timeouts(void)
{
	begin(100, 200);
	weft_cc_timeout(&cc, 100 * MSS, true, 1);
	CHECK(is(MSS, 50 * MSS));
	/* The same segment again. */
	weft_cc_timeout(&cc, MSS, false, 2);
	CHECK(is(MSS, 50 * MSS));
	/* Another one: the threshold falls, not below two segments. */
	weft_cc_timeout(&cc, MSS, true, 3);
	CHECK(is(MSS, 2 * MSS));
	/* A window of which little was in flight. */
	begin(100, 200);
	weft_cc_timeout(&cc, 30 * MSS, true, 1);
	CHECK(is(MSS, 30 * MSS));
	begin(100, 200);
	weft_cc_timeout(&cc, MSS, true, 1);
	CHECK(is(MSS, IW));
	/* In recovery, which has just lowered it. */
	begin(100, 200);
	weft_cc_congested(&cc, 100 * MSS);
	weft_cc_recovering(&cc, MSS, 10 * MSS, true);
	weft_cc_timeout(&cc, 20 * MSS, true, 1);
	CHECK(!cc.recovering && is(MSS, 50 * MSS));
	weft_cc_undo(&cc);
	CHECK(is(100 * MSS, 200 * MSS));
}

static void undo(void)
{
	begin(100, 200);
	weft_cc_undo(&cc);
	CHECK(is(100 * MSS, 200 * MSS));
	weft_cc_congested(&cc, 100 * MSS);
	weft_cc_recovering(&cc, MSS, 40 * MSS, true);
	weft_cc_undo(&cc);
	CHECK(!cc.recovering && is(100 * MSS, 200 * MSS));
	/* After recovery too, but once. */
	weft_cc_congested(&cc, 100 * MSS);
	weft_cc_recovered(&cc);
	weft_cc_undo(&cc);
	CHECK(is(100 * MSS, 200 * MSS));
	cc.cwnd = 5 * MSS;
	weft_cc_undo(&cc);
	CHECK(is(5 * MSS, 200 * MSS));
	/* The window is larger by now. */
	begin(4, 200);
	weft_cc_congested(&cc, 4 * MSS);
	weft_cc_recovered(&cc);
	cc.cwnd = 6 * MSS;
	weft_cc_undo(&cc);
	CHECK(is(6 * MSS, 2 * MSS));
	/* Segments are larger by now. */
	begin(20, 2);
	weft_cc_congested(&cc, 20 * MSS);
	weft_cc_recovered(&cc);
	weft_cc_set_mss(&cc, 9 * MSS);
	weft_cc_undo(&cc);
	CHECK(is(20 * MSS, 18 * MSS));
	/* The first slow start goes on. */
	weft_cc_init(&cc, &weft_cc_cubic, MSS);
	weft_cc_timeout(&cc, IW, true, 1);
	weft_cc_undo(&cc);
	CHECK(is(IW, WEFT_CC_SSTHRESH_NONE));
	acked(MSS);
	CHECK(is(IW + MSS, WEFT_CC_SSTHRESH_NONE));
}

/* RFC 5681, 4.1. */
static void idling(void)
{
	begin(100, 60);
	weft_cc_idle(&cc, 299999, 300000, 1);
	CHECK(is(100 * MSS, 60 * MSS));
	weft_cc_idle(&cc, 300000, 300000, 2);
	CHECK(is(50 * MSS, 75 * MSS));
	weft_cc_idle(&cc, 600000, 300000, 3);
	CHECK(is(12 * MSS + MSS / 2, 75 * MSS));
	weft_cc_idle(&cc, 600000, 300000, 4);
	CHECK(is(IW, 75 * MSS));
	weft_cc_idle(&cc, ~0U, 1, 5);
	CHECK(is(IW, 75 * MSS));
	begin(100, 60);
	weft_cc_idle(&cc, ~0U, 1, 5);
	CHECK(is(IW, 75 * MSS));
	begin(100, 60);
	weft_cc_idle(&cc, ~0U, 0, 5);
	CHECK(is(100 * MSS, 60 * MSS));
	/* The first slow start looks for its end anew. */
	weft_cc_init(&cc, &weft_cc_cubic, MSS);
	cc.cwnd = 100 * MSS;
	cc.hystart.css = true;
	weft_cc_idle(&cc, 1, 1, 5);
	CHECK(is(50 * MSS, WEFT_CC_SSTHRESH_NONE) && !cc.hystart.css);
	/* A window below the restart window stays. */
	begin(3, 60);
	weft_cc_idle(&cc, ~0U, 1, 5);
	CHECK(is(3 * MSS, 60 * MSS));
	/* What was before is no longer restored. */
	begin(100, 60);
	weft_cc_congested(&cc, 100 * MSS);
	weft_cc_idle(&cc, ~0U, 1, 5);
	CHECK(cc.recovering);
	weft_cc_recovered(&cc);
	weft_cc_idle(&cc, ~0U, 1, 5);
	weft_cc_undo(&cc);
	CHECK(is(IW, 50 * MSS));
}

static void pacing(void)
{
	begin(100, 200);
	CHECK(weft_cc_pacing_rate(&cc, 100000) == 2 * 1000 * 1000);
	CHECK(weft_cc_pacing_rate(&cc, 0) == WEFT_CC_RATE_NONE);
	begin(100, 100);
	CHECK(weft_cc_pacing_rate(&cc, 100000) == 1200 * 1000);
	begin(10, 100);
	CHECK(weft_cc_pacing_rate(&cc, 100000) == WEFT_CC_RATE_NONE);
	cc.cwnd++;
	CHECK(weft_cc_pacing_rate(&cc, 100000) == 200020);
	begin(100, 200);
	cc.cwnd = WEFT_CC_WINDOW_MAX;
	cc.ssthresh = WEFT_CC_SSTHRESH_NONE;
	CHECK(weft_cc_pacing_rate(&cc, 1) == 2000000ULL * WEFT_CC_WINDOW_MAX);
	CHECK(weft_cc_pacing_rate(&cc, ~0U) == 500000);
}

int main(void)
{
	TAP_RUN(by_name);
	TAP_RUN(initial_windows);
	TAP_RUN(slow_start);
	TAP_RUN(a_window_that_is_not_used_stays);
	TAP_RUN(another_algorithm);
	TAP_RUN(another_mss);
	TAP_RUN(recovery_begins_once);
	TAP_RUN(proportional_rate);
	TAP_RUN(reduction_bound);
	TAP_RUN(recoveries);
	TAP_RUN(timeouts);
	TAP_RUN(undo);
	TAP_RUN(idling);
	TAP_RUN(pacing);
	return tap_done();
}
