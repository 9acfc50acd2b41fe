// SPDX-License-Identifier: GPL-2.0
/*
 * TIME-WAIT (RFC 9293, 3.6.1): the ends of a connection that was closed here first stay
 * taken for a minute, so that segments of it that are still on their way belong to no
 * later one, and so that the peer's FIN is answered if it comes again.
 */
#include <linux/slab.h>
#include "compat_workqueue.h"
#include "net.h"
#include "stats.h"
#include "stream.h"
#include "timewait.h"

/* No longer in the list of its namespace. */
static void weft_timewait_free(struct weft_timewait *tw)
{
	weft_conn_del(&tw->conn);
	weft_claim_drop(&tw->claim);
	kfree_rcu(tw, rcu);
}

/* Takes out the oldest, if its time is over or if @force. */
static struct weft_timewait *weft_timewait_oldest(struct weft_timewaits *all, bool force)
{
	struct weft_timewait *tw;

	spin_lock_bh(&all->lock);
	tw = list_first_entry_or_null(&all->all, struct weft_timewait, link);
	if (tw && !force && time_before(jiffies, tw->since + WEFT_TIMEWAIT_S * HZ))
		tw = NULL;
	if (tw) {
		list_del_init(&tw->link);
		all->count--;
	}
	spin_unlock_bh(&all->lock);
	return tw;
}

static void weft_timewait_work(struct work_struct *work)
{
	struct weft_timewaits *all = container_of(to_delayed_work(work),
						  struct weft_timewaits, work);
	struct weft_timewait *tw;

	while ((tw = weft_timewait_oldest(all, false))) {
		weft_timewait_free(tw);
		cond_resched();
	}
	if (READ_ONCE(all->count))
		queue_delayed_work(system_percpu_wq, &all->work, HZ);
}

static void weft_timewait_add(struct weft_timewaits *all, struct weft_timewait *tw)
{
	spin_lock_bh(&all->lock);
	tw->since = jiffies;
	list_add_tail(&tw->link, &all->all);
	all->count++;
	spin_unlock_bh(&all->lock);
	queue_delayed_work(system_percpu_wq, &all->work, HZ);
}

/**
 * weft_timewait_begin() - a connection is over, and was closed here first
 * @st: socket; it is no longer in the table then and holds no port
 * @half: the peer may still send, until it closes its end; nobody will read that
 *
 * Without memory, or with too many, the ends are free at once: the oldest gives way.
 * Context: socket lock.
 */
void weft_timewait_begin(struct weft_stream *st, bool half)
{
	struct net *net = sock_net(weft_stream_sk(st));
	struct weft_timewaits *all = &weft_net(net)->timewaits;
	struct weft_timewait *tw, *old = NULL;

	tw = kmalloc(sizeof(*tw), GFP_ATOMIC | __GFP_NOWARN);
	if (!tw) {
		weft_count(net, WEFT_MIB_TIMEWAIT_OVERFLOWS);
		return;
	}
	*tw = (struct weft_timewait) {
		.conn = st->conn,
		.nxt = st->snd.nxt,
		.expected = st->rcv.nxt,
		.window = st->rcv.window.right - st->rcv.nxt,
		.stamp = st->rcv.stamp,
		.stamp_offset = st->stamp_offset,
		.mark = weft_stream_sk(st)->sk_mark,
		.type = weft_stream_sk(st)->sk_type,
		.half = half,
	};
	tw->conn.kind = WEFT_CONN_TIMEWAIT;
	INIT_HLIST_NODE(&tw->conn.node);
	if (st->claim.bucket)
		weft_claim_move(&tw->claim, &st->claim);
	weft_conn_replace(&st->conn, &tw->conn);
	if (READ_ONCE(all->count) >= WEFT_TIMEWAIT_MAX)
		old = weft_timewait_oldest(all, true);
	weft_timewait_add(all, tw);
	if (old) {
		weft_count(net, WEFT_MIB_TIMEWAIT_OVERFLOWS);
		weft_timewait_free(old);
	}
}

/* Above everything that the old connection sent. */
static u32 weft_timewait_isn(const struct weft_timewait *tw)
{
	return tw->nxt + 65535 + 2;
}

/**
 * weft_timewait_reuse() - may a new connection of this node take its place?
 * @conn: the entry
 * @st: the new connection; gets an initial sequence number
 *
 * Its time stamps are later (RFC 6191, 2). Context: lock of the entry's slot.
 *
 * Return: true if it may.
 */
bool weft_timewait_reuse(struct weft_conn *conn, struct weft_stream *st)
{
	struct weft_timewait *tw = weft_conn_timewait(conn);

	if (READ_ONCE(tw->half) || time_before(jiffies, READ_ONCE(tw->since) + HZ))
		return false;
	st->snd.iss = weft_timewait_isn(tw) ?: 1;
	return true;
}

static void weft_timewait_answer(struct weft_timewait *tw)
{
	struct weft_bare ack = {
		.net = tw->conn.net,
		.laddr = tw->conn.laddr,
		.faddr = tw->conn.faddr,
		.oif = tw->conn.scope,
		.mark = tw->mark,
		.hdr = {
			.sport = tw->conn.lport,
			.dport = tw->conn.fport,
			.seq = cpu_to_be32(tw->nxt),
			.ack = cpu_to_be32(tw->expected),
			.flags = WEFT_STREAM_ACK,
			.window = cpu_to_be32(tw->window),
			.stamp = cpu_to_be32((u32)weft_clock() + tw->stamp_offset),
			.echo = cpu_to_be32(tw->stamp),
		},
	};

	weft_bare_send(&ack);
}

