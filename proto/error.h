/* SPDX-License-Identifier: GPL-2.0 */
/* Errors about packets, sent and received. */
#ifndef WEFT_ERROR_H
#define WEFT_ERROR_H

#include <linux/skbuff.h>
#include <net/sock.h>
#include "drop.h"
#include "net.h"

enum weft_drop weft_error_rcv(struct net *net, struct sk_buff *skb);
struct weft_problem;
bool weft_error_tell(struct sock *sk, const struct sk_buff *skb,
		     const struct weft_problem *problem);
bool weft_error_allow(struct net *net, const struct weft_addr *dst);
void weft_error_send(struct net *net, struct sk_buff *skb, u8 type, u8 code,
		     __be32 rest);

/* See weft_error_send(); @code is one of WEFT_UNREACH_*. */
static inline void weft_error_unreach(struct net *net, struct sk_buff *skb,
				      u8 code)
{
	weft_error_send(net, skb, WEFT_CTL_UNREACH, code, 0);
}

int weft_error_init_net(struct net *net);
void weft_error_exit_net(struct net *net);

#endif /* WEFT_ERROR_H */
