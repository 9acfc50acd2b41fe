// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges of several numbers. Each range is split into prefixes, and the element is in the
 * hash once for each product of them. Who looks masks the key with each combination of
 * masks that there is; where several elements match, the one with the most bits wins.
 */
#include <linux/bitmap.h>
#include <linux/jhash.h>
#include <linux/slab.h>
#include "prefix.h"
#include "set.h"

/**
 * struct weft_concat_key - what is looked for
 * @key: masked numbers
 * @n: how many
 * @mask: number of the combination
 * @gen: who looks
 */
struct weft_concat_key {
	const u64	*key;
	u8		n;
	u32		mask;
	u64		gen;
};

/**
 * struct weft_product - the products of an element's prefixes, one after the other
 * @n: numbers in a key
 * @at: for each number, which of its prefixes is next
 * @count: how many it has
 * @prefixes: these
 */
struct weft_product {
	u8			n;
	u8			at[WEFT_SET_WORDS_MAX];
	u8			count[WEFT_SET_WORDS_MAX];
	struct weft_prefix	prefixes[WEFT_SET_WORDS_MAX][WEFT_PREFIXES_MAX];
};

static u32 weft_concat_hash_key(const void *data, u32 len, u32 seed)
{
	const struct weft_concat_key *key = data;

	return jhash2((const u32 *)key->key, 2 * key->n, seed ^ key->mask);
}

static u32 weft_concat_hash_entry(const void *data, u32 len, u32 seed)
{
	const struct weft_entry *entry = data;

	return jhash2((const u32 *)entry->key, 2 * entry->elem->n, seed ^ entry->mask);
}

static int weft_concat_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct weft_concat_key *key = arg->key;
	const struct weft_entry *entry = obj;
	unsigned int i;

	if (key->mask != entry->mask)
		return 1;
	for (i = 0; i < key->n; i++)
		if (key->key[i] != entry->key[i])
			return 1;
	return !weft_elem_visible(entry->elem, key->gen) || weft_elem_expired(entry->elem);
}

static const struct rhashtable_params weft_concat_params = {
	.head_offset = offsetof(struct weft_entry, node),
	.hashfn = weft_concat_hash_key,
	.obj_hashfn = weft_concat_hash_entry,
	.obj_cmpfn = weft_concat_differs,
	.automatic_shrinking = true,
};

/**
 * weft_concat_init() - begin with nothing
 * @store: its hash is filled in
 *
 * Return: 0 or -ENOMEM.
 */
int weft_concat_init(struct weft_store *store)
{
	return rhashtable_init(&store->hash, &weft_concat_params);
}

/**
 * weft_concat_find() - find the element that a key is in
 * @store: where
 * @key: numbers
 * @gen: who looks
 *
 * Context: RCU read lock, or the firewall's mutex.
 * Return: an element that @gen sees, or NULL.
 */
struct weft_elem *weft_concat_find(struct weft_store *store, const u64 *key, u64 gen)
{
	const struct weft_masks *masks = rcu_dereference_raw(store->masks);
	u64 masked[WEFT_SET_WORDS_MAX];
	struct weft_concat_key arg = { .key = masked, .n = store->n, .gen = gen };
	struct weft_entry *entry;
	unsigned int i, j;

	for (i = 0; masks && i < masks->n; i++) {
		for (j = 0; j < store->n; j++)
			masked[j] = key[j] & masks->mask[i].mask[j];
		arg.mask = masks->mask[i].number;
		entry = rhashtable_lookup(&store->hash, &arg, weft_concat_params);
		if (entry)
			return entry->elem;
	}
	return NULL;
}

/**
 * weft_concat_same() - find the element with the same ranges as another one
 * @store: where
 * @elem: the other one
 * @gen: who looks
 *
 * Context: the firewall's mutex and RCU read lock.
 * Return: the element if @gen sees it, or NULL.
 */
