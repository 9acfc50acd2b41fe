/* SPDX-License-Identifier: GPL-2.0 */
/* rtnetlink on libmnl: one request, its answer, and the kernel's reasons. */
#ifndef WEFT_NETLINK_H
#define WEFT_NETLINK_H

#include <libmnl/libmnl.h>
#include <net/if.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "weft.h"

/* A dump that changes while it is read is read again this often at most. */
#define NL_DUMP_TRIES	8

struct nl {
	struct mnl_socket *sock;
	unsigned int portid;
	unsigned int seq;
};

/* What we show of a device. */
struct nl_link {
	int index;
	unsigned int flags;
	unsigned int mtu;
	unsigned int type;
	unsigned char operstate;
	unsigned int mac_len;
	unsigned char mac[32];
	char name[IF_NAMESIZE];
};

/* An address of a device. */
struct nl_addr {
	int index;
	unsigned int prefix_len;
	unsigned int flags;
	unsigned char scope;
	bool has_lifetime;
	struct ifa_cacheinfo lifetime;
	struct weft_addr addr;
};

#define NL_BUFSIZE	32768

int nl_open(struct nl *nl);
void nl_close(struct nl *nl);
int nl_talk(struct nl *nl, struct nlmsghdr *request);
int nl_dump(struct nl *nl, struct nlmsghdr *request, mnl_cb_t fn, void *arg);

int nl_link_parse(const struct nlmsghdr *nlh, struct nl_link *link);
int nl_addr_parse(const struct nlmsghdr *nlh, int family, struct nl_addr *addr);

const char *nl_scope_name(unsigned char scope, char *buf, size_t size);
const char *nl_operstate_name(unsigned char state);
const char *nl_mac_format(const struct nl_link *link, char *buf, size_t size);

#endif /* WEFT_NETLINK_H */
