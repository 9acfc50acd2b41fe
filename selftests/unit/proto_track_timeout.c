// SPDX-License-Identifier: GPL-2.0
/* Which time a connection has. */
#include <linux/weft.h>
#include <linux/weft_track.h>
#include "tap.h"
#include "track_timeout.h"

static enum weft_track_timeout stream(u8 state)
{
	return weft_track_timeout_of(WEFT_PROTO_STREAM, state, true);
}

static void a_stream_by_its_state(void)
{
	CHECK(stream(WEFT_TRACK_STREAM_SYN_SENT) == WEFT_TRACK_TIMEOUT_OPENING);
	CHECK(stream(WEFT_TRACK_STREAM_SYN_CROSSED) == WEFT_TRACK_TIMEOUT_OPENING);
	CHECK(stream(WEFT_TRACK_STREAM_SYN_RECEIVED) == WEFT_TRACK_TIMEOUT_OPENING);
	CHECK(stream(WEFT_TRACK_STREAM_ESTABLISHED) == WEFT_TRACK_TIMEOUT_ESTABLISHED);
	CHECK(stream(WEFT_TRACK_STREAM_FIN_WAIT) == WEFT_TRACK_TIMEOUT_HALF_CLOSED);
	CHECK(stream(WEFT_TRACK_STREAM_CLOSE_WAIT) == WEFT_TRACK_TIMEOUT_HALF_CLOSED);
	CHECK(stream(WEFT_TRACK_STREAM_CLOSING) == WEFT_TRACK_TIMEOUT_CLOSING);
	CHECK(stream(WEFT_TRACK_STREAM_LAST_ACK) == WEFT_TRACK_TIMEOUT_CLOSING);
	CHECK(stream(WEFT_TRACK_STREAM_TIME_WAIT) == WEFT_TRACK_TIMEOUT_TIME_WAIT);
	CHECK(stream(WEFT_TRACK_STREAM_CLOSED) == WEFT_TRACK_TIMEOUT_RESET);
}

static void others_by_whether_they_are_answered(void)
{
	CHECK(weft_track_timeout_of(WEFT_PROTO_DGRAM, 0, false) == WEFT_TRACK_TIMEOUT_DGRAM);
	CHECK(weft_track_timeout_of(WEFT_PROTO_DGRAM, 0, true) ==
	      WEFT_TRACK_TIMEOUT_DGRAM_REPLIED);
	CHECK(weft_track_timeout_of(WEFT_PROTO_CONTROL, 0, true) ==
	      WEFT_TRACK_TIMEOUT_CONTROL);
	CHECK(weft_track_timeout_of(200, 0, true) == WEFT_TRACK_TIMEOUT_OTHER);
}

static void every_time_can_be_set(void)
{
	unsigned int i;

	for (i = 0; i < WEFT_TRACK_TIMEOUT_COUNT; i++)
		CHECK(weft_track_timeout_default[i] > 0 &&
		      weft_track_timeout_default[i] <= WEFT_TRACK_TIMEOUT_MAX);
}

int main(void)
{
	TAP_RUN(a_stream_by_its_state);
	TAP_RUN(others_by_whether_they_are_answered);
	TAP_RUN(every_time_can_be_set);
	return tap_done();
}
