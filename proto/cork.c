// SPDX-License-Identifier: GPL-2.0
/*
 * Messages that are sent in parts: those with MSG_MORE are held back, the one without
 * sends them all as one packet. As with UDP, the first part says where the message
 * goes, and an error forgets all parts.
 */
#include "cork.h"

/* A list of packets is one packet, charged to the socket as a whole. */
static void weft_cork_add(struct weft_cork *cork, struct sk_buff *part)
{
	struct sk_buff *skb = cork->skb;

	if (!skb) {
		cork->skb = part;
		return;
	}
	if (cork->tail)
		cork->tail->next = part;
	else
		skb_shinfo(skb)->frag_list = part;
	cork->tail = part;
	skb->len += part->len;
	skb->data_len += part->len;
	skb->truesize += part->truesize;
	part->destructor = NULL;
	part->sk = NULL;
}

static int weft_cork_append(struct weft_sock *ws, struct msghdr *msg, size_t len)
{
	struct weft_cork *cork = ws->cork;
	size_t have = cork->skb ? cork->skb->len - ws->proto->header_len : 0;
	struct sk_buff *part;
	int err = 0;

	if (have + len > weft_message_max(ws))
		return -EMSGSIZE;
	if (cork->skb && !len)
		return 0;
	part = weft_message_part(ws, msg, len, true, &err);
	if (!part)
		return err;
	/* Only the first part needs room for the header of the transport. */
	if (cork->skb)
		__skb_pull(part, ws->proto->header_len);
	weft_cork_add(cork, part);
	return 0;
}

/* All parts are there: send them, and forget them in any case. */
static int weft_cork_push(struct weft_sock *ws, int flags, int err)
{
	struct weft_cork *cork = ws->cork;
	struct sk_buff_head packets;

	__skb_queue_head_init(&packets);
	if (cork->skb) {
		weft_message_dress(ws, cork->skb, &cork->m, true);
		__skb_queue_tail(&packets, cork->skb);
	}
	if (!err)
		err = ws->proto->prepare(ws, cork->skb, &cork->m);
	err = weft_message_send(ws, &cork->m, flags, err, &packets);
	WRITE_ONCE(ws->cork, NULL);
	kfree(cork);
	return err;
}

/* One more part; a new message begins with @new. Socket lock. */
static int weft_cork_locked(struct weft_sock *ws, struct msghdr *msg, size_t len,
			    struct weft_cork **new)
{
	int err;

	if (!ws->cork) {
		WRITE_ONCE(ws->cork, *new);
		*new = NULL;
	}
	err = weft_cork_append(ws, msg, len);
	if (err || !(msg->msg_flags & WEFT_MSG_MORE))
		err = weft_cork_push(ws, msg->msg_flags, err);
	return err;
}

static struct weft_cork *weft_cork_alloc(struct weft_sock *ws,
					 struct msghdr *msg, int *err)
{
	struct weft_cork *cork = kzalloc(sizeof(*cork), GFP_KERNEL);

	*err = -ENOMEM;
	if (!cork)
		return NULL;
	*err = weft_message_init(ws, msg, &cork->m);
	/* A message in parts is one packet. */
	if (!*err && cork->m.segment)
		*err = -EOPNOTSUPP;
	if (!*err)
		return cork;
	kfree(cork);
	return NULL;
}

/**
 * weft_cork_sendmsg() - send a part of a message
 * @ws: socket
 * @msg: the part; without MSG_MORE the last
 * @len: its length, bytes
 *
 * Context: process.
 * Return: @len or a negative errno.
 */
int weft_cork_sendmsg(struct weft_sock *ws, struct msghdr *msg, size_t len)
{
	struct weft_cork *new = NULL;
	int err;

	lock_sock(&ws->sk);
	while (!ws->cork && !new) {
		/* Another thread may begin or end a message meanwhile. */
		release_sock(&ws->sk);
		new = weft_cork_alloc(ws, msg, &err);
		if (!new)
			return err;
		lock_sock(&ws->sk);
	}
	err = weft_cork_locked(ws, msg, len, &new);
	release_sock(&ws->sk);
	kfree(new);
	return err ?: len;
}

/**
 * weft_cork_drop() - forget a message that was held back
 * @ws: socket
 *
 * Context: process, socket lock.
 */
void weft_cork_drop(struct weft_sock *ws)
{
	struct weft_cork *cork = ws->cork;

	if (!cork)
		return;
	kfree_skb(cork->skb);
	kfree(cork);
	WRITE_ONCE(ws->cork, NULL);
}
