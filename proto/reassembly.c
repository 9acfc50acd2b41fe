// SPDX-License-Identifier: GPL-2.0
/*
 * Reassembly: fragments wait for the others of their packet, in the kernel's own
 * fragment queues, until the packet is whole, its time is over, or memory runs out.
 * doc/protocol.md, "Fragments", has the rules.
 */
#include <linux/export.h>
#include <linux/jhash.h>
#include <net/ip.h>
#include "addr.h"
#include "compat_frag.h"
#include "compat_timer.h"
#include "error.h"
#include "fragment.h"
#include "header.h"
#include "input.h"
#include "stats.h"

#define WEFT_FRAG_HIGH_THRESH	(4L << 20)
#define WEFT_FRAG_LOW_THRESH	(3L << 20)
#define WEFT_FRAG_TIME		30

/**
 * struct weft_frag_key - which packet a fragment is part of
 * @src: source
 * @dst: destination
 * @id: identification
 * @iif: the link, where the addresses need one, else 0
 * @next: WEFT_PROTO_* of the packet
 */
struct weft_frag_key {
	struct weft_addr	src;
	struct weft_addr	dst;
	__be32			id;
	u32			iif;
	u32			next;
};

/**
 * struct weft_frag_queue - a packet that is not whole yet
 * @q: the kernel's part, first: fragments, lock, timer. Its key is ours.
 * @age: in weft_net.frag_ages, under weft_net.frag_lock
 * @all: its fragments in no order, by weft_frag_cb.next
 * @reason: why it was given up; valid when @q says it is complete
 * @ecn: which ECN fields its fragments had, a bit for each
 *
 * All but @age is under q.lock. The timer and the namespace's table hold a
 * reference each; a queue is freed a grace period after both are gone. Until then
 * whoever finds it under RCU may lock it, and looks whether it is complete.
 * frag_lock is taken inside q.lock.
 */
struct weft_frag_queue {
	struct inet_frag_queue	q;
	struct list_head	age;
	struct sk_buff		*all;
	enum weft_drop		reason;
	u8			ecn;
};

/**
 * struct weft_frag_cb - a fragment that waits, in skb->cb
 * @weft: what input knows of it
 * @next: in weft_frag_queue.all
 *
 * The kernel's queues use what lies behind IP's control block.
 */
struct weft_frag_cb {
	struct weft_cb	weft;
	struct sk_buff	*next;
};

static struct inet_frags weft_frags;

static struct weft_frag_cb *weft_frag_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct weft_frag_cb) > sizeof(struct inet_skb_parm));
	return (struct weft_frag_cb *)skb->cb;
}

static const struct weft_frag_hdr *weft_frag_hdr(const struct sk_buff *skb)
{
	return (const struct weft_frag_hdr *)skb_transport_header(skb);
}

/* --- the end of a queue ------------------------------------------------------------ */

/* q.lock held. Nobody finds the queue from now on. */
static void weft_frag_kill(struct net *net, struct weft_frag_queue *fq, int *refs)
{
	struct weft_net *wn = weft_net(net);

	inet_frag_kill(&fq->q, refs);
	spin_lock(&wn->frag_lock);
	list_del_init(&fq->age);
	spin_unlock(&wn->frag_lock);
}

/* q.lock held. The fragments go to @dead, for weft_frag_bury(). */
static void weft_frag_give_up(struct net *net, struct weft_frag_queue *fq,
			      enum weft_drop reason, int *refs,
			      struct sk_buff_head *dead)
{
	struct sk_buff *skb;

	fq->reason = reason;
	weft_frag_kill(net, fq, refs);
	while ((skb = inet_frag_pull_head(&fq->q)))
		__skb_queue_tail(dead, skb);
	weft_count(net, WEFT_MIB_REASM_FAILS);
}

/*
 * Fragments have no device while they wait. The one they came by may be gone, and
 * whoever looks at a dropped packet wants one.
 */
static void weft_frag_bury(struct net *net, struct sk_buff_head *dead,
			   enum weft_drop reason)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(dead))) {
		skb->dev = dev_get_by_index_rcu(net, weft_cb(skb)->iif) ?:
			   net->loopback_dev;
		weft_drop(net, skb, reason);
	}
}

