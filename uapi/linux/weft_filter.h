/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The firewall of Weft: the generic netlink family "weft_filter".
 *
 * A network namespace has one ruleset: tables, which have chains and sets; chains, which
 * have rules; sets, which have elements; rules, which are lists of expressions. It has a
 * generation, which each change makes greater.
 *
 * Changes are transactions. BEGIN opens one for the socket, every change after it is kept
 * back, COMMIT makes all of them at once or none, ABORT or closing the socket forgets them.
 * A change outside of a transaction is one of its own. A change that is refused spoils its
 * transaction: COMMIT then answers -ECANCELED. Everything is in network namespaces and needs
 * CAP_NET_ADMIN over them, dumps too. NLMSGERR_ATTR_MSG tells why something is refused, and
 * NLMSGERR_ATTR_OFFS which attribute.
 *
 * What rules look at are fields: numbers of 64 bits at most, in the host's byte order. An
 * address is the number that its bytes make, the first one highest; the name of an
 * interface is two numbers.
 */
#ifndef _UAPI_LINUX_WEFT_FILTER_H
#define _UAPI_LINUX_WEFT_FILTER_H

#include <linux/types.h>

#define WEFT_FILTER_GENL_NAME		"weft_filter"
#define WEFT_FILTER_GENL_VERSION	1
#define WEFT_FILTER_GROUP_CHANGES	"changes"	/* changes, as NEW_* and DEL_* */
#define WEFT_FILTER_GROUP_TRACE		"trace"		/* WEFT_FILTER_CMD_TRACE */

#define WEFT_FILTER_NAME_MAX		32	/* of tables, chains and sets, with the NUL */
#define WEFT_FILTER_COMMENT_MAX		128
#define WEFT_FILTER_PREFIX_MAX		64	/* of a log */
#define WEFT_FILTER_EXPRS_MAX		32	/* of a rule */
#define WEFT_FILTER_KEY_MAX		5	/* fields of a set's key */
#define WEFT_FILTER_JUMPS_MAX		16	/* chains within chains */

enum {
	WEFT_FILTER_CMD_UNSPEC,
	WEFT_FILTER_CMD_BEGIN,		/* A_GEN: only if that is the generation (-ESTALE) */
	WEFT_FILTER_CMD_COMMIT,
	WEFT_FILTER_CMD_ABORT,
	WEFT_FILTER_CMD_CHECK,		/* as COMMIT, but nothing is changed */
	WEFT_FILTER_CMD_GET_GEN,	/* answers GEN: A_GEN */
	WEFT_FILTER_CMD_FLUSH,		/* all; with A_TABLE, A_CHAIN: the rules there */
	WEFT_FILTER_CMD_NEW_TABLE,	/* A_TABLE; NLM_F_EXCL: it must not be there */
	WEFT_FILTER_CMD_DEL_TABLE,	/* with all in it */
	WEFT_FILTER_CMD_GET_TABLE,	/* dump, as all GET_*; for A_TABLE, A_CHAIN, A_SET */
	WEFT_FILTER_CMD_NEW_CHAIN,	/* A_TABLE, A_CHAIN; A_HOOK makes it a base chain */
	WEFT_FILTER_CMD_DEL_CHAIN,	/* -EBUSY if something leads to it, or it has rules */
	WEFT_FILTER_CMD_GET_CHAIN,
	WEFT_FILTER_CMD_NEW_RULE,	/* A_TABLE, A_CHAIN, A_EXPRS; NLM_F_APPEND: at the end,
					 * else first; A_POSITION: behind that rule (APPEND) or
					 * before it; NLM_F_REPLACE: A_HANDLE is the one to replace
					 */
	WEFT_FILTER_CMD_DEL_RULE,	/* A_TABLE, A_CHAIN, A_HANDLE */
	WEFT_FILTER_CMD_GET_RULE,
	WEFT_FILTER_CMD_NEW_SET,	/* A_TABLE, A_SET, A_KEY, ... */
	WEFT_FILTER_CMD_DEL_SET,	/* -EBUSY while a rule uses it */
	WEFT_FILTER_CMD_GET_SET,
	WEFT_FILTER_CMD_NEW_ELEM,	/* A_TABLE, A_SET, A_ELEMS */
	WEFT_FILTER_CMD_DEL_ELEM,	/* A_ELEMS, or all elements of the set */
	WEFT_FILTER_CMD_GET_ELEM,	/* dump; with A_ELEMS: those alone */
	WEFT_FILTER_CMD_RESET,		/* counters, quotas; of A_TABLE, A_CHAIN, A_HANDLE */
	WEFT_FILTER_CMD_TRACE,		/* from the kernel */
	WEFT_FILTER_CMD_GEN,		/* from the kernel: the last message of a COMMIT */
	__WEFT_FILTER_CMD_MAX,
};

