/* SPDX-License-Identifier: GPL-2.0 */
/* Packed virtqueues (virtio 1.2, 2.8): the operations of struct vnet_vq_ops. */
#ifndef WEFTNIC_VIRTIO_PACKED_H
#define WEFTNIC_VIRTIO_PACKED_H

#include <linux/bitops.h>

#include "vq.h"

#define VNET_PACKED_AVAIL	BIT(VRING_PACKED_DESC_F_AVAIL)
#define VNET_PACKED_USED	BIT(VRING_PACKED_DESC_F_USED)

/*
 * The wrap counter (2.8.1) of the n-th slot ever: it starts at 1 and turns with
 * every lap, of which there is an even number in 2^16.
 */
static __always_inline bool vnet_packed_wrap(const struct vnet_vq *vq, u16 n)
{
	return !(n & (vq->mask + 1));
}

/* Flags of a descriptor that the driver makes available in that lap. */
static __always_inline u16 vnet_packed_mine(const struct vnet_vq *vq, u16 n)
{
	return vnet_packed_wrap(vq, n) ? VNET_PACKED_AVAIL : VNET_PACKED_USED;
}

/* The flags come last: they hand the descriptor over (2.8.15). */
static __always_inline void vnet_packed_write(struct vnet_vq *vq, u16 n, u16 id,
					      u64 addr, u32 len, u16 flags)
{
	struct vnet_packed_desc *desc = &vq->packed[n & vq->mask];

	desc->addr = cpu_to_le64(addr);
	desc->len = cpu_to_le32(len);
	desc->id = cpu_to_le16(id);
	dma_wmb();
	WRITE_ONCE(desc->flags, cpu_to_le16(flags | vnet_packed_mine(vq, n)));
}

static __always_inline void vnet_packed_post(struct vnet_vq *vq, u16 id,
					     u64 addr, u32 len, u16 flags,
					     u32 room)
{
	u16 n = vq->posted;

	vnet_vq_give(vq, id, room);
	vnet_packed_write(vq, n, id, addr, len, flags);
}

/*
 * Two slots, the second first, since the first hands over both (2.8.6). One
 * buffer counts as two then, also when it comes back.
 */
static inline void vnet_packed_post_pair(struct vnet_vq *vq, u64 out,
					 u32 out_len, u64 in, u32 in_len)
{
	u16 n = vq->posted;

	vnet_vq_give(vq, 0, in_len);
	vq->posted++;
	vnet_packed_write(vq, n + 1, 0, in, in_len, VRING_DESC_F_WRITE);
	vnet_packed_write(vq, n, 0, out, out_len, VRING_DESC_F_NEXT);
}

/* Both bits as the wrap counter: the device is done with the n-th slot. */
static __always_inline bool vnet_packed_is_used(const struct vnet_vq *vq, u16 n)
{
	u16 both = VNET_PACKED_AVAIL | VNET_PACKED_USED;
	u16 flags = le16_to_cpu(READ_ONCE(vq->packed[n & vq->mask].flags));

	return (flags & both) == (vnet_packed_wrap(vq, n) ? both : 0);
}

static __always_inline bool vnet_packed_pop(struct vnet_vq *vq,
					    struct vnet_done *done)
{
	const struct vnet_packed_desc *desc = &vq->packed[vq->popped & vq->mask];
	u32 id, len;

	if (unlikely(vq->batch))
		return vnet_vq_take_next(vq, done);
	/* A slot not in use could look so in an odd lap. */
	if (vq->popped == vq->posted || !vnet_packed_is_used(vq, vq->popped) ||
	    unlikely(vq->broken))
		return false;
	/* The flags before what they hand over. */
	dma_rmb();
	id = le16_to_cpu(READ_ONCE(desc->id));
	len = le32_to_cpu(READ_ONCE(desc->len));
	if (unlikely(vq->in_order))
		return vnet_vq_take_batch(vq, id, len, vnet_vq_outstanding(vq),
					  done);
	return vnet_vq_take(vq, id, len, done);
}

/* The one buffer of a control queue has two slots. */
static inline bool vnet_packed_pop_pair(struct vnet_vq *vq,
					struct vnet_done *done)
{
	if (!vnet_packed_pop(vq, done))
		return false;
	vq->popped++;
	return true;
}

/*
 * With event indices the device may name the slot after which it wants to be
 * told. QEMU's transmit path (up to 10) leaves that slot where it was while it
 * goes on to take descriptors, so that a driver which compares would never
 * ring again and the queue stood still. So only "do not" is obeyed: at worst a
 * doorbell too many.
 */
static __always_inline bool vnet_packed_kick(struct vnet_vq *vq)
{
	/* Descriptors before the look (2.8.21). */
	mb();
	return READ_ONCE(vq->device->flags) !=
	       cpu_to_le16(VRING_PACKED_EVENT_FLAG_DISABLE);
}

static __always_inline bool vnet_packed_arm(struct vnet_vq *vq, u16 ahead)
{
	u16 n = vq->popped + ahead;
	u16 flags = VRING_PACKED_EVENT_FLAG_ENABLE;

	if (vq->event_idx) {
		u16 wrap = vnet_packed_wrap(vq, n) << VRING_PACKED_EVENT_F_WRAP_CTR;

		WRITE_ONCE(vq->driver->off_wrap,
			   cpu_to_le16((n & vq->mask) | wrap));
		dma_wmb();
		flags = VRING_PACKED_EVENT_FLAG_DESC;
	}
	WRITE_ONCE(vq->driver->flags, cpu_to_le16(flags));
	/* The wish before the look: what comes between is not lost. */
	mb();
	/* Of a batch only the first slot tells, so that one may seem to be enough. */
	if (vq->in_order)
		ahead = 0;
	return ahead < vnet_vq_outstanding(vq) &&
	       vnet_packed_is_used(vq, vq->popped + ahead) && !vq->broken;
}

static __always_inline void vnet_packed_disarm(struct vnet_vq *vq)
{
	WRITE_ONCE(vq->driver->flags,
		   cpu_to_le16(VRING_PACKED_EVENT_FLAG_DISABLE));
}

/* Rows have neither identifiers nor owners (2.8.7). */
static __always_inline void vnet_packed_row(void *table, u16 i, u64 addr,
					    u32 len, bool last __always_unused)
{
	struct vnet_packed_desc *desc = (struct vnet_packed_desc *)table + i;

	desc->addr = cpu_to_le64(addr);
	desc->len = cpu_to_le32(len);
	desc->id = 0;
	desc->flags = 0;
}

#endif /* WEFTNIC_VIRTIO_PACKED_H */
