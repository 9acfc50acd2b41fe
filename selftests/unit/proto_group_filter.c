// SPDX-License-Identifier: GPL-2.0
/* proto/group_filter.c: beside RFC 3810, section 4.2, taken at its word. */
#include <stdlib.h>
#include "group_filter.h"
#include "tap.h"

/* So many nodes send to the group, and so many members hear it, at most. */
#define SOURCES	10
#define MEMBERS	7

static struct weft_addr node(unsigned int n)
{
	/* Neither their order nor their upper half is that of their numbers. */
	return (struct weft_addr){ { { 0, 7, (uint8_t)(n * 37), 0, 0, 0,
				       (uint8_t)(n >> 8), (uint8_t)(n * 11) } } };
}

static struct weft_filter *filter(uint8_t mode, unsigned int n)
{
	struct weft_filter *f = calloc(1, sizeof(*f) + n * sizeof(f->source[0]));

	if (!f)
		abort();
	f->mode = mode;
	f->n = (uint16_t)n;
	return f;
}

/* Each of the nodes in @mask. */
static struct weft_filter *filter_of(uint8_t mode, unsigned int mask)
{
	struct weft_filter *f = filter(mode, (unsigned int)__builtin_popcount(mask));
	unsigned int i, n = 0;

	for (i = 0; i < SOURCES; i++)
		if (mask & 1U << i)
			f->source[n++] = node(i);
	weft_filter_sort(f);
	return f;
}

static bool ascending(const struct weft_filter *f)
{
	unsigned int i;

	for (i = 1; i < f->n; i++)
		if (memcmp(&f->source[i - 1], &f->source[i],
			   sizeof(f->source[0])) >= 0)
			return false;
	return true;
}

static void sources_are_found(void)
{
	struct weft_filter *f = filter_of(WEFT_FILTER_INCLUDE, 0x155);
	unsigned int i, at;
	struct weft_addr a;

	CHECK(f->n == 5 && ascending(f));
	for (i = 0; i < SOURCES; i++) {
		a = node(i);
		CHECK(weft_filter_find(f, &a, &at) == !(i & 1));
		CHECK(at <= f->n);
		CHECK(weft_filter_wants(f, &a) == !(i & 1));
	}
	f->mode = WEFT_FILTER_EXCLUDE;
	for (i = 0; i < SOURCES; i++) {
		a = node(i);
		CHECK(weft_filter_wants(f, &a) == (i & 1));
		CHECK(!weft_filter_wants(NULL, &a));
	}
	free(f);
}

static void each_source_is_there_once(void)
{
	struct weft_filter *f = filter(WEFT_FILTER_INCLUDE, 6);
	static const unsigned int n[] = { 3, 1, 3, 2, 1, 3 };
	unsigned int i;

	for (i = 0; i < 6; i++)
		f->source[i] = node(n[i]);
	weft_filter_sort(f);
	CHECK(f->n == 3 && ascending(f));
	free(f);
}

static void filters_are_compared(void)
{
	struct weft_filter *a = filter_of(WEFT_FILTER_INCLUDE, 5);
	struct weft_filter *b = filter_of(WEFT_FILTER_INCLUDE, 5);

	CHECK(weft_filter_equal(a, b) && weft_filter_equal(NULL, NULL));
	CHECK(!weft_filter_equal(a, NULL) && !weft_filter_equal(NULL, a));
	b->mode = WEFT_FILTER_EXCLUDE;
	CHECK(!weft_filter_equal(a, b));
	free(b);
	b = filter_of(WEFT_FILTER_INCLUDE, 6);
	CHECK(!weft_filter_equal(a, b));
	free(b);
	b = filter_of(WEFT_FILTER_INCLUDE, 7);
	CHECK(!weft_filter_equal(a, b));
	free(a);
	free(b);
}

/*
 * "If any of the records has mode EXCLUDE, the interface's is EXCLUDE, and its list the
 * intersection of the lists of those less the lists of INCLUDE; else INCLUDE and the
 * union."
 */
static bool model_wants(struct weft_filter *const *member, const struct weft_addr *a)
{
	bool any_exclude = false, all_exclude = true, include = false;
	unsigned int i, at;

	for (i = 0; i < MEMBERS; i++) {
		if (!member[i])
			continue;
		if (member[i]->mode == WEFT_FILTER_INCLUDE) {
			include |= weft_filter_find(member[i], a, &at);
			continue;
		}
		any_exclude = true;
		all_exclude &= weft_filter_find(member[i], a, &at);
	}
	return any_exclude ? !all_exclude || include : include;
}

