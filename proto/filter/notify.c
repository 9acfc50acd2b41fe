// SPDX-License-Identifier: GPL-2.0
/*
 * Who listens is told what a commit changed. The messages are made with the changes, when
 * what they are about is at hand, and sent when all is in force.
 */
#include "message.h"
#include "netlink.h"
#include "transaction.h"

#define WEFT_TOLD_SIZE		SZ_1K	/* any message but a long rule */
#define WEFT_TOLD_RULE_SIZE	SZ_16K	/* a rule with all that it can have */
#define WEFT_TOLD_MAX		SZ_64M	/* all of a transaction */

/* A message to fill in; false if nobody listens. */
static bool weft_told_begin(struct weft_trans *trans, u8 cmd, size_t size, struct weft_msg *msg)
{
	struct net *net = trans->fw->net;

	if (trans->lost || !genl_has_listeners(&weft_fw_family, net, WEFT_FW_GROUP_CHANGES))
		return false;
	*msg = (struct weft_msg){
		.skb = nlmsg_new(size, GFP_KERNEL_ACCOUNT),
		.rs = trans->next,
		.portid = trans->portid,
		.cmd = cmd,
	};
	trans->lost = !msg->skb;
	return !trans->lost;
}

static void weft_told_end(struct weft_trans *trans, struct weft_msg *msg, int err)
{
	if (!err)
		trans->told_size += msg->skb->truesize;
	if (err || trans->told_size > WEFT_TOLD_MAX) {
		kfree_skb(msg->skb);
		trans->lost = true;
	} else {
		__skb_queue_tail(&trans->told, msg->skb);
	}
}

/**
 * weft_told_table() - tell of a table
 * @trans: in which transaction it changes
 * @cmd: how
 * @table: the table
 */
void weft_told_table(struct weft_trans *trans, u8 cmd, const struct weft_fw_table *table)
{
	struct weft_msg msg;

	if (weft_told_begin(trans, cmd, WEFT_TOLD_SIZE, &msg))
		weft_told_end(trans, &msg, weft_msg_table(&msg, table));
}

/**
 * weft_told_chain() - tell of a chain
 * @trans: in which transaction it changes
 * @cmd: how
 * @chain: the chain
 */
void weft_told_chain(struct weft_trans *trans, u8 cmd, const struct weft_fw_chain *chain)
{
	struct weft_msg msg;

	if (weft_told_begin(trans, cmd, WEFT_TOLD_SIZE, &msg))
		weft_told_end(trans, &msg, weft_msg_chain(&msg, chain));
}

/**
 * weft_told_rule() - tell of a rule
 * @trans: in which transaction it changes
 * @cmd: how
 * @chain: that has it
 * @rule: the rule
 */
void weft_told_rule(struct weft_trans *trans, u8 cmd, const struct weft_fw_chain *chain,
		    const struct weft_fw_rule *rule)
{
	struct weft_msg msg;
	int err;

	if (!weft_told_begin(trans, cmd, WEFT_TOLD_SIZE, &msg))
		return;
	err = weft_msg_rule(&msg, chain, rule);
	if (err) {
		kfree_skb(msg.skb);
		if (!weft_told_begin(trans, cmd, WEFT_TOLD_RULE_SIZE, &msg))
			return;
		err = weft_msg_rule(&msg, chain, rule);
	}
	weft_told_end(trans, &msg, err);
}

/**
 * weft_told_set() - tell of a set
 * @trans: in which transaction it changes
 * @cmd: how
 * @set: the set
 */
void weft_told_set(struct weft_trans *trans, u8 cmd, const struct weft_set *set)
{
	struct weft_msg msg;

	if (weft_told_begin(trans, cmd, WEFT_TOLD_SIZE, &msg))
		weft_told_end(trans, &msg, weft_msg_set(&msg, set));
}

/**
 * weft_told_elem() - tell of an element
 * @trans: in which transaction it changes
 * @cmd: how
 * @set: that has it
 * @elem: the element
 */
void weft_told_elem(struct weft_trans *trans, u8 cmd, const struct weft_set *set,
		    const struct weft_elem *elem)
{
	struct weft_msg msg;

	if (weft_told_begin(trans, cmd, WEFT_TOLD_SIZE, &msg))
		weft_told_end(trans, &msg, weft_msg_elem(&msg, set, elem));
}

static int weft_told_gen(struct weft_trans *trans, u64 gen)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *hdr;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put(skb, trans->portid, 0, &weft_fw_family, 0, WEFT_FILTER_CMD_GEN);
	if (!hdr || nla_put_u32(skb, WEFT_FILTER_A_GEN, gen)) {
		kfree_skb(skb);
		return -ENOMEM;
	}
	genlmsg_end(skb, hdr);
	__skb_queue_tail(&trans->told, skb);
	return 0;
}

/**
 * weft_told_send() - tell what a commit changed
 * @trans: the transaction
 * @gen: the generation that has begun
 *
 * Who listens learns by -ENOBUFS that something could not be told.
 */
void weft_told_send(struct weft_trans *trans, u64 gen)
{
	struct net *net = trans->fw->net;
	struct sk_buff *skb;

	if (!genl_has_listeners(&weft_fw_family, net, WEFT_FW_GROUP_CHANGES))
		return;
	if (trans->lost || weft_told_gen(trans, gen))
		genl_set_err(&weft_fw_family, net, 0, WEFT_FW_GROUP_CHANGES, -ENOBUFS);
	while ((skb = __skb_dequeue(&trans->told)))
		genlmsg_multicast_netns(&weft_fw_family, net, skb, 0, WEFT_FW_GROUP_CHANGES,
					GFP_KERNEL);
}
