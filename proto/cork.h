/* SPDX-License-Identifier: GPL-2.0 */
/* Messages that are sent in parts: MSG_MORE. */
#ifndef WEFT_CORK_H
#define WEFT_CORK_H

#include "message.h"
#include "socket.h"

/**
 * struct weft_cork - a message to which more is to come
 * @m: where and how it goes, from its first part
 * @len: bytes that there are of it
 * @data: these; there is room for the longest message
 *
 * Owned by the socket, under its lock.
 */
struct weft_cork {
	struct weft_message	m;
	size_t			len;
	u8			data[];
};

int weft_cork_sendmsg(struct weft_sock *ws, struct msghdr *msg, size_t len);
void weft_cork_drop(struct weft_sock *ws);

#endif /* WEFT_CORK_H */
