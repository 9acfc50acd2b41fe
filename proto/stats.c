// SPDX-License-Identifier: GPL-2.0
/* Counters: kept per CPU, added up when read. */
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include "gso.h"
#include "stats.h"
#include "trace.h"

static const char *const weft_mib_names[WEFT_MIB_COUNT] = {
	[WEFT_MIB_IN_RECEIVES]		= "InReceives",
	[WEFT_MIB_IN_OCTETS]		= "InOctets",
	[WEFT_MIB_IN_DELIVERS]		= "InDelivers",
	[WEFT_MIB_IN_DGRAMS]		= "InDgrams",
	[WEFT_MIB_IN_ECHOS]		= "InEchos",
	[WEFT_MIB_IN_ECHO_REPLIES]	= "InEchoReplies",
	[WEFT_MIB_IN_UNREACHS]		= "InUnreachs",
	[WEFT_MIB_IN_TOO_BIGS]		= "InTooBigs",
	[WEFT_MIB_IN_TIMES]		= "InTimeExceeds",
	[WEFT_MIB_IN_PARAMS]		= "InParamProblems",
	[WEFT_MIB_IN_NEIGH_SOLICITS]	= "InNeighSolicits",
	[WEFT_MIB_IN_NEIGH_ANNOUNCES]	= "InNeighAnnounces",
	[WEFT_MIB_IN_ROUTER_SOLICITS]	= "InRouterSolicits",
	[WEFT_MIB_IN_ROUTER_ANNOUNCES]	= "InRouterAnnounces",
	[WEFT_MIB_IN_REDIRECTS]		= "InRedirects",
	[WEFT_MIB_IN_GROUP_QUERIES]	= "InGroupQueries",
	[WEFT_MIB_IN_GROUP_REPORTS]	= "InGroupReports",
	[WEFT_MIB_IN_RECORDS_LIMITED]	= "InRecordsLimited",
	[WEFT_MIB_OUT_REQUESTS]		= "OutRequests",
	[WEFT_MIB_OUT_FORWARDED]	= "OutForwarded",
	[WEFT_MIB_OUT_OCTETS]		= "OutOctets",
	[WEFT_MIB_OUT_DGRAMS]		= "OutDgrams",
	[WEFT_MIB_OUT_ECHOS]		= "OutEchos",
	[WEFT_MIB_OUT_RAWS]		= "OutRaws",
	[WEFT_MIB_OUT_ECHO_REPLIES]	= "OutEchoReplies",
	[WEFT_MIB_OUT_UNREACHS]		= "OutUnreachs",
	[WEFT_MIB_OUT_TOO_BIGS]		= "OutTooBigs",
	[WEFT_MIB_OUT_TIMES]		= "OutTimeExceeds",
	[WEFT_MIB_OUT_PARAMS]		= "OutParamProblems",
	[WEFT_MIB_OUT_NEIGH_SOLICITS]	= "OutNeighSolicits",
	[WEFT_MIB_OUT_NEIGH_ANNOUNCES]	= "OutNeighAnnounces",
	[WEFT_MIB_OUT_ROUTER_SOLICITS]	= "OutRouterSolicits",
	[WEFT_MIB_OUT_REDIRECTS]	= "OutRedirects",
	[WEFT_MIB_OUT_GROUP_QUERIES]	= "OutGroupQueries",
	[WEFT_MIB_OUT_GROUP_REPORTS]	= "OutGroupReports",
	[WEFT_MIB_OUT_NO_ROUTES]	= "OutNoRoutes",
	[WEFT_MIB_OUT_DISCARDS]		= "OutDiscards",
	[WEFT_MIB_OUT_ERRORS_LIMITED]	= "OutErrorsLimited",
	[WEFT_MIB_REASM_REQDS]		= "ReasmReqds",
	[WEFT_MIB_REASM_OKS]		= "ReasmOKs",
	[WEFT_MIB_REASM_FAILS]		= "ReasmFails",
	[WEFT_MIB_FRAG_OKS]		= "FragOKs",
	[WEFT_MIB_FRAG_FAILS]		= "FragFails",
	[WEFT_MIB_FRAG_CREATES]		= "FragCreates",
	[WEFT_MIB_ACTIVE_OPENS]		= "ActiveOpens",
	[WEFT_MIB_PASSIVE_OPENS]	= "PassiveOpens",
	[WEFT_MIB_CURR_ESTAB]		= "CurrEstab",
	[WEFT_MIB_ESTAB_RESETS]		= "EstabResets",
	[WEFT_MIB_IN_SEGS]		= "InSegs",
	[WEFT_MIB_OUT_SEGS]		= "OutSegs",
	[WEFT_MIB_RETRANS_SEGS]		= "RetransSegs",
	[WEFT_MIB_OUT_RSTS]		= "OutRsts",
	[WEFT_MIB_TIMEOUTS]		= "Timeouts",
	[WEFT_MIB_TLPS]			= "TailProbes",
	[WEFT_MIB_AUTOCORKS]		= "AutoCorks",
	[WEFT_MIB_SPURIOUS]		= "SpuriousRecoveries",
	[WEFT_MIB_IN_DSACKS]		= "InDsacks",
	[WEFT_MIB_DELAYED_ACKS]		= "DelayedAcks",
	[WEFT_MIB_PROBES]		= "Probes",
	[WEFT_MIB_CHALLENGES]		= "Challenges",
	[WEFT_MIB_CHALLENGES_LIMITED]	= "ChallengesLimited",
	[WEFT_MIB_COOKIES_SENT]		= "CookiesSent",
	[WEFT_MIB_COOKIES_RECEIVED]	= "CookiesReceived",
	[WEFT_MIB_COOKIES_FAILED]	= "CookiesFailed",
	[WEFT_MIB_LISTEN_OVERFLOWS]	= "ListenOverflows",
	[WEFT_MIB_REQUESTS_TIMED_OUT]	= "RequestsTimedOut",
	[WEFT_MIB_TIMEWAIT_REUSED]	= "TimeWaitReused",
	[WEFT_MIB_TIMEWAIT_OVERFLOWS]	= "TimeWaitOverflows",
	[WEFT_MIB_ABORTS_TIMEOUT]	= "AbortsOnTimeout",
	[WEFT_MIB_ABORTS_KEEPALIVE]	= "AbortsOnKeepalive",
	[WEFT_MIB_ABORTS_DATA]		= "AbortsOnData",
	[WEFT_MIB_ABORTS_ORPHANS]	= "AbortsOnOrphans",
};

