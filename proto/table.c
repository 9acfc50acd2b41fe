// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of routes: routes come by netlink, by addresses with their prefix and by
 * routers' announcements, and go by the same ways, with their device, and in time.
 */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include "device.h"
#include "ifaddr.h"
#include "exception.h"
#include "listener.h"
#include "route_cache.h"
#include "route_netlink.h"
#include "table.h"

/* --- routes --------------------------------------------------------------- */

/**
 * weft_route_alloc() - make a route of no table
 * @n_hops: next hops that there must be room for
 *
 * Return: the route, to be freed with weft_route_free(), or NULL.
 */
struct weft_route *weft_route_alloc(unsigned int n_hops)
{
	struct weft_route *route;

	return kzalloc(struct_size(route, hop, n_hops), GFP_KERNEL_ACCOUNT);
}

/**
 * weft_route_free() - free a route of no table
 * @route: the route; readers may still hold it
 *
 * Context: process.
 */
void weft_route_free(struct weft_route *route)
{
	unsigned int i;

	for (i = 0; i < route->n_hops; i++)
		netdev_put(route->hop[i].dev, &route->hop[i].tracker);
	kfree_rcu(route, rcu);
}

/* A copy without the next hops on @dev; NULL if none is left, or no memory. */
static struct weft_route *weft_route_without(const struct weft_route *route,
					     const struct net_device *dev)
{
	unsigned int i, left = 0;
	struct weft_route *copy;

	for (i = 0; i < route->n_hops; i++)
		left += route->hop[i].dev != dev;
	copy = left ? weft_route_alloc(left) : NULL;
	if (!copy)
		return NULL;
	*copy = *route;
	copy->n_hops = 0;
	INIT_HLIST_NODE(&copy->expiring);
	for (i = 0; i < route->n_hops; i++)
		if (route->hop[i].dev != dev)
			weft_route_add_hop(copy, &route->hop[i]);
	return copy;
}

/**
 * weft_route_add_hop() - give a route another next hop
 * @route: a route of no table, allocated with room for it
 * @like: device, which carries Weft, gateway, flags and weight to copy
 *
 * Context: RTNL.
 */
void weft_route_add_hop(struct weft_route *route, const struct weft_nexthop *like)
{
	struct weft_nexthop *nh;

	/* First the number: the array is counted by it. */
	route->n_hops++;
	nh = &route->hop[route->n_hops - 1];
	nh->dev = like->dev;
	nh->wdev = weft_dev_get(dev_net(nh->dev), nh->dev->ifindex);
	nh->gateway = like->gateway;
	nh->onlink = like->onlink;
	nh->weight = like->weight;
	nh->bound = like->weight + (nh > route->hop ? nh[-1].bound : 0);
	netdev_hold(nh->dev, &nh->tracker, GFP_KERNEL);
}

/* --- tables --------------------------------------------------------------- */

/**
 * weft_table_get() - find a table
 * @net: namespace
 * @id: its number
 *
 * Context: RCU read lock or RTNL.
 * Return: the table, or NULL if no route was ever put into it.
 */
struct weft_table *weft_table_get(const struct net *net, u32 id)
{
	return xa_load(&weft_net(net)->tables, id);
}

static struct weft_table *weft_table_get_or_create(struct net *net, u32 id)
{
	struct weft_table *table = weft_table_get(net, id);

	if (table)
		return table;
	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return NULL;
	table->id = id;
	if (xa_insert(&weft_net(net)->tables, id, table, GFP_KERNEL)) {
		kfree(table);
		return NULL;
	}
	return table;
}

static struct weft_route *weft_table_head(const struct weft_table *table,
					  const struct weft_route *like)
{
	return weft_trie_find(&table->routes, weft_addr_key(&like->prefix),
			      like->prefix_len);
}

/* Makes @head, which may be NULL, the first route of @like's prefix. */
static int weft_table_set_head(struct weft_table *table,
			       const struct weft_route *like,
			       struct weft_route *head)
{
	u64 key = weft_addr_key(&like->prefix);

	if (!head) {
		weft_trie_remove(&table->routes, key, like->prefix_len);
		return 0;
	}
	if (weft_table_head(table, like)) {
		weft_trie_replace(&table->routes, key, like->prefix_len, head);
		return 0;
	}
	return weft_trie_insert(&table->routes, key, like->prefix_len, head);
}

/**
 * struct weft_place - where in the list of a prefix a route belongs
 * @prev: the route before it, NULL if it comes first
 * @same: the first route of the same metric, NULL if there is none
 * @before_same: the route before that one
 */
