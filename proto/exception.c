// SPDX-License-Identifier: GPL-2.0
/* What was learned about single destinations: path MTU (RFC 8201) and redirects. */
#include <linux/jhash.h>
#include "addr.h"
#include "device.h"
#include "exception.h"
#include "route.h"
#include "route_cache.h"

#define WEFT_REDIRECT_TIME	(600 * HZ)

static struct hlist_head *weft_exception_bucket(struct weft_exceptions *all,
						const struct weft_addr *dst)
{
	u32 hash = jhash(dst, sizeof(*dst), all->seed);

	return &all->bucket[hash % WEFT_EXCEPTION_BUCKETS];
}

static bool weft_exception_expired(const struct weft_exception *ex)
{
	return time_after_eq(jiffies, ex->expires);
}

static struct weft_exception *
weft_exception_find(struct weft_exceptions *all, const struct weft_addr *dst)
{
	struct weft_exception *ex;

	hlist_for_each_entry_rcu(ex, weft_exception_bucket(all, dst), hash,
				 lockdep_is_held(&all->lock))
		if (weft_addr_equal(&ex->dst, dst))
			return ex;
	return NULL;
}

/* The redirect's link must still be there. */
static void weft_exception_apply_gateway(struct net *net, struct weft_flow *flow,
					 const struct weft_exception *ex)
{
	struct net_device *dev = dev_get_by_index_rcu(net, ex->gateway_dev);

	if (dev && dev == flow->dev && netif_running(dev))
		flow->hop = ex->gateway;
}

/**
 * weft_exception_apply() - adapt the way of a flow to what was learned
 * @net: namespace
 * @flow: flow whose way was found by a route
 *
 * Context: RCU read lock.
 */
void weft_exception_apply(struct net *net, struct weft_flow *flow)
{
	struct weft_exceptions *all = weft_net(net)->exceptions;
	const struct weft_exception *ex;

	if (likely(!READ_ONCE(all->count)))
		return;
	ex = weft_exception_find(all, &flow->dst);
	if (!ex || weft_exception_expired(ex))
		return;
	if (ex->mtu)
		flow->mtu = min(flow->mtu, ex->mtu);
	if (!weft_addr_any(&ex->gateway))
		weft_exception_apply_gateway(net, flow, ex);
}

static void weft_exception_unlink(struct weft_exceptions *all,
				  struct weft_exception *ex)
{
	hlist_del_rcu(&ex->hash);
	WRITE_ONCE(all->count, all->count - 1);
	kfree_rcu(ex, rcu);
}

/* Removes what has expired and, of a full chain, the oldest, which is the last. */
static void weft_exception_trim(struct weft_exceptions *all,
				struct hlist_head *bucket)
{
	struct weft_exception *ex, *oldest = NULL;
	struct hlist_node *next;
	unsigned int n = 0;

	hlist_for_each_entry_safe(ex, next, bucket, hash) {
		if (weft_exception_expired(ex)) {
			weft_exception_unlink(all, ex);
			continue;
		}
		oldest = ex;
		n++;
	}
	if (n >= WEFT_EXCEPTION_CHAIN)
		weft_exception_unlink(all, oldest);
}

/* What @ex does not tell of a destination is as @old has it. */
static void weft_exception_keep(struct weft_exception *ex,
				const struct weft_exception *old)
{
	if (!ex->mtu)
		ex->mtu = old->mtu;
	if (weft_addr_any(&ex->gateway)) {
		ex->gateway = old->gateway;
		ex->gateway_dev = old->gateway_dev;
	}
}

/*
 * Puts @like in the place of what is known about its destination; what @like does
 * not tell is kept. Does nothing without memory: it will be learned again.
 */
static void weft_exception_put(struct net *net, const struct weft_exception *like)
{
	struct weft_exceptions *all = weft_net(net)->exceptions;
	struct weft_exception *ex, *old;
	struct hlist_head *bucket;

	ex = kmemdup(like, sizeof(*like), GFP_ATOMIC);
	if (!ex)
		return;
	bucket = weft_exception_bucket(all, &ex->dst);
	spin_lock_bh(&all->lock);
	old = weft_exception_find(all, &ex->dst);
	if (old) {
		if (!weft_exception_expired(old))
			weft_exception_keep(ex, old);
		weft_exception_unlink(all, old);
	}
	weft_exception_trim(all, bucket);
	hlist_add_head_rcu(&ex->hash, bucket);
	WRITE_ONCE(all->count, all->count + 1);
	spin_unlock_bh(&all->lock);
	weft_route_changed(net);
}

/**
 * weft_exception_set_mtu() - a packet was too big for the path to a destination
 * @net: namespace
 * @dst: the destination
 * @mtu: what the path can carry, as told; bytes
 *
 * Never more than before, never below WEFT_MTU_MIN (RFC 8201, section 4). Context:
 * softirq or process, RCU read lock.
 */
void weft_exception_set_mtu(struct net *net, const struct weft_addr *dst, u32 mtu)
{
	struct weft_exception ex = {
		.dst = *dst,
		.mtu = max_t(u32, mtu, WEFT_MTU_MIN),
		.expires = jiffies + weft_net(net)->mtu_expires,
	};
	struct weft_flow flow = { .dst = *dst };

	if (weft_route_output(net, &flow) || ex.mtu >= flow.mtu)
		return;
	weft_exception_put(net, &ex);
}

