// SPDX-License-Identifier: GPL-2.0
/* No chain may lead back to itself, and none too deep into others. */
#include <linux/slab.h>
#include "expr.h"
#include "transaction.h"

/**
 * struct weft_loops - how deep chains lead
 * @trans: in the ruleset of which transaction
 * @height: for each slot, how deep its chain leads and 1; 0: not known yet
 * @depth: how deep the walk is
 * @highest: of the chains that the one at hand leads to
 */
struct weft_loops {
	struct weft_trans	*trans;
	u8			*height;
	unsigned int		depth;
	int			highest;
};

static int weft_loops_visit(struct weft_loops *loops, u32 slot);

static int weft_loops_elem(struct weft_trans *trans, struct weft_set *set,
			   struct weft_elem *elem, void *arg)
{
	return weft_elem_leads(set, elem) ? weft_loops_visit(arg, elem->data) : 0;
}

static int weft_loops_expr(struct weft_loops *loops, const struct weft_expr *expr)
{
	if (expr->type == WEFT_FILTER_E_VERDICT && weft_expr_leads(expr))
		return weft_loops_visit(loops, expr->slot);
	if (expr->type == WEFT_FILTER_E_LOOKUP && weft_expr_ends(expr))
		return weft_trans_each_elem(loops->trans, expr->lookup.set, weft_loops_elem,
					    loops);
	return 0;
}

/* As deep as what it leads to, and one more; the walk is never deeper than that may be. */
static int weft_loops_chain(struct weft_loops *loops, const struct weft_fw_chain *chain)
{
	int err, highest = loops->highest;
	unsigned int j;
	u32 i;

	if (loops->depth > WEFT_FILTER_JUMPS_MAX)
		return -ELOOP;
	loops->depth++;
	loops->highest = 0;
	for (i = 0; i < chain->n_rules; i++) {
		for (j = 0; j < chain->rules[i]->n; j++) {
			err = weft_loops_expr(loops, &chain->rules[i]->exprs[j]);
			if (err)
				return err;
		}
	}
	loops->depth--;
	if (loops->highest > WEFT_FILTER_JUMPS_MAX)
		return -ELOOP;
	loops->height[chain->slot] = loops->highest + 1;
	loops->highest = highest;
	return 0;
}

static int weft_loops_visit(struct weft_loops *loops, u32 slot)
{
	int err = loops->height[slot] ? 0 :
		  weft_loops_chain(loops, loops->trans->next->chains[slot].chain);

	if (!err)
		loops->highest = max_t(int, loops->highest, loops->height[slot]);
	return err;
}

/**
 * weft_loops_check() - is there a circle, or a way that is too long?
 * @trans: in the ruleset of which transaction
 *
 * Context: the firewall's mutex, may sleep.
 * Return: 0, -ELOOP or -ENOMEM.
 */
int weft_loops_check(struct weft_trans *trans)
{
	const struct weft_ruleset *rs = trans->next;
	struct weft_loops loops = { .trans = trans };
	int err = 0;
	u32 i;

	loops.height = kvzalloc(max_t(u32, rs->n_chains, 1), GFP_KERNEL);
	if (!loops.height)
		return -ENOMEM;
	for (i = 0; i < rs->n_chains && !err; i++)
		if (rs->chains[i].chain)
			err = weft_loops_visit(&loops, i);
	kvfree(loops.height);
	return err;
}
