/* SPDX-License-Identifier: GPL-2.0 */
/* Devices that carry Weft, and the addresses on them. */
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
 * @linklocal: the address made from the MAC, NULL while the device is down; on
 *	the loopback device the loopback address
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
	struct weft_ifaddr __rcu *linklocal;
	struct rcu_head		rcu;
};

/**
 * struct weft_ifaddr - an address of a device
 * @hash: in weft_net.addrs
 * @link: in weft_dev.addrs
 * @wdev: the device; outlives the address
 * @addr: the address
 * @prefix_len: length of its network's prefix, bits
 * @proto: IFAPROT_*: who made it
 * @flags: IFA_F_*
 * @created: jiffies
 * @rcu: for kfree_rcu()
 *
 * Added and removed under RTNL, read under RCU, never changed in between.
 */
struct weft_ifaddr {
	struct hlist_node	hash;
	struct list_head	link;
	struct weft_dev		*wdev;
	struct weft_addr	addr;
	u8			prefix_len;
	u8			proto;
	u32			flags;
	unsigned long		created;
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

int weft_ifaddr_add(struct weft_dev *wdev, const struct weft_ifaddr *like,
		    struct weft_ifaddr **added);
void weft_ifaddr_del(struct weft_ifaddr *ifa);
struct weft_ifaddr *weft_ifaddr_find(const struct weft_dev *wdev,
				     const struct weft_addr *addr);
struct weft_ifaddr *weft_ifaddr_lookup(const struct net *net,
				       const struct weft_addr *addr,
				       const struct net_device *dev);

int weft_device_init(void);
void weft_device_exit(void);

/* netlink.c */
void weft_netlink_notify(int event, const struct weft_ifaddr *ifa, u32 portid,
			 const struct nlmsghdr *nlh);
int weft_netlink_init(void);
void weft_netlink_exit(void);

#endif /* WEFT_DEVICE_H */
