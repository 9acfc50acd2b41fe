/* SPDX-License-Identifier: GPL-2.0 */
/* Devices that carry Weft. */
#ifndef WEFT_DEVICE_H
#define WEFT_DEVICE_H

#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include "addr.h"
#include "net.h"
#include "router.h"

#define WEFT_GROUP_HASH_BITS	6

/**
 * struct weft_reporter - what a device is still to tell of its memberships
 * @changes: struct weft_report, RTNL
 * @n_changes: how many these are
 * @answers: struct weft_answer
 * @n_answers: how many these are
 * @all_due: when all memberships are to be told, 64-bit jiffies; U64_MAX for never
 *
 * From @answers on under weft_net.report_lock.
 */
struct weft_reporter {
	struct list_head	changes;
	unsigned int		n_changes;
	struct list_head	answers;
	unsigned int		n_answers;
	u64			all_due;
};

/**
 * struct weft_querier - who asks for members on a device's link
 * @on: the device forwards
 * @other: another router asks and forwards to the link's listeners
 * @below: the link is that of the router above, where this node is a host
 * @addr: that router's address, while @other
 * @due: when the next query is due, or @other is over, 64-bit jiffies
 * @starts: queries that are still to be sent at short intervals
 * @robustness: of the router that asks
 * @interval_s: between its queries, s
 * @response_ms: how long its queries let members wait, ms
 * @listeners: struct weft_listener.dev_link
 * @n_listeners: how many these are
 *
 * Changed under weft_listener_table.lock.
 */
struct weft_querier {
	bool			on;
	bool			other;
	bool			below;
	struct weft_addr	addr;
	u64			due;
	u8			starts;
	u8			robustness;
	u16			interval_s;
	u32			response_ms;
	struct list_head	listeners;
	unsigned int		n_listeners;
};

/**
 * struct weft_dev - Weft's side of a network device
 * @dev: the device
 * @id: of this weft_dev alone, as long as the module is loaded
 * @tracker: of the reference to @dev
 * @addrs: struct weft_ifaddr, oldest first
 * @proxies: struct weft_neigh: addresses of others that it answers for
 * @reachable_ms: how long neighbours are reachable without confirmation, ms
 * @retrans_ms: time between questions, ms
 * @linklocal: the address made from the MAC, NULL while the device is down; on
 *	the loopback device the loopback address
 * @forwarding: WEFT_FORWARDING_*: are packets that come by it forwarded?
 * @accept_ra: WEFT_ACCEPT_*: are announcements of routers obeyed?
 * @accept_redirects: WEFT_ACCEPT_*: are redirects believed?
 * @send_redirects: 1 if they may be sent, else 0
 * @hop_limit: of packets that leave by it, announced by a router; 0 if none did
 * @mtu: likewise, bytes
 * @router: what else it has to do with the routers of its link
 * @router_groups: it is a member of the groups of routers
 * @groups: struct weft_group, oldest first
 * @group_hash: the same by address
 * @n_groups: how many of them sockets and hands have made
 * @reporter: what is still to be told of them
 * @querier: who asks on the link, and who listens there
 * @rcu: for kfree_rcu()
 *
 * One exists for each Ethernet or loopback device of a namespace, from its
 * registration there to its unregistration. Created, changed and removed under
 * RTNL; read under RCU through weft_net.devs.
 */
struct weft_dev {
	struct net_device	*dev;
	u64			id;
	netdevice_tracker	tracker;
	struct list_head	addrs;
	struct list_head	proxies;
	u32			reachable_ms;
	u32			retrans_ms;
	struct weft_ifaddr __rcu *linklocal;
	u8			forwarding;
	u8			accept_ra;
	u8			accept_redirects;
	u8			send_redirects;
	u8			hop_limit;
	u32			mtu;
	struct weft_router_state router;
	bool			router_groups;
	struct list_head	groups;
	struct hlist_head	group_hash[1 << WEFT_GROUP_HASH_BITS];
	unsigned int		n_groups;
	struct weft_reporter	reporter;
	struct weft_querier	querier;
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

/* The longest packet that may leave by a device, bytes. */
static inline unsigned int weft_dev_mtu(const struct weft_dev *wdev)
{
	unsigned int mtu = min_t(unsigned int, READ_ONCE(wdev->dev->mtu), WEFT_LEN_MAX);
	unsigned int told = READ_ONCE(wdev->mtu);

	return told ? min(mtu, told) : mtu;
}

/* RCU or RTNL. */
static inline struct weft_dev *weft_dev_get(const struct net *net, u32 ifindex)
{
	return xa_load(&weft_net(net)->devs, ifindex);
}

int weft_dev_listen(struct weft_dev *wdev, const struct weft_addr *addr, bool on);
void weft_dev_set_forwarding(struct weft_dev *wdev);
bool weft_dev_started(const struct weft_dev *wdev);
int weft_device_init_net(struct net *net);
void weft_device_exit_net(struct net *net);
int weft_device_init(void);
void weft_device_exit(void);

#endif /* WEFT_DEVICE_H */
