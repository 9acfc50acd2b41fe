// SPDX-License-Identifier: GPL-2.0
/* weft perf: when what happens, rates, and how numbers are written. */
#include <stdio.h>

#include "perf.h"

void perf_plan_init(struct perf_plan *plan, const struct perf_params *p, uint64_t interval,
		    uint64_t now)
{
	plan->start = now;
	plan->begin = now + p->omit * PERF_MS;
	plan->end = p->duration ? plan->begin + p->duration * PERF_MS : 0;
	plan->interval = interval;
	plan->line = now;
}

static uint64_t sooner(uint64_t at, uint64_t now, uint64_t left)
{
	if (at <= now)
		return left;
	return at - now < left ? at - now : left;
}

/* Time until the next thing is due, ns; UINT64_MAX if nothing is. */
uint64_t perf_plan_left(const struct perf_plan *plan, uint64_t now)
{
	uint64_t left = UINT64_MAX;

	left = sooner(plan->begin, now, left);
	if (plan->end)
		left = sooner(plan->end, now, left);
	if (plan->interval)
		left = sooner(plan->line + plan->interval, now, left);
	return left;
}

/*
 * Is a line due? It then counts as printed; those that were missed are not made up for,
 * and the next one is due when it would have been without them.
 */
bool perf_plan_line(struct perf_plan *plan, uint64_t now)
{
	if (!plan->interval || now < plan->line + plan->interval)
		return false;
	plan->line += (now - plan->line) / plan->interval * plan->interval;
	return true;
}

double perf_per_second(uint64_t n, uint64_t ns)
{
	return ns ? (double)n * PERF_SECOND / (double)ns : 0;
}

/* Bits in a second. */
double perf_rate(uint64_t bytes, uint64_t ns)
{
	return 8 * perf_per_second(bytes, ns);
}

/*
 * Jain's index of fairness: 1 when all are equal, 1/n when one has everything; 1 also
 * when nobody has anything.
 */
double perf_fairness(const uint64_t *value, size_t n)
{
	double sum = 0, squares = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		sum += (double)value[i];
		squares += (double)value[i] * (double)value[i];
	}
	return squares > 0 ? sum * sum / ((double)n * squares) : 1;
}

/* A number of three digits and its unit with a prefix: "1.25 Gbit/s". */
const char *perf_format(double value, const char *unit, unsigned int base, char *buf, size_t size)
{
	static const char prefix[] = "\0KMGTPE";
	unsigned int i = 0;

	/* What would be rounded to the base is one of the next prefix. */
	while (value >= base - 0.5 && prefix[i + 1]) {
		value /= base;
		i++;
	}
	snprintf(buf, size, "%.*f %.1s%s", value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2, value,
		 &prefix[i], unit);
	return buf;
}
