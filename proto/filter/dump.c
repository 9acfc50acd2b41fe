// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps. Each is of one ruleset, to which it has a reference, however long it takes; of
 * elements that rules change it is of what is there when it comes to them.
 */
#include <linux/slab.h>
#include <net/sock.h>
#include "../extack.h"
#include "change_elem.h"
#include "chain.h"
#include "compat_netlink.h"
#include "dump.h"
#include "message.h"
#include "netlink.h"
#include "pernet.h"
#include "set.h"

/* Longest message: a rule with all that it can have. */
#define WEFT_DUMP_SIZE	SZ_16K

/**
 * struct weft_dump - a dump, in cb->args[0]
 * @rs: of which ruleset; a reference is held
 * @table: slot of the one table that is asked for, or WEFT_FW_NONE
 * @chain: likewise of the chain
 * @set: likewise of the set
 * @at: slot to go on with
 * @within: rule or element in it to go on with
 */
struct weft_dump {
	struct weft_ruleset	*rs;
	u32			table;
	u32			chain;
	u32			set;
	u32			at;
	unsigned long		within;
};

static struct weft_dump *weft_dump_of(const struct netlink_callback *cb)
{
	return (struct weft_dump *)cb->args[0];
}

static int weft_dump_narrow(struct weft_dump *dump, struct nlattr **tb,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *chain_name = tb[WEFT_FILTER_A_CHAIN];
	const struct nlattr *set_name = tb[WEFT_FILTER_A_SET];
	const struct nlattr *name = tb[WEFT_FILTER_A_TABLE];
	struct weft_fw_chain *chain;
	struct weft_set *set;

	if (!name && (chain_name || set_name))
		return weft_refuse(extack, "the name of the table is missing", -EINVAL);
	if (name && !weft_ruleset_table(dump->rs, nla_data(name), &dump->table))
		return weft_refuse_attr(extack, name, "no such table", -ENOENT);
	if (chain_name) {
		chain = weft_ruleset_chain(dump->rs, dump->table, nla_data(chain_name));
		if (!chain)
			return weft_refuse_attr(extack, chain_name, "no such chain", -ENOENT);
		dump->chain = chain->slot;
	}
	if (set_name) {
		set = weft_ruleset_set(dump->rs, dump->table, nla_data(set_name));
		if (!set)
			return weft_refuse_attr(extack, set_name, "no such set", -ENOENT);
		dump->set = set->slot;
	}
	return 0;
}

/**
 * weft_dump_start() - begin a dump
 * @cb: the dump
 *
 * Return: 0 or a negative errno.
 */
int weft_dump_start(struct netlink_callback *cb)
{
	struct weft_fw_net *fw = weft_fw_net(sock_net(cb->skb->sk));
	struct weft_dump *dump = kzalloc(sizeof(*dump), GFP_KERNEL);
	int err;

	if (!dump)
		return -ENOMEM;
	dump->table = WEFT_FW_NONE;
	dump->chain = WEFT_FW_NONE;
	dump->set = WEFT_FW_NONE;
	mutex_lock(&fw->mutex);
	dump->rs = weft_fw_ruleset(fw);
	err = weft_dump_narrow(dump, weft_genl_dump_attrs(cb), cb->extack);
	if (!err)
		refcount_inc(&dump->rs->users);
	mutex_unlock(&fw->mutex);
	if (err) {
		kfree(dump);
		return err;
	}
	cb->args[0] = (long)dump;
	cb->min_dump_alloc = WEFT_DUMP_SIZE;
	return 0;
}

/**
 * weft_dump_done() - end a dump
 * @cb: the dump
 *
 * Return: 0.
 */
int weft_dump_done(struct netlink_callback *cb)
{
	struct weft_dump *dump = weft_dump_of(cb);

	if (dump)
		weft_ruleset_put(dump->rs);
	kfree(dump);
	return 0;
}

