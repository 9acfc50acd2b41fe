// SPDX-License-Identifier: GPL-2.0
/* Messages about tables, chains, rules, sets and elements. Under the firewall's mutex. */
#include "chain.h"
#include "expr.h"
#include "message.h"
#include "netlink.h"
#include "pernet.h"
#include "set.h"

static void *weft_msg_begin(const struct weft_msg *msg)
{
	return genlmsg_put(msg->skb, msg->portid, msg->seq, &weft_fw_family, msg->flags,
			   msg->cmd);
}

static int weft_msg_end(const struct weft_msg *msg, void *hdr, int err)
{
	if (err && hdr)
		genlmsg_cancel(msg->skb, hdr);
	else if (!err)
		genlmsg_end(msg->skb, hdr);
	return err;
}

static int weft_put_text(struct sk_buff *skb, int type, const char *text)
{
	return text && *text ? nla_put_string(skb, type, text) : 0;
}

static int weft_put_table(const struct weft_msg *msg, u32 table)
{
	return nla_put_string(msg->skb, WEFT_FILTER_A_TABLE, msg->rs->tables[table]->name);
}

static int weft_put_counters(struct sk_buff *skb, const struct weft_fw_counter *counter)
{
	struct weft_filter_counters sum;

	weft_fw_counter_read(counter, &sum);
	return nla_put(skb, WEFT_FILTER_A_COUNTERS, sizeof(sum), &sum);
}

/**
 * weft_msg_table() - tell of a table
 * @msg: how
 * @table: the table
 *
 * Return: 0 or -EMSGSIZE.
 */
int weft_msg_table(const struct weft_msg *msg, const struct weft_fw_table *table)
{
	void *hdr = weft_msg_begin(msg);
	int err = -EMSGSIZE;

	if (hdr &&
	    !nla_put_string(msg->skb, WEFT_FILTER_A_TABLE, table->name) &&
	    !weft_put_u64(msg->skb, WEFT_FILTER_A_HANDLE, table->handle) &&
	    !nla_put_u32(msg->skb, WEFT_FILTER_A_FLAGS, table->flags) &&
	    !weft_put_text(msg->skb, WEFT_FILTER_A_COMMENT, table->comment))
		err = 0;
	return weft_msg_end(msg, hdr, err);
}

static int weft_put_hook(struct sk_buff *skb, const struct weft_fw_chain *chain)
{
	if (!chain->hook)
		return 0;
	if (nla_put_u32(skb, WEFT_FILTER_A_HOOK, chain->hook->ops.hooknum) ||
	    nla_put_s32(skb, WEFT_FILTER_A_PRIORITY, chain->hook->ops.priority) ||
	    nla_put_u32(skb, WEFT_FILTER_A_POLICY, chain->policy))
		return -EMSGSIZE;
	return weft_put_counters(skb, &chain->hook->policy);
}

/**
 * weft_msg_chain() - tell of a chain
 * @msg: how
 * @chain: the chain
 *
 * Return: 0 or -EMSGSIZE.
 */
int weft_msg_chain(const struct weft_msg *msg, const struct weft_fw_chain *chain)
{
	void *hdr = weft_msg_begin(msg);
	int err = -EMSGSIZE;

	if (hdr &&
	    !weft_put_table(msg, chain->table) &&
	    !nla_put_string(msg->skb, WEFT_FILTER_A_CHAIN, chain->name) &&
	    !weft_put_u64(msg->skb, WEFT_FILTER_A_HANDLE, chain->handle) &&
	    !nla_put_u32(msg->skb, WEFT_FILTER_A_USES, msg->rs->chains[chain->slot].uses) &&
	    !weft_put_hook(msg->skb, chain) &&
	    !weft_put_text(msg->skb, WEFT_FILTER_A_COMMENT, chain->comment))
		err = 0;
	return weft_msg_end(msg, hdr, err);
}

/* What its first counter says. */
static int weft_put_rule_counters(struct sk_buff *skb, const struct weft_fw_rule *rule)
{
	unsigned int i;

	for (i = 0; i < rule->n; i++)
		if (rule->exprs[i].type == WEFT_FILTER_E_COUNTER)
			return weft_put_counters(skb, &rule->exprs[i].counter);
	return 0;
}

/**
 * weft_msg_rule() - tell of a rule
 * @msg: how
 * @chain: that has it
 * @rule: the rule
 *
 * Return: 0 or -EMSGSIZE.
 */
int weft_msg_rule(const struct weft_msg *msg, const struct weft_fw_chain *chain,
		  const struct weft_fw_rule *rule)
{
	void *hdr = weft_msg_begin(msg);
	int err = -EMSGSIZE;

	if (hdr &&
	    !weft_put_table(msg, chain->table) &&
	    !nla_put_string(msg->skb, WEFT_FILTER_A_CHAIN, chain->name) &&
	    !weft_put_u64(msg->skb, WEFT_FILTER_A_HANDLE, rule->handle) &&
	    !weft_exprs_dump(msg->skb, msg->rs, rule) &&
	    !weft_put_rule_counters(msg->skb, rule) &&
	    !weft_put_text(msg->skb, WEFT_FILTER_A_COMMENT, rule->comment))
		err = 0;
	return weft_msg_end(msg, hdr, err);
}

/**
 * weft_msg_set() - tell of a set
 * @msg: how
 * @set: the set
 *
 * Return: 0 or -EMSGSIZE.
 */
