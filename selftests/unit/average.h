/* SPDX-License-Identifier: GPL-2.0 */
/* The window of an algorithm where each 1/p-th segment is lost, as RFCs reckon it. */
#ifndef AVERAGE_H
#define AVERAGE_H

#include "congestion.h"

#define AVERAGE_MSS	1000U

/*
 * The mean window, segments, of some ten losses once those before do not matter. @period
 * is 1/p, @rtt is us, @first the window, segments, to begin with.
 */
static inline double average_window(const struct weft_cc_ops *ops, u32 rtt, u32 period,
				    u32 first)
{
	u32 losses = 0, since = 0;
	double sum = 0, rounds = 0;
	struct weft_cc cc;
	u64 now = 1;

	weft_cc_init(&cc, ops, AVERAGE_MSS);
	cc.cwnd = first * AVERAGE_MSS;
	cc.ssthresh = cc.cwnd;
	while (losses < 30) {
		u32 i, n = cc.cwnd / AVERAGE_MSS;
		bool lost = false;

		for (i = 1; i <= n; i++) {
			const struct weft_cc_ack ack = {
				.now = now + (u64)rtt * i / n, .bytes = AVERAGE_MSS,
				.rtt = rtt, .srtt = rtt, .limited = true,
			};

			lost |= ++since == period;
			weft_cc_acked(&cc, &ack);
		}
		now += rtt;
		if (losses >= 20) {
			sum += (double)cc.cwnd / AVERAGE_MSS;
			rounds++;
		}
		if (lost) {
			weft_cc_congested(&cc, cc.cwnd);
			weft_cc_recovered(&cc);
			since -= period;
			losses++;
		}
	}
	return sum / rounds;
}

#endif /* AVERAGE_H */
