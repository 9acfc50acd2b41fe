// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family "weft_filter": requests and who makes them. */
#include <linux/ctype.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "../extack.h"
#include "dump.h"
#include "message.h"
#include "netlink.h"
#include "pernet.h"
#include "reset.h"
#include "transaction.h"

static const struct nla_policy weft_fw_policy[WEFT_FILTER_A_MAX + 1] = {
	[WEFT_FILTER_A_GEN]		= { .type = NLA_U32 },
	[WEFT_FILTER_A_TABLE]		= { .type = NLA_NUL_STRING,
					    .len = WEFT_FILTER_NAME_MAX - 1 },
	[WEFT_FILTER_A_CHAIN]		= { .type = NLA_NUL_STRING,
					    .len = WEFT_FILTER_NAME_MAX - 1 },
	[WEFT_FILTER_A_SET]		= { .type = NLA_NUL_STRING,
					    .len = WEFT_FILTER_NAME_MAX - 1 },
	[WEFT_FILTER_A_HANDLE]		= { .type = NLA_U64 },
	[WEFT_FILTER_A_POSITION]	= { .type = NLA_U64 },
	[WEFT_FILTER_A_HOOK]		= NLA_POLICY_MAX(NLA_U32, WEFT_FILTER_HOOK_POSTROUTING),
	[WEFT_FILTER_A_PRIORITY]	= { .type = NLA_S32 },
	[WEFT_FILTER_A_POLICY]		= NLA_POLICY_MAX(NLA_U32, WEFT_FILTER_RETURN),
	[WEFT_FILTER_A_COUNTERS]	= { .type = NLA_REJECT },
	[WEFT_FILTER_A_FLAGS]		= { .type = NLA_U32 },
	[WEFT_FILTER_A_COMMENT]		= { .type = NLA_NUL_STRING,
					    .len = WEFT_FILTER_COMMENT_MAX - 1 },
	[WEFT_FILTER_A_EXPRS]		= { .type = NLA_NESTED },
	[WEFT_FILTER_A_KEY]		= { .type = NLA_BINARY,
					    .len = WEFT_FILTER_KEY_MAX * sizeof(u16) },
	[WEFT_FILTER_A_DATA]		= NLA_POLICY_MAX(NLA_U32, WEFT_FILTER_DATA_MARK),
	[WEFT_FILTER_A_TIMEOUT]		= { .type = NLA_U64 },
	[WEFT_FILTER_A_SIZE]		= { .type = NLA_U32 },
	[WEFT_FILTER_A_ELEMS]		= { .type = NLA_NESTED },
	[WEFT_FILTER_A_ELEM]		= { .type = NLA_REJECT },
	[WEFT_FILTER_A_TRACE]		= { .type = NLA_REJECT },
	[WEFT_FILTER_A_USES]		= { .type = NLA_REJECT },
};

/* --- what others need ---------------------------------------------------------------------- */

/**
 * weft_name_check() - may something have that name?
 * @attr: the name, or NULL
 * @extack: where to say what is wrong
 *
 * Return: 0 or -EINVAL.
 */
int weft_name_check(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const char *c;

	if (!attr)
		return 0;
	for (c = nla_data(attr); *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && *c != '_' && *c != '.' && *c != '-'))
			break;
	if (*c || c == nla_data(attr))
		return weft_refuse_attr(extack, attr,
					"a name has letters, digits, '_', '.' and '-'", -EINVAL);
	return 0;
}

/**
 * weft_comment_new() - copy a comment
 * @attr: a string
 *
 * Return: the copy, to be freed with kfree(), or NULL.
 */
char *weft_comment_new(const struct nlattr *attr)
{
	return nla_strdup(attr, GFP_KERNEL_ACCOUNT);
}

/**
 * weft_put_u64() - put a number of 64 bits into a message
 * @skb: message
 * @type: of the attribute
 * @value: number
 *
 * Return: 0 or -EMSGSIZE.
 */
int weft_put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put(skb, type, sizeof(value), &value);
}

/* --- transactions ---------------------------------------------------------------------------- */

static int weft_fw_begin(struct weft_fw_net *fw, struct genl_info *info)
{
	const struct nlattr *gen = info->attrs[WEFT_FILTER_A_GEN];
	struct weft_trans *trans;

	if (weft_trans_find(fw, info->snd_portid))
		return weft_refuse(info->extack, "a transaction is open", -EALREADY);
	if (gen && nla_get_u32(gen) != (u32)weft_fw_ruleset(fw)->gen)
		return weft_refuse_attr(info->extack, gen, "that is not the generation", -ESTALE);
	if (fw->n_transactions >= WEFT_TRANSACTIONS_MAX)
		return weft_refuse(info->extack, "too many transactions are open", -EBUSY);
	trans = weft_trans_new(fw, info->snd_portid);
	if (!trans)
		return -ENOMEM;
	trans->open = true;
	return 0;
}

