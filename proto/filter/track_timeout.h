/* SPDX-License-Identifier: GPL-2.0 */
/* How long a connection is kept after its last packet. Pure. */
#ifndef WEFT_TRACK_TIMEOUT_H
#define WEFT_TRACK_TIMEOUT_H

#include <linux/types.h>

/* Which time; each one is a sysctl, in seconds. */
enum weft_track_timeout {
	WEFT_TRACK_TIMEOUT_OPENING,
	WEFT_TRACK_TIMEOUT_ESTABLISHED,
	WEFT_TRACK_TIMEOUT_HALF_CLOSED,
	WEFT_TRACK_TIMEOUT_CLOSING,
	WEFT_TRACK_TIMEOUT_TIME_WAIT,
	WEFT_TRACK_TIMEOUT_RESET,
	WEFT_TRACK_TIMEOUT_DGRAM,
	WEFT_TRACK_TIMEOUT_DGRAM_REPLIED,
	WEFT_TRACK_TIMEOUT_CONTROL,
	WEFT_TRACK_TIMEOUT_OTHER,
	WEFT_TRACK_TIMEOUT_COUNT
};

/* The longest that can be set, seconds: 30 days. */
#define WEFT_TRACK_TIMEOUT_MAX	2592000

extern const int weft_track_timeout_default[WEFT_TRACK_TIMEOUT_COUNT];

enum weft_track_timeout weft_track_timeout_of(u8 proto, u8 stream_state, bool replied);

#endif /* WEFT_TRACK_TIMEOUT_H */
