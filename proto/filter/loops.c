// SPDX-License-Identifier: GPL-2.0
/* No chain may lead back to itself, none too deep into others, and none past too many rules. */
#include <linux/slab.h>
#include "expr.h"
#include "transaction.h"

/*
 * Rules that a packet may meet in a base chain and all that it leads to. A few chains with
 * a hundred jumps each, one to the next, would be more than a processor gets done in a year.
 */
#define WEFT_FW_STEPS_MAX	(4 * WEFT_FW_RULES_MAX)

/**
 * struct weft_reach - how far packets get from a chain on
 * @height: chains within each other, the chain counted; 0: not known yet
 * @steps: rules that one of them meets at most
 */
struct weft_reach {
	u8	height;
	u32	steps;
};

/**
 * struct weft_loops - a walk over all chains
 * @trans: in the ruleset of which transaction
 * @chains: by slot
 * @depth: how deep the walk is
 */
struct weft_loops {
	struct weft_trans	*trans;
	struct weft_reach	*chains;
	unsigned int		depth;
};

/**
 * struct weft_leads - where a rule leads
 * @loops: the walk
 * @height: of the highest chain
 * @jump: steps of the longest one that packets come back from
 * @away: of the longest one that they do not come back from
 */
struct weft_leads {
	struct weft_loops	*loops;
	u8			height;
	u32			jump;
	u32			away;
};

static int weft_loops_chain(struct weft_loops *loops, const struct weft_fw_chain *chain);

static int weft_loops_lead(struct weft_leads *leads, u32 slot, u8 verdict)
{
	struct weft_loops *loops = leads->loops;
	const struct weft_reach *to = &loops->chains[slot];
	u32 *most = verdict == WEFT_FILTER_GOTO ? &leads->away : &leads->jump;
	int err = to->height ? 0 :
		  weft_loops_chain(loops, loops->trans->next->chains[slot].chain);

	if (err)
		return err;
	leads->height = max(leads->height, to->height);
	*most = max(*most, to->steps);
	return 0;
}

static int weft_loops_elem(struct weft_trans *trans, struct weft_set *set,
			   struct weft_elem *elem, void *arg)
{
	return weft_elem_leads(set, elem) ? weft_loops_lead(arg, elem->data, elem->verdict) : 0;
}

static int weft_loops_rule(struct weft_leads *leads, const struct weft_fw_rule *rule)
{
	const struct weft_expr *last = rule->n ? &rule->exprs[rule->n - 1] : NULL;

	if (!last || !weft_expr_ends(last))
		return 0;
	if (last->type == WEFT_FILTER_E_VERDICT && weft_expr_leads(last))
		return weft_loops_lead(leads, last->slot, last->verdict);
	if (last->type == WEFT_FILTER_E_LOOKUP)
		return weft_trans_each_elem(leads->loops->trans, last->lookup.set,
					    weft_loops_elem, leads);
	return 0;
}

/* As far as what it leads to, and its own rules; the walk is never deeper than that may be. */
static int weft_loops_chain(struct weft_loops *loops, const struct weft_fw_chain *chain)
{
	struct weft_reach reach = { .height = 1 };
	u64 steps = 0, most = 0;
	u32 i;

	if (loops->depth++ > WEFT_FILTER_JUMPS_MAX)
		return -ELOOP;
	for (i = 0; i < chain->n_rules; i++) {
		struct weft_leads leads = { .loops = loops };
		int err = weft_loops_rule(&leads, chain->rules[i]);

		if (err)
			return err;
		reach.height = max_t(u8, reach.height, leads.height + 1);
		most = max(most, ++steps + leads.away);
		steps += leads.jump;
		if (max(most, steps) > WEFT_FW_STEPS_MAX)
			return -E2BIG;
		cond_resched();
	}
	loops->depth--;
	if (reach.height > WEFT_FILTER_JUMPS_MAX + 1)
		return -ELOOP;
	reach.steps = max(most, steps);
	loops->chains[chain->slot] = reach;
	return 0;
}

/**
 * weft_loops_check() - is there a circle, or a way that is too long?
 * @trans: in the ruleset of which transaction
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0, -ELOOP, -E2BIG if a packet could meet too many rules, or -ENOMEM.
 */
int weft_loops_check(struct weft_trans *trans)
{
	const struct weft_ruleset *rs = trans->next;
	struct weft_loops loops = { .trans = trans };
	int err = 0;
	u32 i;

	loops.chains = kvcalloc(max_t(u32, rs->n_chains, 1), sizeof(*loops.chains), GFP_KERNEL);
	if (!loops.chains)
		return -ENOMEM;
	for (i = 0; i < rs->n_chains && !err; i++)
		if (rs->chains[i].chain && !loops.chains[i].height)
			err = weft_loops_chain(&loops, rs->chains[i].chain);
	kvfree(loops.chains);
	return err;
}
