// SPDX-License-Identifier: GPL-2.0
/*
 * What came out of order. See reorder.h.
 *
 * No piece is within another, so that their ends are in the order of their beginnings.
 * Of the pieces that begin at or before a number, the last one reaches farthest.
 */
#include "reorder.h"

/* Pieces that are looked at, each way, for the ends of a run that is in no block. */
#define WEFT_REORDER_WALK	32

static struct weft_piece *weft_piece(struct rb_node *node)
{
	return rb_entry_safe(node, struct weft_piece, node);
}

/**
 * weft_reorder_init() - nothing waits
 * @r: the pieces
 * @drop: frees a piece that another one contains; called within weft_reorder_add()
 */
void weft_reorder_init(struct weft_reorder *r,
		       void (*drop)(struct weft_reorder *r, struct weft_piece *piece))
{
	*r = (struct weft_reorder) { .tree = RB_ROOT, .drop = drop };
}

static void weft_reorder_erase(struct weft_reorder *r, struct weft_piece *piece)
{
	if (piece == r->last)
		r->last = weft_piece(rb_prev(&piece->node));
	rb_erase(&piece->node, &r->tree);
}

/* The last piece that begins at or before @seq. */
static struct weft_piece *weft_reorder_at(const struct weft_reorder *r, u32 seq)
{
	struct rb_node *node = r->tree.rb_node;
	struct weft_piece *found = NULL;

	while (node) {
		if (weft_seq_after(weft_piece(node)->seq, seq)) {
			node = node->rb_left;
		} else {
			found = weft_piece(node);
			node = node->rb_right;
		}
	}
	return found;
}

/* --- runs -------------------------------------------------------------------------- */

/* Moves the blocks that touch @run into it. */
static void weft_reorder_absorb(struct weft_reorder *r, struct weft_range *run)
{
	unsigned int i, n;

	for (i = 0, n = 0; i < r->n_sacks; i++) {
		if (weft_seq_after(r->sack[i].seq, run->end) ||
		    weft_seq_before(r->sack[i].end, run->seq)) {
			r->sack[n++] = r->sack[i];
			continue;
		}
		run->seq = weft_seq_min(run->seq, r->sack[i].seq);
		run->end = weft_seq_max(run->end, r->sack[i].end);
	}
	r->n_sacks = n;
}

/*
 * Extends @run by the pieces next to it. There are some only if they are of a run that
 * had no room among the blocks. Very long ones may be told in part: a peer that makes
 * many must not cost the time of walking along them for each of its segments.
 */
static void weft_reorder_extend(const struct weft_reorder *r, struct weft_range *run)
{
	struct weft_piece *piece = weft_reorder_at(r, run->seq);
	int left;

	for (left = WEFT_REORDER_WALK;
	     left && piece && !weft_seq_before(piece->end, run->seq); left--) {
		run->seq = piece->seq;
		piece = weft_piece(rb_prev(&piece->node));
	}
	piece = weft_reorder_at(r, run->end);
	for (left = WEFT_REORDER_WALK;
	     left && piece && !weft_seq_after(piece->seq, run->end); left--) {
		run->end = weft_seq_max(run->end, piece->end);
		piece = weft_piece(rb_next(&piece->node));
	}
}

/* The run that @piece is of becomes the first block. The last one may have to go. */
static void weft_reorder_tell(struct weft_reorder *r, const struct weft_piece *piece)
{
	struct weft_range run = { piece->seq, piece->end };
	unsigned int i;

	weft_reorder_absorb(r, &run);
	weft_reorder_extend(r, &run);
	/* If only parts of a very long run are told. */
	weft_reorder_absorb(r, &run);
	if (r->n_sacks < WEFT_SACK_MAX)
		r->n_sacks++;
	for (i = r->n_sacks - 1; i > 0; i--)
		r->sack[i] = r->sack[i - 1];
	r->sack[0] = run;
}

/* --- duplicates -------------------------------------------------------------------- */

/* Lengthens @dup, empty if nothing came twice so far, unless there is a gap between. */
static void weft_dup_add(struct weft_range *dup, u32 seq, u32 end)
{
	if (dup->seq == dup->end)
		*dup = (struct weft_range) { seq, end };
	else if (!weft_seq_after(seq, dup->end))
		dup->end = weft_seq_max(dup->end, end);
}

static void weft_dsack_set(struct weft_reorder *r, u32 seq, u32 end)
{
	if (r->has_dsack && !weft_seq_after(seq, r->dsack.end) &&
	    !weft_seq_before(end, r->dsack.seq)) {
		r->dsack.seq = weft_seq_min(r->dsack.seq, seq);
		r->dsack.end = weft_seq_max(r->dsack.end, end);
		return;
	}
	r->dsack = (struct weft_range) { seq, end };
	r->has_dsack = true;
}

/**
 * weft_reorder_dsack() - what came twice is to be told to the peer
 * @r: the pieces
 * @seq: the first number of what came twice
 * @end: one behind the last one
 *
 * Duplicates that touch are told together; of others only the newest. If they are of
 * a run that waits, that run is told next (RFC 2883, section 4).
 */
void weft_reorder_dsack(struct weft_reorder *r, u32 seq, u32 end)
{
	struct weft_piece *piece = weft_reorder_at(r, seq);

	weft_dsack_set(r, seq, end);
	if (piece && weft_seq_after(piece->end, seq))
		weft_reorder_tell(r, piece);
}