/**
 * weft_exception_probed_mtu() - probes have shown what the path to a destination carries
 * @net: namespace
 * @dst: the destination
 * @mtu: what arrived, bytes
 *
 * A probe is a packet with weft_output.dontfrag whose weft_flow.mtu was raised to
 * weft_dev_mtu(). Unlike what routers tell, its arrival may raise what is known;
 * the route and the first link still bound it. Any context.
 */
void weft_exception_probed_mtu(struct net *net, const struct weft_addr *dst, u32 mtu)
{
	struct weft_exception ex = {
		.dst = *dst,
		.mtu = max_t(u32, mtu, WEFT_MTU_MIN),
		.expires = jiffies + weft_net(net)->mtu_expires,
	};

	weft_exception_put(net, &ex);
}

/**
 * weft_exception_set_gateway() - there is a better first hop to a destination
 * @net: namespace
 * @dst: the destination
 * @gateway: a router, or the destination itself if it is on the link
 * @ifindex: interface index of the link
 *
 * Context: softirq, RCU read lock.
 */
void weft_exception_set_gateway(struct net *net, const struct weft_addr *dst,
				const struct weft_addr *gateway, int ifindex)
{
	struct weft_exception ex = {
		.dst = *dst,
		.gateway = *gateway,
		.gateway_dev = ifindex,
		.expires = jiffies + WEFT_REDIRECT_TIME,
	};

	weft_exception_put(net, &ex);
}

/**
 * weft_exception_get() - what is known about a destination
 * @net: namespace
 * @dst: the destination
 * @copy: filled in
 *
 * Return: false if nothing is.
 */
bool weft_exception_get(struct net *net, const struct weft_addr *dst,
			struct weft_exception *copy)
{
	const struct weft_exception *ex;
	bool found;

	rcu_read_lock();
	ex = weft_exception_find(weft_net(net)->exceptions, dst);
	found = ex && !weft_exception_expired(ex);
	if (found)
		*copy = *ex;
	rcu_read_unlock();
	return found;
}

/**
 * weft_exception_walk() - tell all exceptions in a message
 * @net: namespace
 * @skb: the message
 * @skip: how many to leave out; then where to go on
 * @tell: adds one to the message; an error ends the walk
 * @arg: for @tell
 */
void weft_exception_walk(struct net *net, struct sk_buff *skb, unsigned int *skip,
			 int (*tell)(struct sk_buff *skb,
				     const struct weft_exception *ex, void *arg),
			 void *arg)
{
	struct weft_exceptions *all = weft_net(net)->exceptions;
	const struct weft_exception *ex;
	unsigned int n = 0;
	int i;

	rcu_read_lock();
	for (i = 0; i < WEFT_EXCEPTION_BUCKETS; i++) {
		hlist_for_each_entry_rcu(ex, &all->bucket[i], hash) {
			if (weft_exception_expired(ex) || n++ < *skip)
				continue;
			if (tell(skb, ex, arg))
				goto out;
			*skip = n;
		}
	}
out:
	rcu_read_unlock();
}

/**
 * weft_exception_del() - forget what is known about a destination
 * @net: namespace
 * @dst: the destination
 *
 * Any context. Return: false if nothing was known.
 */
bool weft_exception_del(struct net *net, const struct weft_addr *dst)
{
	struct weft_exceptions *all = weft_net(net)->exceptions;
	struct weft_exception *ex;

	spin_lock_bh(&all->lock);
	ex = weft_exception_find(all, dst);
	if (ex)
		weft_exception_unlink(all, ex);
	spin_unlock_bh(&all->lock);
	weft_route_changed(net);
	return ex;
}

/**
 * weft_exception_gateway_failed() - a node does not answer: no way leads by it
 * @net: namespace
 * @dst: the node, which may be on the link by a redirect alone
 *
 * Context: softirq or process.
 */
void weft_exception_gateway_failed(struct net *net, const struct weft_addr *dst)
{
	struct weft_exceptions *all = weft_net(net)->exceptions;
	struct weft_exception *ex;

	if (likely(!READ_ONCE(all->count)))
		return;
	spin_lock_bh(&all->lock);
	ex = weft_exception_find(all, dst);
	if (ex && weft_addr_equal(&ex->gateway, dst))
		weft_exception_unlink(all, ex);
	spin_unlock_bh(&all->lock);
}

/**
 * weft_exception_flush() - forget all exceptions
 * @net: namespace
 *
 * The routes that they were made for have changed. Any context.
 */
void weft_exception_flush(struct net *net)
{
	struct weft_exceptions *all = weft_net(net)->exceptions;
	struct weft_exception *ex;
	struct hlist_node *next;
	int i;

	if (!READ_ONCE(all->count))
		return;
	spin_lock_bh(&all->lock);
	for (i = 0; i < WEFT_EXCEPTION_BUCKETS; i++)
		hlist_for_each_entry_safe(ex, next, &all->bucket[i], hash)
			weft_exception_unlink(all, ex);
	spin_unlock_bh(&all->lock);
	weft_route_changed(net);
}

int weft_exception_init_net(struct net *net)
{
	struct weft_net *wn = weft_net(net);

	wn->exceptions = kzalloc(sizeof(*wn->exceptions), GFP_KERNEL);
	if (!wn->exceptions)
		return -ENOMEM;
	spin_lock_init(&wn->exceptions->lock);
	wn->exceptions->seed = get_random_u32();
	wn->mtu_expires = 600 * HZ;
	return 0;
}

void weft_exception_exit_net(struct net *net)
{
	weft_exception_flush(net);
	kfree(weft_net(net)->exceptions);
}