struct weft_place {
	struct weft_route *prev;
	struct weft_route *same;
	struct weft_route *before_same;
};

static void weft_table_place(struct weft_route *head, u32 metric, bool append,
			     struct weft_place *place)
{
	struct weft_route *route, *prev = NULL;

	memset(place, 0, sizeof(*place));
	for (route = head; route && route->metric <= metric;
	     route = rtnl_dereference(route->next)) {
		if (route->metric == metric && !place->same) {
			place->same = route;
			place->before_same = prev;
		}
		prev = route;
	}
	place->prev = place->same && !append ? place->before_same : prev;
}

/* Two next hops that lead to the same place. */
static bool weft_route_same_way(const struct weft_route *a,
				const struct weft_route *b)
{
	unsigned int i;

	if (a->type != b->type || a->n_hops != b->n_hops)
		return false;
	for (i = 0; i < a->n_hops; i++)
		if (a->hop[i].dev != b->hop[i].dev ||
		    !weft_addr_equal(&a->hop[i].gateway, &b->hop[i].gateway))
			return false;
	return true;
}

/* Those that an announcement made are looked after in learned.c. */
static void weft_table_expire_later(struct net *net, struct weft_route *route)
{
	struct weft_net *wn = weft_net(net);

	if (!route->expires || !hlist_unhashed(&route->expiring))
		return;
	hlist_add_head(&route->expiring, &wn->expiring);
	mod_delayed_work(system_power_efficient_wq, &wn->route_work, 0);
}

/* Unlinks @route, whose predecessor is @prev or NULL. */
static void weft_table_unlink(struct net *net, struct weft_table *table,
			      struct weft_route *route, struct weft_route *prev)
{
	struct weft_route *next = rtnl_dereference(route->next);

	if (prev)
		rcu_assign_pointer(prev->next, next);
	else
		weft_table_set_head(table, route, next);
	table->n_routes--;
	if (route->type == RTN_LOCAL)
		WRITE_ONCE(weft_net(net)->local_routes,
			   weft_net(net)->local_routes - 1);
	hlist_del_init(&route->expiring);
	weft_route_free(route);
}

static int weft_table_link(struct net *net, struct weft_table *table,
			   struct weft_route *route, struct weft_route *prev)
{
	int err = 0;

	if (prev) {
		RCU_INIT_POINTER(route->next, rtnl_dereference(prev->next));
		rcu_assign_pointer(prev->next, route);
	} else {
		RCU_INIT_POINTER(route->next, weft_table_head(table, route));
		err = weft_table_set_head(table, route, route);
	}
	if (err)
		return err;
	table->n_routes++;
	if (route->type == RTN_LOCAL)
		WRITE_ONCE(weft_net(net)->local_routes,
			   weft_net(net)->local_routes + 1);
	weft_table_expire_later(net, route);
	return 0;
}

static int weft_table_refuse(const struct weft_place *place, u16 nl_flags,
			     const struct weft_route *route,
			     struct netlink_ext_ack *extack)
{
	bool append = nl_flags & NLM_F_APPEND;

	if (!place->same && !(nl_flags & NLM_F_CREATE)) {
		NL_SET_ERR_MSG(extack, "weft: no such route to change");
		return -ENOENT;
	}
	if (place->same && (nl_flags & NLM_F_EXCL ||
			    (append && weft_route_same_way(place->same, route)))) {
		NL_SET_ERR_MSG(extack, "weft: the table has this route");
		return -EEXIST;
	}
	return 0;
}

/* What was found by the routes that there were. */
static void weft_table_changed(struct net *net)
{
	weft_exception_flush(net);
	weft_listener_routes_changed(net);
	weft_route_changed(net);
}

/**
 * weft_table_add() - put a route into its table
 * @net: namespace
 * @route: the route; the table owns it on success
 * @nl_flags: NLM_F_CREATE, _EXCL, _REPLACE, _APPEND, with the meaning that they have
 *	for `ip route`: a route is the same if prefix and metric are
 * @extack: gets the reason of a refusal; may be NULL
 *
 * Listeners are told by the caller. Context: RTNL.
 *
 * Return: 0, -ENOENT, -EEXIST or -ENOMEM; nothing is changed then.
 */
int weft_table_add(struct net *net, struct weft_route *route, u16 nl_flags,
		   struct netlink_ext_ack *extack)
{
	struct weft_table *table;
	struct weft_place place;
	int err;

