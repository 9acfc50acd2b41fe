// SPDX-License-Identifier: GPL-2.0
/* proto/rack.c: the steps and cases of RFC 8985, on a path of 100 ms. */
#include <stdlib.h>

#include <linux/limits.h>
#include "rack.h"
#include "tap.h"

#define MS	1000U
#define RTT	(100 * MS)
#define SEG	1000U
/* The first numbers are at the end of the circle. */
#define ISN	(0U - 3 * SEG)

static struct weft_scoreboard sb;
static struct weft_delivery d;
static struct weft_rack rack;
static u64 now;

static struct weft_seg *alloc(void)
{
	return malloc(sizeof(struct weft_seg));
}

static void release(struct weft_seg *seg)
{
	free(seg);
}

/* A record of @n segments. */
static void send_large(unsigned int n)
{
	struct weft_seg *last = weft_scoreboard_last(&sb), *seg = alloc();

	seg->seq = last ? last->end : ISN;
	seg->end = seg->seq + n * SEG;
	seg->mss = SEG;
	seg->flags = 0;
	weft_scoreboard_add(&sb, seg, now);
}

/* @n records of a segment, 1 ms apart. */
static void send(unsigned int n)
{
	for (; n--; now += MS)
		send_large(1);
}

static void begin(void)
{
	weft_scoreboard_purge(&sb);
	weft_rack_init(&rack, ISN);
	now = 1000 * MS;
}

/* Numbers are counted in segments from here on. */
static struct weft_seg *at(u32 n)
{
	return weft_scoreboard_find(&sb, ISN + n * SEG);
}

static bool lost(u32 n)
{
	return (at(n)->flags & (WEFT_SEG_LOST | WEFT_SEG_RESENT)) == WEFT_SEG_LOST;
}

/* An acknowledgment of all before @una, and a report of @from to @to if there is one. */
static void arrive_echo(u32 una, u32 from, u32 to, u32 min_rtt, u32 echo_rtt)
{
	struct weft_range block = { ISN + from * SEG, ISN + to * SEG };

	memset(&d, 0, sizeof(d));
	weft_scoreboard_ack(&sb, ISN + una * SEG, &d);
	weft_scoreboard_sack(&sb, block, &d);
	weft_rack_update(&rack, &d, ISN + una * SEG,
			 sb.sacked ? sb.high_sacked : ISN + una * SEG,
			 min_rtt, echo_rtt, now);
}

static void arrive(u32 una, u32 from, u32 to)
{
	arrive_echo(una, from, to, RTT, 0);
}

static u32 window(bool recovering, bool thrice)
{
	return weft_rack_window(&rack, RTT, RTT, recovering, thrice);
}

/* Return: was anything lost? */
static bool detect(u32 reo_wnd, u32 timeout)
{
	u32 wait = 4711;
	bool any = weft_rack_detect(&rack, &sb, reo_wnd, now, &wait);

	if (wait != timeout) {
		printf("# timeout %u\n", wait);
		CHECK(wait == timeout);
	}
	return any;
}

static void nothing_arrived(void)
{
	begin();
	CHECK(!detect(0, 0));
	send(3);
	now += 100 * RTT;
	CHECK(!detect(0, 0));
}

/* The first is lost; each later one is reported as it comes. */
static void first_lost(void)
{
	begin();
	send(5);
	now = 1001 * MS + RTT;
	arrive(0, 1, 2);
	CHECK(rack.xmit_us == 1001 * MS && rack.end == ISN + 2 * SEG);
	CHECK(rack.rtt == RTT && rack.fack == ISN + 2 * SEG);
	/* It has 25 ms, but was sent 1 ms before. */
	CHECK(window(false, false) == 25 * MS);
	CHECK(!detect(25 * MS, 24 * MS));
	now += MS;
	arrive(0, 2, 3);
	CHECK(!detect(25 * MS, 23 * MS));
	now += MS;
	arrive(0, 3, 4);
	/* The third one reported: as by three duplicate acknowledgments. */
	CHECK(window(false, true) == 0);
	CHECK(detect(0, 0) && lost(0) && !lost(4));
	CHECK(sb.lost == SEG && !detect(0, 0));
}

