// SPDX-License-Identifier: GPL-2.0
/*
 * The table of connections: each one is in a hash table under both of its directions, and
 * in an array under its number. Those that nobody has answered give way when it is full.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include "track_event.h"
#include "track_table.h"

/* In the array: it gives way to others. */
#define WEFT_TRACK_UNASSURED	XA_MARK_1

/* How many may give way to one before it is given up. */
#define WEFT_TRACK_EARLY_TRIES	8

/* Connections that one run of the collector looks at, and how often it runs. */
#define WEFT_TRACK_GC_BATCH	4096
#define WEFT_TRACK_GC_BUSY	(HZ / 10)
#define WEFT_TRACK_GC_IDLE	HZ

#define WEFT_TRACK_MAX_DEFAULT	65536

static struct kmem_cache *weft_track_cache;

static const struct rhashtable_params weft_track_params = {
	.head_offset		= offsetof(struct weft_track_node, head),
	.key_offset		= offsetof(struct weft_track_node, tuple),
	.key_len		= sizeof(struct weft_track_tuple),
	.automatic_shrinking	= true,
};

/* --- one connection ------------------------------------------------------------------ */

/**
 * weft_track_alloc() - make a connection that is in no table yet
 * @tn: namespace
 * @tuple: what its first packet has
 *
 * Context: softirqs disabled or not; does not sleep.
 * Return: the connection, or NULL without memory or if nothing can answer the packet.
 */
struct weft_track *weft_track_alloc(struct weft_track_net *tn,
				    const struct weft_track_tuple *tuple)
{
	struct weft_track *track = kmem_cache_zalloc(weft_track_cache, GFP_ATOMIC);

	if (!track)
		return NULL;
	track->tn = tn;
	track->node[0].tuple = *tuple;
	track->node[1].reply = true;
	spin_lock_init(&track->lock);
	track->start = ktime_get_real_ns();
	if (weft_track_tuple_invert(&track->node[1].tuple, tuple))
		return track;
	weft_track_free(track);
	return NULL;
}

/**
 * weft_track_free() - free a connection that nobody has found
 * @track: as weft_track_alloc() made it
 *
 * Context: any.
 */
void weft_track_free(struct weft_track *track)
{
	kmem_cache_free(weft_track_cache, track);
}

static void weft_track_free_rcu(struct rcu_head *rcu)
{
	weft_track_free(container_of(rcu, struct weft_track, rcu));
}

/**
 * weft_track_refresh() - a packet came: the time of the connection begins again
 * @track: the connection
 *
 * Context: any.
 */
void weft_track_refresh(struct weft_track *track)
{
	enum weft_track_timeout which;

	which = weft_track_timeout_of(track->node[0].tuple.proto,
				      READ_ONCE(track->stream.state),
				      weft_track_replied(track));
	WRITE_ONCE(track->expires,
		   jiffies + (unsigned long)READ_ONCE(track->tn->timeouts[which]) * HZ);
}

/* --- out of the table ---------------------------------------------------------------- */

/* A node whose addresses and ports are its own reply's is there once. */
static bool weft_track_two_nodes(const struct weft_track *track)
{
	return !weft_track_tuple_equal(&track->node[0].tuple, &track->node[1].tuple);
}

/**
 * weft_track_kill() - take a connection out of the table
 * @track: the connection, CONFIRMED
 * @why: WEFT_TRACK_STAT_*: the counter
 *
 * It is freed a grace period later. Context: RCU read lock, or nobody else is there.
 * Return: false if somebody else does it.
 */
bool weft_track_kill(struct weft_track *track, unsigned int why)
{
	struct weft_track_net *tn = track->tn;

	if (test_and_set_bit(WEFT_TRACK_BIT_DYING, &track->status))
		return false;
	if (weft_track_two_nodes(track))
		rhashtable_remove_fast(&tn->hash, &track->node[1].head, weft_track_params);
	rhashtable_remove_fast(&tn->hash, &track->node[0].head, weft_track_params);
	xa_erase_bh(&tn->all, track->id);
	atomic_dec(&tn->count);
	weft_track_count(tn, why);
	weft_track_event(track, WEFT_TRACK_CMD_DESTROY);
	call_rcu(&track->rcu, weft_track_free_rcu);
	return true;
}

/**
 * weft_track_next() - go through the connections
 * @tn: namespace
 * @id: the lowest number to look at; set to that of the connection
 *
 * Context: RCU read lock.
 * Return: the connection with the lowest number from there on, or NULL.
 */
