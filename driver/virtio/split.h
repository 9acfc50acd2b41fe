/* SPDX-License-Identifier: GPL-2.0 */
/* Split virtqueues (virtio 1.2, 2.7): the operations of struct vnet_vq_ops. */
#ifndef WEFTNIC_VIRTIO_SPLIT_H
#define WEFTNIC_VIRTIO_SPLIT_H

#include "vq.h"

static __always_inline void vnet_split_write(struct vnet_split_desc *desc,
					     u64 addr, u32 len, u16 flags,
					     u16 next)
{
	desc->addr = cpu_to_le64(addr);
	desc->len = cpu_to_le32(len);
	desc->flags = cpu_to_le16(flags);
	desc->next = cpu_to_le16(next);
}

static __always_inline void vnet_split_post(struct vnet_vq *vq, u16 id,
					    u64 addr, u32 len, u16 flags,
					    u32 room)
{
	vnet_split_write(&vq->split[id], addr, len, flags, 0);
	vq->avail->ring[vq->posted & vq->mask] = cpu_to_le16(id);
	vnet_vq_give(vq, id, room);
}

/* Two descriptors, in ring order, as a device that keeps the order may expect. */
static inline void vnet_split_post_pair(struct vnet_vq *vq, u64 out,
					u32 out_len, u64 in, u32 in_len)
{
	u16 id = 2 * vq->posted & vq->mask;

	vnet_split_write(&vq->split[id + 1], in, in_len, VRING_DESC_F_WRITE, 0);
	vnet_split_write(&vq->split[id], out, out_len, VRING_DESC_F_NEXT, id + 1);
	vq->avail->ring[vq->posted & vq->mask] = cpu_to_le16(id);
	vnet_vq_give(vq, id, in_len);
}

/*
 * Read how far the device is, and check it: it cannot have used more than it
 * has got.
 */
static __always_inline bool vnet_split_look(struct vnet_vq *vq)
{
	u16 seen = le16_to_cpu(READ_ONCE(vq->used->idx));

	if (seen == vq->popped || unlikely(vq->broken))
		return false;
	if (unlikely((u16)(seen - vq->popped) > vnet_vq_outstanding(vq))) {
		vq->broken = true;
		return false;
	}
	/* The index before the entries that it counts (2.7.14). */
	dma_rmb();
	vq->seen = seen;
	return true;
}

static __always_inline bool vnet_split_pop(struct vnet_vq *vq,
					   struct vnet_done *done)
{
	u16 i = vq->popped & vq->mask;
	u32 id, len;

	if (unlikely(vq->batch))
		return vnet_vq_take_next(vq, done);
	if (vq->seen == vq->popped && !vnet_split_look(vq))
		return false;
	if (unlikely(vq->broken))
		return false;
	id = le32_to_cpu(READ_ONCE(vq->used->ring[i].id));
	len = le32_to_cpu(READ_ONCE(vq->used->ring[i].len));
	if (unlikely(vq->in_order))
		return vnet_vq_take_batch(vq, id, len, vq->seen - vq->popped,
					  done);
	return vnet_vq_take(vq, id, len, done);
}

/* The driver's wish behind the available ring, and the device's (2.7.7, 2.7.10). */
static __always_inline __le16 *vnet_split_used_event(const struct vnet_vq *vq)
{
	return &vq->avail->ring[vq->mask + 1];
}

static __always_inline u16 vnet_split_avail_event(const struct vnet_vq *vq)
{
	const __le16 *event = (__le16 *)&vq->used->ring[vq->mask + 1];

	return le16_to_cpu(READ_ONCE(*event));
}

static __always_inline bool vnet_split_kick(struct vnet_vq *vq)
{
	u16 old = vq->kicked, fresh = vq->posted;

	/* Descriptors before the index (2.7.13.3). */
	dma_wmb();
	WRITE_ONCE(vq->avail->idx, cpu_to_le16(fresh));
	/* The index before the look (2.7.13.4). */
	mb();
	vq->kicked = fresh;
	if (vq->event_idx)
		return vring_need_event(vnet_split_avail_event(vq), fresh, old);
	return !(READ_ONCE(vq->used->flags) &
		 cpu_to_le16(VRING_USED_F_NO_NOTIFY));
}

static __always_inline bool vnet_split_arm(struct vnet_vq *vq, u16 ahead)
{
	u16 used;

	if (vq->event_idx)
		WRITE_ONCE(*vnet_split_used_event(vq),
			   cpu_to_le16(vq->popped + ahead));
	else
		WRITE_ONCE(vq->avail->flags, 0);
	/* The wish before the look: what comes between is not lost. */
	mb();
	used = le16_to_cpu(READ_ONCE(vq->used->idx));
	return (u16)(used - vq->popped) > ahead && !vq->broken;
}

/* With event indices, one that has just gone by: it comes again 2^16 later. */
static __always_inline void vnet_split_disarm(struct vnet_vq *vq)
{
	if (vq->event_idx)
		WRITE_ONCE(*vnet_split_used_event(vq),
			   cpu_to_le16(vq->popped - 1));
	else
		WRITE_ONCE(vq->avail->flags,
			   cpu_to_le16(VRING_AVAIL_F_NO_INTERRUPT));
}

static __always_inline void vnet_split_row(void *table, u16 i, u64 addr,
					   u32 len, bool last)
{
	struct vnet_split_desc *desc = (struct vnet_split_desc *)table + i;

	vnet_split_write(desc, addr, len, last ? 0 : VRING_DESC_F_NEXT, i + 1);
}

#endif /* WEFTNIC_VIRTIO_SPLIT_H */
