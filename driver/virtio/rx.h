/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The receive road of virtio-net, as a template: split.c and packed.c each make
 * their own of it, with their constant struct vnet_vq_ops. Building and
 * delivering skbs is the core's (../rx.h).
 *
 * The header that the device writes lies in the buffer's headroom, right before
 * the frame. A buffer after a frame's first has no header, so its data begin
 * where the header would:
 *
 *          slot       headroom - 12   headroom
 *            |              |            |
 *    first:  |   headroom   |   header   | frame ...           | skb_shared_info
 *    others: |   headroom   | frame, continued ...             |
 *                           |<------ ring->buf_len bytes ----->|
 */
#ifndef WEFTNIC_VIRTIO_RX_H
#define WEFTNIC_VIRTIO_RX_H

#include "../rx.h"
#include "offload.h"
#include "xdp.h"

void vnet_rx_kick_all(const struct weftnic_adapter *ad);
struct sk_buff *vnet_rx_chain(struct weftnic_rx_ring *ring,
			      struct weftnic_rx_buf *buf,
			      const struct weftnic_rx_meta *meta);

static __always_inline void vnet_rx_post(struct weftnic_rx_ring *ring,
					 const struct vnet_vq_ops *ops, u16 id)
{
	dma_addr_t dma = weftnic_rx_dma(ring, &ring->buf[id]);

	ops->post(&vnet_rx(ring)->vq, id, dma - sizeof(struct vnet_hdr),
		  ring->buf_len, VRING_DESC_F_WRITE, ring->buf_len);
}

/*
 * With packed rings the wish of a device that spreads flows cannot be relied on: a short
 * frame that finds a buffer takes it back, while a long one still waits for several.
 */
static __always_inline void vnet_rx_kick(struct weftnic_rx_ring *ring,
					 const struct vnet_vq_ops *ops)
{
	const struct weftnic_adapter *ad = ring->vec->adapter;
	struct vnet_vq *vq = &vnet_rx(ring)->vq;
	bool wanted = ops->kick(vq);

	if (unlikely(vnet_has(vnet_priv(ad), VIRTIO_NET_F_RSS))) {
		if (wanted || vnet_priv(ad)->packed)
			vnet_rx_kick_all(ad);
	} else if (wanted) {
		iowrite16(vq->index, vq->notify);
	}
}

/* Give the device a batch of buffers, or as many as there is page for. */
static __always_inline void vnet_rx_refill(struct weftnic_rx_ring *ring,
					   const struct vnet_vq_ops *ops)
{
	struct vnet_vq *vq = &vnet_rx(ring)->vq;
	unsigned int n;

	for (n = 0; n < WEFTNIC_RX_BATCH; n++) {
		u16 id = vnet_vq_next_id(vq);
		struct weftnic_rx_buf *buf = &ring->buf[id];

		buf->page = page_pool_dev_alloc_frag(ring->pool, &buf->offset,
						     ring->slot);
		if (unlikely(!buf->page)) {
			weftnic_rx_count(ring, no_page);
			break;
		}
		vnet_rx_post(ring, ops, id);
	}
	if (unlikely(!n))
		return;
	ring->next_to_use = vq->posted;
	vnet_rx_kick(ring, ops);
}

/* Make an empty virtqueue of the buffers that a stopped ring holds. */
static __always_inline void vnet_rx_restart(struct weftnic_rx_ring *ring,
					    const struct vnet_vq_ops *ops)
{
	struct vnet *vn = vnet_priv(ring->vec->adapter);
	struct vnet_vq *vq = &vnet_rx(ring)->vq;
	u16 id, n = ring->next_to_use;

	vnet_vq_init(vq, ring->desc, ring->mask + 1, vn->agreed);
	vq->index = vnet_rx_index(ring->vec->index);
	ops->disarm(vq);
	for (id = 0; id < n; id++)
		vnet_rx_post(ring, ops, id);
}

/* The first buffer of a frame: read its header, and remember it. */
static __always_inline bool vnet_rx_first(struct weftnic_rx_ring *ring,
					  const struct weftnic_rx_buf *buf,
					  struct weftnic_rx_meta *meta,
					  u32 len)
{
	struct vnet_rx *rx = vnet_rx(ring);
	const void *data = page_address(buf->page) + buf->offset +
			   ring->headroom;
	u16 buffers = 1;

	if (unlikely(len < sizeof(rx->hdr) + ETH_HLEN)) {
		weftnic_rx_count(ring, length_errors);
		return false;
	}
	rx->hdr = *(const struct vnet_hdr *)(data - sizeof(rx->hdr));
	if (rx->merge)
		buffers = le16_to_cpu(rx->hdr.num_buffers);
	/* A frame cannot take more buffers than the ring has (5.1.6.4). */
	if (unlikely(!buffers || buffers > ring->mask)) {
		weftnic_rx_count(ring, chain_errors);
		return false;
	}
	rx->pending = buffers - 1;
	meta->len = len - sizeof(rx->hdr);
	meta->csum = rx->hdr.flags & VIRTIO_NET_HDR_F_DATA_VALID ?
		     WEFTNIC_RX_CSUM_OK : WEFTNIC_RX_CSUM_NONE;
	return true;
}

