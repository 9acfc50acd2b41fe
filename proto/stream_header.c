// SPDX-License-Identifier: GPL-2.0
/*
 * Stream headers and their options: what is accepted of the wire, and what is sent. The
 * order of the checks is that of doc/protocol.md.
 */
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include "stream_header.h"

/* Bytes of options, with the bytes of kind and length. */
#define WEFT_OPT_MSS_LEN	4U
#define WEFT_OPT_KIND_LEN	4U
#define WEFT_OPT_SACK_LEN	2U
#define WEFT_OPT_BLOCK_LEN	8U
/* NOPs before SACK: its blocks are then at multiples of 4. */
#define WEFT_OPT_SACK_NOPS	2U

static bool weft_stream_flags_sound(u8 flags)
{
	if (flags & WEFT_STREAM_SYN)
		return !(flags & (WEFT_STREAM_FIN | WEFT_STREAM_RST));
	if (flags & WEFT_STREAM_FIN)
		return flags & WEFT_STREAM_ACK;
	return flags & (WEFT_STREAM_RST | WEFT_STREAM_ACK);
}

/**
 * weft_stream_check() - is this the header of a segment?
 * @hdr: the header; read only if @len says that it is there
 * @len: bytes from the header's start to the packet's end
 *
 * The options are checked by weft_stream_opts_parse().
 *
 * Context: any.
 * Return: WEFT_DROP_NONE, or why the segment must be dropped.
 */
enum weft_drop weft_stream_check(const struct weft_stream_hdr *hdr, unsigned int len)
{
	if (len < WEFT_STREAM_LEN || hdr->len < WEFT_STREAM_LEN || hdr->len > len ||
	    hdr->len % 4)
		return WEFT_DROP_STREAM_SHORT;
	if (!hdr->sport || !hdr->dport || hdr->stream)
		return WEFT_DROP_STREAM_PORT;
	if (!weft_stream_flags_sound(hdr->flags))
		return WEFT_DROP_STREAM_FLAGS;
	return WEFT_DROP_NONE;
}
EXPORT_SYMBOL_GPL(weft_stream_check);

static u16 weft_opt_read16(const u8 *at)
{
	return at[0] << 8 | at[1];
}

static u32 weft_opt_read32(const u8 *at)
{
	return (u32)weft_opt_read16(at) << 16 | weft_opt_read16(at + 2);
}

/* A block that ends before it begins tells nothing. */
static void weft_opt_read_sacks(struct weft_stream_opts *opts, const u8 *at,
				const u8 *end)
{
	struct weft_range block;

	for (; at < end && opts->n_sacks < WEFT_SACK_MAX; at += WEFT_OPT_BLOCK_LEN) {
		block.seq = weft_opt_read32(at);
		block.end = weft_opt_read32(at + 4);
		if (weft_seq_before(block.seq, block.end))
			opts->sack[opts->n_sacks++] = block;
	}
}

/* One option of @len bytes. A known one that the segment's @flags do not go with is skipped. */
static bool weft_opt_read(struct weft_stream_opts *opts, const u8 *at,
			  unsigned int len, u8 flags)
{
	switch (at[0]) {
	case WEFT_STREAM_OPT_MSS:
		if (len != WEFT_OPT_MSS_LEN)
			return false;
		if (flags & WEFT_STREAM_SYN)
			opts->mss = max_t(u16, weft_opt_read16(at + 2),
					  WEFT_STREAM_MSS_MIN);
		break;
	case WEFT_STREAM_OPT_SACK:
		if (len == WEFT_OPT_SACK_LEN ||
		    (len - WEFT_OPT_SACK_LEN) % WEFT_OPT_BLOCK_LEN)
			return false;
		if (flags & WEFT_STREAM_ACK)
			weft_opt_read_sacks(opts, at + WEFT_OPT_SACK_LEN, at + len);
		break;
	case WEFT_STREAM_OPT_KIND:
		if (len != WEFT_OPT_KIND_LEN)
			return false;
		if (flags & WEFT_STREAM_SYN)
			opts->kind = at[2];
		break;
	}
	return true;
}

