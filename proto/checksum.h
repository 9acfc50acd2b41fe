/* SPDX-License-Identifier: GPL-2.0 */
/* The Internet checksum with Weft's pseudo-header (doc/protocol.md, "Checksum"). */
#ifndef WEFT_CHECKSUM_H
#define WEFT_CHECKSUM_H

#include <linux/bitops.h>
#include <net/checksum.h>
#include <linux/weft.h>

/**
 * weft_pseudo_sum() - sum up the pseudo-header
 * @src: source
 * @dst: destination
 * @len: bytes that the checksum covers
 * @next: WEFT_PROTO_*
 *
 * Return: the sum, not folded.
 */
static inline __wsum weft_pseudo_sum(const struct weft_addr *src,
				     const struct weft_addr *dst, u32 len,
				     u8 next)
{
	u64 sum = (u64)(__force u32)src->a32[0] + (__force u32)src->a32[1] +
		  (__force u32)dst->a32[0] + (__force u32)dst->a32[1] +
		  (__force u32)cpu_to_be32(len) + (__force u32)cpu_to_be32(next);

	return csum_add((__force __wsum)(u32)sum, (__force __wsum)(u32)(sum >> 32));
}

#endif /* WEFT_CHECKSUM_H */
