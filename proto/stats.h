/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of a network namespace, and the one place where packets are dropped. */
#ifndef WEFT_STATS_H
#define WEFT_STATS_H

#include <linux/percpu.h>
#include <linux/skbuff.h>
#include "drop.h"
#include "net.h"

/**
 * enum weft_mib_item - what is counted besides drops
 * @WEFT_MIB_IN_RECEIVES: packets that devices handed over
 * @WEFT_MIB_IN_OCTETS: their bytes, padding included
 * @WEFT_MIB_IN_DELIVERS: packets that reached a socket or were answered
 * @WEFT_MIB_IN_DGRAMS: datagrams that reached a socket
 * @WEFT_MIB_IN_ECHOS: echo requests
 * @WEFT_MIB_IN_ECHO_REPLIES: echo replies that reached a socket
 * @WEFT_MIB_IN_UNREACHS: destination unreachable messages
 * @WEFT_MIB_IN_TOO_BIGS: packet too big messages
 * @WEFT_MIB_IN_TIMES: time exceeded messages
 * @WEFT_MIB_IN_PARAMS: parameter problem messages
 * @WEFT_MIB_IN_NEIGH_SOLICITS: neighbour solicitations
 * @WEFT_MIB_IN_NEIGH_ANNOUNCES: neighbour announcements
 * @WEFT_MIB_IN_ROUTER_SOLICITS: router solicitations
 * @WEFT_MIB_IN_ROUTER_ANNOUNCES: router announcements
 * @WEFT_MIB_IN_REDIRECTS: redirects
 * @WEFT_MIB_IN_GROUP_QUERIES: membership queries
 * @WEFT_MIB_IN_GROUP_REPORTS: membership reports
 * @WEFT_MIB_IN_RECORDS_LIMITED: records of reports that there was no room for
 * @WEFT_MIB_OUT_REQUESTS: packets of this node handed to devices
 * @WEFT_MIB_OUT_FORWARDED: packets for other nodes handed to devices
 * @WEFT_MIB_OUT_OCTETS: bytes handed to devices
 * @WEFT_MIB_OUT_DGRAMS: datagrams that programs sent
 * @WEFT_MIB_OUT_ECHOS: echo requests that programs sent
 * @WEFT_MIB_OUT_RAWS: packets that programs sent through raw sockets
 * @WEFT_MIB_OUT_ECHO_REPLIES: echo requests answered
 * @WEFT_MIB_OUT_UNREACHS: destination unreachable messages sent
 * @WEFT_MIB_OUT_TOO_BIGS: packet too big messages sent
 * @WEFT_MIB_OUT_TIMES: time exceeded messages sent
 * @WEFT_MIB_OUT_PARAMS: parameter problem messages sent
 * @WEFT_MIB_OUT_NEIGH_SOLICITS: neighbour solicitations sent
 * @WEFT_MIB_OUT_NEIGH_ANNOUNCES: neighbour announcements sent
 * @WEFT_MIB_OUT_ROUTER_SOLICITS: router solicitations sent
 * @WEFT_MIB_OUT_REDIRECTS: redirects sent
 * @WEFT_MIB_OUT_GROUP_QUERIES: membership queries sent
 * @WEFT_MIB_OUT_GROUP_REPORTS: membership reports sent
 * @WEFT_MIB_OUT_NO_ROUTES: packets that had nowhere to go
 * @WEFT_MIB_OUT_DISCARDS: packets too long, or refused by the device's queue
 * @WEFT_MIB_OUT_ERRORS_LIMITED: errors not sent because there were too many
 * @WEFT_MIB_REASM_REQDS: fragments received, faulty ones too
 * @WEFT_MIB_REASM_OKS: packets made of them
 * @WEFT_MIB_REASM_FAILS: packets given up before they were whole
 * @WEFT_MIB_FRAG_OKS: packets sent as fragments
 * @WEFT_MIB_FRAG_FAILS: packets too long that could not be, or must not
 * @WEFT_MIB_FRAG_CREATES: fragments sent
 * @WEFT_MIB_ACTIVE_OPENS: connections opened here
 * @WEFT_MIB_PASSIVE_OPENS: connections accepted
 * @WEFT_MIB_CURR_ESTAB: connections in ESTABLISHED or CLOSE-WAIT now
 * @WEFT_MIB_ESTAB_RESETS: connections that the peer has reset
 * @WEFT_MIB_IN_SEGS: segments received
 * @WEFT_MIB_OUT_SEGS: segments sent
 * @WEFT_MIB_RETRANS_SEGS: segments sent again
 * @WEFT_MIB_OUT_RSTS: resets sent
 * @WEFT_MIB_TIMEOUTS: retransmission timeouts
 * @WEFT_MIB_TLPS: tail loss probes
 * @WEFT_MIB_AUTOCORKS: times that a small segment waited for the device
 * @WEFT_MIB_SPURIOUS: reductions of the window that were taken back
 * @WEFT_MIB_IN_DSACKS: duplicates that peers reported
 * @WEFT_MIB_DELAYED_ACKS: acknowledgments that the timer sent
 * @WEFT_MIB_PROBES: window and keepalive probes
 * @WEFT_MIB_CHALLENGES: challenge acknowledgments sent
 * @WEFT_MIB_CHALLENGES_LIMITED: those not sent because there were too many
 * @WEFT_MIB_COOKIES_SENT: SYNs answered with a cookie
 * @WEFT_MIB_COOKIES_RECEIVED: connections made of a cookie
 * @WEFT_MIB_COOKIES_FAILED: acknowledgments to a listening socket that are of no cookie
 * @WEFT_MIB_LISTEN_OVERFLOWS: segments that found the accept queue full
 * @WEFT_MIB_REQUESTS_TIMED_OUT: SYNs whose sender did not answer
 * @WEFT_MIB_TIMEWAIT_REUSED: connections in TIME-WAIT that a new one replaced
 * @WEFT_MIB_TIMEWAIT_OVERFLOWS: those that ended early for lack of memory or room
 * @WEFT_MIB_ABORTS_TIMEOUT: connections given up: the peer did not answer
 * @WEFT_MIB_ABORTS_KEEPALIVE: of these, while nothing was to be sent
 * @WEFT_MIB_ABORTS_DATA: connections reset because nobody reads what came
 * @WEFT_MIB_ABORTS_ORPHANS: closed sockets reset because there were too many
 * @WEFT_MIB_COUNT: how many there are
 */
