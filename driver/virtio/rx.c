// SPDX-License-Identifier: GPL-2.0
/*
 * Receive, off the fast path: frames of several buffers. With segmentation by
 * the device they outgrow one skb's fragments, and go on in those of skbs on
 * its list.
 */

#include "rx.h"

/* The largest packet that can be segmented, its Ethernet header and a tag. */
#define VNET_RX_MAX_FRAME	(U16_MAX + ETH_HLEN + VLAN_HLEN)

/* The skb that the next fragment goes to, or NULL for want of memory. */
static struct sk_buff *vnet_rx_tail(struct weftnic_rx_ring *ring)
{
	struct vnet_rx *rx = vnet_rx(ring);
	struct sk_buff *skb;

	if (skb_shinfo(rx->tail)->nr_frags < MAX_SKB_FRAGS)
		return rx->tail;
	skb = alloc_skb(0, GFP_ATOMIC);
	if (!skb) {
		weftnic_rx_count(ring, no_skb);
		return NULL;
	}
	skb_mark_for_recycle(skb);
	if (rx->tail == ring->skb)
		skb_shinfo(ring->skb)->frag_list = skb;
	else
		rx->tail->next = skb;
	rx->tail = skb;
	ring->skb->truesize += skb->truesize;
	return skb;
}

/* Append a buffer to the frame under way, if it fits. */
static bool vnet_rx_append(struct weftnic_rx_ring *ring,
			   const struct weftnic_rx_buf *buf, u16 len)
{
	struct sk_buff *head = ring->skb, *tail;

	if (!len || head->len + len > VNET_RX_MAX_FRAME) {
		weftnic_rx_count(ring, chain_errors);
		return false;
	}
	tail = vnet_rx_tail(ring);
	if (!tail)
		return false;
	skb_add_rx_frag(tail, skb_shinfo(tail)->nr_frags, buf->page,
			buf->offset + ring->headroom, len, ring->slot);
	if (tail != head) {
		head->len += len;
		head->data_len += len;
		head->truesize += ring->slot;
	}
	return true;
}

/**
 * vnet_rx_chain() - take a buffer that is not a whole frame
 * @ring: receive ring
 * @buf: the buffer, synced for the CPU; ownership passes to the callee
 * @meta: its length, checked, and whether it ends the frame
 *
 * Collects the buffers of a frame in &weftnic_rx_ring.skb. What cannot be (an
 * empty buffer, a frame too long) is counted and dropped to the frame's end.
 * NAPI context.
 *
 * Return: a whole frame to deliver, or NULL.
 */
struct sk_buff *vnet_rx_chain(struct weftnic_rx_ring *ring,
			      struct weftnic_rx_buf *buf,
			      const struct weftnic_rx_meta *meta)
{
	struct sk_buff *skb = NULL;

	if (ring->discard) {
		ring->discard = !meta->eop;
		goto recycle;
	}
	if (!ring->skb) {
		ring->skb = weftnic_rx_build(ring, buf, meta->len);
		vnet_rx(ring)->tail = ring->skb;
		if (!ring->skb)
			ring->discard = !meta->eop;
	} else if (!vnet_rx_append(ring, buf, meta->len)) {
		goto drop;
	}
	if (meta->eop) {
		swap(skb, ring->skb);
		if (skb)
			weftnic_rx_count(ring, chains);
	}
	return skb;

drop:
	weftnic_rx_ring_drop(ring);
	ring->discard = !meta->eop;
recycle:
	page_pool_recycle_direct(ring->pool, buf->page);
	return NULL;
}

/**
 * vnet_rx_kick_all() - ring the doorbells of all receive rings
 * @ad: adapter, of a device that spreads flows
 *
 * The device may have run out of buffers in one of them. QEMU (7.2), where it does
 * the spreading itself, then holds back what came by a tap's queue until there is a
 * buffer in the ring of that queue's number, and not in the one that lacked it.
 */
void vnet_rx_kick_all(const struct weftnic_adapter *ad)
{
	unsigned int q;

	for (q = 0; q < ad->n_vectors; q++) {
		const struct vnet_vq *vq = &vnet_rx(ad->vec[q].rx)->vq;

		iowrite16(vq->index, vq->notify);
	}
}
