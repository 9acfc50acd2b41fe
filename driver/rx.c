// SPDX-License-Identifier: GPL-2.0
/* Receive, off the fast path: frames of several buffers, and bad ones. */

#include "rx.h"

static void weftnic_rx_drop(struct weftnic_rx_ring *ring,
			    const struct weftnic_rx_meta *meta)
{
	weftnic_rx_ring_drop(ring);
	ring->discard = !meta->eop;
}

/* Append a buffer to the frame under way, or say why not. */
static bool weftnic_rx_append(struct weftnic_rx_ring *ring,
			      struct weftnic_rx_buf *buf, u16 len)
{
	struct sk_buff *skb = ring->skb;
	unsigned int frags = skb_shinfo(skb)->nr_frags;

	if (frags >= MAX_SKB_FRAGS || skb->len + len > WEFTNIC_RX_MAX_FRAME)
		return false;
	skb_add_rx_frag(skb, frags, buf->page, buf->offset + ring->headroom,
			len, ring->slot);
	return true;
}

/**
 * weftnic_rx_chain() - take a descriptor that is not a whole good frame
 * @ring: receive ring
 * @buf: its buffer, synced for the CPU; ownership passes to the callee
 * @meta: what the device says of it
 *
 * Collects the buffers of a frame in &weftnic_rx_ring.skb. Whatever the device
 * says that cannot be (a length of zero or beyond the buffer, a frame without
 * end) is counted and dropped up to the end of the frame. NAPI context.
 *
 * Return: a whole frame to deliver, or NULL.
 */
struct sk_buff *weftnic_rx_chain(struct weftnic_rx_ring *ring,
				 struct weftnic_rx_buf *buf,
				 const struct weftnic_rx_meta *meta)
{
	struct sk_buff *skb = NULL;

	if (ring->discard) {
		ring->discard = !meta->eop;
		goto recycle;
	}
	if (unlikely(!meta->len || meta->len > ring->buf_len)) {
		weftnic_rx_count(ring, length_errors);
		goto drop;
	}
	if (meta->eop && meta->bad) {
		weftnic_rx_count(ring, device_errors);
		goto drop;
	}

	if (!ring->skb) {
		if (meta->len < ETH_HLEN) {
			weftnic_rx_count(ring, length_errors);
			goto drop;
		}
		ring->skb = weftnic_rx_build(ring, buf, meta->len);
		if (!ring->skb)
			ring->discard = !meta->eop;
	} else if (!weftnic_rx_append(ring, buf, meta->len)) {
		weftnic_rx_count(ring, chain_errors);
		goto drop;
	}
	if (meta->eop) {
		swap(skb, ring->skb);
		if (skb)
			weftnic_rx_count(ring, chains);
	}
	return skb;

drop:
	weftnic_rx_drop(ring, meta);
recycle:
	page_pool_recycle_direct(ring->pool, buf->page);
	return NULL;
}
