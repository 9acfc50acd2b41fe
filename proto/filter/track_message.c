// SPDX-License-Identifier: GPL-2.0
/* A connection in a message of netlink. */
#include <net/netlink.h>
#include "track_event.h"

static int weft_track_fill_tuple(struct sk_buff *skb, int attr,
				 const struct weft_track_tuple *tuple)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put(skb, WEFT_TRACK_T_SRC, sizeof(tuple->src), &tuple->src) ||
	    nla_put(skb, WEFT_TRACK_T_DST, sizeof(tuple->dst), &tuple->dst) ||
	    nla_put_u8(skb, WEFT_TRACK_T_PROTO, tuple->proto) ||
	    (tuple->sport && nla_put_be16(skb, WEFT_TRACK_T_SPORT, tuple->sport)) ||
	    (tuple->dport && nla_put_be16(skb, WEFT_TRACK_T_DPORT, tuple->dport)) ||
	    (tuple->type && nla_put_u8(skb, WEFT_TRACK_T_TYPE, tuple->type)) ||
	    (tuple->link && nla_put_u32(skb, WEFT_TRACK_T_LINK, tuple->link)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int weft_track_fill_counters(struct sk_buff *skb, int attr,
				    const struct weft_track *track, int dir)
{
	struct weft_track_counters counters = {
		.packets = atomic64_read(&track->packets[dir]),
		.bytes = atomic64_read(&track->bytes[dir]),
	};

	return nla_put_64bit(skb, attr, sizeof(counters), &counters, WEFT_TRACK_A_PAD);
}

static u32 weft_track_seconds_left(const struct weft_track *track)
{
	unsigned long now = jiffies, expires = READ_ONCE(track->expires);

	return time_after(expires, now) ? DIV_ROUND_UP(expires - now, HZ) : 0;
}

static int weft_track_fill_rest(struct sk_buff *skb, const struct weft_track *track)
{
	const struct weft_track_tuple *tuple = &track->node[0].tuple;

	if (nla_put_u32(skb, WEFT_TRACK_A_ID, track->id) ||
	    nla_put_u16(skb, WEFT_TRACK_A_ZONE, tuple->zone) ||
	    nla_put_u32(skb, WEFT_TRACK_A_MARK, READ_ONCE(track->mark)) ||
	    nla_put_u64_64bit(skb, WEFT_TRACK_A_LABELS, READ_ONCE(track->labels),
			      WEFT_TRACK_A_PAD) ||
	    nla_put_u32(skb, WEFT_TRACK_A_STATUS, READ_ONCE(track->status)) ||
	    nla_put_u32(skb, WEFT_TRACK_A_TIMEOUT, weft_track_seconds_left(track)) ||
	    nla_put_u64_64bit(skb, WEFT_TRACK_A_START, track->start, WEFT_TRACK_A_PAD))
		return -EMSGSIZE;
	if (tuple->proto == WEFT_PROTO_STREAM &&
	    nla_put_u32(skb, WEFT_TRACK_A_STREAM_STATE, READ_ONCE(track->stream.state)))
		return -EMSGSIZE;
	return 0;
}

/**
 * weft_track_fill() - tell of a connection
 * @skb: message
 * @track: the connection
 * @cmd: WEFT_TRACK_CMD_*
 * @portid: whom
 * @seq: in answer to this
 * @flags: NLM_F_*
 *
 * Context: RCU read lock.
 * Return: 0, or -EMSGSIZE if there is no room for it.
 */
int weft_track_fill(struct sk_buff *skb, const struct weft_track *track, u8 cmd,
		    u32 portid, u32 seq, int flags)
{
	void *hdr = genlmsg_put(skb, portid, seq, &weft_track_family, flags, cmd);

	if (!hdr)
		return -EMSGSIZE;
	if (weft_track_fill_tuple(skb, WEFT_TRACK_A_TUPLE, &track->node[0].tuple) ||
	    weft_track_fill_tuple(skb, WEFT_TRACK_A_REPLY, &track->node[1].tuple) ||
	    weft_track_fill_counters(skb, WEFT_TRACK_A_COUNTERS, track, 0) ||
	    weft_track_fill_counters(skb, WEFT_TRACK_A_REPLY_COUNTERS, track, 1) ||
	    weft_track_fill_rest(skb, track)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * weft_track_message_size() - room for weft_track_fill()
 *
 * Context: any.
 * Return: bytes, without netlink's own header.
 */
size_t weft_track_message_size(void)
{
	size_t tuple = nla_total_size(2 * nla_total_size(sizeof(struct weft_addr)) +
				      2 * nla_total_size(sizeof(u8)) +
				      2 * nla_total_size(sizeof(__be16)) +
				      nla_total_size(sizeof(u32)));

	return GENL_HDRLEN + 2 * tuple +
	       2 * nla_total_size_64bit(sizeof(struct weft_track_counters)) +
	       2 * nla_total_size_64bit(sizeof(u64)) + nla_total_size(sizeof(u16)) +
	       5 * nla_total_size(sizeof(u32));
}
