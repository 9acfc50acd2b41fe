// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: segments come, are taken and given up in any order; 4 bytes of input make a step.
 * Pieces stay in order, none within another, and what is told waits.
 */
#include <stdint.h>
#include <stdlib.h>

#include "reorder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BASE	0xffffff00U
#define SPACE	4096

static void drop(struct weft_reorder *r, struct weft_piece *piece)
{
	(void)r;
	free(piece);
}

/* Marks what waits. */
static void fill(const struct weft_reorder *r, uint8_t *waits)
{
	struct weft_piece *piece, *prev = NULL;
	struct rb_node *node;
	uint32_t at;

	for (node = rb_first(&r->tree); node; node = rb_next(node)) {
		piece = rb_entry(node, struct weft_piece, node);
		if (prev && (!weft_seq_before(prev->seq, piece->seq) ||
			     !weft_seq_before(prev->end, piece->end)))
			abort();
		for (at = piece->seq; at != piece->end; at++)
			waits[at - BASE] = 1;
		prev = piece;
	}
	if (r->last != prev)
		abort();
}

static void sound(const struct weft_reorder *r)
{
	uint8_t waits[SPACE] = { 0 };
	unsigned int i;
	uint32_t at;

	fill(r, waits);
	if (r->n_sacks > WEFT_SACK_MAX)
		abort();
	for (i = 0; i < r->n_sacks; i++) {
		if (!weft_seq_before(r->sack[i].seq, r->sack[i].end))
			abort();
		for (at = r->sack[i].seq; at != r->sack[i].end; at++)
			if (at - BASE >= SPACE || !waits[at - BASE])
				abort();
	}
}

static void come(struct weft_reorder *r, uint32_t seq, uint32_t end)
{
	struct weft_piece *piece = malloc(sizeof(*piece));

	piece->seq = seq;
	piece->end = end;
	if (weft_reorder_add(r, piece)) {
		if (r->sack[0].seq - BASE > seq - BASE || r->sack[0].end - BASE < end - BASE)
			abort();
		return;
	}
	free(piece);
	weft_reorder_dsack(r, seq, end);
}

static uint32_t taken(struct weft_reorder *r, uint32_t next)
{
	struct weft_piece *piece = weft_reorder_take(r, next);

	while (piece) {
		if (weft_seq_after(piece->seq, next))
			abort();
		next = weft_seq_max(next, piece->end);
		free(piece);
		piece = weft_reorder_take(r, next);
	}
	weft_reorder_advance(r, next);
	return next;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct weft_range sack[WEFT_SACK_MAX];
	uint32_t seq, next = BASE;
	struct weft_reorder r;

	weft_reorder_init(&r, drop);
	for (; size >= 4; size -= 4, data += 4) {
		seq = BASE + ((data[1] << 8 | data[2]) & 0x7ff);
		switch (data[0] & 7) {
		case 0:
			if (weft_seq_after(seq, next))
				next = taken(&r, seq);
			break;
		case 1:
			free(weft_reorder_take_last(&r));
			break;
		case 2:
			if (weft_reorder_sacks(&r, sack) > WEFT_SACK_MAX)
				abort();
			break;
		default:
			if (weft_seq_after(seq, next))
				come(&r, seq, seq + data[3]);
			else
				weft_reorder_dsack(&r, seq, seq + 1);
		}
		sound(&r);
	}
	while (!weft_reorder_empty(&r))
		free(weft_reorder_take_last(&r));
	if (r.n_sacks)
		abort();
	return 0;
}
