// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family: requests about one connection, and the counters. */
#include <linux/module.h>
#include "extack.h"
#include "track_event.h"
#include "track_filter.h"
#include "track_hook.h"

static const struct nla_policy weft_track_tuple_policy[WEFT_TRACK_T_MAX + 1] = {
	[WEFT_TRACK_T_SRC]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[WEFT_TRACK_T_DST]	= NLA_POLICY_EXACT_LEN(sizeof(struct weft_addr)),
	[WEFT_TRACK_T_PROTO]	= { .type = NLA_U8 },
	[WEFT_TRACK_T_SPORT]	= { .type = NLA_BE16 },
	[WEFT_TRACK_T_DPORT]	= { .type = NLA_BE16 },
	[WEFT_TRACK_T_TYPE]	= { .type = NLA_U8 },
	[WEFT_TRACK_T_LINK]	= { .type = NLA_U32 },
};

static const struct nla_policy weft_track_policy[WEFT_TRACK_A_MAX + 1] = {
	[WEFT_TRACK_A_ID]		= { .type = NLA_U32 },
	[WEFT_TRACK_A_TUPLE]		= NLA_POLICY_NESTED(weft_track_tuple_policy),
	[WEFT_TRACK_A_ZONE]		= { .type = NLA_U16 },
	[WEFT_TRACK_A_MARK]		= { .type = NLA_U32 },
	[WEFT_TRACK_A_MARK_MASK]	= { .type = NLA_U32 },
	[WEFT_TRACK_A_LABELS]		= { .type = NLA_U64 },
	[WEFT_TRACK_A_LABELS_MASK]	= { .type = NLA_U64 },
	[WEFT_TRACK_A_TIMEOUT]		= { .type = NLA_U32 },
	[WEFT_TRACK_A_FILTER]		= NLA_POLICY_NESTED(weft_track_filter_policy),
};

static bool weft_track_heard;

/**
 * weft_track_told() - is the family there, so that events can be told?
 *
 * Context: RCU read lock.
 * Return: false before it is registered and from before it is unregistered.
 */
bool weft_track_told(void)
{
	return READ_ONCE(weft_track_heard);
}

/* --- which one --------------------------------------------------------------------------- */

static int weft_track_read_tuple(struct weft_track_tuple *tuple, struct genl_info *info)
{
	struct nlattr *tb[WEFT_TRACK_T_MAX + 1];
	int err;

	memset(tuple, 0, sizeof(*tuple));
	err = nla_parse_nested(tb, WEFT_TRACK_T_MAX, info->attrs[WEFT_TRACK_A_TUPLE],
			       weft_track_tuple_policy, info->extack);
	if (err)
		return err;
	if (!tb[WEFT_TRACK_T_SRC] || !tb[WEFT_TRACK_T_DST] || !tb[WEFT_TRACK_T_PROTO])
		return weft_refuse(info->extack,
				   "source, destination or protocol is missing", -EINVAL);
	nla_memcpy(&tuple->src, tb[WEFT_TRACK_T_SRC], sizeof(tuple->src));
	nla_memcpy(&tuple->dst, tb[WEFT_TRACK_T_DST], sizeof(tuple->dst));
	tuple->proto = nla_get_u8(tb[WEFT_TRACK_T_PROTO]);
	if (tb[WEFT_TRACK_T_SPORT])
		tuple->sport = nla_get_be16(tb[WEFT_TRACK_T_SPORT]);
	if (tb[WEFT_TRACK_T_DPORT])
		tuple->dport = nla_get_be16(tb[WEFT_TRACK_T_DPORT]);
	if (tb[WEFT_TRACK_T_TYPE])
		tuple->type = nla_get_u8(tb[WEFT_TRACK_T_TYPE]);
	if (tb[WEFT_TRACK_T_LINK])
		tuple->link = nla_get_u32(tb[WEFT_TRACK_T_LINK]);
	if (info->attrs[WEFT_TRACK_A_ZONE])
		tuple->zone = nla_get_u16(info->attrs[WEFT_TRACK_A_ZONE]);
	return 0;
}

