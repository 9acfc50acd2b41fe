// SPDX-License-Identifier: GPL-2.0
/*
 * Each match and each verdict of the firewall: a packet that it takes and one that it does
 * not, seen at the receiver and in the counters of the rules. (filter_verdicts.c has
 * nfnetlink_log and the trace, filter_sets.c has sets.)
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 * timeout: 300
 */
#include <limits.h>
#include <stdbool.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <syslog.h>
#include "filter_wire.h"
#include "sock.h"

static size_t at;

/* Runs a function for each line of a table, whose beginning is the name of a test. */
static void each(const void *table, size_t size, size_t line, void (*fn)(void))
{
	for (at = 0; at < size / line; at++)
		tap_run(*(const char *const *)((const char *)table + at * line), fn);
}

/*
 * A chain at a hook. The packet behind the others passes, and so does what a router says to
 * its neighbours by itself.
 */
#define CHAIN(hook) \
	"chain base { type filter hook " hook " priority filter; policy accept;\n" \
	"dgram dport 9 accept\n" \
	"control type { group-query, group-report, neigh-solicit, neigh-announce } accept\n"

/* --- what the packet itself says ----------------------------------------------------- */

#define CONTROL	.next = WEFT_PROTO_CONTROL
#define STREAM	.next = WEFT_PROTO_STREAM
#define ECHO	.type = WEFT_CTL_ECHO_REQUEST

static const struct {
	const char *name;
	struct spec is, is_not;
} matches[] = {
	{ "src 7:1:0:2",		{ .src = 2 },		{ .src = 3 } },
	{ "src != 7:1:0:1",		{ .src = 2 },		{} },
	{ "src 7:1::/32",		{},			{ .from = RIGHT } },
	{ "src 7:1::2/63",		{ .src = 3 },		{ .src = 4 } },
	{ "src 7:1::2-7:1::5",		{ .src = 5 },		{ .src = 6 } },
	{ "src & ::1 == ::1",		{ .src = 7 },		{ .src = 8 } },
	{ "dst 7:2:0:1",		{},			{ .from = RIGHT } },
	{ "dst 7:2::/32",		{},			{ .from = RIGHT } },
	{ "cast unicast src 7:1::9",	{ .src = 9 },		{} },
	{ "proto dgram",		{},			{ STREAM } },
	{ "proto stream",		{ STREAM },		{} },
	{ "proto control",		{ ECHO },		{} },
	{ "proto 200",			{ .next = 200 },	{ .next = 201 } },
	{ "proto != dgram",		{ .next = 200 },	{} },
	{ "sport 2000",			{ .sport = 2000 },	{ .sport = 2001 } },
	{ "dport 80",			{ .dport = 80 },	{ .dport = 81 } },
	{ "dport 80-90",		{ .dport = 90 },	{ .dport = 91 } },
	{ "dport != 80-90",		{ .dport = 79 },	{ .dport = 80 } },
	{ "dport != 70-80",		{ .dport = 81 },	{ .dport = 80 } },
	{ "dport { 80, 100-110 }",	{ .dport = 105 },	{ .dport = 99 } },
	{ "dport != { 80, 100-110 }",	{ .dport = 99 },	{ .frag = 256 } },
	{ "dgram dport 80",		{ .dport = 80 },	{ .dport = 80, STREAM } },
	{ "stream dport 80",		{ .dport = 80, STREAM }, { .dport = 80 } },
	{ "stream sport > 4000",	{ .sport = 4001, STREAM }, { .sport = 4000, STREAM } },
	{ "stream flags syn",		{ .flags = S | A },	{ .flags = A } },
	{ "stream flags syn,fin",	{ .flags = F },		{ .flags = A } },
	{ "stream flags == syn,ack",	{ .flags = S | A },	{ .flags = S } },
	{ "stream flags & (syn | ack) == syn", { .flags = S | F }, { .flags = S | A } },
	{ "stream flags != rst",	{ .flags = A },		{ .flags = R } },
	/* A datagram has none, whatever stands where a segment has them. */
	{ "stream flags != rst",	{ .flags = A },		{ .len = 20 } },
	{ "control type echo-request",	{ ECHO },		{ .type = WEFT_CTL_ECHO_REPLY } },
	{ "control type unreachable control code 4",
		{ .type = WEFT_CTL_UNREACH, .code = WEFT_UNREACH_PORT },
		{ .type = WEFT_CTL_UNREACH, .code = WEFT_UNREACH_PROTO } },
	{ "control code != 4",		{ .type = WEFT_CTL_UNREACH, .code = 3 },
					{ .type = WEFT_CTL_UNREACH, .code = 4 } },
	{ "class 3",			{ .class = 3 },		{ .class = 4 } },
	{ "class >= 8",			{ .class = 8 },		{ .class = 7 } },
	{ "ecn ce",			{ .ecn = 3 },		{ .ecn = 2 } },
	{ "ecn not-ect",		{},			{ .ecn = 1 } },
	{ "ecn ce",			{ .ecn = 3 | WEFT_FLAG_FRAGOK }, { .ecn = 2 } },
	/* 24 bytes of the network header, 8 of the datagram's. */
	{ "length 132",			{ .len = 100 },		{ .len = 101 } },
	{ "length > 132",		{ .len = 101 },		{ .len = 100 } },
	{ "length 100-200",		{ .len = 168 },		{ .len = 169 } },
	/* A gateway has taken one away. */
	{ "hoplimit 29",		{ .hops = 30 },		{ .hops = 29 } },
	{ "hoplimit < 5",		{ .hops = 5 },		{ .hops = 6 } },
	{ "fragment first",		{ .frag = WEFT_FRAG_MORE }, {} },
	{ "fragment later",		{ .frag = 256 },	{ .frag = WEFT_FRAG_MORE } },
	{ "fragment whole",		{},			{ .frag = 256 } },
	{ "proto dgram fragment later",	{ .frag = 256 },	{} },
	{ "dport 53 fragment first",	{ .frag = WEFT_FRAG_MORE }, { .frag = 256 } },
	/* Later fragments have no ports, not even others. */
	{ "dport != 80",		{},			{ .frag = 256 } },
	{ "iif near1",			{},			{ .from = RIGHT } },
	{ "oif near1",			{ .from = RIGHT },	{} },
	{ "iifname \"near1\"",		{},			{ .from = RIGHT } },
	{ "iifname \"near*\"",		{ .from = RIGHT },	{ .from = OTHER } },
	{ "iifname != \"near*\"",	{ .from = OTHER },	{} },
	{ "oifname \"near2\"",		{},			{ .from = RIGHT } },
	{ "iif . dport { near1 . 80 }",	{ .dport = 80 },	{ .from = RIGHT, .dport = 80 } },
};

