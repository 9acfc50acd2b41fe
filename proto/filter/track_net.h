/* SPDX-License-Identifier: GPL-2.0 */
/* What connection tracking keeps for each network namespace. */
#ifndef WEFT_TRACK_NET_H
#define WEFT_TRACK_NET_H

#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rhashtable-types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include <linux/weft_track.h>
#include "track_timeout.h"

struct ctl_table;
struct ctl_table_header;

/**
 * struct weft_track_stats - counters of one processor
 * @n: by WEFT_TRACK_STAT_*
 */
struct weft_track_stats {
	unsigned long	n[__WEFT_TRACK_STAT_LAST];
};

/**
 * struct weft_track_net - connection tracking in one network namespace
 * @net: the namespace
 * @hash: struct weft_track_node of both directions by its tuple
 * @all: struct weft_track by number; those that are not assured are marked
 * @next_id: of the next connection; the lock of @all
 * @count: connections that are there, or are about to be
 * @max: how many may be
 * @timeouts: seconds, by enum weft_track_timeout
 * @loose: streams whose beginning was not seen are taken
 * @enable: packets are tracked although no rule asks for it
 * @gc: removes connections whose time is over
 * @gc_at: number of the next one that it looks at
 * @lock: of @users, of @enable and of the hooks
 * @users: who wants packets to be tracked
 * @stats: counters
 * @sysctl: the files that set some of this
 * @sysctl_table: what these are
 *
 * Lives from the namespace's creation, or the module's loading, to the end of either.
 */
struct weft_track_net {
	struct net		*net;
	struct rhashtable	hash;
	struct xarray		all;
	u32			next_id;
	atomic_t		count;
	int			max;
	int			timeouts[WEFT_TRACK_TIMEOUT_COUNT];
	u8			loose;
	u8			enable;
	struct delayed_work	gc;
	u32			gc_at;
	struct mutex		lock; /* of who wants it */
	unsigned int		users;
	struct weft_track_stats __percpu *stats;
	struct ctl_table_header	*sysctl;
	struct ctl_table	*sysctl_table;
};

extern unsigned int weft_track_net_id;

static inline struct weft_track_net *weft_track_net(const struct net *net)
{
	return net_generic(net, weft_track_net_id);
}

static inline void weft_track_count(struct weft_track_net *tn, unsigned int item)
{
	this_cpu_inc(tn->stats->n[item]);
}

/* track_stat.c */
u64 weft_track_stat(const struct weft_track_net *tn, unsigned int item);
int weft_track_stat_init_net(struct weft_track_net *tn);
void weft_track_stat_exit_net(struct weft_track_net *tn);

/* track_sysctl.c */
int weft_track_sysctl_init_net(struct weft_track_net *tn);
void weft_track_sysctl_exit_net(struct weft_track_net *tn);

#endif /* WEFT_TRACK_NET_H */
