// SPDX-License-Identifier: GPL-2.0
/* weft track: its words, and connections from messages as text and JSON. */
#include <arpa/inet.h>
#include <linux/weft.h>

#include "cli.h"
#include "tools.h"
#include "track.h"

static struct track_request req;

static int filter(const char *line)
{
	return track_read_filter(words(line).word, &req);
}

static int one(const char *line)
{
	return track_read_one(words(line).word, &req);
}

static int set(const char *line)
{
	return track_read_set(words(line).word, &req);
}

static void filters(void)
{
	const char *all =
		"src 7:1::/32 proto stream dport 80 state established mark 0x10/0xf0 zone 3";

	CHECK(filter(all) == CLI_OK);
	CHECK(req.src.len == 32 && req.proto == WEFT_PROTO_STREAM && req.dport == 80);
	CHECK(req.state == WEFT_TRACK_STREAM_ESTABLISHED && req.zone == 3);
	CHECK(req.mark == 0x10 && req.mark_mask == 0xf0);
	CHECK(filter("state answered") == CLI_OK && req.replied == WEFT_TRACK_ESTABLISHED);
	CHECK(filter("") == CLI_OK && !req.has);
}

static void bad_filters(void)
{
	CHECK(filter("state frob") == CLI_USAGE);
	CHECK(filter("sport 65536") == CLI_USAGE);
	CHECK(filter("proto 256") == CLI_USAGE);
	CHECK(filter("mark 1/x") == CLI_USAGE);
	CHECK(filter("mark 12345678901234567890123456789012345/1") == CLI_USAGE);
	CHECK(filter("id 1") == CLI_USAGE);
	CHECK(filter("zone 1 zone 2") == CLI_USAGE);
}

static void one_is_named(void)
{
	CHECK(one("id 7") == CLI_OK && req.id == 7);
	CHECK(one("id 7 zone 1") == CLI_SYNTAX);
	CHECK(one("src 7::1 dst 7::2 proto dgram") == CLI_OK);
	CHECK(one("src 7::/32 dst 7::2 proto dgram") == CLI_USAGE);
	CHECK(one("src 7::1 dst 7::2") == CLI_SYNTAX);
}

static void what_is_set(void)
{
	CHECK(set("id 7 mark 1 labels 0x8000000000000000 timeout 60") == CLI_OK);
	CHECK(req.mark == 1 && req.mark_mask == UINT32_MAX && req.timeout == 60);
	CHECK(req.labels == 1ULL << 63);
	CHECK(set("id 7 labels x") == CLI_USAGE);
	CHECK(set("id 7") == CLI_SYNTAX);
}

static void put_tuple(struct nl_request *r, uint16_t type, uint8_t src, uint8_t dst,
		      uint16_t sport, uint16_t dport)
{
	struct weft_addr from = { { { 0, 7, 0, 0, 0, 0, 0, src } } };
	struct weft_addr to = { { { 0, 7, 0, 0, 0, 0, 0, dst } } };
	struct nlattr *nest = mnl_attr_nest_start(&r->nlh, type);

	nl_put(r, WEFT_TRACK_T_SRC, sizeof(from), &from);
	nl_put(r, WEFT_TRACK_T_DST, sizeof(to), &to);
	nl_put_u8(r, WEFT_TRACK_T_PROTO, WEFT_PROTO_STREAM);
	sport = htons(sport);
	dport = htons(dport);
	nl_put(r, WEFT_TRACK_T_SPORT, sizeof(sport), &sport);
	nl_put(r, WEFT_TRACK_T_DPORT, sizeof(dport), &dport);
	mnl_attr_nest_end(&r->nlh, nest);
}

static void put_stream(struct nl_request *r)
{
	struct weft_track_counters counters = { .packets = 2, .bytes = 112 };

	nl_request(r, 100, 0, sizeof(struct genlmsghdr));
	put_tuple(r, WEFT_TRACK_A_TUPLE, 1, 2, 1000, 80);
	put_tuple(r, WEFT_TRACK_A_REPLY, 2, 1, 80, 1000);
	nl_put(r, WEFT_TRACK_A_COUNTERS, sizeof(counters), &counters);
	nl_put_u32(r, WEFT_TRACK_A_ID, 5);
	nl_put_u32(r, WEFT_TRACK_A_STREAM_STATE, WEFT_TRACK_STREAM_SYN_SENT);
	nl_put_u32(r, WEFT_TRACK_A_TIMEOUT, 120);
	nl_put_u32(r, WEFT_TRACK_A_MARK, 16);
}

static void as_text(void)
{
	struct nl_request r;
	struct track t;
	struct out o;

	put_stream(&r);
	CHECK(!track_parse(&r.nlh, &t));
	print_begin(&o);
	track_print(&o, &t);
	print_end(&o, __FILE__, __LINE__,
		  "id 5 stream SYN-SENT src 7::1 dst 7::2 sport 1000 dport 80 packets 2 bytes 112 reply src 7::2 dst 7::1 sport 80 dport 1000 packets 0 bytes 0 mark 0x10 timeout 120");
}

static void not_a_connection(void)
{
	struct nl_request r;
	struct track t;

	nl_request(&r, 100, 0, sizeof(struct genlmsghdr));
	CHECK(track_parse(&r.nlh, &t));
	nl_put_u32(&r, WEFT_TRACK_A_ID, 5);
	CHECK(track_parse(&r.nlh, &t));
}

int main(void)
{
	be_quiet();
	TAP_RUN(filters);
	TAP_RUN(bad_filters);
	TAP_RUN(one_is_named);
	TAP_RUN(what_is_set);
	TAP_RUN(as_text);
	TAP_RUN(not_a_connection);
	return tap_done();
}
