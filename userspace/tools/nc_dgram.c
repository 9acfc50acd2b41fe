// SPDX-License-Identifier: GPL-2.0
/* weft nc -u: datagrams from standard input and to standard output. */
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "nc.h"

/**
 * struct dgram - a run
 * @o: the options
 * @fd: socket
 * @has_peer: there is somebody to send to
 * @input_ended: standard input
 * @quit_at: when -q ends the run; 0 when it does not yet
 * @peer: who is sent to
 */
struct dgram {
	const struct nc_options *o;
	int fd;
	bool has_peer;
	bool input_ended;
	double quit_at;
	struct sockaddr_weft peer;
};

/* --- the socket ------------------------------------------------------------------- */

static int join_group(struct dgram *d, const char *name)
{
	struct weft_group_req req = { 0 };
	struct sockaddr_weft sa;

	if (cli_resolve(name, NULL, 0, &sa))
		return -1;
	req.group = sa.sweft_addr;
	req.ifindex = sa.sweft_scope ? sa.sweft_scope :
		      d->o->dev ? if_nametoindex(d->o->dev) : 0;
	if (!setsockopt(d->fd, SOL_WEFT, WEFT_GROUP_JOIN, &req, sizeof(req)))
		return 0;
	cli_error("cannot join %s: %s", name, weft_strerror(errno));
	return -1;
}

static int join_groups(struct dgram *d)
{
	unsigned int i;

	for (i = 0; i < d->o->n_groups; i++)
		if (join_group(d, d->o->groups[i]))
			return CLI_ERROR;
	return CLI_OK;
}

static int open_listener(struct dgram *d, int argc, char **argv)
{
	struct sockaddr_weft local;
	int code = nc_listen_address(d->o, argc, argv, &local);

	if (code != CLI_OK)
		return code;
	if (nc_bind(d->fd, &local))
		return CLI_ERROR;
	return join_groups(d);
}

static bool is_broadcast(const struct weft_addr *addr)
{
	static const struct weft_addr broadcast = WEFT_ADDR_BROADCAST_INIT;

	return !memcmp(addr, &broadcast, sizeof(broadcast));
}

/* Sender: DESTINATION PORT */
static int open_sender(struct dgram *d, int argc, char **argv)
{
	const int on = 1;

	if (argc < 1 || argc > 2) {
		nc_usage(stderr);
		return CLI_USAGE;
	}
	if (cli_resolve(argv[0], argc > 1 ? argv[1] : NULL, 0, &d->peer))
		return CLI_ERROR;
	if (!d->peer.sweft_port) {
		nc_usage(stderr);
		return CLI_USAGE;
	}
	if (nc_bind_source(d->o, d->fd))
		return CLI_ERROR;
	d->has_peer = true;
	if (is_broadcast(&d->peer.sweft_addr) &&
	    setsockopt(d->fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on))) {
		cli_error("cannot broadcast: %s", strerror(errno));
		return CLI_ERROR;
	}
	/* A group answers from other addresses than its own. */
	if (weft_addr_is_multicast(&d->peer.sweft_addr))
		return CLI_OK;
	if (connect(d->fd, (struct sockaddr *)&d->peer, sizeof(d->peer))) {
		cli_error("cannot connect: %s", weft_strerror(errno));
		return CLI_ERROR;
	}
	return CLI_OK;
}

static int open_socket(struct dgram *d, int argc, char **argv)
{
	d->fd = nc_socket(d->o, 0);
	if (d->fd < 0)
		return CLI_ERROR;
	return d->o->listen ? open_listener(d, argc, argv) : open_sender(d, argc, argv);
}

/* --- the two directions --------------------------------------------------------------- */

/*
 * A listener answers whom it heard first: connected to that node it hears no
 * other. With -k it hears all and answers the last.
 */
