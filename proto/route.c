// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a packet: to the node itself by the loopback device, to neighbours by
 * the link that the address names, to all others by the longest prefix in a table.
 */
#include <linux/jhash.h>
#include <linux/random.h>
#include "device.h"
#include "ifaddr.h"
#include "exception.h"
#include "route.h"
#include "rule.h"
#include "source.h"
#include "table.h"

/* --- next hops ------------------------------------------------------------ */

/* Could a packet go out there? */
static bool weft_nexthop_usable(const struct weft_nexthop *nh,
				const struct weft_flow *flow, bool carrier)
{
	const struct net_device *dev = nh->dev;

	return netif_running(dev) && (!carrier || netif_carrier_ok(dev)) &&
	       READ_ONCE(dev->mtu) >= WEFT_MTU_MIN &&
	       (!flow->oif || flow->oif == dev->ifindex);
}

static u32 weft_flow_hash(const struct weft_flow *flow)
{
	static u32 seed __read_mostly;

	net_get_random_once(&seed, sizeof(seed));
	return jhash(&flow->dst, sizeof(flow->dst),
		     jhash_3words((__force u32)flow->src.a32[0],
				  (__force u32)flow->src.a32[1],
				  (__force u32)flow->ports ^ flow->next, seed));
}

/*
 * The flow's next hop by weight; if that one does not work, the first after it
 * that does.
 */
static const struct weft_nexthop *
weft_nexthop_select(const struct weft_route *route, const struct weft_flow *flow,
		    bool carrier)
{
	unsigned int i, first = 0;
	u32 share;

	if (route->n_hops > 1) {
		share = reciprocal_scale(weft_flow_hash(flow),
					 route->hop[route->n_hops - 1].bound);
		while (share >= route->hop[first].bound)
			first++;
	}
	for (i = 0; i < route->n_hops; i++) {
		const struct weft_nexthop *nh =
			&route->hop[(first + i) % route->n_hops];

		if (weft_nexthop_usable(nh, flow, carrier))
			return nh;
	}
	return NULL;
}

/* --- the table ------------------------------------------------------------ */

static void weft_flow_set(struct weft_flow *flow, const struct weft_dev *wdev,
			  const struct weft_addr *hop)
{
	flow->dev = wdev->dev;
	flow->hop = *hop;
	flow->mtu = weft_dev_mtu(wdev);
	flow->hop_limit = READ_ONCE(wdev->hop_limit);
}

static void weft_flow_set_route(struct weft_flow *flow,
				const struct weft_route *route,
				const struct weft_nexthop *nh)
{
	bool on_link = weft_addr_any(&nh->gateway);

	weft_flow_set(flow, nh->wdev, on_link ? &flow->dst : &nh->gateway);
	flow->route = route;
	if (route->hop_limit)
		flow->hop_limit = route->hop_limit;
	if (route->mtu)
		flow->mtu = min(flow->mtu, route->mtu);
}

/**
 * weft_route_errno() - what a sender on this node is told of a route
 * @route: the route
 *
 * Return: 0 for a unicast or local route, else a negative errno.
 */
int weft_route_errno(const struct weft_route *route)
{
	switch (route->type) {
	case RTN_BLACKHOLE:
		return -EINVAL;
	case RTN_PROHIBIT:
		return -EACCES;
	case RTN_UNREACHABLE:
		return -ENETUNREACH;
	}
	return 0;
}

/* Is it of a kind that the flow may take? */
static bool weft_route_is_kind(const struct weft_route *route,
			       enum weft_route_kinds kind)
{
	return kind == WEFT_ROUTES_ALL ||
	       (route->type == RTN_MULTICAST) == (kind == WEFT_ROUTES_MULTICAST);
}

