// SPDX-License-Identifier: GPL-2.0
/*
 * Payload that came: into the receive queue, or aside while bytes before it are missing;
 * and when it is acknowledged.
 */
#include "gso.h"
#include "memory.h"
#include "net.h"
#include "stats.h"
#include "stream.h"

/* Segments of at most so many bytes are put together when the buffer fills. */
#define WEFT_SMALL_MAX		512
/* Bytes of a message that are let in at a time, at least, when the buffer is full. */
#define WEFT_MESSAGE_STEP	16384

/* --- memory ------------------------------------------------------------------------------ */

/* What a message that has begun, and cannot be read before its end, may have at any time. */
static u32 weft_data_step(const struct weft_stream *st)
{
	u32 step = max_t(u32, READ_ONCE(st->ws.sk.sk_rcvbuf) / 4, WEFT_MESSAGE_STEP);

	return min_t(u32, max(step, 2 * st->rcv.mss), WEFT_PARTS_MAX);
}

/**
 * weft_stream_room() - how much payload the receive buffer can take
 * @st: socket
 *
 * A message that has begun can end. Context: socket lock.
 *
 * Return: bytes.
 */
u32 weft_stream_room(const struct weft_stream *st)
{
	const struct sock *sk = &st->ws.sk;
	int space = READ_ONCE(sk->sk_rcvbuf) - READ_ONCE(sk->sk_backlog.len) -
		    atomic_read(&sk->sk_rmem_alloc);
	u32 room = space > 0 ? (u64)space * st->rcv.ratio >> 8 : 0;

	if (st->kind == WEFT_STREAM_KIND_MESSAGES && !st->rcv.messages)
		room = max(room, weft_data_step(st));
	return min_t(u32, room, WEFT_CC_WINDOW_MAX);
}

/**
 * weft_stream_first_window() - what SYN and SYN,ACK offer
 * @sk: socket, connecting or listening
 *
 * Return: bytes.
 */
u32 weft_stream_first_window(const struct sock *sk)
{
	return min_t(u32, READ_ONCE(sk->sk_rcvbuf) / 2, 65535);
}

/**
 * weft_stream_offered() - the peer's SYN came: the window is what ours offers
 * @st: socket, its next number known
 *
 * Context: socket lock.
 */
void weft_stream_offered(struct weft_stream *st)
{
	u32 offered = weft_stream_first_window(weft_stream_sk(st));

	weft_window_init(&st->rcv.window, st->rcv.nxt, offered);
	st->rcv.window.right += offered;
}

/* Out of order bytes give way, the last first, to what fills the gap. */
static bool weft_data_prune(struct weft_stream *st)
{
	struct weft_piece *piece = weft_reorder_take_last(&st->rcv.reorder);
	struct sk_buff *skb;

	if (!piece)
		return false;
	skb = weft_piece_skb(piece);
	st->rcv.reorder_bytes -= skb->truesize;
	weft_drop(sock_net(weft_stream_sk(st)), skb, WEFT_DROP_RCVBUF);
	return true;
}

/* The segment belongs to the socket's buffer from now on, or is dropped. */
static enum weft_drop weft_data_charge(struct weft_stream *st, struct sk_buff *skb,
				       bool in_order)
{
	struct sock *sk = weft_stream_sk(st);
	/* Something every socket may have, so that none stands still. */
	bool first = in_order && skb_queue_empty(&sk->sk_receive_queue);

	while (atomic_read(&sk->sk_rmem_alloc) > sk->sk_rcvbuf && !first) {
		if (in_order && weft_data_prune(st))
			continue;
		/* What messages were offered may be more than the buffer: once it is kept. */
		if (in_order && st->kind == WEFT_STREAM_KIND_MESSAGES)
			break;
		return WEFT_DROP_RCVBUF;
	}
	if (!first && weft_memory_net_full(sk))
		return WEFT_DROP_NET_MEMORY;
	if (!sk_rmem_schedule(sk, skb, skb->truesize)) {
		while (in_order && weft_data_prune(st))
			if (sk_rmem_schedule(sk, skb, skb->truesize))
				goto charged;
		return WEFT_DROP_NO_MEMORY;
	}
charged:
	skb_set_owner_r(skb, sk);
	return WEFT_DROP_NONE;
}

/*
 * How much of what full segments take is payload, as the window is told in payload; and
 * the round-trip time as it is seen from here.
 */
