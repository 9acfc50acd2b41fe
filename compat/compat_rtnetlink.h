/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.13 the registration of a family's link attributes could not fail. */
#ifndef WEFT_COMPAT_RTNETLINK_H
#define WEFT_COMPAT_RTNETLINK_H

#include <net/rtnetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline int weft_compat_rtnl_af_register(struct rtnl_af_ops *ops)
{
	rtnl_af_register(ops);
	return 0;
}

#define rtnl_af_register weft_compat_rtnl_af_register
#endif

#endif /* WEFT_COMPAT_RTNETLINK_H */
