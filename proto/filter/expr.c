// SPDX-License-Identifier: GPL-2.0
/* Expressions: read from netlink, and made ops. expr_set.c has those with sets. */
#include <linux/slab.h>
#include "chain.h"
#include "compat_netlink.h"
#include "expr.h"
#include "field.h"
#include "log.h"
#include "netlink.h"
#include "set.h"
#include "track.h"
#include "transaction.h"

/* Longest period of a limit: a week. */
#define WEFT_PERIOD_MAX		604800
#define WEFT_BURST_DEFAULT	5
/* Where connections are looked for on their hooks. */
#define WEFT_FW_TRACK_PRIORITY	(-200)

const struct nla_policy weft_expr_policy[WEFT_FILTER_EA_MAX + 1] = {
	[WEFT_FILTER_EA_FIELD]		= { .type = NLA_U32 },
	[WEFT_FILTER_EA_ARG]		= NLA_POLICY_MAX(NLA_U32, 255),
	[WEFT_FILTER_EA_FLAGS]		= NLA_POLICY_MASK(NLA_U32, WEFT_FILTER_X_INVERT |
							  WEFT_FILTER_X_BYTES),
	[WEFT_FILTER_EA_MASK]		= { .type = NLA_BINARY,
					    .len = 2 * sizeof(u64) },
	[WEFT_FILTER_EA_FIRST]		= { .type = NLA_BINARY,
					    .len = 2 * sizeof(u64) },
	[WEFT_FILTER_EA_LAST]		= { .type = NLA_BINARY,
					    .len = 2 * sizeof(u64) },
	[WEFT_FILTER_EA_SET]		= { .type = NLA_NUL_STRING,
					    .len = WEFT_FILTER_NAME_MAX - 1 },
	[WEFT_FILTER_EA_KEY]		= { .type = NLA_BINARY,
					    .len = WEFT_FILTER_KEY_MAX * sizeof(u16) },
	[WEFT_FILTER_EA_COUNTERS]	=
		NLA_POLICY_EXACT_LEN(sizeof(struct weft_filter_counters)),
	[WEFT_FILTER_EA_RATE]		= { .type = NLA_U64 },
	[WEFT_FILTER_EA_PERIOD]		= NLA_POLICY_MIN(NLA_U32, 1),
	[WEFT_FILTER_EA_BURST]		= { .type = NLA_U32 },
	[WEFT_FILTER_EA_BYTES]		= { .type = NLA_U64 },
	[WEFT_FILTER_EA_USED]		= { .type = NLA_U64 },
	[WEFT_FILTER_EA_TARGET]		= NLA_POLICY_MAX(NLA_U32, WEFT_FILTER_TARGET_CLASS),
	[WEFT_FILTER_EA_VALUE]		= { .type = NLA_U64 },
	[WEFT_FILTER_EA_OP]		= NLA_POLICY_MAX(NLA_U32, WEFT_FILTER_UPDATE_DELETE),
	[WEFT_FILTER_EA_TIMEOUT]	= { .type = NLA_U64 },
	[WEFT_FILTER_EA_EXPRS]		= { .type = NLA_NESTED },
	[WEFT_FILTER_EA_PREFIX]		= { .type = NLA_NUL_STRING,
					    .len = WEFT_FILTER_PREFIX_MAX - 1 },
	[WEFT_FILTER_EA_LEVEL]		= NLA_POLICY_MAX(NLA_U32, 7),
	[WEFT_FILTER_EA_GROUP]		= { .type = NLA_U16 },
	[WEFT_FILTER_EA_SNAPLEN]	= { .type = NLA_U32 },
	[WEFT_FILTER_EA_THRESHOLD]	= { .type = NLA_U16 },
	[WEFT_FILTER_EA_CODE]		= NLA_POLICY_MAX(NLA_U32, WEFT_UNREACH_PROTO),
	[WEFT_FILTER_EA_VERDICT]	= NLA_POLICY_MAX(NLA_U32, WEFT_FILTER_RETURN),
	[WEFT_FILTER_EA_CHAIN]		= { .type = NLA_NUL_STRING,
					    .len = WEFT_FILTER_NAME_MAX - 1 },
};

