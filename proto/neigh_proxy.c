// SPDX-License-Identifier: GPL-2.0
/* Addresses of others that this node answers for, set by hand. */
#include <linux/rtnetlink.h>
#include "ifaddr.h"
#include "neigh_proxy.h"

/**
 * weft_neigh_proxy_add() - answer for an address from now on
 * @neigh: from weft_neigh_alloc(); it remains the caller's if this fails
 *
 * Context: RTNL.
 * Return: 0, -ENETDOWN or -ENOMEM.
 */
int weft_neigh_proxy_add(struct weft_neigh *neigh)
{
	struct weft_dev *wdev = neigh->wdev;
	struct weft_neigh_table *table = &weft_net(dev_net(wdev->dev))->neigh;
	enum weft_drop reason;

	ASSERT_RTNL();
	if (weft_dev_listen(wdev, &neigh->key.addr, true))
		return -ENOMEM;
	neigh->key.proxy = 1;
	neigh->flags |= NTF_PROXY;
	weft_neigh_lock(table);
	reason = weft_neigh_insert(table, neigh, NUD_NONE);
	if (!reason) {
		list_add_tail_rcu(&neigh->proxies, &wdev->proxies);
		weft_neigh_notify(RTM_NEWNEIGH, neigh);
	}
	weft_neigh_unlock(table);
	if (reason)
		weft_dev_listen(wdev, &neigh->key.addr, false);
	if (reason == WEFT_DROP_NO_MEMORY)
		return -ENOMEM;
	return reason ? -ENETDOWN : 0;
}

/**
 * weft_neigh_proxy_del() - answer for an address no longer
 * @neigh: the entry, freed after a grace period
 *
 * Context: RTNL.
 */
void weft_neigh_proxy_del(struct weft_neigh *neigh)
{
	struct weft_dev *wdev = neigh->wdev;
	struct weft_neigh_table *table = &weft_net(dev_net(wdev->dev))->neigh;

	ASSERT_RTNL();
	weft_dev_listen(wdev, &neigh->key.addr, false);
	weft_neigh_lock(table);
	list_del_rcu(&neigh->proxies);
	weft_neigh_remove(table, neigh, WEFT_DROP_NEIGH_FAILED);
	weft_neigh_unlock(table);
}

/**
 * weft_neigh_proxy_flush() - answer for no address of others on a device
 * @wdev: the device, stopped
 *
 * Context: RTNL.
 */
void weft_neigh_proxy_flush(struct weft_dev *wdev)
{
	struct weft_neigh *neigh, *next;

	list_for_each_entry_safe(neigh, next, &wdev->proxies, proxies)
		weft_neigh_proxy_del(neigh);
}
