// SPDX-License-Identifier: GPL-2.0
/* The receive window and the size of the buffer. */
#include "seq.h"
#include "tap.h"
#include "window.h"

#define MSS	1444
#define BUFFER	100000

static struct weft_window at(u32 next)
{
	struct weft_window w;

	weft_window_init(&w, next, 14440);
	return w;
}

static void the_first_window(void)
{
	struct weft_window w = at(0xfffffff0);

	CHECK(weft_window_offer(&w, 0xfffffff0, BUFFER, BUFFER, MSS) == BUFFER);
	CHECK(w.right == 0xfffffff0 + BUFFER);
}

static void the_edge_never_goes_back(void)
{
	struct weft_window w = at(0xfffffff0);

	weft_window_offer(&w, 0xfffffff0, BUFFER, BUFFER, MSS);
	CHECK(weft_window_offer(&w, 0xfffffff0, 10, BUFFER, MSS) == BUFFER);
	CHECK(weft_window_offer(&w, 0xfffffff0, 0, 0, MSS) == BUFFER);
	/* What came takes more room than it should. */
	CHECK(weft_window_offer(&w, 1000 - 16, 90000, BUFFER, MSS) == BUFFER - 1000);
	CHECK(w.right == 0xfffffff0 + BUFFER);
}

static void the_edge_moves_by_a_segment(void)
{
	struct weft_window w = at(0);

	weft_window_offer(&w, 0, BUFFER, BUFFER, MSS);
	/* All was received, and the program reads byte by byte. */
	CHECK(weft_window_offer(&w, BUFFER, 1, BUFFER, MSS) == 0);
	CHECK(weft_window_offer(&w, BUFFER, MSS - 1, BUFFER, MSS) == 0);
	CHECK(weft_window_offer(&w, BUFFER, MSS, BUFFER, MSS) == MSS);
	CHECK(weft_window_offer(&w, BUFFER, 2 * MSS - 1, BUFFER, MSS) == MSS);
	CHECK(weft_window_offer(&w, BUFFER, 2 * MSS, BUFFER, MSS) == 2 * MSS);
}

static void a_small_buffer_moves_by_halves(void)
{
	struct weft_window w = at(0);

	CHECK(weft_window_offer(&w, 0, 1000, 1000, MSS) == 1000);
	CHECK(weft_window_offer(&w, 1000, 499, 1000, MSS) == 0);
	CHECK(weft_window_offer(&w, 1000, 500, 1000, MSS) == 500);
	w = at(0);
	CHECK(weft_window_offer(&w, 0, 1, 1, MSS) == 1);
	CHECK(weft_window_offer(&w, 1, 0, 1, MSS) == 0);
	CHECK(weft_window_offer(&w, 1, 1, 1, MSS) == 1);
}

/* More came than was offered: a probe's byte that there was room for after all. */
static void beyond_the_edge(void)
{
	struct weft_window w = at(0);

	weft_window_offer(&w, 0, 5000, BUFFER, MSS);
	CHECK(weft_window_offer(&w, 5001, 0, BUFFER, MSS) == 0);
	CHECK(w.right == 5001);
	CHECK(!weft_window_update(&w, 6000, 0, BUFFER, MSS));
	CHECK(weft_window_offer(&w, 6000, 4000, BUFFER, MSS) == 4000);
}

static void the_largest_window(void)
{
	struct weft_window w = at(5);

	CHECK(weft_window_offer(&w, 5, 0xffffffff, 0xffffffff, MSS) == WEFT_WINDOW_MAX);
	CHECK(weft_seq_after(w.right, 5));
}

static void updates(void)
{
	struct weft_window w = at(0);

	weft_window_offer(&w, 0, BUFFER, BUFFER, MSS);
	CHECK(!weft_window_update(&w, 50000, 50000, BUFFER, MSS));
	CHECK(!weft_window_update(&w, 50000, 50000 + 2 * MSS - 1, BUFFER, MSS));
	CHECK(weft_window_update(&w, 50000, 50000 + 2 * MSS, BUFFER, MSS));
	/* With less than a segment left, one more is worth an acknowledgment. */
	CHECK(!weft_window_update(&w, BUFFER - 100, MSS, BUFFER, MSS));
	CHECK(weft_window_update(&w, BUFFER - 100, MSS + 100, BUFFER, MSS));
	CHECK(weft_window_update(&w, BUFFER, MSS, BUFFER, MSS));
	CHECK(!weft_window_update(&w, BUFFER, MSS - 1, BUFFER, MSS));
	/* Half of a small buffer. */
	w = at(0);
	weft_window_offer(&w, 0, 2000, 2000, MSS);
	CHECK(!weft_window_update(&w, 2000, 999, 2000, MSS));
	CHECK(weft_window_update(&w, 2000, 1000, 2000, MSS));
	w = at(0);
	weft_window_offer(&w, 0, 5000, 5000, MSS);
	CHECK(!weft_window_update(&w, 3000, 2000 + 2499, 5000, MSS));
	CHECK(weft_window_update(&w, 3000, 2000 + 2500, 5000, MSS));
}

