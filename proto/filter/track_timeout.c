// SPDX-License-Identifier: GPL-2.0
/* How long a connection is kept. See track_timeout.h. */
#include <linux/weft.h>
#include <linux/weft_track.h>
#include "track_timeout.h"

/*
 * Seconds. SYN is sent again 64 s after the last time at most, data and FIN after 120 s; a
 * socket in FIN-WAIT-2 that is not closed has no time, nor has one that nobody speaks to
 * but for keepalive, after 2 hours.
 */
const int weft_track_timeout_default[WEFT_TRACK_TIMEOUT_COUNT] = {
	[WEFT_TRACK_TIMEOUT_OPENING]		= 120,
	[WEFT_TRACK_TIMEOUT_ESTABLISHED]	= 432000,
	[WEFT_TRACK_TIMEOUT_HALF_CLOSED]	= 3600,
	[WEFT_TRACK_TIMEOUT_CLOSING]		= 300,
	[WEFT_TRACK_TIMEOUT_TIME_WAIT]		= 60,
	[WEFT_TRACK_TIMEOUT_RESET]		= 10,
	[WEFT_TRACK_TIMEOUT_DGRAM]		= 30,
	[WEFT_TRACK_TIMEOUT_DGRAM_REPLIED]	= 120,
	[WEFT_TRACK_TIMEOUT_CONTROL]		= 30,
	[WEFT_TRACK_TIMEOUT_OTHER]		= 600,
};

static enum weft_track_timeout weft_track_timeout_stream(u8 state)
{
	switch (state) {
	case WEFT_TRACK_STREAM_ESTABLISHED:
		return WEFT_TRACK_TIMEOUT_ESTABLISHED;
	case WEFT_TRACK_STREAM_FIN_WAIT:
	case WEFT_TRACK_STREAM_CLOSE_WAIT:
		return WEFT_TRACK_TIMEOUT_HALF_CLOSED;
	case WEFT_TRACK_STREAM_CLOSING:
	case WEFT_TRACK_STREAM_LAST_ACK:
		return WEFT_TRACK_TIMEOUT_CLOSING;
	case WEFT_TRACK_STREAM_TIME_WAIT:
		return WEFT_TRACK_TIMEOUT_TIME_WAIT;
	case WEFT_TRACK_STREAM_CLOSED:
		return WEFT_TRACK_TIMEOUT_RESET;
	}
	return WEFT_TRACK_TIMEOUT_OPENING;
}

/**
 * weft_track_timeout_of() - which time has a connection?
 * @proto: WEFT_PROTO_*
 * @stream_state: WEFT_TRACK_STREAM_*, of a stream
 * @replied: somebody has answered
 *
 * Context: any.
 * Return: which one.
 */
enum weft_track_timeout weft_track_timeout_of(u8 proto, u8 stream_state, bool replied)
{
	switch (proto) {
	case WEFT_PROTO_STREAM:
		return weft_track_timeout_stream(stream_state);
	case WEFT_PROTO_DGRAM:
		return replied ? WEFT_TRACK_TIMEOUT_DGRAM_REPLIED : WEFT_TRACK_TIMEOUT_DGRAM;
	case WEFT_PROTO_CONTROL:
		return WEFT_TRACK_TIMEOUT_CONTROL;
	}
	return WEFT_TRACK_TIMEOUT_OTHER;
}
