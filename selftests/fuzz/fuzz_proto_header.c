// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: a packet from the wire through every check of proto/header.c. What is
 * accepted must lie within what was received.
 */
#include <stdint.h>
#include <stdlib.h>

#include "addr.h"
#include "header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An error's quote: ports come from headers that have them. */
static void fuzz_quote(const uint8_t *data, size_t size)
{
	struct weft_quote quote;

	if (!weft_quote_parse(&quote, data, size))
		return;
	if (size < WEFT_HDR_LEN || weft_addr_any(&quote.src) ||
	    weft_addr_group(&quote.src))
		abort();
	if ((quote.sport || quote.dport) &&
	    (size < WEFT_HDR_LEN + WEFT_CTL_LEN ||
	     (quote.proto != WEFT_PROTO_DGRAM &&
	      quote.proto != WEFT_PROTO_CONTROL)))
		abort();
}

/* One that is believed has data, within the longest packet. */
static void fuzz_fragment(const uint8_t *data, size_t size)
{
	struct weft_frag_hdr frag = {};
	enum weft_drop reason;
	size_t end;

	memcpy(&frag, data, size < sizeof(frag) ? size : sizeof(frag));
	reason = weft_frag_check(&frag, size);
	end = WEFT_HDR_LEN + weft_frag_offset(&frag) + size - WEFT_FRAG_LEN;
	if (!reason && (size <= WEFT_FRAG_LEN || end > WEFT_LEN_MAX ||
			(weft_frag_more(&frag) && size % 8)))
		abort();
	if (reason == WEFT_DROP_FRAG_LENGTH &&
	    weft_frag_wrong_field(&frag, size) >= WEFT_HDR_LEN + WEFT_FRAG_LEN)
		abort();
}

/* A message between neighbours that is believed came from one. */
static void fuzz_neigh(const struct weft_hdr *hdr, const uint8_t *data, size_t size)
{
	uint8_t mac[WEFT_MAC_LEN];

	if (weft_neigh_check(hdr, data, size))
		return;
	if (size < WEFT_CTL_LEN || hdr->hop_limit != WEFT_HOP_LIMIT_NEIGH ||
	    !weft_addr_linklocal(&hdr->src) || !weft_addr_mac(&hdr->src, mac))
		abort();
}

static void fuzz_payload(const struct weft_hdr *hdr, const uint8_t *data,
			 size_t size)
{
	struct weft_dgram_hdr dgram;

	if (size >= sizeof(dgram)) {
		memcpy(&dgram, data, sizeof(dgram));
		if (!weft_dgram_check(&dgram, size) &&
		    (be16_to_cpu(dgram.len) != size || !dgram.dport))
			abort();
		if (weft_error_errno(data[0], data[1]) && data[0] & WEFT_CTL_INFO)
			abort();
		fuzz_quote(data + WEFT_CTL_LEN, size - WEFT_CTL_LEN);
	}
	fuzz_neigh(hdr, data, size);
	if (hdr->next == WEFT_PROTO_FRAGMENT)
		fuzz_fragment(data, size);
	if (weft_error_allowed(WEFT_CTL_TIME, hdr, data, size) &&
	    weft_addr_group(&hdr->dst))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weft_hdr hdr;
	unsigned int total;

	if (size < sizeof(hdr) || size > WEFT_LEN_MAX)
		return 0;
	memcpy(&hdr, data, sizeof(hdr));
	if (weft_hdr_check(&hdr, size)) {
		if (!weft_hdr_sendable(&hdr, size))
			abort();
		return 0;
	}
	total = be16_to_cpu(hdr.len);
	if (total < sizeof(hdr) || total > size)
		abort();
	fuzz_payload(&hdr, data + sizeof(hdr), total - sizeof(hdr));
	return 0;
}
