// SPDX-License-Identifier: GPL-2.0
/* weft addr: show and change the addresses of devices. */
#include <stdio.h>
#include <string.h>

#include "addr.h"
#include "cli.h"
#include "link.h"
#include "names.h"

static const char usage[] =
	"usage: weft addr [show] [FILTER]\n"
	"       weft addr flush FILTER\n"
	"       weft addr {add|change|replace} ADDRESS[/LENGTH] dev DEVICE\n"
	"                 [valid_lft SECONDS|forever] [preferred_lft SECONDS|forever]\n"
	"                 [metric NUMBER] [proto PROTOCOL]\n"
	"                 [nodad] [noprefixroute]\n"
	"       weft addr del ADDRESS[/LENGTH] dev DEVICE\n"
	"FILTER: [[dev] DEVICE] [to PREFIX] [scope SCOPE] [up] [permanent|dynamic]\n"
	"        [[-]tentative] [[-]deprecated] [[-]dadfailed] [[-]nodad]\n"
	"        [[-]noprefixroute]\n";

/* --- show --------------------------------------------------------------------------- */

/* All devices and all addresses, as one pair of dumps found them. */
struct snapshot {
	struct nl_messages links;
	struct nl_messages addrs;
};

static void snapshot_free(struct snapshot *s)
{
	nl_messages_free(&s->links);
	nl_messages_free(&s->addrs);
}

static int collect_addrs(struct nl *nl, struct nl_messages *m)
{
	struct ifaddrmsg *ifa;
	struct nl_request r;

	ifa = nl_request(&r, RTM_GETADDR, 0, sizeof(*ifa));
	ifa->ifa_family = (unsigned char)nl->family;
	return nl_collect(nl, &r.nlh, m);
}

static int snapshot_take(struct nl *nl, struct snapshot *s)
{
	int code;

	memset(s, 0, sizeof(*s));
	code = link_collect(nl, &s->links);
	if (code == CLI_OK)
		code = collect_addrs(nl, &s->addrs);
	return code;
}

static void show_addr(struct out *o, const struct link *l,
		      const struct address *a)
{
	if (out_json(o)) {
		json_open(out_json(o), NULL, '{');
	} else if (o->oneline) {
		out_text(o, "%d:", l->index);
		out_string(o, OUT_DEVICE, NULL, NULL, l->name);
		out_text(o, "   weft");
	} else {
		out_break(o, "    ");
		out_text(o, "weft");
	}
	address_print(o, a, false);
	address_print_lifetime(o, a);
	if (out_json(o))
		json_close(out_json(o), '}');
	else if (o->oneline)
		out_entry_end(o);
}

/* What stands before the addresses of a device, and after them. */
static void begin_device(struct out *o, const struct link *l)
{
	if (o->oneline && !out_json(o))
		return;
	out_entry(o);
	link_print_head(o, l);
	out_list(o, "addr_info");
}

static void end_device(struct out *o)
{
	if (o->oneline && !out_json(o))
		return;
	out_list_end(o);
	out_entry_end(o);
}

/* One device with its addresses; devices without any are left out. */
static void show_device(struct out *o, const struct snapshot *s,
			const struct addr_filter *f, const struct link *l,
			int family)
{
	const struct nlmsghdr *nlh = NULL;
	bool first = true;
	struct address a;

	while ((nlh = nl_messages_next(&s->addrs, nlh))) {
		if (address_parse(nlh, family, &a) || a.index != l->index ||
		    !addr_filter_has(f, &a))
			continue;
		if (first)
			begin_device(o, l);
		first = false;
		show_addr(o, l, &a);
	}
	if (!first)
		end_device(o);
}

static void show(const struct snapshot *s, const struct addr_filter *f,
		 int family)
{
	const struct nlmsghdr *nlh = NULL;
	struct link l;
	struct out o;

	out_init(&o, stdout);
	out_list(&o, NULL);
	while ((nlh = nl_messages_next(&s->links, nlh)))
		if (!link_parse(nlh, family, &l) &&
		    (!f->up || l.flags & IFF_UP))
			show_device(&o, s, f, &l, family);
	out_list_end(&o);
}

