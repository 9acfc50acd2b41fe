// SPDX-License-Identifier: GPL-2.0
/* userspace/tools/ss_filter.c, ss_info.c, ss_socket.c and ss_state.c */
#include <arpa/inet.h>
#include <netinet/tcp.h>

#include "ss_filter.h"
#include "ss_process.h"
#include "ss_socket.h"
#include "ss_state.h"
#include "tools.h"

#define FAMILY	18

/* 7::1, port 80, to 9::2, port 4000; device 2; cookie 26 */
static const struct weft_diag_id id = {
	.src = { { { 0, 7, 0, 0, 0, 0, 0, 1 } } },
	.dst = { { { 0, 9, 0, 0, 0, 0, 0, 2 } } },
	.ifindex = 2,
	.cookie = { 26, 0 },
};

/* In place of what looks into /proc. */
void ss_process_print(struct out *o, uint32_t inode)
{
	out_uint(o, "users", "users", inode);
}

/* 1, 0, or -1 if the expression is wrong. */
static int matches(const char *text)
{
	struct weft_diag_id with_ports = id;
	static struct ss_filter f;

	with_ports.sport = htons(80);
	with_ports.dport = htons(4000);
	if (ss_filter_parse(text, &f))
		return -1;
	return ss_filter_match(&f, &with_ports);
}

static void conditions(void)
{
	CHECK(matches("") == 1 && matches("  ") == 1);
	CHECK(matches("sport = :80") == 1 && matches("sport 80") == 1);
	CHECK(matches("sport == 81") == 0 && matches("sport eq :80") == 1);
	CHECK(matches("sport != 80") == 0 && matches("sport != 81") == 1);
	CHECK(matches("dport < 4001") == 1 && matches("dport < 4000") == 0);
	CHECK(matches("dport<=4000") == 1 && matches("dport>=4001") == 0);
	CHECK(matches("dport>3999") == 1 && matches("dport gt 4000") == 0);
	CHECK(matches("src 7::1") == 1 && matches("src 7::2") == 0);
	CHECK(matches("src 7::/16") == 1 && matches("src != 7::/16") == 0);
	CHECK(matches("dst = 9::2") == 1 && matches("dst [9::2]:4000") == 1);
	CHECK(matches("dst [9::2]:4001") == 0 && matches("dst [9::2]") == 1);
	CHECK(matches("dst :4000") == 1 && matches("dst :4001") == 0);
	CHECK(matches("dev eth0") == 1 && matches("dev eth1") == 0);
	CHECK(matches("dev != eth1") == 1);
	CHECK(matches("cookie 26") == 1 && matches("cookie = 0x1a") == 1);
	CHECK(matches("cookie != 26") == 0);
}

static void what_joins_them(void)
{
	CHECK(matches("sport 80 and dport 4000") == 1);
	CHECK(matches("sport 80 dport 4001") == 0);
	CHECK(matches("sport 81 or dport 4000") == 1);
	CHECK(matches("sport 81 | dport 4001 || dev eth0") == 1);
	CHECK(matches("sport 80 && dport 4001 & dev eth0") == 0);
	/* and binds closer than or */
	CHECK(matches("sport 80 or dport 1 and dev eth1") == 1);
	CHECK(matches("(sport 80 or dport 1)and dev eth1") == 0);
	CHECK(matches("not sport 80") == 0 && matches("! sport 81") == 1);
	CHECK(matches("not not sport 80") == 1);
	CHECK(matches("!(sport 81 or dport 81)") == 1);
	CHECK(matches("( sport = :80 or dst 7::/16 ) and not dev eth1") == 1);
}

static void wrong_at(int line, const char *text, size_t column, const char *why)
{
	static struct ss_filter f;

	if (ss_filter_parse(text, &f) != -1 || f.column != column)
		printf("# line %d: column %zu\n", line, f.column);
	CHECK(f.column == column);
	CHECK_STR(f.why, why);
}

static void errors_have_a_place(void)
{
	char deep[256] = "";
	int i;

	wrong_at(__LINE__, "frob 1", 0, "'frob' is no condition");
	wrong_at(__LINE__, "sport", 5, "'sport' needs a port");
	wrong_at(__LINE__, "sport =", 7, "'sport' needs a port");
	wrong_at(__LINE__, "sport = x", 8, "'x' is not a port");
	wrong_at(__LINE__, "sport 65536", 6, "'65536' is not a port");
	wrong_at(__LINE__, "sport = = 1", 8, "'sport' needs a port");
	wrong_at(__LINE__, "src < 7::1", 4, "'src' has no order");
	wrong_at(__LINE__, "src 7::x", 4, "'7::x' is not an address");
	wrong_at(__LINE__, "src [7::1", 4, "'[7::1' is not an address");
	wrong_at(__LINE__, "dev nodev", 4, "'nodev' is not a device");
	wrong_at(__LINE__, "cookie 0x", 7, "'0x' is not a number");
	wrong_at(__LINE__, "( sport 80", 10, "')' is missing");
	wrong_at(__LINE__, "sport 80 )", 9, "')' without '('");
	wrong_at(__LINE__, "sport 80 and", 12, "a condition is missing");
	wrong_at(__LINE__, "or sport 80", 0, "'or' is no condition");
	wrong_at(__LINE__, "()", 1, "')' is no condition");
	for (i = 0; i < 100; i++)
		strcat(deep, "(");
	wrong_at(__LINE__, deep, SS_FILTER_DEPTH, "too many parentheses");
}

