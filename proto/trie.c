// SPDX-License-Identifier: GPL-2.0
/* Longest-prefix match; trie.h tells how it works. */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "trie.h"

#define WEFT_TRIE_STRIDE	6
#define WEFT_TRIE_LEVELS	11
/* Below a node's prefix its key has five bits to spare. */
#define WEFT_TRIE_LOW		31ULL

/**
 * struct weft_trie_node - a node; all but the pointers is constant
 * @key: the prefix, and half the shift in the lowest five bits
 * @values: which prefixes are here, numbered as a heap
 * @children: which continuations by six bits are here
 * @slot: pointers to children, then to values, one for each bit
 */
struct weft_trie_node {
	u64		key;
	u64		values;
	u64		children;
	void __rcu	*slot[];
};

/* Bits of both bitmaps in one row: 0 to 63 are children, 64 to 127 values. */
#define WEFT_TRIE_VALUE		64

static unsigned int weft_trie_shift(const struct weft_trie_node *node)
{
	return 2 * (unsigned int)(node->key & WEFT_TRIE_LOW);
}

static u64 weft_trie_node_key(u64 key, unsigned int shift)
{
	return (key & (~WEFT_TRIE_LOW << shift)) | shift / 2;
}

static bool weft_trie_covers(const struct weft_trie_node *node, u64 key)
{
	return (key ^ node->key) >> weft_trie_shift(node) <= WEFT_TRIE_LOW;
}

/* Shift of the node that holds prefixes which leave @host bits open. */
static unsigned int weft_trie_host_shift(unsigned int host)
{
	return host - host % WEFT_TRIE_STRIDE;
}

static unsigned int weft_trie_len_shift(unsigned int len)
{
	return weft_trie_host_shift(WEFT_TRIE_BITS - len);
}

/* The longest of a node's prefixes that could match the key, in the heap. */
static unsigned int weft_trie_heap(u64 key, unsigned int shift)
{
	return 32 | ((key >> shift) & WEFT_TRIE_LOW);
}

/*
 * Which child goes on with the key. Of shift 0, where there are none, it is some
 * number, so that no reader need ask.
 */
static unsigned int weft_trie_chunk(u64 key, unsigned int shift)
{
	return (key >> ((shift - 1) & 63)) & 63;
}

static unsigned int weft_trie_value_bit(u64 key, unsigned int len)
{
	unsigned int longest = weft_trie_heap(key, weft_trie_len_shift(len));

	return WEFT_TRIE_VALUE +
	       (longest >> (WEFT_TRIE_BITS - len) % WEFT_TRIE_STRIDE);
}

static bool weft_trie_has(const struct weft_trie_node *node, unsigned int bit)
{
	if (bit < WEFT_TRIE_VALUE)
		return node->children & BIT_ULL(bit);
	return node->values & BIT_ULL(bit - WEFT_TRIE_VALUE);
}

/* How many pointers come before that of @bit. */
static unsigned int weft_trie_rank(const struct weft_trie_node *node,
				   unsigned int bit)
{
	if (bit < WEFT_TRIE_VALUE)
		return hweight64(node->children & (BIT_ULL(bit) - 1));
	bit -= WEFT_TRIE_VALUE;
	return hweight64(node->children) +
	       hweight64(node->values & (BIT_ULL(bit) - 1));
}

static unsigned int weft_trie_slots(const struct weft_trie_node *node)
{
	return hweight64(node->children) + hweight64(node->values);
}

/* --- lookup -------------------------------------------------------------------- */

/* The longest prefix of this node that matches and leaves @open bits or more. */
static __always_inline void *
weft_trie_match(const struct weft_trie_node *node, u64 key, unsigned int open,
		unsigned int *len)
{
	unsigned int host = weft_trie_shift(node), i = weft_trie_heap(key, host);
	unsigned int at;
	void *value;

	if (!weft_trie_covers(node, key))
		return NULL;
	for (; i && host < open; host++)
		i >>= 1;
	for (; i; i >>= 1, host++) {
		if (!(node->values & BIT_ULL(i)))
			continue;
		at = weft_trie_rank(node, WEFT_TRIE_VALUE + i);
		value = rcu_dereference(node->slot[at]);
		if (value) {
			*len = WEFT_TRIE_BITS - host;
			return value;
		}
	}
	return NULL;
}

