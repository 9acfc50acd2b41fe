// SPDX-License-Identifier: GPL-2.0
/*
 * Finding elements. Exact keys are in a hash; what else there is has a file of its own.
 * Two elements of one key may be in a store at once, if no generation sees both.
 */
#include <linux/jhash.h>
#include <linux/slab.h>
#include "set.h"

/**
 * struct weft_store_key - what is looked for in a hash of elements
 * @key: numbers
 * @n: how many
 * @gen: who looks
 */
struct weft_store_key {
	const u64	*key;
	u8		n;
	u64		gen;
};

static u32 weft_store_hash_key(const void *data, u32 len, u32 seed)
{
	const struct weft_store_key *key = data;

	return jhash2((const u32 *)key->key, 2 * key->n, seed);
}

static u32 weft_store_hash_elem(const void *data, u32 len, u32 seed)
{
	const struct weft_elem *elem = data;

	return jhash2((const u32 *)elem->key, 2 * elem->n, seed);
}

/* Inlined into each lookup: what is not seen is not equal to anything. */
static int weft_store_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct weft_store_key *key = arg->key;
	const struct weft_elem *elem = obj;
	unsigned int i;

	for (i = 0; i < key->n; i++)
		if (key->key[i] != elem->key[i])
			return 1;
	return !weft_elem_visible(elem, key->gen) || weft_elem_expired(elem);
}

static const struct rhashtable_params weft_store_params = {
	.head_offset = offsetof(struct weft_elem, node),
	.hashfn = weft_store_hash_key,
	.obj_hashfn = weft_store_hash_elem,
	.obj_cmpfn = weft_store_differs,
	.automatic_shrinking = true,
};

/**
 * weft_store_init() - begin with nothing
 * @store: filled in
 * @kind: how to find
 * @n: numbers in a key
 *
 * Return: 0 or -ENOMEM.
 */
int weft_store_init(struct weft_store *store, enum weft_store_kind kind, u8 n)
{
	struct weft_tree *tree;

	store->kind = kind;
	store->n = n;
	switch (kind) {
	case WEFT_STORE_HASH:
		return rhashtable_init(&store->hash, &weft_store_params);
	case WEFT_STORE_TREE:
		tree = weft_tree_new(0);
		RCU_INIT_POINTER(store->tree, tree);
		return tree ? 0 : -ENOMEM;
	case WEFT_STORE_CONCAT:
		break;
	}
	return weft_concat_init(store);
}

/**
 * weft_store_free() - end
 * @store: of which nobody knows any more; its elements stay the caller's
 */
void weft_store_free(struct weft_store *store)
{
	struct weft_tree *tree, *older;

	if (store->kind != WEFT_STORE_TREE) {
		rhashtable_destroy(&store->hash);
		kfree(rcu_access_pointer(store->masks));
		return;
	}
	for (tree = rcu_access_pointer(store->tree); tree; tree = older) {
		older = tree->older;
		weft_tree_free(tree);
	}
}

/**
 * weft_store_find() - find the element that a packet's key is in
 * @store: where
 * @key: numbers
 * @gen: of the ruleset that the packet is under
 *
 * Context: RCU read lock, or the firewall's mutex.
 * Return: an element that @gen sees, or NULL.
 */
struct weft_elem *weft_store_find(struct weft_store *store, const u64 *key, u64 gen)
{
	struct weft_store_key arg = { .key = key, .n = store->n, .gen = gen };

	if (likely(store->kind == WEFT_STORE_HASH))
		return rhashtable_lookup(&store->hash, &arg, weft_store_params);
	if (store->kind == WEFT_STORE_TREE)
		return weft_tree_find(store, key[0], gen);
	return weft_concat_find(store, key, gen);
}

/**
 * weft_store_overlap() - find an element that has keys in common with another one
 * @store: where
 * @elem: the other one, which is not in it
 * @gen: who looks
 * @gone: ids of elements that do not count; or NULL
 *
 * Of ranges of several numbers only the first and the last key are looked for.
 *
 * Context: the firewall's mutex.
 * Return: an element that @gen sees, or NULL.
 */
struct weft_elem *weft_store_overlap(struct weft_store *store, const struct weft_elem *elem,
				     u64 gen, struct xarray *gone)
{
	struct weft_elem *found;

	if (store->kind == WEFT_STORE_TREE)
		return weft_tree_overlap(store, elem, gen, gone);
	found = weft_store_find(store, elem->key, gen);
	if ((!found || (gone && xa_load(gone, found->id))) && store->kind == WEFT_STORE_CONCAT)
		found = weft_store_find(store, elem->key + elem->n, gen);
	return found && gone && xa_load(gone, found->id) ? NULL : found;
}

/**
 * weft_store_same() - find the element with the same keys as another one
 * @store: where
 * @elem: the other one, which is not in it
 * @gen: who looks
 *
 * Context: RCU read lock and the firewall's mutex.
 * Return: the element if @gen sees it, or NULL.
 */
struct weft_elem *weft_store_same(struct weft_store *store, const struct weft_elem *elem,
				  u64 gen)
{
	struct weft_elem *found;

	if (store->kind == WEFT_STORE_HASH)
		return weft_store_find(store, elem->key, gen);
	if (store->kind == WEFT_STORE_CONCAT)
		return weft_concat_same(store, elem, gen);
	found = weft_tree_find(store, elem->key[0], gen);
	return found && found->key[0] == elem->key[0] && found->key[1] == elem->key[1] ?
	       found : NULL;
}

/**
 * weft_store_spread() - wait until a hash that refused an element has been spread anew
 * @store: where
 *
 * Of one key there may be more dead elements than a hash has in one place, if an older
 * ruleset is kept for long. It takes another one whenever it is spread anew, but not while
 * that goes on.
 *
 * Context: the firewall's mutex, may sleep.
 * Return: true: it can be tried again.
 */
bool weft_store_spread(struct weft_store *store)
{
	flush_work(&store->hash.run_work);
	return true;
}

/**
 * weft_store_add() - put an element into a store
 * @store: where
 * @elem: it
 * @gen: who must not see another one with that key
 *
 * Context: the firewall's mutex; of WEFT_STORE_HASH any but hard interrupts.
 * Return: 0, -EEXIST, -ENOMEM, -E2BIG if its ranges need too many parts, -EBUSY if it can be
 * tried again after weft_store_spread(), or what rhashtable_insert_fast() returns.
 */
int weft_store_add(struct weft_store *store, struct weft_elem *elem, u64 gen)
{
	struct weft_store_key arg = { .key = elem->key, .n = store->n, .gen = gen };
	void *found;

	if (store->kind == WEFT_STORE_TREE)
		return weft_tree_add(rcu_dereference_raw(store->tree), elem);
	if (store->kind == WEFT_STORE_CONCAT)
		return weft_concat_add(store, elem);
	found = rhashtable_lookup_get_insert_key(&store->hash, &arg, &elem->node,
						 weft_store_params);
	if (IS_ERR(found))
		return PTR_ERR(found);
	return found ? -EEXIST : 0;
}

/**
 * weft_store_remove() - take an element out of a store
 * @store: where
 * @elem: it; packets may see it for a grace period more
 *
 * Context: as weft_store_add().
 */
void weft_store_remove(struct weft_store *store, struct weft_elem *elem)
{
	if (store->kind == WEFT_STORE_TREE)
		weft_tree_remove(store, elem);
	else if (store->kind == WEFT_STORE_CONCAT)
		weft_concat_remove(store, elem);
	else
		rhashtable_remove_fast(&store->hash, &elem->node, weft_store_params);
}
