// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: messages of netlink as the commands read and print them. The first
 * byte chooses the form, the others are the message behind its header.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "group.h"
#include "link.h"
#include "neigh.h"
#include "route.h"
#include "rule.h"
#include "track.h"

#define FAMILY	18

static void print_address(struct out *o, const struct nlmsghdr *nlh)
{
	struct address a;

	if (address_parse(nlh, FAMILY, &a))
		return;
	address_print(o, &a, true);
	address_print_lifetime(o, &a);
}

static void print_route(struct out *o, const struct nlmsghdr *nlh)
{
	struct route route;

	if (!route_parse(nlh, FAMILY, &route))
		route_print(o, &route, ROUTE_OF_ANY);
}

static void print_neigh(struct out *o, const struct nlmsghdr *nlh)
{
	struct neigh n;

	if (!neigh_parse(nlh, FAMILY, &n))
		neigh_print(o, &n);
}

static void print_link(struct out *o, const struct nlmsghdr *nlh)
{
	struct link l;

	if (!link_parse(nlh, FAMILY, &l))
		link_print(o, &l);
}

static void print_rule(struct out *o, const struct nlmsghdr *nlh)
{
	struct rule rule;

	if (!rule_parse(nlh, FAMILY, &rule))
		rule_print(o, &rule, false);
}

static void print_group(struct out *o, const struct nlmsghdr *nlh)
{
	struct group g;

	if (!group_parse(nlh, FAMILY, &g))
		group_print(o, &g);
}

static void print_track(struct out *o, const struct nlmsghdr *nlh)
{
	struct track t;

	if (!track_parse(nlh, &t))
		track_print(o, &t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		uint16_t type;
		void (*print)(struct out *o, const struct nlmsghdr *nlh);
	} kinds[] = {
		{ RTM_NEWADDR, print_address },
		{ RTM_NEWROUTE, print_route },
		{ RTM_NEWNEIGH, print_neigh },
		{ RTM_NEWLINK, print_link },
		{ RTM_NEWRULE, print_rule },
		{ WEFT_RTM_NEWMULTICAST, print_group },
		{ NLMSG_MIN_TYPE, print_track },
	};
	unsigned int kind, n = sizeof(kinds) / sizeof(kinds[0]);
	struct nlmsghdr *nlh;
	struct out o;
	FILE *null;

	if (!size)
		return 0;
	null = fopen("/dev/null", "w");
	/* The socket is read into a buffer whose end is aligned. */
	nlh = calloc(1, MNL_NLMSG_HDRLEN + MNL_ALIGN(size - 1));
	if (!null || !nlh)
		abort();
	kind = data[0] % n;
	cli.json = data[0] & 0x40;
	cli.stats = data[0] & 0x20;
	nlh->nlmsg_len = (uint32_t)(MNL_NLMSG_HDRLEN + size - 1);
	nlh->nlmsg_type = kinds[kind].type;
	memcpy(nlh + 1, data + 1, size - 1);
	out_init(&o, null);
	out_entry(&o);
	kinds[kind].print(&o, nlh);
	out_entry_end(&o);
	free(nlh);
	fclose(null);
	return 0;
}
