// SPDX-License-Identifier: GPL-2.0
/*
 * weft trace: the routers on the way to a node, by probes whose hop limits end on the
 * way. The errors that come back are read from the error queue, so that no privilege
 * is needed. trace_probe.c decides, trace_print.c prints.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/errqueue.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cli.h"
#include "trace.h"

/* Exit codes as those of ping. */
enum {
	TRACE_OK = 0,
	TRACE_NOT_REACHED = 1,
	TRACE_ERROR = 2,
};

/* A datagram's header is as long as a control message's. */
#define HEADERS		(sizeof(struct weft_hdr) + sizeof(struct weft_ctl_hdr))
#define SIZE_DEFAULT	60
#define PORT_DEFAULT	33434	/* and up, as traceroute */
#define WAIT_MAX	3600

/* What is asked for, and the socket. */
static struct {
	const char *name;	/* the destination as it was written */
	const char *dev;
	const char *source;
	unsigned long size;	/* total length of a probe */
	unsigned long port;
	bool numeric, mtu;
	int fd;
	struct sockaddr_weft dest;
} opts;

static struct trace trace;
static uint8_t message[WEFT_LEN_MAX];

static void print_usage(FILE *out)
{
	fputs("usage: weft trace [-jnu] [-f FIRST] [-I DEVICE] [-m MAX] [-N PARALLEL]\n"
	      "                  [-p PORT] [-q QUERIES] [-s SOURCE] [-w WAIT] [--mtu]\n"
	      "                  DESTINATION [LENGTH]\n", out);
}

/* --- options ---------------------------------------------------------------------- */

static int bad_value(const char *what, const char *value)
{
	cli_error("bad value for %s: '%s'", what, value);
	return -1;
}

static int take_number(int opt, const char *value, unsigned long max,
		       unsigned int *to)
{
	char what[] = { '-', (char)opt, '\0' };
	unsigned long n;

	if (cli_number(value, 1, max, &n))
		return bad_value(what, value);
	*to = (unsigned int)n;
	return 0;
}

static int take_option(int opt, const char *value)
{
	switch (opt) {
	case 'f':
		return take_number(opt, value, TRACE_HOPS, &trace.first);
	case 'm':
		return take_number(opt, value, TRACE_HOPS, &trace.max);
	case 'q':
		return take_number(opt, value, TRACE_QUERIES, &trace.queries);
	case 'N':
		return take_number(opt, value, TRACE_PROBES, &trace.parallel);
	case 'w':
		if (cli_seconds(value, 0.001, WAIT_MAX, &trace.wait))
			return bad_value("-w", value);
		return 0;
	case 'p':
		trace.udp = true;
		if (cli_number(value, 1, 65535, &opts.port))
			return bad_value("-p", value);
		return 0;
	case 'u':
		trace.udp = true;
		return 0;
	case 's':
		opts.source = value;
		return 0;
	case 'I':
		opts.dev = value;
		return 0;
	case 'n':
		opts.numeric = true;
		return 0;
	case 'j':
		cli.json = true;
		return 0;
	case 'M':
		opts.mtu = true;
		return 0;
	}
	print_usage(stderr);
	return -1;
}

static int check_options(void)
{
	if (trace.first > trace.max) {
		cli_error("the first hop is beyond the last one");
		return -1;
	}
	if (opts.port + trace.max * trace.queries > 65536) {
		cli_error("there are not so many ports from %lu on", opts.port);
		return -1;
	}
	/* Each probe must know what the one before it has told. */
	if (opts.mtu) {
		trace.parallel = 1;
		trace.mtu = WEFT_LEN_MAX;
	}
	return 0;
}

static int take_options(int argc, char **argv)
{
	static const struct option longer[] = {
		{ "mtu", no_argument, NULL, 'M' },
		{ 0 }
	};
	int opt;

	trace.first = 1;
	trace.max = 30;
	trace.queries = 3;
	trace.parallel = 16;
	trace.wait = 3;
	opts.size = SIZE_DEFAULT;
	opts.port = PORT_DEFAULT;
	while ((opt = getopt_long(argc, argv, "+f:I:jm:nN:p:q:s:uw:", longer,
				  NULL)) != -1)
		if (take_option(opt, optarg))
			return -1;
	if (optind == argc || argc > optind + 2) {
		print_usage(stderr);
		return -1;
	}
	opts.name = argv[optind];
	if (argv[optind + 1] && cli_number(argv[optind + 1], HEADERS,
					   WEFT_LEN_MAX, &opts.size))
		return bad_value("the length", argv[optind + 1]);
	return check_options();
}

/* --- the socket --------------------------------------------------------------------- */

