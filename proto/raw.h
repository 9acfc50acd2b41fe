/* SPDX-License-Identifier: GPL-2.0 */
/* SOCK_RAW. */
#ifndef WEFT_RAW_H
#define WEFT_RAW_H

#include <linux/skbuff.h>
#include "errqueue.h"
#include "header.h"
#include "port.h"

extern struct weft_port_table weft_raw_ports;
extern const struct weft_proto weft_raw_proto;

void weft_raw_init_sock(struct weft_sock *ws);
bool weft_raw_wants(struct net *net, struct sk_buff *skb);
bool weft_raw_rcv(struct net *net, struct sk_buff *skb);
bool weft_raw_error(struct net *net, struct sk_buff *skb,
		    const struct weft_quote *quote, struct weft_problem *problem);

#endif /* WEFT_RAW_H */
