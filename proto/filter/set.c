// SPDX-License-Identifier: GPL-2.0
/* Sets and elements: how they begin and end, and what packets add to them. */
#include <linux/slab.h>
#include "field.h"
#include "pernet.h"
#include "set.h"

/* --- elements ---------------------------------------------------------------------- */

/**
 * weft_elem_new() - make an element
 * @set: for which set
 * @key: its numbers
 * @last: of a range, the last ones; else @key
 * @gfp: how to allocate
 *
 * Return: the element, which is in no set, or NULL.
 */
struct weft_elem *weft_elem_new(const struct weft_set *set, const u64 *key, const u64 *last,
				gfp_t gfp)
{
	unsigned int n = set->store.n;
	struct weft_elem *elem;

	elem = kzalloc(struct_size(elem, key, weft_set_ranges(set) ? 2 * n : n), gfp);
	if (!elem)
		return NULL;
	INIT_LIST_HEAD(&elem->link);
	elem->n = n;
	memcpy(elem->key, key, n * sizeof(*key));
	if (weft_set_ranges(set))
		memcpy(elem->key + n, last, n * sizeof(*key));
	return elem;
}

/**
 * weft_elem_free() - free an element
 * @elem: which nobody knows any more, or NULL
 */
void weft_elem_free(struct weft_elem *elem)
{
	if (!elem)
		return;
	weft_concat_free(elem);
	kfree(elem->comment);
	kfree(elem);
}

static void weft_elem_free_cb(struct rcu_head *rcu)
{
	weft_elem_free(container_of(rcu, struct weft_elem, rcu));
}

/* Puts an element into its set for those who see @gen; weft_store_add() tells errors. */
static int weft_set_insert_flags(struct weft_set *set, struct weft_elem *elem, u64 gen, gfp_t gfp)
{
	void *old;
	int err;

	elem->id = atomic_long_inc_return(&set->last_id);
	err = weft_store_add(&set->store, elem, gen);
	/* weft_tree_rebuild() finds it a place when all is in. */
	if (err && (err != -EEXIST || set->store.kind != WEFT_STORE_TREE))
		return err;
	old = xa_store_bh(&set->elems, elem->id, elem, gfp);
	if (xa_is_err(old)) {
		weft_store_remove(&set->store, elem);
		return xa_err(old);
	}
	atomic_inc(&set->count);
	return err;
}

/**
 * weft_set_insert() - put an element into its set
 * @set: the set
 * @elem: it; its generation is set. When it was refused, packets may have seen it: it is
 *	to be freed after a grace period.
 * @gen: who must not see another one with its key
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0; -EEXIST if there is one, in a tree of ranges by any generation: @elem is in
 * the set then, but a packet finds it only after weft_tree_rebuild(). Other errors are
 * those of weft_store_add().
 */
int weft_set_insert(struct weft_set *set, struct weft_elem *elem, u64 gen)
{
	int err, left = WEFT_STORE_TRIES;

	do {
		err = weft_set_insert_flags(set, elem, gen, GFP_KERNEL_ACCOUNT);
	} while (err == -EBUSY && left-- && weft_store_spread(&set->store));
	return err;
}

/**
 * weft_set_erase() - take an element out of its set and free it in time
 * @set: the set
 * @elem: it
 *
 * Context: RCU read lock or the firewall's mutex; of dynamic sets any but hard interrupts.
 * Return: false if somebody else did it.
 */
bool weft_set_erase(struct weft_set *set, struct weft_elem *elem)
{
	if (!xa_erase_bh(&set->elems, elem->id))
		return false;
	if (!elem->dead)
		atomic_dec(&set->count);
	weft_store_remove(&set->store, elem);
	call_rcu(&elem->rcu, weft_elem_free_cb);
	return true;
}

/**
 * weft_set_kill() - mark an element: it goes with a generation
 * @set: the set
 * @id: of the element, which may be gone
 * @gen: the generation; 0 takes it back
 *
 * Context: the firewall's mutex.
 */
void weft_set_kill(struct weft_set *set, unsigned long id, u64 gen)
{
	struct weft_elem *elem;

	xa_lock_bh(&set->elems);
	elem = xa_load(&set->elems, id);
	if (elem) {
		atomic_add(!gen - !elem->dead, &set->count);
		WRITE_ONCE(elem->dead, gen);
		if (gen)
			__xa_set_mark(&set->elems, id, WEFT_ELEM_DEAD);
		else
			__xa_clear_mark(&set->elems, id, WEFT_ELEM_DEAD);
	}
	xa_unlock_bh(&set->elems);
}

/* Of a hash packets may take elements too; what else there is may sleep. */
static void weft_set_sweep(struct weft_set *set, u64 oldest, xa_mark_t which)
{
	bool over, hash = set->store.kind == WEFT_STORE_HASH;
	struct weft_elem *elem;
	unsigned long id;
	u64 dead;

	rcu_read_lock();
	xa_for_each_marked(&set->elems, id, elem, which) {
		dead = READ_ONCE(elem->dead);
		over = weft_elem_expired(elem) || (dead && dead <= oldest);
		if (over && hash)
			weft_set_erase(set, elem);
		rcu_read_unlock();
		if (over && !hash)
			weft_set_erase(set, elem);
		cond_resched();
		rcu_read_lock();
	}
	rcu_read_unlock();
}

