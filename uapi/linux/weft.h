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
#define WEFT_ADDR_ALLROUTERS_INIT { { { 0xff, 0x02, 0, 0, 0, 0, 0, 2 } } }
#define WEFT_ADDR_REPORTS_INIT	{ { { 0xff, 0x02, 0, 0, 0, 0, 0, 0x16 } } }
#define WEFT_ADDR_BROADCAST_INIT \
	{ { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } } }

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
 * @id: packet id
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
#define WEFT_FLAG_FRAGOK	0x04	/* a gateway may fragment the packet */
#define WEFT_HOP_LIMIT_DEFAULT	64
#define WEFT_LEN_MAX		65535
#define WEFT_MTU_MIN		576
/* Of messages between neighbours, so that none comes through a router. */
#define WEFT_HOP_LIMIT_NEIGH	255

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

/* --- streams -------------------------------------------------------------- */

/**
 * struct weft_stream_hdr - stream header, 32 bytes, options follow
 * @sport: sender's port
 * @dport: receiver's port
 * @seq: of the first byte, or of SYN or FIN
 * @ack: next byte that the sender expects, with WEFT_STREAM_ACK
 * @len: bytes of this header and its options, a multiple of 4
 * @flags: WEFT_STREAM_*
 * @check: Internet checksum over pseudo-header, header and payload; never 0
 * @window: bytes that the sender of the segment can take from @ack on
 * @stamp: sender's clock, microseconds
 * @echo: a clock of the receiver's that came to the sender, with WEFT_STREAM_ACK
 * @stream: 0
 * @reserved: 0
 */
struct weft_stream_hdr {
	__be16	sport;
	__be16	dport;
	__be32	seq;
	__be32	ack;
	__u8	len;
	__u8	flags;
	__sum16	check;
	__be32	window;
	__be32	stamp;
	__be32	echo;
	__be16	stream;
	__be16	reserved;
};

/* FIN and PSH are the bits that segmentation engines clear on all but the last. */
#define WEFT_STREAM_FIN		0x01
#define WEFT_STREAM_SYN		0x02
#define WEFT_STREAM_RST		0x04
#define WEFT_STREAM_PSH		0x08
#define WEFT_STREAM_ACK		0x10
#define WEFT_STREAM_ECE		0x40
#define WEFT_STREAM_CWR		0x80

/* Options: kind and length, a byte each, then the value; the first two have no length. */
enum {
	WEFT_STREAM_OPT_END	= 0,
	WEFT_STREAM_OPT_NOP	= 1,
	WEFT_STREAM_OPT_MSS	= 2,	/* be16: bytes of options and payload; with SYN */
	WEFT_STREAM_OPT_SACK	= 5,	/* pairs of be32: from, to */
	WEFT_STREAM_OPT_KIND	= 64,	/* u8: WEFT_STREAM_KIND_*, then 0; with SYN */
};

/* What a connection carries. */
enum {
	WEFT_STREAM_KIND_BYTES	= 0,	/* SOCK_STREAM */
	WEFT_STREAM_KIND_MESSAGES = 1,	/* SOCK_SEQPACKET */
};

/* Payload of a segment towards a peer that sent no MSS. */
#define WEFT_STREAM_MSS_DEFAULT	(WEFT_MTU_MIN - 24 - 32)
#define WEFT_STREAM_MSS_MIN	64

/**
 * struct weft_part_hdr - in front of each part of a message, in the stream of bytes
 * @len: bytes of the part, and WEFT_PART_END in its last one
 */
struct weft_part_hdr {
	__be32	len;
};

#define WEFT_PART_END		0x80000000U
/* Longest message of SOCK_SEQPACKET, bytes. */
#define WEFT_MESSAGE_MAX	262144

/* --- fragments ------------------------------------------------------------ */

/**
 * struct weft_frag_hdr - fragment header, 8 bytes
 * @next: WEFT_PROTO_* of the packet that the fragment is part of
 * @reserved: 0
 * @offset: of the data in the packet, in units of 8 bytes, in the upper 13 bits;
 *	WEFT_FRAG_MORE
 * @id: equal in all fragments of a packet
 */
