// SPDX-License-Identifier: GPL-2.0
/* What makes datagrams a train, and a train datagrams again: their headers. */
#include "addr.h"
#include "train.h"

/**
 * weft_train_count() - how many datagrams are a train?
 * @bytes: of all payloads
 * @size: of each payload but the last, not 0
 *
 * Return: their number, at least 1.
 */
unsigned int weft_train_count(unsigned int bytes, unsigned int size)
{
	return bytes ? (bytes - 1) / size + 1 : 1;
}

/**
 * weft_train_same_flow() - do two packets have the same ends?
 * @a: headers of the one
 * @b: headers of the other
 *
 * Those of a stream's segments will do too: they begin in the same way.
 *
 * Return: true if they do.
 */
bool weft_train_same_flow(const struct weft_dgram_hdrs *a, const struct weft_dgram_hdrs *b)
{
	return a->net.next == b->net.next && weft_addr_equal(&a->net.src, &b->net.src) &&
	       weft_addr_equal(&a->net.dst, &b->net.dst) &&
	       a->dgram.sport == b->dgram.sport &&
	       a->dgram.dport == b->dgram.dport;
}

/* What weft_train_segment() makes of the train's header must be @next's. */
static bool weft_train_in_step(const struct weft_hdr *first, unsigned int count,
			       const struct weft_hdr *next)
{
	return first->vc == next->vc && first->flags == next->flags &&
	       first->hop_limit == next->hop_limit &&
	       be16_to_cpu(next->id) == (u16)(be16_to_cpu(first->id) + count);
}

/**
 * weft_train_fit() - may a datagram follow those of a train?
 * @first: headers of the first one
 * @size: bytes of its payload, not 0
 * @bytes: of all payloads until now
 * @next: headers of the next one, of the same flow
 * @len: bytes of its payload
 *
 * The train can be taken apart into exactly the datagrams that it is made of.
 *
 * Return: enum weft_train_fit.
 */
enum weft_train_fit weft_train_fit(const struct weft_dgram_hdrs *first,
				   unsigned int size, unsigned int bytes,
				   const struct weft_dgram_hdrs *next, unsigned int len)
{
	unsigned int count = weft_train_count(bytes, size);

	if (!len || len > size || bytes % size || count >= WEFT_TRAIN_MAX ||
	    WEFT_DGRAM_HDRS_LEN + bytes + len > WEFT_LEN_MAX ||
	    !weft_train_in_step(&first->net, count, &next->net))
		return WEFT_TRAIN_CLOSED;
	if (len < size || count + 1 == WEFT_TRAIN_MAX)
		return WEFT_TRAIN_LAST;
	return WEFT_TRAIN_JOINS;
}

/**
 * weft_train_lengths() - write the lengths into headers
 * @hdrs: headers of a datagram or a train
 * @bytes: of payload, at most WEFT_LEN_MAX - WEFT_DGRAM_HDRS_LEN
 */
void weft_train_lengths(struct weft_dgram_hdrs *hdrs, unsigned int bytes)
{
	hdrs->net.len = cpu_to_be16(WEFT_DGRAM_HDRS_LEN + bytes);
	hdrs->dgram.len = cpu_to_be16(sizeof(hdrs->dgram) + bytes);
}

/**
 * weft_train_segment() - make a train's headers those of one of its datagrams
 * @hdrs: a copy of the train's headers; all but the checksum is changed
 * @n: which datagram, from 0
 * @len: bytes of its payload
 */
void weft_train_segment(struct weft_dgram_hdrs *hdrs, unsigned int n, unsigned int len)
{
	hdrs->net.id = cpu_to_be16(be16_to_cpu(hdrs->net.id) + n);
	weft_train_lengths(hdrs, len);
}