static void weft_data_measure(struct weft_stream *st, const struct sk_buff *skb, u32 echo)
{
	u32 ratio;

	if (skb->len < st->rcv.mss)
		return;
	ratio = min_t(u32, (skb->len << 8) / skb->truesize, 255);
	st->rcv.ratio = max_t(u32, ratio, 16);
	if (echo)
		weft_window_rtt(&st->rcv.window, weft_stream_stamp(st) - echo);
}

/* --- messages --------------------------------------------------------------------- */

/* Where messages end in new bytes; false if one is too long. */
static bool weft_data_messages(struct weft_stream *st, struct sk_buff *skb, u32 offset)
{
	struct weft_parts *parts = &st->rcv.parts;
	unsigned int n;
	int ret;

	while (offset < skb->len) {
		n = weft_parts_run(parts, skb->len - offset);
		if (weft_parts_in_header(parts) &&
		    skb_copy_bits(skb, offset, weft_parts_header(parts), n))
			return false;
		offset += n;
		ret = weft_parts_pass(parts, n);
		if (ret < 0)
			return false;
		st->rcv.messages += ret == WEFT_PARTS_END;
	}
	return true;
}

/* --- in order --------------------------------------------------------------------- */

/*
 * Small segments take many times the memory of their bytes. When the buffer fills, such a
 * one becomes a page with room for those that follow; NULL if it stays as it is.
 */
static struct sk_buff *weft_data_compact(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *page;

	if (atomic_read(&sk->sk_rmem_alloc) < sk->sk_rcvbuf / 2 ||
	    skb->len > WEFT_SMALL_MAX)
		return NULL;
	page = alloc_skb(SKB_MAX_ORDER(0, 0), GFP_ATOMIC | __GFP_NOWARN);
	if (!page)
		return NULL;
	if (!sk_rmem_schedule(sk, page, page->truesize) ||
	    skb_copy_bits(skb, 0, skb_put(page, skb->len), skb->len)) {
		kfree_skb(page);
		return NULL;
	}
	*weft_stream_cb(page) = *weft_stream_cb(skb);
	page->tstamp = skb->tstamp;
	skb_set_owner_r(page, sk);
	return page;
}

/* Behind the last segment in the queue, or into it. */
static void weft_data_append(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *page;
	struct sk_buff *tail = skb_peek_tail(&sk->sk_receive_queue);
	bool stolen;
	int delta;

	if (tail && weft_stream_cb(tail)->piece.end == weft_stream_cb(skb)->piece.seq &&
	    skb_try_coalesce(tail, skb, &stolen, &delta)) {
		atomic_add(delta, &sk->sk_rmem_alloc);
		sk_mem_charge(sk, delta);
		weft_stream_cb(tail)->piece.end = weft_stream_cb(skb)->piece.end;
		tail->tstamp = skb->tstamp;
		skb_orphan(skb);
		kfree_skb_partial(skb, stolen);
		return;
	}
	page = weft_data_compact(sk, skb);
	if (page) {
		consume_skb(skb);
		skb = page;
	}
	__skb_queue_tail(&sk->sk_receive_queue, skb);
}

/* Takes a charged segment that begins at or before what is next, and is not all old. */
static void weft_data_queue(struct weft_stream *st, struct sk_buff *skb)
{
	struct weft_stream_cb *cb = weft_stream_cb(skb);
	struct sock *sk = weft_stream_sk(st);
	u32 old = st->rcv.nxt - cb->piece.seq;
	bool fin = cb->cb.fin, whole = true;

	if (st->kind == WEFT_STREAM_KIND_MESSAGES)
		whole = weft_data_messages(st, skb, old);
	st->rcv.nxt = cb->piece.end;
	/* FIN has a number, but is no byte: where the segment ends is where bytes do. */
	cb->piece.end -= fin;
	if (skb->len > old) {
		st->rcv.bytes += skb->len - old;
		weft_data_append(sk, skb);
	} else {
		kfree_skb(skb);
	}
	if (!whole) {
		weft_stream_send_reset(st);
		weft_stream_fail(sk, EPROTO);
	} else if (fin) {
		weft_stream_fin(st);
	}
}

/* What waited for the bytes that came. */
static void weft_data_fill(struct weft_stream *st)
{
	struct weft_piece *piece;
	struct sk_buff *skb;

	while ((piece = weft_reorder_take(&st->rcv.reorder, st->rcv.nxt))) {
		skb = weft_piece_skb(piece);
		st->rcv.reorder_bytes -= skb->truesize;
		if (weft_seq_after(piece->end, st->rcv.nxt))
			weft_data_queue(st, skb);
		else
			kfree_skb(skb);
		if (weft_stream_sk(st)->sk_state == TCP_CLOSE)
			return;
	}
	weft_reorder_advance(&st->rcv.reorder, st->rcv.nxt);
}

