/* SPDX-License-Identifier: GPL-2.0 */
/* What was learned about single destinations: path MTU and redirects. */
#ifndef WEFT_EXCEPTION_H
#define WEFT_EXCEPTION_H

#include <linux/rculist.h>
#include <linux/skbuff.h>
#include "flow.h"
#include "net.h"

/**
 * struct weft_exception - how the way to one destination differs from its route
 * @hash: in weft_net.exceptions
 * @dst: the destination
 * @mtu: of the path, bytes; 0 if not known to be less than the first link's
 * @gateway: the router to use on @gateway_dev, or @dst itself if it is on the
 *	link; any if the route's is right
 * @gateway_dev: interface index of the redirect's link
 * @expires: when it is forgotten, jiffies
 * @rcu: for kfree_rcu()
 *
 * Never changed once readers see it: a change replaces it. Added and removed under
 * weft_exceptions.lock, read under RCU.
 */
struct weft_exception {
	struct hlist_node	hash;
	struct weft_addr	dst;
	u32			mtu;
	struct weft_addr	gateway;
	int			gateway_dev;
	unsigned long		expires;
	struct rcu_head		rcu;
};

/* Chains are cut at this length, the oldest first. */
#define WEFT_EXCEPTION_BUCKETS	256
#define WEFT_EXCEPTION_CHAIN	16

/**
 * struct weft_exceptions - the exceptions of a network namespace
 * @lock: held to change @bucket
 * @count: how many there are; 0 spares the lookup
 * @seed: of the hash
 * @bucket: hashed by destination
 */
struct weft_exceptions {
	spinlock_t		lock; /* innermost */
	unsigned int		count;
	u32			seed;
	struct hlist_head	bucket[WEFT_EXCEPTION_BUCKETS];
};

void weft_exception_apply(struct net *net, struct weft_flow *flow);
void weft_exception_set_mtu(struct net *net, const struct weft_addr *dst, u32 mtu);
void weft_exception_probed_mtu(struct net *net, const struct weft_addr *dst, u32 mtu);
void weft_exception_set_gateway(struct net *net, const struct weft_addr *dst,
				const struct weft_addr *gateway, int ifindex);
void weft_exception_gateway_failed(struct net *net, const struct weft_addr *dst);
bool weft_exception_get(struct net *net, const struct weft_addr *dst,
			struct weft_exception *copy);
bool weft_exception_del(struct net *net, const struct weft_addr *dst);
void weft_exception_flush(struct net *net);
void weft_exception_walk(struct net *net, struct sk_buff *skb, unsigned int *skip,
			 int (*tell)(struct sk_buff *skb,
				     const struct weft_exception *ex, void *arg),
			 void *arg);
int weft_exception_init_net(struct net *net);
void weft_exception_exit_net(struct net *net);

#endif /* WEFT_EXCEPTION_H */
