// SPDX-License-Identifier: GPL-2.0
/*
 * The road of a packet through the rules. Comparisons are done here, without a call; a
 * rule that does not match costs one of them. Fields and the stack are not filled with zeros
 * first, which would cost as much as some rules.
 */
#include "../gso.h"
#include "../hook.h"
#include "../input.h"
#include "chain.h"
#include "eval.h"
#include "expr.h"
#include "field.h"
#include "log.h"
#include "pernet.h"
#include "reject.h"
#include "set.h"
#include "trace.h"
#include "track.h"

/**
 * struct weft_return - where to go on after a chain
 * @chain: in which chain
 * @op: with what
 */
struct weft_return {
	const struct weft_fw_chain	*chain;
	const struct weft_op		*op;
};

/* --- what is no plain comparison --------------------------------------------------------- */

/* Names are compared in two parts; of labels one must be set. */
static bool weft_eval_match(struct weft_packet *packet, const struct weft_expr *expr)
{
	const struct weft_match *match = &expr->match;
	unsigned int i, word = match->field;
	bool equal = true;
	u64 value;

	for (i = 0; i < weft_field_words(match->field); i++) {
		if (i)
			word = weft_field_second(match->field);
		if (!weft_field_read(packet, word, match->arg))
			return false;
		if (match->field == WEFT_FILTER_F_CT_LABEL)
			return !!(packet->word[word] & BIT_ULL(match->first[0])) != expr->invert;
		value = packet->word[word] & match->mask[i];
		equal &= value >= match->first[i] && value <= match->last[i];
	}
	return equal != expr->invert;
}

/* How many numbers the key has; 0 if the packet does not have all of them. */
static unsigned int weft_eval_key(struct weft_packet *packet, const struct weft_key *key,
				  u64 *words)
{
	unsigned int i, n = 0, second;

	for (i = 0; i < key->n; i++) {
		if (!weft_field_read(packet, key->fields[i], key->arg))
			return 0;
		words[n++] = packet->word[key->fields[i]];
		if (!weft_field_name(key->fields[i]))
			continue;
		second = weft_field_second(key->fields[i]);
		if (!weft_field_read(packet, second, 0))
			return 0;
		words[n++] = packet->word[second];
	}
	return n;
}

static struct weft_elem *weft_eval_find(struct weft_packet *packet,
					const struct weft_lookup *lookup, bool *has)
{
	u64 words[WEFT_SET_WORDS_MAX] __uninitialized;

	*has = weft_eval_key(packet, &lookup->key, words);
	return *has ? weft_store_find(&lookup->set->store, words, packet->gen) : NULL;
}

static bool weft_eval_assign(struct weft_packet *packet, u32 target, u32 mask, u64 value)
{
	struct sk_buff *skb = packet->skb;
	struct weft_hdr *hdr;

	switch (target) {
	case WEFT_FILTER_TARGET_MARK:
		skb->mark = (skb->mark & ~mask) | value;
		weft_field_forget(packet, WEFT_FILTER_F_MARK);
		break;
	case WEFT_FILTER_TARGET_CT_MARK:
		weft_track_set_mark(skb, mask, value);
		weft_field_forget(packet, WEFT_FILTER_F_CT_MARK);
		break;
	case WEFT_FILTER_TARGET_CT_LABEL:
		weft_track_set_label(skb, value);
		weft_field_forget(packet, WEFT_FILTER_F_CT_LABEL);
		break;
	case WEFT_FILTER_TARGET_CT_ZONE:
		weft_track_cb(skb)->zone = (weft_track_cb(skb)->zone & ~mask) | value;
		weft_field_forget(packet, WEFT_FILTER_F_CT_ZONE);
		break;
	case WEFT_FILTER_TARGET_CLASS:
		if (skb_ensure_writable(skb, sizeof(*hdr)))
			return false;
		hdr = (struct weft_hdr *)skb_network_header(skb);
		hdr->vc = (hdr->vc & ~(mask & WEFT_CLASS_MASK)) | (value & WEFT_CLASS_MASK);
		weft_field_forget(packet, WEFT_FILTER_F_CLASS);
		break;
	}
	return true;
}

