/* SPDX-License-Identifier: GPL-2.0 */
/* Sequence numbers: a circle of 32 bits (RFC 9293, section 3.4). Pure. */
#ifndef WEFT_SEQ_H
#define WEFT_SEQ_H

#include <linux/types.h>

/**
 * struct weft_range - sequence numbers of a stream, host byte order
 * @seq: the first
 * @end: one behind the last
 */
struct weft_range {
	u32 seq;
	u32 end;
};

static inline bool weft_seq_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

static inline bool weft_seq_after(u32 a, u32 b)
{
	return weft_seq_before(b, a);
}

static inline u32 weft_seq_max(u32 a, u32 b)
{
	return weft_seq_after(a, b) ? a : b;
}

static inline u32 weft_seq_min(u32 a, u32 b)
{
	return weft_seq_before(a, b) ? a : b;
}

/* Is it one of @first to @last, both included? */
static inline bool weft_seq_between(u32 seq, u32 first, u32 last)
{
	return last - first >= seq - first;
}

#endif /* WEFT_SEQ_H */
