/* SPDX-License-Identifier: GPL-2.0 */
/* Changes of a ruleset that are made together, or not at all. */
#ifndef WEFT_TRANSACTION_H
#define WEFT_TRANSACTION_H

#include <linux/skbuff.h>
#include <net/genetlink.h>
#include "pernet.h"
#include "set.h"

#define WEFT_TRANSACTIONS_MAX	64	/* of a namespace */
#define WEFT_CHANGES_MAX	4194304	/* of a transaction */

/**
 * struct weft_delta - how a transaction changes the elements of a set
 * @link: in weft_trans.deltas
 * @set: the set, which was there before
 * @store: new elements by keys
 * @added: new elements
 * @moved: those of them that a commit has put into the set
 * @n_added: how many are new
 * @gone: ids of elements that go
 * @n_gone: how many
 */
struct weft_delta {
	struct list_head	link;
	struct weft_set		*set;
	struct weft_store	store;
	struct list_head	added;
	struct list_head	moved;
	u32			n_added;
	struct xarray		gone;
	u32			n_gone;
};

/**
 * struct weft_trans - a transaction
 * @link: in weft_fw_net.transactions
 * @fw: its namespace
 * @portid: the socket that began it, or that made the one change that it is of
 * @open: BEGIN made it
 * @spoiled: a change was refused
 * @leads: what leads to chains has changed, or what a chain has that something leads to
 * @changes: how many, each rule and each element
 * @base: the ruleset that it changes; a reference is held
 * @next: the ruleset that it makes
 * @deltas: struct weft_delta.link
 * @told: messages about the changes, for who listens
 * @told_size: memory that they take, bytes
 * @lost: such a message could not be made
 *
 * Lives from BEGIN to COMMIT, CHECK, ABORT or the socket's end, under weft_fw_net.mutex.
 */
struct weft_trans {
	struct list_head	link;
	struct weft_fw_net	*fw;
	u32			portid;
	bool			open;
	bool			spoiled;
	bool			leads;
	u32			changes;
	struct weft_ruleset	*base;
	struct weft_ruleset	*next;
	struct list_head	deltas;
	struct sk_buff_head	told;
	size_t			told_size;
	bool			lost;
};

typedef int weft_elem_fn(struct weft_trans *trans, struct weft_set *set,
			 struct weft_elem *elem, void *arg);

struct weft_trans *weft_trans_new(struct weft_fw_net *fw, u32 portid);
struct weft_trans *weft_trans_find(struct weft_fw_net *fw, u32 portid);
void weft_trans_free(struct weft_trans *trans);
int weft_trans_commit(struct weft_trans *trans, bool check, struct netlink_ext_ack *extack);
int weft_trans_change(struct weft_trans *trans, struct netlink_ext_ack *extack);

/* delta.c */
struct weft_delta *weft_delta_find(struct weft_trans *trans, const struct weft_set *set);
struct weft_delta *weft_delta_get(struct weft_trans *trans, struct weft_set *set);
void weft_delta_free(struct weft_delta *delta);
int weft_delta_apply(struct weft_delta *delta, u64 gen);
void weft_delta_undo(struct weft_delta *delta, u64 gen);
void weft_delta_done(struct weft_delta *delta);
int weft_trans_each_elem(struct weft_trans *trans, struct weft_set *set, weft_elem_fn *fn,
			 void *arg);
int weft_trans_add_elem(struct weft_trans *trans, struct weft_set *set,
			struct weft_elem *elem);
int weft_trans_del_elem(struct weft_trans *trans, struct weft_set *set,
			const struct weft_elem *like);
int weft_trans_del_elems(struct weft_trans *trans, struct weft_set *set);
struct weft_elem *weft_trans_find_elem(struct weft_trans *trans, struct weft_set *set,
				       const struct weft_elem *like, bool same);

/* loops.c */
int weft_loops_check(struct weft_trans *trans);

/* change_*.c */
typedef int weft_change_fn(struct weft_trans *trans, struct genl_info *info);
weft_change_fn weft_change_flush, weft_change_new_table, weft_change_del_table;
weft_change_fn weft_change_new_chain, weft_change_del_chain;
weft_change_fn weft_change_new_rule, weft_change_del_rule;
weft_change_fn weft_change_new_set, weft_change_del_set;
weft_change_fn weft_change_new_elem, weft_change_del_elem;

struct weft_fw_chain *weft_trans_chain(struct weft_trans *trans, struct weft_fw_chain *chain);
void weft_trans_drop_chain(struct weft_trans *trans, u32 slot);
void weft_trans_unuse_rules(struct weft_trans *trans, const struct weft_fw_chain *chain);
void weft_trans_unuse_elems(struct weft_trans *trans, struct weft_set *set);
void weft_trans_drop_set(struct weft_trans *trans, u32 slot);
int weft_change_table(struct weft_trans *trans, struct genl_info *info, u32 *slot);
struct weft_fw_chain *weft_change_chain(struct weft_trans *trans, struct genl_info *info,
					u32 table);
struct weft_set *weft_change_set(struct weft_trans *trans, struct genl_info *info);
struct weft_fw_chain *weft_chain_target(const struct weft_ruleset *rs, u32 table,
					const struct nlattr *name,
					struct netlink_ext_ack *extack);
int weft_timeout_parse(const struct nlattr *attr, u64 *ms, struct netlink_ext_ack *extack);

#endif /* WEFT_TRANSACTION_H */
