// SPDX-License-Identifier: GPL-2.0
/*
 * Fuzzer: membership queries and reports from the wire, and what a router makes of them.
 * What is accepted must lie within what was received, and no state exceeds its room.
 */
#include <stdint.h>
#include <stdlib.h>

#include "listener_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct weft_listen_times times = {
	.membership = 260, .last = 20, .interval = 10, .count = 2,
};

static void within(const void *sources, unsigned int n, const uint8_t *data, size_t size)
{
	const uint8_t *first = sources;

	if (first < data || first + n * sizeof(struct weft_addr) > data + size)
		abort();
}

/* Each source is there once; none is excluded while the mode is include. */
static void sound(const struct weft_listen *l)
{
	if (l->n > l->room)
		abort();
	for (unsigned int i = 0; i < l->n; i++) {
		if (l->mode == WEFT_FILTER_INCLUDE && !l->source[i].expires)
			abort();
		for (unsigned int j = 0; j < i; j++)
			if (weft_addr_equal(&l->source[i].addr, &l->source[j].addr))
				abort();
	}
}

static void fuzz_report(const uint8_t *data, size_t size)
{
	struct weft_listen_source room[8];
	struct weft_listen l = {
		.mode = WEFT_FILTER_INCLUDE, .room = 8, .source = room,
		.query_due = WEFT_LISTEN_NEVER,
	};
	unsigned int n, at = sizeof(struct weft_ctl_hdr);
	struct weft_record record;
	struct weft_addr list[8];
	uint64_t now = 1000;

	if (!weft_report_check(data, size))
		return;
	for (n = data[6] << 8 | data[7]; n; n--, now += data[4]) {
		if (!weft_report_next(&record, data, size, &at))
			abort();
		within(record.sources, record.n, data, size);
		weft_listen_expire(&l, now);
		weft_listen_record(&l, &record, now, &times, data[5] & 1);
		weft_listen_expire(&l, now);
		sound(&l);
		if (weft_listen_due(&l) <= now && l.query_due > now)
			abort();
		weft_listen_ask_sources(&l, now, times.last, n & 1, list);
		weft_listen_asked(&l, now, &times);
	}
}

static void fuzz_query(const uint8_t *data, size_t size)
{
	struct weft_query query;

	if (!weft_query_parse(&query, data, size))
		return;
	within(query.sources, query.n, data, size);
	if (!weft_addr_any(&query.group) && !weft_group_reported(&query.group))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_query(data, size);
	fuzz_report(data, size);
	return 0;
}
