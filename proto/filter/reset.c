// SPDX-License-Identifier: GPL-2.0
/* Counters and quotas begin again at nothing, at once and outside of transactions. */
#include "../extack.h"
#include "chain.h"
#include "expr.h"
#include "netlink.h"
#include "reset.h"

static void weft_reset_rule(struct weft_fw_rule *rule)
{
	static const struct weft_filter_counters zero;
	unsigned int i;

	for (i = 0; i < rule->n; i++) {
		if (rule->exprs[i].type == WEFT_FILTER_E_COUNTER)
			weft_fw_counter_set(&rule->exprs[i].counter, &zero);
		else if (rule->exprs[i].type == WEFT_FILTER_E_QUOTA)
			atomic64_set(&rule->exprs[i].quota.used, 0);
	}
}

/* All rules of a chain and its policy, or one rule; was there any? */
static bool weft_reset_chain(struct weft_fw_chain *chain, const struct nlattr *handle)
{
	static const struct weft_filter_counters zero;
	bool found = !handle;
	u32 i;

	if (!handle && chain->hook)
		weft_fw_counter_set(&chain->hook->policy, &zero);
	for (i = 0; i < chain->n_rules; i++) {
		if (handle && chain->rules[i]->handle != nla_get_u64(handle))
			continue;
		weft_reset_rule(chain->rules[i]);
		found = true;
	}
	return found;
}

/**
 * weft_reset() - reset counters and quotas
 * @rs: the ruleset in force
 * @info: which ones
 *
 * Context: the firewall's mutex.
 * Return: 0, -EINVAL or -ENOENT.
 */
int weft_reset(const struct weft_ruleset *rs, struct genl_info *info)
{
	const struct nlattr *table = info->attrs[WEFT_FILTER_A_TABLE];
	const struct nlattr *name = info->attrs[WEFT_FILTER_A_CHAIN];
	const struct nlattr *handle = info->attrs[WEFT_FILTER_A_HANDLE];
	struct weft_fw_chain *chain;
	u32 i, slot = WEFT_FW_NONE;
	bool found = false;

	if ((name && !table) || (handle && !name))
		return weft_refuse(info->extack, "the name of the table or the chain is missing",
				   -EINVAL);
	if (table && !weft_ruleset_table(rs, nla_data(table), &slot))
		return weft_refuse_attr(info->extack, table, "no such table", -ENOENT);
	for (i = 0; i < rs->n_chains; i++) {
		chain = rs->chains[i].chain;
		if (chain && (!table || chain->table == slot) &&
		    (!name || !strcmp(chain->name, nla_data(name))))
			found |= weft_reset_chain(chain, handle);
	}
	if (name && !found)
		return weft_refuse_attr(info->extack, handle ?: name, "no such chain or rule",
					-ENOENT);
	return 0;
}
