// SPDX-License-Identifier: GPL-2.0
/* Changes of tables and chains. */
#include <linux/slab.h>
#include "../extack.h"
#include "chain.h"
#include "compat_netlink.h"
#include "expr.h"
#include "message.h"
#include "netlink.h"
#include "transaction.h"

/**
 * weft_change_table() - find the table that a change is about
 * @trans: the transaction
 * @info: the change
 * @slot: filled in
 *
 * Return: 0, -EINVAL or -ENOENT.
 */
int weft_change_table(struct weft_trans *trans, struct genl_info *info, u32 *slot)
{
	const struct nlattr *name = info->attrs[WEFT_FILTER_A_TABLE];

	if (!name)
		return weft_refuse(info->extack, "the name of the table is missing", -EINVAL);
	if (!weft_ruleset_table(trans->next, nla_data(name), slot))
		return weft_refuse_attr(info->extack, name, "no such table", -ENOENT);
	return 0;
}

/**
 * weft_change_chain() - find the chain that a change is about
 * @trans: the transaction
 * @info: the change
 * @table: slot of its table
 *
 * Return: the chain, which may have to be copied to be changed, or an ERR_PTR.
 */
struct weft_fw_chain *weft_change_chain(struct weft_trans *trans, struct genl_info *info,
					u32 table)
{
	const struct nlattr *name = info->attrs[WEFT_FILTER_A_CHAIN];
	struct weft_fw_chain *chain;

	if (!name)
		return ERR_PTR(weft_refuse(info->extack, "the name of the chain is missing",
					   -EINVAL));
	chain = weft_ruleset_chain(trans->next, table, nla_data(name));
	return chain ?: ERR_PTR(weft_refuse_attr(info->extack, name, "no such chain", -ENOENT));
}

/**
 * weft_chain_target() - find the chain that something is to lead to
 * @rs: ruleset
 * @table: slot of the table
 * @name: of the chain
 * @extack: where to say what is wrong
 *
 * Return: the chain or an ERR_PTR.
 */
struct weft_fw_chain *weft_chain_target(const struct weft_ruleset *rs, u32 table,
					const struct nlattr *name,
					struct netlink_ext_ack *extack)
{
	struct weft_fw_chain *chain = weft_ruleset_chain(rs, table, nla_data(name));

	if (!chain)
		return ERR_PTR(weft_refuse_attr(extack, name, "no such chain", -ENOENT));
	if (chain->hook)
		return ERR_PTR(weft_refuse_attr(extack, name, "nothing leads to a base chain",
						-EOPNOTSUPP));
	return chain;
}

/**
 * weft_trans_chain() - get the version of a chain that a transaction may change
 * @trans: the transaction
 * @chain: the version that is there
 *
 * Return: the version, or NULL without memory.
 */
struct weft_fw_chain *weft_trans_chain(struct weft_trans *trans, struct weft_fw_chain *chain)
{
	struct weft_fw_chain *copy;

	if (chain->owner == trans)
		return chain;
	copy = weft_fw_chain_copy(chain, trans);
	if (!copy)
		return NULL;
	trans->next->chains[chain->slot].chain = copy;
	weft_fw_chain_put(chain);
	return copy;
}

/* --- tables ---------------------------------------------------------------------------------- */

