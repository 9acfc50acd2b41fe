/* SPDX-License-Identifier: GPL-2.0 */
/* Frames: made of what a script says, and taken apart. */
#ifndef DRILL_WIRE_H
#define DRILL_WIRE_H

#include <linux/weft.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "script.h"

#define DRILL_FRAME_MAX		65600
/* Of the device, and of the peer that the tool plays; the last byte of each MAC. */
#define DRILL_US_MAC		1
#define DRILL_THEM_MAC		2

/* Whose bytes a pattern is. */
enum drill_side {
	DRILL_SIDE_US,
	DRILL_SIDE_THEM,
};

/**
 * struct drill_seen - a segment that Weft sent
 * @at: when it came, microseconds
 * @frame: all of it; owned
 * @frame_len: bytes
 * @wrong: what is wrong with it whatever was expected, NULL if nothing is
 * @ecn: ECN field of the network header
 * @us: port of Weft's end
 * @them: port of the tool's
 * @flags: WEFT_STREAM_*
 * @seq: absolute
 * @ack: absolute
 * @win: window
 * @stamp: time stamp
 * @echo: time stamp echo
 * @opts: the options
 * @opts_len: bytes
 * @data: payload
 * @len: bytes
 */
struct drill_seen {
	long long at;
	unsigned char *frame;
	size_t frame_len;
	const char *wrong;
	int ecn;
	uint16_t us, them;
	unsigned char flags;
	uint32_t seq, ack, win, stamp, echo;
	const unsigned char *opts;
	unsigned int opts_len;
	const unsigned char *data;
	uint32_t len;
};

/**
 * struct drill_numbers - the absolute numbers of a segment to send
 * @us: port of Weft's end
 * @them: port of the tool's
 * @seq: sequence number
 * @ack: acknowledgment number
 * @win: window
 * @stamp: time stamp
 * @echo: time stamp echo
 * @us_isn: what runs that SACK reports are relative to
 */
struct drill_numbers {
	uint16_t us, them;
	uint32_t seq, ack, win, stamp, echo;
	uint32_t us_isn;
};

void drill_addr_far(bool on);
struct weft_addr drill_addr(unsigned char mac);
unsigned char drill_byte(enum drill_side side, uint32_t offset);
unsigned char drill_message_byte(uint32_t offset);
size_t drill_frame_make(unsigned char *frame, const struct drill_packet *p,
			const struct drill_numbers *n, uint32_t offset);
size_t drill_frame_error(unsigned char *frame, const struct drill_error *e,
			 const unsigned char *quoted, size_t len, uint32_t isn);
bool drill_frame_read(struct drill_seen *seen);
int drill_opt_next(const unsigned char **opts, unsigned int *left,
		   struct drill_opt *opt);
const char *drill_opts_check(const struct drill_seen *seen,
			     const struct drill_packet *p, uint32_t them_isn);
bool drill_data_check(const struct drill_seen *seen, const struct drill_packet *p,
		      uint32_t offset);

#endif /* DRILL_WIRE_H */
