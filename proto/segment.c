// SPDX-License-Identifier: GPL-2.0
/* What makes segments a run, and a run segments again: their headers. */
#include "segment.h"

/**
 * weft_run_sound() - can a run come apart into segments?
 * @hdr: its header; the bytes up to @len are there
 * @len: bytes of header, options and payload
 * @size: bytes of payload in a segment, as marked
 * @segments: how many there are, as marked
 *
 * No segment is less than the smallest MSS, which limits their number.
 *
 * Return: true if it is two segments or more in the middle of a connection.
 */
bool weft_run_sound(const struct weft_stream_hdr *hdr, unsigned int len,
		    unsigned int size, unsigned int segments)
{
	if (hdr->len < sizeof(*hdr) || hdr->len % 4 || hdr->len >= len)
		return false;
	if ((hdr->flags & (WEFT_STREAM_ACK | WEFT_STREAM_SYN | WEFT_STREAM_RST)) !=
	    WEFT_STREAM_ACK)
		return false;
	return size && hdr->len - sizeof(*hdr) + size >= WEFT_STREAM_MSS_MIN &&
	       size < len - hdr->len &&
	       segments == weft_train_count(len - hdr->len, size);
}

/**
 * weft_run_segment() - make a run's headers those of one of its segments
 * @hdrs: a copy of the run's headers; all but the checksum is changed
 * @n: which segment, from 0
 * @size: bytes of payload in each but the last
 * @len: bytes of header, options and payload of this one
 * @last: it is the last one
 *
 * FIN and PSH belong to the last byte, CWR to the first packet (RFC 3168, 6.1.2).
 */
void weft_run_segment(struct weft_stream_hdrs *hdrs, unsigned int n, unsigned int size,
		      unsigned int len, bool last)
{
	hdrs->net.id = cpu_to_be16(be16_to_cpu(hdrs->net.id) + n);
	hdrs->net.len = cpu_to_be16(sizeof(hdrs->net) + len);
	hdrs->stream.seq = cpu_to_be32(be32_to_cpu(hdrs->stream.seq) + n * size);
	if (!last)
		hdrs->stream.flags &= ~(WEFT_STREAM_FIN | WEFT_STREAM_PSH);
	if (n)
		hdrs->stream.flags &= ~WEFT_STREAM_CWR;
}

/**
 * weft_run_plain() - may this segment be part of a run that a device receives?
 * @hdr: its header
 * @len: bytes of header, options and payload
 *
 * What bears news beside its payload goes up by itself: options, other flags than ACK
 * and PSH, and what is invalid.
 *
 * Return: true if it may.
 */
bool weft_run_plain(const struct weft_stream_hdr *hdr, unsigned int len)
{
	return len > sizeof(*hdr) && hdr->len == sizeof(*hdr) && hdr->sport && hdr->dport &&
	       !hdr->stream && (hdr->flags & ~WEFT_STREAM_PSH) == WEFT_STREAM_ACK;
}

/* All that weft_run_segment() leaves as it is in the first one's headers. */
static bool weft_run_alike(const struct weft_stream_hdrs *a,
			   const struct weft_stream_hdrs *b)
{
	return a->net.vc == b->net.vc && a->net.flags == b->net.flags &&
	       a->net.hop_limit == b->net.hop_limit && a->stream.ack == b->stream.ack &&
	       a->stream.window == b->stream.window && a->stream.stamp == b->stream.stamp &&
	       a->stream.echo == b->stream.echo && a->stream.reserved == b->stream.reserved;
}

/**
 * weft_run_fit() - may a segment follow those of a run?
 * @first: headers of the first one, or of the run
 * @size: bytes of the first one's payload, not 0
 * @bytes: of all payload until now
 * @next: headers of the next one, of the same flow; both are plain
 * @len: bytes of its payload
 *
 * The run can be taken apart into exactly the segments that it is made of.
 *
 * Return: enum weft_train_fit.
 */
enum weft_train_fit weft_run_fit(const struct weft_stream_hdrs *first,
				 unsigned int size, unsigned int bytes,
				 const struct weft_stream_hdrs *next, unsigned int len)
{
	unsigned int count = weft_train_count(bytes, size);

	if (!len || len > size || bytes % size || size < WEFT_STREAM_MSS_MIN ||
	    bytes + len > WEFT_RUN_MAX || first->stream.flags & WEFT_STREAM_PSH ||
	    be16_to_cpu(next->net.id) != (u16)(be16_to_cpu(first->net.id) + count) ||
	    be32_to_cpu(next->stream.seq) !=
		    (u32)(be32_to_cpu(first->stream.seq) + bytes) ||
	    !weft_run_alike(first, next))
		return WEFT_TRAIN_CLOSED;
	if (len < size || next->stream.flags & WEFT_STREAM_PSH)
		return WEFT_TRAIN_LAST;
	return WEFT_TRAIN_JOINS;
}
