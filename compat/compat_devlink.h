/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Since 6.2 devlink knows the driver's name by itself; since 6.18 how long a fault is
 * not mended again is said with the reporter's operations.
 */
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

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define devlink_health_reporter_create(devlink, ops, priv) \
	devlink_health_reporter_create(devlink, ops, 0, priv)
#endif

#endif /* WEFT_COMPAT_DEVLINK_H */
