// SPDX-License-Identifier: GPL-2.0
/*
 * The router's side of memberships (RFC 3810, section 7): which groups have listeners on
 * which links, from which sources. Reports come in softirq; one work for each namespace
 * ends times, sends queries and tells the router above.
 */
#include <linux/log2.h>
#include <linux/rhashtable.h>
#include <linux/rtnetlink.h>
#include "header.h"
#include "ifaddr.h"
#include "input.h"
#include "listener.h"
#include "report.h"
#include "stats.h"

/* Listeners whose times are ended before queries are sent and others get the lock. */
#define WEFT_LISTENER_BATCH	64
/* Routes often change together: jiffies after the first until they are followed. */
#define WEFT_LISTENER_ROUTES	(HZ / 10)

static const struct rhashtable_params weft_listened_params = {
	.head_offset = offsetof(struct weft_listened, hash),
	.key_offset = offsetof(struct weft_listened, addr),
	.key_len = sizeof(struct weft_addr),
	.automatic_shrinking = true,
};

static struct weft_listener_table *weft_listener_table(const struct net *net)
{
	return &weft_net(net)->listeners;
}

/* --- groups ---------------------------------------------------------------------------- */

/**
 * weft_listened_find() - find a group that has listeners
 * @net: namespace
 * @group: the group
 *
 * Context: RCU read lock or the table's lock.
 * Return: the group, valid as long as the lock is held, or NULL.
 */
struct weft_listened *weft_listened_find(const struct net *net,
					 const struct weft_addr *group)
{
	return rhashtable_lookup_fast(&weft_listener_table(net)->hash, group,
				      weft_listened_params);
}

static struct weft_listened *weft_listened_create(struct weft_listener_table *table,
						  const struct weft_addr *addr)
{
	struct weft_listened *group = kzalloc(sizeof(*group), GFP_ATOMIC);

	if (!group)
		return NULL;
	group->addr = *addr;
	INIT_LIST_HEAD(&group->links);
	INIT_LIST_HEAD(&group->changed);
	if (rhashtable_insert_fast(&table->hash, &group->hash,
				   weft_listened_params)) {
		kfree(group);
		return NULL;
	}
	list_add_tail(&group->link, &table->all);
	return group;
}

/* The router above is to be told. */
static void weft_listened_changed(struct weft_listener_table *table,
				  struct weft_listened *group)
{
	if (list_empty(&group->changed))
		list_add_tail(&group->changed, &table->changed);
	weft_alarm_set(&table->alarm, get_jiffies_64());
}

/* It goes if it has nothing left. */
static void weft_listened_put(struct weft_listener_table *table,
			      struct weft_listened *group)
{
	if (!list_empty(&group->links) || group->told)
		return;
	rhashtable_remove_fast(&table->hash, &group->hash, weft_listened_params);
	list_del(&group->link);
	list_del_init(&group->changed);
	kfree_rcu(group, rcu);
}

/* --- listeners --------------------------------------------------------------------------- */

static bool weft_listener_before(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct weft_listener, timer)->due <
	       rb_entry(b, struct weft_listener, timer)->due;
}

static void weft_listener_disarm(struct weft_listener_table *table,
				 struct weft_listener *listener)
{
	if (!RB_EMPTY_NODE(&listener->timer))
		rb_erase_cached(&listener->timer, &table->timers);
	RB_CLEAR_NODE(&listener->timer);
}

static void weft_listener_arm(struct weft_listener_table *table,
			      struct weft_listener *listener)
{
	weft_listener_disarm(table, listener);
	listener->due = weft_listen_due(&listener->state);
	rb_add_cached(&listener->timer, &table->timers, weft_listener_before);
	weft_alarm_set(&table->alarm, listener->due);
}

static struct weft_listener *weft_listener_find(struct weft_listened *group,
						const struct weft_dev *wdev)
{
	struct weft_listener *listener;

	list_for_each_entry(listener, &group->links, link)
		if (listener->wdev == wdev)
			return listener;
	return NULL;
}