/*
 * Down by the key's bits alone, then up again to the first node whose prefix
 * really matches: comparing it there is cheaper than in each node on the way.
 */
static __always_inline void *
weft_trie_longest(const struct weft_trie *trie, u64 key, unsigned int open,
		  unsigned int *len)
{
	const struct weft_trie_node *node, *path[WEFT_TRIE_LEVELS];
	unsigned long n = 0;
	void *value;
	u64 upto;

	node = rcu_dereference(trie->root);
	if (!node)
		return NULL;
	for (;;) {
		path[n] = node;
		n += !!node->values;
		/* The child's bit at the top, below it those that come before. */
		upto = node->children <<
		       (~weft_trie_chunk(key, weft_trie_shift(node)) & 63);
		if (!(upto >> 63))
			break;
		node = rcu_dereference(node->slot[hweight64(upto) - 1]);
	}
	while (n) {
		value = weft_trie_match(path[--n], key, open, len);
		if (value)
			return value;
	}
	return NULL;
}

/**
 * weft_trie_lookup() - find the longest prefix of a key
 * @trie: the trie
 * @key: the key, in the byte order of the host
 * @len: filled in: the prefix's length
 *
 * Context: RCU read lock.
 * Return: the prefix's value; NULL if none matches.
 */
void *weft_trie_lookup(const struct weft_trie *trie, u64 key,
		       unsigned int *len)
{
	return weft_trie_longest(trie, key, 0, len);
}

/**
 * weft_trie_lookup_shorter() - find the next prefix of a key
 * @trie: the trie
 * @key: the key
 * @len: the length that the prefix must be shorter than; replaced by its own
 *
 * For when the value of a longer prefix is of no use.
 *
 * Context: RCU read lock.
 * Return: the prefix's value; NULL if none matches.
 */
void *weft_trie_lookup_shorter(const struct weft_trie *trie, u64 key,
			       unsigned int *len)
{
	return weft_trie_longest(trie, key, WEFT_TRIE_BITS + 1 - *len, len);
}

/* --- find and iterate, for readers and for the writer ---------------------------- */

static void __rcu **weft_trie_slot(struct weft_trie_node *node,
				   unsigned int bit)
{
	return weft_trie_has(node, bit) ?
		&node->slot[weft_trie_rank(node, bit)] : NULL;
}

/**
 * struct weft_trie_place - where a prefix is
 * @up: the pointer to the parent of @node; NULL if that is the root
 * @up_bit: the bit of @node in its parent
 * @link: the pointer to @node
 * @node: the node that has the prefix
 * @bit: the prefix's bit in @node
 * @slot: the pointer to the value
 */
struct weft_trie_place {
	void __rcu		**up;
	unsigned int		up_bit;
	void __rcu		**link;
	struct weft_trie_node	*node;
	unsigned int		bit;
	void __rcu		**slot;
};

static bool weft_trie_locate(struct weft_trie *trie, u64 key, unsigned int len,
			     struct weft_trie_place *place)
{
	unsigned int shift = weft_trie_len_shift(len);
	void __rcu **link = &trie->root;
	struct weft_trie_node *node;

	place->up = NULL;
	node = rcu_dereference_raw(*link);
	while (node && weft_trie_shift(node) > shift) {
		place->up = link;
		place->up_bit = weft_trie_chunk(key, weft_trie_shift(node));
		link = weft_trie_slot(node, place->up_bit);
		if (!link)
			return false;
		node = rcu_dereference_raw(*link);
	}
	if (!node || weft_trie_shift(node) != shift ||
	    !weft_trie_covers(node, key))
		return false;
	place->link = link;
	place->node = node;
	place->bit = weft_trie_value_bit(key, len);
	place->slot = weft_trie_slot(node, place->bit);
	return place->slot;
}