#define EA(name)	BIT(WEFT_FILTER_EA_##name)

/* Which attributes each expression takes, and which it needs. */
static const struct {
	u32 takes;
	u32 needs;
} weft_expr_attrs[WEFT_FILTER_E_MAX + 1] = {
	[WEFT_FILTER_E_MATCH]	= { EA(FIELD) | EA(ARG) | EA(FLAGS) | EA(MASK) | EA(FIRST) |
				    EA(LAST), EA(FIELD) | EA(FIRST) },
	[WEFT_FILTER_E_LOOKUP]	= { EA(SET) | EA(KEY) | EA(ARG) | EA(FLAGS) | EA(TARGET),
				    EA(SET) | EA(KEY) },
	[WEFT_FILTER_E_COUNTER]	= { EA(COUNTERS), 0 },
	[WEFT_FILTER_E_LIMIT]	= { EA(RATE) | EA(PERIOD) | EA(BURST) | EA(FLAGS) | EA(KEY) |
				    EA(ARG), EA(RATE) | EA(PERIOD) },
	[WEFT_FILTER_E_QUOTA]	= { EA(BYTES) | EA(USED) | EA(FLAGS), EA(BYTES) },
	[WEFT_FILTER_E_SET]	= { EA(TARGET) | EA(VALUE) | EA(MASK), EA(TARGET) | EA(VALUE) },
	[WEFT_FILTER_E_UPDATE]	= { EA(SET) | EA(KEY) | EA(ARG) | EA(OP) | EA(TIMEOUT) |
				    EA(EXPRS), EA(SET) | EA(KEY) | EA(OP) },
	[WEFT_FILTER_E_LOG]	= { EA(PREFIX) | EA(LEVEL) | EA(GROUP) | EA(SNAPLEN) |
				    EA(THRESHOLD), 0 },
	[WEFT_FILTER_E_REJECT]	= { EA(VALUE) | EA(CODE), EA(VALUE) },
	[WEFT_FILTER_E_VERDICT]	= { EA(VERDICT) | EA(CHAIN), EA(VERDICT) },
};

static int weft_expr_check(unsigned int type, struct nlattr **tb, const struct nlattr *at,
			   struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = 1; i <= WEFT_FILTER_EA_MAX; i++) {
		if (tb[i] && !(weft_expr_attrs[type].takes & BIT(i)))
			return weft_refuse_attr(extack, tb[i],
						"the expression does not take that", -EINVAL);
		if (!tb[i] && weft_expr_attrs[type].needs & BIT(i))
			return weft_refuse_attr(extack, at, "the expression lacks an attribute",
						-EINVAL);
	}
	return 0;
}

/* --- comparisons ------------------------------------------------------------------------- */

/* Numbers of a field, 1 or 2 of them, each at most @max. */
static int weft_words_parse(const struct nlattr *attr, unsigned int words, u64 max, u64 *to,
			    struct netlink_ext_ack *extack)
{
	unsigned int i;

	if (!attr)
		return 0;
	if (nla_len(attr) != words * sizeof(u64))
		return weft_refuse_attr(extack, attr, "wrong number of numbers for the field",
					-EINVAL);
	memcpy(to, nla_data(attr), words * sizeof(u64));
	for (i = 0; i < words; i++)
		if (to[i] > max)
			return weft_refuse_attr(extack, attr, "too great for the field",
						-ERANGE);
	return 0;
}

/* A mask that has all bits of a field is none, whatever it has beside. */
static void weft_mask_trim(u64 *mask, u64 max)
{
	u64 all = max == U64_MAX ? max : BIT_ULL(fls64(max)) - 1;

	*mask &= all;
	if (*mask == all)
		*mask = U64_MAX;
}

