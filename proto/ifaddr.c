// SPDX-License-Identifier: GPL-2.0
/* Addresses of devices: found, added, changed, removed, and grown old. */
#include <linux/jhash.h>
#include <linux/rtnetlink.h>
#include "addr.h"
#include "dad.h"
#include "ifaddr.h"
#include "route_cache.h"
#include "table.h"

static struct hlist_head *weft_ifaddr_bucket(const struct net *net,
					     const struct weft_addr *addr)
{
	u32 hash = jhash_2words((__force u32)addr->a32[0],
				(__force u32)addr->a32[1], 0);

	return &weft_net(net)->addrs[hash >> (32 - WEFT_ADDR_HASH_BITS)];
}

/**
 * weft_ifaddr_lookup() - find a local address
 * @net: namespace
 * @addr: address
 * @dev: the device that it must be on, NULL for any
 *
 * Context: RCU read lock or RTNL.
 * Return: the address, valid as long as the lock is held, or NULL. It may be
 * tentative: see weft_ifaddr_usable().
 */
struct weft_ifaddr *weft_ifaddr_lookup(const struct net *net,
				       const struct weft_addr *addr,
				       const struct net_device *dev)
{
	struct weft_ifaddr *ifa;

	hlist_for_each_entry_rcu(ifa, weft_ifaddr_bucket(net, addr), hash,
				 lockdep_rtnl_is_held())
		if (weft_addr_equal(&ifa->addr, addr) &&
		    (!dev || ifa->wdev->dev == dev))
			return ifa;
	return NULL;
}

/**
 * weft_ifaddr_find() - find an address of a device
 * @wdev: device
 * @addr: address
 *
 * Context: RTNL.
 * Return: the address or NULL.
 */
struct weft_ifaddr *weft_ifaddr_find(const struct weft_dev *wdev,
				     const struct weft_addr *addr)
{
	return weft_ifaddr_lookup(dev_net(wdev->dev), addr, wdev->dev);
}

/**
 * weft_ifaddr_add() - give a device an address
 * @wdev: device
 * @like: address, prefix length, origin, flags, metric and lifetimes to copy; the
 *	rest is ignored
 * @added: the new address
 *
 * Listeners are told, and duplicates looked for, by the caller. Context: RTNL.
 *
 * Return: 0, -EEXIST or -ENOMEM.
 */
int weft_ifaddr_add(struct weft_dev *wdev, const struct weft_ifaddr *like,
		    struct weft_ifaddr **added)
{
	struct weft_ifaddr *ifa;

	ASSERT_RTNL();
	if (weft_ifaddr_find(wdev, &like->addr))
		return -EEXIST;
	ifa = kzalloc(sizeof(*ifa), GFP_KERNEL);
	if (!ifa || (weft_dev_started(wdev) &&
		     weft_dev_listen(wdev, &like->addr, true))) {
		kfree(ifa);
		return -ENOMEM;
	}
	ifa->wdev = wdev;
	ifa->addr = like->addr;
	ifa->prefix_len = like->prefix_len;
	ifa->proto = like->proto;
	ifa->flags = like->flags;
	ifa->metric = like->metric;
	ifa->valid = like->valid;
	ifa->preferred = like->preferred;
	ifa->created = get_jiffies_64();
	ifa->updated = ifa->created;
	list_add_tail_rcu(&ifa->link, &wdev->addrs);
	hlist_add_head_rcu(&ifa->hash,
			   weft_ifaddr_bucket(dev_net(wdev->dev), &ifa->addr));
	weft_table_add_prefix(ifa);
	weft_route_changed(dev_net(wdev->dev));
	weft_ifaddr_run(dev_net(wdev->dev));
	*added = ifa;
	return 0;
}

/**
 * weft_ifaddr_set_flags() - change the flags of an address
 * @ifa: the address
 * @flags: IFA_F_*, all of them
 *
 * Context: RTNL.
 */
void weft_ifaddr_set_flags(struct weft_ifaddr *ifa, u32 flags)
{
	WRITE_ONCE(ifa->flags, flags);
	weft_route_changed(dev_net(ifa->wdev->dev));
}

/**
 * weft_ifaddr_change() - give an address other lifetimes, flags or another metric
 * @ifa: the address
 * @like: what to copy: these, and the origin
 *
 * Listeners are told by the caller. Context: RTNL.
 */
