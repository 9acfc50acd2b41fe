// SPDX-License-Identifier: GPL-2.0
/* Changes of sets. */
#include <linux/slab.h>
#include "../extack.h"
#include "compat_netlink.h"
#include "expr.h"
#include "message.h"
#include "netlink.h"
#include "transaction.h"

#define WEFT_SET_FLAGS	(WEFT_FILTER_SET_INTERVAL | WEFT_FILTER_SET_TIMEOUT |		\
			 WEFT_FILTER_SET_DYNAMIC | WEFT_FILTER_SET_CONSTANT |		\
			 WEFT_FILTER_SET_ANONYMOUS)

/**
 * weft_timeout_parse() - read a timeout
 * @attr: ms
 * @ms: filled in
 * @extack: where to say what is wrong
 *
 * Return: 0 or -ERANGE.
 */
int weft_timeout_parse(const struct nlattr *attr, u64 *ms, struct netlink_ext_ack *extack)
{
	*ms = nla_get_u64(attr);
	if (*ms > WEFT_TIMEOUT_MAX)
		return weft_refuse_attr(extack, attr, "the timeout is too long", -ERANGE);
	return 0;
}

/**
 * weft_change_set() - find the set that a change is about
 * @trans: the transaction
 * @info: the change
 *
 * Return: the set or an ERR_PTR.
 */
struct weft_set *weft_change_set(struct weft_trans *trans, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[WEFT_FILTER_A_SET];
	struct weft_set *set;
	u32 table;
	int err;

	err = weft_change_table(trans, info, &table);
	if (err)
		return ERR_PTR(err);
	if (!name)
		return ERR_PTR(weft_refuse(info->extack, "the name of the set is missing",
					   -EINVAL));
	set = weft_ruleset_set(trans->next, table, nla_data(name));
	return set ?: ERR_PTR(weft_refuse_attr(info->extack, name, "no such set", -ENOENT));
}

static int weft_set_check(const struct weft_set *set, struct genl_info *info)
{
	const struct nlattr *flags = info->attrs[WEFT_FILTER_A_FLAGS];

	if (set->flags & ~WEFT_SET_FLAGS)
		return weft_refuse_attr(info->extack, flags, "no such flag", -EINVAL);
	if (set->flags & WEFT_FILTER_SET_DYNAMIC &&
	    (set->flags & (WEFT_FILTER_SET_INTERVAL | WEFT_FILTER_SET_CONSTANT) ||
	     set->data != WEFT_FILTER_DATA_NONE))
		return weft_refuse_attr(info->extack, flags,
					"rules change neither ranges, constant sets nor maps",
					-EOPNOTSUPP);
	if (set->timeout && !(set->flags & WEFT_FILTER_SET_TIMEOUT))
		return weft_refuse_attr(info->extack, info->attrs[WEFT_FILTER_A_TIMEOUT],
					"the set has no timeouts", -EINVAL);
	if (info->attrs[WEFT_FILTER_A_SIZE] &&
	    (!set->size || set->size > WEFT_SET_SIZE_MAX))
		return weft_refuse_attr(info->extack, info->attrs[WEFT_FILTER_A_SIZE],
					"no size for a set", -ERANGE);
	return 0;
}

static int weft_set_parse(struct weft_set *set, struct genl_info *info)
{
	const struct nlattr *timeout = info->attrs[WEFT_FILTER_A_TIMEOUT];
	struct weft_key key = {};
	int err;

	if (!info->attrs[WEFT_FILTER_A_KEY])
		return weft_refuse(info->extack, "the set's key is missing", -EINVAL);
	err = weft_key_parse(info->attrs[WEFT_FILTER_A_KEY], &key, info->extack);
	if (err)
		return err;
	set->n_fields = key.n;
	memcpy(set->fields, key.fields, sizeof(set->fields));
	set->flags = nla_get_u32_default(info->attrs[WEFT_FILTER_A_FLAGS], 0);
	set->data = nla_get_u32_default(info->attrs[WEFT_FILTER_A_DATA],
					WEFT_FILTER_DATA_NONE);
	set->size = nla_get_u32_default(info->attrs[WEFT_FILTER_A_SIZE], 0);
	if (timeout)
		err = weft_timeout_parse(timeout, &set->timeout, info->extack);
	nla_strscpy(set->name, info->attrs[WEFT_FILTER_A_SET], sizeof(set->name));
	if (info->attrs[WEFT_FILTER_A_COMMENT])
		nla_strscpy(set->comment, info->attrs[WEFT_FILTER_A_COMMENT],
			    sizeof(set->comment));
	return err ?: weft_set_check(set, info);
}

