/* SPDX-License-Identifier: GPL-2.0 */
/* Where a packet goes out, and with which source. */
#ifndef WEFT_ROUTE_H
#define WEFT_ROUTE_H

#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include "addr.h"
#include "net.h"

/**
 * struct weft_route - the way of one packet
 * @dst: where to; filled in by the caller
 * @src: from where; "any" lets weft_route_output() choose
 * @oif: interface index that a link-local or group destination belongs to, or
 *	that the socket is bound to; 0 if neither
 * @dev: the device that the packet leaves through
 * @mac: whom on that device's link it is for
 *
 * @dev and @mac are filled in by weft_route_output(), valid under the RCU read
 * lock that it was called with.
 */
struct weft_route {
	struct weft_addr	dst;
	struct weft_addr	src;
	int			oif;
	struct net_device	*dev;
	u8			mac[ETH_ALEN];
};

int weft_route_output(struct net *net, struct weft_route *rt);

#endif /* WEFT_ROUTE_H */
