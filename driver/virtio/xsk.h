/* SPDX-License-Identifier: GPL-2.0 */
/*
 * AF_XDP on virtio-net without a copy, as templates over struct vnet_vq_ops; the
 * rest is ../xsk.h.
 *
 * The header before a received frame goes to the chunk's headroom, right before the
 * data. The one before a frame to be sent is in the slot, since what a socket has in
 * front of its frame is its own; so the slot is a table, of the header and the frame.
 */
#ifndef WEFTNIC_VIRTIO_XSK_H
#define WEFTNIC_VIRTIO_XSK_H

#include "../xsk.h"
#include "rx.h"
#include "tx.h"
#include "xdp.h"

/* --- receive ----------------------------------------------------------------- */

/* Give the device a batch of chunks; false: there were too few. */
static __always_inline bool vnet_xsk_refill(struct weftnic_rx_ring *ring,
					    const struct vnet_vq_ops *ops)
{
	const unsigned int hdr_len = sizeof(struct vnet_hdr);
	struct vnet_vq *vq = &vnet_rx(ring)->vq;
	unsigned int n;

	for (n = 0; n < WEFTNIC_RX_BATCH; n++) {
		struct xdp_buff *xdp = xsk_buff_alloc(ring->xsk);
		u16 id = vnet_vq_next_id(vq);

		if (!xdp)
			break;
		ring->buf[id].xdp = xdp;
		ops->post(vq, id, xsk_buff_xdp_get_dma(xdp) - hdr_len,
			  ring->xsk_len + hdr_len, VRING_DESC_F_WRITE,
			  ring->xsk_len + hdr_len);
	}
	if (n) {
		ring->next_to_use = vq->posted;
		vnet_rx_kick(ring, ops);
	}
	return n == WEFTNIC_RX_BATCH;
}

/*
 * Read the header in front of a frame. In memory that the CPU sees differently, each
 * page is mapped by itself, and an unaligned chunk may have its header in two.
 */
static __always_inline void vnet_xsk_header(struct weftnic_rx_ring *ring,
					    struct xdp_buff *xdp,
					    struct vnet_hdr *hdr)
{
	dma_addr_t dma = xsk_buff_xdp_get_dma(xdp) - sizeof(*hdr);
	const void *data = xdp->data - sizeof(*hdr);
	size_t first = min_t(size_t, sizeof(*hdr),
			     PAGE_SIZE - offset_in_page(data));

	dma_sync_single_for_cpu(ring->dev, dma, first, DMA_BIDIRECTIONAL);
	if (unlikely(first < sizeof(*hdr)))
		dma_sync_single_for_cpu(ring->dev, dma + first,
					sizeof(*hdr) - first,
					DMA_BIDIRECTIONAL);
	memcpy(hdr, data, sizeof(*hdr));
}

/*
 * The buffer is a whole frame, as it was on the wire. Of one that takes several
 * buffers the others are dropped as they come.
 */
static __always_inline bool vnet_xsk_whole(struct weftnic_rx_ring *ring,
					   struct xdp_buff *xdp,
					   const struct vnet_done *done)
{
	struct vnet_rx *rx = vnet_rx(ring);
	u16 buffers = 1;

	if (unlikely(rx->pending)) {
		rx->pending--;
		return false;
	}
	if (unlikely(done->bad || done->len < sizeof(rx->hdr) + ETH_HLEN)) {
		weftnic_rx_count(ring, length_errors);
		return false;
	}
	vnet_xsk_header(ring, xdp, &rx->hdr);
	if (rx->merge)
		buffers = le16_to_cpu(rx->hdr.num_buffers);
	if (unlikely(buffers != 1)) {
		weftnic_rx_count(ring, chain_errors);
		if (buffers && buffers <= ring->mask)
			rx->pending = buffers - 1;
		return false;
	}
	if (unlikely(vnet_hdr_is_more(&rx->hdr))) {
		weftnic_rx_count(ring, device_errors);
		return false;
	}
	return true;
}

/* XDP_TX, as weftnic_xsk_tx(). */
static __always_inline void vnet_xsk_tx(struct weftnic_rx_ring *ring,
					struct xdp_buff *xdp,
					const struct vnet_vq_ops *ops)
{
	struct xdp_frame *frame = weftnic_xsk_tx_begin(ring, xdp);

	if (likely(frame))
		weftnic_xsk_tx_end(ring, frame,
				   vnet_xdp_put_frame(ring->vec->tx, frame,
						      false, ops));
}

