// SPDX-License-Identifier: GPL-2.0
/* The state of a stream as somebody on its way sees it. */
#include <linux/weft.h>
#include "seq.h"
#include "tap.h"
#include "track_stream.h"

#define S WEFT_STREAM_SYN
#define A WEFT_STREAM_ACK
#define F WEFT_STREAM_FIN
#define R WEFT_STREAM_RST

#define MOVES	WEFT_TRACK_STREAM_MOVES
#define PASSES	WEFT_TRACK_STREAM_PASSES
#define REFUSED	WEFT_TRACK_STREAM_REFUSED
#define BEGINS	WEFT_TRACK_STREAM_BEGINS

#define WINDOW	10000U

/* Behind the SYN of each side: the numbers of the first one wrap. */
static const u32 base[2] = { 0xfffffff0, 1000 };
static struct weft_track_stream s;

static struct weft_track_segment segment(int reply, u8 flags, u32 seq, u32 ack, u32 len)
{
	struct weft_track_segment seg = {
		.seq = base[reply] + seq,
		.ack = flags & A ? base[!reply] + ack : 0,
		.window = WINDOW,
		.flags = flags,
	};

	seg.end = seg.seq + len + !!(flags & S) + !!(flags & F);
	return seg;
}

static enum weft_track_verdict says(int reply, u8 flags, u32 seq, u32 ack, u32 len)
{
	struct weft_track_segment seg = segment(reply, flags, seq, ack, len);

	return weft_track_stream_step(&s, &seg, reply);
}

static bool begins(u8 flags, bool loose)
{
	struct weft_track_segment seg = segment(0, flags, flags & S ? -1 : 0, 0, 0);

	return weft_track_stream_begin(&s, &seg, loose);
}

