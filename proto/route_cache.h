/* SPDX-License-Identifier: GPL-2.0 */
/* The way to a socket's peer, remembered from one packet to the next. */
#ifndef WEFT_ROUTE_CACHE_H
#define WEFT_ROUTE_CACHE_H

#include "flow.h"
#include "net.h"

/**
 * struct weft_route_cache - a way that was found
 * @flow: what weft_route_output() answered
 * @src: the source that it was asked for, which may be any; the rest of what it was
 *	asked is in @flow unchanged
 * @changes: weft_net.route_changes before it was asked
 * @found: jiffies
 * @rcu: for kfree_rcu()
 *
 * Belongs to the socket whose pointer leads to it; replaced as a whole, read under
 * RCU.
 */
struct weft_route_cache {
	struct weft_flow	flow;
	struct weft_addr	src;
	int			changes;
	unsigned long		found;
	struct rcu_head		rcu;
};

/**
 * weft_route_changed() - what routes depend on has changed
 * @net: namespace
 *
 * To be called after the change to addresses, routes, rules, exceptions or devices.
 * Context: any.
 */
static inline void weft_route_changed(struct net *net)
{
	/* Pairs with weft_route_cached(): who sees the old number may use the old way. */
	smp_mb__before_atomic();
	atomic_inc(&weft_net(net)->route_changes);
}

int weft_route_cached(struct net *net, struct weft_route_cache __rcu **cache,
		      struct weft_flow *flow);
void weft_route_forget(struct weft_route_cache __rcu **cache);

#endif /* WEFT_ROUTE_CACHE_H */
