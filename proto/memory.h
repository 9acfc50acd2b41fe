/* SPDX-License-Identifier: GPL-2.0 */
/* The memory of what waits in the receive queues of sockets. */
#ifndef WEFT_MEMORY_H
#define WEFT_MEMORY_H

#include <linux/skbuff.h>
#include <net/sock.h>
#include "drop.h"

extern atomic_long_t weft_memory_allocated;
extern long weft_memory_limit[3];
extern int weft_memory_min;
DECLARE_PER_CPU(int, weft_memory_reserve);

bool weft_memory_net_full(const struct sock *sk);
enum weft_drop weft_memory_queue(struct sock *sk, struct sk_buff *skb);
void weft_memory_release(struct sock *sk, const struct sk_buff *skb);
void weft_memory_purge(struct sock *sk);
int weft_memory_init_net(struct net *net);
void weft_memory_exit_net(struct net *net);
int weft_memory_init(void);

#endif /* WEFT_MEMORY_H */
