// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: congestion control with acknowledgments, losses, marks, timeouts and pauses in
 * any order and of any size. Windows stay within their bounds.
 */
#include <stdint.h>
#include <stdlib.h>

#include "congestion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t *next, *end;
static struct weft_cc cc;
static uint64_t now;
static uint32_t una;

static uint8_t byte(void)
{
	return next < end ? *next++ : 0;
}

/* Small numbers and large ones, three bytes each. */
static uint32_t number(void)
{
	uint32_t n = byte();

	n |= (uint32_t)byte() << 8;
	return n << byte() % 18;
}

static void acked(void)
{
	struct weft_cc_ack ack = { .limited = byte() & 1 };
	unsigned int n;

	ack.bytes = number();
	ack.in_flight = number();
	ack.rtt = number();
	ack.srtt = number();
	ack.nxt = una + ack.in_flight;
	/* Some of the same, so that a round trip needs few bytes. */
	for (n = byte() % 64; ; n--) {
		una += ack.bytes;
		ack.una = una;
		now += ack.rtt;
		ack.now = now;
		weft_cc_acked(&cc, &ack);
		if (!n)
			break;
	}
}

static void recovering(void)
{
	uint32_t delivered = number(), in_flight = number();

	weft_cc_recovering(&cc, delivered, in_flight, byte() & 1);
}

static void timeout(void)
{
	uint32_t in_flight = number();

	weft_cc_timeout(&cc, in_flight, byte() & 1, now);
}

static void idle(void)
{
	uint32_t pause = number(), rto = number();

	now += pause;
	weft_cc_idle(&cc, pause, rto, now);
}

static const struct weft_cc_ops *algorithm(void)
{
	return byte() & 1 ? &weft_cc_cubic : &weft_cc_newreno;
}

static void event(void)
{
	switch (byte() % 11) {
	case 0:
		acked();
		break;
	case 1:
		weft_cc_congested(&cc, number());
		break;
	case 2:
		recovering();
		break;
	case 3:
		weft_cc_sent(&cc, number());
		break;
	case 4:
		weft_cc_recovered(&cc);
		break;
	case 5:
		timeout();
		break;
	case 6:
		weft_cc_undo(&cc);
		break;
	case 7:
		idle();
		break;
	case 8:
		weft_cc_set_mss(&cc, number());
		break;
	case 9:
		weft_cc_choose(&cc, algorithm());
		break;
	case 10:
		/* A clock that goes back is none of ours, but nothing may break. */
		now = number();
		break;
	}
}

static void sound(void)
{
	if (cc.mss < 1 || cc.mss > WEFT_CC_MSS_MAX)
		abort();
	if (cc.cwnd < cc.mss || cc.cwnd > WEFT_CC_WINDOW_MAX)
		abort();
	if (cc.ssthresh < 2 * cc.mss)
		abort();
	if (cc.ssthresh != WEFT_CC_SSTHRESH_NONE && cc.ssthresh > WEFT_CC_WINDOW_MAX)
		abort();
	if (!weft_cc_pacing_rate(&cc, 1))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct weft_cc_ops *ops;

	next = data;
	end = data + size;
	now = 1;
	una = 0xffff0000U;
	ops = algorithm();
	weft_cc_init(&cc, ops, number());
	sound();
	while (next < end) {
		event();
		sound();
	}
	return 0;
}
