// SPDX-License-Identifier: GPL-2.0
/* The language of selftests/weftdrill, and the frames that it makes. */
#include <ftw.h>
#include <libgen.h>
#include <linux/weft.h>
#include <stdlib.h>
#include "script.h"
#include "tap.h"
#include "wire.h"

static struct drill_script script;
static char why[256];

static int parse(const char *text)
{
	drill_script_free(&script);
	why[0] = '\0';
	return drill_script_parse(text, ".", &script, why, sizeof(why));
}

/* The only event of a script; a dead one if there is no script of one event. */
static const struct drill_event *one(const char *text)
{
	static const struct drill_event none = { .line = -1 };
	int line = parse(text);

	if (line)
		printf("# %s: %s\n", text, why);
	CHECK(!line && script.n_events == 1);
	return !line && script.n_events == 1 ? script.event : &none;
}

/* A script with an error in its last line. */
static void bad(const char *text, int line, const char *should)
{
	CHECK(parse(text) == line);
	CHECK_STR(why, should);
}

/* The same of one that has a socket. */
static void bad_call(const char *call, const char *should)
{
	char text[512];

	snprintf(text, sizeof(text), "0 socket s stream\n+0 %s\n", call);
	bad(text, 2, should);
}

static void times(void)
{
	const struct drill_time *t;

	t = &one("1.5 quiet")->time;
	CHECK(!t->relative && t->from == 1500000 && t->to == 1500000);
	t = &one("+.000001 quiet # a comment")->time;
	CHECK(t->relative && t->from == 1 && t->to == 1);
	t = &one("+.1~2 > A 1 ack 1")->time;
	CHECK(t->relative && t->from == 100000 && t->to == 2000000);
	t = &one("+~.3 > A 1 ack 1")->time;
	CHECK(t->from == 0 && t->to == 300000);
	t = &one("* > A 1 ack 1")->time;
	CHECK(t->any);
	bad("\n# nothing\nx quiet", 3, "no time: 'x'");
	bad("+ quiet", 1, "no time: '+'");
	bad(". quiet", 1, "no time: '.'");
	bad("+1s quiet", 1, "no time: '+1s'");
	bad("+2~1 > A 1 ack 1", 1, "no time: '+2~1'");
	bad("1", 1, "nothing happens then");
	bad("* quiet", 1, "this needs a time");
	bad("* < A 1 ack 1", 1, "this needs a time");
}

static void segments(void)
{
	const struct drill_packet *p;

	p = &one("0 > SEC 0 win 5..10 <mss 1444, kind 1> ecn 0")->packet;
	CHECK(p->out && p->flags == (WEFT_STREAM_SYN | WEFT_STREAM_ECE | WEFT_STREAM_CWR));
	CHECK(p->seq == 0 && p->len == 0 && p->ecn == 0);
	CHECK(p->win.n == 5 && p->win.to == 10);
	CHECK(p->n_opts == 2 && p->opt[0].kind == DRILL_OPT_MSS && p->opt[0].value == 1444);
	CHECK(p->opt[1].kind == DRILL_OPT_KIND && p->opt[1].value == 1);
	CHECK_STR(p->conn, DRILL_CONN_DEFAULT);
	p = &one("0 < @b PA 101:201(100) ack -5 <sack 1:2 3:4> stamp =a echo b-7")->packet;
	CHECK(!p->out && p->seq == 101 && p->len == 100 && p->ack.n == -5);
	CHECK_STR(p->conn, "b");
	CHECK(p->opt[0].n == 2 && p->opt[0].sack[1].from == 3 && p->opt[0].sack[1].to == 4);
	CHECK(p->stamp.kind == DRILL_EXPR_KEEP && p->echo.kind == DRILL_EXPR_NAME);
	CHECK_STR(p->echo.name, "b");
	CHECK(p->echo.n == -7);
	p = &one("0 > P?A 1(10) ack * stamp a+5..9")->packet;
	CHECK(p->flags == WEFT_STREAM_ACK && p->flags_any == WEFT_STREAM_PSH);
	CHECK(p->len == 10 && p->ack.kind == DRILL_EXPR_ANY);
	CHECK(p->stamp.n == 5 && p->stamp.to == 9);
	p = &one("0 > A * ack 1 <*>")->packet;
	CHECK(p->seq_any && p->opts_any);
	p = &one("0 < - 5 badsum hlen 33 cut 8 stream 1 sport 0 <raw fd 02 01>")->packet;
	CHECK(!p->flags && p->bad_sum && p->hdr_len == 33 && p->cut == 8);
	CHECK(p->stream == 1 && p->sport == 0 && p->dport == -1);
	CHECK(p->opt[0].kind == DRILL_OPT_RAW && p->opt[0].n == 3 && p->opt[0].raw[0] == 0xfd);
	p = &one("0 < PA 1 ack 1 {more 5, end 10@5, word 0x80000000, data 3}")->packet;
	CHECK(p->n_parts == 4 && p->len == 9 + 14 + 4 + 3 && p->part[1].at == 5);
	CHECK(one("0 isn 4294967295")->isn == 0xffffffff);
}