/**
 * weft_set_reap() - free what nobody sees any more
 * @set: the set
 * @oldest: the oldest generation that there is
 *
 * Context: the firewall's mutex, a grace period after what was older.
 */
void weft_set_reap(struct weft_set *set, u64 oldest)
{
	if (set->store.kind == WEFT_STORE_TREE)
		weft_tree_reap(&set->store, oldest);
	weft_set_sweep(set, oldest, WEFT_ELEM_DEAD);
}

/**
 * weft_set_gc() - free elements whose time is over
 * @set: the set
 *
 * Context: the firewall's mutex, may sleep.
 */
void weft_set_gc(struct weft_set *set)
{
	if (set->flags & WEFT_FILTER_SET_TIMEOUT)
		weft_set_sweep(set, 0, XA_PRESENT);
}

/* --- sets ---------------------------------------------------------------------------- */

static enum weft_store_kind weft_set_kind(const struct weft_set *set, unsigned int words)
{
	if (!weft_set_ranges(set))
		return WEFT_STORE_HASH;
	return words == 1 && BITS_PER_LONG == 64 ? WEFT_STORE_TREE : WEFT_STORE_CONCAT;
}

/**
 * weft_set_store_init() - make a store of the kind of a set's
 * @set: the set; its flags and fields are set
 * @store: filled in
 *
 * Return: 0 or -ENOMEM.
 */
int weft_set_store_init(const struct weft_set *set, struct weft_store *store)
{
	unsigned int i, words = 0;

	for (i = 0; i < set->n_fields; i++)
		words += weft_field_words(set->fields[i]);
	return weft_store_init(store, weft_set_kind(set, words), words);
}

/**
 * weft_set_new() - make a set without elements
 * @fw: its namespace
 * @like: what it is like: flags, fields, names
 *
 * Return: the set, with one user, in no list, or an ERR_PTR.
 */
struct weft_set *weft_set_new(struct weft_fw_net *fw, const struct weft_set *like)
{
	struct weft_set *set = kmemdup(like, sizeof(*like), GFP_KERNEL_ACCOUNT);
	int err;

	if (!set)
		return ERR_PTR(-ENOMEM);
	refcount_set(&set->users, 1);
	INIT_LIST_HEAD(&set->link);
	set->fw = fw;
	atomic_set(&set->count, 0);
	atomic_long_set(&set->last_id, 0);
	xa_init_flags(&set->elems, XA_FLAGS_LOCK_BH);
	err = weft_set_store_init(set, &set->store);
	if (err) {
		kfree(set);
		return ERR_PTR(err);
	}
	return set;
}

/**
 * weft_set_put() - give up a reference
 * @set: the set
 *
 * Context: the firewall's mutex, may sleep; packets saw the set under a grace period
 * that is over.
 */
void weft_set_put(struct weft_set *set)
{
	struct weft_elem *elem;
	unsigned long id;

	if (!refcount_dec_and_test(&set->users))
		return;
	list_del(&set->link);
	weft_store_free(&set->store);
	xa_for_each(&set->elems, id, elem) {
		weft_elem_free(elem);
		cond_resched();
	}
	xa_destroy(&set->elems);
	kfree(set);
}

/* --- what packets do ------------------------------------------------------------------ */

static struct weft_elem *weft_set_learn(struct weft_set *set, const u64 *key, u64 gen,
					u64 timeout)
{
	struct weft_elem *elem;
	int err;

	if (atomic_read(&set->count) >= weft_set_room(set)) {
		if (set->flags & WEFT_FILTER_SET_TIMEOUT)
			weft_fw_gc_soon(set->fw);
		return NULL;
	}
	elem = weft_elem_new(set, key, key, GFP_ATOMIC | __GFP_NOWARN);
	if (!elem)
		return NULL;
	elem->timeout = timeout;
	if (timeout)
		elem->expires = get_jiffies_64() + timeout;
	err = weft_set_insert_flags(set, elem, gen, GFP_ATOMIC | __GFP_NOWARN);
	if (!err)
		return elem;
	call_rcu(&elem->rcu, weft_elem_free_cb);
	return err == -EEXIST ? weft_store_find(&set->store, key, gen) : NULL;
}

/**
 * weft_set_update() - change a dynamic set for a packet
 * @set: the set
 * @key: numbers
 * @gen: of the ruleset that the packet is under
 * @op: WEFT_FILTER_UPDATE_*
 * @timeout: of the element, jiffies; 0: none
 *
 * Context: RCU read lock, softirqs disabled.
 * Return: the element, which may be about to go, or NULL: the set is full, or there was
 * nothing to delete.
 */
struct weft_elem *weft_set_update(struct weft_set *set, const u64 *key, u64 gen, u8 op,
				  u64 timeout)
{
	struct weft_elem *elem = weft_store_find(&set->store, key, gen);

	if (!elem)
		return op == WEFT_FILTER_UPDATE_DELETE ? NULL :
		       weft_set_learn(set, key, gen, timeout);
	if (op == WEFT_FILTER_UPDATE_DELETE)
		weft_set_erase(set, elem);
	else if (op == WEFT_FILTER_UPDATE_UPDATE && timeout)
		WRITE_ONCE(elem->expires, get_jiffies_64() + timeout);
	return elem;
}
