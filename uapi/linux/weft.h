/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Weft: what the kernel and programs share: addresses, socket addresses, the
 * headers on the wire and the numbers in them. doc/protocol.md gives each
 * field's meaning; every field wider than a byte is in network byte order.
 */
#ifndef _UAPI_LINUX_WEFT_H
#define _UAPI_LINUX_WEFT_H

#include <linux/rtnetlink.h>
#include <linux/socket.h>
#include <linux/types.h>

/*
 * The address family number is borrowed from a protocol that was never merged
 * (AF_ASH). The module's parameter "family" may set another one; programs read
 * the number in force from WEFT_FAMILY_PATH, which exists while the module is
 * loaded.
 */
#define WEFT_FAMILY_DEFAULT	18
#define WEFT_FAMILY_PATH	"/sys/module/weft/parameters/family"

/* IEEE 802 local experimental EtherType 1; module parameter "ethertype". */
#define WEFT_ETHERTYPE_DEFAULT	0x88B5

/**
 * struct weft_addr - a network address, 64 bits in network byte order
 * @a8: as bytes
 * @a16: as the four groups that the text form shows
 * @a32: as two words
 */
struct weft_addr {
	union {
		__u8	a8[8];
		__be16	a16[4];
		__be32	a32[2];
	};
};

#define WEFT_ADDR_ANY_INIT	{ { { 0, 0, 0, 0, 0, 0, 0, 0 } } }
#define WEFT_ADDR_LOOPBACK_INIT	{ { { 0, 0, 0, 0, 0, 0, 0, 1 } } }
#define WEFT_ADDR_ALLNODES_INIT	{ { { 0xff, 0x02, 0, 0, 0, 0, 0, 1 } } }

/* Longest text form of an address with its final NUL: 1111:2222:3333:4444 */
#define WEFT_ADDRSTRLEN		20

/**
 * struct sockaddr_weft - socket address, as long as struct sockaddr_in
 * @sweft_family: the family number in force
 * @sweft_port: port, network byte order; 0 asks for one of the kernel's choice
 * @sweft_scope: index of the interface that a link-local or link-scoped
 *	multicast address belongs to; 0 elsewhere. At most INT_MAX.
 * @sweft_addr: address
 */
struct sockaddr_weft {
	__kernel_sa_family_t	sweft_family;
	__be16			sweft_port;
	__u32			sweft_scope;
	struct weft_addr	sweft_addr;
};

/* --- network header ------------------------------------------------------- */

/**
 * struct weft_hdr - network header, 24 bytes
 * @vc: version in the upper four bits, class in the lower four
 * @flags: WEFT_FLAG_* and, in WEFT_ECN_MASK, the ECN field of RFC 3168
 * @len: bytes from the start of this header to the end of the packet
 * @id: packet id; equal in all fragments of a packet
 * @hop_limit: links that the packet may still cross
 * @next: WEFT_PROTO_*, what follows this header
 * @src: sender; never multicast
 * @dst: receiver
 */
struct weft_hdr {
	__u8			vc;
	__u8			flags;
	__be16			len;
	__be16			id;
	__u8			hop_limit;
	__u8			next;
	struct weft_addr	src;
	struct weft_addr	dst;
};

#define WEFT_VERSION		1
#define WEFT_CLASS_MASK		0x0f
#define WEFT_ECN_MASK		0x03
#define WEFT_HOP_LIMIT_DEFAULT	64
#define WEFT_LEN_MAX		65535
#define WEFT_MTU_MIN		576

enum {
	WEFT_PROTO_CONTROL	= 1,
	WEFT_PROTO_STREAM	= 6,
	WEFT_PROTO_DGRAM	= 17,
	WEFT_PROTO_FRAGMENT	= 44,
	WEFT_PROTO_NONE		= 59,
};

/* --- datagrams ------------------------------------------------------------ */

/**
 * struct weft_dgram_hdr - datagram header, 8 bytes
 * @sport: sender's port
 * @dport: receiver's port
 * @len: bytes of this header and the payload
 * @check: Internet checksum over pseudo-header, header and payload; never 0
 */
struct weft_dgram_hdr {
	__be16	sport;
	__be16	dport;
	__be16	len;
	__sum16	check;
};

/* --- control messages ----------------------------------------------------- */

/**
 * struct weft_ctl_hdr - control message header, 8 bytes
 * @type: WEFT_CTL_*; errors are below 128, queries and answers from 128 on
 * @code: what the type says in more detail
 * @check: Internet checksum over pseudo-header and the whole message
 * @echo: identifier and sequence number of an echo request or reply
 * @rest: the same 32 bits where the type defines none: zero
 */
struct weft_ctl_hdr {
	__u8	type;
	__u8	code;
	__sum16	check;
	union {
		struct {
			__be16	id;
			__be16	seq;
		} echo;
		__be32	rest;
	};
};

enum {
	WEFT_CTL_UNREACH	= 1,
	WEFT_CTL_ECHO_REQUEST	= 128,
	WEFT_CTL_ECHO_REPLY	= 129,
};

/* Codes of WEFT_CTL_UNREACH. */
enum {
	WEFT_UNREACH_NOROUTE	= 0,
	WEFT_UNREACH_PROHIBITED	= 1,
	WEFT_UNREACH_SCOPE	= 2,
	WEFT_UNREACH_ADDR	= 3,
	WEFT_UNREACH_PORT	= 4,
	WEFT_UNREACH_PROTO	= 5,
};

/* Set in the types of queries and answers, clear in those of errors. */
#define WEFT_CTL_INFO		0x80

/* --- netlink -------------------------------------------------------------- */

/*
 * rtnetlink speaks Weft with the family number in ifa_family; addresses in
 * attributes are 8 bytes. Changes are told to the multicast groups of a family
 * that has left the kernel.
 */
#define WEFT_RTNLGRP_IFADDR	RTNLGRP_DECnet_IFADDR

#endif /* _UAPI_LINUX_WEFT_H */