	ASSERT_RTNL();
	table = weft_table_get_or_create(net, route->table);
	if (!table)
		return -ENOMEM;
	weft_table_place(weft_table_head(table, route), route->metric,
			 nl_flags & NLM_F_APPEND, &place);
	err = weft_table_refuse(&place, nl_flags, route, extack);
	if (err)
		return err;
	if (place.same && nl_flags & NLM_F_REPLACE) {
		/* The new one in front of the old one, which then goes. */
		err = weft_table_link(net, table, route, place.before_same);
		if (!err)
			weft_table_unlink(net, table, place.same, route);
	} else {
		err = weft_table_link(net, table, route, place.prev);
	}
	if (!err)
		weft_table_changed(net);
	return err;
}

/**
 * weft_table_del() - take a route out of its table and free it
 * @net: namespace
 * @route: the route
 *
 * Listeners are told by the caller, before. Context: RTNL.
 */
void weft_table_del(struct net *net, struct weft_route *route)
{
	struct weft_table *table = weft_table_get(net, route->table);
	struct weft_route *at, *prev = NULL;

	ASSERT_RTNL();
	for (at = weft_table_head(table, route); at && at != route;
	     at = rtnl_dereference(at->next))
		prev = at;
	if (WARN_ON_ONCE(!at))
		return;
	weft_table_unlink(net, table, route, prev);
	weft_table_changed(net);
}

/* --- prefixes of addresses -------------------------------------------------- */

static bool weft_ifaddr_has_prefix_route(const struct weft_ifaddr *ifa)
{
	return !weft_dev_loopback(ifa->wdev->dev) && ifa->prefix_len < 64 &&
	       !weft_addr_linklocal(&ifa->addr) &&
	       !(ifa->flags & IFA_F_NOPREFIXROUTE);
}

static u32 weft_ifaddr_metric(const struct weft_ifaddr *ifa)
{
	return ifa->metric ?: WEFT_PREFIX_METRIC;
}

/* The route of an address's prefix; NULL if there is none. */
static struct weft_route *weft_table_find_prefix(const struct weft_ifaddr *ifa)
{
	struct weft_table *table = weft_table_get(dev_net(ifa->wdev->dev),
						  RT_TABLE_MAIN);
	struct weft_addr prefix = weft_addr_prefix(&ifa->addr, ifa->prefix_len);
	struct weft_route *route;

	if (!table)
		return NULL;
	for (route = weft_trie_find(&table->routes, weft_addr_key(&prefix),
				    ifa->prefix_len);
	     route; route = rtnl_dereference(route->next))
		if (route->protocol == RTPROT_KERNEL &&
		    route->metric == weft_ifaddr_metric(ifa) &&
		    route->hop[0].dev == ifa->wdev->dev)
			return route;
	return NULL;
}

/**
 * weft_table_add_prefix() - make the route to the neighbours of an address
 * @ifa: the address
 *
 * One that is there already will do. Context: RTNL.
 */
void weft_table_add_prefix(const struct weft_ifaddr *ifa)
{
	struct weft_nexthop hop = { .dev = ifa->wdev->dev, .weight = 1 };
	struct net *net = dev_net(hop.dev);
	struct weft_route *route;

	if (!weft_ifaddr_has_prefix_route(ifa) || weft_table_find_prefix(ifa))
		return;
	route = weft_route_alloc(1);
	if (!route)
		goto failed;
	weft_route_add_hop(route, &hop);
	route->table = RT_TABLE_MAIN;
	route->prefix = weft_addr_prefix(&ifa->addr, ifa->prefix_len);
	route->prefix_len = ifa->prefix_len;
	route->type = RTN_UNICAST;
	route->protocol = RTPROT_KERNEL;
	route->scope = RT_SCOPE_LINK;
	route->metric = weft_ifaddr_metric(ifa);
	if (weft_table_add(net, route, NLM_F_CREATE | NLM_F_APPEND, NULL)) {
		weft_route_free(route);
		goto failed;
	}
	weft_route_notify(RTM_NEWROUTE, net, route, 0, NULL);
	return;
failed:
	netdev_warn(hop.dev, "weft: no memory for the route of an address\n");
}

/**
 * weft_table_del_prefix() - remove the route of an address that goes
 * @ifa: the address, still on its device
 *
 * It stays while the device has another address in the prefix. Context: RTNL.
 */
