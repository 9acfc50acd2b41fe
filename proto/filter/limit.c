// SPDX-License-Identifier: GPL-2.0
/*
 * Limits. Buckets of keys are in a table of rows; in a full row the bucket that is full
 * again first makes room. So memory is bounded, and only if more keys than there are
 * buckets are near their limits can one get more than its share.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include "limit.h"

/**
 * weft_limit_take() - take from one bucket
 * @limit: how it fills
 * @full: when it is full again, ns
 * @units: how much
 *
 * Context: any.
 * Return: whether the units were there.
 */
bool weft_limit_take(const struct weft_limit *limit, atomic64_t *full, u64 units)
{
	u64 cost = weft_rate_cost(&limit->rate, units);
	u64 now = ktime_get_ns(), next;
	s64 old = atomic64_read(full);

	do {
		next = old;
		if (!weft_rate_take(&limit->rate, cost, now, &next))
			return false;
	} while (!atomic64_try_cmpxchg(full, &old, next));
	return true;
}

static unsigned int weft_limit_way(const struct weft_limit_row *row, u64 key)
{
	unsigned int i, first = 0;

	for (i = 0; i < WEFT_LIMIT_WAYS; i++) {
		if (row->key[i] == key)
			return i;
		if (row->full[i] < row->full[first])
			first = i;
	}
	return first;
}

/**
 * weft_limit_take_key() - take from the bucket of a key
 * @limit: the limit, which has rows
 * @key: numbers
 * @words: how many
 * @units: how much
 *
 * Context: softirqs disabled or in one.
 * Return: whether the units were there.
 */
bool weft_limit_take_key(struct weft_limit *limit, const u64 *key, unsigned int words,
			 u64 units)
{
	u64 hash = siphash(key, words * sizeof(*key), &limit->secret);
	struct weft_limit_row *row = &limit->rows[hash % WEFT_LIMIT_ROWS];
	u64 cost = weft_rate_cost(&limit->rate, units);
	u64 now = ktime_get_ns();
	unsigned int way;
	bool taken;

	spin_lock(&row->lock);
	way = weft_limit_way(row, hash);
	if (row->key[way] != hash) {
		row->key[way] = hash;
		row->full[way] = 0;
	}
	taken = weft_rate_take(&limit->rate, cost, now, &row->full[way]);
	spin_unlock(&row->lock);
	return taken;
}

/**
 * weft_limit_rows_init() - begin with full buckets
 * @limit: its rows are filled in
 *
 * Return: 0 or -ENOMEM.
 */
int weft_limit_rows_init(struct weft_limit *limit)
{
	unsigned int i;

	limit->rows = kvcalloc(WEFT_LIMIT_ROWS, sizeof(*limit->rows), GFP_KERNEL_ACCOUNT);
	if (!limit->rows)
		return -ENOMEM;
	for (i = 0; i < WEFT_LIMIT_ROWS; i++)
		spin_lock_init(&limit->rows[i].lock);
	get_random_bytes(&limit->secret, sizeof(limit->secret));
	return 0;
}

/**
 * weft_limit_free() - free a limit
 * @limit: the limit, or NULL
 */
void weft_limit_free(struct weft_limit *limit)
{
	if (!limit)
		return;
	kvfree(limit->rows);
	kfree(limit);
}
