/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Routers of a link: asked for, and obeyed (doc/protocol.md, "Router solicitation
 * and announcement").
 */
#ifndef WEFT_ROUTER_H
#define WEFT_ROUTER_H

#include <linux/skbuff.h>
#include "drop.h"
#include "net.h"

struct weft_dev;

/* Announcements of one device that wait to be obeyed. */
#define WEFT_ROUTER_QUEUE_MAX	16

/* What one device learns at most. */
#define WEFT_LEARNED_ADDRS_MAX		16
#define WEFT_LEARNED_ROUTERS_MAX	16
#define WEFT_LEARNED_PREFIXES_MAX	16
#define WEFT_LEARNED_ROUTES_MAX		64

/**
 * struct weft_router_state - what a device has to do with the routers of its link
 * @queue: announcements that wait for RTNL; its lock also guards @on, and softirqs
 *	may fill it while that is set
 * @on: announcements are obeyed
 * @solicits: solicitations that are still to be sent
 * @solicit_due: 64-bit jiffies of the next; 0 waits for the carrier
 * @learned: struct weft_route.expiring: what announcements made
 *
 * Part of struct weft_dev. All but @queue is used under RTNL.
 */
struct weft_router_state {
	struct sk_buff_head	queue;
	bool			on;
	u8			solicits;
	u64			solicit_due;
	struct hlist_head	learned;
};

/* --- router.c: messages, and when they count ------------------------------------- */

void weft_router_init_dev(struct weft_dev *wdev);
void weft_router_update(struct weft_dev *wdev);
void weft_router_stop(struct weft_dev *wdev);
void weft_router_change_mac(struct weft_dev *wdev);
void weft_router_run(struct net *net);
enum weft_drop weft_router_rcv(struct net *net, struct sk_buff *skb);
int weft_router_init_net(struct net *net);
void weft_router_exit_net(struct net *net);

/* --- learned.c: what comes of an announcement ------------------------------------ */

void weft_learned_obey(struct weft_dev *wdev, const struct sk_buff *skb);
u64 weft_learned_age(struct weft_dev *wdev, u64 now);
void weft_learned_flush_addrs(struct weft_dev *wdev);
void weft_learned_flush(struct weft_dev *wdev);

#endif /* WEFT_ROUTER_H */
