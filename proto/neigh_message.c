// SPDX-License-Identifier: GPL-2.0
/*
 * Solicitations and announcements: asked, answered, and believed (doc/protocol.md,
 * "Neighbours"; RFC 4861, section 7.2).
 */
#include <linux/if_addr.h>
#include "addr.h"
#include "control.h"
#include "dad.h"
#include "forward.h"
#include "header.h"
#include "input.h"
#include "neigh.h"
#include "route.h"
#include "stats.h"

/* --- sending ------------------------------------------------------------------------ */

/**
 * weft_neigh_send() - send a message between neighbours
 * @dev: device; its link-local address is the source
 * @to: where to: a group of the link or a link-local address
 * @msg: the message, its checksum zero
 * @len: its length, bytes
 *
 * Context: RCU read lock.
 * Return: 0, -ENETDOWN if the device does not carry Weft now, or another negative
 * errno of weft_control_send().
 */
int weft_neigh_send(struct net_device *dev, const struct weft_addr *to,
		    const void *msg, unsigned int len)
{
	struct weft_dev *wdev = weft_dev_get(dev_net(dev), dev->ifindex);
	struct weft_flow flow = { .dst = *to, .oif = dev->ifindex };
	struct weft_ifaddr *own = NULL;
	int err;

	if (wdev && !weft_dev_loopback(dev))
		own = rcu_dereference(wdev->linklocal);
	if (!own)
		return -ENETDOWN;
	flow.src = own->addr;
	err = weft_route_output(dev_net(dev), &flow);
	if (err)
		return err;
	return weft_control_send(dev_net(dev), &flow, msg, len,
				 WEFT_HOP_LIMIT_NEIGH);
}

/**
 * weft_neigh_ask() - send a solicitation
 * @dev: device
 * @to: where to: a group or a link-local address
 * @target: whose MAC is wanted
 * @asker: whom the answer is wanted for, or any
 * @probe: as a probe of duplicate address detection
 *
 * Context: any but hard interrupts.
 * Return: 0, -ENETDOWN if the device does not carry Weft now, or another negative
 * errno of weft_control_send().
 */
int weft_neigh_ask(struct net_device *dev, const struct weft_addr *to,
		   const struct weft_addr *target, const struct weft_addr *asker,
		   bool probe)
{
	struct weft_neigh_solicit msg = {
		.ctl.type = WEFT_CTL_NEIGH_SOLICIT,
		.ctl.flags = probe ? cpu_to_be32(WEFT_NEIGH_PROBE) : 0,
		.target = *target,
		.asker = *asker,
	};
	int err;

	rcu_read_lock();
	err = weft_neigh_send(dev, to, &msg, sizeof(msg));
	rcu_read_unlock();
	if (!err)
		weft_count(dev_net(dev), WEFT_MIB_OUT_NEIGH_SOLICITS);
	return err;
}

/**
 * weft_neigh_solicit() - ask all of the link who has an address
 * @dev: device
 * @target: the address
 * @asker: whom the answer is wanted for, or any
 * @probe: as a probe of duplicate address detection, RFC 4862, section 5.4.2
 *
 * Context: any but hard interrupts.
 * Return: as weft_neigh_ask().
 */
int weft_neigh_solicit(struct net_device *dev, const struct weft_addr *target,
		       const struct weft_addr *asker, bool probe)
{
	struct weft_addr group;

	weft_solicited_node(target, &group);
	return weft_neigh_ask(dev, &group, target, asker, probe);
}

/**
 * weft_neigh_announce() - tell where an address is
 * @dev: the device that has it
 * @to: the link-local address of who asked, NULL for all nodes of the link
 * @target: the address
 * @flags: WEFT_NEIGH_SOLICITED, WEFT_NEIGH_OVERRIDE; _ROUTER is added where it
 *	is true
 *
 * Context: any but hard interrupts.
 * Return: as weft_neigh_ask().
 */
