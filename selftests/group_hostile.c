// SPDX-License-Identifier: GPL-2.0
/*
 * A router on a link with bad company: messages about groups that are wrong, leaves in the
 * name of others, floods of groups and sources. Who listens goes on to hear.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 * timeout: 240
 */
#include <time.h>
#include "group_wire.h"

#define FLOOD_GROUPS	100000
#define RECORDS		36		/* in one report */

static const struct weft_addr sender = { { { 0, 7, 0, 2, 0, 0, 0, 2 } } };
static struct weft_addr live;

static long memory(const char *name)
{
	char line[128];
	long kb = -1;
	FILE *f = fopen("/proc/meminfo", "r");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			kb = atol(line + strlen(name));
	if (f)
		fclose(f);
	return kb;
}

static int is_data(const struct wire_frame *f, const void *group)
{
	return f->hdr.next == WEFT_PROTO_DGRAM &&
	       !memcmp(&f->hdr.dst, group, sizeof(f->hdr.dst));
}

/* Is a packet to the group forwarded from lan to us, now? */
static int heard(struct weft_addr group)
{
	struct wire_frame f = group_data(sender, group, 5, 40), got;
	long routes = netns_counter("DropNoRoute") + netns_counter("DropReversePath");

	wire_fd = wire_lan;
	wire_put(&f);
	while (netns_counter("DropNoRoute") + netns_counter("DropReversePath") == routes)
		if (group_await(wire_us, &got, 20, is_data, &group))
			return got.hdr.hop_limit == 4;
	return 0;
}

static void put_us(struct wire_frame f)
{
	wire_fd = wire_us;
	wire_put(&f);
}

static int counts_soon(const char *name, long n)
{
	for (int i = 0; i < 500 && netns_counter(name) < n; i++)
		usleep(10000);
	return netns_counter(name) == n;
}

/* The frame is dropped as no message between neighbours, and nothing is learned. */
#define REFUSED(frame) do { \
	long before = netns_counter("DropNeighbour"); \
	put_us(frame); \
	CHECK(counts_soon("DropNeighbour", before + 1)); \
} while (0)

static void broken_reports(void)
{
	struct weft_addr group = GROUP(0x99);
	struct wire_frame good = group_report(2, WEFT_RECORD_TO_EXCLUDE, group, NULL, 0);
	struct wire_frame f = good;

	f.hdr.hop_limit = 254;
	REFUSED(f);
	f = good;
	f.hdr.src = sender;
	wire_sum(&f, 24);
	REFUSED(f);
	f = good;
	f.body[1] = 1;
	wire_sum(&f, 24);
	REFUSED(f);
	f = good;
	f.body[7] = 2;			/* a second record that is not there */
	wire_sum(&f, 24);
	REFUSED(f);
	f = good;
	f.body[11] = 1;			/* a source that is not there */
	wire_sum(&f, 24);
	REFUSED(f);
	f = good;
	f.hdr.dst = ALLNODES;
	wire_sum(&f, 24);
	REFUSED(f);
	CHECK(!heard(group));
}

static void broken_queries(void)
{
	struct weft_addr any = WEFT_ADDR_ANY_INIT, group = GROUP(0x99);
	struct wire_frame f = group_query(2, any, 1000, 2, 125);

	f.hdr.hop_limit = 64;
	REFUSED(f);
	f = group_query(2, any, 1000, 2, 125);
	f.body[21] = 1;			/* a source that is not there */
	wire_sum(&f, 24);
	REFUSED(f);
	f = group_query(2, group, 1000, 2, 125);
	f.hdr.dst = ALLNODES;
	wire_sum(&f, 24);
	REFUSED(f);
	f = group_query(2, ALLNODES, 1000, 2, 125);
	REFUSED(f);
}

static void groups_that_are_not_reported(void)
{
	static const struct weft_addr link = { { { 0xff, 0x02, 0, 0, 0, 0, 0x12, 0x34 } } };
	struct weft_addr all = WEFT_ADDR_BROADCAST_INIT;
	long n = netns_counter("InGroupReports");

	put_us(group_report(2, WEFT_RECORD_TO_EXCLUDE, link, NULL, 0));
	put_us(group_report(2, WEFT_RECORD_TO_EXCLUDE, all, NULL, 0));
	put_us(group_report(2, WEFT_RECORD_TO_EXCLUDE, sender, NULL, 0));
	put_us(group_report(2, 9, GROUP(0x98), NULL, 0));
	CHECK(counts_soon("InGroupReports", n + 4));
	CHECK(!heard(GROUP(0x98)));
}