#define WEFT_FILTER_CMD_MAX	(__WEFT_FILTER_CMD_MAX - 1)

/* Where a base chain is: the hooks of netfilter, in its order. */
enum {
	WEFT_FILTER_HOOK_PREROUTING,
	WEFT_FILTER_HOOK_INPUT,
	WEFT_FILTER_HOOK_FORWARD,
	WEFT_FILTER_HOOK_OUTPUT,
	WEFT_FILTER_HOOK_POSTROUTING,
	__WEFT_FILTER_HOOK_MAX,
};

/* Verdicts. What ends without one goes on with the next rule. */
enum {
	WEFT_FILTER_CONTINUE,
	WEFT_FILTER_ACCEPT,
	WEFT_FILTER_DROP,
	WEFT_FILTER_JUMP,	/* to A_VERDICT_CHAIN, and back at its end */
	WEFT_FILTER_GOTO,	/* there, and not back */
	WEFT_FILTER_RETURN,
	__WEFT_FILTER_VERDICT_MAX,
};

/* Attributes of messages. */
enum {
	WEFT_FILTER_A_UNSPEC,
	WEFT_FILTER_A_GEN,		/* u32 */
	WEFT_FILTER_A_TABLE,		/* string */
	WEFT_FILTER_A_CHAIN,		/* string */
	WEFT_FILTER_A_SET,		/* string */
	WEFT_FILTER_A_HANDLE,		/* u64: of a rule, a table, a chain or a set */
	WEFT_FILTER_A_POSITION,		/* u64: handle of a rule */
	WEFT_FILTER_A_HOOK,		/* u32 WEFT_FILTER_HOOK_* */
	WEFT_FILTER_A_PRIORITY,		/* s32 */
	WEFT_FILTER_A_POLICY,		/* u32: WEFT_FILTER_ACCEPT (default) or _DROP */
	WEFT_FILTER_A_COUNTERS,		/* struct weft_filter_counters: of a policy, a rule */
	WEFT_FILTER_A_FLAGS,		/* u32: WEFT_FILTER_TABLE_*, or WEFT_FILTER_SET_* */
	WEFT_FILTER_A_COMMENT,		/* string */
	WEFT_FILTER_A_EXPRS,		/* nested: WEFT_FILTER_E_* each */
	WEFT_FILTER_A_KEY,		/* array of u16: WEFT_FILTER_F_* of a set's key */
	WEFT_FILTER_A_DATA,		/* u32: WEFT_FILTER_DATA_*: it is a map */
	WEFT_FILTER_A_TIMEOUT,		/* u64, ms: of elements that say nothing else */
	WEFT_FILTER_A_SIZE,		/* u32: elements at most; else 65536 if rules add them */
	WEFT_FILTER_A_ELEMS,		/* nested: WEFT_FILTER_A_ELEM each */
	WEFT_FILTER_A_ELEM,		/* nested: WEFT_FILTER_EL_* */
	WEFT_FILTER_A_TRACE,		/* nested: WEFT_FILTER_TR_* */
	WEFT_FILTER_A_USES,		/* u32: rules and elements that lead to the chain or set */
	__WEFT_FILTER_A_MAX,
};

