// SPDX-License-Identifier: GPL-2.0
/* weft nc: datagrams from standard input and to standard output. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

#define SIZE_DEFAULT	1400
#define DGRAM_MAX	(WEFT_LEN_MAX - sizeof(struct weft_hdr) - \
			 sizeof(struct weft_dgram_hdr))
#define SECONDS_MAX	1e6

/* Exit code when the run ends by an error, as that of other programs nc. */
#define NC_ERROR	1

struct nc {
	bool dgram, listen, keep, verbose;
	const char *dev, *source, *local_port;
	const char *groups[WEFT_GROUP_SOCK_MAX];
	unsigned int n_groups;
	double idle;		/* seconds; 0: wait for ever */
	double quit;		/* seconds after the end of input; -1: stay */
	unsigned long size;	/* greatest datagram made from the input */

	int fd;
	bool has_peer;
	bool input_ended;
	double quit_at;		/* 0: not set */
	struct sockaddr_weft peer;
};

static struct nc nc = { .quit = -1, .size = SIZE_DEFAULT };

static void print_usage(FILE *out)
{
	fputs("usage: weft nc -u [-Nv] [-b SIZE] [-I DEVICE] [-p PORT] [-q SECS] [-s ADDRESS]\n"
	      "               [-w SECS] DESTINATION PORT\n"
	      "       weft nc -u -l [-kNv] [-b SIZE] [-g GROUP[%DEVICE]]... [-I DEVICE]\n"
	      "               [-q SECS] [-w SECS] [ADDRESS] [-p] PORT\n", out);
}

/* --- options -------------------------------------------------------------------- */

static int bad_value(int opt, const char *value)
{
	cli_error("bad value for -%c: '%s'", opt, value);
	return -1;
}

static int take_value(int opt, const char *value)
{
	switch (opt) {
	case 'b':
		if (cli_number(value, 1, DGRAM_MAX, &nc.size))
			return bad_value(opt, value);
		return 0;
	case 'g':
		if (nc.n_groups == WEFT_GROUP_SOCK_MAX)
			return bad_value(opt, value);
		nc.groups[nc.n_groups++] = value;
		return 0;
	case 'I':
		nc.dev = value;
		return 0;
	case 'p':
		nc.local_port = value;
		return 0;
	case 's':
		nc.source = value;
		return 0;
	case 'q':
		if (cli_seconds(value, 0, SECONDS_MAX, &nc.quit))
			return bad_value(opt, value);
		return 0;
	case 'w':
		if (cli_seconds(value, 0.001, SECONDS_MAX, &nc.idle))
			return bad_value(opt, value);
		return 0;
	}
	print_usage(stderr);
	return -1;
}

static int take_option(int opt, const char *value)
{
	switch (opt) {
	case 'u':
		nc.dgram = true;
		return 0;
	case 'l':
		nc.listen = true;
		return 0;
	case 'k':
		nc.keep = true;
		return 0;
	case 'v':
		nc.verbose = true;
		return 0;
	case 'N':
		nc.quit = 0;
		return 0;
	}
	return take_value(opt, value);
}

/* Options may stand between the other words: `nc -u -l 7::1 -p 5000`. */
static int take_options(int argc, char **argv)
{
	int opt;

	while ((opt = getopt(argc, argv, "b:g:I:klNp:q:s:uvw:")) != -1)
		if (take_option(opt, optarg))
			return -1;
	if (!nc.dgram) {
		cli_error("only datagrams are known: give -u");
		return -1;
	}
	if ((nc.keep || nc.n_groups) && !nc.listen) {
		cli_error("%s goes with -l", nc.keep ? "-k" : "-g");
		return -1;
	}
	/* A socket that is connected to one node hears no group any more. */
	if (nc.n_groups)
		nc.keep = true;
	return 0;
}

/* --- the socket ------------------------------------------------------------------- */

static int bind_local(const struct sockaddr_weft *local)
{
	if (bind(nc.fd, (const struct sockaddr *)local, sizeof(*local))) {
		cli_error("cannot bind: %s", weft_strerror(errno));
		return -1;
	}
	return 0;
}

