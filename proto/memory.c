// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of what waits in the receive queues of sockets: each socket has its
 * SO_RCVBUF, its control group and its network namespace have a limit each, and so
 * have all together. That of a namespace is half of the last, so that none can take
 * all from the others.
 *
 * The packets in a queue are charged to the socket and have no owner: whoever takes
 * one out releases it. sk_forward_alloc changes under the lock of the queue alone,
 * so that several CPUs can deliver to one socket.
 */
#include <linux/memcontrol.h>
#include <linux/module.h>
#include <linux/swap.h>
#include "gso.h"
#include "memory.h"
#include "net.h"

/* What a CPU may count by itself before the others see it, bytes. */
#define WEFT_MEMORY_BATCH	(64 << 10)
/* Less stays with a socket whose queue is empty, for its next packet; bytes. */
#define WEFT_MEMORY_KEPT	(2 * PAGE_SIZE)

atomic_long_t weft_memory_allocated;
DEFINE_PER_CPU(int, weft_memory_reserve);
/* Pages: below the first all is well, above the last nothing is queued. */
long weft_memory_limit[3];
/* Bytes that a socket may always have. */
int weft_memory_min = PAGE_SIZE;

module_param_array_named(memory, weft_memory_limit, long, NULL, 0644);
MODULE_PARM_DESC(memory, "limits of all receive queues, pages: low,pressure,high (default by the size of the memory)");

/**
 * weft_memory_net_full() - does the socket's network namespace have all that it may have?
 * @sk: socket
 *
 * Context: any. Return: true if it has.
 */
bool weft_memory_net_full(const struct sock *sk)
{
	struct weft_net *wn = weft_net(sock_net(sk));

	return percpu_counter_read_positive(&wn->memory) >=
	       READ_ONCE(wn->memory_max);
}

/* The account of the namespace has what its sockets have taken, used or not. */
static void weft_memory_count(const struct sock *sk, int before)
{
	percpu_counter_add_batch(&weft_net(sock_net(sk))->memory,
				 sk->sk_forward_alloc - before,
				 WEFT_MEMORY_BATCH);
}

/*
 * Does the socket's control group, or one above, have all that it may have? Where a
 * packet is received the kernel charges a group beyond its limit, and the group's
 * programs would be killed for it.
 */
static bool weft_memory_group_full(const struct sock *sk)
{
#ifdef CONFIG_MEMCG
	struct mem_cgroup *group = mem_cgroup_sockets_enabled ? sk->sk_memcg : NULL;

	for (; group; group = parent_mem_cgroup(group))
		if (page_counter_read(&group->memory) >=
		    READ_ONCE(group->memory.max))
			return true;
#endif
	return false;
}

/* Takes more for a socket that has less than a packet needs. Lock of the queue. */
static enum weft_drop weft_memory_take(struct sock *sk, struct sk_buff *skb)
{
	int before = sk->sk_forward_alloc;

	/* Something every socket may have, so that none stands still. */
	if (atomic_read(&sk->sk_rmem_alloc) >= weft_memory_min) {
		if (weft_memory_net_full(sk))
			return WEFT_DROP_NET_MEMORY;
		if (weft_memory_group_full(sk))
			return WEFT_DROP_NO_MEMORY;
	}
	if (!sk_rmem_schedule(sk, skb, skb->truesize))
		return WEFT_DROP_NO_MEMORY;
	weft_memory_count(sk, before);
	return WEFT_DROP_NONE;
}

/* May the queue have another packet? Lock of the queue. */
static enum weft_drop weft_memory_charge(struct sock *sk, struct sk_buff *skb)
{
	enum weft_drop reason = WEFT_DROP_NONE;

	if (sk->sk_forward_alloc < (int)skb->truesize)
		reason = weft_memory_take(sk, skb);
	if (reason)
		return reason;
	sk_mem_charge(sk, skb->truesize);
	atomic_add(skb->truesize, &sk->sk_rmem_alloc);
	return WEFT_DROP_NONE;
}

/* Gives back what a socket has and does not need, if it is @least bytes. Lock of the queue. */
static void weft_memory_give(struct sock *sk, int least)
{
	int before = sk->sk_forward_alloc;
	int spare = before - sk_unused_reserved_mem(sk);

	if (spare < least)
		return;
	__sk_mem_reclaim(sk, spare);
	weft_memory_count(sk, before);
}

/**
 * weft_memory_queue() - put a packet into a socket's receive queue
 * @sk: socket
 * @skb: packet without an owner; taken if the return value is WEFT_DROP_NONE
 *
 * Context: softirq, RCU read lock.
 * Return: WEFT_DROP_NONE, WEFT_DROP_RCVBUF, WEFT_DROP_NET_MEMORY or
 * WEFT_DROP_NO_MEMORY.
 */
enum weft_drop weft_memory_queue(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff_head *queue = &sk->sk_receive_queue;
	enum weft_drop reason;

	if (atomic_read(&sk->sk_rmem_alloc) >= READ_ONCE(sk->sk_rcvbuf)) {
		atomic_add(weft_gso_packets(skb), &sk->sk_drops);
		return WEFT_DROP_RCVBUF;
	}
	skb->dev = NULL;
	spin_lock_bh(&queue->lock);
	reason = weft_memory_charge(sk, skb);
	if (reason) {
		spin_unlock_bh(&queue->lock);
		atomic_add(weft_gso_packets(skb), &sk->sk_drops);
		return reason;
	}
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
	sk->sk_forward_alloc += skb->truesize;
	weft_memory_give(sk, WEFT_MEMORY_KEPT);
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
	weft_memory_give(sk, 0);
	sk_mem_reclaim_final(sk);
}

/**
 * weft_memory_init_net() - the account of a new namespace
 * @net: namespace
 *
 * Return: 0 or -ENOMEM.
 */
int weft_memory_init_net(struct net *net)
{
	struct weft_net *wn = weft_net(net);

	wn->memory_max = weft_memory_limit[2] / 2 << PAGE_SHIFT;
	return percpu_counter_init(&wn->memory, 0, GFP_KERNEL);
}

void weft_memory_exit_net(struct net *net)
{
	percpu_counter_destroy(&weft_net(net)->memory);
}

/* An eighth of the memory, as UDP takes. */
int weft_memory_init(void)
{
	long limit = max(nr_free_buffer_pages() / 8, 128UL);

	if (weft_memory_limit[2])
		return 0;
	weft_memory_limit[0] = limit / 4 * 3;
	weft_memory_limit[1] = limit;
	weft_memory_limit[2] = weft_memory_limit[0] * 2;
	return 0;
}
