/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Connection tracking of Weft: the generic netlink family "weft_track".
 *
 * A network namespace has one table of connections, in which packets are looked for while
 * something asks for it: rules of the firewall, or the sysctl net.weft.track.enable.
 * Everything needs CAP_NET_ADMIN over the namespace, dumps and events too.
 * NLMSGERR_ATTR_MSG tells why something is refused.
 */
#ifndef _UAPI_LINUX_WEFT_TRACK_H
#define _UAPI_LINUX_WEFT_TRACK_H

#include <linux/types.h>

#define WEFT_TRACK_GENL_NAME	"weft_track"
#define WEFT_TRACK_GENL_VERSION	1
#define WEFT_TRACK_GROUP_EVENTS	"events"	/* WEFT_TRACK_CMD_NEW, _UPDATE and _DESTROY */

/* What a packet is to its connection; a packet has one of them. */
#define WEFT_TRACK_INVALID	0x01	/* of no connection, and it begins none */
#define WEFT_TRACK_NEW		0x02	/* it begins one, or nobody has answered yet */
#define WEFT_TRACK_ESTABLISHED	0x04	/* both sides have spoken */
#define WEFT_TRACK_RELATED	0x08	/* an error about a packet of a connection */
#define WEFT_TRACK_UNTRACKED	0x10	/* a rule said notrack, or it is between neighbours */

/* Status of a connection. */
#define WEFT_TRACK_S_SEEN_REPLY	0x01	/* a packet went against the first one's direction */
#define WEFT_TRACK_S_ASSURED	0x02	/* answered, of a stream: open; it does not give way */
#define WEFT_TRACK_S_CONFIRMED	0x04	/* its first packet went all its way */
#define WEFT_TRACK_S_DYING	0x08	/* it is being removed */

/* State of a stream, by the names of RFC 793. */
enum {
	WEFT_TRACK_STREAM_NONE,
	WEFT_TRACK_STREAM_SYN_SENT,	/* SYN */
	WEFT_TRACK_STREAM_SYN_CROSSED,	/* SYN from both sides: both are in SYN-SENT */
	WEFT_TRACK_STREAM_SYN_RECEIVED,	/* SYN,ACK */
	WEFT_TRACK_STREAM_ESTABLISHED,
	WEFT_TRACK_STREAM_FIN_WAIT,	/* FIN from one side */
	WEFT_TRACK_STREAM_CLOSE_WAIT,	/* that is acknowledged, the other side may send */
	WEFT_TRACK_STREAM_CLOSING,	/* FIN from both sides, none acknowledged */
	WEFT_TRACK_STREAM_LAST_ACK,	/* one of them is */
	WEFT_TRACK_STREAM_TIME_WAIT,	/* both are */
	WEFT_TRACK_STREAM_CLOSED,	/* RST */
	__WEFT_TRACK_STREAM_MAX,
};

#define WEFT_TRACK_STREAM_MAX	(__WEFT_TRACK_STREAM_MAX - 1)

enum {
	WEFT_TRACK_CMD_UNSPEC,
	WEFT_TRACK_CMD_GET,		/* A_ID, or A_TUPLE and A_ZONE, of either direction: answers
					 * NEW; dump: all that A_FILTER fits
					 */
	WEFT_TRACK_CMD_SET,		/* the same one, A_MARK, A_LABELS, A_TIMEOUT */
	WEFT_TRACK_CMD_DEL,		/* the same one */
	WEFT_TRACK_CMD_FLUSH,		/* all that A_FILTER fits; answers FLUSH: A_COUNT */
	WEFT_TRACK_CMD_GET_STATS,	/* answers GET_STATS: A_STATS */
	WEFT_TRACK_CMD_NEW,		/* from the kernel */
	WEFT_TRACK_CMD_UPDATE,		/* from the kernel: state, status, mark or labels changed */
	WEFT_TRACK_CMD_DESTROY,		/* from the kernel: with the last counters */
	__WEFT_TRACK_CMD_MAX,
};

#define WEFT_TRACK_CMD_MAX	(__WEFT_TRACK_CMD_MAX - 1)