/* The first next hop of a multicast route that works: what a sender here takes. */
static const struct weft_nexthop *
weft_nexthop_first(const struct weft_route *route, const struct weft_flow *flow,
		   bool carrier)
{
	unsigned int i;

	for (i = 0; i < route->n_hops; i++)
		if (weft_nexthop_usable(&route->hop[i], flow, carrier))
			return &route->hop[i];
	return NULL;
}

/* The first route of a prefix's list that can be taken; -EAGAIN if none can. */
static int weft_route_list_lookup(const struct weft_route *route,
				  struct weft_flow *flow, bool carrier)
{
	const struct weft_nexthop *nh;

	for (; route; route = rcu_dereference_rtnl(route->next)) {
		if (weft_route_expired(route) || !weft_route_is_kind(route, flow->kind))
			continue;
		if (!route->n_hops) {
			flow->route = route;
			return weft_route_errno(route);
		}
		nh = route->type == RTN_MULTICAST ?
		     weft_nexthop_first(route, flow, carrier) :
		     weft_nexthop_select(route, flow, carrier);
		if (nh) {
			weft_flow_set_route(flow, route, nh);
			return 0;
		}
	}
	return -EAGAIN;
}

static int weft_route_trie_lookup(const struct weft_table *table,
				  struct weft_flow *flow, bool carrier)
{
	u64 key = weft_addr_key(&flow->dst);
	const struct weft_route *route;
	unsigned int len;
	int err;

	route = weft_trie_lookup(&table->routes, key, &len);
	while (route) {
		err = weft_route_list_lookup(route, flow, carrier);
		if (err != -EAGAIN)
			return err;
		route = weft_trie_lookup_shorter(&table->routes, key, &len);
	}
	return -EAGAIN;
}

/**
 * weft_route_table_lookup() - find a flow's way in one table
 * @net: namespace
 * @flow: the flow
 * @table: number of the table
 *
 * Next hops without carrier are second choice. Context: RCU read lock or RTNL.
 *
 * Return: 0; what weft_route_errno() says of a route that leads nowhere;
 * -EAGAIN if no route of the table leads there.
 */
int weft_route_table_lookup(struct net *net, struct weft_flow *flow, u32 table)
{
	const struct weft_table *t = weft_table_get(net, table);
	int err;

	if (!t)
		return -EAGAIN;
	err = weft_route_trie_lookup(t, flow, true);
	if (err == -EAGAIN)
		err = weft_route_trie_lookup(t, flow, false);
	return err;
}

static int weft_route_lookup(struct net *net, struct weft_flow *flow)
{
	int err = weft_rule_lookup(net, flow);

	return err == -EAGAIN ? -ENETUNREACH : err;
}

/* --- the ways ------------------------------------------------------------- */

/* To an address of our own: by the loopback device, if it is up. */
static int weft_route_loopback(struct net *net, struct weft_flow *flow)
{
	struct weft_dev *wdev = weft_dev_get(net, net->loopback_dev->ifindex);

	if (!wdev || !rcu_access_pointer(wdev->linklocal))
		return -ENETUNREACH;
	weft_flow_set(flow, wdev, &flow->dst);
	if (weft_addr_any(&flow->src))
		flow->src = flow->dst;
	return 0;
}

/* To a neighbour or a group of the link that the flow names. */
static int weft_route_link(struct net *net, struct weft_flow *flow)
{
	struct weft_dev *wdev = weft_dev_get(net, flow->oif);
	struct weft_ifaddr *own;

	own = wdev ? rcu_dereference(wdev->linklocal) : NULL;
	if (!own)
		return -ENETUNREACH;
	if (!weft_dev_loopback(wdev->dev) &&
	    (weft_addr_node_only(&flow->src) || weft_addr_node_only(&flow->dst)))
		return -ENETUNREACH;
	weft_flow_set(flow, wdev, &flow->dst);
	if (weft_addr_any(&flow->src))
		flow->src = own->addr;
	return 0;
}