static bool weft_eval_lookup(struct weft_packet *packet, const struct weft_expr *expr)
{
	struct weft_elem *elem;
	bool has;

	elem = weft_eval_find(packet, &expr->lookup, &has);
	if (!has || !elem == !expr->invert)
		return false;
	if (expr->lookup.target == WEFT_FW_NONE)
		return true;
	return weft_eval_assign(packet, expr->lookup.target, U32_MAX, elem->data);
}

static u64 weft_eval_units(const struct weft_packet *packet, const struct weft_limit *limit)
{
	return limit->bytes ? weft_gso_octets(packet->skb) : weft_gso_packets(packet->skb);
}

static bool weft_eval_limit(struct weft_packet *packet, const struct weft_expr *expr)
{
	struct weft_limit *limit = expr->limit;
	u64 words[WEFT_SET_WORDS_MAX] __uninitialized;
	unsigned int n;

	if (!limit->key.n)
		return weft_limit_take(limit, &limit->full, weft_eval_units(packet, limit)) !=
		       expr->invert;
	n = weft_eval_key(packet, &limit->key, words);
	return n && weft_limit_take_key(limit, words, n, weft_eval_units(packet, limit)) !=
		    expr->invert;
}

static bool weft_eval_quota(struct weft_packet *packet, struct weft_expr *expr)
{
	u64 used = atomic64_add_return(weft_gso_octets(packet->skb), &expr->quota.used);

	return (used <= expr->quota.max) != expr->invert;
}

static bool weft_eval_update(struct weft_packet *packet, const struct weft_expr *expr)
{
	const struct weft_lookup *lookup = &expr->lookup;
	u64 words[WEFT_SET_WORDS_MAX] __uninitialized, timeout;
	struct weft_elem *elem;

	if (!weft_eval_key(packet, &lookup->key, words))
		return false;
	timeout = weft_timeout_jiffies(lookup->timeout ?: lookup->set->timeout);
	elem = weft_set_update(lookup->set, words, packet->gen, lookup->op, timeout);
	if (!elem || !lookup->limit)
		return elem;
	return weft_limit_take(lookup->limit, &elem->full,
			       weft_eval_units(packet, lookup->limit)) != expr->invert;
}

static void weft_eval_count(const struct weft_packet *packet, struct weft_fw_counter *counter)
{
	weft_fw_counter_add(counter, weft_gso_packets(packet->skb),
			    weft_gso_octets(packet->skb));
}

/* An expression that goes on with the next one if it returns true. */
static noinline bool weft_eval_expr(struct weft_packet *packet, const struct weft_fw_chain *chain,
				    const struct weft_op *op)
{
	struct weft_expr *expr = op->expr;

	switch (op->code) {
	case WEFT_OP_MATCH:
		return weft_eval_match(packet, expr);
	case WEFT_OP_LOOKUP:
		return weft_eval_lookup(packet, expr);
	case WEFT_OP_COUNTER:
		weft_eval_count(packet, &expr->counter);
		return true;
	case WEFT_OP_LIMIT:
		return weft_eval_limit(packet, expr);
	case WEFT_OP_QUOTA:
		return weft_eval_quota(packet, expr);
	case WEFT_OP_SET:
		return weft_eval_assign(packet, expr->assign.target, expr->assign.mask,
					expr->assign.value);
	case WEFT_OP_UPDATE:
		return weft_eval_update(packet, expr);
	case WEFT_OP_LOG:
		weft_log(packet, expr->log);
		return true;
	case WEFT_OP_TRACE:
		weft_trace_begin(packet, chain);
		return true;
	case WEFT_OP_NOTRACK:
		if (!weft_track_cb(packet->skb)->state)
			weft_track_cb(packet->skb)->state = WEFT_TRACK_UNTRACKED;
		weft_field_forget(packet, WEFT_FILTER_F_CT_STATE);
		return true;
	}
	return true;
}

