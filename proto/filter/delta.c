// SPDX-License-Identifier: GPL-2.0
/*
 * Elements in a transaction. Those of a set that the transaction made are put there at
 * once: nobody else sees it. New ones of other sets wait in a store of their own.
 */
#include <linux/slab.h>
#include "transaction.h"

/**
 * weft_delta_find() - find what a transaction changes in a set
 * @trans: the transaction
 * @set: the set
 *
 * Return: the changes or NULL.
 */
struct weft_delta *weft_delta_find(struct weft_trans *trans, const struct weft_set *set)
{
	struct weft_delta *delta;

	list_for_each_entry(delta, &trans->deltas, link)
		if (delta->set == set)
			return delta;
	return NULL;
}

/**
 * weft_delta_get() - find what a transaction changes in a set, or begin to change it
 * @trans: the transaction
 * @set: the set, which another one made
 *
 * Return: the changes, or NULL without memory.
 */
struct weft_delta *weft_delta_get(struct weft_trans *trans, struct weft_set *set)
{
	struct weft_delta *delta = weft_delta_find(trans, set);

	if (delta)
		return delta;
	delta = kzalloc(sizeof(*delta), GFP_KERNEL_ACCOUNT);
	if (!delta)
		return NULL;
	if (weft_set_store_init(set, &delta->store)) {
		kfree(delta);
		return NULL;
	}
	delta->set = set;
	INIT_LIST_HEAD(&delta->added);
	INIT_LIST_HEAD(&delta->moved);
	xa_init(&delta->gone);
	list_add_tail(&delta->link, &trans->deltas);
	return delta;
}

/* A new element leaves the store; it stays the caller's. */
static void weft_delta_take(struct weft_delta *delta, struct weft_elem *elem)
{
	weft_store_remove(&delta->store, elem);
	weft_concat_free(elem);
	list_del_init(&elem->link);
	delta->n_added--;
}

/**
 * weft_delta_free() - forget changes
 * @delta: them
 */
void weft_delta_free(struct weft_delta *delta)
{
	struct weft_elem *elem, *next;

	list_del(&delta->link);
	weft_store_free(&delta->store);
	list_for_each_entry_safe(elem, next, &delta->added, link)
		weft_elem_free(elem);
	xa_destroy(&delta->gone);
	kfree(delta);
}

/**
 * weft_delta_apply() - change a set
 * @delta: the changes
 * @gen: the generation that sees them, which has not begun
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0, or what weft_store_add() returns; then weft_delta_undo() is to be called.
 */
int weft_delta_apply(struct weft_delta *delta, u64 gen)
{
	struct weft_elem *elem, *next;
	bool rebuild = false;
	unsigned long id;
	void *entry;
	int err;

	xa_for_each(&delta->gone, id, entry)
		weft_set_kill(delta->set, id, gen);
	list_for_each_entry_safe(elem, next, &delta->added, link) {
		weft_delta_take(delta, elem);
		elem->born = gen;
		err = weft_set_insert(delta->set, elem, gen);
		if (err == -EEXIST && delta->store.kind == WEFT_STORE_TREE) {
			rebuild = true;
		} else if (err) {
			synchronize_rcu();
			weft_elem_free(elem);
			/* A packet was faster. */
			if (err != -EEXIST)
				return err;
			continue;
		}
		list_add_tail(&elem->link, &delta->moved);
		cond_resched();
	}
	return rebuild ? weft_tree_rebuild(delta->set, gen) : 0;
}

/**
 * weft_delta_undo() - take back weft_delta_apply(), or as much of it as was done
 * @delta: the changes
 * @gen: the generation, which does not begin
 *
 * Context: the firewall's mutex, may sleep.
 */
void weft_delta_undo(struct weft_delta *delta, u64 gen)
{
	struct weft_elem *elem, *next;
	unsigned long id;
	void *entry;

	weft_tree_undo(delta->set, gen);
	list_for_each_entry_safe(elem, next, &delta->moved, link) {
		list_del_init(&elem->link);
		weft_set_erase(delta->set, elem);
	}
	xa_for_each(&delta->gone, id, entry)
		weft_set_kill(delta->set, id, 0);
}

/**
 * weft_delta_done() - the generation has begun: new elements are their set's alone
 * @delta: the changes
 */
void weft_delta_done(struct weft_delta *delta)
{
	INIT_LIST_HEAD(&delta->moved);
}

/* --- what a transaction sees ----------------------------------------------------------------- */

/* Elements that were there before, and still are in the transaction. */
static bool weft_trans_sees(const struct weft_trans *trans, const struct weft_set *set,
			    struct weft_delta *delta, const struct weft_elem *elem)
{
	if (weft_elem_expired(elem))
		return false;
	return set->owner == trans || (weft_elem_visible(elem, trans->base->gen) &&
				       !(delta && xa_load(&delta->gone, elem->id)));
}

/**
 * weft_trans_each_elem() - do something for each element of a set
 * @trans: as this transaction sees it
 * @set: the set, which packets do not change
 * @fn: what to do; an error ends it
 * @arg: for @fn
 *
 * Context: the firewall's mutex.
 * Return: 0 or what @fn returned.
 */
int weft_trans_each_elem(struct weft_trans *trans, struct weft_set *set, weft_elem_fn *fn,
			 void *arg)
{
	struct weft_delta *delta = weft_delta_find(trans, set);
	struct weft_elem *elem;
	unsigned long id;
	int err = 0;

	xa_for_each(&set->elems, id, elem) {
		if (weft_trans_sees(trans, set, delta, elem))
			err = fn(trans, set, elem, arg);
		if (err)
			return err;
	}
	if (!delta)
		return 0;
	list_for_each_entry(elem, &delta->added, link) {
		err = fn(trans, set, elem, arg);
		if (err)
			return err;
	}
	return 0;
}

