// SPDX-License-Identifier: GPL-2.0
/* Requests of rtnetlink about routes: what they ask for. */
#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnh.h>
#include <net/sock.h>
#include "device.h"
#include "extack.h"
#include "ifaddr.h"
#include "route_netlink.h"
#include "table.h"

#define WEFT_ROUTE_METRIC	1024

const struct nla_policy weft_route_policy[RTA_MAX + 1] = {
	[RTA_DST]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[RTA_SRC]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[RTA_IIF]	= { .type = NLA_U32 },
	[RTA_OIF]	= { .type = NLA_U32 },
	[RTA_GATEWAY]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[RTA_PRIORITY]	= { .type = NLA_U32 },
	[RTA_PREFSRC]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[RTA_METRICS]	= { .type = NLA_NESTED },
	[RTA_MULTIPATH]	= NLA_POLICY_MIN_LEN(sizeof(struct rtnexthop)),
	[RTA_TABLE]	= { .type = NLA_U32 },
	[RTA_MARK]	= { .type = NLA_U32 },
	[RTA_UID]	= { .type = NLA_U32 },
	[RTA_EXPIRES]	= { .type = NLA_U32 },
};

static const struct nla_policy weft_metrics_policy[RTAX_MAX + 1] = {
	[RTAX_MTU]	= { .type = NLA_U32 },
	[RTAX_HOPLIMIT]	= NLA_POLICY_RANGE(NLA_U32, 1, 255),
};

static const struct nla_policy weft_nexthop_policy[RTA_MAX + 1] = {
	[RTA_GATEWAY]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
};

/* The gateway must be on the link of @nh->dev, which it finds if there is none. */
static int weft_nexthop_check_gateway(struct net *net, struct weft_nexthop *nh,
				      struct netlink_ext_ack *extack)
{
	struct weft_flow flow = {
		.dst = nh->gateway,
		.oif = nh->dev ? nh->dev->ifindex : 0,
	};
	int err = 0;

	if (weft_addr_group(&nh->gateway) || weft_addr_node_only(&nh->gateway))
		return weft_refuse(extack, "gateway is not one node", -EINVAL);
	if (weft_addr_linklocal(&nh->gateway) || nh->onlink)
		return nh->dev ? 0 : weft_refuse(extack,
						 "gateway needs a device", -EINVAL);
	rcu_read_lock();
	if (weft_route_to_self(net, &nh->gateway, NULL))
		err = weft_refuse(extack, "gateway is this node", -EINVAL);
	else if (weft_route_input(net, &flow) ||
		 !weft_addr_equal(&flow.hop, &nh->gateway))
		err = weft_refuse(extack, "gateway is not on the link",
				  -ENETUNREACH);
	else
		nh->dev = flow.dev;
	rcu_read_unlock();
	return err;
}

static int weft_nexthop_parse(struct net *net, struct weft_nexthop *nh, u32 ifindex,
			      const struct nlattr *gateway, u32 flags,
			      struct netlink_ext_ack *extack)
{
	struct weft_dev *wdev = weft_dev_get(net, ifindex);

	if (ifindex && !wdev)
		return weft_refuse(extack, "no such device, or it cannot carry Weft",
				   -ENODEV);
	if (wdev && weft_dev_loopback(wdev->dev))
		return weft_refuse(extack, "no route leads through the loopback device",
				   -EINVAL);
	if (flags & ~RTNH_F_ONLINK)
		return weft_refuse(extack, "unknown flags of a next hop", -EINVAL);
	nh->dev = wdev ? wdev->dev : NULL;
	nh->onlink = flags & RTNH_F_ONLINK;
	if (gateway)
		nla_memcpy(&nh->gateway, gateway, sizeof(nh->gateway));
	if (!weft_addr_any(&nh->gateway))
		return weft_nexthop_check_gateway(net, nh, extack);
	if (nh->onlink)
		return weft_refuse(extack, "onlink needs a gateway", -EINVAL);
	return nh->dev ? 0 : weft_refuse(extack, "device or gateway is missing",
					 -EINVAL);
}

