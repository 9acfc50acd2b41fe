// SPDX-License-Identifier: GPL-2.0
/*
 * Duplicate address detection (RFC 4862, section 5.4, with the differences that
 * doc/protocol.md tells), and the announcement of addresses that are in use.
 */
#include <linux/random.h>
#include <linux/ratelimit.h>
#include "dad.h"
#include "neigh.h"
#include "stats.h"

/* The first probe comes after a delay of up to this, jiffies. */
#define WEFT_DAD_DELAY_MAX	(HZ / 10)
/* Between two announcements that defend an address (RFC 5227, section 2.4). */
#define WEFT_DAD_DEFEND_INTERVAL	(10 * HZ)

static bool weft_dad_needed(const struct weft_ifaddr *ifa)
{
	struct weft_net *wn = weft_net(dev_net(ifa->wdev->dev));

	return !(ifa->flags & IFA_F_NODAD) && READ_ONCE(wn->dad_transmits) &&
	       !weft_addr_linklocal(&ifa->addr) &&
	       !weft_dev_loopback(ifa->wdev->dev);
}

static void weft_dad_announce(const struct weft_ifaddr *ifa)
{
	if (!weft_dev_loopback(ifa->wdev->dev))
		weft_neigh_announce(ifa->wdev->dev, NULL, &ifa->addr,
				    WEFT_NEIGH_OVERRIDE);
}

/**
 * weft_dad_start() - make sure that nobody else has an address, then announce it
 * @ifa: an address of a device that was started; of another nothing is done
 *
 * Context: RTNL.
 */
void weft_dad_start(struct weft_ifaddr *ifa)
{
	struct weft_net *wn = weft_net(dev_net(ifa->wdev->dev));

	if (!weft_dev_started(ifa->wdev))
		return;
	WRITE_ONCE(ifa->conflict, false);
	if (!weft_dad_needed(ifa)) {
		weft_ifaddr_set_flags(ifa, ifa->flags & ~(IFA_F_TENTATIVE | IFA_F_DADFAILED));
		weft_dad_announce(ifa);
		return;
	}
	weft_ifaddr_set_flags(ifa, (ifa->flags & ~IFA_F_DADFAILED) | IFA_F_TENTATIVE);
	ifa->probes = READ_ONCE(wn->dad_transmits);
	ifa->probe_due = get_jiffies_64() + get_random_u32() % WEFT_DAD_DELAY_MAX;
	weft_ifaddr_run(wn->net);
}

static void weft_dad_warn(const struct weft_ifaddr *ifa, const char *does)
{
	const __be16 *group = ifa->addr.a16;

	netdev_warn(ifa->wdev->dev, "weft: another node %s %x:%x:%x:%x\n", does,
		    be16_to_cpu(group[0]), be16_to_cpu(group[1]),
		    be16_to_cpu(group[2]), be16_to_cpu(group[3]));
}

static void weft_dad_fail(struct weft_ifaddr *ifa)
{
	weft_dad_warn(ifa, "has");
	weft_ifaddr_set_flags(ifa, ifa->flags | IFA_F_DADFAILED);
	weft_ifaddr_notify(RTM_NEWADDR, ifa, 0, NULL);
}

static void weft_dad_succeed(struct weft_ifaddr *ifa)
{
	weft_ifaddr_set_flags(ifa, ifa->flags & ~IFA_F_TENTATIVE);
	weft_ifaddr_notify(RTM_NEWADDR, ifa, 0, NULL);
	weft_dad_announce(ifa);
}

/* Somebody else uses an address that is ours: tell everybody whose it is. */
static void weft_dad_defend(struct weft_ifaddr *ifa, u64 now)
{
	if (ifa->defended && now < ifa->defended + WEFT_DAD_DEFEND_INTERVAL)
		return;
	ifa->defended = now;
	weft_dad_warn(ifa, "uses");
	weft_dad_announce(ifa);
}

/**
 * weft_dad_run() - do what is due for an address
 * @ifa: address
 * @now: 64-bit jiffies
 *
 * Context: process, RTNL.
 * Return: when to come again, 64-bit jiffies; U64_MAX for never.
 */
u64 weft_dad_run(struct weft_ifaddr *ifa, u64 now)
{
	static const struct weft_addr nobody = WEFT_ADDR_ANY_INIT;
	struct weft_dev *wdev = ifa->wdev;
	bool conflict = xchg(&ifa->conflict, false);

	if (ifa->flags & IFA_F_DADFAILED || !weft_dev_started(wdev))
		return U64_MAX;
	if (!(ifa->flags & IFA_F_TENTATIVE)) {
		if (conflict)
			weft_dad_defend(ifa, now);
		return U64_MAX;
	}
	if (conflict) {
		weft_dad_fail(ifa);
		return U64_MAX;
	}
	if (now < ifa->probe_due)
		return ifa->probe_due;
	if (!ifa->probes) {
		weft_dad_succeed(ifa);
		return U64_MAX;
	}
	ifa->probes--;
	weft_neigh_solicit(wdev->dev, &ifa->addr, &nobody, true);
	ifa->probe_due = now + msecs_to_jiffies(READ_ONCE(wdev->retrans_ms));
	return ifa->probe_due;
}

/**
 * weft_dad_conflict() - another node was heard to have an address of ours
 * @dev: the device that it was heard on
 * @addr: the address
 * @probe: the other node only asked whether it may have it
 *
 * Context: softirq, RCU read lock.
 */
void weft_dad_conflict(const struct net_device *dev, const struct weft_addr *addr,
		       bool probe)
{
	struct weft_ifaddr *ifa = weft_ifaddr_lookup(dev_net(dev), addr, dev);

	if (!ifa || (probe && weft_ifaddr_usable(ifa)))
		return;
	WRITE_ONCE(ifa->conflict, true);
	weft_ifaddr_run(dev_net(dev));
}