static int weft_fw_end(struct weft_fw_net *fw, struct genl_info *info)
{
	struct weft_trans *trans = weft_trans_find(fw, info->snd_portid);
	u8 cmd = info->genlhdr->cmd;
	int err = 0;

	if (!trans)
		return weft_refuse(info->extack, "no transaction is open", -EINVAL);
	if (cmd != WEFT_FILTER_CMD_ABORT)
		err = weft_trans_commit(trans, cmd == WEFT_FILTER_CMD_CHECK, info->extack);
	weft_trans_free(trans);
	return err;
}

static weft_change_fn *const weft_fw_changes[WEFT_FILTER_CMD_MAX + 1] = {
	[WEFT_FILTER_CMD_FLUSH]		= weft_change_flush,
	[WEFT_FILTER_CMD_NEW_TABLE]	= weft_change_new_table,
	[WEFT_FILTER_CMD_DEL_TABLE]	= weft_change_del_table,
	[WEFT_FILTER_CMD_NEW_CHAIN]	= weft_change_new_chain,
	[WEFT_FILTER_CMD_DEL_CHAIN]	= weft_change_del_chain,
	[WEFT_FILTER_CMD_NEW_RULE]	= weft_change_new_rule,
	[WEFT_FILTER_CMD_DEL_RULE]	= weft_change_del_rule,
	[WEFT_FILTER_CMD_NEW_SET]	= weft_change_new_set,
	[WEFT_FILTER_CMD_DEL_SET]	= weft_change_del_set,
	[WEFT_FILTER_CMD_NEW_ELEM]	= weft_change_new_elem,
	[WEFT_FILTER_CMD_DEL_ELEM]	= weft_change_del_elem,
};

/* In the socket's transaction, or in one of its own. */
static int weft_fw_change(struct weft_fw_net *fw, struct genl_info *info)
{
	struct weft_trans *trans = weft_trans_find(fw, info->snd_portid);
	bool open = trans;
	int err;

	if (!open)
		trans = weft_trans_new(fw, info->snd_portid);
	if (!trans)
		return -ENOMEM;
	err = weft_name_check(info->attrs[WEFT_FILTER_A_TABLE], info->extack) ?:
	      weft_name_check(info->attrs[WEFT_FILTER_A_CHAIN], info->extack) ?:
	      weft_name_check(info->attrs[WEFT_FILTER_A_SET], info->extack) ?:
	      weft_trans_change(trans, info->extack) ?:
	      weft_fw_changes[info->genlhdr->cmd](trans, info);
	if (open) {
		trans->spoiled |= err;
		return err;
	}
	if (!err)
		err = weft_trans_commit(trans, false, info->extack);
	weft_trans_free(trans);
	return err;
}

static int weft_fw_get_gen(struct weft_fw_net *fw, struct genl_info *info)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, &weft_fw_family, 0, WEFT_FILTER_CMD_GEN);
	if (!hdr || nla_put_u32(skb, WEFT_FILTER_A_GEN, weft_fw_ruleset(fw)->gen)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

static int weft_fw_do(struct weft_fw_net *fw, struct genl_info *info)
{
	switch (info->genlhdr->cmd) {
	case WEFT_FILTER_CMD_BEGIN:
		return weft_fw_begin(fw, info);
	case WEFT_FILTER_CMD_COMMIT:
	case WEFT_FILTER_CMD_ABORT:
	case WEFT_FILTER_CMD_CHECK:
		return weft_fw_end(fw, info);
	case WEFT_FILTER_CMD_GET_GEN:
		return weft_fw_get_gen(fw, info);
	case WEFT_FILTER_CMD_RESET:
		return weft_reset(weft_fw_ruleset(fw), info);
	}
	return weft_fw_change(fw, info);
}

/*
 * Attributes are read here and not by generic netlink: a change whose attributes are wrong
 * spoils its transaction, too.
 */
static int weft_fw_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_fw_net *fw = weft_fw_net(genl_info_net(info));
	struct nlattr *attrs[WEFT_FILTER_A_MAX + 1];
	struct weft_trans *trans;
	int err;

	err = nlmsg_parse(info->nlhdr, GENL_HDRLEN, attrs, WEFT_FILTER_A_MAX, weft_fw_policy,
			  info->extack);
	mutex_lock(&fw->mutex);
	trans = weft_trans_find(fw, info->snd_portid);
	if (!err) {
		info->attrs = attrs;
		err = weft_fw_do(fw, info);
	} else if (trans) {
		trans->spoiled = true;
	}
	mutex_unlock(&fw->mutex);
	return err;
}

