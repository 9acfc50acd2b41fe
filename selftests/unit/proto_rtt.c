// SPDX-License-Identifier: GPL-2.0
/* proto/rtt.c: RFC 6298, section 2, the least round-trip time, and extremes. */
#include <math.h>
#include <stdlib.h>

#include <linux/limits.h>
#include "rtt.h"
#include "tap.h"

#define MS	1000U
#define S	1000000ULL

static struct weft_rtt rtt;

static void nothing_known(void)
{
	weft_rtt_init(&rtt);
	CHECK(!weft_rtt_smoothed(&rtt));
	CHECK(rtt.min == U32_MAX);
	CHECK(weft_rtt_rto(&rtt, 0) == WEFT_RTO_INITIAL_US);
	CHECK(weft_rtt_rto(&rtt, 3) == 8 * WEFT_RTO_INITIAL_US);
}

static void first_sample(void)
{
	weft_rtt_init(&rtt);
	weft_rtt_sample(&rtt, 300 * MS, 5 * S);
	/* SRTT = R, RTTVAR = R / 2, RTO = SRTT + 4 RTTVAR */
	CHECK(weft_rtt_smoothed(&rtt) == 300 * MS);
	CHECK(rtt.rttvar4 == 600 * MS);
	CHECK(weft_rtt_rto(&rtt, 0) == 900 * MS);
	CHECK(rtt.latest == 300 * MS && rtt.min == 300 * MS);
}

/* With one sample in a round trip it is the RFC's arithmetic, in other numbers. */
static void as_the_rfc(void)
{
	double srtt = 0, rttvar = 0, rto;
	u64 now = S;
	unsigned int i;
	u32 us;

	srand(1);
	weft_rtt_init(&rtt);
	for (i = 0; i < 20000; i++) {
		us = i % 2000 < 1000 ? 50000 + rand() % 20000 : 1000 + rand() % 3000000;
		now += S * 10;
		weft_rtt_sample(&rtt, us, now);
		if (!i) {
			srtt = us;
			rttvar = us / 2.0;
		} else {
			rttvar = 0.75 * rttvar + 0.25 * fabs(srtt - us);
			srtt = 0.875 * srtt + 0.125 * us;
		}
		rto = srtt + fmax(4 * rttvar, 100 * MS);
		rto = fmin(fmax(rto, WEFT_RTO_MIN_US), WEFT_RTO_MAX_US);
		CHECK(fabs(weft_rtt_smoothed(&rtt) - srtt) < 8);
		CHECK(fabs(rtt.rttvar4 - 4 * rttvar) < 64);
		CHECK(fabs(weft_rtt_rto(&rtt, 0) - rto) < 72);
	}
}

/* A thousand samples in a round trip do not make the deviation forgotten in it. */
static void many_samples(void)
{
	u64 now = S;
	unsigned int i;
	u32 before;

	weft_rtt_init(&rtt);
	for (i = 0; i < 50; i++)
		weft_rtt_sample(&rtt, i % 2 ? 400 * MS : 600 * MS, now += S);
	before = rtt.rttvar4;
	CHECK(before > 300 * MS);
	for (i = 0; i < 1000; i++)
		weft_rtt_sample(&rtt, 500 * MS, now += 100);
	CHECK(rtt.rttvar4 >= before - before / 4 - 100);
	/* Round trip by round trip they do. */
	for (i = 0; i < 60; i++)
		weft_rtt_sample(&rtt, 500 * MS, now += S);
	CHECK(rtt.rttvar4 < MS);
	/* It rises at once. */
	weft_rtt_sample(&rtt, 900 * MS, now += 100);
	CHECK(rtt.rttvar4 >= 399 * MS);
}

/* The largest deviation of a round trip counts when it ends. */
static void largest_of_a_round(void)
{
	u64 now = S;
	unsigned int i;

	weft_rtt_init(&rtt);
	for (i = 0; i < 200; i++) {
		now += S;
		weft_rtt_sample(&rtt, 100 * MS, now);
		weft_rtt_sample(&rtt, 130 * MS, now + 1);
		weft_rtt_sample(&rtt, 100 * MS, now + 2);
	}
	/* The others are near the mean, and do not take away from it. */
	CHECK(rtt.rttvar4 > 4 * 18 * MS);
}

