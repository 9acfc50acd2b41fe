// SPDX-License-Identifier: GPL-2.0
/* Changes of elements. */
#include <linux/slab.h>
#include "../extack.h"
#include "change_elem.h"
#include "compat_netlink.h"
#include "field.h"
#include "message.h"
#include "netlink.h"
#include "transaction.h"

const struct nla_policy weft_elem_policy[WEFT_FILTER_EL_MAX + 1] = {
	[WEFT_FILTER_EL_KEY]		= { .type = NLA_BINARY,
					    .len = WEFT_SET_WORDS_MAX * sizeof(u64) },
	[WEFT_FILTER_EL_KEY_END]	= { .type = NLA_BINARY,
					    .len = WEFT_SET_WORDS_MAX * sizeof(u64) },
	[WEFT_FILTER_EL_VERDICT]	= NLA_POLICY_MAX(NLA_U32, WEFT_FILTER_RETURN),
	[WEFT_FILTER_EL_VERDICT_CHAIN]	= { .type = NLA_NUL_STRING,
					    .len = WEFT_FILTER_NAME_MAX - 1 },
	[WEFT_FILTER_EL_MARK]		= { .type = NLA_U32 },
	[WEFT_FILTER_EL_TIMEOUT]	= { .type = NLA_U64 },
	[WEFT_FILTER_EL_EXPIRES]	= { .type = NLA_U64 },
	[WEFT_FILTER_EL_COMMENT]	= { .type = NLA_NUL_STRING,
					    .len = WEFT_FILTER_COMMENT_MAX - 1 },
};

/* Numbers of a key, each as its field can be. */
static int weft_elem_words(const struct weft_set *set, const struct nlattr *attr, u64 *words,
			   struct netlink_ext_ack *extack)
{
	unsigned int i, j, n = 0;

	if (nla_len(attr) != set->store.n * sizeof(*words))
		return weft_refuse_attr(extack, attr, "the set's keys have another length",
					-EINVAL);
	memcpy(words, nla_data(attr), nla_len(attr));
	for (i = 0; i < set->n_fields; i++)
		for (j = 0; j < weft_field_words(set->fields[i]); j++)
			if (words[n++] > weft_field_max(set->fields[i]))
				return weft_refuse_attr(extack, attr, "too great for the field",
							-ERANGE);
	return 0;
}

/**
 * weft_elem_parse_key() - read the key of an element
 * @set: its set
 * @attr: the element
 * @tb: filled in
 * @extack: where to say what is wrong
 *
 * Return: an element with that key or range alone, or an ERR_PTR.
 */
struct weft_elem *weft_elem_parse_key(const struct weft_set *set, const struct nlattr *attr,
				      struct nlattr **tb, struct netlink_ext_ack *extack)
{
	u64 first[WEFT_SET_WORDS_MAX], last[WEFT_SET_WORDS_MAX];
	const struct nlattr *key, *end;
	unsigned int i;
	int err;

	if (nla_type(attr) != WEFT_FILTER_A_ELEM)
		return ERR_PTR(weft_refuse_attr(extack, attr, "no element", -EINVAL));
	err = nla_parse_nested(tb, WEFT_FILTER_EL_MAX, attr, weft_elem_policy, extack);
	if (err)
		return ERR_PTR(err);
	key = tb[WEFT_FILTER_EL_KEY];
	end = tb[WEFT_FILTER_EL_KEY_END];
	if (!key)
		return ERR_PTR(weft_refuse_attr(extack, attr, "the element has no key", -EINVAL));
	if (end && !weft_set_ranges(set))
		return ERR_PTR(weft_refuse_attr(extack, end, "the set has no ranges", -EINVAL));
	err = weft_elem_words(set, key, first, extack) ?:
	      weft_elem_words(set, end ?: key, last, extack);
	if (err)
		return ERR_PTR(err);
	for (i = 0; i < set->store.n; i++)
		if (last[i] < first[i])
			return ERR_PTR(weft_refuse_attr(extack, end,
							"the range ends before it begins",
							-EINVAL));
	return weft_elem_new(set, first, last, GFP_KERNEL_ACCOUNT) ?: ERR_PTR(-ENOMEM);
}

static int weft_elem_verdict(struct weft_trans *trans, const struct weft_set *set,
			     struct weft_elem *elem, struct nlattr **tb,
			     struct netlink_ext_ack *extack)
{
	struct nlattr *name = tb[WEFT_FILTER_EL_VERDICT_CHAIN];
	struct weft_fw_chain *chain;

