/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The transmit road of virtio-net, as a template: split.c and packed.c each
 * make their own of it, with their constant struct vnet_vq_ops.
 *
 * A frame takes one slot. If it is one piece, with its header in the skb's
 * headroom, the slot's descriptor is the frame; else it points to the slot's
 * indirect table. Without indirect descriptors the device is given no
 * scatter/gather (net.c), so that every frame is one piece.
 *
 * Completion. The device sends some time after the doorbell, on its own. While
 * the stack sends, each flush reclaims what is done, and no interrupt is asked
 * for. Only when the stack may not go on (the ring is full, or BQL says so)
 * does one come, when three quarters of what is outstanding are done. When the
 * stack has nothing more to send, a timer looks after the rest: sockets wait
 * for the memory. It starts only if it does not run, so that under load it
 * comes once in VNET_TX_IDLE_NS; while the device does nothing, ever more
 * seldom.
 */
#ifndef WEFTNIC_VIRTIO_TX_H
#define WEFTNIC_VIRTIO_TX_H

#include "../tx.h"
#include "offload.h"

#define VNET_TX_IDLE_NS		(NSEC_PER_SEC / 1000)
/* That doubles so often at most, each time that no frame was done. */
#define VNET_TX_IDLE_SHIFT	5
/* Such times, 15 ms, after which the device is told once more, each time. */
#define VNET_TX_REMIND		4

static __always_inline struct vnet_tx_map *vnet_tx_maps(struct vnet_tx *tx,
							u16 id)
{
	return tx->maps + id * VNET_TX_ROWS;
}

static __always_inline void vnet_tx_unmap(struct vnet_tx *tx, u16 id)
{
	struct vnet_tx_map *map = vnet_tx_maps(tx, id);
	struct device *dev = tx->ring->dev;
	u32 i, n = map->count;

	/* A page of the receive ring's stays mapped, and so do sockets' chunks. */
	if (tx->ring->buf[id].own)
		return;
	for (i = 0; i < n; i++)
		dma_unmap_page(dev, map[i].dma, map[i].len, DMA_TO_DEVICE);
}

/* --- putting a frame into the ring ------------------------------------------- */

/* Map the linear part, with the header before it if @hdr_len is not 0. */
static __always_inline bool vnet_tx_map_linear(struct vnet_tx *tx,
					       struct sk_buff *skb,
					       struct vnet_tx_map *map,
					       unsigned int hdr_len)
{
	struct device *dev = tx->ring->dev;
	void *data = skb->data - hdr_len;

	map->len = skb_headlen(skb) + hdr_len;
	map->dma = dma_map_page(dev, virt_to_page(data), offset_in_page(data),
				map->len, DMA_TO_DEVICE);
	map->count = 1;
	return likely(!dma_mapping_error(dev, map->dma));
}

static __always_inline bool vnet_tx_map_frags(struct vnet_tx *tx,
					      struct sk_buff *skb, u16 id)
{
	struct vnet_tx_map *map = vnet_tx_maps(tx, id);
	struct device *dev = tx->ring->dev;
	unsigned int i;

	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];
		struct vnet_tx_map *row = &map[map->count];

		row->len = skb_frag_size(frag);
		row->dma = skb_frag_dma_map(dev, frag, 0, row->len,
					    DMA_TO_DEVICE);
		if (unlikely(dma_mapping_error(dev, row->dma))) {
			vnet_tx_unmap(tx, id);
			return false;
		}
		map->count++;
	}
	return true;
}

/* Post a frame as a table: the slot's header, if it is there, and all maps. */
static __always_inline void vnet_tx_post_table(struct vnet_tx *tx, u16 id,
					       bool hdr_in_slot,
					       const struct vnet_vq_ops *ops)
{
	const struct vnet_tx_map *map = vnet_tx_maps(tx, id);
	struct vnet_tx_slot *slot = &tx->slots[id];
	dma_addr_t dma = tx->slots_dma + id * sizeof(*slot);
	u16 i, n = map->count, row = 0;

	if (hdr_in_slot)
		ops->row(slot->table, row++,
			 dma + offsetof(struct vnet_tx_slot, hdr),
			 sizeof(slot->hdr), false);
	for (i = 0; i < n; i++)
		ops->row(slot->table, row++, map[i].dma, map[i].len,
			 i == n - 1);
	ops->post(&tx->vq, id, dma, row * sizeof(slot->table[0]),
		  VRING_DESC_F_INDIRECT, 0);
}

