/* SPDX-License-Identifier: GPL-2.0 */
/* HyStart++: slow start that ends before packets are lost (RFC 9406). Pure. */
#ifndef WEFT_HYSTART_H
#define WEFT_HYSTART_H

#include <linux/types.h>

/* Section 4.3. L is infinite, since segments are paced. */
#define WEFT_HYSTART_MIN_THRESH_US	4000U	/* MIN_RTT_THRESH */
#define WEFT_HYSTART_MAX_THRESH_US	16000U	/* MAX_RTT_THRESH */
#define WEFT_HYSTART_DIVISOR		8	/* MIN_RTT_DIVISOR */
#define WEFT_HYSTART_SAMPLES		8	/* N_RTT_SAMPLE */
#define WEFT_HYSTART_CSS_DIVISOR	4	/* CSS_GROWTH_DIVISOR */
#define WEFT_HYSTART_CSS_ROUNDS		5	/* CSS_ROUNDS */

/* A round-trip time that was not measured. */
#define WEFT_HYSTART_NONE		(~0U)

/**
 * struct weft_hystart - the variables of section 4.2
 * @round_end: windowEnd: the round ends when this is acknowledged
 * @last_min: lastRoundMinRTT, microseconds; WEFT_HYSTART_NONE for none
 * @round_min: currentRoundMinRTT
 * @baseline: cssBaselineMinRtt
 * @samples: rttSampleCount, which stops at WEFT_HYSTART_SAMPLES
 * @css_rounds: rounds in conservative slow start that have ended
 * @css: conservative slow start
 * @begun: @round_end is set
 */
struct weft_hystart {
	u32	round_end;
	u32	last_min;
	u32	round_min;
	u32	baseline;
	u8	samples;
	u8	css_rounds;
	bool	css;
	bool	begun;
};

void weft_hystart_init(struct weft_hystart *h);
bool weft_hystart_acked(struct weft_hystart *h, u32 una, u32 nxt, u32 rtt);

/* How many bytes the window grows by for @bytes acknowledged. */
static inline u32 weft_hystart_growth(const struct weft_hystart *h, u32 bytes)
{
	return h->css ? bytes / WEFT_HYSTART_CSS_DIVISOR : bytes;
}

#endif /* WEFT_HYSTART_H */
