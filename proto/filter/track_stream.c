// SPDX-License-Identifier: GPL-2.0
/*
 * The state of a stream. Which segments fit into the windows is found as in G. van Rooij,
 * "Real Stateful TCP Packet Filtering in IP Filter" (2001), with the windows of Weft, which
 * are not scaled. See track_stream.h.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/weft.h>
#include "seq.h"
#include "track_stream.h"
#include "window.h"

/* How far below what was sent an acknowledgment may be, whatever the window. */
#define WEFT_TRACK_ACK_SLACK	66000U

/* --- the table of states ------------------------------------------------------------- */

enum {
	EV_SYN,
	EV_SYNACK,
	EV_ACK,
	EV_ACKFIN,	/* acknowledges the other side's FIN */
	EV_FIN,
	EV_FINACK,	/* the same with one of its own */
	EV_RST,
	EV_COUNT
};

#define NO	WEFT_TRACK_STREAM_NONE		/* stands for "refused" in the table */
#define SS	WEFT_TRACK_STREAM_SYN_SENT
#define SX	WEFT_TRACK_STREAM_SYN_CROSSED
#define SR	WEFT_TRACK_STREAM_SYN_RECEIVED
#define ES	WEFT_TRACK_STREAM_ESTABLISHED
#define FW	WEFT_TRACK_STREAM_FIN_WAIT
#define CW	WEFT_TRACK_STREAM_CLOSE_WAIT
#define CG	WEFT_TRACK_STREAM_CLOSING
#define LA	WEFT_TRACK_STREAM_LAST_ACK
#define TW	WEFT_TRACK_STREAM_TIME_WAIT
#define CL	WEFT_TRACK_STREAM_CLOSED
#define PA	(WEFT_TRACK_STREAM_MAX + 1)	/* passes */
#define BE	(WEFT_TRACK_STREAM_MAX + 2)	/* begins anew */

/*
 * The state after a segment. The first half is for segments of the side that opened, from
 * FIN_WAIT to LAST_ACK for those of the closer; the second half for the other side's.
 *
 * SYN and SYN,ACK into what is open pass: its end answers with a challenge (RFC 5961, 4.2),
 * and a node that has forgotten the connection resets it then. So does an acknowledgment
 * that answers SYN (RFC 9293, 3.5.1).
 */
static const u8 weft_track_states[2][EV_COUNT][WEFT_TRACK_STREAM_MAX + 1] = {
	{
		/*		 NO  SS  SX  SR  ES  FW  CW  CG  LA  TW  CL */
		[EV_SYN]    = { NO, SS, SX, PA, PA, PA, PA, PA, PA, BE, BE },
		[EV_SYNACK] = { NO, NO, SR, SR, PA, PA, PA, PA, PA, PA, PA },
		[EV_ACK]    = { NO, NO, PA, ES, ES, FW, CW, CG, LA, TW, CL },
		[EV_ACKFIN] = { NO, NO, NO, NO, NO, NO, NO, LA, TW, TW, CL },
		[EV_FIN]    = { NO, NO, NO, FW, FW, FW, CW, CG, LA, TW, CL },
		[EV_FINACK] = { NO, NO, NO, NO, NO, NO, NO, LA, TW, TW, CL },
		[EV_RST]    = { NO, CL, CL, CL, CL, CL, CL, CL, CL, TW, CL },
	},
	{
		/*		 NO  SS  SX  SR  ES  FW  CW  CG  LA  TW  CL */
		[EV_SYN]    = { NO, SX, SX, PA, PA, PA, PA, PA, PA, BE, BE },
		[EV_SYNACK] = { NO, SR, SR, SR, PA, PA, PA, PA, PA, PA, PA },
		[EV_ACK]    = { NO, PA, PA, SR, ES, FW, CW, CG, LA, TW, CL },
		[EV_ACKFIN] = { NO, NO, NO, NO, NO, CW, CW, LA, LA, TW, CL },
		[EV_FIN]    = { NO, NO, NO, FW, FW, CG, LA, CG, LA, TW, CL },
		[EV_FINACK] = { NO, NO, NO, NO, NO, LA, LA, LA, LA, TW, CL },
		[EV_RST]    = { NO, CL, CL, CL, CL, CL, CL, CL, CL, TW, CL },
	},
};

static bool weft_track_acks_fin(const struct weft_track_peer *other,
				const struct weft_track_segment *seg)
{
	return (seg->flags & WEFT_STREAM_ACK) && other->finished &&
	       !weft_seq_before(seg->ack, other->fin);
}