/* The time is over: the sender is told if its first fragment came. */
static void weft_frag_answer(struct net *net, struct sk_buff *first)
{
	if (!first || weft_frag_offset(weft_frag_hdr(first)))
		return;
	skb_push(first, WEFT_FRAG_LEN);
	weft_error_send(net, first, WEFT_CTL_TIME, WEFT_TIME_REASSEMBLY, 0);
}

/* Under RCU. */
static void weft_frag_end(struct net *net, struct weft_frag_queue *fq,
			  enum weft_drop reason, int refs)
{
	struct sk_buff_head dead;

	__skb_queue_head_init(&dead);
	spin_lock(&fq->q.lock);
	if (!(fq->q.flags & INET_FRAG_COMPLETE))
		weft_frag_give_up(net, fq, reason, &refs, &dead);
	spin_unlock(&fq->q.lock);
	if (reason == WEFT_DROP_FRAG_TIME)
		weft_frag_answer(net, skb_peek(&dead));
	weft_frag_bury(net, &dead, reason);
	inet_frag_putn(&fq->q, refs);
}

/* Runs in the timer's softirq. A dying namespace frees its queues itself. */
static void weft_frag_expire(struct timer_list *t)
{
	struct inet_frag_queue *q = timer_container_of(q, t, timer);
	struct weft_frag_queue *fq = container_of(q, struct weft_frag_queue, q);

	rcu_read_lock();
	if (READ_ONCE(q->fqdir->dead))
		inet_frag_putn(q, 1);
	else
		weft_frag_end(q->fqdir->net, fq, WEFT_DROP_FRAG_TIME, 1);
	rcu_read_unlock();
}

/*
 * Memory is short: the oldest give way, so that who sends fragments without end does
 * not keep the packets of others from becoming whole.
 */
static void weft_frag_evict(struct net *net)
{
	struct weft_net *wn = weft_net(net);
	struct weft_frag_queue *fq;

	while (frag_mem_limit(wn->fqdir) > READ_ONCE(wn->fqdir->low_thresh)) {
		spin_lock(&wn->frag_lock);
		fq = list_first_entry_or_null(&wn->frag_ages,
					      struct weft_frag_queue, age);
		if (fq)
			list_del_init(&fq->age);
		spin_unlock(&wn->frag_lock);
		if (!fq)
			break;
		weft_frag_end(net, fq, WEFT_DROP_FRAG_MEMORY, 0);
	}
}

/* --- one more fragment --------------------------------------------------------------- */

static struct weft_frag_queue *weft_frag_find(struct net *net,
					      struct sk_buff *skb)
{
	const struct weft_hdr *hdr = weft_hdr(skb);
	struct weft_net *wn = weft_net(net);
	struct weft_frag_key key = {
		.src = hdr->src,
		.dst = hdr->dst,
		.id = weft_frag_hdr(skb)->id,
		.next = weft_frag_hdr(skb)->next,
	};
	struct inet_frag_queue *q;

	if (weft_addr_needs_scope(&hdr->src) || weft_addr_needs_scope(&hdr->dst))
		key.iif = weft_cb(skb)->iif;
	if (frag_mem_limit(wn->fqdir) > READ_ONCE(wn->fqdir->high_thresh))
		weft_frag_evict(net);
	WRITE_ONCE(wn->fqdir->timeout, READ_ONCE(wn->frag_time) * HZ);
	q = inet_frag_find(wn->fqdir, &key);
	return q ? container_of(q, struct weft_frag_queue, q) : NULL;
}

/*
 * Is it the same part as one that is there? (The kernel takes for a duplicate what
 * several others have between them.)
 */
static bool weft_frag_duplicate(const struct weft_frag_queue *fq,
				const struct sk_buff *skb)
{
	const __be16 mask = cpu_to_be16(WEFT_FRAG_OFFSET | WEFT_FRAG_MORE);
	struct sk_buff *old;

	for (old = fq->all; old; old = weft_frag_cb(old)->next)
		if (!((weft_frag_hdr(old)->offset ^ weft_frag_hdr(skb)->offset) &
		      mask) && old->len == skb->len)
			return true;
	return false;
}

