// SPDX-License-Identifier: GPL-2.0
/*
 * Receive offload of datagrams: they become a train if their socket has asked for it
 * (WEFT_COALESCE). For others it would cost more than it saves: the train would be taken
 * apart again.
 */
#include <net/gro.h>
#include "datagram.h"
#include "gro.h"
#include "gso.h"
#include "header.h"

static bool weft_gro_dgram_valid(struct sk_buff *skb, const struct weft_dgram_hdrs *hdrs)
{
	unsigned int len = skb_gro_len(skb);

	return len > WEFT_DGRAM_HDRS_LEN &&
	       !weft_dgram_check(&hdrs->dgram, len - WEFT_HDR_LEN) &&
	       weft_gro_valid(skb, &hdrs->net, WEFT_DGRAM_LEN);
}

/* Into @p; false if @p must go on without it. */
static bool weft_gro_dgram_join(struct sk_buff *p, unsigned int offset,
				struct sk_buff *skb, const struct weft_dgram_hdrs *hdrs,
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
 * weft_gro_dgram() - merge a datagram
 * @head: packets that the device holds
 * @skb: packet with a datagram, its network header at @offset
 * @offset: where the core's view of its data begins, bytes
 *
 * Context: softirq, RCU read lock.
 * Return: the held packet that is to go on, or NULL.
 */
struct sk_buff *weft_gro_dgram(struct list_head *head, struct sk_buff *skb,
			       unsigned int offset)
{
	const struct weft_dgram_hdrs *hdrs;
	struct net *net = dev_net(skb->dev);
	enum weft_train_fit fit;
	struct sk_buff *p = NULL;

	if (!weft_dgram_any_coalesces(net))
		goto flush;
	hdrs = skb_gro_header(skb, offset + WEFT_DGRAM_HDRS_LEN, offset);
	if (!hdrs)
		goto flush;
	p = weft_gro_find(head, offset, hdrs);
	if ((!p && !weft_dgram_coalesces(net, hdrs, skb->dev->ifindex)) ||
	    !weft_gro_dgram_valid(skb, hdrs))
		goto flush;
	if (p && weft_gro_dgram_join(p, offset, skb, hdrs, &fit))
		return fit == WEFT_TRAIN_LAST ? p : NULL;
	return p;

flush:
	NAPI_GRO_CB(skb)->flush = 1;
	return p;
}

/**
 * weft_gro_dgram_complete() - make a train of merged datagrams
 * @skb: the datagrams
 * @hdr: their network header, its length already that of the train
 *
 * Return: the checksum's place.
 */
__sum16 *weft_gro_dgram_complete(struct sk_buff *skb, struct weft_hdr *hdr)
{
	struct weft_dgram_hdr *dgram = (void *)(hdr + 1);

	dgram->len = cpu_to_be16(be16_to_cpu(hdr->len) - WEFT_HDR_LEN);
	skb_shinfo(skb)->gso_type = WEFT_GSO_TRAIN;
	return &dgram->check;
}
