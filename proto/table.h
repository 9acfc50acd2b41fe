/* SPDX-License-Identifier: GPL-2.0 */
/* Tables of routes. */
#ifndef WEFT_TABLE_H
#define WEFT_TABLE_H

#include <linux/netlink.h>
#include "route.h"
#include "trie.h"

struct weft_ifaddr;

/* Of routes to what is on a link. */
#define WEFT_PREFIX_METRIC	256

/**
 * struct weft_table - a table of routes
 * @id: its number, RT_TABLE_*
 * @routes: the first route of each prefix
 * @n_routes: how many routes there are
 *
 * In weft_net.tables from the first route put into it until the namespace goes.
 * Changed under RTNL, read under RCU.
 */
struct weft_table {
	u32			id;
	struct weft_trie	routes;
	unsigned int		n_routes;
};

struct weft_table *weft_table_get(const struct net *net, u32 id);
int weft_table_add(struct net *net, struct weft_route *route, u16 nl_flags,
		   struct netlink_ext_ack *extack);
void weft_table_del(struct net *net, struct weft_route *route);
void weft_table_flush_dev(struct net *net, const struct net_device *dev);
void weft_table_add_prefix(const struct weft_ifaddr *ifa);
void weft_table_del_prefix(const struct weft_ifaddr *ifa);

struct weft_route *weft_route_alloc(unsigned int n_hops);
void weft_route_add_hop(struct weft_route *route, const struct weft_nexthop *like);
void weft_route_free(struct weft_route *route);

int weft_table_init_net(struct net *net);
void weft_table_exit_net(struct net *net);

#endif /* WEFT_TABLE_H */