/* The packet's end is where the last fragment says; none reaches beyond. */
static bool weft_frag_end_fits(struct weft_frag_queue *fq, int end, bool more)
{
	if (end < fq->q.len)
		return more;
	if (end > fq->q.len && (fq->q.flags & INET_FRAG_LAST_IN))
		return false;
	return true;
}

/* q.lock held; the fragment is in the queue. */
static void weft_frag_account(struct net *net, struct weft_frag_queue *fq,
			      struct sk_buff *skb, int end, bool more)
{
	struct weft_net *wn = weft_net(net);

	weft_frag_cb(skb)->next = fq->all;
	fq->all = skb;
	fq->q.stamp = skb->tstamp;
	fq->q.meat += skb->len;
	fq->q.len = max(fq->q.len, end);
	fq->q.max_size = max_t(u16, fq->q.max_size,
			       be16_to_cpu(weft_hdr(skb)->len));
	fq->ecn |= 1 << (weft_hdr(skb)->flags & WEFT_ECN_MASK);
	if (end == skb->len)
		fq->q.flags |= INET_FRAG_FIRST_IN;
	if (!more)
		fq->q.flags |= INET_FRAG_LAST_IN;
	add_frag_mem_limit(fq->q.fqdir, skb->truesize);
	spin_lock(&wn->frag_lock);
	if (list_empty(&fq->age))
		list_add_tail(&fq->age, &wn->frag_ages);
	spin_unlock(&wn->frag_lock);
}

/*
 * q.lock held. Return: WEFT_DROP_NONE if the queue has taken the fragment;
 * WEFT_DROP_FRAG_DUPLICATE if it needs no other; else why all of the packet dies.
 */
static enum weft_drop weft_frag_insert(struct net *net, struct weft_frag_queue *fq,
				       struct sk_buff *skb)
{
	unsigned int offset = weft_frag_offset(weft_frag_hdr(skb));
	bool more = weft_frag_more(weft_frag_hdr(skb));
	int end = offset + skb->len;

	if (weft_frag_duplicate(fq, skb))
		return WEFT_DROP_FRAG_DUPLICATE;
	if (!weft_frag_end_fits(fq, end, more))
		return WEFT_DROP_FRAG_LENGTH;
	/* Shares its place with the node of the queue's tree. */
	skb->dev = NULL;
	if (inet_frag_queue_insert(&fq->q, skb, offset, end) != IPFRAG_OK)
		return WEFT_DROP_FRAG_OVERLAP;
	weft_frag_account(net, fq, skb, end, more);
	return WEFT_DROP_NONE;
}

/* --- the whole packet ----------------------------------------------------------------- */

static bool weft_frag_whole(const struct weft_frag_queue *fq)
{
	return fq->q.flags == (INET_FRAG_FIRST_IN | INET_FRAG_LAST_IN) &&
	       fq->q.meat == fq->q.len;
}

/* The network header takes the place of the fragment header. */
static void weft_frag_header(struct sk_buff *skb, u8 next, u8 ecn,
			     unsigned int len)
{
	struct weft_hdr *hdr;

	memmove(skb->head + WEFT_FRAG_LEN, skb->head,
		skb->data - skb->head - WEFT_FRAG_LEN);
	if (skb_mac_header_was_set(skb))
		skb->mac_header += WEFT_FRAG_LEN;
	skb->network_header += WEFT_FRAG_LEN;
	skb_reset_transport_header(skb);
	hdr = (struct weft_hdr *)skb_network_header(skb);
	hdr->len = cpu_to_be16(WEFT_HDR_LEN + len);
	hdr->next = next;
	hdr->flags |= ecn;
}

/*
 * q.lock held. @skb, the fragment that came last, becomes the whole packet.
 * Return: WEFT_DROP_NONE, or why all of the packet, @skb included, dies.
 */
static enum weft_drop weft_frag_join(struct weft_frag_queue *fq,
				     struct sk_buff *skb, struct sk_buff *before,
				     struct net_device *dev)
{
	struct weft_cb cb = {
		.iif = weft_cb(skb)->iif,
		.frag_max = fq->q.max_size,
	};
	u8 ecn = ip_frag_ecn_table[fq->ecn];
	u8 next = weft_frag_hdr(skb)->next;
	void *rest;

