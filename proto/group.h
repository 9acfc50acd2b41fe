/* SPDX-License-Identifier: GPL-2.0 */
/* Groups that devices are members of. */
#ifndef WEFT_GROUP_H
#define WEFT_GROUP_H

#include "device.h"
#include "group_filter.h"

/* Groups that sockets and hands have a device join; sources that members may name. */
#define WEFT_GROUPS_MAX		512
#define WEFT_GROUP_NAMED_MAX	1024

/**
 * struct weft_group - a group that a device is a member of
 * @hash: in weft_dev.group_hash
 * @link: in weft_dev.groups
 * @wdev: the device; outlives the group
 * @addr: the group
 * @counts: the filters of its members; the kernel and hands want all sources
 * @room: in @counts
 * @filter: the one that they make, never NULL
 * @users: memberships of the kernel and by hand
 * @by_hand: a hand is among them
 * @relayed: one of the members stands for listeners on other links
 * @limited: counts in weft_dev.n_groups
 * @heard: the device lets its frames through, and the link has been told
 * @rcu: for kfree_rcu()
 *
 * Made, changed and removed under RTNL; @link, @hash, @addr and @filter are read under
 * RCU. The device owns it. It goes with its last member.
 */
struct weft_group {
	struct hlist_node		hash;
	struct list_head		link;
	struct weft_dev			*wdev;
	struct weft_addr		addr;
	struct weft_group_counts	counts;
	unsigned int			room;
	const struct weft_filter __rcu	*filter;
	unsigned int			users;
	bool				by_hand;
	bool				relayed;
	bool				limited;
	bool				heard;
	struct rcu_head			rcu;
};

int weft_group_join(struct weft_dev *wdev, const struct weft_addr *addr);
void weft_group_leave(struct weft_dev *wdev, const struct weft_addr *addr);
int weft_group_change(struct weft_dev *wdev, const struct weft_addr *addr,
		      const struct weft_filter *old, const struct weft_filter *new);
int weft_group_relay(struct weft_dev *wdev, const struct weft_addr *addr,
		     const struct weft_filter *old, const struct weft_filter *new);
int weft_group_by_hand(struct weft_dev *wdev, const struct weft_addr *addr, bool on);
struct weft_group *weft_group_find(const struct weft_dev *wdev,
				   const struct weft_addr *addr);
bool weft_group_wants(const struct weft_dev *wdev, const struct weft_addr *addr,
		      const struct weft_addr *source);
struct weft_filter *weft_group_filter(const struct weft_group *group, gfp_t gfp);

void weft_group_init(struct weft_dev *wdev);
void weft_group_start(struct weft_dev *wdev);
void weft_group_stop(struct weft_dev *wdev);
void weft_group_exit(struct weft_dev *wdev);

/* group_netlink.c */
void weft_group_notify(int event, const struct weft_group *group);
int weft_group_netlink_init(void);
void weft_group_netlink_exit(void);

#endif /* WEFT_GROUP_H */
