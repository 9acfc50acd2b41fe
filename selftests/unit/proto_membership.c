// SPDX-License-Identifier: GPL-2.0
/* proto/membership.c: messages read and written, and what is told of a change. */
#include <stdlib.h>
#include "membership.h"
#include "tap.h"

#define N	4
#define SETS	16	/* of N sources */

static const struct weft_addr group = { { { 0xff, 0x0e, 0, 0, 0, 0, 0, 1 } } };

static struct weft_addr address(unsigned int i)
{
	return (struct weft_addr){ { { 0, 7, 0, 0, 0, 0, i >> 8, i + 1 } } };
}

/* --- messages --------------------------------------------------------------------- */

static void groups_that_are_reported(void)
{
	struct weft_addr a = group;

	CHECK(weft_group_reported(&a));
	a.a8[1] = 0x13;
	CHECK(weft_group_reported(&a));
	a.a8[1] = 0x02;
	CHECK(!weft_group_reported(&a));
	a.a8[1] = 0x11;
	CHECK(!weft_group_reported(&a));
	memset(&a, 0xff, sizeof(a));
	CHECK(!weft_group_reported(&a));
	a = address(1);
	CHECK(!weft_group_reported(&a));
}

static void queries(void)
{
	struct weft_addr list[2] = { address(0), address(1) }, source;
	struct weft_query in = {
		.group = group, .max_ms = 70000, .suppress = true, .robustness = 5,
		.interval = 600, .n = 2, .sources = list,
	}, out;
	unsigned char data[64];
	unsigned int len = weft_query_write(data, &in);

	CHECK(len == WEFT_QUERY_LEN + 16 && data[0] == WEFT_CTL_GROUP_QUERY);
	CHECK(weft_query_parse(&out, data, len));
	CHECK(out.max_ms == 70000 && out.suppress && out.robustness == 5);
	CHECK(out.interval == 600 && out.n == 2);
	CHECK(weft_source_at(out.sources, 1, &source));
	CHECK(weft_addr_equal(&source, &list[1]));
	CHECK(!weft_query_parse(&out, data, len - 1));
	CHECK(!weft_query_parse(&out, data, WEFT_QUERY_LEN - 1));

	memset(&in.group, 0, sizeof(in.group));
	weft_query_write(data, &in);
	CHECK(!weft_query_parse(&out, data, len));
	in.n = 0;
	len = weft_query_write(data, &in);
	CHECK(len == WEFT_QUERY_LEN && weft_query_parse(&out, data, len));
	in.group = address(3);
	weft_query_write(data, &in);
	CHECK(!weft_query_parse(&out, data, len));
}

static void reports(void)
{
	struct weft_ctl_hdr ctl = { .type = WEFT_CTL_GROUP_REPORT };
	struct weft_addr list[2] = { address(0), address(1) };
	unsigned char data[128];
	unsigned int len = sizeof(ctl), at = sizeof(ctl);
	struct weft_record record;

	ctl.records.n = cpu_to_be16(2);
	memcpy(data, &ctl, sizeof(ctl));
	len += weft_record_write(data + len, WEFT_RECORD_ALLOW, &group, list, 2);
	len += weft_record_write(data + len, WEFT_RECORD_TO_EXCLUDE, &group, NULL, 0);
	CHECK(len == 8 + 32 + 16 && weft_report_check(data, len));
	for (unsigned int cut = 0; cut < len; cut++)
		CHECK(!weft_report_check(data, cut));
	CHECK(weft_report_next(&record, data, len, &at));
	CHECK(record.type == WEFT_RECORD_ALLOW && record.n == 2);
	CHECK(weft_addr_equal(&record.group, &group));
	CHECK(weft_report_next(&record, data, len, &at));
	CHECK(record.type == WEFT_RECORD_TO_EXCLUDE && record.n == 0);
	CHECK(at == len && !weft_report_next(&record, data, len, &at));
	ctl.records.n = cpu_to_be16(3);
	memcpy(data, &ctl, sizeof(ctl));
	CHECK(!weft_report_check(data, len));
	ctl.records.n = 0;
	memcpy(data, &ctl, sizeof(ctl));
	CHECK(weft_report_check(data, len));
}

