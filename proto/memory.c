// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of what waits in the receive queues of sockets: each socket has its
 * SO_RCVBUF, its control group what that allows, and all together a limit.
 *
 * The packets in a queue are charged to the socket and have no owner: whoever takes
 * one out releases it. sk_forward_alloc changes under the lock of the queue alone,
 * so that several CPUs can deliver to one socket.
 */
#include <linux/module.h>
#include <linux/swap.h>
#include "memory.h"

atomic_long_t weft_memory_allocated;
DEFINE_PER_CPU(int, weft_memory_reserve);
/* Pages: below the first all is well, above the last nothing is queued. */
long weft_memory_limit[3];
/* Bytes that a socket may always have. */
int weft_memory_min = PAGE_SIZE;

module_param_array_named(memory, weft_memory_limit, long, NULL, 0644);
MODULE_PARM_DESC(memory, "limits of all receive queues, pages: low,pressure,high (default by the size of the memory)");

/**
 * weft_memory_queue() - put a packet into a socket's receive queue
 * @sk: socket
 * @skb: packet without an owner; taken if the return value is WEFT_DROP_NONE
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE, WEFT_DROP_RCVBUF or WEFT_DROP_NO_MEMORY.
 */
enum weft_drop weft_memory_queue(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff_head *queue = &sk->sk_receive_queue;

	if (atomic_read(&sk->sk_rmem_alloc) >= READ_ONCE(sk->sk_rcvbuf)) {
		atomic_inc(&sk->sk_drops);
		return WEFT_DROP_RCVBUF;
	}
	skb->dev = NULL;
	spin_lock_bh(&queue->lock);
	if (!sk_rmem_schedule(sk, skb, skb->truesize)) {
		spin_unlock_bh(&queue->lock);
		atomic_inc(&sk->sk_drops);
		return WEFT_DROP_NO_MEMORY;
	}
	sk_mem_charge(sk, skb->truesize);
	atomic_add(skb->truesize, &sk->sk_rmem_alloc);
	sock_skb_set_dropcount(sk, skb);
	__skb_queue_tail(queue, skb);
	spin_unlock_bh(&queue->lock);

	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_data_ready(sk);
	return WEFT_DROP_NONE;
}

/**
 * weft_memory_release() - a packet has left the receive queue
 * @sk: socket
 * @skb: the packet
 *
 * Context: process.
 */
void weft_memory_release(struct sock *sk, const struct sk_buff *skb)
{
	struct sk_buff_head *queue = &sk->sk_receive_queue;

	spin_lock_bh(&queue->lock);
	sk_mem_uncharge(sk, skb->truesize);
	spin_unlock_bh(&queue->lock);
	atomic_sub(skb->truesize, &sk->sk_rmem_alloc);
}

/**
 * weft_memory_purge() - empty the queues of a socket that is about to be freed
 * @sk: socket; nobody else uses it any more
 *
 * Context: any.
 */
void weft_memory_purge(struct sock *sk)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&sk->sk_receive_queue))) {
		weft_memory_release(sk, skb);
		kfree_skb(skb);
	}
	skb_queue_purge(&sk->sk_error_queue);
	sk_mem_reclaim_final(sk);
}

/* An eighth of the memory, as UDP takes. */
void weft_memory_init(void)
{
	long limit = max(nr_free_buffer_pages() / 8, 128UL);

	if (weft_memory_limit[2])
		return;
	weft_memory_limit[0] = limit / 4 * 3;
	weft_memory_limit[1] = limit;
	weft_memory_limit[2] = weft_memory_limit[0] * 2;
}
