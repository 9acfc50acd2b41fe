// SPDX-License-Identifier: GPL-2.0
/* The receive window and the size of the buffer behind it. See window.h. */
#include <linux/minmax.h>
#include "seq.h"
#include "window.h"

/**
 * weft_window_init() - nothing is offered yet
 * @w: the window
 * @next: the next sequence number that is expected
 * @space: bytes that the program is thought to read in a round trip: what the peer
 *	may send in the first one
 */
void weft_window_init(struct weft_window *w, u32 next, u32 space)
{
	*w = (struct weft_window) { .right = next, .space = space };
}

/* What is left of what the peer was offered. */
static u32 weft_window_left(const struct weft_window *w, u32 next)
{
	return weft_seq_after(w->right, next) ? w->right - next : 0;
}

/* The window that would be offered now: the edge moves by a segment or not at all. */
static u32 weft_window_next(const struct weft_window *w, u32 next, u32 free, u32 buffer,
			    u32 mss)
{
	u32 left = weft_window_left(w, next);

	free = min_t(u32, free, WEFT_WINDOW_MAX);
	if (free > left && free - left >= min(buffer / 2, mss))
		return free;
	return left;
}

/**
 * weft_window_offer() - what to tell the peer now
 * @w: the window; its right edge moves if it can
 * @next: the next sequence number that is expected
 * @free: bytes of payload from @next on that there is room for
 * @buffer: bytes of payload that there is room for when nothing waits
 * @mss: bytes of a full segment of the peer's
 *
 * The right edge never goes back, and moves by a segment or half of the buffer at least
 * (RFC 9293, section 3.8.6.2.2).
 *
 * Context: the socket is locked.
 * Return: bytes from @next on.
 */
u32 weft_window_offer(struct weft_window *w, u32 next, u32 free, u32 buffer, u32 mss)
{
	u32 window = weft_window_next(w, next, free, buffer, mss);

	w->right = next + window;
	return window;
}

/**
 * weft_window_update() - must the peer be told that there is room?
 * @w: the window
 * @next: the next sequence number that is expected
 * @free: as for weft_window_offer()
 * @buffer: the same
 * @mss: the same
 *
 * To be asked when the program has read. Two segments, as many as an acknowledgment is
 * delayed for; half of the buffer, if that is less; or a first one for a peer that could
 * not send any.
 *
 * Context: the socket is locked.
 * Return: true if an acknowledgment should be sent for this alone.
 */
bool weft_window_update(const struct weft_window *w, u32 next, u32 free, u32 buffer,
			u32 mss)
{
	u32 left = weft_window_left(w, next);
	u32 window = weft_window_next(w, next, free, buffer, mss);

	return window > left &&
	       (left < mss || window - left >= min(buffer / 2, 2 * mss));
}

/**
 * weft_window_rtt() - a round trip as the receiver sees it
 * @w: the window
 * @us: from an acknowledgment to data that echoes its time stamp, microseconds
 *
 * A peer that has nothing to send makes samples longer than the path is, never shorter:
 * one below the estimate is believed at once, one above counts an eighth.
 */
void weft_window_rtt(struct weft_window *w, u32 us)
{
	us = max_t(u32, us, 1);
	if (!w->rtt || us < w->rtt)
		w->rtt = us;
	else
		w->rtt += (us - w->rtt) / 8;
}

/**
 * weft_window_tune() - how large should the buffer be?
 * @w: the window
 * @copied: bytes that the program has read since the connection began
 * @buffer: bytes of payload that there is room for when nothing waits
 * @now: microseconds, not 0
 *
 * Once in a round trip, to be asked when the program has read. The peer can fill the path
 * if the buffer holds what arrives in two round trips, one of which waits to be read or for
 * a loss to be repaired. What is read grows for a round trip before that is seen here, in
 * slow start by twice as much as in the one before.
 *
 * Context: the socket is locked.
 * Return: bytes of payload that there should be room for, 0 if the buffer can stay.
 */
u32 weft_window_tune(struct weft_window *w, u64 copied, u32 buffer, u64 now)
{
	u32 read, grown;

	if (w->round_at && (!w->rtt || now - w->round_at < w->rtt))
		return 0;
	read = min_t(u64, copied - w->copied, WEFT_WINDOW_MAX / 4);
	if (!w->round_at)
		read = 0;
	w->round_at = now;
	w->copied = copied;
	/* What came in packets with little payload each has room for less than it had once. */
	w->space = min(w->space, buffer / 2);
	if (read <= w->space)
		return 0;
	grown = read - w->space;
	w->space = read;
	return 2 * (read + min(2 * grown, read));
}