/* The header can go in front of the frame: nobody else uses what is there. */
static __always_inline bool vnet_tx_has_headroom(const struct sk_buff *skb)
{
	return skb_headroom(skb) >= sizeof(struct vnet_hdr) &&
	       !skb_header_cloned(skb) &&
	       IS_ALIGNED((unsigned long)skb->data, __alignof__(struct vnet_hdr));
}

/* Post an skb under identifier @id, whole or not at all. */
static __always_inline bool vnet_tx_put(struct vnet_tx *tx, struct sk_buff *skb,
					u16 id, const struct vnet_vq_ops *ops)
{
	struct vnet_tx_map *map = vnet_tx_maps(tx, id);
	bool in_front = vnet_tx_has_headroom(skb);

	if (unlikely(!in_front && !tx->indirect)) {
		if (skb_cow_head(skb, sizeof(struct vnet_hdr)))
			return false;
		in_front = true;
	}
	if (likely(in_front)) {
		vnet_hdr_write((void *)(skb->data - sizeof(struct vnet_hdr)), skb);
		if (!vnet_tx_map_linear(tx, skb, map, sizeof(struct vnet_hdr)))
			return false;
	} else {
		vnet_hdr_write(&tx->slots[id].hdr, skb);
		if (!vnet_tx_map_linear(tx, skb, map, 0))
			return false;
	}
	if (!skb_is_nonlinear(skb) && in_front) {
		ops->post(&tx->vq, id, map->dma, map->len, 0, 0);
		return true;
	}
	if (!vnet_tx_map_frags(tx, skb, id))
		return false;
	vnet_tx_post_table(tx, id, !in_front, ops);
	return true;
}

/* --- taking frames back ---------------------------------------------------------- */

/* A frame that is no skb is done. Sockets are told in the order of posting. */
static __always_inline void vnet_tx_reclaim_xdp(struct vnet_tx *tx,
						struct weftnic_tx_buf *buf,
						struct weftnic_tx_sums *sums)
{
	if (buf->kind == WEFTNIC_TX_XSK)
		__set_bit(buf->last, tx->xsk_done);
	weftnic_tx_reclaim_xdp(tx->ring, buf, sums);
}

static inline void vnet_tx_xsk_completed(struct vnet_tx *tx)
{
	u16 mask = tx->ring->mask, first = tx->xsk_popped;

	while (__test_and_clear_bit(tx->xsk_popped & mask, tx->xsk_done))
		tx->xsk_popped++;
	if (tx->xsk_popped != first)
		xsk_tx_completed(tx->ring->xsk, (u16)(tx->xsk_popped - first));
}