/**
 * weft_trie_find() - find one prefix
 * @trie: the trie
 * @key: the prefix; bits behind @len do not matter
 * @len: its length, 0 to 64
 *
 * Context: RCU read lock, or that of writers.
 * Return: its value; NULL if there is no such prefix.
 */
void *weft_trie_find(const struct weft_trie *trie, u64 key, unsigned int len)
{
	struct weft_trie_place place;

	if (!weft_trie_locate((struct weft_trie *)trie, key, len, &place))
		return NULL;
	return rcu_dereference_raw(*place.slot);
}

/*
 * The order of what a node has: by the first key, as the six bits that choose a
 * child, then by the length, as bits taken of these six. A child takes them all.
 */
#define WEFT_TRIE_ORDER(first, taken)	((first) * 8 + (taken))
#define WEFT_TRIE_ORDER_END		WEFT_TRIE_ORDER(64, 0)

/* Where in a node's order the position @key, @len is. */
static unsigned int weft_trie_order(u64 key, unsigned int len,
				    unsigned int shift)
{
	int taken = clamp_t(int, len + shift - 59, 0, WEFT_TRIE_STRIDE);

	if (!shift)
		return WEFT_TRIE_ORDER(weft_trie_heap(key, 0) % 32 * 2, taken);
	/* Prefixes that end within the six bits are before all longer keys. */
	if (key & (BIT_ULL(shift - 1) - 1))
		taken = WEFT_TRIE_STRIDE;
	return WEFT_TRIE_ORDER(weft_trie_chunk(key, shift), taken);
}

/* What of a node is first in its order, at @from or after it. */
static unsigned int weft_trie_first(const struct weft_trie_node *node,
				    unsigned int from)
{
	unsigned int taken = node->values ? 0 : WEFT_TRIE_STRIDE;
	unsigned int best = WEFT_TRIE_ORDER_END, width, n;
	u64 row;

	for (; taken <= WEFT_TRIE_STRIDE; taken++) {
		row = node->children;
		if (taken < WEFT_TRIE_STRIDE)
			row = (node->values >> BIT(taken)) &
			      (BIT_ULL(BIT(taken)) - 1);
		/* Bit n of the row has the order (n << width) + taken. */
		width = 9 - taken;
		n = (from + BIT(width) - 1 - taken) >> width;
		if (n >= BIT(taken) || !(row >> n))
			continue;
		n += __ffs64(row >> n);
		best = min(best, (n << width) + taken);
	}
	return best;
}

/*
 * Moves the position on to what this node has there or next. Returns the bit of
 * that, or a negative number if there is nothing.
 */
static int weft_trie_node_seek(const struct weft_trie_node *node, u64 *key,
			       unsigned int *len)
{
	unsigned int shift = weft_trie_shift(node), order, first, taken;
	u64 prefix = node->key & ~WEFT_TRIE_LOW, start;

	if (!weft_trie_covers(node, *key)) {
		if (prefix < *key)
			return -1;
		*key = prefix;
		*len = 0;
	}
	order = weft_trie_first(node, weft_trie_order(*key, *len, shift));
	if (order == WEFT_TRIE_ORDER_END)
		return -1;
	first = order / 8;
	taken = order % 8;
	start = prefix | (shift ? (u64)first << (shift - 1) : first / 2);
	if (taken < WEFT_TRIE_STRIDE) {
		*key = start;
		*len = 59 - shift + taken;
		return WEFT_TRIE_VALUE + BIT(taken) + (first >> (6 - taken));
	}
	if (start > *key) {
		*key = start;
		*len = 0;
	}
	return first;
}