static int weft_multipath_parse(struct net *net, struct weft_route *route,
				const struct nlattr *attr,
				struct netlink_ext_ack *extack)
{
	const struct rtnexthop *rtnh = nla_data(attr);
	int err, left = nla_len(attr);
	struct nlattr *tb[RTA_MAX + 1];

	for (; rtnh_ok(rtnh, left); rtnh = rtnh_next(rtnh, &left)) {
		struct weft_nexthop nh = { .weight = rtnh->rtnh_hops + 1 };

		err = nla_parse(tb, RTA_MAX, rtnh_attrs(rtnh), rtnh_attrlen(rtnh),
				weft_nexthop_policy, extack);
		if (!err)
			err = weft_nexthop_parse(net, &nh, rtnh->rtnh_ifindex,
						 tb[RTA_GATEWAY],
						 rtnh->rtnh_flags, extack);
		if (err)
			return err;
		weft_route_add_hop(route, &nh);
	}
	return left ? weft_refuse(extack, "bytes after the last next hop", -EINVAL) :
		      0;
}

static int weft_multipath_count(const struct nlattr *attr,
				struct netlink_ext_ack *extack)
{
	const struct rtnexthop *rtnh = nla_data(attr);
	int n = 0, left = nla_len(attr);

	for (; rtnh_ok(rtnh, left); rtnh = rtnh_next(rtnh, &left))
		n++;
	if (!n || n > WEFT_NEXTHOPS_MAX)
		return weft_refuse(extack, "not 1 to 64 next hops", -EINVAL);
	return n;
}

/**
 * weft_route_req_init() - read a request's attributes
 * @req: filled in
 * @skb: the request's packet
 * @nlh: the request
 * @extack: for the reason of a refusal
 *
 * Return: 0 or a negative errno.
 */
int weft_route_req_init(struct weft_route_req *req, struct sk_buff *skb,
			const struct nlmsghdr *nlh,
			struct netlink_ext_ack *extack)
{
	req->net = sock_net(skb->sk);
	req->nlh = nlh;
	req->extack = extack;
	req->rtm = nlmsg_data(nlh);
	return nlmsg_parse(nlh, sizeof(*req->rtm), req->tb, RTA_MAX,
			   weft_route_policy, extack);
}

/**
 * weft_route_req_u32() - a number of a request
 * @req: request
 * @attr: RTA_*
 *
 * Return: its value, 0 if it is not there.
 */
u32 weft_route_req_u32(const struct weft_route_req *req, int attr)
{
	return req->tb[attr] ? nla_get_u32(req->tb[attr]) : 0;
}

/**
 * weft_route_req_table() - the table of a request
 * @req: request
 *
 * Return: its number; the main table's if none is given.
 */
u32 weft_route_req_table(const struct weft_route_req *req)
{
	if (req->tb[RTA_TABLE])
		return nla_get_u32(req->tb[RTA_TABLE]);
	return req->rtm->rtm_table ?: RT_TABLE_MAIN;
}

/**
 * weft_route_req_prefix() - the destinations of a request
 * @req: request
 * @prefix: filled in; its length is that of the header
 *
 * Return: 0 or -EINVAL.
 */
int weft_route_req_prefix(const struct weft_route_req *req,
			  struct weft_addr *prefix)
{
	u8 len = req->rtm->rtm_dst_len;
	struct weft_addr cut;

	memset(prefix, 0, sizeof(*prefix));
	if (len > 64)
		return weft_refuse(req->extack, "prefix length exceeds 64", -EINVAL);
	if (len && !req->tb[RTA_DST])
		return weft_refuse(req->extack, "prefix is missing", -EINVAL);
	if (req->tb[RTA_DST])
		nla_memcpy(prefix, req->tb[RTA_DST], sizeof(*prefix));
	cut = weft_addr_prefix(prefix, len);
	if (!weft_addr_equal(prefix, &cut))
		return weft_refuse(req->extack, "prefix has bits beyond its length",
				   -EINVAL);
	return 0;
}

