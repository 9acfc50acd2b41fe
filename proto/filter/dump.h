/* SPDX-License-Identifier: GPL-2.0 */
/* Dumps of the ruleset. */
#ifndef WEFT_FILTER_DUMP_H
#define WEFT_FILTER_DUMP_H

#include <linux/netlink.h>

int weft_dump_start(struct netlink_callback *cb);
int weft_dump_done(struct netlink_callback *cb);
int weft_dump_tables(struct sk_buff *skb, struct netlink_callback *cb);
int weft_dump_chains(struct sk_buff *skb, struct netlink_callback *cb);
int weft_dump_rules(struct sk_buff *skb, struct netlink_callback *cb);
int weft_dump_sets(struct sk_buff *skb, struct netlink_callback *cb);
int weft_dump_elems(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* WEFT_FILTER_DUMP_H */
