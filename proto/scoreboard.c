// SPDX-License-Identifier: GPL-2.0
/* What was sent and is not yet acknowledged. See scoreboard.h. */
#include <linux/limits.h>
#include <linux/list_sort.h>
#include <linux/minmax.h>
#include "scoreboard.h"

static u32 weft_seg_len(const struct weft_seg *seg)
{
	return seg->end - seg->seq;
}

/* Is it to be sent again? Then it is in lost_tree. */
static bool weft_seg_waits(const struct weft_seg *seg)
{
	return (seg->flags & (WEFT_SEG_LOST | WEFT_SEG_RESENT)) == WEFT_SEG_LOST;
}

static struct weft_seg *weft_seg_of(struct rb_node *node)
{
	return rb_entry_safe(node, struct weft_seg, node);
}

/* Puts @node right behind @before. */
static void weft_tree_insert_behind(struct rb_root *tree, struct rb_node *before,
				    struct rb_node *node)
{
	struct rb_node *parent = before;

	if (!before->rb_right) {
		rb_link_node(node, parent, &parent->rb_right);
	} else {
		parent = rb_next(before);
		rb_link_node(node, parent, &parent->rb_left);
	}
	rb_insert_color(node, tree);
}

/* --- what is in flight, and what is lost ---------------------------------------- */

static void weft_lost_insert(struct weft_scoreboard *sb, struct weft_seg *seg)
{
	struct rb_node **link = &sb->lost_tree.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		if (weft_seq_before(seg->seq, rb_entry(parent, struct weft_seg, lost)->seq))
			link = &parent->rb_left;
		else
			link = &parent->rb_right;
	}
	rb_link_node(&seg->lost, parent, link);
	rb_insert_color(&seg->lost, &sb->lost_tree);
}

/* Takes it from what is in flight or lost. */
static void weft_seg_detach(struct weft_scoreboard *sb, struct weft_seg *seg)
{
	if (seg->flags & WEFT_SEG_SACKED)
		return;
	if (weft_seg_waits(seg))
		rb_erase(&seg->lost, &sb->lost_tree);
	else
		list_del(&seg->sent);
}

/* The first @len numbers of @seg count no more by its flags. */
static void weft_seg_discount(struct weft_scoreboard *sb, const struct weft_seg *seg,
			      u32 len)
{
	if (seg->flags & WEFT_SEG_SACKED)
		sb->sacked -= len;
	if (seg->flags & WEFT_SEG_LOST)
		sb->lost -= len;
	if (seg->flags & WEFT_SEG_RESENT)
		sb->resent -= len;
}

/* Takes @seg's numbers below @seq off it. */
static void weft_seg_trim(struct weft_scoreboard *sb, struct weft_seg *seg, u32 seq)
{
	weft_seg_discount(sb, seg, seq - seg->seq);
	seg->seq = seq;
	seg->flags &= ~WEFT_SEG_SYN;
}

/* --- what arrived ------------------------------------------------------------------ */

/* Before the first change: up to where had something arrived? */
static void weft_delivery_begin(const struct weft_scoreboard *sb,
				struct weft_delivery *d)
{
	if (d->begun)
		return;
	d->begun = true;
	d->fack = sb->sacked ? sb->high_sacked : sb->first->seq;
}

/* The numbers of @seg below @end arrived, of which that was not known. */
static void weft_delivery_add(struct weft_delivery *d, const struct weft_seg *seg, u32 end)
{
	bool lost = seg->flags & WEFT_SEG_LOST;

	d->newly += end - seg->seq;
	d->spurious |= lost;
	if (!d->sent_us || weft_sent_after(seg->sent_us, end, d->sent_us, d->end)) {
		d->sent_us = seg->sent_us;
		d->end = end;
		d->resent = seg->flags & WEFT_SEG_EVER_RESENT;
	}
	if (seg->flags & WEFT_SEG_EVER_RESENT)
		return;
	d->original |= lost;
	d->reordered |= weft_seq_before(end, d->fack);
	if (!d->first_us || seg->sent_us < d->first_us)
		d->first_us = seg->sent_us;
	if (!d->last_us || weft_sent_after(seg->sent_us, end, d->last_us, d->last_end)) {
		d->last_us = seg->sent_us;
		d->last_end = end;
	}
}

