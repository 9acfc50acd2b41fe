/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink before 6.13: a value that was not said; before 6.7: the attributes of a dump. */
#ifndef WEFT_COMPAT_NETLINK_H
#define WEFT_COMPAT_NETLINK_H

#include <linux/version.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline u32 nla_get_u32_default(const struct nlattr *nla, u32 value)
{
	return nla ? nla_get_u32(nla) : value;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline struct nlattr **weft_genl_dump_attrs(struct netlink_callback *cb)
{
	return genl_dumpit_info(cb)->attrs;
}
#else
static inline struct nlattr **weft_genl_dump_attrs(struct netlink_callback *cb)
{
	return genl_info_dump(cb)->attrs;
}
#endif

#endif /* WEFT_COMPAT_NETLINK_H */