static struct weft_listener *weft_listener_create(struct weft_listener_table *table,
						  struct weft_dev *wdev,
						  const struct weft_addr *addr)
{
	struct weft_listened *group = weft_listened_find(table->net, addr);
	struct weft_listener *listener;

	if (wdev->querier.n_listeners >= WEFT_LISTENERS_MAX)
		return NULL;
	listener = kzalloc(sizeof(*listener), GFP_ATOMIC);
	if (!group && listener)
		group = weft_listened_create(table, addr);
	if (!group || !listener) {
		kfree(listener);
		return NULL;
	}
	listener->group = group;
	listener->wdev = wdev;
	listener->state.mode = WEFT_FILTER_INCLUDE;
	listener->state.query_due = WEFT_LISTEN_NEVER;
	RB_CLEAR_NODE(&listener->timer);
	list_add_tail_rcu(&listener->link, &group->links);
	list_add_tail(&listener->dev_link, &wdev->querier.listeners);
	wdev->querier.n_listeners++;
	return listener;
}

static struct weft_wanted *weft_listener_wanted(const struct weft_listener *listener)
{
	return rcu_dereference_protected(listener->wanted, true);
}

/* Nobody listens any more. The group goes when the router above has been told. */
static void weft_listener_destroy(struct weft_listener_table *table,
				  struct weft_listener *listener)
{
	weft_listener_disarm(table, listener);
	weft_listened_changed(table, listener->group);
	list_del_rcu(&listener->link);
	list_del(&listener->dev_link);
	listener->wdev->querier.n_listeners--;
	kfree(listener->state.source);
	if (weft_listener_wanted(listener))
		kfree_rcu(weft_listener_wanted(listener), rcu);
	kfree_rcu(listener, rcu);
}

/* Room for @more sources, or as many as there may be. */
static void weft_listener_reserve(struct weft_listener *listener, unsigned int more)
{
	struct weft_listen *state = &listener->state;
	struct weft_listen_source *source;
	unsigned int room;

	room = min_t(unsigned int, state->n + more, WEFT_GROUP_SOURCES_MAX);
	if (room <= state->room)
		return;
	room = roundup_pow_of_two(room);
	source = kmalloc_array(room, sizeof(*source), GFP_ATOMIC);
	if (!source)
		return;
	if (state->n)
		memcpy(source, state->source, state->n * sizeof(*source));
	kfree(state->source);
	state->source = source;
	state->room = room;
}

/* Lets readers see the filter as it is now; without memory that of before. */
static void weft_listener_publish(struct weft_listener_table *table,
				  struct weft_listener *listener)
{
	struct weft_wanted *new, *old = weft_listener_wanted(listener);
	unsigned int n;

	new = kmalloc(struct_size(new, filter.source, listener->state.n), GFP_ATOMIC);
	if (!new)
		return;
	new->filter.mode = weft_listen_filter(&listener->state, new->filter.source, &n);
	new->filter.n = n;
	weft_filter_sort(&new->filter);
	if (old && weft_filter_equal(&old->filter, &new->filter)) {
		kfree(new);
		return;
	}
	rcu_assign_pointer(listener->wanted, new);
	if (old)
		kfree_rcu(old, rcu);
	weft_listened_changed(table, listener->group);
}

/* Ends the times that are over, and goes on with what is left. */
static void weft_listener_settle(struct weft_listener_table *table,
				 struct weft_listener *listener, u64 now)
{
	if (!weft_listen_expire(&listener->state, now)) {
		weft_listener_destroy(table, listener);
		return;
	}
	weft_listener_publish(table, listener);
	weft_listener_arm(table, listener);
}

/* --- messages ------------------------------------------------------------------------------ */

/* Does the record tell of a listener where there was none? */
static bool weft_record_joins(const struct weft_record *record)
{
	switch (record->type) {
	case WEFT_RECORD_IS_EXCLUDE:
	case WEFT_RECORD_TO_EXCLUDE:
		return true;
	case WEFT_RECORD_IS_INCLUDE:
	case WEFT_RECORD_TO_INCLUDE:
	case WEFT_RECORD_ALLOW:
		return record->n;
	}
	return false;
}