	elem->verdict = nla_get_u32(tb[WEFT_FILTER_EL_VERDICT]);
	if (weft_elem_leads(set, elem) != !!name)
		return weft_refuse_attr(extack, tb[WEFT_FILTER_EL_VERDICT],
					"a chain belongs to jump and goto, and to no other verdict",
					-EINVAL);
	if (!name)
		return 0;
	if (tb[WEFT_FILTER_EL_TIMEOUT] || set->timeout)
		return weft_refuse_attr(extack, name,
					"what leads to a chain does not go by itself", -EOPNOTSUPP);
	chain = weft_chain_target(trans->next, set->table, name, extack);
	if (IS_ERR(chain))
		return PTR_ERR(chain);
	elem->data = chain->slot;
	return 0;
}

static int weft_elem_value(struct weft_trans *trans, const struct weft_set *set,
			   struct weft_elem *elem, struct nlattr **tb, const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	bool verdict = set->data == WEFT_FILTER_DATA_VERDICT;
	bool mark = set->data == WEFT_FILTER_DATA_MARK;

	if (verdict != !!tb[WEFT_FILTER_EL_VERDICT] || mark != !!tb[WEFT_FILTER_EL_MARK] ||
	    (!verdict && tb[WEFT_FILTER_EL_VERDICT_CHAIN]))
		return weft_refuse_attr(extack, attr, "not what the set has for each key",
					-EINVAL);
	if (mark)
		elem->data = nla_get_u32(tb[WEFT_FILTER_EL_MARK]);
	return verdict ? weft_elem_verdict(trans, set, elem, tb, extack) : 0;
}

static int weft_elem_time(const struct weft_set *set, struct weft_elem *elem,
			  struct nlattr **tb, struct netlink_ext_ack *extack)
{
	u64 timeout = set->timeout, expires;
	const struct nlattr *attr = tb[WEFT_FILTER_EL_TIMEOUT] ?: tb[WEFT_FILTER_EL_EXPIRES];
	int err = 0;

	if (attr && !(set->flags & WEFT_FILTER_SET_TIMEOUT))
		return weft_refuse_attr(extack, attr, "the set has no timeouts", -EINVAL);
	if (tb[WEFT_FILTER_EL_TIMEOUT])
		err = weft_timeout_parse(tb[WEFT_FILTER_EL_TIMEOUT], &timeout, extack);
	expires = timeout;
	if (!err && tb[WEFT_FILTER_EL_EXPIRES])
		err = weft_timeout_parse(tb[WEFT_FILTER_EL_EXPIRES], &expires, extack);
	if (err || !timeout)
		return err;
	elem->timeout = weft_timeout_jiffies(timeout);
	elem->expires = get_jiffies_64() + weft_timeout_jiffies(expires);
	return 0;
}

static struct weft_elem *weft_elem_parse(struct weft_trans *trans, const struct weft_set *set,
					 const struct nlattr *attr,
					 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[WEFT_FILTER_EL_MAX + 1];
	struct weft_elem *elem = weft_elem_parse_key(set, attr, tb, extack);
	int err;

	if (IS_ERR(elem))
		return elem;
	err = weft_elem_value(trans, set, elem, tb, attr, extack) ?:
	      weft_elem_time(set, elem, tb, extack);
	if (!err && tb[WEFT_FILTER_EL_COMMENT]) {
		elem->comment = weft_comment_new(tb[WEFT_FILTER_EL_COMMENT]);
		err = elem->comment ? 0 : -ENOMEM;
	}
	if (!err)
		return elem;
	weft_elem_free(elem);
	return ERR_PTR(err);
}

static bool weft_elem_alike(const struct weft_set *set, const struct weft_elem *a,
			    const struct weft_elem *b)
{
	return a->data == b->data && a->verdict == b->verdict &&
	       !memcmp(a->key, b->key,
		       (weft_set_ranges(set) ? 2 : 1) * a->n * sizeof(*a->key));
}

/* 1: it is there as it is to be; 0: nothing is in its way; -EEXIST: something is. */
static int weft_elem_place(struct weft_trans *trans, struct weft_set *set,
			   const struct weft_elem *elem)
{
	const struct weft_elem *old;
	int err = 0;

	rcu_read_lock();
	old = weft_trans_find_elem(trans, set, elem, false);
	if (old)
		err = weft_elem_alike(set, old, elem) ? 1 : -EEXIST;
	rcu_read_unlock();
	return err;
}