void weft_table_del_prefix(const struct weft_ifaddr *ifa)
{
	struct net *net = dev_net(ifa->wdev->dev);
	const struct weft_ifaddr *other;
	struct weft_route *route;

	if (!weft_ifaddr_has_prefix_route(ifa))
		return;
	list_for_each_entry(other, &ifa->wdev->addrs, link)
		if (other != ifa && other->prefix_len == ifa->prefix_len &&
		    weft_ifaddr_metric(other) == weft_ifaddr_metric(ifa) &&
		    weft_ifaddr_has_prefix_route(other) &&
		    weft_addr_in_prefix(&other->addr, &ifa->addr, ifa->prefix_len))
			return;
	route = weft_table_find_prefix(ifa);
	if (!route)
		return;
	weft_route_notify(RTM_DELROUTE, net, route, 0, NULL);
	weft_table_del(net, route);
}

/* --- devices and time ------------------------------------------------------- */

static bool weft_route_uses(const struct weft_route *route,
			    const struct net_device *dev)
{
	unsigned int i;

	for (i = 0; i < route->n_hops; i++)
		if (route->hop[i].dev == dev)
			return true;
	return false;
}

/* Takes @dev out of a route; without another next hop the route goes. */
static void weft_table_flush_route(struct net *net, struct weft_route *route,
				   const struct net_device *dev)
{
	struct weft_route *rest = weft_route_without(route, dev);

	weft_route_notify(RTM_DELROUTE, net, route, 0, NULL);
	weft_table_del(net, route);
	if (!rest)
		return;
	if (weft_table_add(net, rest, NLM_F_CREATE, NULL))
		weft_route_free(rest);
	else
		weft_route_notify(RTM_NEWROUTE, net, rest, 0, NULL);
}

static void weft_table_flush_list(struct net *net, struct weft_route *route,
				  const struct net_device *dev)
{
	struct weft_route *next;

	for (; route; route = next) {
		next = rtnl_dereference(route->next);
		if (weft_route_uses(route, dev))
			weft_table_flush_route(net, route, dev);
	}
}

/**
 * weft_table_flush_dev() - take a device that goes out of all routes
 * @net: namespace
 * @dev: the device
 *
 * Context: RTNL.
 */
void weft_table_flush_dev(struct net *net, const struct net_device *dev)
{
	struct weft_table *table;
	struct weft_route *route;
	unsigned int len;
	unsigned long id;
	u64 key;

	xa_for_each(&weft_net(net)->tables, id, table) {
		key = 0;
		len = 0;
		route = weft_trie_seek(&table->routes, &key, &len);
		for (; route; route = weft_trie_next(&table->routes, &key, &len))
			weft_table_flush_list(net, route, dev);
	}
}

/* Removes the routes whose time has come and waits for the next one's. */
static void weft_table_expire(struct work_struct *work)
{
	struct weft_net *wn = container_of(to_delayed_work(work),
					   struct weft_net, route_work);
	unsigned long first = MAX_JIFFY_OFFSET, left;
	struct weft_route *route;
	struct hlist_node *next;

	rtnl_lock();
	hlist_for_each_entry_safe(route, next, &wn->expiring, expiring) {
		if (weft_route_expired(route)) {
			weft_route_notify(RTM_DELROUTE, wn->net, route, 0, NULL);
			weft_table_del(wn->net, route);
			continue;
		}
		left = route->expires - jiffies;
		first = min(first, left);
	}
	if (!hlist_empty(&wn->expiring))
		mod_delayed_work(system_power_efficient_wq, &wn->route_work,
				 first + 1);
	rtnl_unlock();
}

int weft_table_init_net(struct net *net)
{
	struct weft_net *wn = weft_net(net);

	xa_init(&wn->tables);
	INIT_HLIST_HEAD(&wn->expiring);
	INIT_DELAYED_WORK(&wn->route_work, weft_table_expire);
	return 0;
}

static void weft_table_free_list(void *value, void *unused)
{
	struct weft_route *route = value, *next;

	for (; route; route = next) {
		next = rcu_dereference_protected(route->next, true);
		weft_route_free(route);
	}
}

/* Every device has left, and nobody looks for routes any more. */
void weft_table_exit_net(struct net *net)
{
	struct weft_net *wn = weft_net(net);
	struct weft_table *table;
	unsigned long id;

	cancel_delayed_work_sync(&wn->route_work);
	xa_for_each(&wn->tables, id, table) {
		weft_trie_destroy(&table->routes, weft_table_free_list,
				  NULL);
		kfree(table);
	}
	xa_destroy(&wn->tables);
}
