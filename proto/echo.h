/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets that send echo requests: SOCK_DGRAM with WEFT_PROTO_CONTROL. */
#ifndef WEFT_ECHO_H
#define WEFT_ECHO_H

#include <linux/skbuff.h>
#include "drop.h"
#include "port.h"

extern struct weft_port_table weft_echo_ports;
extern const struct weft_proto weft_echo_proto;

enum weft_drop weft_echo_rcv_reply(struct net *net, struct sk_buff *skb);

#endif /* WEFT_ECHO_H */
