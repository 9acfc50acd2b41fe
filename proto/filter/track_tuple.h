/* SPDX-License-Identifier: GPL-2.0 */
/* What tells a connection from others. Pure. */
#ifndef WEFT_TRACK_TUPLE_H
#define WEFT_TRACK_TUPLE_H

#include <linux/types.h>
#include <linux/weft.h>

/**
 * struct weft_track_tuple - the ends of a connection, as packets of one direction have them
 * @src: source
 * @dst: destination
 * @link: interface index, where one of them means something on a link alone, else 0
 * @sport: source port of datagrams and streams; the identifier of an echo; else 0
 * @dport: destination port; the same identifier; else 0
 * @zone: connections of other zones are others
 * @proto: WEFT_PROTO_*
 * @type: WEFT_CTL_* of control messages, else 0
 *
 * It is hashed and compared as a whole: there are no holes in it.
 */
struct weft_track_tuple {
	struct weft_addr	src;
	struct weft_addr	dst;
	u32			link;
	__be16			sport;
	__be16			dport;
	u16			zone;
	u8			proto;
	u8			type;
};

bool weft_track_tuple_begins(const struct weft_track_tuple *tuple);
bool weft_track_tuple_invert(struct weft_track_tuple *reply,
			     const struct weft_track_tuple *tuple);
bool weft_track_tuple_equal(const struct weft_track_tuple *a,
			    const struct weft_track_tuple *b);
bool weft_track_neighbourly(u8 type);

#endif /* WEFT_TRACK_TUPLE_H */