static int weft_elem_add(struct weft_trans *trans, struct genl_info *info, struct weft_set *set,
			 const struct nlattr *attr)
{
	struct weft_elem *elem = weft_elem_parse(trans, set, attr, info->extack);
	int err;

	if (IS_ERR(elem))
		return PTR_ERR(elem);
	err = weft_elem_place(trans, set, elem);
	if (err < 0 || (err && info->nlhdr->nlmsg_flags & NLM_F_EXCL)) {
		err = weft_refuse_attr(info->extack, attr,
				       "an element with such a key is there", -EEXIST);
		goto free;
	}
	if (err)
		goto free;
	err = weft_trans_add_elem(trans, set, elem);
	if (err) {
		if (err == -ENFILE)
			weft_refuse_attr(info->extack, attr, "the set is full", err);
		else if (err == -E2BIG)
			weft_refuse_attr(info->extack, attr,
					 "the ranges need too many prefixes, or masks", err);
		goto free;
	}
	if (weft_elem_leads(set, elem)) {
		trans->next->chains[elem->data].uses++;
		trans->leads = true;
	}
	weft_told_elem(trans, WEFT_FILTER_CMD_NEW_ELEM, set, elem);
	return 0;
free:
	weft_elem_free(elem);
	return err < 0 ? err : 0;
}

static int weft_elem_del(struct weft_trans *trans, struct genl_info *info, struct weft_set *set,
			 const struct nlattr *attr)
{
	struct nlattr *tb[WEFT_FILTER_EL_MAX + 1];
	struct weft_elem *old, *like = weft_elem_parse_key(set, attr, tb, info->extack);
	int err;

	if (IS_ERR(like))
		return PTR_ERR(like);
	if (set->data == WEFT_FILTER_DATA_VERDICT) {
		rcu_read_lock();
		old = weft_trans_find_elem(trans, set, like, true);
		rcu_read_unlock();
		if (old && weft_elem_leads(set, old))
			trans->next->chains[old->data].uses--;
	}
	err = weft_trans_del_elem(trans, set, like);
	if (err == -ENOENT)
		weft_refuse_attr(info->extack, attr, "no such element", err);
	else if (!err)
		weft_told_elem(trans, WEFT_FILTER_CMD_DEL_ELEM, set, like);
	weft_elem_free(like);
	return err;
}

static struct weft_set *weft_elems_set(struct weft_trans *trans, struct genl_info *info)
{
	struct weft_set *set = weft_change_set(trans, info);

	if (!IS_ERR(set) && set->flags & WEFT_FILTER_SET_CONSTANT && set->owner != trans)
		return ERR_PTR(weft_refuse_attr(info->extack, info->attrs[WEFT_FILTER_A_SET],
						"the set is constant", -EBUSY));
	return set;
}

static int weft_elems_each(struct weft_trans *trans, struct genl_info *info,
			   struct weft_set *set,
			   int (*fn)(struct weft_trans *trans, struct genl_info *info,
				     struct weft_set *set, const struct nlattr *attr))
{
	const struct nlattr *attr;
	int rem, err = 0;

	nla_for_each_nested(attr, info->attrs[WEFT_FILTER_A_ELEMS], rem) {
		err = weft_trans_change(trans, info->extack) ?: fn(trans, info, set, attr);
		if (err)
			break;
	}
	return err;
}

/**
 * weft_change_new_elem() - add elements
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_new_elem(struct weft_trans *trans, struct genl_info *info)
{
	struct weft_set *set = weft_elems_set(trans, info);

	if (IS_ERR(set))
		return PTR_ERR(set);
	if (!info->attrs[WEFT_FILTER_A_ELEMS])
		return weft_refuse(info->extack, "elements are missing", -EINVAL);
	return weft_elems_each(trans, info, set, weft_elem_add);
}

static int weft_elem_told_gone(struct weft_trans *trans, struct weft_set *set,
			       struct weft_elem *elem, void *arg)
{
	weft_told_elem(trans, WEFT_FILTER_CMD_DEL_ELEM, set, elem);
	return 0;
}

/**
 * weft_change_del_elem() - delete elements, or all of a set
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_del_elem(struct weft_trans *trans, struct genl_info *info)
{
	struct weft_set *set = weft_elems_set(trans, info);

	if (IS_ERR(set))
		return PTR_ERR(set);
	if (info->attrs[WEFT_FILTER_A_ELEMS])
		return weft_elems_each(trans, info, set, weft_elem_del);
	weft_trans_unuse_elems(trans, set);
	if (!(set->flags & WEFT_FILTER_SET_DYNAMIC))
		weft_trans_each_elem(trans, set, weft_elem_told_gone, NULL);
	return weft_trans_del_elems(trans, set);
}
