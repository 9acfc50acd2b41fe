// SPDX-License-Identifier: GPL-2.0
/* proto/scoreboard.c: rules one by one, then at random against a model. */
#include "scoreboard_model.h"
#include "tap.h"

#define ISN	0xfffffe00U

static struct weft_scoreboard sb;
static struct weft_delivery d;

/* Adds @n segments of 100, sent at @now, @now + 1... */
static void send(unsigned int n, u64 now)
{
	struct weft_seg *last, *seg;

	while (n--) {
		last = weft_scoreboard_last(&sb);
		seg = model_alloc();
		seg->seq = last ? last->end : ISN;
		seg->end = seg->seq + 100;
		seg->mss = 0;
		seg->flags = 0;
		weft_scoreboard_add(&sb, seg, now++);
	}
}

static void begin(unsigned int n)
{
	weft_scoreboard_init(&sb, model_alloc, model_free);
	send(n, 1000);
	memset(&d, 0, sizeof(d));
}

/* Numbers from @from to @to, counted from ISN, were reported. */
static void sack(u32 from, u32 to)
{
	struct weft_range block = { ISN + from, ISN + to };

	weft_scoreboard_sack(&sb, block, &d);
}

static void ack(u32 una)
{
	weft_scoreboard_ack(&sb, ISN + una, &d);
}

static void again(void)
{
	memset(&d, 0, sizeof(d));
}

static struct weft_seg *at(u32 seq)
{
	return weft_scoreboard_find(&sb, ISN + seq);
}

static bool counts(u32 out, u32 sacked, u32 lost, u32 resent)
{
	return sb.out == out && sb.sacked == sacked && sb.lost == lost &&
	       sb.resent == resent;
}

static unsigned int records(void)
{
	struct rb_node *node;
	unsigned int n = 0;

	for (node = rb_first(&sb.tree); node; node = rb_next(node))
		n++;
	return n;
}

static bool gone(void)
{
	weft_scoreboard_purge(&sb);
	return !model_live && weft_scoreboard_empty(&sb) && list_empty(&sb.sent);
}

static void acknowledged(void)
{
	begin(4);
	CHECK(counts(400, 0, 0, 0) && weft_scoreboard_in_flight(&sb) == 400);
	ack(150);
	CHECK(counts(250, 0, 0, 0));
	CHECK(d.acked == 150 && d.newly == 150 && !d.sacked);
	CHECK(d.sent_us == 1001 && d.end == ISN + 150);
	CHECK(d.first_us == 1000 && d.last_us == 1001 && d.last_end == d.end);
	CHECK(weft_scoreboard_first(&sb)->seq == ISN + 150);
	CHECK(!at(149) && at(150) == at(199) && !at(400));
	again();
	ack(150);
	ack(100);
	CHECK(!d.begun && !d.acked && counts(250, 0, 0, 0));
	ack(400);
	CHECK(d.acked == 250 && weft_scoreboard_empty(&sb));
	CHECK(!weft_scoreboard_first(&sb) && !weft_scoreboard_last(&sb));
	CHECK(!model_live);
}

static void reported(void)
{
	begin(5);
	sack(150, 320);
	CHECK(counts(500, 170, 0, 0) && sb.high_sacked == ISN + 320);
	CHECK(d.sacked == 170 && d.newly == 170 && !d.acked);
	CHECK(d.sent_us == 1003 && d.end == ISN + 320 && !d.reordered);
	/* One record of what was reported, one of each side's rest. */
	CHECK(records() == 5 && at(150) == at(319) && at(150)->flags == WEFT_SEG_SACKED);
	again();
	sack(160, 300);
	sack(150, 320);
	CHECK(!d.sacked && !d.newly && counts(500, 170, 0, 0));
	/* What was reported counts as acknowledged, but as nothing new. */
	ack(330);
	CHECK(d.acked == 330 && d.newly == 160 && counts(170, 0, 0, 0));
	CHECK(gone());
}

static void reports_of_nothing(void)
{
	begin(2);
	sack(200, 300);
	sack(0, 0);
	sack(100, 50);
	sack(-50, 0);
	sack(0x40000000, 0x50000000);
	CHECK(counts(200, 0, 0, 0) && !d.begun);
	/* Only what is outstanding. */
	sack(-100, 50);
	sack(150, 1000);
	CHECK(counts(200, 100, 0, 0) && d.sacked == 100 && sb.high_sacked == ISN + 200);
	CHECK(gone());
}

