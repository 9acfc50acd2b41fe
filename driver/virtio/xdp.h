/* SPDX-License-Identifier: GPL-2.0 */
/*
 * XDP on virtio-net: what a program sends, by the stack's transmit rings and
 * under their locks. A template, as the rest of the roads.
 *
 * The header before such a frame is all zeros: nothing is left to the device. It
 * goes into the frame's headroom, or where that is used up into the slot. Short
 * frames are sent as they are, as the stack's are.
 */
#ifndef WEFTNIC_VIRTIO_XDP_H
#define WEFTNIC_VIRTIO_XDP_H

#include "../xdp.h"
#include "tx.h"

/* Map the first piece, with the header before it if @hdr_len is not 0. */
static __always_inline bool vnet_xdp_map_linear(struct vnet_tx *tx,
						struct xdp_frame *frame,
						struct vnet_tx_map *map,
						unsigned int hdr_len, bool own)
{
	void *data = frame->data - hdr_len;

	map->len = frame->len + hdr_len;
	map->count = 1;
	return weftnic_xdp_map(tx->ring, virt_to_page(data),
			       offset_in_page(data), map->len, own, &map->dma);
}

static __always_inline bool vnet_xdp_map_frags(struct vnet_tx *tx,
					       struct xdp_frame *frame, u16 id,
					       bool own)
{
	struct skb_shared_info *shared = xdp_get_shared_info_from_frame(frame);
	struct vnet_tx_map *map = vnet_tx_maps(tx, id);
	unsigned int i;

	for (i = 0; i < shared->nr_frags; i++) {
		const skb_frag_t *frag = &shared->frags[i];
		struct vnet_tx_map *row = &map[map->count];

		row->len = skb_frag_size(frag);
		if (unlikely(!weftnic_xdp_map(tx->ring, skb_frag_page(frag),
					      skb_frag_off(frag), row->len,
					      own, &row->dma))) {
			vnet_tx_unmap(tx, id);
			return false;
		}
		map->count++;
	}
	return true;
}

/* Post a frame under identifier @id, whole or not at all. */
static __always_inline bool vnet_xdp_put(struct vnet_tx *tx,
					 struct xdp_frame *frame, u16 id,
					 bool own,
					 const struct vnet_vq_ops *ops)
{
	struct vnet_tx_map *map = vnet_tx_maps(tx, id);
	bool in_front = frame->headroom >= sizeof(struct vnet_hdr);
	unsigned int hdr_len = in_front ? sizeof(struct vnet_hdr) : 0;
	bool frags = xdp_frame_has_frags(frame);

	if (unlikely(!tx->indirect && (frags || !in_front)))
		return false;
	memset(in_front ? frame->data - hdr_len : (void *)&tx->slots[id].hdr,
	       0, sizeof(struct vnet_hdr));
	if (unlikely(!vnet_xdp_map_linear(tx, frame, map, hdr_len, own)))
		return false;
	if (likely(in_front && !frags)) {
		ops->post(&tx->vq, id, map->dma, map->len, 0, 0);
		return true;
	}
	if (frags && !vnet_xdp_map_frags(tx, frame, id, own))
		return false;
	vnet_tx_post_table(tx, id, !in_front, ops);
	return true;
}

/* There is a free slot, after all that can be done at once to make one. */
static __always_inline bool vnet_xdp_make_room(struct weftnic_tx_ring *ring,
					       const struct vnet_vq_ops *ops)
{
	const struct vnet_vq *vq = &vnet_tx(ring)->vq;

	if (likely(vnet_vq_outstanding(vq) < ring->mask))
		return true;
	vnet_tx_flush(ring, ops);
	return vnet_vq_outstanding(vq) < ring->mask;
}

/*
 * Post a frame; it stays the caller's on failure. @own: it is of this vector's
 * receive ring. netif_tx_lock held.
 */
static __always_inline bool vnet_xdp_put_frame(struct weftnic_tx_ring *ring,
					       struct xdp_frame *frame,
					       bool own,
					       const struct vnet_vq_ops *ops)
{
	struct vnet_tx *tx = vnet_tx(ring);
	struct weftnic_tx_buf *buf;
	u16 id;

	if (unlikely(!vnet_xdp_make_room(ring, ops))) {
		weftnic_tx_count(ring, busy);
		return false;
	}
	id = vnet_vq_next_id(&tx->vq);
	buf = &ring->buf[id];
	buf->own = own;
	if (unlikely(!vnet_xdp_put(tx, frame, id, own, ops))) {
		weftnic_tx_count(ring, map_errors);
		return false;
	}
	weftnic_xdp_commit(buf, frame, own);
	vnet_tx_posted(ring);
	return true;
}

/* XDP_TX, as weftnic_xdp_tx(). The poll's end rings the doorbell. */
static __always_inline bool vnet_xdp_tx(struct weftnic_rx_ring *rx,
					const struct vnet_vq_ops *ops)
{
	struct xdp_frame *frame = weftnic_xdp_tx_begin(rx);
	struct weftnic_tx_ring *tx = rx->vec->tx;
	bool sent;

	if (unlikely(!frame))
		return false;
	sent = vnet_xdp_put_frame(tx, frame, true, ops);
	__netif_tx_unlock(tx->txq);
	return sent;
}

/* ndo_xdp_xmit, as weftnic_xdp_xmit(). */
static __always_inline int vnet_xdp_xmit(struct net_device *dev, int n,
					 struct xdp_frame **frames, u32 flags,
					 const struct vnet_vq_ops *ops)
{
	struct weftnic_tx_ring *ring = weftnic_xdp_xmit_begin(dev, flags);
	int sent;

	if (IS_ERR(ring))
		return PTR_ERR(ring);
	for (sent = 0; sent < n; sent++)
		if (!vnet_xdp_put_frame(ring, frames[sent], false, ops))
			break;
	if (flags & XDP_XMIT_FLUSH && !weftnic_tx_in_own_poll(ring))
		vnet_tx_flush(ring, ops);
	__netif_tx_unlock(ring->txq);
	return sent;
}

#endif /* WEFTNIC_VIRTIO_XDP_H */