/* --- the loop ------------------------------------------------------------------------------ */

/* Steps over ops until there is one that decides. */
static __always_inline const struct weft_op *weft_eval_ops(struct weft_packet *packet,
							   const struct weft_fw_chain *chain,
							   const struct weft_op *op)
{
	bool matches;
	u64 value;

	for (;; op += matches ? 1 : op->skip) {
		if (op->code <= WEFT_OP_OUTSIDE) {
			matches = weft_field_read(packet, op->field, 0);
			if (unlikely(!matches))
				continue;
			value = packet->word[op->field] & op->mask;
			if (op->code == WEFT_OP_EQUAL)
				matches = value == op->first;
			else if (op->code == WEFT_OP_INSIDE)
				matches = value - op->first <= op->span;
			else if (op->code == WEFT_OP_UNEQUAL)
				matches = value != op->first;
			else
				matches = value - op->first > op->span;
		} else if (op->code < WEFT_OP_CONTINUE && op->code != WEFT_OP_VERDICT_MAP &&
			   op->code != WEFT_OP_REJECT) {
			matches = weft_eval_expr(packet, chain, op);
		} else {
			return op;
		}
	}
}

/* What a verdict map says; WEFT_OP_CONTINUE and a key without element go to the next rule. */
static u8 weft_eval_map(struct weft_packet *packet, const struct weft_expr *expr, u32 *slot,
			bool *found)
{
	static const u8 codes[] = {
		[WEFT_FILTER_CONTINUE]	= WEFT_OP_CONTINUE,
		[WEFT_FILTER_ACCEPT]	= WEFT_OP_ACCEPT,
		[WEFT_FILTER_DROP]	= WEFT_OP_DROP,
		[WEFT_FILTER_JUMP]	= WEFT_OP_JUMP,
		[WEFT_FILTER_GOTO]	= WEFT_OP_GOTO,
		[WEFT_FILTER_RETURN]	= WEFT_OP_RETURN,
	};
	struct weft_elem *elem = weft_eval_find(packet, &expr->lookup, found);

	*found = elem;
	if (!elem)
		return WEFT_OP_CONTINUE;
	*slot = elem->data;
	return codes[elem->verdict];
}

static unsigned int weft_eval_policy(struct weft_packet *packet, const struct weft_fw_chain *base)
{
	weft_eval_count(packet, &base->hook->policy);
	if (unlikely(packet->traced))
		weft_trace_tell(packet, WEFT_FILTER_TRACE_POLICY, base, 0, base->policy, NULL);
	return base->policy == WEFT_FILTER_DROP ? NF_DROP : NF_ACCEPT;
}

static void weft_eval_told(struct weft_packet *packet, const struct weft_ruleset *rs,
			   const struct weft_fw_chain *chain, const struct weft_op *op, u8 code,
			   u32 slot)
{
	static const u8 verdicts[] = {
		[WEFT_OP_ACCEPT]	= WEFT_FILTER_ACCEPT,
		[WEFT_OP_DROP]		= WEFT_FILTER_DROP,
		[WEFT_OP_REJECT]	= WEFT_FILTER_DROP,
		[WEFT_OP_JUMP]		= WEFT_FILTER_JUMP,
		[WEFT_OP_GOTO]		= WEFT_FILTER_GOTO,
		[WEFT_OP_RETURN]	= WEFT_FILTER_RETURN,
		[WEFT_OP_CONTINUE]	= WEFT_FILTER_CONTINUE,
	};
	bool leads = code == WEFT_OP_JUMP || code == WEFT_OP_GOTO;

	weft_trace_tell(packet, WEFT_FILTER_TRACE_RULE, chain,
			weft_fw_chain_handle_at(chain, op), verdicts[code],
			leads ? rs->chains[slot].chain : NULL);
}

