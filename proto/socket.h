/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of AF_WEFT. */
#ifndef WEFT_SOCKET_H
#define WEFT_SOCKET_H

#include <net/sock.h>
#include <linux/weft.h>
#include "addr.h"
#include "drop.h"
#include "options.h"
#include "port.h"

struct weft_cork;
struct weft_message;
struct weft_route_cache;
struct weft_sock;

/**
 * struct weft_proto - what one protocol adds to the common socket
 * @ports: its ports; of raw sockets, next headers take their place
 * @next: WEFT_PROTO_*; 0 if it is that of the socket
 * @header_len: bytes of transport header that programs do not see
 * @check_offset: of the checksum in the transport header
 * @privileged: low ports need CAP_NET_BIND_SERVICE
 * @raw: its sockets have no ports
 * @sent: WEFT_MIB_*: counts the packets that programs sent
 * @prepare: fills in the header of a packet to send, or checks the one that the
 *	program made; may change where and how the message goes. 0 or a negative
 *	errno.
 */
struct weft_proto {
	struct weft_port_table	*ports;
	u8			next;
	u8			header_len;
	u8			check_offset;
	bool			privileged;
	bool			raw;
	u8			sent;
	int (*prepare)(struct weft_sock *ws, struct sk_buff *skb,
		       struct weft_message *m);
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
 * @opts: options of the level SOL_WEFT
 * @way: the way to the peer
 * @groups: struct weft_group_member
 * @n_groups: how many there are
 * @cork: the message that MSG_MORE holds back, or NULL
 * @id: packet id of the last packet
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
	struct weft_options	opts;
	struct weft_route_cache __rcu *way;
	struct hlist_head	groups;
	unsigned int		n_groups;
	struct weft_cork	*cork;
	atomic_t		id;
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

/* Its source, any for one of the kernel's choice: a group that it is bound to is none. */
static inline struct weft_addr weft_sock_source(const struct weft_sock *ws)
{
	return weft_addr_group(&ws->laddr) ?
	       (struct weft_addr)WEFT_ADDR_ANY_INIT : ws->laddr;
}

/* To every node of a link only on purpose. */
static inline bool weft_sock_may_send(const struct weft_sock *ws,
				      const struct weft_addr *dst)
{
	return !weft_addr_broadcast(dst) || sock_flag(&ws->sk, SOCK_BROADCAST);
}

int weft_sockaddr_check(const struct sockaddr_weft *sa, int len);
int weft_bind_check(const struct sock *sk, const struct weft_addr *addr, int oif);
enum weft_drop weft_sock_queue(struct sock *sk, struct sk_buff *skb);
int weft_sock_autobind(struct sock *sk, __be16 *lport);
int weft_sock_dest(const struct weft_sock *ws, const struct sockaddr_weft *sa,
		   int *oif);

int weft_socket_init(void);
void weft_socket_exit(void);

#endif /* WEFT_SOCKET_H */
