// SPDX-License-Identifier: GPL-2.0
/* Which routes are meant: the filter of show, flush and save. See route.h. */
#include <string.h>

#include "names.h"
#include "route.h"

/* --- from the command line -------------------------------------------------------- */

static int take_exact(struct args *a, void *into)
{
	struct route_filter *f = into;

	if (f->exact.set) {
		cli_error("one prefix at a time: '%s'", *a->word);
		return CLI_USAGE;
	}
	return args_prefix(a, &f->exact);
}

static int take_root(struct args *a, void *into)
{
	struct route_filter *f = into;

	return args_prefix(a, &f->root);
}

static int take_match(struct args *a, void *into)
{
	struct route_filter *f = into;

	return args_prefix(a, &f->match);
}

/* What follows 'to' says more, or is the prefix. */
static int take_to(struct args *a, void *into)
{
	if (args_skip(a, "root"))
		return take_root(a, into);
	if (args_skip(a, "match"))
		return take_match(a, into);
	args_skip(a, "exact");
	return take_exact(a, into);
}

static int take_cache(struct args *a, void *into)
{
	struct route_filter *f = into;

	(void)a;
	f->like.flags |= RTM_F_CLONED;
	f->all_tables = true;
	return CLI_OK;
}

static int take_table(struct args *a, void *into)
{
	struct route_filter *f = into;

	if (args_skip(a, "cache"))
		return take_cache(a, into);
	f->all_tables = args_skip(a, "all");
	if (f->all_tables)
		return CLI_OK;
	return args_name(a, NAMES_TABLE, &f->like.table);
}

static int take_device(struct args *a, void *into)
{
	struct route_filter *f = into;

	return args_device(a, &f->like.only.index);
}

static int take_via(struct args *a, void *into)
{
	struct route_hop *hop = &((struct route_filter *)into)->like.only;

	hop->has_via = true;
	return args_addr_scoped(a, &hop->via, &hop->index);
}

static int take_src(struct args *a, void *into)
{
	struct route_filter *f = into;

	f->like.given |= ROUTE_SRC;
	return args_addr(a, &f->like.src);
}

static int take_proto(struct args *a, void *into)
{
	struct route_filter *f = into;

	f->like.given |= ROUTE_PROTO;
	return args_name(a, NAMES_PROTO, &f->like.proto);
}

static int take_scope(struct args *a, void *into)
{
	struct route_filter *f = into;

	f->like.given |= ROUTE_SCOPE;
	return args_name(a, NAMES_SCOPE, &f->like.scope);
}

static int take_metric(struct args *a, void *into)
{
	struct route_filter *f = into;

	f->like.given |= ROUTE_METRIC;
	return args_u32(a, 0, UINT32_MAX, &f->like.metric);
}

static int set_type(struct route_filter *f, const char *word)
{
	int type = names_route_type_value(word);

	if (type < 0)
		return -1;
	f->like.type = (uint8_t)type;
	f->like.given |= ROUTE_TYPE;
	return 0;
}

static int take_type(struct args *a, void *into)
{
	const char *word;
	int code = args_word(a, &word);

	if (code != CLI_OK || !set_type(into, word))
		return code;
	return args_bad(a, word, "a type of routes");
}

/* A word alone is a type or a prefix. */
static int take_word(struct args *a, void *into)
{
	if (set_type(into, *a->word))
		return take_exact(a, into);
	a->word++;
	return CLI_OK;
}

static const struct keyword words[] = {
	{ .name = "table", .take = take_table },
	{ .name = "dev", .take = take_device },
	{ .name = "oif", .take = take_device },
	{ .name = "protocol", .take = take_proto },
	{ .name = "via", .take = take_via },
	{ .name = "src", .take = take_src },
	{ .name = "type", .take = take_type },
	{ .name = "scope", .take = take_scope },
	{ .name = "metric", .take = take_metric },
	{ .name = "to", .take = take_to, .again = true },
	{ .name = "root", .take = take_root },
	{ .name = "match", .take = take_match },
	{ .name = "exact", .take = take_exact },
	{ .name = "cache", .take = take_cache },
	{ .take = take_word, .again = true },
};

int route_filter_read(struct args *a, struct route_filter *f)
{
	memset(f, 0, sizeof(*f));
	f->like.table = RT_TABLE_MAIN;
	return args_read(a, words, f);
}

/* --- in use ----------------------------------------------------------------------------- */

static bool is_in_place(const struct route_filter *f, const struct route *route)
{
	const struct weft_addr *dst = &route->dst.addr;

	if (f->root.set && route->dst.len < f->root.len)
		return false;
	if (f->exact.set && route->dst.len != f->exact.len)
		return false;
	if (f->match.set &&
	    (route->dst.len > f->match.len ||
	     !prefix_has(&route->dst, &f->match.addr)))
		return false;
	return prefix_has(&f->root, dst) && prefix_has(&f->exact, dst);
}

static bool hop_is_like(const struct route_hop *hop,
			const struct route_hop *like)
{
	if (like->index && like->index != hop->index)
		return false;
	return !like->has_via ||
	       (hop->has_via && weft_addr_equal(&hop->via, &like->via));
}

/* One of the next hops is enough. */
static bool has_hop(const struct route *route, const struct route_hop *like)
{
	unsigned int i;

	if (!route->hops)
		return hop_is_like(&route->only, like);
	for (i = 0; i < route->hops; i++)
		if (hop_is_like(&route->hop[i], like))
			return true;
	return false;
}

bool route_filter_has(const struct route_filter *f, const struct route *route)
{
	const struct route *like = &f->like;
	unsigned int given = like->given;

	return (f->all_tables || route->table == like->table) &&
	       (route->flags & RTM_F_CLONED) == (like->flags & RTM_F_CLONED) &&
	       (!(given & ROUTE_TYPE) || route->type == like->type) &&
	       (!(given & ROUTE_PROTO) || route->proto == like->proto) &&
	       (!(given & ROUTE_SCOPE) || route->scope == like->scope) &&
	       (!(given & ROUTE_METRIC) || route->metric == like->metric) &&
	       (!(given & ROUTE_SRC) ||
		(route->given & ROUTE_SRC &&
		 weft_addr_equal(&route->src, &like->src))) &&
	       is_in_place(f, route) && has_hop(route, &like->only);
}
