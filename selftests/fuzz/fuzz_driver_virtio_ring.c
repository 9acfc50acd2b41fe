// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: a device that writes anything anywhere into a virtqueue's memory,
 * between what the driver does. No identifier is ever ours twice, none is lost,
 * and what is popped was outstanding.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "virtqueue.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SLOTS	16

/* The driver posts a buffer of @arg bytes, if there is a slot. */
static void post(struct queue *q, uint8_t arg)
{
	uint16_t id;

	if (vnet_vq_outstanding(&q->vq) == SLOTS)
		return;
	id = vnet_vq_next_id(&q->vq);
	if (id >= SLOTS || q->vq.room[id])
		abort();
	q->ops->post(&q->vq, id, id, arg, VRING_DESC_F_WRITE, arg);
}

static void pop(struct queue *q)
{
	uint32_t room[SLOTS];
	struct vnet_done done;

	memcpy(room, q->vq.room, sizeof(room));
	if (!q->ops->pop(&q->vq, &done))
		return;
	if (done.id >= SLOTS || !room[done.id] || q->vq.room[done.id])
		abort();
	if (!done.bad && done.len >= room[done.id])
		abort();
}

static void check(const struct queue *q)
{
	uint16_t i, n = 0, seen = 0;

	for (i = 0; i < SLOTS; i++)
		n += !!q->vq.room[i];
	if (n != vnet_vq_outstanding(&q->vq))
		abort();
	for (i = q->vq.posted; i != (uint16_t)(q->vq.popped + SLOTS); i++) {
		uint16_t id = q->vq.ids[i & q->vq.mask];

		if (seen & 1 << id || q->vq.room[id])
			abort();
		seen |= 1 << id;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct queue q;

	if (!size)
		return 0;
	queue_make(&q, SLOTS, (*data & 1 ? PACKED : SPLIT) |
		   (*data & 2 ? EVENT_IDX : 0) | (*data & 4 ? IN_ORDER : 0));
	for (data++, size--; size >= 3; data += 3, size -= 3) {
		uint16_t at = (data[0] >> 3 | data[1] << 5) % (SLOTS * VNET_SLOT_SIZE);

		switch (data[0] & 7) {
		case 0:
		case 1:
			post(&q, data[2]);
			break;
		case 2:
			q.ops->kick(&q.vq);
			break;
		case 3:
			q.ops->arm(&q.vq, data[2] % SLOTS);
			break;
		case 4:
			q.ops->disarm(&q.vq);
			break;
		case 5:
			pop(&q);
			break;
		case 6:
			device_use_batch(&q, 1 + (data[0] >> 3) % 4, data[1], data[2]);
			break;
		case 7:
			((uint8_t *)q.mem)[at] = data[2];
			break;
		}
		check(&q);
	}
	queue_free(&q);
	return 0;
}
