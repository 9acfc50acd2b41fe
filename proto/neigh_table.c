// SPDX-License-Identifier: GPL-2.0
/*
 * The table of neighbours: how they are found, how many there may be, and what
 * ends with time.
 *
 * One lock and one work serve all of a namespace. What is rare takes the lock; the
 * packets to a known neighbour do not. Times that end are in a tree, the next one
 * first, so that 4096 of them cost no more than one timer.
 */
#include <linux/etherdevice.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/rtnetlink.h>
#include "compat_workqueue.h"
#include "header.h"
#include "ifaddr.h"
#include "input.h"
#include "neigh.h"
#include "stats.h"

#define WEFT_NEIGH_DELAY	(5 * HZ)	/* DELAY_FIRST_PROBE_TIME */
#define WEFT_NEIGH_FAILED	(3 * HZ)
#define WEFT_NEIGH_UNUSED	(60 * HZ)

static const struct rhashtable_params weft_neigh_params = {
	.key_len		= sizeof(struct weft_neigh_key),
	.key_offset		= offsetof(struct weft_neigh, key),
	.head_offset		= offsetof(struct weft_neigh, hash),
	.automatic_shrinking	= true,
};

/**
 * weft_neigh_find() - find a neighbour
 * @net: namespace
 * @ifindex: interface index of its link
 * @addr: its address
 * @proxy: find an address that this node answers for
 *
 * Context: RCU read lock.
 * Return: the neighbour or NULL.
 */
struct weft_neigh *weft_neigh_find(struct net *net, int ifindex,
				   const struct weft_addr *addr, bool proxy)
{
	struct weft_neigh_key key = {
		.addr = *addr,
		.ifindex = ifindex,
		.proxy = proxy,
	};

	return rhashtable_lookup(&weft_net(net)->neigh.hash, &key,
				 weft_neigh_params);
}

/**
 * weft_neigh_mac() - read a neighbour's MAC
 * @neigh: the neighbour
 * @mac: ETH_ALEN bytes, filled in
 *
 * Context: RCU read lock.
 */
void weft_neigh_mac(const struct weft_neigh *neigh, u8 *mac)
{
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&neigh->mac_seq);
		memcpy(mac, neigh->mac, ETH_ALEN);
	} while (read_seqcount_retry(&neigh->mac_seq, seq));
}

/* --- time ------------------------------------------------------------------------- */

static struct weft_neigh *weft_neigh_of(struct rb_node *node)
{
	return rb_entry_safe(node, struct weft_neigh, timer);
}

static bool weft_neigh_earlier(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct weft_neigh, timer)->due <
	       rb_entry(b, struct weft_neigh, timer)->due;
}

static struct rb_root_cached *weft_neigh_tree(struct weft_neigh_table *table,
					      const struct weft_neigh *neigh)
{
	return neigh->state == NUD_STALE ? &table->stale : &table->timers;
}

/* When the time of its state is over; in STALE, when it was last used. */
static u64 weft_neigh_due(const struct weft_neigh *neigh)
{
	unsigned long now = jiffies;
	u64 now64 = get_jiffies_64();

	switch (neigh->state) {
	case NUD_REACHABLE:
		return now64 + (long)(READ_ONCE(neigh->confirmed) +
				      neigh->lasts - now);
	case NUD_STALE:
		return now64 - (now - READ_ONCE(neigh->used));
	case NUD_DELAY:
		return now64 + WEFT_NEIGH_DELAY;
	case NUD_FAILED:
		return now64 + WEFT_NEIGH_FAILED;
	}
	return now64 + msecs_to_jiffies(READ_ONCE(neigh->wdev->retrans_ms));
}

/* RFC 4861, section 6.3.2, "ReachableTime". */
static unsigned long weft_neigh_lasts(const struct weft_neigh *neigh)
{
	u32 base = READ_ONCE(neigh->wdev->reachable_ms);

	return msecs_to_jiffies(base / 2 + get_random_u32_below(base + 1));
}

/* Above this many, STALE ones that nobody uses go. */
static bool weft_neigh_crowded(const struct weft_neigh_table *table)
{
	return table->count > READ_ONCE(weft_net(table->net)->neigh_max) / 4;
}