/* Prefixes whose way the address itself tells. */
static int weft_route_req_reserved(const struct weft_route_req *req,
				   const struct weft_addr *prefix)
{
	if (weft_addr_linklocal(prefix) ||
	    (weft_addr_loopback(prefix) && req->rtm->rtm_dst_len == 64) ||
	    (weft_addr_group(prefix) &&
	     weft_addr_scope(prefix) < WEFT_SCOPE_GLOBAL &&
	     req->rtm->rtm_dst_len >= 16))
		return weft_refuse(req->extack, "these addresses need no route",
				   -EINVAL);
	return 0;
}

static int weft_route_req_metrics(const struct weft_route_req *req,
				  struct weft_route *route)
{
	struct nlattr *tb[RTAX_MAX + 1];
	int err;

	if (!req->tb[RTA_METRICS])
		return 0;
	err = nla_parse_nested(tb, RTAX_MAX, req->tb[RTA_METRICS],
			       weft_metrics_policy, req->extack);
	if (err)
		return err;
	if (tb[RTAX_MTU])
		route->mtu = nla_get_u32(tb[RTAX_MTU]);
	if (tb[RTAX_MTU] &&
	    (route->mtu < WEFT_MTU_MIN || route->mtu > WEFT_LEN_MAX))
		return weft_refuse(req->extack, "MTU is not between 576 and 65535",
				   -EINVAL);
	if (tb[RTAX_HOPLIMIT])
		route->hop_limit = nla_get_u32(tb[RTAX_HOPLIMIT]);
	return 0;
}

/* Packets to a group are for whoever listens on a link. */
static int weft_route_req_links(const struct weft_route_req *req,
				const struct weft_route *route)
{
	unsigned int i;

	for (i = 0; route->type == RTN_MULTICAST && i < route->n_hops; i++)
		if (!weft_addr_any(&route->hop[i].gateway))
			return weft_refuse(req->extack,
					   "a route of type multicast has no gateway",
					   -EINVAL);
	return 0;
}

/* To this node: through the loopback device, whether or not it was named. */
static int weft_route_req_local(const struct weft_route_req *req,
				struct weft_route *route)
{
	struct net_device *lo = req->net->loopback_dev;
	struct weft_nexthop nh = { .weight = 1, .dev = lo };

	if (req->tb[RTA_OIF] && weft_route_req_u32(req, RTA_OIF) != lo->ifindex)
		return weft_refuse(req->extack,
				   "a local route leads to the loopback device",
				   -EINVAL);
	if (req->rtm->rtm_flags & ~RTM_F_CLONED)
		return weft_refuse(req->extack, "unknown flags of a next hop", -EINVAL);
	if (!weft_dev_get(req->net, lo->ifindex))
		return weft_refuse(req->extack, "there is no loopback device", -ENODEV);
	weft_route_add_hop(route, &nh);
	return 0;
}

static int weft_route_req_way(const struct weft_route_req *req,
			      struct weft_route *route)
{
	struct weft_nexthop nh = { .weight = 1 };
	struct nlattr *const *tb = req->tb;
	int err;

	if (route->type == RTN_LOCAL)
		return weft_route_req_local(req, route);
	if (route->type != RTN_UNICAST && route->type != RTN_MULTICAST)
		return 0;
	if (tb[RTA_MULTIPATH])
		return weft_multipath_parse(req->net, route, tb[RTA_MULTIPATH],
					    req->extack) ?:
		       weft_route_req_links(req, route);
	err = weft_nexthop_parse(req->net, &nh, weft_route_req_u32(req, RTA_OIF),
				 tb[RTA_GATEWAY], req->rtm->rtm_flags, req->extack);
	if (err)
		return err;
	weft_route_add_hop(route, &nh);
	return weft_route_req_links(req, route);
}