/* What happens to a packet that a match is true for, and to others; by turns. */
static int first_accepts;
static const char *first, *then;

static void take_turns(void)
{
	first_accepts = at % 2;
	first = first_accepts ? "accept" : "drop";
	then = first_accepts ? "drop" : "accept";
}

static void one_match(void)
{
	take_turns();
	CHECK(!load(CHAIN("forward") "%s counter %s\ncounter %s\n}", matches[at].name, first,
		    then));
	CHECK(through(&matches[at].is) == first_accepts);
	CHECK(through(&matches[at].is_not) == !first_accepts);
	CHECK_STR(counts(), "1 1");
}

/* --- what is known of its sender ----------------------------------------------------- */

#define CGROUPS	"/sys/fs/cgroup"

/**
 * struct owner - who makes a socket, and how
 * @uid: user
 * @gid: group
 * @mark: of its packets
 * @cgroup: below CGROUPS
 * @group: it sends to all nodes of the link
 */
struct owner {
	int uid, gid, mark;
	const char *cgroup;
	bool group;
};

static const struct {
	const char *name;
	struct owner is, is_not;
} owners[] = {
	{ "skuid 1234",			{ .uid = 1234 },	{ .uid = 1235 } },
	{ "skuid root",			{},			{ .uid = 1 } },
	{ "skuid 1000-1999",		{ .uid = 1999 },	{ .uid = 2000 } },
	{ "skgid 77",			{ .gid = 77 },		{ .gid = 78 } },
	{ "cgroup \"yes\"",		{ .cgroup = "yes" },	{ .cgroup = "no" } },
	{ "cgroup \"yes\"",		{ .cgroup = "yes/sub" }, {} },
	{ "meta mark 5",		{ .mark = 5 },		{ .mark = 6 } },
	{ "meta mark 0x10/0xf0",	{ .mark = 0x1f },	{ .mark = 0x2f } },
	{ "mark & 0x3 != 0",		{ .mark = 2 },		{ .mark = 4 } },
	{ "cast group",			{ .group = true },	{} },
};

