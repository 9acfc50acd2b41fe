// SPDX-License-Identifier: GPL-2.0
/*
 * What a host tells its link of memberships: each change twice, answers to queries, all
 * anew when the device comes up; nothing of groups that do not leave the link.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 * timeout: 120
 */
#include <time.h>
#include "group_wire.h"

#define SOURCE(n)	((struct weft_addr){ { { 0, 7, 0, 9, 0, 0, 0, (n) } } })

static int sock;

static int set(int option, const void *value, size_t len)
{
	return setsockopt(sock, SOL_WEFT, option, value, len);
}

static void member(int option, struct weft_addr group)
{
	struct weft_group_req req = { .group = group,
				      .ifindex = if_nametoindex("us") };

	CHECK(!set(option, &req, sizeof(req)));
}

static void source(int option, struct weft_addr group, struct weft_addr addr)
{
	struct weft_group_source_req req = { .group = group, .source = addr,
					     .ifindex = if_nametoindex("us") };

	CHECK(!set(option, &req, sizeof(req)));
}

/* The record of a report about a group, or NULL. */
static const unsigned char *record_of(const struct wire_frame *f,
				      const struct weft_addr *group)
{
	size_t at = 8, len = f->len - sizeof(f->eth) - sizeof(f->hdr);

	len = len < sizeof(f->body) ? len : sizeof(f->body);
	if (f->hdr.next != WEFT_PROTO_CONTROL || f->body[0] != WEFT_CTL_GROUP_REPORT)
		return NULL;
	for (int n = f->body[6] << 8 | f->body[7]; n && at + 16 <= len; n--) {
		if (!memcmp(f->body + at + 8, group, sizeof(*group)))
			return f->body + at;
		at += 16 + 8 * (f->body[at + 2] << 8 | f->body[at + 3]);
	}
	return NULL;
}

static int is_report(const struct wire_frame *f, const void *group)
{
	return !!record_of(f, group);
}

/* A report about the group comes in time, of that type, with so many sources. */
static void told(struct weft_addr group, int type, int sources, int ms)
{
	static const unsigned char mac[] = { 0x03, 0x57, 0, 0, 0, 0x16 };
	struct weft_addr from = WIRE_LINK(1), to = REPORTS;
	const unsigned char *record;
	struct wire_frame f;

	if (!group_await(wire_us, &f, ms, is_report, &group)) {
		printf("# no report of type %d\n", type);
		CHECK(0);
		return;
	}
	record = record_of(&f, &group);
	if (record[0] != type || record[3] != sources)
		printf("# type %d with %d sources, not %d with %d\n", record[0],
		       record[3], type, sources);
	CHECK(record[0] == type && record[3] == sources);
	CHECK(f.hdr.hop_limit == 255);
	CHECK(!memcmp(&f.hdr.src, &from, sizeof(from)));
	CHECK(!memcmp(&f.hdr.dst, &to, sizeof(to)));
	CHECK(!memcmp(f.eth.h_dest, mac, sizeof(mac)));
}

static void told_twice(struct weft_addr group, int type, int sources)
{
	told(group, type, sources, 5000);
	told(group, type, sources, 5000);
}

static void put_us(struct wire_frame f)
{
	wire_fd = wire_us;
	wire_put(&f);
}

static void joins_and_leaves(void)
{
	member(WEFT_GROUP_JOIN, GROUP(1));
	told_twice(GROUP(1), WEFT_RECORD_TO_EXCLUDE, 0);
	member(WEFT_GROUP_LEAVE, GROUP(1));
	told_twice(GROUP(1), WEFT_RECORD_TO_INCLUDE, 0);
}

