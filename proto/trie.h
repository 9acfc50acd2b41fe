/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Longest-prefix match over 64-bit keys. Pure: builds in user space as well.
 *
 * A tree bitmap with a stride of six bits (Eatherton, Varghese and Dittia, "Tree
 * Bitmap", 2004) whose nodes without a choice are left out. A node of shift s,
 * which is one of 60, 54, ... 6, 0, has a prefix, the key's bits from s + 5 up,
 * and two bitmaps:
 *
 *   values	the prefixes of length 59 - s to 64 - s. Their last bits, 0 to 5
 *		of them, are numbered as a heap: 1 is the node's own prefix, and
 *		below i are 2i and 2i + 1. So the prefixes that match a key are
 *		the bits 32 + (key >> s) % 32 and that halved again and again.
 *   children	what goes on with each value of the key's six bits from s - 1 up.
 *
 * An array holds one pointer for each bit, children first; a pointer's place is
 * the number of bits before it.
 *
 *  - A node's prefix begins with that of its parent and with the six bits that
 *    chose it there; its shift is smaller. So there are at most 11 on a way.
 *  - A node has a value or at least two children, and its bitmaps and prefix
 *    never change. A change of the array's size makes a new node and puts it in
 *    the old one's place by a single store; other changes are such a store alone.
 *    So a reader sees a change whole or not at all, and one who has passed the
 *    place goes on in old nodes: of two changes he may see the second alone.
 *  - A child's pointer is never NULL. A value's is where no memory was left to
 *    remove a prefix properly; the place stays until the prefix is added again.
 *
 * Readers hold the RCU read lock. The caller lets one writer at a time change a
 * trie, by RTNL; who holds that may also find and iterate. Nodes belong to the
 * trie, which frees them after a grace period. Values belong to the caller, who
 * must keep one that was removed or replaced for a grace period.
 *
 * A prefix costs at most 72 bytes: 32 for a node with one value, 32 for a node that
 * tells two others apart, 8 for a child's pointer. What kmalloc() takes for a million
 * is 57 bytes each for /64 at random below one /16, 50 for /48 to /64 at random.
 * scripts/bench-trie measures that, and what lookups cost.
 */
#ifndef WEFT_TRIE_H
#define WEFT_TRIE_H

#include <linux/types.h>

/* Bits of a key; the longest prefix. */
#define WEFT_TRIE_BITS	64

/**
 * struct weft_trie - prefixes with their values; all zero is an empty one
 * @root: the topmost struct weft_trie_node, NULL if there is none
 */
struct weft_trie {
	void __rcu *root;
};

void *weft_trie_lookup(const struct weft_trie *trie, u64 key,
		       unsigned int *len);
void *weft_trie_lookup_shorter(const struct weft_trie *trie, u64 key,
			       unsigned int *len);
void *weft_trie_find(const struct weft_trie *trie, u64 key, unsigned int len);
void *weft_trie_seek(const struct weft_trie *trie, u64 *key,
		     unsigned int *len);
void *weft_trie_next(const struct weft_trie *trie, u64 *key,
		     unsigned int *len);

int weft_trie_insert(struct weft_trie *trie, u64 key, unsigned int len,
		     void *value);
void *weft_trie_replace(struct weft_trie *trie, u64 key, unsigned int len,
			void *value);
void *weft_trie_remove(struct weft_trie *trie, u64 key, unsigned int len);
void weft_trie_destroy(struct weft_trie *trie,
		       void (*release)(void *value, void *arg), void *arg);

#endif /* WEFT_TRIE_H */
