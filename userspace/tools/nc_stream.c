// SPDX-License-Identifier: GPL-2.0
/* weft nc: connections of bytes or messages, from how they begin to who gets them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "nc.h"

/* Gives a connection to whom it is for, and closes it. */
static int serve(const struct nc_options *o, int fd)
{
	int code = o->command ? nc_command(o, fd) : nc_relay(o, fd);

	close(fd);
	return code;
}

/* --- to a listener ------------------------------------------------------------------ */

/* Waits for a connect() to end, for so many seconds, 0 for ever. */
static int connect_wait(int fd, double timeout)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	double end = cli_now() + timeout;
	socklen_t len = sizeof(int);
	int n, err;

	do {
		n = poll(&pfd, 1, timeout > 0 ? nc_milliseconds(end - cli_now()) : -1);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -1;
	if (!n) {
		errno = ETIMEDOUT;
		return -1;
	}
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return -1;
	errno = err;
	return err ? -1 : 0;
}

/*
 * Connects a socket that does not block, and lets it block from then on. Returns -1
 * with errno when nobody is there; what that took goes to @seconds either way.
 */
int nc_connect(const struct nc_options *o, int fd, const struct sockaddr_weft *dest,
	       double *seconds)
{
	double begin = cli_now();
	int err, flags;

	err = connect(fd, (const struct sockaddr *)dest, sizeof(*dest));
	if (err && (errno == EINPROGRESS || errno == EINTR))
		err = connect_wait(fd, o->idle);
	*seconds = cli_now() - begin;
	if (err)
		return -1;
	flags = fcntl(fd, F_GETFL);
	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
}

static void tell_connected(const struct nc_options *o, int fd,
			   const struct sockaddr_weft *dest, double seconds)
{
	char from[WEFT_SOCKADDRSTRLEN], to[WEFT_SOCKADDRSTRLEN];
	struct sockaddr_weft local;
	socklen_t len = sizeof(local);

	if (!o->verbose || getsockname(fd, (struct sockaddr *)&local, &len))
		return;
	cli_error("connected to %s from %s in %.3f ms",
		  weft_sockaddr_format(dest, to, sizeof(to)),
		  weft_sockaddr_format(&local, from, sizeof(from)), seconds * 1e3);
}

/* Connects to one of the addresses of a destination; *@fd is -1 when nobody is there. */
static int connect_any(const struct nc_options *o, const struct weft_addrinfo *list,
		       int *fd)
{
	const struct weft_addrinfo *ai;
	char text[WEFT_SOCKADDRSTRLEN];
	double seconds;

	*fd = -1;
	for (ai = list; ai; ai = ai->next) {
		*fd = nc_socket(o, SOCK_NONBLOCK);
		if (*fd < 0 || nc_bind_source(o, *fd))
			return CLI_ERROR;
		if (!nc_connect(o, *fd, &ai->addr, &seconds)) {
			tell_connected(o, *fd, &ai->addr, seconds);
			return CLI_OK;
		}
		if (o->verbose || !ai->next)
			cli_error("cannot connect to %s: %s",
				  weft_sockaddr_format(&ai->addr, text, sizeof(text)),
				  weft_strerror(errno));
		close(*fd);
		*fd = -1;
	}
	return NC_ERROR;
}

/* DESTINATION PORT */
static int run_client(const struct nc_options *o, int argc, char **argv)
{
	struct weft_addrinfo *list;
	int fd, code;

	if (argc < 1 || argc > 2) {
		nc_usage(stderr);
		return CLI_USAGE;
	}
	if (cli_resolve_all(argv[0], argc > 1 ? argv[1] : NULL, 0, &list))
		return CLI_ERROR;
	if (!list->addr.sweft_port) {
		weft_resolve_free(list);
		nc_usage(stderr);
		return CLI_USAGE;
	}
	code = connect_any(o, list, &fd);
	weft_resolve_free(list);
	if (code == CLI_OK)
		return serve(o, fd);
	if (fd >= 0)
		close(fd);
	return code;
}

/* --- from a listener ---------------------------------------------------------------- */

static int make_listener(const struct nc_options *o, const struct sockaddr_weft *local)
{
	const int on = 1;
	int fd;

	fd = nc_socket(o, SOCK_NONBLOCK);
	if (fd < 0)
		return -1;
	if (!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) &&
	    !nc_bind(fd, local)) {
		if (!listen(fd, o->keep ? SOMAXCONN : 1))
			return fd;
		cli_error("cannot listen: %s", weft_strerror(errno));
	}
	close(fd);
	return -1;
}

/* A connection may be gone before it is accepted; that is no error of ours. */
static bool passing(int err)
{
	return err == EAGAIN || err == EINTR || err == ECONNABORTED;
}

/* Waits for a connection, as long as -w says; *@fd is -1 when none came. */
static int accept_one(const struct nc_options *o, int listener, int *fd)
{
	struct pollfd pfd = { .fd = listener, .events = POLLIN };
	double end = cli_now() + o->idle;
	struct sockaddr_weft peer;
	socklen_t len;
	int n;

	*fd = -1;
	for (;;) {
		n = poll(&pfd, 1, o->idle > 0 ? nc_milliseconds(end - cli_now()) : -1);
		if (!n)
			return CLI_OK;
		len = sizeof(peer);
		*fd = accept4(listener, (struct sockaddr *)&peer, &len, SOCK_CLOEXEC);
		if (*fd >= 0) {
			nc_tell(o, "connection from", &peer);
			return CLI_OK;
		}
		if (!passing(errno)) {
			cli_error("cannot accept: %s", weft_strerror(errno));
			return CLI_ERROR;
		}
	}
}

/* One after the other; commands run beside each other. */
static int serve_all(const struct nc_options *o, int listener)
{
	struct sigaction leave = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };
	int fd, code;

	if (o->command)
		sigaction(SIGCHLD, &leave, NULL);
	while ((code = accept_one(o, listener, &fd)) == CLI_OK && fd >= 0)
		serve(o, fd);
	close(listener);
	return code;
}

/* [ADDRESS] [-p] PORT */
static int run_listener(const struct nc_options *o, int argc, char **argv)
{
	struct sockaddr_weft local;
	int listener, fd, code;

	code = nc_listen_address(o, argc, argv, &local);
	if (code != CLI_OK)
		return code;
	listener = make_listener(o, &local);
	if (listener < 0)
		return CLI_ERROR;
	nc_tell_local(o, "listening on", listener);
	if (o->keep)
		return serve_all(o, listener);
	code = accept_one(o, listener, &fd);
	/* Others are refused from now on. */
	close(listener);
	return fd < 0 ? code : serve(o, fd);
}

int nc_stream(const struct nc_options *o, int argc, char **argv)
{
	return o->listen ? run_listener(o, argc, argv) : run_client(o, argc, argv);
}
