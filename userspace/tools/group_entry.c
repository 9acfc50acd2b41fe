// SPDX-License-Identifier: GPL-2.0
/* A group of a device: from a message, and printed. See group.h. */
#include <string.h>

#include "cli.h"
#include "group.h"

static void parse_sources(struct group *g, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	if (len > sizeof(g->source) || len % sizeof(g->source[0]))
		return;
	memcpy(g->source, mnl_attr_get_payload(attr), len);
	g->n_sources = (unsigned int)(len / sizeof(g->source[0]));
}

static void parse_attr(struct group *g, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case IFA_MULTICAST:
		g->has_addr = nl_attr_copy(attr, &g->addr, sizeof(g->addr));
		break;
	case WEFT_IFA_USERS:
		nl_attr_copy(attr, &g->users, sizeof(g->users));
		break;
	case WEFT_IFA_BY_HAND:
		g->by_hand = true;
		break;
	case WEFT_IFA_MODE:
		nl_attr_copy(attr, &g->mode, sizeof(g->mode));
		break;
	case WEFT_IFA_SOURCES:
		parse_sources(g, attr);
		break;
	}
}

/* Returns -1 for messages that are of another family or have no group. */
int group_parse(const struct nlmsghdr *nlh, int family, struct group *g)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if ((nlh->nlmsg_type != WEFT_RTM_NEWMULTICAST &&
	     nlh->nlmsg_type != WEFT_RTM_DELMULTICAST) ||
	    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*ifa)) ||
	    ifa->ifa_family != family)
		return -1;
	memset(g, 0, sizeof(*g));
	g->index = (int)ifa->ifa_index;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa))
		parse_attr(g, attr);
	return g->has_addr ? 0 : -1;
}

/* The filter, if not all sources are wanted. */
static void print_sources(struct out *o, const struct group *g)
{
	const char *mode = g->mode == WEFT_FILTER_INCLUDE ? "include" : "exclude";
	unsigned int i;

	if (g->mode == WEFT_FILTER_EXCLUDE && !g->n_sources && !cli.details)
		return;
	out_string(o, OUT_PLAIN, "mode", NULL, mode);
	if (!g->n_sources)
		return;
	out_list(o, "sources");
	for (i = 0; i < g->n_sources; i++)
		out_addr(o, NULL, NULL, &g->source[i]);
	out_list_end(o);
}

void group_print(struct out *o, const struct group *g)
{
	out_addr(o, "group", NULL, &g->addr);
	out_device(o, "dev", "dev", g->index);
	if (g->by_hand)
		out_flag(o, "static");
	if (cli.stats)
		out_uint(o, "users", "users", g->users);
	print_sources(o, g);
}
