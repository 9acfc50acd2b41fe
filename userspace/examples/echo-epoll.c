// SPDX-License-Identifier: GPL-2.0
/*
 * echo-epoll [PORT]: one thread for all clients. The kernel keeps in mind what is
 * waited for and tells only of those clients for which it is there, so that thousands
 * that are silent cost nothing.
 */
#include <sys/epoll.h>

#include "echo.h"

#define EVENTS_MAX	64

static int epoll;

/* Waits for what the client needs next, or forgets it; EPOLLIN is POLLIN. */
static void arrange(struct echo_client *c, int op, short wanted)
{
	struct epoll_event event = { .events = (uint32_t)wanted, .data.ptr = c };

	if (wanted && !epoll_ctl(epoll, op, c->fd, &event))
		return;
	/* A file that is closed leaves the set by itself. */
	close(c->fd);
	free(c);
}

static void add_client(int listener)
{
	int fd = server_accept(listener);
	struct echo_client *c;

	if (fd < 0)
		return;
	c = calloc(1, sizeof(*c));
	if (!c) {
		close(fd);
		return;
	}
	c->fd = fd;
	arrange(c, EPOLL_CTL_ADD, POLLIN);
}

int main(int argc, char **argv)
{
	int listener = server_listen(argc > 1 ? argv[1] : ECHO_PORT, SOCK_NONBLOCK);
	/* The one event without a client is the listener's. */
	struct epoll_event listening = { .events = EPOLLIN }, events[EVENTS_MAX];
	struct echo_client *c;
	int i, n;

	epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &listening)) {
		perror("epoll");
		return 1;
	}
	for (;;) {
		n = epoll_wait(epoll, events, EVENTS_MAX, -1);
		for (i = 0; i < n; i++) {
			c = events[i].data.ptr;
			if (c)
				arrange(c, EPOLL_CTL_MOD, echo_move(c));
			else
				add_client(listener);
		}
	}
}
