// SPDX-License-Identifier: GPL-2.0
/* Which connections a request is about. See track_filter.h. */
#include "addr.h"
#include "extack.h"
#include "track_filter.h"

#define WEFT_TRACK_PREFIX_MAX	64

const struct nla_policy weft_track_filter_policy[WEFT_TRACK_F_MAX + 1] = {
	[WEFT_TRACK_F_SRC]		= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[WEFT_TRACK_F_SRC_LEN]		= NLA_POLICY_MAX(NLA_U8, WEFT_TRACK_PREFIX_MAX),
	[WEFT_TRACK_F_DST]		= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[WEFT_TRACK_F_DST_LEN]		= NLA_POLICY_MAX(NLA_U8, WEFT_TRACK_PREFIX_MAX),
	[WEFT_TRACK_F_PROTO]		= { .type = NLA_U8 },
	[WEFT_TRACK_F_SPORT]		= { .type = NLA_BE16 },
	[WEFT_TRACK_F_DPORT]		= { .type = NLA_BE16 },
	[WEFT_TRACK_F_STATE]		= { .type = NLA_U32 },
	[WEFT_TRACK_F_STREAM_STATE]	= NLA_POLICY_MAX(NLA_U32, WEFT_TRACK_STREAM_MAX),
	[WEFT_TRACK_F_MARK]		= { .type = NLA_U32 },
	[WEFT_TRACK_F_MARK_MASK]	= { .type = NLA_U32 },
	[WEFT_TRACK_F_ZONE]		= { .type = NLA_U16 },
};

static int weft_track_filter_check(const struct weft_track_filter *filter,
				   struct netlink_ext_ack *extack)
{
	if (filter->has & BIT(WEFT_TRACK_F_STATE) &&
	    filter->state != WEFT_TRACK_NEW && filter->state != WEFT_TRACK_ESTABLISHED)
		return weft_refuse(extack, "state must be new or established", -EINVAL);
	if (filter->has & BIT(WEFT_TRACK_F_SRC_LEN) &&
	    !(filter->has & BIT(WEFT_TRACK_F_SRC)))
		return weft_refuse(extack, "length of a source that is missing", -EINVAL);
	if (filter->has & BIT(WEFT_TRACK_F_DST_LEN) &&
	    !(filter->has & BIT(WEFT_TRACK_F_DST)))
		return weft_refuse(extack, "length of a destination that is missing",
				   -EINVAL);
	if (filter->has & BIT(WEFT_TRACK_F_MARK_MASK) &&
	    !(filter->has & BIT(WEFT_TRACK_F_MARK)))
		return weft_refuse(extack, "mask of a mark that is missing", -EINVAL);
	return 0;
}

static void weft_track_filter_read(struct weft_track_filter *filter,
				   const struct nlattr *attr)
{
	switch (nla_type(attr)) {
	case WEFT_TRACK_F_SRC:
		nla_memcpy(&filter->src, attr, sizeof(filter->src));
		break;
	case WEFT_TRACK_F_SRC_LEN:
		filter->src_len = nla_get_u8(attr);
		break;
	case WEFT_TRACK_F_DST:
		nla_memcpy(&filter->dst, attr, sizeof(filter->dst));
		break;
	case WEFT_TRACK_F_DST_LEN:
		filter->dst_len = nla_get_u8(attr);
		break;
	case WEFT_TRACK_F_PROTO:
		filter->proto = nla_get_u8(attr);
		break;
	case WEFT_TRACK_F_SPORT:
		filter->sport = nla_get_be16(attr);
		break;
	case WEFT_TRACK_F_DPORT:
		filter->dport = nla_get_be16(attr);
		break;
	case WEFT_TRACK_F_STATE:
		filter->state = nla_get_u32(attr);
		break;
	case WEFT_TRACK_F_STREAM_STATE:
		filter->stream_state = nla_get_u32(attr);
		break;
	case WEFT_TRACK_F_MARK:
		filter->mark = nla_get_u32(attr);
		break;
	case WEFT_TRACK_F_MARK_MASK:
		filter->mark_mask = nla_get_u32(attr);
		break;
	case WEFT_TRACK_F_ZONE:
		filter->zone = nla_get_u16(attr);
		break;
	}
	filter->has |= BIT(nla_type(attr));
}

/**
 * weft_track_filter_parse() - read a filter
 * @filter: filled in
 * @attr: WEFT_TRACK_A_FILTER, or NULL: everything fits
 * @extack: why it is refused
 *
 * Context: process.
 * Return: 0 or -EINVAL.
 */
int weft_track_filter_parse(struct weft_track_filter *filter, const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[WEFT_TRACK_F_MAX + 1];
	int i, err;

	*filter = (struct weft_track_filter) {
		.src_len = WEFT_TRACK_PREFIX_MAX,
		.dst_len = WEFT_TRACK_PREFIX_MAX,
		.mark_mask = U32_MAX,
	};
	if (!attr)
		return 0;
	err = nla_parse_nested(tb, WEFT_TRACK_F_MAX, attr, weft_track_filter_policy, extack);
	if (err)
		return err;
	for (i = 1; i <= WEFT_TRACK_F_MAX; i++)
		if (tb[i])
			weft_track_filter_read(filter, tb[i]);
	return weft_track_filter_check(filter, extack);
}

static bool weft_track_filter_ends(const struct weft_track_filter *filter,
				   const struct weft_track_tuple *tuple)
{
	u32 has = filter->has;

	return (!(has & BIT(WEFT_TRACK_F_SRC)) ||
		weft_addr_in_prefix(&tuple->src, &filter->src, filter->src_len)) &&
	       (!(has & BIT(WEFT_TRACK_F_DST)) ||
		weft_addr_in_prefix(&tuple->dst, &filter->dst, filter->dst_len)) &&
	       (!(has & BIT(WEFT_TRACK_F_PROTO)) || tuple->proto == filter->proto) &&
	       (!(has & BIT(WEFT_TRACK_F_SPORT)) || tuple->sport == filter->sport) &&
	       (!(has & BIT(WEFT_TRACK_F_DPORT)) || tuple->dport == filter->dport) &&
	       (!(has & BIT(WEFT_TRACK_F_ZONE)) || tuple->zone == filter->zone);
}

/**
 * weft_track_filter_fits() - is a request about this connection?
 * @filter: the filter
 * @track: the connection
 *
 * Context: RCU read lock.
 * Return: true if it has all that the filter asks for.
 */
bool weft_track_filter_fits(const struct weft_track_filter *filter,
			    const struct weft_track *track)
{
	bool established = filter->state == WEFT_TRACK_ESTABLISHED;
	u32 has = filter->has;

	if (!weft_track_filter_ends(filter, &track->node[0].tuple))
		return false;
	if (has & BIT(WEFT_TRACK_F_STATE) && weft_track_replied(track) != established)
		return false;
	if (has & BIT(WEFT_TRACK_F_STREAM_STATE) &&
	    (track->node[0].tuple.proto != WEFT_PROTO_STREAM ||
	     READ_ONCE(track->stream.state) != filter->stream_state))
		return false;
	return !(has & BIT(WEFT_TRACK_F_MARK)) ||
	       !((READ_ONCE(track->mark) ^ filter->mark) & filter->mark_mask);
}
