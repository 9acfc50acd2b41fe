// SPDX-License-Identifier: GPL-2.0
/* proto/mtu_probe.c: the states of RFC 8899, and searches on paths of every MTU. */
#include <stdlib.h>
#include <linux/minmax.h>
#include "mtu_probe.h"
#include "tap.h"

#define BASE		WEFT_MTU_STATE_BASE
#define SEARCHING	WEFT_MTU_STATE_SEARCHING
#define COMPLETE	WEFT_MTU_STATE_COMPLETE
#define ERROR		WEFT_MTU_STATE_ERROR

/* A path: what it carries, and how many of a hundred packets it loses. */
struct path {
	unsigned int mtu;
	unsigned int loss;
	bool tells;	/* routers answer with packet too big */
};

static struct weft_mtu_probe p;
static u64 now;
static unsigned int sent;

static void begin(unsigned int max)
{
	now = 1000;
	sent = 0;
	weft_mtu_probe_init(&p, max, now);
}

/* One probe, if one is wanted now; false if not. */
static bool step(const struct path *path)
{
	unsigned int size = weft_mtu_probe_next(&p, now);

	if (!size)
		return false;
	weft_mtu_probe_sent(&p, size, now);
	sent++;
	now += 10;
	if (size <= path->mtu && (unsigned int)(rand() % 100) >= path->loss)
		weft_mtu_probe_acked(&p, size, now);
	else if (size > path->mtu && path->tells)
		weft_mtu_probe_too_big(&p, path->mtu, now);
	else
		weft_mtu_probe_lost(&p, now);
	return true;
}

static void search(const struct path *path)
{
	while (p.state != COMPLETE && step(path))
		CHECK(sent < 1000);
}

static bool is(enum weft_mtu_state state, unsigned int mtu)
{
	if (p.state != state || p.mtu != mtu)
		printf("# state %d, mtu %u\n", p.state, p.mtu);
	return p.state == state && p.mtu == mtu;
}

/* Lost as often as it takes for a size to be too big. */
static void lose(void)
{
	unsigned int i, size = weft_mtu_probe_next(&p, now);

	for (i = 0; i < WEFT_MTU_PROBES; i++) {
		CHECK(weft_mtu_probe_next(&p, now) == size);
		weft_mtu_probe_sent(&p, size, now);
		CHECK(!weft_mtu_probe_next(&p, now));
		weft_mtu_probe_lost(&p, now);
	}
}

static void a_path_like_its_first_link(void)
{
	static const struct path path = { .mtu = 1500 };

	begin(1500);
	CHECK(is(BASE, 576));
	CHECK(step(&path) && is(SEARCHING, 576));
	CHECK(step(&path) && is(COMPLETE, 1500));
	CHECK(!step(&path));
}

static void a_handshake_is_as_good_as_a_probe(void)
{
	begin(1500);
	weft_mtu_probe_connected(&p, now);
	CHECK(is(SEARCHING, 576) && weft_mtu_probe_next(&p, now) == 1500);
	weft_mtu_probe_connected(&p, now);
	CHECK(is(SEARCHING, 576));
}

static void the_smallest_link_needs_no_search(void)
{
	begin(100);
	weft_mtu_probe_connected(&p, now);
	CHECK(is(COMPLETE, 576));
	begin(1000000);
	CHECK(p.max == 65535);
}

static void a_dead_path(void)
{
	begin(1500);
	lose();
	CHECK(is(ERROR, 576) && !weft_mtu_probe_next(&p, now));
	now = p.due;
	weft_mtu_probe_timeout(&p, now);
	CHECK(weft_mtu_probe_next(&p, now) == 576);
	lose();
	CHECK(is(ERROR, 576) && !weft_mtu_probe_next(&p, now));
	now = p.due;
	weft_mtu_probe_sent(&p, 576, now);
	weft_mtu_probe_acked(&p, 576, now);
	CHECK(is(SEARCHING, 576));
}

static void one_loss_proves_nothing(void)
{
	begin(1500);
	weft_mtu_probe_connected(&p, now);
	weft_mtu_probe_sent(&p, 1500, now);
	weft_mtu_probe_lost(&p, now);
	weft_mtu_probe_sent(&p, 1500, now);
	weft_mtu_probe_lost(&p, now);
	CHECK(is(SEARCHING, 576) && weft_mtu_probe_next(&p, now) == 1500);
	weft_mtu_probe_sent(&p, 1500, now);
	weft_mtu_probe_acked(&p, 1500, now);
	CHECK(is(COMPLETE, 1500));
	weft_mtu_probe_lost(&p, now);
	CHECK(is(COMPLETE, 1500));
}

