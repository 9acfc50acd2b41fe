/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stream headers: validation of what came from the wire, options read and written.
 * Pure: no skb, no socket; it builds in user space for unit tests and fuzzers.
 */
#ifndef WEFT_STREAM_HEADER_H
#define WEFT_STREAM_HEADER_H

#include <linux/types.h>
#include <linux/weft.h>
#include "drop.h"
#include "seq.h"

#define WEFT_STREAM_LEN		((unsigned int)sizeof(struct weft_stream_hdr))
/* Blocks that a segment reports at most, and that a receiver reads. */
#define WEFT_SACK_MAX		4
/* The longest options that this implementation sends: SACK behind two NOPs. */
#define WEFT_STREAM_OPTS_MAX	(4 + 8 * WEFT_SACK_MAX)

/**
 * struct weft_stream_opts - the options of a segment
 * @mss: bytes of options and payload that the peer takes in a segment; 0 if not said
 * @kind: WEFT_STREAM_KIND_*; _BYTES if not said
 * @n_sacks: how many @sack there are
 * @sack: what the peer has beyond its acknowledgment, the newest first
 */
struct weft_stream_opts {
	u16			mss;
	u8			kind;
	u8			n_sacks;
	struct weft_range	sack[WEFT_SACK_MAX];
};

enum weft_drop weft_stream_check(const struct weft_stream_hdr *hdr,
				 unsigned int len);
bool weft_stream_opts_parse(const struct weft_stream_hdr *hdr,
			    struct weft_stream_opts *opts);
unsigned int weft_stream_opts_len(const struct weft_stream_opts *opts, u8 flags);
void weft_stream_opts_write(struct weft_stream_hdr *hdr,
			    const struct weft_stream_opts *opts);

#endif /* WEFT_STREAM_HEADER_H */
