/* SPDX-License-Identifier: GPL-2.0 */
/*
 * XDP: frames that a program sees before the stack does, and frames that it
 * sends. Those go through the stack's transmit rings, under their locks, as
 * templates like the rest of the transmit road. They are no skbs: BQL does not
 * count them, and they ask for no offload.
 */
#ifndef WEFTNIC_XDP_H
#define WEFTNIC_XDP_H

#include <linux/filter.h>

#include "tx.h"

struct weftnic_rx_meta;

bool weftnic_xdp_collect(struct weftnic_rx_ring *ring,
			 struct weftnic_rx_buf *buf,
			 const struct weftnic_rx_meta *meta);
u32 weftnic_xdp_run(struct weftnic_rx_ring *ring);
u32 weftnic_xdp_unsent(struct weftnic_rx_ring *ring);
struct sk_buff *weftnic_xdp_build(struct weftnic_rx_ring *ring);
void weftnic_xdp_pad(struct xdp_frame *frame);

/*
 * Map a piece of a frame. One of the vector's own receive ring is mapped
 * already: only what the CPU wrote has to get to the device.
 */
static __always_inline bool
weftnic_xdp_map(struct weftnic_tx_ring *ring, struct page *page,
		unsigned int offset, unsigned int len, bool own,
		dma_addr_t *dma)
{
	if (own) {
		*dma = page_pool_get_dma_addr(page) + offset;
		dma_sync_single_for_device(ring->dev, *dma, len,
					   DMA_BIDIRECTIONAL);
		return true;
	}
	*dma = dma_map_page(ring->dev, page, offset, len, DMA_TO_DEVICE);
	return likely(!dma_mapping_error(ring->dev, *dma));
}

static __always_inline bool
weftnic_xdp_put(struct weftnic_tx_ring *ring, const struct weftnic_txd_ops *ops,
		struct page *page, unsigned int offset, unsigned int len,
		bool own, bool eop)
{
	u8 map = own ? WEFTNIC_TX_MAP_NONE : WEFTNIC_TX_MAP_PAGE;
	dma_addr_t dma;

	if (unlikely(!weftnic_xdp_map(ring, page, offset, len, own, &dma)))
		return false;
	weftnic_tx_put(ring, ops, dma, len, map, ops->plain, eop);
	return true;
}

static __always_inline bool
weftnic_xdp_put_frags(struct weftnic_tx_ring *ring,
		      const struct weftnic_txd_ops *ops,
		      struct xdp_frame *frame, bool own)
{
	struct skb_shared_info *shared = xdp_get_shared_info_from_frame(frame);
	unsigned int i;

	for (i = 0; i < shared->nr_frags; i++) {
		const skb_frag_t *frag = &shared->frags[i];

		if (!weftnic_xdp_put(ring, ops, skb_frag_page(frag),
				     skb_frag_off(frag), skb_frag_size(frag),
				     own, i == shared->nr_frags - 1))
			return false;
	}
	return true;
}

/* Account for a frame in the entry that is given back when it is done. */
static __always_inline void weftnic_xdp_commit(struct weftnic_tx_buf *buf,
					       struct xdp_frame *frame,
					       bool own)
{
	buf->frame = frame;
	buf->kind = WEFTNIC_TX_XDP;
	buf->own = own;
	buf->segs = 1;
	buf->bytes = xdp_get_frame_len(frame);
}

/*
 * Write all descriptors of a frame, or none. netif_tx_lock held. The frame
 * stays the caller's on failure.
 */