static __always_inline void
vnet_tx_reclaim(struct weftnic_tx_ring *ring, const struct vnet_vq_ops *ops)
{
	struct vnet_tx *tx = vnet_tx(ring);
	struct weftnic_vector *vec = ring->vec;
	struct weftnic_tx_sums sums = {};
	int napi_budget = !irqs_disabled();
	struct vnet_done done;

	while (ops->pop(&tx->vq, &done)) {
		struct weftnic_tx_buf *buf = &ring->buf[done.id];

		vnet_tx_unmap(tx, done.id);
		sums.segs += buf->segs;
		sums.bytes += buf->bytes;
		if (unlikely(buf->kind != WEFTNIC_TX_SKB))
			vnet_tx_reclaim_xdp(tx, buf, &sums);
		else
			napi_consume_skb(buf->skb, napi_budget);
		buf->skb = NULL;
	}
	if (unlikely(sums.xdp_segs)) {
		xdp_flush_frame_bulk(&ring->bulk);
		if (sums.xsk) {
			vnet_tx_xsk_completed(tx);
			weftnic_tx_count_xsk(ring, sums.xsk);
		}
	}
	if (unlikely(tx->vq.broken) &&
	    vnet_queue_broken(vec->adapter, "a transmit queue is broken"))
		weftnic_tx_count(ring, bad_used);
	if (!sums.segs)
		return;

	WRITE_ONCE(ring->next_to_clean, tx->vq.popped);
	u64_stats_update_begin(&vec->tx_syncp);
	u64_stats_add(&vec->tx_stats.packets, sums.segs);
	u64_stats_add(&vec->tx_stats.bytes, sums.bytes);
	u64_stats_add(&vec->tx_stats.xdp, sums.xdp_segs);
	u64_stats_update_end(&vec->tx_syncp);
	netdev_tx_completed_queue(ring->txq, sums.segs - sums.xdp_segs,
				  sums.bytes - sums.xdp_bytes);
	if (unlikely(netif_tx_queue_stopped(ring->txq)) &&
	    vnet_vq_outstanding(&tx->vq) <= ring->mask / 2 &&
	    test_bit(WEFTNIC_UP, &vec->adapter->flags))
		netif_tx_wake_queue(ring->txq);
}

/*
 * The timer came. A device may have gone past the event index that it has set, and be
 * told of nothing more: QEMU's (7.2) sets it once after it had to wait for its peer, and
 * may then take frames that were added in that very moment without a doorbell.
 */
static inline void vnet_tx_remind(struct weftnic_tx_ring *ring)
{
	struct vnet_tx *tx = vnet_tx(ring);

	if (tx->seen != tx->vq.popped) {
		tx->seen = tx->vq.popped;
		tx->idle = 0;
		return;
	}
	if (tx->idle < VNET_TX_IDLE_SHIFT)
		tx->idle++;
	if (tx->idle >= VNET_TX_REMIND) {
		iowrite16(tx->vq.index, tx->vq.notify);
		weftnic_tx_count(ring, doorbells);
		weftnic_tx_count(ring, reminders);
	}
}

/*
 * See to it that what is outstanding is reclaimed some time, even if nothing
 * more is sent. netif_tx_lock held.
 */
static __always_inline void
vnet_tx_wait(struct weftnic_tx_ring *ring, const struct vnet_vq_ops *ops)
{
	struct vnet_tx *tx = vnet_tx(ring);
	u16 outstanding = vnet_vq_outstanding(&tx->vq);
	struct weftnic_vector *vec = ring->vec;

	if (!outstanding)
		return;
	if (!hrtimer_is_queued(&tx->timer)) {
		vnet_tx_remind(ring);
		hrtimer_start(&tx->timer, VNET_TX_IDLE_NS << tx->idle,
			      HRTIMER_MODE_REL_PINNED);
	}
	if (likely(!netif_xmit_stopped(ring->txq))) {
		if (vec->tx_armed) {
			ops->disarm(&tx->vq);
			WRITE_ONCE(vec->tx_armed, false);
		}
		return;
	}
	weftnic_tx_count(ring, irq_arms);
	WRITE_ONCE(vec->tx_armed, true);
	if (ops->arm(&tx->vq, outstanding - outstanding / 4 - 1))
		vnet_tx_reclaim(ring, ops);
}

/* Tell the device of what was written since it was told last. */
static __always_inline void vnet_tx_kick(struct weftnic_tx_ring *ring,
					 const struct vnet_vq_ops *ops)
{
	struct vnet_vq *vq = &vnet_tx(ring)->vq;

	ring->batch_start = ring->next_to_use;
	if (!ops->kick(vq))
		return;
	iowrite16(vq->index, vq->notify);
	weftnic_tx_count(ring, doorbells);
}

/* What is not yet told of, what is done, what to wait for. Lock held. */
static __always_inline void
vnet_tx_flush(struct weftnic_tx_ring *ring, const struct vnet_vq_ops *ops)
{
	if (ring->batch_start != ring->next_to_use)
		vnet_tx_kick(ring, ops);
	vnet_tx_reclaim(ring, ops);
	vnet_tx_wait(ring, ops);
}

/* --- the road --------------------------------------------------------------------- */

