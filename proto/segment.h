/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs: segments of one connection that travel through the stack as one. Pure: no skb,
 * no socket; it builds in user space for unit tests.
 */
#ifndef WEFT_SEGMENT_H
#define WEFT_SEGMENT_H

#include <linux/types.h>
#include <linux/weft.h>
#include "train.h"

/* Most bytes of payload in a run: with its headers it is no longer than a device takes. */
#define WEFT_RUN_MAX		65000

/**
 * struct weft_stream_hdrs - the headers of a segment without options, 56 bytes
 * @net: network header
 * @stream: stream header
 *
 * Those of a run are the first segment's, but for a length that covers all payload, and
 * the last one's FIN and PSH.
 */
struct weft_stream_hdrs {
	struct weft_hdr		net;
	struct weft_stream_hdr	stream;
};

#define WEFT_STREAM_HDRS_LEN		((unsigned int)sizeof(struct weft_stream_hdrs))

bool weft_run_sound(const struct weft_stream_hdr *hdr, unsigned int len,
		    unsigned int size, unsigned int segments);
void weft_run_segment(struct weft_stream_hdrs *hdrs, unsigned int n, unsigned int size,
		      unsigned int len, bool last);
bool weft_run_plain(const struct weft_stream_hdr *hdr, unsigned int len);
enum weft_train_fit weft_run_fit(const struct weft_stream_hdrs *first,
				 unsigned int size, unsigned int bytes,
				 const struct weft_stream_hdrs *next, unsigned int len);

#endif /* WEFT_SEGMENT_H */
