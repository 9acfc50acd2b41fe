// SPDX-License-Identifier: GPL-2.0
/*
 * Groups that devices are members of: joined by the kernel, by hand and by sockets. The
 * device lets a group's frames through while it carries Weft; the membership stays while
 * it does not.
 */
#include <linux/jhash.h>
#include <linux/rtnetlink.h>
#include "group.h"
#include "report.h"

/* What a member without a filter of its own has. */
static const struct weft_filter weft_filter_all = { .mode = WEFT_FILTER_EXCLUDE };

/* --- filters ------------------------------------------------------------------ */

static void weft_group_free_filter(const struct weft_filter *filter)
{
	if (filter && filter != &weft_filter_all)
		kfree_rcu_mightsleep(filter);
}

/*
 * The filter of all members, NULL if there are none. Without memory more is heard than
 * is wanted; the sockets look for themselves.
 */
static const struct weft_filter *weft_group_merge(const struct weft_group *group)
{
	struct weft_filter *filter;
	unsigned int room;

	if (!group->counts.include && !group->counts.exclude)
		return NULL;
	room = min_t(unsigned int, group->counts.n, WEFT_GROUP_SOURCES_MAX);
	if (!room)
		return &weft_filter_all;
	filter = kmalloc(struct_size(filter, source, room), GFP_KERNEL_ACCOUNT);
	if (!filter)
		return &weft_filter_all;
	filter->n = weft_group_counts_merge(&group->counts, &filter->mode,
					    filter->source);
	return filter;
}

/* Room for the sources of one more member. */
static int weft_group_reserve(struct weft_group *group,
			      const struct weft_filter *filter)
{
	unsigned int room = weft_group_counts_room(&group->counts, filter);
	struct weft_group_source *source;

	if (room <= group->room)
		return 0;
	if (room > WEFT_GROUP_NAMED_MAX)
		return -ENOBUFS;
	source = kvmalloc_array(room, sizeof(*source), GFP_KERNEL_ACCOUNT);
	if (!source)
		return -ENOMEM;
	if (group->counts.n)
		memcpy(source, group->counts.source,
		       group->counts.n * sizeof(*source));
	kvfree(group->counts.source);
	group->counts.source = source;
	group->room = room;
	return 0;
}

/* --- the link ------------------------------------------------------------------ */

/*
 * Frames of a group are let through, or no longer. Groups share a MAC whose last 32 bits
 * are equal; the device counts. The loopback device has no filter.
 */
static int weft_group_hear(struct weft_group *group, bool on)
{
	struct net_device *dev = group->wdev->dev;
	u8 mac[ETH_ALEN];
	int err = 0;

	if (group->heard == on)
		return 0;
	weft_addr_mac(&group->addr, mac);
	if (!weft_dev_loopback(dev))
		err = on ? dev_mc_add(dev, mac) : dev_mc_del(dev, mac);
	if (err && on)
		return err;
	group->heard = on;
	return 0;
}

/* --- groups of a device --------------------------------------------------------- */

static u32 weft_group_bucket(const struct weft_addr *addr)
{
	static u32 seed __read_mostly;

	net_get_random_once(&seed, sizeof(seed));
	return jhash_2words((__force u32)addr->a32[0], (__force u32)addr->a32[1],
			    seed) >> (32 - WEFT_GROUP_HASH_BITS);
}

/**
 * weft_group_find() - find a group that a device is a member of
 * @wdev: device
 * @addr: group
 *
 * By a hash of its own for each device: with 512 groups there are eight in a bucket, and
 * who joins cannot choose which.
 *
 * Context: RCU read lock or RTNL.
 * Return: the group, valid as long as the lock is held, or NULL.
 */
struct weft_group *weft_group_find(const struct weft_dev *wdev,
				   const struct weft_addr *addr)
{
	struct weft_group *group;

	hlist_for_each_entry_rcu(group, &wdev->group_hash[weft_group_bucket(addr)],
				 hash, lockdep_rtnl_is_held())
		if (weft_addr_equal(&group->addr, addr))
			return group;
	return NULL;
}