	if (ecn == 0xff)
		return WEFT_DROP_FRAG_ECN;
	rest = inet_frag_reasm_prepare(&fq->q, skb, before);
	if (!rest)
		return WEFT_DROP_FRAG_MEMORY;
	weft_frag_header(skb, next, ecn, fq->q.len);
	inet_frag_reasm_finish(&fq->q, skb, rest, true);
	fq->q.rb_fragments = RB_ROOT;
	fq->q.fragments_tail = NULL;
	fq->q.last_run_head = NULL;
	/* The sum of what the device saw, if any, is that of the data alone. */
	__skb_pull(skb, WEFT_HDR_LEN);
	skb->dev = dev;
	*weft_cb(skb) = cb;
	weft_cb_forget(skb);
	return WEFT_DROP_NONE;
}

/* q.lock held. @whole is set if @skb has become the whole packet. */
static enum weft_drop weft_frag_add(struct net *net, struct weft_frag_queue *fq,
				    struct sk_buff *skb, bool *whole, int *refs,
				    struct sk_buff_head *dead)
{
	struct sk_buff *before = fq->q.fragments_tail;
	struct net_device *dev = skb->dev;
	enum weft_drop reason;

	if (READ_ONCE(fq->q.fqdir->dead))
		return WEFT_DROP_FRAG_MEMORY;
	if (fq->q.flags & INET_FRAG_COMPLETE)
		return fq->reason;
	reason = weft_frag_insert(net, fq, skb);
	if (reason) {
		skb->dev = dev;
		if (reason != WEFT_DROP_FRAG_DUPLICATE)
			weft_frag_give_up(net, fq, reason, refs, dead);
		return reason;
	}
	if (!weft_frag_whole(fq))
		return WEFT_DROP_NONE;
	reason = weft_frag_join(fq, skb, before, dev);
	if (reason) {
		weft_frag_give_up(net, fq, reason, refs, dead);
		return WEFT_DROP_NONE;
	}
	weft_frag_kill(net, fq, refs);
	fq->reason = WEFT_DROP_FRAG_DUPLICATE;
	*whole = true;
	return WEFT_DROP_NONE;
}

/* Under RCU, which keeps the queue when it is killed. */
static enum weft_drop weft_frag_queue(struct net *net, struct sk_buff *skb,
				      bool *whole)
{
	struct weft_frag_queue *fq = weft_frag_find(net, skb);
	struct sk_buff_head dead;
	enum weft_drop reason;
	int refs = 0;

	if (!fq)
		return WEFT_DROP_FRAG_MEMORY;
	__skb_queue_head_init(&dead);
	spin_lock(&fq->q.lock);
	reason = weft_frag_add(net, fq, skb, whole, &refs, &dead);
	spin_unlock(&fq->q.lock);
	weft_frag_bury(net, &dead, fq->reason);
	inet_frag_putn(&fq->q, refs);
	return reason;
}

/*
 * Leaves the data behind the fragment header. What a device says of a checksum in a
 * part of a packet means nothing, but for the sum of all bytes.
 */
static enum weft_drop weft_frag_strip(struct net *net, struct sk_buff *skb)
{
	const struct weft_frag_hdr *frag;
	enum weft_drop reason;

