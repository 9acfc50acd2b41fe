/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A model of proto/scoreboard.c: an array with an entry for each sequence number.
 * operate() does the same to a scoreboard and to its model, and compares all of both.
 */
#ifndef SCOREBOARD_MODEL_H
#define SCOREBOARD_MODEL_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/limits.h>
#include "scoreboard.h"

#define MODEL_SIZE	1024
/* At most so many are outstanding. */
#define MODEL_OUT	400

#define RESENT_BITS	(WEFT_SEG_RESENT | WEFT_SEG_EVER_RESENT)
#define LOST_BITS	(WEFT_SEG_LOST | WEFT_SEG_RESENT)

/* A sequence number: what its record has, and whether it is the first one there. */
struct number {
	u64	sent_us;
	u16	tries;
	u16	mss;
	u8	flags;
	bool	starts;
};

/* Positions count from 0 and do not wrap; the sequence number is @isn more. */
struct model {
	u32			isn;
	u64			una;
	u64			nxt;
	u64			now;
	struct number		at[MODEL_SIZE];
	struct weft_delivery	d;
	struct weft_scoreboard	sb;
	struct weft_delivery	sb_d;
};

/* So many allocations succeed; negative: all. */
static int model_budget = -1;
static long model_live;

static struct weft_seg *model_alloc(void)
{
	struct weft_seg *seg;

	if (!model_budget)
		return NULL;
	if (model_budget > 0)
		model_budget--;
	seg = malloc(sizeof(*seg));
	if (!seg)
		abort();
	memset(seg, 0xa5, sizeof(*seg));
	model_live++;
	return seg;
}

static void model_free(struct weft_seg *seg)
{
	model_live--;
	free(seg);
}

static struct number *number_at(struct model *m, u64 p)
{
	return &m->at[p % MODEL_SIZE];
}

static u32 model_seq(const struct model *m, u64 p)
{
	return m->isn + (u32)p;
}

static bool number_sacked(struct model *m, u64 p)
{
	return p >= m->una && p < m->nxt && number_at(m, p)->flags & WEFT_SEG_SACKED;
}

/* One behind the last position of the record at @p. */
static u64 model_end(struct model *m, u64 p)
{
	do
		p++;
	while (p < m->nxt && !number_at(m, p)->starts);
	return p;
}

static void model_init(struct model *m, u32 isn)
{
	memset(m, 0, sizeof(*m));
	m->isn = isn;
	m->now = 1;
	weft_scoreboard_init(&m->sb, model_alloc, model_free);
}

/* --- the model's part of what is done ------------------------------------------------ */

static void model_begin(struct model *m)
{
	u64 p = m->nxt;

	if (m->d.begun)
		return;
	while (p > m->una && !number_sacked(m, p - 1))
		p--;
	m->d.begun = true;
	m->d.fack = model_seq(m, p);
}

static bool later(u64 us, u32 end, u64 other_us, u32 other_end)
{
	return us > other_us || (us == other_us && (s32)(end - other_end) > 0);
}

static void model_deliver(struct model *m, u64 p)
{
	struct number *n = number_at(m, p);
	struct weft_delivery *d = &m->d;
	u32 end = model_seq(m, p + 1);

	d->newly++;
	if (n->flags & WEFT_SEG_LOST)
		d->spurious = true;
	if (!d->sent_us || later(n->sent_us, end, d->sent_us, d->end)) {
		d->sent_us = n->sent_us;
		d->end = end;
		d->resent = n->flags & WEFT_SEG_EVER_RESENT;
	}
	if (n->flags & WEFT_SEG_EVER_RESENT)
		return;
	if (n->flags & WEFT_SEG_LOST)
		d->original = true;
	if ((s32)(end - d->fack) < 0)
		d->reordered = true;
	if (!d->first_us || n->sent_us < d->first_us)
		d->first_us = n->sent_us;
	if (!d->last_us || later(n->sent_us, end, d->last_us, d->last_end)) {
		d->last_us = n->sent_us;
		d->last_end = end;
	}
}