static void silence_is_a_loss(void)
{
	begin(1500);
	weft_mtu_probe_connected(&p, now);
	CHECK(p.due == (u64)-1);
	weft_mtu_probe_sent(&p, 1500, now);
	weft_mtu_probe_timeout(&p, now + WEFT_MTU_PROBE_MS - 1);
	CHECK(p.probed == 1500 && !p.lost);
	weft_mtu_probe_timeout(&p, now + WEFT_MTU_PROBE_MS);
	CHECK(!p.probed && p.lost == 1);
}

static void a_late_answer_counts(void)
{
	begin(1500);
	weft_mtu_probe_connected(&p, now);
	lose();
	CHECK(p.top == 1499);
	weft_mtu_probe_acked(&p, 1500, now);
	CHECK(is(COMPLETE, 1500));
	/* One that was never sent, or nonsense. */
	weft_mtu_probe_acked(&p, 1501, now);
	weft_mtu_probe_acked(&p, 3, now);
	CHECK(is(COMPLETE, 1500));
}

/* Section 4.6.2, line by line. */
static void packets_too_big(void)
{
	begin(9000);
	weft_mtu_probe_too_big(&p, 1400, now);
	CHECK(is(BASE, 576) && p.top == 9000);
	weft_mtu_probe_connected(&p, now);
	weft_mtu_probe_sent(&p, 9000, now);
	weft_mtu_probe_too_big(&p, 9000, now);
	weft_mtu_probe_too_big(&p, 20000, now);
	weft_mtu_probe_too_big(&p, 575, now);
	weft_mtu_probe_too_big(&p, 0, now);
	CHECK(is(SEARCHING, 576) && p.probed == 9000);
	weft_mtu_probe_too_big(&p, 1400, now);
	CHECK(is(SEARCHING, 576) && weft_mtu_probe_next(&p, now) == 1400);
	weft_mtu_probe_sent(&p, 1400, now);
	weft_mtu_probe_acked(&p, 1400, now);
	CHECK(is(COMPLETE, 1400));
	/* It is believed to lower, not to raise. */
	weft_mtu_probe_too_big(&p, 1450, now);
	weft_mtu_probe_too_big(&p, 1400, now);
	CHECK(is(COMPLETE, 1400));
	weft_mtu_probe_too_big(&p, 1000, now);
	CHECK(is(SEARCHING, 576) && weft_mtu_probe_next(&p, now) == 1000);
	weft_mtu_probe_too_big(&p, 576, now);
	CHECK(is(SEARCHING, 576));
}

static void black_holes(void)
{
	static const struct path wide = { .mtu = 1500 }, narrow = { .mtu = 1300 };
	unsigned int i;

	begin(1500);
	CHECK(!weft_mtu_probe_full_lost(&p));
	search(&wide);
	CHECK(is(COMPLETE, 1500));
	for (i = 1; i < WEFT_MTU_PROBES; i++)
		CHECK(!weft_mtu_probe_full_lost(&p));
	weft_mtu_probe_full_acked(&p, now);
	for (i = 1; i < WEFT_MTU_PROBES; i++)
		CHECK(!weft_mtu_probe_full_lost(&p));
	CHECK(is(COMPLETE, 1500));
	CHECK(weft_mtu_probe_full_lost(&p));
	CHECK(is(BASE, 576));
	search(&narrow);
	CHECK(p.mtu > 1300 - WEFT_MTU_STEP && p.mtu <= 1300);
	/* It may have been congestion: the old size is tried first. */
	for (i = 0; i < WEFT_MTU_PROBES; i++)
		weft_mtu_probe_full_lost(&p);
	weft_mtu_probe_connected(&p, now);
	CHECK(weft_mtu_probe_next(&p, now) == p.top);
}

static void confirmation(void)
{
	static const struct path wide = { .mtu = 1500 }, narrow = { .mtu = 1300 };
	unsigned int i;

	begin(1500);
	search(&wide);
	now += WEFT_MTU_CONFIRM_MS - 1;
	CHECK(!weft_mtu_probe_next(&p, now));
	weft_mtu_probe_full_acked(&p, now);
	now += WEFT_MTU_CONFIRM_MS - 1;
	CHECK(!weft_mtu_probe_next(&p, now));
	now++;
	weft_mtu_probe_timeout(&p, now);
	CHECK(weft_mtu_probe_next(&p, now) == 1500);
	CHECK(step(&wide) && is(COMPLETE, 1500) && !step(&wide));
	now = p.due;
	for (i = 0; i < WEFT_MTU_PROBES; i++)
		CHECK(step(&narrow));
	CHECK(is(BASE, 576));
	search(&narrow);
	CHECK(p.state == COMPLETE && p.mtu <= 1300);
}

