// SPDX-License-Identifier: GPL-2.0
/*
 * Connection tracking, as a router between two links has it: what comes from the left and
 * goes to the right is written and read as frames, and what the router makes of it is asked
 * of `weft track`.
 *
 * lab: --nodes 1 --nic none
 * timeout: 600
 */
#include <signal.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <time.h>
#include "wire.h"

enum { LEFT, RIGHT };

#define S WEFT_STREAM_SYN
#define A WEFT_STREAM_ACK
#define F WEFT_STREAM_FIN
#define R WEFT_STREAM_RST

/* Where the numbers of the two sides begin, and what both offer. */
#define ISN_LEFT	0xfffffff0U
#define ISN_RIGHT	1000U
#define WINDOW		10000U

static int ends[2];
static unsigned short port = 1000;	/* of the connection that is made: each has its own */

/* --- what the router knows ----------------------------------------------------------- */

static char text[1 << 16];

/* The output of a command. */
static const char *said(const char *fmt, ...)
{
	char command[512];
	size_t n = 0;
	va_list ap;
	FILE *f;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	f = popen(command, "r");
	if (f) {
		n = fread(text, 1, sizeof(text) - 1, f);
		pclose(f);
	}
	text[n] = 0;
	return text;
}

/* The connection of the present port. */
static const char *known(void)
{
	return said("weft track list sport %u 2>&1", port);
}

static int is(const char *what)
{
	const char *line = known();

	if (strstr(line, what))
		return 1;
	printf("# no \"%s\" in: %s\n", what, line);
	return 0;
}

static long counted(const char *name)
{
	return strtol(said("weft track stat | sed -n 's/^%s //p'", name), NULL, 10);
}

static int set(const char *name, int value)
{
	char command[128];

	snprintf(command, sizeof(command), "sysctl -qw net.weft.track.%s=%d", name, value);
	return netns_run(command);
}

static int flush(void)
{
	return netns_run("weft track flush");
}

/* --- packets ------------------------------------------------------------------------------ */

static struct weft_addr host(int side)
{
	return (struct weft_addr){ { { 0, 7, 0, side + 1, 0, 0, 0, 1 } } };
}

/* A packet from one side to the other. */
static struct wire_frame packet(int from, int next, const void *body, size_t len)
{
	struct wire_frame f = {
		.eth = { .h_dest = WIRE_MAC(0x10 * (from + 1) + 1),
			 .h_source = WIRE_MAC(0x10 * (from + 1) + 2),
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.hdr = { .vc = WEFT_VERSION << 4, .len = htons(sizeof(f.hdr) + len),
			 .hop_limit = 64, .next = next,
			 .src = host(from), .dst = host(!from) },
		.len = sizeof(f.eth) + sizeof(f.hdr) + len,
	};

	memcpy(f.body, body, len);
	return f;
}

/* Sends it; true if the other side gets a packet, which is left in @f. */
static int passes(int from, struct wire_frame *f)
{
	wire_fd = ends[from];
	wire_put(f);
	wire_fd = ends[!from];
	return wire_get(f, 1000);
}

static struct wire_frame echo(int from, int type, int id)
{
	unsigned char body[] = { type, 0, 0, 0, id >> 8, id & 0xff, 0, 1, 'x', 'y' };
	struct wire_frame f = packet(from, WEFT_PROTO_CONTROL, body, sizeof(body));

	wire_sum(&f, sizeof(body));
	return f;
}

static struct wire_frame dgram(int from, int sport, int dport, size_t len)
{
	unsigned char body[600] = { sport >> 8, sport & 0xff, dport >> 8, dport & 0xff,
				    (len + 8) >> 8, (len + 8) & 0xff };
	struct wire_frame f = packet(from, WEFT_PROTO_DGRAM, body, len + 8);

