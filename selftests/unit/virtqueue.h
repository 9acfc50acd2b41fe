/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtqueue with memory of its own, and the device's side of one: what the
 * tests and the fuzzer of driver/virtio share.
 */
#ifndef UNIT_VIRTQUEUE_H
#define UNIT_VIRTQUEUE_H

#include <stdlib.h>
#include <string.h>

#include "packed.h"
#include "split.h"

static const struct vnet_vq_ops split_ops = {
	.post		= vnet_split_post,
	.post_pair	= vnet_split_post_pair,
	.pop		= vnet_split_pop,
	.pop_pair	= vnet_split_pop,
	.kick		= vnet_split_kick,
	.arm		= vnet_split_arm,
	.disarm		= vnet_split_disarm,
	.row		= vnet_split_row,
};

static const struct vnet_vq_ops packed_ops = {
	.post		= vnet_packed_post,
	.post_pair	= vnet_packed_post_pair,
	.pop		= vnet_packed_pop,
	.pop_pair	= vnet_packed_pop_pair,
	.kick		= vnet_packed_kick,
	.arm		= vnet_packed_arm,
	.disarm		= vnet_packed_disarm,
	.row		= vnet_packed_row,
};

/* Features of a virtqueue. */
#define SPLIT		0
#define PACKED		BIT_ULL(VIRTIO_F_RING_PACKED)
#define EVENT_IDX	BIT_ULL(VIRTIO_RING_F_EVENT_IDX)
#define IN_ORDER	BIT_ULL(VIRTIO_F_IN_ORDER)

/* Both sides of a virtqueue. */
struct queue {
	struct vnet_vq vq;
	const struct vnet_vq_ops *ops;
	bool packed;
	void *mem;
	uint16_t taken;		/* the device: descriptors looked at */
	uint16_t used;		/* and given back */
};

/* Every part by malloc(), so that no access beyond one goes unseen. */
static inline void queue_make(struct queue *q, unsigned int slots,
			      uint64_t features)
{
	bool packed = features & PACKED;

	memset(q, 0, sizeof(*q));
	q->packed = packed;
	q->ops = packed ? &packed_ops : &split_ops;
	q->mem = malloc(slots * VNET_SLOT_SIZE);
	q->vq.room = malloc(slots * sizeof(*q->vq.room));
	q->vq.ids = malloc(slots * sizeof(*q->vq.ids));
	vnet_vq_init(&q->vq, q->mem, slots, features);
}

static inline void queue_free(struct queue *q)
{
	free(q->mem);
	free(q->vq.room);
	free(q->vq.ids);
}

/* The device takes the next buffer, if there is one. */
static inline bool device_take(struct queue *q, uint16_t *id, uint64_t *addr,
			       uint32_t *len, uint16_t *flags)
{
	uint16_t i = q->taken & q->vq.mask;

	if (q->packed) {
		const struct vnet_packed_desc *d = &q->vq.packed[i];
		uint16_t mine = vnet_packed_mine(&q->vq, q->taken);
		uint16_t both = VNET_PACKED_AVAIL | VNET_PACKED_USED;

		if ((d->flags & both) != mine)
			return false;
		*id = d->id, *addr = d->addr, *len = d->len;
		*flags = d->flags & ~both;
	} else {
		const struct vnet_split_desc *d;

		if (q->vq.avail->idx == q->taken)
			return false;
		*id = q->vq.avail->ring[i];
		d = &q->vq.split[*id];
		*addr = d->addr, *len = d->len, *flags = d->flags;
	}
	q->taken++;
	return true;
}

/* The device writes that it is done with @n buffers, up to that of any identifier. */
static inline void device_use_batch(struct queue *q, unsigned int n, uint32_t id,
				    uint32_t len)
{
	uint16_t i = q->used & q->vq.mask;

	if (q->packed) {
		struct vnet_packed_desc *d = &q->vq.packed[i];

		d->id = id;
		d->len = len;
		d->flags = vnet_packed_wrap(&q->vq, q->used) ?
			   VNET_PACKED_AVAIL | VNET_PACKED_USED : 0;
	} else {
		q->vq.used->ring[i].id = id;
		q->vq.used->ring[i].len = len;
	}
	q->used += n;
	if (!q->packed)
		q->vq.used->idx = q->used;
}

/* The same for one. */
static inline void device_use(struct queue *q, uint32_t id, uint32_t len)
{
	device_use_batch(q, 1, id, len);
}

#endif /* UNIT_VIRTQUEUE_H */