static void timer(void)
{
	begin();
	send(4);
	now = 1003 * MS + RTT;
	arrive(0, 3, 4);
	/* The earliest one first, then the others as their time comes. */
	CHECK(!detect(25 * MS, 22 * MS));
	now += 22 * MS;
	CHECK(detect(25 * MS, MS) && lost(0) && !lost(1));
	now += MS - 1;
	CHECK(!detect(25 * MS, 1));
	now += 2 * MS;
	CHECK(detect(25 * MS, 0) && lost(1) && lost(2));
}

static void reordering(void)
{
	begin();
	send(6);
	now += RTT;
	arrive(0, 2, 5);
	CHECK(!rack.reordering_seen);
	CHECK(window(true, false) == 0 && window(false, true) == 0);
	arrive(0, 1, 2);
	CHECK(rack.reordering_seen);
	CHECK(window(true, true) == 25 * MS && window(false, false) == 25 * MS);
	CHECK(weft_rack_window(&rack, 20 * MS, RTT, false, false) == 20 * MS);
	CHECK(weft_rack_window(&rack, 0, U32_MAX, false, false) == 0);
}

/* What one acknowledgment tells at once is no reordering. */
static void no_reordering(void)
{
	struct weft_range first = { ISN + 5 * SEG, ISN + 6 * SEG };

	begin();
	send(6);
	memset(&d, 0, sizeof(d));
	weft_scoreboard_sack(&sb, first, &d);
	first.seq -= 2 * SEG;
	first.end -= 2 * SEG;
	weft_scoreboard_sack(&sb, first, &d);
	now += RTT;
	weft_rack_update(&rack, &d, ISN, sb.high_sacked, RTT, 0, now);
	CHECK(!rack.reordering_seen);
	/* Nor is the late arrival of what was sent again. */
	weft_scoreboard_mark_lost(&sb, at(0));
	weft_scoreboard_resent(&sb, at(0), now);
	now += RTT;
	arrive(1, 0, 0);
	CHECK(!rack.reordering_seen);
}

static void retransmission_lost(void)
{
	begin();
	send(5);
	now += RTT;
	arrive(0, 1, 4);
	CHECK(detect(0, 0) && lost(0));
	weft_scoreboard_resent(&sb, at(0), now);
	now += MS;
	send(2);
	CHECK(!detect(0, 0));
	now += RTT;
	arrive(0, 4, 6);
	CHECK(detect(0, 0) && lost(0) && sb.resent == 0 && sb.lost == SEG);
	weft_scoreboard_resent(&sb, at(0), now);
	now += RTT;
	arrive(6, 0, 0);
	CHECK(rack.xmit_us == now - RTT && rack.end == ISN + SEG);
	CHECK(rack.rtt == RTT);
}

/* What devices make of one record has one time: its end decides. */
static void large_record(void)
{
	begin();
	send_large(10);
	now += RTT;
	arrive(0, 3, 5);
	CHECK(rack.end == ISN + 5 * SEG);
	CHECK(!detect(25 * MS, 25 * MS));
	CHECK(detect(0, 0) && lost(0) && !lost(5) && sb.lost == 3 * SEG);
	/* Sent in the same microsecond in another order. */
	weft_scoreboard_resent(&sb, at(0), now);
	send_large(1);
	now += RTT;
	arrive(0, 5, 11);
	CHECK(detect(0, 0) && lost(0));
	begin();
	send(2);
	now += MS;
	send_large(1);
	weft_scoreboard_mark_lost(&sb, at(0));
	weft_scoreboard_resent(&sb, at(0), now);
	weft_scoreboard_mark_lost(&sb, at(1));
	weft_scoreboard_resent(&sb, at(1), now);
	now += RTT;
	arrive(0, 1, 2);
	/* The third is behind in number and before in the list. */
	CHECK(detect(0, 0) && lost(0) && !lost(2));
}

