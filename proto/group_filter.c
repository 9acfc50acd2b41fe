// SPDX-License-Identifier: GPL-2.0
/* Filters of sources, and the one that those of several members make. */
#include <linux/string.h>
#include "addr.h"
#include "group_filter.h"

/* --- one filter ------------------------------------------------------------- */

/**
 * weft_filter_find() - find a source in a filter
 * @filter: the filter
 * @source: address
 * @at: where it is, or would be
 *
 * Return: true if it is there.
 */
bool weft_filter_find(const struct weft_filter *filter,
		      const struct weft_addr *source, unsigned int *at)
{
	u64 key = weft_addr_key(source);
	unsigned int low = 0, high = filter->n, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (weft_addr_key(&filter->source[mid]) < key)
			low = mid + 1;
		else
			high = mid;
	}
	*at = low;
	return low < filter->n && weft_addr_equal(&filter->source[low], source);
}

/**
 * weft_filter_wants() - does a member with this filter want a source?
 * @filter: the filter, NULL for who is no member
 * @source: who sends
 *
 * Return: true if so.
 */
bool weft_filter_wants(const struct weft_filter *filter,
		       const struct weft_addr *source)
{
	unsigned int at;

	if (!filter)
		return false;
	return weft_filter_find(filter, source, &at) ==
	       (filter->mode == WEFT_FILTER_INCLUDE);
}

/**
 * weft_filter_equal() - do two filters say the same?
 * @a: one, or NULL
 * @b: the other, or NULL
 *
 * Return: true if so.
 */
bool weft_filter_equal(const struct weft_filter *a, const struct weft_filter *b)
{
	if (!a || !b)
		return a == b;
	return a->mode == b->mode && a->n == b->n &&
	       !memcmp(a->source, b->source, a->n * sizeof(a->source[0]));
}

/**
 * weft_filter_sort() - bring a filter's sources into order and leave each there once
 * @filter: the filter
 */
void weft_filter_sort(struct weft_filter *filter)
{
	unsigned int i, at, n = filter->n;
	struct weft_addr addr;

	filter->n = 0;
	for (i = 0; i < n; i++) {
		addr = filter->source[i];
		if (weft_filter_find(filter, &addr, &at))
			continue;
		memmove(&filter->source[at + 1], &filter->source[at],
			(filter->n - at) * sizeof(addr));
		filter->source[at] = addr;
		filter->n++;
	}
}

/* --- all members ------------------------------------------------------------ */

static bool weft_group_counts_find(const struct weft_group_counts *counts,
				   const struct weft_addr *source,
				   unsigned int *at)
{
	u64 key = weft_addr_key(source);
	unsigned int low = 0, high = counts->n, mid;

	while (low < high) {
		mid = (low + high) / 2;
		if (weft_addr_key(&counts->source[mid].addr) < key)
			low = mid + 1;
		else
			high = mid;
	}
	*at = low;
	return low < counts->n &&
	       weft_addr_equal(&counts->source[low].addr, source);
}

/**
 * weft_group_counts_room() - how many sources there would be with one more member
 * @counts: the members
 * @filter: of that one
 *
 * Return: the room that weft_group_counts_add() needs.
 */
unsigned int weft_group_counts_room(const struct weft_group_counts *counts,
				    const struct weft_filter *filter)
{
	unsigned int i, at, room = counts->n;

	for (i = 0; i < filter->n; i++)
		room += !weft_group_counts_find(counts, &filter->source[i], &at);
	return room;
}

/**
 * weft_group_counts_add() - one more member
 * @counts: the members, with room for its sources
 * @filter: of that one
 */
void weft_group_counts_add(struct weft_group_counts *counts,
			   const struct weft_filter *filter)
{
	bool include = filter->mode == WEFT_FILTER_INCLUDE;
	struct weft_group_source *source;
	unsigned int i, at;

	counts->include += include;
	counts->exclude += !include;
	for (i = 0; i < filter->n; i++) {
		bool known = weft_group_counts_find(counts, &filter->source[i], &at);

		source = &counts->source[at];
		if (!known) {
			memmove(source + 1, source,
				(counts->n - at) * sizeof(*source));
			memset(source, 0, sizeof(*source));
			source->addr = filter->source[i];
			counts->n++;
		}
		source->include += include;
		source->exclude += !include;
	}
}

/**
 * weft_group_counts_del() - one member less
 * @counts: the members
 * @filter: with which that one was added
 */
void weft_group_counts_del(struct weft_group_counts *counts,
			   const struct weft_filter *filter)
{
	bool include = filter->mode == WEFT_FILTER_INCLUDE;
	struct weft_group_source *source;
	unsigned int i, at;

	counts->include -= include;
	counts->exclude -= !include;
	for (i = 0; i < filter->n; i++) {
		if (!weft_group_counts_find(counts, &filter->source[i], &at))
			continue;
		source = &counts->source[at];
		source->include -= include;
		source->exclude -= !include;
		if (source->include || source->exclude)
			continue;
		counts->n--;
		memmove(source, source + 1, (counts->n - at) * sizeof(*source));
	}
}

/**
 * weft_group_counts_merge() - the filter of all members together
 * @counts: the members, one at least
 * @mode: WEFT_FILTER_*
 * @source: its sources, ascending; room for WEFT_GROUP_SOURCES_MAX
 *
 * If any member excludes, the sources that all of these exclude and nobody includes are
 * excluded; else what any member includes is included (RFC 3810, 4.2). Where that is too
 * much for a filter, all sources are wanted: members look for themselves.
 *
 * Return: how many sources there are.
 */
unsigned int weft_group_counts_merge(const struct weft_group_counts *counts,
				     u8 *mode, struct weft_addr *source)
{
	unsigned int i, n = 0;

	*mode = counts->exclude ? WEFT_FILTER_EXCLUDE : WEFT_FILTER_INCLUDE;
	for (i = 0; i < counts->n; i++) {
		const struct weft_group_source *s = &counts->source[i];

		if (counts->exclude &&
		    (s->include || s->exclude < counts->exclude))
			continue;
		if (n == WEFT_GROUP_SOURCES_MAX) {
			*mode = WEFT_FILTER_EXCLUDE;
			return 0;
		}
		source[n++] = s->addr;
	}
	return n;
}
