/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: what its files share. */
#ifndef WEFT_FILTER_NETLINK_H
#define WEFT_FILTER_NETLINK_H

#include <net/genetlink.h>
#include <net/netlink.h>
#include <linux/weft_filter.h>

enum {
	WEFT_FW_GROUP_CHANGES,
	WEFT_FW_GROUP_TRACE,
};

extern struct genl_family weft_fw_family;
extern const struct nla_policy weft_elem_policy[WEFT_FILTER_EL_MAX + 1];

/* Tells the requester what is wrong with an attribute, a string literal; its value is @err. */
#define weft_refuse_attr(extack, attr, why, err)			\
({									\
	NL_SET_ERR_MSG_ATTR(extack, attr, KBUILD_MODNAME ": " why);	\
	(err);								\
})

int weft_name_check(const struct nlattr *attr, struct netlink_ext_ack *extack);
char *weft_comment_new(const struct nlattr *attr);
int weft_put_u64(struct sk_buff *skb, int type, u64 value);
bool weft_fw_told(void);

int weft_filter_netlink_init(void);
void weft_filter_netlink_exit(void);

#endif /* WEFT_FILTER_NETLINK_H */
