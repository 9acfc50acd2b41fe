// SPDX-License-Identifier: GPL-2.0
/* HyStart++ (RFC 9406). See hystart.h. */
#include <linux/minmax.h>
#include "hystart.h"
#include "seq.h"

/**
 * weft_hystart_init() - slow start begins
 * @h: filled in
 */
void weft_hystart_init(struct weft_hystart *h)
{
	*h = (struct weft_hystart) {
		.last_min = WEFT_HYSTART_NONE,
		.round_min = WEFT_HYSTART_NONE,
		.baseline = WEFT_HYSTART_NONE,
	};
}

static void weft_hystart_round(struct weft_hystart *h, u32 nxt)
{
	h->last_min = h->round_min;
	h->round_min = WEFT_HYSTART_NONE;
	h->samples = 0;
	h->round_end = nxt;
	h->begun = true;
}

static void weft_hystart_sample(struct weft_hystart *h, u32 rtt)
{
	h->round_min = min(h->round_min, rtt);
	if (h->samples < WEFT_HYSTART_SAMPLES)
		h->samples++;
}

/* Are packets waiting in a queue that grows? WEFT_HYSTART_NONE is more than any time. */
static bool weft_hystart_delayed(const struct weft_hystart *h)
{
	u32 thresh = clamp_t(u32, h->last_min / WEFT_HYSTART_DIVISOR,
			     WEFT_HYSTART_MIN_THRESH_US, WEFT_HYSTART_MAX_THRESH_US);

	return h->round_min >= (u64)h->last_min + thresh;
}

/* Into conservative slow start, or out of it where the delay was a passing one. */
static void weft_hystart_check(struct weft_hystart *h)
{
	if (h->samples < WEFT_HYSTART_SAMPLES)
		return;
	if (!h->css && weft_hystart_delayed(h)) {
		h->css = true;
		h->css_rounds = 0;
		h->baseline = h->round_min;
	} else if (h->css && h->round_min < h->baseline) {
		h->css = false;
		h->baseline = WEFT_HYSTART_NONE;
	}
}

/**
 * weft_hystart_acked() - an acknowledgment came in slow start
 * @h: state
 * @una: first byte not acknowledged
 * @nxt: next byte to be sent
 * @rtt: round-trip time that it gave, microseconds; 0 for none
 *
 * The acknowledgment that ends a round is of a packet of that round, so its time
 * counts there. A round in which conservative slow start began counts as one.
 *
 * Return: true if slow start is over: WEFT_HYSTART_CSS_ROUNDS went by.
 */
bool weft_hystart_acked(struct weft_hystart *h, u32 una, u32 nxt, u32 rtt)
{
	if (!h->begun)
		weft_hystart_round(h, nxt);
	if (rtt) {
		weft_hystart_sample(h, rtt);
		weft_hystart_check(h);
	}
	if (weft_seq_before(una, h->round_end))
		return false;
	if (h->css)
		h->css_rounds++;
	weft_hystart_round(h, nxt);
	return h->css_rounds >= WEFT_HYSTART_CSS_ROUNDS;
}
