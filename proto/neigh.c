// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbours: the last step of a packet's way out, the link-layer header, and what
 * packets tell of a neighbour's MAC and health.
 */
#include <linux/etherdevice.h>
#include "addr.h"
#include "error.h"
#include "errqueue.h"
#include "exception.h"
#include "ifaddr.h"
#include "header.h"
#include "input.h"
#include "neigh.h"
#include "stats.h"

/* How long packets to a neighbour that failed are refused at once. */
#define WEFT_NEIGH_REST		HZ

/* --- the link-layer header ------------------------------------------------------ */

/* Most devices have Ethernet's own header: written here, without a call. */
static int weft_neigh_header(struct sk_buff *skb, const u8 *mac)
{
	const struct net_device *dev = skb->dev;
	struct ethhdr *eth;

	if (!dev->header_ops || dev->header_ops->create != eth_header)
		return dev_hard_header(skb, skb->dev, be16_to_cpu(skb->protocol),
				       mac, NULL, skb->len);
	eth = skb_push(skb, ETH_HLEN);
	memcpy(eth->h_dest, mac, ETH_ALEN);
	memcpy(eth->h_source, dev->dev_addr, ETH_ALEN);
	eth->h_proto = skb->protocol;
	return ETH_HLEN;
}

static int weft_neigh_xmit(struct sk_buff *skb, const u8 *mac)
{
	int err = weft_neigh_header(skb, mac);

	if (err < 0) {
		kfree_skb(skb);
		return err;
	}
	err = dev_queue_xmit(skb);
	return err > 0 ? net_xmit_errno(err) : err;
}

/* --- what follows an event -------------------------------------------------------- */

/**
 * weft_neigh_work_init() - nothing is to be done yet
 * @work: filled in
 */
void weft_neigh_work_init(struct weft_neigh_work *work)
{
	memset(work, 0, sizeof(*work));
	__skb_queue_head_init(&work->queue);
}

/* Tells the sender of a packet that its neighbour does not answer; frees it. */
static void weft_neigh_unreachable(struct net *net, struct sk_buff *skb)
{
	if (weft_cb(skb)->forwarded) {
		skb_pull(skb, WEFT_HDR_LEN);
		weft_error_unreach(net, skb, WEFT_UNREACH_ADDR);
	} else if (skb->sk && skb->sk->sk_family == weft_family) {
		weft_errqueue_failed(skb, EHOSTUNREACH);
	}
	weft_drop(net, skb, WEFT_DROP_NEIGH_FAILED);
}

static void weft_neigh_question(const struct weft_neigh_work *work)
{
	struct weft_addr to;

	if (!work->alone) {
		weft_neigh_solicit(work->dev, &work->target, &work->asker, false);
		return;
	}
	weft_addr_from_mac(&to, work->mac);
	weft_neigh_ask(work->dev, &to, &work->target, &work->asker, false);
}

/**
 * weft_neigh_finish() - do what follows an event, after the table is unlocked
 * @net: namespace
 * @work: from weft_neigh_event(), or as weft_neigh_work_init() left it
 *
 * Context: the RCU read lock that the table was locked in.
 */
void weft_neigh_finish(struct net *net, struct weft_neigh_work *work)
{
	struct sk_buff *skb;

	local_bh_disable();
	if (work->todo & WEFT_NEIGH_DO_ASK)
		weft_neigh_question(work);
	if (work->todo & WEFT_NEIGH_DO_FAIL)
		weft_exception_gateway_failed(net, &work->target);
	while ((skb = __skb_dequeue(&work->queue))) {
		if (work->todo & WEFT_NEIGH_DO_FAIL)
			weft_neigh_unreachable(net, skb);
		else if (weft_neigh_xmit(skb, work->mac))
			weft_count(net, WEFT_MIB_OUT_DISCARDS);
	}
	local_bh_enable();
}

/* --- packets -------------------------------------------------------------------------- */

/* The neighbour, made if it is not there; NULL and @reason if it cannot be. */
static struct weft_neigh *weft_neigh_get(struct net *net, struct weft_dev *wdev,
					 const struct weft_addr *addr, u8 state,
					 enum weft_drop *reason)
{
	struct weft_neigh *neigh;

