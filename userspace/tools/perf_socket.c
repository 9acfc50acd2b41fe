// SPDX-License-Identifier: GPL-2.0
/* weft perf: sockets and their options. What fails leaves errno and tells nothing. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "perf_socket.h"

static int close_keeping_errno(int fd)
{
	int err = errno;

	close(fd);
	errno = err;
	return -1;
}

/* The options that a test asks for. */
int perf_socket_set(int fd, const struct perf_protocol *pr, const struct perf_params *p)
{
	const int on = 1;

	if (p->buffer &&
	    (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &p->buffer, sizeof(p->buffer)) ||
	     setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &p->buffer, sizeof(p->buffer))))
		return -1;
	if (p->nodelay && setsockopt(fd, pr->level, pr->nodelay, &on, sizeof(on)))
		return -1;
	if (!*p->congestion)
		return 0;
	if (!pr->congestion) {
		errno = ENOPROTOOPT;
		return -1;
	}
	return setsockopt(fd, pr->level, pr->congestion, p->congestion,
			  (socklen_t)strlen(p->congestion));
}

/* @p is NULL for connections of control messages. */
int perf_socket_open(const struct perf_protocol *pr, const struct perf_params *p)
{
	int type = p && p->messages ? SOCK_SEQPACKET : SOCK_STREAM;
	int fd = pr->socket(type | SOCK_CLOEXEC, pr->protocol);

	if (fd >= 0 && p && perf_socket_set(fd, pr, p))
		return close_keeping_errno(fd);
	return fd;
}

/* NULL if there are such sockets here; else why not. */
const char *perf_socket_try(const struct perf_protocol *pr, const struct perf_params *p)
{
	int fd = perf_socket_open(pr, p);

	if (fd < 0)
		return errno == ENOENT && *p->congestion ?
		       "no such congestion control algorithm" : weft_strerror(errno);
	close(fd);
	return NULL;
}

/* Listens at @local and puts there which port that is. */
int perf_socket_listen(const struct perf_protocol *pr, const struct perf_params *p,
		       union perf_address *local)
{
	int fd = perf_socket_open(pr, p);
	union perf_address bound;
	socklen_t len = sizeof(bound);
	const int on = 1;

	if (fd < 0)
		return -1;
	/* Those that know it want it for a port with old connections. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &local->sa, pr->len) || listen(fd, SOMAXCONN))
		return close_keeping_errno(fd);
	if (pr->port(local))
		return fd;
	if (getsockname(fd, &bound.sa, &len))
		return close_keeping_errno(fd);
	pr->set_port(local, pr->port(&bound));
	return fd;
}

/*
 * Waits for a connection that is in the making. Returns 0, or -1 with its error or, before
 * there is one or the other, with EINTR.
 */
int perf_socket_finish(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int err;

	if (poll(&pfd, 1, -1) < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return -1;
	errno = err;
	return err ? -1 : 0;
}

/* Connects, waiting for it; @local is NULL for any address. */
int perf_socket_connect(const struct perf_protocol *pr, const struct perf_params *p,
			const union perf_address *peer, const union perf_address *local)
{
	int fd = perf_socket_open(pr, p);

	if (fd < 0)
		return -1;
	if (local && bind(fd, &local->sa, pr->len))
		return close_keeping_errno(fd);
	if (!connect(fd, &peer->sa, pr->len))
		return fd;
	while (errno == EINTR)
		if (!perf_socket_finish(fd))
			return fd;
	return close_keeping_errno(fd);
}
