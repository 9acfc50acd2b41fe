/* SPDX-License-Identifier: GPL-2.0 */
/* Routes by rtnetlink. */
#ifndef WEFT_ROUTE_NETLINK_H
#define WEFT_ROUTE_NETLINK_H

#include <net/netlink.h>
#include "route.h"

/**
 * struct weft_route_req - a request about routes, its attributes checked
 * @net: namespace
 * @nlh: the request
 * @rtm: its header
 * @tb: its attributes
 * @extack: for the reason of a refusal
 */
struct weft_route_req {
	struct net		*net;
	const struct nlmsghdr	*nlh;
	const struct rtmsg	*rtm;
	struct nlattr		*tb[RTA_MAX + 1];
	struct netlink_ext_ack	*extack;
};

/* route_message.c */
int weft_route_put_addr(struct sk_buff *skb, int attr, const struct weft_addr *a);
int weft_route_put_metrics(struct sk_buff *skb, u32 mtu, u8 hop_limit);
int weft_route_put_expires(struct sk_buff *skb, unsigned long expires);
struct rtmsg *weft_route_put(struct sk_buff *skb, int event, u32 portid, u32 seq,
			     int flags, u32 table);
int weft_route_fill(struct sk_buff *skb, const struct weft_route *route, int event,
		    u32 portid, u32 seq, int flags);
void weft_route_notify(int event, struct net *net, const struct weft_route *route,
		       u32 portid, const struct nlmsghdr *nlh);

/* route_request.c */
extern const struct nla_policy weft_route_policy[RTA_MAX + 1];

int weft_route_req_init(struct weft_route_req *req, struct sk_buff *skb,
			const struct nlmsghdr *nlh,
			struct netlink_ext_ack *extack);
u32 weft_route_req_u32(const struct weft_route_req *req, int attr);
u32 weft_route_req_table(const struct weft_route_req *req);
int weft_route_req_prefix(const struct weft_route_req *req,
			  struct weft_addr *prefix);
struct weft_route *weft_route_req_make(const struct weft_route_req *req);

int weft_route_netlink_init(void);
void weft_route_netlink_exit(void);

#endif /* WEFT_ROUTE_NETLINK_H */
