/* SPDX-License-Identifier: GPL-2.0 */
/* Since 6.17 the common workqueue's name tells that its workers are a processor's. */
#ifndef WEFT_COMPAT_WORKQUEUE_H
#define WEFT_COMPAT_WORKQUEUE_H

#include <linux/workqueue.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define system_percpu_wq system_wq
#endif

#endif /* WEFT_COMPAT_WORKQUEUE_H */