static void sources_that_no_node_has(void)
{
	struct weft_addr list[] = { WEFT_ADDR_ANY_INIT, WEFT_ADDR_LOOPBACK_INIT,
				    WEFT_ADDR_ALLNODES_INIT };
	struct weft_addr source;

	for (int i = 0; i < 3; i++)
		CHECK(!weft_source_at(list, i, &source));
}

/* --- changes: the router's view is followed record by record --------------------------- */

/* A filter over N sources: bits of a set; @member false for none. */
struct view {
	bool exclude;
	unsigned int set;
};

static struct weft_filter *filter_of(const struct view *v)
{
	struct weft_filter *f = calloc(1, sizeof(*f) + N * sizeof(f->source[0]));

	f->mode = v->exclude ? WEFT_FILTER_EXCLUDE : WEFT_FILTER_INCLUDE;
	for (int i = 0; i < N; i++)
		if (v->set & 1 << i)
			f->source[f->n++] = address(i);
	if (!v->exclude && !f->n) {
		free(f);
		return NULL;
	}
	return f;
}

/* What a router that hears only this host makes of a record. */
static void hear(void *arg, u8 type, const struct weft_addr *source, unsigned int n)
{
	struct view *v = arg;
	unsigned int set = 0;

	for (unsigned int i = 0; i < n; i++)
		set |= 1 << (source[i].a8[7] - 1);
	switch (type) {
	case WEFT_RECORD_TO_INCLUDE:
	case WEFT_RECORD_TO_EXCLUDE:
		v->exclude = type == WEFT_RECORD_TO_EXCLUDE;
		v->set = set;
		break;
	case WEFT_RECORD_ALLOW:
		v->set = v->exclude ? v->set & ~set : v->set | set;
		break;
	case WEFT_RECORD_BLOCK:
		v->set = v->exclude ? v->set | set : v->set & ~set;
		break;
	default:
		CHECK(0);
	}
}

/*
 * From one filter to another and on to a third; the router hears every second of the
 * reports, the first or the other ones, and knows the last filter in the end.
 */
static bool follows(struct view from, struct view over, struct view to, int miss,
		    bool memory)
{
	struct weft_change_source room[WEFT_CHANGE_SOURCES];
	struct weft_change change = { .source = memory ? room : NULL };
	struct weft_filter *f[3] = { filter_of(&from), filter_of(&over),
				     filter_of(&to) };
	struct view router = from, deaf = {};
	int told = 0;
	bool more;

	weft_change_note(&change, f[0], f[1]);
	weft_change_tell(&change, f[1], hear, miss ? &deaf : &router);
	if (weft_change_told(&change) || !weft_filter_equal(f[1], f[2]))
		weft_change_note(&change, f[1], f[2]);
	do {
		weft_change_tell(&change, f[2], hear,
				 told++ % 2 == miss ? &deaf : &router);
		more = weft_change_told(&change);
	} while (more && told < 10);
	for (int i = 0; i < 3; i++)
		free(f[i]);
	return told < 10 && router.exclude == to.exclude && router.set == to.set;
}

static struct view view(unsigned int i)
{
	return (struct view){ .exclude = i >= SETS, .set = i % SETS };
}

static void changes_arrive(bool memory)
{
	for (unsigned int a = 0; a < 2 * SETS; a++)
		for (unsigned int b = 0; b < 2 * SETS; b++)
			for (unsigned int c = 0; c < 2 * SETS; c++) {
				if (a == b || b == c)
					continue;
				if (follows(view(a), view(b), view(c), 0, memory) &&
				    follows(view(a), view(b), view(c), 1, memory))
					continue;
				printf("# %u %u %u\n", a, b, c);
				CHECK(0);
				return;
			}
}

static void changes_arrive_though_reports_are_lost(void)
{
	changes_arrive(true);
}

static void changes_arrive_without_memory(void)
{
	changes_arrive(false);
}

static void count_record(void *arg, u8 type, const struct weft_addr *source,
			 unsigned int n)
{
	unsigned int *seen = arg;

	(void)source;
	seen[type]++;
	CHECK(n <= WEFT_GROUP_SOURCES_MAX);
}