/* One buffer's way. */
static __always_inline void vnet_xsk_rx_one(struct weftnic_rx_ring *ring,
					    const struct vnet_done *done,
					    struct weftnic_rx_sums *sums,
					    const struct vnet_vq_ops *ops)
{
	struct xdp_buff *xdp = ring->buf[done->id].xdp;
	struct weftnic_rx_meta meta = {};
	u32 act;

	if (unlikely(done->bad))
		weftnic_rx_count(ring, bad_used);
	if (unlikely(!vnet_xsk_whole(ring, xdp, done))) {
		xsk_buff_free(xdp);
		return;
	}
	meta.len = done->len - sizeof(struct vnet_hdr);
	act = weftnic_xsk_run(ring, xdp, meta.len);
	if (act == XDP_TX)
		vnet_xsk_tx(ring, xdp, ops);
	weftnic_xsk_end(ring, xdp, act, &meta, sums);
}

/* As weftnic_xsk_rx_poll(). */
static __always_inline int vnet_xsk_rx_poll(struct weftnic_rx_ring *ring,
					    int budget,
					    const struct vnet_vq_ops *ops)
{
	struct vnet_vq *vq = &vnet_rx(ring)->vq;
	struct weftnic_rx_sums sums = {};
	struct vnet_done done;
	bool enough = true;
	int n = 0;

	while (n < budget) {
		if (enough && weftnic_rx_lack(ring) >= WEFTNIC_RX_BATCH)
			enough = vnet_xsk_refill(ring, ops);
		if (!ops->pop(vq, &done)) {
			if (unlikely(vnet_rx(ring)->pending))
				vnet_rx_lacks(vnet_rx(ring));
			break;
		}
		ring->next_to_clean = vq->popped;
		vnet_xsk_rx_one(ring, &done, &sums, ops);
		n++;
	}
	vnet_rx_poll_end(ring, &sums);
	if (weftnic_xsk_rx_end(ring, enough, budget, &n))
		vnet_xsk_refill(ring, ops);
	return n;
}

/* --- transmit ---------------------------------------------------------------- */

/* Post a frame as a table; there is a free slot. */
static __always_inline void vnet_xsk_put(struct weftnic_tx_ring *ring,
					 const struct xdp_desc *desc,
					 const struct vnet_vq_ops *ops)
{
	struct vnet_tx *tx = vnet_tx(ring);
	u16 id = vnet_vq_next_id(&tx->vq);
	struct vnet_tx_map *map = vnet_tx_maps(tx, id);
	struct weftnic_tx_buf *buf = &ring->buf[id];

	map->dma = xsk_buff_raw_get_dma(ring->xsk, desc->addr);
	map->len = desc->len;
	map->count = 1;
	xsk_buff_raw_dma_sync_for_device(ring->xsk, map->dma, map->len);
	memset(&tx->slots[id].hdr, 0, sizeof(tx->slots[id].hdr));
	buf->own = true;
	weftnic_xsk_commit(buf, ring->xsk, desc->len);
	buf->last = tx->xsk_posted++ & ring->mask;
	vnet_tx_post_table(tx, id, true, ops);
	vnet_tx_posted(ring);
}

/* The sockets may have the next slot: half the ring is theirs. */
static __always_inline bool vnet_xsk_has_room(const struct weftnic_tx_ring *ring)
{
	const struct vnet_tx *tx = vnet_tx(ring);
	u16 half = ring->mask / 2;

	return vnet_vq_outstanding(&tx->vq) < half &&
	       (u16)(tx->xsk_posted - tx->xsk_popped) < half;
}

/*
 * As weftnic_xsk_xmit(). A frame without a whole header is none, and the device is
 * not bothered with it.
 */
static __always_inline unsigned int
vnet_xsk_xmit(struct weftnic_tx_ring *ring, const struct vnet_vq_ops *ops)
{
	struct vnet_tx *tx = vnet_tx(ring);
	struct xdp_desc desc;
	unsigned int n = 0;

	if (unlikely(!weftnic_xsk_xmit_begin(ring)))
		return 0;
	vnet_tx_reclaim(ring, ops);
	while (n < WEFTNIC_XSK_BATCH && vnet_xsk_has_room(ring) &&
	       xsk_tx_peek_desc(ring->xsk, &desc)) {
		if (likely(desc.len >= ETH_HLEN))
			vnet_xsk_put(ring, &desc, ops);
		else
			__set_bit(tx->xsk_posted++ & ring->mask, tx->xsk_done);
		n++;
	}
	if (n)
		vnet_tx_xsk_completed(tx);
	weftnic_xsk_xmit_end(ring, n);
	return n;
}

/* As weftnic_xsk_poll(). */
static __always_inline int vnet_xsk_poll(struct weftnic_vector *vec, int budget,
					 const struct vnet_vq_ops *ops)
{
	int done;

	if (vec->rx->xsk)
		done = vnet_xsk_rx_poll(vec->rx, budget, ops);
	else
		done = vnet_rx_poll(vec->rx, budget, ops);
	if (vnet_xsk_xmit(vec->tx, ops) == WEFTNIC_XSK_BATCH)
		done = budget;
	return done;
}

#endif /* WEFTNIC_VIRTIO_XSK_H */
