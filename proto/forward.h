/* SPDX-License-Identifier: GPL-2.0 */
/* Packets for other nodes. */
#ifndef WEFT_FORWARD_H
#define WEFT_FORWARD_H

#include <linux/skbuff.h>
#include "drop.h"
#include "flow.h"
#include "gso.h"
#include "input.h"
#include "net.h"

/* How long the packets are that its source sent: they may have been put together here. */
static inline unsigned int weft_forward_longest(struct sk_buff *skb)
{
	return weft_cb(skb)->frag_max ?: weft_gso_longest(skb, 0);
}

bool weft_forwarding(const struct net *net, const struct net_device *dev);
enum weft_drop weft_forward_header(struct sk_buff *skb, const struct weft_flow *flow);
enum weft_drop weft_forward_parts(struct net *net, struct sk_buff *skb,
				  const struct weft_flow *flow);
void weft_forward_send(struct net *net, struct sk_buff *skb, struct net_device *in,
		       const struct weft_flow *flow);
enum weft_drop weft_forward(struct net *net, struct sk_buff *skb);

#endif /* WEFT_FORWARD_H */