static void no_more_is_told_than_changed(void)
{
	struct view from = { false, 1 }, to = { false, 2 };
	struct weft_filter *a = filter_of(&from), *b = filter_of(&to);
	struct weft_change_source room[WEFT_CHANGE_SOURCES];
	struct weft_change change = { .source = room };
	unsigned int seen[8] = {};

	weft_change_note(&change, a, b);
	weft_change_tell(&change, b, count_record, seen);
	CHECK(seen[WEFT_RECORD_ALLOW] == 1 && seen[WEFT_RECORD_BLOCK] == 1);
	CHECK(weft_change_told(&change) && !weft_change_told(&change));
	weft_change_note(&change, b, NULL);
	memset(seen, 0, sizeof(seen));
	weft_change_tell(&change, NULL, count_record, seen);
	CHECK(seen[WEFT_RECORD_ALLOW] == 0 && seen[WEFT_RECORD_BLOCK] == 1);
	free(a);
	free(b);
}

static struct weft_filter *many(unsigned int first, unsigned int n)
{
	struct weft_filter *f = calloc(1, sizeof(*f) + n * sizeof(f->source[0]));

	f->mode = WEFT_FILTER_INCLUDE;
	for (f->n = 0; f->n < n; f->n++) {
		f->source[f->n] = address(0);
		f->source[f->n].a16[3] = cpu_to_be16(first + f->n);
	}
	return f;
}

static void many_sources_change(void)
{
	struct weft_filter *a = many(1, 64), *b = many(100, 64), *c = many(200, 64);
	struct weft_change_source room[WEFT_CHANGE_SOURCES];
	struct weft_change change = { .source = room };
	unsigned int seen[8] = {};

	weft_change_note(&change, a, b);
	weft_change_tell(&change, b, count_record, seen);
	CHECK(seen[WEFT_RECORD_ALLOW] == 1 && seen[WEFT_RECORD_BLOCK] == 1);
	weft_change_note(&change, b, c);
	memset(seen, 0, sizeof(seen));
	weft_change_tell(&change, c, count_record, seen);
	CHECK(seen[WEFT_RECORD_TO_INCLUDE] == 1 && !seen[WEFT_RECORD_ALLOW]);
	free(a);
	free(b);
	free(c);
}

/* --- answers ---------------------------------------------------------------------------- */

struct answer {
	u8 type;
	unsigned int set, n;
};

static void take_answer(void *arg, u8 type, const struct weft_addr *source,
			unsigned int n)
{
	struct answer *answer = arg;

	CHECK(!answer->n++);
	answer->type = type;
	for (unsigned int i = 0; i < n; i++)
		answer->set |= 1 << (source[i].a8[7] - 1);
}

/* RFC 3810, 6.3. */
static void answers(void)
{
	struct weft_addr asked[N];
	unsigned int n, wanted;

	for (unsigned int i = 1; i < 2 * SETS; i++)
		for (unsigned int set = 0; set < SETS; set++) {
			struct view v = view(i);
			struct weft_filter *f = filter_of(&v);
			struct answer got = {};

			for (n = 0, wanted = 0; wanted < N; wanted++)
				if (set & 1 << wanted)
					asked[n++] = address(wanted);
			weft_answer_tell(f, asked, n, take_answer, &got);
			wanted = v.exclude ? set & ~v.set : set & v.set;
			if (!set) {
				CHECK(got.n == 1 && got.set == v.set);
				CHECK(got.type == (v.exclude ?
						   WEFT_RECORD_IS_EXCLUDE :
						   WEFT_RECORD_IS_INCLUDE));
			} else {
				CHECK(got.n == !!wanted && got.set == wanted);
				CHECK(!got.n || got.type == WEFT_RECORD_IS_INCLUDE);
			}
			free(f);
		}
}

int main(void)
{
	TAP_RUN(groups_that_are_reported);
	TAP_RUN(queries);
	TAP_RUN(reports);
	TAP_RUN(sources_that_no_node_has);
	TAP_RUN(changes_arrive_though_reports_are_lost);
	TAP_RUN(changes_arrive_without_memory);
	TAP_RUN(no_more_is_told_than_changed);
	TAP_RUN(many_sources_change);
	TAP_RUN(answers);
	return tap_done();
}
