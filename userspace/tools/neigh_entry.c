// SPDX-License-Identifier: GPL-2.0
/* A neighbour: from a message, and printed. See neigh.h. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "link.h"
#include "names.h"
#include "neigh.h"

/* --- from a message -------------------------------------------------------------- */

static bool parse_attr(struct neigh *n, const struct nlattr *attr)
{
	unsigned int len = mnl_attr_get_payload_len(attr);

	switch (mnl_attr_get_type(attr)) {
	case NDA_DST:
		return nl_attr_copy(attr, &n->addr, sizeof(n->addr));
	case NDA_LLADDR:
		if (len > sizeof(n->mac))
			break;
		n->mac_len = len;
		memcpy(n->mac, mnl_attr_get_payload(attr), len);
		break;
	case NDA_CACHEINFO:
		n->has_times = nl_attr_copy(attr, &n->times, sizeof(n->times));
		break;
	case NDA_PROBES:
		n->has_probes = nl_attr_copy(attr, &n->probes,
					     sizeof(n->probes));
		break;
	case NDA_PROTOCOL:
		nl_attr_copy(attr, &n->proto, sizeof(n->proto));
		break;
	}
	return false;
}

/* Returns -1 for messages that are of another family or have no address. */
int neigh_parse(const struct nlmsghdr *nlh, int family, struct neigh *n)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	bool found = false;

	if ((nlh->nlmsg_type != RTM_NEWNEIGH &&
	     nlh->nlmsg_type != RTM_DELNEIGH) ||
	    nlh->nlmsg_len < mnl_nlmsg_size(sizeof(*ndm)) ||
	    ndm->ndm_family != family)
		return -1;
	memset(n, 0, sizeof(*n));
	n->index = ndm->ndm_ifindex;
	n->state = ndm->ndm_state;
	n->flags = ndm->ndm_flags;
	mnl_attr_for_each(attr, nlh, sizeof(*ndm))
		found |= parse_attr(n, attr);
	return found ? 0 : -1;
}

/* --- printed ------------------------------------------------------------------------ */

static const struct {
	uint16_t bit;
	const char *name;	/* for the command line */
	const char *shown;
} states[] = {
	{ NUD_INCOMPLETE, "incomplete", "INCOMPLETE" },
	{ NUD_REACHABLE, "reachable", "REACHABLE" },
	{ NUD_STALE, "stale", "STALE" },
	{ NUD_DELAY, "delay", "DELAY" },
	{ NUD_PROBE, "probe", "PROBE" },
	{ NUD_FAILED, "failed", "FAILED" },
	{ NUD_NOARP, "noarp", "NOARP" },
	{ NUD_PERMANENT, "permanent", "PERMANENT" },
	{ NUD_NONE, "none", "NONE" },
};

/* NUD_* of a name, or -1. */
int neigh_state_value(const char *name)
{
	size_t i;

	for (i = 0; i < MNL_ARRAY_SIZE(states); i++)
		if (!strcmp(name, states[i].name))
			return states[i].bit;
	return -1;
}

/* The kernel counts in ticks of USER_HZ; we show seconds. */
static void print_times(struct out *o, const struct nda_cacheinfo *times)
{
	unsigned long hz = (unsigned long)sysconf(_SC_CLK_TCK);

	if (out_json(o)) {
		json_uint(out_json(o), "used", times->ndm_used / hz);
		json_uint(out_json(o), "confirmed",
			  times->ndm_confirmed / hz);
		json_uint(out_json(o), "updated", times->ndm_updated / hz);
		return;
	}
	out_text(o, "used %lu/%lu/%lu", times->ndm_used / hz,
		 times->ndm_confirmed / hz, times->ndm_updated / hz);
}

static void print_states(struct out *o, const struct neigh *n)
{
	size_t i;

	/* A proxy entry has none. */
	if (n->flags & NTF_PROXY)
		return;
	out_list(o, "state");
	for (i = 0; i < MNL_ARRAY_SIZE(states); i++)
		if (n->state == states[i].bit || n->state & states[i].bit)
			out_string(o, OUT_PLAIN, NULL, NULL, states[i].shown);
	out_list_end(o);
}

void neigh_print(struct out *o, const struct neigh *n)
{
	char mac[LINK_MACSTRLEN], name[NAMES_LEN];

	out_addr(o, "dst", NULL, &n->addr);
	/* A proxy entry may be for all devices. */
	if (n->index)
		out_device(o, "dev", "dev", n->index);
	if (n->mac_len)
		out_string(o, OUT_MAC, "lladdr", "lladdr",
			   link_mac_format(n->mac, n->mac_len, mac,
					   sizeof(mac)));
	if (n->flags & NTF_ROUTER)
		out_flag(o, "router");
	if (n->flags & NTF_PROXY)
		out_flag(o, "proxy");
	if (cli.stats && n->has_times)
		print_times(o, &n->times);
	if (cli.stats && n->has_probes)
		out_uint(o, "probes", "probes", n->probes);
	if (n->proto)
		out_string(o, OUT_PLAIN, "protocol", "proto",
			   names_text(NAMES_PROTO, n->proto, name));
	print_states(o, n);
}