static void sources_come_and_go(void)
{
	source(WEFT_GROUP_JOIN_SOURCE, GROUP(2), SOURCE(1));
	told_twice(GROUP(2), WEFT_RECORD_ALLOW, 1);
	source(WEFT_GROUP_LEAVE_SOURCE, GROUP(2), SOURCE(1));
	told_twice(GROUP(2), WEFT_RECORD_BLOCK, 1);
	member(WEFT_GROUP_JOIN, GROUP(2));
	told_twice(GROUP(2), WEFT_RECORD_TO_EXCLUDE, 0);
	source(WEFT_GROUP_BLOCK, GROUP(2), SOURCE(1));
	told_twice(GROUP(2), WEFT_RECORD_BLOCK, 1);
	source(WEFT_GROUP_UNBLOCK, GROUP(2), SOURCE(1));
	told_twice(GROUP(2), WEFT_RECORD_ALLOW, 1);
	member(WEFT_GROUP_LEAVE, GROUP(2));
	told_twice(GROUP(2), WEFT_RECORD_TO_INCLUDE, 0);
}

static void queries_are_answered(void)
{
	struct weft_addr any = WEFT_ADDR_ANY_INIT;

	member(WEFT_GROUP_JOIN, GROUP(3));
	told_twice(GROUP(3), WEFT_RECORD_TO_EXCLUDE, 0);
	put_us(group_query(2, any, 200, 2, 125));
	told(GROUP(3), WEFT_RECORD_IS_EXCLUDE, 0, 5000);
	put_us(group_query(2, GROUP(3), 200, 2, 125));
	told(GROUP(3), WEFT_RECORD_IS_EXCLUDE, 0, 5000);
	member(WEFT_GROUP_LEAVE, GROUP(3));
	told_twice(GROUP(3), WEFT_RECORD_TO_INCLUDE, 0);
}

/* A general query is answered with what is reported: a group of the link is not. */
static void groups_of_the_link_are_not_told(void)
{
	static const struct weft_addr link = { { { 0xff, 0x12, 0, 0, 0, 0, 0, 9 } } };
	struct weft_addr any = WEFT_ADDR_ANY_INIT, group = GROUP(4);
	struct wire_frame f;

	member(WEFT_GROUP_JOIN, link);
	member(WEFT_GROUP_JOIN, GROUP(4));
	CHECK(group_await(wire_us, &f, 5000, is_report, &group));
	CHECK(!record_of(&f, &link));
	put_us(group_query(2, any, 100, 2, 125));
	do {
		CHECK(group_await(wire_us, &f, 5000, is_report, &group));
		CHECK(!record_of(&f, &link));
	} while (f.len && record_of(&f, &group)[0] != WEFT_RECORD_IS_EXCLUDE);
}

/* One that is a member still, from before. */
static void a_device_comes_up(void)
{
	CHECK(!netns_run("ip link set us down"));
	CHECK(!netns_run("ip link set us up"));
	told(GROUP(4), WEFT_RECORD_TO_EXCLUDE, 0, 5000);
}

/* Many changes go in few reports; one of all 30 fits into a struct wire_frame. */
static void reports_are_packed(void)
{
	struct weft_addr last = GROUP(60);
	long before = netns_counter("OutGroupReports");
	struct wire_frame f;

	for (int i = 31; i <= 60; i++)
		member(WEFT_GROUP_JOIN, GROUP(i));
	CHECK(group_await(wire_us, &f, 5000, is_report, &last));
	CHECK(group_await(wire_us, &f, 5000, is_report, &last));
	printf("# %ld reports of 60 records\n", netns_counter("OutGroupReports") - before);
}

static int run(void)
{
	wire_us = wire_fd;
	sock = socket(netns_weft_family(), SOCK_DGRAM, 0);
	if (sock < 0)
		return 1;
	TAP_RUN(joins_and_leaves);
	TAP_RUN(sources_come_and_go);
	TAP_RUN(queries_are_answered);
	TAP_RUN(groups_of_the_link_are_not_told);
	TAP_RUN(a_device_comes_up);
	TAP_RUN(reports_are_packed);
	return tap_done();
}

int main(void)
{
	return wire_main(run);
}
