/* SPDX-License-Identifier: GPL-2.0 */
/* What Weft keeps for each network namespace. */
#ifndef WEFT_NET_H
#define WEFT_NET_H

#include <linux/ratelimit.h>
#include <linux/spinlock.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#define WEFT_ADDR_HASH_BITS	7

struct weft_mib;

/**
 * struct weft_net - Weft in one network namespace
 * @devs: struct weft_dev by interface index
 * @addrs: struct weft_ifaddr by address
 * @mib: counters
 * @error_limit: how many errors may be sent
 *
 * Lives from the namespace's creation, or the module's loading, to the end of
 * either. @devs and @addrs are changed under RTNL and read under RCU.
 */
struct weft_net {
	struct xarray		devs;
	struct hlist_head	addrs[1 << WEFT_ADDR_HASH_BITS];
	struct weft_mib __percpu *mib;
	struct ratelimit_state	error_limit;
};

extern unsigned int weft_net_id;
extern int weft_family;
extern __be16 weft_ethertype;

static inline struct weft_net *weft_net(const struct net *net)
{
	return net_generic(net, weft_net_id);
}

#endif /* WEFT_NET_H */
