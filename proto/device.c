// SPDX-License-Identifier: GPL-2.0
/*
 * Devices come, go up and down, and change their MAC; this file follows them
 * and makes and withdraws the addresses that come by themselves.
 */
#include <linux/if_addr.h>
#include <linux/jhash.h>
#include <linux/rtnetlink.h>
#include "device.h"
#include "input.h"

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
 * Return: the address, valid as long as the lock is held, or NULL.
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
 * @like: address, prefix length, origin and flags to copy; the rest is ignored
 * @added: the new address
 *
 * Listeners are told by the caller. Context: RTNL.
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
	if (!ifa)
		return -ENOMEM;
	ifa->wdev = wdev;
	ifa->addr = like->addr;
	ifa->prefix_len = like->prefix_len;
	ifa->proto = like->proto;
	ifa->flags = like->flags;
	ifa->created = jiffies;
	list_add_tail_rcu(&ifa->link, &wdev->addrs);
	hlist_add_head_rcu(&ifa->hash,
			   weft_ifaddr_bucket(dev_net(wdev->dev), &ifa->addr));
	*added = ifa;
	return 0;
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
	list_del_rcu(&ifa->link);
	hlist_del_rcu(&ifa->hash);
	kfree_rcu(ifa, rcu);
}

/* Every device of the link listens to ff02::1 (doc/protocol.md, "Groups"). */
static void weft_dev_allnodes_mac(u8 *mac)
{
	static const struct weft_addr allnodes = WEFT_ADDR_ALLNODES_INIT;

	weft_addr_mac(&allnodes, mac);
}

/* The address that the device gets by itself; RTNL. */
static void weft_dev_add_own(struct weft_dev *wdev)
{
	struct weft_ifaddr like = {
		.prefix_len = 16,
		.proto = IFAPROT_KERNEL_LL,
		.flags = IFA_F_PERMANENT,
	};
	struct weft_ifaddr *ifa;

	weft_addr_from_mac(&like.addr, wdev->dev->dev_addr);
	if (weft_dev_loopback(wdev->dev)) {
		like.addr = (struct weft_addr)WEFT_ADDR_LOOPBACK_INIT;
		like.prefix_len = 64;
		like.proto = IFAPROT_KERNEL_LO;
	}
	if (weft_ifaddr_add(wdev, &like, &ifa)) {
		netdev_warn(wdev->dev, "weft: no memory for an address\n");
		return;
	}
	rcu_assign_pointer(wdev->linklocal, ifa);
	weft_netlink_notify(RTM_NEWADDR, ifa, 0, NULL);
}

/* Withdraws that address; RTNL. */
static void weft_dev_del_own(struct weft_dev *wdev)
{
	struct weft_ifaddr *ifa = rtnl_dereference(wdev->linklocal);

	if (!ifa)
		return;
	RCU_INIT_POINTER(wdev->linklocal, NULL);
	weft_netlink_notify(RTM_DELADDR, ifa, 0, NULL);
	weft_ifaddr_del(ifa);
}

static bool weft_dev_started(const struct weft_dev *wdev)
{
	return rtnl_dereference(wdev->linklocal);
}

/*
 * Up, with room for our packets, and not yet started: start. Slaves of a bond
 * have its MAC, and so its address, and leave both to it.
 */
static void weft_dev_start(struct weft_dev *wdev)
{
	u8 mac[ETH_ALEN];

	if (weft_dev_started(wdev) || !netif_running(wdev->dev) ||
	    wdev->dev->flags & IFF_SLAVE || wdev->dev->mtu < WEFT_MTU_MIN)
		return;
	weft_dev_add_own(wdev);
	if (weft_dev_started(wdev) && !weft_dev_loopback(wdev->dev)) {
		weft_dev_allnodes_mac(mac);
		dev_mc_add(wdev->dev, mac);
	}
}