static int weft_match_parse(struct weft_expr *expr, struct nlattr **tb,
			    struct netlink_ext_ack *extack)
{
	u32 i, words, field = nla_get_u32(tb[WEFT_FILTER_EA_FIELD]);
	struct weft_match *match = &expr->match;
	u64 max;
	int err;

	if (!weft_field_valid(field))
		return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_FIELD], "no such field",
					-EINVAL);
	if (tb[WEFT_FILTER_EA_ARG] && field != WEFT_FILTER_F_CGROUP)
		return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_ARG],
					"only a cgroup has a level", -EINVAL);
	match->field = field;
	match->arg = nla_get_u32_default(tb[WEFT_FILTER_EA_ARG], 0);
	if (field == WEFT_FILTER_F_CGROUP && !match->arg)
		return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_FIELD],
					"a cgroup is compared at a level from 1 on", -EINVAL);
	words = weft_field_words(field);
	max = weft_field_max(field);
	match->mask[0] = U64_MAX;
	match->mask[1] = U64_MAX;
	err = weft_words_parse(tb[WEFT_FILTER_EA_MASK], words, U64_MAX, match->mask, extack) ?:
	      weft_words_parse(tb[WEFT_FILTER_EA_FIRST], words, max, match->first, extack);
	if (err)
		return err;
	for (i = 0; i < words; i++)
		weft_mask_trim(&match->mask[i], max);
	memcpy(match->last, match->first, sizeof(match->last));
	err = weft_words_parse(tb[WEFT_FILTER_EA_LAST], words, max, match->last, extack);
	if (err)
		return err;
	for (i = 0; i < words; i++)
		if (match->last[i] < match->first[i])
			return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_LAST],
						"the range ends before it begins", -EINVAL);
	if (field == WEFT_FILTER_F_CT_LABEL &&
	    (tb[WEFT_FILTER_EA_LAST] || tb[WEFT_FILTER_EA_MASK]))
		return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_FIELD],
					"a label has neither range nor mask", -EINVAL);
	return 0;
}

/* --- limits ------------------------------------------------------------------------------- */

/**
 * weft_limit_parse() - read a limit
 * @expr: filled in
 * @tb: attributes
 * @at: the expression
 * @extack: where to say what is wrong
 *
 * Return: 0 or a negative errno.
 */
int weft_limit_parse(struct weft_expr *expr, struct nlattr **tb, const struct nlattr *at,
		     struct netlink_ext_ack *extack)
{
	u64 rate = nla_get_u64(tb[WEFT_FILTER_EA_RATE]);
	struct weft_limit *limit;

	limit = kzalloc(sizeof(*limit), GFP_KERNEL_ACCOUNT);
	if (!limit)
		return -ENOMEM;
	expr->limit = limit;
	limit->bytes = nla_get_u32_default(tb[WEFT_FILTER_EA_FLAGS], 0) & WEFT_FILTER_X_BYTES;
	limit->seconds = nla_get_u32(tb[WEFT_FILTER_EA_PERIOD]);
	limit->burst = nla_get_u32_default(tb[WEFT_FILTER_EA_BURST],
					   limit->bytes ? 0 : WEFT_BURST_DEFAULT);
	if (limit->seconds > WEFT_PERIOD_MAX)
		return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_PERIOD],
					"the period is longer than a week", -ERANGE);
	if (!rate || (!limit->burst && !limit->bytes) ||
	    !weft_rate_init(&limit->rate, rate, (u64)limit->seconds * NSEC_PER_SEC,
			    limit->burst, limit->bytes))
		return weft_refuse_attr(extack, tb[WEFT_FILTER_EA_RATE],
					"nothing, or too much for the rate, could ever pass",
					-ERANGE);
	if (!tb[WEFT_FILTER_EA_KEY])
		return 0;
	limit->key.arg = nla_get_u32_default(tb[WEFT_FILTER_EA_ARG], 0);
	return weft_key_parse(tb[WEFT_FILTER_EA_KEY], &limit->key, extack) ?:
	       weft_limit_rows_init(limit);
}

