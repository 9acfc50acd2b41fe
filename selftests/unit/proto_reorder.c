// SPDX-License-Identifier: GPL-2.0
/* What came out of order, beside a model that keeps a flag for each byte. */
#include <stdio.h>
#include <stdlib.h>
#include "reorder.h"
#include "tap.h"

static unsigned int dropped;

static void drop(struct weft_reorder *r, struct weft_piece *piece)
{
	(void)r;
	dropped++;
	free(piece);
}

static bool add(struct weft_reorder *r, u32 seq, u32 end)
{
	struct weft_piece *piece = malloc(sizeof(*piece));

	piece->seq = seq;
	piece->end = end;
	if (weft_reorder_add(r, piece))
		return true;
	free(piece);
	weft_reorder_dsack(r, seq, end);
	return false;
}

/* The piece that is taken, as one that stays valid. */
static struct weft_range taken(struct weft_piece *piece)
{
	struct weft_range range = {};

	if (piece)
		range = (struct weft_range) { piece->seq, piece->end };
	free(piece);
	return range;
}

static struct weft_range take(struct weft_reorder *r, u32 next)
{
	return taken(weft_reorder_take(r, next));
}

static void empty(struct weft_reorder *r)
{
	while (r->last)
		free(weft_reorder_take_last(r));
	CHECK(RB_EMPTY_ROOT(&r->tree) && weft_reorder_empty(r) && !r->n_sacks);
}

/* What the next acknowledgment reports, as text. */
static const char *sacks(struct weft_reorder *r)
{
	struct weft_range sack[WEFT_SACK_MAX];
	static char text[128];
	unsigned int i, n = weft_reorder_sacks(r, sack);
	int at = 0;

	CHECK(n <= WEFT_SACK_MAX);
	text[0] = 0;
	for (i = 0; i < n; i++)
		at += snprintf(text + at, sizeof(text) - at, "%s%u-%u", i ? " " : "",
			       sack[i].seq, sack[i].end);
	return text;
}

static bool is(struct weft_range range, u32 seq, u32 end)
{
	return range.seq == seq && range.end == end;
}

/* --- by hand --------------------------------------------------------------------- */

/* RFC 2018, section 7, case 2. */
static void the_first_segment_is_lost(void)
{
	struct weft_reorder r;
	char should[32];
	u32 seq;

	weft_reorder_init(&r, drop);
	CHECK_STR(sacks(&r), "");
	for (seq = 5500; seq < 9000; seq += 500) {
		CHECK(add(&r, seq, seq + 500));
		snprintf(should, sizeof(should), "5500-%u", seq + 500);
		CHECK_STR(sacks(&r), should);
	}
	empty(&r);
}

/* RFC 2018, section 7, case 3. */
static void every_second_segment_is_lost(void)
{
	struct weft_reorder r;

	weft_reorder_init(&r, drop);
	add(&r, 6000, 6500);
	CHECK_STR(sacks(&r), "6000-6500");
	add(&r, 7000, 7500);
	CHECK_STR(sacks(&r), "7000-7500 6000-6500");
	add(&r, 8000, 8500);
	CHECK_STR(sacks(&r), "8000-8500 7000-7500 6000-6500");
	add(&r, 6500, 7000);
	CHECK_STR(sacks(&r), "6000-7500 8000-8500");
	CHECK(is(take(&r, 6000), 6000, 6500));
	CHECK(is(take(&r, 6500), 6500, 7000));
	CHECK(is(take(&r, 7000), 7000, 7500));
	CHECK(!weft_reorder_take(&r, 7500));
	weft_reorder_advance(&r, 7500);
	CHECK_STR(sacks(&r), "8000-8500");
	empty(&r);
}

static void duplicates_are_told_once(void)
{
	struct weft_reorder r;

	weft_reorder_init(&r, drop);
	/* RFC 2883, section 4.1: below the acknowledgment, with nothing that waits. */
	weft_reorder_dsack(&r, 3000, 3500);
	CHECK_STR(sacks(&r), "3000-3500");
	CHECK_STR(sacks(&r), "");
	add(&r, 4500, 5000);
	weft_reorder_dsack(&r, 3000, 3500);
	CHECK_STR(sacks(&r), "3000-3500 4500-5000");
	CHECK_STR(sacks(&r), "4500-5000");
	empty(&r);
}

