// SPDX-License-Identifier: GPL-2.0
/* Chains: their versions, their rules, and how these become ops. */
#include <linux/percpu.h>
#include <linux/slab.h>
#include "chain.h"
#include "eval.h"
#include "expr.h"
#include "pernet.h"
#include "track.h"

/* --- counters ---------------------------------------------------------------------------- */

/**
 * weft_fw_counter_init() - begin to count
 * @counter: filled in
 *
 * Return: 0 or -ENOMEM.
 */
int weft_fw_counter_init(struct weft_fw_counter *counter)
{
	int cpu;

	counter->cpu = alloc_percpu_gfp(struct weft_fw_count, GFP_KERNEL_ACCOUNT);
	if (!counter->cpu)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(counter->cpu, cpu)->sync);
	counter->base = (struct weft_filter_counters){};
	return 0;
}

/**
 * weft_fw_counter_free() - end
 * @counter: the counter
 */
void weft_fw_counter_free(struct weft_fw_counter *counter)
{
	free_percpu(counter->cpu);
}

/**
 * weft_fw_counter_read() - what was counted?
 * @counter: the counter
 * @sum: filled in
 *
 * Context: the firewall's mutex, so that it is not set meanwhile.
 */
void weft_fw_counter_read(const struct weft_fw_counter *counter,
			  struct weft_filter_counters *sum)
{
	const struct weft_fw_count *count;
	u64 packets, bytes;
	unsigned int start;
	int cpu;

	*sum = counter->base;
	for_each_possible_cpu(cpu) {
		count = per_cpu_ptr(counter->cpu, cpu);
		do {
			start = u64_stats_fetch_begin(&count->sync);
			packets = u64_stats_read(&count->packets);
			bytes = u64_stats_read(&count->bytes);
		} while (u64_stats_fetch_retry(&count->sync, start));
		sum->packets += packets;
		sum->bytes += bytes;
	}
}

/**
 * weft_fw_counter_set() - go on from other numbers
 * @counter: the counter
 * @value: the numbers
 *
 * Context: the firewall's mutex.
 */
void weft_fw_counter_set(struct weft_fw_counter *counter,
			 const struct weft_filter_counters *value)
{
	struct weft_filter_counters sum;

	weft_fw_counter_read(counter, &sum);
	counter->base.packets += value->packets - sum.packets;
	counter->base.bytes += value->bytes - sum.bytes;
}

/* --- rules --------------------------------------------------------------------------------- */

/**
 * weft_fw_rule_new() - make a rule
 * @fw: its namespace
 * @n: expressions, which are zero
 *
 * Return: the rule with one user and a new handle, or NULL.
 */
struct weft_fw_rule *weft_fw_rule_new(struct weft_fw_net *fw, unsigned int n)
{
	struct weft_fw_rule *rule;

	rule = kzalloc(sizeof(*rule), GFP_KERNEL_ACCOUNT);
	if (!rule)
		return NULL;
	rule->exprs = kcalloc(n, sizeof(*rule->exprs), GFP_KERNEL_ACCOUNT);
	if (!rule->exprs) {
		kfree(rule);
		return NULL;
	}
	refcount_set(&rule->users, 1);
	rule->fw = fw;
	rule->handle = ++fw->last_handle;
	rule->n = n;
	return rule;
}

/**
 * weft_fw_rule_put() - give up a reference
 * @rule: the rule
 *
 * Context: as weft_fw_chain_put().
 */
void weft_fw_rule_put(struct weft_fw_rule *rule)
{
	unsigned int i;

	if (!refcount_dec_and_test(&rule->users))
		return;
	for (i = 0; i < rule->n; i++)
		weft_expr_free(&rule->exprs[i]);
	if (rule->tracks)
		weft_track_put(rule->fw->net);
	kfree(rule->exprs);
	kfree(rule->comment);
	kfree(rule);
}

/* --- chains --------------------------------------------------------------------------------- */

