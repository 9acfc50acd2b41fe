// SPDX-License-Identifier: GPL-2.0
/* What a SYN cookie keeps in a time stamp. See cookie.h. */
#include <linux/kernel.h>
#include "cookie.h"

#define WEFT_COOKIE_MSS		0x07	/* a step of the MSS */
#define WEFT_COOKIE_ECN		0x08
#define WEFT_COOKIE_MESSAGES	0x10

/*
 * Steps of the MSS. The least that counts, what a peer takes that says nothing, and links of
 * these MTUs: 1280, 1400 (tunnels), 1500, 4096, 9000, and the longest packet.
 */
static const u16 weft_cookie_mss[] = {
	WEFT_STREAM_MSS_MIN, WEFT_STREAM_MSS_DEFAULT, 1224, 1344, 1444, 4040, 8944, 65479,
};

/**
 * weft_cookie_stamp() - the time stamp of a SYN,ACK with a cookie
 * @stamp: the one that it would have without, as on the wire, host byte order
 * @said: what the SYN said: an MSS of WEFT_STREAM_MSS_MIN or more
 *
 * The clock of a connection never goes back, so a stamp may be older than now but not
 * younger.
 *
 * Context: any.
 * Return: the last stamp, at most 31 microseconds ago, that tells what the SYN said. Its
 *	MSS is rounded down.
 */
u32 weft_cookie_stamp(u32 stamp, const struct weft_cookie *said)
{
	u32 step = ARRAY_SIZE(weft_cookie_mss) - 1;
	u32 bits;

	while (step && weft_cookie_mss[step] > said->mss)
		step--;
	bits = step;
	if (said->ecn)
		bits |= WEFT_COOKIE_ECN;
	if (said->kind == WEFT_STREAM_KIND_MESSAGES)
		bits |= WEFT_COOKIE_MESSAGES;
	return stamp - ((stamp - bits) & WEFT_COOKIE_MASK);
}

/**
 * weft_cookie_said() - read what a SYN said
 * @said: filled in
 * @stamp: the echo in the ACK that answers a SYN,ACK with a cookie, host byte order
 *
 * Any stamp tells something: believe it if weft_cookie_match() does.
 *
 * Context: any.
 */
void weft_cookie_said(struct weft_cookie *said, u32 stamp)
{
	said->mss = weft_cookie_mss[stamp & WEFT_COOKIE_MSS];
	said->ecn = stamp & WEFT_COOKIE_ECN;
	said->kind = stamp & WEFT_COOKIE_MESSAGES ? WEFT_STREAM_KIND_MESSAGES :
						    WEFT_STREAM_KIND_BYTES;
}
