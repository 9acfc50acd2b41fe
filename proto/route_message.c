// SPDX-License-Identifier: GPL-2.0
/* Routes as rtnetlink messages. */
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include "route_netlink.h"

/**
 * weft_route_put_addr() - put an address into a message
 * @skb: message
 * @attr: RTA_*
 * @a: address; any is left out
 *
 * Return: 0 or -EMSGSIZE.
 */
int weft_route_put_addr(struct sk_buff *skb, int attr, const struct weft_addr *a)
{
	return weft_addr_any(a) ? 0 : nla_put(skb, attr, sizeof(*a), a);
}

static u32 weft_nexthop_flags(const struct weft_nexthop *nh)
{
	u32 flags = nh->onlink ? RTNH_F_ONLINK : 0;

	if (!netif_running(nh->dev))
		return flags | RTNH_F_DEAD;
	return netif_carrier_ok(nh->dev) ? flags : flags | RTNH_F_LINKDOWN;
}

static int weft_fill_hops(struct sk_buff *skb, const struct weft_route *route)
{
	struct nlattr *nest = nla_nest_start_noflag(skb, RTA_MULTIPATH);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < route->n_hops; i++) {
		const struct weft_nexthop *nh = &route->hop[i];
		struct rtnexthop *rtnh = nla_reserve_nohdr(skb, sizeof(*rtnh));

		if (!rtnh)
			return -EMSGSIZE;
		rtnh->rtnh_flags = weft_nexthop_flags(nh);
		rtnh->rtnh_hops = nh->weight - 1;
		rtnh->rtnh_ifindex = nh->dev->ifindex;
		if (weft_route_put_addr(skb, RTA_GATEWAY, &nh->gateway))
			return -EMSGSIZE;
		rtnh->rtnh_len = nlmsg_get_pos(skb) - (void *)rtnh;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * weft_route_put_metrics() - put what a route says of the way into a message
 * @skb: message
 * @mtu: bytes; 0 is left out
 * @hop_limit: likewise
 *
 * Return: 0 or -EMSGSIZE.
 */
int weft_route_put_metrics(struct sk_buff *skb, u32 mtu, u8 hop_limit)
{
	struct nlattr *nest;

	if (!mtu && !hop_limit)
		return 0;
	nest = nla_nest_start_noflag(skb, RTA_METRICS);
	if (!nest || (mtu && nla_put_u32(skb, RTAX_MTU, mtu)) ||
	    (hop_limit && nla_put_u32(skb, RTAX_HOPLIMIT, hop_limit)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * weft_route_put_expires() - put the time that is left into a message
 * @skb: message
 * @expires: when it is over, jiffies; 0 for never
 *
 * Return: 0 or -EMSGSIZE.
 */
int weft_route_put_expires(struct sk_buff *skb, unsigned long expires)
{
	struct rta_cacheinfo info = {};
	long left = expires - jiffies;

	if (!expires)
		return 0;
	info.rta_expires = min_t(u64, jiffies_64_to_clock_t(max(left, 0L)), INT_MAX);
	return nla_put(skb, RTA_CACHEINFO, sizeof(info), &info);
}

/**
 * weft_route_put() - begin a message about a route
 * @skb: where it goes
 * @event: RTM_NEWROUTE or RTM_DELROUTE
 * @portid: receiver's port
 * @seq: number of the request
 * @flags: NLM_F_*
 * @table: number of the table
 *
 * Return: the header, all else zero; its message begins NLMSG_HDRLEN before it. NULL
 * if there is no room.
 */
struct rtmsg *weft_route_put(struct sk_buff *skb, int event, u32 portid,
			     u32 seq, int flags, u32 table)
{
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	nlh = nlmsg_put(skb, portid, seq, event, sizeof(*rtm), flags);
	if (!nlh)
		return NULL;
	rtm = nlmsg_data(nlh);
	memset(rtm, 0, sizeof(*rtm));
	rtm->rtm_family = weft_family;
	rtm->rtm_table = table < 256 ? table : RT_TABLE_COMPAT;
	return rtm;
}

static int weft_fill_way(struct sk_buff *skb, const struct weft_route *route,
			 struct rtmsg *rtm)
{
	const struct weft_nexthop *nh = route->hop;

	if (!route->n_hops)
		return 0;
	if (route->n_hops > 1)
		return weft_fill_hops(skb, route);
	rtm->rtm_flags |= weft_nexthop_flags(nh);
	if (weft_route_put_addr(skb, RTA_GATEWAY, &nh->gateway))
		return -EMSGSIZE;
	return nla_put_u32(skb, RTA_OIF, nh->dev->ifindex);
}

/**
 * weft_route_fill() - put a route into a message
 * @skb: where it goes
 * @route: route
 * @event: RTM_NEWROUTE or RTM_DELROUTE
 * @portid: receiver's port
 * @seq: number of the request
 * @flags: NLM_F_*
 *
 * Context: RTNL or RCU read lock. Return: 0 or -EMSGSIZE.
 */
int weft_route_fill(struct sk_buff *skb, const struct weft_route *route,
		    int event, u32 portid, u32 seq, int flags)
{
	struct rtmsg *rtm;

	rtm = weft_route_put(skb, event, portid, seq, flags, route->table);
	if (!rtm)
		return -EMSGSIZE;
	rtm->rtm_dst_len = route->prefix_len;
	rtm->rtm_protocol = route->protocol;
	rtm->rtm_scope = route->scope;
	rtm->rtm_type = route->type;
	if (nla_put_u32(skb, RTA_TABLE, route->table) ||
	    (route->prefix_len && nla_put(skb, RTA_DST, sizeof(route->prefix),
					  &route->prefix)) ||
	    nla_put_u32(skb, RTA_PRIORITY, route->metric) ||
	    weft_route_put_addr(skb, RTA_PREFSRC, &route->src) ||
	    weft_route_put_metrics(skb, route->mtu, route->hop_limit) ||
	    weft_fill_way(skb, route, rtm) ||
	    weft_route_put_expires(skb, route->expires)) {
		nlmsg_cancel(skb, (void *)rtm - NLMSG_HDRLEN);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, (void *)rtm - NLMSG_HDRLEN);
	return 0;
}

static size_t weft_route_msgsize(unsigned int n_hops)
{
	size_t addr = nla_total_size(sizeof(struct weft_addr));

	return NLMSG_ALIGN(sizeof(struct rtmsg)) + 3 * addr +
	       3 * nla_total_size(sizeof(u32)) +
	       nla_total_size(2 * nla_total_size(sizeof(u32))) +
	       nla_total_size(n_hops * (sizeof(struct rtnexthop) + addr)) +
	       nla_total_size(sizeof(struct rta_cacheinfo));
}

/**
 * weft_route_notify() - tell listeners that a route came or went
 * @event: RTM_NEWROUTE or RTM_DELROUTE
 * @net: namespace
 * @route: the route
 * @portid: who asked for the change, 0 for the kernel
 * @nlh: their request, NULL if there was none
 *
 * Context: RTNL.
 */
void weft_route_notify(int event, struct net *net, const struct weft_route *route,
		       u32 portid, const struct nlmsghdr *nlh)
{
	struct sk_buff *skb;
	int err = -ENOBUFS;

	if (!nlh && !rtnl_has_listeners(net, WEFT_RTNLGRP_ROUTE))
		return;
	skb = nlmsg_new(weft_route_msgsize(route->n_hops), GFP_KERNEL);
	if (!skb)
		goto failed;
	err = weft_route_fill(skb, route, event, portid,
			      nlh ? nlh->nlmsg_seq : 0,
			      nlh ? nlh->nlmsg_flags & (NLM_F_REPLACE | NLM_F_APPEND) : 0);
	if (err) {
		WARN_ON_ONCE(err == -EMSGSIZE);
		kfree_skb(skb);
		goto failed;
	}
	rtnl_notify(skb, net, portid, WEFT_RTNLGRP_ROUTE, nlh, GFP_KERNEL);
	return;
failed:
	rtnl_set_sk_err(net, WEFT_RTNLGRP_ROUTE, err);
}
