// SPDX-License-Identifier: GPL-2.0
/*
 * Source address selection: the rules of RFC 6724, section 5, that have a meaning
 * here, as one number per candidate.
 */
#include <linux/if_addr.h>
#include "device.h"
#include "ifaddr.h"
#include "source.h"

/* Each rule's part of the number is above those of the rules after it. */
#define WEFT_SOURCE_SCOPE	1000000
#define WEFT_SOURCE_PREFERRED	10000
#define WEFT_SOURCE_DEVICE	1000
#define WEFT_SOURCE_LABEL	100

/*
 * Rule 2: the smallest scope that is at least the destination's; if there is none,
 * the widest.
 */
static int weft_source_scope(enum weft_scope have, enum weft_scope want)
{
	return have >= want ? 2 * WEFT_SCOPE_GLOBAL - have : have;
}

static int weft_source_score(const struct weft_ifaddr *ifa,
			     const struct net_device *dev,
			     const struct weft_addr *dst)
{
	int score = WEFT_SOURCE_SCOPE *
		    weft_source_scope(weft_addr_scope(&ifa->addr),
				      weft_addr_scope(dst));

	if (!(READ_ONCE(ifa->flags) & IFA_F_DEPRECATED))
		score += WEFT_SOURCE_PREFERRED;
	if (ifa->wdev->dev == dev)
		score += WEFT_SOURCE_DEVICE;
	if (weft_addr_mapped(&ifa->addr) == weft_addr_mapped(dst))
		score += WEFT_SOURCE_LABEL;
	return score + weft_addr_common(&ifa->addr, dst);
}

/* A link-local address is a source on its own link only. */
static bool weft_source_candidate(const struct weft_ifaddr *ifa,
				  const struct net_device *dev)
{
	return weft_ifaddr_usable(ifa) && !weft_addr_node_only(&ifa->addr) &&
	       (!weft_addr_linklocal(&ifa->addr) || ifa->wdev->dev == dev);
}

/* The best of a device's addresses, if it is better than what was found. */
static void weft_source_try(const struct weft_dev *wdev, const struct net_device *dev,
			    const struct weft_addr *dst, int *best, struct weft_addr *src)
{
	const struct weft_ifaddr *ifa;
	int score;

	list_for_each_entry_rcu(ifa, &wdev->addrs, link) {
		if (!weft_source_candidate(ifa, dev))
			continue;
		score = weft_source_score(ifa, dev, dst);
		if (score > *best) {
			*best = score;
			*src = ifa->addr;
		}
	}
}

/* What no address of another device can reach. */
static int weft_source_enough(const struct weft_addr *dst)
{
	enum weft_scope scope = weft_addr_scope(dst);

	return WEFT_SOURCE_SCOPE * weft_source_scope(scope, scope) +
	       WEFT_SOURCE_PREFERRED + WEFT_SOURCE_DEVICE;
}

/**
 * weft_source_select() - choose the source of a packet
 * @net: namespace
 * @dev: the device that it leaves through
 * @dst: its destination, no address of this node
 * @src: the source
 *
 * Context: RCU read lock.
 * Return: false if no address will do.
 */
bool weft_source_select(struct net *net, const struct net_device *dev,
			const struct weft_addr *dst, struct weft_addr *src)
{
	struct weft_dev *wdev = weft_dev_get(net, dev->ifindex);
	unsigned long index;
	int best = -1;

	if (wdev)
		weft_source_try(wdev, dev, dst, &best, src);
	if (best >= weft_source_enough(dst))
		return true;
	xa_for_each(&weft_net(net)->devs, index, wdev)
		weft_source_try(wdev, dev, dst, &best, src);
	return best >= 0;
}