	wire_sum_at(&f, len + 8, 6);
	return f;
}

static struct wire_frame segment(int from, int flags, unsigned int seq, unsigned int ack,
				 unsigned int len)
{
	struct weft_stream_hdr hdr = {
		.sport = htons(from == LEFT ? port : 80),
		.dport = htons(from == LEFT ? 80 : port),
		.seq = htonl(seq), .ack = htonl(ack), .len = sizeof(hdr), .flags = flags,
		.window = htonl(WINDOW),
	};
	unsigned char body[600] = {};
	struct wire_frame f;

	memcpy(body, &hdr, sizeof(hdr));
	f = packet(from, WEFT_PROTO_STREAM, body, sizeof(hdr) + len);
	wire_sum_at(&f, sizeof(hdr) + len, 14);
	return f;
}

/* A segment whose numbers count from behind the SYN of each side. */
static int says(int from, int flags, unsigned int seq, unsigned int ack, unsigned int len)
{
	unsigned int mine = from == LEFT ? ISN_LEFT : ISN_RIGHT;
	unsigned int other = from == LEFT ? ISN_RIGHT : ISN_LEFT;
	struct wire_frame f = segment(from, flags, mine + 1 + seq,
				      flags & A ? other + 1 + ack : 0, len);

	return passes(from, &f);
}

/* It is sent on, since no rule says otherwise, but belongs to nothing. */
static int invalid(int from, int flags, unsigned int seq, unsigned int ack, unsigned int len)
{
	long before = counted("invalid");

	return says(from, flags, seq, ack, len) && counted("invalid") == before + 1;
}

static void opened(void)
{
	port++;
	CHECK(says(LEFT, S, -1, 0, 0));
	CHECK(says(RIGHT, S | A, -1, 0, 0));
	CHECK(says(LEFT, A, 0, 0, 0));
}

/* --- echoes and datagrams ------------------------------------------------------------------ */

static void an_echo_is_answered(void)
{
	struct wire_frame ask = echo(LEFT, WEFT_CTL_ECHO_REQUEST, ++port);
	struct wire_frame answer = echo(RIGHT, WEFT_CTL_ECHO_REPLY, port);

	CHECK(passes(LEFT, &ask));
	CHECK(is("packets 1 bytes 34 reply"));
	CHECK(!strstr(text, "answered"));
	CHECK(passes(RIGHT, &answer));
	CHECK(is("answered"));
	CHECK(is("type 129"));
}

static void an_answer_begins_nothing(void)
{
	struct wire_frame answer = echo(RIGHT, WEFT_CTL_ECHO_REPLY, ++port);
	long before = counted("invalid");

	CHECK(passes(RIGHT, &answer));
	CHECK(counted("invalid") == before + 1);
	CHECK_STR(known(), "");
}

static void datagrams_go_both_ways(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);

	CHECK(passes(LEFT, &f));
	CHECK(is("dgram src 7:1::1 dst 7:2::1"));
	CHECK(is("timeout 30") || is("timeout 29"));
	f = dgram(RIGHT, 53, port, 20);
	CHECK(passes(RIGHT, &f));
	CHECK(is("packets 1 bytes 42 reply"));
	CHECK(is("packets 1 bytes 52"));
	CHECK(is("timeout 120") || is("timeout 119"));
	CHECK(is("answered assured"));
}

static void another_port_is_no_answer(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);

	CHECK(passes(LEFT, &f));
	f = dgram(RIGHT, 54, port, 20);
	CHECK(passes(RIGHT, &f));
	CHECK(is("packets 0 bytes 0"));
	CHECK(!strstr(text, "answered"));
	CHECK(strstr(said("weft track list src 7:2::1 dport %u", port), "sport 54"));
}

static void a_wrong_sum_is_invalid(void)
{
	long before = counted("checksum"), wrong = counted("invalid");
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);

	f.body[9] ^= 1;
	CHECK(passes(LEFT, &f));
	CHECK(counted("checksum") == before + 1);
	CHECK(counted("invalid") == wrong + 1);
	CHECK_STR(known(), "");
}

/* --- streams ----------------------------------------------------------------------------------- */

static void a_stream_opens(void)
{
	port++;
	CHECK(says(LEFT, S, -1, 0, 0));
	CHECK(is("stream SYN-SENT"));
	CHECK(invalid(RIGHT, S | A, -1, 5, 0));
	CHECK(invalid(LEFT, A, 0, 0, 0));
	CHECK(is("stream SYN-SENT"));
	CHECK(says(RIGHT, S | A, -1, 0, 0));
	CHECK(is("stream SYN-RECEIVED"));
	CHECK(!strstr(text, "assured"));
	CHECK(says(LEFT, A, 0, 0, 0));
	CHECK(is("stream ESTABLISHED"));
	CHECK(is("answered assured"));
	CHECK(is("timeout 4319") || is("timeout 432000"));
}

