// SPDX-License-Identifier: GPL-2.0
/* A route from the command line. See route.h. */
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "route.h"

/* --- one function a keyword ------------------------------------------------------- */

static int take_to(struct args *a, void *into)
{
	struct route *route = into;

	if (route->dst.set) {
		cli_error("one destination at a time: '%s'", *a->word);
		return CLI_USAGE;
	}
	return args_prefix(a, &route->dst);
}

/* What is no keyword is the type of the route or its destination. */
static int take_type(struct args *a, void *into)
{
	struct route *route = into;
	int type = names_route_type_value(*a->word);

	if (type < 0)
		return take_to(a, into);
	if (route->given & ROUTE_TYPE) {
		cli_error("one type of route at a time: '%s'", *a->word);
		return CLI_USAGE;
	}
	route->type = (uint8_t)type;
	route->given |= ROUTE_TYPE;
	a->word++;
	return CLI_OK;
}

static int take_via(struct args *a, void *into)
{
	struct route *route = into;

	route->only.has_via = true;
	return args_addr_scoped(a, &route->only.via, &route->only.index);
}

static int take_hop_device(struct args *a, struct route_hop *hop)
{
	int index, code = args_device(a, &index);

	if (code != CLI_OK)
		return code;
	if (hop->index && hop->index != index) {
		cli_error("'via' and 'dev' name two devices");
		return CLI_USAGE;
	}
	hop->index = index;
	return CLI_OK;
}

static int take_device(struct args *a, void *into)
{
	struct route *route = into;

	return take_hop_device(a, &route->only);
}

static int take_onlink(struct args *a, void *into)
{
	struct route *route = into;

	(void)a;
	route->flags |= RTNH_F_ONLINK;
	return CLI_OK;
}

static int take_number(struct args *a, struct route *route, unsigned int bit,
		       uint32_t min, uint32_t max, uint32_t *value)
{
	route->given |= bit;
	return args_u32(a, min, max, value);
}

static int take_metric(struct args *a, void *into)
{
	struct route *route = into;

	return take_number(a, route, ROUTE_METRIC, 0, UINT32_MAX,
			   &route->metric);
}

static int take_mtu(struct args *a, void *into)
{
	struct route *route = into;

	return take_number(a, route, ROUTE_MTU, WEFT_MTU_MIN, WEFT_LEN_MAX,
			   &route->mtu);
}

static int take_hop_limit(struct args *a, void *into)
{
	struct route *route = into;

	return take_number(a, route, ROUTE_HOPLIMIT, 1, 255,
			   &route->hop_limit);
}

static int take_expires(struct args *a, void *into)
{
	struct route *route = into;
	int code = args_lifetime(a, &route->expires);

	if (code == CLI_OK && !route->expires) {
		cli_error("expires '0' is no lifetime");
		return CLI_USAGE;
	}
	if (route->expires != UINT32_MAX)
		route->given |= ROUTE_EXPIRES;
	return code;
}

static int take_src(struct args *a, void *into)
{
	struct route *route = into;

	route->given |= ROUTE_SRC;
	return args_addr(a, &route->src);
}

static int take_proto(struct args *a, void *into)
{
	struct route *route = into;

	route->given |= ROUTE_PROTO;
	return args_name(a, NAMES_PROTO, &route->proto);
}

static int take_table(struct args *a, void *into)
{
	struct route *route = into;

	route->given |= ROUTE_TABLE;
	return args_name(a, NAMES_TABLE, &route->table);
}

static int take_scope(struct args *a, void *into)
{
	struct route *route = into;

	route->given |= ROUTE_SCOPE;
	return args_name(a, NAMES_SCOPE, &route->scope);
}

/* --- several next hops ------------------------------------------------------------- */

/* Reads `via A dev D weight N onlink` in any order, to the first other word. */
static int read_hop(struct args *a, struct route_hop *hop)
{
	int code = CLI_OK;

	while (code == CLI_OK && *a->word) {
		if (args_skip(a, "via")) {
			hop->has_via = true;
			code = args_addr_scoped(a, &hop->via, &hop->index);
		} else if (args_skip(a, "dev")) {
			code = take_hop_device(a, hop);
		} else if (args_skip(a, "weight")) {
			code = args_u32(a, 1, 256, &hop->weight);
		} else if (args_skip(a, "onlink")) {
			hop->flags |= RTNH_F_ONLINK;
		} else {
			break;
		}
	}
	return code;
}

static int take_nexthop(struct args *a, void *into)
{
	struct route *route = into;
	struct route_hop *hop;
	int code;

	if (route->hops == ROUTE_HOPS) {
		cli_error("more than %d next hops", ROUTE_HOPS);
		return CLI_USAGE;
	}
	hop = &route->hop[route->hops++];
	hop->weight = 1;
	code = read_hop(a, hop);
	if (code == CLI_OK && !hop->has_via && !hop->index) {
		cli_error("'nexthop' needs 'via' or 'dev'");
		return CLI_USAGE;
	}
	return code;
}

/* --- all of it ------------------------------------------------------------------------ */

static const struct keyword words[] = {
	{ .name = "to", .take = take_to, .again = true },
	{ .name = "via", .take = take_via },
	{ .name = "dev", .take = take_device },
	{ .name = "oif", .take = take_device },
	{ .name = "metric", .take = take_metric },
	{ .name = "priority", .take = take_metric },
	{ .name = "preference", .take = take_metric },
	{ .name = "mtu", .take = take_mtu },
	{ .name = "hoplimit", .take = take_hop_limit },
	{ .name = "src", .take = take_src },
	{ .name = "protocol", .take = take_proto },
	{ .name = "table", .take = take_table },
	{ .name = "scope", .take = take_scope },
	{ .name = "expires", .take = take_expires },
	{ .name = "onlink", .take = take_onlink },
	{ .name = "nexthop", .take = take_nexthop, .again = true },
	{ .take = take_type, .again = true },
};

/* Reads a route to be added or deleted; what is not given stays unknown. */
int route_read(struct args *a, struct route *route)
{
	int code;

	memset(route, 0, sizeof(*route));
	code = args_read(a, words, route);
	if (code != CLI_OK)
		return code;
	if (!route->dst.set)
		return CLI_SYNTAX;
	if (route->hops && (route->only.has_via || route->only.index)) {
		cli_error("a route has 'nexthop' or 'via' and 'dev', not both");
		return CLI_USAGE;
	}
	if (!(route->given & ROUTE_TABLE))
		route->table = RT_TABLE_MAIN;
	return CLI_OK;
}
