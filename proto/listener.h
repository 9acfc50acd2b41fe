/* SPDX-License-Identifier: GPL-2.0 */
/* What a router knows of the listeners on its links. */
#ifndef WEFT_LISTENER_H
#define WEFT_LISTENER_H

#include <linux/rbtree.h>
#include <linux/skbuff.h>
#include "device.h"
#include "drop.h"
#include "listener_state.h"

/* Groups learned on a device. */
#define WEFT_LISTENERS_MAX	4096

/**
 * struct weft_listened - a group that has listeners on the links of this node
 * @hash: in weft_listener_table.hash
 * @link: in weft_listener_table.all
 * @changed: in weft_listener_table.changed while the router above is to be told
 * @addr: the group
 * @links: struct weft_listener.link
 * @upstream: the device on which this node is a member for them; RTNL
 * @told: with which filter; NULL if it is none; RTNL
 * @rcu: for kfree_rcu()
 *
 * Goes when it has neither @links nor @told. Added and removed under the table's lock,
 * found under RCU.
 */
struct weft_listened {
	struct rhash_head	hash;
	struct list_head	link;
	struct list_head	changed;
	struct weft_addr	addr;
	struct list_head	links;
	struct weft_dev		*upstream;
	struct weft_filter	*told;
	struct rcu_head		rcu;
};

/**
 * struct weft_wanted - from whom listeners want packets
 * @rcu: for kfree_rcu()
 * @filter: the sources
 */
struct weft_wanted {
	struct rcu_head		rcu;
	struct weft_filter	filter;
};

/**
 * struct weft_listener - the listeners of a group on one link
 * @link: in weft_listened.links
 * @dev_link: in weft_querier.listeners
 * @timer: in weft_listener_table.timers
 * @due: of @timer, 64-bit jiffies
 * @group: the group
 * @wdev: the device
 * @state: what is known of them
 * @wanted: from whom packets are forwarded to them, NULL at first
 * @rcu: for kfree_rcu()
 *
 * Changed under the table's lock; @link, @group, @wdev and @wanted are read under RCU.
 */
struct weft_listener {
	struct list_head		link;
	struct list_head		dev_link;
	struct rb_node			timer;
	u64				due;
	struct weft_listened		*group;
	struct weft_dev			*wdev;
	struct weft_listen		state;
	struct weft_wanted __rcu	*wanted;
	struct rcu_head			rcu;
};

struct weft_listened *weft_listened_find(const struct net *net,
					 const struct weft_addr *group);
enum weft_drop weft_membership_rcv(struct net *net, struct sk_buff *skb);
bool weft_listener_hears(const struct weft_dev *wdev, struct sk_buff *skb);
void weft_listener_routes_changed(struct net *net);
void weft_listener_start(struct weft_dev *wdev);
void weft_listener_stop(struct weft_dev *wdev);
void weft_listener_init(struct weft_dev *wdev);
int weft_listener_init_net(struct net *net);
void weft_listener_exit_net(struct net *net);

/* upstream.c */
struct net_device *weft_upstream_dev(struct net *net, const struct weft_addr *group);
void weft_upstream_tell(struct net *net, struct weft_listened *group);
void weft_upstream_exit(struct weft_dev *wdev);

/* query.c */
void weft_querier_times(const struct weft_querier *querier,
			struct weft_listen_times *times);
void weft_querier_start(struct weft_querier *querier, u64 now);
void weft_querier_hear(struct weft_dev *wdev, const struct weft_addr *from,
		       const struct weft_query *query, u64 now);
u64 weft_querier_due(const struct weft_querier *querier);
void weft_querier_resign(const struct weft_dev *wdev, struct list_head *queries);
bool weft_querier_run(struct weft_dev *wdev, u64 now, struct list_head *queries);
void weft_query_listener(struct weft_listener *listener, u64 now,
			 struct list_head *queries);
void weft_query_send(struct net *net, struct list_head *queries);

/* listener_netlink.c */
int weft_listener_netlink_init(void);
void weft_listener_netlink_exit(void);

#endif /* WEFT_LISTENER_H */