static int join_group(const char *name)
{
	struct weft_group_req req = { 0 };
	struct sockaddr_weft sa;

	if (cli_resolve(name, NULL, 0, &sa))
		return -1;
	req.group = sa.sweft_addr;
	req.ifindex = sa.sweft_scope ? sa.sweft_scope :
		      nc.dev ? if_nametoindex(nc.dev) : 0;
	if (!setsockopt(nc.fd, SOL_WEFT, WEFT_GROUP_JOIN, &req, sizeof(req)))
		return 0;
	cli_error("cannot join %s: %s", name, weft_strerror(errno));
	return -1;
}

static int join_groups(void)
{
	unsigned int i;

	for (i = 0; i < nc.n_groups; i++)
		if (join_group(nc.groups[i]))
			return CLI_ERROR;
	return CLI_OK;
}

/* Listener: [ADDRESS] [-p] PORT */
static int open_listener(int argc, char **argv)
{
	const char *address = nc.source, *port = nc.local_port;
	struct sockaddr_weft local;

	if (argc && !port)
		port = argv[--argc];
	if (argc && !address) {
		address = argv[0];
		argc--;
	}
	if (argc || !port) {
		print_usage(stderr);
		return CLI_USAGE;
	}
	if (cli_resolve(address, port, WEFT_RESOLVE_PASSIVE, &local) ||
	    bind_local(&local))
		return CLI_ERROR;
	return join_groups();
}

static bool is_broadcast(const struct weft_addr *addr)
{
	static const struct weft_addr broadcast = WEFT_ADDR_BROADCAST_INIT;

	return !memcmp(addr, &broadcast, sizeof(broadcast));
}

/* Sender: DESTINATION PORT */
static int open_sender(int argc, char **argv)
{
	struct sockaddr_weft local;
	const int on = 1;

	if (argc < 1 || argc > 2) {
		print_usage(stderr);
		return CLI_USAGE;
	}
	if (cli_resolve(argv[0], argc > 1 ? argv[1] : NULL, 0, &nc.peer))
		return CLI_ERROR;
	if (!nc.peer.sweft_port) {
		print_usage(stderr);
		return CLI_USAGE;
	}
	if (nc.source || nc.local_port) {
		if (cli_resolve(nc.source, nc.local_port, WEFT_RESOLVE_PASSIVE,
				&local) || bind_local(&local))
			return CLI_ERROR;
	}
	nc.has_peer = true;
	if (is_broadcast(&nc.peer.sweft_addr) &&
	    setsockopt(nc.fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on))) {
		cli_error("cannot broadcast: %s", strerror(errno));
		return CLI_ERROR;
	}
	/* A group answers from other addresses than its own. */
	if (weft_addr_is_multicast(&nc.peer.sweft_addr))
		return CLI_OK;
	if (connect(nc.fd, (struct sockaddr *)&nc.peer, sizeof(nc.peer))) {
		cli_error("cannot connect: %s", weft_strerror(errno));
		return CLI_ERROR;
	}
	return CLI_OK;
}

