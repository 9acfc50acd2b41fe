/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses of devices. */
#ifndef WEFT_IFADDR_H
#define WEFT_IFADDR_H

#include <linux/if_addr.h>
#include <linux/netlink.h>
#include "device.h"

/* A lifetime that does not end. */
#define WEFT_FOREVER	U32_MAX

/**
 * struct weft_ifaddr - an address of a device
 * @hash: in weft_net.addrs
 * @link: in weft_dev.addrs
 * @wdev: the device; outlives the address
 * @addr: the address
 * @prefix_len: length of its network's prefix, bits
 * @proto: IFAPROT_*: who made it
 * @flags: IFA_F_*
 * @metric: of the route to its prefix, 0 for the default
 * @valid: how long it is there from @updated on, s; WEFT_FOREVER
 * @preferred: how long it is used for new traffic, s; WEFT_FOREVER
 * @created: 64-bit jiffies
 * @updated: 64-bit jiffies when the lifetimes were last set
 * @probes: probes of duplicate address detection still to send
 * @probe_due: 64-bit jiffies of the next, or of the end of the detection
 * @conflict: another node was heard to have it
 * @defended: 64-bit jiffies when it was last announced for that reason
 * @rcu: for kfree_rcu()
 *
 * Added, changed and removed under RTNL, read under RCU; @addr, @wdev and
 * @prefix_len never change, and @conflict is set by any context.
 */
struct weft_ifaddr {
	struct hlist_node	hash;
	struct list_head	link;
	struct weft_dev		*wdev;
	struct weft_addr	addr;
	u8			prefix_len;
	u8			proto;
	u32			flags;
	u32			metric;
	u32			valid;
	u32			preferred;
	u64			created;
	u64			updated;
	u8			probes;
	u64			probe_due;
	bool			conflict;
	u64			defended;
	struct rcu_head		rcu;
};

/* May packets be sent from it and to it? */
static inline bool weft_ifaddr_usable(const struct weft_ifaddr *ifa)
{
	return !(READ_ONCE(ifa->flags) & (IFA_F_TENTATIVE | IFA_F_DADFAILED));
}

/* What is left of a lifetime of the address, s. */
static inline u32 weft_ifaddr_left(const struct weft_ifaddr *ifa, u32 lifetime)
{
	u64 gone = (get_jiffies_64() - ifa->updated) / HZ;

	if (lifetime == WEFT_FOREVER)
		return lifetime;
	return lifetime > gone ? lifetime - gone : 0;
}

int weft_ifaddr_add(struct weft_dev *wdev, const struct weft_ifaddr *like,
		    struct weft_ifaddr **added);
void weft_ifaddr_set_flags(struct weft_ifaddr *ifa, u32 flags);
void weft_ifaddr_change(struct weft_ifaddr *ifa, const struct weft_ifaddr *like);
void weft_ifaddr_del(struct weft_ifaddr *ifa);
void weft_ifaddr_withdraw(struct weft_ifaddr *ifa);
struct weft_ifaddr *weft_ifaddr_find(const struct weft_dev *wdev,
				     const struct weft_addr *addr);
struct weft_ifaddr *weft_ifaddr_lookup(const struct net *net,
				       const struct weft_addr *addr,
				       const struct net_device *dev);
void weft_ifaddr_run(struct net *net);
int weft_ifaddr_init_net(struct net *net);
void weft_ifaddr_exit_net(struct net *net);

/* ifaddr_netlink.c */
void weft_ifaddr_notify(int event, const struct weft_ifaddr *ifa, u32 portid,
			const struct nlmsghdr *nlh);
int weft_dump_request(struct net *net, const struct netlink_callback *cb,
		      struct netlink_ext_ack *extack, int *only);
int weft_dump_devs(struct sk_buff *skb, struct netlink_callback *cb,
		   int (*tell)(struct sk_buff *skb, struct netlink_callback *cb,
			       const struct weft_dev *wdev));
int weft_ifaddr_netlink_init(void);
void weft_ifaddr_netlink_exit(void);

#endif /* WEFT_IFADDR_H */