enum weft_mib_item {
	WEFT_MIB_IN_RECEIVES,
	WEFT_MIB_IN_OCTETS,
	WEFT_MIB_IN_DELIVERS,
	WEFT_MIB_IN_DGRAMS,
	WEFT_MIB_IN_ECHOS,
	WEFT_MIB_IN_ECHO_REPLIES,
	WEFT_MIB_IN_UNREACHS,
	WEFT_MIB_IN_TOO_BIGS,
	WEFT_MIB_IN_TIMES,
	WEFT_MIB_IN_PARAMS,
	WEFT_MIB_IN_NEIGH_SOLICITS,
	WEFT_MIB_IN_NEIGH_ANNOUNCES,
	WEFT_MIB_IN_ROUTER_SOLICITS,
	WEFT_MIB_IN_ROUTER_ANNOUNCES,
	WEFT_MIB_IN_REDIRECTS,
	WEFT_MIB_IN_GROUP_QUERIES,
	WEFT_MIB_IN_GROUP_REPORTS,
	WEFT_MIB_IN_RECORDS_LIMITED,
	WEFT_MIB_OUT_REQUESTS,
	WEFT_MIB_OUT_FORWARDED,
	WEFT_MIB_OUT_OCTETS,
	WEFT_MIB_OUT_DGRAMS,
	WEFT_MIB_OUT_ECHOS,
	WEFT_MIB_OUT_RAWS,
	WEFT_MIB_OUT_ECHO_REPLIES,
	WEFT_MIB_OUT_UNREACHS,
	WEFT_MIB_OUT_TOO_BIGS,
	WEFT_MIB_OUT_TIMES,
	WEFT_MIB_OUT_PARAMS,
	WEFT_MIB_OUT_NEIGH_SOLICITS,
	WEFT_MIB_OUT_NEIGH_ANNOUNCES,
	WEFT_MIB_OUT_ROUTER_SOLICITS,
	WEFT_MIB_OUT_REDIRECTS,
	WEFT_MIB_OUT_GROUP_QUERIES,
	WEFT_MIB_OUT_GROUP_REPORTS,
	WEFT_MIB_OUT_NO_ROUTES,
	WEFT_MIB_OUT_DISCARDS,
	WEFT_MIB_OUT_ERRORS_LIMITED,
	WEFT_MIB_REASM_REQDS,
	WEFT_MIB_REASM_OKS,
	WEFT_MIB_REASM_FAILS,
	WEFT_MIB_FRAG_OKS,
	WEFT_MIB_FRAG_FAILS,
	WEFT_MIB_FRAG_CREATES,
	WEFT_MIB_ACTIVE_OPENS,
	WEFT_MIB_PASSIVE_OPENS,
	WEFT_MIB_CURR_ESTAB,
	WEFT_MIB_ESTAB_RESETS,
	WEFT_MIB_IN_SEGS,
	WEFT_MIB_OUT_SEGS,
	WEFT_MIB_RETRANS_SEGS,
	WEFT_MIB_OUT_RSTS,
	WEFT_MIB_TIMEOUTS,
	WEFT_MIB_TLPS,
	WEFT_MIB_AUTOCORKS,
	WEFT_MIB_SPURIOUS,
	WEFT_MIB_IN_DSACKS,
	WEFT_MIB_DELAYED_ACKS,
	WEFT_MIB_PROBES,
	WEFT_MIB_CHALLENGES,
	WEFT_MIB_CHALLENGES_LIMITED,
	WEFT_MIB_COOKIES_SENT,
	WEFT_MIB_COOKIES_RECEIVED,
	WEFT_MIB_COOKIES_FAILED,
	WEFT_MIB_LISTEN_OVERFLOWS,
	WEFT_MIB_REQUESTS_TIMED_OUT,
	WEFT_MIB_TIMEWAIT_REUSED,
	WEFT_MIB_TIMEWAIT_OVERFLOWS,
	WEFT_MIB_ABORTS_TIMEOUT,
	WEFT_MIB_ABORTS_KEEPALIVE,
	WEFT_MIB_ABORTS_DATA,
	WEFT_MIB_ABORTS_ORPHANS,
	WEFT_MIB_COUNT
};

