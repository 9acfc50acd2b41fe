// SPDX-License-Identifier: GPL-2.0
/*
 * Messages that are sent in parts: those with MSG_MORE are held back, the one without
 * sends them all as one packet. As with UDP, the first part says where the message
 * goes, and an error forgets all parts.
 */
#include <linux/uio.h>
#include "cork.h"
#include "payload.h"

static int weft_cork_append(struct weft_sock *ws, struct msghdr *msg, size_t len)
{
	struct weft_cork *cork = ws->cork;

	if (len > weft_message_max(ws) - cork->len)
		return -EMSGSIZE;
	if (!copy_from_iter_full(cork->data + cork->len, len, &msg->msg_iter))
		return -EFAULT;
	cork->len += len;
	return 0;
}

/* The parts as one packet. */
static struct sk_buff *weft_cork_build(struct weft_sock *ws, int flags, int *err)
{
	struct weft_cork *cork = ws->cork;
	struct kvec vec = { cork->data, cork->len };
	struct msghdr whole = { .msg_flags = flags };
	struct sk_buff *skb;

	iov_iter_kvec(&whole.msg_iter, ITER_SOURCE, &vec, 1, cork->len);
	skb = weft_payload_packet(ws, &whole, cork->len, NULL, err);
	return skb ? weft_message_dress(ws, skb, &cork->m, err) : NULL;
}

/* All parts are there: send them, and forget them in any case. */
static int weft_cork_push(struct weft_sock *ws, int flags, int err)
{
	struct weft_cork *cork = ws->cork;
	struct sk_buff *skb = NULL;

	if (!err)
		skb = weft_cork_build(ws, flags, &err);
	err = weft_message_send(ws, &cork->m, flags, err, skb);
	WRITE_ONCE(ws->cork, NULL);
	kvfree(cork);
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
	struct weft_cork *cork;

	*err = -ENOMEM;
	cork = kvzalloc(struct_size(cork, data, weft_message_max(ws)),
			GFP_KERNEL_ACCOUNT);
	if (!cork)
		return NULL;
	*err = weft_message_init(ws, msg, &cork->m);
	/* A message in parts is one packet. */
	if (!*err && cork->m.segment)
		*err = -EOPNOTSUPP;
	if (!*err)
		return cork;
	kvfree(cork);
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
	kvfree(new);
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

	WRITE_ONCE(ws->cork, NULL);
	kvfree(cork);
}
