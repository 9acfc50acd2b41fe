/* SPDX-License-Identifier: GPL-2.0 */
/* Which connections a request is about. */
#ifndef WEFT_TRACK_FILTER_H
#define WEFT_TRACK_FILTER_H

#include <net/netlink.h>
#include "track_table.h"

/**
 * struct weft_track_filter - what a connection must have
 * @has: a bit for each WEFT_TRACK_F_* that is to be looked at
 * @src: prefix of the source of the first packet
 * @dst: prefix of its destination
 * @src_len: length of the prefix
 * @dst_len: length of the prefix
 * @proto: WEFT_PROTO_*
 * @sport: source port
 * @dport: destination port
 * @state: WEFT_TRACK_NEW or _ESTABLISHED
 * @stream_state: WEFT_TRACK_STREAM_*
 * @mark: value
 * @mark_mask: which bits of it
 * @zone: zone
 */
struct weft_track_filter {
	u32			has;
	struct weft_addr	src;
	struct weft_addr	dst;
	u8			src_len;
	u8			dst_len;
	u8			proto;
	__be16			sport;
	__be16			dport;
	u32			state;
	u32			stream_state;
	u32			mark;
	u32			mark_mask;
	u16			zone;
};

extern const struct nla_policy weft_track_filter_policy[WEFT_TRACK_F_MAX + 1];

int weft_track_filter_parse(struct weft_track_filter *filter, const struct nlattr *attr,
			    struct netlink_ext_ack *extack);
bool weft_track_filter_fits(const struct weft_track_filter *filter,
			    const struct weft_track *track);

#endif /* WEFT_TRACK_FILTER_H */