enum {
	WEFT_TRACK_A_UNSPEC,
	WEFT_TRACK_A_PAD,
	WEFT_TRACK_A_ID,		/* u32: of the connection */
	WEFT_TRACK_A_TUPLE,		/* nested WEFT_TRACK_T_*: as the first packet had it */
	WEFT_TRACK_A_REPLY,		/* nested: as packets back have it */
	WEFT_TRACK_A_ZONE,		/* u16 */
	WEFT_TRACK_A_MARK,		/* u32 */
	WEFT_TRACK_A_MARK_MASK,		/* u32: bits of the mark to set; default all */
	WEFT_TRACK_A_LABELS,		/* u64 */
	WEFT_TRACK_A_LABELS_MASK,	/* u64: labels to set; default all */
	WEFT_TRACK_A_STATUS,		/* u32 WEFT_TRACK_S_* */
	WEFT_TRACK_A_STREAM_STATE,	/* u32 WEFT_TRACK_STREAM_* */
	WEFT_TRACK_A_TIMEOUT,		/* u32: seconds that are left */
	WEFT_TRACK_A_START,		/* u64: ns since 1970 */
	WEFT_TRACK_A_COUNTERS,		/* struct weft_track_counters: as the first packet went */
	WEFT_TRACK_A_REPLY_COUNTERS,	/* the same of the other one */
	WEFT_TRACK_A_FILTER,		/* nested WEFT_TRACK_F_* */
	WEFT_TRACK_A_COUNT,		/* u32: how many went */
	WEFT_TRACK_A_STATS,		/* nested WEFT_TRACK_STAT_*, u64 each */
	__WEFT_TRACK_A_MAX,
};

#define WEFT_TRACK_A_MAX	(__WEFT_TRACK_A_MAX - 1)

/* What tells a connection from others. */
enum {
	WEFT_TRACK_T_UNSPEC,
	WEFT_TRACK_T_SRC,		/* struct weft_addr */
	WEFT_TRACK_T_DST,		/* struct weft_addr */
	WEFT_TRACK_T_PROTO,		/* u8 WEFT_PROTO_* */
	WEFT_TRACK_T_SPORT,		/* be16: of datagrams and streams; an echo's identifier */
	WEFT_TRACK_T_DPORT,		/* be16 */
	WEFT_TRACK_T_TYPE,		/* u8 WEFT_CTL_*: of control messages */
	WEFT_TRACK_T_LINK,		/* u32: index, where an address means something on a link */
	__WEFT_TRACK_T_MAX,
};

#define WEFT_TRACK_T_MAX	(__WEFT_TRACK_T_MAX - 1)

/* A filter: what is not there fits everything. */
enum {
	WEFT_TRACK_F_UNSPEC,
	WEFT_TRACK_F_SRC,		/* struct weft_addr: of the first packet, as the others */
	WEFT_TRACK_F_SRC_LEN,		/* u8: of the prefix; default 64 */
	WEFT_TRACK_F_DST,
	WEFT_TRACK_F_DST_LEN,
	WEFT_TRACK_F_PROTO,		/* u8 */
	WEFT_TRACK_F_SPORT,		/* be16 */
	WEFT_TRACK_F_DPORT,		/* be16 */
	WEFT_TRACK_F_STATE,		/* u32: WEFT_TRACK_NEW: no answer yet, or _ESTABLISHED */
	WEFT_TRACK_F_STREAM_STATE,	/* u32 WEFT_TRACK_STREAM_* */
	WEFT_TRACK_F_MARK,		/* u32 */
	WEFT_TRACK_F_MARK_MASK,		/* u32: default all */
	WEFT_TRACK_F_ZONE,		/* u16 */
	__WEFT_TRACK_F_MAX,
};

#define WEFT_TRACK_F_MAX	(__WEFT_TRACK_F_MAX - 1)

/**
 * struct weft_track_counters - what went in one direction
 * @packets: packets; each one of a train counts
 * @bytes: from their network headers on
 */
struct weft_track_counters {
	__u64	packets;
	__u64	bytes;
};

/* Counters of a network namespace. */
enum {
	WEFT_TRACK_STAT_UNSPEC,
	WEFT_TRACK_STAT_COUNT,		/* connections that are there */
	WEFT_TRACK_STAT_MAX,		/* how many may be */
	WEFT_TRACK_STAT_FOUND,		/* packets of a connection that was there */
	WEFT_TRACK_STAT_NEW,		/* connections that began */
	WEFT_TRACK_STAT_INVALID,	/* packets */
	WEFT_TRACK_STAT_UNTRACKED,	/* packets */
	WEFT_TRACK_STAT_RELATED,	/* packets */
	WEFT_TRACK_STAT_CHECKSUM,	/* of the invalid ones: wrong checksum */
	WEFT_TRACK_STAT_CLASH,		/* first packets whose connection was there already */
	WEFT_TRACK_STAT_INSERT_FAILED,	/* first packets dropped without memory */
	WEFT_TRACK_STAT_EARLY_DROP,	/* connections that gave way before they were assured */
	WEFT_TRACK_STAT_FULL,		/* first packets dropped since none could give way */
	WEFT_TRACK_STAT_EXPIRED,	/* connections whose time was over */
	WEFT_TRACK_STAT_DELETED,	/* connections that a request removed */
	__WEFT_TRACK_STAT_LAST,
};

#endif /* _UAPI_LINUX_WEFT_TRACK_H */
