/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Neighbours: from the next hop's address to its MAC (doc/protocol.md,
 * "Neighbours").
 */
#ifndef WEFT_NEIGH_H
#define WEFT_NEIGH_H

#include <linux/if_ether.h>
#include <linux/seqlock.h>
#include <linux/skbuff.h>
#include <linux/weft.h>
#include "device.h"
#include "drop.h"
#include "neigh_state.h"
#include "net.h"

#define WEFT_NEIGH_MAX		4096	/* default of weft_net.neigh_max */
#define WEFT_NEIGH_QUEUE_MAX	16	/* packets that wait for one neighbour */

/* Defaults of what a router may announce, ms. */
#define WEFT_NEIGH_REACHABLE_MS	30000
#define WEFT_NEIGH_RETRANS_MS	1000

/**
 * struct weft_neigh_key - what a neighbour is found by
 * @addr: its address, a global one
 * @ifindex: of the device whose link it is on
 * @proxy: 1 for an address that this node answers for, else 0
 */
struct weft_neigh_key {
	struct weft_addr	addr;
	u32			ifindex;
	u32			proxy;
};

/**
 * struct weft_neigh - a neighbour, or an address that this node answers for
 * @hash: in weft_neigh_table.hash, by @key
 * @key: address and device
 * @state: NUD_*; NUD_NONE for a proxy
 * @flags: NTF_ROUTER, NTF_PROXY
 * @protocol: RTPROT_*: who set it by hand, 0 if nobody said
 * @probes: questions asked in this state
 * @mac: where it is, in states of WEFT_NUD_VALID
 * @mac_seq: readers of @mac hold no lock
 * @used: jiffies when a packet was last sent to it
 * @confirmed: jiffies when it was last known to be reachable
 * @updated: jiffies when @state or @mac last changed
 * @lasts: how long it is reachable without confirmation, jiffies
 * @wdev: its device
 * @due: 64-bit jiffies when the time of @state is over; in STALE, of the last use
 * @timer: in weft_neigh_table.timers or .stale, by @due
 * @age: in weft_neigh_table.asking, in states of WEFT_NUD_ASKING
 * @id: number of the entry, ascending
 * @link: in weft_neigh_table.all, by @id
 * @proxies: in weft_dev.proxies, of proxies
 * @queue: packets that wait in INCOMPLETE, from their network header on
 * @rcu: for kfree_rcu()
 *
 * The table owns it. Made by the first packet to it, by its own question about us,
 * or by hand; gone when it has failed, when others need the room, by hand, and when
 * its device stops, which is before @wdev goes. All is changed under the table's
 * lock, but for @used and @confirmed, which any packet sets. Readers under RCU see
 * @key, @state, @flags, the times, and @mac through weft_neigh_mac(); it is freed a
 * grace period after it left the table.
 */
struct weft_neigh {
	struct rhash_head	hash;
	struct weft_neigh_key	key;
	u8			state;
	u8			flags;
	u8			protocol;
	u8			probes;
	u8			mac[ETH_ALEN];
	seqcount_spinlock_t	mac_seq;
	unsigned long		used;
	unsigned long		confirmed;
	unsigned long		updated;
	unsigned long		lasts;
	struct weft_dev		*wdev;
	u64			due;
	struct rb_node		timer;
	struct list_head	age;
	u64			id;
	struct list_head	link;
	struct list_head	proxies;
	struct sk_buff_head	queue;
	struct rcu_head		rcu;
};

/**
 * struct weft_neigh_work - what follows for a neighbour once the lock is released
 * @skb: in: the packet that WEFT_NEIGH_SEND is about
 * @todo: enum weft_neigh_todo: what has come together
 * @alone: the question goes to @mac alone
 * @mac: of the neighbour
 * @dev: its device
 * @target: its address
 * @asker: who wants to know, or any
 * @queue: packets to send, or to give up
 *
 * Done by weft_neigh_finish() under the RCU read lock that the table was locked in.
 */
struct weft_neigh_work {
	struct sk_buff		*skb;
	u16			todo;
	bool			alone;
	u8			mac[ETH_ALEN];
	struct net_device	*dev;
	struct weft_addr	target;
	struct weft_addr	asker;
	struct sk_buff_head	queue;
};

/* --- neigh_table.c: entries, limits and times ----------------------------------- */

void weft_neigh_lock(struct weft_neigh_table *table);
void weft_neigh_unlock(struct weft_neigh_table *table);
struct weft_neigh *weft_neigh_find(struct net *net, int ifindex,
				   const struct weft_addr *addr, bool proxy);
struct weft_neigh *weft_neigh_alloc(struct weft_dev *wdev,
				    const struct weft_addr *addr, gfp_t gfp);
enum weft_drop weft_neigh_insert(struct weft_neigh_table *table,
				 struct weft_neigh *neigh, u8 state);
void weft_neigh_remove(struct weft_neigh_table *table, struct weft_neigh *neigh,
		       enum weft_drop reason);
enum weft_drop weft_neigh_set(struct weft_neigh_table *table,
			      struct weft_neigh *neigh, u8 state, const u8 *mac,
			      struct weft_neigh_work *work);
void weft_neigh_mac(const struct weft_neigh *neigh, u8 *mac);
void weft_neigh_event(struct weft_neigh_table *table, struct weft_neigh *neigh,
		      enum weft_neigh_event event, unsigned int given,
		      const u8 *mac, struct weft_neigh_work *work);
void weft_neigh_flush(struct weft_dev *wdev);
int weft_neigh_init_net(struct net *net);
void weft_neigh_exit_net(struct net *net);

/* --- neigh.c: packets, and what moves a neighbour --------------------------------- */

int weft_neigh_output(struct net *net, struct sk_buff *skb,
		      const struct weft_addr *hop);
void weft_neigh_work_init(struct weft_neigh_work *work);
void weft_neigh_finish(struct net *net, struct weft_neigh_work *work);
void weft_neigh_confirm(const struct net_device *dev, const struct weft_addr *addr);
void weft_neigh_learn(struct weft_dev *wdev, const struct weft_addr *addr,
		      const u8 *mac);
void weft_neigh_answered(struct weft_dev *wdev, const struct weft_addr *addr,
			 const u8 *mac, u32 flags);

/* --- neigh_message.c: questions and answers ----------------------------------------- */

int weft_neigh_send(struct net_device *dev, const struct weft_addr *to,
		    const void *msg, unsigned int len);
int weft_neigh_ask(struct net_device *dev, const struct weft_addr *to,
		   const struct weft_addr *target, const struct weft_addr *asker,
		   bool probe);
int weft_neigh_solicit(struct net_device *dev, const struct weft_addr *target,
		       const struct weft_addr *asker, bool probe);
int weft_neigh_announce(struct net_device *dev, const struct weft_addr *to,
			const struct weft_addr *target, u32 flags);
enum weft_drop weft_neigh_rcv(struct net *net, struct sk_buff *skb);

/* --- neigh_netlink.c ------------------------------------------------------------------ */

void weft_neigh_notify(int event, const struct weft_neigh *neigh);
int weft_neigh_netlink_init(void);
void weft_neigh_netlink_exit(void);

#endif /* WEFT_NEIGH_H */