static void a_stream_opens_from_both_sides(void)
{
	port++;
	CHECK(says(LEFT, S, -1, 0, 0));
	CHECK(says(RIGHT, S, -1, 0, 0));
	CHECK(is("stream SYN-CROSSED"));
	CHECK(says(LEFT, S | A, -1, 0, 0));
	CHECK(is("stream SYN-RECEIVED"));
	CHECK(says(RIGHT, S | A, -1, 0, 0));
	CHECK(says(LEFT, A, 0, 0, 10));
	CHECK(is("stream ESTABLISHED"));
}

static void a_stream_closes(void)
{
	opened();
	CHECK(says(LEFT, F | A, 0, 0, 0));
	CHECK(is("stream FIN-WAIT"));
	CHECK(says(RIGHT, A, 0, 1, 0));
	CHECK(is("stream CLOSE-WAIT"));
	CHECK(says(RIGHT, A, 0, 1, 100));
	CHECK(says(LEFT, A, 1, 100, 0));
	CHECK(is("stream CLOSE-WAIT"));
	CHECK(says(RIGHT, F | A, 100, 1, 0));
	CHECK(is("stream LAST-ACK"));
	CHECK(says(LEFT, A, 1, 101, 0));
	CHECK(is("stream TIME-WAIT"));
	CHECK(is("timeout 60") || is("timeout 59"));
}

static void the_next_stream_begins_in_time_wait(void)
{
	char before[32];

	snprintf(before, sizeof(before), "%.20s", known());
	CHECK(says(LEFT, S, 5000, 0, 0));
	CHECK(is("stream SYN-SENT"));
	CHECK(strncmp(text, before, strcspn(before, "s")));
}

static void a_stream_closes_from_both_sides(void)
{
	opened();
	CHECK(says(LEFT, F | A, 0, 0, 0));
	CHECK(says(RIGHT, F | A, 0, 0, 0));
	CHECK(is("stream CLOSING"));
	CHECK(says(LEFT, A, 1, 1, 0));
	CHECK(is("stream LAST-ACK"));
	CHECK(says(RIGHT, A, 1, 1, 0));
	CHECK(is("stream TIME-WAIT"));
}

static void a_reset_must_be_next(void)
{
	opened();
	CHECK(says(LEFT, A, 0, 0, 100));
	CHECK(says(RIGHT, A, 0, 100, 0));
	CHECK(invalid(LEFT, R, 100 + 2 * WINDOW, 0, 0));
	CHECK(is("stream ESTABLISHED"));
	CHECK(says(LEFT, R, 200, 0, 0));
	CHECK(is("stream ESTABLISHED"));
	CHECK(says(LEFT, R, 100, 0, 0));
	CHECK(is("stream CLOSED"));
	CHECK(is("timeout 10") || is("timeout 9"));
}

static void a_refused_stream(void)
{
	port++;
	CHECK(says(LEFT, S, -1, 0, 0));
	CHECK(invalid(RIGHT, R | A, -1, 7, 0));
	CHECK(is("stream SYN-SENT"));
	CHECK(says(RIGHT, R | A, -1, 0, 0));
	CHECK(is("stream CLOSED"));
}

static void segments_fit_the_windows(void)
{
	opened();
	CHECK(says(LEFT, A, WINDOW - 100, 0, 100));
	CHECK(invalid(LEFT, A, 2 * WINDOW, 0, 100));
	CHECK(invalid(LEFT, A, -2 * WINDOW, 0, 100));
	CHECK(invalid(RIGHT, A, 0, 2 * WINDOW, 0));
	CHECK(says(RIGHT, A, 0, WINDOW, 100));
}

static void the_middle_of_a_stream_is_invalid(void)
{
	port++;
	CHECK(invalid(LEFT, A, 100, 100, 10));
	CHECK_STR(known(), "");
	set("loose", 1);
	CHECK(says(LEFT, A, 100, 100, 10));
	CHECK(is("stream ESTABLISHED"));
	CHECK(says(RIGHT, A, 500, 110, 10));
	CHECK(is("answered"));
	set("loose", 0);
	port++;
	CHECK(invalid(LEFT, F | A, 100, 100, 10));
	CHECK(invalid(LEFT, R, 100, 100, 0));
	CHECK_STR(known(), "");
}

/* --- errors -------------------------------------------------------------------------------------- */