int weft_neigh_announce(struct net_device *dev, const struct weft_addr *to,
			const struct weft_addr *target, u32 flags)
{
	static const struct weft_addr allnodes = WEFT_ADDR_ALLNODES_INIT;
	struct weft_neigh_announce msg = {
		.ctl.type = WEFT_CTL_NEIGH_ANNOUNCE,
		.target = *target,
	};
	int err;

	if (weft_forwarding(dev_net(dev), dev))
		flags |= WEFT_NEIGH_ROUTER;
	msg.ctl.flags = cpu_to_be32(flags);
	rcu_read_lock();
	err = weft_neigh_send(dev, to ?: &allnodes, &msg, sizeof(msg));
	rcu_read_unlock();
	if (!err)
		weft_count(dev_net(dev), WEFT_MIB_OUT_NEIGH_ANNOUNCES);
	return err;
}

/* --- receiving ---------------------------------------------------------------------- */

/* An address that others may have on this link: not ours, not any, not a group. */
static bool weft_neigh_others(struct net *net, const struct weft_addr *addr)
{
	return !weft_addr_any(addr) && !weft_addr_group(addr) &&
	       !weft_addr_linklocal(addr) && !weft_addr_node_only(addr) &&
	       !weft_ifaddr_lookup(net, addr, NULL);
}

/* The flags of our answer; 0 if the target is not ours. */
static u32 weft_neigh_answer(struct net_device *dev, const struct weft_addr *target)
{
	struct weft_ifaddr *ifa;

	ifa = weft_ifaddr_lookup(dev_net(dev), target, dev);
	if (ifa)
		return READ_ONCE(ifa->flags) & (IFA_F_TENTATIVE | IFA_F_DADFAILED) ?
		       0 : WEFT_NEIGH_SOLICITED | WEFT_NEIGH_OVERRIDE;
	if (weft_neigh_find(dev_net(dev), dev->ifindex, target, true))
		return WEFT_NEIGH_SOLICITED;
	return 0;
}

static void weft_neigh_rcv_solicit(struct weft_dev *wdev, struct sk_buff *skb,
				   const u8 *mac)
{
	const struct weft_neigh_solicit *msg = (void *)skb->data;
	struct net *net = dev_net(wdev->dev);
	u32 flags;

	weft_count(net, WEFT_MIB_IN_NEIGH_SOLICITS);
	if (msg->ctl.flags & cpu_to_be32(WEFT_NEIGH_PROBE))
		weft_dad_conflict(wdev->dev, &msg->target, true);
	flags = weft_neigh_answer(wdev->dev, &msg->target);
	if (!flags)
		return;
	if (weft_neigh_others(net, &msg->asker))
		weft_neigh_learn(wdev, &msg->asker, mac);
	weft_neigh_announce(wdev->dev, &weft_hdr(skb)->src, &msg->target, flags);
}

static void weft_neigh_rcv_announce(struct weft_dev *wdev, struct sk_buff *skb,
				    const u8 *mac)
{
	const struct weft_neigh_announce *msg = (void *)skb->data;
	struct net *net = dev_net(wdev->dev);

	weft_count(net, WEFT_MIB_IN_NEIGH_ANNOUNCES);
	if (weft_ifaddr_lookup(net, &msg->target, wdev->dev))
		weft_dad_conflict(wdev->dev, &msg->target, false);
	else
		weft_neigh_answered(wdev, &msg->target, mac,
				    be32_to_cpu(msg->ctl.flags));
}

/**
 * weft_neigh_rcv() - receive a solicitation or an announcement
 * @net: namespace
 * @skb: packet; its data begins with the control header, checked
 *
 * What this node sent itself and a switch gave back says nothing new. Context:
 * softirq, RCU read lock.
 *
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_neigh_rcv(struct net *net, struct sk_buff *skb)
{
	const struct weft_hdr *hdr = weft_hdr(skb);
	struct weft_dev *wdev = weft_dev_get(net, skb->dev->ifindex);
	enum weft_drop reason;
	u8 mac[ETH_ALEN];

	reason = weft_neigh_check(hdr, skb->data, skb_headlen(skb));
	if (reason)
		return reason;
	if (!wdev || !weft_addr_mac(&hdr->src, mac))
		return WEFT_DROP_NEIGHBOUR;
	if (!weft_ifaddr_lookup(net, &hdr->src, NULL)) {
		if (skb->data[0] == WEFT_CTL_NEIGH_SOLICIT)
			weft_neigh_rcv_solicit(wdev, skb, mac);
		else
			weft_neigh_rcv_announce(wdev, skb, mac);
	}
	weft_count(net, WEFT_MIB_IN_DELIVERS);
	consume_skb(skb);
	return WEFT_DROP_NONE;
}