static unsigned int weft_track_event(const struct weft_track_peer *other,
				     const struct weft_track_segment *seg)
{
	if (seg->flags & WEFT_STREAM_RST)
		return EV_RST;
	if (seg->flags & WEFT_STREAM_SYN)
		return seg->flags & WEFT_STREAM_ACK ? EV_SYNACK : EV_SYN;
	if (seg->flags & WEFT_STREAM_FIN)
		return weft_track_acks_fin(other, seg) ? EV_FINACK : EV_FIN;
	return weft_track_acks_fin(other, seg) ? EV_ACKFIN : EV_ACK;
}

/* Which half of the table a segment is looked for in. */
static bool weft_track_half(const struct weft_track_stream *s, bool reply)
{
	if (s->state >= FW && s->state <= LA)
		return reply != s->closer;
	return reply;
}

/* --- windows ------------------------------------------------------------------------ */

static u32 weft_track_window(const struct weft_track_segment *seg)
{
	return min_t(u32, seg->window, WEFT_WINDOW_MAX);
}

/* What a side says first. */
static void weft_track_peer_begin(struct weft_track_peer *peer,
				  const struct weft_track_segment *seg)
{
	*peer = (struct weft_track_peer) {
		.end = seg->end,
		.max_end = seg->end,
		.max_win = max_t(u32, weft_track_window(seg), 1),
		.spoken = true,
	};
}

/* Where an acknowledgment is believed, up to what the other side has sent. */
static bool weft_track_ack_fits(const struct weft_track_peer *from,
				const struct weft_track_peer *to,
				const struct weft_track_segment *seg)
{
	u32 slack = max_t(u32, from->max_win, WEFT_TRACK_ACK_SLACK);

	return !(seg->flags & WEFT_STREAM_ACK) || !to->spoken ||
	       weft_seq_between(seg->ack, to->end - slack, to->end);
}

/*
 * The four bounds: no data above what the other side may take, none below what it may still
 * wait for, no acknowledgment above what it sent, none far below.
 */
static bool weft_track_fits(const struct weft_track_peer *from,
			    const struct weft_track_peer *to,
			    const struct weft_track_segment *seg)
{
	/* Not by a difference of both bounds: that may be half of the circle. */
	if (weft_seq_before(seg->end, from->end) && from->end - seg->end > to->max_win)
		return false;
	return !weft_seq_after(seg->seq, from->max_end) &&
	       weft_track_ack_fits(from, to, seg);
}

/* What answers SYN acknowledges it, or the connection would not open. */
static bool weft_track_answers(const struct weft_track_peer *to,
			       const struct weft_track_segment *seg)
{
	return (seg->flags & WEFT_STREAM_ACK) && seg->ack == to->end;
}

/*
 * The receiver believes RST with the number that it expects next (RFC 5961, 3.2), which is
 * one from what it acknowledged to what it was sent.
 */
static bool weft_track_resets(const struct weft_track_peer *from,
			      const struct weft_track_peer *to,
			      const struct weft_track_segment *seg)
{
	return weft_seq_between(seg->seq, to->acked ? to->max_ack : from->end, from->end);
}

static void weft_track_learn(struct weft_track_peer *from, struct weft_track_peer *to,
			     const struct weft_track_segment *seg)
{
	u32 window = weft_track_window(seg);

	from->end = weft_seq_max(from->end, seg->end);
	from->max_end = weft_seq_max(from->max_end, from->end);
	from->max_win = max(from->max_win, window);
	if (seg->flags & WEFT_STREAM_FIN) {
		from->fin = from->finished ? weft_seq_max(from->fin, seg->end) : seg->end;
		from->finished = true;
	}
	/* RST says nothing of its sender's window. */
	if (!(seg->flags & WEFT_STREAM_ACK) || (seg->flags & WEFT_STREAM_RST))
		return;
	from->max_ack = from->acked ? weft_seq_max(from->max_ack, seg->ack) : seg->ack;
	from->acked = true;
	/* One more, for probes of a window of zero. */
	if (to->spoken)
		to->max_end = weft_seq_max(to->max_end, seg->ack + max_t(u32, window, 1));
}

/* --- one segment ---------------------------------------------------------------------- */

/**
 * weft_track_stream_begin() - the first segment that was seen of a stream
 * @s: the stream; filled in
 * @seg: the segment
 * @loose: take one whose beginning was not seen
 *
 * Context: any.
 * Return: false if no stream begins so.
 */
bool weft_track_stream_begin(struct weft_track_stream *s,
			     const struct weft_track_segment *seg, bool loose)
{
	memset(s, 0, sizeof(*s));
	weft_track_peer_begin(&s->peer[0], seg);
	switch (weft_track_event(&s->peer[1], seg)) {
	case EV_SYN:
		s->state = SS;
		return true;
	case EV_ACK:
		s->state = ES;
		s->picked_up = true;
		weft_track_learn(&s->peer[0], &s->peer[1], seg);
		return loose;
	}
	return false;
}

