// SPDX-License-Identifier: GPL-2.0
/*
 * The link of the router above: there this node is a member of what the listeners on its
 * other links want (RFC 4605).
 */
#include <linux/rtnetlink.h>
#include "group.h"
#include "listener.h"
#include "route.h"
#include "stats.h"

/**
 * weft_upstream_dev() - the link that leads to the router above
 * @net: namespace
 * @group: for this group
 *
 * Context: RCU read lock.
 * Return: the device that the unicast route for the group's address leads to, or NULL.
 */
struct net_device *weft_upstream_dev(struct net *net, const struct weft_addr *group)
{
	struct weft_flow flow = { .dst = *group, .kind = WEFT_ROUTES_UNICAST };

	return weft_route_input(net, &flow) ? NULL : flow.dev;
}

/* Adds up what listeners on other links than @above want; the table's lock. */
static int weft_upstream_count(const struct weft_listened *group,
			       const struct weft_dev *above,
			       struct weft_group_counts *counts)
{
	const struct weft_listener *listener;
	const struct weft_wanted *wanted;
	unsigned int room = 0;

	list_for_each_entry(listener, &group->links, link) {
		wanted = rcu_dereference_protected(listener->wanted, true);
		room += wanted ? wanted->filter.n : 0;
	}
	memset(counts, 0, sizeof(*counts));
	if (room) {
		counts->source = kmalloc_array(room, sizeof(*counts->source),
					       GFP_ATOMIC);
		if (!counts->source)
			return -ENOMEM;
	}
	list_for_each_entry(listener, &group->links, link) {
		wanted = rcu_dereference_protected(listener->wanted, true);
		if (listener->wdev != above && wanted)
			weft_group_counts_add(counts, &wanted->filter);
	}
	return 0;
}

/* The filter that all of them make, NULL for none, or an error pointer. */
static struct weft_filter *weft_upstream_merge(struct weft_net *wn,
					       const struct weft_listened *group,
					       const struct weft_dev *above)
{
	struct weft_group_counts counts;
	struct weft_filter *filter;
	int err;

	filter = kmalloc(struct_size(filter, source, WEFT_GROUP_SOURCES_MAX),
			 GFP_KERNEL);
	if (!filter)
		return ERR_PTR(-ENOMEM);
	spin_lock_bh(&wn->listeners.lock);
	err = weft_upstream_count(group, above, &counts);
	spin_unlock_bh(&wn->listeners.lock);
	if (!err && (counts.include || counts.exclude)) {
		filter->n = weft_group_counts_merge(&counts, &filter->mode,
						    filter->source);
	} else {
		kfree(filter);
		filter = err ? ERR_PTR(err) : NULL;
	}
	kfree(counts.source);
	return filter;
}

static void weft_upstream_set(struct weft_net *wn, struct weft_listened *group,
			      struct weft_dev *above, struct weft_filter *told)
{
	struct weft_filter *old = group->told;

	spin_lock_bh(&wn->listeners.lock);
	group->upstream = above;
	group->told = told;
	spin_unlock_bh(&wn->listeners.lock);
	kfree(old);
}

static void weft_upstream_leave(struct weft_net *wn, struct weft_listened *group)
{
	weft_group_relay(group->upstream, &group->addr, group->told, NULL);
	weft_upstream_set(wn, group, NULL, NULL);
}

/**
 * weft_upstream_tell() - tell the router above what the listeners want now
 * @net: namespace
 * @group: their group
 *
 * What fails is tried again with the next change, or the next query on any link. Context:
 * RTNL, which keeps @group.
 */
void weft_upstream_tell(struct net *net, struct weft_listened *group)
{
	struct weft_net *wn = weft_net(net);
	struct weft_filter *want;
	struct net_device *dev;
	struct weft_dev *above;

	rcu_read_lock();
	dev = weft_upstream_dev(net, &group->addr);
	above = dev ? weft_dev_get(net, dev->ifindex) : NULL;
	rcu_read_unlock();
	if (group->told && group->upstream != above)
		weft_upstream_leave(wn, group);
	if (!above)
		return;
	want = weft_upstream_merge(wn, group, above);
	if (IS_ERR(want))
		return;
	if (weft_filter_equal(group->told, want)) {
		kfree(want);
		return;
	}
	if (weft_group_relay(above, &group->addr, group->told, want)) {
		weft_count(net, WEFT_MIB_IN_RECORDS_LIMITED);
		kfree(want);
		return;
	}
	weft_upstream_set(wn, group, above, want);
}

/* A group that the node is a member of on that device because of others. */
static struct weft_listened *weft_upstream_find(struct weft_net *wn,
						const struct weft_dev *above)
{
	struct weft_listened *group;

	list_for_each_entry(group, &wn->listeners.all, link)
		if (group->upstream == above)
			return group;
	return NULL;
}

/**
 * weft_upstream_exit() - a device goes: be no member there for others
 * @wdev: device
 *
 * Context: RTNL.
 */
void weft_upstream_exit(struct weft_dev *wdev)
{
	struct weft_net *wn = weft_net(dev_net(wdev->dev));
	struct weft_listened *group;

	do {
		spin_lock_bh(&wn->listeners.lock);
		group = weft_upstream_find(wn, wdev);
		spin_unlock_bh(&wn->listeners.lock);
		if (group)
			weft_upstream_leave(wn, group);
	} while (group);
}
