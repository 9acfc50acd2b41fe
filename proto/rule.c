// SPDX-License-Identifier: GPL-2.0
/*
 * Rules that choose the table, kept by the kernel's own fib_rules: this file tells
 * it what our addresses are and where our tables.
 */
#include <net/flow.h>
#include "addr.h"
#include "compat_fib_rules.h"
#include "route.h"
#include "route_cache.h"
#include "rule.h"

/**
 * struct weft_rule - a rule
 * @common: what all families' rules have, first
 * @src: sources that it is for
 * @dst: destinations
 * @src_len: bits of @src that count
 * @dst_len: bits of @dst
 */
struct weft_rule {
	struct fib_rule		common;
	struct weft_addr	src;
	struct weft_addr	dst;
	u8			src_len;
	u8			dst_len;
};

/**
 * struct weft_rule_flow - a flow as fib_rules wants it
 * @common: what it compares itself
 * @flow: the flow
 */
struct weft_rule_flow {
	struct flowi		common;
	struct weft_flow	*flow;
};

static struct weft_rule *weft_rule(struct fib_rule *rule)
{
	return container_of(rule, struct weft_rule, common);
}

static struct weft_flow *weft_rule_flow(struct flowi *fl)
{
	return container_of(fl, struct weft_rule_flow, common)->flow;
}

static int weft_rule_match(struct fib_rule *rule, struct flowi *fl, int flags)
{
	const struct weft_flow *flow = weft_rule_flow(fl);
	const struct weft_rule *r = weft_rule(rule);

	return weft_addr_in_prefix(&flow->src, &r->src, r->src_len) &&
	       weft_addr_in_prefix(&flow->dst, &r->dst, r->dst_len);
}

static int weft_rule_action(struct fib_rule *rule, struct flowi *fl, int flags,
			    struct fib_lookup_arg *arg)
{
	switch (rule->action) {
	case FR_ACT_TO_TBL:
		return weft_route_table_lookup(rule->fr_net, weft_rule_flow(fl),
					       fib_rule_get_table(rule, arg));
	case FR_ACT_UNREACHABLE:
		return -ENETUNREACH;
	case FR_ACT_PROHIBIT:
		return -EACCES;
	}
	return -EINVAL;
}

/* Of a rule with suppress_prefixlength, routes that short do not count. */
static bool weft_rule_suppress(struct fib_rule *rule, int flags,
			       struct fib_lookup_arg *arg)
{
	const struct weft_flow *flow = arg->result;

	return flow->route &&
	       flow->route->prefix_len <= rule->suppress_prefixlen;
}

/*
 * The number of a rule that was given none: before all others. What fib_rules chose
 * is before the second one, since other families have one for local addresses first.
 */
static u32 weft_rule_default_pref(struct fib_rules_ops *ops)
{
	struct fib_rule *first;

	first = list_first_entry_or_null(&ops->rules_list, struct fib_rule, list);
	return first && first->pref ? first->pref - 1 : 0;
}

static int weft_rule_configure(struct fib_rule *rule, struct sk_buff *skb,
			       struct fib_rule_hdr *frh, struct nlattr **tb,
			       struct netlink_ext_ack *extack)
{
	struct weft_rule *r = weft_rule(rule);

	if (frh->tos) {
		NL_SET_ERR_MSG(extack, "weft: rules have no traffic class");
		return -EINVAL;
	}
	if (rule->action == FR_ACT_TO_TBL && !rule->l3mdev && !rule->table) {
		NL_SET_ERR_MSG(extack, "weft: table is missing");
		return -EINVAL;
	}
	if (!tb[FRA_PRIORITY])
		rule->pref = weft_rule_default_pref(weft_net(rule->fr_net)->rules);
	r->src_len = frh->src_len;
	r->dst_len = frh->dst_len;
	if (frh->src_len)
		nla_memcpy(&r->src, tb[FRA_SRC], sizeof(r->src));
	if (frh->dst_len)
		nla_memcpy(&r->dst, tb[FRA_DST], sizeof(r->dst));
	WRITE_ONCE(weft_net(rule->fr_net)->has_rules, true);
	return 0;
}

static int weft_rule_delete(struct fib_rule *rule)
{
	WRITE_ONCE(weft_net(rule->fr_net)->has_rules, true);
	return 0;
}