static void an_expression_has_bounds(void)
{
	char text[4096] = "sport 80";
	int i;

	for (i = 0; i < SS_FILTER_NODES; i++)
		strcat(text, " or sport 81");
	CHECK(matches(text) == -1);
	text[0] = '\0';
	for (i = 0; i < SS_FILTER_NODES / 2; i++)
		strcat(text, i ? " or sport 81" : "sport 80");
	CHECK(matches(text) == 1);
}

/* --- sockets ------------------------------------------------------------------------ */

static struct weft_diag_msg *begin(struct nl_request *r, int type, int protocol)
{
	struct weft_diag_msg *msg = nl_request(r, SOCK_DIAG_BY_FAMILY, 0,
					       sizeof(*msg));

	msg->family = FAMILY;
	msg->type = (uint8_t)type;
	msg->protocol = (uint8_t)protocol;
	msg->state = TCP_CLOSE;
	msg->id.cookie[0] = 26;
	msg->inode = 77;
	return msg;
}

static void prints(int line, const struct nl_request *r, const struct ss_show *show,
		   const char *should)
{
	struct ss_socket s;
	struct out o;

	CHECK(!ss_socket_parse(&r->nlh, FAMILY, &s));
	print_begin(&o);
	ss_socket_print(&o, &s, show);
	print_end(&o, __FILE__, line, should);
}

static void are_lines(void)
{
	struct ss_show bare = { .extended = false }, all = { .extended = true,
		.memory = true, .options = true, .processes = true };
	const struct weft_diag_options options = {
		.flags = WEFT_DIAG_F_REUSEPORT | WEFT_DIAG_F_FILTER,
		.hop_limit = 3, .class = -1, .mtu_discover = 2, .segment = 100,
	};
	const uint32_t memory[SK_MEMINFO_VARS] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct weft_diag_msg *msg;
	struct nl_request r;

	msg = begin(&r, SOCK_DGRAM, WEFT_PROTO_DGRAM);
	msg->id.sport = htons(80);
	prints(__LINE__, &r, &bare,
	       "dgram UNCONNECTED 0      0      *:80                          *:*");
	msg->state = TCP_ESTABLISHED;
	msg->id = id;
	msg->id.sport = htons(80);
	msg->id.dport = htons(4000);
	msg->rqueue = 12;
	prints(__LINE__, &r, &bare,
	       "dgram CONNECTED   12     0      [7::1%eth0]:80                [9::2]:4000");
	nl_put(&r, WEFT_DIAG_OPTIONS, sizeof(options), &options);
	nl_put(&r, WEFT_DIAG_MEMINFO, sizeof(memory), memory);
	nl_put_u32(&r, WEFT_DIAG_MARK, 5);
	nl_put_u8(&r, WEFT_DIAG_SHUTDOWN, 2);
	prints(__LINE__, &r, &all,
	       "dgram CONNECTED   12     0      [7::1%eth0]:80                [9::2]:4000          users 77 uid 0 ino 77 cookie 26 mark 5 shut_write skmem:(r1,rb2,t3,tb4,f5,w6,o7,bl8,d9) hoplimit 3 pmtudisc do segment 100 reuseport filter");
	cli.json = true;
	prints(__LINE__, &r, &bare,
	       "{\"netid\":\"dgram\",\"state\":\"CONNECTED\",\"protocol\":17,\"recv_q\":12,\"send_q\":0,\"src\":\"7::1\",\"sport\":80,\"dst\":\"9::2\",\"dport\":4000,\"dev\":\"eth0\"}");
	cli.json = false;
	begin(&r, SOCK_RAW, 99);
	prints(__LINE__, &r, &bare,
	       "raw   UNCONNECTED 0      0      *:99                          *:*");
}

/* A connection, and what is known of it if @info is given. */
static void begin_stream(struct nl_request *r, int type, int state,
			 const struct weft_info *info)
{
	struct weft_diag_msg *msg = begin(r, type, WEFT_PROTO_STREAM);

	msg->state = (uint8_t)state;
	msg->id = id;
	msg->id.ifindex = 0;
	msg->id.sport = htons(80);
	msg->id.dport = htons(4000);
	if (info)
		nl_put(r, WEFT_DIAG_INFO, sizeof(*info), info);
}