static int set_option(int option, int value)
{
	if (!setsockopt(opts.fd, SOL_WEFT, option, &value, sizeof(value)))
		return 0;
	cli_error("cannot set up the socket: %s", weft_strerror(errno));
	return -1;
}

static int bind_source(void)
{
	struct sockaddr_weft sa;

	if (!opts.source)
		return 0;
	if (cli_resolve(opts.source, NULL, 0, &sa))
		return -1;
	if (!bind(opts.fd, (struct sockaddr *)&sa, sizeof(sa)))
		return 0;
	cli_error("cannot send from %s: %s", opts.source, weft_strerror(errno));
	return -1;
}

static int find_destination(void)
{
	if (cli_resolve(opts.name, NULL, 0, &opts.dest))
		return -1;
	opts.dest.sweft_port = 0;
	if (weft_addr_is_multicast(&opts.dest.sweft_addr)) {
		cli_error("%s: there is no way to a group", opts.name);
		return -1;
	}
	return cli_dest_device(opts.name, opts.dev, &opts.dest);
}

static int open_socket(void)
{
	opts.fd = weft_socket(SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			      trace.udp ? 0 : WEFT_PROTO_CONTROL);
	if (opts.fd < 0) {
		cli_error("socket: %s", weft_strerror(errno));
		return -1;
	}
	if (cli_bind_device(opts.fd, opts.dev) || set_option(WEFT_RECVERR, 1) ||
	    set_option(WEFT_MTU_DISCOVER, opts.mtu ? WEFT_PMTUDISC_PROBE :
						     WEFT_PMTUDISC_WANT))
		return -1;
	return bind_source();
}

/* --- sending -------------------------------------------------------------------------- */

/* The number of a probe is the sequence number of an echo request or the port. */
static size_t fill_message(unsigned int n, struct sockaddr_weft *to)
{
	struct weft_ctl_hdr *hdr = (struct weft_ctl_hdr *)message;
	size_t size = trace.mtu ? trace.mtu : opts.size;

	if (trace.udp) {
		to->sweft_port = htons((uint16_t)(opts.port + n));
		return size - HEADERS;
	}
	memset(hdr, 0, sizeof(*hdr));
	hdr->type = WEFT_CTL_ECHO_REQUEST;
	hdr->echo.seq = htons((uint16_t)n);
	return size - sizeof(struct weft_hdr);
}

