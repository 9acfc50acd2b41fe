/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The sockets of Weft by NETLINK_SOCK_DIAG: SOCK_DIAG_BY_FAMILY with NLM_F_DUMP lists
 * those of the network namespace that have a port, without it tells of one;
 * SOCK_DESTROY ends one.
 */
#ifndef _UAPI_LINUX_WEFT_DIAG_H
#define _UAPI_LINUX_WEFT_DIAG_H

#include <linux/types.h>
#include <linux/weft.h>

/**
 * struct weft_diag_id - a socket
 * @src: its address
 * @dst: the peer's; any unless it is connected
 * @sport: its port, network byte order; of raw sockets 0
 * @dport: the peer's
 * @ifindex: index of the only interface that it deals with, or 0
 * @cookie: its number since the system started, lower half first; all ones in a
 *	request for any. 0 for what has no socket: a request, TIME-WAIT
 */
struct weft_diag_id {
	struct weft_addr	src;
	struct weft_addr	dst;
	__be16			sport;
	__be16			dport;
	__u32			ifindex;
	__u32			cookie[2];
};

/**
 * struct weft_diag_req - which sockets
 * @family: the family number in force
 * @protocol: WEFT_PROTO_*, or 0 for all
 * @type: SOCK_*, or 0 for all
 * @attrs: which attributes are wanted, a bit 1 << WEFT_DIAG_* for each
 * @states: which states are wanted, a bit 1 << TCP_* for each; read in a dump alone
 * @src_len: leading bits of @src in @id that a socket's must have
 * @dst_len: the same of @dst
 * @reserved: 0
 * @id: what is not zero must be the socket's. Without NLM_F_DUMP all of it must be.
 */
struct weft_diag_req {
	__u8			family;
	__u8			protocol;
	__u8			type;
	__u8			attrs;
	__u32			states;
	__u8			src_len;
	__u8			dst_len;
	__u16			reserved;
	struct weft_diag_id	id;
};

/**
 * struct weft_diag_msg - a socket, its attributes follow
 * @family: the family number in force
 * @protocol: WEFT_PROTO_* or a raw socket's next header
 * @type: SOCK_*
 * @state: TCP_*; of others than streams TCP_ESTABLISHED if it is connected, else
 *	TCP_CLOSE
 * @id: the socket
 * @rqueue: bytes that its receive queue holds, with what they take beside the data; of
 *	a stream, bytes that came and were not read; of one that listens, connections that
 *	wait for accept()
 * @wqueue: bytes that it has sent and no device has finished with; of a stream, bytes
 *	written that the peer has not acknowledged; of one that listens, how many
 *	connections may wait
 * @uid: its owner
 * @inode: of its file
 * @drops: what it did not get
 */
struct weft_diag_msg {
	__u8			family;
	__u8			protocol;
	__u8			type;
	__u8			state;
	struct weft_diag_id	id;
	__u32			rqueue;
	__u32			wqueue;
	__u32			uid;
	__u32			inode;
	__u32			drops;
};

enum {
	WEFT_DIAG_UNSPEC,
	WEFT_DIAG_MEMINFO,	/* u32[SK_MEMINFO_VARS] */
	WEFT_DIAG_SHUTDOWN,	/* u8: 1 for reading, 2 for writing */
	WEFT_DIAG_MARK,		/* u32: to those with CAP_NET_ADMIN */
	WEFT_DIAG_CGROUP,	/* u64: number of the control group */
	WEFT_DIAG_OPTIONS,	/* struct weft_diag_options */
	WEFT_DIAG_PAD,
	WEFT_DIAG_INFO,		/* struct weft_info, of streams */
	__WEFT_DIAG_MAX
};

#define WEFT_DIAG_MAX		(__WEFT_DIAG_MAX - 1)

/**
 * struct weft_diag_options - what setsockopt() has set
 * @flags: WEFT_DIAG_F_*
 * @hop_limit: -1 for the default
 * @class: -1 for that of SO_PRIORITY
 * @mtu_discover: WEFT_PMTUDISC_*
 * @segment: bytes of the datagrams that messages are cut into; 0 for one
 */
struct weft_diag_options {
	__u32	flags;
	__s16	hop_limit;
	__s8	class;
	__u8	mtu_discover;
	__u32	segment;
};

#define WEFT_DIAG_F_REUSEADDR	0x01
#define WEFT_DIAG_F_REUSEPORT	0x02
#define WEFT_DIAG_F_BROADCAST	0x04
#define WEFT_DIAG_F_RECVERR	0x08
#define WEFT_DIAG_F_FREEBIND	0x10
#define WEFT_DIAG_F_HDRINCL	0x20
#define WEFT_DIAG_F_CORKED	0x40	/* MSG_MORE holds a message back */
#define WEFT_DIAG_F_FILTER	0x80	/* SO_ATTACH_FILTER or _BPF */

#endif /* _UAPI_LINUX_WEFT_DIAG_H */
