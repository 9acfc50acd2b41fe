// SPDX-License-Identifier: GPL-2.0
/*
 * A workstation with the ruleset that is shipped has a stream open to a node of its network.
 * Somebody there who knows the ports, but not the numbers, writes segments that pretend to
 * be of that stream, or of one that never was. None of them is let in, all are counted, and
 * the stream goes on.
 *
 * lab: --nodes 1 --nic none
 * kernels: stock debug
 * timeout: 120
 */
#include <stdint.h>
#include "sock.h"
#include "wire.h"

#define NS	"filter_spoof"
#define RULES	"weft -n " NS " filter list chain workstation input"
#define PORT	22
/* Out of all windows, and too far away to be behind them. */
#define FAR	0x40000000

#define S WEFT_STREAM_SYN
#define A WEFT_STREAM_ACK
#define F WEFT_STREAM_FIN
#define R WEFT_STREAM_RST
#define P WEFT_STREAM_PSH

static int weft, client, server;
static const struct weft_addr here = { { { 0, 7, 0, 1, 0, 0, 0, 2 } } };
static const struct weft_addr work = { { { 0, 7, 0, 1, 0, 0, 0, 1 } } };

/**
 * struct numbers - what the workstation's last segment said
 * @seq: of its next byte
 * @ack: of the next byte that it expects
 * @window: bytes that it takes from there on
 */
static struct numbers {
	unsigned int seq, ack, window;
} now;

/* --- the workstation ----------------------------------------------------------------- */

/* Packets that a rule of the workstation has counted. */
static long counted(const char *rule)
{
	char command[256];
	long n = -1;
	FILE *f;

	snprintf(command, sizeof(command),
		 RULES "| sed -n 's/.*%s counter packets \\([0-9]*\\) .*/\\1/p'", rule);
	f = popen(command, "r");
	if (!f || fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f)
		pclose(f);
	return n;
}

static long refused(void)
{
	return counted("ct state invalid");
}

static int becomes(long (*number)(void), long n)
{
	int i;

	for (i = 0; i < 200 && number() < n; i++)
		usleep(20000);
	return number() == n;
}

static void shell(const char *command)
{
	CHECK(!netns_run(command));
}

static struct sock_name service(void)
{
	struct sock_name n = sock_any(weft, PORT);

	n.weft.sweft_addr = work;
	return n;
}

/* --- the live stream ----------------------------------------------------------------- */

/* What the workstation has said last. */
static void listen_in(void)
{
	struct weft_stream_hdr hdr;
	struct wire_frame f;

	while (wire_get(&f, 200)) {
		memcpy(&hdr, f.body, sizeof(hdr));
		if (f.hdr.next == WEFT_PROTO_STREAM && ntohs(hdr.sport) == PORT &&
		    hdr.flags & A)
			now = (struct numbers){ ntohl(hdr.seq), ntohl(hdr.ack),
						ntohl(hdr.window) };
	}
}

static int carries(int from, int to, char c)
{
	char got = 0;

	return send(from, &c, 1, 0) == 1 && sock_wait(to, POLLIN) & POLLIN &&
	       recv(to, &got, 1, 0) == 1 && got == c;
}

