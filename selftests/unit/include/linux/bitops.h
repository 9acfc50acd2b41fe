/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_BITOPS_H
#define UNIT_LINUX_BITOPS_H

#include <linux/types.h>

#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))

#define hweight64(x)	((unsigned long)__builtin_popcountll(x))
#define __ffs64(x)	((unsigned long)__builtin_ctzll(x))

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

#endif /* UNIT_LINUX_BITOPS_H */