static int weft_quota_parse(struct weft_expr *expr, struct nlattr **tb)
{
	expr->quota.max = nla_get_u64(tb[WEFT_FILTER_EA_BYTES]);
	if (tb[WEFT_FILTER_EA_USED])
		atomic64_set(&expr->quota.used, nla_get_u64(tb[WEFT_FILTER_EA_USED]));
	return 0;
}

static int weft_counter_parse(struct weft_expr *expr, struct nlattr **tb)
{
	int err = weft_fw_counter_init(&expr->counter);

	if (!err && tb[WEFT_FILTER_EA_COUNTERS])
		memcpy(&expr->counter.base, nla_data(tb[WEFT_FILTER_EA_COUNTERS]),
		       sizeof(expr->counter.base));
	return err;
}

/* --- changes ------------------------------------------------------------------------------ */

/* A zone and notrack count before connections are looked for. */
static bool weft_expr_early(const struct weft_fw_chain *chain)
{
	const struct nf_hook_ops *ops = chain->hook ? &chain->hook->ops : NULL;

	return !ops || (ops->priority < WEFT_FW_TRACK_PRIORITY &&
			(ops->hooknum == NF_INET_PRE_ROUTING ||
			 ops->hooknum == NF_INET_LOCAL_OUT));
}

static int weft_assign_parse(const struct weft_expr_ctx *ctx, struct weft_expr *expr,
			     struct nlattr **tb)
{
	static const u32 max[] = {
		[WEFT_FILTER_TARGET_MARK]	= U32_MAX,
		[WEFT_FILTER_TARGET_CT_MARK]	= U32_MAX,
		[WEFT_FILTER_TARGET_CT_LABEL]	= 63,
		[WEFT_FILTER_TARGET_CT_ZONE]	= U16_MAX,
		[WEFT_FILTER_TARGET_CLASS]	= WEFT_CLASS_MASK,
	};
	struct weft_assign *assign = &expr->assign;
	u64 mask = U32_MAX;
	int err;

	assign->target = nla_get_u32(tb[WEFT_FILTER_EA_TARGET]);
	assign->value = nla_get_u64(tb[WEFT_FILTER_EA_VALUE]);
	if (assign->value > max[assign->target])
		return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_VALUE],
					"too great for the target", -ERANGE);
	if (assign->target == WEFT_FILTER_TARGET_CT_LABEL && tb[WEFT_FILTER_EA_MASK])
		return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_MASK],
					"a label has no mask", -EINVAL);
	if (assign->target == WEFT_FILTER_TARGET_CT_ZONE && !weft_expr_early(ctx->chain))
		return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_TARGET],
					"a zone is set in PREROUTING and OUTPUT, below -200",
					-EOPNOTSUPP);
	err = weft_words_parse(tb[WEFT_FILTER_EA_MASK], 1, U32_MAX, &mask, ctx->extack);
	assign->mask = mask;
	return err;
}

static int weft_reject_parse(const struct weft_expr_ctx *ctx, struct weft_expr *expr,
			     struct nlattr **tb)
{
	u64 how = nla_get_u64(tb[WEFT_FILTER_EA_VALUE]);

	if (how > WEFT_FILTER_REJECT_RESET)
		return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_VALUE],
					"no such way to reject", -EINVAL);
	expr->how = how;
	expr->code = nla_get_u32_default(tb[WEFT_FILTER_EA_CODE], WEFT_UNREACH_PROHIBITED);
	return 0;
}

static int weft_verdict_parse(const struct weft_expr_ctx *ctx, struct weft_expr *expr,
			      struct nlattr **tb)
{
	struct weft_fw_chain *chain;