static void model_ack(struct model *m, u32 una)
{
	u64 p, end = m->una;

	if ((s32)(una - model_seq(m, m->una)) > 0)
		end += una - model_seq(m, m->una);
	if (end > m->nxt)
		end = m->nxt;
	if (end > m->una)
		model_begin(m);
	for (p = m->una; p < end; p++) {
		if (!number_sacked(m, p))
			model_deliver(m, p);
		m->d.acked++;
	}
	m->una = end;
	if (end < m->nxt)
		number_at(m, end)->starts = true;
}

/* Runs of reported numbers are one record each, with what the first number has. */
static void model_join(struct model *m)
{
	struct number *n, *head = NULL;
	u64 p, end, from = 0;
	u8 ever;
	u16 tries;

	for (p = m->una; p < m->nxt; p = end) {
		end = p + 1;
		if (!number_sacked(m, p))
			continue;
		head = number_at(m, p);
		ever = 0;
		tries = 0;
		for (end = p; number_sacked(m, end); end++) {
			n = number_at(m, end);
			n->starts = end == p;
			ever |= n->flags & WEFT_SEG_EVER_RESENT;
			tries = tries > n->tries ? tries : n->tries;
		}
		for (from = p; from < end; from++) {
			n = number_at(m, from);
			n->sent_us = head->sent_us;
			n->mss = head->mss;
			n->tries = tries;
			n->flags |= ever;
		}
	}
}

static bool model_pay(int *budget)
{
	if (!*budget)
		return false;
	if (*budget > 0)
		--*budget;
	return true;
}

/* The block from @from to @to covers a part of the record of @p to @end. */
static void model_sack_record(struct model *m, u64 p, u64 end, u64 from, u64 to,
			      int *budget)
{
	u16 mss = number_at(m, p)->mss;

	from = from > p ? from : p;
	to = to < end ? to : end;
	while (mss && (from - p) % mss)
		from++;
	while (mss && to < end && to > p && (to - p) % mss)
		to--;
	if (from >= to)
		return;
	if (from > p) {
		if (!model_pay(budget))
			return;
		number_at(m, from)->starts = true;
	}
	if (to < end) {
		if (!(from == p && p > m->una && number_sacked(m, p - 1)) &&
		    !model_pay(budget))
			return;
		number_at(m, to)->starts = true;
	}
	for (; from < to; from++) {
		model_deliver(m, from);
		m->d.sacked++;
		number_at(m, from)->flags &= ~LOST_BITS;
		number_at(m, from)->flags |= WEFT_SEG_SACKED;
	}
}

static void model_sack(struct model *m, struct weft_range block, int budget)
{
	u32 una = model_seq(m, m->una), len;
	u64 p, end, from, to;
	s64 at;

	len = block.end - block.seq;
	if (m->una == m->nxt || !len || len > 0x80000000)
		return;
	/* Where it begins seen from una, which may be before it. */
	at = (s32)(block.seq - una);
	if (at >= (s64)(m->nxt - m->una) || at + len <= 0)
		return;
	from = at > 0 ? m->una + at : m->una;
	to = m->una + at + len;
	to = to < m->nxt ? to : m->nxt;
	model_begin(m);
	for (p = m->una; p < to; p = end) {
		end = model_end(m, p);
		if (end > from && !number_sacked(m, p))
			model_sack_record(m, p, end, from, to, &budget);
	}
	model_join(m);
}

/* --- comparison ------------------------------------------------------------------------ */

/* Tells what is not as it should be. */
#define SAME(cond)	told(__func__, #cond, cond)

static bool told(const char *where, const char *what, bool same)
{
	if (!same)
		printf("# %s: not %s\n", where, what);
	return same;
}

static bool same_delivery(const struct weft_delivery *a, const struct weft_delivery *b)
{
	return SAME(a->acked == b->acked) && SAME(a->sacked == b->sacked) &&
	       SAME(a->newly == b->newly) && SAME(a->sent_us == b->sent_us) &&
	       SAME(a->end == b->end) && SAME(a->resent == b->resent) &&
	       SAME(a->first_us == b->first_us) && SAME(a->last_us == b->last_us) &&
	       SAME(a->last_end == b->last_end) && SAME(a->begun == b->begun) &&
	       SAME(a->fack == b->fack) && SAME(a->reordered == b->reordered) &&
	       SAME(a->spurious == b->spurious) && SAME(a->original == b->original);
}

