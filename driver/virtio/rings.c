// SPDX-License-Identifier: GPL-2.0
/* What the rings of this device have beside those of the core's making. */

#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat_hrtimer.h"
#include "tx.h"

/**
 * vnet_vq_alloc() - allocate what the driver alone knows of a virtqueue
 * @vq: virtqueue
 * @slots: of its ring
 *
 * Process context. Return: 0 or -ENOMEM, with nothing left behind.
 */
int vnet_vq_alloc(struct vnet_vq *vq, u16 slots)
{
	vq->room = kvcalloc(slots, sizeof(*vq->room), GFP_KERNEL);
	vq->ids = kvcalloc(slots, sizeof(*vq->ids), GFP_KERNEL);
	if (vq->room && vq->ids)
		return 0;
	vnet_vq_free(vq);
	return -ENOMEM;
}

/**
 * vnet_vq_free() - undo vnet_vq_alloc()
 * @vq: virtqueue
 */
void vnet_vq_free(struct vnet_vq *vq)
{
	kvfree(vq->room);
	kvfree(vq->ids);
	vq->room = NULL;
	vq->ids = NULL;
}

/* --- receive ------------------------------------------------------------------ */

/**
 * vnet_rx_ring_init() - add what this device needs to a receive ring
 * @ring: receive ring, with its descriptors' memory
 *
 * The device writes its header into the headroom, beside what the core counts
 * on for the frame.
 *
 * Process context. Return: 0 or -ENOMEM, with nothing left behind.
 */
int vnet_rx_ring_init(struct weftnic_rx_ring *ring)
{
	struct vnet *vn = vnet_priv(ring->vec->adapter);
	struct vnet_rx *rx = kzalloc(sizeof(*rx), GFP_KERNEL);

	if (!rx)
		return -ENOMEM;
	if (vnet_vq_alloc(&rx->vq, ring->mask + 1)) {
		kfree(rx);
		return -ENOMEM;
	}
	rx->merge = vnet_has(vn, VIRTIO_NET_F_MRG_RXBUF);
	ring->buf_len += sizeof(struct vnet_hdr);
	ring->priv = rx;
	return 0;
}

/**
 * vnet_rx_ring_exit() - undo vnet_rx_ring_init()
 * @ring: receive ring
 */
void vnet_rx_ring_exit(struct weftnic_rx_ring *ring)
{
	if (!ring->priv)
		return;
	vnet_vq_free(&vnet_rx(ring)->vq);
	kfree(ring->priv);
	ring->priv = NULL;
}

/**
 * vnet_rx_ring_gather() - bring a stopped ring's buffers to its beginning
 * @ring: receive ring, which the device and NAPI have left
 *
 * The device may have used them in any order; the core looks for them in
 * [next_to_clean, next_to_use). rtnl held.
 */
void vnet_rx_ring_gather(struct weftnic_rx_ring *ring)
{
	struct vnet_rx *rx = vnet_rx(ring);
	u16 id, n = 0;

	for (id = 0; id <= ring->mask; id++) {
		if (!rx->vq.room[id])
			continue;
		rx->vq.room[id] = 0;
		swap(ring->buf[n], ring->buf[id]);
		n++;
	}
	rx->pending = 0;
	ring->next_to_clean = 0;
	ring->next_to_use = n;
}

/* --- transmit ------------------------------------------------------------------ */

/* The stack has sent no more for a while: see what is done. */
static enum hrtimer_restart vnet_tx_timer(struct hrtimer *timer)
{
	struct vnet_tx *tx = container_of(timer, struct vnet_tx, timer);

	napi_schedule(&tx->ring->vec->napi);
	return HRTIMER_NORESTART;
}

/**
 * vnet_tx_ring_init() - add what this device needs to a transmit ring
 * @ring: transmit ring, with its descriptors' memory
 *
 * Process context. Return: 0 or -ENOMEM, with nothing left behind.
 */
int vnet_tx_ring_init(struct weftnic_tx_ring *ring)
{
	struct vnet *vn = vnet_priv(ring->vec->adapter);
	u16 slots = ring->mask + 1;
	struct vnet_tx *tx;

	tx = kzalloc(sizeof(*tx), GFP_KERNEL);
	if (!tx)
		return -ENOMEM;
	ring->priv = tx;
	tx->ring = ring;
	hrtimer_setup(&tx->timer, vnet_tx_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_REL_PINNED);
	tx->indirect = vnet_has(vn, VIRTIO_RING_F_INDIRECT_DESC);
	tx->maps = kvcalloc(slots, VNET_TX_ROWS * sizeof(*tx->maps), GFP_KERNEL);
	tx->slots = dma_alloc_coherent(ring->dev, slots * sizeof(*tx->slots),
				       &tx->slots_dma, GFP_KERNEL);
	if (tx->maps && tx->slots && !vnet_vq_alloc(&tx->vq, slots))
		return 0;
	vnet_tx_ring_exit(ring);
	return -ENOMEM;
}

/**
 * vnet_tx_ring_exit() - undo vnet_tx_ring_init()
 * @ring: transmit ring, empty
 */
void vnet_tx_ring_exit(struct weftnic_tx_ring *ring)
{
	struct vnet_tx *tx = vnet_tx(ring);

	if (!tx)
		return;
	vnet_vq_free(&tx->vq);
	if (tx->slots)
		dma_free_coherent(ring->dev,
				  (ring->mask + 1) * sizeof(*tx->slots),
				  tx->slots, tx->slots_dma);
	kvfree(tx->maps);
	kfree(tx);
	ring->priv = NULL;
}

/**
 * vnet_tx_ring_drop() - give back every frame of a stopped ring
 * @ring: transmit ring, which the device and the stack have left
 *
 * Leaves it empty. rtnl held.
 */
void vnet_tx_ring_drop(struct weftnic_tx_ring *ring)
{
	struct vnet_tx *tx = vnet_tx(ring);
	u32 id;

	hrtimer_cancel(&tx->timer);
	for (id = 0; id <= ring->mask; id++) {
		if (!tx->vq.room[id])
			continue;
		tx->vq.room[id] = 0;
		vnet_tx_unmap(tx, id);
		weftnic_tx_free_frame(&ring->buf[id]);
	}
	ring->next_to_use = 0;
	ring->next_to_clean = 0;
	ring->batch_start = 0;
}
