// SPDX-License-Identifier: GPL-2.0
/*
 * weft ping: echo requests to a node or a group, through a control message
 * socket. The kernel fills in the identifier and the checksum and gives us the
 * replies that carry our identifier.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	bool flood, quiet;
	double timeout;		/* how long the last replies are waited for */
	double deadline;	/* 0: none */
	const char *dev;
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
	fputs("usage: weft ping [-fqj] [-c COUNT] [-i INTERVAL] [-s SIZE]\n"
	      "                 [-W TIMEOUT] [-w DEADLINE] [-I DEVICE] DESTINATION\n", out);
}

/* --- options -------------------------------------------------------------------- */

static int bad_value(int opt, const char *value)
{
	cli_error("bad value for -%c: '%s'", opt, value);
	return -1;
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
		ping.dev = value;
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
	while ((opt = getopt(argc, argv, "+c:i:s:W:w:I:fqj")) != -1) {
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
	unsigned int index = 0;

	if (cli_resolve(ping.name, NULL, 0, &ping.dest))
		return -1;
	ping.dest.sweft_port = 0;
	if (ping.dev) {
		index = if_nametoindex(ping.dev);
		if (!index) {
			cli_error("no device '%s'", ping.dev);
			return -1;
		}
	}
	ping.group = weft_addr_is_multicast(&ping.dest.sweft_addr);
	if (weft_addr_needs_scope(&ping.dest.sweft_addr)) {
		if (!ping.dest.sweft_scope)
			ping.dest.sweft_scope = index;
		if (!ping.dest.sweft_scope) {
			cli_error("%s: the address needs '%%DEVICE' or -I DEVICE",
				  ping.name);
			return -1;
		}
	}
	return 0;
}

/* Errors from the way come only to connected sockets; a group has no way. */
static int open_socket(void)
{
	ping.fd = weft_socket(SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			      WEFT_PROTO_CONTROL);
	if (ping.fd < 0) {
		cli_error("socket: %s", weft_strerror(errno));
		return -1;
	}
	if (cli_bind_device(ping.fd, ping.dev))
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

/*
 * Counts and tells an error; returns false when it only asks for patience. One
 * that the next request would meet again ends the run.
 */
static bool take_error(int err, double now)
{
	if (err == EAGAIN || err == ENOBUFS || err == EINTR)
		return false;
	stats.errors++;
	if (!cli.json && !ping.flood && !ping.quiet)
		cli_error("%s: seq=%u: %s", ping.name, ping.seq,
			  weft_strerror(err));
	if (err == EMSGSIZE || err == EINVAL || err == EPERM ||
	    err == ENODEV || err == ENXIO) {
		if (cli.json || ping.flood || ping.quiet)
			cli_error("%s: %s", ping.name, weft_strerror(err));
		ping.exit_code = PING_ERROR;
	}
	ping.last_sent = now;
	return true;
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
}

static void receive_replies(void)
{
	static uint8_t buf[WEFT_LEN_MAX]
		__attribute__((aligned(__alignof__(struct weft_ctl_hdr))));
	struct sockaddr_weft from;
	socklen_t from_len;
	ssize_t n;

	for (;;) {
		from_len = sizeof(from);
		n = recvfrom(ping.fd, buf, sizeof(buf), 0,
			     (struct sockaddr *)&from, &from_len);
		if (n < 0) {
			take_error(errno, cli_now());
			return;
		}
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