/* The right side's error about a packet that it got. */
static int error_about(struct wire_frame *got)
{
	unsigned char body[600] = { WEFT_CTL_UNREACH, WEFT_UNREACH_PORT };
	size_t len = 8 + ntohs(got->hdr.len);
	struct wire_frame f;

	memcpy(body + 8, &got->hdr, len - 8);
	f = packet(RIGHT, WEFT_PROTO_CONTROL, body, len);
	wire_sum(&f, len);
	return passes(RIGHT, &f);
}

static void errors_are_related(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);
	long before = counted("related"), wrong;

	CHECK(passes(LEFT, &f));
	CHECK(error_about(&f));
	CHECK(counted("related") == before + 1);
	CHECK(is("packets 0 bytes 0"));
	wrong = counted("invalid");
	f = dgram(LEFT, ++port, 53, 10);
	CHECK(error_about(&f));
	CHECK(counted("related") == before + 1);
	CHECK(counted("invalid") == wrong + 1);
}

static void errors_quote_what_was_sent(void)
{
	long before = counted("related"), wrong = counted("invalid");
	struct wire_frame f;

	opened();
	f = segment(LEFT, A, ISN_LEFT + 1, ISN_RIGHT + 1, 10);
	CHECK(passes(LEFT, &f));
	CHECK(error_about(&f));
	CHECK(counted("related") == before + 1);
	f = segment(LEFT, A, ISN_LEFT + 1 + 5000, ISN_RIGHT + 1, 10);
	CHECK(error_about(&f));
	CHECK(counted("related") == before + 1);
	CHECK(counted("invalid") == wrong + 1);
	CHECK(is("stream ESTABLISHED"));
}

static void neighbours_are_not_tracked(void)
{
	unsigned char solicit[8] = { WEFT_CTL_ROUTER_SOLICIT };
	long before = counted("untracked"), wrong = counted("invalid");
	struct wire_frame f = wire_control(0x12, solicit, sizeof(solicit), 255);

	memcpy(f.eth.h_dest, (unsigned char[])WIRE_MAC(0x11), 6);
	f.hdr.dst = (struct weft_addr)WIRE_LINK(0x11);
	wire_sum(&f, sizeof(solicit));
	wire_fd = ends[LEFT];
	wire_put(&f);
	usleep(100000);
	CHECK(counted("untracked") == before + 1);
	CHECK(counted("invalid") == wrong);
}

/* --- fragments ------------------------------------------------------------------------------------- */

/* Part of a datagram: @len bytes from @offset on. */
static struct wire_frame part(const struct wire_frame *whole, size_t offset, size_t len,
			      int more)
{
	unsigned char body[600] = { WEFT_PROTO_DGRAM, 0, (offset | more) >> 8,
				    (offset | more) & 0xff, 1, 2, port >> 8, port & 0xff };

	memcpy(body + 8, whole->body + offset, len);
	return packet(LEFT, WEFT_PROTO_FRAGMENT, body, 8 + len);
}

static void fragments_leave_as_they_came(void)
{
	struct wire_frame whole, first, last;
	size_t len = 592;

	whole = dgram(LEFT, ++port, 53, len - 8);
	first = part(&whole, 0, 512, 1);
	last = part(&whole, 512, len - 512, 0);
	wire_fd = ends[LEFT];
	wire_put(&first);
	wire_fd = ends[RIGHT];
	CHECK(!wire_get(&whole, 200));
	CHECK_STR(known(), "");
	CHECK(passes(LEFT, &last));
	CHECK(last.hdr.next == WEFT_PROTO_FRAGMENT);
	CHECK(ntohs(last.hdr.len) <= 24 + 8 + 544);
	CHECK(wire_get(&last, 1000));
	CHECK(last.hdr.next == WEFT_PROTO_FRAGMENT);
	CHECK(!wire_get(&last, 100));
	CHECK(is("packets 1 bytes 616 reply"));
}

static void a_lone_fragment_is_nothing(void)
{
	struct wire_frame whole = dgram(LEFT, ++port, 53, 584), last;

	last = part(&whole, 512, 80, 0);
	wire_fd = ends[LEFT];
	wire_put(&last);
	wire_fd = ends[RIGHT];
	CHECK(!wire_get(&last, 200));
	CHECK_STR(known(), "");
}

/* --- limits ------------------------------------------------------------------------------------------ */