static void weft_listener_record(struct weft_dev *wdev, const struct weft_record *record,
				 const struct weft_listen_times *times, u64 now)
{
	struct weft_listener_table *table = weft_listener_table(dev_net(wdev->dev));
	bool asks = !wdev->querier.other && !wdev->querier.below;
	struct weft_listener *listener = NULL;
	struct weft_listened *group;
	unsigned int refused;

	group = weft_listened_find(table->net, &record->group);
	if (group)
		listener = weft_listener_find(group, wdev);
	if (!listener) {
		if (!weft_record_joins(record))
			return;
		listener = weft_listener_create(table, wdev, &record->group);
	}
	if (!listener) {
		weft_count(table->net, WEFT_MIB_IN_RECORDS_LIMITED);
		return;
	}
	weft_listen_expire(&listener->state, now);
	weft_listener_reserve(listener, record->n);
	refused = weft_listen_record(&listener->state, record, now, times, asks);
	if (refused)
		weft_count(table->net, WEFT_MIB_IN_RECORDS_LIMITED);
	weft_listener_settle(table, listener, now);
}

static void weft_listener_records(struct weft_dev *wdev, const void *data,
				  unsigned int len)
{
	struct weft_listener_table *table = weft_listener_table(dev_net(wdev->dev));
	unsigned int n, at = WEFT_CTL_LEN;
	const struct weft_ctl_hdr *ctl = data;
	struct weft_listen_times times;
	struct weft_record record;

	spin_lock(&table->lock);
	weft_querier_times(&wdev->querier, &times);
	for (n = be16_to_cpu(ctl->records.n); n && wdev->querier.on; n--) {
		if (!weft_report_next(&record, data, len, &at))
			break;
		if (weft_group_reported(&record.group))
			weft_listener_record(wdev, &record, &times, get_jiffies_64());
	}
	spin_unlock(&table->lock);
}

/* What another router asks counts for all listeners of the group. */
static void weft_listener_heard(struct weft_dev *wdev, const struct weft_query *query,
				u64 now)
{
	struct weft_listener_table *table = weft_listener_table(dev_net(wdev->dev));
	struct weft_listened *group = weft_listened_find(table->net, &query->group);
	struct weft_listener *listener;
	struct weft_listen_times times;

	listener = group ? weft_listener_find(group, wdev) : NULL;
	if (!listener)
		return;
	weft_querier_times(&wdev->querier, &times);
	weft_listen_heard_query(&listener->state, query, now, times.last);
	weft_listener_settle(table, listener, now);
}

static void weft_listener_query(struct weft_dev *wdev, const struct weft_addr *from,
				const struct weft_query *query)
{
	struct weft_listener_table *table = weft_listener_table(dev_net(wdev->dev));
	u64 now = get_jiffies_64();

	spin_lock(&table->lock);
	if (wdev->querier.on) {
		weft_querier_hear(wdev, from, query, now);
		weft_alarm_set(&table->alarm, wdev->querier.due);
		if (wdev->querier.other &&
		    weft_addr_equal(&wdev->querier.addr, from))
			weft_listener_heard(wdev, query, now);
	}
	spin_unlock(&table->lock);
}

/* To whom a query must have been sent: the group that it is about, or all nodes. */
static bool weft_query_sent_to(const struct weft_query *query, const struct weft_addr *to)
{
	return weft_addr_any(&query->group) ? weft_addr_allnodes(to) :
					      weft_addr_equal(&query->group, to);
}

/* A report or a query; WEFT_DROP_NONE if it was one, which may have said nothing. */
static enum weft_drop weft_membership_take(struct weft_dev *wdev, struct sk_buff *skb)
{
	static const struct weft_addr reports = WEFT_ADDR_REPORTS_INIT;
	const struct weft_hdr *hdr = weft_hdr(skb);
	struct net *net = dev_net(wdev->dev);
	bool others = !weft_ifaddr_lookup(net, &hdr->src, NULL);
	struct weft_query query;

