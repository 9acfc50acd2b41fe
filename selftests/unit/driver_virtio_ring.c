// SPDX-License-Identifier: GPL-2.0
/*
 * Virtqueues of both formats beside a model of a device that finishes in any
 * order, and one that lies.
 */
#include <stdio.h>

#include "tap.h"
#include "virtqueue.h"

#define SLOTS	16

/* What the device has and what the driver is to be told, oldest first. */
struct model {
	uint16_t has[SLOTS], used[SLOTS];
	uint32_t len[SLOTS];
	unsigned int n_has, n_used;
};

static void post_one(struct queue *q, uint64_t *addr)
{
	uint16_t id = vnet_vq_next_id(&q->vq);

	*addr += 64;
	q->ops->post(&q->vq, id, *addr + id, 1500, VRING_DESC_F_WRITE, 1500);
}

static void take_one(struct queue *q, struct model *m)
{
	uint16_t id, flags, i;
	uint64_t addr;
	uint32_t len;

	if (!device_take(q, &id, &addr, &len, &flags))
		return;
	CHECK(len == 1500 && flags == VRING_DESC_F_WRITE && addr % 64 == id);
	for (i = 0; i < m->n_has; i++)
		CHECK(m->has[i] != id);
	m->has[m->n_has++] = id;
}

static void use_one(struct queue *q, struct model *m)
{
	unsigned int i = rand() % m->n_has;
	uint16_t id = m->has[i];
	uint32_t len = rand() % 1501;

	m->has[i] = m->has[--m->n_has];
	m->used[m->n_used] = id;
	m->len[m->n_used++] = len;
	device_use(q, id, len);
}

static void pop_one(struct queue *q, struct model *m)
{
	struct vnet_done done;

	if (!m->n_used) {
		CHECK(!q->ops->pop(&q->vq, &done));
		return;
	}
	CHECK(q->ops->pop(&q->vq, &done));
	CHECK(!done.bad && done.id == m->used[0] && done.len == m->len[0]);
	m->n_used--;
	memmove(m->used, m->used + 1, m->n_used * sizeof(m->used[0]));
	memmove(m->len, m->len + 1, m->n_used * sizeof(m->len[0]));
}

/* Several laps of the counts of sixteen bits. */
static void walk(bool packed)
{
	struct model m = {};
	uint64_t addr = 0;
	struct queue q;
	int i;

	queue_make(&q, SLOTS, packed, true);
	for (i = 0; i < 900000; i++) {
		switch (rand() % 4) {
		case 0:
			if (vnet_vq_outstanding(&q.vq) < SLOTS)
				post_one(&q, &addr);
			q.ops->kick(&q.vq);
			break;
		case 1:
			take_one(&q, &m);
			break;
		case 2:
			if (m.n_has)
				use_one(&q, &m);
			break;
		case 3:
			pop_one(&q, &m);
			break;
		}
		CHECK(vnet_vq_outstanding(&q.vq) <= SLOTS && !q.vq.broken);
	}
	queue_free(&q);
}

/* Post, and have the device take, @n buffers. */
static void give(struct queue *q, unsigned int n)
{
	uint16_t id, flags;
	uint64_t addr = 0;
	uint32_t len;

	while (n--)
		post_one(q, &addr);
	q->ops->kick(&q->vq);
	while (device_take(q, &id, &addr, &len, &flags))
		continue;
}

static void lie_of_id(bool packed, uint32_t id)
{
	struct vnet_done done;
	struct queue q;

	queue_make(&q, SLOTS, packed, true);
	give(&q, 4);
	device_use(&q, id, 60);
	CHECK(!q.ops->pop(&q.vq, &done) && q.vq.broken);
	/* Nothing is believed any more. */
	device_use(&q, 1, 60);
	CHECK(!q.ops->pop(&q.vq, &done));
	CHECK(!q.ops->arm(&q.vq, 0));
	CHECK(vnet_vq_outstanding(&q.vq) == 4);
	queue_free(&q);
}