#define WEFT_FILTER_A_MAX	(__WEFT_FILTER_A_MAX - 1)

#define WEFT_FILTER_TABLE_DORMANT	0x01	/* its base chains see nothing */

#define WEFT_FILTER_SET_INTERVAL	0x01	/* elements may be ranges */
#define WEFT_FILTER_SET_TIMEOUT		0x02	/* elements may go in time */
#define WEFT_FILTER_SET_DYNAMIC		0x04	/* rules may add elements */
#define WEFT_FILTER_SET_CONSTANT	0x08	/* does not change any more */
#define WEFT_FILTER_SET_ANONYMOUS	0x10	/* of one rule; goes with it */

/* What a map has for each key. */
enum {
	WEFT_FILTER_DATA_NONE,
	WEFT_FILTER_DATA_VERDICT,
	WEFT_FILTER_DATA_MARK,		/* u32 */
};

/**
 * struct weft_filter_counters - what was seen
 * @packets: packets; each one of a train counts
 * @bytes: from their network headers on
 */
struct weft_filter_counters {
	__u64	packets;
	__u64	bytes;
};

/* An element. */
enum {
	WEFT_FILTER_EL_UNSPEC,
	WEFT_FILTER_EL_KEY,		/* array of u64, two for the name of an interface */
	WEFT_FILTER_EL_KEY_END,		/* the same: of a range, the last one; it is in it */
	WEFT_FILTER_EL_VERDICT,		/* u32 */
	WEFT_FILTER_EL_VERDICT_CHAIN,	/* string */
	WEFT_FILTER_EL_MARK,		/* u32 */
	WEFT_FILTER_EL_TIMEOUT,		/* u64, ms */
	WEFT_FILTER_EL_EXPIRES,		/* u64, ms from now */
	WEFT_FILTER_EL_COMMENT,		/* string */
	__WEFT_FILTER_EL_MAX,
};

#define WEFT_FILTER_EL_MAX	(__WEFT_FILTER_EL_MAX - 1)

/* Fields. Those that a packet does not have match nothing, not even with INVERT. */
enum {
	WEFT_FILTER_F_UNSPEC,
	WEFT_FILTER_F_SRC,		/* address */
	WEFT_FILTER_F_DST,
	WEFT_FILTER_F_PROTO,		/* WEFT_PROTO_* of the transport, of each fragment too */
	WEFT_FILTER_F_SPORT,		/* of datagrams and streams, not in later fragments */
	WEFT_FILTER_F_DPORT,
	WEFT_FILTER_F_CLASS,		/* 0 to 15 */
	WEFT_FILTER_F_ECN,		/* 0 to 3 */
	WEFT_FILTER_F_LEN,		/* from the network header on; of a train, of its longest */
	WEFT_FILTER_F_HOP_LIMIT,
	WEFT_FILTER_F_FRAG,		/* 0: whole, 1: a first fragment, 2: a later one */
	WEFT_FILTER_F_CTL_TYPE,
	WEFT_FILTER_F_CTL_CODE,
	WEFT_FILTER_F_STREAM_FLAGS,	/* WEFT_STREAM_* */
	WEFT_FILTER_F_CAST,		/* destination: 0: a node, 1: a group, 2: broadcast */
	WEFT_FILTER_F_IIF,		/* index */
	WEFT_FILTER_F_OIF,
	WEFT_FILTER_F_IIFNAME,		/* name: 16 bytes as two numbers */
	WEFT_FILTER_F_OIFNAME,
	WEFT_FILTER_F_MARK,
	WEFT_FILTER_F_UID,		/* of who made the socket, in OUTPUT and POSTROUTING, as the
					 * initial user namespace has it
					 */
	WEFT_FILTER_F_GID,
	WEFT_FILTER_F_CGROUP,		/* id of the socket's ancestor cgroup at level E_ARG */
	WEFT_FILTER_F_CT_STATE,		/* a bit of WEFT_TRACK_* */
	WEFT_FILTER_F_CT_DIRECTION,	/* 0: as the first packet, 1: back */
	WEFT_FILTER_F_CT_STATUS,
	WEFT_FILTER_F_CT_MARK,
	WEFT_FILTER_F_CT_LABEL,		/* number of a label: matches if it is set */
	WEFT_FILTER_F_CT_ZONE,
	WEFT_FILTER_F_CT_PACKETS,	/* of both directions */
	WEFT_FILTER_F_CT_BYTES,
	WEFT_FILTER_F_TIME,		/* seconds since 1970 */
	WEFT_FILTER_F_HOUR,		/* seconds since midnight, UTC */
	WEFT_FILTER_F_DAY,		/* 0: Sunday, UTC */
	WEFT_FILTER_F_RANDOM,		/* 32 bits, another each time */
	__WEFT_FILTER_F_MAX,
};