static struct weft_track *weft_track_by_id(struct weft_track_net *tn, u32 id)
{
	struct weft_track *track = xa_load(&tn->all, id);

	return track && weft_track_alive(track) && !weft_track_expired(track) ? track : NULL;
}

/* Under RCU. */
static struct weft_track *weft_track_asked(struct genl_info *info)
{
	struct weft_track_net *tn = weft_track_net(genl_info_net(info));
	struct weft_track_tuple tuple;
	struct weft_track *track;
	bool reply;
	int err;

	if (info->attrs[WEFT_TRACK_A_ID]) {
		track = weft_track_by_id(tn, nla_get_u32(info->attrs[WEFT_TRACK_A_ID]));
	} else if (info->attrs[WEFT_TRACK_A_TUPLE]) {
		err = weft_track_read_tuple(&tuple, info);
		if (err)
			return ERR_PTR(err);
		track = weft_track_find(tn, &tuple, &reply);
	} else {
		return ERR_PTR(weft_refuse(info->extack,
					   "neither number nor addresses of a connection",
					   -EINVAL));
	}
	return track ?: ERR_PTR(weft_refuse(info->extack, "no such connection", -ENOENT));
}

/* --- requests ---------------------------------------------------------------------------- */

static int weft_track_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_track *track;
	struct sk_buff *answer;
	int err;

	answer = nlmsg_new(weft_track_message_size(), GFP_KERNEL);
	if (!answer)
		return -ENOMEM;
	rcu_read_lock();
	track = weft_track_asked(info);
	err = PTR_ERR_OR_ZERO(track);
	if (!err)
		err = weft_track_fill(answer, track, WEFT_TRACK_CMD_NEW, info->snd_portid,
				      info->snd_seq, 0);
	rcu_read_unlock();
	if (!err)
		return genlmsg_reply(answer, info);
	nlmsg_free(answer);
	return err;
}

static u32 weft_track_u32_or(const struct nlattr *attr, u32 other)
{
	return attr ? nla_get_u32(attr) : other;
}

static u64 weft_track_u64_or(const struct nlattr *attr, u64 other)
{
	return attr ? nla_get_u64(attr) : other;
}

static void weft_track_set(struct weft_track *track, struct nlattr **attrs)
{
	const struct nlattr *mark = attrs[WEFT_TRACK_A_MARK];
	const struct nlattr *labels = attrs[WEFT_TRACK_A_LABELS];
	u32 mask = weft_track_u32_or(attrs[WEFT_TRACK_A_MARK_MASK], U32_MAX);
	u64 which = weft_track_u64_or(attrs[WEFT_TRACK_A_LABELS_MASK], U64_MAX);

	spin_lock_bh(&track->lock);
	if (mark)
		WRITE_ONCE(track->mark, (track->mark & ~mask) | (nla_get_u32(mark) & mask));
	if (labels)
		WRITE_ONCE(track->labels, (track->labels & ~which) |
					  (nla_get_u64(labels) & which));
	spin_unlock_bh(&track->lock);
	if (attrs[WEFT_TRACK_A_TIMEOUT])
		WRITE_ONCE(track->expires,
			   jiffies + nla_get_u32(attrs[WEFT_TRACK_A_TIMEOUT]) * HZ);
	weft_track_event(track, WEFT_TRACK_CMD_UPDATE);
}

static int weft_track_set_check(struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;

	if (!attrs[WEFT_TRACK_A_MARK] && attrs[WEFT_TRACK_A_MARK_MASK])
		return weft_refuse(info->extack, "mask of a mark that is missing", -EINVAL);
	if (!attrs[WEFT_TRACK_A_LABELS] && attrs[WEFT_TRACK_A_LABELS_MASK])
		return weft_refuse(info->extack, "mask of labels that are missing", -EINVAL);
	if (!attrs[WEFT_TRACK_A_MARK] && !attrs[WEFT_TRACK_A_LABELS] &&
	    !attrs[WEFT_TRACK_A_TIMEOUT])
		return weft_refuse(info->extack, "nothing to set", -EINVAL);
	if (attrs[WEFT_TRACK_A_TIMEOUT] &&
	    nla_get_u32(attrs[WEFT_TRACK_A_TIMEOUT]) > WEFT_TRACK_TIMEOUT_MAX)
		return weft_refuse(info->extack, "the time is longer than 30 days", -EINVAL);
	return 0;
}