static bool same_record(struct model *m, const struct weft_seg *seg, u64 p)
{
	u64 end = model_end(m, p);
	struct number *n = number_at(m, p);
	u8 flags = n->flags & ~WEFT_SEG_FIN;

	flags |= number_at(m, end - 1)->flags & WEFT_SEG_FIN;
	return SAME(seg->seq == model_seq(m, p)) &&
	       SAME(seg->end == model_seq(m, end)) &&
	       SAME(seg->sent_us == n->sent_us) && SAME(seg->tries == n->tries) &&
	       SAME(seg->mss == n->mss) && SAME(seg->flags == flags) &&
	       SAME(weft_scoreboard_find(&m->sb, seg->seq) == seg) &&
	       SAME(weft_scoreboard_find(&m->sb, seg->end - 1) == seg);
}

/* The tree, and how many records are in flight and wait to be sent again. */
static bool same_tree(struct model *m, size_t *flying, size_t *waiting)
{
	struct rb_node *node = rb_first(&m->sb.tree), *lost = rb_first(&m->sb.lost_tree);
	struct weft_seg *seg, *last = NULL;
	u32 records = 0;
	u64 p;

	*flying = 0;
	*waiting = 0;
	for (p = m->una; p < m->nxt; p = model_end(m, p)) {
		if (!SAME(node))
			return false;
		seg = rb_entry(node, struct weft_seg, node);
		if (!SAME(last || weft_scoreboard_first(&m->sb) == seg) ||
		    !same_record(m, seg, p))
			return false;
		if ((seg->flags & LOST_BITS) == WEFT_SEG_LOST) {
			if (!SAME(lost == &seg->lost) ||
			    !SAME(*waiting || weft_scoreboard_next_lost(&m->sb) == seg))
				return false;
			lost = rb_next(lost);
			++*waiting;
		} else if (!(seg->flags & WEFT_SEG_SACKED)) {
			++*flying;
		}
		last = seg;
		node = rb_next(node);
		records++;
	}
	return SAME(m->sb.records == records) && SAME(!node && !lost) &&
	       SAME(weft_scoreboard_last(&m->sb) == last) &&
	       SAME(last || !weft_scoreboard_first(&m->sb)) &&
	       SAME(*waiting || !weft_scoreboard_next_lost(&m->sb));
}

/* The list of what is in flight. */
static bool same_list(struct model *m, size_t flying)
{
	struct weft_seg *seg;
	size_t n = 0;
	u64 us = 0;

	list_for_each_entry(seg, &m->sb.sent, sent) {
		if (!SAME(seg->sent_us >= us) ||
		    !SAME((seg->flags & LOST_BITS) != WEFT_SEG_LOST) ||
		    !SAME(!(seg->flags & WEFT_SEG_SACKED)))
			return false;
		us = seg->sent_us;
		n++;
	}
	return SAME(n == flying);
}

static bool same_counts(struct model *m)
{
	u32 sacked = 0, lost = 0, resent = 0, high = 0;
	struct weft_scoreboard *sb = &m->sb;
	u64 p;

	for (p = m->una; p < m->nxt; p++) {
		u8 flags = number_at(m, p)->flags;

		sacked += !!(flags & WEFT_SEG_SACKED);
		lost += !!(flags & WEFT_SEG_LOST);
		resent += !!(flags & WEFT_SEG_RESENT);
		if (flags & WEFT_SEG_SACKED)
			high = model_seq(m, p + 1);
	}
	return SAME(sb->out == m->nxt - m->una) && SAME(sb->sacked == sacked) &&
	       SAME(sb->lost == lost) && SAME(sb->resent == resent) &&
	       SAME(!sacked || sb->high_sacked == high) &&
	       SAME(weft_scoreboard_in_flight(sb) == sb->out - sacked - lost + resent) &&
	       SAME(weft_scoreboard_empty(sb) == (m->una == m->nxt));
}

