// SPDX-License-Identifier: GPL-2.0
/* A route: from a message and into one. See route.h. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "route.h"

/* --- from a message -------------------------------------------------------------- */

static void parse_number(struct route *route, const struct nlattr *attr,
			 unsigned int bit, uint32_t *value)
{
	if (nl_attr_copy(attr, value, sizeof(*value)))
		route->given |= bit;
}

static void parse_prefix(struct prefix *p, const struct nlattr *attr)
{
	p->set = nl_attr_copy(attr, &p->addr, sizeof(p->addr));
}

static void parse_metrics(struct route *route, const struct nlattr *metrics)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, metrics) {
		switch (mnl_attr_get_type(attr)) {
		case RTAX_MTU:
			parse_number(route, attr, ROUTE_MTU, &route->mtu);
			break;
		case RTAX_HOPLIMIT:
			parse_number(route, attr, ROUTE_HOPLIMIT,
				     &route->hop_limit);
			break;
		}
	}
}

/* Time left, in ticks of USER_HZ; 0 is for ever. */
static void parse_cacheinfo(struct route *route, const struct nlattr *attr)
{
	long hz = sysconf(_SC_CLK_TCK);
	struct rta_cacheinfo info;

	if (!nl_attr_copy(attr, &info, sizeof(info)))
		return;
	route->error = (int)info.rta_error;
	if (info.rta_expires <= 0)
		return;
	route->expires = (uint32_t)(info.rta_expires / hz);
	route->given |= ROUTE_EXPIRES;
}

static void parse_via(struct route_hop *hop, const struct nlattr *attr)
{
	hop->has_via = nl_attr_copy(attr, &hop->via, sizeof(hop->via));
}

/* One next hop, of @len bytes with its attributes. */
static void parse_hop(struct route_hop *hop, const struct rtnexthop *nh,
		      size_t len)
{
	const struct nlattr *attr;

	memset(hop, 0, sizeof(*hop));
	hop->index = nh->rtnh_ifindex;
	hop->flags = nh->rtnh_flags;
	hop->weight = nh->rtnh_hops + 1U;
	mnl_attr_for_each_payload((const void *)(nh + 1),
				  len - sizeof(*nh))
		if (mnl_attr_get_type(attr) == RTA_GATEWAY)
			parse_via(hop, attr);
}

static void parse_hops(struct route *route, const struct nlattr *attr)
{
	size_t left = mnl_attr_get_payload_len(attr), len;
	const char *at = mnl_attr_get_payload(attr);
	const struct rtnexthop *nh;

	while (left >= sizeof(*nh) && route->hops < ROUTE_HOPS) {
		nh = (const struct rtnexthop *)at;
		len = nh->rtnh_len;
		if (len < sizeof(*nh) || len > left)
			break;
		parse_hop(&route->hop[route->hops++], nh, len);
		len = MNL_ALIGN(len);
		if (len >= left)
			break;
		at += len;
		left -= len;
	}
}

static void parse_small(struct route *route, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case RTA_TABLE:
		parse_number(route, attr, ROUTE_TABLE, &route->table);
		break;
	case RTA_PRIORITY:
		parse_number(route, attr, ROUTE_METRIC, &route->metric);
		break;
	case RTA_EXPIRES:
		parse_number(route, attr, ROUTE_EXPIRES, &route->expires);
		break;
	case RTA_OIF:
		nl_attr_copy(attr, &route->only.index, sizeof(int));
		break;
	case RTA_IIF:
		nl_attr_copy(attr, &route->iif, sizeof(int));
		break;
	}
}

static void parse_attr(struct route *route, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case RTA_DST:
		parse_prefix(&route->dst, attr);
		break;
	case RTA_SRC:
		parse_prefix(&route->from, attr);
		break;
	case RTA_GATEWAY:
		parse_via(&route->only, attr);
		break;
	case RTA_PREFSRC:
		if (nl_attr_copy(attr, &route->src, sizeof(route->src)))
			route->given |= ROUTE_SRC;
		break;
	case RTA_METRICS:
		parse_metrics(route, attr);
		break;
	case RTA_CACHEINFO:
		parse_cacheinfo(route, attr);
		break;
	case RTA_MULTIPATH:
		parse_hops(route, attr);
		break;
	default:
		parse_small(route, attr);
	}
}