static int weft_rule_compare(struct fib_rule *rule, struct fib_rule_hdr *frh,
			     struct nlattr **tb)
{
	const struct weft_rule *r = weft_rule(rule);

	if ((frh->src_len && frh->src_len != r->src_len) ||
	    (frh->dst_len && frh->dst_len != r->dst_len))
		return 0;
	if (frh->src_len && nla_memcmp(tb[FRA_SRC], &r->src, sizeof(r->src)))
		return 0;
	if (frh->dst_len && nla_memcmp(tb[FRA_DST], &r->dst, sizeof(r->dst)))
		return 0;
	return 1;
}

static int weft_rule_fill(struct fib_rule *rule, struct sk_buff *skb,
			  struct fib_rule_hdr *frh)
{
	const struct weft_rule *r = weft_rule(rule);

	frh->src_len = r->src_len;
	frh->dst_len = r->dst_len;
	frh->tos = 0;
	if ((r->src_len && nla_put(skb, FRA_SRC, sizeof(r->src), &r->src)) ||
	    (r->dst_len && nla_put(skb, FRA_DST, sizeof(r->dst), &r->dst)))
		return -ENOBUFS;
	return 0;
}

static size_t weft_rule_payload(struct fib_rule *rule)
{
	return 2 * nla_total_size(sizeof(struct weft_addr));
}

/**
 * weft_rule_lookup() - find a flow's way by the rules
 * @net: namespace
 * @flow: the flow
 *
 * Context: RCU read lock.
 * Return: as weft_route_table_lookup().
 */
int weft_rule_lookup(struct net *net, struct weft_flow *flow)
{
	struct weft_net *wn = weft_net(net);
	struct fib_lookup_arg arg = {
		.lookup_ptr = NULL,
		.result = flow,
		.flags = FIB_LOOKUP_NOREF,
	};
	struct weft_rule_flow rf = {
		.common.flowi_iif = flow->iif ?: LOOPBACK_IFINDEX,
		.common.flowi_oif = flow->oif,
		.common.flowi_mark = flow->mark,
		.common.flowi_uid = flow->uid,
		.flow = flow,
	};
	int err;

	if (likely(!READ_ONCE(wn->has_rules))) {
		err = weft_route_table_lookup(net, flow, RT_TABLE_MAIN);
		if (err == -EAGAIN)
			err = weft_route_table_lookup(net, flow,
						      RT_TABLE_DEFAULT);
		return err;
	}
	err = fib_rules_lookup(wn->rules, &rf.common, 0, &arg);
	return err == -ESRCH ? -EAGAIN : err;
}

static void weft_rule_flush_cache(struct fib_rules_ops *ops)
{
	weft_route_changed(ops->fro_net);
}

static struct fib_rules_ops weft_rule_ops = {
	.rule_size	= sizeof(struct weft_rule),
	.addr_size	= sizeof(struct weft_addr),
	.action		= weft_rule_action,
	.suppress	= weft_rule_suppress,
	.match		= weft_rule_match,
	.configure	= weft_rule_configure,
	.delete		= weft_rule_delete,
	.compare	= weft_rule_compare,
	.fill		= weft_rule_fill,
	.nlmsg_payload	= weft_rule_payload,
	.flush_cache	= weft_rule_flush_cache,
	.nlgroup	= WEFT_RTNLGRP_RULE,
	.owner		= THIS_MODULE,
};

/* What `ip rule` shows of a new namespace: main, then default. */
int weft_rule_init_net(struct net *net)
{
	struct fib_rules_ops *ops;
	int err;

	weft_rule_ops.family = weft_family;
	ops = fib_rules_register(&weft_rule_ops, net);
	if (IS_ERR(ops))
		return PTR_ERR(ops);
	err = fib_default_rule_add(ops, 32766, RT_TABLE_MAIN);
	if (!err)
		err = fib_default_rule_add(ops, 32767, RT_TABLE_DEFAULT);
	if (err) {
		fib_rules_unregister(ops);
		return err;
	}
	weft_net(net)->rules = ops;
	return 0;
}

void weft_rule_exit_net(struct net *net)
{
	rtnl_lock();
	fib_rules_unregister(weft_net(net)->rules);
	rtnl_unlock();
}