static int weft_track_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_track *track;
	int err = weft_track_set_check(info);

	if (err)
		return err;
	rcu_read_lock();
	track = weft_track_asked(info);
	err = PTR_ERR_OR_ZERO(track);
	if (!err)
		weft_track_set(track, info->attrs);
	rcu_read_unlock();
	return err;
}

static int weft_track_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_track *track;
	int err;

	rcu_read_lock();
	track = weft_track_asked(info);
	err = PTR_ERR_OR_ZERO(track);
	if (!err && !weft_track_kill(track, WEFT_TRACK_STAT_DELETED))
		err = weft_refuse(info->extack, "no such connection", -ENOENT);
	rcu_read_unlock();
	return err;
}

static int weft_track_fill_stats(struct sk_buff *skb, const struct weft_track_net *tn)
{
	struct nlattr *nest = nla_nest_start(skb, WEFT_TRACK_A_STATS);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 1; i < __WEFT_TRACK_STAT_LAST; i++)
		if (nla_put_u64_64bit(skb, i, weft_track_stat(tn, i), WEFT_TRACK_STAT_UNSPEC))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int weft_track_stats_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct weft_track_net *tn = weft_track_net(genl_info_net(info));
	struct sk_buff *answer = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *hdr;

	if (!answer)
		return -ENOMEM;
	hdr = genlmsg_put_reply(answer, info, &weft_track_family, 0,
				WEFT_TRACK_CMD_GET_STATS);
	if (!hdr || weft_track_fill_stats(answer, tn)) {
		nlmsg_free(answer);
		return -EMSGSIZE;
	}
	genlmsg_end(answer, hdr);
	return genlmsg_reply(answer, info);
}

/* --- the family --------------------------------------------------------------------------- */

static const struct genl_ops weft_track_ops[] = {
	{ .cmd = WEFT_TRACK_CMD_GET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = weft_track_get_doit, .dumpit = weft_track_dump },
	{ .cmd = WEFT_TRACK_CMD_SET, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = weft_track_set_doit },
	{ .cmd = WEFT_TRACK_CMD_DEL, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = weft_track_del_doit },
	{ .cmd = WEFT_TRACK_CMD_FLUSH, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = weft_track_flush_doit },
	{ .cmd = WEFT_TRACK_CMD_GET_STATS, .flags = GENL_UNS_ADMIN_PERM,
	  .doit = weft_track_stats_doit },
};

static const struct genl_multicast_group weft_track_groups[] = {
	{ .name = WEFT_TRACK_GROUP_EVENTS, .flags = GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family weft_track_family __ro_after_init = {
	.name		= WEFT_TRACK_GENL_NAME,
	.version	= WEFT_TRACK_GENL_VERSION,
	.maxattr	= WEFT_TRACK_A_MAX,
	.policy		= weft_track_policy,
	.netnsok	= true,
	.parallel_ops	= true,
	.module		= THIS_MODULE,
	.ops		= weft_track_ops,
	.n_ops		= ARRAY_SIZE(weft_track_ops),
	.resv_start_op	= __WEFT_TRACK_CMD_MAX,
	.mcgrps		= weft_track_groups,
	.n_mcgrps	= ARRAY_SIZE(weft_track_groups),
};

/**
 * weft_track_netlink_init() - register the family
 *
 * Return: 0 or a negative errno.
 */
int weft_track_netlink_init(void)
{
	int err = genl_register_family(&weft_track_family);

	if (!err)
		WRITE_ONCE(weft_track_heard, true);
	return err;
}

/**
 * weft_track_netlink_exit() - unregister it, after the last event
 */
void weft_track_netlink_exit(void)
{
	WRITE_ONCE(weft_track_heard, false);
	synchronize_net();
	genl_unregister_family(&weft_track_family);
}
