/* SPDX-License-Identifier: GPL-2.0 */
/* Packets to groups: to all sockets that want them, and back to the sending node. */
#ifndef WEFT_GROUP_INPUT_H
#define WEFT_GROUP_INPUT_H

#include <linux/skbuff.h>
#include "drop.h"
#include "port.h"

enum weft_drop weft_group_deliver(struct weft_port_table *table, struct net *net,
				  const struct weft_port_key *key,
				  struct sk_buff *skb);
void weft_group_loop(struct net *net, const struct sk_buff *skb);

#endif /* WEFT_GROUP_INPUT_H */
