/* SPDX-License-Identifier: GPL-2.0 */
/* Redirects. */
#ifndef WEFT_REDIRECT_H
#define WEFT_REDIRECT_H

#include <linux/skbuff.h>
#include "drop.h"
#include "flow.h"

void weft_redirect_send(struct net *net, struct sk_buff *skb,
			const struct weft_flow *way);
enum weft_drop weft_redirect_rcv(struct net *net, struct sk_buff *skb);

#endif /* WEFT_REDIRECT_H */
