/* SPDX-License-Identifier: GPL-2.0 */
/* Devices that carry Weft. */
#ifndef WEFT_DEVICE_H
#define WEFT_DEVICE_H

#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include "addr.h"
#include "net.h"

/**
 * struct weft_dev - Weft's side of a network device
 * @dev: the device
 * @tracker: of the reference to @dev
 * @addrs: struct weft_ifaddr, oldest first
 * @proxies: struct weft_neigh: addresses of others that it answers for
 * @reachable_ms: how long neighbours are reachable without confirmation, ms
 * @retrans_ms: time between questions, ms
 * @linklocal: the address made from the MAC, NULL while the device is down; on
 *	the loopback device the loopback address
 * @forwarding: WEFT_FORWARDING_*: are packets that come by it forwarded?
 * @rcu: for kfree_rcu()
 *
 * One exists for each Ethernet or loopback device of a namespace, from its
 * registration there to its unregistration. Created, changed and removed under
 * RTNL; read under RCU through weft_net.devs.
 */
struct weft_dev {
	struct net_device	*dev;
	netdevice_tracker	tracker;
	struct list_head	addrs;
	struct list_head	proxies;
	u32			reachable_ms;
	u32			retrans_ms;
	struct weft_ifaddr __rcu *linklocal;
	u8			forwarding;
	struct rcu_head		rcu;
};

static inline bool weft_dev_loopback(const struct net_device *dev)
{
	return dev->flags & IFF_LOOPBACK;
}

/* What it takes to carry Weft, up or down. */
static inline bool weft_dev_eligible(const struct net_device *dev)
{
	return weft_dev_loopback(dev) ||
	       (dev->type == ARPHRD_ETHER && dev->addr_len == ETH_ALEN);
}

/* RCU or RTNL. */
static inline struct weft_dev *weft_dev_get(const struct net *net, u32 ifindex)
{
	return xa_load(&weft_net(net)->devs, ifindex);
}

void weft_dev_listen(struct weft_dev *wdev, const struct weft_addr *addr, bool on);
bool weft_dev_started(const struct weft_dev *wdev);
int weft_device_init_net(struct net *net);
void weft_device_exit_net(struct net *net);
int weft_device_init(void);
void weft_device_exit(void);

#endif /* WEFT_DEVICE_H */
