/* SPDX-License-Identifier: GPL-2.0 */
/* A route, as rtnetlink tells of it. */
#ifndef WEFT_TOOLS_ROUTE_H
#define WEFT_TOOLS_ROUTE_H

#include <linux/rtnetlink.h>

#include "args.h"
#include "netlink.h"
#include "out.h"

/* Next hops of a route, at most. */
#define ROUTE_HOPS	256

/* Bits of route.given: what was told or asked for. */
enum {
	ROUTE_TYPE	= 1 << 0,
	ROUTE_PROTO	= 1 << 1,
	ROUTE_SCOPE	= 1 << 2,
	ROUTE_TABLE	= 1 << 3,
	ROUTE_METRIC	= 1 << 4,
	ROUTE_MTU	= 1 << 5,
	ROUTE_HOPLIMIT	= 1 << 6,
	ROUTE_EXPIRES	= 1 << 7,
	ROUTE_SRC	= 1 << 8,
};

/**
 * struct route_hop - a next hop
 * @has_via: it has a gateway, in @via
 * @via: gateway
 * @index: interface index, 0 when not given
 * @flags: RTNH_F_*
 * @weight: its share of the flows, 1 to 256
 */
struct route_hop {
	bool has_via;
	struct weft_addr via;
	int index;
	uint8_t flags;
	unsigned int weight;
};

/**
 * struct route - a route
 * @given: ROUTE_*: what of the following is known
 * @flags: RTM_F_* and RTNH_F_*
 * @dst: destinations
 * @from: sources, in an answer
 * @type: RTN_*
 * @proto: RTPROT_*: who made it
 * @scope: RT_SCOPE_*
 * @table: table that it is in
 * @metric: the smallest wins
 * @mtu: of the path, bytes
 * @hop_limit: for packets that have none of their own
 * @expires: seconds left
 * @error: a negative errno that senders get
 * @src: source for packets that have none
 * @iif: device that packets come by, in an answer
 * @only: the next hop of a route that has one
 * @hops: next hops in @hop; 0 for a route that has one
 * @hop: next hops
 */
struct route {
	unsigned int given;
	uint32_t flags;
	struct prefix dst;
	struct prefix from;
	uint8_t type;
	uint32_t proto;
	uint32_t scope;
	uint32_t table;
	uint32_t metric;
	uint32_t mtu;
	uint32_t hop_limit;
	uint32_t expires;
	int error;
	struct weft_addr src;
	int iif;
	struct route_hop only;
	unsigned int hops;
	struct route_hop hop[ROUTE_HOPS];
};

/* How a route is printed. */
enum route_form {
	ROUTE_OF_TABLE,	/* the table goes without saying */
	ROUTE_OF_ANY,	/* the table is told unless it is main */
	ROUTE_SAVED,	/* as `weft route add` takes it */
};

/* route_entry.c */
int route_parse(const struct nlmsghdr *nlh, int family, struct route *route);
void route_put(struct nl_request *r, int family, int type, unsigned int flags,
	       const struct route *route);

/* route_print.c */
void route_print(struct out *o, const struct route *route,
		 enum route_form form);

/* route_request.c */
int route_read(struct args *a, struct route *route);

/**
 * struct route_filter - which routes are meant
 * @like: all that is given in it must be equal
 * @all_tables: of all tables
 * @root: they are in this prefix
 * @match: this prefix is in them
 * @exact: they are of this prefix
 */
struct route_filter {
	struct route like;
	bool all_tables;
	struct prefix root;
	struct prefix match;
	struct prefix exact;
};

/* route_filter.c */
int route_filter_read(struct args *a, struct route_filter *f);
bool route_filter_has(const struct route_filter *f, const struct route *route);

#endif /* WEFT_TOOLS_ROUTE_H */
