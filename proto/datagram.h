/* SPDX-License-Identifier: GPL-2.0 */
/* SOCK_DGRAM. */
#ifndef WEFT_DATAGRAM_H
#define WEFT_DATAGRAM_H

#include <linux/skbuff.h>
#include "drop.h"
#include "port.h"

extern struct weft_port_table weft_dgram_ports;
extern const struct weft_proto weft_dgram_proto;

enum weft_drop weft_dgram_rcv(struct net *net, struct sk_buff *skb);

#endif /* WEFT_DATAGRAM_H */