/* An update is sent only for what the peer is then told. */
static void updates_tell_something(void)
{
	u32 next, free, told;
	struct weft_window w;

	for (next = 0; next <= 6000; next += 71) {
		for (free = 0; free <= 6000; free += 37) {
			w = at(0);
			weft_window_offer(&w, 0, 6000, 6000, MSS);
			told = w.right;
			if (!weft_window_update(&w, next, free, 6000, MSS))
				continue;
			weft_window_offer(&w, next, free, 6000, MSS);
			CHECK(weft_seq_after(w.right, told));
		}
	}
}

static void round_trips(void)
{
	struct weft_window w = at(0);
	int i;

	weft_window_rtt(&w, 0);
	CHECK(w.rtt == 1);
	w = at(0);
	weft_window_rtt(&w, 80000);
	CHECK(w.rtt == 80000);
	weft_window_rtt(&w, 20000);
	CHECK(w.rtt == 20000);
	weft_window_rtt(&w, 100000);
	CHECK(w.rtt == 30000);
	for (i = 0; i < 100; i++)
		weft_window_rtt(&w, 0xffffffff);
	CHECK(w.rtt > 0xf0000000);
}

static void the_buffer_follows_what_is_read(void)
{
	struct weft_window w = at(0);
	u64 now = 5000;

	/* Nothing is known before a round trip was seen. */
	CHECK(!weft_window_tune(&w, 1 << 20, WEFT_WINDOW_MAX, now));
	CHECK(!weft_window_tune(&w, 2 << 20, WEFT_WINDOW_MAX, now + 100000));
	w = at(0);
	weft_window_rtt(&w, 10000);
	CHECK(!weft_window_tune(&w, 1000000, WEFT_WINDOW_MAX, now));
	CHECK(!weft_window_tune(&w, 1000000 + 50000, WEFT_WINDOW_MAX, now + 9999));
	/* It read what was thought of, or less. */
	CHECK(!weft_window_tune(&w, 1000000 + 14440, WEFT_WINDOW_MAX, now += 10000));
	CHECK(!weft_window_tune(&w, 1000000 + 14440, WEFT_WINDOW_MAX, now += 10000));
	/* Twice that: slow start. */
	CHECK(weft_window_tune(&w, 1000000 + 14440 * 3, WEFT_WINDOW_MAX, now += 10000) ==
	      4 * 28880);
	/* A little more than in the round before. */
	CHECK(weft_window_tune(&w, 1000000 + 14440 * 3 + 30000, WEFT_WINDOW_MAX, now += 10000) ==
	      2 * (30000 + 2 * 1120));
	/* The same again, or less, needs no more. */
	CHECK(!weft_window_tune(&w, 1000000 + 14440 * 3 + 60000, WEFT_WINDOW_MAX, now += 10000));
	CHECK(!weft_window_tune(&w, 1000000 + 14440 * 3 + 60001, WEFT_WINDOW_MAX, now += 10000));
	CHECK(w.space == 30000);

	/* The buffer cannot take what was read in one round trip twice. */
	CHECK(weft_window_tune(&w, 1000000 + 14440 * 3 + 80001, 30000, now += 10000) > 30000);
	CHECK(w.space == 20000);
}

static void what_is_read_is_bounded(void)
{
	struct weft_window w = at(0);
	u32 space;

	weft_window_rtt(&w, 10);
	weft_window_tune(&w, 0, WEFT_WINDOW_MAX, 1);
	space = weft_window_tune(&w, 1ULL << 40, WEFT_WINDOW_MAX, 1000);
	CHECK(space == WEFT_WINDOW_MAX);
	CHECK(!weft_window_tune(&w, 1ULL << 50, WEFT_WINDOW_MAX, 2000));
}

/*
 * A sender in slow start whose window is not the limit: the buffer that the receiver
 * makes is never less than what the sender may send in a round trip.
 */
static void slow_start_is_not_held_up(void)
{
	u32 buffer = 2 * 14440, cwnd, space;
	struct weft_window w = at(0);
	u64 now = 1, copied = 0;

	weft_window_rtt(&w, 50000);
	weft_window_tune(&w, copied, WEFT_WINDOW_MAX, now);
	for (cwnd = 14440; cwnd < 100000000; cwnd *= 2) {
		CHECK(buffer >= cwnd);
		copied += cwnd;
		now += 50000;
		space = weft_window_tune(&w, copied, WEFT_WINDOW_MAX, now);
		if (space > buffer)
			buffer = space;
	}
}

int main(void)
{
	TAP_RUN(the_first_window);
	TAP_RUN(the_edge_never_goes_back);
	TAP_RUN(the_edge_moves_by_a_segment);
	TAP_RUN(a_small_buffer_moves_by_halves);
	TAP_RUN(beyond_the_edge);
	TAP_RUN(the_largest_window);
	TAP_RUN(updates);
	TAP_RUN(updates_tell_something);
	TAP_RUN(round_trips);
	TAP_RUN(the_buffer_follows_what_is_read);
	TAP_RUN(what_is_read_is_bounded);
	TAP_RUN(slow_start_is_not_held_up);
	return tap_done();
}
