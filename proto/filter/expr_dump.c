// SPDX-License-Identifier: GPL-2.0
/* Expressions, told to netlink as they were read. */
#include "chain.h"
#include "expr.h"
#include "field.h"
#include "netlink.h"
#include "set.h"

static int weft_put_words(struct sk_buff *skb, int type, const u64 *words, unsigned int n)
{
	return nla_put(skb, type, n * sizeof(*words), words);
}

static int weft_put_key(struct sk_buff *skb, const struct weft_key *key)
{
	unsigned int i;

	if (nla_put(skb, WEFT_FILTER_EA_KEY, key->n * sizeof(*key->fields), key->fields))
		return -EMSGSIZE;
	for (i = 0; i < key->n; i++)
		if (key->fields[i] == WEFT_FILTER_F_CGROUP)
			return nla_put_u32(skb, WEFT_FILTER_EA_ARG, key->arg);
	return 0;
}

static int weft_put_flags(struct sk_buff *skb, u32 flags)
{
	return flags ? nla_put_u32(skb, WEFT_FILTER_EA_FLAGS, flags) : 0;
}

static int weft_match_dump(struct sk_buff *skb, const struct weft_match *match)
{
	unsigned int n = weft_field_words(match->field);
	bool masked = ~match->mask[0] || ~match->mask[1];

	if (nla_put_u32(skb, WEFT_FILTER_EA_FIELD, match->field) ||
	    (match->field == WEFT_FILTER_F_CGROUP &&
	     nla_put_u32(skb, WEFT_FILTER_EA_ARG, match->arg)) ||
	    (masked && weft_put_words(skb, WEFT_FILTER_EA_MASK, match->mask, n)) ||
	    weft_put_words(skb, WEFT_FILTER_EA_FIRST, match->first, n) ||
	    (memcmp(match->first, match->last, sizeof(match->first)) &&
	     weft_put_words(skb, WEFT_FILTER_EA_LAST, match->last, n)))
		return -EMSGSIZE;
	return 0;
}

static int weft_limit_dump(struct sk_buff *skb, const struct weft_limit *limit, bool invert)
{
	u32 flags = (limit->bytes ? WEFT_FILTER_X_BYTES : 0) |
		    (invert ? WEFT_FILTER_X_INVERT : 0);

	if (weft_put_u64(skb, WEFT_FILTER_EA_RATE, limit->rate.rate) ||
	    nla_put_u32(skb, WEFT_FILTER_EA_PERIOD, limit->seconds) ||
	    nla_put_u32(skb, WEFT_FILTER_EA_BURST, limit->burst) ||
	    weft_put_flags(skb, flags))
		return -EMSGSIZE;
	return limit->key.n ? weft_put_key(skb, &limit->key) : 0;
}

static int weft_lookup_dump(struct sk_buff *skb, const struct weft_lookup *lookup)
{
	if (nla_put_string(skb, WEFT_FILTER_EA_SET, lookup->set->name) ||
	    weft_put_key(skb, &lookup->key) ||
	    (lookup->target != WEFT_FW_NONE &&
	     nla_put_u32(skb, WEFT_FILTER_EA_TARGET, lookup->target)))
		return -EMSGSIZE;
	return 0;
}

static int weft_update_dump(struct sk_buff *skb, const struct weft_expr *expr)
{
	const struct weft_lookup *lookup = &expr->lookup;
	struct nlattr *exprs, *limit;

	if (weft_lookup_dump(skb, lookup) ||
	    nla_put_u32(skb, WEFT_FILTER_EA_OP, lookup->op) ||
	    (lookup->timeout && weft_put_u64(skb, WEFT_FILTER_EA_TIMEOUT, lookup->timeout)))
		return -EMSGSIZE;
	if (!lookup->limit)
		return 0;
	exprs = nla_nest_start(skb, WEFT_FILTER_EA_EXPRS);
	if (!exprs)
		return -EMSGSIZE;
	limit = nla_nest_start(skb, WEFT_FILTER_E_LIMIT);
	if (!limit || weft_limit_dump(skb, lookup->limit, expr->invert))
		return -EMSGSIZE;
	nla_nest_end(skb, limit);
	nla_nest_end(skb, exprs);
	return 0;
}

static int weft_counter_dump(struct sk_buff *skb, const struct weft_fw_counter *counter)
{
	struct weft_filter_counters sum;

	weft_fw_counter_read(counter, &sum);
	return nla_put(skb, WEFT_FILTER_EA_COUNTERS, sizeof(sum), &sum);
}