static int open_socket(int argc, char **argv)
{
	nc.fd = weft_socket(SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (nc.fd < 0) {
		cli_error("%s", weft_strerror(errno));
		return CLI_ERROR;
	}
	if (cli_bind_device(nc.fd, nc.dev))
		return CLI_ERROR;
	return nc.listen ? open_listener(argc, argv) : open_sender(argc, argv);
}

static void tell_address(const char *what, const struct sockaddr_weft *sa)
{
	char text[WEFT_SOCKADDRSTRLEN];

	if (nc.verbose)
		cli_error("%s %s", what,
			  weft_sockaddr_format(sa, text, sizeof(text)));
}

/* --- the two directions --------------------------------------------------------------- */

static int write_all(const char *buf, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(STDOUT_FILENO, buf, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			cli_error("standard output: %s", strerror(errno));
			return -1;
		}
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}

/*
 * A listener answers whom it heard first: connected to that node it hears no
 * other. With -k it hears all and answers the last.
 */
static int take_peer(const struct sockaddr_weft *from)
{
	if (!nc.listen || (nc.has_peer && !nc.keep))
		return 0;
	if (!nc.has_peer)
		tell_address("connection from", from);
	nc.has_peer = true;
	nc.peer = *from;
	if (nc.keep)
		return 0;
	if (connect(nc.fd, (const struct sockaddr *)from, sizeof(*from))) {
		cli_error("cannot connect: %s", weft_strerror(errno));
		return -1;
	}
	return 0;
}

static int receive_one(void)
{
	static char buf[WEFT_LEN_MAX];
	struct sockaddr_weft from;
	socklen_t from_len = sizeof(from);
	ssize_t n;

	n = recvfrom(nc.fd, buf, sizeof(buf), MSG_DONTWAIT,
		     (struct sockaddr *)&from, &from_len);
	if (n < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return 0;
		cli_error("%s", weft_strerror(errno));
		return -1;
	}
	if (from_len == sizeof(from) && take_peer(&from))
		return -1;
	return write_all(buf, (size_t)n);
}

static int send_one(const char *buf, size_t len)
{
	bool named = nc.keep || weft_addr_is_multicast(&nc.peer.sweft_addr);
	ssize_t n;

	if (named)
		n = sendto(nc.fd, buf, len, 0, (struct sockaddr *)&nc.peer,
			   sizeof(nc.peer));
	else
		n = send(nc.fd, buf, len, 0);
	if (n >= 0)
		return 0;
	cli_error("%s", weft_strerror(errno));
	return -1;
}

static int read_input(double now)
{
	static char buf[DGRAM_MAX];
	ssize_t n;

	n = read(STDIN_FILENO, buf, nc.size);
	if (n < 0) {
		if (errno == EINTR)
			return 0;
		cli_error("standard input: %s", strerror(errno));
		return -1;
	}
	if (n > 0)
		return send_one(buf, (size_t)n);
	nc.input_ended = true;
	if (nc.quit >= 0)
		nc.quit_at = now + nc.quit;
	return 0;
}

/* Milliseconds until -w or -q end the run; -1: never, 0: at once. */
static int time_left(double now, double active)
{
	double left = -1;

	if (nc.idle > 0)
		left = active + nc.idle - now;
	if (nc.quit_at > 0 && (nc.idle <= 0 || nc.quit_at - now < left))
		left = nc.quit_at - now;
	else if (nc.idle <= 0)
		return -1;
	if (left <= 0)
		return 0;
	return left > 1e6 ? 1000000000 : (int)(left * 1e3) + 1;
}

/* Input is read only once there is somebody to send it to. */
static int run(void)
{
	struct pollfd pfd[2] = {
		{ .fd = nc.fd, .events = POLLIN },
		{ .events = POLLIN },
	};
	double active = cli_now(), now = active;
	int timeout;

	for (; (timeout = time_left(now, active)) != 0; now = cli_now()) {
		pfd[1].fd = nc.input_ended || !nc.has_peer ? -1 : STDIN_FILENO;
		pfd[1].revents = 0;
		if (poll(pfd, 2, timeout) <= 0)
			continue;
		now = cli_now();
		active = now;
		if (pfd[0].revents && receive_one())
			return NC_ERROR;
		if (pfd[1].revents && read_input(now))
			return NC_ERROR;
	}
	return CLI_OK;
}

int cmd_nc(int argc, char **argv)
{
	struct sockaddr_weft local;
	socklen_t len = sizeof(local);
	int code;

	if (argc == 2 && !strcmp(argv[1], "help")) {
		print_usage(stdout);
		return CLI_OK;
	}
	if (take_options(argc, argv))
		return CLI_USAGE;
	code = open_socket(argc - optind, argv + optind);
	if (code != CLI_OK)
		return code;
	if (!getsockname(nc.fd, (struct sockaddr *)&local, &len))
		tell_address(nc.listen ? "listening on" : "bound to", &local);
	code = run();
	close(nc.fd);
	return code;
}