/* --- what was reported --------------------------------------------------------------- */

/* @seg joins @before, its neighbour; both are _SACKED. */
static void weft_seg_join(struct weft_scoreboard *sb, struct weft_seg *before,
			  struct weft_seg *seg)
{
	before->end = seg->end;
	before->tries = max(before->tries, seg->tries);
	before->flags |= seg->flags;
	if (sb->last == seg)
		sb->last = before;
	rb_erase(&seg->node, &sb->tree);
	sb->records--;
	sb->free(seg);
}

static bool weft_seg_sacked(const struct weft_seg *seg)
{
	return seg && seg->flags & WEFT_SEG_SACKED;
}

/* All of @seg was reported. Return: the record in which it is now. */
static struct weft_seg *weft_seg_report(struct weft_scoreboard *sb, struct weft_seg *seg)
{
	struct weft_seg *before = weft_seg_of(rb_prev(&seg->node));
	struct weft_seg *next = weft_seg_of(rb_next(&seg->node));

	weft_seg_discount(sb, seg, weft_seg_len(seg));
	weft_seg_detach(sb, seg);
	seg->flags &= ~(WEFT_SEG_LOST | WEFT_SEG_RESENT);
	seg->flags |= WEFT_SEG_SACKED;
	if (weft_seg_sacked(next))
		weft_seg_join(sb, seg, next);
	if (weft_seg_sacked(before)) {
		weft_seg_join(sb, before, seg);
		seg = before;
	}
	return seg;
}

/*
 * What of @seg @block covers, as offsets: whole segments alone. Return: false if there
 * is none.
 */
static bool weft_seg_covered(const struct weft_seg *seg, struct weft_range block,
			     u32 *from, u32 *to)
{
	u32 len = weft_seg_len(seg);

	*from = weft_seq_max(block.seq, seg->seq) - seg->seq;
	*to = weft_seq_min(block.end, seg->end) - seg->seq;
	if (seg->mss && *from && *from % seg->mss)
		*from += seg->mss - *from % seg->mss;
	if (seg->mss && *to < len)
		*to -= *to % seg->mss;
	return *from < *to;
}

/*
 * @block was reported; it may cover a part of @seg, which was not. Return: the last
 * record that was looked at.
 */
static struct weft_seg *weft_seg_report_part(struct weft_scoreboard *sb,
					     struct weft_seg *seg,
					     struct weft_range block,
					     struct weft_delivery *d)
{
	struct weft_seg *before;
	u32 from, to;

	if (!weft_seg_covered(seg, block, &from, &to))
		return seg;
	if (from) {
		if (!weft_scoreboard_cut(sb, seg, from))
			return seg;
		seg = weft_seg_of(rb_next(&seg->node));
		to -= from;
	}
	before = weft_seg_of(rb_prev(&seg->node));
	if (to < weft_seg_len(seg) && weft_seg_sacked(before)) {
		/* The run before it grows: no record is made. */
		before->end += to;
		before->tries = max(before->tries, seg->tries);
		before->flags |= seg->flags & WEFT_SEG_EVER_RESENT;
	} else if (to < weft_seg_len(seg) && !weft_scoreboard_cut(sb, seg, to)) {
		return seg;
	}
	to += seg->seq;
	weft_delivery_add(d, seg, to);
	d->sacked += to - seg->seq;
	sb->sacked += to - seg->seq;
	sb->high_sacked = weft_seq_max(sb->high_sacked, to);
	if (to == seg->end)
		return weft_seg_report(sb, seg);
	weft_seg_trim(sb, seg, to);
	return seg;
}

/*
 * Makes of @block, which may be anything, what of it is outstanding. Return: false if
 * nothing is.
 */
