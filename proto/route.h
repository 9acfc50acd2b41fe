/* SPDX-License-Identifier: GPL-2.0 */
/* Routes, and the way of a packet by them. */
#ifndef WEFT_ROUTE_H
#define WEFT_ROUTE_H

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include "addr.h"
#include "flow.h"
#include "net.h"

struct weft_dev;

#define WEFT_NEXTHOPS_MAX	64

/**
 * struct weft_nexthop - a link that a route leads through, and a router on it
 * @dev: the device
 * @tracker: of the reference to @dev
 * @wdev: our side of @dev, which takes the route with it when it goes
 * @gateway: the router; any if the destinations are on the link
 * @onlink: nobody asked whether @gateway can be reached
 * @weight: share of the flows, 1 to 256
 * @bound: sum of the weights up to this one
 */
struct weft_nexthop {
	struct net_device	*dev;
	netdevice_tracker	tracker;
	const struct weft_dev	*wdev;
	struct weft_addr	gateway;
	bool			onlink;
	u16			weight;
	u32			bound;
};

/**
 * struct weft_route - a route
 * @next: to the same prefix, with the same or a higher metric
 * @table: the number of the table that it is in
 * @prefix: destinations
 * @prefix_len: bits of it that count
 * @type: RTN_UNICAST, _LOCAL, _MULTICAST, _BLACKHOLE, _UNREACHABLE or _PROHIBIT
 * @protocol: RTPROT_*: who made it
 * @scope: RT_SCOPE_*, as told
 * @metric: the lowest wins
 * @src: source that packets without one get, or any
 * @mtu: of the way beyond the first link, 0 if unknown
 * @hop_limit: 0 for the default
 * @expires: when it goes, jiffies; 0 for never
 * @expiring: in weft_router_state.learned if an announcement made it, else in
 *	weft_net.expiring if @expires is set
 * @rcu: for kfree_rcu()
 * @n_hops: how many @hop there are; 0 unless unicast, local or multicast
 * @hop: next hops
 *
 * The routes of a prefix are a list, and the trie of the table holds its first one.
 * Made, linked and removed under RTNL; read under RCU. Only @next and @expires
 * change while readers may see it. The table owns it.
 */
struct weft_route {
	struct weft_route __rcu	*next;
	u32			table;
	struct weft_addr	prefix;
	u8			prefix_len;
	u8			type;
	u8			protocol;
	u8			scope;
	u32			metric;
	struct weft_addr	src;
	u32			mtu;
	u8			hop_limit;
	unsigned long		expires;
	struct hlist_node	expiring;
	struct rcu_head		rcu;
	unsigned int		n_hops;
	struct weft_nexthop	hop[] __counted_by(n_hops);
};

/* When a route goes that is to last so many seconds; U32_MAX does not end. */
static inline unsigned long weft_route_lifetime(u32 seconds)
{
	if (seconds == U32_MAX)
		return 0;
	return (jiffies + min_t(u64, (u64)seconds * HZ, MAX_JIFFY_OFFSET)) ?: 1;
}

static inline bool weft_route_expired(const struct weft_route *route)
{
	unsigned long expires = READ_ONCE(route->expires);

	return expires && time_after_eq(jiffies, expires);
}

int weft_route_errno(const struct weft_route *route);
int weft_route_table_lookup(struct net *net, struct weft_flow *flow, u32 table);
int weft_route_output(struct net *net, struct weft_flow *flow);
int weft_route_input(struct net *net, struct weft_flow *flow);
bool weft_route_local(struct net *net, struct weft_flow *flow);
bool weft_route_to_self(struct net *net, const struct weft_addr *addr,
			const struct net_device *dev);

#endif /* WEFT_ROUTE_H */