/**
 * weft_trie_seek() - find the first prefix at a position or after it
 * @trie: the trie
 * @key: the position, replaced by the prefix that is found
 * @len: its length, the same; may be 65, after all prefixes of that key
 *
 * The order is that of keys, of equal ones that of lengths: 0, 0 is the
 * beginning. The position need not be, or still be, a prefix of the trie.
 *
 * Context: RCU read lock, or that of writers.
 * Return: the prefix's value; NULL if there is none, the position is lost then.
 */
void *weft_trie_seek(const struct weft_trie *trie, u64 *key,
		     unsigned int *len)
{
	const struct weft_trie_node *node = rcu_dereference_raw(trie->root);
	unsigned int edge = WEFT_TRIE_BITS;
	void *entry;
	int bit;

	while (node) {
		bit = weft_trie_node_seek(node, key, len);
		if (bit < 0) {
			/* On from the top, behind all that this child has. */
			if (edge == WEFT_TRIE_BITS)
				return NULL;
			*key = ((*key >> edge) + 1) << edge;
			if (!*key)
				return NULL;
			*len = 0;
			edge = WEFT_TRIE_BITS;
			node = rcu_dereference_raw(trie->root);
			continue;
		}
		entry = rcu_dereference_raw(node->slot[weft_trie_rank(node, bit)]);
		if (bit < WEFT_TRIE_VALUE) {
			edge = weft_trie_shift(node) - 1;
			node = entry;
			continue;
		}
		if (entry)
			return entry;
		++*len;
	}
	return NULL;
}

/**
 * weft_trie_next() - find the first prefix after a position
 * @trie: the trie
 * @key: as for weft_trie_seek()
 * @len: the same, 0 to 64
 *
 * Context: RCU read lock, or that of writers.
 * Return: the prefix's value; NULL if there is none, the position is lost then.
 */
void *weft_trie_next(const struct weft_trie *trie, u64 *key,
		     unsigned int *len)
{
	++*len;
	return weft_trie_seek(trie, key, len);
}

/* --- change --------------------------------------------------------------------- */

/* A copy of @old with one pointer more; @old itself stays as it is. */
static struct weft_trie_node *
weft_trie_grow(const struct weft_trie_node *old, unsigned int bit, void *entry)
{
	unsigned int at = weft_trie_rank(old, bit);
	unsigned int behind = weft_trie_slots(old) - at;
	struct weft_trie_node *new;

	new = kmalloc(struct_size(new, slot, at + 1 + behind),
		      GFP_KERNEL_ACCOUNT);
	if (!new)
		return NULL;
	*new = *old;
	if (bit < WEFT_TRIE_VALUE)
		new->children |= BIT_ULL(bit);
	else
		new->values |= BIT_ULL(bit - WEFT_TRIE_VALUE);
	memcpy(new->slot, old->slot, at * sizeof(*new->slot));
	RCU_INIT_POINTER(new->slot[at], entry);
	memcpy(new->slot + at + 1, old->slot + at, behind * sizeof(*new->slot));
	return new;
}

/* A copy of @old with one pointer less. */
static struct weft_trie_node *
weft_trie_shrink(const struct weft_trie_node *old, unsigned int bit)
{
	unsigned int at = weft_trie_rank(old, bit);
	unsigned int behind = weft_trie_slots(old) - at - 1;
	struct weft_trie_node *new;

	new = kmalloc(struct_size(new, slot, at + behind), GFP_KERNEL_ACCOUNT);
	if (!new)
		return NULL;
	*new = *old;
	if (bit < WEFT_TRIE_VALUE)
		new->children &= ~BIT_ULL(bit);
	else
		new->values &= ~BIT_ULL(bit - WEFT_TRIE_VALUE);
	memcpy(new->slot, old->slot, at * sizeof(*new->slot));
	memcpy(new->slot + at, old->slot + at + 1, behind * sizeof(*new->slot));
	return new;
}

/* A new node with one pointer. */
static struct weft_trie_node *
weft_trie_single(u64 key, unsigned int shift, unsigned int bit, void *entry)
{
	const struct weft_trie_node none = {
		.key = weft_trie_node_key(key, shift),
	};

	return weft_trie_grow(&none, bit, entry);
}

