/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Router announcements as they come from the wire (doc/protocol.md, "Router
 * solicitation and announcement"). Pure: no skb, no device.
 */
#ifndef WEFT_ANNOUNCE_H
#define WEFT_ANNOUNCE_H

#include <linux/types.h>
#include <linux/weft.h>

/* Of an announced time, ms; one beyond counts as the nearer of these. */
#define WEFT_ANNOUNCE_TIME_MIN	100
#define WEFT_ANNOUNCE_TIME_MAX	3600000

/* A valid lifetime is not cut below this by one announcement, s. */
#define WEFT_ANNOUNCE_VALID_MIN	7200U

/**
 * struct weft_announce - what an announcement says beside its options
 * @pref: preference as a default router: 1 high, 0 medium, -1 low
 * @hop_limit: 0 if not said
 * @lifetime: as a default router, s; 0 for none
 * @reachable_ms: reachable time of neighbours, 0 if not said
 * @retrans_ms: time between questions, 0 if not said
 */
struct weft_announce {
	int	pref;
	u8	hop_limit;
	u16	lifetime;
	u32	reachable_ms;
	u32	retrans_ms;
};

/**
 * struct weft_announce_option - an option that means something
 * @type: WEFT_RA_*
 * @flags: of a prefix: WEFT_RA_ONLINK, WEFT_RA_AUTO
 * @prefix_len: of a prefix or a route, bits
 * @pref: of a route, as in struct weft_announce
 * @prefix: of a prefix or a route; its other bits are clear
 * @valid: lifetime of a prefix or a route, s; U32_MAX does not end
 * @preferred: of a prefix, at most @valid, s
 * @mtu: bytes, at least WEFT_MTU_MIN
 */
struct weft_announce_option {
	u8			type;
	u8			flags;
	u8			prefix_len;
	int			pref;
	struct weft_addr	prefix;
	u32			valid;
	u32			preferred;
	u32			mtu;
};

bool weft_announce_parse(struct weft_announce *told, const void *msg,
			 unsigned int len);
unsigned int weft_announce_option(const void *msg, unsigned int len,
				  unsigned int at,
				  struct weft_announce_option *opt);
u32 weft_announce_valid(u32 told, u32 left);

#endif /* WEFT_ANNOUNCE_H */
