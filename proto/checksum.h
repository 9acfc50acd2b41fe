/* SPDX-License-Identifier: GPL-2.0 */
/* The Internet checksum with Weft's pseudo-header (doc/protocol.md, "Checksum"). */
#ifndef WEFT_CHECKSUM_H
#define WEFT_CHECKSUM_H

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
	__wsum sum = csum_partial(src, sizeof(*src), 0);

	sum = csum_partial(dst, sizeof(*dst), sum);
	sum = csum_add(sum, (__force __wsum)cpu_to_be32(len));
	return csum_add(sum, (__force __wsum)cpu_to_be32(next));
}

#endif /* WEFT_CHECKSUM_H */