/* A side speaks first, or SYN is sent again from another number before it is answered. */
static void weft_track_hear(struct weft_track_stream *s,
			    const struct weft_track_segment *seg, bool reply)
{
	struct weft_track_peer *from = &s->peer[reply];

	if (!from->spoken || (!reply && s->state == SS && seg->flags & WEFT_STREAM_SYN))
		weft_track_peer_begin(from, seg);
}

static enum weft_track_verdict weft_track_rst(const struct weft_track_stream *s,
					      const struct weft_track_segment *seg,
					      bool reply)
{
	const struct weft_track_peer *from = &s->peer[reply], *to = &s->peer[!reply];

	if (s->picked_up)
		return WEFT_TRACK_STREAM_MOVES;
	/* Nothing is known of the sender's numbers but that it answers SYN, or does not. */
	if (s->state == SS && reply)
		return weft_track_answers(to, seg) ? WEFT_TRACK_STREAM_MOVES :
						     WEFT_TRACK_STREAM_REFUSED;
	if (s->state == SS)
		return seg->seq == from->end ? WEFT_TRACK_STREAM_MOVES :
					       WEFT_TRACK_STREAM_PASSES;
	if (!weft_track_fits(from, to, seg))
		return WEFT_TRACK_STREAM_REFUSED;
	/* Else it is answered with a challenge. */
	return weft_track_resets(from, to, seg) ? WEFT_TRACK_STREAM_MOVES :
						  WEFT_TRACK_STREAM_PASSES;
}

static enum weft_track_verdict weft_track_other(struct weft_track_stream *s,
						const struct weft_track_segment *seg,
						bool reply)
{
	const struct weft_track_peer *to = &s->peer[!reply];

	if ((seg->flags & WEFT_STREAM_SYN) && (seg->flags & WEFT_STREAM_ACK) &&
	    s->state == SS && !weft_track_answers(to, seg))
		return WEFT_TRACK_STREAM_REFUSED;
	weft_track_hear(s, seg, reply);
	if (s->picked_up || weft_track_fits(&s->peer[reply], to, seg))
		return WEFT_TRACK_STREAM_MOVES;
	return WEFT_TRACK_STREAM_REFUSED;
}

static void weft_track_move(struct weft_track_stream *s, u8 next, bool reply)
{
	if (s->state < FW && next == FW)
		s->closer = reply;
	/* Of two that close at once, the one whose FIN is acknowledged first. */
	if (s->state == CG && next == LA)
		s->closer = !reply;
	s->state = next;
}

/**
 * weft_track_stream_step() - one more segment
 * @s: the stream, begun
 * @seg: the segment
 * @reply: it comes from the side that did not open
 *
 * Context: whatever protects @s.
 * Return: what the segment is. @s changes only with WEFT_TRACK_STREAM_MOVES.
 */
enum weft_track_verdict weft_track_stream_step(struct weft_track_stream *s,
					       const struct weft_track_segment *seg,
					       bool reply)
{
	struct weft_track_peer *from = &s->peer[reply], *to = &s->peer[!reply];
	unsigned int event = weft_track_event(to, seg);
	u8 next = weft_track_states[weft_track_half(s, reply)][event][s->state];
	struct weft_track_stream before = *s;
	enum weft_track_verdict verdict;

	if (next == NO)
		return WEFT_TRACK_STREAM_REFUSED;
	if (next == PA)
		return WEFT_TRACK_STREAM_PASSES;
	if (next == BE)
		return WEFT_TRACK_STREAM_BEGINS;
	verdict = event == EV_RST ? weft_track_rst(s, seg, reply) :
				    weft_track_other(s, seg, reply);
	if (verdict != WEFT_TRACK_STREAM_MOVES) {
		*s = before;
		return verdict;
	}
	if (event != EV_RST)
		weft_track_learn(from, to, seg);
	weft_track_move(s, next, reply);
	return verdict;
}

/**
 * weft_track_stream_sent() - may one side have sent a segment that an error quotes?
 * @s: the stream
 * @seq: the sequence number of the segment
 * @reply: it came from the side that did not open
 *
 * Context: whatever protects @s.
 * Return: false if it is none of what may be on its way (RFC 5927, section 4.1).
 */
bool weft_track_stream_sent(const struct weft_track_stream *s, u32 seq, bool reply)
{
	const struct weft_track_peer *from = &s->peer[reply], *to = &s->peer[!reply];
	u32 slack = max_t(u32, to->max_win, WEFT_TRACK_ACK_SLACK);

	return s->picked_up ||
	       (from->spoken && weft_seq_between(seq, from->end - slack, from->end));
}