/* Somebody listens, and goes on to do so in all that follows. */
static void a_listener(void)
{
	CHECK(!heard(live));
	put_us(group_report(2, WEFT_RECORD_TO_EXCLUDE, live, NULL, 0));
	for (int i = 0; i < 100 && !heard(live); i++)
		;
	CHECK(heard(live));
}

static void a_leave_in_the_name_of_others(void)
{
	struct wire_frame query;

	put_us(group_report(0x66, WEFT_RECORD_TO_INCLUDE, live, NULL, 0));
	CHECK(group_await(wire_us, &query, 5000, group_is_query, &live));
	CHECK(query.hdr.hop_limit == 255 && !(query.body[16] & WEFT_QUERY_SUPPRESS));
	put_us(group_report(2, WEFT_RECORD_IS_EXCLUDE, live, NULL, 0));
	CHECK(group_await(wire_us, &query, 5000, group_is_query, &live));
	CHECK(query.body[16] & WEFT_QUERY_SUPPRESS);
	CHECK(heard(live));
}

static void flood_of_groups(void)
{
	long slab = memory("SUnreclaim:"), peak = 0, n = netns_counter("InGroupReports");
	time_t begin = time(NULL);
	unsigned char msg[600];
	struct weft_addr group = live;
	size_t len;

	for (int i = 0; i < FLOOD_GROUPS;) {
		len = 0;
		for (int j = 0; j < RECORDS && i < FLOOD_GROUPS; j++, i++) {
			group.a8[2] = 1 + (i >> 16);
			group.a8[6] = i >> 8;
			group.a8[7] = i;
			len = group_record(msg, len, WEFT_RECORD_IS_EXCLUDE, group,
					   NULL, 0);
		}
		put_us(group_control(0x66, REPORTS, msg, len));
		n++;
		if (i % (RECORDS * 100) == 0)
			CHECK(counts_soon("InGroupReports", n));
		if (memory("SUnreclaim:") - slab > peak)
			peak = memory("SUnreclaim:") - slab;
	}
	CHECK(counts_soon("InGroupReports", n));
	printf("# %d s, slab %+ld kB, %ld records refused\n", (int)(time(NULL) - begin),
	       peak, netns_counter("InRecordsLimited"));
	CHECK(netns_counter("InRecordsLimited") >= FLOOD_GROUPS - 4096);
	/* 4096 groups; the rest of the guest makes some noise. */
	CHECK(peak < 16 << 10);
	CHECK(heard(live));
}

static void flood_of_sources(void)
{
	struct weft_addr source[70];
	long before = netns_counter("InRecordsLimited");

	for (int i = 0; i < 70; i++) {
		source[i] = sender;
		source[i].a8[6] = 1;
		source[i].a8[7] = i;
	}
	put_us(group_report(0x66, WEFT_RECORD_BLOCK, live, source, 70));
	CHECK(counts_soon("InRecordsLimited", before + 1));
	CHECK(heard(live));
}

static void nobody_is_left(void)
{
	CHECK(!netns_run("ip link set us down"));
	CHECK(!netns_run("ip link set us up"));
	CHECK(!heard(live));
}

static int run(void)
{
	struct weft_addr any = WEFT_ADDR_ANY_INIT;
	struct wire_frame query;

	live = GROUP(1);
	if (group_set_up_lan() || netns_run("sysctl -qw net.weft.forwarding=1") ||
	    !group_await(wire_us, &query, 5000, group_is_query, &any))
		return 1;
	TAP_RUN(broken_reports);
	TAP_RUN(broken_queries);
	TAP_RUN(groups_that_are_not_reported);
	TAP_RUN(a_listener);
	TAP_RUN(a_leave_in_the_name_of_others);
	TAP_RUN(flood_of_groups);
	TAP_RUN(flood_of_sources);
	TAP_RUN(nobody_is_left);
	return tap_done();
}

int main(void)
{
	return wire_main(run);
}
