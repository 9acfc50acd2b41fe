/* SPDX-License-Identifier: GPL-2.0 */
/* What the core calls for our EtherType on the way to and from devices. */
#ifndef WEFT_OFFLOAD_H
#define WEFT_OFFLOAD_H

#include <linux/list.h>
#include <linux/skbuff.h>

int weft_offload_init(void);
void weft_offload_exit(void);

/* gro.c */
struct sk_buff *weft_gro_receive(struct list_head *head, struct sk_buff *skb);
int weft_gro_complete(struct sk_buff *skb, int offset);
void weft_gro_drain(void);

#endif /* WEFT_OFFLOAD_H */
