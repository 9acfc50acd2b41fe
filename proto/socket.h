/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of AF_WEFT. */
#ifndef WEFT_SOCKET_H
#define WEFT_SOCKET_H

#include <net/sock.h>
#include <linux/weft.h>
#include "drop.h"
#include "port.h"

/**
 * struct weft_proto - what one protocol adds to the common socket
 * @ports: its ports
 * @next: WEFT_PROTO_*
 * @header_len: bytes of transport header that programs do not see
 * @check_offset: of the checksum in the transport header
 * @privileged: low ports need CAP_NET_BIND_SERVICE
 * @sent: WEFT_MIB_*: counts the packets that programs sent
 * @prepare: fills in the header of a packet to send, or checks the one that the
 *	program made; 0 or a negative errno. @lport is our port, @fport the
 *	destination's.
 */
struct weft_proto {
	struct weft_port_table	*ports;
	u8			next;
	u8			header_len;
	u8			check_offset;
	bool			privileged;
	u8			sent;
	int (*prepare)(struct sk_buff *skb, __be16 lport, __be16 fport);
};

/**
 * struct weft_sock - a socket
 * @sk: the core's part, first
 * @proto: its protocol
 * @laddr: our address, "any" until bound to one or connected
 * @faddr: the peer's, valid in state TCP_ESTABLISHED
 * @lport: our port, 0 until bound; network byte order, as @fport
 * @fport: the peer's
 * @scope: interface index that a link-local @laddr or @faddr belongs to, else 0
 * @id: packet id of the next packet
 *
 * Owned by the file descriptor. Everything but @id is changed under the socket
 * lock; the receive path reads it under RCU without one, as UDP does: a packet
 * that races with bind() or connect() sees the old or the new state.
 */
struct weft_sock {
	struct sock		sk;
	const struct weft_proto	*proto;
	struct weft_addr	laddr;
	struct weft_addr	faddr;
	__be16			lport;
	__be16			fport;
	int			scope;
	u16			id;
};

static inline struct weft_sock *weft_sk(const struct sock *sk)
{
	return (struct weft_sock *)sk;
}

/* The only interface that the socket deals with; 0 if there is no such limit. */
static inline int weft_sock_iif(const struct weft_sock *ws)
{
	return READ_ONCE(ws->sk.sk_bound_dev_if) ?: READ_ONCE(ws->scope);
}

enum weft_drop weft_sock_queue(struct sock *sk, struct sk_buff *skb);
int weft_sock_autobind(struct sock *sk, __be16 *lport);
int weft_sock_dest(const struct weft_sock *ws, const struct sockaddr_weft *sa,
		   int *oif);

int weft_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);
int weft_recvmsg(struct socket *sock, struct msghdr *msg, size_t len,
		 int flags);

int weft_socket_init(void);
void weft_socket_exit(void);

#endif /* WEFT_SOCKET_H */
