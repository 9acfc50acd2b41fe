/* SPDX-License-Identifier: GPL-2.0 */
/* A device, as rtnetlink tells of it. */
#ifndef WEFT_LINK_H
#define WEFT_LINK_H

#include <net/if.h>

#include "netlink.h"
#include "out.h"

/**
 * struct link - what we show of a device
 * @index: interface index
 * @flags: IFF_*
 * @mtu: bytes
 * @operstate: IF_OPER_*
 * @type: ARPHRD_*
 * @mac_len: bytes in @mac
 * @mac: link-layer address
 * @name: name
 * @known: bit of each WEFT_LINK_* that the kernel told
 * @value: its values, by WEFT_LINK_*
 */
struct link {
	int index;
	unsigned int flags;
	unsigned int mtu;
	unsigned char operstate;
	unsigned short type;
	unsigned int mac_len;
	unsigned char mac[32];
	char name[IF_NAMESIZE];
	unsigned int known;
	uint32_t value[WEFT_LINK_MAX + 1];
};

int link_parse(const struct nlmsghdr *nlh, int family, struct link *l);
int link_collect(struct nl *nl, struct nl_messages *m);
void link_print_head(struct out *o, const struct link *l);
void link_print(struct out *o, const struct link *l);
const char *link_mac_format(const unsigned char *mac, unsigned int len,
			    char *buf, size_t size);

/* Names of WEFT_ACCEPT_*, up to NULL. */
extern const char *const link_accept_names[];

/* Text of the longest link-layer address. */
#define LINK_MACSTRLEN	(3 * sizeof(((struct link *)0)->mac))

#endif /* WEFT_LINK_H */
