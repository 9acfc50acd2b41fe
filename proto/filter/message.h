/* SPDX-License-Identifier: GPL-2.0 */
/* What is told of tables, chains, rules, sets and elements: in dumps and of changes. */
#ifndef WEFT_FILTER_MESSAGE_H
#define WEFT_FILTER_MESSAGE_H

#include <linux/skbuff.h>
#include "ruleset.h"

struct weft_elem;
struct weft_set;
struct weft_trans;

/**
 * struct weft_msg - a message that is made
 * @skb: where
 * @rs: the ruleset that it is about
 * @portid: who asked, or 0
 * @seq: of what he asked
 * @flags: NLM_F_*
 * @cmd: WEFT_FILTER_CMD_*
 */
struct weft_msg {
	struct sk_buff			*skb;
	const struct weft_ruleset	*rs;
	u32				portid;
	u32				seq;
	int				flags;
	u8				cmd;
};

int weft_msg_table(const struct weft_msg *msg, const struct weft_fw_table *table);
int weft_msg_chain(const struct weft_msg *msg, const struct weft_fw_chain *chain);
int weft_msg_rule(const struct weft_msg *msg, const struct weft_fw_chain *chain,
		  const struct weft_fw_rule *rule);
int weft_msg_set(const struct weft_msg *msg, const struct weft_set *set);
int weft_msg_elem(const struct weft_msg *msg, const struct weft_set *set,
		  const struct weft_elem *elem);
void *weft_msg_elems_begin(const struct weft_msg *msg, const struct weft_set *set,
			   struct nlattr **elems);
int weft_elem_put(struct sk_buff *skb, const struct weft_ruleset *rs,
		  const struct weft_set *set, const struct weft_elem *elem);

void weft_told_table(struct weft_trans *trans, u8 cmd, const struct weft_fw_table *table);
void weft_told_chain(struct weft_trans *trans, u8 cmd, const struct weft_fw_chain *chain);
void weft_told_rule(struct weft_trans *trans, u8 cmd, const struct weft_fw_chain *chain,
		    const struct weft_fw_rule *rule);
void weft_told_set(struct weft_trans *trans, u8 cmd, const struct weft_set *set);
void weft_told_elem(struct weft_trans *trans, u8 cmd, const struct weft_set *set,
		    const struct weft_elem *elem);
void weft_told_send(struct weft_trans *trans, u64 gen);

#endif /* WEFT_FILTER_MESSAGE_H */