static __always_inline bool
weftnic_xdp_put_frame(struct weftnic_tx_ring *ring, struct xdp_frame *frame,
		      bool own, const struct weftnic_txd_ops *ops)
{
	u16 first = ring->next_to_use;
	bool frags, ok;

	if (unlikely(!weftnic_tx_make_room(ring, WEFTNIC_TX_NEED, ops))) {
		weftnic_tx_count(ring, busy);
		return false;
	}
	if (unlikely(frame->len < ETH_ZLEN))
		weftnic_xdp_pad(frame);
	frags = xdp_frame_has_frags(frame);
	ok = weftnic_xdp_put(ring, ops, virt_to_page(frame->data),
			     offset_in_page(frame->data), frame->len, own,
			     !frags) &&
	     (!frags || weftnic_xdp_put_frags(ring, ops, frame, own));
	if (unlikely(!ok)) {
		weftnic_tx_unwind(ring, first);
		weftnic_tx_count(ring, map_errors);
		return false;
	}
	weftnic_xdp_commit(&ring->buf[(ring->next_to_use - 1) & ring->mask],
			   frame, own);
	if (unlikely(weftnic_tx_free(ring) < WEFTNIC_TX_NEED))
		netif_tx_stop_queue(ring->txq);
	return true;
}

/* The frame just received, to be sent; the vector's netif_tx_lock is held if it can be. */
static __always_inline struct xdp_frame *
weftnic_xdp_tx_begin(struct weftnic_rx_ring *rx)
{
	struct xdp_frame *frame = xdp_convert_buff_to_frame(&rx->xdp);

	if (likely(frame))
		__netif_tx_lock(rx->vec->tx->txq, smp_processor_id());
	return frame;
}

/*
 * XDP_TX: send the frame that was just received where it came from. The poll's
 * end rings the doorbell. NAPI context.
 */
static __always_inline bool
weftnic_xdp_tx(struct weftnic_rx_ring *rx, const struct weftnic_txd_ops *ops)
{
	struct xdp_frame *frame = weftnic_xdp_tx_begin(rx);
	struct weftnic_tx_ring *tx = rx->vec->tx;
	bool sent;

	if (unlikely(!frame))
		return false;
	sent = weftnic_xdp_put_frame(tx, frame, true, ops);
	__netif_tx_unlock(tx->txq);
	return sent;
}

/*
 * This CPU's transmit ring, its netif_tx_lock held then; -ENETDOWN while the
 * interface is down, -EINVAL for unknown flags. BHs off.
 */
static __always_inline struct weftnic_tx_ring *
weftnic_xdp_xmit_begin(struct net_device *dev, u32 flags)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	unsigned int queue = smp_processor_id() % ad->n_vectors;
	struct netdev_queue *txq = netdev_get_tx_queue(dev, queue);
	struct weftnic_tx_ring *ring;

	if (unlikely(flags & ~XDP_XMIT_FLAGS_MASK))
		return ERR_PTR(-EINVAL);
	__netif_tx_lock(txq, smp_processor_id());
	/* Who takes the rings away has cleared WEFTNIC_UP before it locked. */
	ring = ad->vec[queue].tx;
	if (likely(test_bit(WEFTNIC_UP, &ad->flags) && ring &&
		   netif_carrier_ok(dev)))
		return ring;
	__netif_tx_unlock(txq);
	return ERR_PTR(-ENETDOWN);
}

/*
 * ndo_xdp_xmit: frames that a program, of this device or another, redirected
 * here. BHs off.
 *
 * Return: how many of them were sent, from the first on; the others stay the
 * caller's; or -errno.
 */
static __always_inline int
weftnic_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		 u32 flags, const struct weftnic_txd_ops *ops)
{
	struct weftnic_tx_ring *ring = weftnic_xdp_xmit_begin(dev, flags);
	int sent;

	if (IS_ERR(ring))
		return PTR_ERR(ring);
	for (sent = 0; sent < n; sent++)
		if (!weftnic_xdp_put_frame(ring, frames[sent], false, ops))
			break;
	if (flags & XDP_XMIT_FLUSH && ring->batch_start != ring->next_to_use &&
	    !weftnic_tx_in_own_poll(ring))
		weftnic_tx_flush(ring, ops);
	__netif_tx_unlock(ring->txq);
	return sent;
}

#endif /* WEFTNIC_XDP_H */