static void enter_cgroup(const char *name)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), CGROUPS "/%s/cgroup.procs", name);
	f = fopen(path, "w");
	CHECK(f && fprintf(f, "%d", getpid()) > 0 && !fclose(f));
}

/* A socket of this owner. */
static int owned(const struct owner *o)
{
	int fd;

	if (o->cgroup)
		enter_cgroup(o->cgroup);
	setfsgid(o->gid);
	setfsuid(o->uid);
	fd = socket(weft, SOCK_DGRAM, 0);
	setfsuid(0);
	setfsgid(0);
	if (o->cgroup)
		enter_cgroup(".");
	CHECK(fd >= 0 && !sock_set(fd, SOL_SOCKET, SO_MARK, o->mark));
	return fd;
}

static struct sock_name right(int dport)
{
	struct sock_name to = sock_any(weft, dport);

	to.weft.sweft_addr = host(RIGHT);
	return to;
}

static struct sock_name all_on_the_right(void)
{
	struct sock_name to = sock_any(weft, 53);

	to.weft.sweft_addr = (struct weft_addr)WEFT_ADDR_ALLNODES_INIT;
	to.weft.sweft_scope = if_nametoindex("near2");
	return to;
}

/* The packet leaves; if not, its sender is told. */
static int leaves(const struct owner *o)
{
	struct sock_name to = o->group ? all_on_the_right() : right(53);
	struct sock_name fence = right(FENCE_PORT);
	int fd = owned(o), sent, came;

	sent = sendto(fd, "x", 1, 0, &to.sa, to.len);
	CHECK(sent == 1 || errno == EPERM);
	CHECK(sendto(fd, "x", 1, 0, &fence.sa, fence.len) == 1);
	came = arrived(RIGHT, NULL);
	CHECK(came == (sent == 1));
	close(fd);
	return came;
}

static void one_owner(void)
{
	take_turns();
	CHECK(!load(CHAIN("output") "%s counter %s\ncounter %s\n}", owners[at].name, first, then));
	CHECK(leaves(&owners[at].is) == first_accepts);
	CHECK(leaves(&owners[at].is_not) == !first_accepts);
	CHECK_STR(counts(), "1 1");
}

/* What comes from elsewhere has no owner: not even another one. */
static void forwarded_packets_have_no_owner(void)
{
	static const struct spec any = {};

	CHECK(!load(CHAIN("postrouting") "skuid 0 counter drop\nskuid != 0 counter drop\n"
		    "skgid != 1 counter drop\n}"));
	CHECK(through(&any) == 1);
	CHECK_STR(counts(), "0 0 0");
}

/* --- what is known of its connection ------------------------------------------------- */

/* That from port 1000 was there before and is answered by this. */
#define ANSWER	{ .from = RIGHT, .sport = 53, .dport = 1000 }

static const struct {
	const char *name;
	struct spec is, is_not;
} connections[] = {
	{ "ct state new",		{ .sport = 1001 },	ANSWER },
	{ "ct state established",	ANSWER,			{ .sport = 1001 } },
	{ "ct state related",		{ .from = RIGHT, .quote = 1000 }, {} },
	{ "ct state invalid",		{ .from = RIGHT, .quote = 1001 },
					{ .from = RIGHT, .quote = 1000 } },
	{ "ct state invalid src 7:1::1", { .wrong = 1 },	{} },
	{ "ct state untracked",		{ .sport = 2000 },	{} },
	{ "ct state established,related", ANSWER,		{ .wrong = 1 } },
	{ "ct state != new",		ANSWER,			{ .sport = 1001 } },
	{ "ct direction original",	{},			ANSWER },
	{ "ct direction reply",		ANSWER,			{} },
	{ "ct mark 5",			{ .sport = 2001 },	{} },
	{ "ct label 12",		{ .sport = 2002 },	{} },
	{ "ct zone 3",			{ .sport = 2003 },	{} },
	/* Answered and assured. */
	{ "ct status & 3 == 3",		ANSWER,			{ .sport = 1001 } },
	{ "ct packets 2",		ANSWER,			{ .sport = 1001 } },
	{ "ct bytes > 42",		ANSWER,			{ .sport = 1001 } },
};