/* Returns -1 for messages of another family. */
int route_parse(const struct nlmsghdr *nlh, int family, struct route *route)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if ((nlh->nlmsg_type != RTM_NEWROUTE &&
	     nlh->nlmsg_type != RTM_DELROUTE) ||
	    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*rtm)) ||
	    rtm->rtm_family != family || rtm->rtm_dst_len > WEFT_ADDR_BITS ||
	    rtm->rtm_src_len > WEFT_ADDR_BITS)
		return -1;
	memset(route, 0, sizeof(*route));
	route->given = ROUTE_TYPE | ROUTE_PROTO | ROUTE_SCOPE | ROUTE_TABLE;
	route->type = rtm->rtm_type;
	route->proto = rtm->rtm_protocol;
	route->scope = rtm->rtm_scope;
	route->table = rtm->rtm_table;
	route->flags = rtm->rtm_flags;
	route->dst.len = rtm->rtm_dst_len;
	route->from.len = rtm->rtm_src_len;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm))
		parse_attr(route, attr);
	/* The default route is one without a destination. */
	route->dst.set = true;
	return 0;
}

/* --- into a message ------------------------------------------------------------------ */

static void put_number(struct nl_request *r, uint16_t type,
		       const struct route *route, unsigned int bit,
		       uint32_t value)
{
	if (route->given & bit)
		nl_put_u32(r, type, value);
}

static void put_metrics(struct nl_request *r, const struct route *route)
{
	struct nlattr *nest;

	if (!(route->given & (ROUTE_MTU | ROUTE_HOPLIMIT)))
		return;
	nest = mnl_attr_nest_start(&r->nlh, RTA_METRICS);
	put_number(r, RTAX_MTU, route, ROUTE_MTU, route->mtu);
	put_number(r, RTAX_HOPLIMIT, route, ROUTE_HOPLIMIT, route->hop_limit);
	mnl_attr_nest_end(&r->nlh, nest);
}

static void put_via(struct nl_request *r, const struct route_hop *hop)
{
	if (hop->has_via)
		nl_put(r, RTA_GATEWAY, sizeof(hop->via), &hop->via);
}

static void put_hops(struct nl_request *r, const struct route *route)
{
	const struct route_hop *hop = route->hop;
	struct rtnexthop *nh;
	struct nlattr *nest;

	/* Not a nest of attributes: the flag of those is not to be there. */
	nest = mnl_attr_nest_start(&r->nlh, RTA_MULTIPATH);
	nest->nla_type = RTA_MULTIPATH;
	for (; hop < route->hop + route->hops; hop++) {
		nh = mnl_nlmsg_get_payload_tail(&r->nlh);
		memset(nh, 0, sizeof(*nh));
		r->nlh.nlmsg_len += sizeof(*nh);
		nh->rtnh_ifindex = hop->index;
		nh->rtnh_flags = hop->flags & RTNH_F_ONLINK;
		nh->rtnh_hops = (unsigned char)(hop->weight - 1);
		put_via(r, hop);
		nh->rtnh_len = (unsigned short)
			((char *)mnl_nlmsg_get_payload_tail(&r->nlh) -
			 (char *)nh);
	}
	mnl_attr_nest_end(&r->nlh, nest);
}

/* A request to add, to change or to delete a route. */
void route_put(struct nl_request *r, int family, int type, unsigned int flags,
	       const struct route *route)
{
	struct rtmsg *rtm = nl_request(r, type, flags, sizeof(*rtm));

	rtm->rtm_family = (unsigned char)family;
	rtm->rtm_dst_len = (unsigned char)route->dst.len;
	rtm->rtm_type = route->type;
	rtm->rtm_protocol = (unsigned char)route->proto;
	rtm->rtm_scope = (unsigned char)route->scope;
	rtm->rtm_table = route->table < 256 ? (unsigned char)route->table : 0;
	rtm->rtm_flags = route->flags & (RTNH_F_ONLINK | RTM_F_CLONED);
	if (route->dst.len)
		nl_put(r, RTA_DST, sizeof(route->dst.addr), &route->dst.addr);
	nl_put_u32(r, RTA_TABLE, route->table);
	put_via(r, &route->only);
	if (route->only.index)
		nl_put_u32(r, RTA_OIF, (uint32_t)route->only.index);
	if (route->given & ROUTE_SRC)
		nl_put(r, RTA_PREFSRC, sizeof(route->src), &route->src);
	put_number(r, RTA_PRIORITY, route, ROUTE_METRIC, route->metric);
	put_number(r, RTA_EXPIRES, route, ROUTE_EXPIRES, route->expires);
	put_metrics(r, route);
	if (route->hops)
		put_hops(r, route);
}
