/* SPDX-License-Identifier: GPL-2.0 */
/* SOCK_DGRAM. */
#ifndef WEFT_DATAGRAM_H
#define WEFT_DATAGRAM_H

#include <linux/skbuff.h>
#include "drop.h"
#include "port.h"
#include "train.h"

extern struct weft_port_table weft_dgram_ports;
extern const struct weft_proto weft_dgram_proto;

bool weft_dgram_any_coalesces(const struct net *net);
bool weft_dgram_coalesces(struct net *net, const struct weft_dgram_hdrs *hdrs,
			  int iif);
enum weft_drop weft_dgram_rcv(struct net *net, struct sk_buff *skb);

#endif /* WEFT_DATAGRAM_H */
