/* SPDX-License-Identifier: GPL-2.0 */
/* What Weft keeps for each network namespace. */
#ifndef WEFT_NET_H
#define WEFT_NET_H

#include <linux/netfilter.h>
#include <linux/percpu_counter.h>
#include <linux/ratelimit.h>
#include <linux/rbtree.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "alarm.h"
#include "timewait.h"

#define WEFT_ADDR_HASH_BITS	7
#define WEFT_ERROR_BUCKETS	128

struct ctl_table;
struct ctl_table_header;
struct fib_rules_ops;
struct fqdir;
struct weft_exceptions;
struct weft_mib;

/**
 * struct weft_neigh_table - the neighbours of a network namespace
 * @lock: of everything here but lookups in @hash and walks of @all under RCU;
 *	innermost but for locks of the core, softirqs disabled
 * @net: the namespace
 * @hash: struct weft_neigh by address and device
 * @all: struct weft_neigh.link, oldest first
 * @asking: struct weft_neigh.age: INCOMPLETE or FAILED, oldest first
 * @timers: struct weft_neigh.timer by the end of the state's time
 * @stale: the same of STALE ones by their last use
 * @count: entries, without those set by hand
 * @asking_count: entries in @asking
 * @next_id: of the next entry
 * @armed: 64-bit jiffies that @work is set to; U64_MAX if it is not, 0 while it runs
 * @work: ends the times that are over
 */
struct weft_neigh_table {
	spinlock_t		lock;	/* of all that follows */
	struct net		*net;
	struct rhashtable	hash;
	struct list_head	all;
	struct list_head	asking;
	struct rb_root_cached	timers;
	struct rb_root_cached	stale;
	unsigned int		count;
	unsigned int		asking_count;
	u64			next_id;
	u64			armed;
	struct delayed_work	work;
};

/**
 * struct weft_listener_table - what the routers of a network namespace know of listeners
 * @lock: of everything here and of the queriers of its devices, softirqs disabled;
 *	sending is done without it
 * @net: the namespace
 * @hash: struct weft_listened by group
 * @all: struct weft_listened.link
 * @changed: struct weft_listened.changed: the router above is to be told
 * @timers: struct weft_listener.timer by its time
 * @recheck_due: when to look which link leads to the router above, 64-bit jiffies;
 *	U64_MAX for not before the next query
 * @n_queriers: devices that forward; RTNL
 * @alarm: does what is due
 */
struct weft_listener_table {
	spinlock_t		lock;	/* of all that follows */
	struct net		*net;
	struct rhashtable	hash;
	struct list_head	all;
	struct list_head	changed;
	struct rb_root_cached	timers;
	u64			recheck_due;
	unsigned int		n_queriers;
	struct weft_alarm	alarm;
};

/**
 * struct weft_net - Weft in one network namespace
 * @net: the namespace
 * @devs: struct weft_dev by interface index
 * @addrs: struct weft_ifaddr by address
 * @tables: struct weft_table by number
 * @rules: of fib_rules
 * @has_rules: other rules than those that a new namespace has
 * @local_routes: how many routes of kind local there are
 * @expiring: struct weft_route that will go in time
 * @route_work: removes them; RTNL
 * @route_changes: how often something changed that routes depend on
 * @exceptions: what was learned about single destinations
 * @mtu_expires: how long a path's MTU is remembered, jiffies
 * @ifaddr_work: detection of duplicates and lifetimes of addresses; RTNL
 * @router_work: announcements of routers, and solicitations; RTNL
 * @dad_transmits: probes for a duplicate of an address, 0 for none
 * @forwarding: packets for other nodes are forwarded
 * @mapped: IPv4 addresses are addresses of Weft too
 * @mib: counters
 * @hooks: what netfilter runs on each of its hooks
 * @hook_entries: struct weft_hook_entry
 * @control_id: packet id of the last answer
 * @error_limit: how many errors may be sent
 * @error_lock: held to change @error_dst
 * @error_seed: of its hash
 * @error_dst: when a destination has its whole share of errors again, jiffies
 * @neigh: neighbours
 * @report_lock: of the answers to membership queries and of @report_alarm
 * @report_alarm: sends reports of memberships
 * @listeners: who listens to groups on the links of a router
 * @neigh_max: how many may be there, without those set by hand
 * @fqdir: packets that are not whole yet, the kernel's table of them
 * @frag_ages: struct weft_frag_queue, oldest first
 * @frag_lock: held for @frag_ages
 * @frag_time: how long fragments wait for the others, seconds
 * @coalescers: sockets with WEFT_COALESCE
 * @timewaits: connections in TIME-WAIT
 * @challenge_limit: how many challenge acknowledgments may be sent
 * @orphans: sockets of streams that nobody has open any more
 * @memory: what its sockets have taken for their receive queues, bytes
 * @memory_max: how much that may be, but for the first packet of each
 * @sysctl: the files that set some of this
 * @sysctl_table: what these are
 *
 * Lives from the namespace's creation, or the module's loading, to the end of
 * either. @devs, @addrs and @tables are changed under RTNL and read under RCU.
 */
struct weft_net {
	struct net		*net;
	struct xarray		devs;
	struct hlist_head	addrs[1 << WEFT_ADDR_HASH_BITS];
	struct xarray		tables;
	struct fib_rules_ops	*rules;
	bool			has_rules;
	unsigned int		local_routes;
	struct hlist_head	expiring;
	struct delayed_work	route_work;
	atomic_t		route_changes;
	struct weft_exceptions	*exceptions;
	int			mtu_expires;
	struct delayed_work	ifaddr_work;
	struct delayed_work	router_work;
	u8			dad_transmits;
	u8			forwarding;
	u8			mapped;
	struct weft_mib __percpu *mib;
	struct nf_hook_entries __rcu *hooks[NF_INET_NUMHOOKS];
	struct list_head	hook_entries;
	atomic_t		control_id;
	struct ratelimit_state	error_limit;
	spinlock_t		error_lock; /* innermost */
	u32			error_seed;
	unsigned long		error_dst[WEFT_ERROR_BUCKETS];
	struct weft_neigh_table	neigh;
	unsigned int		neigh_max;
	spinlock_t		report_lock; /* innermost */
	struct weft_alarm	report_alarm;
	struct weft_listener_table listeners;
	struct fqdir		*fqdir;
	struct list_head	frag_ages;
	spinlock_t		frag_lock; /* inside a queue's lock */
	int			frag_time;
	atomic_t		coalescers;
	struct weft_timewaits	timewaits;
	struct ratelimit_state	challenge_limit;
	atomic_t		orphans;
	struct percpu_counter	memory;
	unsigned long		memory_max;
	struct ctl_table_header	*sysctl;
	struct ctl_table	*sysctl_table;
};

extern unsigned int weft_net_id;
extern int weft_family;
extern __be16 weft_ethertype;

static inline struct weft_net *weft_net(const struct net *net)
{
	return net_generic(net, weft_net_id);
}

#endif /* WEFT_NET_H */