static bool same(struct model *m)
{
	size_t flying, waiting;

	return same_counts(m) && same_tree(m, &flying, &waiting) &&
	       same_list(m, flying) &&
	       SAME(!weft_scoreboard_find(&m->sb, model_seq(m, m->una) - 1)) &&
	       SAME(!weft_scoreboard_find(&m->sb, model_seq(m, m->nxt))) &&
	       same_delivery(&m->d, &m->sb_d);
}

/* --- what is done to both ----------------------------------------------------------- */

static void do_add(struct model *m, u32 len, u16 mss, bool fin)
{
	struct weft_seg *seg;
	int budget = model_budget;
	u64 p;

	/* Nothing follows FIN, but when it is acknowledged all begins anew. */
	if (m->nxt - m->una + len > MODEL_OUT ||
	    (m->una < m->nxt && number_at(m, m->nxt - 1)->flags & WEFT_SEG_FIN))
		return;
	model_budget = -1;
	seg = model_alloc();
	model_budget = budget;
	seg->seq = model_seq(m, m->nxt);
	seg->end = seg->seq + len;
	seg->mss = mss;
	/* Others of the flags are garbage. */
	seg->flags = 0xcf | (m->nxt ? 0 : WEFT_SEG_SYN) | (fin ? WEFT_SEG_FIN : 0);
	for (p = m->nxt; p < m->nxt + len; p++)
		*number_at(m, p) = (struct number) {
			.sent_us = m->now, .tries = 1, .mss = mss,
			.starts = p == m->nxt,
			.flags = p ? 0 : WEFT_SEG_SYN,
		};
	if (fin)
		number_at(m, p - 1)->flags |= WEFT_SEG_FIN;
	m->nxt += len;
	weft_scoreboard_add(&m->sb, seg, m->now);
}

static void do_sack(struct model *m, u32 seq, u32 end)
{
	struct weft_range block = { seq, end };

	model_sack(m, block, model_budget);
	weft_scoreboard_sack(&m->sb, block, &m->sb_d);
}

static void do_ack(struct model *m, u32 una)
{
	model_ack(m, una);
	weft_scoreboard_ack(&m->sb, una, &m->sb_d);
}

/* The record that has the @x-th number outstanding, if there is one. */
static struct weft_seg *pick(struct model *m, u32 x)
{
	if (m->una == m->nxt)
		return NULL;
	return weft_scoreboard_find(&m->sb, model_seq(m, m->una) +
				    x % (u32)(m->nxt - m->una));
}

static u64 position(struct model *m, u32 seq)
{
	return m->una + (u32)(seq - model_seq(m, m->una));
}

static void do_cut(struct model *m, struct weft_seg *seg, u32 y)
{
	u64 p;
	u32 len;

	if (!seg || seg->end - seg->seq < 2)
		return;
	/* Reported runs stay whole: nobody cuts them. */
	if (seg->flags & WEFT_SEG_SACKED)
		return;
	len = 1 + y % (seg->end - seg->seq - 1);
	p = position(m, seg->seq);
	if (weft_scoreboard_cut(&m->sb, seg, len))
		number_at(m, p + len)->starts = true;
	else if (model_budget)
		abort();
}

static void model_mark(struct model *m, u64 p, u64 end, u8 clear, u8 set)
{
	for (; p < end; p++) {
		number_at(m, p)->flags &= ~clear;
		number_at(m, p)->flags |= set;
	}
}

static void do_mark_lost(struct model *m, struct weft_seg *seg)
{
	if (!seg)
		return;
	if (!(seg->flags & WEFT_SEG_SACKED))
		model_mark(m, position(m, seg->seq), position(m, seg->end),
			   WEFT_SEG_RESENT, WEFT_SEG_LOST);
	weft_scoreboard_mark_lost(&m->sb, seg);
}

