/* SPDX-License-Identifier: GPL-2.0 */
/* Ranges of numbers as prefixes. Pure: builds in user space as well. */
#ifndef WEFT_PREFIX_H
#define WEFT_PREFIX_H

#include <linux/types.h>

/* Prefixes that a range of 64-bit numbers can need: 1 to 2^64 - 2. */
#define WEFT_PREFIXES_MAX	126

/**
 * struct weft_prefix - numbers that share their upper bits
 * @value: the first one
 * @mask: the bits that they share
 */
struct weft_prefix {
	u64 value;
	u64 mask;
};

unsigned int weft_prefix_split(u64 first, u64 last, struct weft_prefix *prefixes);

#endif /* WEFT_PREFIX_H */
