/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The receive window: how much the peer may send (RFC 9293, 3.8.6), and how large the
 * buffer should be for the path. Pure.
 */
#ifndef WEFT_WINDOW_H
#define WEFT_WINDOW_H

#include <linux/types.h>

/* The largest window that is offered, bytes (RFC 7323, section 2.3). */
#define WEFT_WINDOW_MAX		0x40000000U

/**
 * struct weft_window - the receive window of a connection
 * @right: one behind the last number that the peer may send; never goes back
 * @copied: bytes that the program had read when the present round trip began
 * @round_at: when it began, microseconds; 0 before the first
 * @rtt: round-trip time as the receiver sees it, microseconds; 0 for unknown
 * @space: bytes that the program reads in a round trip, at most so far
 */
struct weft_window {
	u32	right;
	u64	copied;
	u64	round_at;
	u32	rtt;
	u32	space;
};

void weft_window_init(struct weft_window *w, u32 next, u32 space);
u32 weft_window_offer(struct weft_window *w, u32 next, u32 free, u32 buffer, u32 mss);
bool weft_window_update(const struct weft_window *w, u32 next, u32 free, u32 buffer,
			u32 mss);
void weft_window_rtt(struct weft_window *w, u32 us);
u32 weft_window_tune(struct weft_window *w, u64 copied, u32 buffer, u64 now);

#endif /* WEFT_WINDOW_H */
