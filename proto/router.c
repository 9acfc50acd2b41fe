// SPDX-License-Identifier: GPL-2.0
/*
 * Solicitations are sent and announcements wait here until they are obeyed. They
 * come in softirqs; what they change needs RTNL, so that a work does it.
 */
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include "addr.h"
#include "announce.h"
#include "device.h"
#include "forward.h"
#include "header.h"
#include "ifaddr.h"
#include "input.h"
#include "neigh.h"
#include "router.h"
#include "stats.h"

/* RFC 4861, section 10. */
#define WEFT_ROUTER_SOLICITS		3
#define WEFT_ROUTER_SOLICIT_INTERVAL	(4 * HZ)
#define WEFT_ROUTER_SOLICIT_DELAY	HZ

/* Between two works for announcements, so that a flood leaves RTNL to others. */
#define WEFT_ROUTER_QUEUE_DELAY		max(HZ / 100, 1)

/* --- solicitations ------------------------------------------------------------------- */

/* Asks for routers, soon and from the beginning. */
static void weft_router_solicit_start(struct weft_dev *wdev)
{
	wdev->router.solicits = WEFT_ROUTER_SOLICITS;
	wdev->router.solicit_due = 0;
	weft_router_run(dev_net(wdev->dev));
}

static void weft_router_solicit(const struct weft_dev *wdev)
{
	static const struct weft_addr routers = WEFT_ADDR_ALLROUTERS_INIT;
	const struct weft_ctl_hdr msg = { .type = WEFT_CTL_ROUTER_SOLICIT };
	int err;

	rcu_read_lock();
	err = weft_neigh_send(wdev->dev, &routers, &msg, sizeof(msg));
	rcu_read_unlock();
	if (!err)
		weft_count(dev_net(wdev->dev), WEFT_MIB_OUT_ROUTER_SOLICITS);
}

/*
 * Sends the solicitation that is due, RFC 4861, section 6.3.7. Returns when to come
 * again. Without a carrier nobody would hear it: the first one waits, and the device
 * tells when there is one.
 */
static u64 weft_router_solicit_run(struct weft_dev *wdev, u64 now)
{
	struct weft_router_state *state = &wdev->router;

	if (!state->solicits || !netif_carrier_ok(wdev->dev))
		return U64_MAX;
	if (!state->solicit_due)
		state->solicit_due = now + get_random_u32() %
					   WEFT_ROUTER_SOLICIT_DELAY;
	if (now < state->solicit_due)
		return state->solicit_due;
	weft_router_solicit(wdev);
	state->solicit_due = now + WEFT_ROUTER_SOLICIT_INTERVAL;
	return --state->solicits ? state->solicit_due : U64_MAX;
}

/* --- announcements ------------------------------------------------------------------- */

/* Leaves an announcement to the work; false if too many wait. */
static bool weft_router_enqueue(struct weft_dev *wdev, struct sk_buff *skb)
{
	struct sk_buff_head *queue = &wdev->router.queue;
	bool first, taken = true;

	spin_lock_bh(&queue->lock);
	first = skb_queue_empty(queue);
	if (!wdev->router.on)
		consume_skb(skb);
	else if (skb_queue_len(queue) < WEFT_ROUTER_QUEUE_MAX)
		__skb_queue_tail(queue, skb);
	else
		taken = false;
	first = first && !skb_queue_empty(queue);
	spin_unlock_bh(&queue->lock);
	if (first)
		mod_delayed_work(system_power_efficient_wq,
				 &weft_net(dev_net(wdev->dev))->router_work,
				 WEFT_ROUTER_QUEUE_DELAY);
	return taken;
}

/* What is only checked before it waits: all that the message itself can tell. */
static enum weft_drop weft_router_rcv_announce(struct weft_dev *wdev,
					       struct sk_buff *skb)
{
	struct net *net = dev_net(wdev->dev);
	struct weft_announce told;

	if (skb_linearize(skb))
		return WEFT_DROP_NO_MEMORY;
	if (!weft_announce_parse(&told, skb->data, skb->len))
		return WEFT_DROP_NEIGHBOUR;
	weft_count(net, WEFT_MIB_IN_ROUTER_ANNOUNCES);
	if (!weft_router_enqueue(wdev, skb))
		return WEFT_DROP_ROUTER_QUEUE;
	weft_count(net, WEFT_MIB_IN_DELIVERS);
	return WEFT_DROP_NONE;
}