static __always_inline void vnet_tx_count_offload(struct weftnic_tx_ring *ring,
						  const struct sk_buff *skb)
{
	if (skb_is_gso(skb))
		weftnic_tx_count(ring, tso);
	else if (skb->ip_summed == CHECKSUM_PARTIAL)
		weftnic_tx_count(ring, csum);
}

/* A frame was posted: the counts that others look at, and the stack's leave. */
static __always_inline void vnet_tx_posted(struct weftnic_tx_ring *ring)
{
	const struct vnet_vq *vq = &vnet_tx(ring)->vq;

	WRITE_ONCE(ring->next_to_use, vq->posted);
	if (unlikely(vnet_vq_outstanding(vq) >= ring->mask))
		netif_tx_stop_queue(ring->txq);
}

/* ndo_start_xmit. netif_tx_lock held, BHs off. */
static __always_inline netdev_tx_t
vnet_tx_xmit(struct sk_buff *skb, struct weftnic_tx_ring *ring,
	     const struct vnet_vq_ops *ops)
{
	bool more = netdev_xmit_more() || weftnic_tx_may_wait(ring);
	struct vnet_tx *tx = vnet_tx(ring);
	struct weftnic_tx_buf *buf;
	unsigned int bytes;
	u16 id;

	if (unlikely(vnet_vq_outstanding(&tx->vq) >= ring->mask)) {
		netif_tx_stop_queue(ring->txq);
		weftnic_tx_count(ring, busy);
		vnet_tx_flush(ring, ops);
		return NETDEV_TX_BUSY;
	}
	id = vnet_vq_next_id(&tx->vq);
	buf = &ring->buf[id];
	buf->kind = WEFTNIC_TX_SKB;
	buf->own = false;
	buf->segs = weftnic_tx_wire(skb, &bytes);
	if (unlikely(!vnet_tx_put(tx, skb, id, ops))) {
		weftnic_tx_count(ring, map_errors);
		dev_kfree_skb_any(skb);
		/* Frames before this one may have been told to wait for it. */
		if (!more)
			vnet_tx_flush(ring, ops);
		return NETDEV_TX_OK;
	}
	weftnic_tx_timestamp(skb);
	buf->skb = skb;
	buf->bytes = bytes;
	vnet_tx_count_offload(ring, skb);
	vnet_tx_posted(ring);
	if (__netdev_tx_sent_queue(ring->txq, bytes, more))
		vnet_tx_flush(ring, ops);
	return NETDEV_TX_OK;
}

/* Make an empty virtqueue of a stopped, empty ring. */
static __always_inline void vnet_tx_restart(struct weftnic_tx_ring *ring,
					    const struct vnet_vq_ops *ops)
{
	struct vnet *vn = vnet_priv(ring->vec->adapter);
	struct vnet_vq *vq = &vnet_tx(ring)->vq;

	vnet_vq_init(vq, ring->desc, ring->mask + 1, vn->agreed);
	vq->index = vnet_tx_index(ring->vec->index);
	ops->disarm(vq);
}

/*
 * Send what waits, and reclaim: the transmit end of a poll, and a part of it, so
 * that pages go straight back to the ring's pool.
 */
static __always_inline void
vnet_tx_poll_end(struct weftnic_tx_ring *ring, const struct vnet_vq_ops *ops)
{
	if (READ_ONCE(ring->next_to_clean) != READ_ONCE(ring->next_to_use)) {
		__netif_tx_lock(ring->txq, smp_processor_id());
		vnet_tx_flush(ring, ops);
		__netif_tx_unlock(ring->txq);
	}
	this_cpu_write(weftnic_poll.vec, NULL);
}

/* For netpoll, which may have interrupted the holder of the lock. */
static __always_inline void
vnet_tx_poll_nowait(struct weftnic_tx_ring *ring,
		    const struct vnet_vq_ops *ops)
{
	if (!__netif_tx_trylock(ring->txq))
		return;
	vnet_tx_flush(ring, ops);
	__netif_tx_unlock(ring->txq);
}

#endif /* WEFTNIC_VIRTIO_TX_H */