	neigh = weft_neigh_find(net, wdev->dev->ifindex, addr, false);
	if (neigh)
		return neigh;
	*reason = WEFT_DROP_NO_MEMORY;
	neigh = weft_neigh_alloc(wdev, addr, GFP_ATOMIC | __GFP_NOWARN);
	if (!neigh)
		return NULL;
	*reason = weft_neigh_insert(&weft_net(net)->neigh, neigh, state);
	if (*reason) {
		kfree(neigh);
		return NULL;
	}
	return neigh;
}

static void weft_neigh_send_event(struct weft_neigh_table *table,
				  struct weft_neigh *neigh,
				  struct weft_neigh_work *work)
{
	unsigned int given = 0;

	if (time_after_eq(jiffies, neigh->updated + WEFT_NEIGH_REST))
		given |= WEFT_NEIGH_IF_RESTED;
	WRITE_ONCE(neigh->used, jiffies);
	weft_neigh_event(table, neigh, WEFT_NEIGH_SEND, given, NULL, work);
}

static int weft_neigh_refuse(struct net *net, struct sk_buff *skb,
			     enum weft_drop reason)
{
	if (reason == WEFT_DROP_NEIGH_FAILED && weft_cb(skb)->forwarded)
		weft_neigh_unreachable(net, skb);
	else
		weft_drop(net, skb, reason);
	return reason == WEFT_DROP_NEIGH_FAILED ? -EHOSTUNREACH : -ENOBUFS;
}

/* The MAC is not known, or may have changed. */
static int weft_neigh_resolve(struct net *net, struct sk_buff *skb,
			      const struct weft_addr *hop)
{
	struct weft_neigh_table *table = &weft_net(net)->neigh;
	struct weft_dev *wdev = weft_dev_get(net, skb->dev->ifindex);
	enum weft_drop reason = WEFT_DROP_NEIGH_FAILED;
	struct weft_neigh *neigh = NULL;
	struct weft_neigh_work work;

	weft_neigh_work_init(&work);
	work.skb = skb;
	weft_neigh_lock(table);
	if (wdev)
		neigh = weft_neigh_get(net, wdev, hop, NUD_INCOMPLETE, &reason);
	if (neigh)
		weft_neigh_send_event(table, neigh, &work);
	weft_neigh_unlock(table);
	if (!neigh)
		return weft_neigh_refuse(net, skb, reason);
	if (work.todo & WEFT_NEIGH_DO_REFUSE)
		return weft_neigh_refuse(net, skb, WEFT_DROP_NEIGH_FAILED);
	weft_neigh_finish(net, &work);
	if (work.todo & WEFT_NEIGH_DO_WAIT)
		return 0;
	return weft_neigh_xmit(skb, work.mac);
}

/* Packets of the same jiffy write to no shared memory. */
static void weft_neigh_use(struct weft_neigh *neigh)
{
	unsigned long now = jiffies;

	if (READ_ONCE(neigh->used) != now)
		WRITE_ONCE(neigh->used, now);
}

/**
 * weft_neigh_output() - send a packet to a neighbour
 * @net: namespace
 * @skb: packet from its network header on, its device and protocol set, with room
 *	for the link-layer header; consumed. It may wait for the neighbour's MAC.
 * @hop: the neighbour, or a group
 *
 * Context: RCU read lock.
 * Return: 0, -EHOSTUNREACH if no node can have that address or none answered in the
 * last second, -ENOBUFS if the device's queue or the table is full, or another
 * negative errno of the device.
 */
int weft_neigh_output(struct net *net, struct sk_buff *skb,
		      const struct weft_addr *hop)
{
	struct weft_neigh *neigh;
	u8 mac[ETH_ALEN] = {};

	if (weft_dev_loopback(skb->dev))
		return weft_neigh_xmit(skb, mac);
	if (weft_addr_linklocal(hop) || weft_addr_group(hop)) {
		if (weft_addr_mac(hop, mac))
			return weft_neigh_xmit(skb, mac);
		kfree_skb(skb);
		return -EHOSTUNREACH;
	}
	neigh = weft_neigh_find(net, skb->dev->ifindex, hop, false);
	/* Pairs with weft_neigh_put_state(): the MAC is no older than the state. */
	if (!neigh || !(smp_load_acquire(&neigh->state) & WEFT_NUD_READY))
		return weft_neigh_resolve(net, skb, hop);
	weft_neigh_mac(neigh, mac);
	weft_neigh_use(neigh);
	return weft_neigh_xmit(skb, mac);
}