/* It carries both ways, and nothing else comes. */
static int lives(void)
{
	static char c = 'a';
	char more;

	c = c == 'z' ? 'a' : c + 1;
	return carries(client, server, c) && carries(server, client, c - 'a' + 'A') &&
	       recv(server, &more, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static unsigned short client_port(void)
{
	struct sock_name n = { .len = sizeof(n.weft) };

	CHECK(!getsockname(client, &n.sa, &n.len));
	return ntohs(n.weft.sweft_port);
}

/* --- forgery ------------------------------------------------------------------------- */

/**
 * struct forged - a segment; numbers are counted from those that are right
 * @name: what is wrong
 * @flags: WEFT_STREAM_*
 * @seq: from the next byte that the workstation expects
 * @ack: from what it has sent
 * @len: bytes of payload
 * @port: from which port, 0 for that of the stream
 */
struct forged {
	const char *name;
	int flags, seq, ack, len, port;
};

static void forge(const struct forged *s)
{
	struct weft_stream_hdr hdr = {
		.sport = htons(s->port ?: client_port()), .dport = htons(PORT),
		.seq = htonl(now.ack + s->seq),
		.ack = s->flags & A ? htonl(now.seq + s->ack) : 0,
		.len = sizeof(hdr), .flags = s->flags, .window = htonl(60000),
	};
	struct wire_frame f = {
		.eth = { .h_dest = WIRE_MAC(1), .h_source = WIRE_MAC(2),
			 .h_proto = htons(WEFT_ETHERTYPE_DEFAULT) },
		.hdr = { .vc = WEFT_VERSION << 4,
			 .len = htons(sizeof(f.hdr) + sizeof(hdr) + s->len),
			 .hop_limit = 64, .next = WEFT_PROTO_STREAM, .src = here, .dst = work },
		.len = sizeof(f.eth) + sizeof(f.hdr) + sizeof(hdr) + s->len,
	};

	memset(f.body, 'X', sizeof(f.body));
	memcpy(f.body, &hdr, sizeof(hdr));
	wire_sum_at(&f, sizeof(hdr) + s->len, 14);
	wire_put(&f);
}

static const struct forged forgeries[] = {
	{ "data above the window",		P | A,	FAR,	0,	10,	0 },
	{ "data that was never sent",		P | A,	-FAR,	0,	10,	0 },
	{ "an acknowledgment of what was not sent", A,	0,	FAR,	0,	0 },
	{ "with data in the window",		P | A,	0,	FAR,	10,	0 },
	{ "an acknowledgment long gone",	A,	0,	-FAR,	0,	0 },
	{ "both numbers wrong",			P | A,	FAR,	FAR,	10,	0 },
	{ "RST above the window",		R,	FAR,	0,	0,	0 },
	{ "RST far below",			R,	-FAR,	0,	0,	0 },
	{ "RST with an acknowledgment",		R | A,	FAR,	FAR,	0,	0 },
	{ "FIN above the window",		F | A,	FAR,	0,	0,	0 },
	{ "FIN that acknowledges too much",	F | A,	0,	FAR,	0,	0 },
	{ "no flags",				0,	0,	0,	10,	0 },
	{ "all flags",				S | F | R | A, 0, 0,	0,	0 },
	{ "SYN and FIN",			S | F,	0,	0,	0,	0 },
	{ "ACK without a stream",		A,	0,	0,	0,	999 },
	{ "data without a stream",		P | A,	0,	0,	10,	999 },
	{ "SYN,ACK without a stream",		S | A,	0,	0,	0,	999 },
	{ "FIN without a stream",		F | A,	0,	0,	0,	999 },
	{ "RST without a stream",		R,	0,	0,	0,	999 },
};

static const struct forged *forged;

static void is_dropped(void)
{
	long before = refused();

	CHECK(lives());
	listen_in();
	forge(forged);
	CHECK(becomes(refused, before + 1));
	CHECK(lives());
	CHECK(refused() == before + 1);
}

/* Numbers at random hit the window one time in 60,000: of 500, next to none do. */
static void a_guesser_has_no_luck(void)
{
	long before = refused();
	struct forged guess = { .flags = P | A, .len = 10 };
	int i;

	listen_in();
	for (i = 0; i < 500; i++) {
		guess.seq = FAR + i * 0x100001;
		guess.ack = -FAR - i * 0x100003;
		forge(&guess);
	}
	CHECK(becomes(refused, before + 500));
	CHECK(lives());
}

/* Each asks as another one, so that none belongs to what was answered before. */
static void echoes_are_answered_now_and_then(void)
{
	unsigned char echo[8] = { WEFT_CTL_ECHO_REQUEST };
	struct wire_frame f = wire_control(2, echo, sizeof(echo), 64);
	int i, answers = 0;

	f.hdr.src = here;
	f.hdr.dst = work;
	for (i = 0; i < 500; i++) {
		f.body[4] = i >> 8;
		f.body[5] = i & 0xff;
		wire_sum(&f, sizeof(echo));
		wire_put(&f);
	}
	while (wire_get(&f, 1000))
		answers += f.hdr.next == WEFT_PROTO_CONTROL &&
			   f.body[0] == WEFT_CTL_ECHO_REPLY;
	CHECK(answers > 0 && answers < 400);
}

/* --- what the firewall lets through, the stream itself does not take ----------------- */

static void in_the_window_is_not_enough(void)
{
	static const struct forged reset = { "", R, 100, 0, 0, 0 };
	static const struct forged syn = { "", S, 0, 0, 0, 0 };
	long before = refused();

	CHECK(lives());
	listen_in();
	forge(&reset);
	CHECK(lives());
	listen_in();
	forge(&syn);
	CHECK(lives());
	CHECK(refused() == before);
}

/* So what was wrong with all others were their numbers. */
static void who_knows_the_number_ends_it(void)
{
	static const struct forged reset = { "", R, 0, 0, 0, 0 };
	long before = refused();
	char c;

	CHECK(lives());
	listen_in();
	forge(&reset);
	CHECK(sock_wait(server, POLLIN) & POLLERR);
	CHECK(recv(server, &c, 1, 0) < 0 && errno == ECONNRESET);
	CHECK(refused() == before);
}

/* --- set-up -------------------------------------------------------------------------- */

static int set_up(void)
{
	static const char net[] =
		"set -e; ip netns add " NS "; ip -n " NS " link set lo up;"
		"ip link add far type veth peer name near netns " NS ";"
		"ip link set far address 02:00:00:00:00:02;"
		"ip -n " NS " link set near address 02:00:00:00:00:01;"
		"weft link set far accept_ra never; weft -n " NS " link set near accept_ra never;"
		"ip link set far up; ip -n " NS " link set near up;"
		"ethtool -K far tx-sctp-segmentation off; weft addr add 7:1::2/32 dev far nodad;"
		"weft -n " NS " addr add 7:1::1/32 dev near nodad;"
		"cd $WEFT_TREE/userspace/examples/filter;"
		"weft -n " NS " filter -f workstation.weft;";

	weft = netns_weft_family();
	return netns_enter() || netns_run(net) || wire_open("far");
}

static void a_stream_opens(void)
{
	struct sock_name to = service(), any = sock_any(weft, PORT);
	int home = open("/proc/thread-self/ns/net", O_RDONLY), listener;

	CHECK(!netns_join(NS));
	listener = socket(weft, SOCK_STREAM, 0);
	CHECK(!bind(listener, &any.sa, any.len) && !listen(listener, 5));
	CHECK(!setns(home, CLONE_NEWNET));
	client = socket(weft, SOCK_STREAM, 0);
	CHECK(!connect(client, &to.sa, to.len));
	server = accept(listener, NULL, NULL);
	CHECK(server >= 0);
	CHECK(lives());
	CHECK(counted("ct state new") == 1);
	close(listener);
	close(home);
}

int main(void)
{
	size_t i;

	if (set_up())
		return 1;
	TAP_RUN(a_stream_opens);
	for (i = 0; i < sizeof(forgeries) / sizeof(*forgeries); i++) {
		forged = &forgeries[i];
		tap_run(forged->name, is_dropped);
	}
	TAP_RUN(a_guesser_has_no_luck);
	TAP_RUN(echoes_are_answered_now_and_then);
	TAP_RUN(in_the_window_is_not_enough);
	TAP_RUN(who_knows_the_number_ends_it);
	close(client);
	close(server);
	shell("ip netns del " NS);
	return tap_done();
}