/* A whole frame: what the device has left to do, and off to the stack. */
static __always_inline void vnet_rx_finish(struct weftnic_rx_ring *ring,
					   struct sk_buff *skb,
					   const struct weftnic_rx_meta *meta,
					   struct weftnic_rx_sums *sums)
{
	const struct vnet_hdr *hdr = &vnet_rx(ring)->hdr;

	if (unlikely(vnet_hdr_is_more(hdr)) &&
	    unlikely(!vnet_hdr_read(skb, hdr))) {
		weftnic_rx_count(ring, device_errors);
		dev_kfree_skb_any(skb);
		return;
	}
	weftnic_rx_deliver(ring, skb, meta, sums);
}

/*
 * One buffer's way where a program sees the frames first. It is for whole frames
 * with a checksum, and the device was told so (net.c).
 */
static __always_inline void vnet_rx_xdp(struct weftnic_rx_ring *ring,
					struct weftnic_rx_buf *buf,
					struct weftnic_rx_meta *meta,
					struct weftnic_rx_sums *sums,
					const struct vnet_vq_ops *ops)
{
	unsigned int bytes;
	u32 act;

	meta->bad = vnet_hdr_is_more(&vnet_rx(ring)->hdr);
	if (!weftnic_xdp_collect(ring, buf, meta))
		return;
	bytes = xdp_get_buff_len(&ring->xdp);
	act = weftnic_xdp_run(ring);
	if (act == XDP_TX && !vnet_xdp_tx(ring, ops))
		act = weftnic_xdp_unsent(ring);
	weftnic_rx_xdp_end(ring, act, bytes, meta, sums);
}

/* One buffer's way. */
static __always_inline void vnet_rx_one(struct weftnic_rx_ring *ring,
					const struct vnet_done *done,
					struct weftnic_rx_sums *sums,
					const struct vnet_vq_ops *ops)
{
	struct vnet_rx *rx = vnet_rx(ring);
	struct weftnic_rx_buf buf = ring->buf[done->id];
	struct weftnic_rx_meta meta = { .len = done->len };
	struct sk_buff *skb;

	if (unlikely(done->bad)) {
		weftnic_rx_count(ring, bad_used);
		weftnic_rx_count(ring, length_errors);
		goto drop;
	}
	dma_sync_single_range_for_cpu(ring->dev,
				      page_pool_get_dma_addr(buf.page),
				      buf.offset + ring->headroom -
				      sizeof(struct vnet_hdr),
				      done->len, DMA_FROM_DEVICE);
	if (unlikely(rx->pending)) {
		rx->pending--;
		buf.offset -= sizeof(struct vnet_hdr);
	} else if (!vnet_rx_first(ring, &buf, &meta, done->len)) {
		goto recycle;
	}
	meta.eop = !rx->pending;
	if (READ_ONCE(ring->prog)) {
		vnet_rx_xdp(ring, &buf, &meta, sums, ops);
		return;
	}
	if (likely(meta.eop && !ring->skb && !ring->discard))
		skb = weftnic_rx_build(ring, &buf, meta.len);
	else
		skb = vnet_rx_chain(ring, &buf, &meta);
	if (likely(skb))
		vnet_rx_finish(ring, skb, &meta, sums);
	return;

drop:
	/* In the midst of a frame the rest of it is of no use either. */
	if (rx->pending) {
		rx->pending--;
		weftnic_rx_ring_drop(ring);
		ring->discard = rx->pending;
	}
recycle:
	page_pool_recycle_direct(ring->pool, buf.page);
}

/*
 * All buffers of a frame are there once its first is (5.1.6.4): of one that lacks
 * some the rest will not come, and what comes next is another frame. Where the order
 * is kept it cannot come: the device is lost in the ring.
 */
static inline void vnet_rx_lacks(struct vnet_rx *rx)
{
	rx->pending = 0;
	if (rx->vq.in_order)
		rx->vq.broken = true;
}

static inline void vnet_rx_abandon(struct weftnic_rx_ring *ring)
{
	weftnic_rx_count(ring, chain_errors);
	weftnic_rx_ring_drop(ring);
	vnet_rx_lacks(vnet_rx(ring));
}

/* What a poll found, be it that the device's word is of no use any more. */
static __always_inline void
vnet_rx_poll_end(struct weftnic_rx_ring *ring,
		 const struct weftnic_rx_sums *sums)
{
	if (unlikely(vnet_rx(ring)->vq.broken) &&
	    vnet_queue_broken(ring->vec->adapter,
			      "a receive queue is broken"))
		weftnic_rx_count(ring, bad_used);
	weftnic_rx_poll_end(ring, sums);
}

static __always_inline int vnet_rx_poll(struct weftnic_rx_ring *ring,
					int budget,
					const struct vnet_vq_ops *ops)
{
	struct vnet_vq *vq = &vnet_rx(ring)->vq;
	struct weftnic_rx_sums sums = {};
	struct vnet_done done;
	int n = 0;

	while (n < budget) {
		if (weftnic_rx_lack(ring) >= WEFTNIC_RX_BATCH)
			vnet_rx_refill(ring, ops);
		if (!ops->pop(vq, &done)) {
			if (unlikely(vnet_rx(ring)->pending))
				vnet_rx_abandon(ring);
			break;
		}
		ring->next_to_clean = vq->popped;
		vnet_rx_one(ring, &done, &sums, ops);
		n++;
	}
	vnet_rx_poll_end(ring, &sums);
	return n;
}

#endif /* WEFTNIC_VIRTIO_RX_H */