#define WEFT_FILTER_F_MAX	(__WEFT_FILTER_F_MAX - 1)

/* Expressions: the type of a nested attribute in A_EXPRS, with E_* in it. */
enum {
	WEFT_FILTER_E_UNSPEC,
	WEFT_FILTER_E_MATCH,	/* FIELD, [ARG], [FLAGS], [MASK], FIRST, [LAST] */
	WEFT_FILTER_E_LOOKUP,	/* SET, KEY, [ARG], [FLAGS]; a map's verdict is the rule's,
				 * a map's mark goes to TARGET
				 */
	WEFT_FILTER_E_COUNTER,	/* [COUNTERS] */
	WEFT_FILTER_E_LIMIT,	/* RATE, PERIOD, [BURST], [FLAGS], [KEY]: a bucket for each key */
	WEFT_FILTER_E_QUOTA,	/* BYTES, [USED], [FLAGS] */
	WEFT_FILTER_E_SET,	/* TARGET, VALUE, [MASK]: target = target & ~MASK | VALUE */
	WEFT_FILTER_E_UPDATE,	/* SET, KEY, OP, [TIMEOUT]; with EXPRS: a limit of each element */
	WEFT_FILTER_E_LOG,	/* [PREFIX], [LEVEL] or [GROUP, SNAPLEN, THRESHOLD] */
	WEFT_FILTER_E_TRACE,	/* the packet's way is told from here on */
	WEFT_FILTER_E_NOTRACK,
	WEFT_FILTER_E_REJECT,	/* VALUE: WEFT_FILTER_REJECT_*, [CODE] */
	WEFT_FILTER_E_VERDICT,	/* VERDICT, [CHAIN]; the last */
	__WEFT_FILTER_E_MAX,
};

#define WEFT_FILTER_E_MAX	(__WEFT_FILTER_E_MAX - 1)

/* Attributes of expressions. */
enum {
	WEFT_FILTER_EA_UNSPEC,
	WEFT_FILTER_EA_FIELD,		/* u32 WEFT_FILTER_F_* */
	WEFT_FILTER_EA_ARG,		/* u32: level of a cgroup */
	WEFT_FILTER_EA_FLAGS,		/* u32 WEFT_FILTER_X_* */
	WEFT_FILTER_EA_MASK,		/* u64 or two: field & MASK is compared; else all bits */
	WEFT_FILTER_EA_FIRST,		/* u64 or two */
	WEFT_FILTER_EA_LAST,		/* u64 or two: the range's end, in it; default: FIRST */
	WEFT_FILTER_EA_SET,		/* string */
	WEFT_FILTER_EA_KEY,		/* array of u16 WEFT_FILTER_F_* */
	WEFT_FILTER_EA_COUNTERS,	/* struct weft_filter_counters */
	WEFT_FILTER_EA_RATE,		/* u64: packets or bytes in a period */
	WEFT_FILTER_EA_PERIOD,		/* u32, seconds */
	WEFT_FILTER_EA_BURST,		/* u32: default 5 packets */
	WEFT_FILTER_EA_BYTES,		/* u64 */
	WEFT_FILTER_EA_USED,		/* u64 */
	WEFT_FILTER_EA_TARGET,		/* u32 WEFT_FILTER_TARGET_* */
	WEFT_FILTER_EA_VALUE,		/* u64 */
	WEFT_FILTER_EA_OP,		/* u32 WEFT_FILTER_UPDATE_* */
	WEFT_FILTER_EA_TIMEOUT,		/* u64, ms */
	WEFT_FILTER_EA_EXPRS,		/* nested as A_EXPRS */
	WEFT_FILTER_EA_PREFIX,		/* string */
	WEFT_FILTER_EA_LEVEL,		/* u32: of the kernel log, 0 to 7; default 4 */
	WEFT_FILTER_EA_GROUP,		/* u16: of nfnetlink_log */
	WEFT_FILTER_EA_SNAPLEN,		/* u32, bytes */
	WEFT_FILTER_EA_THRESHOLD,	/* u16, packets */
	WEFT_FILTER_EA_CODE,		/* u32: WEFT_UNREACH_* */
	WEFT_FILTER_EA_VERDICT,		/* u32 */
	WEFT_FILTER_EA_CHAIN,		/* string */
	__WEFT_FILTER_EA_MAX,
};