static bool model_excludes(struct weft_filter *const *member)
{
	unsigned int i;

	for (i = 0; i < MEMBERS; i++)
		if (member[i] && member[i]->mode == WEFT_FILTER_EXCLUDE)
			return true;
	return false;
}

static bool merged_as_the_model(const struct weft_group_counts *counts,
				struct weft_filter *const *member)
{
	struct weft_filter *f = filter(0, WEFT_GROUP_SOURCES_MAX);
	bool same = true;
	unsigned int i;

	f->n = (uint16_t)weft_group_counts_merge(counts, &f->mode, f->source);
	same &= (f->mode == WEFT_FILTER_EXCLUDE) == model_excludes(member);
	same &= ascending(f);
	for (i = 0; i < SOURCES; i++) {
		struct weft_addr a = node(i);

		same &= weft_filter_wants(f, &a) == model_wants(member, &a);
	}
	free(f);
	return same;
}

static void members_come_and_go(void)
{
	struct weft_group_source room[SOURCES];
	struct weft_group_counts counts = { .source = room };
	struct weft_filter *member[MEMBERS] = {};
	unsigned int round, i, members = 0;
	bool ok = true;

	srand(3810);
	for (round = 0; round < 200000 && ok; round++) {
		i = (unsigned int)rand() % MEMBERS;
		if (member[i]) {
			weft_group_counts_del(&counts, member[i]);
			free(member[i]);
			member[i] = NULL;
			members--;
		} else {
			unsigned int mask = (unsigned int)(rand() & rand()) %
					    (1U << SOURCES);
			uint8_t mode = rand() % 3 ? WEFT_FILTER_INCLUDE :
						    WEFT_FILTER_EXCLUDE;

			member[i] = filter_of(mode, mask);
			ok &= weft_group_counts_room(&counts, member[i]) <= SOURCES;
			weft_group_counts_add(&counts, member[i]);
			members++;
		}
		ok &= counts.include + counts.exclude == members &&
		      counts.n <= SOURCES && (members || !counts.n);
		ok &= !members || merged_as_the_model(&counts, member);
	}
	CHECK(ok);
	for (i = 0; i < MEMBERS; i++)
		free(member[i]);
}

/* What no filter has room for is left to the members. */
static void too_much_is_all(void)
{
	struct weft_group_source room[WEFT_GROUP_SOURCES_MAX + 1];
	struct weft_group_counts counts = { .source = room };
	struct weft_filter *f = filter(WEFT_FILTER_INCLUDE, WEFT_GROUP_SOURCES_MAX);
	struct weft_filter *one = filter(WEFT_FILTER_INCLUDE, 1);
	struct weft_addr out[WEFT_GROUP_SOURCES_MAX];
	unsigned int i;
	uint8_t mode;

	for (i = 0; i < WEFT_GROUP_SOURCES_MAX; i++)
		f->source[i] = node(i);
	weft_filter_sort(f);
	one->source[0] = node(300);
	CHECK(weft_group_counts_room(&counts, f) == WEFT_GROUP_SOURCES_MAX);
	weft_group_counts_add(&counts, f);
	CHECK(weft_group_counts_room(&counts, f) == WEFT_GROUP_SOURCES_MAX);
	CHECK(weft_group_counts_merge(&counts, &mode, out) == WEFT_GROUP_SOURCES_MAX);
	CHECK(mode == WEFT_FILTER_INCLUDE);
	CHECK(weft_group_counts_room(&counts, one) == WEFT_GROUP_SOURCES_MAX + 1);
	weft_group_counts_add(&counts, one);
	CHECK(weft_group_counts_merge(&counts, &mode, out) == 0);
	CHECK(mode == WEFT_FILTER_EXCLUDE);
	weft_group_counts_del(&counts, one);
	CHECK(weft_group_counts_merge(&counts, &mode, out) == WEFT_GROUP_SOURCES_MAX);
	CHECK(mode == WEFT_FILTER_INCLUDE);
	free(f);
	free(one);
}

int main(void)
{
	TAP_RUN(sources_are_found);
	TAP_RUN(each_source_is_there_once);
	TAP_RUN(filters_are_compared);
	TAP_RUN(members_come_and_go);
	TAP_RUN(too_much_is_all);
	return tap_done();
}