struct weft_elem *weft_concat_same(struct weft_store *store, const struct weft_elem *elem,
				   u64 gen)
{
	const struct weft_masks *masks = rcu_dereference_raw(store->masks);
	u64 masked[WEFT_SET_WORDS_MAX];
	struct weft_concat_key arg = { .key = masked, .n = store->n, .gen = gen };
	struct weft_entry *entry;
	unsigned int i, j;

	for (i = 0; masks && i < masks->n; i++) {
		for (j = 0; j < store->n; j++)
			masked[j] = elem->key[j] & masks->mask[i].mask[j];
		arg.mask = masks->mask[i].number;
		entry = rhashtable_lookup(&store->hash, &arg, weft_concat_params);
		if (entry && !memcmp(entry->elem->key, elem->key,
				     2 * elem->n * sizeof(*elem->key)))
			return entry->elem;
	}
	return NULL;
}

/* --- combinations of masks ------------------------------------------------------------ */

static struct weft_mask *weft_mask_find(struct weft_store *store, const u64 *mask)
{
	struct weft_masks *masks = rcu_dereference_raw(store->masks);
	unsigned int i;

	for (i = 0; masks && i < masks->n; i++)
		if (!memcmp(masks->mask[i].mask, mask, store->n * sizeof(*mask)))
			return &masks->mask[i];
	return NULL;
}

/* A number that none of them has. Who looks with older masks does not see what gets it. */
static u32 weft_mask_number(const struct weft_masks *masks)
{
	DECLARE_BITMAP(taken, WEFT_SET_MASKS_MAX) = {};
	u32 i;

	for (i = 0; masks && i < masks->n; i++)
		__set_bit(masks->mask[i].number, taken);
	return find_first_zero_bit(taken, WEFT_SET_MASKS_MAX);
}

/* Those with more bits stay before it. */
static struct weft_mask *weft_mask_insert(struct weft_masks *masks, const struct weft_masks *old,
					  u32 bits)
{
	u32 i, at = 0, number = weft_mask_number(old);

	masks->n = old ? old->n + 1 : 1;
	for (i = 0; i + 1 < masks->n; i++)
		at += old->mask[i].bits >= bits;
	if (old) {
		memcpy(masks->mask, old->mask, at * sizeof(*masks->mask));
		memcpy(masks->mask + at + 1, old->mask + at,
		       (old->n - at) * sizeof(*masks->mask));
	}
	masks->mask[at] = (struct weft_mask){ .bits = bits, .number = number };
	return &masks->mask[at];
}

static struct weft_mask *weft_mask_get(struct weft_store *store, const u64 *words)
{
	struct weft_masks *masks, *old = rcu_dereference_raw(store->masks);
	struct weft_mask *mask = weft_mask_find(store, words);
	u32 bits = 0, n = old ? old->n : 0;
	unsigned int i;

	if (mask)
		goto found;
	if (n == WEFT_SET_MASKS_MAX)
		return ERR_PTR(-E2BIG);
	masks = kzalloc(struct_size(masks, mask, n + 1), GFP_KERNEL_ACCOUNT);
	if (!masks)
		return ERR_PTR(-ENOMEM);
	for (i = 0; i < store->n; i++)
		bits += hweight64(words[i]);
	mask = weft_mask_insert(masks, old, bits);
	memcpy(mask->mask, words, store->n * sizeof(*words));
	rcu_assign_pointer(store->masks, masks);
	if (old)
		kfree_rcu(old, rcu);
found:
	mask->uses++;
	return mask;
}

/* Without memory the combination stays, with nothing that has it. */
static void weft_mask_put(struct weft_store *store, u32 number)
{
	struct weft_masks *masks, *old = rcu_dereference_raw(store->masks);
	u32 at = 0;

	while (old->mask[at].number != number)
		at++;
	if (--old->mask[at].uses)
		return;
	masks = kzalloc(struct_size(masks, mask, old->n - 1), GFP_KERNEL_ACCOUNT);
	if (!masks)
		return;
	masks->n = old->n - 1;
	memcpy(masks->mask, old->mask, at * sizeof(*masks->mask));
	memcpy(masks->mask + at, old->mask + at + 1, (masks->n - at) * sizeof(*masks->mask));
	rcu_assign_pointer(store->masks, masks);
	kfree_rcu(old, rcu);
}

