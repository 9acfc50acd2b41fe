/* SPDX-License-Identifier: GPL-2.0 */
/* An address of a device, as rtnetlink tells of it. */
#ifndef WEFT_TOOLS_ADDR_H
#define WEFT_TOOLS_ADDR_H

#include <linux/if_addr.h>

#include "args.h"
#include "netlink.h"
#include "out.h"

/**
 * struct address - an address of a device
 * @index: interface index
 * @prefix: address and prefix length
 * @flags: IFA_F_*
 * @scope: RT_SCOPE_*
 * @proto: IFAPROT_*: who made it
 * @metric: of the route to its prefix; 0 is the kernel's choice
 * @has_lifetime: @lifetime is known
 * @lifetime: seconds left; UINT32_MAX is for ever
 */
struct address {
	int index;
	struct prefix prefix;
	uint32_t flags;
	unsigned char scope;
	unsigned char proto;
	uint32_t metric;
	bool has_lifetime;
	struct ifa_cacheinfo lifetime;
};

/**
 * struct addr_filter - which addresses are meant
 * @index: interface index, 0 for all
 * @to: prefix that they are in
 * @has_scope: @scope must be theirs
 * @scope: RT_SCOPE_*
 * @flags: IFA_F_* that must have the values in @flags_set
 * @flags_set: see @flags
 * @up: only of devices that are up
 * @given: something was asked for
 */
struct addr_filter {
	int index;
	struct prefix to;
	bool has_scope;
	uint32_t scope;
	uint32_t flags;
	uint32_t flags_set;
	bool up;
	bool given;
};

int address_parse(const struct nlmsghdr *nlh, int family, struct address *a);
void address_print(struct out *o, const struct address *a, bool with_device);
void address_print_lifetime(struct out *o, const struct address *a);
int addr_filter_read(struct args *a, struct addr_filter *f);
bool addr_filter_has(const struct addr_filter *f, const struct address *a);

#endif /* WEFT_TOOLS_ADDR_H */
