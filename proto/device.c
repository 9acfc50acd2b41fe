// SPDX-License-Identifier: GPL-2.0
/*
 * Devices come, go up and down, and change their MAC; this file follows them
 * and makes and withdraws the addresses that come by themselves.
 */
#include <linux/rtnetlink.h>
#include "dad.h"
#include "device.h"
#include "forward.h"
#include "group.h"
#include "ifaddr.h"
#include "input.h"
#include "listener.h"
#include "mapped.h"
#include "neigh.h"
#include "neigh_proxy.h"
#include "report.h"
#include "route_cache.h"
#include "router.h"
#include "table.h"

/**
 * weft_dev_listen() - let a device hear an address's solicited-node group
 * @wdev: device
 * @addr: address
 * @on: or hear it no longer, as often as it was on
 *
 * Nobody asks on the loopback device. Context: RTNL.
 *
 * Return: 0 or -ENOMEM.
 */
int weft_dev_listen(struct weft_dev *wdev, const struct weft_addr *addr, bool on)
{
	struct weft_addr group;

	if (weft_dev_loopback(wdev->dev))
		return 0;
	weft_solicited_node(addr, &group);
	if (on)
		return weft_group_join(wdev, &group);
	weft_group_leave(wdev, &group);
	return 0;
}

static const struct weft_addr weft_dev_allnodes = WEFT_ADDR_ALLNODES_INIT;

static const struct weft_addr weft_dev_router_groups[] = {
	WEFT_ADDR_ALLROUTERS_INIT,
	WEFT_ADDR_REPORTS_INIT,
};

/* In the groups of routers, or out of them (doc/protocol.md, "Groups"). */
static void weft_dev_set_router(struct weft_dev *wdev, bool on)
{
	const struct weft_addr *group;
	int i;

	if (wdev->router_groups == on)
		return;
	wdev->router_groups = on;
	for (i = 0; i < ARRAY_SIZE(weft_dev_router_groups); i++) {
		group = &weft_dev_router_groups[i];
		if (!on)
			weft_group_leave(wdev, group);
		else if (weft_group_join(wdev, group))
			netdev_warn(wdev->dev, "weft: no memory for a group\n");
	}
	if (on)
		weft_listener_start(wdev);
	else
		weft_listener_stop(wdev);
}

/**
 * weft_dev_set_forwarding() - forwarding has been turned on or off
 * @wdev: device that this may be about
 *
 * Context: RTNL.
 */
void weft_dev_set_forwarding(struct weft_dev *wdev)
{
	bool on = weft_dev_started(wdev) &&
		  weft_forwarding(dev_net(wdev->dev), wdev->dev);

	weft_dev_set_router(wdev, on);
	weft_router_update(wdev);
}

/* The address that the device gets by itself; RTNL. */
static void weft_dev_add_own(struct weft_dev *wdev)
{
	struct weft_ifaddr like = {
		.prefix_len = 16,
		.proto = IFAPROT_KERNEL_LL,
		.flags = IFA_F_PERMANENT,
		.valid = WEFT_FOREVER,
		.preferred = WEFT_FOREVER,
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
	if (weft_dev_listen(wdev, &ifa->addr, true))
		netdev_warn(wdev->dev, "weft: no memory for a group\n");
	weft_ifaddr_notify(RTM_NEWADDR, ifa, 0, NULL);
	weft_dad_start(ifa);
}

/* Withdraws that address; RTNL. */
static void weft_dev_del_own(struct weft_dev *wdev)
{
	struct weft_ifaddr *ifa = rtnl_dereference(wdev->linklocal);

	if (!ifa)
		return;
	weft_dev_listen(wdev, &ifa->addr, false);
	RCU_INIT_POINTER(wdev->linklocal, NULL);
	weft_ifaddr_withdraw(ifa);
}

/**
 * weft_dev_started() - does a device carry Weft now?
 * @wdev: device
 *
 * Context: RTNL.
 * Return: true if it is up and has room for our packets.
 */
bool weft_dev_started(const struct weft_dev *wdev)
{
	return rtnl_dereference(wdev->linklocal);
}

/* The addresses that stay while the device is down are in use, or no longer; RTNL. */
static void weft_dev_use_addrs(struct weft_dev *wdev, bool on)
{
	struct weft_ifaddr *ifa;

	list_for_each_entry(ifa, &wdev->addrs, link) {
		if (ifa == rtnl_dereference(wdev->linklocal))
			continue;
		if (weft_dev_listen(wdev, &ifa->addr, on))
			netdev_warn(wdev->dev, "weft: no memory for a group\n");
		if (on)
			weft_dad_start(ifa);
	}
}

/*
 * Up, with room for our packets, and not yet started: start. Slaves of a bond
 * have its MAC, and so its address, and leave both to it.
 */
static void weft_dev_start(struct weft_dev *wdev)
{
	if (weft_dev_started(wdev) || !netif_running(wdev->dev) ||
	    wdev->dev->flags & IFF_SLAVE || wdev->dev->mtu < WEFT_MTU_MIN)
		return;
	weft_dev_add_own(wdev);
	if (!weft_dev_started(wdev))
		return;
	if (weft_group_join(wdev, &weft_dev_allnodes))
		netdev_warn(wdev->dev, "weft: no memory for a group\n");
	weft_dev_use_addrs(wdev, true);
	weft_dev_set_forwarding(wdev);
	weft_group_start(wdev);
	weft_listener_routes_changed(dev_net(wdev->dev));
}

static void weft_dev_stop(struct weft_dev *wdev)
{
	weft_router_stop(wdev);
	if (!weft_dev_started(wdev))
		return;
	weft_dev_set_router(wdev, false);
	weft_dev_use_addrs(wdev, false);
	weft_group_leave(wdev, &weft_dev_allnodes);
	weft_neigh_proxy_flush(wdev);
	weft_group_stop(wdev);
	weft_dev_del_own(wdev);
	weft_report_stop(wdev);
	weft_neigh_flush(wdev);
	weft_listener_routes_changed(dev_net(wdev->dev));
}

static void weft_dev_change_mtu(struct weft_dev *wdev)
{
	if (wdev->dev->mtu < WEFT_MTU_MIN)
		weft_dev_stop(wdev);
	else
		weft_dev_start(wdev);
}

/* Tells the link where the device's addresses are now; RTNL. */
static void weft_dev_announce(struct weft_dev *wdev)
{
	struct weft_ifaddr *ifa;

	list_for_each_entry(ifa, &wdev->addrs, link)
		if (!weft_addr_linklocal(&ifa->addr) &&
		    !(ifa->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)))
			weft_neigh_announce(wdev->dev, NULL, &ifa->addr,
					    WEFT_NEIGH_OVERRIDE);
}