static void larger_ones_are_tried_again(void)
{
	static const struct path wide = { .mtu = 1500 }, narrow = { .mtu = 1300 };
	u64 complete;

	begin(1500);
	search(&narrow);
	complete = now;
	while (now < complete + WEFT_MTU_RAISE_MS - 1) {
		now = min(now + 1000, complete + WEFT_MTU_RAISE_MS - 1);
		weft_mtu_probe_full_acked(&p, now);
		weft_mtu_probe_timeout(&p, now);
	}
	CHECK(p.state == COMPLETE && p.due == complete + WEFT_MTU_RAISE_MS);
	now = p.due;
	weft_mtu_probe_timeout(&p, now);
	CHECK(p.state == SEARCHING && p.mtu > 1292);
	search(&wide);
	CHECK(is(COMPLETE, 1500));
}

static void another_first_link(void)
{
	static const struct path path = { .mtu = 9000 };

	begin(1500);
	search(&path);
	weft_mtu_probe_set_max(&p, 1500, now);
	CHECK(is(COMPLETE, 1500));
	weft_mtu_probe_set_max(&p, 9000, now);
	CHECK(is(SEARCHING, 1500) && step(&path) && is(COMPLETE, 9000));
	weft_mtu_probe_set_max(&p, 1400, now);
	CHECK(is(COMPLETE, 1400));
}

/* Sizes that are exact: of plateaus, of links, and what routers tell. */
static void exact_sizes(void)
{
	static const unsigned int sizes[] = { 576, 1280, 1420, 1500, 9000, 65535 };
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		const struct path path = { .mtu = sizes[i] };

		begin(65535);
		search(&path);
		CHECK(is(COMPLETE, sizes[i]));
	}
}

static unsigned int most, sum;

static void try(unsigned int max, const struct path *path)
{
	begin(max);
	search(path);
	if (p.state != COMPLETE || p.mtu > path->mtu ||
	    p.mtu + WEFT_MTU_STEP <= min(path->mtu, max)) {
		printf("# path %u, link %u: state %d, mtu %u\n", path->mtu, max,
		       p.state, p.mtu);
		CHECK(0);
	}
	most = max(most, sent);
	sum += sent;
}

/* Every MTU that a path can have, behind links of three kinds. */
static void every_path(void)
{
	static const unsigned int links[] = { 1500, 9000, 65535 };
	struct path path = {};
	unsigned int i;

	for (i = 0; i < 3; i++) {
		most = 0;
		sum = 0;
		for (path.mtu = 576; path.mtu <= links[i]; path.mtu++)
			try(links[i], &path);
		printf("# link %u: at most %u probes, %u on average\n", links[i],
		       most, sum / (links[i] - 575));
		CHECK(most <= WEFT_MTU_SEARCH_MAX);
	}
}

static void every_path_whose_routers_tell(void)
{
	struct path path = { .tells = true };

	for (path.mtu = 576; path.mtu <= 65535; path.mtu++) {
		begin(65535);
		search(&path);
		CHECK(p.state == COMPLETE && p.mtu == path.mtu && sent <= 3);
	}
}

/* With losses the MTU may be found too small, never too big, and never for ever. */
static void every_path_with_losses(void)
{
	struct path path = { .loss = 20 };
	unsigned int near = 0, all = 0;

	srand(1);
	for (path.mtu = 576; path.mtu <= 65535; path.mtu += 7, all++) {
		begin(65535);
		weft_mtu_probe_connected(&p, now);
		search(&path);
		CHECK(p.state == COMPLETE && p.mtu <= path.mtu && p.mtu >= 576);
		CHECK(sent <= WEFT_MTU_PROBES * WEFT_MTU_SEARCH_MAX);
		near += p.mtu + WEFT_MTU_STEP > path.mtu;
	}
	printf("# with 20 %% lost: %u of %u right\n", near, all);
	CHECK(near > all * 9 / 10);
}

int main(void)
{
	TAP_RUN(a_path_like_its_first_link);
	TAP_RUN(a_handshake_is_as_good_as_a_probe);
	TAP_RUN(the_smallest_link_needs_no_search);
	TAP_RUN(a_dead_path);
	TAP_RUN(one_loss_proves_nothing);
	TAP_RUN(silence_is_a_loss);
	TAP_RUN(a_late_answer_counts);
	TAP_RUN(packets_too_big);
	TAP_RUN(black_holes);
	TAP_RUN(confirmation);
	TAP_RUN(larger_ones_are_tried_again);
	TAP_RUN(another_first_link);
	TAP_RUN(exact_sizes);
	TAP_RUN(every_path);
	TAP_RUN(every_path_whose_routers_tell);
	TAP_RUN(every_path_with_losses);
	return tap_done();
}
