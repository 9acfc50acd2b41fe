// SPDX-License-Identifier: GPL-2.0
/*
 * Receive offload of streams: segments become a run, whoever they are for: a gateway or a
 * bridge can send it on as it is, and what takes it apart makes the same segments again.
 */
#include <net/gro.h>
#include "gro.h"
#include "gso.h"
#include "header.h"
#include "segment.h"

/* Into @p; false if @p must go on without it. */
static bool weft_gro_stream_join(struct sk_buff *p, unsigned int offset,
				 struct sk_buff *skb, const struct weft_stream_hdrs *hdrs,
				 enum weft_train_fit *fit)
{
	struct weft_stream_hdrs *first = (void *)(p->data + offset);

	*fit = weft_run_fit(first, skb_shinfo(p)->gso_size,
			    p->len - offset - WEFT_STREAM_HDRS_LEN, hdrs,
			    skb_gro_len(skb));
	if (*fit == WEFT_TRAIN_CLOSED)
		return false;
	first->stream.flags |= hdrs->stream.flags & WEFT_STREAM_PSH;
	weft_gro_append(p, skb);
	return true;
}

/**
 * weft_gro_stream() - merge a segment
 * @head: packets that the device holds
 * @skb: packet with a segment, its network header at @offset
 * @offset: where the core's view of its data begins, bytes
 *
 * What ends with PSH waits for nothing. Context: softirq, RCU read lock.
 *
 * Return: the held packet that is to go on, or NULL.
 */
struct sk_buff *weft_gro_stream(struct list_head *head, struct sk_buff *skb,
				unsigned int offset)
{
	const struct weft_stream_hdrs *hdrs;
	unsigned int len = skb_gro_len(skb);
	enum weft_train_fit fit;
	struct sk_buff *p = NULL;

	hdrs = skb_gro_header(skb, offset + WEFT_STREAM_HDRS_LEN, offset);
	if (!hdrs)
		goto flush;
	p = weft_gro_find(head, offset, (const void *)hdrs);
	if (len < WEFT_STREAM_HDRS_LEN ||
	    !weft_run_plain(&hdrs->stream, len - WEFT_HDR_LEN) ||
	    !weft_gro_valid(skb, &hdrs->net, sizeof(hdrs->stream)))
		goto flush;
	if (p && weft_gro_stream_join(p, offset, skb, hdrs, &fit))
		return fit == WEFT_TRAIN_LAST ? p : NULL;
	if (!(hdrs->stream.flags & WEFT_STREAM_PSH))
		return p;

flush:
	NAPI_GRO_CB(skb)->flush = 1;
	return p;
}

/**
 * weft_gro_stream_complete() - make a run of merged segments
 * @skb: the segments
 * @hdr: their network header, its length already that of the run
 *
 * Return: the checksum's place.
 */
__sum16 *weft_gro_stream_complete(struct sk_buff *skb, struct weft_hdr *hdr)
{
	struct weft_stream_hdr *stream = (void *)(hdr + 1);

	skb_shinfo(skb)->gso_type = WEFT_GSO_STREAM;
	return &stream->check;
}
