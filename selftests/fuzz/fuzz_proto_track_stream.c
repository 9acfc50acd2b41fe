// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: any segments of both sides in any order; 8 bytes of input make one. What is
 * refused changes nothing, no state is left by a way that there is not, and numbers go
 * forward alone.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <linux/weft.h>

#include "seq.h"
#include "track_stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FLAGS	(WEFT_STREAM_SYN | WEFT_STREAM_ACK | WEFT_STREAM_FIN | WEFT_STREAM_RST)

/* Near what the side has said, or anywhere. */
static uint32_t number(const uint8_t *data, uint32_t near)
{
	uint32_t value = data[0] << 8 | data[1];

	return value & 0x8000 ? value * 0x10001 : near + value - 0x4000;
}

static struct weft_track_segment segment(const struct weft_track_stream *s,
					 const uint8_t *data, bool reply)
{
	struct weft_track_segment seg = {
		.flags = data[0] & FLAGS,
		.window = (uint32_t)data[1] << (data[2] & 31),
		.seq = number(data + 3, s->peer[reply].end),
		.ack = number(data + 5, s->peer[!reply].end),
	};

	seg.end = seg.seq + data[7] + !!(seg.flags & WEFT_STREAM_SYN) +
		  !!(seg.flags & WEFT_STREAM_FIN);
	return seg;
}

static void sound(const struct weft_track_stream *s)
{
	int i;

	if (s->state == WEFT_TRACK_STREAM_NONE || s->state > WEFT_TRACK_STREAM_MAX ||
	    s->closer > 1)
		abort();
	for (i = 0; i < 2; i++) {
		if (!s->peer[i].spoken && (s->peer[i].finished || s->peer[i].acked))
			abort();
		if (!s->picked_up && weft_seq_before(s->peer[i].max_end, s->peer[i].end))
			abort();
	}
}

static void step(struct weft_track_stream *s, const struct weft_track_segment *seg,
		 bool reply)
{
	struct weft_track_stream before = *s;
	enum weft_track_verdict verdict = weft_track_stream_step(s, seg, reply);

	if (verdict != WEFT_TRACK_STREAM_MOVES && memcmp(s, &before, sizeof(before)))
		abort();
	if (before.state == WEFT_TRACK_STREAM_CLOSED && s->state != before.state)
		abort();
	if (before.state >= WEFT_TRACK_STREAM_FIN_WAIT && s->state < before.state)
		abort();
	if (s->state == WEFT_TRACK_STREAM_ESTABLISHED && !s->picked_up &&
	    !(s->peer[0].spoken && s->peer[1].spoken))
		abort();
	weft_track_stream_sent(s, seg->seq, reply);
	sound(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weft_track_stream s = {};
	struct weft_track_segment seg;

	if (size < 8)
		return 0;
	seg = segment(&s, data, false);
	if (!weft_track_stream_begin(&s, &seg, data[0] & 0x80))
		return 0;
	for (size -= 8, data += 8; size >= 8; size -= 8, data += 8) {
		seg = segment(&s, data, data[0] & 0x80);
		step(&s, &seg, data[0] & 0x80);
	}
	return 0;
}
