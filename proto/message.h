/* SPDX-License-Identifier: GPL-2.0 */
/* Messages: what one sendmsg() asks for. */
#ifndef WEFT_MESSAGE_H
#define WEFT_MESSAGE_H

#include <net/sockcm.h>
#include "output.h"
#include "route.h"

/**
 * struct weft_message - a message on its way out
 * @flow: its way
 * @out: its network header
 * @sockc: mark, time stamps and time of transmission
 * @lport: our port
 * @fport: the destination's
 * @hop_limit: that ancillary data asks for, or -1
 * @class: that ancillary data asks for, or -1
 * @check_offset: of the checksum in the transport header, bytes; -1 for none
 * @segment: bytes of the datagrams that the message is cut into; 0 for one
 */
struct weft_message {
	struct weft_flow	flow;
	struct weft_output	out;
	struct sockcm_cookie	sockc;
	__be16			lport;
	__be16			fport;
	int			hop_limit;
	int			class;
	int			check_offset;
	unsigned int		segment;
};

struct weft_sock;

int weft_message_init(struct weft_sock *ws, struct msghdr *msg,
		      struct weft_message *m);
size_t weft_message_max(const struct weft_sock *ws);
struct sk_buff *weft_message_dress(struct weft_sock *ws, struct sk_buff *skb,
				   struct weft_message *m, int *err);
int weft_message_send(struct weft_sock *ws, struct weft_message *m, int flags,
		      int err, struct sk_buff *skb);

int weft_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);
int weft_recvmsg(struct socket *sock, struct msghdr *msg, size_t len,
		 int flags);

#endif /* WEFT_MESSAGE_H */