#define EARLY \
	"chain raw { type filter hook prerouting priority raw;\n" \
	"sport 2000 notrack\nsport 2003 ct zone set 3\n}\n" \
	"chain mangle { type filter hook prerouting priority mangle;\n" \
	"sport 2001 ct mark set 5\nsport 2002 ct label set 12\n}\n"

/* Whatever was known is forgotten, but that somebody at port 1000 has asked. */
static void asked_before(void)
{
	static const struct spec question = {};

	CHECK(!load("chain none { ct state new }"));
	CHECK(!forget());
	CHECK(through(&question) == 1);
}

static void one_connection(void)
{
	take_turns();
	asked_before();
	CHECK(!load(EARLY CHAIN("forward") "%s counter %s\ncounter %s\n}", connections[at].name,
		    first, then));
	CHECK(through(&connections[at].is) == first_accepts);
	CHECK(through(&connections[at].is_not) == !first_accepts);
	CHECK_STR(counts(), "1 1");
}

/* --- time ---------------------------------------------------------------------------- */

/* Two matches about a time: one that is true now, and one that is not. */
static void now_and_not_now(const char *now, const char *not_now)
{
	static const struct spec any = {};

	CHECK(!load(CHAIN("forward") "%s counter drop\n%s counter accept\n}", not_now, now));
	CHECK(through(&any) == 1);
	CHECK_STR(counts(), "0 1");
	CHECK(!load(CHAIN("forward") "%s counter accept\n%s counter drop\n}", not_now, now));
	CHECK(through(&any) == 0);
	CHECK_STR(counts(), "0 1");
}

static void times(void)
{
	now_and_not_now("meta time > \"2020-02-29 12:00:00\"",
			"meta time < \"2020-02-29 12:00:00\"");
	now_and_not_now("meta time \"2020-02-29\"-\"2100-01-01 00:00:00\"",
			"meta time != \"2020-02-29\"-\"2100-01-01 00:00:00\"");
}

/* The time so many hours from now, in a form of strftime(). */
static void at_hour(char *buf, size_t size, const char *form, int hours)
{
	time_t t = time(NULL) + hours * 3600;

	strftime(buf, size, form, localtime(&t));
}

/* Over midnight too, wherever that is. */
static void hours(void)
{
	char before[16], after[16], now[64], not_now[64];

	at_hour(before, sizeof(before), "%H:%M", -2);
	at_hour(after, sizeof(after), "%H:%M", 2);
	snprintf(now, sizeof(now), "meta hour \"%s\"-\"%s\"", before, after);
	snprintf(not_now, sizeof(not_now), "meta hour \"%s\"-\"%s\"", after, before);
	now_and_not_now(now, not_now);
}

/* The day may change while we look. */
static void days(void)
{
	char yesterday[16], today[16], tomorrow[16], now[128], not_now[64];

	at_hour(yesterday, sizeof(yesterday), "%A", -48);
	at_hour(today, sizeof(today), "%A", 0);
	at_hour(tomorrow, sizeof(tomorrow), "%A", 24);
	snprintf(now, sizeof(now), "meta day { \"%s\", \"%s\" }", today, tomorrow);
	snprintf(not_now, sizeof(not_now), "meta day \"%s\"", yesterday);
	now_and_not_now(now, not_now);
}

/* --- how many come ------------------------------------------------------------------- */

