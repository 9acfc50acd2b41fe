/* SPDX-License-Identifier: GPL-2.0 */
/* Since 6.2 devlink knows the driver's name by itself. */
#ifndef WEFT_COMPAT_DEVLINK_H
#define WEFT_COMPAT_DEVLINK_H

#include <net/devlink.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
static inline int devlink_info_driver_name_put(struct devlink_info_req *req,
					       const char *name)
{
	return 0;
}
#endif

#endif /* WEFT_COMPAT_DEVLINK_H */