	expr->verdict = nla_get_u32(tb[WEFT_FILTER_EA_VERDICT]);
	if (weft_expr_leads(expr) != !!tb[WEFT_FILTER_EA_CHAIN])
		return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_VERDICT],
					"a chain belongs to jump and goto, and to no other verdict",
					-EINVAL);
	if (!weft_expr_leads(expr))
		return 0;
	chain = weft_chain_target(ctx->rs, ctx->table, tb[WEFT_FILTER_EA_CHAIN], ctx->extack);
	if (IS_ERR(chain))
		return PTR_ERR(chain);
	expr->slot = chain->slot;
	return 0;
}

/* --- all of them ---------------------------------------------------------------------------- */

static int weft_expr_fill(struct weft_expr_ctx *ctx, struct weft_expr *expr, struct nlattr **tb,
			  const struct nlattr *at)
{
	switch (expr->type) {
	case WEFT_FILTER_E_MATCH:
		return weft_match_parse(expr, tb, ctx->extack);
	case WEFT_FILTER_E_LOOKUP:
		return weft_lookup_parse(ctx, expr, tb, at);
	case WEFT_FILTER_E_COUNTER:
		return weft_counter_parse(expr, tb);
	case WEFT_FILTER_E_LIMIT:
		return weft_limit_parse(expr, tb, at, ctx->extack);
	case WEFT_FILTER_E_QUOTA:
		return weft_quota_parse(expr, tb);
	case WEFT_FILTER_E_SET:
		return weft_assign_parse(ctx, expr, tb);
	case WEFT_FILTER_E_UPDATE:
		return weft_update_parse(ctx, expr, tb, at);
	case WEFT_FILTER_E_LOG:
		return weft_log_parse(expr, tb, ctx->extack);
	case WEFT_FILTER_E_NOTRACK:
		if (!weft_expr_early(ctx->chain))
			return weft_refuse_attr(ctx->extack, at,
						"notrack is for PREROUTING and OUTPUT, below -200",
						-EOPNOTSUPP);
		return 0;
	case WEFT_FILTER_E_REJECT:
		return weft_reject_parse(ctx, expr, tb);
	case WEFT_FILTER_E_VERDICT:
		return weft_verdict_parse(ctx, expr, tb);
	}
	return 0;
}

/**
 * weft_expr_parse() - read an expression
 * @ctx: where
 * @at: the expression
 * @expr: filled in, also as far as it came to an error: to be freed in any case
 *
 * Return: 0 or a negative errno.
 */
int weft_expr_parse(struct weft_expr_ctx *ctx, const struct nlattr *at, struct weft_expr *expr)
{
	struct nlattr *tb[WEFT_FILTER_EA_MAX + 1];
	unsigned int type = nla_type(at);
	int err;

	if (!type || type > WEFT_FILTER_E_MAX)
		return weft_refuse_attr(ctx->extack, at, "no such expression", -EINVAL);
	err = nla_parse_nested(tb, WEFT_FILTER_EA_MAX, at, weft_expr_policy, ctx->extack) ?:
	      weft_expr_check(type, tb, at, ctx->extack);
	if (err)
		return err;
	expr->type = type;
	expr->invert = nla_get_u32_default(tb[WEFT_FILTER_EA_FLAGS], 0) & WEFT_FILTER_X_INVERT;
	return weft_expr_fill(ctx, expr, tb, at);
}

static int weft_exprs_count(const struct nlattr *exprs, struct netlink_ext_ack *extack)
{
	struct nlattr *at;
	int rem, n = 0;

	nla_for_each_nested(at, exprs, rem)
		n++;
	if (n > WEFT_FILTER_EXPRS_MAX)
		return weft_refuse_attr(extack, exprs, "too many expressions", -E2BIG);
	return n;
}

/**
 * weft_exprs_parse() - read a rule
 * @ctx: where
 * @exprs: its expressions
 *
 * Context: the firewall's mutex, may sleep.
 * Return: the rule with one user, or an ERR_PTR.
 */
