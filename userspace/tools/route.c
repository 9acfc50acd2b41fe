// SPDX-License-Identifier: GPL-2.0
/* weft route: show and change the routes. */
#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "cli.h"
#include "route.h"

static const char usage[] =
	"usage: weft route [show|flush|save] [FILTER]\n"
	"       weft route {add|change|replace|append|prepend|del} [TYPE] PREFIX\n"
	"                  [HOP | nexthop HOP [nexthop HOP]...] [OPTIONS]\n"
	"       weft route get ADDRESS [from ADDRESS] [iif DEVICE] [oif DEVICE]\n"
	"                  [mark MARK] [fibmatch]\n"
	"       weft route restore\n"
	"TYPE: unicast local blackhole unreachable prohibit\n"
	"HOP: [via ADDRESS[%DEVICE]] [dev DEVICE] [weight NUMBER] [onlink]\n"
	"OPTIONS: [table TABLE] [proto PROTOCOL] [scope SCOPE] [metric NUMBER]\n"
	"         [src ADDRESS] [mtu BYTES] [hoplimit NUMBER] [expires SECONDS]\n"
	"FILTER: [[exact|root|match] PREFIX] [table TABLE|all] [cache] [dev DEVICE]\n"
	"        [via ADDRESS] [proto PROTOCOL] [type TYPE] [scope SCOPE]\n"
	"        [src ADDRESS] [metric NUMBER]\n";

/* --- show, flush and save --------------------------------------------------------- */

static int collect(struct nl *nl, const struct route_filter *f,
		   struct nl_messages *m)
{
	struct nl_request r;
	struct rtmsg *rtm;

	rtm = nl_request(&r, RTM_GETROUTE, 0, sizeof(*rtm));
	rtm->rtm_family = (unsigned char)nl->family;
	rtm->rtm_flags = f->like.flags & RTM_F_CLONED;
	return nl_collect(nl, &r.nlh, m);
}

/* The next route of a list that the filter takes; NULL after the last. */
static const struct nlmsghdr *next_route(const struct nl *nl,
					 const struct nl_messages *m,
					 const struct route_filter *f,
					 const struct nlmsghdr *nlh,
					 struct route *route)
{
	while ((nlh = nl_messages_next(m, nlh)))
		if (!route_parse(nlh, nl->family, route) &&
		    route_filter_has(f, route))
			break;
	return nlh;
}

static int show(struct nl *nl, const struct nl_messages *m,
		const struct route_filter *f)
{
	const struct nlmsghdr *nlh = NULL;
	struct route route;
	struct out o;

	out_init(&o, stdout);
	out_list(&o, NULL);
	while ((nlh = next_route(nl, m, f, nlh, &route))) {
		out_entry(&o);
		route_print(&o, &route,
			    f->all_tables ? ROUTE_OF_ANY : ROUTE_OF_TABLE);
		out_entry_end(&o);
	}
	out_list_end(&o);
	return CLI_OK;
}

static bool has_gateway(const struct route *route)
{
	return route->only.has_via || route->hops;
}

/*
 * Prints those that have a gateway, or those that have none. The kernel's own
 * come with addresses and devices and are left out unless asked for.
 */
static void save_part(struct nl *nl, const struct nl_messages *m,
		      const struct route_filter *f, bool gateways)
{
	const struct nlmsghdr *nlh = NULL;
	struct route route;
	struct out o;

	out_init_plain(&o, stdout);
	while ((nlh = next_route(nl, m, f, nlh, &route))) {
		if (has_gateway(&route) != gateways ||
		    (route.proto == RTPROT_KERNEL &&
		     !(f->like.given & ROUTE_PROTO)))
			continue;
		out_entry(&o);
		out_text(&o, "route add");
		route_print(&o, &route, ROUTE_SAVED);
		out_entry_end(&o);
	}
}

/*
 * Lines that `weft route restore` reads, and `weft -batch` as well. Gateways
 * are reached by routes without one, so those come first.
 */
static int save(struct nl *nl, const struct nl_messages *m,
		const struct route_filter *f)
{
	save_part(nl, m, f, false);
	save_part(nl, m, f, true);
	return CLI_OK;
}