/**
 * weft_trans_find_elem() - find an element
 * @trans: as this transaction sees it
 * @set: of which set
 * @like: what to look for
 * @same: exactly that, else what has keys in common with it
 *
 * Context: the firewall's mutex; for a dynamic set RCU read lock too.
 * Return: the element or NULL.
 */
struct weft_elem *weft_trans_find_elem(struct weft_trans *trans, struct weft_set *set,
				       const struct weft_elem *like, bool same)
{
	struct weft_delta *delta = weft_delta_find(trans, set);
	u64 gen = set->owner == trans ? 0 : trans->base->gen;
	struct weft_elem *elem;

	if (same) {
		elem = weft_store_same(&set->store, like, gen);
		if (elem && !weft_trans_sees(trans, set, delta, elem))
			elem = NULL;
		return elem || !delta ? elem : weft_store_same(&delta->store, like, 0);
	}
	elem = weft_store_overlap(&set->store, like, gen, delta ? &delta->gone : NULL);
	return elem || !delta ? elem : weft_store_overlap(&delta->store, like, 0, NULL);
}

/* Is one there, its time over or not, that the transaction has not deleted? */
static bool weft_trans_has(const struct weft_trans *trans, struct weft_set *set,
			   struct weft_delta *delta, unsigned long id)
{
	const struct weft_elem *elem;
	bool has;

	rcu_read_lock();
	elem = xa_load(&set->elems, id);
	has = elem && weft_elem_visible(elem, trans->base->gen) && !xa_load(&delta->gone, id);
	rcu_read_unlock();
	return has;
}

/* How many elements there are after the transaction. */
static u32 weft_trans_count(struct weft_trans *trans, struct weft_set *set)
{
	struct weft_delta *delta = weft_delta_find(trans, set);
	u32 count = atomic_read(&set->count);

	if (!delta)
		return count;
	/* Packets, or the time, may have taken those that go by now. */
	count += delta->n_added;
	return count - min(count, delta->n_gone);
}

/* In a tree an element whose time is over may be in the way. */
static int weft_trans_insert(struct weft_set *set, struct weft_elem *elem)
{
	int err = weft_set_insert(set, elem, 0);

	if (err != -EEXIST || set->store.kind != WEFT_STORE_TREE)
		return err;
	err = weft_tree_rebuild(set, 0);
	if (err) {
		xa_erase_bh(&set->elems, elem->id);
		atomic_dec(&set->count);
	}
	return err;
}

/**
 * weft_trans_add_elem() - add an element
 * @trans: in this transaction
 * @set: to which set
 * @elem: the element, which is the set's or the transaction's if it was added
 *
 * Nothing in the set has keys in common with it.
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0, -ENFILE if the set is full, -ENOMEM, or what weft_store_add() returns.
 */
int weft_trans_add_elem(struct weft_trans *trans, struct weft_set *set, struct weft_elem *elem)
{
	struct weft_delta *delta;
	int err;

	if (weft_trans_count(trans, set) >= weft_set_room(set))
		return -ENFILE;
	if (set->owner == trans)
		return weft_trans_insert(set, elem);
	delta = weft_delta_get(trans, set);
	if (!delta)
		return -ENOMEM;
	err = weft_store_add(&delta->store, elem, 0);
	if (err)
		return err;
	list_add_tail(&elem->link, &delta->added);
	delta->n_added++;
	return 0;
}

static int weft_delta_kill(struct weft_delta *delta, unsigned long id)
{
	int err = xa_err(xa_store(&delta->gone, id, xa_mk_value(1), GFP_KERNEL_ACCOUNT));

	if (!err)
		delta->n_gone++;
	return err;
}

/**
 * weft_trans_del_elem() - delete an element
 * @trans: in this transaction
 * @set: of which set
 * @like: what it is like
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0, -ENOENT or -ENOMEM.
 */
int weft_trans_del_elem(struct weft_trans *trans, struct weft_set *set,
			const struct weft_elem *like)
{
	struct weft_delta *delta = weft_delta_find(trans, set);
	unsigned long id = 0;
	struct weft_elem *elem;

	rcu_read_lock();
	elem = delta ? weft_store_same(&delta->store, like, 0) : NULL;
	rcu_read_unlock();
	if (elem) {
		weft_delta_take(delta, elem);
		weft_elem_free(elem);
		return 0;
	}
	rcu_read_lock();
	elem = weft_trans_find_elem(trans, set, like, true);
	if (elem)
		id = elem->id;
	rcu_read_unlock();
	if (!id)
		return -ENOENT;
	if (set->owner == trans)
		return weft_set_erase(set, elem) ? 0 : -ENOENT;
	delta = weft_delta_get(trans, set);
	return delta ? weft_delta_kill(delta, id) : -ENOMEM;
}

/**
 * weft_trans_del_elems() - delete all elements
 * @trans: in this transaction
 * @set: of which set
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0 or -ENOMEM.
 */
int weft_trans_del_elems(struct weft_trans *trans, struct weft_set *set)
{
	struct weft_delta *delta = NULL;
	struct weft_elem *elem, *next;
	unsigned long id;
	int err;

	if (set->owner != trans) {
		delta = weft_delta_get(trans, set);
		if (!delta)
			return -ENOMEM;
		list_for_each_entry_safe(elem, next, &delta->added, link) {
			weft_delta_take(delta, elem);
			weft_elem_free(elem);
		}
	}
	xa_for_each(&set->elems, id, elem) {
		err = 0;
		if (!delta)
			weft_set_erase(set, elem);
		else if (weft_trans_has(trans, set, delta, id))
			err = weft_delta_kill(delta, id);
		if (err)
			return err;
	}
	return 0;
}