static void do_mark_all_lost(struct model *m, bool renege)
{
	u64 p;

	for (p = m->una; p < m->nxt; p++)
		if (renege || !number_sacked(m, p))
			model_mark(m, p, p + 1, WEFT_SEG_RESENT | WEFT_SEG_SACKED,
				   WEFT_SEG_LOST);
	weft_scoreboard_mark_all_lost(&m->sb, renege);
}

static void do_unmark_lost(struct model *m)
{
	unsigned int n = 0;
	u64 p;

	for (p = m->una; p < m->nxt; p++)
		if ((number_at(m, p)->flags & LOST_BITS) == WEFT_SEG_LOST) {
			model_mark(m, p, p + 1, WEFT_SEG_LOST, 0);
			n++;
		}
	if (weft_scoreboard_unmark_lost(&m->sb) != n)
		abort();
}

static void do_resend(struct model *m, struct weft_seg *seg, u16 mss)
{
	u64 p, end;

	if (!seg || seg->flags & WEFT_SEG_SACKED)
		return;
	p = position(m, seg->seq);
	end = position(m, seg->end);
	model_mark(m, p, end, 0, seg->flags & WEFT_SEG_LOST ? RESENT_BITS :
							       WEFT_SEG_EVER_RESENT);
	for (; p < end; p++) {
		number_at(m, p)->sent_us = m->now;
		number_at(m, p)->mss = mss;
		number_at(m, p)->tries++;
	}
	seg->mss = mss;
	weft_scoreboard_resent(&m->sb, seg, m->now);
}

/* Those sent longest ago, as by time. */
static void do_mark_oldest(struct model *m, u32 n)
{
	while (n-- && !list_empty(&m->sb.sent))
		do_mark_lost(m, list_first_entry(&m->sb.sent, struct weft_seg, sent));
}

static void do_purge(struct model *m)
{
	m->una = m->nxt;
	weft_scoreboard_purge(&m->sb);
}

/*
 * The lower 4 bits of @what say what is done, the upper ones how many allocations
 * succeed; 15: all. @x and @y are made to fit. Return: are both the same then?
 */
static bool operate(struct model *m, u8 what, u16 x, u16 y)
{
	u32 una = model_seq(m, m->una), out = m->nxt - m->una;
	u32 seq = una - 8 + x % (out + 16);
	struct weft_seg *seg;

	model_budget = what >> 4 == 15 ? -1 : what >> 4;
	m->now += x % 3;
	what &= 15;
	/* Reports alone follow one another in a segment. */
	if (what < 5 || what > 8) {
		memset(&m->d, 0, sizeof(m->d));
		memset(&m->sb_d, 0, sizeof(m->sb_d));
	}
	switch (what) {
	case 0: case 1: case 2:
		do_add(m, 1 + x % 32, y % 3 ? 1 + y % 16 : 0, y % 256 == 0);
		break;
	case 3:
		do_ack(m, y % 64 ? una - 8 + x % 24 : seq);
		break;
	case 4:
		seg = weft_scoreboard_first(&m->sb);
		do_ack(m, seg ? seg->end : una);
		break;
	case 5: case 6:
		do_sack(m, seq, seq + y % 64);
		break;
	case 7:
		seg = pick(m, x);
		if (seg)
			do_sack(m, seg->seq, seg->seq + seg->mss * (y % 5));
		break;
	case 8:
		/* From anywhere to anywhere. */
		do_sack(m, x % 2 ? seq : una + ((u32)x << 16),
			una + (y % 3 ? (u32)y << 16 : 0x80000000) + x % 50);
		break;
	case 9:
		do_cut(m, pick(m, x), y);
		break;
	case 10:
		do_mark_oldest(m, x % 8);
		break;
	case 11:
		do_mark_lost(m, pick(m, x));
		break;
	case 12:
		do_mark_all_lost(m, y % 4 == 0);
		break;
	case 13:
		do_resend(m, weft_scoreboard_next_lost(&m->sb), y % 16);
		break;
	case 14:
		do_resend(m, pick(m, x), y % 16);
		break;
	case 15:
		if (y % 32)
			do_unmark_lost(m);
		else
			do_purge(m);
		break;
	}
	model_budget = -1;
	return same(m);
}

#endif /* SCOREBOARD_MODEL_H */