#define WEFT_FILTER_EA_MAX	(__WEFT_FILTER_EA_MAX - 1)

#define WEFT_FILTER_X_INVERT	0x01	/* matches what else would not; a limit or quota: over it */
#define WEFT_FILTER_X_BYTES	0x02	/* a limit counts bytes */

/* What E_SET and a map's mark go to. */
enum {
	WEFT_FILTER_TARGET_MARK,
	WEFT_FILTER_TARGET_CT_MARK,
	WEFT_FILTER_TARGET_CT_LABEL,
	WEFT_FILTER_TARGET_CT_ZONE,	/* before tracking: PREROUTING and OUTPUT, below -200 */
	WEFT_FILTER_TARGET_CLASS,
};

enum {
	WEFT_FILTER_UPDATE_ADD,		/* only what is not there */
	WEFT_FILTER_UPDATE_UPDATE,	/* and begins its time again */
	WEFT_FILTER_UPDATE_DELETE,
};

enum {
	WEFT_FILTER_REJECT_UNREACH,	/* destination unreachable, CODE */
	WEFT_FILTER_REJECT_RESET,	/* a stream's RST; other packets: unreachable */
};

/* What trace tells. */
enum {
	WEFT_FILTER_TR_UNSPEC,
	WEFT_FILTER_TR_ID,		/* u32: which packet */
	WEFT_FILTER_TR_KIND,		/* u32 WEFT_FILTER_TRACE_* */
	WEFT_FILTER_TR_HOOK,		/* u32 */
	WEFT_FILTER_TR_TABLE,		/* string */
	WEFT_FILTER_TR_CHAIN,		/* string */
	WEFT_FILTER_TR_HANDLE,		/* u64: of the rule */
	WEFT_FILTER_TR_VERDICT,		/* u32 */
	WEFT_FILTER_TR_VERDICT_CHAIN,	/* string */
	WEFT_FILTER_TR_IIF,		/* u32 */
	WEFT_FILTER_TR_OIF,		/* u32 */
	WEFT_FILTER_TR_MARK,		/* u32 */
	WEFT_FILTER_TR_PACKET,		/* the first bytes from the network header on */
	WEFT_FILTER_TR_LEN,		/* u32: of the packet */
	__WEFT_FILTER_TR_MAX,
};

#define WEFT_FILTER_TR_MAX	(__WEFT_FILTER_TR_MAX - 1)

enum {
	WEFT_FILTER_TRACE_PACKET,	/* a packet comes to a base chain */
	WEFT_FILTER_TRACE_RULE,		/* a rule matched */
	WEFT_FILTER_TRACE_RETURN,	/* a chain's end */
	WEFT_FILTER_TRACE_POLICY,
};

#endif /* _UAPI_LINUX_WEFT_FILTER_H */
