// SPDX-License-Identifier: GPL-2.0
/*
 * What announcements of routers make: default routes, routes to prefixes, addresses,
 * and settings of the device that heard them.
 */
#include <linux/rtnetlink.h>
#include "addr.h"
#include "announce.h"
#include "dad.h"
#include "device.h"
#include "ifaddr.h"
#include "input.h"
#include "neigh.h"
#include "route_cache.h"
#include "route_netlink.h"
#include "router.h"
#include "table.h"

/* --- routes ------------------------------------------------------------------------------ */

/* Of a route by a router of medium preference; higher ones come before it. */
#define WEFT_LEARNED_METRIC	1024

/* Of a prefix on the link: the route of an address there by hand comes before it. */
#define WEFT_LEARNED_PREFIX_METRIC	(WEFT_PREFIX_METRIC + 1)

/**
 * struct weft_learned - a route as an announcement tells it
 * @prefix: destinations
 * @prefix_len: bits of it that count
 * @gateway: the router, any if the destinations are on the link
 * @metric: the lowest wins
 * @lifetime: s; 0 ends the route, WEFT_FOREVER does not end
 */
struct weft_learned {
	struct weft_addr	prefix;
	u8			prefix_len;
	struct weft_addr	gateway;
	u32			metric;
	u32			lifetime;
};

static struct weft_route *weft_learned_find(const struct weft_dev *wdev,
					    const struct weft_learned *like)
{
	struct weft_route *route;

	hlist_for_each_entry(route, &wdev->router.learned, expiring)
		if (route->prefix_len == like->prefix_len &&
		    weft_addr_equal(&route->prefix, &like->prefix) &&
		    weft_addr_equal(&route->hop[0].gateway, &like->gateway))
			return route;
	return NULL;
}

/* Is there room for another route of this kind? */
static bool weft_learned_room(const struct weft_dev *wdev,
			      const struct weft_learned *like)
{
	bool onlink = weft_addr_any(&like->gateway);
	const struct weft_route *route;
	unsigned int n = 0;

	hlist_for_each_entry(route, &wdev->router.learned, expiring)
		n += weft_addr_any(&route->hop[0].gateway) == onlink &&
		     !route->prefix_len == !like->prefix_len;
	if (onlink)
		return n < WEFT_LEARNED_PREFIXES_MAX;
	return n < (like->prefix_len ? WEFT_LEARNED_ROUTES_MAX :
				       WEFT_LEARNED_ROUTERS_MAX);
}

/* Puts a route into the table, unless one by hand has its place; no memory, no route. */
static void weft_learned_add(struct weft_dev *wdev, const struct weft_learned *like)
{
	bool onlink = weft_addr_any(&like->gateway);
	struct weft_nexthop hop = {
		.dev = wdev->dev,
		.gateway = like->gateway,
		.weight = 1,
	};
	struct net *net = dev_net(wdev->dev);
	struct weft_route *route;

	route = weft_route_alloc(1);
	if (!route)
		return;
	weft_route_add_hop(route, &hop);
	route->table = RT_TABLE_MAIN;
	route->prefix = like->prefix;
	route->prefix_len = like->prefix_len;
	route->type = RTN_UNICAST;
	route->protocol = RTPROT_RA;
	route->scope = onlink ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	route->metric = like->metric;
	route->expires = weft_route_lifetime(like->lifetime);
	hlist_add_head(&route->expiring, &wdev->router.learned);
	if (weft_table_add(net, route, NLM_F_CREATE | NLM_F_APPEND, NULL)) {
		hlist_del_init(&route->expiring);
		weft_route_free(route);
		return;
	}
	weft_route_notify(RTM_NEWROUTE, net, route, 0, NULL);
}

static void weft_learned_del(struct weft_dev *wdev, struct weft_route *route)
{
	struct net *net = dev_net(wdev->dev);

	weft_route_notify(RTM_DELROUTE, net, route, 0, NULL);
	weft_table_del(net, route);
}

