/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYN cookies: what a listening socket keeps of a SYN in the SYN,ACK alone. Its time stamp
 * has what the SYN said, its sequence number is a secret hash. Pure: the hash, of both
 * ends, the peer's initial sequence number, the minute and what the SYN said, is made by
 * the caller.
 */
#ifndef WEFT_COOKIE_H
#define WEFT_COOKIE_H

#include <linux/types.h>
#include <linux/weft.h>

/* Of a time stamp, for what a SYN said. */
#define WEFT_COOKIE_MASK	31U
/* Minutes in which a cookie is believed: the one when it was made and the next. */
#define WEFT_COOKIE_MINUTES	2

/**
 * struct weft_cookie - what a SYN said
 * @mss: bytes of options and payload that the peer takes in a segment
 * @kind: WEFT_STREAM_KIND_*
 * @ecn: it offered ECN
 */
struct weft_cookie {
	u16	mss;
	u8	kind;
	bool	ecn;
};

u32 weft_cookie_stamp(u32 stamp, const struct weft_cookie *said);
void weft_cookie_said(struct weft_cookie *said, u32 stamp);

/**
 * weft_cookie_bits() - what the hash must cover of a time stamp
 * @stamp: of a SYN,ACK with a cookie, or the echo in the ACK that answers it
 */
static inline u32 weft_cookie_bits(u32 stamp)
{
	return stamp & WEFT_COOKIE_MASK;
}

/**
 * weft_cookie_match() - is this initial sequence number one of ours?
 * @isn: the acknowledgment number of an ACK, less 1
 * @hash: what it would be if it was made in this minute, and in the one before
 */
static inline bool weft_cookie_match(u32 isn, const u32 hash[WEFT_COOKIE_MINUTES])
{
	return isn == hash[0] || isn == hash[1];
}

#endif /* WEFT_COOKIE_H */