/* The peer has not heard the last acknowledgment: the minute begins anew. */
static void weft_timewait_restart(struct weft_timewait *tw)
{
	struct weft_timewaits *all = &weft_net(tw->conn.net)->timewaits;

	spin_lock_bh(&all->lock);
	if (!list_empty(&tw->link)) {
		tw->since = jiffies;
		list_move_tail(&tw->link, &all->all);
	}
	spin_unlock_bh(&all->lock);
}

/* RFC 6191, 2: a SYN that can be of no old segment. */
static bool weft_timewait_gives_way(const struct weft_timewait *tw,
				    const struct weft_stream_hdr *hdr, bool later)
{
	u8 flags = hdr->flags & (WEFT_STREAM_SYN | WEFT_STREAM_RST | WEFT_STREAM_ACK);

	return flags == WEFT_STREAM_SYN && !tw->half &&
	       (later || weft_seq_after(be32_to_cpu(hdr->seq), tw->expected));
}

/*
 * In FIN-WAIT-2 the peer's FIN begins TIME-WAIT; bytes that nobody will read, and a valid
 * reset, end the connection (RFC 2525, 2.17).
 */
static enum weft_drop weft_timewait_half(struct weft_timewait *tw, struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	u32 seq = be32_to_cpu(hdr->seq), end = seq + skb->len - hdr->len;

	if (hdr->flags & WEFT_STREAM_RST) {
		if (seq == tw->expected)
			weft_conn_del(&tw->conn);
		return WEFT_DROP_STREAM_RESET;
	}
	if (weft_seq_after(end, tw->expected)) {
		weft_count(tw->conn.net, WEFT_MIB_ABORTS_DATA);
		weft_conn_del(&tw->conn);
		weft_bare_reset(tw->conn.net, skb);
		return WEFT_DROP_STREAM_CLOSED;
	}
	if (hdr->flags & WEFT_STREAM_FIN && end == tw->expected) {
		tw->stamp = be32_to_cpu(hdr->stamp);
		WRITE_ONCE(tw->expected, end + 1);
		WRITE_ONCE(tw->half, false);
		weft_timewait_restart(tw);
		weft_timewait_answer(tw);
		return WEFT_DROP_NONE;
	}
	if (seq != tw->expected || hdr->flags & WEFT_STREAM_SYN) {
		weft_timewait_answer(tw);
		return WEFT_DROP_STREAM_OLD;
	}
	return WEFT_DROP_NONE;
}

/**
 * weft_timewait_rcv() - a segment for a connection in TIME-WAIT or FIN-WAIT-2
 * @conn: the entry
 * @skb: the segment, its data at the checked stream header; not consumed
 * @isn: initial sequence number of a new connection that may begin; 0 if none may
 *
 * Context: softirq, RCU read lock.
 * Return: why the segment is dropped; WEFT_DROP_NONE if it was as it should be or, with
 * @isn, if the entry has given way to the segment.
 */
enum weft_drop weft_timewait_rcv(struct weft_conn *conn, struct sk_buff *skb, u32 *isn)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)skb->data;
	struct weft_timewait *tw = weft_conn_timewait(conn);
	u32 len = skb->len - hdr->len;
	s32 ahead = be32_to_cpu(hdr->stamp) - tw->stamp;

	*isn = 0;
	if (weft_timewait_gives_way(tw, hdr, ahead > 0)) {
		weft_conn_del(&tw->conn);
		*isn = weft_timewait_isn(tw) ?: 1;
		return WEFT_DROP_NONE;
	}
	if (READ_ONCE(tw->half) && ahead >= 0)
		return weft_timewait_half(tw, skb);
	/* RFC 1337: a reset does not end it. */
	if (hdr->flags & WEFT_STREAM_RST)
		return WEFT_DROP_STREAM_RESET;
	if (ahead < 0) {
		weft_timewait_answer(tw);
		return WEFT_DROP_STREAM_STAMP;
	}
	if (hdr->flags & WEFT_STREAM_FIN)
		weft_timewait_restart(tw);
	if (!len && !(hdr->flags & (WEFT_STREAM_FIN | WEFT_STREAM_SYN)) &&
	    be32_to_cpu(hdr->seq) == tw->expected)
		return WEFT_DROP_NONE;
	weft_timewait_answer(tw);
	return hdr->flags & WEFT_STREAM_SYN ? WEFT_DROP_STREAM_SYN : WEFT_DROP_STREAM_OLD;
}

/**
 * weft_timewait_init_net() - the list of a new namespace
 * @net: namespace
 *
 * Return: 0.
 */
int weft_timewait_init_net(struct net *net)
{
	struct weft_timewaits *all = &weft_net(net)->timewaits;

	spin_lock_init(&all->lock);
	INIT_LIST_HEAD(&all->all);
	INIT_DELAYED_WORK(&all->work, weft_timewait_work);
	/* RFC 5961, section 7: 1000 in a second. */
	ratelimit_state_init(&weft_net(net)->challenge_limit, HZ, 1000);
	ratelimit_set_flags(&weft_net(net)->challenge_limit, RATELIMIT_MSG_ON_RELEASE);
	return 0;
}

void weft_timewait_exit_net(struct net *net)
{
	struct weft_timewaits *all = &weft_net(net)->timewaits;
	struct weft_timewait *tw;

	ratelimit_state_exit(&weft_net(net)->challenge_limit);
	cancel_delayed_work_sync(&all->work);
	while ((tw = weft_timewait_oldest(all, true)))
		weft_timewait_free(tw);
}
