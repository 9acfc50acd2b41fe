// SPDX-License-Identifier: GPL-2.0
/* weft trace: which probe goes next, and what its answer means. See trace.h. */
#include "trace.h"

/* Prepares a run whose settings are there. */
void trace_begin(struct trace *t)
{
	t->last = t->max;
	t->next = (t->first - 1) * t->queries;
}

/* The next probe that may be sent now; false if none may. */
bool trace_next(struct trace *t, unsigned int *n)
{
	unsigned int end = t->last * t->queries;

	while (t->next < end && t->probe[t->next].state != TRACE_WAITING)
		t->next++;
	if (t->next >= end || t->in_flight >= t->parallel)
		return false;
	*n = t->next;
	return true;
}

void trace_sent(struct trace *t, unsigned int n, double now)
{
	t->probe[n].state = TRACE_SENT;
	t->probe[n].at = now;
	t->in_flight++;
}

static void settle(struct trace *t, unsigned int n, enum trace_state state)
{
	if (t->probe[n].state == TRACE_SENT)
		t->in_flight--;
	t->probe[n].state = state;
}

/* To be sent again; one that was too often is lost. */
static void again(struct trace *t, unsigned int n)
{
	if (t->probe[n].resends++ >= TRACE_RESENDS) {
		settle(t, n, TRACE_LOST);
		return;
	}
	settle(t, n, TRACE_WAITING);
	if (n < t->next)
		t->next = n;
}

/* The link of this node carries so much: the probe did not leave. */
void trace_link_mtu(struct trace *t, unsigned int n, uint32_t mtu)
{
	if (t->mtu && mtu < t->mtu) {
		t->mtu = mtu;
		t->told[trace_hop(t, n)] = mtu;
	}
	again(t, n);
}

/*
 * Time exceeded comes from a router on the way; all else ends the way at that hop.
 * An echo reply, or for a datagram the refusal of its port, is the destination's.
 */
static void conclude(struct trace *t, unsigned int hop,
		     const struct trace_answer *answer)
{
	if (answer->type == WEFT_CTL_TIME)
		return;
	if (hop < t->last)
		t->last = hop;
	if (answer->type == WEFT_CTL_ECHO_REPLY ||
	    (t->udp && answer->type == WEFT_CTL_UNREACH &&
	     answer->code == WEFT_UNREACH_PORT))
		t->reached = true;
}

/* Takes what was heard of probe @n; what came too late counts if it was not. */
void trace_take(struct trace *t, unsigned int n, double now,
		const struct trace_answer *answer)
{
	struct trace_probe *p = &t->probe[n];

	if (n >= t->max * t->queries || p->state != TRACE_SENT)
		return;
	if (answer->type == WEFT_CTL_TOOBIG) {
		trace_link_mtu(t, n, answer->mtu);
		return;
	}
	p->rtt = now - p->at;
	p->answer = *answer;
	settle(t, n, TRACE_ANSWERED);
	conclude(t, trace_hop(t, n), answer);
}

/* Gives up what has waited too long; returns when that will be for the next one. */
double trace_expire(struct trace *t, double now)
{
	double at, first = now + t->wait;
	unsigned int n;

	/* Those beyond the end of the way are on their way all the same. */
	for (n = 0; n < t->max * t->queries; n++) {
		if (t->probe[n].state != TRACE_SENT)
			continue;
		at = t->probe[n].at + t->wait;
		if (at <= now)
			settle(t, n, TRACE_LOST);
		else if (at < first)
			first = at;
	}
	return first;
}

bool trace_hop_done(const struct trace *t, unsigned int hop)
{
	const struct trace_probe *p = &t->probe[(hop - 1) * t->queries];
	unsigned int i;

	for (i = 0; i < t->queries; i++)
		if (p[i].state == TRACE_WAITING || p[i].state == TRACE_SENT)
			return false;
	return true;
}

bool trace_done(const struct trace *t)
{
	unsigned int hop;

	for (hop = t->first; hop <= t->last; hop++)
		if (!trace_hop_done(t, hop))
			return false;
	return true;
}