/* A group without members, which the caller adds at once. */
static struct weft_group *weft_group_create(struct weft_dev *wdev,
					    const struct weft_addr *addr,
					    bool limited, int *err)
{
	struct weft_group *group;

	*err = -ENOBUFS;
	if (limited && wdev->n_groups >= WEFT_GROUPS_MAX)
		return NULL;
	*err = -ENOMEM;
	group = kzalloc(sizeof(*group), GFP_KERNEL_ACCOUNT);
	if (!group)
		return NULL;
	group->wdev = wdev;
	group->addr = *addr;
	group->limited = limited;
	RCU_INIT_POINTER(group->filter, &weft_filter_all);
	*err = 0;
	return group;
}

static void weft_group_link(struct weft_group *group)
{
	struct weft_dev *wdev = group->wdev;

	wdev->n_groups += group->limited;
	list_add_tail_rcu(&group->link, &wdev->groups);
	hlist_add_head_rcu(&group->hash,
			   &wdev->group_hash[weft_group_bucket(&group->addr)]);
}

static void weft_group_unlink(struct weft_group *group)
{
	group->wdev->n_groups -= group->limited;
	hlist_del_rcu(&group->hash);
	list_del_rcu(&group->link);
}

static void weft_group_free(struct weft_group *group)
{
	weft_group_free_filter(rcu_dereference_protected(group->filter, true));
	kvfree(group->counts.source);
	kfree_rcu(group, rcu);
}

static void weft_group_end(struct weft_group *group)
{
	weft_group_hear(group, false);
	weft_group_unlink(group);
	weft_group_notify(WEFT_RTM_DELMULTICAST, group);
	weft_group_free(group);
}

/* The members have changed: makes the filter anew. The last one's group goes. */
static void weft_group_update(struct weft_group *group)
{
	const struct weft_filter *old = rtnl_dereference(group->filter);
	const struct weft_filter *new = weft_group_merge(group);

	if (new && weft_filter_equal(old, new)) {
		if (new != &weft_filter_all)
			kfree(new);
		return;
	}
	if (group->heard)
		weft_report_change(group, old, new);
	if (!new) {
		weft_group_end(group);
		return;
	}
	rcu_assign_pointer(group->filter, new);
	weft_group_free_filter(old);
	weft_group_notify(WEFT_RTM_NEWMULTICAST, group);
}

/* The group's first member; the caller tells listeners. */
static int weft_group_begin(struct weft_dev *wdev, const struct weft_addr *addr,
			    const struct weft_filter *filter, bool limited,
			    struct weft_group **begun)
{
	struct weft_group *group;
	int err;

	group = weft_group_create(wdev, addr, limited, &err);
	if (!group)
		return err;
	err = weft_group_reserve(group, filter);
	if (!err && weft_dev_started(wdev))
		err = weft_group_hear(group, true);
	if (err) {
		weft_group_free(group);
		return err;
	}
	weft_group_counts_add(&group->counts, filter);
	RCU_INIT_POINTER(group->filter, weft_group_merge(group));
	weft_group_link(group);
	if (group->heard)
		weft_report_change(group, NULL, rtnl_dereference(group->filter));
	*begun = group;
	return 0;
}

/* One more member. */
static int weft_group_add(struct weft_dev *wdev, const struct weft_addr *addr,
			  const struct weft_filter *filter, bool limited,
			  struct weft_group **added)
{
	struct weft_group *group = weft_group_find(wdev, addr);
	int err;

	ASSERT_RTNL();
	*added = group;
	if (!group) {
		err = weft_group_begin(wdev, addr, filter, limited, added);
		if (!err)
			weft_group_notify(WEFT_RTM_NEWMULTICAST, *added);
		return err;
	}
	err = weft_group_reserve(group, filter);
	if (err)
		return err;
	weft_group_counts_add(&group->counts, filter);
	weft_group_update(group);
	return 0;
}