static int weft_route_far(struct net *net, struct weft_flow *flow)
{
	int err = weft_route_lookup(net, flow);

	if (err)
		return err;
	weft_exception_apply(net, flow);
	if (weft_addr_node_only(&flow->src) && !weft_dev_loopback(flow->dev))
		return -ENETUNREACH;
	if (!weft_addr_any(&flow->src))
		return 0;
	if (!weft_addr_any(&flow->route->src)) {
		flow->src = flow->route->src;
		return 0;
	}
	if (flow->route->type == RTN_LOCAL) {
		flow->src = flow->dst;
		return 0;
	}
	return weft_source_select(net, flow->dev, &flow->dst, &flow->src) ?
	       0 : -EADDRNOTAVAIL;
}

/* An address of this node that is reached through @flow->oif, if that is given. */
static bool weft_route_own(struct net *net, const struct weft_flow *flow)
{
	const struct net_device *dev = NULL;

	if (weft_addr_group(&flow->dst))
		return false;
	if (weft_addr_linklocal(&flow->dst)) {
		dev = dev_get_by_index_rcu(net, flow->oif);
		if (!dev)
			return false;
	}
	return weft_ifaddr_lookup(net, &flow->dst, dev);
}

/**
 * weft_route_output() - find the way of a packet that this node sends
 * @net: namespace
 * @flow: destination, source and interface in; the way out
 *
 * A source that is given is not checked: whoever bound it has done so.
 *
 * Context: RCU read lock.
 * Return: 0; -EINVAL if the destination needs an interface and none is given, or
 * the route is a blackhole; -ENETUNREACH if nothing leads there; -EACCES if the
 * route prohibits it; -EADDRNOTAVAIL if no address of the node can be the source.
 */
int weft_route_output(struct net *net, struct weft_flow *flow)
{
	if (weft_addr_needs_scope(&flow->dst) && !flow->oif)
		return -EINVAL;
	if (weft_route_own(net, flow))
		return weft_route_loopback(net, flow);
	if (weft_addr_linklocal(&flow->dst) ||
	    (weft_addr_group(&flow->dst) && flow->oif))
		return weft_route_link(net, flow);
	if (weft_addr_node_only(&flow->dst))
		return -ENETUNREACH;
	return weft_route_far(net, flow);
}

/**
 * weft_route_input() - find the way of a packet that this node forwards
 * @net: namespace
 * @flow: addresses and interface in; the way out
 *
 * What was learned about the destination is of this node's own packets, and easily
 * forged: packets of others do not feel it.
 *
 * Context: RCU read lock.
 * Return: 0, -ENETUNREACH if nothing leads there, or what weft_route_errno() says of
 * the route in @flow.
 */
int weft_route_input(struct net *net, struct weft_flow *flow)
{
	return weft_route_lookup(net, flow);
}

/**
 * weft_route_local() - does a route of kind local take a packet?
 * @net: namespace
 * @flow: addresses and interface in
 *
 * Context: RCU read lock.
 * Return: true if the packet is for this node, whose address or not.
 */
bool weft_route_local(struct net *net, struct weft_flow *flow)
{
	return READ_ONCE(weft_net(net)->local_routes) &&
	       weft_addr_scope(&flow->dst) == WEFT_SCOPE_GLOBAL &&
	       !weft_addr_group(&flow->dst) &&
	       !weft_route_lookup(net, flow) && flow->route->type == RTN_LOCAL;
}

/**
 * weft_route_to_self() - may this node speak for an address?
 * @net: namespace
 * @addr: address
 * @dev: the device that it must be on if it is one of a device; NULL for any
 *
 * Context: RCU read lock.
 * Return: true if a device has it, tentative or not, or a route of kind local leads
 * to it.
 */
bool weft_route_to_self(struct net *net, const struct weft_addr *addr,
			const struct net_device *dev)
{
	struct weft_flow flow = { .dst = *addr };

	return weft_ifaddr_lookup(net, addr, dev) || weft_route_local(net, &flow);
}