/* --- pieces ------------------------------------------------------------------------ */

/* Drops the pieces that @piece contains, and notes what came twice. @prev is before it. */
static void weft_reorder_supersede(struct weft_reorder *r, const struct weft_piece *prev,
				   struct weft_piece *piece)
{
	struct weft_range dup = { piece->seq, piece->seq };
	struct weft_piece *next;

	if (prev && weft_seq_after(prev->end, piece->seq))
		weft_dup_add(&dup, piece->seq, prev->end);
	for (;;) {
		next = weft_piece(rb_next(&piece->node));
		if (!next || !weft_seq_before(next->seq, piece->end))
			break;
		weft_dup_add(&dup, next->seq, weft_seq_min(next->end, piece->end));
		if (weft_seq_after(next->end, piece->end))
			break;
		weft_reorder_erase(r, next);
		r->drop(r, next);
	}
	if (dup.seq != dup.end)
		weft_dsack_set(r, dup.seq, dup.end);
}

/**
 * weft_reorder_add() - a segment has come out of order
 * @r: the pieces; all, and this one, lie within a window of less than 2^31
 * @piece: its sequence numbers
 *
 * Its run becomes the first SACK block. Pieces that it contains are dropped; what it has
 * in common with others is told as a duplicate. Takes O(log n) and the drops.
 *
 * Context: the socket is locked.
 * Return: false if @piece has no number, or none that is not in a piece or two beside it:
 * it was not added, and the caller frees it and calls weft_reorder_dsack().
 */
bool weft_reorder_add(struct weft_reorder *r, struct weft_piece *piece)
{
	struct rb_node **link = &r->tree.rb_node, *parent = NULL;
	struct weft_piece *prev = NULL, *next = NULL;

	while (*link) {
		parent = *link;
		if (weft_seq_before(weft_piece(parent)->seq, piece->seq)) {
			prev = weft_piece(parent);
			link = &parent->rb_right;
		} else {
			next = weft_piece(parent);
			link = &parent->rb_left;
		}
	}
	if (!weft_seq_before(piece->seq, piece->end) ||
	    (prev && !weft_seq_before(prev->end, piece->end)))
		return false;
	if (next && !weft_seq_before(next->end, piece->end) &&
	    (next->seq == piece->seq ||
	     (prev && !weft_seq_before(prev->end, next->seq))))
		return false;
	rb_link_node(&piece->node, parent, link);
	rb_insert_color(&piece->node, &r->tree);
	if (!next)
		r->last = piece;
	weft_reorder_supersede(r, prev, piece);
	weft_reorder_tell(r, piece);
	return true;
}

/**
 * weft_reorder_take() - the next piece whose turn has come
 * @r: the pieces
 * @next: the next number that is expected
 *
 * The caller trims what is before @next, which may be all of it, and calls
 * weft_reorder_advance() when it has taken all that it can.
 *
 * Context: the socket is locked.
 * Return: a piece, no longer among the others, that begins at or before @next; or NULL.
 */
struct weft_piece *weft_reorder_take(struct weft_reorder *r, u32 next)
{
	struct weft_piece *first = weft_piece(rb_first(&r->tree));

	if (!first || weft_seq_after(first->seq, next))
		return NULL;
	weft_reorder_erase(r, first);
	return first;
}

/**
 * weft_reorder_take_last() - give up the piece with the highest number
 * @r: the pieces
 *
 * It is no longer told to the peer, who must send it again.
 *
 * Context: the socket is locked.
 * Return: the piece, no longer among the others; NULL if there is none.
 */
struct weft_piece *weft_reorder_take_last(struct weft_reorder *r)
{
	struct weft_piece *piece = r->last;
	unsigned int i, n;

	if (!piece)
		return NULL;
	weft_reorder_erase(r, piece);
	for (i = 0, n = 0; i < r->n_sacks; i++) {
		if (!r->last || !weft_seq_after(r->last->end, r->sack[i].seq))
			continue;
		r->sack[n] = r->sack[i];
		r->sack[n].end = weft_seq_min(r->sack[i].end, r->last->end);
		n++;
	}
	r->n_sacks = n;
	return piece;
}

/**
 * weft_reorder_advance() - the acknowledgment has moved
 * @r: the pieces, without those that weft_reorder_take() gives for @next
 * @next: the next number that is expected
 *
 * Context: the socket is locked.
 */
void weft_reorder_advance(struct weft_reorder *r, u32 next)
{
	unsigned int i, n;

	for (i = 0, n = 0; i < r->n_sacks; i++)
		if (weft_seq_after(r->sack[i].seq, next))
			r->sack[n++] = r->sack[i];
	r->n_sacks = n;
}

/**
 * weft_reorder_sacks() - what the next acknowledgment reports
 * @r: the pieces; a duplicate is forgotten once it was told
 * @sack: filled in, room for WEFT_SACK_MAX
 *
 * While pieces wait, some are always told (RFC 2018, section 4).
 *
 * Context: the socket is locked.
 * Return: how many there are.
 */
unsigned int weft_reorder_sacks(struct weft_reorder *r, struct weft_range *sack)
{
	unsigned int i, n = 0;

	if (!r->n_sacks && r->last)
		weft_reorder_tell(r, r->last);
	if (r->has_dsack)
		sack[n++] = r->dsack;
	r->has_dsack = false;
	for (i = 0; i < r->n_sacks && n < WEFT_SACK_MAX; i++)
		sack[n++] = r->sack[i];
	return n;
}
