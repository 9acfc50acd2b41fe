/* SPDX-License-Identifier: GPL-2.0 */
/* Socket options of the level SOL_WEFT. */
#ifndef WEFT_OPTIONS_H
#define WEFT_OPTIONS_H

#include <linux/net.h>
#include <linux/sockptr.h>
#include <linux/weft.h>

struct weft_sock;

/**
 * struct weft_options - the options of a socket
 * @hop_limit: 1 to 255, -1 for the default
 * @class: 0 to 15, -1 for the socket's priority
 * @mtu_discover: WEFT_PMTUDISC_*
 * @recv_pktinfo: bool, as all @recv_*: pass on where a packet came to
 * @recv_hop_limit: pass on its hop limit
 * @recv_class: pass on its class
 * @recv_err: keep errors in the error queue
 * @freebind: bool: bind to addresses that are not here
 * @segment: bytes of the datagrams that a message is cut into, 0 for one datagram
 * @coalesce: bool: datagrams of a flow may come as one message
 * @hdrincl: bool: messages begin with the network header
 * @group_if: interface index of packets to groups, 0 for none
 * @group_hops: hop limit of packets to groups, 0 to 255
 * @group_loop: bool: this node hears what it sends to groups
 * @filter: control messages that a raw socket does not want
 *
 * Changed under the socket lock, read without by READ_ONCE().
 */
struct weft_options {
	int	hop_limit;
	int	class;
	int	mtu_discover;
	int	recv_pktinfo;
	int	recv_hop_limit;
	int	recv_class;
	int	recv_err;
	int	freebind;
	int	segment;
	int	coalesce;
	int	hdrincl;
	int	group_if;
	int	group_hops;
	int	group_loop;
	struct weft_ctl_filter filter;
};

void weft_options_init(struct weft_options *opts);
void weft_options_release(struct weft_sock *ws);
int weft_options_set(struct socket *sock, int level, int name, sockptr_t val,
		     unsigned int len);
int weft_options_get(struct socket *sock, int level, int name,
		     char __user *val, int __user *len);

#endif /* WEFT_OPTIONS_H */