static bool weft_scoreboard_clamp(const struct weft_scoreboard *sb,
				  struct weft_range *block)
{
	u32 una;

	if (!sb->first || !weft_seq_before(block->seq, block->end))
		return false;
	una = sb->first->seq;
	if (weft_seq_before(block->seq, una)) {
		if (!weft_seq_after(block->end, una))
			return false;
		block->seq = una;
	}
	if (block->seq - una >= sb->out)
		return false;
	if (block->end - una > sb->out)
		block->end = una + sb->out;
	return true;
}

/**
 * weft_scoreboard_sack() - the peer reported a block (RFC 2018)
 * @sb: scoreboard
 * @block: as it came; only what is outstanding counts
 * @d: what it tells is added; see weft_scoreboard_ack()
 *
 * Records at the block's edges are cut. Without memory for that, and where an edge is
 * within a segment, what is covered in part is not marked. What is marked is neither
 * lost nor in flight any more. Takes the time of a search and of the records that
 * were not marked before.
 */
void weft_scoreboard_sack(struct weft_scoreboard *sb, struct weft_range block,
			  struct weft_delivery *d)
{
	struct weft_seg *seg;

	if (!weft_scoreboard_clamp(sb, &block))
		return;
	weft_delivery_begin(sb, d);
	if (!sb->sacked)
		sb->high_sacked = block.seq;
	seg = weft_scoreboard_find(sb, block.seq);
	while (seg && weft_seq_before(seg->seq, block.end)) {
		if (!weft_seg_sacked(seg))
			seg = weft_seg_report_part(sb, seg, block, d);
		seg = weft_seg_of(rb_next(&seg->node));
	}
}

/* --- all else ------------------------------------------------------------------------- */

/**
 * weft_scoreboard_init() - nothing was sent
 * @sb: filled in
 * @alloc: makes a record, its contents do not matter; NULL without memory. Called by
 *	weft_scoreboard_sack() and weft_scoreboard_cut()
 * @free: frees a record
 */
void weft_scoreboard_init(struct weft_scoreboard *sb,
			  struct weft_seg *(*alloc)(void),
			  void (*free)(struct weft_seg *seg))
{
	*sb = (struct weft_scoreboard) { .alloc = alloc, .free = free };
	INIT_LIST_HEAD(&sb->sent);
}

/* Frees the first record. */
static void weft_scoreboard_drop_first(struct weft_scoreboard *sb)
{
	struct weft_seg *seg = sb->first;

	sb->first = weft_seg_of(rb_next(&seg->node));
	if (!sb->first)
		sb->last = NULL;
	weft_seg_detach(sb, seg);
	rb_erase(&seg->node, &sb->tree);
	sb->records--;
	sb->free(seg);
}

/**
 * weft_scoreboard_purge() - free all records
 * @sb: scoreboard; empty then
 */
void weft_scoreboard_purge(struct weft_scoreboard *sb)
{
	while (sb->first)
		weft_scoreboard_drop_first(sb);
	weft_scoreboard_init(sb, sb->alloc, sb->free);
}

/**
 * weft_scoreboard_add() - a segment was sent for the first time
 * @sb: scoreboard, which owns @seg now
 * @seg: its seq, which is the end of the last one, its end, which is above that, its
 *	mss and, of its flags, _SYN and _FIN are set
 * @now: microseconds, not less than ever before
 */
void weft_scoreboard_add(struct weft_scoreboard *sb, struct weft_seg *seg, u64 now)
{
	struct rb_node *last = sb->last ? &sb->last->node : NULL;

	seg->sent_us = now;
	seg->tries = 1;
	seg->flags &= WEFT_SEG_SYN | WEFT_SEG_FIN;
	rb_link_node(&seg->node, last, last ? &last->rb_right : &sb->tree.rb_node);
	rb_insert_color(&seg->node, &sb->tree);
	list_add_tail(&seg->sent, &sb->sent);
	if (!sb->first)
		sb->first = seg;
	sb->last = seg;
	sb->records++;
	sb->out += weft_seg_len(seg);
}

