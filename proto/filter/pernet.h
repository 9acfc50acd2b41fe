/* SPDX-License-Identifier: GPL-2.0 */
/* The firewall of one network namespace. */
#ifndef WEFT_PERNET_H
#define WEFT_PERNET_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include "ruleset.h"

/**
 * struct weft_fw_net - the firewall of a network namespace
 * @net: the namespace
 * @mutex: of all here: transactions, commits, the lists; outermost of the firewall
 * @ruleset: what is in force, read under RCU
 * @live: rulesets that are not freed, oldest first
 * @sets: struct weft_set.link, those of rulesets
 * @transactions: struct weft_trans.link
 * @n_transactions: how many
 * @last_handle: the last number that was given to a table, a chain, a set or a rule
 * @gc: takes elements out whose time is over
 * @trace_seed: of the numbers of traced packets
 */
struct weft_fw_net {
	struct net			*net;
	struct mutex			mutex; /* of all here */
	struct weft_ruleset __rcu	*ruleset;
	struct list_head		live;
	struct list_head		sets;
	struct list_head		transactions;
	unsigned int			n_transactions;
	u64				last_handle;
	struct delayed_work		gc;
	u32				trace_seed;
};

extern struct workqueue_struct *weft_fw_wq;

struct weft_fw_net *weft_fw_net(const struct net *net);
void weft_fw_reap(struct weft_fw_net *fw);
void weft_fw_gc_soon(struct weft_fw_net *fw);
void weft_fw_gc_start(struct weft_fw_net *fw);

/* What is in force, for who holds the mutex. */
static inline struct weft_ruleset *weft_fw_ruleset(const struct weft_fw_net *fw)
{
	return rcu_dereference_protected(fw->ruleset, lockdep_is_held(&fw->mutex));
}

int weft_fw_net_init(void);
void weft_fw_net_exit(void);

#endif /* WEFT_PERNET_H */