static int weft_assign_dump(struct sk_buff *skb, const struct weft_assign *assign)
{
	if (nla_put_u32(skb, WEFT_FILTER_EA_TARGET, assign->target) ||
	    weft_put_u64(skb, WEFT_FILTER_EA_VALUE, assign->value) ||
	    (assign->mask != U32_MAX && weft_put_u64(skb, WEFT_FILTER_EA_MASK, assign->mask)))
		return -EMSGSIZE;
	return 0;
}

static int weft_log_dump(struct sk_buff *skb, const struct weft_log *log)
{
	if ((log->has & BIT(WEFT_FILTER_EA_PREFIX) &&
	     nla_put_string(skb, WEFT_FILTER_EA_PREFIX, log->prefix)) ||
	    (log->has & BIT(WEFT_FILTER_EA_LEVEL) &&
	     nla_put_u32(skb, WEFT_FILTER_EA_LEVEL, log->level)) ||
	    (log->has & BIT(WEFT_FILTER_EA_GROUP) &&
	     nla_put_u16(skb, WEFT_FILTER_EA_GROUP, log->group)) ||
	    (log->has & BIT(WEFT_FILTER_EA_SNAPLEN) &&
	     nla_put_u32(skb, WEFT_FILTER_EA_SNAPLEN, log->snaplen)) ||
	    (log->has & BIT(WEFT_FILTER_EA_THRESHOLD) &&
	     nla_put_u16(skb, WEFT_FILTER_EA_THRESHOLD, log->threshold)))
		return -EMSGSIZE;
	return 0;
}

static int weft_reject_dump(struct sk_buff *skb, const struct weft_expr *expr)
{
	if (weft_put_u64(skb, WEFT_FILTER_EA_VALUE, expr->how) ||
	    nla_put_u32(skb, WEFT_FILTER_EA_CODE, expr->code))
		return -EMSGSIZE;
	return 0;
}

static int weft_verdict_dump(struct sk_buff *skb, const struct weft_ruleset *rs,
			     const struct weft_expr *expr)
{
	if (nla_put_u32(skb, WEFT_FILTER_EA_VERDICT, expr->verdict) ||
	    (weft_expr_leads(expr) &&
	     nla_put_string(skb, WEFT_FILTER_EA_CHAIN, rs->chains[expr->slot].chain->name)))
		return -EMSGSIZE;
	return 0;
}

static int weft_expr_dump(struct sk_buff *skb, const struct weft_ruleset *rs,
			  const struct weft_expr *expr)
{
	int flags = expr->invert ? WEFT_FILTER_X_INVERT : 0;

	switch (expr->type) {
	case WEFT_FILTER_E_MATCH:
		return weft_match_dump(skb, &expr->match) ?: weft_put_flags(skb, flags);
	case WEFT_FILTER_E_LOOKUP:
		return weft_lookup_dump(skb, &expr->lookup) ?: weft_put_flags(skb, flags);
	case WEFT_FILTER_E_COUNTER:
		return weft_counter_dump(skb, &expr->counter);
	case WEFT_FILTER_E_LIMIT:
		return weft_limit_dump(skb, expr->limit, expr->invert);
	case WEFT_FILTER_E_QUOTA:
		return weft_put_u64(skb, WEFT_FILTER_EA_BYTES, expr->quota.max) ?:
		       weft_put_u64(skb, WEFT_FILTER_EA_USED,
				    atomic64_read(&expr->quota.used)) ?:
		       weft_put_flags(skb, flags);
	case WEFT_FILTER_E_SET:
		return weft_assign_dump(skb, &expr->assign);
	case WEFT_FILTER_E_UPDATE:
		return weft_update_dump(skb, expr);
	case WEFT_FILTER_E_LOG:
		return weft_log_dump(skb, expr->log);
	case WEFT_FILTER_E_REJECT:
		return weft_reject_dump(skb, expr);
	case WEFT_FILTER_E_VERDICT:
		return weft_verdict_dump(skb, rs, expr);
	}
	return 0;
}

/**
 * weft_exprs_dump() - tell a rule's expressions
 * @skb: message
 * @rs: ruleset that has the rule
 * @rule: the rule
 *
 * Context: the firewall's mutex.
 * Return: 0 or -EMSGSIZE.
 */
int weft_exprs_dump(struct sk_buff *skb, const struct weft_ruleset *rs,
		    const struct weft_fw_rule *rule)
{
	struct nlattr *exprs, *at;
	unsigned int i;

	exprs = nla_nest_start(skb, WEFT_FILTER_A_EXPRS);
	if (!exprs)
		return -EMSGSIZE;
	for (i = 0; i < rule->n; i++) {
		at = nla_nest_start(skb, rule->exprs[i].type);
		if (!at || weft_expr_dump(skb, rs, &rule->exprs[i]))
			return -EMSGSIZE;
		nla_nest_end(skb, at);
	}
	nla_nest_end(skb, exprs);
	return 0;
}