	if (!pskb_may_pull(skb, WEFT_FRAG_LEN))
		return WEFT_DROP_FRAG_SHORT;
	frag = (const struct weft_frag_hdr *)skb->data;
	reason = weft_frag_check(frag, skb->len);
	if (reason == WEFT_DROP_FRAG_LENGTH)
		weft_error_send(net, skb, WEFT_CTL_PARAM, WEFT_PARAM_FIELD,
				cpu_to_be32(weft_frag_wrong_field(frag, skb->len)));
	if (reason)
		return reason;
	skb_reset_transport_header(skb);
	skb_pull_rcsum(skb, WEFT_FRAG_LEN);
	if (skb->ip_summed != CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	skb_dst_drop(skb);
	return WEFT_DROP_NONE;
}

/**
 * weft_reassembly_rcv() - take a fragment
 * @net: namespace
 * @skb: packet with WEFT_PROTO_FRAGMENT as next header; its data begins with the
 *	fragment header
 *
 * Context: softirq, RCU read lock.
 * Return: true if @skb has become the whole packet: its data begins with the
 * transport header, its network header is that of a packet never fragmented. False
 * if @skb was consumed: it waits, or it was dropped and counted.
 */
bool weft_reassembly_rcv(struct net *net, struct sk_buff *skb)
{
	enum weft_drop reason;
	bool whole = false;

	weft_count(net, WEFT_MIB_REASM_REQDS);
	reason = weft_frag_strip(net, skb);
	if (!reason)
		reason = weft_frag_queue(net, skb, &whole);
	if (reason)
		weft_drop(net, skb, reason);
	if (whole)
		weft_count(net, WEFT_MIB_REASM_OKS);
	return whole;
}
EXPORT_SYMBOL_GPL(weft_reassembly_rcv);

/* --- set-up -------------------------------------------------------------------------- */

static void weft_frag_construct(struct inet_frag_queue *q, const void *key)
{
	struct weft_frag_queue *fq = container_of(q, struct weft_frag_queue, q);

	BUILD_BUG_ON(sizeof(struct weft_frag_key) > sizeof(q->key));
	memcpy(&q->key, key, sizeof(struct weft_frag_key));
	INIT_LIST_HEAD(&fq->age);
}

static u32 weft_frag_hash(const void *key, u32 len, u32 seed)
{
	return jhash2(key, sizeof(struct weft_frag_key) / sizeof(u32), seed);
}

static u32 weft_frag_hash_queue(const void *queue, u32 len, u32 seed)
{
	const struct inet_frag_queue *q = queue;

	return weft_frag_hash(&q->key, len, seed);
}

static int weft_frag_compare(struct rhashtable_compare_arg *arg,
			     const void *queue)
{
	const struct inet_frag_queue *q = queue;

	return memcmp(&q->key, arg->key, sizeof(struct weft_frag_key));
}

static struct inet_frags weft_frags = {
	.qsize			= sizeof(struct weft_frag_queue),
	.constructor		= weft_frag_construct,
	.frag_expire		= weft_frag_expire,
	.frags_cache_name	= "weft-frags",
	.rhash_params = {
		.head_offset		= offsetof(struct inet_frag_queue, node),
		.hashfn			= weft_frag_hash,
		.obj_hashfn		= weft_frag_hash_queue,
		.obj_cmpfn		= weft_frag_compare,
		.automatic_shrinking	= true,
	},
};

/**
 * weft_reassembly_init_net() - begin with fragments in a namespace
 * @net: namespace
 *
 * Return: 0 or -ENOMEM.
 */
int weft_reassembly_init_net(struct net *net)
{
	struct weft_net *wn = weft_net(net);
	int err;

	err = fqdir_init(&wn->fqdir, &weft_frags, net);
	if (err)
		return err;
	wn->fqdir->high_thresh = WEFT_FRAG_HIGH_THRESH;
	wn->fqdir->low_thresh = WEFT_FRAG_LOW_THRESH;
	wn->frag_time = WEFT_FRAG_TIME;
	INIT_LIST_HEAD(&wn->frag_ages);
	spin_lock_init(&wn->frag_lock);
	return 0;
}

/**
 * weft_reassembly_pre_exit_net() - take no more fragments
 * @net: namespace; a grace period passes before weft_reassembly_exit_net()
 */
void weft_reassembly_pre_exit_net(struct net *net)
{
	fqdir_pre_exit(weft_net(net)->fqdir);
}

/**
 * weft_reassembly_exit_net() - free the fragments of a namespace
 * @net: namespace, without devices
 *
 * The kernel frees them a while later, and the lists that they are in are not looked
 * at any more.
 */
void weft_reassembly_exit_net(struct net *net)
{
	fqdir_exit(weft_net(net)->fqdir);
}

/**
 * weft_reassembly_init() - before the first namespace
 *
 * Return: 0 or -ENOMEM.
 */
int weft_reassembly_init(void)
{
	return inet_frags_init(&weft_frags);
}

/**
 * weft_reassembly_exit() - after the last namespace
 *
 * Waits until all fragments are freed.
 */
void weft_reassembly_exit(void)
{
	inet_frags_fini(&weft_frags);
}