/**
 * weft_group_join() - let the kernel be a member of a group, from all sources
 * @wdev: device
 * @addr: group
 *
 * As often as it is left. Has no limit: what joins has one. Context: RTNL.
 *
 * Return: 0 or -ENOMEM.
 */
int weft_group_join(struct weft_dev *wdev, const struct weft_addr *addr)
{
	struct weft_group *group;
	int err;

	err = weft_group_add(wdev, addr, &weft_filter_all, false, &group);
	if (!err)
		group->users++;
	return err;
}

/**
 * weft_group_leave() - undo weft_group_join()
 * @wdev: device
 * @addr: group; one that was not joined is left as it is
 *
 * Context: RTNL.
 */
void weft_group_leave(struct weft_dev *wdev, const struct weft_addr *addr)
{
	struct weft_group *group = weft_group_find(wdev, addr);

	ASSERT_RTNL();
	/* The hand's membership is not the kernel's to end. */
	if (!group || group->users == group->by_hand)
		return;
	group->users--;
	weft_group_counts_del(&group->counts, &weft_filter_all);
	weft_group_update(group);
}

/**
 * weft_group_by_hand() - join a group because an administrator says so, or leave it
 * @wdev: device
 * @addr: group
 * @on: join
 *
 * Context: RTNL.
 * Return: 0; -EEXIST or -EADDRNOTAVAIL if it is so already, -ENOBUFS beyond
 * WEFT_GROUPS_MAX, -ENOMEM.
 */
int weft_group_by_hand(struct weft_dev *wdev, const struct weft_addr *addr, bool on)
{
	struct weft_group *group = weft_group_find(wdev, addr);
	bool stays = true;
	int err = 0;

	if ((group && group->by_hand) == on)
		return on ? -EEXIST : -EADDRNOTAVAIL;
	if (!on) {
		group->by_hand = false;
		stays = group->counts.include + group->counts.exclude > 1;
		weft_group_leave(wdev, addr);
	} else {
		err = group ? weft_group_add(wdev, addr, &weft_filter_all, true,
					     &group) :
			      weft_group_begin(wdev, addr, &weft_filter_all, true,
					       &group);
		if (err)
			return err;
		group->users++;
		group->by_hand = true;
	}
	if (stays)
		weft_group_notify(WEFT_RTM_NEWMULTICAST, group);
	return 0;
}

static int weft_group_set(struct weft_dev *wdev, const struct weft_addr *addr,
			  const struct weft_filter *old,
			  const struct weft_filter *new, bool limited)
{
	struct weft_group *group = weft_group_find(wdev, addr);
	int err;

	ASSERT_RTNL();
	if (!old) {
		err = new ? weft_group_add(wdev, addr, new, limited, &group) : 0;
		if (!err && new && !limited)
			WRITE_ONCE(group->relayed, true);
		return err;
	}
	if (WARN_ON_ONCE(!group))
		return 0;
	if (!limited)
		WRITE_ONCE(group->relayed, new);
	if (new) {
		err = weft_group_reserve(group, new);
		if (err)
			return err;
		weft_group_counts_add(&group->counts, new);
	}
	weft_group_counts_del(&group->counts, old);
	weft_group_update(group);
	return 0;
}

/**
 * weft_group_change() - a socket's filter of a group changes
 * @wdev: device
 * @addr: group
 * @old: filter until now, NULL if the socket was no member
 * @new: filter from now on, NULL if it is no member any more
 *
 * Context: RTNL.
 * Return: 0; -ENOBUFS beyond WEFT_GROUPS_MAX or WEFT_GROUP_NAMED_MAX, -ENOMEM. Always 0
 * without @new. Nothing has changed if this fails.
 */