void weft_ifaddr_change(struct weft_ifaddr *ifa, const struct weft_ifaddr *like)
{
	const u32 kept = IFA_F_TENTATIVE | IFA_F_DADFAILED;
	u32 flags = (ifa->flags & kept) | (like->flags & ~kept);
	bool moves = ifa->metric != like->metric ||
		     (ifa->flags ^ flags) & IFA_F_NOPREFIXROUTE;

	ASSERT_RTNL();
	if (moves)
		weft_table_del_prefix(ifa);
	ifa->metric = like->metric;
	ifa->proto = like->proto;
	ifa->valid = like->valid;
	ifa->preferred = like->preferred;
	ifa->updated = get_jiffies_64();
	weft_ifaddr_set_flags(ifa, flags);
	if (moves)
		weft_table_add_prefix(ifa);
	weft_ifaddr_run(dev_net(ifa->wdev->dev));
}

/**
 * weft_ifaddr_del() - take an address from its device
 * @ifa: the address, freed after a grace period
 *
 * Listeners are told by the caller, before. Context: RTNL.
 */
void weft_ifaddr_del(struct weft_ifaddr *ifa)
{
	ASSERT_RTNL();
	if (weft_dev_started(ifa->wdev))
		weft_dev_listen(ifa->wdev, &ifa->addr, false);
	weft_table_del_prefix(ifa);
	list_del_rcu(&ifa->link);
	hlist_del_rcu(&ifa->hash);
	weft_route_changed(dev_net(ifa->wdev->dev));
	kfree_rcu(ifa, rcu);
}

/**
 * weft_ifaddr_withdraw() - take an address that nobody asked to remove
 * @ifa: the address; listeners are told
 *
 * Context: RTNL.
 */
void weft_ifaddr_withdraw(struct weft_ifaddr *ifa)
{
	weft_ifaddr_notify(RTM_DELADDR, ifa, 0, NULL);
	weft_ifaddr_del(ifa);
}

/* --- time ------------------------------------------------------------------- */

/* When a lifetime ends, 64-bit jiffies. */
static u64 weft_ifaddr_end(const struct weft_ifaddr *ifa, u32 lifetime)
{
	return lifetime == WEFT_FOREVER ? U64_MAX :
					  ifa->updated + (u64)lifetime * HZ;
}

static void weft_ifaddr_set_deprecated(struct weft_ifaddr *ifa, bool deprecated)
{
	u32 flags = ifa->flags & ~IFA_F_DEPRECATED;

	if (deprecated)
		flags |= IFA_F_DEPRECATED;
	if (flags == ifa->flags)
		return;
	weft_ifaddr_set_flags(ifa, flags);
	weft_ifaddr_notify(RTM_NEWADDR, ifa, 0, NULL);
}

/* Lifetimes of RFC 4862, section 5.5.4. Returns when to come again. */
static u64 weft_ifaddr_age(struct weft_ifaddr *ifa, u64 now)
{
	u64 preferred = weft_ifaddr_end(ifa, ifa->preferred);
	u64 valid = weft_ifaddr_end(ifa, ifa->valid);

	if (now >= valid) {
		weft_ifaddr_withdraw(ifa);
		return U64_MAX;
	}
	weft_ifaddr_set_deprecated(ifa, now >= preferred);
	return now >= preferred ? valid : preferred;
}

static void weft_ifaddr_work(struct work_struct *work)
{
	struct weft_net *wn = container_of(to_delayed_work(work),
					   struct weft_net, ifaddr_work);
	u64 now = get_jiffies_64(), next = U64_MAX;
	struct weft_ifaddr *ifa, *safe;
	struct weft_dev *wdev;
	unsigned long index;

	rtnl_lock();
	xa_for_each(&wn->devs, index, wdev) {
		list_for_each_entry_safe(ifa, safe, &wdev->addrs, link) {
			next = min(next, weft_dad_run(ifa, now));
			next = min(next, weft_ifaddr_age(ifa, now));
		}
	}
	/* Where it was asked for again meanwhile, that stays: it is sooner. */
	if (next != U64_MAX)
		queue_delayed_work(system_power_efficient_wq, &wn->ifaddr_work,
				   min_t(u64, next - now, MAX_JIFFY_OFFSET));
	rtnl_unlock();
}

/**
 * weft_ifaddr_run() - look soon whether something is due for an address
 * @net: namespace
 *
 * Any context.
 */
void weft_ifaddr_run(struct net *net)
{
	mod_delayed_work(system_power_efficient_wq, &weft_net(net)->ifaddr_work, 0);
}

int weft_ifaddr_init_net(struct net *net)
{
	struct weft_net *wn = weft_net(net);
	int i;

	for (i = 0; i < ARRAY_SIZE(wn->addrs); i++)
		INIT_HLIST_HEAD(&wn->addrs[i]);
	wn->dad_transmits = 1;
	wn->mapped = 1;
	INIT_DELAYED_WORK(&wn->ifaddr_work, weft_ifaddr_work);
	return 0;
}

void weft_ifaddr_exit_net(struct net *net)
{
	cancel_delayed_work_sync(&weft_net(net)->ifaddr_work);
}