/* A reason's counter, and the nearest reason that the core's drop monitor has. */
static const struct {
	char name[WEFT_DROP_NAME_LEN];
	enum skb_drop_reason core;
} weft_drops[WEFT_DROP_COUNT] = {
	[WEFT_DROP_NONE] = { "", SKB_DROP_REASON_NOT_SPECIFIED },
	[WEFT_DROP_OTHER_HOST] = {
		"DropOtherHost", SKB_DROP_REASON_OTHERHOST
	},
	[WEFT_DROP_HEADER_SHORT] = {
		"DropHeaderShort", SKB_DROP_REASON_PKT_TOO_SMALL
	},
	[WEFT_DROP_VERSION] = {
		"DropVersion", SKB_DROP_REASON_IP_INHDR
	},
	[WEFT_DROP_LENGTH] = {
		"DropLength", SKB_DROP_REASON_IP_INHDR
	},
	[WEFT_DROP_ADDRESS] = {
		"DropAddress", SKB_DROP_REASON_IP_INADDRERRORS
	},
	[WEFT_DROP_MARTIAN] = {
		"DropMartian", SKB_DROP_REASON_IP_INADDRERRORS
	},
	[WEFT_DROP_HOOK] = {
		"DropHook", SKB_DROP_REASON_NETFILTER_DROP
	},
	[WEFT_DROP_NOT_LOCAL] = {
		"DropNotLocal", SKB_DROP_REASON_IP_INNOROUTES
	},
	[WEFT_DROP_SCOPE] = {
		"DropScope", SKB_DROP_REASON_IP_INADDRERRORS
	},
	[WEFT_DROP_REVERSE_PATH] = {
		"DropReversePath", SKB_DROP_REASON_IP_RPFILTER
	},
	[WEFT_DROP_HOP_LIMIT] = {
		"DropHopLimit", SKB_DROP_REASON_IP_INHDR
	},
	[WEFT_DROP_NO_ROUTE] = {
		"DropNoRoute", SKB_DROP_REASON_IP_OUTNOROUTES
	},
	[WEFT_DROP_ROUTE] = {
		"DropRoute", SKB_DROP_REASON_IP_OUTNOROUTES
	},
	[WEFT_DROP_TOO_BIG] = {
		"DropTooBig", SKB_DROP_REASON_PKT_TOO_BIG
	},
	[WEFT_DROP_NEIGHBOUR] = {
		"DropNeighbour", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_REDIRECT] = {
		"DropRedirect", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_NEIGH_QUEUE] = {
		"DropNeighQueue", SKB_DROP_REASON_NEIGH_QUEUEFULL
	},
	[WEFT_DROP_NEIGH_FULL] = {
		"DropNeighFull", SKB_DROP_REASON_NEIGH_CREATEFAIL
	},
	[WEFT_DROP_NEIGH_FAILED] = {
		"DropNeighFailed", SKB_DROP_REASON_NEIGH_FAILED
	},
	[WEFT_DROP_ROUTER_QUEUE] = {
		"DropRouterQueue", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_FRAG_SHORT] = {
		"DropFragShort", SKB_DROP_REASON_PKT_TOO_SMALL
	},
	[WEFT_DROP_FRAG_ATOMIC] = {
		"DropFragAtomic", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_FRAG_LENGTH] = {
		"DropFragLength", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_FRAG_TINY] = {
		"DropFragTiny", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_FRAG_OVERLAP] = {
		"DropFragOverlap", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_FRAG_NESTED] = {
		"DropFragNested", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_FRAG_DUPLICATE] = {
		"DropFragDuplicate", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_FRAG_ECN] = {
		"DropFragEcn", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_FRAG_MEMORY] = {
		"DropFragMemory", SKB_DROP_REASON_NOMEM
	},
	[WEFT_DROP_FRAG_TIME] = {
		"DropFragTime", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_NO_PROTOCOL] = {
		"DropNoProtocol", SKB_DROP_REASON_IP_NOPROTO
	},
	[WEFT_DROP_CHECKSUM] = {
		"DropChecksum", SKB_DROP_REASON_SKB_CSUM
	},
	[WEFT_DROP_DGRAM_SHORT] = {
		"DropDgramShort", SKB_DROP_REASON_PKT_TOO_SMALL
	},
	[WEFT_DROP_DGRAM_PORT] = {
		"DropDgramPort", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_STREAM_SHORT] = {
		"DropStreamShort", SKB_DROP_REASON_PKT_TOO_SMALL
	},
	[WEFT_DROP_STREAM_PORT] = {
		"DropStreamPort", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_STREAM_FLAGS] = {
		"DropStreamFlags", SKB_DROP_REASON_TCP_FLAGS
	},
	[WEFT_DROP_STREAM_OPTION] = {
		"DropStreamOption", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_STREAM_STAMP] = {
		"DropStreamStamp", SKB_DROP_REASON_TCP_RFC7323_PAWS
	},
	[WEFT_DROP_STREAM_WINDOW] = {
		"DropStreamWindow", SKB_DROP_REASON_TCP_INVALID_SEQUENCE
	},
	[WEFT_DROP_STREAM_RESET] = {
		"DropStreamReset", SKB_DROP_REASON_TCP_RESET
	},
	[WEFT_DROP_STREAM_SYN] = {
		"DropStreamSyn", SKB_DROP_REASON_TCP_INVALID_SYN
	},
	[WEFT_DROP_STREAM_ACK] = {
		"DropStreamAck", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_STREAM_OLD] = {
		"DropStreamOld", SKB_DROP_REASON_TCP_OLD_DATA
	},
	[WEFT_DROP_STREAM_CLOSED] = {
		"DropStreamClosed", SKB_DROP_REASON_TCP_CLOSE
	},
	[WEFT_DROP_STREAM_QUEUE] = {
		"DropStreamQueue", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_STREAM_BACKLOG] = {
		"DropStreamBacklog", SKB_DROP_REASON_SOCKET_BACKLOG
	},
	[WEFT_DROP_CONTROL_SHORT] = {
		"DropControlShort", SKB_DROP_REASON_PKT_TOO_SMALL
	},
	[WEFT_DROP_CONTROL_TYPE] = {
		"DropControlType", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_CONTROL_QUOTE] = {
		"DropControlQuote", SKB_DROP_REASON_NOT_SPECIFIED
	},
	[WEFT_DROP_NO_SOCKET] = {
		"DropNoSocket", SKB_DROP_REASON_NO_SOCKET
	},
	[WEFT_DROP_FILTER] = {
		"DropFilter", SKB_DROP_REASON_SOCKET_FILTER
	},
	[WEFT_DROP_RCVBUF] = {
		"DropRcvbuf", SKB_DROP_REASON_SOCKET_RCVBUFF
	},
	[WEFT_DROP_NET_MEMORY] = {
		"DropNetMemory", SKB_DROP_REASON_PROTO_MEM
	},
	[WEFT_DROP_NO_MEMORY] = {
		"DropNoMemory", SKB_DROP_REASON_NOMEM
	},
};

