/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sets and their elements. Which elements a packet sees is told by generations: those of
 * the ruleset that it is under, and what rules added, at once.
 */
#ifndef WEFT_SET_H
#define WEFT_SET_H

#include <linux/jiffies.h>
#include <linux/maple_tree.h>
#include <linux/math64.h>
#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/xarray.h>
#include <linux/weft_filter.h>
#include "rate.h"

#define WEFT_SET_WORDS_MAX	(2 * WEFT_FILTER_KEY_MAX)
#define WEFT_SET_SIZE_DYNAMIC	65536	/* if nobody says another, and rules add elements */
#define WEFT_SET_SIZE_MAX	4194304
#define WEFT_SET_MASKS_MAX	256	/* combinations of masks in a set */
#define WEFT_SET_ENTRIES_MAX	2048	/* of an element: products of prefixes */
#define WEFT_STORE_TRIES	16	/* to put an element into a hash */

/* How a set finds elements. */
enum weft_store_kind {
	WEFT_STORE_HASH,	/* exact keys */
	WEFT_STORE_TREE,	/* ranges of one number */
	WEFT_STORE_CONCAT,	/* ranges of several numbers */
};

struct weft_fw_net;
struct weft_store;
struct weft_trans;

/**
 * struct weft_entry - a part of an element with ranges of several numbers
 * @node: in weft_store.hash
 * @elem: the element
 * @mask: number of its combination of masks
 * @key: its numbers, masked
 */
struct weft_entry {
	struct rhash_head	node;
	struct weft_elem	*elem;
	u32			mask;
	u64			key[];
};

/**
 * struct weft_elem - an element
 * @node: in weft_store.hash, with WEFT_STORE_HASH
 * @link: of a transaction's new elements, in weft_delta.added
 * @id: its number in weft_set.elems, in the order in which they came
 * @born: generation that it came with; 0: everybody sees it
 * @dead: generation that it went with; 0: it is there
 * @expires: jiffies64 when its time is over; 0: never
 * @timeout: jiffies that it began with
 * @full: when the bucket that a rule gave it is full again, ns
 * @entries: its parts, with WEFT_STORE_CONCAT
 * @n_entries: how many
 * @data: of a map: mark, or slot of the chain
 * @verdict: of a verdict map
 * @n: numbers in a key
 * @comment: or NULL
 * @rcu: frees it
 * @key: the first numbers, then the last ones if it may be a range
 *
 * Who erases it from weft_set.elems, or has it in a transaction, frees it, a grace period
 * later.
 */
struct weft_elem {
	struct rhash_head	node;
	struct list_head	link;
	unsigned long		id;
	u64			born;
	u64			dead;
	u64			expires;
	u64			timeout;
	atomic64_t		full;
	struct weft_entry	**entries;
	u32			n_entries;
	u32			data;
	u8			verdict;
	u8			n;
	char			*comment;
	struct rcu_head		rcu;
	u64			key[];
};

/**
 * struct weft_tree - the ranges of a set
 * @ranges: struct weft_elem by range
 * @since: the generation that it came with
 * @older: for those who are before it; freed when there are none
 */
struct weft_tree {
	struct maple_tree	ranges;
	u64			since;
	struct weft_tree	*older;
};

/**
 * struct weft_mask - a combination of masks
 * @uses: entries that have it
 * @number: that these entries know it by
 * @bits: that it compares
 * @mask: for each number
 */
struct weft_mask {
	u32	uses;
	u32	number;
	u32	bits;
	u64	mask[WEFT_SET_WORDS_MAX];
};

/**
 * struct weft_masks - the combinations of a set, replaced and never changed but for uses
 * @rcu: frees it
 * @n: how many
 * @mask: those with the most bits first
 */
struct weft_masks {
	struct rcu_head		rcu;
	u32			n;
	struct weft_mask	mask[];
};

/**
 * struct weft_store - finds elements by keys
 * @kind: how
 * @n: numbers in a key
 * @hash: of elements, or of entries
 * @tree: of WEFT_STORE_TREE
 * @masks: of WEFT_STORE_CONCAT
 */
struct weft_store {
	enum weft_store_kind		kind;
	u8				n;
	struct rhashtable		hash;
	struct weft_tree __rcu		*tree;
	struct weft_masks __rcu		*masks;
};

/**
 * struct weft_set - a set
 * @link: in weft_fw_net.sets
 * @users: rulesets and rules; freed with the last one
 * @fw: its namespace
 * @owner: the transaction that made it and has not committed, else NULL
 * @handle: its number
 * @table: slot of its table
 * @slot: its own
 * @flags: WEFT_FILTER_SET_*
 * @size: elements at most, 0 if nobody said
 * @timeout: of elements that say nothing else, ms; 0: none
 * @data: WEFT_FILTER_DATA_*
 * @n_fields: of a key
 * @fields: WEFT_FILTER_F_* each
 * @count: elements that are there, and not dead
 * @last_id: of an element
 * @elems: struct weft_elem by id; dead ones are marked
 * @store: finds them by keys
 * @name: of the set
 * @comment: or ""
 *
 * Elements change under weft_fw_net.mutex; those of a dynamic set by packets too.
 */
