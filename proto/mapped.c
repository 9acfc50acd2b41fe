// SPDX-License-Identifier: GPL-2.0
/*
 * Mapped addresses: an IPv4 address of a device makes it have 0:4::/32 with these
 * 32 bits, for as long.
 *
 * The origin of an address tells whose it is. One that somebody set by hand, before
 * the IPv4 address came or in the place of the mapped one, is left alone; it does not
 * go with the IPv4 address.
 */
#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include "dad.h"
#include "ifaddr.h"
#include "mapped.h"

/* 127.0.0.0/8 has no meaning on a link, a group is no node. */
static bool weft_mapped_possible(const struct weft_dev *wdev, __be32 ip)
{
	if (ipv4_is_loopback(ip))
		return weft_dev_loopback(wdev->dev);
	return ip && !ipv4_is_multicast(ip) && !ipv4_is_lbcast(ip);
}

/* The prefix of a peer says nothing of ours. */
static u8 weft_mapped_prefix_len(const struct in_ifaddr *in)
{
	return in->ifa_local == in->ifa_address ? 32 + in->ifa_prefixlen : 64;
}

/* The first IPv4 address @ip of a device, which may have it with several lengths. */
static const struct in_ifaddr *weft_mapped_origin(const struct weft_dev *wdev,
						  __be32 ip)
{
	const struct in_device *in_dev = __in_dev_get_rtnl(wdev->dev);
	const struct in_ifaddr *in;

	if (!in_dev || !weft_net(dev_net(wdev->dev))->mapped ||
	    !weft_mapped_possible(wdev, ip))
		return NULL;
	in_dev_for_each_ifa_rtnl(in, in_dev)
		if (in->ifa_local == ip)
			return in;
	return NULL;
}

static void weft_mapped_add(struct weft_dev *wdev, const struct weft_addr *addr,
			    u8 prefix_len)
{
	struct weft_ifaddr like = {
		.addr = *addr,
		.prefix_len = prefix_len,
		.proto = WEFT_IFAPROT_MAPPED,
		.flags = IFA_F_PERMANENT | IFA_F_NODAD,
		.valid = WEFT_FOREVER,
		.preferred = WEFT_FOREVER,
	};
	struct weft_ifaddr *ifa;

	if (weft_ifaddr_add(wdev, &like, &ifa)) {
		netdev_warn(wdev->dev, "weft: no memory for an address\n");
		return;
	}
	weft_dad_start(ifa);
	weft_ifaddr_notify(RTM_NEWADDR, ifa, 0, NULL);
}

/* Makes what is there for an IPv4 address agree with IPv4; RTNL. */
static void weft_mapped_sync_one(struct weft_dev *wdev, __be32 ip)
{
	const struct in_ifaddr *in = weft_mapped_origin(wdev, ip);
	struct weft_addr addr = { .a32 = { cpu_to_be32(0x00000004), ip } };
	struct weft_ifaddr *ifa = weft_ifaddr_find(wdev, &addr);

	if (ifa && ifa->proto == WEFT_IFAPROT_MAPPED &&
	    (!in || ifa->prefix_len != weft_mapped_prefix_len(in))) {
		weft_ifaddr_withdraw(ifa);
		ifa = NULL;
	}
	if (in && !ifa)
		weft_mapped_add(wdev, &addr, weft_mapped_prefix_len(in));
}

/**
 * weft_mapped_sync() - give a device the mapped addresses that it should have
 * @wdev: device
 *
 * And take those that it should not. Context: RTNL.
 */
void weft_mapped_sync(struct weft_dev *wdev)
{
	const struct in_device *in_dev = __in_dev_get_rtnl(wdev->dev);
	struct weft_ifaddr *ifa, *next;
	const struct in_ifaddr *in;

	ASSERT_RTNL();
	list_for_each_entry_safe(ifa, next, &wdev->addrs, link)
		if (ifa->proto == WEFT_IFAPROT_MAPPED && weft_addr_mapped(&ifa->addr))
			weft_mapped_sync_one(wdev, ifa->addr.a32[1]);
	if (!in_dev)
		return;
	in_dev_for_each_ifa_rtnl(in, in_dev)
		weft_mapped_sync_one(wdev, in->ifa_local);
}

/**
 * weft_mapped_sync_net() - the setting of a namespace has changed
 * @net: namespace
 *
 * Context: process; takes RTNL.
 */
void weft_mapped_sync_net(struct net *net)
{
	struct weft_dev *wdev;
	unsigned long index;

	rtnl_lock();
	xa_for_each(&weft_net(net)->devs, index, wdev)
		weft_mapped_sync(wdev);
	rtnl_unlock();
}

/* An IPv4 address is there, or is there no longer; RTNL. */
static int weft_inetaddr_event(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	const struct in_ifaddr *in = ptr;
	struct net_device *dev = in->ifa_dev->dev;
	struct weft_dev *wdev = weft_dev_get(dev_net(dev), dev->ifindex);

	if (wdev)
		weft_mapped_sync_one(wdev, in->ifa_local);
	return NOTIFY_DONE;
}

static struct notifier_block weft_inetaddr_notifier = {
	.notifier_call = weft_inetaddr_event,
};

/* What is there already is found when the devices are. */
int weft_mapped_init(void)
{
	return register_inetaddr_notifier(&weft_inetaddr_notifier);
}

void weft_mapped_exit(void)
{
	unregister_inetaddr_notifier(&weft_inetaddr_notifier);
}