static void weft_dev_stop(struct weft_dev *wdev)
{
	u8 mac[ETH_ALEN];

	if (!weft_dev_started(wdev))
		return;
	if (!weft_dev_loopback(wdev->dev)) {
		weft_dev_allnodes_mac(mac);
		dev_mc_del(wdev->dev, mac);
	}
	weft_dev_del_own(wdev);
}

static void weft_dev_change_mtu(struct weft_dev *wdev)
{
	if (wdev->dev->mtu < WEFT_MTU_MIN)
		weft_dev_stop(wdev);
	else
		weft_dev_start(wdev);
}

static void weft_dev_change_mac(struct weft_dev *wdev)
{
	if (!weft_dev_started(wdev) || weft_dev_loopback(wdev->dev))
		return;
	weft_dev_del_own(wdev);
	weft_dev_add_own(wdev);
}

static int weft_dev_create(struct net_device *dev)
{
	struct xarray *devs = &weft_net(dev_net(dev))->devs;
	struct weft_dev *wdev;
	int err;

	wdev = kzalloc(sizeof(*wdev), GFP_KERNEL);
	if (!wdev)
		return -ENOMEM;
	wdev->dev = dev;
	INIT_LIST_HEAD(&wdev->addrs);
	err = xa_insert(devs, dev->ifindex, wdev, GFP_KERNEL);
	if (err) {
		kfree(wdev);
		return err;
	}
	netdev_hold(dev, &wdev->tracker, GFP_KERNEL);
	return 0;
}

static void weft_dev_destroy(struct weft_dev *wdev)
{
	struct net_device *dev = wdev->dev;
	struct weft_ifaddr *ifa, *next;

	weft_dev_stop(wdev);
	list_for_each_entry_safe(ifa, next, &wdev->addrs, link) {
		weft_netlink_notify(RTM_DELADDR, ifa, 0, NULL);
		weft_ifaddr_del(ifa);
	}
	/* Readers may still hold it; it is freed after a grace period. */
	xa_erase(&weft_net(dev_net(dev))->devs, dev->ifindex);
	netdev_put(dev, &wdev->tracker);
	kfree_rcu(wdev, rcu);
}

static int weft_dev_register(struct net_device *dev)
{
	return weft_dev_eligible(dev) ? weft_dev_create(dev) : 0;
}

static int weft_netdev_event(struct notifier_block *nb, unsigned long event,
			     void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct weft_dev *wdev = weft_dev_get(dev_net(dev), dev->ifindex);

	if (!wdev) {
		if (event == NETDEV_REGISTER || event == NETDEV_POST_TYPE_CHANGE)
			return notifier_from_errno(weft_dev_register(dev));
		return NOTIFY_DONE;
	}

	switch (event) {
	case NETDEV_UP:
		weft_dev_start(wdev);
		break;
	case NETDEV_DOWN:
		weft_dev_stop(wdev);
		break;
	case NETDEV_CHANGEMTU:
		weft_dev_change_mtu(wdev);
		break;
	case NETDEV_CHANGEADDR:
		weft_dev_change_mac(wdev);
		break;
	case NETDEV_PRE_TYPE_CHANGE:
	case NETDEV_UNREGISTER:
		weft_dev_destroy(wdev);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block weft_netdev_notifier = {
	.notifier_call = weft_netdev_event,
};

static struct packet_type weft_packet_type = {
	.func		= weft_rcv,
	.list_func	= weft_rcv_list,
};

/* Devices that are there already are told to the notifier one by one. */
int weft_device_init(void)
{
	int err = register_netdevice_notifier(&weft_netdev_notifier);

	if (err)
		return err;
	weft_packet_type.type = weft_ethertype;
	dev_add_pack(&weft_packet_type);
	return 0;
}

void weft_device_exit(void)
{
	dev_remove_pack(&weft_packet_type);
	unregister_netdevice_notifier(&weft_netdev_notifier);
}