static void open_it(void)
{
	CHECK(begins(S, false));
	CHECK(says(1, S | A, -1, 0, 0) == MOVES);
	CHECK(says(0, A, 0, 0, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_ESTABLISHED);
}

static void the_first_segment(void)
{
	CHECK(begins(S, false) && s.state == WEFT_TRACK_STREAM_SYN_SENT);
	CHECK(!begins(S | A, false));
	CHECK(!begins(A, false));
	CHECK(!begins(R, true));
	CHECK(!begins(F | A, true));
	CHECK(begins(A, true) && s.state == WEFT_TRACK_STREAM_ESTABLISHED);
	CHECK(s.picked_up);
}

static void three_segments_open(void)
{
	CHECK(begins(S, false));
	CHECK(says(0, S, -1, 0, 0) == MOVES);
	CHECK(says(0, A, 0, 0, 0) == REFUSED);
	CHECK(says(1, S | A, -1, 1, 0) == REFUSED);
	CHECK(says(1, F | A, 0, 0, 0) == REFUSED);
	CHECK(s.state == WEFT_TRACK_STREAM_SYN_SENT);
	CHECK(says(1, S | A, -1, 0, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_SYN_RECEIVED);
	CHECK(says(0, S, -1, 0, 0) == PASSES);
	CHECK(says(1, S | A, -1, 0, 0) == MOVES);
	CHECK(says(0, A, 0, 0, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_ESTABLISHED);
	CHECK(says(1, S | A, -1, 0, 0) == PASSES);
}

static void another_syn_before_the_answer(void)
{
	CHECK(begins(S, false));
	CHECK(says(0, S, 5000 - 1, 0, 0) == MOVES);
	CHECK(says(1, S | A, -1, 0, 0) == REFUSED);
	CHECK(says(1, S | A, -1, 5000, 0) == MOVES);
}

static void both_open(void)
{
	CHECK(begins(S, false));
	CHECK(says(1, S, -1, 0, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_SYN_CROSSED);
	CHECK(says(1, S | A, -1, 0, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_SYN_RECEIVED);
	CHECK(says(0, S | A, -1, 0, 0) == MOVES);
	CHECK(says(0, A, 0, 0, 5) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_ESTABLISHED);
}

/* A peer that has not forgotten an older connection answers SYN so. */
static void a_half_open_connection(void)
{
	CHECK(begins(S, false));
	CHECK(says(1, A, 77777, 55555, 0) == PASSES);
	CHECK(says(0, R, 55555, 0, 0) == PASSES);
	CHECK(s.state == WEFT_TRACK_STREAM_SYN_SENT);
	CHECK(says(1, S | A, -1, 0, 0) == MOVES);
}

static void one_closes(void)
{
	int first;

	for (first = 0; first < 2; first++) {
		open_it();
		CHECK(says(first, F | A, 0, 0, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_FIN_WAIT);
		CHECK(says(first, F | A, 0, 0, 0) == MOVES);
		CHECK(says(!first, A, 0, 0, 100) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_FIN_WAIT);
		CHECK(says(!first, A, 100, 1, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_CLOSE_WAIT);
		CHECK(says(!first, A, 100, 1, 100) == MOVES);
		CHECK(says(first, A, 1, 200, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_CLOSE_WAIT);
		CHECK(says(!first, F | A, 200, 1, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_LAST_ACK);
		CHECK(says(first, A, 1, 200, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_LAST_ACK);
		CHECK(says(first, A, 1, 201, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_TIME_WAIT);
		CHECK(says(!first, F | A, 200, 1, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_TIME_WAIT);
		CHECK(says(0, S, 9000, 0, 0) == BEGINS);
		CHECK(says(1, S, 9000, 0, 0) == BEGINS);
	}
}

static void fin_with_the_acknowledgment(void)
{
	open_it();
	CHECK(says(0, F | A, 0, 0, 10) == MOVES);
	CHECK(says(1, F | A, 0, 11, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_LAST_ACK);
	CHECK(says(0, A, 11, 1, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_TIME_WAIT);
}

static void both_close(void)
{
	int first;

	for (first = 0; first < 2; first++) {
		open_it();
		CHECK(says(0, F | A, 0, 0, 0) == MOVES);
		CHECK(says(1, F | A, 0, 0, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_CLOSING);
		CHECK(says(first, A, 1, 1, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_LAST_ACK);
		CHECK(says(first, A, 1, 1, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_LAST_ACK);
		CHECK(says(!first, A, 1, 1, 0) == MOVES);
		CHECK(s.state == WEFT_TRACK_STREAM_TIME_WAIT);
	}
}

static void a_reset_must_be_next(void)
{
	open_it();
	CHECK(says(0, A, 0, 0, 100) == MOVES);
	CHECK(says(1, A, 0, 50, 0) == MOVES);
	CHECK(says(0, R, 100 + 2 * WINDOW, 0, 0) == REFUSED);
	CHECK(says(0, R, 101, 0, 0) == PASSES);
	CHECK(says(0, R, 49, 0, 0) == PASSES);
	CHECK(s.state == WEFT_TRACK_STREAM_ESTABLISHED);
	CHECK(says(0, R, 50, 0, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_CLOSED);
	CHECK(says(0, S, 7000, 0, 0) == BEGINS);
}

static void a_refused_stream(void)
{
	CHECK(begins(S, false));
	CHECK(says(1, R | A, -1, 1, 0) == REFUSED);
	CHECK(says(1, R, -1, 0, 0) == REFUSED);
	CHECK(says(1, R | A, 12345, 0, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_CLOSED);
}

static void a_reset_does_not_end_time_wait(void)
{
	open_it();
	says(0, F | A, 0, 0, 0);
	says(1, F | A, 0, 1, 0);
	says(0, A, 1, 1, 0);
	CHECK(s.state == WEFT_TRACK_STREAM_TIME_WAIT);
	CHECK(says(1, R, 1, 0, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_TIME_WAIT);
}

static void four_bounds(void)
{
	struct weft_track_stream before;

	open_it();
	before = s;
	CHECK(says(0, A, WINDOW + 1, 0, 10) == REFUSED);
	CHECK(says(0, A, -WINDOW - 20, 0, 10) == REFUSED);
	CHECK(says(0, A, 0, 1, 10) == REFUSED);
	CHECK(says(0, A, 0, -70000, 10) == REFUSED);
	CHECK(!memcmp(&s, &before, sizeof(s)));
	CHECK(says(0, A, WINDOW - 10, 0, 10) == MOVES);
	CHECK(says(0, A, 0, 0, 10) == MOVES);
	CHECK(says(1, A, 0, WINDOW, 10) == MOVES);
	CHECK(says(0, A, 2 * WINDOW, 10, 0) == MOVES);
	CHECK(says(0, A, 2 * WINDOW + 1, 10, 0) == REFUSED);
}

static void a_window_of_zero_takes_a_probe(void)
{
	struct weft_track_segment shut;

	open_it();
	CHECK(says(0, A, 0, 0, WINDOW) == MOVES);
	shut = segment(1, A, 0, WINDOW, 0);
	shut.window = 0;
	CHECK(weft_track_stream_step(&s, &shut, true) == MOVES);
	CHECK(says(0, A, WINDOW, 0, 1) == MOVES);
	CHECK(says(0, A, WINDOW - 1, 0, 0) == MOVES);
}

/* The largest that the field has is no more than half of the circle. */
static void a_window_of_all_bits(void)
{
	struct weft_track_segment wide;

	open_it();
	wide = segment(1, A, 0, 0, 0);
	wide.window = 0xffffffff;
	CHECK(weft_track_stream_step(&s, &wide, true) == MOVES);
	CHECK(says(0, A, 0x40000001, 0, 0) == REFUSED);
	CHECK(says(0, A, 0x40000000, 0, 0) == MOVES);
}

static void picked_up_has_no_windows(void)
{
	CHECK(begins(A, true));
	CHECK(says(1, A, 500000, 0, 10) == MOVES);
	CHECK(says(0, A, 0, 0, 10) == MOVES);
	CHECK(says(0, F | A, 10, 500010, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_FIN_WAIT);
	CHECK(says(1, A, 500010, 11, 0) == MOVES);
	CHECK(s.state == WEFT_TRACK_STREAM_CLOSE_WAIT);
}

static void what_an_error_may_quote(void)
{
	open_it();
	says(0, A, 0, 0, 100);
	CHECK(weft_track_stream_sent(&s, base[0], false));
	CHECK(weft_track_stream_sent(&s, base[0] + 100, false));
	CHECK(!weft_track_stream_sent(&s, base[0] + 101, false));
	CHECK(!weft_track_stream_sent(&s, base[0] - 70000, false));
	CHECK(weft_track_stream_sent(&s, base[1], true));
	CHECK(!weft_track_stream_sent(&s, base[1] + 1, true));
}

int main(void)
{
	TAP_RUN(the_first_segment);
	TAP_RUN(three_segments_open);
	TAP_RUN(another_syn_before_the_answer);
	TAP_RUN(both_open);
	TAP_RUN(a_half_open_connection);
	TAP_RUN(one_closes);
	TAP_RUN(fin_with_the_acknowledgment);
	TAP_RUN(both_close);
	TAP_RUN(a_reset_must_be_next);
	TAP_RUN(a_refused_stream);
	TAP_RUN(a_reset_does_not_end_time_wait);
	TAP_RUN(four_bounds);
	TAP_RUN(a_window_of_zero_takes_a_probe);
	TAP_RUN(a_window_of_all_bits);
	TAP_RUN(picked_up_has_no_windows);
	TAP_RUN(what_an_error_may_quote);
	return tap_done();
}