static int weft_table_update(struct weft_trans *trans, struct genl_info *info, u32 slot)
{
	const struct nlattr *flags = info->attrs[WEFT_FILTER_A_FLAGS];
	struct weft_fw_table *table, *old = trans->next->tables[slot];

	if (info->nlhdr->nlmsg_flags & NLM_F_EXCL)
		return weft_refuse_attr(info->extack, info->attrs[WEFT_FILTER_A_TABLE],
					"the table is there", -EEXIST);
	if (!flags || nla_get_u32(flags) == old->flags)
		return 0;
	table = kmemdup(old, sizeof(*old), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	refcount_set(&table->users, 1);
	table->flags = nla_get_u32(flags);
	trans->next->tables[slot] = table;
	weft_fw_table_put(old);
	weft_told_table(trans, WEFT_FILTER_CMD_NEW_TABLE, table);
	return 0;
}

/**
 * weft_change_new_table() - make a table, or change its flags
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_new_table(struct weft_trans *trans, struct genl_info *info)
{
	const struct nlattr *flags = info->attrs[WEFT_FILTER_A_FLAGS];
	const struct nlattr *name = info->attrs[WEFT_FILTER_A_TABLE];
	struct weft_fw_table *table;
	u32 slot;
	int err;

	if (!name)
		return weft_refuse(info->extack, "the name of the table is missing", -EINVAL);
	if (flags && nla_get_u32(flags) & ~WEFT_FILTER_TABLE_DORMANT)
		return weft_refuse_attr(info->extack, flags, "no such flag", -EINVAL);
	if (weft_ruleset_table(trans->next, nla_data(name), &slot))
		return weft_table_update(trans, info, slot);
	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	refcount_set(&table->users, 1);
	table->handle = ++trans->fw->last_handle;
	table->flags = nla_get_u32_default(flags, 0);
	nla_strscpy(table->name, name, sizeof(table->name));
	if (info->attrs[WEFT_FILTER_A_COMMENT])
		nla_strscpy(table->comment, info->attrs[WEFT_FILTER_A_COMMENT],
			    sizeof(table->comment));
	err = weft_ruleset_add_table(trans->next, table, &slot);
	if (err) {
		weft_fw_table_put(table);
		return weft_refuse(info->extack, "no room for another table", err);
	}
	weft_told_table(trans, WEFT_FILTER_CMD_NEW_TABLE, table);
	return 0;
}

static void weft_trans_drop_table(struct weft_trans *trans, u32 slot)
{
	struct weft_ruleset *rs = trans->next;
	u32 i;

	/* Rules first, then what they lead to. */
	for (i = 0; i < rs->n_chains; i++)
		if (rs->chains[i].chain && rs->chains[i].chain->table == slot)
			weft_trans_unuse_rules(trans, rs->chains[i].chain);
	for (i = 0; i < rs->n_sets; i++)
		if (rs->sets[i].set && rs->sets[i].set->table == slot)
			weft_trans_drop_set(trans, i);
	for (i = 0; i < rs->n_chains; i++)
		if (rs->chains[i].chain && rs->chains[i].chain->table == slot)
			weft_trans_drop_chain(trans, i);
	weft_told_table(trans, WEFT_FILTER_CMD_DEL_TABLE, rs->tables[slot]);
	weft_fw_table_put(rs->tables[slot]);
	rs->tables[slot] = NULL;
}

/**
 * weft_change_del_table() - delete a table with all in it
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_del_table(struct weft_trans *trans, struct genl_info *info)
{
	u32 slot;
	int err = weft_change_table(trans, info, &slot);

	if (!err)
		weft_trans_drop_table(trans, slot);
	return err;
}

static int weft_flush_chain(struct weft_trans *trans, struct weft_fw_chain *chain)
{
	u32 i;

	if (!chain->n_rules)
		return 0;
	chain = weft_trans_chain(trans, chain);
	if (!chain)
		return -ENOMEM;
	weft_trans_unuse_rules(trans, chain);
	for (i = chain->n_rules; i > 0; i--) {
		weft_told_rule(trans, WEFT_FILTER_CMD_DEL_RULE, chain, chain->rules[i - 1]);
		weft_fw_chain_remove(chain, i - 1);
	}
	return 0;
}

/**
 * weft_change_flush() - delete the ruleset, or the rules of a table or a chain
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_flush(struct weft_trans *trans, struct genl_info *info)
{
	struct weft_ruleset *rs = trans->next;
	struct weft_fw_chain *chain;
	u32 i, table;
	int err;

	if (!info->attrs[WEFT_FILTER_A_TABLE] && !info->attrs[WEFT_FILTER_A_CHAIN]) {
		for (i = 0; i < rs->n_tables; i++)
			if (rs->tables[i])
				weft_trans_drop_table(trans, i);
		return 0;
	}
	err = weft_change_table(trans, info, &table);
	if (err)
		return err;
	if (info->attrs[WEFT_FILTER_A_CHAIN]) {
		chain = weft_change_chain(trans, info, table);
		return IS_ERR(chain) ? PTR_ERR(chain) : weft_flush_chain(trans, chain);
	}
	for (i = 0; i < rs->n_chains && !err; i++)
		if (rs->chains[i].chain && rs->chains[i].chain->table == table)
			err = weft_flush_chain(trans, rs->chains[i].chain);
	return err;
}

/* --- chains ---------------------------------------------------------------------------------- */

static int weft_chain_check(struct genl_info *info, const struct weft_fw_chain *old)
{
	const struct nlattr *hook = info->attrs[WEFT_FILTER_A_HOOK];
	const struct nlattr *policy = info->attrs[WEFT_FILTER_A_POLICY];
	const struct nlattr *priority = info->attrs[WEFT_FILTER_A_PRIORITY];
	bool base = hook || (old && old->hook);

	if (policy && !base)
		return weft_refuse_attr(info->extack, policy, "only a base chain has a policy",
					-EINVAL);
	if (priority && !base)
		return weft_refuse_attr(info->extack, priority,
					"only a base chain has a priority", -EINVAL);
	if (policy && nla_get_u32(policy) != WEFT_FILTER_ACCEPT &&
	    nla_get_u32(policy) != WEFT_FILTER_DROP)
		return weft_refuse_attr(info->extack, policy, "a policy is accept or drop",
					-EINVAL);
	return 0;
}