static void weft_dev_change_mac(struct weft_dev *wdev)
{
	if (!weft_dev_started(wdev) || weft_dev_loopback(wdev->dev))
		return;
	weft_dev_del_own(wdev);
	weft_dev_add_own(wdev);
	weft_neigh_flush(wdev);
	weft_router_change_mac(wdev);
	weft_dev_announce(wdev);
	weft_report_again(wdev);
}

static int weft_dev_create(struct net_device *dev)
{
	struct xarray *devs = &weft_net(dev_net(dev))->devs;
	static u64 last_id; /* RTNL */
	struct weft_dev *wdev;
	int err;

	wdev = kzalloc(sizeof(*wdev), GFP_KERNEL);
	if (!wdev)
		return -ENOMEM;
	wdev->dev = dev;
	wdev->id = ++last_id;
	wdev->forwarding = WEFT_FORWARDING_DEFAULT;
	wdev->accept_ra = WEFT_ACCEPT_HOST;
	wdev->accept_redirects = WEFT_ACCEPT_HOST;
	wdev->send_redirects = 1;
	INIT_LIST_HEAD(&wdev->addrs);
	INIT_LIST_HEAD(&wdev->proxies);
	weft_router_init_dev(wdev);
	weft_group_init(wdev);
	weft_report_init(wdev);
	weft_listener_init(wdev);
	wdev->reachable_ms = WEFT_NEIGH_REACHABLE_MS;
	wdev->retrans_ms = WEFT_NEIGH_RETRANS_MS;
	err = xa_insert(devs, dev->ifindex, wdev, GFP_KERNEL);
	if (err) {
		kfree(wdev);
		return err;
	}
	netdev_hold(dev, &wdev->tracker, GFP_KERNEL);
	weft_mapped_sync(wdev);
	return 0;
}

static void weft_dev_destroy(struct weft_dev *wdev)
{
	struct net_device *dev = wdev->dev;
	struct weft_ifaddr *ifa, *next;

	weft_dev_stop(wdev);
	list_for_each_entry_safe(ifa, next, &wdev->addrs, link)
		weft_ifaddr_withdraw(ifa);
	weft_upstream_exit(wdev);
	weft_group_exit(wdev);
	weft_table_flush_dev(dev_net(dev), dev);
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
	case NETDEV_CHANGE:
		weft_router_run(dev_net(dev));
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
	/* Most of what happens to devices tells which next hops work. */
	weft_route_changed(dev_net(dev));
	return NOTIFY_DONE;
}

static struct notifier_block weft_netdev_notifier = {
	.notifier_call = weft_netdev_event,
};

static struct packet_type weft_packet_type = {
	.func		= weft_rcv,
	.list_func	= weft_rcv_list,
};

int weft_device_init_net(struct net *net)
{
	xa_init(&weft_net(net)->devs);
	return 0;
}

/* Every device has left the namespace, and with it every address. */
void weft_device_exit_net(struct net *net)
{
	WARN_ON_ONCE(!xa_empty(&weft_net(net)->devs));
	xa_destroy(&weft_net(net)->devs);
}

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