static void who_is_not_answered_gives_way(void)
{
	long before = counted("early_drop");
	struct wire_frame f;
	int i;

	flush();
	set("max", 4);
	for (i = 0; i < 5; i++) {
		f = dgram(LEFT, ++port, 53, 10);
		CHECK(passes(LEFT, &f));
	}
	CHECK(counted("count") == 4);
	CHECK(counted("early_drop") == before + 1);
	port -= 4;
	CHECK_STR(known(), "");
	port += 4;
}

static void who_is_answered_does_not(void)
{
	long before = counted("full");
	struct wire_frame f;
	int i;

	flush();
	for (i = 0; i < 4; i++) {
		f = dgram(LEFT, ++port, 53, 10);
		CHECK(passes(LEFT, &f));
		f = dgram(RIGHT, 53, port, 10);
		CHECK(passes(RIGHT, &f));
	}
	f = dgram(LEFT, ++port, 53, 10);
	CHECK(!passes(LEFT, &f));
	CHECK(counted("full") == before + 1);
	CHECK(counted("count") == 4);
	set("max", 65536);
	f = dgram(LEFT, port, 53, 10);
	CHECK(passes(LEFT, &f));
}

static void ten_thousand_flows(void)
{
	struct wire_frame f;
	int i, lost = 0;

	flush();
	for (i = 0; i < 10000; i++) {
		f = dgram(LEFT, 10000 + i, 53, 10);
		lost += !passes(LEFT, &f);
	}
	CHECK(!lost);
	CHECK(counted("count") == 10000);
	CHECK(strtol(said("weft track list dport 53 | sort -u | wc -l"), NULL, 10) == 10000);
	CHECK(strtol(said("weft track list sport 15000 | wc -l"), NULL, 10) == 1);
	CHECK(strstr(said("weft -s track flush sport 15000"), "deleted 1 "));
	CHECK(strstr(said("weft -s track flush dst 7:2::/32"), "deleted 9999 "));
	CHECK(counted("count") == 0);
}

static void times_end(void)
{
	long before = counted("expired");
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);
	int i;

	set("timeout_dgram", 1);
	CHECK(passes(LEFT, &f));
	CHECK(counted("count") == 1);
	for (i = 0; i < 100 && counted("count"); i++)
		usleep(100000);
	CHECK(counted("count") == 0);
	CHECK(counted("expired") == before + 1);
	set("timeout_dgram", 30);
}

/* --- requests -------------------------------------------------------------------------------------------- */

static const char *one(char *buf, size_t size)
{
	snprintf(buf, size, "src 7:1::1 dst 7:2::1 proto dgram sport %u dport 53", port);
	return buf;
}

static void one_is_changed(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);
	char name[128];

	CHECK(passes(LEFT, &f));
	one(name, sizeof(name));
	CHECK_STR(said("weft track set %s mark 0x12 labels 5 timeout 77 2>&1", name), "");
	CHECK(is("mark 0x12 labels 0x5 timeout 7"));
	CHECK_STR(said("weft track set %s mark 0x1/0xf 2>&1", name), "");
	CHECK(is("mark 0x11"));
	CHECK(strstr(said("weft track list mark 1/0xf"), "mark 0x11"));
	CHECK_STR(said("weft track list mark 2/0xf"), "");
	CHECK(strstr(said("weft track get %s", name), "mark 0x11"));
	CHECK(strstr(said("weft -j track get %s", name), "\"mark\":17"));
	CHECK(strstr(said("weft track get src 7:2::1 dst 7:1::1 proto dgram sport 53 dport %u",
			  port), "mark 0x11"));
	CHECK(strstr(said("weft track get %s zone 1 2>&1", name), "no such connection"));
	CHECK_STR(said("weft track list zone 1"), "");
	CHECK_STR(said("weft track del %s 2>&1", name), "");
	CHECK(strstr(said("weft track del %s 2>&1", name), "no such connection"));
	CHECK_STR(known(), "");
}