int weft_group_change(struct weft_dev *wdev, const struct weft_addr *addr,
		      const struct weft_filter *old, const struct weft_filter *new)
{
	return weft_group_set(wdev, addr, old, new, true);
}

/**
 * weft_group_relay() - what listeners on other links want of a group changes
 * @wdev: device of the router above
 * @addr: group
 * @old: filter until now, NULL if there were none
 * @new: filter from now on, NULL if there are none any more
 *
 * Takes no group from sockets: what is learned has a limit of its own. Context: RTNL.
 *
 * Return: as weft_group_change().
 */
int weft_group_relay(struct weft_dev *wdev, const struct weft_addr *addr,
		     const struct weft_filter *old, const struct weft_filter *new)
{
	return weft_group_set(wdev, addr, old, new, false);
}

/* Does anybody here listen, and not only on other links? */
static bool weft_group_has_own(const struct weft_group *group)
{
	return READ_ONCE(group->counts.include) + READ_ONCE(group->counts.exclude) >
	       READ_ONCE(group->relayed);
}

/**
 * weft_group_wants() - does anybody here want what a source sends to a group?
 * @wdev: the device that it came by
 * @addr: group
 * @source: source
 *
 * Context: RCU read lock.
 * Return: true if so.
 */
bool weft_group_wants(const struct weft_dev *wdev, const struct weft_addr *addr,
		      const struct weft_addr *source)
{
	const struct weft_group *group = weft_group_find(wdev, addr);

	return group && weft_group_has_own(group) &&
	       weft_filter_wants(rcu_dereference(group->filter), source);
}

/**
 * weft_group_filter() - copy the filter of all members of a group
 * @group: the group
 * @gfp: for the copy
 *
 * Context: RCU read lock or RTNL.
 * Return: the copy, which the caller frees with kfree(), or NULL without memory.
 */
struct weft_filter *weft_group_filter(const struct weft_group *group, gfp_t gfp)
{
	const struct weft_filter *filter = rcu_dereference_rtnl(group->filter);

	return kmemdup(filter, struct_size(filter, source, filter->n), gfp);
}

/* --- the device ------------------------------------------------------------------ */

/**
 * weft_group_init() - a new device is a member of nothing
 * @wdev: device
 */
void weft_group_init(struct weft_dev *wdev)
{
	int i;

	INIT_LIST_HEAD(&wdev->groups);
	for (i = 0; i < ARRAY_SIZE(wdev->group_hash); i++)
		INIT_HLIST_HEAD(&wdev->group_hash[i]);
}

/**
 * weft_group_start() - the device carries Weft: let its groups' frames through
 * @wdev: device
 *
 * Context: RTNL.
 */
void weft_group_start(struct weft_dev *wdev)
{
	struct weft_group *group;

	list_for_each_entry(group, &wdev->groups, link) {
		if (group->heard)
			continue;
		if (weft_group_hear(group, true))
			netdev_warn(wdev->dev, "weft: no memory to hear a group\n");
		else
			weft_report_change(group, NULL,
					   rtnl_dereference(group->filter));
	}
}

/**
 * weft_group_stop() - the device carries Weft no longer
 * @wdev: device; a member still of what sockets and hands have joined
 *
 * Context: RTNL.
 */
void weft_group_stop(struct weft_dev *wdev)
{
	struct weft_group *group;

	list_for_each_entry(group, &wdev->groups, link) {
		if (!group->heard)
			continue;
		weft_report_change(group, rtnl_dereference(group->filter), NULL);
		weft_group_hear(group, false);
	}
}

/**
 * weft_group_exit() - the device goes, and its groups with it
 * @wdev: device, stopped
 *
 * Sockets find out by weft_dev.id. Context: RTNL.
 */
void weft_group_exit(struct weft_dev *wdev)
{
	struct weft_group *group, *next;

	list_for_each_entry_safe(group, next, &wdev->groups, link)
		weft_group_end(group);
}
