/* SPDX-License-Identifier: GPL-2.0 */
/* Control messages: echo and errors. */
#ifndef WEFT_CONTROL_H
#define WEFT_CONTROL_H

#include <linux/skbuff.h>
#include "drop.h"
#include "net.h"

enum weft_drop weft_control_rcv(struct net *net, struct sk_buff *skb);
void weft_control_unreach(struct net *net, struct sk_buff *skb, u8 code);
void weft_control_init_net(struct weft_net *wn);

#endif /* WEFT_CONTROL_H */
