// SPDX-License-Identifier: GPL-2.0
/* weft perf: a histogram of times, exact to 1/256. */
#include "perf.h"

#define WIDTH	PERF_LATENCY_WIDTH

/* The slot of a time. */
static unsigned int slot_of(uint64_t ns)
{
	unsigned int shift;

	if (ns < WIDTH)
		return (unsigned int)ns;
	/* How far its highest bits are above those of the first octave. */
	shift = 63 - (unsigned int)__builtin_clzll(ns) - PERF_LATENCY_BITS;
	return (shift + 1) * WIDTH + (unsigned int)((ns >> shift) - WIDTH);
}

/* The time in the middle of a slot. */
static uint64_t time_of(unsigned int slot)
{
	unsigned int octave = slot / WIDTH;
	uint64_t low;

	if (!octave)
		return slot;
	low = (uint64_t)(WIDTH + slot % WIDTH) << (octave - 1);
	return low + ((1ULL << (octave - 1)) >> 1);
}

void perf_latency_add(struct perf_latency *l, uint64_t ns)
{
	if (!l->n || ns < l->min)
		l->min = ns;
	if (ns > l->max)
		l->max = ns;
	l->n++;
	l->sum += (double)ns;
	l->slot[slot_of(ns)]++;
}

/* The time that @percent of all do not exceed, ns; 0 if there are none. */
uint64_t perf_latency_percentile(const struct perf_latency *l, double percent)
{
	double wanted = percent / 100 * (double)l->n;
	uint64_t seen = 0, ns;
	unsigned int i;

	for (i = 0; i < PERF_LATENCY_SLOTS; i++) {
		seen += l->slot[i];
		if (!l->slot[i] || (double)seen < wanted)
			continue;
		ns = time_of(i);
		if (ns < l->min)
			return l->min;
		return ns > l->max ? l->max : ns;
	}
	return l->max;
}

double perf_latency_mean(const struct perf_latency *l)
{
	return l->n ? l->sum / (double)l->n : 0;
}