/* RFC 2883, section 4: the block that a duplicate is of comes second. */
static void duplicates_of_what_waits(void)
{
	struct weft_reorder r;

	weft_reorder_init(&r, drop);
	add(&r, 4500, 5000);
	add(&r, 5000, 5500);
	add(&r, 6500, 7000);
	CHECK_STR(sacks(&r), "6500-7000 4500-5500");
	CHECK(!add(&r, 5000, 5500));
	CHECK_STR(sacks(&r), "5000-5500 4500-5500 6500-7000");
	CHECK_STR(sacks(&r), "4500-5500 6500-7000");
	empty(&r);
}

static void the_newest_duplicate_is_told(void)
{
	struct weft_reorder r;

	weft_reorder_init(&r, drop);
	weft_reorder_dsack(&r, 100, 200);
	weft_reorder_dsack(&r, 200, 300);
	weft_reorder_dsack(&r, 50, 150);
	CHECK_STR(sacks(&r), "50-300");
	weft_reorder_dsack(&r, 100, 200);
	weft_reorder_dsack(&r, 300, 400);
	CHECK_STR(sacks(&r), "300-400");
}

static void duplicates_in_part(void)
{
	struct weft_reorder r;

	weft_reorder_init(&r, drop);
	add(&r, 1000, 2000);
	add(&r, 3000, 4000);
	sacks(&r);
	CHECK(add(&r, 1500, 2500));
	CHECK_STR(sacks(&r), "1500-2000 1000-2500 3000-4000");
	CHECK(add(&r, 2400, 3100));
	CHECK_STR(sacks(&r), "2400-2500 1000-4000");
	CHECK(add(&r, 500, 1100));
	CHECK_STR(sacks(&r), "1000-1100 500-4000");
	empty(&r);
}

static void pieces_within_others(void)
{
	struct weft_reorder r;

	weft_reorder_init(&r, drop);
	dropped = 0;
	CHECK(add(&r, 1000, 2000));
	CHECK(!add(&r, 1000, 2000));
	CHECK(!add(&r, 1000, 1500));
	CHECK(!add(&r, 1500, 2000));
	CHECK(!add(&r, 1200, 1300));
	CHECK(!add(&r, 1500, 1500));
	CHECK(!add(&r, 5000, 5000));
	CHECK(!dropped);
	CHECK(add(&r, 1000, 2001) && dropped == 1);
	CHECK(add(&r, 999, 2001) && dropped == 2);
	CHECK(add(&r, 3000, 3100));
	CHECK(add(&r, 3200, 3300));
	CHECK(add(&r, 3300, 3400));
	CHECK(add(&r, 2900, 3350) && dropped == 4);
	/* In two together, though in neither. */
	CHECK(!add(&r, 3200, 3400) && dropped == 4);
	CHECK(add(&r, 3400, 3500));
	CHECK(!add(&r, 3390, 3410) && dropped == 4);
	sacks(&r);
	CHECK_STR(sacks(&r), "2900-3500 999-2001");
	empty(&r);
}

/* One that holds what came in small pieces takes their place, and was a duplicate. */
static void a_large_duplicate(void)
{
	struct weft_reorder r;

	weft_reorder_init(&r, drop);
	dropped = 0;
	add(&r, 1000, 1100);
	add(&r, 1100, 1200);
	add(&r, 1200, 1300);
	sacks(&r);
	CHECK(add(&r, 1000, 1300) && dropped == 3);
	CHECK_STR(sacks(&r), "1000-1300 1000-1300");
	CHECK(is(take(&r, 1000), 1000, 1300));
	CHECK(weft_reorder_empty(&r));
}

static void what_is_taken(void)
{
	struct weft_reorder r;

	weft_reorder_init(&r, drop);
	CHECK(!weft_reorder_take(&r, 1000));
	add(&r, 0xffffff00, 0x100);
	add(&r, 0x80, 0x200);
	CHECK(!weft_reorder_take(&r, 0xfffffeff));
	CHECK(is(take(&r, 0x300), 0xffffff00, 0x100));
	CHECK(!weft_reorder_empty(&r));
	CHECK(!weft_reorder_take(&r, 0x7f));
	CHECK(is(take(&r, 0x100), 0x80, 0x200));
	CHECK(weft_reorder_empty(&r));
	weft_reorder_advance(&r, 0x200);
	/* But they came twice in part. */
	CHECK_STR(sacks(&r), "128-256");
	CHECK_STR(sacks(&r), "");
}