struct weft_fw_rule *weft_exprs_parse(struct weft_expr_ctx *ctx, const struct nlattr *exprs)
{
	int i = 0, rem, err = 0, n = weft_exprs_count(exprs, ctx->extack);
	struct weft_fw_rule *rule;
	struct nlattr *at;
	bool tracks = false;

	if (n < 0)
		return ERR_PTR(n);
	rule = weft_fw_rule_new(ctx->trans->fw, n);
	if (!rule)
		return ERR_PTR(-ENOMEM);
	nla_for_each_nested(at, exprs, rem) {
		if (i && weft_expr_ends(&rule->exprs[i - 1]))
			err = weft_refuse_attr(ctx->extack, at, "nothing comes after a verdict",
					       -EINVAL);
		err = err ?: weft_expr_parse(ctx, at, &rule->exprs[i]);
		if (err)
			goto err;
		tracks |= weft_expr_tracks(&rule->exprs[i++]);
	}
	if (tracks) {
		err = weft_track_get(rule->fw->net);
		if (err) {
			weft_refuse_attr(ctx->extack, exprs, "connections cannot be tracked", err);
			goto err;
		}
		rule->tracks = true;
	}
	return rule;
err:
	weft_fw_rule_put(rule);
	return ERR_PTR(err);
}

/**
 * weft_expr_free() - free what an expression has
 * @expr: the expression, maybe read in part only, or zero
 *
 * Context: the firewall's mutex, may sleep.
 */
void weft_expr_free(struct weft_expr *expr)
{
	switch (expr->type) {
	case WEFT_FILTER_E_LOOKUP:
	case WEFT_FILTER_E_UPDATE:
		if (expr->lookup.set)
			weft_set_put(expr->lookup.set);
		weft_limit_free(expr->lookup.limit);
		break;
	case WEFT_FILTER_E_COUNTER:
		weft_fw_counter_free(&expr->counter);
		break;
	case WEFT_FILTER_E_LIMIT:
		weft_limit_free(expr->limit);
		break;
	case WEFT_FILTER_E_LOG:
		weft_log_free(expr->log);
		break;
	}
}

/**
 * weft_expr_leads() - does it name a chain?
 * @expr: the expression
 *
 * Return: if it is a jump or a goto.
 */
bool weft_expr_leads(const struct weft_expr *expr)
{
	return expr->verdict == WEFT_FILTER_JUMP || expr->verdict == WEFT_FILTER_GOTO;
}

/**
 * weft_expr_ends() - is it the last one of its rule?
 * @expr: the expression
 *
 * Return: if nothing can come after it.
 */
bool weft_expr_ends(const struct weft_expr *expr)
{
	return expr->type == WEFT_FILTER_E_VERDICT || expr->type == WEFT_FILTER_E_REJECT ||
	       (expr->type == WEFT_FILTER_E_LOOKUP &&
		expr->lookup.set->data == WEFT_FILTER_DATA_VERDICT);
}

static bool weft_key_tracks(const struct weft_key *key)
{
	unsigned int i;

	for (i = 0; i < key->n; i++)
		if (weft_field_tracks(key->fields[i]))
			return true;
	return false;
}

static bool weft_target_tracks(u32 target)
{
	return target == WEFT_FILTER_TARGET_CT_MARK || target == WEFT_FILTER_TARGET_CT_LABEL ||
	       target == WEFT_FILTER_TARGET_CT_ZONE;
}

/**
 * weft_expr_tracks() - does it need connection tracking?
 * @expr: the expression
 *
 * Return: if it does.
 */
bool weft_expr_tracks(const struct weft_expr *expr)
{
	switch (expr->type) {
	case WEFT_FILTER_E_MATCH:
		return weft_field_tracks(expr->match.field);
	case WEFT_FILTER_E_LOOKUP:
	case WEFT_FILTER_E_UPDATE:
		return weft_key_tracks(&expr->lookup.key) ||
		       (expr->lookup.target != WEFT_FW_NONE &&
			weft_target_tracks(expr->lookup.target));
	case WEFT_FILTER_E_LIMIT:
		return weft_key_tracks(&expr->limit->key);
	case WEFT_FILTER_E_SET:
		return weft_target_tracks(expr->assign.target);
	}
	return false;
}