static struct weft_trie_node *weft_trie_leaf(u64 key, unsigned int len,
					     void *value)
{
	return weft_trie_single(key, weft_trie_len_shift(len),
				weft_trie_value_bit(key, len), value);
}

/* The bit of a node on the prefix's way that goes on with it. */
static unsigned int weft_trie_step(const struct weft_trie_node *node, u64 key,
				   unsigned int len)
{
	unsigned int shift = weft_trie_shift(node);

	return shift == weft_trie_len_shift(len) ?
		weft_trie_value_bit(key, len) : weft_trie_chunk(key, shift);
}

/* A copy of @node, which is on the prefix's way, with the prefix. */
static struct weft_trie_node *
weft_trie_extend(const struct weft_trie_node *node, u64 key, unsigned int len,
		 void *value)
{
	unsigned int bit = weft_trie_step(node, key, len);
	struct weft_trie_node *leaf, *new;

	if (bit >= WEFT_TRIE_VALUE)
		return weft_trie_grow(node, bit, value);
	leaf = weft_trie_leaf(key, len, value);
	if (!leaf)
		return NULL;
	new = weft_trie_grow(node, bit, leaf);
	if (!new)
		kfree(leaf);
	return new;
}

/* A new node above @node, with both that and the prefix. */
static struct weft_trie_node *
weft_trie_fork(struct weft_trie_node *node, unsigned int shift, u64 key,
	       unsigned int len, void *value)
{
	struct weft_trie_node *above, *new;

	above = weft_trie_single(key, shift, weft_trie_chunk(node->key, shift),
				 node);
	if (!above)
		return NULL;
	new = weft_trie_extend(above, key, len, value);
	kfree(above);
	return new;
}

/* The shift at which a prefix leaves the way to a node; the node's if it is on it. */
static unsigned int weft_trie_parting(const struct weft_trie_node *node,
				      u64 key, unsigned int len)
{
	unsigned int differ = fls64(key ^ node->key);

	return max(weft_trie_host_shift(max(differ, WEFT_TRIE_BITS - len)),
		   weft_trie_shift(node));
}

/* What takes the place of @node when the prefix is added there. */
static struct weft_trie_node *
weft_trie_with(struct weft_trie_node *node, u64 key, unsigned int len,
	       void *value)
{
	unsigned int parting;

	if (!node)
		return weft_trie_leaf(key, len, value);
	parting = weft_trie_parting(node, key, len);
	if (parting == weft_trie_shift(node))
		return weft_trie_extend(node, key, len, value);
	return weft_trie_fork(node, parting, key, len, value);
}

/**
 * weft_trie_insert() - add a prefix
 * @trie: the trie
 * @key: the prefix; bits behind @len do not matter
 * @len: its length, 0 to 64
 * @value: its value, not NULL
 *
 * Context: process, writers' lock; may sleep.
 * Return: 0; -EEXIST if the prefix is there; -ENOMEM. The trie has not changed
 * then.
 */
int weft_trie_insert(struct weft_trie *trie, u64 key, unsigned int len,
		     void *value)
{
	void __rcu **link = &trie->root, **next;
	struct weft_trie_node *node, *new;
	unsigned int bit;

	for (;; link = next) {
		node = rcu_dereference_raw(*link);
		if (!node || weft_trie_parting(node, key, len) !=
			     weft_trie_shift(node))
			break;
		bit = weft_trie_step(node, key, len);
		next = weft_trie_slot(node, bit);
		if (!next)
			break;
		if (bit < WEFT_TRIE_VALUE)
			continue;
		if (rcu_access_pointer(*next))
			return -EEXIST;
		rcu_assign_pointer(*next, value);
		return 0;
	}
	new = weft_trie_with(node, key, len, value);
	if (!new)
		return -ENOMEM;
	rcu_assign_pointer(*link, new);
	/* One that was forked off lives on below. */
	if (node && weft_trie_shift(node) == weft_trie_shift(new))
		kfree_rcu_mightsleep(node);
	return 0;
}