static void streams_are_lines(void)
{
	const struct ss_show bare = { .extended = false }, options = { .options = true };
	const struct weft_info info = {
		.state = TCP_ESTABLISHED, .recovery = WEFT_INFO_RECOVERY,
		.flags = WEFT_INFO_ECN | WEFT_INFO_APP_LIMITED, .cc = "cubic",
		.rto = 204000, .rtt = 1250, .rttvar = 500, .snd_mss = 1444,
		.ssthresh = UINT32_MAX, .min_rtt = UINT32_MAX, .pacing_rate = UINT64_MAX,
		.cwnd = 14440, .bytes_acked = 1ULL << 40, .backoff = 2,
	};
	struct nl_request r;

	begin_stream(&r, SOCK_STREAM, TCP_ESTABLISHED, NULL);
	prints(__LINE__, &r, &bare,
	       "str   ESTAB       0      0      [7::1]:80                     [9::2]:4000");
	begin_stream(&r, SOCK_SEQPACKET, TCP_TIME_WAIT, NULL);
	prints(__LINE__, &r, &bare,
	       "seq   TIME-WAIT   0      0      [7::1]:80                     [9::2]:4000");
	begin_stream(&r, SOCK_STREAM, TCP_CLOSING + 1, NULL);
	prints(__LINE__, &r, &bare,
	       "str   UNKNOWN     0      0      [7::1]:80                     [9::2]:4000");
	begin_stream(&r, SOCK_STREAM, TCP_ESTABLISHED, &info);
	prints(__LINE__, &r, &options,
	       "str   ESTAB       0      0      [7::1]:80                     [9::2]:4000          ecn app_limited cubic recovery rto:204 rtt:1.25/0.5 mss:1444 cwnd:14440 backoff:2 bytes_acked:1099511627776");
	cli.json = true;
	prints(__LINE__, &r, &options,
	       "{\"netid\":\"str\",\"state\":\"ESTAB\",\"protocol\":6,\"recv_q\":0,\"send_q\":0,\"src\":\"7::1\",\"sport\":80,\"dst\":\"9::2\",\"dport\":4000,\"info\":{\"ecn\":true,\"app_limited\":true,\"cc\":\"cubic\",\"recovery\":\"recovery\",\"rto\":204.000,\"rtt\":1.250,\"rttvar\":0.500,\"mss\":1444,\"cwnd\":14440,\"backoff\":2,\"bytes_acked\":1099511627776}}");
	cli.json = false;
}

/* Queues are all that is known of it. */
static void a_listening_one_has_queues(void)
{
	const struct ss_show options = { .options = true };
	const struct weft_info info = { .state = TCP_LISTEN, .unacked = 1, .sacked = 8 };
	struct weft_diag_msg *msg;
	struct nl_request r;

	msg = begin(&r, SOCK_STREAM, WEFT_PROTO_STREAM);
	msg->state = TCP_LISTEN;
	msg->id.sport = htons(80);
	msg->rqueue = 1;
	msg->wqueue = 8;
	nl_put(&r, WEFT_DIAG_INFO, sizeof(info), &info);
	prints(__LINE__, &r, &options,
	       "str   LISTEN      1      8      *:80                          *:*                 ");
}

static bool state_is(const char *word, uint32_t states)
{
	uint32_t got = 0;

	return ss_state_parse(word, &got) && got == states;
}

static void states_have_names(void)
{
	uint32_t states;

	CHECK(state_is("all", 0xffe) && state_is("listening", 1 << TCP_LISTEN));
	CHECK(state_is("unconnected", 1 << TCP_CLOSE | 1 << TCP_LISTEN));
	CHECK(state_is("connected", 0xffe & ~(1 << TCP_CLOSE | 1 << TCP_LISTEN)));
	CHECK(state_is("time-wait", 1 << TCP_TIME_WAIT) && state_is("time", 1 << TCP_TIME_WAIT));
	CHECK(state_is("fin-wait-1", 1 << TCP_FIN_WAIT1));
	CHECK(state_is("fin-wait-2", 1 << TCP_FIN_WAIT2));
	CHECK(state_is("bucket", 1 << TCP_SYN_RECV | 1 << TCP_TIME_WAIT));
	CHECK(!ss_state_parse("", &states) && !ss_state_parse("frob", &states));
	CHECK(!ss_state_parse("time-waits", &states));
}

static void others_are_refused(void)
{
	struct nl_request r;
	struct ss_socket s;

	begin(&r, SOCK_DGRAM, WEFT_PROTO_DGRAM);
	CHECK(ss_socket_parse(&r.nlh, FAMILY + 1, &s));
	r.nlh.nlmsg_len -= 4;
	CHECK(ss_socket_parse(&r.nlh, FAMILY, &s));
	begin(&r, SOCK_DGRAM, WEFT_PROTO_DGRAM);
	r.nlh.nlmsg_type++;
	CHECK(ss_socket_parse(&r.nlh, FAMILY, &s));
	begin(&r, SOCK_DGRAM, WEFT_PROTO_DGRAM);
	nl_put_u8(&r, WEFT_DIAG_MEMINFO, 1);
	CHECK(!ss_socket_parse(&r.nlh, FAMILY, &s) && !s.has);
}

int main(void)
{
	TAP_RUN(conditions);
	TAP_RUN(what_joins_them);
	TAP_RUN(errors_have_a_place);
	TAP_RUN(an_expression_has_bounds);
	TAP_RUN(are_lines);
	TAP_RUN(streams_are_lines);
	TAP_RUN(a_listening_one_has_queues);
	TAP_RUN(states_have_names);
	TAP_RUN(others_are_refused);
	return tap_done();
}