	if (skb->data[0] == WEFT_CTL_GROUP_REPORT) {
		weft_count(net, WEFT_MIB_IN_GROUP_REPORTS);
		if (!weft_addr_equal(&hdr->dst, &reports) ||
		    !weft_report_check(skb->data, skb->len))
			return WEFT_DROP_NEIGHBOUR;
		if (others)
			weft_listener_records(wdev, skb->data, skb->len);
		return WEFT_DROP_NONE;
	}
	weft_count(net, WEFT_MIB_IN_GROUP_QUERIES);
	if (!weft_query_parse(&query, skb->data, skb->len) ||
	    !weft_query_sent_to(&query, &hdr->dst))
		return WEFT_DROP_NEIGHBOUR;
	if (others) {
		weft_report_query(wdev, &query);
		weft_listener_query(wdev, &hdr->src, &query);
	}
	return WEFT_DROP_NONE;
}

/**
 * weft_membership_rcv() - receive a membership query or report
 * @net: namespace
 * @skb: packet; its data begins with the control header, checked
 *
 * What this node sent itself says nothing new. Context: softirq, RCU read lock.
 *
 * Return: WEFT_DROP_NONE if @skb was consumed, else why it must be dropped.
 */
enum weft_drop weft_membership_rcv(struct net *net, struct sk_buff *skb)
{
	struct weft_dev *wdev = weft_dev_get(net, skb->dev->ifindex);
	enum weft_drop reason;

	if (skb_linearize(skb))
		return WEFT_DROP_NO_MEMORY;
	reason = weft_neigh_check(weft_hdr(skb), skb->data, skb->len);
	if (!reason)
		reason = wdev ? weft_membership_take(wdev, skb) : WEFT_DROP_NEIGHBOUR;
	if (reason)
		return reason;
	weft_count(net, WEFT_MIB_IN_DELIVERS);
	consume_skb(skb);
	return WEFT_DROP_NONE;
}

/**
 * weft_listener_hears() - is this a query that a router hears though it is no member?
 * @wdev: the device that it came by
 * @skb: packet to a group; its data begins after the network header
 *
 * Context: softirq, RCU read lock.
 * Return: true if so.
 */
bool weft_listener_hears(const struct weft_dev *wdev, struct sk_buff *skb)
{
	return READ_ONCE(wdev->querier.on) && weft_hdr(skb)->next == WEFT_PROTO_CONTROL &&
	       weft_hdr(skb)->hop_limit == WEFT_HOP_LIMIT_NEIGH &&
	       pskb_may_pull(skb, WEFT_CTL_LEN) &&
	       skb->data[0] == WEFT_CTL_GROUP_QUERY;
}

/* --- the work ------------------------------------------------------------------------------- */

/* Does what is due for some listeners; false if nothing more is due. */
static bool weft_listener_run(struct weft_listener_table *table, u64 now,
			      struct list_head *queries)
{
	struct weft_listener *listener;
	struct rb_node *first;
	int n;

	for (n = 0; n < WEFT_LISTENER_BATCH; n++) {
		first = rb_first_cached(&table->timers);
		if (!first)
			return false;
		listener = rb_entry(first, struct weft_listener, timer);
		if (listener->due > now)
			return false;
		if (listener->state.query_due <= now)
			weft_query_listener(listener, now, queries);
		weft_listener_settle(table, listener, now);
	}
	return true;
}

static void weft_listener_run_all(struct weft_listener_table *table, u64 now)
{
	LIST_HEAD(queries);
	bool more;

	do {
		spin_lock_bh(&table->lock);
		more = weft_listener_run(table, now, &queries);
		spin_unlock_bh(&table->lock);
		weft_query_send(table->net, &queries);
		cond_resched();
	} while (more);
}

