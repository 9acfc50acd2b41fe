// SPDX-License-Identifier: GPL-2.0
/* A virtqueue's memory, laid out; it also builds in user space, for tests. */

#include <linux/bitops.h>
#include <linux/string.h>

#include "vq.h"

/**
 * vnet_vq_driver_offset() - where in a ring's memory the driver's part begins
 * @slots: of the ring
 *
 * The available ring, or the driver event suppression structure.
 *
 * Return: bytes from the descriptors.
 */
size_t vnet_vq_driver_offset(u16 slots)
{
	return slots * sizeof(struct vnet_split_desc);
}

/**
 * vnet_vq_device_offset() - where in a ring's memory the device's part begins
 * @slots: of the ring
 * @packed: its format
 *
 * The used ring, or the device event suppression structure.
 *
 * Return: bytes from the descriptors.
 */
size_t vnet_vq_device_offset(u16 slots, bool packed)
{
	size_t driver = packed ? sizeof(struct vnet_packed_event) :
				 sizeof(struct vnet_split_avail) +
				 (slots + 1) * sizeof(__le16);

	return vnet_vq_driver_offset(slots) +
	       (driver + VNET_PART_ALIGN - 1) / VNET_PART_ALIGN *
	       VNET_PART_ALIGN;
}

/**
 * vnet_vq_init() - make a virtqueue empty
 * @vq: virtqueue; @room and @ids have an entry per slot
 * @mem: ring memory, VNET_SLOT_SIZE bytes per slot
 * @slots: a power of two, at least VNET_SLOTS_MIN
 * @features: of those negotiated, VIRTIO_F_RING_PACKED, VIRTIO_RING_F_EVENT_IDX
 *	and VIRTIO_F_IN_ORDER matter
 *
 * The device must have been reset. Interrupts are not asked for.
 */
void vnet_vq_init(struct vnet_vq *vq, void *mem, u16 slots, u64 features)
{
	bool packed = features & BIT_ULL(VIRTIO_F_RING_PACKED);
	u16 i;

	memset(mem, 0, (size_t)slots * VNET_SLOT_SIZE);
	vq->split = mem;
	vq->avail = mem + vnet_vq_driver_offset(slots);
	vq->used = mem + vnet_vq_device_offset(slots, packed);
	vq->mask = slots - 1;
	vq->posted = 0;
	vq->popped = 0;
	vq->seen = 0;
	vq->kicked = 0;
	vq->batch = 0;
	vq->event_idx = features & BIT_ULL(VIRTIO_RING_F_EVENT_IDX);
	vq->in_order = features & BIT_ULL(VIRTIO_F_IN_ORDER);
	vq->broken = false;
	for (i = 0; i < slots; i++) {
		vq->room[i] = 0;
		vq->ids[i] = i;
	}
}
