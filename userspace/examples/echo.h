/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The echo protocol (RFC 862): what comes goes back, until the client ends its
 * direction. Seven servers here do the same in seven ways:
 *
 *	echo-sequential	one client after the other
 *	echo-fork	a process for each client
 *	echo-thread	a thread for each client
 *	echo-pool	a fixed number of threads
 *	echo-select	one thread for all clients, waiting with select()
 *	echo-poll	the same with poll()
 *	echo-epoll	the same with epoll
 *
 * In all of them a client that does not read is not read from either, once what it
 * has sent fills the buffers in between.
 */
#ifndef ECHO_H
#define ECHO_H

#include <poll.h>
#include <stddef.h>

#include "server.h"

#define ECHO_PORT	"4007"
#define ECHO_BUF	16384

/* Serves one client to its end, and waits for it where need be. */
static inline void echo_serve(int fd)
{
	char buf[ECHO_BUF];
	ssize_t n;

	for (;;) {
		n = read(fd, buf, sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || weft_write_full(fd, buf, (size_t)n) < 0)
			return;
	}
}

/**
 * struct echo_client - a client that is served beside others
 * @fd: connection
 * @start: where those bytes begin that are not sent back yet
 * @end: where they end
 * @buf: the bytes
 */
struct echo_client {
	int fd;
	size_t start, end;
	char buf[ECHO_BUF];
};

/*
 * Does for a client what can be done without waiting. Returns what to wait for then,
 * POLLIN or POLLOUT; 0 when the client is served. More is read only when all is sent,
 * so that the end of what the client sends is the end of it all.
 */
static inline short echo_move(struct echo_client *c)
{
	const int flags = MSG_DONTWAIT;
	ssize_t n;

	if (c->start == c->end) {
		n = recv(c->fd, c->buf, sizeof(c->buf), flags);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR ? POLLIN : 0;
		if (!n)
			return 0;
		c->start = 0;
		c->end = (size_t)n;
	}
	n = send(c->fd, c->buf + c->start, c->end - c->start, flags);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? POLLOUT : 0;
	c->start += (size_t)n;
	return c->start == c->end ? POLLIN : POLLOUT;
}

#endif /* ECHO_H */