static unsigned int weft_eval(struct weft_packet *packet, const struct weft_ruleset *rs,
			      const struct weft_fw_chain *base)
{
	struct weft_return stack[WEFT_FILTER_JUMPS_MAX] __uninitialized;
	const struct weft_fw_chain *chain = base;
	const struct weft_op *op = base->ops;
	unsigned int depth = 0;
	bool matched;
	u32 slot;
	u8 code;

	for (;;) {
		op = weft_eval_ops(packet, chain, op);
		code = op->code;
		slot = op->slot;
		matched = code != WEFT_OP_END;
		if (code == WEFT_OP_VERDICT_MAP)
			code = weft_eval_map(packet, op->expr, &slot, &matched);
		if (unlikely(packet->traced) && matched)
			weft_eval_told(packet, rs, chain, op, code, slot);
		switch (code) {
		case WEFT_OP_ACCEPT:
			return NF_ACCEPT;
		case WEFT_OP_DROP:
			return NF_DROP;
		case WEFT_OP_REJECT:
			return weft_reject(packet, op->expr);
		case WEFT_OP_CONTINUE:
			op += op->skip;
			continue;
		case WEFT_OP_JUMP:
			/* A commit saw to it that this cannot be. */
			if (WARN_ON_ONCE(depth == WEFT_FILTER_JUMPS_MAX))
				return NF_DROP;
			stack[depth++] = (struct weft_return){ chain, op + op->skip };
			fallthrough;
		case WEFT_OP_GOTO:
			chain = rs->chains[slot].chain;
			op = chain->ops;
			continue;
		}
		/* RETURN, or the chain's end. */
		if (unlikely(packet->traced) && code == WEFT_OP_END && (depth || chain != base))
			weft_trace_tell(packet, WEFT_FILTER_TRACE_RETURN, chain, 0,
					WEFT_FILTER_CONTINUE, NULL);
		if (!depth)
			return weft_eval_policy(packet, base);
		chain = stack[--depth].chain;
		op = stack[depth].op;
	}
}

/*
 * All chains of a hook are of the ruleset that the packet met first there, even if another
 * one comes into force meanwhile.
 */
static const struct weft_ruleset *weft_eval_ruleset(const struct weft_fw_net *fw,
						    const struct nf_hook_state *state)
{
	struct weft_hook_pass *pass = weft_hook_pass_of(state);

	if (!pass->ruleset)
		pass->ruleset = rcu_dereference(fw->ruleset);
	return pass->ruleset;
}

/**
 * weft_eval_hook() - what netfilter calls for a base chain
 * @priv: struct weft_fw_hook
 * @skb: packet from its network header on
 * @state: where it is
 *
 * Context: RCU read lock.
 * Return: NF_ACCEPT, NF_DROP, or that with an errno.
 */
unsigned int weft_eval_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	const struct weft_fw_hook *hook = priv;
	const struct weft_ruleset *rs = weft_eval_ruleset(hook->fw, state);
	const struct weft_fw_chain *chain = NULL;
	struct weft_packet packet __uninitialized;
	unsigned int verdict;

	/* The hook is there a little before the chain, and a little after it. */
	if (rs && hook->slot < rs->n_chains)
		chain = rs->chains[hook->slot].chain;
	if (!chain || chain->hook != hook ||
	    rs->tables[chain->table]->flags & WEFT_FILTER_TABLE_DORMANT)
		return NF_ACCEPT;
	packet.skb = skb;
	packet.state = state;
	packet.known = 0;
	packet.absent = 0;
	packet.gen = rs->gen;
	packet.located = false;
	packet.traced = weft_trace_wanted(skb);
	packet.table = rs->tables[chain->table]->name;
	local_bh_disable();
	if (unlikely(packet.traced))
		weft_trace_tell(&packet, WEFT_FILTER_TRACE_PACKET, chain, 0,
				WEFT_FILTER_CONTINUE, NULL);
	verdict = weft_eval(&packet, rs, chain);
	local_bh_enable();
	return verdict;
}