static void the_last_is_given_up(void)
{
	struct weft_reorder r;

	weft_reorder_init(&r, drop);
	CHECK(!weft_reorder_take_last(&r));
	add(&r, 3000, 3100);
	add(&r, 1000, 1500);
	add(&r, 1400, 2000);
	sacks(&r);
	CHECK(is(taken(weft_reorder_take_last(&r)), 3000, 3100));
	CHECK_STR(sacks(&r), "1000-2000");
	CHECK(is(taken(weft_reorder_take_last(&r)), 1400, 2000));
	CHECK_STR(sacks(&r), "1000-1500");
	CHECK(is(taken(weft_reorder_take_last(&r)), 1000, 1500));
	CHECK_STR(sacks(&r), "");
	CHECK(weft_reorder_empty(&r));
}

/* More runs than blocks: those that came last are told, and one comes back whole. */
static void a_fifth_run(void)
{
	struct weft_reorder r;
	u32 i;

	weft_reorder_init(&r, drop);
	for (i = 1; i <= 6; i++) {
		add(&r, 100 * i, 100 * i + 10);
		add(&r, 100 * i + 10, 100 * i + 20);
	}
	CHECK_STR(sacks(&r), "600-620 500-520 400-420 300-320");
	add(&r, 120, 130);
	CHECK_STR(sacks(&r), "100-130 600-620 500-520 400-420");
	/* Between two, of which one is not told. */
	add(&r, 220, 300);
	CHECK_STR(sacks(&r), "200-320 100-130 600-620 500-520");
	/* A duplicate of one that is not. */
	CHECK(!add(&r, 405, 410));
	CHECK_STR(sacks(&r), "405-410 400-420 200-320 100-130");
	empty(&r);
}

static void some_run_is_always_told(void)
{
	struct weft_reorder r;
	u32 i;

	weft_reorder_init(&r, drop);
	for (i = 6; i >= 1; i--)
		add(&r, 100 * i, 100 * i + 10);
	for (i = 1; i <= 4; i++) {
		take(&r, 100 * i);
		weft_reorder_advance(&r, 100 * i + 10);
	}
	CHECK(!r.n_sacks);
	CHECK_STR(sacks(&r), "600-610");
	empty(&r);
}

/* Runs of a thousand pieces each, told in turn: what is told has come, if not all of it. */
static void long_runs(void)
{
	struct weft_reorder r;
	u32 run, i;

	weft_reorder_init(&r, drop);
	for (i = 0; i < 1000; i++)
		for (run = 0; run < 6; run++)
			add(&r, 10000 * run + i, 10000 * run + i + 1);
	for (run = 0; run < 6; run++) {
		add(&r, 10000 * run + 1000, 10000 * run + 1001);
		CHECK(r.sack[0].end == 10000 * run + 1001);
		CHECK(r.sack[0].seq >= 10000 * run && r.sack[0].seq <= 10000 * run + 970);
	}
	CHECK(r.n_sacks == WEFT_SACK_MAX);
	empty(&r);
}

/* Parts of one run that are told apart become one block where they meet. */
static void parts_of_a_long_run(void)
{
	struct weft_reorder r;
	u32 i;

	weft_reorder_init(&r, drop);
	for (i = 0; i < 90; i++)
		add(&r, i, i + 1);
	for (i = 1; i <= 4; i++)
		add(&r, 100 * i, 100 * i + 1);
	add(&r, 90, 91);
	weft_reorder_dsack(&r, 0, 1);
	sacks(&r);
	CHECK(r.n_sacks == WEFT_SACK_MAX && !r.sack[0].seq && r.sack[1].end == 91);
	CHECK(r.sack[0].end < r.sack[1].seq);
	weft_reorder_dsack(&r, 45, 46);
	sacks(&r);
	CHECK(is(r.sack[0], 0, 91));
	CHECK(r.n_sacks == 3 && r.sack[1].seq == 400 && r.sack[2].seq == 300);
	empty(&r);
}

/* --- at random --------------------------------------------------------------------- */

#define SPACE	256
#define PIECES	64

/* Sequence numbers are @base and what follows. */
static struct model {
	struct weft_reorder r;
	u32 base;
	u32 next;
	/* What waits. */
	struct weft_range piece[PIECES];
	unsigned int n;
	/* Blocks that should be told. */
	struct weft_range sack[WEFT_SACK_MAX];
	unsigned int n_sacks;
	struct weft_range dsack;
	bool has_dsack;
} m;

