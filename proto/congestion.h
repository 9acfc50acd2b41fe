/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Congestion control: how much may be in flight. Windows are in bytes. Pure.
 *
 * congestion.c has what all share: slow start (RFC 5681, 3.1), what a loss, a mark or
 * a timeout does, proportional rate reduction in recovery (RFC 9937), undo of what
 * proved spurious, restart after idling and validation of a window that was not used
 * (RFC 7661, 4). An algorithm says how the window grows and by how much it falls.
 */
#ifndef WEFT_CONGESTION_H
#define WEFT_CONGESTION_H

#include <linux/types.h>
#include "hystart.h"

#define WEFT_CC_NAME_MAX	16
/* RFC 6928, 2: initial window, segments, and bytes if these are more than two. */
#define WEFT_CC_INITIAL		10
#define WEFT_CC_INITIAL_BYTES	14600U
#define WEFT_CC_WINDOW_MAX	0x40000000U
#define WEFT_CC_MSS_MAX		65535U
/* Slow start threshold before anything was lost. */
#define WEFT_CC_SSTHRESH_NONE	(~0U)
/* Pacing rate that holds nothing back. */
#define WEFT_CC_RATE_NONE	(~0ULL)

struct weft_cc;

/**
 * struct weft_cc_ack - what an acknowledgment means for the window
 * @now: microseconds
 * @bytes: bytes newly delivered: acknowledged, or reported in SACK blocks
 * @in_flight: bytes in flight before it came
 * @rtt: round-trip time that it gave, microseconds; 0 for none
 * @srtt: smoothed round-trip time
 * @una: first byte not acknowledged
 * @nxt: next byte to be sent
 * @limited: the window, and nothing else, kept data back in the last round trip
 */
struct weft_cc_ack {
	u64	now;
	u32	bytes;
	u32	in_flight;
	u32	rtt;
	u32	srtt;
	u32	una;
	u32	nxt;
	bool	limited;
};

/**
 * enum weft_cc_event - what an algorithm may want to know
 * @WEFT_CC_UNUSED: the window was not used up since the last acknowledgment
 * @WEFT_CC_RESTART: it was cut after idling, and slow start begins anew
 * @WEFT_CC_TIMEOUT: the same after a retransmission timeout
 */
enum weft_cc_event {
	WEFT_CC_UNUSED,
	WEFT_CC_RESTART,
	WEFT_CC_TIMEOUT,
};

/**
 * struct weft_cc_ops - an algorithm
 * @name: what programs choose it by
 * @grow: bytes were acknowledged in congestion avoidance: the window may grow
 * @reduce: slow start threshold after a congestion event, bytes
 * @undo: the last reduction proved spurious; may be NULL
 * @event: may be NULL
 *
 * A new connection, or one that the algorithm was chosen for, has @state of zeros.
 * Times are microseconds. Context: socket lock.
 */
struct weft_cc_ops {
	char	name[WEFT_CC_NAME_MAX];
	void	(*grow)(struct weft_cc *cc, const struct weft_cc_ack *ack);
	u32	(*reduce)(struct weft_cc *cc);
	void	(*undo)(struct weft_cc *cc);
	void	(*event)(struct weft_cc *cc, enum weft_cc_event event, u64 now);
};

/**
 * struct weft_cc - the congestion control of a connection
 * @ops: the algorithm
 * @mss: payload of a full segment, bytes
 * @cwnd: congestion window, bytes
 * @ssthresh: slow start threshold, bytes
 * @prior_cwnd: before the last reduction, for undo; 0 if there is nothing to undo
 * @prior_ssthresh: before the last reduction
 * @recovering: a loss or a mark is being answered: proportional rate reduction
 * @prr_delivered: RFC 9937: bytes delivered in recovery
 * @prr_out: RFC 9937: bytes sent in recovery
 * @recover_fs: RFC 9937, RecoverFS: bytes in flight when recovery began
 * @carry: bytes acknowledged that have not yet made the window grow
 * @hystart: slow start's end
 * @state: the algorithm's own
 */
struct weft_cc {
	const struct weft_cc_ops *ops;
	u32	mss;
	u32	cwnd;
	u32	ssthresh;
	u32	prior_cwnd;
	u32	prior_ssthresh;
	bool	recovering;
	u32	prr_delivered;
	u32	prr_out;
	u32	recover_fs;
	u32	carry;
	struct weft_hystart hystart;
	u64	state[10];
};

extern const struct weft_cc_ops weft_cc_cubic;
extern const struct weft_cc_ops weft_cc_newreno;

const struct weft_cc_ops *weft_cc_find(const char *name, unsigned int len);
void weft_cc_init(struct weft_cc *cc, const struct weft_cc_ops *ops, u32 mss);
void weft_cc_choose(struct weft_cc *cc, const struct weft_cc_ops *ops);
void weft_cc_set_mss(struct weft_cc *cc, u32 mss);
void weft_cc_acked(struct weft_cc *cc, const struct weft_cc_ack *ack);
void weft_cc_congested(struct weft_cc *cc, u32 in_flight);
void weft_cc_recovering(struct weft_cc *cc, u32 delivered, u32 in_flight,
			bool forward);
void weft_cc_recovered(struct weft_cc *cc);
void weft_cc_timeout(struct weft_cc *cc, u32 in_flight, bool first, u64 now);
void weft_cc_undo(struct weft_cc *cc);
void weft_cc_idle(struct weft_cc *cc, u32 idle, u32 rto, u64 now);
u64 weft_cc_pacing_rate(const struct weft_cc *cc, u32 srtt);

static inline bool weft_cc_slow_start(const struct weft_cc *cc)
{
	return cc->cwnd < cc->ssthresh;
}

/* Bytes were sent, or sent again. */
static inline void weft_cc_sent(struct weft_cc *cc, u32 bytes)
{
	if (cc->recovering)
		cc->prr_out += bytes;
}

#endif /* WEFT_CONGESTION_H */
