/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtqueue, whatever its format (virtio 1.2, 2.6). Sections are those of
 * that specification.
 *
 * The driver gives every frame or buffer exactly one slot of the ring: a single
 * descriptor, or one that points to a table of its own (2.7.5.3, 2.8.7). So a
 * ring of n slots has n identifiers, and the two counts below say all there is
 * to say of it, in both formats:
 *
 *            popped                     posted
 *               |                          |
 *     ... ours  |  outstanding: the device's  |  ours ...
 *
 * The device may finish in any order: it names what it is done with by
 * identifier. Identifiers that are ours wait in a ring of their own, @ids.
 *
 * A device that promises to keep the order (VIRTIO_F_IN_ORDER, 2.7.9, 2.8.8) may
 * tell of a batch by its last buffer alone; those before it are full then. Every
 * identifier is the slot that it is posted in for such a device, so the name of
 * the last one says how many they are.
 *
 * Whatever the device writes is hostile until vnet_vq_take() has looked at it,
 * the one place where an identifier is believed. Nothing that the driver needs
 * later is read back from memory that the device can write.
 *
 * This header and split.h and packed.h also build in user space, for tests.
 */
#ifndef WEFTNIC_VIRTIO_VQ_H
#define WEFTNIC_VIRTIO_VQ_H

#include <asm/barrier.h>
#include <asm/byteorder.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ring.h>

/**
 * struct vnet_split_desc - a descriptor of a split virtqueue (2.7.5)
 * @addr: bus address of the buffer
 * @len: its bytes
 * @flags: VRING_DESC_F_*
 * @next: index of the chain's next descriptor, with VRING_DESC_F_NEXT
 */
struct vnet_split_desc {
	__le64 addr;
	__le32 len;
	__le16 flags;
	__le16 next;
};

/**
 * struct vnet_split_avail - what the driver makes available (2.7.6)
 * @flags: VRING_AVAIL_F_NO_INTERRUPT, unless event indices are in use
 * @idx: buffers ever made available
 * @ring: their identifiers; behind the last the used event (2.7.7)
 */
struct vnet_split_avail {
	__le16 flags;
	__le16 idx;
	__le16 ring[];
};

/**
 * struct vnet_split_used - what the device is done with (2.7.8)
 * @flags: VRING_USED_F_NO_NOTIFY, unless event indices are in use
 * @idx: buffers ever used
 * @ring: identifier and bytes written of each; behind the last the available
 *	event (2.7.10)
 */
struct vnet_split_used {
	__le16 flags;
	__le16 idx;
	struct {
		__le32 id;
		__le32 len;
	} ring[];
};

/**
 * struct vnet_packed_desc - a descriptor of a packed virtqueue (2.8.5)
 * @addr: bus address of the buffer
 * @len: its bytes; in a used one, the bytes written
 * @id: identifier of the buffer
 * @flags: VRING_DESC_F_*, and the two bits that say whose it is (2.8.1)
 */
struct vnet_packed_desc {
	__le64 addr;
	__le32 len;
	__le16 id;
	__le16 flags;
};

/**
 * struct vnet_packed_event - one side's wish for events (2.8.10)
 * @off_wrap: slot after which an event is wanted, and its wrap counter
 * @flags: VRING_PACKED_EVENT_FLAG_*
 */
struct vnet_packed_event {
	__le16 off_wrap;
	__le16 flags;
};

/**
 * struct vnet_vq - a virtqueue
 * @split: descriptors of a split one
 * @packed: the ring of a packed one
 * @avail: split: written by the driver
 * @used: split: written by the device
 * @driver: packed: written by the driver
 * @device: packed: written by the device
 * @room: by identifier: 0 while it is ours, else the bytes that the device may
 *	write, plus one
 * @ids: slots [popped, posted) are those of outstanding buffers when they were
 *	posted, all others hold the identifiers that are ours
 * @mask: slots minus one; their number is a power of two
 * @posted: buffers ever made available, modulo 2^16
 * @popped: buffers ever taken back, likewise
 * @seen: split: used index last read from the device, checked
 * @kicked: split: @posted when the device was last told
 * @batch: of a batch that the device has told of, the buffers still to be popped
 * @batch_len: bytes that it wrote to the last of these
 * @event_idx: VIRTIO_F_EVENT_IDX is negotiated
 * @in_order: VIRTIO_F_IN_ORDER is
 * @broken: the device told something that cannot be; nothing is popped any more
 * @index: number of the virtqueue at the device
 * @notify: where to write @index to tell the device (4.1.5.2)
 *
 * A receive queue belongs to its NAPI instance, a transmit queue to the holder
 * of netif_tx_lock, the control queue to that of &vnet.ctrl_lock.
 */