static void filters_choose(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);

	flush();
	CHECK(passes(LEFT, &f));
	opened();
	CHECK(strtol(said("weft track list | wc -l"), NULL, 10) == 2);
	CHECK(strtol(said("weft track list proto stream | wc -l"), NULL, 10) == 1);
	CHECK(strtol(said("weft track list state unanswered | grep -c dgram"), NULL, 10) == 1);
	CHECK(strtol(said("weft track list state established | grep -c stream"), NULL, 10) == 1);
	CHECK_STR(said("weft track list state time-wait"), "");
	CHECK(strtol(said("weft track list src 7:1::/32 dst 7:2::/48 | wc -l"), NULL, 10) == 2);
	CHECK_STR(said("weft track list src 7:3::/32"), "");
}

static void bad_requests_are_refused(void)
{
	CHECK(strstr(said("weft track get id 4000000 2>&1"), "no such connection"));
	CHECK(strstr(said("weft track set id 1 timeout 4000000 2>&1"), "30 days"));
	CHECK(strstr(said("weft track frob 2>&1"), "unknown"));
	CHECK(strstr(said("setpriv --reuid 65534 --clear-groups --bounding-set -all "
			  "weft track list 2>&1"), "not permitted"));
	CHECK(set("enable", 2));
	CHECK(set("max", 0));
}

static void events_are_told(void)
{
	char command[128], events[4096] = "";
	pid_t pid = fork();
	int i;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, 15);
		execlp("sh", "sh", "-c", "exec weft track monitor proto stream >/tmp/events",
		       NULL);
		_exit(1);
	}
	sleep(1);
	opened();
	snprintf(command, sizeof(command), "weft track flush sport %u", port);
	netns_run(command);
	for (i = 0; i < 50 && !strstr(events, "destroy"); i++) {
		usleep(100000);
		snprintf(events, sizeof(events), "%s", said("cat /tmp/events"));
	}
	kill(pid, 15);
	waitpid(pid, NULL, 0);
	CHECK(!strncmp(events, "new id", 6));
	CHECK(strstr(events, "stream SYN-SENT"));
	CHECK(strstr(events, "update id"));
	CHECK(strstr(events, "stream ESTABLISHED"));
	CHECK(strstr(events, "destroy id"));
	CHECK(strstr(events, "packets 2 bytes 112 reply"));
}

/* --- this node's own ------------------------------------------------------------------------------------------ */

static void loops_count_once(void)
{
	flush();
	CHECK(!netns_run("weft ping -c 3 -i 0.1 ::1 >/dev/null"));
	said("weft track list proto control");
	CHECK(strstr(text, "packets 3 bytes 264 reply"));
	CHECK(strstr(strstr(text, "reply") ?: "", "packets 3 bytes 264"));
	CHECK(counted("count") == 1);
}

static void a_stream_on_the_loopback_device(void)
{
	long wrong = counted("invalid");

	flush();
	CHECK(!netns_run("weft nc -l 5000 </dev/null >/tmp/got & sleep 1; "
			 "head -c 300000 /dev/zero | weft nc ::1 5000; wait"));
	CHECK(strtol(said("wc -c </tmp/got"), NULL, 10) == 300000);
	said("weft track list proto stream dport 5000");
	CHECK(strstr(text, "stream TIME-WAIT"));
	CHECK(counted("invalid") == wrong);
}

static void namespaces_have_their_own(void)
{
	CHECK(counted("count") > 0);
	CHECK(!netns_run("ip netns add other"));
	CHECK_STR(said("weft -n other track list 2>&1"), "");
	CHECK(strstr(said("weft -n other track stat"), "new 0"));
	CHECK(!netns_run("ip netns exec other sysctl -qw net.weft.track.enable=1"));
	CHECK(!netns_run("ip -n other link set lo up; weft -n other ping -c 1 ::1 >/dev/null"));
	CHECK(strstr(said("weft -n other track stat"), "count 1\n"));
	CHECK(!netns_run("ip netns del other"));
}

static void off_is_off(void)
{
	struct wire_frame f = dgram(LEFT, ++port, 53, 10);

	CHECK(passes(LEFT, &f));
	CHECK(counted("count") > 0);
	CHECK(!set("enable", 0));
	CHECK(counted("count") == 0);
	f = dgram(LEFT, port, 53, 10);
	CHECK(passes(LEFT, &f));
	CHECK_STR(known(), "");
	CHECK(!set("enable", 1));
}

