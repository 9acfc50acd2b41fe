// SPDX-License-Identifier: GPL-2.0
/*
 * Receive offload: packets of one flow that a device brings together are merged into a
 * large one (doc/offload.md). gro_dgram.c and gro_stream.c know which.
 */
#include <linux/delay.h>
#include <net/gro.h>
#include "checksum.h"
#include "gro.h"
#include "header.h"
#include "offload.h"
#include "segment.h"

/* How long an unload waits for large packets that devices still hold. */
#define WEFT_GRO_DRAIN_MS	2000

/* Packets made of two and more that devices hold. */
static atomic_t weft_gro_open;

/* The module is to go: nothing is merged any more. */
static bool weft_gro_closed;

static __wsum weft_gro_pseudo(struct sk_buff *skb, int next)
{
	const struct weft_hdr *hdr = skb_gro_network_header(skb);

	return weft_pseudo_sum(&hdr->src, &hdr->dst, skb_gro_len(skb), next);
}

/* Is the checksum right? What is in one piece is summed up without the core's detours. */
static bool weft_gro_checksum(struct sk_buff *skb, const struct weft_hdr *hdr)
{
	unsigned int offset = skb_gro_offset(skb), len = skb_gro_len(skb);
	__wsum sum;

	if (skb->ip_summed != CHECKSUM_NONE || skb_is_nonlinear(skb))
		return !skb_gro_checksum_validate(skb, hdr->next, weft_gro_pseudo);
	sum = weft_pseudo_sum(&hdr->src, &hdr->dst, len, hdr->next);
	if (csum_fold(csum_partial(skb->data + offset, len, sum)))
		return false;
	__skb_incr_checksum_unnecessary(skb);
	return true;
}

/**
 * weft_gro_find() - which held packet may this one join?
 * @head: packets that the device holds
 * @offset: of the network header, bytes; equal in all
 * @hdrs: headers of the packet, of a transport with ports
 *
 * The core's marks of the same flow are narrowed down to it.
 *
 * Return: the held packet of its flow, or NULL.
 */
struct sk_buff *weft_gro_find(struct list_head *head, unsigned int offset,
			      const struct weft_dgram_hdrs *hdrs)
{
	struct sk_buff *p, *found = NULL;

	list_for_each_entry(p, head, list) {
		if (!NAPI_GRO_CB(p)->same_flow)
			continue;
		if (weft_train_same_flow((void *)(p->data + offset), hdrs))
			found = p;
		else
			NAPI_GRO_CB(p)->same_flow = 0;
	}
	return found;
}

/**
 * weft_gro_valid() - is it a valid packet, and nothing else in the frame?
 * @skb: packet, its network header at skb_gro_offset()
 * @hdr: that header
 * @header_len: bytes of the transport's header, which is checked
 *
 * What is padded or marked by others is left alone. On success the data, as the core
 * sees it, is the payload.
 *
 * Return: false if the packet must not be merged.
 */
bool weft_gro_valid(struct sk_buff *skb, const struct weft_hdr *hdr,
		    unsigned int header_len)
{
	unsigned int len = skb_gro_len(skb);

	if (NAPI_GRO_CB(skb)->flush || skb_cloned(skb) ||
	    be16_to_cpu(hdr->len) != len || weft_hdr_check(hdr, len))
		return false;
	skb_gro_pull(skb, WEFT_HDR_LEN);
	skb_gro_postpull_rcsum(skb, hdr, WEFT_HDR_LEN);
	if (!weft_gro_checksum(skb, hdr))
		return false;
	skb_gro_pull(skb, header_len);
	return true;
}

/*
 * What is in pages moves to those of the last packet, and a device may send all of it
 * again. The payload behind the headers in the linear part does too, if that is a page.
 */
static bool weft_gro_move_pages(struct sk_buff *last, struct sk_buff *skb)
{
	struct skb_shared_info *to = skb_shinfo(last), *from = skb_shinfo(skb);
	unsigned int offset = skb_gro_offset(skb), head = skb_headlen(skb);
	bool linear = head > offset;
	struct page *page = virt_to_head_page(skb->head);
	unsigned int n = to->nr_frags;

	/* Pages of a pool go back to it in another way than others. */
	if (last->pp_recycle != skb->pp_recycle || skb_zcopy(last) || skb_zcopy(skb) ||
	    (linear && !skb->head_frag) || n + linear + from->nr_frags > MAX_SKB_FRAGS)
		return false;
	memcpy(&to->frags[n + linear], from->frags, from->nr_frags * sizeof(skb_frag_t));
	if (linear) {
		__skb_fill_page_desc(last, n, page,
				     skb->data + offset - (u8 *)page_address(page),
				     head - offset);
		NAPI_GRO_CB(skb)->free = NAPI_GRO_FREE_STOLEN_HEAD;
	} else {
		skb_frag_off_add(&to->frags[n], offset - head);
		skb_frag_size_sub(&to->frags[n], offset - head);
		NAPI_GRO_CB(skb)->free = NAPI_GRO_FREE;
	}
	to->nr_frags = n + linear + from->nr_frags;
	return true;
}

/* The rest of a packet that has no pages any more, for the core to free. */
static unsigned int weft_gro_leave(struct sk_buff *skb)
{
	unsigned int truesize = skb->truesize;

	if (NAPI_GRO_CB(skb)->free == NAPI_GRO_FREE_STOLEN_HEAD) {
		skb->truesize = SKB_DATA_ALIGN(sizeof(*skb));
	} else {
		skb->truesize = SKB_TRUESIZE(skb_end_offset(skb));
		skb_shinfo(skb)->nr_frags = 0;
		skb->len -= skb->data_len;
		skb->data_len = 0;
	}
	return truesize - skb->truesize;
}