static int flush(struct nl *nl, const struct nl_messages *m,
		 const struct route_filter *f)
{
	const struct nlmsghdr *nlh = NULL;
	unsigned int count = 0;
	struct nl_request r;
	struct route route;

	while ((nlh = next_route(nl, m, f, nlh, &route))) {
		route_put(&r, nl->family, RTM_DELROUTE, 0, &route);
		/* Exceptions do not follow routes: what is there must go. */
		if (nl_talk(nl, &r.nlh,
			    route.flags & RTM_F_CLONED ? NULL : nl_is_gone))
			return CLI_ERROR;
		count++;
	}
	if (cli.stats)
		printf("deleted %u routes\n", count);
	return CLI_OK;
}

/* What the three have in common: a list, and a filter of it. */
static int with_list(char **argv, int (*fn)(struct nl *nl,
					    const struct nl_messages *m,
					    const struct route_filter *f))
{
	struct args a = { .word = argv + 1 };
	struct route_filter f;
	struct nl_messages m;
	struct nl nl;
	int code;

	code = route_filter_read(&a, &f);
	if (code != CLI_OK)
		return code;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = collect(&nl, &f, &m);
	if (code == CLI_OK)
		code = fn(&nl, &m, &f);
	nl_messages_free(&m);
	nl_close(&nl);
	return code;
}

static int verb_show(int argc, char **argv)
{
	(void)argc;
	return with_list(argv, show);
}

static int verb_save(int argc, char **argv)
{
	(void)argc;
	return with_list(argv, save);
}

/* Nobody loses all routes by a word too few. */
static int verb_flush(int argc, char **argv)
{
	return argc < 2 ? CLI_SYNTAX : with_list(argv, flush);
}

/* --- add, change, replace, append, del, restore -------------------------------------- */

static int send_route(const struct route *route, int type, unsigned int flags,
		      bool (*harmless)(int error))
{
	struct nl_request r;
	struct nl nl;
	int code;

	if (nl_open(&nl))
		return CLI_ERROR;
	route_put(&r, nl.family, type, flags, route);
	code = nl_talk(&nl, &r.nlh, harmless);
	nl_close(&nl);
	return code;
}

static int add(char **words, unsigned int flags, bool (*harmless)(int error))
{
	struct args a = { .word = words };
	struct route route;
	int code = route_read(&a, &route);

	if (code != CLI_OK)
		return code;
	if (!(route.given & ROUTE_TYPE))
		route.type = RTN_UNICAST;
	if (!(route.given & ROUTE_PROTO))
		route.proto = RTPROT_BOOT;
	if (route.type == RTN_UNICAST && !route.hops && !route.only.has_via &&
	    !route.only.index) {
		cli_error("a unicast route needs 'via', 'dev' or 'nexthop'");
		return CLI_USAGE;
	}
	return send_route(&route, RTM_NEWROUTE, flags, harmless);
}

static int verb_add(int argc, char **argv)
{
	(void)argc;
	return add(argv + 1, NLM_F_CREATE | NLM_F_EXCL, NULL);
}

static int verb_change(int argc, char **argv)
{
	(void)argc;
	return add(argv + 1, NLM_F_REPLACE, NULL);
}

static int verb_replace(int argc, char **argv)
{
	(void)argc;
	return add(argv + 1, NLM_F_CREATE | NLM_F_REPLACE, NULL);
}

static int verb_append(int argc, char **argv)
{
	(void)argc;
	return add(argv + 1, NLM_F_CREATE | NLM_F_APPEND, NULL);
}

static int verb_prepend(int argc, char **argv)
{
	(void)argc;
	return add(argv + 1, NLM_F_CREATE, NULL);
}

/* What is not given may be anything. */
static int verb_del(int argc, char **argv)
{
	struct args a = { .word = argv + 1 };
	struct route route;
	int code = route_read(&a, &route);

	(void)argc;
	if (code != CLI_OK)
		return code;
	if (!(route.given & ROUTE_SCOPE))
		route.scope = RT_SCOPE_NOWHERE;
	return send_route(&route, RTM_DELROUTE, 0, NULL);
}

static int restore_line(int argc, char **argv)
{
	int code;

	if (argc < 2 || strcmp(argv[0], "route") || strcmp(argv[1], "add")) {
		cli_error("'%s' does not begin a saved route", argv[0]);
		return CLI_USAGE;
	}
	code = add(argv + 2, NLM_F_CREATE | NLM_F_EXCL, nl_is_there);
	return code == CLI_OK || code == CLI_ERROR ? code : CLI_USAGE;
}

static int verb_restore(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return CLI_SYNTAX;
	return batch_run(stdin, "standard input", restore_line);
}

/* --- get -------------------------------------------------------------------------------- */