/* Eight packets from each of two senders, as long as each other; how many are taken? */
static const struct {
	const char *name;
	int taken;
} amounts[] = {
	{ "limit rate 1/hour burst 3 packets",			3 },
	{ "limit rate over 1/hour burst 3 packets",		13 },
	{ "limit rate 1/hour burst 3 packets per src",		6 },
	{ "limit rate 1/hour burst 3 packets per dst",		3 },
	{ "limit rate 1/hour burst 3 packets per src . dst",	6 },
	{ "limit rate over 1/hour burst 3 packets per src",	10 },
	/* 42 bytes each. */
	{ "limit rate 1 bytes/hour burst 100 bytes",		2 },
	{ "limit rate 1 bytes/hour burst 100 bytes per src",	4 },
	{ "quota until 210 bytes",				5 },
	{ "quota over 210 bytes",				11 },
	{ "quota until 210 bytes used 84 bytes",		3 },
};

static void one_amount(void)
{
	static const struct spec senders[] = { { .src = 2 }, { .src = 3 } };
	const int taken = amounts[at].taken;
	char should[32];
	int i, came = 0;

	CHECK(!load(CHAIN("forward") "%s counter accept\ncounter drop\n}", amounts[at].name));
	for (i = 0; i < 16; i++)
		came += through(&senders[i % 2]);
	CHECK(came == taken);
	snprintf(should, sizeof(should), "%d %d", taken, 16 - taken);
	CHECK_STR(counts(), should);
}

/* Buckets are filled again. */
static void limits_give_again(void)
{
	static const struct spec any = {};
	int i;

	CHECK(!load(CHAIN("forward") "limit rate 5/second burst 1 packets counter accept\n"
		    "counter drop\n}"));
	CHECK(crosses(&any, 50, NULL) < 50);
	for (i = 0; i < 200 && !through(&any); i++)
		usleep(50000);
	CHECK(i < 200);
}

/* Fewer than 120 or more than 280 of 400 come once in 10^15 times. */
static void chances(void)
{
	static const struct spec any = {};
	char should[32];
	int came = 0, i;

	CHECK(!load(CHAIN("forward") "probability 50%% counter accept\ncounter drop\n}"));
	for (i = 0; i < 4; i++)
		came += crosses(&any, 100, NULL);
	CHECK(came > 120 && came < 280);
	snprintf(should, sizeof(should), "%d %d", came, 400 - came);
	CHECK_STR(counts(), should);
	CHECK(!load(CHAIN("forward") "probability 100%% counter accept\ncounter drop\n}"));
	CHECK(crosses(&any, 100, NULL) == 100);
	CHECK_STR(counts(), "100 0");
}

/* --- verdicts ------------------------------------------------------------------------ */

/* The packet from port 1000 comes through, that from 1001 does not. */
static const struct {
	const char *name, *chain, *more, *counts;
} verdicts[] = {
	{ "accept", "sport 1000 counter accept; counter drop", "", "1 1" },
	{ "drop", "sport 1001 counter drop; counter accept", "", "1 1" },
	{ "jump", "dport 53 counter jump c; counter drop", "sport 1000 counter accept", "2 1 1" },
	{ "goto", "sport 1001 counter goto c; counter accept; counter drop",
		"sport 1001 counter drop", "1 1 0 1" },
	{ "goto does not come back", "counter goto c; counter drop",
		"sport 1001 counter goto d", "2 0 1" },
	{ "return", "jump c; counter drop", "sport 1001 counter return; counter accept",
		"1 1 1" },
	{ "continue", "sport 1000 counter continue; sport 1000 counter accept; counter drop", "",
		"1 1 1" },
	{ "meta mark set", "sport 1000 meta mark set 5; mark 5 counter accept; counter drop", "",
		"1 1" },
	{ "meta mark set, asked before",
		"mark 0 sport 1000 meta mark set 5; mark 5 counter accept; counter drop", "",
		"1 1" },
	{ "meta mark set & |",
		"meta mark set 0xff; sport 1000 meta mark set mark & 0xfffffff0 | 5; "
		"mark 0xf5 counter accept; mark 0xff counter drop", "", "1 1" },
	{ "class set", "sport 1000 class set 7; class 7 counter accept; counter drop", "",
		"1 1" },
	{ "vmap", "sport vmap { 1000 : accept, 1001 : jump c }", "counter drop", "1" },
};

