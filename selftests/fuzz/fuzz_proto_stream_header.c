// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: a segment from the wire, its header and its options. What is accepted must lie
 * within what was received, and says the same when it is written and read again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stream_header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void sound(const struct weft_stream_opts *opts, uint8_t flags)
{
	unsigned int i;

	if (opts->n_sacks > WEFT_SACK_MAX || (opts->n_sacks && !(flags & WEFT_STREAM_ACK)))
		abort();
	for (i = 0; i < opts->n_sacks; i++)
		if (!weft_seq_before(opts->sack[i].seq, opts->sack[i].end))
			abort();
	if ((opts->mss && opts->mss < WEFT_STREAM_MSS_MIN) ||
	    ((opts->mss || opts->kind) && !(flags & WEFT_STREAM_SYN)))
		abort();
}

static void written(const struct weft_stream_hdr *from, const struct weft_stream_opts *opts)
{
	unsigned int len = weft_stream_opts_len(opts, from->flags);
	struct weft_stream_hdr *hdr = malloc(sizeof(*hdr) + len);
	struct weft_stream_opts should = *opts, is;

	*hdr = *from;
	weft_stream_opts_write(hdr, opts);
	if (hdr->len != sizeof(*hdr) + len || len > WEFT_STREAM_OPTS_MAX ||
	    weft_stream_check(hdr, hdr->len) || !weft_stream_opts_parse(hdr, &is))
		abort();
	if (from->flags & WEFT_STREAM_SYN)
		should.n_sacks = 0;
	if (is.mss != should.mss || is.kind != should.kind ||
	    is.n_sacks != should.n_sacks ||
	    memcmp(is.sack, should.sack, is.n_sacks * sizeof(is.sack[0])))
		abort();
	free(hdr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weft_stream_opts opts;
	struct weft_stream_hdr *hdr;

	if (!size)
		return 0;
	/* Aligned, and no longer than it says. */
	hdr = malloc(size);
	memcpy(hdr, data, size);
	if (!weft_stream_check(hdr, size)) {
		if (size < sizeof(*hdr) || hdr->len < sizeof(*hdr) || hdr->len > size ||
		    !hdr->dport)
			abort();
		hdr = realloc(hdr, hdr->len);
		if (weft_stream_opts_parse(hdr, &opts)) {
			sound(&opts, hdr->flags);
			written(hdr, &opts);
		}
	}
	free(hdr);
	return 0;
}