static void lie_twice(bool packed)
{
	struct vnet_done done;
	struct queue q;

	queue_make(&q, SLOTS, packed, true);
	give(&q, 4);
	device_use(&q, 2, 60);
	device_use(&q, 2, 60);
	CHECK(q.ops->pop(&q.vq, &done) && done.id == 2);
	CHECK(!q.ops->pop(&q.vq, &done) && q.vq.broken);
	queue_free(&q);
}

static void lie_of_length(bool packed)
{
	struct vnet_done done;
	struct queue q;

	queue_make(&q, SLOTS, packed, true);
	give(&q, 4);
	device_use(&q, 0, 1500);
	device_use(&q, 1, 1501);
	device_use(&q, 2, UINT32_MAX);
	device_use(&q, 3, 0);
	CHECK(q.ops->pop(&q.vq, &done) && !done.bad);
	CHECK(q.ops->pop(&q.vq, &done) && done.bad && done.id == 1);
	CHECK(q.ops->pop(&q.vq, &done) && done.bad && done.id == 2);
	CHECK(q.ops->pop(&q.vq, &done) && !done.bad && !done.len);
	CHECK(!q.vq.broken);
	queue_free(&q);
}

/* More used than there are. */
static void lie_of_index(void)
{
	struct vnet_done done;
	struct queue q;

	queue_make(&q, SLOTS, false, true);
	give(&q, 4);
	q.vq.used->idx = 5;
	CHECK(!q.ops->pop(&q.vq, &done) && q.vq.broken);
	queue_free(&q);

	queue_make(&q, SLOTS, false, true);
	q.vq.used->idx = UINT16_MAX;
	CHECK(!q.ops->pop(&q.vq, &done) && q.vq.broken);
	queue_free(&q);
}

/* A packed ring whose slots all look used, with nothing outstanding. */
static void lie_of_flags(void)
{
	struct vnet_done done;
	struct queue q;

	queue_make(&q, SLOTS, true, true);
	memset(q.vq.packed, 0xff, SLOTS * sizeof(*q.vq.packed));
	CHECK(!q.ops->pop(&q.vq, &done) && !q.vq.broken);
	CHECK(!q.ops->arm(&q.vq, 0) && !q.ops->arm(&q.vq, 5));
	queue_free(&q);
}

static void interrupts(bool packed, bool event_idx)
{
	struct vnet_done done;
	struct queue q;
	int i;

	queue_make(&q, SLOTS, packed, event_idx);
	for (i = 0; i < 100; i++) {
		uint16_t first = q.vq.popped;

		give(&q, 4);
		CHECK(!q.ops->arm(&q.vq, 0));
		if (packed && event_idx) {
			uint16_t wish = q.vq.driver->off_wrap;

			CHECK((wish & 0x7fff) == first % SLOTS);
			CHECK(wish >> 15 == !(first & SLOTS));
			CHECK(q.vq.driver->flags == VRING_PACKED_EVENT_FLAG_DESC);
		} else if (packed) {
			CHECK(q.vq.driver->flags == VRING_PACKED_EVENT_FLAG_ENABLE);
		} else if (event_idx) {
			CHECK(*vnet_split_used_event(&q.vq) == first);
		} else {
			CHECK(!q.vq.avail->flags);
		}
		device_use(&q, q.vq.ids[first & q.vq.mask], 60);
		CHECK(q.ops->arm(&q.vq, 0) && !q.ops->arm(&q.vq, 2));
		device_use(&q, q.vq.ids[(first + 1) & q.vq.mask], 60);
		device_use(&q, q.vq.ids[(first + 2) & q.vq.mask], 60);
		CHECK(q.ops->arm(&q.vq, 2) && !q.ops->arm(&q.vq, 3));
		device_use(&q, q.vq.ids[(first + 3) & q.vq.mask], 60);
		q.ops->disarm(&q.vq);
		while (q.ops->pop(&q.vq, &done))
			continue;
		CHECK(!vnet_vq_outstanding(&q.vq) && !q.vq.broken);
	}
	queue_free(&q);
}

