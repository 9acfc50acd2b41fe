/* SPDX-License-Identifier: GPL-2.0 */
/* A group that a device is a member of, as rtnetlink tells of it. */
#ifndef WEFT_TOOLS_GROUP_H
#define WEFT_TOOLS_GROUP_H

#include <linux/if_addr.h>

#include "args.h"
#include "netlink.h"
#include "out.h"

/**
 * struct group - a group that a device is a member of
 * @index: interface index
 * @has_addr: @addr is known
 * @addr: the group
 * @users: members: sockets, the kernel, by hand
 * @by_hand: joined by weft group add
 * @mode: WEFT_FILTER_* of all members together
 * @n_sources: how many sources the filter has
 * @source: these
 */
struct group {
	int index;
	bool has_addr;
	struct weft_addr addr;
	uint32_t users;
	bool by_hand;
	uint8_t mode;
	unsigned int n_sources;
	struct weft_addr source[WEFT_GROUP_SOURCES_MAX];
};

int group_parse(const struct nlmsghdr *nlh, int family, struct group *g);
void group_print(struct out *o, const struct group *g);

/* listener.c: weft group listeners. */
int group_listeners(int argc, char **argv);

#endif /* WEFT_TOOLS_GROUP_H */