struct weft_frag_hdr {
	__u8	next;
	__u8	reserved;
	__be16	offset;
	__be32	id;
};

#define WEFT_FRAG_OFFSET	0xfff8	/* of offset: bytes */
#define WEFT_FRAG_MORE		0x0001
/* Data of a fragment that others follow, at least. */
#define WEFT_FRAG_DATA_MIN	256

/* --- control messages ----------------------------------------------------- */

/**
 * struct weft_ctl_hdr - control message header, 8 bytes
 * @type: WEFT_CTL_*; errors are below 128, queries and answers from 128 on
 * @code: what the type says in more detail
 * @check: Internet checksum over pseudo-header and the whole message
 * @echo: identifier and sequence number of an echo request or reply
 * @mtu: of the link that a packet was too big for
 * @pointer: offset of a wrong field in the packet, bytes
 * @flags: WEFT_NEIGH_* of neighbour messages
 * @ra: of a router announcement
 * @max_ms: maximum response time of a membership query, ms
 * @records: how many a membership report has
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
		__be32	mtu;
		__be32	pointer;
		__be32	flags;
		struct {
			__u8	hop_limit;
			__u8	pref;
			__be16	lifetime;
		} ra;
		__be32	max_ms;
		struct {
			__be16	reserved;
			__be16	n;
		} records;
		__be32	rest;
	};
};

enum {
	WEFT_CTL_UNREACH	= 1,
	WEFT_CTL_TOOBIG		= 2,
	WEFT_CTL_TIME		= 3,
	WEFT_CTL_PARAM		= 4,
	WEFT_CTL_ECHO_REQUEST	= 128,
	WEFT_CTL_ECHO_REPLY	= 129,
	WEFT_CTL_GROUP_QUERY	= 130,
	WEFT_CTL_ROUTER_SOLICIT	= 133,
	WEFT_CTL_ROUTER_ANNOUNCE = 134,
	WEFT_CTL_NEIGH_SOLICIT	= 135,
	WEFT_CTL_NEIGH_ANNOUNCE	= 136,
	WEFT_CTL_REDIRECT	= 137,
	WEFT_CTL_GROUP_REPORT	= 143,
};

/* Codes of WEFT_CTL_TIME. */
enum {
	WEFT_TIME_HOP_LIMIT	= 0,
	WEFT_TIME_REASSEMBLY	= 1,
};