/* Step 2: which of the transmissions arrived? */
static void which_arrived(void)
{
	u64 sent;

	begin();
	send(2);
	now += RTT / 2;
	weft_scoreboard_mark_lost(&sb, at(0));
	weft_scoreboard_resent(&sb, at(0), now);
	sent = now;
	/* Sooner than a round trip: the first one; the others count nevertheless. */
	now += RTT - 1;
	arrive(2, 0, 0);
	CHECK(rack.xmit_us == 1001 * MS && rack.end == ISN + 2 * SEG);
	CHECK(rack.rtt == now - 1001 * MS);

	begin();
	send(1);
	weft_scoreboard_resent(&sb, at(0), now += RTT / 2);
	now += RTT - 1;
	arrive(1, 0, 0);
	CHECK(!rack.xmit_us && !rack.rtt && rack.fack == ISN + SEG);

	begin();
	send(2);
	now += 2 * RTT;
	sent = now;
	weft_scoreboard_resent(&sb, at(0), now);
	weft_scoreboard_resent(&sb, at(1), now);
	now += 2 * RTT;
	/* Late enough, but the echo is of the first one. */
	arrive_echo(1, 0, 0, RTT, now - 1000 * MS);
	CHECK(!rack.xmit_us);
	/* It is of the second one, taken some microseconds before. */
	arrive_echo(2, 0, 0, RTT, now - sent + 5);
	CHECK(rack.xmit_us == sent && rack.rtt == 2 * RTT);

	/* The least round-trip time is not known. */
	begin();
	send(2);
	sent = now;
	weft_scoreboard_resent(&sb, at(0), sent);
	weft_scoreboard_resent(&sb, at(1), sent);
	now += 5 * MS;
	arrive_echo(1, 0, 0, U32_MAX, 6 * MS);
	CHECK(!rack.xmit_us);
	arrive_echo(2, 0, 0, U32_MAX, 5 * MS);
	CHECK(rack.xmit_us == sent);
}

/* A late one with a long way makes others wait as long, but is not the last sent. */
static void older_arrives(void)
{
	begin();
	send(4);
	now += RTT;
	arrive(0, 2, 3);
	CHECK(rack.rtt == now - 1002 * MS);
	now += 10 * MS;
	arrive(0, 1, 2);
	CHECK(rack.xmit_us == 1002 * MS && rack.end == ISN + 3 * SEG);
	CHECK(rack.rtt == now - 1001 * MS && rack.fack == ISN + 3 * SEG);
	/* What was reported is forgotten: the highest stays the highest. */
	weft_scoreboard_mark_all_lost(&sb, true);
	arrive(1, 0, 0);
	CHECK(rack.fack == ISN + 3 * SEG);
}

static u32 windows(void)
{
	return weft_rack_window(&rack, 100 * RTT, RTT, false, false) / (RTT / 4);
}

static void duplicates_widen(void)
{
	u32 nxt = ISN + 10 * SEG;
	int i;

	begin();
	CHECK(windows() == 1);
	weft_rack_dsack(&rack, ISN, nxt);
	CHECK(windows() == 2);
	/* Once in a round trip. */
	weft_rack_dsack(&rack, ISN + 5 * SEG, nxt + SEG);
	weft_rack_dsack(&rack, nxt - 1, nxt + 2 * SEG);
	CHECK(windows() == 2);
	weft_rack_dsack(&rack, nxt, nxt + 10 * SEG);
	CHECK(windows() == 3);
	CHECK(window(false, false) == 75 * MS);
	weft_rack_dsack(&rack, nxt + 10 * SEG, nxt + 20 * SEG);
	weft_rack_dsack(&rack, nxt + 20 * SEG, nxt + 30 * SEG);
	CHECK(windows() == 5 && window(false, false) == RTT);
	/* It stays for 16 recoveries without another one. */
	for (i = 0; i < 15; i++)
		weft_rack_recovered(&rack);
	CHECK(windows() == 5);
	weft_rack_dsack(&rack, nxt + 30 * SEG, nxt + 40 * SEG);
	for (i = 0; i < 15; i++)
		weft_rack_recovered(&rack);
	CHECK(windows() == 6);
	weft_rack_recovered(&rack);
	CHECK(windows() == 1);
	weft_rack_recovered(&rack);
	CHECK(windows() == 1);
}