static void doorbells(void)
{
	uint64_t addr = 0;
	struct queue q;

	queue_make(&q, SLOTS, false, true);
	post_one(&q, &addr);
	CHECK(q.ops->kick(&q.vq));
	post_one(&q, &addr);
	CHECK(!q.ops->kick(&q.vq));
	*(__le16 *)&q.vq.used->ring[SLOTS] = 2;
	post_one(&q, &addr);
	CHECK(q.ops->kick(&q.vq));
	queue_free(&q);

	queue_make(&q, SLOTS, false, false);
	CHECK(q.ops->kick(&q.vq));
	q.vq.used->flags = VRING_USED_F_NO_NOTIFY;
	CHECK(!q.ops->kick(&q.vq));
	queue_free(&q);

	/* A stale slot in the device's wish holds back no doorbell. */
	queue_make(&q, SLOTS, true, true);
	q.vq.device->flags = VRING_PACKED_EVENT_FLAG_DESC;
	q.vq.device->off_wrap = 9;
	post_one(&q, &addr);
	CHECK(q.ops->kick(&q.vq));
	q.vq.device->flags = VRING_PACKED_EVENT_FLAG_DISABLE;
	CHECK(!q.ops->kick(&q.vq));
	queue_free(&q);
}

/* A command and its answer, for many laps. */
static void pairs(bool packed)
{
	struct vnet_done done;
	struct queue q;
	int i;

	queue_make(&q, SLOTS, packed, true);
	for (i = 0; i < 100000; i++) {
		uint16_t id, flags;
		uint64_t addr;
		uint32_t len;

		CHECK(!q.ops->pop_pair(&q.vq, &done));
		q.ops->post_pair(&q.vq, 0x1000, 10, 0x2000, 1);
		q.ops->kick(&q.vq);
		CHECK(device_take(&q, &id, &addr, &len, &flags));
		CHECK(addr == 0x1000 && len == 10 && flags == VRING_DESC_F_NEXT);
		if (packed) {
			CHECK(device_take(&q, &id, &addr, &len, &flags));
			CHECK(addr == 0x2000 && flags == VRING_DESC_F_WRITE);
		} else {
			CHECK(q.vq.split[q.vq.split[0].next].addr == 0x2000);
		}
		device_use(&q, 0, 1);
		q.used += packed;
		CHECK(q.ops->pop_pair(&q.vq, &done) && done.len == 1 && !done.bad);
		CHECK(!vnet_vq_outstanding(&q.vq));
	}
	queue_free(&q);
}

static void tables(void)
{
	struct vnet_split_desc split[2];
	struct vnet_packed_desc packed[2];

	vnet_split_row(split, 0, 0x10, 12, false);
	vnet_split_row(split, 1, 0x20, 60, true);
	CHECK(split[0].flags == VRING_DESC_F_NEXT && split[0].next == 1);
	CHECK(!split[1].flags && split[1].addr == 0x20 && split[1].len == 60);
	vnet_packed_row(packed, 1, 0x20, 60, true);
	CHECK(!packed[1].flags && packed[1].addr == 0x20 && packed[1].len == 60);
}

static void any_order_many_laps(void)
{
	srand(1);
	walk(false);
	walk(true);
}

static void lies(void)
{
	int packed;

	for (packed = 0; packed < 2; packed++) {
		lie_of_id(packed, 4);
		lie_of_id(packed, SLOTS);
		lie_of_id(packed, UINT16_MAX);
		lie_twice(packed);
		lie_of_length(packed);
	}
	lie_of_id(false, UINT32_MAX);
	lie_of_id(false, 1 << 16);
	lie_of_index();
	lie_of_flags();
}

static void interrupts_asked_for(void)
{
	interrupts(false, false);
	interrupts(false, true);
	interrupts(true, false);
	interrupts(true, true);
}

static void commands(void)
{
	pairs(false);
	pairs(true);
}

int main(void)
{
	TAP_RUN(any_order_many_laps);
	TAP_RUN(lies);
	TAP_RUN(interrupts_asked_for);
	TAP_RUN(doorbells);
	TAP_RUN(commands);
	TAP_RUN(tables);
	return tap_done();
}
