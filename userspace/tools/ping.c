// SPDX-License-Identifier: GPL-2.0
/*
 * weft ping: echo requests to a node or a group, through a control message
 * socket. The kernel fills in the identifier and the checksum and gives us the
 * replies that carry our identifier.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"
#include "ping.h"

/* Exit codes as those of ping. */
enum {
	PING_OK = 0,
	PING_NO_REPLY = 1,
	PING_ERROR = 2,
};

#define HEADERS		(sizeof(struct weft_hdr) + sizeof(struct weft_ctl_hdr))
#define SIZE_DEFAULT	56
#define SIZE_MAX_	(WEFT_LEN_MAX - HEADERS)
/* Only root may send faster. */
#define INTERVAL_MIN	0.002
/* A flood goes on after this time when no reply comes. */
#define FLOOD_INTERVAL	0.01
#define TIMEOUT_DEFAULT	2.0
#define SECONDS_MAX	1e6

/* The options, the destination and the state of the run. */
struct ping {
	unsigned long count;	/* 0: no end */
	double interval;
	unsigned long size;
	bool flood, quiet, adaptive, stamps, outstanding;
	int hop_limit, class, mtu_discover;	/* -1: the default */
	double timeout;		/* how long the last replies are waited for */
	double deadline;	/* 0: none */
	const char *dev;
	const char *source;
	const char *name;	/* the destination as it was written */

	int fd;
	bool group;
	struct sockaddr_weft dest;
	uint16_t seq;
	unsigned long attempts;	/* requests, those that did not get out too */
	double next_send, last_sent;
	int exit_code;		/* PING_ERROR once the run cannot go on */
	uint8_t message[WEFT_LEN_MAX];
};

static struct ping ping;
static struct ping_stat stats;
static volatile sig_atomic_t interrupted, asked;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void on_quit(int sig)
{
	(void)sig;
	asked = 1;
}

static void print_usage(FILE *out)
{
	fputs("usage: weft ping [-ADfjOq] [-c COUNT] [-I DEVICE|ADDRESS] [-i INTERVAL]\n"
	      "                 [-M do|want|dont|probe] [-Q CLASS] [-s SIZE] [-t HOPLIMIT]\n"
	      "                 [-W TIMEOUT] [-w DEADLINE] DESTINATION\n", out);
}

/* --- options -------------------------------------------------------------------- */

static int bad_value(int opt, const char *value)
{
	cli_error("bad value for -%c: '%s'", opt, value);
	return -1;
}

static int take_mtu_discover(const char *value)
{
	static const char *const words[] = { "dont", "want", "do", "probe" };
	int i;

	for (i = 0; i <= WEFT_PMTUDISC_PROBE; i++) {
		if (strcmp(value, words[i]))
			continue;
		ping.mtu_discover = i;
		return 0;
	}
	return bad_value('M', value);
}

/* An address or a device; both may be given. */
static int take_interface(const char *value)
{
	if (strchr(value, ':'))
		ping.source = value;
	else
		ping.dev = value;
	return 0;
}

/* What is written into the requests. */
static int take_header_option(int opt, const char *value)
{
	bool hops = opt == 't';
	unsigned long n;

	if (cli_number(value, hops ? 1 : 0, hops ? 255 : WEFT_CLASS_MASK, &n))
		return bad_value(opt, value);
	if (hops)
		ping.hop_limit = (int)n;
	else
		ping.class = (int)n;
	return 0;
}

static int take_option(int opt, const char *value)
{
	unsigned long n;

	switch (opt) {
	case 'c':
		if (cli_number(value, 1, 1UL << 31, &ping.count))
			return bad_value(opt, value);
		return 0;
	case 'i':
		if (cli_seconds(value, 0, SECONDS_MAX, &ping.interval))
			return bad_value(opt, value);
		return 0;
	case 's':
		if (cli_number(value, 0, SIZE_MAX_, &n))
			return bad_value(opt, value);
		ping.size = n;
		return 0;
	case 'W':
		if (cli_seconds(value, 0, SECONDS_MAX, &ping.timeout))
			return bad_value(opt, value);
		return 0;
	case 'w':
		if (cli_seconds(value, 0.001, SECONDS_MAX, &ping.deadline))
			return bad_value(opt, value);
		return 0;
	case 'I':
		return take_interface(value);
	case 'M':
		return take_mtu_discover(value);
	case 'Q':
	case 't':
		return take_header_option(opt, value);
	case 'A':
		ping.adaptive = true;
		return 0;
	case 'D':
		ping.stamps = true;
		return 0;
	case 'O':
		ping.outstanding = true;
		return 0;
	case 'f':
		ping.flood = true;
		return 0;
	case 'q':
		ping.quiet = true;
		return 0;
	case 'j':
		cli.json = true;
		return 0;
	}
	print_usage(stderr);
	return -1;
}

