// SPDX-License-Identifier: GPL-2.0
/*
 * Routing of packets that this node sends: to itself by the loopback device, to
 * neighbours by the link that the address names.
 */
#include <linux/etherdevice.h>
#include "device.h"
#include "route.h"

/* To an address of our own: by the loopback device, if it is up. */
static int weft_route_loopback(struct net *net, struct weft_route *rt)
{
	struct weft_dev *wdev = weft_dev_get(net, net->loopback_dev->ifindex);

	if (!wdev || !rcu_access_pointer(wdev->linklocal))
		return -ENETUNREACH;
	rt->dev = wdev->dev;
	eth_zero_addr(rt->mac);
	if (weft_addr_any(&rt->src))
		rt->src = rt->dst;
	return 0;
}

/* To a neighbour or a group of the link: the address contains the MAC. */
static int weft_route_link(struct weft_dev *wdev, struct weft_route *rt)
{
	struct weft_ifaddr *own = rcu_dereference(wdev->linklocal);

	if (!own)
		return -ENETUNREACH;
	if (!weft_dev_loopback(wdev->dev) &&
	    (weft_addr_node_only(&rt->src) || weft_addr_node_only(&rt->dst)))
		return -ENETUNREACH;
	if (!weft_addr_mac(&rt->dst, rt->mac))
		return -EHOSTUNREACH;
	rt->dev = wdev->dev;
	if (weft_addr_any(&rt->src))
		rt->src = own->addr;
	return 0;
}

/* An address of this node that is reached through @rt->oif, if that is given. */
static bool weft_route_own(struct net *net, const struct weft_route *rt)
{
	const struct net_device *dev = NULL;

	if (weft_addr_group(&rt->dst))
		return false;
	if (weft_addr_linklocal(&rt->dst)) {
		dev = dev_get_by_index_rcu(net, rt->oif);
		if (!dev)
			return false;
	}
	return weft_ifaddr_lookup(net, &rt->dst, dev);
}

/**
 * weft_route_output() - find the way of a packet that this node sends
 * @net: namespace
 * @rt: destination, source and interface in; device, MAC and source out
 *
 * A source that is given is not checked: whoever bound it has done so.
 *
 * Context: RCU read lock.
 * Return: 0; -EINVAL if the destination needs an interface and none is given;
 * -ENETUNREACH if nothing leads there; -EHOSTUNREACH if nobody can have that
 * address.
 */
int weft_route_output(struct net *net, struct weft_route *rt)
{
	struct weft_dev *wdev;

	if (weft_addr_needs_scope(&rt->dst) && !rt->oif)
		return -EINVAL;
	if (weft_route_own(net, rt))
		return weft_route_loopback(net, rt);
	if (!weft_addr_linklocal(&rt->dst) && !weft_addr_group(&rt->dst))
		return -ENETUNREACH;
	wdev = weft_dev_get(net, rt->oif);
	return wdev ? weft_route_link(wdev, rt) : -ENETUNREACH;
}
