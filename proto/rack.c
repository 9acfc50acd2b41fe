// SPDX-License-Identifier: GPL-2.0
/* RACK-TLP: loss detection by time (RFC 8985). See rack.h. */
#include <linux/limits.h>
#include <linux/minmax.h>
#include "rack.h"

/* Section 6.2, step 4: recoveries for which a widened window is kept. */
#define WEFT_RACK_PERSIST	16
/* Section 7.2: without a round-trip time, microseconds. */
#define WEFT_TLP_INITIAL_US	1000000U

/**
 * weft_rack_init() - a connection begins
 * @rack: filled in (sections 5.4 and 7.1)
 * @isn: initial sequence number
 */
void weft_rack_init(struct weft_rack *rack, u32 isn)
{
	*rack = (struct weft_rack) { .end = isn, .fack = isn, .reo_mult = 1 };
}

/*
 * Section 6.2, step 2: can the last transmission of a segment that was sent again be
 * the one that arrived? An echo that is older than it by more than half of the least
 * round-trip time is of one before: they were sent a round trip apart.
 */
static bool weft_rack_last_try_arrived(u64 rtt, u32 min_rtt, u32 echo_rtt)
{
	if (min_rtt == U32_MAX)
		return echo_rtt <= rtt;
	return rtt >= min_rtt && echo_rtt <= rtt + min_rtt / 2;
}

/**
 * weft_rack_update() - segments arrived: section 6.2, steps 1 to 3
 * @rack: state
 * @d: what the scoreboard told of the acknowledgment and its reports
 * @una: first number that is not acknowledged now
 * @high: one behind the highest that was acknowledged or reported
 * @min_rtt: least round-trip time, microseconds, this acknowledgment's as well; U32_MAX
 *	if it is not known
 * @echo_rtt: round-trip time by the time stamp echo, microseconds, 0 if there is none.
 *	A segment's time stamp and weft_seg.sent_us are from one reading of the clock
 * @now: microseconds
 */
void weft_rack_update(struct weft_rack *rack, const struct weft_delivery *d,
		      u32 una, u32 high, u32 min_rtt, u32 echo_rtt, u64 now)
{
	u64 sent_us = d->sent_us;
	u32 end = d->end;

	if (rack->dsack_pending && !weft_seq_before(una, rack->dsack_round))
		rack->dsack_pending = false;
	rack->fack = weft_seq_max(rack->fack, high);
	rack->reordering_seen |= d->reordered;
	if (d->resent && !weft_rack_last_try_arrived(now - sent_us, min_rtt, echo_rtt)) {
		sent_us = d->last_us;
		end = d->last_end;
	}
	if (!sent_us)
		return;
	rack->rtt = min_t(u64, now - sent_us, U32_MAX);
	if (weft_sent_after(sent_us, end, rack->xmit_us, rack->end)) {
		rack->xmit_us = sent_us;
		rack->end = end;
	}
}

/**
 * weft_rack_dsack() - a duplicate report came: step 4
 * @rack: state
 * @una: first number that is not acknowledged now
 * @nxt: next number to be sent
 *
 * The window widens, at most once in a round trip.
 */
void weft_rack_dsack(struct weft_rack *rack, u32 una, u32 nxt)
{
	if (rack->dsack_pending && weft_seq_before(una, rack->dsack_round))
		return;
	rack->dsack_pending = true;
	rack->dsack_round = nxt;
	rack->reo_persist = WEFT_RACK_PERSIST;
	if (rack->reo_mult < U8_MAX)
		rack->reo_mult++;
}

/**
 * weft_rack_recovered() - a recovery, fast or by timeout, has ended: step 4
 * @rack: state
 *
 * After WEFT_RACK_PERSIST of them without a duplicate the window is narrow again.
 */
void weft_rack_recovered(struct weft_rack *rack)
{
	if (rack->reo_persist && !--rack->reo_persist)
		rack->reo_mult = 1;
}