/**
 * weft_fw_hook_new() - make a chain a base chain
 * @chain: the chain
 * @fw: its namespace
 * @hooknum: WEFT_FILTER_HOOK_*
 * @priority: place among others on the hook
 *
 * The hook is not registered yet.
 *
 * Return: 0 or -ENOMEM.
 */
int weft_fw_hook_new(struct weft_fw_chain *chain, struct weft_fw_net *fw, u32 hooknum,
		     s32 priority)
{
	struct weft_fw_hook *hook = kzalloc(sizeof(*hook), GFP_KERNEL_ACCOUNT);

	if (!hook)
		return -ENOMEM;
	if (weft_fw_counter_init(&hook->policy)) {
		kfree(hook);
		return -ENOMEM;
	}
	hook->ops.hook = weft_eval_hook;
	hook->ops.priv = hook;
	hook->ops.hooknum = hooknum;
	hook->ops.priority = priority;
	hook->fw = fw;
	refcount_set(&hook->users, 1);
	chain->hook = hook;
	return 0;
}

static void weft_fw_hook_put(struct weft_fw_hook *hook)
{
	if (!hook || !refcount_dec_and_test(&hook->users))
		return;
	WARN_ON_ONCE(hook->registered);
	weft_fw_counter_free(&hook->policy);
	kfree(hook);
}

static struct weft_fw_rule **weft_fw_rules_alloc(u32 room)
{
	return kvmalloc_array(room, sizeof(struct weft_fw_rule *), GFP_KERNEL_ACCOUNT);
}

/**
 * weft_fw_chain_new() - make a chain without rules
 * @owner: the transaction
 *
 * Return: the chain with one user, or NULL.
 */
struct weft_fw_chain *weft_fw_chain_new(struct weft_trans *owner)
{
	struct weft_fw_chain *chain = kzalloc(sizeof(*chain), GFP_KERNEL_ACCOUNT);

	if (!chain)
		return NULL;
	refcount_set(&chain->users, 1);
	chain->owner = owner;
	chain->policy = WEFT_FILTER_ACCEPT;
	return chain;
}

/**
 * weft_fw_chain_copy() - make a version of a chain that may be changed
 * @from: the version that may not
 * @owner: the transaction
 *
 * Return: the version with one user, or NULL.
 */
struct weft_fw_chain *weft_fw_chain_copy(const struct weft_fw_chain *from,
					 struct weft_trans *owner)
{
	struct weft_fw_chain *chain = kmemdup(from, sizeof(*from), GFP_KERNEL_ACCOUNT);
	u32 i;

	if (!chain)
		return NULL;
	refcount_set(&chain->users, 1);
	chain->owner = owner;
	chain->ops = NULL;
	chain->starts = NULL;
	chain->room = from->n_rules + 8;
	chain->rules = weft_fw_rules_alloc(chain->room);
	if (!chain->rules) {
		kfree(chain);
		return NULL;
	}
	for (i = 0; i < from->n_rules; i++) {
		chain->rules[i] = from->rules[i];
		refcount_inc(&chain->rules[i]->users);
	}
	if (chain->hook)
		refcount_inc(&chain->hook->users);
	return chain;
}

/**
 * weft_fw_chain_put() - give up a reference
 * @chain: a version of a chain
 *
 * Context: the firewall's mutex, may sleep; if packets saw it, a grace period later.
 */
void weft_fw_chain_put(struct weft_fw_chain *chain)
{
	u32 i;

	if (!refcount_dec_and_test(&chain->users))
		return;
	for (i = 0; i < chain->n_rules; i++)
		weft_fw_rule_put(chain->rules[i]);
	weft_fw_hook_put(chain->hook);
	kvfree(chain->rules);
	kvfree(chain->ops);
	kvfree(chain->starts);
	kfree(chain);
}