struct vnet_vq {
	union {
		struct vnet_split_desc *split;
		struct vnet_packed_desc *packed;
	};
	union {
		struct vnet_split_avail *avail;
		struct vnet_packed_event *driver;
	};
	union {
		struct vnet_split_used *used;
		struct vnet_packed_event *device;
	};
	u32 *room;
	u16 *ids;
	u16 mask;
	u16 posted;
	u16 popped;
	u16 seen;
	u16 kicked;
	u16 batch;
	u32 batch_len;
	bool event_idx;
	bool in_order;
	bool broken;
	u16 index;
	void __iomem *notify;
};

/**
 * struct vnet_done - a buffer that the device has given back
 * @id: identifier, checked: it was outstanding
 * @bad: the device says to have written more than there was room for
 * @len: bytes written, at most the buffer's own unless @bad
 */
struct vnet_done {
	u16 id;
	bool bad;
	u32 len;
};

/**
 * struct vnet_vq_ops - what the two formats do differently
 * @post: make a buffer available as identifier @id, see vnet_vq_next_id(), of
 *	which the device may write @room bytes; @flags are VRING_DESC_F_*
 * @post_pair: the same for two descriptors, the second of which the device
 *	writes; the queue must be used for nothing else. Cold
 * @pop: take back a buffer, if the device is done with one
 * @pop_pair: the same for one of @post_pair. Cold
 * @kick: publish what was posted; whether the device wants to be told
 * @arm: ask for an interrupt when the device has finished @ahead more buffers
 *	than are popped, plus one; whether it already has, or may have
 * @disarm: ask for no interrupts; some may come nevertheless
 * @row: write row @i of an indirect table
 */
struct vnet_vq_ops {
	void (*post)(struct vnet_vq *vq, u16 id, u64 addr, u32 len, u16 flags,
		     u32 room);
	void (*post_pair)(struct vnet_vq *vq, u64 out, u32 out_len, u64 in,
			  u32 in_len);
	bool (*pop)(struct vnet_vq *vq, struct vnet_done *done);
	bool (*pop_pair)(struct vnet_vq *vq, struct vnet_done *done);
	bool (*kick)(struct vnet_vq *vq);
	bool (*arm)(struct vnet_vq *vq, u16 ahead);
	void (*disarm)(struct vnet_vq *vq);
	void (*row)(void *table, u16 i, u64 addr, u32 len, bool last);
};

/* Buffers that the device has. */
static __always_inline u16 vnet_vq_outstanding(const struct vnet_vq *vq)
{
	return vq->posted - vq->popped;
}

/* The identifier that the next buffer is to have; there must be a free slot. */
static __always_inline u16 vnet_vq_next_id(const struct vnet_vq *vq)
{
	return vq->ids[vq->posted & vq->mask];
}

/* Account for a buffer made available. */
static __always_inline void vnet_vq_give(struct vnet_vq *vq, u16 id, u32 room)
{
	vq->room[id] = room + 1;
	vq->posted++;
}

/*
 * Believe, or not, that the device is done with buffer @id and has written @len
 * bytes to it. Too long a length costs that buffer's content. An identifier
 * that is not outstanding cannot be mended: which one was meant?
 */
static __always_inline bool vnet_vq_take(struct vnet_vq *vq, u32 id, u32 len,
					 struct vnet_done *done)
{
	if (unlikely(id > vq->mask || !vq->room[id])) {
		vq->broken = true;
		return false;
	}
	done->id = id;
	done->len = len;
	done->bad = len >= vq->room[id];
	vq->room[id] = 0;
	vq->ids[vq->popped & vq->mask] = id;
	vq->popped++;
	return true;
}

/* The next buffer of a batch: all but the last are full. */
static __always_inline bool vnet_vq_take_next(struct vnet_vq *vq,
					      struct vnet_done *done)
{
	u16 id = vq->popped & vq->mask;

	vq->batch--;
	return vnet_vq_take(vq, id,
			    vq->batch ? vq->room[id] - 1 : vq->batch_len, done);
}

/*
 * Believe, or not, that the device is done with all buffers up to @id, of which it
 * can have used @most.
 */
static __always_inline bool vnet_vq_take_batch(struct vnet_vq *vq, u32 id,
					       u32 len, u16 most,
					       struct vnet_done *done)
{
	u16 batch = ((id - vq->popped) & vq->mask) + 1;

	if (unlikely(id > vq->mask || batch > most)) {
		vq->broken = true;
		return false;
	}
	vq->batch = batch;
	vq->batch_len = len;
	return vnet_vq_take_next(vq, done);
}

/*
 * Bytes of ring memory per slot: a descriptor and, of a split ring, entries of
 * the other two parts, with room for their heads (2.7, 2.8).
 */
#define VNET_SLOT_SIZE		32
/* Fewest slots for which that is enough. */
#define VNET_SLOTS_MIN		16
/* Where the parts may begin: each has cache lines of its own. */
#define VNET_PART_ALIGN		64

void vnet_vq_init(struct vnet_vq *vq, void *mem, u16 slots, u64 features);
size_t vnet_vq_driver_offset(u16 slots);
size_t vnet_vq_device_offset(u16 slots, bool packed);

#endif /* WEFTNIC_VIRTIO_VQ_H */