/**
 * weft_rack_window() - the reordering window: step 4
 * @rack: state
 * @srtt: smoothed round-trip time, microseconds
 * @min_rtt: least round-trip time, microseconds
 * @recovering: in recovery, fast or by timeout
 * @thrice: three segments or more (DupThresh) are reported
 *
 * Return: how much later than others a segment may arrive, microseconds.
 */
u32 weft_rack_window(const struct weft_rack *rack, u32 srtt, u32 min_rtt,
		     bool recovering, bool thrice)
{
	if (!rack->reordering_seen && (recovering || thrice))
		return 0;
	return min_t(u64, (u64)(min_rtt / 4) * rack->reo_mult, srtt);
}

/**
 * weft_rack_detect() - mark what is lost: step 5
 * @rack: state
 * @sb: scoreboard
 * @window: weft_rack_window()
 * @now: microseconds
 * @timeout: set to when to look again unless something comes before, microseconds from
 *	now; 0 for never
 *
 * A segment is lost if one that was sent later has arrived, and it has been on its way
 * for that one's round-trip time and the window. Takes the time of what is lost.
 *
 * Return: true if anything is lost that was not before.
 */
bool weft_rack_detect(struct weft_rack *rack, struct weft_scoreboard *sb,
		      u32 window, u64 now, u32 *timeout)
{
	u64 wait = (u64)rack->rtt + window;
	struct weft_seg *seg, *next;
	bool lost = false;

	*timeout = 0;
	list_for_each_entry_safe(seg, next, &sb->sent, sent) {
		if (seg->sent_us > rack->xmit_us)
			break;
		if (!weft_sent_after(rack->xmit_us, rack->end, seg->sent_us, seg->end))
			continue;
		if (seg->sent_us + wait > now) {
			*timeout = min_t(u64, seg->sent_us + wait - now, U32_MAX);
			break;
		}
		weft_scoreboard_mark_lost(sb, seg);
		lost = true;
	}
	return lost;
}

/**
 * weft_tlp_timeout() - when to send a tail loss probe (section 7.2)
 * @srtt: smoothed round-trip time, microseconds; 0 if it is not known
 * @one_segment: a single one is in flight: the peer may wait with its acknowledgment
 * @rto: when the retransmission timeout expires, microseconds from now
 * @max_ack_delay: how long the peer may wait, microseconds
 *
 * Return: microseconds from now.
 */
u32 weft_tlp_timeout(u32 srtt, bool one_segment, u32 rto, u32 max_ack_delay)
{
	u64 timeout = 2 * (u64)srtt;

	if (!srtt)
		timeout = WEFT_TLP_INITIAL_US;
	else if (one_segment)
		timeout += max_ack_delay;
	return min_t(u64, timeout, rto);
}

/**
 * weft_tlp_sent() - a probe was sent (section 7.3)
 * @rack: state
 * @nxt: next number to be sent, now that it was
 * @resent: it was the last segment again, and not new data
 */
void weft_tlp_sent(struct weft_rack *rack, u32 nxt, bool resent)
{
	rack->tlp_out = true;
	rack->tlp_end = nxt;
	rack->tlp_resent = resent;
}

/**
 * weft_tlp_acked() - has a probe repaired a loss? (section 7.4.2)
 * @rack: state; tlp_out is cleared when that is known
 * @ack: acknowledgment number
 * @dsack: it came with a duplicate report of the probe: the probe was needless
 * @pure_dupack: it acknowledges nothing new, and brings no report, data or window: the
 *	same, of a peer that does not report
 *
 * Return: true if so: a single loss that nothing else shows, to be answered by
 * congestion control.
 */
bool weft_tlp_acked(struct weft_rack *rack, u32 ack, bool dsack, bool pure_dupack)
{
	if (!rack->tlp_out || weft_seq_before(ack, rack->tlp_end))
		return false;
	if (!rack->tlp_resent || dsack) {
		rack->tlp_out = false;
		return false;
	}
	if (weft_seq_after(ack, rack->tlp_end)) {
		rack->tlp_out = false;
		return true;
	}
	if (pure_dupack)
		rack->tlp_out = false;
	return false;
}
