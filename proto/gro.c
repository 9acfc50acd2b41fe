// SPDX-License-Identifier: GPL-2.0
/*
 * Receive offload: datagrams of one flow that a device brings together are merged into
 * a train, if their socket has asked for it (WEFT_COALESCE). For others it would cost
 * more than it saves: the train would be taken apart again.
 */
#include <linux/delay.h>
#include <net/gro.h>
#include "addr.h"
#include "checksum.h"
#include "datagram.h"
#include "gso.h"
#include "header.h"
#include "offload.h"

/* How long an unload waits for trains that devices still hold. */
#define WEFT_GRO_DRAIN_MS	2000

/* Trains of two datagrams and more that devices hold. */
static atomic_t weft_gro_open;

static __wsum weft_gro_pseudo(struct sk_buff *skb, int next)
{
	const struct weft_hdr *hdr = skb_gro_network_header(skb);

	return weft_pseudo_sum(&hdr->src, &hdr->dst, skb_gro_len(skb), next);
}

/* The held packets of the flow: the one that @skb may join. */
static struct sk_buff *weft_gro_find(struct list_head *head, unsigned int offset,
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

/*
 * A valid datagram and nothing else in the frame; its data is then its payload. What is
 * padded or marked by others is left alone.
 */
static bool weft_gro_valid(struct sk_buff *skb, const struct weft_dgram_hdrs *hdrs)
{
	unsigned int len = skb_gro_len(skb);

	if (NAPI_GRO_CB(skb)->flush || skb_cloned(skb) ||
	    len <= WEFT_DGRAM_HDRS_LEN || be16_to_cpu(hdrs->net.len) != len ||
	    weft_hdr_check(&hdrs->net, len) ||
	    weft_dgram_check(&hdrs->dgram, len - WEFT_HDR_LEN))
		return false;
	skb_gro_pull(skb, WEFT_HDR_LEN);
	skb_gro_postpull_rcsum(skb, hdrs, WEFT_HDR_LEN);
	if (skb_gro_checksum_validate(skb, WEFT_PROTO_DGRAM, weft_gro_pseudo))
		return false;
	skb_gro_pull(skb, WEFT_DGRAM_LEN);
	return true;
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

/* The payload becomes the last of @p's; its memory is @p's from now on. */
static void weft_gro_append(struct sk_buff *p, struct sk_buff *skb)
{
	weft_gro_strip(skb);
	skb->destructor = NULL;
	skb->sk = NULL;
	if (NAPI_GRO_CB(p)->last == p) {
		skb_shinfo(p)->frag_list = skb;
		atomic_inc(&weft_gro_open);
	} else {
		NAPI_GRO_CB(p)->last->next = skb;
	}
	NAPI_GRO_CB(p)->last = skb;
	__skb_header_release(skb);
	NAPI_GRO_CB(p)->count++;
	p->len += skb->len;
	p->data_len += skb->len;
	p->truesize += skb->truesize;
	skb_shinfo(p)->flags |= skb_shinfo(skb)->flags & SKBFL_SHARED_FRAG;
	NAPI_GRO_CB(skb)->same_flow = 1;
}

/* Into @p; false if @p must go on without it. */
static bool weft_gro_join(struct sk_buff *p, unsigned int offset,
			  struct sk_buff *skb,
			  const struct weft_dgram_hdrs *hdrs,
			  enum weft_train_fit *fit)
{
	const struct weft_dgram_hdrs *first = (void *)(p->data + offset);

	*fit = weft_train_fit(first, skb_shinfo(p)->gso_size,
			      p->len - offset - WEFT_DGRAM_HDRS_LEN, hdrs,
			      skb_gro_len(skb));
	if (*fit == WEFT_TRAIN_CLOSED)
		return false;
	weft_gro_append(p, skb);
	return true;
}

/**
 * weft_gro_receive() - packet_offload's gro_receive
 * @head: packets that the device holds
 * @skb: packet, its network header at skb_gro_offset()
 *
 * A datagram that is not merged makes the train of its flow go on before it, so that
 * their order stays.
 *
 * Context: softirq, RCU read lock.
 * Return: the held packet that is to go on, or NULL.
 */
struct sk_buff *weft_gro_receive(struct list_head *head, struct sk_buff *skb)
{
	unsigned int offset = skb_gro_offset(skb);
	const struct weft_dgram_hdrs *hdrs;
	enum weft_train_fit fit;
	struct sk_buff *p;

	if (!weft_dgram_any_coalesces(dev_net(skb->dev)))
		goto pass;
	hdrs = skb_gro_header(skb, offset + WEFT_DGRAM_HDRS_LEN, offset);
	if (!hdrs || hdrs->net.next != WEFT_PROTO_DGRAM)
		goto pass;
	skb_set_network_header(skb, offset);
	p = weft_gro_find(head, offset, hdrs);
	if ((!p && !weft_dgram_coalesces(dev_net(skb->dev), hdrs,
					 skb->dev->ifindex)) ||
	    !weft_gro_valid(skb, hdrs)) {
		NAPI_GRO_CB(skb)->flush = 1;
		return p;
	}
	if (p && weft_gro_join(p, offset, skb, hdrs, &fit))
		return fit == WEFT_TRAIN_LAST ? p : NULL;
	return p;

pass:
	NAPI_GRO_CB(skb)->flush = 1;
	return NULL;
}

/**
 * weft_gro_complete() - packet_offload's gro_complete
 * @skb: a train of two datagrams or more; its checksums were right
 * @offset: of its network header, bytes
 *
 * It looks as one that a program sent. Context: softirq, RCU read lock.
 *
 * Return: 0.
 */
int weft_gro_complete(struct sk_buff *skb, int offset)
{
	struct weft_dgram_hdrs *hdrs = (void *)(skb->data + offset);
	unsigned int len = skb->len - offset - WEFT_HDR_LEN;

	atomic_dec(&weft_gro_open);
	weft_train_lengths(hdrs, len - WEFT_DGRAM_LEN);
	hdrs->dgram.check = ~csum_fold(weft_pseudo_sum(&hdrs->net.src,
						       &hdrs->net.dst, len,
						       WEFT_PROTO_DGRAM));
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (unsigned char *)&hdrs->dgram - skb->head;
	skb->csum_offset = offsetof(struct weft_dgram_hdr, check);
	skb_shinfo(skb)->gso_segs = NAPI_GRO_CB(skb)->count;
	skb_shinfo(skb)->gso_type = WEFT_GSO_TRAIN;
	return 0;
}

/**
 * weft_gro_drain() - wait until devices hold no train any more
 *
 * The core knows nobody else who could complete them. A device that went with a train
 * never completes it, so the time is limited. Context: process; no socket is left.
 */
void weft_gro_drain(void)
{
	unsigned int ms;

	synchronize_net();
	for (ms = 0; atomic_read(&weft_gro_open) && ms < WEFT_GRO_DRAIN_MS; ms += 20)
		msleep(20);
}