/* Asks where it is time, and then looks whether the routes are still the same. */
static void weft_listener_ask(struct weft_listener_table *table, u64 now)
{
	struct weft_dev *wdev;
	unsigned long index;
	LIST_HEAD(queries);

	rcu_read_lock();
	spin_lock_bh(&table->lock);
	xa_for_each(&weft_net(table->net)->devs, index, wdev)
		if (weft_querier_run(wdev, now, &queries))
			table->recheck_due = now;
	spin_unlock_bh(&table->lock);
	rcu_read_unlock();
	weft_query_send(table->net, &queries);
}

/* The link of the router above, of groups of all scopes; RCU. */
static struct net_device *weft_listener_above(struct weft_listener_table *table)
{
	static const struct weft_addr everywhere = { .a16[0] = cpu_to_be16(0xff0e) };

	return weft_upstream_dev(table->net, &everywhere);
}

/* A link has become that of the router above, or is it no more; the table's lock. */
static void weft_listener_set_below(struct weft_dev *wdev, bool below, u64 now,
				    struct list_head *queries)
{
	if (wdev->querier.below == below)
		return;
	if (wdev->querier.on)
		weft_querier_resign(wdev, queries);
	wdev->querier.below = below;
	weft_querier_start(&wdev->querier, now);
}

/* The link of the router above may be another one than before; RTNL. */
static void weft_listener_recheck(struct weft_listener_table *table, u64 now)
{
	struct weft_listened *group;
	struct net_device *above;
	struct weft_dev *wdev;
	unsigned long index;
	LIST_HEAD(queries);

	rcu_read_lock();
	above = weft_listener_above(table);
	spin_lock_bh(&table->lock);
	table->recheck_due = U64_MAX;
	list_for_each_entry(group, &table->all, link)
		weft_listened_changed(table, group);
	xa_for_each(&weft_net(table->net)->devs, index, wdev)
		weft_listener_set_below(wdev, wdev->dev == above, now, &queries);
	spin_unlock_bh(&table->lock);
	rcu_read_unlock();
	weft_query_send(table->net, &queries);
}

/* Takes a group that the router above is to be told of; NULL if there is none. */
static struct weft_listened *weft_listened_take(struct weft_listener_table *table)
{
	struct weft_listened *group;

	spin_lock_bh(&table->lock);
	group = list_first_entry_or_null(&table->changed, struct weft_listened,
					 changed);
	if (group)
		list_del_init(&group->changed);
	spin_unlock_bh(&table->lock);
	return group;
}

/* Tells the routers above; a group goes nowhere but here. */
static void weft_listener_tell(struct weft_listener_table *table, u64 now)
{
	struct weft_listened *group;

	rtnl_lock();
	if (table->recheck_due <= now)
		weft_listener_recheck(table, now);
	while ((group = weft_listened_take(table))) {
		weft_upstream_tell(table->net, group);
		spin_lock_bh(&table->lock);
		weft_listened_put(table, group);
		spin_unlock_bh(&table->lock);
		cond_resched();
	}
	rtnl_unlock();
}

/* When something is due next, 64-bit jiffies; the table's lock, RCU. */
static u64 weft_listener_next_due(struct weft_listener_table *table)
{
	struct rb_node *first = rb_first_cached(&table->timers);
	u64 due = table->recheck_due;
	struct weft_dev *wdev;
	unsigned long index;

	if (first)
		due = min(due, rb_entry(first, struct weft_listener, timer)->due);
	if (!list_empty(&table->changed))
		due = 0;
	xa_for_each(&weft_net(table->net)->devs, index, wdev)
		due = min(due, weft_querier_due(&wdev->querier));
	return due;
}

static void weft_listener_work(struct work_struct *work)
{
	struct weft_listener_table *table =
		container_of(to_delayed_work(work), struct weft_listener_table,
			     alarm.work);
	u64 now = get_jiffies_64();
	bool tell;

	spin_lock_bh(&table->lock);
	weft_alarm_begin(&table->alarm);
	spin_unlock_bh(&table->lock);
	weft_listener_run_all(table, now);
	weft_listener_ask(table, now);
	spin_lock_bh(&table->lock);
	tell = table->recheck_due <= now || !list_empty(&table->changed);
	spin_unlock_bh(&table->lock);
	if (tell)
		weft_listener_tell(table, now);
	rcu_read_lock();
	spin_lock_bh(&table->lock);
	weft_alarm_end(&table->alarm, weft_listener_next_due(table));
	spin_unlock_bh(&table->lock);
	rcu_read_unlock();
}