static void weft_data_ready(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	if (!sock_flag(sk, SOCK_DEAD) &&
	    (weft_stream_readable(st, sk->sk_rcvlowat) || sock_flag(sk, SOCK_DONE)))
		sk->sk_data_ready(sk);
}

static enum weft_drop weft_data_next(struct weft_stream *st, struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	enum weft_drop reason;
	bool waited;

	reason = weft_data_charge(st, skb, true);
	if (reason) {
		st->rcv.ack_now = true;
		return reason;
	}
	*pskb = NULL;
	waited = !weft_reorder_empty(&st->rcv.reorder);
	weft_data_queue(st, skb);
	if (waited && weft_stream_sk(st)->sk_state != TCP_CLOSE) {
		weft_data_fill(st);
		/* A gap is filled, all or a part of it (RFC 5681, 4.2). */
		st->rcv.ack_now = true;
	}
	weft_data_ready(st);
	return WEFT_DROP_NONE;
}

/* --- out of order ----------------------------------------------------------------- */

static enum weft_drop weft_data_aside(struct weft_stream *st, struct sk_buff **pskb)
{
	struct weft_piece *piece = &weft_stream_cb(*pskb)->piece;
	struct sk_buff *skb = *pskb;
	unsigned int truesize = skb->truesize;
	enum weft_drop reason;

	st->rcv.ack_now = true;
	st->rcv.out_of_order++;
	reason = weft_data_charge(st, skb, false);
	if (reason)
		return reason;
	st->rcv.reorder_bytes += truesize;
	if (weft_reorder_add(&st->rcv.reorder, piece)) {
		*pskb = NULL;
		return WEFT_DROP_NONE;
	}
	st->rcv.reorder_bytes -= truesize;
	st->rcv.duplicates += skb->len;
	weft_reorder_dsack(&st->rcv.reorder, piece->seq, piece->end);
	return WEFT_DROP_STREAM_OLD;
}

/* Bytes behind the window are cut off, with FIN. */
static void weft_data_trim(struct weft_stream *st, struct sk_buff *skb)
{
	struct weft_stream_cb *cb = weft_stream_cb(skb);
	u32 right = st->rcv.window.right;

	if (!weft_seq_after(cb->piece.end, right))
		return;
	cb->cb.fin = false;
	if (pskb_trim(skb, right - cb->piece.seq))
		return;
	cb->piece.end = cb->piece.seq + skb->len;
}

/* The program has closed its end: nobody will read this (RFC 2525, 2.17). */
static bool weft_data_unwanted(const struct weft_stream *st, u32 end)
{
	const struct sock *sk = &st->ws.sk;

	return sk->sk_shutdown & RCV_SHUTDOWN &&
	       weft_stream_in(sk, TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2) &&
	       weft_seq_after(end, st->rcv.nxt);
}

/**
 * weft_stream_data() - take the payload and FIN of a segment
 * @st: socket in a synchronized state
 * @pskb: segment, its data at the stream header; NULL then if it was taken
 *
 * The socket may be in state CLOSED then. Context: socket lock.
 *
 * Return: WEFT_DROP_NONE or why the segment must be dropped.
 */
enum weft_drop weft_stream_data(struct weft_stream *st, struct sk_buff **pskb)
{
	const struct weft_stream_hdr *hdr = (struct weft_stream_hdr *)(*pskb)->data;
	struct sock *sk = weft_stream_sk(st);
	struct sk_buff *skb = *pskb;
	struct weft_stream_cb *cb = weft_stream_cb(skb);
	u32 seq = be32_to_cpu(hdr->seq), len = skb->len - hdr->len;
	u32 echo = be32_to_cpu(hdr->echo);
	bool fin = hdr->flags & WEFT_STREAM_FIN;

