/* SPDX-License-Identifier: GPL-2.0 */
/* Limits: one bucket, or one for each key. */
#ifndef WEFT_LIMIT_H
#define WEFT_LIMIT_H

#include <linux/atomic.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <linux/weft_filter.h>
#include "rate.h"

/**
 * struct weft_key - which fields make a key
 * @n: how many
 * @arg: level, if one of them is a cgroup
 * @fields: WEFT_FILTER_F_* each
 */
struct weft_key {
	u8	n;
	u32	arg;
	u16	fields[WEFT_FILTER_KEY_MAX];
};

#define WEFT_LIMIT_WAYS	7
#define WEFT_LIMIT_ROWS	1024

/**
 * struct weft_limit_row - buckets of keys that share a hash
 * @lock: of these; innermost, softirqs disabled
 * @key: hash of each key
 * @full: when its bucket is full again, ns
 */
struct weft_limit_row {
	spinlock_t	lock; /* innermost */
	u64		key[WEFT_LIMIT_WAYS];
	u64		full[WEFT_LIMIT_WAYS];
};

/**
 * struct weft_limit - a limit
 * @rate: how fast buckets fill
 * @burst: as it was said
 * @seconds: likewise the period
 * @bytes: units are bytes
 * @key: what has a bucket of its own; no fields: there is one bucket
 * @full: when the one bucket is full again, ns
 * @secret: of the hash of keys
 * @rows: WEFT_LIMIT_ROWS of them; NULL without a key
 */
struct weft_limit {
	struct weft_rate	rate;
	u32			burst;
	u32			seconds;
	bool			bytes;
	struct weft_key		key;
	atomic64_t		full;
	siphash_key_t		secret;
	struct weft_limit_row	*rows;
};

bool weft_limit_take(const struct weft_limit *limit, atomic64_t *full, u64 units);
bool weft_limit_take_key(struct weft_limit *limit, const u64 *key, unsigned int words,
			 u64 units);
int weft_limit_rows_init(struct weft_limit *limit);
void weft_limit_free(struct weft_limit *limit);

#endif /* WEFT_LIMIT_H */