/* --- ops ------------------------------------------------------------------------------------- */

static unsigned int weft_match_compile(struct weft_expr *expr, struct weft_op *op)
{
	const struct weft_match *match = &expr->match;
	unsigned int i, n = 0, words = weft_field_words(match->field);
	bool one;

	if (match->field == WEFT_FILTER_F_CT_LABEL || match->field == WEFT_FILTER_F_CGROUP ||
	    (words == 2 && expr->invert)) {
		if (op)
			*op = (struct weft_op){ .code = WEFT_OP_MATCH, .expr = expr };
		return 1;
	}
	for (i = 0; i < words; i++) {
		/* Any end will do. */
		if (i && !match->mask[i] && !match->first[i])
			continue;
		one = match->first[i] == match->last[i];
		if (op)
			op[n] = (struct weft_op){
				.code = one ? WEFT_OP_EQUAL + expr->invert :
					WEFT_OP_INSIDE + expr->invert,
				.field = i ? weft_field_second(match->field) : match->field,
				.mask = match->mask[i],
				.first = match->first[i],
				.span = match->last[i] - match->first[i],
			};
		n++;
	}
	return n;
}

static u8 weft_expr_opcode(const struct weft_expr *expr)
{
	static const u8 codes[] = {
		[WEFT_FILTER_E_LOOKUP]	= WEFT_OP_LOOKUP,
		[WEFT_FILTER_E_COUNTER]	= WEFT_OP_COUNTER,
		[WEFT_FILTER_E_LIMIT]	= WEFT_OP_LIMIT,
		[WEFT_FILTER_E_QUOTA]	= WEFT_OP_QUOTA,
		[WEFT_FILTER_E_SET]	= WEFT_OP_SET,
		[WEFT_FILTER_E_UPDATE]	= WEFT_OP_UPDATE,
		[WEFT_FILTER_E_LOG]	= WEFT_OP_LOG,
		[WEFT_FILTER_E_TRACE]	= WEFT_OP_TRACE,
		[WEFT_FILTER_E_NOTRACK]	= WEFT_OP_NOTRACK,
		[WEFT_FILTER_E_REJECT]	= WEFT_OP_REJECT,
	};
	static const u8 verdicts[] = {
		[WEFT_FILTER_CONTINUE]	= WEFT_OP_CONTINUE,
		[WEFT_FILTER_ACCEPT]	= WEFT_OP_ACCEPT,
		[WEFT_FILTER_DROP]	= WEFT_OP_DROP,
		[WEFT_FILTER_JUMP]	= WEFT_OP_JUMP,
		[WEFT_FILTER_GOTO]	= WEFT_OP_GOTO,
		[WEFT_FILTER_RETURN]	= WEFT_OP_RETURN,
	};

	if (expr->type == WEFT_FILTER_E_VERDICT)
		return verdicts[expr->verdict];
	if (expr->type == WEFT_FILTER_E_LOOKUP && weft_expr_ends(expr))
		return WEFT_OP_VERDICT_MAP;
	return codes[expr->type];
}

/**
 * weft_expr_compile() - make the ops of an expression
 * @expr: the expression
 * @op: filled in, but for where the rule ends; NULL to count them
 *
 * Return: how many.
 */
unsigned int weft_expr_compile(struct weft_expr *expr, struct weft_op *op)
{
	if (expr->type == WEFT_FILTER_E_MATCH)
		return weft_match_compile(expr, op);
	if (op)
		*op = (struct weft_op){
			.code = weft_expr_opcode(expr),
			.slot = expr->slot,
			.expr = expr,
		};
	return 1;
}