static void duplicates_without_end(void)
{
	int i;

	begin();
	for (i = 0; i < 300; i++)
		weft_rack_dsack(&rack, ISN + i * SEG, ISN + (i + 1) * SEG);
	CHECK(windows() == 255);
	/* No overflow. */
	CHECK(weft_rack_window(&rack, U32_MAX, U32_MAX, false, false) == U32_MAX);
}

/* The round trip ends with the acknowledgment, however long ago it was. */
static void duplicates_far_apart(void)
{
	begin();
	send(1);
	weft_rack_dsack(&rack, ISN, ISN + SEG);
	CHECK(rack.dsack_pending);
	now += RTT;
	arrive(1, 0, 0);
	CHECK(!rack.dsack_pending);
	weft_rack_dsack(&rack, ISN + 0x90000000, ISN + 0x90000001);
	CHECK(windows() == 3);
}

/* The last half of a flight is lost, and the probe shows it. */
static void tail_lost(void)
{
	u32 i;

	begin();
	send(20);
	now = 1009 * MS + RTT;
	arrive(10, 0, 0);
	CHECK(!detect(window(false, false), 0));
	now += weft_tlp_timeout(RTT, false, RTT * 10, 40 * MS);
	weft_scoreboard_resent(&sb, at(19), now);
	weft_tlp_sent(&rack, ISN + 20 * SEG, true);
	now += RTT;
	arrive(10, 19, 20);
	CHECK(detect(window(false, false), 0));
	for (i = 10; i < 19; i++)
		CHECK(lost(i));
	CHECK(sb.lost == 9 * SEG && weft_scoreboard_in_flight(&sb) == 0);
}

static void probe_timeout(void)
{
	CHECK(weft_tlp_timeout(RTT, false, 1000 * MS, 40 * MS) == 2 * RTT);
	CHECK(weft_tlp_timeout(RTT, true, 1000 * MS, 40 * MS) == 2 * RTT + 40 * MS);
	CHECK(weft_tlp_timeout(RTT, true, 210 * MS, 40 * MS) == 210 * MS);
	CHECK(weft_tlp_timeout(0, true, 3000 * MS, 40 * MS) == 1000 * MS);
	CHECK(weft_tlp_timeout(0, false, 500 * MS, 40 * MS) == 500 * MS);
	CHECK(weft_tlp_timeout(U32_MAX, true, U32_MAX, U32_MAX) == U32_MAX);
}

/* Section 7.4.2: a probe to @end, and one acknowledgment after it. */
static bool probe_repaired(bool resent, int ack, bool dsack, bool dupack)
{
	begin();
	weft_tlp_sent(&rack, ISN + 4 * SEG, resent);
	CHECK(rack.tlp_out);
	return weft_tlp_acked(&rack, ISN + 4 * SEG + ack, dsack, dupack);
}

static void probe_answered(void)
{
	begin();
	CHECK(!weft_tlp_acked(&rack, ISN + SEG, true, false));
	/* Not all of it yet. */
	CHECK(!probe_repaired(true, -1, false, true) && rack.tlp_out);
	CHECK(!probe_repaired(false, -1, false, false) && rack.tlp_out);
	/* New data arrived: nothing was lost. */
	CHECK(!probe_repaired(false, 0, false, false) && !rack.tlp_out);
	CHECK(!probe_repaired(false, 1, false, false) && !rack.tlp_out);
	/* Case 1: a duplicate report. */
	CHECK(!probe_repaired(true, 0, true, false) && !rack.tlp_out);
	CHECK(!probe_repaired(true, 1, true, false) && !rack.tlp_out);
	/* Case 2: a duplicate acknowledgment without any. */
	CHECK(!probe_repaired(true, 0, false, true) && !rack.tlp_out);
	/* That may still come. */
	CHECK(!probe_repaired(true, 0, false, false) && rack.tlp_out);
	/* It did not, and more arrived. */
	CHECK(weft_tlp_acked(&rack, ISN + 5 * SEG, false, false) && !rack.tlp_out);
	CHECK(probe_repaired(true, 1, false, false) && !rack.tlp_out);
}