static void reported_runs_grow(void)
{
	unsigned int i;

	begin(1);
	for (i = 10; i < 100; i++)
		sack(10, i + 1);
	CHECK(counts(100, 90, 0, 0) && records() == 2);
	CHECK(gone());
	begin(1);
	/* A run grows at its end without memory. */
	sack(10, 20);
	model_budget = 0;
	sack(10, 60);
	model_budget = -1;
	CHECK(counts(100, 50, 0, 0) && records() == 3);
	CHECK(gone());
	begin(50);
	for (i = 0; i < 50; i += 2)
		sack(i * 100, i * 100 + 100);
	CHECK(records() == 50 && sb.sacked == 2500);
	for (i = 1; i < 50; i += 2)
		sack(i * 100, i * 100 + 100);
	CHECK(records() == 1 && sb.sacked == 5000 && list_empty(&sb.sent));
	CHECK(gone());
}

static void edges_within_segments(void)
{
	begin(1);
	at(0)->mss = 30;
	/* Of 0-30-60-90-100 only whole ones. */
	sack(10, 20);
	sack(31, 89);
	CHECK(!sb.sacked && records() == 1);
	sack(10, 70);
	CHECK(counts(100, 30, 0, 0) && at(30)->end == ISN + 60);
	sack(89, 100);
	CHECK(counts(100, 40, 0, 0) && at(90)->seq == ISN + 90);
	CHECK(at(60)->mss == 30);
	sack(60, 95);
	CHECK(counts(100, 70, 0, 0) && records() == 2);
	CHECK(gone());
}

static void no_memory(void)
{
	begin(3);
	model_budget = 0;
	sack(50, 250);
	/* All but the half of the first. */
	CHECK(counts(300, 150, 0, 0) && at(100)->end == ISN + 250 && records() == 3);
	CHECK(!weft_scoreboard_cut(&sb, at(0), 50));
	model_budget = 1;
	sack(20, 40);
	CHECK(counts(300, 150, 0, 0));
	model_budget = -1;
	CHECK(gone());
}

static void lost_and_sent_again(void)
{
	begin(4);
	weft_scoreboard_mark_lost(&sb, at(200));
	weft_scoreboard_mark_lost(&sb, at(0));
	weft_scoreboard_mark_lost(&sb, at(0));
	CHECK(counts(400, 0, 200, 0) && weft_scoreboard_in_flight(&sb) == 200);
	CHECK(weft_scoreboard_next_lost(&sb) == at(0));
	weft_scoreboard_resent(&sb, at(0), 2000);
	CHECK(counts(400, 0, 200, 100) && weft_scoreboard_in_flight(&sb) == 300);
	CHECK(at(0)->tries == 2 && at(0)->sent_us == 2000);
	CHECK(list_last_entry(&sb.sent, struct weft_seg, sent) == at(0));
	CHECK(weft_scoreboard_next_lost(&sb) == at(200));
	/* Lost once more. */
	weft_scoreboard_mark_lost(&sb, at(0));
	CHECK(counts(400, 0, 200, 0) && weft_scoreboard_next_lost(&sb) == at(0));
	weft_scoreboard_resent(&sb, at(0), 3000);
	weft_scoreboard_resent(&sb, at(200), 3001);
	CHECK(!weft_scoreboard_next_lost(&sb) && counts(400, 0, 200, 200));
	ack(100);
	CHECK(counts(300, 0, 100, 100) && d.resent && d.sent_us == 3000 && !d.first_us);
	CHECK(d.spurious && !d.original);
	sack(200, 250);
	CHECK(counts(300, 50, 50, 50) && d.sent_us == 3001 && !d.last_us);
	CHECK(gone());
}

/* A tail loss probe: what is not lost is sent again. */
static void probed(void)
{
	begin(2);
	weft_scoreboard_resent(&sb, at(0), 5000);
	CHECK(counts(200, 0, 0, 0) && weft_scoreboard_in_flight(&sb) == 200);
	CHECK(at(0)->flags == WEFT_SEG_EVER_RESENT);
	ack(200);
	CHECK(d.sent_us == 5000 && d.end == ISN + 100 && d.resent && !d.spurious);
	CHECK(d.first_us == 1001 && d.last_us == 1001 && d.last_end == ISN + 200);
	CHECK(gone());
}

static void timed_out(void)
{
	begin(4);
	sack(100, 200);
	weft_scoreboard_mark_lost(&sb, at(0));
	weft_scoreboard_resent(&sb, at(0), 2000);
	weft_scoreboard_mark_all_lost(&sb, false);
	CHECK(counts(400, 100, 300, 0) && list_empty(&sb.sent));
	CHECK(weft_scoreboard_next_lost(&sb) == at(0));
	weft_scoreboard_mark_all_lost(&sb, true);
	CHECK(counts(400, 0, 400, 0));
	weft_scoreboard_resent(&sb, at(0), 3000);
	CHECK(weft_scoreboard_next_lost(&sb) == at(100));
	/* The original of the second was on its way: it was no loss. */
	ack(200);
	CHECK(d.spurious && d.original && counts(200, 0, 200, 0));
	CHECK(weft_scoreboard_unmark_lost(&sb) == 200 && counts(200, 0, 0, 0));
	CHECK(weft_scoreboard_unmark_lost(&sb) == 0);
	CHECK(gone());
}

