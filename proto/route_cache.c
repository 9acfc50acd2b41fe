// SPDX-License-Identifier: GPL-2.0
/*
 * The way to a socket's peer, remembered from one packet to the next: the lookups of
 * the address, the rules, the route and the exceptions cost more than all the rest of
 * a packet's way out.
 *
 * A way holds until something changes that routes depend on, which a number of the
 * namespace tells, and at most a second, so that what expires needs no number.
 */
#include "addr.h"
#include "route.h"
#include "route_cache.h"

#define WEFT_ROUTE_CACHE_TIME	HZ

static bool weft_flow_same(const struct weft_route_cache *way, const struct weft_flow *flow)
{
	const struct weft_flow *was = &way->flow;

	return weft_addr_equal(&was->dst, &flow->dst) &&
	       weft_addr_equal(&way->src, &flow->src) && was->oif == flow->oif &&
	       was->mark == flow->mark && uid_eq(was->uid, flow->uid) &&
	       was->next == flow->next && was->ports == flow->ports;
}

/* A device loses its carrier before anybody is told. */
static bool weft_route_holds(struct net *net, const struct weft_route_cache *way,
			     const struct weft_flow *flow)
{
	return way->changes == atomic_read(&weft_net(net)->route_changes) &&
	       time_before(jiffies, way->found + WEFT_ROUTE_CACHE_TIME) &&
	       weft_flow_same(way, flow) &&
	       netif_carrier_ok(way->flow.dev);
}

static void weft_route_remember(struct weft_route_cache __rcu **cache,
				const struct weft_addr *src,
				const struct weft_flow *flow, int changes)
{
	struct weft_route_cache *way;

	way = kmalloc(sizeof(*way), GFP_ATOMIC | __GFP_NOWARN);
	if (!way)
		return;
	way->flow = *flow;
	way->src = *src;
	way->changes = changes;
	way->found = jiffies;
	way = unrcu_pointer(xchg(cache, RCU_INITIALIZER(way)));
	if (way)
		kfree_rcu(way, rcu);
}

/**
 * weft_route_cached() - find the way of a packet to a socket's peer
 * @net: namespace
 * @cache: the socket's; it is asked first and remembers what it did not know
 * @flow: as for weft_route_output()
 *
 * Context: RCU read lock, under which the way is valid.
 * Return: as weft_route_output().
 */
int weft_route_cached(struct net *net, struct weft_route_cache __rcu **cache,
		      struct weft_flow *flow)
{
	const struct weft_route_cache *way = rcu_dereference(*cache);
	struct weft_addr src = flow->src;
	int changes, err;

	if (way && weft_route_holds(net, way, flow)) {
		*flow = way->flow;
		return 0;
	}
	changes = atomic_read(&weft_net(net)->route_changes);
	/* Pairs with weft_route_changed(). */
	smp_rmb();
	err = weft_route_output(net, flow);
	if (!err)
		weft_route_remember(cache, &src, flow, changes);
	return err;
}

/**
 * weft_route_forget() - empty a socket's cache
 * @cache: the socket's
 *
 * Context: any; nobody else uses the cache.
 */
void weft_route_forget(struct weft_route_cache __rcu **cache)
{
	struct weft_route_cache *way;

	way = unrcu_pointer(xchg(cache, NULL));
	if (way)
		kfree_rcu(way, rcu);
}