/**
 * weft_stream_opts_parse() - read the options of a segment
 * @hdr: its header, accepted by weft_stream_check(); all of its hdr->len bytes are there
 * @opts: filled in
 *
 * Context: any.
 * Return: false if an option is cut short or has a wrong length: the segment is invalid.
 */
bool weft_stream_opts_parse(const struct weft_stream_hdr *hdr,
			    struct weft_stream_opts *opts)
{
	const u8 *at = (const u8 *)(hdr + 1);
	const u8 *end = (const u8 *)hdr + hdr->len;
	unsigned int len;

	memset(opts, 0, sizeof(*opts));
	for (; at < end && at[0] != WEFT_STREAM_OPT_END; at += len) {
		len = 1;
		if (at[0] == WEFT_STREAM_OPT_NOP)
			continue;
		if (end - at < 2 || at[1] < 2 || at[1] > end - at)
			return false;
		len = at[1];
		if (!weft_opt_read(opts, at, len, hdr->flags))
			return false;
	}
	return true;
}

/**
 * weft_stream_opts_len() - how long are these options on the wire?
 * @opts: the options; MSS (if not 0) and kind (if not of bytes) go with SYN, what is to be
 *	reported with ACK without SYN
 * @flags: WEFT_STREAM_* of the segment
 *
 * Context: any.
 * Return: bytes, a multiple of 4, at most WEFT_STREAM_OPTS_MAX.
 */
unsigned int weft_stream_opts_len(const struct weft_stream_opts *opts, u8 flags)
{
	unsigned int len = 0;

	if (flags & WEFT_STREAM_SYN) {
		if (opts->mss)
			len += WEFT_OPT_MSS_LEN;
		if (opts->kind != WEFT_STREAM_KIND_BYTES)
			len += WEFT_OPT_KIND_LEN;
	} else if ((flags & WEFT_STREAM_ACK) && opts->n_sacks) {
		len = WEFT_OPT_SACK_NOPS + WEFT_OPT_SACK_LEN +
		      opts->n_sacks * WEFT_OPT_BLOCK_LEN;
	}
	return len;
}

static u8 *weft_opt_write32(u8 *at, u32 value)
{
	__be32 wire = cpu_to_be32(value);

	memcpy(at, &wire, sizeof(wire));
	return at + sizeof(wire);
}

static u8 *weft_opt_write(u8 *at, u8 kind, u8 len, u16 value)
{
	return weft_opt_write32(at, (u32)kind << 24 | (u32)len << 16 | value);
}

/**
 * weft_stream_opts_write() - write the options of a segment, and its header's length
 * @hdr: the header, with its flags; room for weft_stream_opts_len() bytes follows
 * @opts: the options, at most WEFT_SACK_MAX to be reported
 *
 * Context: any.
 */
void weft_stream_opts_write(struct weft_stream_hdr *hdr,
			    const struct weft_stream_opts *opts)
{
	u8 *at = (u8 *)(hdr + 1);
	unsigned int i;

	hdr->len = WEFT_STREAM_LEN + weft_stream_opts_len(opts, hdr->flags);
	if (hdr->len == WEFT_STREAM_LEN)
		return;
	if (!(hdr->flags & WEFT_STREAM_SYN)) {
		at = weft_opt_write32(at, WEFT_STREAM_OPT_NOP << 24 |
				      WEFT_STREAM_OPT_NOP << 16 |
				      WEFT_STREAM_OPT_SACK << 8 |
				      (WEFT_OPT_SACK_LEN +
				       opts->n_sacks * WEFT_OPT_BLOCK_LEN));
		for (i = 0; i < opts->n_sacks; i++) {
			at = weft_opt_write32(at, opts->sack[i].seq);
			at = weft_opt_write32(at, opts->sack[i].end);
		}
		return;
	}
	if (opts->mss)
		at = weft_opt_write(at, WEFT_STREAM_OPT_MSS, WEFT_OPT_MSS_LEN, opts->mss);
	if (opts->kind != WEFT_STREAM_KIND_BYTES)
		weft_opt_write(at, WEFT_STREAM_OPT_KIND, WEFT_OPT_KIND_LEN,
			       opts->kind << 8);
}