/* The next whose time ends, and when; NULL if there is none. */
static struct weft_neigh *weft_neigh_next(struct weft_neigh_table *table,
					  u64 *due)
{
	struct weft_neigh *neigh, *stale = NULL;

	neigh = weft_neigh_of(rb_first_cached(&table->timers));
	if (weft_neigh_crowded(table))
		stale = weft_neigh_of(rb_first_cached(&table->stale));
	if (neigh)
		*due = neigh->due;
	if (stale && (!neigh || stale->due + WEFT_NEIGH_UNUSED < *due)) {
		*due = stale->due + WEFT_NEIGH_UNUSED;
		return stale;
	}
	return neigh;
}

static void weft_neigh_arm(struct weft_neigh_table *table)
{
	u64 due, now = get_jiffies_64();

	if (!weft_neigh_next(table, &due) || due >= table->armed)
		return;
	table->armed = due;
	mod_delayed_work(system_percpu_wq, &table->work, due > now ? due - now : 0);
}

/**
 * weft_neigh_lock() - lock the table for changes
 * @table: the table
 */
void weft_neigh_lock(struct weft_neigh_table *table)
	__acquires(&table->lock)
{
	spin_lock_bh(&table->lock);
}

/**
 * weft_neigh_unlock() - unlock the table; its next time is waited for
 * @table: the table
 */
void weft_neigh_unlock(struct weft_neigh_table *table)
	__releases(&table->lock)
{
	weft_neigh_arm(table);
	spin_unlock_bh(&table->lock);
}

/* --- states ----------------------------------------------------------------------- */

/* In the trees, and counted: what the kernel made, not what hands did. */
static bool weft_neigh_timed(u8 state)
{
	return state && !(state & WEFT_NUD_MANUAL);
}

static void weft_neigh_leave(struct weft_neigh_table *table,
			     struct weft_neigh *neigh)
{
	if (!weft_neigh_timed(neigh->state))
		return;
	table->count--;
	rb_erase_cached(&neigh->timer, weft_neigh_tree(table, neigh));
}

static void weft_neigh_enter(struct weft_neigh_table *table,
			     struct weft_neigh *neigh)
{
	if (!weft_neigh_timed(neigh->state))
		return;
	table->count++;
	neigh->due = weft_neigh_due(neigh);
	rb_add_cached(&neigh->timer, weft_neigh_tree(table, neigh),
		      weft_neigh_earlier);
}

/* From INCOMPLETE to FAILED and back it keeps its place. */
static void weft_neigh_queue_asking(struct weft_neigh_table *table,
				    struct weft_neigh *neigh, u8 state)
{
	bool was = neigh->state & WEFT_NUD_ASKING, is = state & WEFT_NUD_ASKING;

	if (is && !was) {
		list_add_tail(&neigh->age, &table->asking);
		table->asking_count++;
	} else if (was && !is) {
		list_del(&neigh->age);
		table->asking_count--;
	}
}

static void weft_neigh_put_mac(struct weft_neigh *neigh, const u8 *mac)
{
	write_seqcount_begin(&neigh->mac_seq);
	memcpy(neigh->mac, mac, ETH_ALEN);
	write_seqcount_end(&neigh->mac_seq);
}

static void weft_neigh_put_state(struct weft_neigh_table *table,
				 struct weft_neigh *neigh, u8 state)
{
	weft_neigh_leave(table, neigh);
	weft_neigh_queue_asking(table, neigh, state);
	neigh->probes = 0;
	if (state == NUD_REACHABLE)
		neigh->lasts = weft_neigh_lasts(neigh);
	/* After the MAC, which a reader of the state goes on to read. */
	smp_store_release(&neigh->state, state);
	weft_neigh_enter(table, neigh);
}

/*
 * Changes state and MAC; no MAC keeps the one that it has. Listeners are told, but
 * not of a packet that was sent to it.
 */
static void weft_neigh_update(struct weft_neigh_table *table,
			      struct weft_neigh *neigh, u8 state, const u8 *mac)
{
	bool tell = state != neigh->state &&
		    !(state & (NUD_INCOMPLETE | NUD_DELAY));