static void wrong_segments(void)
{
	bad("0 <", 1, "flags are missing");
	bad("0 < X 1", 1, "no flags: 'X'");
	bad("0 < AA 1 ack 1", 1, "no flags: 'AA'");
	bad("0 < A? 1 ack 1", 1, "what is sent must be told");
	bad("0 < A", 1, "sequence number is missing");
	bad("0 < A 1", 1, "ack is missing");
	bad("0 < A 1 ack *", 1, "ack needs a number");
	bad("0 < A 1 ack 1..2", 1, "ack needs a number");
	bad("0 < A 1 ack 1 ack 2", 1, "ack is said twice");
	bad("0 < A 1:5(5) ack 1", 1, "1 to 5 are not 5 bytes");
	bad("0 < A 1:5x ack 1", 1, "no sequence number: '1:5x'");
	bad("0 < A 5:1 ack 1", 1, "no segment has -4 bytes");
	bad("0 < A 1 ack 1 new", 1, "a segment has no 'new'");
	bad("0 > A 1 ack 1 badsum", 1, "a segment has no 'badsum'");
	bad("0 < A 1 ack 1 hlen 256", 1, "length must be 0 to 255");
	bad("0 < A 1 ack 1 <mss", 1, "a bracket is not closed");
	bad("0 < A 1 ack 1 <mss x>", 1, "no option 'mss x'");
	bad("0 < A 1 ack 1 <sack 1>", 1, "sack cannot be '1'");
	bad("0 < A 1 ack 1 <raw zz>", 1, "raw cannot be 'zz'");
	bad("0 < A 1 ack 1 <mss 1> <mss 1>", 1, "options are said twice");
	bad("0 < A 1:9(8) ack 1 {end 5}", 1, "the parts are 9 bytes");
	bad("0 < A 1 ack 1 ecn 5", 1, "ecn is 0, ect0, ect1 or ce");
	bad("0 < A 1 ack 1 stamp a+b", 1, "no value: 'a+b'");
	bad("0 < unreach", 1, "number is missing");
	bad("0 < nothing 1", 1, "no message 'nothing'");
	bad("0 < unreach 1 ack 1", 1, "a message has no 'ack'");
}

static void segments_divided(void)
{
	CHECK(!parse("0 > FPA 1:2501(2500) ack 1 each 1000\n"));
	CHECK(script.n_events == 3);
	if (script.n_events != 3)
		return;
	CHECK(script.event[0].packet.flags == WEFT_STREAM_ACK);
	CHECK(script.event[1].packet.seq == 1001 && script.event[1].packet.len == 1000);
	CHECK(script.event[1].time.relative && !script.event[1].time.from);
	CHECK(script.event[2].packet.seq == 2001 && script.event[2].packet.len == 500);
	CHECK(script.event[2].packet.flags ==
	      (WEFT_STREAM_ACK | WEFT_STREAM_PSH | WEFT_STREAM_FIN));
}