static ssize_t send_message(unsigned int n)
{
	union {
		struct cmsghdr align;
		char buf[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct sockaddr_weft to = opts.dest;
	struct iovec iov = { .iov_base = message };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int hops = (int)trace_hop(&trace, n);

	iov.iov_len = fill_message(n, &to);
	cmsg->cmsg_level = SOL_WEFT;
	cmsg->cmsg_type = WEFT_HOP_LIMIT;
	cmsg->cmsg_len = CMSG_LEN(sizeof(hops));
	memcpy(CMSG_DATA(cmsg), &hops, sizeof(hops));
	return sendmsg(opts.fd, &msg, 0);
}

/* An error of a probe before is not one of this: it is read from its queue. */
static void clear_pending(void)
{
	socklen_t len = sizeof(int);
	int err;

	getsockopt(opts.fd, SOL_SOCKET, SO_ERROR, &err, &len);
}

/* The first hop did not answer and is asked no more for a second. */
static void take_silence(unsigned int n)
{
	struct trace_answer answer = {
		.from = opts.dest,
		.type = WEFT_CTL_UNREACH,
		.code = WEFT_UNREACH_ADDR,
	};

	trace_take(&trace, n, cli_now(), &answer);
}

/* Returns -1 when no probe can be sent at all. */
static int send_probe(unsigned int n)
{
	clear_pending();
	trace_sent(&trace, n, cli_now());
	if (send_message(n) >= 0)
		return 0;
	switch (errno) {
	case EMSGSIZE:
		/* The error queue tells what the link carries. */
		if (trace.mtu)
			return 0;
		break;
	case EHOSTUNREACH:
		take_silence(n);
		return 0;
	case EAGAIN:
	case ENOBUFS:
		/* It counts as lost on the way. */
		return 0;
	}
	cli_error("%s: %s", opts.name, weft_strerror(errno));
	return -1;
}

/* --- receiving ---------------------------------------------------------------------- */

/* The number of the probe that was sent to @to with @len bytes at the beginning. */
static unsigned int probe_number(const struct sockaddr_weft *to,
				 const struct weft_ctl_hdr *hdr, size_t len)
{
	if (trace.udp)
		return ntohs(to->sweft_port) - (unsigned int)opts.port;
	return len < sizeof(*hdr) ? TRACE_PROBES : ntohs(hdr->echo.seq);
}

static void take_error(const struct sock_extended_err *ee, unsigned int n)
{
	struct trace_answer answer = {
		.type = ee->ee_type,
		.code = ee->ee_code,
		.mtu = ee->ee_info,
	};

	memcpy(&answer.from, SO_EE_OFFENDER(ee), sizeof(answer.from));
	if (ee->ee_origin == SO_EE_ORIGIN_LOCAL) {
		/* The neighbour that the packet waited for did not answer. */
		answer.type = WEFT_CTL_UNREACH;
		answer.code = WEFT_UNREACH_ADDR;
	} else if (ee->ee_origin != SO_EE_ORIGIN_WEFT) {
		return;
	}
	trace_take(&trace, n, cli_now(), &answer);
}

/* Takes an entry of the error queue; false when it is empty. */
static bool receive_error(void)
{
	union {
		struct cmsghdr align;
		char buf[256];
	} control;
	struct weft_ctl_hdr hdr = { 0 };
	struct iovec iov = { &hdr, sizeof(hdr) };
	struct sockaddr_weft to = { 0 };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.buf,
		.msg_controllen = sizeof(control.buf),
	};
	const struct sock_extended_err *ee;
	ssize_t len = recvmsg(opts.fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT);

	if (len < 0)
		return false;
	ee = cli_queued_error(&msg);
	if (!ee)
		return true;
	/* What the link carries is of the last probe, the only one on its way. */
	if (ee->ee_origin == SO_EE_ORIGIN_LOCAL && ee->ee_errno == EMSGSIZE)
		trace_link_mtu(&trace, trace.next, ee->ee_info);
	else
		take_error(ee, probe_number(&to, &hdr, (size_t)len));
	return true;
}

/* An echo reply, or what a program at the port says. */
static bool receive_reply(void)
{
	struct trace_answer answer = { .type = WEFT_CTL_ECHO_REPLY };
	socklen_t from_len = sizeof(answer.from);
	struct weft_ctl_hdr hdr;
	ssize_t len;
	unsigned int n;

	len = recvfrom(opts.fd, &hdr, sizeof(hdr), MSG_DONTWAIT,
		       (struct sockaddr *)&answer.from, &from_len);
	if (len < 0)
		return false;
	n = probe_number(&answer.from, &hdr, (size_t)len);
	answer.from.sweft_port = 0;
	if (weft_addr_equal(&answer.from.sweft_addr, &opts.dest.sweft_addr) ||
	    weft_addr_is_loopback(&answer.from.sweft_addr))
		trace_take(&trace, n, cli_now(), &answer);
	return true;
}

static void receive_all(void)
{
	while (receive_error())
		;
	clear_pending();
	while (receive_reply())
		;
}

/* --- the run ---------------------------------------------------------------------------- */

static void print_ready(unsigned int *shown)
{
	while (*shown < trace.last && trace_hop_done(&trace, *shown + 1))
		trace_print_hop(stdout, &trace, ++*shown, opts.numeric);
	fflush(stdout);
}

static int run(void)
{
	struct pollfd pfd = { .fd = opts.fd, .events = POLLIN };
	unsigned int n, shown = trace.first - 1;
	double now, delay;

	trace_begin(&trace);
	while (!trace_done(&trace)) {
		while (trace_next(&trace, &n)) {
			if (send_probe(n))
				return -1;
			receive_all();
		}
		now = cli_now();
		delay = trace_expire(&trace, now) - now;
		if (!trace_done(&trace) && poll(&pfd, 1, (int)(delay * 1e3) + 1) > 0)
			receive_all();
		if (!cli.json)
			print_ready(&shown);
	}
	return 0;
}

static void print_json(void)
{
	char text[WEFT_SOCKADDRSTRLEN];
	struct json j;

	json_init(&j, stdout, cli.pretty);
	json_open(&j, NULL, '{');
	json_string(&j, "destination", opts.name);
	json_string(&j, "address",
		    weft_sockaddr_format(&opts.dest, text, sizeof(text)));
	trace_json(&j, &trace, opts.numeric);
	json_close(&j, '}');
}

int cmd_trace(int argc, char **argv)
{
	char text[WEFT_SOCKADDRSTRLEN];

	if (argc == 2 && !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return TRACE_OK;
	}
	if (take_options(argc, argv) || find_destination() || open_socket())
		return TRACE_ERROR;
	if (!cli.json) {
		printf("trace to %s (%s), %u hops max", opts.name,
		       weft_sockaddr_format(&opts.dest, text, sizeof(text)),
		       trace.max);
		if (opts.mtu)
			puts(", packets as long as the path carries");
		else
			printf(", %lu byte packets\n", opts.size);
	}
	if (run())
		return TRACE_ERROR;
	if (cli.json)
		print_json();
	close(opts.fd);
	return trace.reached ? TRACE_OK : TRACE_NOT_REACHED;
}