static int weft_route_req_src(const struct weft_route_req *req,
			      struct weft_route *route)
{
	if (!req->tb[RTA_PREFSRC])
		return 0;
	nla_memcpy(&route->src, req->tb[RTA_PREFSRC], sizeof(route->src));
	if (!weft_ifaddr_lookup(req->net, &route->src, NULL))
		return weft_refuse(req->extack, "source is no address of this node",
				   -EINVAL);
	return 0;
}

static int weft_route_req_type(const struct weft_route_req *req)
{
	switch (req->rtm->rtm_type) {
	case RTN_UNICAST:
		return 0;
	case RTN_MULTICAST:
		if (!req->tb[RTA_DST] || req->rtm->rtm_dst_len < 8 ||
		    *(u8 *)nla_data(req->tb[RTA_DST]) != 0xff)
			return weft_refuse(req->extack,
					   "a route of type multicast is for groups",
					   -EINVAL);
		return 0;
	case RTN_LOCAL:
	case RTN_BLACKHOLE:
	case RTN_UNREACHABLE:
	case RTN_PROHIBIT:
		if (req->tb[RTA_GATEWAY] || req->tb[RTA_MULTIPATH])
			return weft_refuse(req->extack,
					   "a route of this type has no next hop",
					   -EINVAL);
		return 0;
	}
	return weft_refuse(req->extack, "unknown type of route", -EINVAL);
}

static int weft_route_req_fill(const struct weft_route_req *req,
			       struct weft_route *route)
{
	u32 expires = weft_route_req_u32(req, RTA_EXPIRES);
	int err;

	route->table = weft_route_req_table(req);
	route->prefix_len = req->rtm->rtm_dst_len;
	route->type = req->rtm->rtm_type;
	route->protocol = req->rtm->rtm_protocol ?: RTPROT_BOOT;
	route->scope = req->rtm->rtm_scope;
	route->metric = weft_route_req_u32(req, RTA_PRIORITY) ?: WEFT_ROUTE_METRIC;
	if (expires)
		route->expires = weft_route_lifetime(expires);
	err = weft_route_req_prefix(req, &route->prefix);
	if (!err)
		err = weft_route_req_reserved(req, &route->prefix);
	if (!err)
		err = weft_route_req_metrics(req, route);
	if (!err)
		err = weft_route_req_src(req, route);
	return err ?: weft_route_req_way(req, route);
}

/* A route is chosen by its destinations alone. */
static int weft_route_req_selectors(const struct weft_route_req *req)
{
	struct nlattr *const *tb = req->tb;

	if (req->rtm->rtm_src_len || req->rtm->rtm_tos || tb[RTA_SRC] ||
	    tb[RTA_IIF] || tb[RTA_MARK] || tb[RTA_UID])
		return weft_refuse(req->extack,
				   "source, class, device, mark and user are for rules",
				   -EINVAL);
	return 0;
}

/**
 * weft_route_req_make() - make the route that a request asks for
 * @req: request
 *
 * Context: RTNL. Return: a route of no table, or an error pointer.
 */
struct weft_route *weft_route_req_make(const struct weft_route_req *req)
{
	struct weft_route *route;
	int err, n_hops = 1;

	err = weft_route_req_type(req);
	if (!err)
		err = weft_route_req_selectors(req);
	if (err)
		return ERR_PTR(err);
	if (req->tb[RTA_MULTIPATH]) {
		n_hops = weft_multipath_count(req->tb[RTA_MULTIPATH], req->extack);
		if (n_hops < 0)
			return ERR_PTR(n_hops);
	}
	route = weft_route_alloc(n_hops);
	if (!route)
		return ERR_PTR(-ENOMEM);
	err = weft_route_req_fill(req, route);
	if (err) {
		weft_route_free(route);
		return ERR_PTR(err);
	}
	return route;
}