static void calls(void)
{
	const struct drill_event *e;

	CHECK(!parse("0 socket l stream\n+0 accept l s -> 0\n+0 start read s 10 peek\n"
		     "* end s -> ECONNRESET\n+0 poll s -> in|hup\n+0 poll s -> none\n"
		     "+0 state s -> FIN-WAIT-2\n+0 counter DropX -> 1..3\n"
		     "+0 setsockopt s congestion newreno\n+0 sysctl net.a.b 5\ndone"));
	e = script.event;
	CHECK(script.n_events == 11);
	if (script.n_events != 11)
		return;
	CHECK(e[1].call.verb == DRILL_ACCEPT && e[1].result.said && !e[1].result.from);
	CHECK(e[2].kind == DRILL_START && e[2].call.flags && e[2].call.n == 10);
	CHECK(e[3].kind == DRILL_END && e[3].result.from == -104);
	CHECK(e[4].result.from == (1 | 16) && e[5].result.said && !e[5].result.from);
	CHECK(e[6].result.from == 5);
	CHECK(e[7].result.from == 1 && e[7].result.to == 3);
	CHECK_STR(e[8].call.text, "newreno");
	CHECK(e[10].kind == DRILL_DONE);
}

static void wrong_calls(void)
{
	bad("0 read s 10", 1, "no socket 's'");
	bad("0 socket s dgram", 1, "type cannot be 'dgram'");
	bad_call("socket s stream", "there is a socket 's'");
	bad_call("nothing s", "no call 'nothing'");
	bad_call("read s x", "number is no number: 'x'");
	bad_call("read s 10 oob", "flag cannot be 'oob'");
	bad_call("read s 10 -> EWHAT", "result cannot be 'EWHAT'");
	bad_call("read s 10 -> 3..2", "result cannot be '3..2'");
	bad_call("read s 10 ->", "result is missing");
	bad_call("read s 10 -> 1 2", "'2' is too much");
	bad_call("info s nothing -> 1", "no field 'nothing'");
	bad_call("poll s", "result is missing");
	bad_call("poll s -> in|up", "no event 'up'");
	bad_call("setsockopt s nothing 1", "no option 'nothing'");
	bad_call("setsockopt s nodelay on", "value is no number: 'on'");
	bad_call("bind s 65536", "port must be 0 to 65535");
	bad_call("start", "call is missing");
}

static void whole_scripts(void)
{
	bad("", 1, "the script is empty");
	bad("# nothing\n\n", 2, "the script is empty");
	bad("mtu 100\n0 quiet\n", 1, "MTU must be 576 to 65535");
	bad("0 quiet\ndone\n0 quiet\n", 3, "nothing follows 'done'");
	bad("include\n0 quiet\n", 1, "file is missing");
	bad("include no/such\n0 quiet\n", 1, "cannot read 'no/such'");
	CHECK(!parse("mtu 9000\n0 quiet\n+1.5 quiet\n* > A 1 ack 1\n3 quiet\n+1~2 > A 1 ack 1"));
	CHECK(script.mtu == 9000 && drill_script_length(&script) == 5000000);
}

static int parse_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	char *text = NULL, *dir;
	size_t size = 0, len = strlen(path);
	int line;
	FILE *f;

	(void)st;
	(void)ftw;
	if (type != FTW_F || len < 6 || strcmp(path + len - 6, ".drill"))
		return 0;
	f = fopen(path, "r");
	if (!f || getdelim(&text, &size, '\0', f) < 0)
		return 1;
	fclose(f);
	drill_script_free(&script);
	dir = strdup(path);
	line = drill_script_parse(text, dirname(dir), &script, why, sizeof(why));
	if (line)
		printf("# %s:%d: %s\n", path, line, why);
	CHECK(!line);
	free(dir);
	free(text);
	return 0;
}

/* All scripts of the tree can be read, whether or not a guest runs them. */
static void scripts_of_the_tree(void)
{
	char path[512], *file = strdup(__FILE__);

	snprintf(path, sizeof(path), "%s/../drill", dirname(file));
	free(file);
	CHECK(!nftw(path, parse_file, 16, 0));
}

/* --- frames ------------------------------------------------------------------------ */

static unsigned char frame[DRILL_FRAME_MAX];

/* The frame of a segment, as if the peer's side were ours. */
static struct drill_seen make(const char *text)
{
	static const struct drill_numbers n = {
		.us = 1, .them = 2, .seq = 1000, .ack = 2000, .win = 3000, .stamp = 4000,
		.echo = 5000, .us_isn = 100,
	};
	struct drill_seen seen = { .frame = frame };