static int verb_show(int argc, char **argv)
{
	struct args a = { .word = argv + 1 };
	struct addr_filter f = { 0 };
	struct snapshot s;
	struct nl nl;
	int code;

	(void)argc;
	code = addr_filter_read(&a, &f);
	if (code != CLI_OK)
		return code;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = snapshot_take(&nl, &s);
	if (code == CLI_OK)
		show(&s, &f, nl.family);
	snapshot_free(&s);
	nl_close(&nl);
	return code;
}

/* The verb may be left out before the first word of the filter. */
static int verb_show_dev(int argc, char **argv)
{
	return verb_show(argc + 1, argv - 1);
}

/* --- add, change, replace, del ------------------------------------------------------- */

/* What the command line asks for; lifetimes not given are for ever. */
struct request {
	const char *text;
	struct address addr;
	bool has_preferred;
};

static int take_address(struct args *a, void *into)
{
	struct request *req = into;
	const char *text = *a->word;

	if (req->text) {
		cli_error("one address at a time: '%s'", text);
		return CLI_USAGE;
	}
	req->text = text;
	return args_prefix(a, &req->addr.prefix);
}

static int take_device(struct args *a, void *into)
{
	struct request *req = into;

	return args_device(a, &req->addr.index);
}

static int take_valid(struct args *a, void *into)
{
	struct request *req = into;
	int code = args_lifetime(a, &req->addr.lifetime.ifa_valid);

	if (code == CLI_OK && !req->addr.lifetime.ifa_valid) {
		cli_error("valid_lft '0' is no lifetime");
		return CLI_USAGE;
	}
	req->addr.has_lifetime = true;
	return code;
}

static int take_preferred(struct args *a, void *into)
{
	struct request *req = into;

	req->addr.has_lifetime = true;
	req->has_preferred = true;
	return args_lifetime(a, &req->addr.lifetime.ifa_prefered);
}

static int take_metric(struct args *a, void *into)
{
	struct request *req = into;

	return args_u32(a, 0, UINT32_MAX, &req->addr.metric);
}

static int take_proto(struct args *a, void *into)
{
	struct request *req = into;
	uint32_t proto;
	int code = args_name(a, NAMES_ADDRPROTO, &proto);

	if (code == CLI_OK)
		req->addr.proto = (unsigned char)proto;
	return code;
}

static int take_nodad(struct args *a, void *into)
{
	struct request *req = into;

	(void)a;
	req->addr.flags |= IFA_F_NODAD;
	return CLI_OK;
}

static int take_noprefixroute(struct args *a, void *into)
{
	struct request *req = into;

	(void)a;
	req->addr.flags |= IFA_F_NOPREFIXROUTE;
	return CLI_OK;
}

static const struct keyword request_words[] = {
	{ .name = "dev", .take = take_device },
	{ .name = "local", .take = take_address },
	{ .name = "valid_lft", .take = take_valid },
	{ .name = "preferred_lft", .take = take_preferred },
	{ .name = "metric", .take = take_metric },
	{ .name = "priority", .take = take_metric },
	{ .name = "preference", .take = take_metric },
	{ .name = "proto", .take = take_proto },
	{ .name = "protocol", .take = take_proto },
	{ .name = "nodad", .take = take_nodad },
	{ .name = "noprefixroute", .take = take_noprefixroute },
	{ .take = take_address, .again = true },
};

static int request_read(struct args *a, struct request *req)
{
	struct ifa_cacheinfo *life = &req->addr.lifetime;
	int code;

	memset(req, 0, sizeof(*req));
	life->ifa_valid = UINT32_MAX;
	life->ifa_prefered = UINT32_MAX;
	code = args_read(a, request_words, req);
	if (code != CLI_OK)
		return code;
	if (!req->text || !req->addr.index)
		return CLI_SYNTAX;
	if (!req->has_preferred)
		life->ifa_prefered = life->ifa_valid;
	if (life->ifa_prefered > life->ifa_valid) {
		cli_error("preferred_lft is greater than valid_lft");
		return CLI_USAGE;
	}
	return CLI_OK;
}

