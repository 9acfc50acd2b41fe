/* SPDX-License-Identifier: GPL-2.0 */
/* weft trace: what its files share. */
#ifndef WEFT_TRACE_H
#define WEFT_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "json.h"
#include "weft.h"

#define TRACE_HOPS	255
#define TRACE_QUERIES	10
#define TRACE_PROBES	(TRACE_HOPS * TRACE_QUERIES)

/* A probe that only tells an MTU is sent again, so often at most. */
#define TRACE_RESENDS	16

/**
 * enum trace_state - what became of a probe
 * @TRACE_WAITING: it is still to be sent
 * @TRACE_SENT: it is on its way
 * @TRACE_ANSWERED: by a router, the destination or this node
 * @TRACE_LOST: nothing came in time
 */
enum trace_state {
	TRACE_WAITING,
	TRACE_SENT,
	TRACE_ANSWERED,
	TRACE_LOST,
};

/**
 * struct trace_answer - what was heard of a probe
 * @from: who says it
 * @type: WEFT_CTL_*
 * @code: WEFT_UNREACH_* and the like
 * @mtu: of packet too big
 */
struct trace_answer {
	struct sockaddr_weft from;
	uint8_t type;
	uint8_t code;
	uint32_t mtu;
};

/**
 * struct trace_probe - one question to one hop
 * @state: enum trace_state
 * @at: when it was sent, s
 * @rtt: s
 * @answer: what came
 * @resends: how often it was sent again
 */
struct trace_probe {
	enum trace_state state;
	double at;
	double rtt;
	struct trace_answer answer;
	unsigned int resends;
};

/**
 * struct trace - a run; probes are numbered from 0, @queries a hop
 * @first: hop to begin with, from 1
 * @max: the last one that is asked
 * @queries: probes a hop
 * @parallel: probes on their way at once
 * @wait: how long an answer is waited for, s
 * @udp: the probes are datagrams, else echo requests
 * @last: the hop where the way ends as far as is known
 * @reached: the destination has answered
 * @next: no probe below has to be sent
 * @in_flight: how many are on their way
 * @mtu: of the path as far as is known, bytes; 0 if nobody asked
 * @told: of each hop, the MTU that became known there
 * @probe: the probes
 */
struct trace {
	unsigned int first, max, queries, parallel;
	double wait;
	bool udp;
	unsigned int last;
	bool reached;
	unsigned int next, in_flight;
	uint32_t mtu;
	uint32_t told[TRACE_HOPS + 1];
	struct trace_probe probe[TRACE_PROBES];
};

/* The hop that a probe is for. */
static inline unsigned int trace_hop(const struct trace *t, unsigned int n)
{
	return n / t->queries + 1;
}

/* trace_probe.c */
void trace_begin(struct trace *t);
bool trace_next(struct trace *t, unsigned int *n);
void trace_sent(struct trace *t, unsigned int n, double now);
void trace_take(struct trace *t, unsigned int n, double now,
		const struct trace_answer *answer);
void trace_link_mtu(struct trace *t, unsigned int n, uint32_t mtu);
double trace_expire(struct trace *t, double now);
bool trace_hop_done(const struct trace *t, unsigned int hop);
bool trace_done(const struct trace *t);

/* trace_print.c */
const char *trace_mark(const struct trace *t, const struct trace_answer *answer,
		       char buf[16]);
void trace_print_hop(FILE *out, const struct trace *t, unsigned int hop,
		     bool numeric);
void trace_json(struct json *j, const struct trace *t, bool numeric);

#endif /* WEFT_TRACE_H */
