// SPDX-License-Identifier: GPL-2.0
/* proto/hystart.c: round by round, and against traces of a model. */
#include "hystart.h"
#include "replay.h"
#include "tap.h"

static struct weft_hystart h;
static u32 una;

/* A byte is acknowledged; @ahead are in flight. */
static bool ack(u32 ahead, u32 rtt)
{
	una++;
	return weft_hystart_acked(&h, una, una + ahead, rtt);
}

/* A round of @n acknowledgments of a byte; true if slow start ended with one. */
static bool round_of(unsigned int n, u32 rtt)
{
	u32 end = una + n;
	bool over = false;

	for (; una != end; over |= weft_hystart_acked(&h, una, end + n, rtt))
		una++;
	return over;
}

/* A window of @n bytes was sent: the first round ends with it. */
static void begin(u32 isn, unsigned int n)
{
	weft_hystart_init(&h);
	una = isn;
	CHECK(!weft_hystart_acked(&h, una, una + n, 0) && h.begun);
}

static void a_steady_path(void)
{
	unsigned int i;

	begin(0, 20);
	for (i = 0; i < 100; i++)
		CHECK(!round_of(20, 50000) && !h.css);
	CHECK(weft_hystart_growth(&h, 1444) == 1444);
}

static void a_queue_grows(void)
{
	unsigned int i;

	begin(0xffffffd0, 20);
	round_of(20, 50000);
	round_of(20, 50000);
	/* The eighth sample tells. */
	for (i = 0; i < 7; i++)
		ack(20, 56250);
	CHECK(!h.css);
	ack(20, 56250);
	CHECK(h.css && h.baseline == 56250);
	CHECK(weft_hystart_growth(&h, 1444) == 361);
	/* That round is the first of five. */
	CHECK(!round_of(12, 60000) && h.css_rounds == 1);
	for (i = 2; i <= 4; i++)
		CHECK(!round_of(20, 70000) && h.css_rounds == i);
	CHECK(round_of(20, 70000));
}

static void one_fast_packet_is_enough_for_a_round(void)
{
	begin(0, 20);
	round_of(20, 50000);
	ack(39, 50000);
	round_of(19, 90000);
	CHECK(!h.css);
}

static void few_samples_tell_nothing(void)
{
	unsigned int i;

	begin(0, 7);
	for (i = 0; i < 20; i++)
		CHECK(!round_of(7, 10000 * (i + 1)) && !h.css);
	/* Nor do acknowledgments without a time. */
	begin(0, 20);
	round_of(20, 50000);
	round_of(20, 0);
	round_of(20, 0);
	CHECK(!h.css && !h.samples);
	/* The round before had none to compare with. */
	round_of(20, 90000);
	CHECK(!h.css);
}

static void the_delay_was_a_passing_one(void)
{
	begin(0, 20);
	round_of(20, 50000);
	round_of(20, 60000);
	CHECK(h.css && h.css_rounds == 1);
	round_of(20, 60000);
	round_of(20, 60000);
	CHECK(h.css && h.css_rounds == 3);
	round_of(20, 59999);
	CHECK(!h.css && h.baseline == WEFT_HYSTART_NONE);
	/* Anew, with five rounds again. */
	round_of(20, 70000);
	CHECK(h.css && h.css_rounds == 1);
}

/* MIN_RTT_THRESH up to 32 ms, an eighth up to 128 ms, then MAX_RTT_THRESH. */
static void thresholds(void)
{
	static const u32 known[][2] = {
		{ 1, 4000 }, { 32000, 4000 }, { 32008, 4001 }, { 64000, 8000 },
		{ 127999, 15999 }, { 128000, 16000 }, { 1000000, 16000 },
	};
	unsigned int i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		begin(0, 20);
		round_of(20, known[i][0]);
		round_of(20, known[i][0] + known[i][1] - 1);
		CHECK(!h.css);
		begin(0, 20);
		round_of(20, known[i][0]);
		round_of(20, known[i][0] + known[i][1]);
		CHECK(h.css);
	}
	/* No sum is too large. */
	begin(0, 20);
	round_of(20, ~0U - 1);
	round_of(20, ~0U - 1);
	CHECK(!h.css);
}

/* As to the byte, but for the segment by which congestion avoidance may be behind. */
static void as_the_model(void)
{
	replay("hystart-queue", 0, -1);
	replay("hystart-newreno", 0, -1);
	replay("hystart-passing", 0, -1);
	replay("hystart-within", 0, 100);
}

static void thresholds_as_the_model(void)
{
	replay("hystart-4ms-0", 0, -1);
	replay("hystart-4ms-1", 0, 0);
	replay("hystart-eighth-0", 0, -1);
	replay("hystart-eighth-1", 0, 0);
	replay("hystart-16ms-0", 0, -1);
	replay("hystart-16ms-1", 0, 0);
}

/* RFC 9406, 4.3: it is for the first slow start; a loss ends it. */
static void later_slow_starts_are_without_it(void)
{
	struct weft_cc_ack ack = { .now = 1, .bytes = 1000, .srtt = 50000, .limited = true };
	unsigned int i;
	struct weft_cc cc;

	weft_cc_init(&cc, &weft_cc_cubic, 1000);
	cc.hystart.css = true;
	weft_cc_acked(&cc, &ack);
	CHECK(cc.cwnd == 10250);
	weft_cc_timeout(&cc, 10000, true, 1);
	CHECK(!cc.hystart.css && !cc.hystart.begun);
	for (i = 0; i < 3; i++) {
		ack.rtt = 50000 + 50000 * i;
		weft_cc_acked(&cc, &ack);
	}
	CHECK(!cc.hystart.begun && cc.cwnd == 4000);
}

/* RFC 5681, 3.1: the threshold is two segments at least, also where slow start ends. */
static void the_least_threshold(void)
{
	struct weft_cc_ack ack = { .now = 1, .bytes = 1, .una = 1, .nxt = 2 };
	struct weft_cc cc;

	weft_cc_init(&cc, &weft_cc_cubic, 1000);
	weft_cc_timeout(&cc, 0, false, 1);
	cc.hystart.css = true;
	cc.hystart.css_rounds = WEFT_HYSTART_CSS_ROUNDS - 1;
	weft_cc_acked(&cc, &ack);
	CHECK(cc.ssthresh == WEFT_CC_SSTHRESH_NONE);
	ack.una = 2;
	weft_cc_acked(&cc, &ack);
	CHECK(cc.cwnd == 1000 && cc.ssthresh == 2000);
}

int main(void)
{
	TAP_RUN(a_steady_path);
	TAP_RUN(a_queue_grows);
	TAP_RUN(one_fast_packet_is_enough_for_a_round);
	TAP_RUN(few_samples_tell_nothing);
	TAP_RUN(the_delay_was_a_passing_one);
	TAP_RUN(thresholds);
	TAP_RUN(as_the_model);
	TAP_RUN(thresholds_as_the_model);
	TAP_RUN(later_slow_starts_are_without_it);
	TAP_RUN(the_least_threshold);
	return tap_done();
}