static void address_put(struct nl_request *r, int family, int type,
			unsigned int flags, const struct address *a)
{
	struct ifaddrmsg *ifa = nl_request(r, type, flags, sizeof(*ifa));

	ifa->ifa_family = (unsigned char)family;
	ifa->ifa_prefixlen = (unsigned char)a->prefix.len;
	ifa->ifa_index = (unsigned int)a->index;
	nl_put(r, IFA_LOCAL, sizeof(a->prefix.addr), &a->prefix.addr);
}

static int change(struct nl *nl, int type, unsigned int flags,
		  const struct address *a)
{
	struct nl_request r;

	address_put(&r, nl->family, type, flags, a);
	if (a->flags)
		nl_put_u32(&r, IFA_FLAGS, a->flags);
	if (a->proto)
		nl_put_u8(&r, IFA_PROTO, a->proto);
	if (a->metric)
		nl_put_u32(&r, IFA_RT_PRIORITY, a->metric);
	if (a->has_lifetime)
		nl_put(&r, IFA_CACHEINFO, sizeof(a->lifetime), &a->lifetime);
	return nl_talk(nl, &r.nlh, NULL);
}

/* add, change, replace and del: the same request but for its type and flags. */
static int change_one(char **argv, int type, unsigned int flags)
{
	struct args a = { .word = argv + 1 };
	struct request req;
	struct nl nl;
	int code;

	code = request_read(&a, &req);
	if (code != CLI_OK)
		return code;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = change(&nl, type, flags, &req.addr);
	nl_close(&nl);
	return code;
}

static int verb_add(int argc, char **argv)
{
	(void)argc;
	return change_one(argv, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
}

static int verb_change(int argc, char **argv)
{
	(void)argc;
	return change_one(argv, RTM_NEWADDR, NLM_F_REPLACE);
}

static int verb_replace(int argc, char **argv)
{
	(void)argc;
	return change_one(argv, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
}

static int verb_del(int argc, char **argv)
{
	(void)argc;
	return change_one(argv, RTM_DELADDR, 0);
}

/* --- flush ------------------------------------------------------------------------------- */

/* The addresses that the kernel made, and would make again, are left alone. */
static bool is_own(const struct address *a)
{
	return !weft_addr_is_linklocal(&a->prefix.addr) &&
	       !weft_addr_is_loopback(&a->prefix.addr);
}

static int flush(struct nl *nl, const struct nl_messages *m,
		 const struct addr_filter *f)
{
	const struct nlmsghdr *nlh = NULL;
	unsigned int count = 0;
	struct nl_request r;
	struct address a;

	while ((nlh = nl_messages_next(m, nlh))) {
		if (address_parse(nlh, nl->family, &a) || !is_own(&a) ||
		    !addr_filter_has(f, &a))
			continue;
		address_put(&r, nl->family, RTM_DELADDR, 0, &a);
		if (nl_talk(nl, &r.nlh, nl_is_gone) != CLI_OK)
			return CLI_ERROR;
		count++;
	}
	if (cli.stats)
		printf("deleted %u addresses\n", count);
	return CLI_OK;
}

static int verb_flush(int argc, char **argv)
{
	struct args a = { .word = argv + 1 };
	struct addr_filter f = { 0 };
	struct nl_messages m;
	struct nl nl;
	int code;

	(void)argc;
	code = addr_filter_read(&a, &f);
	if (code != CLI_OK)
		return code;
	if (!f.given || f.up)
		return CLI_SYNTAX;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = collect_addrs(&nl, &m);
	if (code == CLI_OK)
		code = flush(&nl, &m, &f);
	nl_messages_free(&m);
	nl_close(&nl);
	return code;
}

static const struct cli_verb verbs[] = {
	{ "show", verb_show },
	{ "list", verb_show },
	{ "lst", verb_show },
	{ "add", verb_add },
	{ "change", verb_change },
	{ "replace", verb_replace },
	{ "del", verb_del },
	{ "delete", verb_del },
	{ "flush", verb_flush },
	{ "dev", verb_show_dev },
	{ 0 }
};

int cmd_addr(int argc, char **argv)
{
	static const struct cli_noun noun = { verbs, usage };

	return cli_noun_run(&noun, argc, argv);
}
