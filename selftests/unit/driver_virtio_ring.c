// SPDX-License-Identifier: GPL-2.0
/*
 * Virtqueues of both formats beside a model of a device that finishes in any
 * order, one that keeps the order and tells of batches, and one that lies.
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

/* What the device has at place @i is done. */
static uint16_t move_one(struct model *m, unsigned int i, uint32_t len)
{
	uint16_t id = m->has[i];

	m->n_has--;
	memmove(m->has + i, m->has + i + 1, (m->n_has - i) * sizeof(m->has[0]));
	m->used[m->n_used] = id;
	m->len[m->n_used++] = len;
	return id;
}

static void use_one(struct queue *q, struct model *m)
{
	uint32_t len = rand() % 1501;

	device_use(q, move_one(m, rand() % m->n_has, len), len);
}

static void use_batch(struct queue *q, struct model *m)
{
	unsigned int i, n = 1 + rand() % m->n_has;
	uint32_t len = rand() % 1501;

	for (i = 1; i < n; i++)
		move_one(m, 0, 1500);
	device_use_batch(q, n, move_one(m, 0, len), len);
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
static void walk(uint64_t features)
{
	struct model m = {};
	uint64_t addr = 0;
	struct queue q;
	int i;

	queue_make(&q, SLOTS, features);
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
			if (m.n_has && features & IN_ORDER)
				use_batch(&q, &m);
			else if (m.n_has)
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

static void lie_of_id(uint64_t features, uint32_t id)
{
	struct vnet_done done;
	struct queue q;

	queue_make(&q, SLOTS, features);
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

static void lie_twice(uint64_t features)
{
	struct vnet_done done;
	struct queue q;

	queue_make(&q, SLOTS, features);
	give(&q, 4);
	device_use(&q, 0, 60);
	device_use(&q, 0, 60);
	CHECK(q.ops->pop(&q.vq, &done) && done.id == 0);
	CHECK(!q.ops->pop(&q.vq, &done) && q.vq.broken);
	queue_free(&q);
}

static void lie_of_length(uint64_t features)
{
	struct vnet_done done;
	struct queue q;

	queue_make(&q, SLOTS, features);
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

	queue_make(&q, SLOTS, SPLIT | EVENT_IDX);
	give(&q, 4);
	q.vq.used->idx = 5;
	CHECK(!q.ops->pop(&q.vq, &done) && q.vq.broken);
	queue_free(&q);

	queue_make(&q, SLOTS, SPLIT | EVENT_IDX);
	q.vq.used->idx = UINT16_MAX;
	CHECK(!q.ops->pop(&q.vq, &done) && q.vq.broken);
	queue_free(&q);
}

/* A packed ring whose slots all look used, with nothing outstanding. */
static void lie_of_flags(void)
{
	struct vnet_done done;
	struct queue q;

	queue_make(&q, SLOTS, PACKED | EVENT_IDX);
	memset(q.vq.packed, 0xff, SLOTS * sizeof(*q.vq.packed));
	CHECK(!q.ops->pop(&q.vq, &done) && !q.vq.broken);
	CHECK(!q.ops->arm(&q.vq, 0) && !q.ops->arm(&q.vq, 5));
	queue_free(&q);
}

/* One batch is longer than the used index tells. */
static void lie_of_batch(void)
{
	struct vnet_done done;
	struct queue q;

	queue_make(&q, SLOTS, SPLIT | EVENT_IDX | IN_ORDER);
	give(&q, 4);
	device_use_batch(&q, 2, 2, 60);
	CHECK(!q.ops->pop(&q.vq, &done) && q.vq.broken);
	CHECK(vnet_vq_outstanding(&q.vq) == 4);
	queue_free(&q);
}

static void interrupts(uint64_t features)
{
	bool packed = features & PACKED, event_idx = features & EVENT_IDX;
	struct vnet_done done;
	struct queue q;
	int i;

	queue_make(&q, SLOTS, features);
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

/* A batch has a word in its first slot only; the wish may be for one behind it. */
static void interrupts_of_batches(uint64_t features)
{
	struct vnet_done done;
	struct queue q;
	int i;

	queue_make(&q, SLOTS, features);
	for (i = 0; i < 100; i++) {
		uint16_t first = q.vq.popped;

		give(&q, 6);
		CHECK(!q.ops->arm(&q.vq, 0) && !q.ops->arm(&q.vq, 3));
		device_use_batch(&q, 5, (first + 4) % SLOTS, 60);
		CHECK(q.ops->arm(&q.vq, 0) && q.ops->arm(&q.vq, 3));
		while (q.ops->pop(&q.vq, &done))
			CHECK(done.len == (done.id == (first + 4) % SLOTS ? 60 : 1500));
		CHECK(vnet_vq_outstanding(&q.vq) == 1 && !q.ops->arm(&q.vq, 0));
		device_use(&q, (first + 5) % SLOTS, 60);
		CHECK(q.ops->arm(&q.vq, 0) && q.ops->pop(&q.vq, &done));
	}
	queue_free(&q);
}

static void doorbells(void)
{
	uint64_t addr = 0;
	struct queue q;

	queue_make(&q, SLOTS, SPLIT | EVENT_IDX);
	post_one(&q, &addr);
	CHECK(q.ops->kick(&q.vq));
	post_one(&q, &addr);
	CHECK(!q.ops->kick(&q.vq));
	*(__le16 *)&q.vq.used->ring[SLOTS] = 2;
	post_one(&q, &addr);
	CHECK(q.ops->kick(&q.vq));
	queue_free(&q);

	queue_make(&q, SLOTS, SPLIT);
	CHECK(q.ops->kick(&q.vq));
	q.vq.used->flags = VRING_USED_F_NO_NOTIFY;
	CHECK(!q.ops->kick(&q.vq));
	queue_free(&q);

	/* A stale slot in the device's wish holds back no doorbell. */
	queue_make(&q, SLOTS, PACKED | EVENT_IDX);
	q.vq.device->flags = VRING_PACKED_EVENT_FLAG_DESC;
	q.vq.device->off_wrap = 9;
	post_one(&q, &addr);
	CHECK(q.ops->kick(&q.vq));
	q.vq.device->flags = VRING_PACKED_EVENT_FLAG_DISABLE;
	CHECK(!q.ops->kick(&q.vq));
	queue_free(&q);
}

/* A command and its answer, for many laps. */
static void pairs(uint64_t features)
{
	bool packed = features & PACKED;
	struct vnet_done done;
	struct queue q;
	int i;

	queue_make(&q, SLOTS, features);
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
			CHECK(id == 2 * i % SLOTS && q.vq.split[id].next == id + 1);
			CHECK(q.vq.split[id + 1].addr == 0x2000);
		}
		device_use(&q, id, 1);
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
	walk(SPLIT | EVENT_IDX);
	walk(PACKED | EVENT_IDX);
}

static void in_order_many_laps(void)
{
	srand(1);
	walk(SPLIT | EVENT_IDX | IN_ORDER);
	walk(PACKED | EVENT_IDX | IN_ORDER);
}

static void lies(void)
{
	static const uint64_t kinds[] = {
		SPLIT, PACKED, SPLIT | IN_ORDER, PACKED | IN_ORDER,
	};
	int i;

	for (i = 0; i < 4; i++) {
		uint64_t features = kinds[i] | EVENT_IDX;

		lie_of_id(features, 4);
		lie_of_id(features, SLOTS);
		lie_of_id(features, UINT16_MAX);
		lie_twice(features);
		lie_of_length(features);
	}
	lie_of_id(SPLIT | EVENT_IDX, UINT32_MAX);
	lie_of_id(SPLIT | EVENT_IDX, 1 << 16);
	lie_of_id(SPLIT | EVENT_IDX | IN_ORDER, UINT32_MAX);
	lie_of_id(SPLIT | EVENT_IDX | IN_ORDER, 1 << 16);
	lie_of_index();
	lie_of_flags();
	lie_of_batch();
}

static void interrupts_asked_for(void)
{
	interrupts(SPLIT);
	interrupts(SPLIT | EVENT_IDX);
	interrupts(PACKED);
	interrupts(PACKED | EVENT_IDX);
	interrupts_of_batches(SPLIT | EVENT_IDX | IN_ORDER);
	interrupts_of_batches(PACKED | EVENT_IDX | IN_ORDER);
}

static void commands(void)
{
	pairs(SPLIT | EVENT_IDX);
	pairs(PACKED | EVENT_IDX);
}

int main(void)
{
	TAP_RUN(any_order_many_laps);
	TAP_RUN(in_order_many_laps);
	TAP_RUN(lies);
	TAP_RUN(interrupts_asked_for);
	TAP_RUN(doorbells);
	TAP_RUN(commands);
	TAP_RUN(tables);
	return tap_done();
}
