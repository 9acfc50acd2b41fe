// SPDX-License-Identifier: GPL-2.0
/*
 * Ranges of one number, in the kernel's maple tree. A tree cannot have two ranges that
 * overlap, though a commit may replace one by the other: it then makes a new tree, and
 * those who are under an older ruleset look into the older tree.
 */
#include <linux/slab.h>
#include "set.h"

/**
 * weft_tree_new() - make a tree without ranges
 * @since: the generation that sees it, with all later ones
 *
 * Return: the tree or NULL.
 */
struct weft_tree *weft_tree_new(u64 since)
{
	struct weft_tree *tree = kzalloc(sizeof(*tree), GFP_KERNEL_ACCOUNT);

	if (!tree)
		return NULL;
	mt_init_flags(&tree->ranges, MT_FLAGS_USE_RCU);
	tree->since = since;
	return tree;
}

/**
 * weft_tree_free() - free a tree, but not what it has
 * @tree: which nobody knows any more
 *
 * Without RCU, as no reader is left: the kernel's walk over nodes behind a grace period
 * takes the metadata of an inner node of 15 entries for its 16th.
 */
void weft_tree_free(struct weft_tree *tree)
{
	mt_clear_in_rcu(&tree->ranges);
	mtree_destroy(&tree->ranges);
	kfree(tree);
}

/**
 * weft_tree_find() - find the range that a number is in
 * @store: where
 * @key: the number
 * @gen: who looks
 *
 * Context: RCU read lock, or the firewall's mutex.
 * Return: an element that @gen sees, or NULL.
 */
struct weft_elem *weft_tree_find(struct weft_store *store, u64 key, u64 gen)
{
	struct weft_tree *tree = rcu_dereference_raw(store->tree);
	struct weft_elem *elem;

	while (unlikely(tree->since > gen))
		tree = tree->older;
	elem = mtree_load(&tree->ranges, key);
	return elem && weft_elem_visible(elem, gen) && !weft_elem_expired(elem) ? elem : NULL;
}

/**
 * weft_tree_overlap() - find a range that overlaps another one
 * @store: where
 * @elem: the other one
 * @gen: who looks
 * @gone: ids of elements that do not count; or NULL
 *
 * Context: the firewall's mutex.
 * Return: an element that @gen sees, or NULL.
 */
struct weft_elem *weft_tree_overlap(struct weft_store *store, const struct weft_elem *elem,
				    u64 gen, struct xarray *gone)
{
	struct weft_tree *tree = rcu_dereference_raw(store->tree);
	unsigned long index = elem->key[0];
	struct weft_elem *found;

	rcu_read_lock();
	mt_for_each(&tree->ranges, found, index, elem->key[1])
		if (weft_elem_visible(found, gen) && !weft_elem_expired(found) &&
		    !(gone && xa_load(gone, found->id)))
			break;
	rcu_read_unlock();
	return found;
}

/**
 * weft_tree_add() - put a range into a tree
 * @tree: where
 * @elem: the range
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0, -EEXIST or -ENOMEM.
 */
int weft_tree_add(struct weft_tree *tree, struct weft_elem *elem)
{
	return mtree_insert_range(&tree->ranges, elem->key[0], elem->key[1], elem,
				  GFP_KERNEL_ACCOUNT);
}

/**
 * weft_tree_remove() - take a range out of all trees that have it
 * @store: where
 * @elem: the range
 *
 * Context: the firewall's mutex, may sleep.
 */
void weft_tree_remove(struct weft_store *store, struct weft_elem *elem)
{
	struct weft_tree *tree = rcu_dereference_raw(store->tree);

	for (; tree; tree = tree->older)
		if (mtree_load(&tree->ranges, elem->key[0]) == elem)
			mtree_erase(&tree->ranges, elem->key[0]);
}

/**
 * weft_tree_rebuild() - make a tree of what a generation sees
 * @set: of which
 * @gen: the generation, which has not begun
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0 or -ENOMEM.
 */
int weft_tree_rebuild(struct weft_set *set, u64 gen)
{
	struct weft_tree *tree = weft_tree_new(gen);
	struct weft_elem *elem;
	unsigned long id;
	int err;

	if (!tree)
		return -ENOMEM;
	xa_for_each(&set->elems, id, elem) {
		if (!weft_elem_visible(elem, gen) || weft_elem_expired(elem))
			continue;
		err = weft_tree_add(tree, elem);
		if (err) {
			weft_tree_free(tree);
			return err;
		}
		cond_resched();
	}
	tree->older = rcu_dereference_raw(set->store.tree);
	rcu_assign_pointer(set->store.tree, tree);
	return 0;
}

/**
 * weft_tree_undo() - take back weft_tree_rebuild()
 * @set: of which
 * @gen: the generation, which does not begin
 *
 * Context: the firewall's mutex, may sleep.
 */
void weft_tree_undo(struct weft_set *set, u64 gen)
{
	struct weft_tree *tree = rcu_dereference_raw(set->store.tree);

	if (set->store.kind != WEFT_STORE_TREE || tree->since != gen || !tree->older)
		return;
	rcu_assign_pointer(set->store.tree, tree->older);
	synchronize_rcu();
	weft_tree_free(tree);
}

/**
 * weft_tree_reap() - free trees that nobody looks into any more
 * @store: where
 * @oldest: the oldest generation that there is
 *
 * Context: the firewall's mutex; a grace period after what was older.
 */
void weft_tree_reap(struct weft_store *store, u64 oldest)
{
	struct weft_tree *tree = rcu_dereference_raw(store->tree);
	struct weft_tree *older;

	while (tree->since > oldest && tree->older)
		tree = tree->older;
	older = tree->older;
	tree->older = NULL;
	while (older) {
		tree = older;
		older = tree->older;
		weft_tree_free(tree);
	}
}