/* --- elements ---------------------------------------------------------------------- */

static int weft_product_init(struct weft_product *product, const struct weft_elem *elem)
{
	u32 entries = 1;
	unsigned int i;

	product->n = elem->n;
	for (i = 0; i < elem->n; i++) {
		product->count[i] = weft_prefix_split(elem->key[i], elem->key[elem->n + i],
						      product->prefixes[i]);
		entries *= product->count[i];
		if (entries > WEFT_SET_ENTRIES_MAX)
			return -E2BIG;
	}
	return entries;
}

static void weft_product_next(struct weft_product *product)
{
	unsigned int i;

	for (i = 0; i < product->n; i++) {
		if (++product->at[i] < product->count[i])
			return;
		product->at[i] = 0;
	}
}

static int weft_concat_add_entry(struct weft_store *store, struct weft_elem *elem,
				 const struct weft_product *product)
{
	const struct weft_prefix *prefix;
	u64 words[WEFT_SET_WORDS_MAX];
	struct weft_entry *entry;
	int err, left = WEFT_STORE_TRIES;
	struct weft_mask *mask;
	unsigned int i;

	entry = kmalloc(struct_size(entry, key, elem->n), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return -ENOMEM;
	for (i = 0; i < elem->n; i++) {
		prefix = &product->prefixes[i][product->at[i]];
		entry->key[i] = prefix->value;
		words[i] = prefix->mask;
	}
	mask = weft_mask_get(store, words);
	if (IS_ERR(mask)) {
		kfree(entry);
		return PTR_ERR(mask);
	}
	entry->elem = elem;
	entry->mask = mask->number;
	do {
		err = rhashtable_insert_fast(&store->hash, &entry->node, weft_concat_params);
	} while (err == -EBUSY && left-- && weft_store_spread(store));
	if (err) {
		weft_mask_put(store, entry->mask);
		kfree(entry);
		return err;
	}
	elem->entries[elem->n_entries++] = entry;
	return 0;
}

/**
 * weft_concat_add() - put an element into a store
 * @store: where
 * @elem: it
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0, -E2BIG if it needs too many parts, -ENOMEM, or what rhashtable_insert_fast()
 * returns.
 */
int weft_concat_add(struct weft_store *store, struct weft_elem *elem)
{
	struct weft_product *product = kzalloc(sizeof(*product), GFP_KERNEL);
	int i, n, err = 0;

	if (!product)
		return -ENOMEM;
	n = weft_product_init(product, elem);
	if (n < 0) {
		kfree(product);
		return n;
	}
	elem->entries = kvcalloc(n, sizeof(*elem->entries), GFP_KERNEL_ACCOUNT);
	if (!elem->entries)
		err = -ENOMEM;
	for (i = 0; i < n && !err; i++) {
		err = weft_concat_add_entry(store, elem, product);
		weft_product_next(product);
	}
	kfree(product);
	if (err) {
		weft_concat_remove(store, elem);
		synchronize_rcu();
		weft_concat_free(elem);
	}
	return err;
}

/**
 * weft_concat_remove() - take an element out of a store
 * @store: where
 * @elem: it
 *
 * Context: the firewall's mutex, may sleep.
 */
void weft_concat_remove(struct weft_store *store, struct weft_elem *elem)
{
	unsigned int i;

	for (i = 0; i < elem->n_entries; i++) {
		rhashtable_remove_fast(&store->hash, &elem->entries[i]->node,
				       weft_concat_params);
		weft_mask_put(store, elem->entries[i]->mask);
	}
}

/**
 * weft_concat_free() - free the parts of an element
 * @elem: which no store has
 */
void weft_concat_free(struct weft_elem *elem)
{
	unsigned int i;

	for (i = 0; i < elem->n_entries; i++)
		kfree(elem->entries[i]);
	kvfree(elem->entries);
	elem->entries = NULL;
	elem->n_entries = 0;
}