static void timeout_bounds(void)
{
	unsigned int i;

	weft_rtt_init(&rtt);
	for (i = 0; i < 100; i++)
		weft_rtt_sample(&rtt, 50, i * S);
	CHECK(weft_rtt_rto(&rtt, 0) == WEFT_RTO_MIN_US);
	CHECK(weft_rtt_rto(&rtt, 1) == 2 * WEFT_RTO_MIN_US);
	CHECK(weft_rtt_rto(&rtt, 9) == 512 * WEFT_RTO_MIN_US);
	CHECK(weft_rtt_rto(&rtt, 10) == WEFT_RTO_MAX_US);
	CHECK(weft_rtt_rto(&rtt, 200) == WEFT_RTO_MAX_US);
	CHECK(weft_rtt_rto(&rtt, U32_MAX) == WEFT_RTO_MAX_US);
}

/* However steady a path is, an acknowledgment may come later than the others did. */
static void steady_path(void)
{
	static const unsigned int paths[] = { 50, 100, 101, 150, 200, 500, 3000 };
	unsigned int i, j, ms;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		ms = paths[i];
		weft_rtt_init(&rtt);
		for (j = 0; j < 200; j++)
			weft_rtt_sample(&rtt, ms * MS, j * 10 * S);
		CHECK(rtt.rttvar4 < MS);
		CHECK(weft_rtt_rto(&rtt, 0) == (ms <= 100 ? 200 * MS : (ms + 100) * MS));
	}
}

static void extreme_samples(void)
{
	unsigned int i;

	weft_rtt_init(&rtt);
	for (i = 0; i < 100; i++) {
		weft_rtt_sample(&rtt, 0, i);
		CHECK(weft_rtt_smoothed(&rtt) == 1 && rtt.min == 1);
	}
	for (i = 0; i < 300; i++) {
		weft_rtt_sample(&rtt, U32_MAX, i * 200 * S);
		CHECK(weft_rtt_smoothed(&rtt) <= WEFT_RTO_MAX_US);
		CHECK(rtt.rttvar4 <= 4 * WEFT_RTO_MAX_US);
	}
	CHECK(weft_rtt_smoothed(&rtt) > WEFT_RTO_MAX_US - 10);
	CHECK(weft_rtt_rto(&rtt, 0) == WEFT_RTO_MAX_US);
	for (i = 0; i < 300; i++)
		weft_rtt_sample(&rtt, 1, 100000 * S + i * 200 * S);
	/* Eighths are rounded down: what is left of the large ones is less than 8. */
	CHECK(weft_rtt_smoothed(&rtt) && weft_rtt_smoothed(&rtt) < 9);
	CHECK(weft_rtt_rto(&rtt, 0) == WEFT_RTO_MIN_US);
}

/* Against all samples of the last half of the window, and of the window. */
static void least(void)
{
	enum { SAMPLES = 4000 };
	static u64 at[SAMPLES];
	static u32 us[SAMPLES];
	u64 now = 7 * S;
	int i, k;

	srand(2);
	weft_rtt_init(&rtt);
	for (i = 0; i < SAMPLES; i++) {
		u32 half = U32_MAX, whole = U32_MAX;

		now += rand() % (rand() % 50 ? S : 400 * S);
		at[i] = now;
		us[i] = 100 + rand() % 100000;
		weft_rtt_sample(&rtt, us[i], now);
		for (k = i; k >= 0 && now - at[k] <= WEFT_RTT_MIN_WINDOW_US; k--) {
			if (us[k] < whole)
				whole = us[k];
			if (now - at[k] < WEFT_RTT_MIN_WINDOW_US / 2 && us[k] < half)
				half = us[k];
		}
		CHECK(rtt.min >= whole && rtt.min <= half);
	}
	/* What is older than the window is forgotten, by one sample after a rest as well. */
	weft_rtt_sample(&rtt, 10, now);
	CHECK(rtt.min == 10);
	weft_rtt_sample(&rtt, 500, now + WEFT_RTT_MIN_WINDOW_US / 3);
	CHECK(rtt.min == 10);
	weft_rtt_sample(&rtt, 600, now + 2 * WEFT_RTT_MIN_WINDOW_US);
	CHECK(rtt.min == 600);
}

int main(void)
{
	TAP_RUN(nothing_known);
	TAP_RUN(first_sample);
	TAP_RUN(as_the_rfc);
	TAP_RUN(many_samples);
	TAP_RUN(largest_of_a_round);
	TAP_RUN(timeout_bounds);
	TAP_RUN(steady_path);
	TAP_RUN(extreme_samples);
	TAP_RUN(least);
	return tap_done();
}
