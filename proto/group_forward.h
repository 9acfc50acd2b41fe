/* SPDX-License-Identifier: GPL-2.0 */
/* Packets to groups beyond the link. */
#ifndef WEFT_GROUP_FORWARD_H
#define WEFT_GROUP_FORWARD_H

#include <linux/skbuff.h>
#include "drop.h"

bool weft_group_forwarded(const struct net *net, const struct sk_buff *skb);
enum weft_drop weft_group_forward(struct net *net, struct sk_buff *skb, bool delivered);

#endif /* WEFT_GROUP_FORWARD_H */