	/* The peer has said that nothing comes any more. */
	if (!weft_stream_in(sk, WEFT_RECEIVING)) {
		st->rcv.ack_now = true;
		return WEFT_DROP_STREAM_OLD;
	}
	if (len && weft_data_unwanted(st, seq + len)) {
		weft_count(sock_net(sk), WEFT_MIB_ABORTS_DATA);
		weft_stream_send_reset(st);
		weft_stream_fail(sk, ECONNRESET);
		return WEFT_DROP_STREAM_CLOSED;
	}
	st->rcv.segs_data += weft_gso_packets(skb);
	st->rcv.data_at = jiffies;
	st->rcv.mss = max(st->rcv.mss, skb_is_gso(skb) ? skb_shinfo(skb)->gso_size :
			  min_t(u32, len, WEFT_STREAM_BURST_MAX));
	cb->piece.seq = seq;
	cb->piece.end = seq + len + fin;
	cb->cb.fin = fin;
	__skb_pull(skb, hdr->len);
	weft_data_measure(st, skb, echo);
	weft_data_trim(st, skb);
	if (!weft_seq_after(cb->piece.end, st->rcv.nxt)) {
		weft_reorder_dsack(&st->rcv.reorder, seq, cb->piece.end);
		st->rcv.duplicates += len;
		st->rcv.ack_now = true;
		return WEFT_DROP_STREAM_OLD;
	}
	if (weft_seq_after(seq, st->rcv.nxt))
		return weft_data_aside(st, pskb);
	if (weft_seq_before(seq, st->rcv.nxt))
		weft_reorder_dsack(&st->rcv.reorder, seq, st->rcv.nxt);
	return weft_data_next(st, pskb);
}

/* --- acknowledging ---------------------------------------------------------------- */

/* At the beginning of a connection, and at its end. */
static bool weft_ack_soon(const struct weft_stream *st)
{
	return st->set.quickack < 0 && ((st->rcv.quick && !st->rcv.talks) ||
					sock_flag(&st->ws.sk, SOCK_DONE));
}

/* A program sleeps until something comes, or will accept(): it is about to do something. */
static bool weft_ack_program_wakes(const struct weft_stream *st)
{
	bool wakes;

	if (st->parent)
		return true;
	rcu_read_lock();
	wakes = skwq_has_sleeper(rcu_dereference(st->ws.sk.sk_wq));
	rcu_read_unlock();
	return wakes;
}

static void weft_ack_delay(struct weft_stream *st, u32 us)
{
	st->rcv.ack_later = true;
	st->rcv.ack_due = jiffies + usecs_to_jiffies(us);
	weft_stream_arm_ack(st);
}

/**
 * weft_stream_ack_wanted() - acknowledge what came, now or later
 * @st: socket in a synchronized state
 * @ended: it is all that the peer has to say for now
 *
 * A program that was woken may answer, or close: then the acknowledgment needs no segment
 * of its own. Context: socket lock.
 */
void weft_stream_ack_wanted(struct weft_stream *st, bool ended)
{
	struct weft_recv *rcv = &st->rcv;
	bool full, soon;

	if (rcv->nxt == rcv->acked && !rcv->ack_now)
		return;
	/* Every second full segment (RFC 9293, 3.8.6.3). */
	full = rcv->nxt - rcv->acked >= 2 * rcv->mss;
	soon = weft_ack_soon(st);
	if (rcv->ack_now || !weft_reorder_empty(&rcv->reorder) || st->set.quickack == 1) {
		weft_stream_send_ack(st);
	} else if (ended && (soon || (full && rcv->talks)) && weft_ack_program_wakes(st)) {
		rcv->held = true;
		weft_ack_delay(st, WEFT_HOLD_US);
	} else if (full || soon) {
		weft_stream_send_ack(st);
	} else if (!rcv->ack_later) {
		weft_ack_delay(st, WEFT_DELACK_US);
	}
}

/**
 * weft_stream_ack_held() - the program waits for more: it has nothing to send
 * @st: socket
 *
 * Context: process, socket lock.
 */
void weft_stream_ack_held(struct weft_stream *st)
{
	if (!st->rcv.held || !weft_stream_in(weft_stream_sk(st), WEFT_SYNCHRONIZED))
		return;
	weft_stream_tick(st);
	weft_stream_send_ack(st);
}

/**
 * weft_stream_purge() - give up what came and was not read
 * @st: socket
 *
 * Context: socket lock, or nobody else uses the socket any more.
 */
void weft_stream_purge(struct weft_stream *st)
{
	struct weft_piece *piece;

	while ((piece = weft_reorder_take_last(&st->rcv.reorder)))
		kfree_skb(weft_piece_skb(piece));
	st->rcv.reorder_bytes = 0;
	__skb_queue_purge(&weft_stream_sk(st)->sk_receive_queue);
}
