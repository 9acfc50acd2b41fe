/* SPDX-License-Identifier: GPL-2.0 */
/* Packets longer than a link's MTU: taken apart and put together again. */
#ifndef WEFT_FRAGMENT_H
#define WEFT_FRAGMENT_H

#include <linux/skbuff.h>
#include "drop.h"
#include "input.h"
#include "net.h"
#include "route.h"

/*
 * How long a packet may be on its way out. What another node sent in fragments, and was put
 * together here for a hook, leaves in fragments no longer than the longest that came; but
 * what every link carries is not too long.
 */
static inline unsigned int weft_fragment_mtu(struct sk_buff *skb, unsigned int mtu)
{
	unsigned int came = weft_cb(skb)->forwarded ? weft_cb(skb)->frag_max : 0;

	return came ? min(max(came, WEFT_MTU_MIN + 0U), mtu) : mtu;
}

int weft_fragment_output(struct net *net, struct sk_buff *skb,
			 const struct weft_flow *flow);
enum weft_drop weft_fragment_forward(struct net *net, struct sk_buff *skb,
				     const struct weft_flow *flow);
struct sk_buff *weft_fragment_segment(struct sk_buff *skb);

/* reassembly.c */
bool weft_reassembly_rcv(struct net *net, struct sk_buff *skb);
int weft_reassembly_init_net(struct net *net);
void weft_reassembly_pre_exit_net(struct net *net);
void weft_reassembly_exit_net(struct net *net);
int weft_reassembly_init(void);
void weft_reassembly_exit(void);

#endif /* WEFT_FRAGMENT_H */
