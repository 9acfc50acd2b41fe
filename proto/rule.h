/* SPDX-License-Identifier: GPL-2.0 */
/* Rules that choose the table. */
#ifndef WEFT_RULE_H
#define WEFT_RULE_H

#include "flow.h"
#include "net.h"

int weft_rule_lookup(struct net *net, struct weft_flow *flow);
int weft_rule_init_net(struct net *net);
void weft_rule_exit_net(struct net *net);

#endif /* WEFT_RULE_H */