static const struct spec passing = { .sport = 1000 }, stopped = { .sport = 1001 };

static void one_verdict(void)
{
	CHECK(!load(CHAIN("forward") "%s\n}\nchain c { %s\n}\nchain d { drop\n}",
		    verdicts[at].chain, verdicts[at].more));
	CHECK(through(&passing) == 1);
	CHECK(through(&stopped) == 0);
	CHECK_STR(counts(), verdicts[at].counts);
}

static void what_is_set_is_sent(void)
{
	struct wire_frame got;

	CHECK(!load(CHAIN("forward") "counter class set 7\n}"));
	CHECK(crosses(&passing, 1, &got) == 1);
	CHECK((got.hdr.vc & WEFT_CLASS_MASK) == 7);
	CHECK_STR(counts(), "1");
}

static const struct {
	const char *name;
} hook_names[] = { { "prerouting" }, { "forward" }, { "postrouting" } };

/* Here come the router's own packets, too, and its neighbours' to it. */
static void one_hook(void)
{
	CHECK(!load("chain c { type filter hook %s priority filter; policy accept;\n"
		    "dport %d accept\nsport 1001 counter drop\nsport 1000 counter accept\n}",
		    hook_names[at].name, FENCE_PORT));
	CHECK(through(&passing) == 1);
	CHECK(through(&stopped) == 0);
	CHECK_STR(counts(), "1 1");
}

/* --- verdicts that are told ---------------------------------------------------------- */

/* The router's answer to who has sent; 0 if there is none. */
static int answered(struct wire_frame *f, int ms)
{
	wire_fd = ends[LEFT];
	while (wire_get(f, ms))
		if (!is_chatter(f))
			return 1;
	return 0;
}

static const struct {
	const char *name;
	int code;
} rejects[] = {
	{ "reject",				WEFT_UNREACH_PORT },
	{ "reject with unreachable port",	WEFT_UNREACH_PORT },
	{ "reject with unreachable node",	WEFT_UNREACH_ADDR },
	{ "reject with unreachable network",	WEFT_UNREACH_NOROUTE },
	{ "reject with unreachable prohibited",	WEFT_UNREACH_PROHIBITED },
	{ "reject with unreachable scope",	WEFT_UNREACH_SCOPE },
	{ "reject with unreachable protocol",	WEFT_UNREACH_PROTO },
};

/* The error quotes what was rejected. */
static void one_reject(void)
{
	struct wire_frame f = spec_frame(&stopped), error;

	CHECK(!load(CHAIN("forward") "sport 1001 counter %s\ncounter accept\n}",
		    rejects[at].name));
	CHECK(through(&passing) == 1);
	CHECK(!answered(&error, 0));
	CHECK(through(&stopped) == 0);
	CHECK_STR(counts(), "1 1");
	if (!answered(&error, 10000)) {
		CHECK(!"an error came");
		return;
	}
	CHECK(error.hdr.next == WEFT_PROTO_CONTROL);
	CHECK(error.body[0] == WEFT_CTL_UNREACH && error.body[1] == rejects[at].code);
	CHECK(!memcmp(error.body + 8 + sizeof(f.hdr), f.body, 18));
}

static void reject_with_reset(void)
{
	struct wire_frame f, answer;
	struct weft_stream_hdr hdr;
	struct weft_addr there = host(RIGHT);

	CHECK(!load(CHAIN("forward") "stream dport 80 counter reject with reset\n"
		    "counter accept\n}"));
	f = segment(LEFT, S, 5000, 0, 0);
	put(LEFT, &f);
	CHECK(through(&passing) == 1);
	CHECK_STR(counts(), "1 1");
	if (!answered(&answer, 10000)) {
		CHECK(!"a reset came");
		return;
	}
	memcpy(&hdr, answer.body, sizeof(hdr));
	CHECK(answer.hdr.next == WEFT_PROTO_STREAM);
	CHECK(!memcmp(&answer.hdr.src, &there, sizeof(there)));
	CHECK(hdr.flags == (R | A) && ntohl(hdr.ack) == 5001);
	CHECK(ntohs(hdr.sport) == 80 && ntohs(hdr.dport) == port);
	/* There is no answer to a reset. */
	f = segment(LEFT, R, 5001, 0, 0);
	put(LEFT, &f);
	CHECK(through(&passing) == 1);
	CHECK(!answered(&answer, 0));
	CHECK_STR(counts(), "2 2");
}

