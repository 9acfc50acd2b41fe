// SPDX-License-Identifier: GPL-2.0
/* A route, printed. See route.h. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "names.h"
#include "route.h"

static void print_prefix(struct out *o, const char *key, const char *label,
			 const struct prefix *p)
{
	char text[WEFT_PREFIXSTRLEN];

	if (p->len == WEFT_ADDR_BITS)
		out_addr(o, key, label, &p->addr);
	else if (!p->len && !label)
		out_string(o, OUT_PLAIN, key, label, "default");
	else
		out_string(o, OUT_ADDR, key, label,
			   weft_prefix_format(&p->addr, p->len, text,
					      sizeof(text)));
}

/* Flags of a route are also those of its next hop. */
static void print_flags(struct out *o, uint32_t flags, enum route_form form)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{ RTNH_F_ONLINK, "onlink" },
		{ RTNH_F_DEAD, "dead" },
		{ RTNH_F_PERVASIVE, "pervasive" },
		{ RTNH_F_OFFLOAD, "offload" },
		{ RTNH_F_LINKDOWN, "linkdown" },
		{ RTNH_F_UNRESOLVED, "unresolved" },
	};
	/* The others are states, not settings. */
	size_t i, n = form == ROUTE_SAVED ? 1 : MNL_ARRAY_SIZE(names);

	out_list(o, "flags");
	for (i = 0; i < n; i++)
		if (flags & names[i].bit)
			out_string(o, OUT_PLAIN, NULL, NULL, names[i].name);
	out_list_end(o);
}

static void print_hop(struct out *o, const struct route_hop *hop)
{
	if (hop->has_via)
		out_addr(o, "gateway", "via", &hop->via);
	if (hop->index)
		out_device(o, "dev", "dev", hop->index);
}

static void print_hops(struct out *o, const struct route *route,
		       enum route_form form)
{
	const struct route_hop *hop = route->hop;

	if (!route->hops)
		return;
	out_list(o, "nexthops");
	for (; hop < route->hop + route->hops; hop++) {
		if (out_json(o))
			json_open(out_json(o), NULL, '{');
		else if (form != ROUTE_SAVED)
			out_break(o, "\t");
		out_text(o, "nexthop");
		print_hop(o, hop);
		out_uint(o, "weight", "weight", hop->weight);
		print_flags(o, hop->flags, form);
		if (out_json(o))
			json_close(out_json(o), '}');
	}
	out_list_end(o);
}

static void print_metrics(struct out *o, const struct route *route)
{
	if (!(route->given & (ROUTE_MTU | ROUTE_HOPLIMIT)))
		return;
	if (out_json(o)) {
		json_open(out_json(o), "metrics", '[');
		json_open(out_json(o), NULL, '{');
	}
	if (route->given & ROUTE_MTU)
		out_uint(o, "mtu", "mtu", route->mtu);
	if (route->given & ROUTE_HOPLIMIT)
		out_uint(o, "hoplimit", "hoplimit", route->hop_limit);
	if (out_json(o)) {
		json_close(out_json(o), '}');
		json_close(out_json(o), ']');
	}
}

/* What is as it mostly is goes without saying. */
static void print_origin(struct out *o, const struct route *route,
			 enum route_form form)
{
	bool all = form == ROUTE_SAVED || cli.details;
	char text[NAMES_LEN];

	if (form == ROUTE_SAVED ||
	    (form == ROUTE_OF_ANY && route->table != RT_TABLE_MAIN))
		out_string(o, OUT_PLAIN, "table", "table",
			   names_text(NAMES_TABLE, route->table, text));
	if (route->proto != RTPROT_BOOT || all)
		out_string(o, OUT_PLAIN, "protocol", "proto",
			   names_text(NAMES_PROTO, route->proto, text));
	if (route->scope != RT_SCOPE_UNIVERSE || all)
		out_string(o, OUT_PLAIN, "scope", "scope",
			   names_text(NAMES_SCOPE, route->scope, text));
	if (route->given & ROUTE_SRC)
		out_addr(o, "prefsrc", "src", &route->src);
	if (route->given & ROUTE_METRIC)
		out_uint(o, "metric", "metric", route->metric);
}

static void print_error(struct out *o, int error)
{
	char text[16];

	if (!error)
		return;
	snprintf(text, sizeof(text), "%d", error);
	out_string(o, OUT_PLAIN, "error", "error", text);
}

static void print_rest(struct out *o, const struct route *route,
		       enum route_form form)
{
	if (form != ROUTE_SAVED)
		print_error(o, route->error);
	if (route->given & ROUTE_EXPIRES) {
		if (out_json(o))
			json_uint(out_json(o), "expires", route->expires);
		else
			out_text(o, "expires %usec", route->expires);
	}
	print_metrics(o, route);
	if (route->iif)
		out_device(o, "iif", "iif", route->iif);
}

void route_print(struct out *o, const struct route *route,
		 enum route_form form)
{
	char text[NAMES_LEN];

	if (route->type != RTN_UNICAST || form == ROUTE_SAVED || cli.details)
		out_string(o, OUT_PLAIN, "type", NULL,
			   names_route_type(route->type, text));
	print_prefix(o, "dst", NULL, &route->dst);
	if (route->from.set && form != ROUTE_SAVED)
		print_prefix(o, "from", "from", &route->from);
	print_hop(o, &route->only);
	print_origin(o, route, form);
	print_flags(o, route->flags, form);
	print_rest(o, route, form);
	print_hops(o, route, form);
}
