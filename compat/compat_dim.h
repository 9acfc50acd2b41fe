/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.13 net_dim() took a copy of the sample. */
#ifndef WEFT_COMPAT_DIM_H
#define WEFT_COMPAT_DIM_H

#include <linux/dim.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void weft_compat_net_dim(struct dim *dim,
				       const struct dim_sample *end_sample)
{
	net_dim(dim, *end_sample);
}

#define net_dim weft_compat_net_dim
#endif

#endif /* WEFT_COMPAT_DIM_H */