	if (mac && !ether_addr_equal(neigh->mac, mac)) {
		weft_neigh_put_mac(neigh, mac);
		/* What was heard of it was heard from elsewhere. */
		if (state != NUD_REACHABLE)
			WRITE_ONCE(neigh->confirmed, jiffies - 1);
		tell = true;
	}
	WRITE_ONCE(neigh->updated, jiffies);
	weft_neigh_put_state(table, neigh, state);
	if (tell)
		weft_neigh_notify(RTM_NEWNEIGH, neigh);
}

/* The oldest of those that wait gives way to the packet. */
static void weft_neigh_wait(struct weft_neigh_table *table,
			    struct weft_neigh *neigh, struct sk_buff *skb)
{
	if (skb_queue_len(&neigh->queue) >= WEFT_NEIGH_QUEUE_MAX)
		weft_drop(table->net, __skb_dequeue(&neigh->queue),
			  WEFT_DROP_NEIGH_QUEUE);
	__skb_queue_tail(&neigh->queue, skb);
}

/* The answer is wanted for the source of the first packet, if that is ours. */
static void weft_neigh_asker(const struct weft_neigh_table *table,
			     const struct weft_neigh *neigh,
			     struct weft_addr *asker)
{
	const struct sk_buff *skb = skb_peek(&neigh->queue);
	const struct weft_addr *src;

	if (!skb)
		return;
	src = &weft_hdr(skb)->src;
	if (!weft_addr_linklocal(src) &&
	    weft_ifaddr_lookup(table->net, src, NULL))
		*asker = *src;
}

static void weft_neigh_prepare(const struct weft_neigh_table *table,
			       struct weft_neigh *neigh,
			       struct weft_neigh_work *work)
{
	work->dev = neigh->wdev->dev;
	work->target = neigh->key.addr;
	memcpy(work->mac, neigh->mac, ETH_ALEN);
	if (work->todo & WEFT_NEIGH_DO_ASK) {
		neigh->probes++;
		work->alone = neigh->state == NUD_PROBE;
		weft_neigh_asker(table, neigh, &work->asker);
	}
	if (work->todo & (WEFT_NEIGH_DO_RELEASE | WEFT_NEIGH_DO_FAIL))
		skb_queue_splice_tail_init(&neigh->queue, &work->queue);
}

/* The same state for another while. */
static void weft_neigh_again(struct weft_neigh_table *table,
			     struct weft_neigh *neigh)
{
	weft_neigh_leave(table, neigh);
	weft_neigh_enter(table, neigh);
}

/**
 * weft_neigh_event() - something happens to a neighbour
 * @table: its table, locked
 * @neigh: the neighbour
 * @event: what happens
 * @given: enum weft_neigh_given
 * @mac: the MAC that was told, NULL if none was
 * @work: what follows from it, for weft_neigh_finish()
 *
 * Context: RCU read lock.
 */
void weft_neigh_event(struct weft_neigh_table *table, struct weft_neigh *neigh,
		      enum weft_neigh_event event, unsigned int given,
		      const u8 *mac, struct weft_neigh_work *work)
{
	struct weft_neigh_step step;

	step = weft_neigh_step(neigh->state, event, given);
	work->todo = step.todo;
	if (step.todo & WEFT_NEIGH_DO_CONFIRM)
		WRITE_ONCE(neigh->confirmed, jiffies);
	if (step.todo & WEFT_NEIGH_DO_ROUTER)
		neigh->flags = given & WEFT_NEIGH_IF_ROUTER ? NTF_ROUTER : 0;
	if (step.state != neigh->state || step.todo & WEFT_NEIGH_DO_MAC)
		weft_neigh_update(table, neigh, step.state,
				  step.todo & WEFT_NEIGH_DO_MAC ? mac : NULL);
	else if (event == WEFT_NEIGH_TIMEOUT)
		weft_neigh_again(table, neigh);
	if (step.todo & WEFT_NEIGH_DO_WAIT)
		weft_neigh_wait(table, neigh, work->skb);
	weft_neigh_prepare(table, neigh, work);
}

/* --- entries ---------------------------------------------------------------------- */

/**
 * weft_neigh_alloc() - make a neighbour that is in no table yet
 * @wdev: its device
 * @addr: its address
 * @gfp: how to allocate
 *
 * Return: the neighbour, to be given to weft_neigh_insert() or kfree(), or NULL.
 */