static int take_options(int argc, char **argv)
{
	bool paced = false;
	int opt;

	ping.interval = 1;
	ping.size = SIZE_DEFAULT;
	ping.timeout = TIMEOUT_DEFAULT;
	ping.hop_limit = -1;
	ping.class = -1;
	ping.mtu_discover = -1;
	while ((opt = getopt(argc, argv, "+ADc:fI:i:jM:OqQ:s:t:W:w:")) != -1) {
		paced |= opt == 'i';
		if (take_option(opt, optarg))
			return -1;
	}
	if (argc != optind + 1) {
		print_usage(stderr);
		return -1;
	}
	ping.name = argv[optind];
	if (ping.flood && !paced)
		ping.interval = FLOOD_INTERVAL;
	if (geteuid() && (ping.flood || ping.interval < INTERVAL_MIN)) {
		cli_error("only root may flood or use an interval below %g s",
			  INTERVAL_MIN);
		return -1;
	}
	return 0;
}

/* --- the socket ------------------------------------------------------------------- */

static int find_destination(void)
{
	if (cli_resolve(ping.name, NULL, 0, &ping.dest))
		return -1;
	ping.dest.sweft_port = 0;
	ping.group = weft_addr_is_multicast(&ping.dest.sweft_addr);
	return cli_dest_device(ping.name, ping.dev, &ping.dest);
}

static int set_option(int option, int value)
{
	if (value < 0 || !setsockopt(ping.fd, SOL_WEFT, option, &value,
				     sizeof(value)))
		return 0;
	cli_error("cannot set up the socket: %s", weft_strerror(errno));
	return -1;
}

static int set_options(void)
{
	return set_option(WEFT_RECVERR, 1) ||
	       set_option(ping.group ? WEFT_GROUP_HOPS : WEFT_HOP_LIMIT,
			  ping.hop_limit) ||
	       /* That this node answers is no news. */
	       set_option(WEFT_GROUP_LOOP, 0) ||
	       set_option(WEFT_CLASS, ping.class) ||
	       set_option(WEFT_MTU_DISCOVER, ping.mtu_discover) ? -1 : 0;
}

static int bind_source(void)
{
	struct sockaddr_weft sa;

	if (!ping.source)
		return 0;
	if (cli_resolve(ping.source, NULL, 0, &sa))
		return -1;
	if (!bind(ping.fd, (struct sockaddr *)&sa, sizeof(sa)))
		return 0;
	cli_error("cannot send from %s: %s", ping.source, weft_strerror(errno));
	return -1;
}

static int open_socket(void)
{
	ping.fd = weft_socket(SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			      WEFT_PROTO_CONTROL);
	if (ping.fd < 0) {
		cli_error("socket: %s", weft_strerror(errno));
		return -1;
	}
	if (cli_bind_device(ping.fd, ping.dev) || set_options() || bind_source())
		return -1;
	if (!ping.group && connect(ping.fd, (struct sockaddr *)&ping.dest,
				   sizeof(ping.dest))) {
		cli_error("%s: %s", ping.name, weft_strerror(errno));
		return -1;
	}
	return 0;
}

/* --- sending --------------------------------------------------------------------------- */

/* The data is a pattern, so that a reply tells whether it came back whole. */
static uint8_t pattern(size_t i)
{
	return (uint8_t)i;
}

static void fill_message(void)
{
	struct weft_ctl_hdr *hdr = (struct weft_ctl_hdr *)ping.message;
	size_t i;

	memset(hdr, 0, sizeof(*hdr));
	hdr->type = WEFT_CTL_ECHO_REQUEST;
	for (i = 0; i < ping.size; i++)
		ping.message[sizeof(*hdr) + i] = pattern(i);
}

static void print_stamp(void)
{
	struct timespec ts;

	if (!ping.stamps)
		return;
	clock_gettime(CLOCK_REALTIME, &ts);
	printf("[%lld.%06ld] ", (long long)ts.tv_sec, ts.tv_nsec / 1000);
}

/* What came in the place of a reply, as a row. */
static void print_error(const struct ping_error *e)
{
	char from[WEFT_SOCKADDRSTRLEN], text[80];

	if (ping.flood || ping.quiet || cli.json)
		return;
	print_stamp();
	ping_error_text(e, text, sizeof(text));
	if (e->local && e->type == WEFT_CTL_TOOBIG)
		printf("local error: %s\n", text);
	else
		printf("From %s: seq=%u %s\n",
		       weft_sockaddr_format(&e->from, from, sizeof(from)), e->seq,
		       text);
}

