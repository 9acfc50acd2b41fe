/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a ruleset is made of. A ruleset is never changed once it is in force: packets read
 * it under RCU, dumps with a reference. A commit puts another one in its place, which
 * shares with it what stays the same.
 */
#ifndef WEFT_RULESET_H
#define WEFT_RULESET_H

#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/refcount.h>
#include <linux/u64_stats_sync.h>
#include <linux/weft_filter.h>
#include <linux/workqueue.h>

#define WEFT_FW_TABLES_MAX	1024
#define WEFT_FW_CHAINS_MAX	65536
#define WEFT_FW_SETS_MAX	65536
#define WEFT_FW_RULES_MAX	1048576	/* of a chain */
#define WEFT_FW_NONE		U32_MAX	/* no slot */

struct weft_expr;
struct weft_fw_net;
struct weft_op;
struct weft_set;
struct weft_trans;

/**
 * struct weft_fw_count - packets and bytes on one CPU
 * @packets: packets
 * @bytes: bytes
 * @sync: of 32-bit readers
 */
struct weft_fw_count {
	u64_stats_t		packets;
	u64_stats_t		bytes;
	struct u64_stats_sync	sync;
};

/**
 * struct weft_fw_counter - what was seen
 * @cpu: on each CPU
 * @base: is added to their sum: negative after a reset
 */
struct weft_fw_counter {
	struct weft_fw_count __percpu	*cpu;
	struct weft_filter_counters	base;
};

/**
 * struct weft_fw_rule - a rule
 * @users: chains that have it; freed with the last one
 * @fw: its namespace
 * @handle: its number
 * @comment: or NULL
 * @n: expressions
 * @tracks: it holds a reference to connection tracking
 * @exprs: these
 *
 * Only what its expressions count changes.
 */
struct weft_fw_rule {
	refcount_t		users;
	struct weft_fw_net	*fw;
	u64			handle;
	char			*comment;
	u8			n;
	bool			tracks;
	struct weft_expr	*exprs;
};

/**
 * struct weft_fw_hook - a base chain on its hook
 * @ops: what is registered
 * @fw: its namespace
 * @slot: of the chain
 * @users: versions of the chain; freed with the last one
 * @registered: it is on the hook
 * @policy: packets that the policy decided about
 */
struct weft_fw_hook {
	struct nf_hook_ops	ops;
	struct weft_fw_net	*fw;
	u32			slot;
	refcount_t		users;
	bool			registered;
	struct weft_fw_counter	policy;
};

/**
 * struct weft_fw_chain - a version of a chain
 * @users: rulesets that have it; freed with the last one
 * @owner: the transaction that made this version and may change it, else NULL
 * @handle: of the chain, in all versions
 * @table: slot of its table
 * @slot: its own: what leads to the chain knows it by that, in all versions
 * @policy: WEFT_FILTER_ACCEPT or _DROP
 * @n_rules: how many
 * @room: for how many there is room in @rules
 * @hook: of a base chain, else NULL
 * @rules: the rules
 * @ops: all rules compiled, as packets see them
 * @starts: for each rule, its first op
 * @name: of the chain
 * @comment: or ""
 */
struct weft_fw_chain {
	refcount_t		users;
	struct weft_trans	*owner;
	u64			handle;
	u32			table;
	u32			slot;
	u8			policy;
	u32			n_rules;
	u32			room;
	struct weft_fw_hook	*hook;
	struct weft_fw_rule	**rules;
	struct weft_op		*ops;
	u32			*starts;
	char			name[WEFT_FILTER_NAME_MAX];
	char			comment[WEFT_FILTER_COMMENT_MAX];
};

/**
 * struct weft_fw_table - a version of a table
 * @users: rulesets that have it; freed with the last one
 * @handle: of the table, in all versions
 * @flags: WEFT_FILTER_TABLE_*
 * @name: its name
 * @comment: or ""
 */
struct weft_fw_table {
	refcount_t	users;
	u64		handle;
	u32		flags;
	char		name[WEFT_FILTER_NAME_MAX];
	char		comment[WEFT_FILTER_COMMENT_MAX];
};

/**
 * struct weft_fw_chain_slot - a place for a chain
 * @chain: it, or NULL
 * @hash: of its name, weft_fw_hash()
 * @uses: rules and elements that lead to it
 */
struct weft_fw_chain_slot {
	struct weft_fw_chain	*chain;
	u32			hash;
	u32			uses;
};

/**
 * struct weft_fw_set_slot - a place for a set
 * @set: it, or NULL
 * @hash: of its name, weft_fw_hash()
 * @uses: expressions that use it
 */
struct weft_fw_set_slot {
	struct weft_set		*set;
	u32			hash;
	u32			uses;
};

/**
 * struct weft_ruleset - all tables, chains and sets of a namespace at one time
 * @link: in weft_fw_net.live, oldest first
 * @users: being in force, dumps, transactions; freed a grace period after the last one
 * @fw: its namespace
 * @gen: its generation; 0 if it was never in force
 * @tables: by slot
 * @chains: by slot
 * @sets: by slot
 * @n_tables: slots
 * @n_chains: slots
 * @n_sets: slots
 * @work: frees it
 */
struct weft_ruleset {
	struct list_head		link;
	refcount_t			users;
	struct weft_fw_net		*fw;
	u64				gen;
	struct weft_fw_table		**tables;
	struct weft_fw_chain_slot	*chains;
	struct weft_fw_set_slot		*sets;
	u32				n_tables;
	u32				n_chains;
	u32				n_sets;
	struct rcu_work			work;
};

u32 weft_fw_hash(const char *name);

/* Adds to a counter. Context: softirqs disabled or in one. */
static inline void weft_fw_counter_add(struct weft_fw_counter *counter, unsigned int packets,
				       unsigned int bytes)
{
	struct weft_fw_count *count = this_cpu_ptr(counter->cpu);

	u64_stats_update_begin(&count->sync);
	u64_stats_add(&count->packets, packets);
	u64_stats_add(&count->bytes, bytes);
	u64_stats_update_end(&count->sync);
}

void weft_fw_table_put(struct weft_fw_table *table);
void weft_fw_chain_put(struct weft_fw_chain *chain);

struct weft_ruleset *weft_ruleset_new(struct weft_fw_net *fw);
struct weft_ruleset *weft_ruleset_copy(const struct weft_ruleset *from);
void weft_ruleset_put(struct weft_ruleset *rs);
void weft_ruleset_free(struct weft_ruleset *rs);

struct weft_fw_table *weft_ruleset_table(const struct weft_ruleset *rs, const char *name,
					 u32 *slot);
struct weft_fw_chain *weft_ruleset_chain(const struct weft_ruleset *rs, u32 table,
					 const char *name);
struct weft_set *weft_ruleset_set(const struct weft_ruleset *rs, u32 table,
				  const char *name);
int weft_ruleset_add_table(struct weft_ruleset *rs, struct weft_fw_table *table, u32 *slot);
int weft_ruleset_add_chain(struct weft_ruleset *rs, struct weft_fw_chain *chain);
int weft_ruleset_add_set(struct weft_ruleset *rs, struct weft_set *set);

#endif /* WEFT_RULESET_H */