struct weft_neigh *weft_neigh_alloc(struct weft_dev *wdev,
				    const struct weft_addr *addr, gfp_t gfp)
{
	struct weft_neigh *neigh = kzalloc(sizeof(*neigh), gfp);

	if (!neigh)
		return NULL;
	neigh->key.addr = *addr;
	neigh->key.ifindex = wdev->dev->ifindex;
	neigh->wdev = wdev;
	neigh->used = jiffies;
	neigh->confirmed = jiffies;
	neigh->updated = jiffies;
	__skb_queue_head_init(&neigh->queue);
	return neigh;
}

/* The one that gives way to a new one in @state, by doc/protocol.md; or NULL. */
static struct weft_neigh *weft_neigh_victim(struct weft_neigh_table *table,
					    u8 state)
{
	struct weft_neigh *neigh;

	neigh = list_first_entry_or_null(&table->asking, struct weft_neigh, age);
	if (!neigh && !(state & WEFT_NUD_ASKING))
		neigh = weft_neigh_of(rb_first_cached(&table->stale));
	return neigh;
}

static bool weft_neigh_full(const struct weft_neigh_table *table, u8 state)
{
	unsigned int max = READ_ONCE(weft_net(table->net)->neigh_max);

	return table->count >= max ||
	       (state & WEFT_NUD_ASKING &&
		table->asking_count >= max_t(unsigned int, max / 2, 1));
}

static bool weft_neigh_make_room(struct weft_neigh_table *table, u8 state)
{
	struct weft_neigh *victim;

	if (!weft_neigh_timed(state))
		return true;
	while (weft_neigh_full(table, state)) {
		victim = weft_neigh_victim(table, state);
		if (!victim)
			return false;
		weft_neigh_remove(table, victim, WEFT_DROP_NEIGH_FULL);
	}
	return true;
}

/**
 * weft_neigh_insert() - put a new neighbour into its table, without a state yet
 * @table: the table, locked
 * @neigh: the neighbour; it remains the caller's if it cannot be put there
 * @state: the state that it is about to have
 *
 * Context: RCU read lock or RTNL.
 * Return: WEFT_DROP_NONE, or why there is no place for it.
 */
enum weft_drop weft_neigh_insert(struct weft_neigh_table *table,
				 struct weft_neigh *neigh, u8 state)
{
	/* A device that stops takes its neighbours along; none may follow. */
	if (!rcu_access_pointer(neigh->wdev->linklocal))
		return WEFT_DROP_NEIGH_FAILED;
	if (!weft_neigh_make_room(table, state))
		return WEFT_DROP_NEIGH_FULL;
	seqcount_spinlock_init(&neigh->mac_seq, &table->lock);
	if (rhashtable_insert_fast(&table->hash, &neigh->hash,
				   weft_neigh_params))
		return WEFT_DROP_NO_MEMORY;
	neigh->id = ++table->next_id;
	list_add_tail_rcu(&neigh->link, &table->all);
	return WEFT_DROP_NONE;
}

/**
 * weft_neigh_remove() - take a neighbour out of its table
 * @table: the table, locked
 * @neigh: the neighbour, freed after a grace period
 * @reason: what becomes of the packets that wait for it
 *
 * Context: RCU read lock or RTNL.
 */
void weft_neigh_remove(struct weft_neigh_table *table, struct weft_neigh *neigh,
		       enum weft_drop reason)
{
	struct sk_buff *skb;

	rhashtable_remove_fast(&table->hash, &neigh->hash, weft_neigh_params);
	list_del_rcu(&neigh->link);
	weft_neigh_leave(table, neigh);
	weft_neigh_queue_asking(table, neigh, NUD_NONE);
	while ((skb = __skb_dequeue(&neigh->queue)))
		weft_drop(table->net, skb, reason);
	weft_neigh_notify(RTM_DELNEIGH, neigh);
	kfree_rcu(neigh, rcu);
}

/**
 * weft_neigh_set() - give a neighbour a state by hand
 * @table: its table, locked
 * @neigh: the neighbour
 * @state: one of WEFT_NUD_VALID
 * @mac: its MAC, NULL to keep the one it has
 * @work: what follows from it, for weft_neigh_finish()
 *
 * Context: RCU read lock.
 * Return: WEFT_DROP_NONE, or WEFT_DROP_NEIGH_FULL if there is no room for another
 * one that the kernel looks after.
 */
