// SPDX-License-Identifier: GPL-2.0
/*
 * When bytes were sent and acknowledged: the time stamps that a program asks for with
 * SO_TIMESTAMPING, of the last byte of each call. As with TCP, of several such bytes in a
 * segment the last one is told of by the device.
 */
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/slab.h>
#include "stream.h"

/* Calls whose last byte is not acknowledged, a power of two; more are not told of. */
#define WEFT_STAMPS	32

/**
 * struct weft_stamp - a call whose time is wanted
 * @byte: sequence number of its last byte
 * @key: what the program knows it by
 * @tx_flags: SKBTX_* for the packet
 * @ack: the time of its acknowledgment is wanted
 */
struct weft_stamp {
	u32	byte;
	u32	key;
	u8	tx_flags;
	bool	ack;
};

/**
 * struct weft_stamps - the calls of a connection whose times are wanted
 * @base: sequence number from which bytes are counted
 * @head: number of the first one, counted for ever
 * @tail: number behind the last one
 * @ring: in the order of their bytes
 */
struct weft_stamps {
	u32			base;
	unsigned int		head;
	unsigned int		tail;
	struct weft_stamp	ring[WEFT_STAMPS];
};

static struct weft_stamp *weft_stamp_at(struct weft_stamps *stamps, unsigned int i)
{
	return &stamps->ring[i % WEFT_STAMPS];
}

/**
 * weft_stamp_begin() - before the bytes of a call are written
 * @st: socket
 *
 * With SOF_TIMESTAMPING_OPT_ID bytes are counted from the first one that is written after
 * the option was set; the core sets sk_tskey to 0 then. Context: process, socket lock.
 */
void weft_stamp_begin(struct weft_stream *st)
{
	struct sock *sk = weft_stream_sk(st);

	if (!(READ_ONCE(sk->sk_tsflags) & SOF_TIMESTAMPING_OPT_ID) ||
	    (st->snd.stamps && atomic_read(&sk->sk_tskey)))
		return;
	if (!st->snd.stamps)
		st->snd.stamps = kzalloc(sizeof(*st->snd.stamps), GFP_KERNEL_ACCOUNT);
	if (!st->snd.stamps)
		return;
	st->snd.stamps->base = st->snd.end;
	atomic_set(&sk->sk_tskey, 1);
}

/**
 * weft_stamp_add() - the bytes of a call have been written
 * @st: socket; weft_send.end is behind the last one
 * @tsflags: SOF_TIMESTAMPING_TX_*, of the socket or of the call
 *
 * Context: process, socket lock.
 */
void weft_stamp_add(struct weft_stream *st, u16 tsflags)
{
	struct weft_stamps *stamps;
	struct weft_stamp *stamp;

	if (!(tsflags & SOF_TIMESTAMPING_TX_RECORD_MASK))
		return;
	if (!st->snd.stamps)
		st->snd.stamps = kzalloc(sizeof(*stamps), GFP_KERNEL_ACCOUNT);
	stamps = st->snd.stamps;
	if (!stamps || stamps->tail - stamps->head == WEFT_STAMPS)
		return;
	stamp = weft_stamp_at(stamps, stamps->tail++);
	*stamp = (struct weft_stamp) {
		.byte = st->snd.end - 1,
		.key = st->snd.end - 1 - stamps->base,
		.ack = tsflags & SOF_TIMESTAMPING_TX_ACK,
	};
	__sock_tx_timestamp(tsflags, &stamp->tx_flags);
}

/**
 * weft_stamp_sent() - a packet is about to leave
 * @st: socket
 * @skb: packet
 * @seq: sequence number of its first byte
 * @end: one behind the last
 *
 * Context: socket lock.
 */
void weft_stamp_sent(struct weft_stream *st, struct sk_buff *skb, u32 seq, u32 end)
{
	struct weft_stamps *stamps = st->snd.stamps;
	struct weft_stamp *stamp;
	unsigned int i;

	for (i = stamps->head; i != stamps->tail; i++) {
		stamp = weft_stamp_at(stamps, i);
		if (!weft_seq_before(stamp->byte, end))
			break;
		if (weft_seq_before(stamp->byte, seq))
			continue;
		skb_shinfo(skb)->tx_flags |= stamp->tx_flags;
		skb_shinfo(skb)->tskey = stamp->key;
	}
}

/* In the error queue, where the core puts what devices tell. */
static void weft_stamp_tell(struct sock *sk, const struct weft_stamp *stamp)
{
	struct sk_buff *skb = alloc_skb(0, GFP_ATOMIC | __GFP_NOWARN);

	if (!skb)
		return;
	skb_shinfo(skb)->tskey = stamp->key;
	__skb_tstamp_tx(skb, NULL, NULL, sk, SCM_TSTAMP_ACK);
	consume_skb(skb);
}

/**
 * weft_stamp_acked() - the peer has more
 * @st: socket; weft_send.una is behind what it has
 *
 * Context: socket lock.
 */
void weft_stamp_acked(struct weft_stream *st)
{
	struct weft_stamps *stamps = st->snd.stamps;
	struct weft_stamp *stamp;

	while (stamps->head != stamps->tail) {
		stamp = weft_stamp_at(stamps, stamps->head);
		if (!weft_seq_before(stamp->byte, st->snd.una))
			return;
		stamps->head++;
		if (stamp->ack)
			weft_stamp_tell(weft_stream_sk(st), stamp);
	}
}

/**
 * weft_stamp_forget() - the connection is no more
 * @st: socket
 *
 * Context: socket lock, or nobody else uses the socket any more.
 */
void weft_stamp_forget(struct weft_stream *st)
{
	kfree(st->snd.stamps);
	st->snd.stamps = NULL;
}
