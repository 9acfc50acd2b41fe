// SPDX-License-Identifier: GPL-2.0
/* A connection: from a message. See track.h. */
#include <arpa/inet.h>
#include <string.h>

#include "track.h"

static void parse_port(const struct nlattr *attr, uint16_t *port)
{
	uint16_t wire;

	if (nl_attr_copy(attr, &wire, sizeof(wire)))
		*port = ntohs(wire);
}

static bool parse_tuple(const struct nlattr *nest, struct track_tuple *t)
{
	const struct nlattr *attr;
	unsigned int found = 0;

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case WEFT_TRACK_T_SRC:
			found += nl_attr_copy(attr, &t->src, sizeof(t->src));
			break;
		case WEFT_TRACK_T_DST:
			found += nl_attr_copy(attr, &t->dst, sizeof(t->dst));
			break;
		case WEFT_TRACK_T_PROTO:
			nl_attr_copy(attr, &t->proto, sizeof(t->proto));
			break;
		case WEFT_TRACK_T_SPORT:
			parse_port(attr, &t->sport);
			break;
		case WEFT_TRACK_T_DPORT:
			parse_port(attr, &t->dport);
			break;
		case WEFT_TRACK_T_TYPE:
			nl_attr_copy(attr, &t->type, sizeof(t->type));
			break;
		case WEFT_TRACK_T_LINK:
			nl_attr_copy(attr, &t->link, sizeof(t->link));
			break;
		}
	}
	return found >= 2;
}

static void parse_number(const struct nlattr *attr, struct track *t)
{
	switch (mnl_attr_get_type(attr)) {
	case WEFT_TRACK_A_ID:
		nl_attr_copy(attr, &t->id, sizeof(t->id));
		break;
	case WEFT_TRACK_A_ZONE:
		nl_attr_copy(attr, &t->zone, sizeof(t->zone));
		break;
	case WEFT_TRACK_A_MARK:
		nl_attr_copy(attr, &t->mark, sizeof(t->mark));
		break;
	case WEFT_TRACK_A_LABELS:
		nl_attr_copy(attr, &t->labels, sizeof(t->labels));
		break;
	case WEFT_TRACK_A_STATUS:
		nl_attr_copy(attr, &t->status, sizeof(t->status));
		break;
	case WEFT_TRACK_A_STREAM_STATE:
		nl_attr_copy(attr, &t->state, sizeof(t->state));
		break;
	case WEFT_TRACK_A_TIMEOUT:
		nl_attr_copy(attr, &t->timeout, sizeof(t->timeout));
		break;
	case WEFT_TRACK_A_START:
		nl_attr_copy(attr, &t->start, sizeof(t->start));
		break;
	}
}

/* Returns -1 for messages that tell of no connection. */
int track_parse(const struct nlmsghdr *nlh, struct track *t)
{
	const struct nlattr *attr;
	bool found = false;

	memset(t, 0, sizeof(*t));
	if (nlh->nlmsg_len < mnl_nlmsg_size(sizeof(struct genlmsghdr)))
		return -1;
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case WEFT_TRACK_A_TUPLE:
			found = parse_tuple(attr, &t->tuple[0]);
			break;
		case WEFT_TRACK_A_REPLY:
			parse_tuple(attr, &t->tuple[1]);
			break;
		case WEFT_TRACK_A_COUNTERS:
			nl_attr_copy(attr, &t->counters[0], sizeof(t->counters[0]));
			break;
		case WEFT_TRACK_A_REPLY_COUNTERS:
			nl_attr_copy(attr, &t->counters[1], sizeof(t->counters[1]));
			break;
		default:
			parse_number(attr, t);
		}
	}
	return found ? 0 : -1;
}
