/* SPDX-License-Identifier: GPL-2.0 */
/* Where a packet wants to go, and the way that was found. */
#ifndef WEFT_FLOW_H
#define WEFT_FLOW_H

#include <linux/netdevice.h>
#include <linux/uidgid.h>
#include <linux/weft.h>

struct weft_route;

/* Which routes are a way for a packet. */
enum weft_route_kinds {
	WEFT_ROUTES_ALL,
	WEFT_ROUTES_UNICAST,	/* all but those of kind multicast */
	WEFT_ROUTES_MULTICAST,
};

/**
 * struct weft_flow - the way of one packet
 * @dst: where to; filled in by the caller
 * @src: from where; "any" lets weft_route_output() choose
 * @oif: interface index that a link-local or group destination belongs to, or
 *	that the socket is bound to; 0 if neither
 * @iif: interface index that a forwarded packet came by, else 0
 * @mark: of the packet, for rules
 * @uid: of the sender, for rules
 * @next: WEFT_PROTO_*, which with @ports and the addresses decides between next
 *	hops; 0 if unknown
 * @ports: source and destination port, 0 if unknown
 * @kind: which routes may be taken
 * @dev: the device that the packet leaves through
 * @hop: whom on that device's link it is for: a router, or @dst itself
 * @mtu: of the way, bytes
 * @hop_limit: what the route says or a router announced, 0 for the default
 * @route: the route, NULL if the way needed none
 *
 * From @dev on filled in by weft_route_output() or weft_route_input(), valid under
 * the RCU read lock that it was called with.
 */
struct weft_flow {
	struct weft_addr	dst;
	struct weft_addr	src;
	int			oif;
	int			iif;
	u32			mark;
	kuid_t			uid;
	u8			next;
	__be32			ports;
	enum weft_route_kinds	kind;

	struct net_device	*dev;
	struct weft_addr	hop;
	unsigned int		mtu;
	u8			hop_limit;
	const struct weft_route	*route;
};

#endif /* WEFT_FLOW_H */