/* Makes, prolongs or ends a route. */
static void weft_learned_set(struct weft_dev *wdev, const struct weft_learned *like)
{
	struct weft_route *old = weft_learned_find(wdev, like);

	if (old && like->lifetime && old->metric == like->metric) {
		WRITE_ONCE(old->expires, weft_route_lifetime(like->lifetime));
		return;
	}
	/* The new one first: the destinations stay reachable. */
	if (like->lifetime && (old || weft_learned_room(wdev, like)))
		weft_learned_add(wdev, like);
	if (old)
		weft_learned_del(wdev, old);
}

/**
 * weft_learned_age() - remove the routes whose time is over
 * @wdev: device
 * @now: 64-bit jiffies
 *
 * Context: RTNL.
 * Return: when to come again, 64-bit jiffies; U64_MAX for never.
 */
u64 weft_learned_age(struct weft_dev *wdev, u64 now)
{
	struct weft_route *route;
	struct hlist_node *next;
	u64 first = U64_MAX;

	hlist_for_each_entry_safe(route, next, &wdev->router.learned, expiring) {
		if (weft_route_expired(route))
			weft_learned_del(wdev, route);
		else if (route->expires)
			first = min(first, now + (route->expires - (unsigned long)now));
	}
	return first;
}

/* --- addresses --------------------------------------------------------------------------- */

static bool weft_learned_addr_room(const struct weft_dev *wdev)
{
	const struct weft_ifaddr *ifa;
	unsigned int n = 0;

	list_for_each_entry(ifa, &wdev->addrs, link)
		n += ifa->proto == IFAPROT_KERNEL_RA;
	return n < WEFT_LEARNED_ADDRS_MAX;
}

static void weft_learned_add_addr(struct weft_dev *wdev, struct weft_ifaddr *like)
{
	struct weft_ifaddr *ifa;

	if (!like->valid || !weft_learned_addr_room(wdev) ||
	    weft_ifaddr_add(wdev, like, &ifa))
		return;
	weft_dad_start(ifa);
	weft_ifaddr_notify(RTM_NEWADDR, ifa, 0, NULL);
}

/*
 * RFC 4862, section 5.5.3: an address of the prefix and the MAC, or new lifetimes of
 * the one that is there. One that was added by hand stays as it is. Whether the prefix
 * is on the link, and so has a route, is for the announcement to say.
 */
static void weft_learned_addr(struct weft_dev *wdev,
			      const struct weft_announce_option *opt)
{
	struct weft_ifaddr like = {
		.prefix_len = 16,
		.proto = IFAPROT_KERNEL_RA,
		.flags = IFA_F_NOPREFIXROUTE,
		.valid = opt->valid,
		.preferred = opt->preferred,
	};
	struct weft_ifaddr *ifa;

	weft_addr_from_mac(&like.addr, wdev->dev->dev_addr);
	like.addr.a16[0] = opt->prefix.a16[0];
	ifa = weft_ifaddr_find(wdev, &like.addr);
	if (ifa && ifa->proto != IFAPROT_KERNEL_RA)
		return;
	if (ifa)
		like.valid = weft_announce_valid(opt->valid,
						 weft_ifaddr_left(ifa, ifa->valid));
	if (like.valid == WEFT_FOREVER)
		like.flags |= IFA_F_PERMANENT;
	if (!like.preferred)
		like.flags |= IFA_F_DEPRECATED;
	if (!ifa) {
		weft_learned_add_addr(wdev, &like);
		return;
	}
	weft_ifaddr_change(ifa, &like);
	weft_ifaddr_notify(RTM_NEWADDR, ifa, 0, NULL);
}

/**
 * weft_learned_flush_addrs() - withdraw the addresses of announced prefixes
 * @wdev: device
 *
 * Context: RTNL.
 */
