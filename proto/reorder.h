/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What came out of order: pieces of a stream that wait for the bytes before them, and
 * the SACK blocks that tell of them (RFC 2018, RFC 2883). Pure.
 */
#ifndef WEFT_REORDER_H
#define WEFT_REORDER_H

#include <linux/rbtree.h>
#include <linux/types.h>
#include "seq.h"
#include "stream_header.h"

/**
 * struct weft_piece - a segment that waits
 * @node: in weft_reorder.tree
 * @seq: its first sequence number
 * @end: one behind its last one
 */
struct weft_piece {
	struct rb_node	node;
	u32		seq;
	u32		end;
};

/**
 * struct weft_reorder - all that wait
 * @tree: struct weft_piece by @seq; none is within another, but two may overlap
 * @last: the one with the highest @seq, NULL if there is none
 * @sack: runs of pieces, that of the piece that came last first
 * @n_sacks: how many @sack there are
 * @dsack: what came twice; told once, as the first block
 * @has_dsack: there is one
 * @drop: frees a piece that another one contains
 */
struct weft_reorder {
	struct rb_root		tree;
	struct weft_piece	*last;
	struct weft_range	sack[WEFT_SACK_MAX];
	u8			n_sacks;
	struct weft_range	dsack;
	bool			has_dsack;
	void			(*drop)(struct weft_reorder *r, struct weft_piece *piece);
};

void weft_reorder_init(struct weft_reorder *r,
		       void (*drop)(struct weft_reorder *r, struct weft_piece *piece));
bool weft_reorder_add(struct weft_reorder *r, struct weft_piece *piece);
struct weft_piece *weft_reorder_take(struct weft_reorder *r, u32 next);
struct weft_piece *weft_reorder_take_last(struct weft_reorder *r);
void weft_reorder_advance(struct weft_reorder *r, u32 next);
void weft_reorder_dsack(struct weft_reorder *r, u32 seq, u32 end);
unsigned int weft_reorder_sacks(struct weft_reorder *r, struct weft_range *sack);

static inline bool weft_reorder_empty(const struct weft_reorder *r)
{
	return !r->last;
}

#endif /* WEFT_REORDER_H */