/* What step 5 says, of every record. */
static bool as_step_5(u32 reo_wnd, u32 *timeout)
{
	struct rb_node *node;
	bool any = false;

	*timeout = 0;
	for (node = rb_first(&sb.tree); node; node = rb_next(node)) {
		struct weft_seg *seg = rb_entry(node, struct weft_seg, node);
		bool should, waits = seg->flags & WEFT_SEG_LOST &&
				     !(seg->flags & WEFT_SEG_RESENT);
		s64 left = (s64)(seg->sent_us + rack.rtt + reo_wnd - now);

		should = !(seg->flags & WEFT_SEG_SACKED) && !waits &&
			 (rack.xmit_us > seg->sent_us ||
			  (rack.xmit_us == seg->sent_us &&
			   (s32)(rack.end - seg->end) > 0));
		if (should && left > 0 && (!*timeout || left < *timeout))
			*timeout = left;
		/* tries is ours here: what is to be lost. */
		seg->tries = should && left <= 0 ? 1000 : 0;
		any |= should && left <= 0;
	}
	return any;
}

static bool detects_as_step_5(u32 reo_wnd)
{
	u32 timeout, should_timeout;
	bool should = as_step_5(reo_wnd, &should_timeout);
	u32 before = sb.lost - sb.resent, len = 0;
	struct rb_node *node;

	if (weft_rack_detect(&rack, &sb, reo_wnd, now, &timeout) != should ||
	    timeout != should_timeout)
		return false;
	for (node = rb_first(&sb.tree); node; node = rb_next(node)) {
		struct weft_seg *seg = rb_entry(node, struct weft_seg, node);

		if (seg->tries != 1000)
			continue;
		len += seg->end - seg->seq;
		if ((seg->flags & (WEFT_SEG_LOST | WEFT_SEG_RESENT)) != WEFT_SEG_LOST)
			return false;
	}
	return len == sb.lost - sb.resent - before;
}

/* At random, on a path that loses and reorders. */
static void as_the_steps(void)
{
	unsigned int i, bad = 0, losses = 0;
	struct weft_seg *seg;
	u32 before;

	srand(3);
	for (i = 0; i < 60000 && !bad; i++) {
		if (i % 600 == 0)
			begin();
		now += rand() % 4 ? rand() % 3U : rand() % (20 * MS);
		switch (rand() % 4) {
		case 0:
			if (sb.out < 60 * SEG)
				send_large(1 + rand() % 4);
			break;
		case 1:
			while ((seg = weft_scoreboard_next_lost(&sb)) && rand() % 4)
				weft_scoreboard_resent(&sb, seg, now);
			break;
		case 2:
			if (sb.out) {
				u32 una = (sb.first->seq - ISN) / SEG;
				u32 from = una + rand() % (sb.out / SEG);

				arrive(una + !(rand() % 8), from, from + rand() % 4);
			}
			break;
		}
		before = sb.lost;
		bad += !detects_as_step_5(rand() % 2 ? 0 : 25 * MS);
		losses += sb.lost != before;
	}
	CHECK(!bad);
	CHECK(losses > 1000);
	printf("# %u times something was lost\n", losses);
}

int main(void)
{
	weft_scoreboard_init(&sb, alloc, release);
	TAP_RUN(nothing_arrived);
	TAP_RUN(first_lost);
	TAP_RUN(timer);
	TAP_RUN(reordering);
	TAP_RUN(no_reordering);
	TAP_RUN(retransmission_lost);
	TAP_RUN(large_record);
	TAP_RUN(which_arrived);
	TAP_RUN(older_arrives);
	TAP_RUN(duplicates_widen);
	TAP_RUN(duplicates_without_end);
	TAP_RUN(duplicates_far_apart);
	TAP_RUN(tail_lost);
	TAP_RUN(probe_timeout);
	TAP_RUN(probe_answered);
	TAP_RUN(as_the_steps);
	weft_scoreboard_purge(&sb);
	return tap_done();
}
