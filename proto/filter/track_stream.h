/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of a stream as somebody on its way sees it: what each side has said, which
 * segments can belong to it, and how far it has come. Pure.
 */
#ifndef WEFT_TRACK_STREAM_H
#define WEFT_TRACK_STREAM_H

#include <linux/types.h>
#include <linux/weft_track.h>

/**
 * struct weft_track_segment - what a segment says, host byte order
 * @seq: its first sequence number
 * @end: the one behind its last, SYN and FIN counted
 * @ack: with WEFT_STREAM_ACK
 * @window: from @ack on
 * @flags: WEFT_STREAM_*
 */
struct weft_track_segment {
	u32	seq;
	u32	end;
	u32	ack;
	u32	window;
	u8	flags;
};

/**
 * struct weft_track_peer - what one side has said
 * @end: behind the last number that it sent
 * @max_end: behind the last one that it may send
 * @max_win: the largest window that it offered
 * @max_ack: the highest number that it acknowledged, with @acked
 * @fin: behind its FIN, with @finished
 * @spoken: it has said something
 * @acked: it has acknowledged something
 * @finished: it has sent FIN
 */
struct weft_track_peer {
	u32	end;
	u32	max_end;
	u32	max_win;
	u32	max_ack;
	u32	fin;
	bool	spoken;
	bool	acked;
	bool	finished;
};

/**
 * struct weft_track_stream - a stream
 * @peer: who sent the first segment, and the other side
 * @state: WEFT_TRACK_STREAM_*
 * @closer: from FIN_WAIT to LAST_ACK: whose FIN is acknowledged first
 * @picked_up: its beginning was not seen: nothing is known of its windows
 */
struct weft_track_stream {
	struct weft_track_peer	peer[2];
	u8			state;
	u8			closer;
	bool			picked_up;
};

/**
 * enum weft_track_verdict - what a segment is to its stream
 * @WEFT_TRACK_STREAM_MOVES: part of it; the state is that after it
 * @WEFT_TRACK_STREAM_PASSES: it changes nothing, but who gets it may have to answer
 * @WEFT_TRACK_STREAM_REFUSED: no part of it
 * @WEFT_TRACK_STREAM_BEGINS: the first one of the next stream between these ends
 */
enum weft_track_verdict {
	WEFT_TRACK_STREAM_MOVES,
	WEFT_TRACK_STREAM_PASSES,
	WEFT_TRACK_STREAM_REFUSED,
	WEFT_TRACK_STREAM_BEGINS,
};

bool weft_track_stream_begin(struct weft_track_stream *s,
			     const struct weft_track_segment *seg, bool loose);
enum weft_track_verdict weft_track_stream_step(struct weft_track_stream *s,
					       const struct weft_track_segment *seg,
					       bool reply);
bool weft_track_stream_sent(const struct weft_track_stream *s, u32 seq, bool reply);

#endif /* WEFT_TRACK_STREAM_H */