/* What the kernel's log has had to say since it was opened. */
static const char *logged(int kmsg)
{
	static char lines[1 << 16];
	size_t n = 0;
	ssize_t len;

	while (n < sizeof(lines) - 8192 &&
	       ((len = read(kmsg, lines + n, 8191)) > 0 || (len < 0 && errno == EPIPE)))
		n += len > 0 ? len : 0;
	lines[n] = 0;
	return lines;
}

/* The level of the line with the text: "6,number,time,-;text". */
static int level_of(const char *lines, const char *text)
{
	const char *at = strstr(lines, text);

	while (at && at > lines && at[-1] != '\n')
		at--;
	return at ? atoi(at) & 7 : -1;
}

/* What is done in the first namespace. */
#define IN_FIRST	"nsenter --net=/proc/1/ns/net "

static void log_to_the_kernel(void)
{
	int kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	const char *lines;

	CHECK(kmsg >= 0 && lseek(kmsg, 0, SEEK_END) >= 0);
	CHECK(!load(CHAIN("forward") "sport 1000 counter log prefix \"seen: \" level info accept\n"
		    "counter drop\n}"));
	CHECK(through(&passing) == 1);
	CHECK(through(&stopped) == 0);
	CHECK_STR(counts(), "1 1");
	lines = logged(kmsg);
	CHECK(strstr(lines, ";seen: IN=near1 OUT=near2 SRC=7:1:0:1 DST=7:2:0:1 LEN=42 "));
	CHECK(strstr(lines, "SPT=1000 DPT=53 "));
	CHECK(!strstr(lines, "SPT=1001 "));
	CHECK(level_of(lines, ";seen: ") == LOG_INFO);
	/* The log is that of the first namespace. */
	CHECK(!netns_run(IN_FIRST "sysctl -qw net.netfilter.nf_log_all_netns=0"));
	CHECK(through(&passing) == 1);
	CHECK(!strstr(logged(kmsg), "seen: "));
	CHECK(!netns_run(IN_FIRST "sysctl -qw net.netfilter.nf_log_all_netns=1"));
	close(kmsg);
}

/* --- set-up -------------------------------------------------------------------------- */

static int run(void)
{
	if (filter_wire_begin())
		return 1;
	netns_run("mkdir -p " CGROUPS "/yes/sub " CGROUPS "/no");
	each(matches, sizeof(matches), sizeof(*matches), one_match);
	each(owners, sizeof(owners), sizeof(*owners), one_owner);
	TAP_RUN(forwarded_packets_have_no_owner);
	each(connections, sizeof(connections), sizeof(*connections), one_connection);
	TAP_RUN(times);
	TAP_RUN(hours);
	TAP_RUN(days);
	each(amounts, sizeof(amounts), sizeof(*amounts), one_amount);
	TAP_RUN(limits_give_again);
	TAP_RUN(chances);
	each(verdicts, sizeof(verdicts), sizeof(*verdicts), one_verdict);
	TAP_RUN(what_is_set_is_sent);
	each(hook_names, sizeof(hook_names), sizeof(*hook_names), one_hook);
	each(rejects, sizeof(rejects), sizeof(*rejects), one_reject);
	TAP_RUN(reject_with_reset);
	TAP_RUN(log_to_the_kernel);
	netns_run("rmdir " CGROUPS "/yes/sub " CGROUPS "/yes " CGROUPS "/no");
	return tap_done();
}

/* The log hears of the first namespace alone, unless it is told otherwise. */
static int log_all(int on)
{
	char command[64];

	snprintf(command, sizeof(command), "sysctl -qw net.netfilter.nf_log_all_netns=%d", on);
	return netns_run(command);
}

int main(void)
{
	int home = open("/proc/self/ns/net", O_RDONLY), status;

	if (log_all(1))
		return 1;
	status = track_main(run);
	return setns(home, CLONE_NEWNET) || log_all(0) ? 1 : status;
}