static int weft_chain_update(struct weft_trans *trans, struct genl_info *info,
			     struct weft_fw_chain *chain)
{
	const struct nlattr *hook = info->attrs[WEFT_FILTER_A_HOOK];
	const struct nlattr *policy = info->attrs[WEFT_FILTER_A_POLICY];
	const struct nlattr *priority = info->attrs[WEFT_FILTER_A_PRIORITY];

	if (info->nlhdr->nlmsg_flags & NLM_F_EXCL)
		return weft_refuse_attr(info->extack, info->attrs[WEFT_FILTER_A_CHAIN],
					"the chain is there", -EEXIST);
	if (hook && (!chain->hook || chain->hook->ops.hooknum != nla_get_u32(hook)))
		return weft_refuse_attr(info->extack, hook, "the chain is there, on another hook",
					-EEXIST);
	if (priority && chain->hook->ops.priority != nla_get_s32(priority))
		return weft_refuse_attr(info->extack, priority,
					"the chain is there, with another priority", -EEXIST);
	if (!policy || nla_get_u32(policy) == chain->policy)
		return 0;
	chain = weft_trans_chain(trans, chain);
	if (!chain)
		return -ENOMEM;
	chain->policy = nla_get_u32(policy);
	weft_told_chain(trans, WEFT_FILTER_CMD_NEW_CHAIN, chain);
	return 0;
}

static int weft_chain_fill(struct weft_trans *trans, struct genl_info *info,
			   struct weft_fw_chain *chain)
{
	const struct nlattr *priority = info->attrs[WEFT_FILTER_A_PRIORITY];

	chain->handle = ++trans->fw->last_handle;
	nla_strscpy(chain->name, info->attrs[WEFT_FILTER_A_CHAIN], sizeof(chain->name));
	if (info->attrs[WEFT_FILTER_A_COMMENT])
		nla_strscpy(chain->comment, info->attrs[WEFT_FILTER_A_COMMENT],
			    sizeof(chain->comment));
	chain->policy = nla_get_u32_default(info->attrs[WEFT_FILTER_A_POLICY],
					    WEFT_FILTER_ACCEPT);
	if (!info->attrs[WEFT_FILTER_A_HOOK])
		return 0;
	return weft_fw_hook_new(chain, trans->fw, nla_get_u32(info->attrs[WEFT_FILTER_A_HOOK]),
				priority ? nla_get_s32(priority) : 0);
}

/**
 * weft_change_new_chain() - make a chain, or change its policy
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_new_chain(struct weft_trans *trans, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[WEFT_FILTER_A_CHAIN];
	struct weft_fw_chain *chain;
	u32 table;
	int err;

	err = weft_change_table(trans, info, &table);
	if (err)
		return err;
	if (!name)
		return weft_refuse(info->extack, "the name of the chain is missing", -EINVAL);
	chain = weft_ruleset_chain(trans->next, table, nla_data(name));
	err = weft_chain_check(info, chain);
	if (err || chain)
		return err ?: weft_chain_update(trans, info, chain);
	chain = weft_fw_chain_new(trans);
	if (!chain)
		return -ENOMEM;
	chain->table = table;
	err = weft_chain_fill(trans, info, chain) ?:
	      weft_ruleset_add_chain(trans->next, chain);
	if (err) {
		weft_fw_chain_put(chain);
		return weft_refuse(info->extack, "no room for another chain", err);
	}
	weft_told_chain(trans, WEFT_FILTER_CMD_NEW_CHAIN, chain);
	return 0;
}

/**
 * weft_trans_drop_chain() - take a chain out of a transaction's ruleset
 * @trans: the transaction
 * @slot: of the chain; what its rules lead to is accounted for
 */
void weft_trans_drop_chain(struct weft_trans *trans, u32 slot)
{
	struct weft_fw_chain_slot *at = &trans->next->chains[slot];

	weft_told_chain(trans, WEFT_FILTER_CMD_DEL_CHAIN, at->chain);
	weft_fw_chain_put(at->chain);
	*at = (struct weft_fw_chain_slot){};
}

/**
 * weft_change_del_chain() - delete an empty chain that nothing leads to
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_del_chain(struct weft_trans *trans, struct genl_info *info)
{
	struct weft_fw_chain *chain;
	u32 table;
	int err;

	err = weft_change_table(trans, info, &table);
	if (err)
		return err;
	chain = weft_change_chain(trans, info, table);
	if (IS_ERR(chain))
		return PTR_ERR(chain);
	if (trans->next->chains[chain->slot].uses)
		return weft_refuse_attr(info->extack, info->attrs[WEFT_FILTER_A_CHAIN],
					"something leads to the chain", -EBUSY);
	if (chain->n_rules)
		return weft_refuse_attr(info->extack, info->attrs[WEFT_FILTER_A_CHAIN],
					"the chain has rules", -EBUSY);
	weft_trans_drop_chain(trans, chain->slot);
	return 0;
}