/**
 * weft_trie_replace() - give a prefix another value
 * @trie: the trie
 * @key: the prefix; bits behind @len do not matter
 * @len: its length, 0 to 64
 * @value: its new value, not NULL
 *
 * Context: writers' lock.
 * Return: the old value, which readers may still use for a grace period; NULL if
 * there is no such prefix, then nothing has changed.
 */
void *weft_trie_replace(struct weft_trie *trie, u64 key, unsigned int len,
			void *value)
{
	struct weft_trie_place place;
	void *old;

	if (!weft_trie_locate(trie, key, len, &place))
		return NULL;
	old = rcu_dereference_raw(*place.slot);
	if (old)
		rcu_assign_pointer(*place.slot, value);
	return old;
}

/*
 * Takes one of several pointers out of the node at @link. A node left with a
 * single child gives way to it. Returns false if there is no memory.
 */
static bool weft_trie_drop(void __rcu **link, unsigned int bit)
{
	struct weft_trie_node *node = rcu_dereference_raw(*link), *new;
	unsigned int other = !weft_trie_rank(node, bit);

	if (weft_trie_slots(node) == 2 && other < hweight64(node->children))
		new = rcu_dereference_raw(node->slot[other]);
	else
		new = weft_trie_shrink(node, bit);
	if (!new)
		return false;
	rcu_assign_pointer(*link, new);
	kfree_rcu_mightsleep(node);
	return true;
}

/* Takes a value's place out of the trie. Returns false if there is no memory. */
static bool weft_trie_prune(const struct weft_trie_place *place)
{
	if (weft_trie_slots(place->node) > 1)
		return weft_trie_drop(place->link, place->bit);
	if (!place->up)
		RCU_INIT_POINTER(*place->link, NULL);
	else if (!weft_trie_drop(place->up, place->up_bit))
		return false;
	kfree_rcu_mightsleep(place->node);
	return true;
}

/**
 * weft_trie_remove() - remove a prefix
 * @trie: the trie
 * @key: the prefix; bits behind @len do not matter
 * @len: its length, 0 to 64
 *
 * This cannot fail: without memory for smaller nodes the old ones stay.
 *
 * Context: process, writers' lock; may sleep.
 * Return: the prefix's value, which readers may still use for a grace period;
 * NULL if there is no such prefix.
 */
void *weft_trie_remove(struct weft_trie *trie, u64 key, unsigned int len)
{
	struct weft_trie_place place;
	void *value;

	if (!weft_trie_locate(trie, key, len, &place))
		return NULL;
	value = rcu_dereference_raw(*place.slot);
	if (!weft_trie_prune(&place))
		RCU_INIT_POINTER(*place.slot, NULL);
	return value;
}

/* Recursion ends after WEFT_TRIE_LEVELS. */
static void weft_trie_node_destroy(struct weft_trie_node *node,
				   void (*release)(void *value, void *arg),
				   void *arg)
{
	unsigned int children = hweight64(node->children), i;
	void *entry;

	for (i = 0; i < weft_trie_slots(node); i++) {
		entry = rcu_dereference_raw(node->slot[i]);
		if (i < children)
			weft_trie_node_destroy(entry, release, arg);
		else if (entry)
			release(entry, arg);
	}
	kfree_rcu_mightsleep(node);
	cond_resched();
}

/**
 * weft_trie_destroy() - remove all prefixes
 * @trie: the trie; empty afterwards
 * @release: called once for each value, which readers may still use for a grace
 *	period
 * @arg: passed to @release
 *
 * Context: process, writers' lock; may sleep.
 */
void weft_trie_destroy(struct weft_trie *trie,
		       void (*release)(void *value, void *arg), void *arg)
{
	struct weft_trie_node *root = rcu_dereference_raw(trie->root);

	RCU_INIT_POINTER(trie->root, NULL);
	if (root)
		weft_trie_node_destroy(root, release, arg);
}
