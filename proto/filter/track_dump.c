// SPDX-License-Identifier: GPL-2.0
/* Requests about many connections: they are listed, or removed. */
#include <net/sock.h>
#include "extack.h"
#include "track_event.h"
#include "track_filter.h"
#include "track_hook.h"

/**
 * weft_track_dump() - list the connections that a filter fits
 * @skb: messages
 * @cb: state of the dump; args[0] is the lowest number that is still to be told
 *
 * Context: process.
 * Return: bytes in @skb, 0 at the end, or a negative errno.
 */
int weft_track_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct weft_track_net *tn = weft_track_net(sock_net(skb->sk));
	struct nlattr *tb[WEFT_TRACK_A_MAX + 1];
	struct weft_track_filter filter;
	struct weft_track *track;
	unsigned long id = cb->args[0];
	int err;

	err = genlmsg_parse(cb->nlh, &weft_track_family, tb, WEFT_TRACK_A_MAX,
			    weft_track_family.policy, cb->extack);
	if (!err)
		err = weft_track_filter_parse(&filter, tb[WEFT_TRACK_A_FILTER], cb->extack);
	if (err)
		return err;
	rcu_read_lock();
	for (; (track = weft_track_next(tn, &id)); id++) {
		if (weft_track_expired(track) || !weft_track_filter_fits(&filter, track))
			continue;
		if (weft_track_fill(skb, track, WEFT_TRACK_CMD_NEW,
				    NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				    NLM_F_MULTI | (filter.has ? NLM_F_DUMP_FILTERED : 0)))
			break;
	}
	rcu_read_unlock();
	cb->args[0] = id;
	return skb->len;
}

static u32 weft_track_flush_some(struct weft_track_net *tn,
				 const struct weft_track_filter *filter)
{
	struct weft_track *track;
	unsigned long id = 0;
	u32 count = 0;

	for (;; id++) {
		rcu_read_lock();
		track = weft_track_next(tn, &id);
		if (track && weft_track_filter_fits(filter, track))
			count += weft_track_kill(track, WEFT_TRACK_STAT_DELETED);
		rcu_read_unlock();
		if (!track)
			return count;
		cond_resched();
	}
}

/**
 * weft_track_flush_doit() - remove the connections that a filter fits
 * @skb: request
 * @info: what it says
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int weft_track_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct weft_track_net *tn = weft_track_net(genl_info_net(info));
	struct weft_track_filter filter;
	struct sk_buff *answer;
	void *hdr;
	int err;

	err = weft_track_filter_parse(&filter, info->attrs[WEFT_TRACK_A_FILTER],
				      info->extack);
	if (err)
		return err;
	answer = genlmsg_new(nla_total_size(sizeof(u32)), GFP_KERNEL);
	if (!answer)
		return -ENOMEM;
	hdr = genlmsg_put_reply(answer, info, &weft_track_family, 0, WEFT_TRACK_CMD_FLUSH);
	if (!hdr || nla_put_u32(answer, WEFT_TRACK_A_COUNT,
				weft_track_flush_some(tn, &filter))) {
		nlmsg_free(answer);
		return -EMSGSIZE;
	}
	genlmsg_end(answer, hdr);
	return genlmsg_reply(answer, info);
}
