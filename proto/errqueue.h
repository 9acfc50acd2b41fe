/* SPDX-License-Identifier: GPL-2.0 */
/* The error queue of a socket. */
#ifndef WEFT_ERRQUEUE_H
#define WEFT_ERRQUEUE_H

#include <linux/skbuff.h>
#include "message.h"
#include "socket.h"

/**
 * struct weft_problem - what a received error says
 * @err: positive errno
 * @hard: a connected socket hears of it without having asked for errors
 * @info: MTU of packet too big, offset of parameter problem, else 0
 * @port: the destination's, network byte order
 * @payload: what the socket sent, as an offset in the error's data
 */
struct weft_problem {
	int		err;
	bool		hard;
	u32		info;
	__be16		port;
	unsigned int	payload;
};

void weft_errqueue_add(struct sock *sk, const struct sk_buff *skb,
		       const struct weft_problem *problem);
void weft_errqueue_local(struct weft_sock *ws, const struct weft_message *m,
			 int err);
void weft_errqueue_failed(struct sk_buff *skb, int err);
int weft_errqueue_recv(struct weft_sock *ws, struct msghdr *msg, size_t len);

#endif /* WEFT_ERRQUEUE_H */
