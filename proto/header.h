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
#define WEFT_FRAG_LEN	((unsigned int)sizeof(struct weft_frag_hdr))

/* An error quotes at most what keeps its packet within WEFT_MTU_MIN. */
#define WEFT_QUOTE_MAX	(WEFT_MTU_MIN - WEFT_HDR_LEN - WEFT_CTL_LEN)

/* What weft_error_allowed() reads of a payload at most. */
#define WEFT_ERROR_PEEK	(WEFT_FRAG_LEN + 1)

static inline u8 weft_hdr_version(const struct weft_hdr *hdr)
{
	return hdr->vc >> 4;
}

static inline u8 weft_hdr_class(const struct weft_hdr *hdr)
{
	return hdr->vc & WEFT_CLASS_MASK;
}

/* Where a fragment's data lies in the packet's, bytes. */
static inline unsigned int weft_frag_offset(const struct weft_frag_hdr *frag)
{
	return be16_to_cpu(frag->offset) & WEFT_FRAG_OFFSET;
}

static inline bool weft_frag_more(const struct weft_frag_hdr *frag)
{
	return frag->offset & cpu_to_be16(WEFT_FRAG_MORE);
}

enum weft_drop weft_hdr_check(const struct weft_hdr *hdr, unsigned int len);
enum weft_drop weft_dgram_check(const struct weft_dgram_hdr *dgram,
				unsigned int len);
enum weft_drop weft_frag_check(const struct weft_frag_hdr *frag,
			       unsigned int len);
unsigned int weft_frag_wrong_field(const struct weft_frag_hdr *frag,
				   unsigned int len);
unsigned int weft_frag_part(unsigned int left, unsigned int max, bool more);

/**
 * struct weft_quote - the packet that an error message quotes
 * @src: its source, an address of this node if the error is honest
 * @dst: its destination
 * @sport: source port, or the identifier of an echo request; 0 for other protocols
 * @dport: destination port; 0 for other protocols than datagrams and streams
 * @seq: of a stream: sequence number, host byte order
 * @proto: next header
 * @header_len: bytes before what @proto says: the network header, and a fragment's
 */
struct weft_quote {
	struct weft_addr src;
	struct weft_addr dst;
	__be16 sport;
	__be16 dport;
	u32 seq;
	u8 proto;
	u8 header_len;
};

bool weft_quote_parse(struct weft_quote *quote, const void *data,
		      unsigned int len);
int weft_hdr_sendable(const struct weft_hdr *hdr, unsigned int len);
int weft_error_errno(u8 type, u8 code);
enum weft_drop weft_neigh_check(const struct weft_hdr *hdr, const void *data,
				unsigned int len);
bool weft_error_allowed(u8 type, const struct weft_hdr *hdr,
			const void *payload, unsigned int len);

#endif /* WEFT_HEADER_H */