/* Leaves the payload, wherever the headers are. */
static void weft_gro_strip(struct sk_buff *skb)
{
	unsigned int offset = skb_gro_offset(skb), head = skb_headlen(skb);

	if (offset > head) {
		skb_frag_off_add(&skb_shinfo(skb)->frags[0], offset - head);
		skb_frag_size_sub(&skb_shinfo(skb)->frags[0], offset - head);
		skb->data_len -= offset - head;
		skb->len -= offset - head;
		offset = head;
	}
	__skb_pull(skb, offset);
}

/* The packet itself becomes the last of @p's list, with nothing but its payload. */
static void weft_gro_link(struct sk_buff *p, struct sk_buff *skb)
{
	weft_gro_strip(skb);
	skb->destructor = NULL;
	skb->sk = NULL;
	if (NAPI_GRO_CB(p)->last == p)
		skb_shinfo(p)->frag_list = skb;
	else
		NAPI_GRO_CB(p)->last->next = skb;
	NAPI_GRO_CB(p)->last = skb;
	__skb_header_release(skb);
}

static void weft_gro_grow(struct sk_buff *skb, unsigned int len, unsigned int truesize,
			  u8 flags)
{
	skb->len += len;
	skb->data_len += len;
	skb->truesize += truesize;
	skb_shinfo(skb)->flags |= flags & SKBFL_SHARED_FRAG;
}

/**
 * weft_gro_append() - put a packet's payload behind that of a held one
 * @p: the held packet
 * @skb: packet for which weft_gro_valid() said yes; its payload is @p's from now on
 */
void weft_gro_append(struct sk_buff *p, struct sk_buff *skb)
{
	struct sk_buff *last = NAPI_GRO_CB(p)->last;
	unsigned int len = skb_gro_len(skb), truesize = skb->truesize;
	u8 flags = skb_shinfo(skb)->flags;

	if (NAPI_GRO_CB(p)->count++ == 1)
		atomic_inc(&weft_gro_open);
	if (weft_gro_move_pages(last, skb)) {
		truesize = weft_gro_leave(skb);
		if (last != p)
			weft_gro_grow(last, len, truesize, flags);
	} else {
		weft_gro_link(p, skb);
	}
	weft_gro_grow(p, len, truesize, flags);
	NAPI_GRO_CB(skb)->same_flow = 1;
}

/**
 * weft_gro_receive() - packet_offload's gro_receive
 * @head: packets that the device holds
 * @skb: packet, its network header at skb_gro_offset()
 *
 * A packet that is not merged makes the large one of its flow go on before it, so that
 * their order stays.
 *
 * Context: softirq, RCU read lock.
 * Return: the held packet that is to go on, or NULL.
 */
struct sk_buff *weft_gro_receive(struct list_head *head, struct sk_buff *skb)
{
	unsigned int offset = skb_gro_offset(skb);
	const struct weft_hdr *hdr;

	hdr = skb_gro_header(skb, offset + WEFT_HDR_LEN, offset);
	if (hdr && !READ_ONCE(weft_gro_closed)) {
		skb_set_network_header(skb, offset);
		switch (hdr->next) {
		case WEFT_PROTO_DGRAM:
			return weft_gro_dgram(head, skb, offset);
		case WEFT_PROTO_STREAM:
			return weft_gro_stream(head, skb, offset);
		}
	}
	NAPI_GRO_CB(skb)->flush = 1;
	return NULL;
}

/**
 * weft_gro_complete() - packet_offload's gro_complete
 * @skb: two packets or more in one; their checksums were right
 * @offset: of its network header, bytes
 *
 * It looks as one that a program sent. Context: softirq, RCU read lock.
 *
 * Return: 0.
 */
int weft_gro_complete(struct sk_buff *skb, int offset)
{
	struct weft_hdr *hdr = (void *)(skb->data + offset);
	unsigned int len = skb->len - offset - WEFT_HDR_LEN;
	__sum16 *check;

	atomic_dec(&weft_gro_open);
	hdr->len = cpu_to_be16(WEFT_HDR_LEN + len);
	check = hdr->next == WEFT_PROTO_DGRAM ? weft_gro_dgram_complete(skb, hdr) :
						 weft_gro_stream_complete(skb, hdr);
	*check = ~csum_fold(weft_pseudo_sum(&hdr->src, &hdr->dst, len, hdr->next));
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (unsigned char *)(hdr + 1) - skb->head;
	skb->csum_offset = (unsigned char *)check - (unsigned char *)(hdr + 1);
	skb_shinfo(skb)->gso_segs = NAPI_GRO_CB(skb)->count;
	return 0;
}

/**
 * weft_gro_drain() - merge nothing more, and wait until devices hold nothing large
 *
 * The core knows nobody else who could complete them. A device that went with one
 * never completes it, so the time is limited. Context: process.
 */
void weft_gro_drain(void)
{
	unsigned int ms;

	WRITE_ONCE(weft_gro_closed, true);
	synchronize_net();
	for (ms = 0; atomic_read(&weft_gro_open) && ms < WEFT_GRO_DRAIN_MS; ms += 20)
		msleep(20);
}