struct weft_track *weft_track_next(struct weft_track_net *tn, unsigned long *id)
{
	struct weft_track *track;

	track = xa_find(&tn->all, id, ULONG_MAX, XA_PRESENT);
	while (track && !weft_track_alive(track))
		track = xa_find_after(&tn->all, id, ULONG_MAX, XA_PRESENT);
	return track;
}

/**
 * weft_track_flush() - remove all connections of a namespace
 * @tn: namespace
 *
 * Context: process, may sleep.
 */
void weft_track_flush(struct weft_track_net *tn)
{
	struct weft_track *track;
	unsigned long id = 0;

	for (;; id++) {
		rcu_read_lock();
		track = weft_track_next(tn, &id);
		if (track)
			weft_track_kill(track, WEFT_TRACK_STAT_DELETED);
		rcu_read_unlock();
		if (!track)
			break;
		cond_resched();
	}
}

/* --- into the table -------------------------------------------------------------------- */

/* The oldest that is not assured; numbers above the next one are from before it wrapped. */
static struct weft_track *weft_track_oldest(struct weft_track_net *tn)
{
	unsigned long id = READ_ONCE(tn->next_id);
	struct weft_track *track;

	track = xa_find(&tn->all, &id, ULONG_MAX, WEFT_TRACK_UNASSURED);
	if (track)
		return track;
	id = 0;
	return xa_find(&tn->all, &id, ULONG_MAX, WEFT_TRACK_UNASSURED);
}

/* Makes room for one more. Under RCU. */
static bool weft_track_early_drop(struct weft_track_net *tn)
{
	struct weft_track *track;
	int tries;

	for (tries = 0; tries < WEFT_TRACK_EARLY_TRIES; tries++) {
		track = weft_track_oldest(tn);
		if (!track)
			break;
		if (weft_track_alive(track) &&
		    !test_bit(WEFT_TRACK_BIT_ASSURED, &track->status) &&
		    weft_track_kill(track, WEFT_TRACK_STAT_EARLY_DROP))
			return true;
	}
	return false;
}

static int weft_track_number(struct weft_track_net *tn, struct weft_track *track)
{
	int err;

	err = xa_alloc_cyclic_bh(&tn->all, &track->id, track, XA_LIMIT(1, INT_MAX),
				 &tn->next_id, GFP_ATOMIC);
	return err < 0 ? err : 0;
}

static int weft_track_hash(struct weft_track_net *tn, struct weft_track *track)
{
	int err;

	err = rhashtable_lookup_insert_fast(&tn->hash, &track->node[0].head,
					    weft_track_params);
	if (err || !weft_track_two_nodes(track))
		return err;
	err = rhashtable_lookup_insert_fast(&tn->hash, &track->node[1].head,
					    weft_track_params);
	if (err)
		rhashtable_remove_fast(&tn->hash, &track->node[0].head, weft_track_params);
	return err;
}

static int weft_track_room(struct weft_track_net *tn)
{
	if (atomic_inc_return(&tn->count) <= READ_ONCE(tn->max) || weft_track_early_drop(tn))
		return 0;
	atomic_dec(&tn->count);
	return -ENOSPC;
}

/**
 * weft_track_insert() - put a connection into the table
 * @track: the connection; freed if it cannot be
 *
 * Another one gives way if it must. Context: RCU read lock.
 * Return: 0; -EEXIST if one of its directions is another connection's; -ENOSPC if the
 * table is full; -ENOMEM or another errno if it cannot grow.
 */
int weft_track_insert(struct weft_track *track)
{
	struct weft_track_net *tn = track->tn;
	int err = weft_track_room(tn);

	if (err)
		goto free;
	err = weft_track_number(tn, track);
	if (err)
		goto leave;
	err = weft_track_hash(tn, track);
	if (err)
		goto erase;
	xa_lock_bh(&tn->all);
	if (!test_bit(WEFT_TRACK_BIT_ASSURED, &track->status))
		__xa_set_mark(&tn->all, track->id, WEFT_TRACK_UNASSURED);
	xa_unlock_bh(&tn->all);
	/* All of it is there before it is found. */
	smp_mb__before_atomic();
	set_bit(WEFT_TRACK_BIT_CONFIRMED, &track->status);
	if (!delayed_work_pending(&tn->gc))
		queue_delayed_work(system_power_efficient_wq, &tn->gc, WEFT_TRACK_GC_IDLE);
	return 0;

erase:
	xa_erase_bh(&tn->all, track->id);
leave:
	atomic_dec(&tn->count);
free:
	call_rcu(&track->rcu, weft_track_free_rcu);
	return err;
}