/* --- what is heard of neighbours ---------------------------------------------------- */

/**
 * weft_neigh_confirm() - a neighbour is reachable: what was sent by it was answered
 * @dev: the device of its link
 * @addr: its address; link-local ones have no state and are ignored
 *
 * For transports (RFC 4861, 7.3.1). Cheap enough for every acknowledgment. Context:
 * RCU read lock.
 */
void weft_neigh_confirm(const struct net_device *dev, const struct weft_addr *addr)
{
	struct weft_neigh *neigh;
	unsigned long now = jiffies;

	if (weft_addr_linklocal(addr))
		return;
	neigh = weft_neigh_find(dev_net(dev), dev->ifindex, addr, false);
	if (neigh && READ_ONCE(neigh->confirmed) != now)
		WRITE_ONCE(neigh->confirmed, now);
}

static void weft_neigh_hear(struct weft_dev *wdev, struct weft_neigh *neigh,
			    enum weft_neigh_event event, unsigned int given,
			    const u8 *mac, struct weft_neigh_work *work)
{
	if (ether_addr_equal(neigh->mac, mac))
		given |= WEFT_NEIGH_IF_SAME;
	weft_neigh_event(&weft_net(dev_net(wdev->dev))->neigh, neigh, event,
			 given, mac, work);
}

/**
 * weft_neigh_learn() - a neighbour asked for us, and so told its MAC
 * @wdev: the device that it asked on
 * @addr: its address, a global one of another node
 * @mac: its MAC
 *
 * RFC 4861, section 7.2.3. Where there is no room the neighbour is not learned.
 * Context: softirq, RCU read lock.
 */
void weft_neigh_learn(struct weft_dev *wdev, const struct weft_addr *addr,
		      const u8 *mac)
{
	struct net *net = dev_net(wdev->dev);
	struct weft_neigh_table *table = &weft_net(net)->neigh;
	struct weft_neigh_work work;
	struct weft_neigh *neigh;
	enum weft_drop reason;

	weft_neigh_work_init(&work);
	weft_neigh_lock(table);
	neigh = weft_neigh_get(net, wdev, addr, NUD_STALE, &reason);
	if (neigh)
		weft_neigh_hear(wdev, neigh, WEFT_NEIGH_LEARN, 0, mac, &work);
	weft_neigh_unlock(table);
	weft_neigh_finish(net, &work);
}

static unsigned int weft_neigh_given(u32 flags)
{
	return (flags & WEFT_NEIGH_SOLICITED ? WEFT_NEIGH_IF_SOLICITED : 0) |
	       (flags & WEFT_NEIGH_OVERRIDE ? WEFT_NEIGH_IF_OVERRIDE : 0) |
	       (flags & WEFT_NEIGH_ROUTER ? WEFT_NEIGH_IF_ROUTER : 0);
}

/**
 * weft_neigh_answered() - a neighbour announced itself
 * @wdev: the device that it did so on
 * @addr: its address
 * @mac: its MAC
 * @flags: WEFT_NEIGH_ROUTER, _SOLICITED, _OVERRIDE
 *
 * RFC 4861, section 7.2.5. Who is not known already does not become so. Context:
 * softirq, RCU read lock.
 */
void weft_neigh_answered(struct weft_dev *wdev, const struct weft_addr *addr,
			 const u8 *mac, u32 flags)
{
	struct net *net = dev_net(wdev->dev);
	struct weft_neigh_table *table = &weft_net(net)->neigh;
	struct weft_neigh_work work;
	struct weft_neigh *neigh;

	weft_neigh_work_init(&work);
	weft_neigh_lock(table);
	neigh = weft_neigh_find(net, wdev->dev->ifindex, addr, false);
	if (neigh)
		weft_neigh_hear(wdev, neigh, WEFT_NEIGH_ANSWER,
				weft_neigh_given(flags), mac, &work);
	weft_neigh_unlock(table);
	weft_neigh_finish(net, &work);
}