struct weft_set {
	struct list_head	link;
	refcount_t		users;
	struct weft_fw_net	*fw;
	struct weft_trans	*owner;
	u64			handle;
	u32			table;
	u32			slot;
	u32			flags;
	u32			size;
	u64			timeout;
	u8			data;
	u8			n_fields;
	u16			fields[WEFT_FILTER_KEY_MAX];
	atomic_t		count;
	atomic_long_t		last_id;
	struct xarray		elems;
	struct weft_store	store;
	char			name[WEFT_FILTER_NAME_MAX];
	char			comment[WEFT_FILTER_COMMENT_MAX];
};

#define WEFT_ELEM_DEAD	XA_MARK_1

/* How many elements it may have. */
static inline u32 weft_set_room(const struct weft_set *set)
{
	if (set->size)
		return set->size;
	return set->flags & WEFT_FILTER_SET_DYNAMIC ? WEFT_SET_SIZE_DYNAMIC : WEFT_SET_SIZE_MAX;
}

static inline bool weft_elem_visible(const struct weft_elem *elem, u64 gen)
{
	u64 dead = READ_ONCE(elem->dead);

	return READ_ONCE(elem->born) <= gen && (!dead || dead > gen);
}

static inline bool weft_elem_expired(const struct weft_elem *elem)
{
	u64 expires = READ_ONCE(elem->expires);

	return unlikely(expires) && time_after_eq64(get_jiffies_64(), expires);
}

/* Does it lead to a chain? */
static inline bool weft_elem_leads(const struct weft_set *set, const struct weft_elem *elem)
{
	return set->data == WEFT_FILTER_DATA_VERDICT &&
	       (elem->verdict == WEFT_FILTER_JUMP || elem->verdict == WEFT_FILTER_GOTO);
}

/* Longest timeout, ms: some hundred years. */
#define WEFT_TIMEOUT_MAX	0x80000000000ULL

static inline u64 weft_timeout_jiffies(u64 ms)
{
	return div_u64(ms * HZ + MSEC_PER_SEC - 1, MSEC_PER_SEC);
}

static inline bool weft_set_ranges(const struct weft_set *set)
{
	return set->flags & WEFT_FILTER_SET_INTERVAL;
}

/* store.c */
int weft_store_init(struct weft_store *store, enum weft_store_kind kind, u8 n);
void weft_store_free(struct weft_store *store);
struct weft_elem *weft_store_find(struct weft_store *store, const u64 *key, u64 gen);
struct weft_elem *weft_store_overlap(struct weft_store *store, const struct weft_elem *elem,
				     u64 gen, struct xarray *gone);
struct weft_elem *weft_store_same(struct weft_store *store, const struct weft_elem *elem,
				  u64 gen);
bool weft_store_spread(struct weft_store *store);
int weft_store_add(struct weft_store *store, struct weft_elem *elem, u64 gen);
void weft_store_remove(struct weft_store *store, struct weft_elem *elem);

/* store_tree.c */
struct weft_tree *weft_tree_new(u64 since);
void weft_tree_free(struct weft_tree *tree);
int weft_tree_add(struct weft_tree *tree, struct weft_elem *elem);
void weft_tree_remove(struct weft_store *store, struct weft_elem *elem);
struct weft_elem *weft_tree_find(struct weft_store *store, u64 key, u64 gen);
struct weft_elem *weft_tree_overlap(struct weft_store *store, const struct weft_elem *elem,
				    u64 gen, struct xarray *gone);
int weft_tree_rebuild(struct weft_set *set, u64 gen);
void weft_tree_undo(struct weft_set *set, u64 gen);
void weft_tree_reap(struct weft_store *store, u64 oldest);

/* store_concat.c */
int weft_concat_init(struct weft_store *store);
struct weft_elem *weft_concat_find(struct weft_store *store, const u64 *key, u64 gen);
struct weft_elem *weft_concat_same(struct weft_store *store, const struct weft_elem *elem,
				   u64 gen);
int weft_concat_add(struct weft_store *store, struct weft_elem *elem);
void weft_concat_remove(struct weft_store *store, struct weft_elem *elem);
void weft_concat_free(struct weft_elem *elem);

/* set.c */
struct weft_elem *weft_elem_new(const struct weft_set *set, const u64 *key, const u64 *last,
				gfp_t gfp);
void weft_elem_free(struct weft_elem *elem);
int weft_set_store_init(const struct weft_set *set, struct weft_store *store);
struct weft_set *weft_set_new(struct weft_fw_net *fw, const struct weft_set *like);
void weft_set_put(struct weft_set *set);
int weft_set_insert(struct weft_set *set, struct weft_elem *elem, u64 gen);
bool weft_set_erase(struct weft_set *set, struct weft_elem *elem);
void weft_set_kill(struct weft_set *set, unsigned long id, u64 gen);
void weft_set_reap(struct weft_set *set, u64 oldest);
void weft_set_gc(struct weft_set *set);
struct weft_elem *weft_set_update(struct weft_set *set, const u64 *key, u64 gen, u8 op,
				  u64 timeout);

#endif /* WEFT_SET_H */
