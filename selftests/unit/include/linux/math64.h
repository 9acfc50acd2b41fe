/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_MATH64_H
#define UNIT_LINUX_MATH64_H

#include <linux/types.h>

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

static inline u64 mul_u64_u32_shr(u64 a, u32 b, unsigned int shift)
{
	return (u64)((__uint128_t)a * b >> shift);
}

/* As the kernel's, it is wrong to let the result overflow. */
static inline u64 mul_u64_u64_div_u64(u64 a, u64 b, u64 divisor)
{
	return (u64)((__uint128_t)a * b / divisor);
}

#endif /* UNIT_LINUX_MATH64_H */
