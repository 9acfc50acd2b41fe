// SPDX-License-Identifier: GPL-2.0
/* weft group listeners: who a router knows to listen to groups on its links. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "group.h"

/**
 * struct listener - a link of a router, or the listeners of a group on it
 * @index: interface index
 * @has_group: @group is known; else this is the link
 * @group: the group
 * @mode: WEFT_FILTER_*: which other sources are wanted
 * @expires: of WEFT_FILTER_EXCLUDE, ms
 * @n_sources: how many sources listeners named
 * @source: these
 * @has_querier: somebody asks on the link
 * @querier: who
 * @other: it is another router
 */
struct listener {
	int index;
	bool has_group;
	struct weft_addr group;
	uint8_t mode;
	uint32_t expires;
	unsigned int n_sources;
	struct weft_mdb_source source[WEFT_GROUP_SOURCES_MAX];
	bool has_querier;
	struct weft_addr querier;
	bool other;
};

static void parse_sources(struct listener *l, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len > sizeof(l->source) || len % sizeof(l->source[0]))
		return;
	memcpy(l->source, mnl_attr_get_payload(attr), len);
	l->n_sources = (unsigned int)(len / sizeof(l->source[0]));
}

static void parse_attr(struct listener *l, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case WEFT_MDB_GROUP:
		l->has_group = nl_attr_copy(attr, &l->group, sizeof(l->group));
		break;
	case WEFT_MDB_MODE:
		nl_attr_copy(attr, &l->mode, sizeof(l->mode));
		break;
	case WEFT_MDB_EXPIRES:
		nl_attr_copy(attr, &l->expires, sizeof(l->expires));
		break;
	case WEFT_MDB_SOURCES:
		parse_sources(l, attr);
		break;
	case WEFT_MDB_QUERIER:
		l->has_querier = nl_attr_copy(attr, &l->querier, sizeof(l->querier));
		break;
	case WEFT_MDB_OTHER:
		l->other = true;
		break;
	}
}

static int parse(const struct nlmsghdr *nlh, int family, struct listener *l)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWMDB ||
	    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*ifa)) ||
	    ifa->ifa_family != family)
		return -1;
	memset(l, 0, sizeof(*l));
	l->index = (int)ifa->ifa_index;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa))
		parse_attr(l, attr);
	return 0;
}

static void print_source(struct out *o, const struct weft_mdb_source *source)
{
	struct json *json = out_json(o);

	if (json)
		json_open(json, NULL, '{');
	out_addr(o, "source", "source", &source->addr);
	if (source->expires)
		out_uint(o, "expires", "expires", source->expires / 1000);
	else
		out_flag(o, "unwanted");
	if (json)
		json_close(json, '}');
}

static void print_group(struct out *o, const struct listener *l)
{
	bool exclude = l->mode == WEFT_FILTER_EXCLUDE;
	unsigned int i;

	out_addr(o, "group", NULL, &l->group);
	out_device(o, "dev", "dev", l->index);
	out_string(o, OUT_PLAIN, "mode", NULL, exclude ? "exclude" : "include");
	if (exclude)
		out_uint(o, "expires", "expires", l->expires / 1000);
	if (!l->n_sources)
		return;
	out_list(o, "sources");
	for (i = 0; i < l->n_sources; i++) {
		out_break(o, "    ");
		print_source(o, &l->source[i]);
	}
	out_list_end(o);
}

static void print_link(struct out *o, const struct listener *l)
{
	out_device(o, "dev", "dev", l->index);
	if (l->has_querier)
		out_addr(o, "querier", "querier", &l->querier);
	if (l->other)
		out_flag(o, "other");
}

static void show(const struct nl_messages *m, int index, int family)
{
	const struct nlmsghdr *nlh = NULL;
	struct listener l;
	struct out o;

	out_init(&o, stdout);
	out_list(&o, NULL);
	while ((nlh = nl_messages_next(m, nlh))) {
		if (parse(nlh, family, &l) || (index && l.index != index))
			continue;
		out_entry(&o);
		if (l.has_group)
			print_group(&o, &l);
		else
			print_link(&o, &l);
		out_entry_end(&o);
	}
	out_list_end(&o);
}

static int collect(struct nl *nl, struct nl_messages *m)
{
	struct ifaddrmsg *ifa;
	struct nl_request r;

	ifa = nl_request(&r, RTM_GETMDB, 0, sizeof(*ifa));
	ifa->ifa_family = (unsigned char)nl->family;
	return nl_collect(nl, &r.nlh, m);
}

static int take_device(struct args *a, void *into)
{
	a->key = "dev";
	return args_device(a, into);
}

static const struct keyword words[] = {
	{ .name = "dev", .take = take_device },
	{ .take = take_device },
};

int group_listeners(int argc, char **argv)
{
	struct args a = { .word = argv + 1 };
	struct nl_messages m;
	int code, index = 0;
	struct nl nl;

	(void)argc;
	code = args_read(&a, words, &index);
	if (code != CLI_OK)
		return code;
	if (nl_open(&nl))
		return CLI_ERROR;
	code = collect(&nl, &m);
	if (code == CLI_OK)
		show(&m, index, nl.family);
	nl_messages_free(&m);
	nl_close(&nl);
	return code;
}
