/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.5 <linux/skbuff.h> had what segmentation needs. */
#ifndef WEFT_COMPAT_GSO_H
#define WEFT_COMPAT_GSO_H

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include_next <net/gso.h>
#else
#include <linux/skbuff.h>
#endif

#endif /* WEFT_COMPAT_GSO_H */