/* The module goes while packets come, and comes back. */
static void unloads_under_traffic(void)
{
	pid_t pid = fork();
	struct wire_frame f;
	int i, on = 0;

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, 15);
		for (i = 0;; i++) {
			f = dgram(LEFT, 1024 + i % 60000, 53, 10);
			wire_fd = ends[LEFT];
			wire_put(&f);
		}
	}
	for (i = 0; i < 5; i++) {
		usleep(200000);
		CHECK(counted("count") > 0);
		CHECK(!netns_run("rmmod weft_filter"));
		CHECK(!netns_run("insmod $WEFT_TREE/build/$(uname -r)/proto/filter/weft_filter.ko"));
		on += !set("enable", 1);
	}
	kill(pid, 15);
	waitpid(pid, NULL, 0);
	CHECK(on == 5);
}

/* --- set-up ------------------------------------------------------------------------------------------------------ */

/* The far ends, in a namespace of theirs, and what is written to and read from them. */
static int set_up_ends(void)
{
	if (netns_enter() ||
	    netns_run("for n in 1 2; do ip link add near$n address 02:00:00:00:00:${n}1 "
		      "type veth peer name far$n address 02:00:00:00:00:${n}2; "
		      "weft link set far$n accept_ra never; ip link set far$n up; done"))
		return -1;
	if (wire_open("far1"))
		return -1;
	ends[LEFT] = wire_fd;
	if (wire_open("far2"))
		return -1;
	ends[RIGHT] = wire_fd;
	return 0;
}

static int set_up_router(void)
{
	return netns_run("ip link set lo up; for n in 1 2; do "
			 "weft link set near$n accept_ra never; ip link set near$n up; "
			 "ethtool -K near$n tx-sctp-segmentation off; "
			 "weft route add 7:$n::/32 dev near$n; "
			 "weft neigh add 7:$n::1 lladdr 02:00:00:00:00:${n}2 dev near$n; done") ||
	       netns_run("sysctl -qw net.weft.forwarding=1") || set("enable", 1);
}

static int run(void)
{
	if (set_up_router())
		return 1;
	TAP_RUN(an_echo_is_answered);
	TAP_RUN(an_answer_begins_nothing);
	TAP_RUN(datagrams_go_both_ways);
	TAP_RUN(another_port_is_no_answer);
	TAP_RUN(a_wrong_sum_is_invalid);
	TAP_RUN(a_stream_opens);
	TAP_RUN(a_stream_opens_from_both_sides);
	TAP_RUN(a_stream_closes);
	TAP_RUN(the_next_stream_begins_in_time_wait);
	TAP_RUN(a_stream_closes_from_both_sides);
	TAP_RUN(a_reset_must_be_next);
	TAP_RUN(a_refused_stream);
	TAP_RUN(segments_fit_the_windows);
	TAP_RUN(the_middle_of_a_stream_is_invalid);
	TAP_RUN(errors_are_related);
	TAP_RUN(errors_quote_what_was_sent);
	TAP_RUN(neighbours_are_not_tracked);
	TAP_RUN(fragments_leave_as_they_came);
	TAP_RUN(a_lone_fragment_is_nothing);
	TAP_RUN(who_is_not_answered_gives_way);
	TAP_RUN(who_is_answered_does_not);
	TAP_RUN(ten_thousand_flows);
	TAP_RUN(times_end);
	TAP_RUN(one_is_changed);
	TAP_RUN(filters_choose);
	TAP_RUN(bad_requests_are_refused);
	TAP_RUN(events_are_told);
	TAP_RUN(loops_count_once);
	TAP_RUN(a_stream_on_the_loopback_device);
	TAP_RUN(namespaces_have_their_own);
	TAP_RUN(off_is_off);
	TAP_RUN(unloads_under_traffic);
	return tap_done();
}

int main(void)
{
	int ready[2], go[2], status;
	char command[128], c;
	pid_t pid;

	if (set_up_ends() || pipe(ready) || pipe(go)) {
		perror("# set-up");
		return 1;
	}
	pid = fork();
	if (!pid) {
		if (netns_enter() || write(ready[1], "", 1) != 1 || read(go[0], &c, 1) != 1)
			return 1;
		return run();
	}
	if (read(ready[0], &c, 1) != 1)
		return 1;
	snprintf(command, sizeof(command),
		 "ip link set near1 netns %d && ip link set near2 netns %d", pid, pid);
	if (netns_run(command) || write(go[1], "", 1) != 1)
		return 1;
	return waitpid(pid, &status, 0) == pid && !status ? 0 : 1;
}