/* What the command line asks for: a packet. */
struct flow {
	bool has_to;
	struct weft_addr to;
	bool has_from;
	struct weft_addr from;
	int iif;
	int oif;
	bool has_mark;
	uint32_t mark;
	bool fibmatch;
};

static int take_to(struct args *a, void *into)
{
	struct flow *flow = into;

	if (flow->has_to) {
		cli_error("one destination at a time: '%s'", *a->word);
		return CLI_USAGE;
	}
	flow->has_to = true;
	return args_addr_scoped(a, &flow->to, &flow->oif);
}

static int take_from(struct args *a, void *into)
{
	struct flow *flow = into;

	flow->has_from = true;
	return args_addr(a, &flow->from);
}

static int take_iif(struct args *a, void *into)
{
	struct flow *flow = into;

	return args_device(a, &flow->iif);
}

static int take_oif(struct args *a, void *into)
{
	struct flow *flow = into;

	return args_device(a, &flow->oif);
}

static int take_mark(struct args *a, void *into)
{
	struct flow *flow = into;
	const char *word;
	int code = args_word(a, &word);

	flow->has_mark = true;
	return code == CLI_OK ? args_hex(a, word, &flow->mark) : code;
}

static int take_fibmatch(struct args *a, void *into)
{
	struct flow *flow = into;

	(void)a;
	flow->fibmatch = true;
	return CLI_OK;
}

static const struct keyword get_words[] = {
	{ .name = "to", .take = take_to, .again = true },
	{ .name = "from", .take = take_from },
	{ .name = "iif", .take = take_iif },
	{ .name = "oif", .take = take_oif },
	{ .name = "dev", .take = take_oif },
	{ .name = "mark", .take = take_mark },
	{ .name = "fibmatch", .take = take_fibmatch },
	{ .take = take_to, .again = true },
};

static void flow_put(struct nl_request *r, int family, const struct flow *flow)
{
	struct rtmsg *rtm = nl_request(r, RTM_GETROUTE, 0, sizeof(*rtm));

	rtm->rtm_family = (unsigned char)family;
	rtm->rtm_dst_len = WEFT_ADDR_BITS;
	if (flow->fibmatch)
		rtm->rtm_flags = RTM_F_FIB_MATCH;
	nl_put(r, RTA_DST, sizeof(flow->to), &flow->to);
	if (flow->has_from) {
		rtm->rtm_src_len = WEFT_ADDR_BITS;
		nl_put(r, RTA_SRC, sizeof(flow->from), &flow->from);
	}
	if (flow->iif)
		nl_put_u32(r, RTA_IIF, (uint32_t)flow->iif);
	if (flow->oif)
		nl_put_u32(r, RTA_OIF, (uint32_t)flow->oif);
	if (flow->has_mark)
		nl_put_u32(r, RTA_MARK, flow->mark);
}

static int show_answer(const struct nlmsghdr *nlh, void *arg)
{
	const struct nl *nl = arg;
	struct route route;
	struct out o;

	if (route_parse(nlh, nl->family, &route))
		return MNL_CB_OK;
	out_init(&o, stdout);
	out_list(&o, NULL);
	out_entry(&o);
	route_print(&o, &route, ROUTE_OF_ANY);
	out_entry_end(&o);
	out_list_end(&o);
	return MNL_CB_OK;
}

static int verb_get(int argc, char **argv)
{
	struct args a = { .word = argv + 1 };
	struct flow flow = { 0 };
	struct nl_request r;
	struct nl nl;
	int code;

	(void)argc;
	code = args_read(&a, get_words, &flow);
	if (code != CLI_OK)
		return code;
	if (!flow.has_to)
		return CLI_SYNTAX;
	if (nl_open(&nl))
		return CLI_ERROR;
	flow_put(&r, nl.family, &flow);
	code = nl_ask(&nl, &r.nlh, show_answer, &nl);
	nl_close(&nl);
	return code;
}

static const struct cli_verb verbs[] = {
	{ "show", verb_show },
	{ "list", verb_show },
	{ "lst", verb_show },
	{ "get", verb_get },
	{ "add", verb_add },
	{ "change", verb_change },
	{ "chg", verb_change },
	{ "replace", verb_replace },
	{ "prepend", verb_prepend },
	{ "append", verb_append },
	{ "del", verb_del },
	{ "delete", verb_del },
	{ "flush", verb_flush },
	{ "save", verb_save },
	{ "restore", verb_restore },
	{ 0 }
};

int cmd_route(int argc, char **argv)
{
	static const struct cli_noun noun = { verbs, usage };

	return cli_noun_run(&noun, argc, argv);
}