void weft_learned_flush_addrs(struct weft_dev *wdev)
{
	struct weft_ifaddr *ifa, *next;

	list_for_each_entry_safe(ifa, next, &wdev->addrs, link)
		if (ifa->proto == IFAPROT_KERNEL_RA)
			weft_ifaddr_withdraw(ifa);
}

/* --- announcements ----------------------------------------------------------------------- */

static void weft_learned_settings(struct weft_dev *wdev,
				  const struct weft_announce *told)
{
	if (told->hop_limit)
		WRITE_ONCE(wdev->hop_limit, told->hop_limit);
	if (told->reachable_ms)
		WRITE_ONCE(wdev->reachable_ms, told->reachable_ms);
	if (told->retrans_ms)
		WRITE_ONCE(wdev->retrans_ms, told->retrans_ms);
}

static void weft_learned_prefix(struct weft_dev *wdev,
				const struct weft_announce_option *opt)
{
	const struct weft_learned like = {
		.prefix = opt->prefix,
		.prefix_len = opt->prefix_len,
		.metric = WEFT_LEARNED_PREFIX_METRIC,
		.lifetime = opt->valid,
	};

	if (opt->flags & WEFT_RA_ONLINK)
		weft_learned_set(wdev, &like);
	if (opt->flags & WEFT_RA_AUTO)
		weft_learned_addr(wdev, opt);
}

static void weft_learned_option(struct weft_dev *wdev, const struct weft_addr *router,
				const struct weft_announce_option *opt)
{
	const struct weft_learned like = {
		.prefix = opt->prefix,
		.prefix_len = opt->prefix_len,
		.gateway = *router,
		.metric = WEFT_LEARNED_METRIC - opt->pref,
		.lifetime = opt->valid,
	};

	switch (opt->type) {
	case WEFT_RA_PREFIX:
		weft_learned_prefix(wdev, opt);
		break;
	case WEFT_RA_MTU:
		if (opt->mtu <= wdev->dev->mtu)
			WRITE_ONCE(wdev->mtu, opt->mtu);
		break;
	case WEFT_RA_ROUTE:
		weft_learned_set(wdev, &like);
		break;
	}
}

/**
 * weft_learned_obey() - do what an announcement says
 * @wdev: the device that heard it
 * @skb: the message, which weft_announce_parse() took, behind its network header
 *
 * Context: RTNL.
 */
void weft_learned_obey(struct weft_dev *wdev, const struct sk_buff *skb)
{
	const struct weft_addr *router = &weft_hdr(skb)->src;
	struct weft_learned like = { .gateway = *router };
	struct weft_announce_option opt;
	struct weft_announce told;
	unsigned int at = 0;

	if (!weft_announce_parse(&told, skb->data, skb->len))
		return;
	weft_learned_settings(wdev, &told);
	like.metric = WEFT_LEARNED_METRIC - told.pref;
	like.lifetime = told.lifetime;
	weft_learned_set(wdev, &like);
	while ((at = weft_announce_option(skb->data, skb->len, at, &opt)))
		weft_learned_option(wdev, router, &opt);
	weft_route_changed(dev_net(wdev->dev));
}

/**
 * weft_learned_flush() - forget all that announcements made and set
 * @wdev: device
 *
 * Context: RTNL.
 */
void weft_learned_flush(struct weft_dev *wdev)
{
	struct weft_route *route;
	struct hlist_node *next;

	weft_learned_flush_addrs(wdev);
	hlist_for_each_entry_safe(route, next, &wdev->router.learned, expiring)
		weft_learned_del(wdev, route);
	WRITE_ONCE(wdev->hop_limit, 0);
	WRITE_ONCE(wdev->mtu, 0);
	WRITE_ONCE(wdev->reachable_ms, WEFT_NEIGH_REACHABLE_MS);
	WRITE_ONCE(wdev->retrans_ms, WEFT_NEIGH_RETRANS_MS);
	weft_route_changed(dev_net(wdev->dev));
}