const char *weft_drop_name(enum weft_drop reason)
{
	return weft_drops[reason].name;
}

/**
 * weft_drop_told() - count the death of a packet that somebody else frees
 * @net: the namespace that it came to, or was to leave
 * @skb: the packet; each one of a train counts
 * @reason: why; not WEFT_DROP_NONE
 *
 * Context: softirq or process.
 */
void weft_drop_told(struct net *net, const struct sk_buff *skb, enum weft_drop reason)
{
	this_cpu_add(weft_net(net)->mib->drop[reason], weft_gso_packets(skb));
	trace_weft_drop(skb, reason);
}

/**
 * weft_drop() - count a packet's death and free it; that of each one in a train
 * @net: the namespace that it came to, or was to leave
 * @skb: the packet
 * @reason: why; not WEFT_DROP_NONE
 *
 * Context: softirq or process.
 */
void weft_drop(struct net *net, struct sk_buff *skb, enum weft_drop reason)
{
	weft_drop_told(net, skb, reason);
	kfree_skb_reason(skb, weft_drops[reason].core);
}

static unsigned long weft_mib_sum(const struct weft_net *wn, size_t offset)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += *(unsigned long *)((void *)per_cpu_ptr(wn->mib, cpu) +
					  offset);
	return sum;
}

/* /proc/net/weft/stat: a name and a number a line. */
int weft_stats_show(struct seq_file *seq, void *v)
{
	const struct weft_net *wn = weft_net(seq_file_single_net(seq));
	int i;

	for (i = 0; i < WEFT_MIB_COUNT; i++)
		seq_printf(seq, "%s %lu\n", weft_mib_names[i],
			   weft_mib_sum(wn, offsetof(struct weft_mib, count[i])));
	for (i = WEFT_DROP_NONE + 1; i < WEFT_DROP_COUNT; i++)
		seq_printf(seq, "%s %lu\n", weft_drops[i].name,
			   weft_mib_sum(wn, offsetof(struct weft_mib, drop[i])));
	return 0;
}

int weft_stats_init_net(struct net *net)
{
	struct weft_net *wn = weft_net(net);

	wn->mib = alloc_percpu(struct weft_mib);
	return wn->mib ? 0 : -ENOMEM;
}

void weft_stats_exit_net(struct net *net)
{
	free_percpu(weft_net(net)->mib);
}