/**
 * weft_scoreboard_ack() - all below a number is acknowledged
 * @sb: scoreboard
 * @una: the first that is not
 * @d: what it tells is added. The caller zeroes it for each segment that comes, and
 *	calls this first, then weft_scoreboard_sack() for each block
 *
 * Records that end there or before are freed; of one that goes on, the rest stays. The
 * part before counts as a segment of its own in @d.
 */
void weft_scoreboard_ack(struct weft_scoreboard *sb, u32 una, struct weft_delivery *d)
{
	struct weft_seg *seg;
	u32 end;

	while ((seg = sb->first) && weft_seq_before(seg->seq, una)) {
		end = weft_seq_min(seg->end, una);
		weft_delivery_begin(sb, d);
		if (!weft_seg_sacked(seg))
			weft_delivery_add(d, seg, end);
		d->acked += end - seg->seq;
		sb->out -= end - seg->seq;
		if (end != seg->end) {
			weft_seg_trim(sb, seg, end);
			break;
		}
		weft_seg_discount(sb, seg, weft_seg_len(seg));
		weft_scoreboard_drop_first(sb);
	}
}

/**
 * weft_scoreboard_mark_lost() - a segment is thought lost
 * @sb: scoreboard
 * @seg: one of its records; nothing happens if it was reported or waits already
 *
 * It is in flight no more and waits to be sent again, also if it was before.
 */
void weft_scoreboard_mark_lost(struct weft_scoreboard *sb, struct weft_seg *seg)
{
	if (weft_seg_sacked(seg) || weft_seg_waits(seg))
		return;
	if (seg->flags & WEFT_SEG_RESENT)
		sb->resent -= weft_seg_len(seg);
	else
		sb->lost += weft_seg_len(seg);
	list_del(&seg->sent);
	seg->flags &= ~WEFT_SEG_RESENT;
	seg->flags |= WEFT_SEG_LOST;
	weft_lost_insert(sb, seg);
}

/**
 * weft_scoreboard_mark_all_lost() - the retransmission timeout expired
 * @sb: scoreboard
 * @renege: forget what was reported: the peer no longer has it (RFC 2018, section 8)
 *
 * All that was not reported is lost, what was sent again as well (RFC 6675, 5.1).
 */
void weft_scoreboard_mark_all_lost(struct weft_scoreboard *sb, bool renege)
{
	struct weft_seg *seg;

	for (seg = sb->first; seg; seg = weft_seg_of(rb_next(&seg->node))) {
		if (!weft_seg_sacked(seg)) {
			weft_scoreboard_mark_lost(sb, seg);
		} else if (renege) {
			seg->flags &= ~WEFT_SEG_SACKED;
			seg->flags |= WEFT_SEG_LOST;
			sb->sacked -= weft_seg_len(seg);
			sb->lost += weft_seg_len(seg);
			weft_lost_insert(sb, seg);
		}
	}
}

static int weft_seg_compare(void *priv __always_unused, const struct list_head *a,
			    const struct list_head *b)
{
	const struct weft_seg *x = list_entry(a, struct weft_seg, sent);
	const struct weft_seg *y = list_entry(b, struct weft_seg, sent);

	return weft_sent_after(x->sent_us, x->end, y->sent_us, y->end);
}

/**
 * weft_scoreboard_unmark_lost() - the timeout, or the loss, was spurious
 * @sb: scoreboard
 *
 * What is lost and was not sent again is in flight again.
 *
 * Return: how many sequence numbers that are.
 */
unsigned int weft_scoreboard_unmark_lost(struct weft_scoreboard *sb)
{
	unsigned int len = sb->lost - sb->resent;
	struct weft_seg *seg;

	while ((seg = weft_scoreboard_next_lost(sb))) {
		rb_erase(&seg->lost, &sb->lost_tree);
		list_add_tail(&seg->sent, &sb->sent);
		seg->flags &= ~WEFT_SEG_LOST;
	}
	sb->lost -= len;
	if (len)
		list_sort(NULL, &sb->sent, weft_seg_compare);
	return len;
}