/**
 * weft_listener_routes_changed() - look soon which link leads to the router above
 * @net: namespace
 *
 * Context: RTNL.
 */
void weft_listener_routes_changed(struct net *net)
{
	struct weft_listener_table *table = weft_listener_table(net);
	u64 due = get_jiffies_64() + WEFT_LISTENER_ROUTES;

	if (!table->n_queriers)
		return;
	spin_lock_bh(&table->lock);
	table->recheck_due = min(table->recheck_due, due);
	weft_alarm_set(&table->alarm, table->recheck_due);
	spin_unlock_bh(&table->lock);
}

/* --- devices and namespaces ------------------------------------------------------------------- */

/**
 * weft_listener_start() - the device forwards: learn who listens on its link
 * @wdev: device
 *
 * It lets the frames of all groups through. Context: RTNL.
 */
void weft_listener_start(struct weft_dev *wdev)
{
	struct weft_listener_table *table = weft_listener_table(dev_net(wdev->dev));

	if (weft_dev_loopback(wdev->dev))
		return;
	if (dev_set_allmulti(wdev->dev, 1))
		netdev_warn(wdev->dev, "weft: too many want all groups\n");
	rcu_read_lock();
	spin_lock_bh(&table->lock);
	table->n_queriers++;
	wdev->querier.below = wdev->dev == weft_listener_above(table);
	WRITE_ONCE(wdev->querier.on, true);
	weft_querier_start(&wdev->querier, get_jiffies_64());
	spin_unlock_bh(&table->lock);
	rcu_read_unlock();
	weft_listener_routes_changed(table->net);
}

/**
 * weft_listener_stop() - the device forwards no longer: forget who listened
 * @wdev: device
 *
 * Context: RTNL.
 */
void weft_listener_stop(struct weft_dev *wdev)
{
	struct weft_listener_table *table = weft_listener_table(dev_net(wdev->dev));
	struct weft_listener *listener, *next;
	LIST_HEAD(queries);

	if (!wdev->querier.on)
		return;
	dev_set_allmulti(wdev->dev, -1);
	spin_lock_bh(&table->lock);
	weft_querier_resign(wdev, &queries);
	table->n_queriers--;
	WRITE_ONCE(wdev->querier.on, false);
	list_for_each_entry_safe(listener, next, &wdev->querier.listeners, dev_link)
		weft_listener_destroy(table, listener);
	spin_unlock_bh(&table->lock);
	weft_query_send(table->net, &queries);
}

/**
 * weft_listener_init() - nobody is heard on a new device
 * @wdev: device
 */
void weft_listener_init(struct weft_dev *wdev)
{
	INIT_LIST_HEAD(&wdev->querier.listeners);
}

int weft_listener_init_net(struct net *net)
{
	struct weft_listener_table *table = weft_listener_table(net);

	spin_lock_init(&table->lock);
	table->net = net;
	INIT_LIST_HEAD(&table->all);
	INIT_LIST_HEAD(&table->changed);
	table->timers = RB_ROOT_CACHED;
	table->recheck_due = U64_MAX;
	weft_alarm_init(&table->alarm, weft_listener_work);
	return rhashtable_init(&table->hash, &weft_listened_params);
}

/* The devices have gone, and with them the listeners; their groups may be left. */
void weft_listener_exit_net(struct net *net)
{
	struct weft_listener_table *table = weft_listener_table(net);
	struct weft_listened *group, *next;

	cancel_delayed_work_sync(&table->alarm.work);
	list_for_each_entry_safe(group, next, &table->all, link)
		weft_listened_put(table, group);
	WARN_ON_ONCE(!list_empty(&table->all));
	rhashtable_destroy(&table->hash);
}
