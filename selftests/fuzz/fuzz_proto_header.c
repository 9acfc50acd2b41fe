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

/* An error's quote: one that is believed names a socket's port. */
static void fuzz_quote(const uint8_t *data, size_t size)
{
	struct weft_quote quote;

	if (!weft_quote_parse(&quote, data, size))
		return;
	if (size < WEFT_HDR_LEN + WEFT_CTL_LEN ||
	    weft_addr_any(&quote.src) || weft_addr_group(&quote.src) ||
	    (quote.proto != WEFT_PROTO_DGRAM &&
	     quote.proto != WEFT_PROTO_CONTROL))
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
		weft_unreach_errno(data[1]);
		fuzz_quote(data + WEFT_CTL_LEN, size - WEFT_CTL_LEN);
	}
	if (weft_error_allowed(hdr, data, size) && weft_addr_group(&hdr->dst))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weft_hdr hdr;
	unsigned int total;

	if (size < sizeof(hdr) || size > WEFT_LEN_MAX)
		return 0;
	memcpy(&hdr, data, sizeof(hdr));
	if (weft_hdr_check(&hdr, size))
		return 0;
	total = be16_to_cpu(hdr.len);
	if (total < sizeof(hdr) || total > size)
		abort();
	fuzz_payload(&hdr, data + sizeof(hdr), total - sizeof(hdr));
	return 0;
}