/* Codes of WEFT_CTL_PARAM. */
enum {
	WEFT_PARAM_FIELD	= 0,
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

/* --- neighbours and routers ------------------------------------------------ */

/**
 * struct weft_neigh_solicit - who has an address? 24 bytes
 * @ctl: control header; @flags: WEFT_NEIGH_PROBE
 * @target: the address
 * @asker: the address that the answer is wanted for, or any
 */
struct weft_neigh_solicit {
	struct weft_ctl_hdr	ctl;
	struct weft_addr	target;
	struct weft_addr	asker;
};

#define WEFT_NEIGH_PROBE	0x80000000U

/**
 * struct weft_neigh_announce - an address is at the sender's MAC; 16 bytes
 * @ctl: control header; @flags: WEFT_NEIGH_ROUTER, _SOLICITED, _OVERRIDE
 * @target: the address
 */
struct weft_neigh_announce {
	struct weft_ctl_hdr	ctl;
	struct weft_addr	target;
};

#define WEFT_NEIGH_ROUTER	0x80000000U
#define WEFT_NEIGH_SOLICITED	0x40000000U
#define WEFT_NEIGH_OVERRIDE	0x20000000U

/**
 * struct weft_router_announce - router announcement, before its options; 16 bytes
 * @ctl: control header; @ra: hop limit, preference and lifetime in seconds
 * @reachable: reachable time, ms
 * @retrans: time between questions, ms
 */
struct weft_router_announce {
	struct weft_ctl_hdr	ctl;
	__be32			reachable;
	__be32			retrans;
};

/* Upper bits of ra.pref and of weft_ra_route.pref at bit 3 (RFC 4191). */
#define WEFT_RA_PREF_MASK	0xc0
#define WEFT_RA_PREF_HIGH	0x40
#define WEFT_RA_PREF_LOW	0xc0

/* Options of router announcements; lengths in units of 8 bytes. */
enum {
	WEFT_RA_PREFIX	= 3,
	WEFT_RA_MTU	= 5,
	WEFT_RA_ROUTE	= 24,
};

/**
 * struct weft_ra_prefix - a prefix of the link; 24 bytes
 * @type: WEFT_RA_PREFIX
 * @len: 3
 * @prefix_len: bits
 * @flags: WEFT_RA_ONLINK, WEFT_RA_AUTO
 * @valid: lifetime, s; 0xffffffff does not end
 * @preferred: lifetime, s
 * @reserved: 0
 * @prefix: the prefix
 */
struct weft_ra_prefix {
	__u8			type;
	__u8			len;
	__u8			prefix_len;
	__u8			flags;
	__be32			valid;
	__be32			preferred;
	__be32			reserved;
	struct weft_addr	prefix;
};

#define WEFT_RA_ONLINK		0x80
#define WEFT_RA_AUTO		0x40

/**
 * struct weft_ra_mtu - the link's MTU; 8 bytes
 * @type: WEFT_RA_MTU
 * @len: 1
 * @reserved: 0
 * @mtu: bytes
 */
struct weft_ra_mtu {
	__u8	type;
	__u8	len;
	__be16	reserved;
	__be32	mtu;
};

/**
 * struct weft_ra_route - a prefix behind the router; 16 bytes
 * @type: WEFT_RA_ROUTE
 * @len: 2
 * @prefix_len: bits
 * @pref: preference in bits 3 and 4
 * @lifetime: s; 0xffffffff does not end
 * @prefix: the prefix
 */
struct weft_ra_route {
	__u8			type;
	__u8			len;
	__u8			prefix_len;
	__u8			pref;
	__be32			lifetime;
	struct weft_addr	prefix;
};

/**
 * struct weft_redirect - a better first hop; 24 bytes, then the packet's beginning
 * @ctl: control header
 * @target: the better first hop, link-local, or the destination itself
 * @dst: the destination that it is for
 */
struct weft_redirect {
	struct weft_ctl_hdr	ctl;
	struct weft_addr	target;
	struct weft_addr	dst;
};

/* --- memberships ------------------------------------------------------------ */

/**
 * struct weft_group_query - who is a member? 24 bytes, then the sources
 * @ctl: control header; @max_ms
 * @group: the group; any for a general query
 * @flags: WEFT_QUERY_SUPPRESS; robustness in WEFT_QUERY_ROBUSTNESS
 * @reserved: 0
 * @interval: time between general queries, s
 * @n_sources: how many there are
 * @reserved2: 0
 */
struct weft_group_query {
	struct weft_ctl_hdr	ctl;
	struct weft_addr	group;
	__u8			flags;
	__u8			reserved;
	__be16			interval;
	__be16			n_sources;
	__be16			reserved2;
};

#define WEFT_QUERY_SUPPRESS	0x08
#define WEFT_QUERY_ROBUSTNESS	0x07

/**
 * struct weft_group_record - a membership in a report; 16 bytes, then the sources
 * @type: WEFT_RECORD_*
 * @reserved: 0
 * @n_sources: how many there are
 * @reserved2: 0
 * @group: the group
 */
struct weft_group_record {
	__u8			type;
	__u8			reserved;
	__be16			n_sources;
	__be32			reserved2;
	struct weft_addr	group;
};

/* RFC 3810, section 5.2.12. */
enum {
	WEFT_RECORD_IS_INCLUDE	= 1,
	WEFT_RECORD_IS_EXCLUDE	= 2,
	WEFT_RECORD_TO_INCLUDE	= 3,
	WEFT_RECORD_TO_EXCLUDE	= 4,
	WEFT_RECORD_ALLOW	= 5,
	WEFT_RECORD_BLOCK	= 6,
};

/* --- socket options -------------------------------------------------------- */

#define SOL_WEFT		300

enum {
	WEFT_HOP_LIMIT		= 1,	/* int: 1 to 255, -1 for the default */
	WEFT_CLASS		= 2,	/* int: 0 to 15, -1 for SO_PRIORITY's */
	WEFT_MTU_DISCOVER	= 3,	/* int: WEFT_PMTUDISC_* */
	WEFT_MTU		= 4,	/* int, read: of the path to the peer */
	WEFT_RECVPKTINFO	= 5,	/* bool: struct weft_pktinfo as WEFT_PKTINFO */
	WEFT_PKTINFO		= 6,	/* ancillary: struct weft_pktinfo */
	WEFT_RECVHOPLIMIT	= 7,	/* bool: int as WEFT_HOP_LIMIT */
	WEFT_RECVCLASS		= 8,	/* bool: int as WEFT_CLASS */
	WEFT_RECVERR		= 9,	/* bool: errors go to MSG_ERRQUEUE */
	WEFT_FREEBIND		= 10,	/* bool: bind to addresses not here */
	WEFT_SEGMENT		= 11,	/* int: cut a message into datagrams of so many bytes */
	WEFT_COALESCE		= 12,	/* bool: datagrams of a flow may come as one message */
	WEFT_HDRINCL		= 13,	/* bool: SOCK_RAW: packets have their header */
	WEFT_REUSEPORT		= 14,	/* bool: what SO_REUSEPORT is elsewhere */
	WEFT_CTL_FILTER		= 15,	/* struct weft_ctl_filter: SOCK_RAW */
	WEFT_GROUP_IF		= 16,	/* int: interface index for groups */
	WEFT_GROUP_HOPS		= 17,	/* int: 0 to 255, -1 for 1: hop limit for groups */
	WEFT_GROUP_LOOP		= 18,	/* bool: this node hears what it sends to groups; on */
	WEFT_GROUP_JOIN		= 19,	/* struct weft_group_req */
	WEFT_GROUP_LEAVE	= 20,	/* struct weft_group_req */
	WEFT_GROUP_JOIN_SOURCE	= 21,	/* struct weft_group_source_req */
	WEFT_GROUP_LEAVE_SOURCE	= 22,	/* struct weft_group_source_req */
	WEFT_GROUP_BLOCK	= 23,	/* struct weft_group_source_req */
	WEFT_GROUP_UNBLOCK	= 24,	/* struct weft_group_source_req */
	WEFT_GROUP_FILTER	= 25,	/* struct weft_group_filter, also read */
	WEFT_ZEROCOPY		= 26,	/* bool: what SO_ZEROCOPY is elsewhere */

