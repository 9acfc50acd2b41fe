/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A table of prefixes so simple that it is right: what proto/trie.c is compared
 * with by its unit test and its fuzzer.
 */
#ifndef TRIE_MODEL_H
#define TRIE_MODEL_H

#include <stdlib.h>
#include <linux/types.h>

#include "trie.h"

#define MODEL_MAX	1000

struct model_entry {
	u64 key;
	unsigned int len;
	void *value;
};

struct model {
	struct model_entry entry[MODEL_MAX];
	unsigned int n;
};

static inline u64 model_mask(u64 key, unsigned int len)
{
	return len ? key & ~0ULL << (64 - len) : 0;
}

static inline struct model_entry *model_find(struct model *m, u64 key,
					     unsigned int len)
{
	unsigned int i;

	for (i = 0; i < m->n; i++)
		if (m->entry[i].len == len &&
		    m->entry[i].key == model_mask(key, len))
			return &m->entry[i];
	return NULL;
}

static inline void model_insert(struct model *m, u64 key, unsigned int len,
				void *value)
{
	if (m->n == MODEL_MAX)
		abort();
	m->entry[m->n++] = (struct model_entry){ model_mask(key, len), len, value };
}

static inline void model_remove(struct model *m, struct model_entry *e)
{
	*e = m->entry[--m->n];
}

/* The longest match of @key that is shorter than @below. */
static inline struct model_entry *model_lookup(struct model *m, u64 key,
					       unsigned int below)
{
	struct model_entry *e, *best = NULL;
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		e = &m->entry[i];
		if (e->len < below && e->key == model_mask(key, e->len) &&
		    (!best || e->len > best->len))
			best = e;
	}
	return best;
}

/* The first in order at @key, @len or after it. */
static inline struct model_entry *model_seek(struct model *m, u64 key,
					     unsigned int len)
{
	struct model_entry *e, *best = NULL;
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		e = &m->entry[i];
		if (e->key < key || (e->key == key && e->len < len))
			continue;
		if (!best || e->key < best->key ||
		    (e->key == best->key && e->len < best->len))
			best = e;
	}
	return best;
}

/* Do all matches of a key agree, from the longest to the shortest? */
static inline bool model_same_matches(struct model *m,
				      const struct weft_trie *trie, u64 key)
{
	unsigned int len = 99, below = 65;
	void *value = weft_trie_lookup(trie, key, &len);
	struct model_entry *e;

	for (;;) {
		e = model_lookup(m, key, below);
		if (!e || !value)
			return !e && !value;
		if (e->value != value || e->len != len)
			return false;
		below = len;
		value = weft_trie_lookup_shorter(trie, key, &len);
	}
}

/* Is what comes at a position or after it the same? */
static inline bool model_same_seek(struct model *m,
				   const struct weft_trie *trie, u64 key,
				   unsigned int len)
{
	struct model_entry *e = model_seek(m, key, len);
	void *value = weft_trie_seek(trie, &key, &len);

	if (!e || !value)
		return !e && !value;
	return e->value == value && e->key == key && e->len == len;
}

/* Is all of it the same, and in order? */
static inline bool model_same(struct model *m, const struct weft_trie *trie)
{
	struct model_entry *e;
	unsigned int len = 0, n = 0, last_len = 0;
	u64 key = 0, last = 0;
	void *value;

	for (value = weft_trie_seek(trie, &key, &len); value;
	     value = weft_trie_next(trie, &key, &len)) {
		e = model_find(m, key, len);
		if (!e || e->value != value || e->key != key ||
		    weft_trie_find(trie, key, len) != value)
			return false;
		if (n++ && (key < last || (key == last && len <= last_len)))
			return false;
		last = key;
		last_len = len;
		if (!model_same_matches(m, trie, key) ||
		    !model_same_matches(m, trie, key | ~model_mask(~0ULL, len)))
			return false;
	}
	return n == m->n;
}

#endif /* TRIE_MODEL_H */
