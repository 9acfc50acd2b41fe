// SPDX-License-Identifier: GPL-2.0
/* proto/newreno.c: against traces of a model, and the window of its formula. */
#include <linux/kernel.h>
#include "average.h"
#include "congestion.h"
#include "replay.h"
#include "tap.h"

#define MSS	1000U

/* The window grows by whole segments here, a byte at a time in the model. */
static void as_the_model(void)
{
	replay("newreno-1ms", 10, -1);
	replay("newreno-20ms", 10, -1);
	replay("newreno-100ms", 10, -1);
	replay("newreno-jumbo", 10, -1);
	replay("newreno-small", 10, -1);
	replay("newreno-timeout", 10, -1);
	replay("newreno-idle", 10, -1);
	replay("newreno-undo", 10, -1);
}

/* RFC 9438, tables 1 and 2, "Reno": the root of 1.5/p. */
static void average_windows(void)
{
	static const u32 table[][2] = {
		{ 100, 12 }, { 1000, 38 }, { 10000, 120 }, { 100000, 379 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		u32 want = table[i][1];
		double is = average_window(&weft_cc_newreno, 10000, table[i][0], want);

		printf("# p 1/%u: %.1f segments, table: %u\n", table[i][0], is, want);
		CHECK(is > want * 0.9 && is < want * 1.1);
	}
}

/* RFC 5681, 3.1: one segment for each window. */
static void a_segment_in_a_round_trip(void)
{
	struct weft_cc_ack ack = { .bytes = MSS / 2, .limited = true };
	struct weft_cc cc;
	unsigned int i;

	weft_cc_init(&cc, &weft_cc_newreno, MSS);
	cc.ssthresh = cc.cwnd;
	for (i = 0; i < 19; i++)
		weft_cc_acked(&cc, &ack);
	CHECK(cc.cwnd == 10 * MSS);
	weft_cc_acked(&cc, &ack);
	CHECK(cc.cwnd == 11 * MSS);
	for (i = 0; i < 21; i++)
		weft_cc_acked(&cc, &ack);
	CHECK(cc.cwnd == 11 * MSS);
	weft_cc_acked(&cc, &ack);
	CHECK(cc.cwnd == 12 * MSS);
	/* However many windows are acknowledged at once. */
	ack.bytes = 36 * MSS;
	weft_cc_acked(&cc, &ack);
	CHECK(cc.cwnd == 13 * MSS);
	ack.bytes = 12 * MSS;
	weft_cc_acked(&cc, &ack);
	CHECK(cc.cwnd == 13 * MSS);
	ack.bytes = ~0U;
	weft_cc_acked(&cc, &ack);
	CHECK(cc.cwnd == 14 * MSS);
	cc.cwnd = WEFT_CC_WINDOW_MAX;
	weft_cc_acked(&cc, &ack);
	CHECK(cc.cwnd == WEFT_CC_WINDOW_MAX);
}

int main(void)
{
	TAP_RUN(as_the_model);
	TAP_RUN(average_windows);
	TAP_RUN(a_segment_in_a_round_trip);
	return tap_done();
}