static void receive_errors(void)
{
	socklen_t len = sizeof(int);
	struct ping_error e;
	int pending;

	while (ping_error_next(ping.fd, &e)) {
		/* What sendto() returned is counted. */
		if (!(e.local && e.type == WEFT_CTL_TOOBIG))
			stats.errors++;
		print_error(&e);
	}
	/* What the queue told is not to be met again by the next call. */
	getsockopt(ping.fd, SOL_SOCKET, SO_ERROR, &pending, &len);
}

/*
 * Counts and tells an error; returns false when it only asks for patience. One
 * that the next request would meet again ends the run.
 */
static bool take_error(int err, double now)
{
	if (err == EAGAIN || err == ENOBUFS || err == EINTR)
		return false;
	stats.errors++;
	/* The error queue tells more. */
	if (err == EMSGSIZE) {
		receive_errors();
		ping.last_sent = now;
		return true;
	}
	if (!cli.json && !ping.flood && !ping.quiet)
		cli_error("%s: seq=%u: %s", ping.name, ping.seq,
			  weft_strerror(err));
	if (err == EINVAL || err == EPERM || err == ENODEV || err == ENXIO) {
		if (cli.json || ping.flood || ping.quiet)
			cli_error("%s: %s", ping.name, weft_strerror(err));
		ping.exit_code = PING_ERROR;
	}
	ping.last_sent = now;
	return true;
}

/* The last request has no answer when the next one goes. */
static void print_outstanding(void)
{
	if (!ping.outstanding || !stats.sent || stats.answered[ping.seq] ||
	    ping.flood || ping.quiet || cli.json)
		return;
	print_stamp();
	printf("no answer yet for seq=%u\n", ping.seq);
}

static void send_request(double now)
{
	struct weft_ctl_hdr *hdr = (struct weft_ctl_hdr *)ping.message;
	size_t len = sizeof(*hdr) + ping.size;
	uint16_t seq = (uint16_t)(ping.seq + 1);
	struct sockaddr *to = NULL;
	socklen_t to_len = 0;

	if (ping.group) {
		to = (struct sockaddr *)&ping.dest;
		to_len = sizeof(ping.dest);
	}
	hdr->echo.seq = htons(seq);
	receive_errors();
	print_outstanding();
	if (sendto(ping.fd, ping.message, len, 0, to, to_len) < 0) {
		if (take_error(errno, now))
			ping.attempts++;
		return;
	}
	ping.attempts++;
	ping.seq = seq;
	ping.last_sent = now;
	ping_stat_sent(&stats, seq, now);
	if (ping.flood && !ping.quiet && !cli.json)
		putchar('.');
}

/* --- receiving -------------------------------------------------------------------------- */

/* Where the data differs from what was sent, or -1 when it is whole. */
static long first_difference(const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; i < len && i < ping.size; i++)
		if (data[i] != pattern(i))
			return (long)i;
	return len == ping.size ? -1 : (long)i;
}

static void print_reply(const struct sockaddr_weft *from, uint16_t seq,
			size_t len, double rtt, bool duplicate, long difference)
{
	char text[WEFT_SOCKADDRSTRLEN];
	struct sockaddr_weft sa = *from;

	if (ping.flood) {
		fputs(duplicate ? "+" : "\b \b", stdout);
		return;
	}
	sa.sweft_port = 0;
	print_stamp();
	printf("%zu bytes from %s: seq=%u time=%.3f ms", len,
	       weft_sockaddr_format(&sa, text, sizeof(text)), seq, rtt * 1e3);
	if (duplicate)
		printf(" (DUP!)");
	if (difference >= 0)
		printf(" (wrong data at byte %ld)", difference);
	putchar('\n');
}

static void take_reply(const uint8_t *buf, size_t len,
		       const struct sockaddr_weft *from, double now)
{
	const struct weft_ctl_hdr *hdr = (const struct weft_ctl_hdr *)buf;
	long difference;
	uint16_t seq;
	double rtt;
	int result;

	if (len < sizeof(*hdr) || hdr->type != WEFT_CTL_ECHO_REPLY)
		return;
	seq = ntohs(hdr->echo.seq);
	result = ping_stat_reply(&stats, seq, now, from, &rtt);
	if (result < 0)
		return;
	difference = first_difference(buf + sizeof(*hdr), len - sizeof(*hdr));
	if (difference >= 0)
		stats.corrupted++;
	if (!ping.quiet && !cli.json)
		print_reply(from, seq, len, rtt, result, difference);
	if (ping.flood)
		ping.next_send = now;
	if (ping.adaptive)
		ping.next_send = ping.last_sent +
				 (geteuid() ? INTERVAL_MIN : 0);
}