static struct weft_msg weft_dump_msg(struct sk_buff *skb, const struct netlink_callback *cb,
				     u8 cmd)
{
	return (struct weft_msg){
		.skb = skb,
		.rs = weft_dump_of(cb)->rs,
		.portid = NETLINK_CB(cb->skb).portid,
		.seq = cb->nlh->nlmsg_seq,
		.flags = NLM_F_MULTI,
		.cmd = cmd,
	};
}

static bool weft_dump_wants(u32 asked, u32 slot)
{
	return asked == WEFT_FW_NONE || asked == slot;
}

/**
 * weft_dump_tables() - go on with a dump of tables
 * @skb: message
 * @cb: the dump
 *
 * Return: length of what is in @skb.
 */
int weft_dump_tables(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_msg msg = weft_dump_msg(skb, cb, WEFT_FILTER_CMD_NEW_TABLE);
	struct weft_dump *dump = weft_dump_of(cb);

	for (; dump->at < dump->rs->n_tables; dump->at++) {
		if (!dump->rs->tables[dump->at] || !weft_dump_wants(dump->table, dump->at))
			continue;
		if (weft_msg_table(&msg, dump->rs->tables[dump->at]))
			break;
	}
	return skb->len;
}

static struct weft_fw_chain *weft_dump_chain(const struct weft_dump *dump)
{
	struct weft_fw_chain *chain = dump->rs->chains[dump->at].chain;

	if (!chain || !weft_dump_wants(dump->table, chain->table) ||
	    !weft_dump_wants(dump->chain, dump->at))
		return NULL;
	return chain;
}

/**
 * weft_dump_chains() - go on with a dump of chains
 * @skb: message
 * @cb: the dump
 *
 * Return: length of what is in @skb.
 */
int weft_dump_chains(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_msg msg = weft_dump_msg(skb, cb, WEFT_FILTER_CMD_NEW_CHAIN);
	struct weft_dump *dump = weft_dump_of(cb);
	struct weft_fw_chain *chain;

	mutex_lock(&dump->rs->fw->mutex);
	for (; dump->at < dump->rs->n_chains; dump->at++) {
		chain = weft_dump_chain(dump);
		if (chain && weft_msg_chain(&msg, chain))
			break;
	}
	mutex_unlock(&dump->rs->fw->mutex);
	return skb->len;
}

static int weft_dump_chain_rules(const struct weft_msg *msg, struct weft_dump *dump,
				 const struct weft_fw_chain *chain)
{
	for (; dump->within < chain->n_rules; dump->within++)
		if (weft_msg_rule(msg, chain, chain->rules[dump->within]))
			return -EMSGSIZE;
	dump->within = 0;
	return 0;
}

/**
 * weft_dump_rules() - go on with a dump of rules
 * @skb: message
 * @cb: the dump
 *
 * Return: length of what is in @skb.
 */
int weft_dump_rules(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_msg msg = weft_dump_msg(skb, cb, WEFT_FILTER_CMD_NEW_RULE);
	struct weft_dump *dump = weft_dump_of(cb);
	struct weft_fw_chain *chain;

	mutex_lock(&dump->rs->fw->mutex);
	for (; dump->at < dump->rs->n_chains; dump->at++) {
		chain = weft_dump_chain(dump);
		if (chain && weft_dump_chain_rules(&msg, dump, chain))
			break;
	}
	mutex_unlock(&dump->rs->fw->mutex);
	return skb->len;
}

static struct weft_set *weft_dump_set(const struct weft_dump *dump)
{
	struct weft_set *set = dump->rs->sets[dump->at].set;

	if (!set || !weft_dump_wants(dump->table, set->table) ||
	    !weft_dump_wants(dump->set, dump->at))
		return NULL;
	return set;
}

/**
 * weft_dump_sets() - go on with a dump of sets
 * @skb: message
 * @cb: the dump
 *
 * Return: length of what is in @skb.
 */