static u32 random_below(u32 n)
{
	static u64 state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state >> 32) % n;
}

static bool waits(u32 at)
{
	unsigned int i;

	for (i = 0; i < m.n; i++)
		if (m.piece[i].seq <= at && at < m.piece[i].end)
			return true;
	return false;
}

static struct weft_range run_of(u32 at)
{
	struct weft_range run = { at, at + 1 };

	while (run.seq && waits(run.seq - 1))
		run.seq--;
	while (waits(run.end))
		run.end++;
	return run;
}

static void forget(struct weft_piece *piece)
{
	unsigned int i;

	for (i = 0; i < m.n; i++) {
		if (piece->seq - m.base == m.piece[i].seq &&
		    piece->end - m.base == m.piece[i].end) {
			m.piece[i] = m.piece[--m.n];
			free(piece);
			return;
		}
	}
	CHECK(!"a piece that waits");
}

static void model_drop(struct weft_reorder *r, struct weft_piece *piece)
{
	CHECK(r == &m.r);
	forget(piece);
}

static void model_tell(struct weft_range run)
{
	struct weft_range sack[WEFT_SACK_MAX + 1] = { run };
	unsigned int i, n = 1;

	for (i = 0; i < m.n_sacks; i++)
		if (m.sack[i].seq < run.seq || m.sack[i].end > run.end)
			sack[n++] = m.sack[i];
	m.n_sacks = n < WEFT_SACK_MAX ? n : WEFT_SACK_MAX;
	memcpy(m.sack, sack, m.n_sacks * sizeof(sack[0]));
}

static void model_dsack(u32 seq, u32 end)
{
	if (m.has_dsack && seq <= m.dsack.end && end >= m.dsack.seq) {
		m.dsack.seq = seq < m.dsack.seq ? seq : m.dsack.seq;
		m.dsack.end = end > m.dsack.end ? end : m.dsack.end;
	} else {
		m.dsack = (struct weft_range) { seq, end };
	}
	m.has_dsack = true;
}

/* The first run of what waits within a new piece. */
static void model_dup(u32 seq, u32 end)
{
	u32 from = seq, to;

	while (from < end && !waits(from))
		from++;
	for (to = from; to < end && waits(to);)
		to++;
	if (from < to)
		model_dsack(from, to);
}

static bool all_wait(u32 seq, u32 end)
{
	while (seq < end && waits(seq))
		seq++;
	return seq == end;
}

static bool one_has(u32 seq, u32 end)
{
	unsigned int i;

	for (i = 0; i < m.n; i++)
		if (m.piece[i].seq <= seq && m.piece[i].end >= end)
			return true;
	return false;
}

static void random_add(void)
{
	struct weft_piece *piece = malloc(sizeof(*piece));
	u32 seq = m.next + 1 + random_below(SPACE - m.next - 1);
	u32 end = seq + 1 + random_below(random_below(8) ? 8 : 60);
	bool all = all_wait(seq, end), one = one_has(seq, end);

	piece->seq = m.base + seq;
	piece->end = m.base + end;
	model_dup(seq, end);
	if (weft_reorder_add(&m.r, piece)) {
		CHECK(!one);
		m.piece[m.n++] = (struct weft_range) { seq, end };
	} else {
		CHECK(all);
		free(piece);
		weft_reorder_dsack(&m.r, m.base + seq, m.base + end);
	}
	model_tell(run_of(seq));
}

static void random_advance(void)
{
	struct weft_piece *piece;
	unsigned int i, n;

	m.next += 1 + random_below(12);
	for (;;) {
		piece = weft_reorder_take(&m.r, m.base + m.next);
		if (!piece)
			break;
		CHECK(piece->seq - m.base <= m.next);
		if (piece->end - m.base > m.next)
			m.next = piece->end - m.base;
		forget(piece);
	}
	CHECK(!waits(m.next));
	weft_reorder_advance(&m.r, m.base + m.next);
	for (i = 0, n = 0; i < m.n_sacks; i++)
		if (m.sack[i].seq > m.next)
			m.sack[n++] = m.sack[i];
	m.n_sacks = n;
}