static void receive_replies(void)
{
	static uint8_t buf[WEFT_LEN_MAX]
		__attribute__((aligned(__alignof__(struct weft_ctl_hdr))));
	struct sockaddr_weft from;
	socklen_t from_len;
	ssize_t n;

	receive_errors();
	for (;;) {
		from_len = sizeof(from);
		n = recvfrom(ping.fd, buf, sizeof(buf), 0,
			     (struct sockaddr *)&from, &from_len);
		/* Errors of requests are in their queue. */
		if (n < 0)
			return;
		if (from_len == sizeof(from))
			take_reply(buf, (size_t)n, &from, cli_now());
	}
}

/* --- the run ------------------------------------------------------------------------------ */

/* With a deadline, COUNT is the number of answers, as it is for ping. */
static bool may_send(void)
{
	if (!ping.count)
		return true;
	return (ping.deadline > 0 ? stats.received : ping.attempts) < ping.count;
}

static bool finished(double now)
{
	if (interrupted || ping.exit_code == PING_ERROR)
		return true;
	if (ping.deadline > 0 && now >= stats.started + ping.deadline)
		return true;
	if (may_send())
		return false;
	/* Nobody knows how many of a group will answer. */
	if (!ping.group && stats.received + stats.errors >= ping.attempts)
		return true;
	return now >= ping.last_sent + ping.timeout;
}

/* The time of the next thing to do unless a reply comes first. */
static double next_event(void)
{
	double at = ping.last_sent + ping.timeout;
	double end = stats.started + ping.deadline;

	if (may_send())
		at = ping.next_send;
	if (ping.deadline > 0 && end < at)
		at = end;
	return at;
}

static void wait_for_event(const sigset_t *unblocked)
{
	struct pollfd pfd = { .fd = ping.fd, .events = POLLIN };
	double delay = next_event() - cli_now();
	struct timespec ts;

	if (delay < 0)
		delay = 0;
	ts.tv_sec = (time_t)delay;
	ts.tv_nsec = (long)((delay - (double)ts.tv_sec) * 1e9);
	fflush(stdout);
	if (ppoll(&pfd, 1, &ts, unblocked) > 0)
		receive_replies();
}

/* Signals come only while we wait, so that none is missed. */
static void catch_signals(sigset_t *unblocked)
{
	struct sigaction act = { .sa_handler = on_interrupt };
	sigset_t blocked;

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	act.sa_handler = on_quit;
	sigaction(SIGQUIT, &act, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGQUIT);
	sigprocmask(SIG_BLOCK, &blocked, unblocked);
	sigdelset(unblocked, SIGINT);
	sigdelset(unblocked, SIGTERM);
	sigdelset(unblocked, SIGQUIT);
}

static void run(void)
{
	sigset_t unblocked;
	double now;

	catch_signals(&unblocked);
	stats.started = cli_now();
	ping.next_send = stats.started;
	for (now = stats.started; !finished(now); now = cli_now()) {
		if (may_send() && now >= ping.next_send) {
			ping.next_send += ping.interval;
			if (ping.next_send < now)
				ping.next_send = now + ping.interval;
			send_request(now);
		}
		wait_for_event(&unblocked);
		if (asked) {
			asked = 0;
			ping_stat_print_short(&stats);
		}
	}
}

int cmd_ping(int argc, char **argv)
{
	char text[WEFT_SOCKADDRSTRLEN];

	if (argc == 2 && !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return PING_OK;
	}
	if (take_options(argc, argv) || find_destination() || open_socket())
		return PING_ERROR;
	fill_message();
	if (!cli.json)
		printf("PING %s (%s) %lu(%lu) bytes of data.\n", ping.name,
		       weft_sockaddr_format(&ping.dest, text, sizeof(text)),
		       ping.size, ping.size + HEADERS);
	run();
	if (cli.json)
		ping_stat_json(&stats, ping.name, &ping.dest);
	else
		ping_stat_print(&stats, ping.name, ping.group);
	close(ping.fd);
	if (ping.exit_code)
		return ping.exit_code;
	if (ping.deadline > 0 && ping.count && stats.received < ping.count)
		return PING_NO_REPLY;
	return stats.received ? PING_OK : PING_NO_REPLY;
}