/**
 * struct weft_mib - one CPU's counters
 * @count: packets and octets, by enum weft_mib_item
 * @drop: packets dropped, by enum weft_drop
 */
struct weft_mib {
	unsigned long count[WEFT_MIB_COUNT];
	unsigned long drop[WEFT_DROP_COUNT];
};

/* Any context. */
static inline void weft_count_add(struct net *net, enum weft_mib_item item,
				  unsigned int n)
{
	this_cpu_add(weft_net(net)->mib->count[item], n);
}

static inline void weft_count(struct net *net, enum weft_mib_item item)
{
	weft_count_add(net, item, 1);
}

/* Of what is counted while it lasts. Any context. */
static inline void weft_count_dec(struct net *net, enum weft_mib_item item)
{
	this_cpu_dec(weft_net(net)->mib->count[item]);
}

/* Of a packet that goes on all the same. Any context. */
static inline void weft_count_drop(struct net *net, enum weft_drop reason)
{
	this_cpu_inc(weft_net(net)->mib->drop[reason]);
}

/* Room for the name of a reason. */
#define WEFT_DROP_NAME_LEN	32

const char *weft_drop_name(enum weft_drop reason);
void weft_drop_told(struct net *net, const struct sk_buff *skb, enum weft_drop reason);
void weft_drop(struct net *net, struct sk_buff *skb, enum weft_drop reason);

int weft_stats_init_net(struct net *net);
void weft_stats_exit_net(struct net *net);

struct seq_file;
int weft_stats_show(struct seq_file *seq, void *v);

#endif /* WEFT_STATS_H */
