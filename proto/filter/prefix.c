// SPDX-License-Identifier: GPL-2.0
/* Ranges of numbers as prefixes, so that a hash can find them. */
#include "prefix.h"

/* How many low bits are free in the longest prefix that begins at @first? */
static unsigned int weft_prefix_free(u64 first, u64 last)
{
	unsigned int bits = first ? __builtin_ctzll(first) : 64;
	u64 more = last - first;

	if (bits == 64 && more == ~0ULL)
		return 64;
	if (bits == 64)
		bits = 63;
	while ((1ULL << bits) - 1 > more)
		bits--;
	return bits;
}

/**
 * weft_prefix_split() - split a range into the fewest prefixes
 * @first: first number
 * @last: last one, which is in it
 * @prefixes: WEFT_PREFIXES_MAX of them; filled in, lowest first
 *
 * Return: how many.
 */
unsigned int weft_prefix_split(u64 first, u64 last, struct weft_prefix *prefixes)
{
	unsigned int n = 0, bits;
	u64 end;

	for (;; first = end + 1) {
		bits = weft_prefix_free(first, last);
		prefixes[n++] = (struct weft_prefix){
			.value = first,
			.mask = bits == 64 ? 0 : ~0ULL << bits,
		};
		end = bits == 64 ? last : first + ((1ULL << bits) - 1);
		if (end == last)
			return n;
	}
}