int weft_dump_sets(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_msg msg = weft_dump_msg(skb, cb, WEFT_FILTER_CMD_NEW_SET);
	struct weft_dump *dump = weft_dump_of(cb);
	struct weft_set *set;

	for (; dump->at < dump->rs->n_sets; dump->at++) {
		set = weft_dump_set(dump);
		if (set && weft_msg_set(&msg, set))
			break;
	}
	return skb->len;
}

/* As many as there is room for, whose number grows; an error if that is not all. */
static int weft_dump_put_elems(struct sk_buff *skb, struct weft_dump *dump, struct weft_set *set,
			       unsigned int *n)
{
	struct weft_elem *elem;
	unsigned long id;
	int err = 0;

	rcu_read_lock();
	xa_for_each_start(&set->elems, id, elem, dump->within) {
		if (weft_elem_visible(elem, dump->rs->gen) && !weft_elem_expired(elem)) {
			err = weft_elem_put(skb, dump->rs, set, elem);
			*n += !err;
		}
		if (err)
			break;
		dump->within = id + 1;
	}
	rcu_read_unlock();
	return err;
}

/* Those that the request names, and that are there. */
static int weft_dump_put_asked(struct sk_buff *skb, struct weft_dump *dump, struct weft_set *set,
			       const struct nlattr *asked, struct netlink_ext_ack *extack,
			       unsigned int *n)
{
	struct nlattr *tb[WEFT_FILTER_EL_MAX + 1];
	struct weft_elem *like, *elem;
	const struct nlattr *attr;
	unsigned long at = 0;
	int rem, err = 0;

	nla_for_each_nested(attr, asked, rem) {
		if (at++ < dump->within)
			continue;
		like = weft_elem_parse_key(set, attr, tb, extack);
		if (IS_ERR(like))
			return PTR_ERR(like);
		rcu_read_lock();
		elem = weft_store_overlap(&set->store, like, dump->rs->gen, NULL);
		if (elem) {
			err = weft_elem_put(skb, dump->rs, set, elem);
			*n += !err;
		}
		rcu_read_unlock();
		weft_elem_free(like);
		if (err)
			return err;
		dump->within = at;
	}
	return 0;
}

static int weft_dump_set_elems(const struct weft_msg *msg, struct weft_dump *dump,
			       struct weft_set *set, const struct nlattr *asked,
			       struct netlink_ext_ack *extack)
{
	struct nlattr *elems;
	unsigned int n = 0;
	void *hdr;
	int err;

	hdr = weft_msg_elems_begin(msg, set, &elems);
	if (!hdr)
		return -EMSGSIZE;
	err = asked ? weft_dump_put_asked(msg->skb, dump, set, asked, extack, &n) :
		      weft_dump_put_elems(msg->skb, dump, set, &n);
	if (n) {
		nla_nest_end(msg->skb, elems);
		genlmsg_end(msg->skb, hdr);
	} else {
		genlmsg_cancel(msg->skb, hdr);
	}
	if (!err)
		dump->within = 0;
	return err;
}

/**
 * weft_dump_elems() - go on with a dump of elements
 * @skb: message
 * @cb: the dump
 *
 * Return: length of what is in @skb, or a negative errno if the request is wrong.
 */
int weft_dump_elems(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_msg msg = weft_dump_msg(skb, cb, WEFT_FILTER_CMD_NEW_ELEM);
	const struct nlattr *asked = weft_genl_dump_attrs(cb)[WEFT_FILTER_A_ELEMS];
	struct weft_dump *dump = weft_dump_of(cb);
	struct weft_set *set;
	int err = 0;

	if (asked && dump->set == WEFT_FW_NONE)
		return weft_refuse(cb->extack, "the name of the set is missing", -EINVAL);
	mutex_lock(&dump->rs->fw->mutex);
	for (; dump->at < dump->rs->n_sets; dump->at++) {
		set = weft_dump_set(dump);
		err = set ? weft_dump_set_elems(&msg, dump, set, asked, cb->extack) : 0;
		if (err)
			break;
	}
	mutex_unlock(&dump->rs->fw->mutex);
	return err && err != -EMSGSIZE ? err : skb->len;
}