/**
 * weft_track_assure() - a connection does not give way any more
 * @track: the connection, in the table
 *
 * Context: RCU read lock; weft_track.lock is not held.
 */
void weft_track_assure(struct weft_track *track)
{
	struct xarray *all = &track->tn->all;

	if (test_and_set_bit(WEFT_TRACK_BIT_ASSURED, &track->status))
		return;
	xa_lock_bh(all);
	/* Its number may be another's by now. */
	if (xa_load(all, track->id) == track)
		__xa_clear_mark(all, track->id, WEFT_TRACK_UNASSURED);
	xa_unlock_bh(all);
}

/**
 * weft_track_find() - which connection is a packet of?
 * @tn: namespace
 * @tuple: what the packet has
 * @reply: set to whether it goes against the direction of the first one
 *
 * One whose time is over is removed. Context: RCU read lock.
 * Return: the connection, or NULL.
 */
struct weft_track *weft_track_find(struct weft_track_net *tn,
				   const struct weft_track_tuple *tuple, bool *reply)
{
	struct weft_track_node *node;
	struct weft_track *track;

	node = rhashtable_lookup(&tn->hash, tuple, weft_track_params);
	if (!node)
		return NULL;
	*reply = node->reply;
	track = node->reply ? container_of(node, struct weft_track, node[1]) :
			      container_of(node, struct weft_track, node[0]);
	if (!weft_track_alive(track))
		return NULL;
	/* Pairs with weft_track_insert(). */
	smp_rmb();
	if (!weft_track_expired(track))
		return track;
	weft_track_kill(track, WEFT_TRACK_STAT_EXPIRED);
	return NULL;
}

/* --- those whose time is over ---------------------------------------------------------- */

static void weft_track_collect(struct work_struct *work)
{
	struct weft_track_net *tn = container_of(to_delayed_work(work),
						 struct weft_track_net, gc);
	unsigned long id = tn->gc_at;
	struct weft_track *track;
	int left;

	rcu_read_lock();
	for (left = WEFT_TRACK_GC_BATCH; left; left--, id++) {
		track = weft_track_next(tn, &id);
		if (!track)
			break;
		if (weft_track_expired(track))
			weft_track_kill(track, WEFT_TRACK_STAT_EXPIRED);
	}
	rcu_read_unlock();
	tn->gc_at = left ? 0 : id;
	if (atomic_read(&tn->count))
		queue_delayed_work(system_power_efficient_wq, &tn->gc,
				   left ? WEFT_TRACK_GC_IDLE : WEFT_TRACK_GC_BUSY);
}

/* --- set-up ----------------------------------------------------------------------------- */

/**
 * weft_track_table_init_net() - begin with no connections in a namespace
 * @tn: namespace
 *
 * Return: 0 or a negative errno.
 */
int weft_track_table_init_net(struct weft_track_net *tn)
{
	tn->max = WEFT_TRACK_MAX_DEFAULT;
	memcpy(tn->timeouts, weft_track_timeout_default, sizeof(tn->timeouts));
	atomic_set(&tn->count, 0);
	xa_init_flags(&tn->all, XA_FLAGS_ALLOC1 | XA_FLAGS_LOCK_BH);
	INIT_DELAYED_WORK(&tn->gc, weft_track_collect);
	return rhashtable_init(&tn->hash, &weft_track_params);
}

/**
 * weft_track_table_exit_net() - end with none
 * @tn: namespace; no packet is tracked any more
 *
 * Context: process, may sleep.
 */
void weft_track_table_exit_net(struct weft_track_net *tn)
{
	weft_track_flush(tn);
	cancel_delayed_work_sync(&tn->gc);
	rhashtable_destroy(&tn->hash);
	xa_destroy(&tn->all);
}

/**
 * weft_track_table_init() - before the first namespace
 *
 * Return: 0 or -ENOMEM.
 */
int weft_track_table_init(void)
{
	weft_track_cache = KMEM_CACHE(weft_track, 0);
	return weft_track_cache ? 0 : -ENOMEM;
}

/**
 * weft_track_table_exit() - after the last namespace
 *
 * Waits until all connections are freed.
 */
void weft_track_table_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(weft_track_cache);
}
