/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Validation of what came from the wire. Pure: no skb, no socket; it builds in
 * user space for unit tests and fuzzers.
 */
#ifndef WEFT_HEADER_H
#define WEFT_HEADER_H

#include <linux/types.h>
#include <linux/weft.h>
#include "drop.h"

#define WEFT_HDR_LEN	((unsigned int)sizeof(struct weft_hdr))
#define WEFT_DGRAM_LEN	((unsigned int)sizeof(struct weft_dgram_hdr))
#define WEFT_CTL_LEN	((unsigned int)sizeof(struct weft_ctl_hdr))

/* An error quotes at most what keeps its packet within WEFT_MTU_MIN. */
#define WEFT_QUOTE_MAX	(WEFT_MTU_MIN - WEFT_HDR_LEN - WEFT_CTL_LEN)

static inline u8 weft_hdr_version(const struct weft_hdr *hdr)
{
	return hdr->vc >> 4;
}

static inline u8 weft_hdr_class(const struct weft_hdr *hdr)
{
	return hdr->vc & WEFT_CLASS_MASK;
}

enum weft_drop weft_hdr_check(const struct weft_hdr *hdr, unsigned int len);
enum weft_drop weft_dgram_check(const struct weft_dgram_hdr *dgram,
				unsigned int len);

/**
 * struct weft_quote - the packet that an error message quotes
 * @src: its source, an address of this node if the error is honest
 * @dst: its destination
 * @sport: source port, or the identifier of an echo request
 * @dport: destination port; 0 for an echo request
 * @proto: WEFT_PROTO_DGRAM or WEFT_PROTO_CONTROL
 */
struct weft_quote {
	struct weft_addr src;
	struct weft_addr dst;
	__be16 sport;
	__be16 dport;
	u8 proto;
};

bool weft_quote_parse(struct weft_quote *quote, const void *data,
		      unsigned int len);
int weft_unreach_errno(u8 code);
bool weft_error_allowed(const struct weft_hdr *hdr, const void *payload,
			unsigned int len);

#endif /* WEFT_HEADER_H */
