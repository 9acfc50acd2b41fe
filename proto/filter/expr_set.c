// SPDX-License-Identifier: GPL-2.0
/* Expressions that ask sets, or change them. */
#include <linux/slab.h>
#include "compat_netlink.h"
#include "expr.h"
#include "field.h"
#include "netlink.h"
#include "set.h"
#include "transaction.h"

/**
 * weft_key_parse() - read the fields of a key
 * @attr: array of u16
 * @key: its fields are filled in
 * @extack: where to say what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int weft_key_parse(const struct nlattr *attr, struct weft_key *key,
		   struct netlink_ext_ack *extack)
{
	unsigned int i;

	if (!nla_len(attr) || nla_len(attr) % sizeof(*key->fields) ||
	    nla_len(attr) > sizeof(key->fields))
		return weft_refuse_attr(extack, attr, "a key has one to five fields", -EINVAL);
	memcpy(key->fields, nla_data(attr), nla_len(attr));
	key->n = nla_len(attr) / sizeof(*key->fields);
	for (i = 0; i < key->n; i++) {
		if (!weft_field_valid(key->fields[i]))
			return weft_refuse_attr(extack, attr, "no such field", -EINVAL);
		if (key->fields[i] == WEFT_FILTER_F_CT_LABEL)
			return weft_refuse_attr(extack, attr, "a label is in no key", -EINVAL);
	}
	return 0;
}

static int weft_lookup_set(struct weft_expr_ctx *ctx, struct weft_expr *expr,
			   struct nlattr **tb)
{
	struct weft_lookup *lookup = &expr->lookup;
	const struct weft_fw_set_slot *slot;
	struct weft_set *set;
	unsigned int i;
	int err;

	lookup->target = WEFT_FW_NONE;
	lookup->key.arg = nla_get_u32_default(tb[WEFT_FILTER_EA_ARG], 0);
	err = weft_key_parse(tb[WEFT_FILTER_EA_KEY], &lookup->key, ctx->extack);
	if (err)
		return err;
	set = weft_ruleset_set(ctx->rs, ctx->table, nla_data(tb[WEFT_FILTER_EA_SET]));
	if (!set)
		return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_SET], "no such set",
					-ENOENT);
	slot = &ctx->rs->sets[set->slot];
	if (set->flags & WEFT_FILTER_SET_ANONYMOUS && slot->uses)
		return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_SET],
					"the set belongs to another rule", -EBUSY);
	if (lookup->key.n != set->n_fields)
		return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_KEY],
					"the set's keys have another number of fields", -EINVAL);
	for (i = 0; i < lookup->key.n; i++)
		if (weft_field_words(lookup->key.fields[i]) != weft_field_words(set->fields[i]))
			return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_KEY],
						"names and numbers are different in the set's keys",
						-EINVAL);
	refcount_inc(&set->users);
	lookup->set = set;
	return 0;
}

/**
 * weft_lookup_parse() - read a lookup
 * @ctx: where
 * @expr: filled in
 * @tb: attributes
 * @at: the expression
 *
 * Return: 0 or a negative errno.
 */
int weft_lookup_parse(struct weft_expr_ctx *ctx, struct weft_expr *expr, struct nlattr **tb,
		      const struct nlattr *at)
{
	struct weft_lookup *lookup = &expr->lookup;
	int err = weft_lookup_set(ctx, expr, tb);
	bool marks;

	if (err)
		return err;
	marks = lookup->set->data == WEFT_FILTER_DATA_MARK;
	if (expr->invert && lookup->set->data != WEFT_FILTER_DATA_NONE)
		return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_FLAGS],
					"what is not in a map has no value", -EINVAL);
	if (marks != !!tb[WEFT_FILTER_EA_TARGET])
		return weft_refuse_attr(ctx->extack, at,
					"a map of marks needs a target, and nothing else does",
					-EINVAL);
	if (!tb[WEFT_FILTER_EA_TARGET])
		return 0;
	lookup->target = nla_get_u32(tb[WEFT_FILTER_EA_TARGET]);
	if (lookup->target == WEFT_FILTER_TARGET_MARK ||
	    lookup->target == WEFT_FILTER_TARGET_CT_MARK ||
	    lookup->target == WEFT_FILTER_TARGET_CLASS)
		return 0;
	return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_TARGET],
				"a map's mark goes to a mark or the class", -EOPNOTSUPP);
}

/* The limit that each element gets: the only expression in @exprs. */
static int weft_update_limit(struct weft_expr_ctx *ctx, struct weft_expr *expr,
			     const struct nlattr *exprs)
{
	const struct nlattr *at = nla_data(exprs);
	struct weft_expr limit = {};
	int err;

	if (!nla_ok(at, nla_len(exprs)) || nla_type(at) != WEFT_FILTER_E_LIMIT ||
	    nla_total_size(nla_len(at)) != NLA_ALIGN(nla_len(exprs)))
		return weft_refuse_attr(ctx->extack, exprs, "elements can have one limit",
					-EOPNOTSUPP);
	err = weft_expr_parse(ctx, at, &limit);
	if (!err && limit.limit->key.n)
		err = weft_refuse_attr(ctx->extack, at, "an element's limit has no key",
				       -EINVAL);
	if (err) {
		weft_expr_free(&limit);
		return err;
	}
	expr->lookup.limit = limit.limit;
	expr->invert = limit.invert;
	return 0;
}

/**
 * weft_update_parse() - read an update
 * @ctx: where
 * @expr: filled in
 * @tb: attributes
 * @at: the expression
 *
 * Return: 0 or a negative errno.
 */
int weft_update_parse(struct weft_expr_ctx *ctx, struct weft_expr *expr, struct nlattr **tb,
		      const struct nlattr *at)
{
	struct weft_lookup *lookup = &expr->lookup;
	int err = weft_lookup_set(ctx, expr, tb);

	if (err)
		return err;
	lookup->op = nla_get_u32(tb[WEFT_FILTER_EA_OP]);
	if (!(lookup->set->flags & WEFT_FILTER_SET_DYNAMIC))
		return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_SET],
					"rules do not change that set: it is not dynamic",
					-EOPNOTSUPP);
	if (tb[WEFT_FILTER_EA_TIMEOUT]) {
		if (!(lookup->set->flags & WEFT_FILTER_SET_TIMEOUT))
			return weft_refuse_attr(ctx->extack, tb[WEFT_FILTER_EA_TIMEOUT],
						"the set has no timeouts", -EINVAL);
		err = weft_timeout_parse(tb[WEFT_FILTER_EA_TIMEOUT], &lookup->timeout,
					 ctx->extack);
		if (err)
			return err;
	}
	return tb[WEFT_FILTER_EA_EXPRS] ?
	       weft_update_limit(ctx, expr, tb[WEFT_FILTER_EA_EXPRS]) : 0;
}