/**
 * weft_router_rcv() - receive a router solicitation or announcement
 * @net: namespace
 * @skb: packet; its data begins with the control header
 *
 * Solicitations are for programs, which get them by raw sockets; what this node sent
 * itself says nothing new. Context: softirq, RCU read lock.
 *
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_router_rcv(struct net *net, struct sk_buff *skb)
{
	struct weft_dev *wdev = weft_dev_get(net, skb->dev->ifindex);
	const struct weft_hdr *hdr = weft_hdr(skb);
	enum weft_drop reason;

	reason = weft_neigh_check(hdr, skb->data, skb_headlen(skb));
	if (reason)
		return reason;
	if (!wdev)
		return WEFT_DROP_NEIGHBOUR;
	if (skb->data[0] == WEFT_CTL_ROUTER_ANNOUNCE &&
	    !weft_ifaddr_lookup(net, &hdr->src, NULL))
		return weft_router_rcv_announce(wdev, skb);
	if (skb->data[0] == WEFT_CTL_ROUTER_SOLICIT)
		weft_count(net, WEFT_MIB_IN_ROUTER_SOLICITS);
	weft_count(net, WEFT_MIB_IN_DELIVERS);
	consume_skb(skb);
	return WEFT_DROP_NONE;
}

/* --- when announcements count ---------------------------------------------------------- */

static bool weft_router_obeys(const struct weft_dev *wdev)
{
	if (!weft_dev_started(wdev) || weft_dev_loopback(wdev->dev))
		return false;
	if (wdev->accept_ra == WEFT_ACCEPT_HOST)
		return !weft_forwarding(dev_net(wdev->dev), wdev->dev);
	return wdev->accept_ra == WEFT_ACCEPT_ALWAYS;
}

/* From the queue's lock on nothing that comes is taken, or everything is. */
static void weft_router_set(struct weft_router_state *state, bool on)
{
	spin_lock_bh(&state->queue.lock);
	state->on = on;
	spin_unlock_bh(&state->queue.lock);
}

/**
 * weft_router_init_dev() - prepare a new device
 * @wdev: device
 */
void weft_router_init_dev(struct weft_dev *wdev)
{
	skb_queue_head_init(&wdev->router.queue);
	INIT_HLIST_HEAD(&wdev->router.learned);
}

/**
 * weft_router_stop() - obey announcements no longer, and forget what they said
 * @wdev: device
 *
 * Context: RTNL.
 */
void weft_router_stop(struct weft_dev *wdev)
{
	struct weft_router_state *state = &wdev->router;

	if (!state->on)
		return;
	weft_router_set(state, false);
	skb_queue_purge(&state->queue);
	state->solicits = 0;
	weft_learned_flush(wdev);
}

/**
 * weft_router_update() - obey announcements, or no longer, as the settings say
 * @wdev: device that came up, or of which a setting was changed
 *
 * Context: RTNL.
 */
void weft_router_update(struct weft_dev *wdev)
{
	if (!weft_router_obeys(wdev)) {
		weft_router_stop(wdev);
	} else if (!wdev->router.on) {
		weft_router_set(&wdev->router, true);
		weft_router_solicit_start(wdev);
	}
}

/**
 * weft_router_change_mac() - a device that is up has another MAC
 * @wdev: device
 *
 * Addresses with the old one go; routers are asked to tell their prefixes anew.
 * Context: RTNL.
 */
void weft_router_change_mac(struct weft_dev *wdev)
{
	if (!wdev->router.on)
		return;
	weft_learned_flush_addrs(wdev);
	weft_router_solicit_start(wdev);
}

/* --- the work ---------------------------------------------------------------------------- */

/* Returns when to come again, 64-bit jiffies. */
static u64 weft_router_run_dev(struct weft_dev *wdev, u64 now)
{
	struct weft_router_state *state = &wdev->router;
	struct sk_buff *skb;
	u64 next;
	int n;

	weft_router_update(wdev);
	if (!state->on)
		return U64_MAX;
	for (n = 0; n < WEFT_ROUTER_QUEUE_MAX; n++) {
		skb = skb_dequeue(&state->queue);
		if (!skb)
			break;
		state->solicits = 0;
		weft_learned_obey(wdev, skb);
		consume_skb(skb);
	}
	next = min(weft_learned_age(wdev, now), weft_router_solicit_run(wdev, now));
	return skb_queue_empty(&state->queue) ? next : now + WEFT_ROUTER_QUEUE_DELAY;
}

static void weft_router_work(struct work_struct *work)
{
	struct weft_net *wn = container_of(to_delayed_work(work),
					   struct weft_net, router_work);
	u64 now, next = U64_MAX;
	struct weft_dev *wdev;
	unsigned long index;

	rtnl_lock();
	now = get_jiffies_64();
	xa_for_each(&wn->devs, index, wdev)
		next = min(next, weft_router_run_dev(wdev, now));
	/* Where it was asked for again meanwhile, that stays: it is sooner. */
	if (next != U64_MAX)
		queue_delayed_work(system_power_efficient_wq, &wn->router_work,
				   min_t(u64, next - now, MAX_JIFFY_OFFSET));
	rtnl_unlock();
}

/**
 * weft_router_run() - look soon at the settings and at what is due
 * @net: namespace
 *
 * Any context.
 */
void weft_router_run(struct net *net)
{
	mod_delayed_work(system_power_efficient_wq, &weft_net(net)->router_work, 0);
}

int weft_router_init_net(struct net *net)
{
	INIT_DELAYED_WORK(&weft_net(net)->router_work, weft_router_work);
	return 0;
}

void weft_router_exit_net(struct net *net)
{
	cancel_delayed_work_sync(&weft_net(net)->router_work);
}