int weft_msg_set(const struct weft_msg *msg, const struct weft_set *set)
{
	void *hdr = weft_msg_begin(msg);
	int err = -EMSGSIZE;

	if (hdr &&
	    !weft_put_table(msg, set->table) &&
	    !nla_put_string(msg->skb, WEFT_FILTER_A_SET, set->name) &&
	    !weft_put_u64(msg->skb, WEFT_FILTER_A_HANDLE, set->handle) &&
	    !nla_put_u32(msg->skb, WEFT_FILTER_A_FLAGS, set->flags) &&
	    !nla_put_u32(msg->skb, WEFT_FILTER_A_DATA, set->data) &&
	    !nla_put(msg->skb, WEFT_FILTER_A_KEY, set->n_fields * sizeof(*set->fields),
		     set->fields) &&
	    !(set->size && nla_put_u32(msg->skb, WEFT_FILTER_A_SIZE, set->size)) &&
	    !nla_put_u32(msg->skb, WEFT_FILTER_A_USES, msg->rs->sets[set->slot].uses) &&
	    !(set->timeout &&
	      weft_put_u64(msg->skb, WEFT_FILTER_A_TIMEOUT, set->timeout)) &&
	    !weft_put_text(msg->skb, WEFT_FILTER_A_COMMENT, set->comment))
		err = 0;
	return weft_msg_end(msg, hdr, err);
}

/* --- elements ------------------------------------------------------------------------------ */

static int weft_elem_put_data(struct sk_buff *skb, const struct weft_ruleset *rs,
			      const struct weft_set *set, const struct weft_elem *elem)
{
	if (set->data == WEFT_FILTER_DATA_MARK)
		return nla_put_u32(skb, WEFT_FILTER_EL_MARK, elem->data);
	if (set->data != WEFT_FILTER_DATA_VERDICT)
		return 0;
	if (nla_put_u32(skb, WEFT_FILTER_EL_VERDICT, elem->verdict) ||
	    (weft_elem_leads(set, elem) &&
	     nla_put_string(skb, WEFT_FILTER_EL_VERDICT_CHAIN,
			    rs->chains[elem->data].chain->name)))
		return -EMSGSIZE;
	return 0;
}

static int weft_elem_put_time(struct sk_buff *skb, const struct weft_elem *elem)
{
	u64 now = get_jiffies_64(), expires = READ_ONCE(elem->expires);

	if (!expires)
		return 0;
	if (weft_put_u64(skb, WEFT_FILTER_EL_TIMEOUT, div_u64(elem->timeout * MSEC_PER_SEC, HZ)))
		return -EMSGSIZE;
	return weft_put_u64(skb, WEFT_FILTER_EL_EXPIRES,
			    expires > now ? div_u64((expires - now) * MSEC_PER_SEC, HZ) : 0);
}

/**
 * weft_elem_put() - tell of an element
 * @skb: message, in its list of elements
 * @rs: the ruleset
 * @set: the set
 * @elem: the element
 *
 * Return: 0 or -EMSGSIZE.
 */
int weft_elem_put(struct sk_buff *skb, const struct weft_ruleset *rs,
		  const struct weft_set *set, const struct weft_elem *elem)
{
	struct nlattr *nest = nla_nest_start(skb, WEFT_FILTER_A_ELEM);
	size_t len = elem->n * sizeof(*elem->key);
	bool range;

	if (!nest)
		return -EMSGSIZE;
	range = weft_set_ranges(set) && memcmp(elem->key, elem->key + elem->n, len);
	if (nla_put(skb, WEFT_FILTER_EL_KEY, len, elem->key) ||
	    (range && nla_put(skb, WEFT_FILTER_EL_KEY_END, len, elem->key + elem->n)) ||
	    weft_elem_put_data(skb, rs, set, elem) ||
	    weft_elem_put_time(skb, elem) ||
	    weft_put_text(skb, WEFT_FILTER_EL_COMMENT, elem->comment)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * weft_msg_elems_begin() - begin a message with elements
 * @msg: how
 * @set: the set
 * @elems: filled in: where they go
 *
 * Return: its header or NULL.
 */
void *weft_msg_elems_begin(const struct weft_msg *msg, const struct weft_set *set,
			   struct nlattr **elems)
{
	void *hdr = weft_msg_begin(msg);

	if (!hdr)
		return NULL;
	*elems = NULL;
	if (!weft_put_table(msg, set->table) &&
	    !nla_put_string(msg->skb, WEFT_FILTER_A_SET, set->name))
		*elems = nla_nest_start(msg->skb, WEFT_FILTER_A_ELEMS);
	if (*elems)
		return hdr;
	genlmsg_cancel(msg->skb, hdr);
	return NULL;
}

/**
 * weft_msg_elem() - tell of an element
 * @msg: how
 * @set: the set
 * @elem: the element
 *
 * Return: 0 or -EMSGSIZE.
 */
int weft_msg_elem(const struct weft_msg *msg, const struct weft_set *set,
		  const struct weft_elem *elem)
{
	struct nlattr *elems;
	void *hdr = weft_msg_elems_begin(msg, set, &elems);
	int err = -EMSGSIZE;

	if (hdr)
		err = weft_elem_put(msg->skb, msg->rs, set, elem);
	if (!err)
		nla_nest_end(msg->skb, elems);
	return weft_msg_end(msg, hdr, err);
}