/* A set that is there may be made again if it would be the same. */
static int weft_set_again(const struct weft_set *set, const struct weft_set *like,
			  struct genl_info *info)
{
	if (info->nlhdr->nlmsg_flags & NLM_F_EXCL || set->flags != like->flags ||
	    set->data != like->data || set->n_fields != like->n_fields ||
	    memcmp(set->fields, like->fields, sizeof(set->fields)) ||
	    set->timeout != like->timeout || set->size != like->size)
		return weft_refuse_attr(info->extack, info->attrs[WEFT_FILTER_A_SET],
					"the set is there", -EEXIST);
	return 0;
}

static int weft_set_add(struct weft_trans *trans, const struct weft_set *like)
{
	struct weft_set *set = weft_set_new(trans->fw, like);
	int err;

	if (IS_ERR(set))
		return PTR_ERR(set);
	err = weft_ruleset_add_set(trans->next, set);
	if (err) {
		weft_set_put(set);
		return err;
	}
	set->owner = trans;
	set->handle = ++trans->fw->last_handle;
	list_add_tail(&set->link, &trans->fw->sets);
	weft_told_set(trans, WEFT_FILTER_CMD_NEW_SET, set);
	return 0;
}

/**
 * weft_change_new_set() - make a set
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_new_set(struct weft_trans *trans, struct genl_info *info)
{
	const struct nlattr *name = info->attrs[WEFT_FILTER_A_SET];
	struct weft_set *old, *like;
	u32 table;
	int err;

	err = weft_change_table(trans, info, &table);
	if (err)
		return err;
	if (!name)
		return weft_refuse(info->extack, "the name of the set is missing", -EINVAL);
	like = kzalloc(sizeof(*like), GFP_KERNEL);
	if (!like)
		return -ENOMEM;
	like->table = table;
	err = weft_set_parse(like, info);
	old = weft_ruleset_set(trans->next, table, nla_data(name));
	if (!err && old)
		err = weft_set_again(old, like, info);
	else if (!err)
		err = weft_set_add(trans, like);
	kfree(like);
	return err;
}

static int weft_set_unuse(struct weft_trans *trans, struct weft_set *set,
			  struct weft_elem *elem, void *arg)
{
	if (weft_elem_leads(set, elem))
		trans->next->chains[elem->data].uses--;
	return 0;
}

/**
 * weft_trans_unuse_elems() - account for the end of a set's elements
 * @trans: the transaction
 * @set: the set
 */
void weft_trans_unuse_elems(struct weft_trans *trans, struct weft_set *set)
{
	if (set->data == WEFT_FILTER_DATA_VERDICT)
		weft_trans_each_elem(trans, set, weft_set_unuse, NULL);
}

/**
 * weft_trans_drop_set() - take a set out of a transaction's ruleset
 * @trans: the transaction
 * @slot: of the set
 */
void weft_trans_drop_set(struct weft_trans *trans, u32 slot)
{
	struct weft_fw_set_slot *at = &trans->next->sets[slot];
	struct weft_delta *delta;

	weft_trans_unuse_elems(trans, at->set);
	delta = weft_delta_find(trans, at->set);
	if (delta)
		weft_delta_free(delta);
	weft_told_set(trans, WEFT_FILTER_CMD_DEL_SET, at->set);
	weft_set_put(at->set);
	*at = (struct weft_fw_set_slot){};
}

/**
 * weft_change_del_set() - delete a set that no rule uses
 * @trans: the transaction
 * @info: the change
 *
 * Return: 0 or a negative errno.
 */
int weft_change_del_set(struct weft_trans *trans, struct genl_info *info)
{
	struct weft_set *set = weft_change_set(trans, info);

	if (IS_ERR(set))
		return PTR_ERR(set);
	if (trans->next->sets[set->slot].uses)
		return weft_refuse_attr(info->extack, info->attrs[WEFT_FILTER_A_SET],
					"a rule uses the set", -EBUSY);
	weft_trans_drop_set(trans, set->slot);
	return 0;
}