static int take_peer(struct dgram *d, const struct sockaddr_weft *from)
{
	if (!d->o->listen || (d->has_peer && !d->o->keep))
		return 0;
	if (!d->has_peer)
		nc_tell(d->o, "connection from", from);
	d->has_peer = true;
	d->peer = *from;
	if (d->o->keep)
		return 0;
	if (connect(d->fd, (const struct sockaddr *)from, sizeof(*from))) {
		cli_error("cannot connect: %s", weft_strerror(errno));
		return -1;
	}
	return 0;
}

static int receive_one(struct dgram *d)
{
	static char buf[WEFT_LEN_MAX];
	struct sockaddr_weft from;
	socklen_t from_len = sizeof(from);
	ssize_t n;

	n = recvfrom(d->fd, buf, sizeof(buf), MSG_DONTWAIT,
		     (struct sockaddr *)&from, &from_len);
	if (n < 0) {
		if (errno == EAGAIN || errno == EINTR)
			return 0;
		cli_error("%s", weft_strerror(errno));
		return -1;
	}
	if (from_len == sizeof(from) && take_peer(d, &from))
		return -1;
	if (weft_write_full(STDOUT_FILENO, buf, (size_t)n) < 0) {
		cli_error("standard output: %s", strerror(errno));
		return -1;
	}
	return 0;
}

static int send_one(struct dgram *d, const char *buf, size_t len)
{
	bool named = d->o->keep || weft_addr_is_multicast(&d->peer.sweft_addr);
	ssize_t n;

	if (named)
		n = sendto(d->fd, buf, len, 0, (struct sockaddr *)&d->peer,
			   sizeof(d->peer));
	else
		n = send(d->fd, buf, len, 0);
	if (n >= 0)
		return 0;
	cli_error("%s", weft_strerror(errno));
	return -1;
}

static int read_input(struct dgram *d, double now)
{
	static char buf[NC_DGRAM_MAX];
	size_t size = d->o->size ? d->o->size : NC_SIZE_DEFAULT;
	ssize_t n;

	n = read(STDIN_FILENO, buf, size);
	if (n < 0) {
		if (errno == EINTR)
			return 0;
		cli_error("standard input: %s", strerror(errno));
		return -1;
	}
	if (n > 0)
		return send_one(d, buf, (size_t)n);
	d->input_ended = true;
	if (d->o->quit >= 0)
		d->quit_at = now + d->o->quit;
	return 0;
}

/* Milliseconds until -w or -q end the run; -1: never, 0: at once. */
static int time_left(const struct dgram *d, double now, double active)
{
	double end = 0;

	if (d->o->idle > 0)
		end = active + d->o->idle;
	if (d->quit_at > 0 && (end <= 0 || d->quit_at < end))
		end = d->quit_at;
	return end > 0 ? nc_milliseconds(end - now) : -1;
}

/* Input is read only once there is somebody to send it to. */
static int run(struct dgram *d)
{
	struct pollfd pfd[2] = {
		{ .fd = d->fd, .events = POLLIN },
		{ .events = POLLIN },
	};
	double active = cli_now(), now = active;
	int timeout;

	for (; (timeout = time_left(d, now, active)) != 0; now = cli_now()) {
		pfd[1].fd = d->input_ended || !d->has_peer ? -1 : STDIN_FILENO;
		pfd[1].revents = 0;
		if (poll(pfd, 2, timeout) <= 0)
			continue;
		now = cli_now();
		active = now;
		if (pfd[0].revents && receive_one(d))
			return NC_ERROR;
		if (pfd[1].revents && read_input(d, now))
			return NC_ERROR;
	}
	return CLI_OK;
}

int nc_dgram(const struct nc_options *o, int argc, char **argv)
{
	struct dgram d = { .o = o, .fd = -1 };
	int code = open_socket(&d, argc, argv);

	if (code == CLI_OK) {
		nc_tell_local(o, o->listen ? "listening on" : "bound to", d.fd);
		code = run(&d);
	}
	if (d.fd >= 0)
		close(d.fd);
	return code;
}
