// SPDX-License-Identifier: GPL-2.0
/* Changes of rules. */
#include <linux/slab.h>
#include "../extack.h"
#include "chain.h"
#include "expr.h"
#include "message.h"
#include "netlink.h"
#include "transaction.h"

/* Accounts for what a rule leads to and uses. */
static void weft_rule_use(struct weft_trans *trans, const struct weft_fw_rule *rule, int by)
{
	const struct weft_expr *expr;
	unsigned int i;

	for (i = 0; i < rule->n; i++) {
		expr = &rule->exprs[i];
		if (expr->type == WEFT_FILTER_E_VERDICT && weft_expr_leads(expr)) {
			trans->next->chains[expr->slot].uses += by;
			trans->leads = true;
		} else if (expr->type == WEFT_FILTER_E_LOOKUP ||
			   expr->type == WEFT_FILTER_E_UPDATE) {
			trans->next->sets[expr->lookup.set->slot].uses += by;
			trans->leads |= weft_expr_ends(expr);
		}
	}
}

/**
 * weft_trans_unuse_rules() - account for the end of a chain's rules
 * @trans: the transaction
 * @chain: the chain
 */
void weft_trans_unuse_rules(struct weft_trans *trans, const struct weft_fw_chain *chain)
{
	u32 i;

	for (i = 0; i < chain->n_rules; i++)
		weft_rule_use(trans, chain->rules[i], -1);
}

static int weft_rule_find(const struct weft_fw_chain *chain, const struct nlattr *handle,
			  u32 *at, struct netlink_ext_ack *extack)
{
	u32 i;

	for (i = 0; i < chain->n_rules; i++) {
		if (chain->rules[i]->handle == nla_get_u64(handle)) {
			*at = i;
			return 0;
		}
	}
	return weft_refuse_attr(extack, handle, "no such rule in the chain", -ENOENT);
}

/* Where in its chain a new rule goes. */
static int weft_rule_place(struct genl_info *info, const struct weft_fw_chain *chain, u32 *at)
{
	const struct nlattr *handle = info->attrs[WEFT_FILTER_A_HANDLE];
	const struct nlattr *position = info->attrs[WEFT_FILTER_A_POSITION];
	bool append = info->nlhdr->nlmsg_flags & NLM_F_APPEND;
	int err;

	if (info->nlhdr->nlmsg_flags & NLM_F_REPLACE) {
		if (!handle)
			return weft_refuse(info->extack, "the handle of the rule is missing",
					   -EINVAL);
		return weft_rule_find(chain, handle, at, info->extack);
	}
	*at = append ? chain->n_rules : 0;
	if (!position)
		return 0;
	err = weft_rule_find(chain, position, at, info->extack);
	if (!err && append)
		++*at;
	return err;
}

static struct weft_fw_rule *weft_rule_parse(struct weft_trans *trans, struct genl_info *info,
					    u32 table, const struct weft_fw_chain *chain)
{
	const struct nlattr *comment = info->attrs[WEFT_FILTER_A_COMMENT];
	struct weft_expr_ctx ctx = {
		.trans = trans,
		.rs = trans->next,
		.table = table,
		.chain = chain,
		.extack = info->extack,
	};
	struct weft_fw_rule *rule;

	if (!info->attrs[WEFT_FILTER_A_EXPRS])
		return ERR_PTR(weft_refuse(info->extack, "a rule has expressions", -EINVAL));
	rule = weft_exprs_parse(&ctx, info->attrs[WEFT_FILTER_A_EXPRS]);
	if (IS_ERR(rule) || !comment)
		return rule;
	rule->comment = weft_comment_new(comment);
	if (rule->comment)
		return rule;
	weft_fw_rule_put(rule);
	return ERR_PTR(-ENOMEM);
}

/**
 * weft_change_new_rule() - add or replace a rule
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_new_rule(struct weft_trans *trans, struct genl_info *info)
{
	struct weft_fw_chain *chain;
	struct weft_fw_rule *rule;
	u32 table, at;
	int err;

	err = weft_change_table(trans, info, &table);
	if (err)
		return err;
	chain = weft_change_chain(trans, info, table);
	if (IS_ERR(chain))
		return PTR_ERR(chain);
	err = weft_rule_place(info, chain, &at);
	if (err)
		return err;
	rule = weft_rule_parse(trans, info, table, chain);
	if (IS_ERR(rule))
		return PTR_ERR(rule);
	chain = weft_trans_chain(trans, chain);
	err = chain ? weft_fw_chain_insert(chain, at, rule) : -ENOMEM;
	if (err) {
		weft_fw_rule_put(rule);
		return weft_refuse(info->extack, "no room for another rule", err);
	}
	weft_rule_use(trans, rule, 1);
	trans->leads |= trans->next->chains[chain->slot].uses;
	if (info->nlhdr->nlmsg_flags & NLM_F_REPLACE) {
		weft_rule_use(trans, chain->rules[at + 1], -1);
		weft_told_rule(trans, WEFT_FILTER_CMD_DEL_RULE, chain, chain->rules[at + 1]);
		weft_fw_chain_remove(chain, at + 1);
	}
	weft_told_rule(trans, WEFT_FILTER_CMD_NEW_RULE, chain, rule);
	return 0;
}

/**
 * weft_change_del_rule() - delete a rule
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_del_rule(struct weft_trans *trans, struct genl_info *info)
{
	const struct nlattr *handle = info->attrs[WEFT_FILTER_A_HANDLE];
	struct weft_fw_chain *chain;
	u32 table, at;
	int err;

	err = weft_change_table(trans, info, &table);
	if (err)
		return err;
	chain = weft_change_chain(trans, info, table);
	if (IS_ERR(chain))
		return PTR_ERR(chain);
	if (!handle)
		return weft_refuse(info->extack, "the handle of the rule is missing", -EINVAL);
	err = weft_rule_find(chain, handle, &at, info->extack);
	if (err)
		return err;
	chain = weft_trans_chain(trans, chain);
	if (!chain)
		return -ENOMEM;
	weft_rule_use(trans, chain->rules[at], -1);
	weft_told_rule(trans, WEFT_FILTER_CMD_DEL_RULE, chain, chain->rules[at]);
	weft_fw_chain_remove(chain, at);
	return 0;
}