/* A socket that is closed forgets its transaction. */
static int weft_fw_released(struct notifier_block *block, unsigned long event, void *data)
{
	struct netlink_notify *notify = data;
	struct weft_trans *trans;
	struct weft_fw_net *fw;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	fw = weft_fw_net(notify->net);
	mutex_lock(&fw->mutex);
	trans = weft_trans_find(fw, notify->portid);
	if (trans)
		weft_trans_free(trans);
	mutex_unlock(&fw->mutex);
	return NOTIFY_DONE;
}

static struct notifier_block weft_fw_notifier = {
	.notifier_call = weft_fw_released,
};

/* --- the family ------------------------------------------------------------------------------ */

#define WEFT_DO(command)							\
	{ .cmd = WEFT_FILTER_CMD_##command, .doit = weft_fw_doit,		\
	  .flags = GENL_UNS_ADMIN_PERM }

#define WEFT_DUMP(command, fn)							\
	{ .cmd = WEFT_FILTER_CMD_##command, .start = weft_dump_start,		\
	  .dumpit = fn, .done = weft_dump_done, .policy = weft_fw_policy,	\
	  .maxattr = WEFT_FILTER_A_MAX, .flags = GENL_UNS_ADMIN_PERM }

static const struct genl_ops weft_fw_ops[] = {
	WEFT_DO(BEGIN),
	WEFT_DO(COMMIT),
	WEFT_DO(ABORT),
	WEFT_DO(CHECK),
	WEFT_DO(GET_GEN),
	WEFT_DO(FLUSH),
	WEFT_DO(NEW_TABLE),
	WEFT_DO(DEL_TABLE),
	WEFT_DUMP(GET_TABLE, weft_dump_tables),
	WEFT_DO(NEW_CHAIN),
	WEFT_DO(DEL_CHAIN),
	WEFT_DUMP(GET_CHAIN, weft_dump_chains),
	WEFT_DO(NEW_RULE),
	WEFT_DO(DEL_RULE),
	WEFT_DUMP(GET_RULE, weft_dump_rules),
	WEFT_DO(NEW_SET),
	WEFT_DO(DEL_SET),
	WEFT_DUMP(GET_SET, weft_dump_sets),
	WEFT_DO(NEW_ELEM),
	WEFT_DO(DEL_ELEM),
	WEFT_DUMP(GET_ELEM, weft_dump_elems),
	WEFT_DO(RESET),
};

static const struct genl_multicast_group weft_fw_groups[] = {
	[WEFT_FW_GROUP_CHANGES]	= { .name = WEFT_FILTER_GROUP_CHANGES,
				    .flags = GENL_MCAST_CAP_NET_ADMIN },
	[WEFT_FW_GROUP_TRACE]	= { .name = WEFT_FILTER_GROUP_TRACE,
				    .flags = GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family weft_fw_family __ro_after_init = {
	.name = WEFT_FILTER_GENL_NAME,
	.version = WEFT_FILTER_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.ops = weft_fw_ops,
	.n_ops = ARRAY_SIZE(weft_fw_ops),
	.resv_start_op = WEFT_FILTER_CMD_MAX + 1,
	.mcgrps = weft_fw_groups,
	.n_mcgrps = ARRAY_SIZE(weft_fw_groups),
	.module = THIS_MODULE,
};

static bool weft_fw_heard;

/**
 * weft_fw_told() - is the family there, so that packets can tell something?
 *
 * Context: RCU read lock.
 * Return: false before it is registered and from before it is unregistered.
 */
bool weft_fw_told(void)
{
	return READ_ONCE(weft_fw_heard);
}

int __init weft_filter_netlink_init(void)
{
	int err;

	err = netlink_register_notifier(&weft_fw_notifier);
	if (err)
		return err;
	err = genl_register_family(&weft_fw_family);
	if (err)
		netlink_unregister_notifier(&weft_fw_notifier);
	else
		WRITE_ONCE(weft_fw_heard, true);
	return err;
}

void weft_filter_netlink_exit(void)
{
	WRITE_ONCE(weft_fw_heard, false);
	synchronize_net();
	genl_unregister_family(&weft_fw_family);
	netlink_unregister_notifier(&weft_fw_notifier);
}