static void random_take_last(void)
{
	struct weft_piece *piece = weft_reorder_take_last(&m.r);
	unsigned int i, n;

	CHECK(!piece == !m.n);
	if (!piece)
		return;
	for (i = 0; i < m.n; i++)
		CHECK(m.piece[i].seq <= piece->seq - m.base);
	forget(piece);
	for (i = 0, n = 0; i < m.n_sacks; i++)
		if (waits(m.sack[i].seq))
			m.sack[n++] = run_of(m.sack[i].seq);
	m.n_sacks = n;
}

static void random_old(void)
{
	u32 seq = random_below(m.next + 1), end = seq + 1;

	weft_reorder_dsack(&m.r, m.base + seq, m.base + end);
	model_dsack(seq, end);
	if (waits(seq))
		model_tell(run_of(seq));
}

static void same_range(struct weft_range is_range, struct weft_range should)
{
	CHECK(is(is_range, m.base + should.seq, m.base + should.end));
}

static void random_sacks(void)
{
	struct weft_range sack[WEFT_SACK_MAX];
	unsigned int i, n = weft_reorder_sacks(&m.r, sack), told = 0;
	u32 last = 0;

	for (i = 0; i < m.n; i++)
		last = m.piece[i].seq > last ? m.piece[i].seq : last;
	if (!m.n_sacks && m.n)
		model_tell(run_of(last));
	if (m.has_dsack && n)
		same_range(sack[told++], m.dsack);
	m.has_dsack = false;
	for (i = 0; i < m.n_sacks && told < WEFT_SACK_MAX && told < n; i++)
		same_range(sack[told++], m.sack[i]);
	CHECK(n == told && (told == WEFT_SACK_MAX || i == m.n_sacks));
}

/* The tree has what the model has; no piece has another within. */
static void compare(void)
{
	struct weft_piece *piece, *prev = NULL;
	struct rb_node *node;
	unsigned int i, n = 0;

	for (node = rb_first(&m.r.tree); node; node = rb_next(node), n++) {
		piece = rb_entry(node, struct weft_piece, node);
		CHECK(one_has(piece->seq - m.base, piece->end - m.base));
		CHECK(!prev || (weft_seq_before(prev->seq, piece->seq) &&
				weft_seq_before(prev->end, piece->end)));
		prev = piece;
	}
	CHECK(n == m.n && m.r.last == prev);
	CHECK(m.r.n_sacks == m.n_sacks && m.r.has_dsack == m.has_dsack);
	for (i = 0; i < m.n_sacks && i < m.r.n_sacks; i++)
		same_range(m.r.sack[i], m.sack[i]);
	if (m.has_dsack)
		same_range(m.r.dsack, m.dsack);
}

static void random_round(u32 base)
{
	weft_reorder_init(&m.r, model_drop);
	m.base = base;
	m.next = 0;
	m.n = 0;
	m.n_sacks = 0;
	m.has_dsack = false;
	while (m.next < SPACE - 64 && !tap_failed_checks) {
		switch (random_below(16)) {
		case 0:
			random_advance();
			break;
		case 1:
			random_take_last();
			break;
		case 2:
			random_old();
			break;
		case 3:
		case 4:
		case 5:
			random_sacks();
			break;
		default:
			/* So many that a run that was not told is still found whole. */
			if (m.n < 32)
				random_add();
		}
		compare();
	}
	while (m.n)
		random_take_last();
	compare();
}

static void beside_a_model(void)
{
	int i;

	for (i = 0; i < 300 && !tap_failed_checks; i++)
		random_round(i % 3 ? random_below(0xffffffff) : -random_below(SPACE));
}

int main(void)
{
	TAP_RUN(the_first_segment_is_lost);
	TAP_RUN(every_second_segment_is_lost);
	TAP_RUN(duplicates_are_told_once);
	TAP_RUN(duplicates_of_what_waits);
	TAP_RUN(the_newest_duplicate_is_told);
	TAP_RUN(duplicates_in_part);
	TAP_RUN(pieces_within_others);
	TAP_RUN(a_large_duplicate);
	TAP_RUN(what_is_taken);
	TAP_RUN(the_last_is_given_up);
	TAP_RUN(a_fifth_run);
	TAP_RUN(some_run_is_always_told);
	TAP_RUN(long_runs);
	TAP_RUN(parts_of_a_long_run);
	TAP_RUN(beside_a_model);
	return tap_done();
}