/**
 * weft_scoreboard_first() - the segment with the lowest sequence number
 * @sb: scoreboard
 *
 * Return: it, until the next acknowledgment or report; NULL if there is none.
 */
struct weft_seg *weft_scoreboard_first(const struct weft_scoreboard *sb)
{
	return sb->first;
}

/**
 * weft_scoreboard_last() - the segment with the highest sequence number
 * @sb: scoreboard
 *
 * Return: as weft_scoreboard_first().
 */
struct weft_seg *weft_scoreboard_last(const struct weft_scoreboard *sb)
{
	return sb->last;
}

/**
 * weft_scoreboard_find() - the segment that has a sequence number
 * @sb: scoreboard
 * @seq: the number
 *
 * Return: as weft_scoreboard_first(); NULL if the number is not outstanding.
 */
struct weft_seg *weft_scoreboard_find(const struct weft_scoreboard *sb, u32 seq)
{
	struct rb_node *node = sb->tree.rb_node;
	struct weft_seg *seg;

	while (node) {
		seg = weft_seg_of(node);
		if (weft_seq_before(seq, seg->seq))
			node = node->rb_left;
		else if (!weft_seq_before(seq, seg->end))
			node = node->rb_right;
		else
			return seg;
	}
	return NULL;
}

/**
 * weft_scoreboard_next_lost() - what to send again first
 * @sb: scoreboard
 *
 * Return: the first by sequence number that is lost and was not sent again, as
 * weft_scoreboard_first().
 */
struct weft_seg *weft_scoreboard_next_lost(const struct weft_scoreboard *sb)
{
	return rb_entry_safe(rb_first(&sb->lost_tree), struct weft_seg, lost);
}

/**
 * weft_scoreboard_cut() - make two records of one
 * @sb: scoreboard
 * @seg: the record; keeps the first part
 * @len: sequence numbers of the first part, more than 0 and less than it has
 *
 * The second part comes right behind it, in sequence and in the order of sending.
 *
 * Return: false without memory.
 */
bool weft_scoreboard_cut(struct weft_scoreboard *sb, struct weft_seg *seg, u32 len)
{
	struct weft_seg *rest = sb->alloc();

	if (!rest)
		return false;
	rest->seq = seg->seq + len;
	rest->end = seg->end;
	rest->sent_us = seg->sent_us;
	rest->tries = seg->tries;
	rest->mss = seg->mss;
	rest->flags = seg->flags & ~WEFT_SEG_SYN;
	seg->end = rest->seq;
	seg->flags &= ~WEFT_SEG_FIN;
	weft_tree_insert_behind(&sb->tree, &seg->node, &rest->node);
	sb->records++;
	if (sb->last == seg)
		sb->last = rest;
	if (weft_seg_waits(seg))
		weft_tree_insert_behind(&sb->lost_tree, &seg->lost, &rest->lost);
	else if (!weft_seg_sacked(seg))
		list_add(&rest->sent, &seg->sent);
	return true;
}

/**
 * weft_scoreboard_resent() - a segment was sent again
 * @sb: scoreboard
 * @seg: one of its records that was not reported; its mss is the present one
 * @now: microseconds, not less than ever before
 *
 * One that is not lost, as a tail loss probe may send, is in flight as before, but as
 * sent now.
 */
void weft_scoreboard_resent(struct weft_scoreboard *sb, struct weft_seg *seg, u64 now)
{
	weft_seg_detach(sb, seg);
	if (weft_seg_waits(seg)) {
		seg->flags |= WEFT_SEG_RESENT;
		sb->resent += weft_seg_len(seg);
	}
	list_add_tail(&seg->sent, &sb->sent);
	seg->flags |= WEFT_SEG_EVER_RESENT;
	seg->sent_us = now;
	if (seg->tries < U16_MAX)
		seg->tries++;
}