enum weft_drop weft_neigh_set(struct weft_neigh_table *table,
			      struct weft_neigh *neigh, u8 state, const u8 *mac,
			      struct weft_neigh_work *work)
{
	if (!weft_neigh_timed(neigh->state) &&
	    !weft_neigh_make_room(table, state))
		return WEFT_DROP_NEIGH_FULL;
	WRITE_ONCE(neigh->confirmed, jiffies);
	weft_neigh_update(table, neigh, state, mac);
	work->todo = WEFT_NEIGH_DO_RELEASE;
	weft_neigh_prepare(table, neigh, work);
	return WEFT_DROP_NONE;
}

static void weft_neigh_expire(struct weft_neigh_table *table,
			      struct weft_neigh *neigh,
			      struct weft_neigh_work *work)
{
	unsigned long heard = READ_ONCE(neigh->confirmed);
	unsigned int given = 0;

	if (neigh->state == NUD_REACHABLE ?
	    time_before(jiffies, heard + neigh->lasts) :
	    time_after_eq(heard, neigh->updated))
		given |= WEFT_NEIGH_IF_CONFIRMED;
	if (neigh->probes >= WEFT_NEIGH_PROBES)
		given |= WEFT_NEIGH_IF_LAST;
	weft_neigh_event(table, neigh, WEFT_NEIGH_TIMEOUT, given, NULL, work);
	if (work->todo & WEFT_NEIGH_DO_FORGET)
		weft_neigh_remove(table, neigh, WEFT_DROP_NEIGH_FAILED);
}

/* Ends the time of one neighbour; false if none is over. */
static bool weft_neigh_expire_one(struct weft_neigh_table *table)
{
	struct weft_neigh_work work;
	struct weft_neigh *neigh;
	u64 due;

	weft_neigh_work_init(&work);
	rcu_read_lock();
	weft_neigh_lock(table);
	neigh = weft_neigh_next(table, &due);
	if (neigh && time_after64(due, get_jiffies_64()))
		neigh = NULL;
	if (neigh)
		weft_neigh_expire(table, neigh, &work);
	else
		table->armed = U64_MAX;
	weft_neigh_unlock(table);
	weft_neigh_finish(table->net, &work);
	rcu_read_unlock();
	return neigh;
}

static void weft_neigh_run(struct work_struct *work)
{
	struct weft_neigh_table *table =
		container_of(to_delayed_work(work), struct weft_neigh_table, work);

	weft_neigh_lock(table);
	table->armed = 0;
	weft_neigh_unlock(table);
	while (weft_neigh_expire_one(table))
		cond_resched();
}

/**
 * weft_neigh_flush() - forget all neighbours of a device
 * @wdev: the device, stopped or with another MAC
 *
 * Context: RTNL.
 */
void weft_neigh_flush(struct weft_dev *wdev)
{
	struct weft_neigh_table *table = &weft_net(dev_net(wdev->dev))->neigh;
	struct weft_neigh *neigh, *next;

	weft_neigh_lock(table);
	list_for_each_entry_safe(neigh, next, &table->all, link)
		if (neigh->wdev == wdev && !neigh->key.proxy)
			weft_neigh_remove(table, neigh, WEFT_DROP_NEIGH_FAILED);
	weft_neigh_unlock(table);
}

int weft_neigh_init_net(struct net *net)
{
	struct weft_neigh_table *table = &weft_net(net)->neigh;

	spin_lock_init(&table->lock);
	table->net = net;
	INIT_LIST_HEAD(&table->all);
	INIT_LIST_HEAD(&table->asking);
	table->timers = RB_ROOT_CACHED;
	table->stale = RB_ROOT_CACHED;
	table->armed = U64_MAX;
	INIT_DELAYED_WORK(&table->work, weft_neigh_run);
	weft_net(net)->neigh_max = WEFT_NEIGH_MAX;
	return rhashtable_init(&table->hash, &weft_neigh_params);
}

/* The devices have gone, and with them the neighbours. */
void weft_neigh_exit_net(struct net *net)
{
	struct weft_neigh_table *table = &weft_net(net)->neigh;

	cancel_delayed_work_sync(&table->work);
	WARN_ON_ONCE(!list_empty(&table->all));
	rhashtable_destroy(&table->hash);
}