static int weft_fw_chain_grow(struct weft_fw_chain *chain)
{
	struct weft_fw_rule **rules;
	u32 room = max_t(u32, 8, 2 * chain->room);

	if (chain->n_rules >= WEFT_FW_RULES_MAX)
		return -ENOSPC;
	if (chain->n_rules < chain->room)
		return 0;
	rules = weft_fw_rules_alloc(room);
	if (!rules)
		return -ENOMEM;
	if (chain->n_rules)
		memcpy(rules, chain->rules, chain->n_rules * sizeof(*rules));
	kvfree(chain->rules);
	chain->rules = rules;
	chain->room = room;
	return 0;
}

/**
 * weft_fw_chain_insert() - put a rule into a chain
 * @chain: a version that may be changed
 * @at: before which rule; the number of rules: at the end
 * @rule: the rule; its reference becomes the chain's
 *
 * Return: 0, -ENOSPC or -ENOMEM.
 */
int weft_fw_chain_insert(struct weft_fw_chain *chain, u32 at, struct weft_fw_rule *rule)
{
	int err = weft_fw_chain_grow(chain);

	if (err)
		return err;
	memmove(chain->rules + at + 1, chain->rules + at,
		(chain->n_rules - at) * sizeof(*chain->rules));
	chain->rules[at] = rule;
	chain->n_rules++;
	return 0;
}

/**
 * weft_fw_chain_remove() - take a rule out of a chain
 * @chain: a version that may be changed
 * @at: which
 */
void weft_fw_chain_remove(struct weft_fw_chain *chain, u32 at)
{
	struct weft_fw_rule *rule = chain->rules[at];

	chain->n_rules--;
	memmove(chain->rules + at, chain->rules + at + 1,
		(chain->n_rules - at) * sizeof(*chain->rules));
	weft_fw_rule_put(rule);
}

/* --- ops -------------------------------------------------------------------------------------- */

/* The ops of a rule; how many. Without @op they are only counted. */
static unsigned int weft_fw_rule_compile(struct weft_fw_rule *rule, struct weft_op *op)
{
	const struct weft_expr *last = rule->n ? &rule->exprs[rule->n - 1] : NULL;
	unsigned int i, n = 0;

	for (i = 0; i < rule->n; i++)
		n += weft_expr_compile(&rule->exprs[i], op ? op + n : NULL);
	if (!last || !weft_expr_ends(last)) {
		if (op)
			op[n] = (struct weft_op){ .code = WEFT_OP_CONTINUE };
		n++;
	}
	for (i = 0; op && i < n; i++)
		op[i].skip = n - i;
	return n;
}

/**
 * weft_fw_chain_compile() - make the ops of a chain
 * @chain: a version that may be changed
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int weft_fw_chain_compile(struct weft_fw_chain *chain)
{
	struct weft_op *ops;
	u32 i, *starts, n = 1;

	for (i = 0; i < chain->n_rules; i++)
		n += weft_fw_rule_compile(chain->rules[i], NULL);
	/* That may be more than there can be. */
	ops = kvcalloc(n, sizeof(*ops), GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	starts = kvmalloc_array(chain->n_rules + 1, sizeof(*starts), GFP_KERNEL_ACCOUNT);
	if (!ops || !starts) {
		kvfree(ops);
		kvfree(starts);
		return -ENOMEM;
	}
	for (i = 0, n = 0; i < chain->n_rules; i++) {
		starts[i] = n;
		n += weft_fw_rule_compile(chain->rules[i], ops + n);
		cond_resched();
	}
	ops[n].code = WEFT_OP_END;
	kvfree(chain->ops);
	kvfree(chain->starts);
	chain->ops = ops;
	chain->starts = starts;
	return 0;
}

/**
 * weft_fw_chain_handle_at() - which rule is it?
 * @chain: the chain
 * @op: an op of a rule
 *
 * Return: handle of the rule.
 */
u64 weft_fw_chain_handle_at(const struct weft_fw_chain *chain, const struct weft_op *op)
{
	u32 at = op - chain->ops, low = 0, high = chain->n_rules, middle;

	while (high - low > 1) {
		middle = (low + high) / 2;
		if (chain->starts[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return chain->rules[low]->handle;
}