	/* Of streams; what TCP calls so. */
	WEFT_NODELAY		= 32,	/* bool: small segments do not wait */
	WEFT_CORK		= 33,	/* bool: only full segments, for 200 ms at most */
	WEFT_CONGESTION		= 34,	/* string: congestion control */
	WEFT_INFO		= 35,	/* struct weft_info, read */
	WEFT_USER_TIMEOUT	= 36,	/* int: ms without an answer; 0 for the default */
	WEFT_KEEPIDLE		= 37,	/* int: s of silence before the first probe */
	WEFT_KEEPINTVL		= 38,	/* int: s between probes */
	WEFT_KEEPCNT		= 39,	/* int: probes */
	WEFT_QUICKACK		= 40,	/* int: 1 acknowledge at once, 0 later */
	WEFT_MAXSEG		= 41,	/* int: bytes of a segment at most; read: now */
	WEFT_LINGER2		= 42,	/* int: s in FIN-WAIT-2 after close, -1 for none */
	WEFT_DEFER_ACCEPT	= 43,	/* int: s to wait for data before accept() */
	WEFT_NOTSENT_LOWAT	= 44,	/* unsigned int: writable while less is unsent */
	WEFT_SYNCNT		= 45,	/* int: how often SYN is sent again */
};

/* Longest name of a congestion control with its final NUL. */
#define WEFT_CONGESTION_MAX	16

/* Of struct weft_info.flags. */
#define WEFT_INFO_ECN		0x01	/* marks were agreed upon */
#define WEFT_INFO_ECN_SEEN	0x02	/* some came */
#define WEFT_INFO_MESSAGES	0x04	/* the connection keeps the boundaries of messages */
#define WEFT_INFO_APP_LIMITED	0x08	/* the program, not the window, sets the pace */

/* Of struct weft_info.recovery. */
enum {
	WEFT_INFO_OPEN		= 0,	/* nothing was lost */
	WEFT_INFO_MARKED	= 1,	/* a congestion mark is being answered */
	WEFT_INFO_RECOVERY	= 2,	/* what was lost is being sent again */
	WEFT_INFO_LOSS		= 3,	/* after a timeout */
};

/**
 * struct weft_info - what is known of a connection; host byte order
 * @state: TCP_* of netinet/tcp.h
 * @recovery: WEFT_INFO_OPEN to _LOSS
 * @backoff: how often the timeout was doubled
 * @probes: window and keepalive probes that were not answered
 * @flags: WEFT_INFO_*
 * @rto: retransmission timeout, us
 * @ato: how long acknowledgments wait, us
 * @snd_mss: bytes of options and payload of a segment
 * @rcv_mss: the largest that came
 * @pmtu: MTU of the path
 * @rtt: smoothed round-trip time, us
 * @rttvar: its mean deviation, us
 * @min_rtt: the least of the last minutes, us
 * @rcv_rtt: as the receiver sees it, us
 * @cwnd: congestion window, bytes
 * @ssthresh: slow start threshold, bytes
 * @in_flight: bytes in the network
 * @unacked: bytes sent and not acknowledged
 * @sacked: of these reported by the peer
 * @lost: of these thought lost
 * @notsent: bytes written and not yet sent
 * @snd_wnd: the peer's window, bytes
 * @rcv_wnd: the window that the peer has, bytes
 * @rcv_space: what the receive buffer was tuned to, bytes
 * @reordering: microseconds that a segment may be late before it is thought lost
 * @last_data_sent: ms since data were sent
 * @last_data_recv: ms since data came
 * @last_recv: ms since anything came
 * @timeouts: timeouts
 * @tlps: tail loss probes
 * @undone: reductions of the window that were taken back
 * @dsacks: duplicates that the peer reported
 * @reorder_seen: acknowledgments that showed reordering
 * @pacing_rate: bytes a second; all ones for no limit
 * @bytes_sent: bytes of payload, without those sent again
 * @bytes_acked: of these acknowledged
 * @bytes_retrans: bytes sent again
 * @bytes_received: bytes that came in order
 * @bytes_lost: bytes that were thought lost
 * @bytes_duplicate: bytes that came twice
 * @segs_out: segments sent
 * @segs_in: segments that came
 * @data_segs_out: of those sent, with payload
 * @data_segs_in: of those that came, with payload
 * @segs_retrans: segments sent again
 * @segs_out_of_order: segments that came out of order
 * @marks_in: packets with a congestion mark
 * @marks_told: acknowledgments that told of marks
 * @cc: name of the congestion control
 */
struct weft_info {
	__u8	state;
	__u8	recovery;
	__u8	backoff;
	__u8	probes;
	__u32	flags;
	__u32	rto;
	__u32	ato;
	__u32	snd_mss;
	__u32	rcv_mss;
	__u32	pmtu;
	__u32	rtt;
	__u32	rttvar;
	__u32	min_rtt;
	__u32	rcv_rtt;
	__u32	cwnd;
	__u32	ssthresh;
	__u32	in_flight;
	__u32	unacked;
	__u32	sacked;
	__u32	lost;
	__u32	notsent;
	__u32	snd_wnd;
	__u32	rcv_wnd;
	__u32	rcv_space;
	__u32	reordering;
	__u32	last_data_sent;
	__u32	last_data_recv;
	__u32	last_recv;
	__u32	timeouts;
	__u32	tlps;
	__u32	undone;
	__u32	dsacks;
	__u32	reorder_seen;
	__u64	pacing_rate;
	__u64	bytes_sent;
	__u64	bytes_acked;
	__u64	bytes_retrans;
	__u64	bytes_received;
	__u64	bytes_lost;
	__u64	bytes_duplicate;
	__u64	segs_out;
	__u64	segs_in;
	__u64	data_segs_out;
	__u64	data_segs_in;
	__u64	segs_retrans;
	__u64	segs_out_of_order;
	__u64	marks_in;
	__u64	marks_told;
	char	cc[WEFT_CONGESTION_MAX];
};

/* Values of WEFT_MTU_DISCOVER; the numbers are IP_PMTUDISC_*. */
enum {
	WEFT_PMTUDISC_DONT	= 0,	/* gateways may fragment */
	WEFT_PMTUDISC_WANT	= 1,	/* fragment here, to the path's MTU */
	WEFT_PMTUDISC_DO	= 2,	/* EMSGSIZE beyond the path's MTU */
	WEFT_PMTUDISC_PROBE	= 3,	/* EMSGSIZE beyond the device's MTU */
};

/* ee_origin of errors that came as control messages, in struct sock_extended_err. */
#define SO_EE_ORIGIN_WEFT	0x57

/**
 * struct weft_ctl_filter - the control messages that a raw socket does not want
 * @blocked: a bit for each type, type & 31 in word type >> 5
 */
struct weft_ctl_filter {
	__u32	blocked[8];
};

/**
 * struct weft_pktinfo - the address and device of a packet of this node
 * @addr: destination of a received packet, source of one to send or any
 * @ifindex: interface index, 0 for any when sending
 */
struct weft_pktinfo {
	struct weft_addr	addr;
	__u32			ifindex;
};

/* Sources in a filter, groups of a socket. */
#define WEFT_GROUP_SOURCES_MAX	64
#define WEFT_GROUP_SOCK_MAX	64

/**
 * struct weft_group_req - a group on a device
 * @group: the group
 * @ifindex: interface index; 0 for the one that packets to the group leave by
 */
struct weft_group_req {
	struct weft_addr	group;
	__u32			ifindex;
};

/**
 * struct weft_group_source_req - a source of a group on a device
 * @group: the group
 * @source: who sends to it
 * @ifindex: as in struct weft_group_req
 */
struct weft_group_source_req {
	struct weft_addr	group;
	struct weft_addr	source;
	__u32			ifindex;
};

/**
 * struct weft_group_filter - from whom a socket hears a group on a device
 * @group: the group
 * @ifindex: as in struct weft_group_req
 * @mode: WEFT_FILTER_INCLUDE or _EXCLUDE
 * @n_sources: how many there are; read: how many there could be
 * @source: the sources; WEFT_FILTER_INCLUDE with none leaves the group
 */
struct weft_group_filter {
	struct weft_addr	group;
	__u32			ifindex;
	__u32			mode;
	__u32			n_sources;
	struct weft_addr	source[];
};

/* The numbers are MCAST_*'s. */
enum {
	WEFT_FILTER_EXCLUDE	= 0,
	WEFT_FILTER_INCLUDE	= 1,
};

/* --- netlink -------------------------------------------------------------- */

/*
 * rtnetlink speaks Weft with the family number in ifa_family; addresses in
 * attributes are 8 bytes. Changes are told to the multicast groups of a family
 * that has left the kernel, those of memberships to one that nobody ever had.
 */
#define WEFT_RTNLGRP_IFADDR	RTNLGRP_DECnet_IFADDR
#define WEFT_RTNLGRP_ROUTE	RTNLGRP_DECnet_ROUTE
#define WEFT_RTNLGRP_RULE	RTNLGRP_DECnet_RULE
#define WEFT_RTNLGRP_GROUP	RTNLGRP_NOP2

/*
 * Settings of a device, nested in IFLA_AF_SPEC under the family number of
 * RTM_NEWLINK and RTM_SETLINK.
 */
enum {
	WEFT_LINK_UNSPEC,
	WEFT_LINK_FORWARDING,	/* u8: WEFT_FORWARDING_* */
	WEFT_LINK_ACCEPT_RA,	/* u8: WEFT_ACCEPT_* */
	WEFT_LINK_ACCEPT_REDIRECTS, /* u8: WEFT_ACCEPT_* */
	WEFT_LINK_SEND_REDIRECTS, /* u8: 0 or 1 */
	WEFT_LINK_HOP_LIMIT,	/* u8, read: announced by a router, or 0 */
	WEFT_LINK_MTU,		/* u32, read: announced by a router, or 0; bytes */
	WEFT_LINK_REACHABLE,	/* u32, read: reachable time of neighbours, ms */
	WEFT_LINK_RETRANS,	/* u32, read: time between questions, ms */
	__WEFT_LINK_MAX
};

#define WEFT_LINK_MAX		(__WEFT_LINK_MAX - 1)

/* Values of WEFT_LINK_FORWARDING. */
enum {
	WEFT_FORWARDING_OFF	= 0,
	WEFT_FORWARDING_ON	= 1,
	WEFT_FORWARDING_DEFAULT	= 2,	/* as the network namespace does */
};

/* Values of WEFT_LINK_ACCEPT_RA and WEFT_LINK_ACCEPT_REDIRECTS. */
enum {
	WEFT_ACCEPT_NEVER	= 0,
	WEFT_ACCEPT_HOST	= 1,	/* while the device does not forward; default */
	WEFT_ACCEPT_ALWAYS	= 2,
};

/* Address made from an IPv4 address, in IFA_PROTO beside IFAPROT_*. */
#define WEFT_IFAPROT_MAPPED	4

/*
 * Group memberships: a dump of RTM_GETMULTICAST gives an RTM_NEWMULTICAST with a struct
 * ifaddrmsg for each, its address in IFA_MULTICAST, WEFT_IFA_* beside it. Those of
 * RTM_NEWMULTICAST and RTM_DELMULTICAST requests are of the device itself.
 */
#define WEFT_RTM_NEWMULTICAST	56
#define WEFT_RTM_DELMULTICAST	57

/* Beside IFA_*, far above them. */
enum {
	WEFT_IFA_USERS	= 32,	/* u32, read: members: sockets, the kernel, by hand */
	WEFT_IFA_BY_HAND = 33,	/* flag, read: joined by WEFT_RTM_NEWMULTICAST */
	WEFT_IFA_MODE	= 34,	/* u8, read: WEFT_FILTER_* of all members together */
	WEFT_IFA_SOURCES = 35,	/* struct weft_addr[], read: the filter's sources */
};

/*
 * What a router knows of listeners: a dump of RTM_GETMDB, with a struct ifaddrmsg as that
 * of RTM_GETMULTICAST, gives an RTM_NEWMDB with one for each device that forwards, without
 * a group, and for each group on its link.
 */
enum {
	WEFT_MDB_UNSPEC,
	WEFT_MDB_GROUP,		/* struct weft_addr */
	WEFT_MDB_MODE,		/* u8: WEFT_FILTER_*: which other sources are wanted */
	WEFT_MDB_EXPIRES,	/* u32: of WEFT_FILTER_EXCLUDE, ms */
	WEFT_MDB_SOURCES,	/* struct weft_mdb_source[] */
	WEFT_MDB_QUERIER,	/* struct weft_addr: who asks on the link */
	WEFT_MDB_OTHER,		/* flag: it is another router, which forwards there */
	__WEFT_MDB_MAX
};

#define WEFT_MDB_MAX	(__WEFT_MDB_MAX - 1)

/**
 * struct weft_mdb_source - a source that listeners of a group name
 * @addr: the source
 * @expires: for how long it is wanted, ms; 0 if it is not
 */
struct weft_mdb_source {
	struct weft_addr	addr;
	__u32			expires;
};

#endif /* _UAPI_LINUX_WEFT_H */