/* Back in flight in the order of sending. */
static void unmarked(void)
{
	static const u32 order[] = { 100, 300, 0, 200 };
	struct weft_seg *seg;
	unsigned int i = 0;

	begin(4);
	weft_scoreboard_mark_lost(&sb, at(0));
	weft_scoreboard_mark_lost(&sb, at(200));
	weft_scoreboard_resent(&sb, at(0), 2000);
	weft_scoreboard_resent(&sb, at(200), 2000);
	weft_scoreboard_mark_lost(&sb, at(100));
	weft_scoreboard_mark_lost(&sb, at(200));
	CHECK(counts(400, 0, 300, 100));
	CHECK(weft_scoreboard_unmark_lost(&sb) == 200 && counts(400, 0, 100, 100));
	list_for_each_entry(seg, &sb.sent, sent)
		CHECK(seg == at(order[i++]));
	CHECK(i == 4);
	CHECK(gone());
}

static void reordered(void)
{
	begin(5);
	/* What one segment tells, in whatever order, is no reordering. */
	sack(400, 500);
	sack(200, 300);
	CHECK(!d.reordered && d.fack == ISN);
	again();
	sack(100, 200);
	CHECK(d.reordered);
	again();
	ack(100);
	CHECK(d.reordered && d.fack == ISN + 500);
	/* What was sent again proves nothing. */
	again();
	weft_scoreboard_resent(&sb, at(300), 2000);
	ack(500);
	CHECK(!d.reordered && !model_live);
}

static void cut_in_two(void)
{
	begin(2);
	at(0)->flags |= WEFT_SEG_SYN;
	at(0)->mss = 50;
	at(100)->flags |= WEFT_SEG_FIN;
	CHECK(weft_scoreboard_cut(&sb, at(0), 50));
	CHECK(at(0)->flags == WEFT_SEG_SYN && at(0)->end == ISN + 50);
	CHECK(!at(50)->flags && at(50)->end == ISN + 100 && at(50)->mss == 50);
	CHECK(at(50)->sent_us == 1000 && at(50)->tries == 1);
	CHECK(list_next_entry(at(0), sent) == at(50));
	CHECK(weft_scoreboard_cut(&sb, at(100), 99));
	CHECK(!at(100)->flags && at(199)->flags == WEFT_SEG_FIN);
	CHECK(weft_scoreboard_last(&sb) == at(199));
	/* What waits is cut like the rest. */
	weft_scoreboard_mark_all_lost(&sb, false);
	CHECK(weft_scoreboard_cut(&sb, at(0), 10) && counts(200, 0, 200, 0));
	ack(5);
	CHECK(counts(195, 0, 195, 0));
	CHECK(at(5)->flags == WEFT_SEG_LOST);
	weft_scoreboard_resent(&sb, at(5), 2000);
	CHECK(weft_scoreboard_next_lost(&sb) == at(10));
	CHECK(gone());
}

/* Everything at once: some 250,000 operations, about the end of the numbers' circle. */
static void as_the_model(void)
{
	static struct model m;
	unsigned int round, i, bad = 0;

	srand(4711);
	for (round = 0; round < 100 && !bad; round++) {
		model_init(&m, round % 4 ? 0U - rand() % 2000 : 2U * rand());
		for (i = 0; i < 3000 && !bad; i++) {
			u8 what = rand() % 16 | (rand() % 4 ? 0xf0 : rand() % 4 << 4);

			/* Purging and timeouts would leave little to look at. */
			if ((what & 15) > 11 && (what & 15) != 13 && rand() % 4)
				continue;
			if (!operate(&m, what, rand(), rand())) {
				printf("# round %u, step %u, %#x\n", round, i, what);
				bad++;
			}
		}
		weft_scoreboard_purge(&m.sb);
	}
	CHECK(!bad);
	CHECK(!model_live);
}

int main(void)
{
	TAP_RUN(acknowledged);
	TAP_RUN(reported);
	TAP_RUN(reports_of_nothing);
	TAP_RUN(reported_runs_grow);
	TAP_RUN(edges_within_segments);
	TAP_RUN(no_memory);
	TAP_RUN(lost_and_sent_again);
	TAP_RUN(probed);
	TAP_RUN(timed_out);
	TAP_RUN(unmarked);
	TAP_RUN(reordered);
	TAP_RUN(cut_in_two);
	TAP_RUN(as_the_model);
	return tap_done();
}