	seen.frame_len = drill_frame_make(frame, &one(text)->packet, &n, 0);
	return seen;
}

static void frames_there_and_back(void)
{
	struct drill_seen seen = make("0 < PA 1:101(100) ack 1 <sack 1:2 5:6> ecn ce");
	struct drill_packet *p = &script.event[0].packet;

	CHECK(drill_frame_read(&seen));
	CHECK(seen.us == 2 && seen.them == 1 && seen.seq == 1000 && seen.ack == 2000);
	CHECK(seen.win == 3000 && seen.stamp == 4000 && seen.echo == 5000);
	CHECK(seen.flags == (WEFT_STREAM_PSH | WEFT_STREAM_ACK) && seen.ecn == 3);
	CHECK(seen.len == 100 && drill_data_check(&seen, p, 0));
	CHECK(!drill_data_check(&seen, p, 1));
	CHECK(!drill_opts_check(&seen, p, 100));
	CHECK(drill_opts_check(&seen, p, 101));
	p->opt[0].n = 1;
	CHECK_STR(drill_opts_check(&seen, p, 100), "options differ");
	p->n_opts = 0;
	p->opts_said = false;
	CHECK_STR(drill_opts_check(&seen, p, 100), "options differ");
	/* It came from the wrong side, of which the addresses tell. */
	CHECK_STR(seen.wrong, "wrong MAC");
}

/* Turns a frame of the peer into one of ours. */
static void turn(unsigned char *f)
{
	unsigned char mac[6], addr[8];

	memcpy(mac, f, 6);
	memcpy(f, f + 6, 6);
	memcpy(f + 6, mac, 6);
	memcpy(addr, f + 14 + 8, 8);
	memcpy(f + 14 + 8, f + 14 + 16, 8);
	memcpy(f + 14 + 16, addr, 8);
}

static const char *wrong_at(const char *text, size_t at, unsigned char flip)
{
	struct drill_seen seen = make(text);

	turn(frame);
	frame[at] ^= flip;
	CHECK(drill_frame_read(&seen));
	return seen.wrong ? seen.wrong : "";
}

static void frames_that_are_wrong(void)
{
	static const char * const text = "0 < PA 1:101(100) ack 1";

	CHECK_STR(wrong_at(text, 0, 0), "");
	CHECK_STR(wrong_at(text, 5, 1), "wrong MAC");
	CHECK_STR(wrong_at(text, 14, 0x20), "wrong version or hop limit");
	CHECK_STR(wrong_at(text, 14 + 6, 1), "wrong version or hop limit");
	CHECK_STR(wrong_at(text, 14 + 3, 1), "wrong total length");
	CHECK_STR(wrong_at(text, 14 + 15, 1), "wrong address");
	CHECK_STR(wrong_at(text, 14 + 24 + 12, 1), "wrong header length");
	CHECK_STR(wrong_at(text, 14 + 24 + 40, 1), "wrong checksum");
	CHECK_STR(wrong_at("0 < A 1 ack 1 badsum", 0, 0), "wrong checksum");
	CHECK_STR(wrong_at("0 < A 1 ack 1 stream 1", 0, 0), "reserved bits are set");
	CHECK_STR(wrong_at("0 < AU 1 ack 1", 0, 0), "reserved bits are set");
}

static void options_that_are_not_whole(void)
{
	struct drill_seen seen = make("0 < A 1 ack 1 <raw 01 01 01 02>");

	CHECK(drill_frame_read(&seen));
	script.event[0].packet.opts_any = true;
	CHECK_STR(drill_opts_check(&seen, &script.event[0].packet, 0),
		  "options are not whole");
}

int main(void)
{
	TAP_RUN(times);
	TAP_RUN(segments);
	TAP_RUN(wrong_segments);
	TAP_RUN(segments_divided);
	TAP_RUN(calls);
	TAP_RUN(wrong_calls);
	TAP_RUN(whole_scripts);
	TAP_RUN(scripts_of_the_tree);
	TAP_RUN(frames_there_and_back);
	TAP_RUN(frames_that_are_wrong);
	TAP_RUN(options_that_are_not_whole);
	drill_script_free(&script);
	return tap_done();
}
