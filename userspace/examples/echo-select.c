// SPDX-License-Identifier: GPL-2.0
/*
 * echo-select [PORT]: one thread for all clients, which select() tells what can be
 * done. Files have numbers below FD_SETSIZE, 1024, and each time all are looked at.
 */
#include <sys/select.h>

#include "echo.h"

/* By the number of the file; NULL where that is no client. */
static struct echo_client *clients[FD_SETSIZE];
static fd_set readers, writers;

/* Waits for what the client needs next, or forgets it. */
static void arrange(struct echo_client *c, short wanted)
{
	FD_CLR(c->fd, &readers);
	FD_CLR(c->fd, &writers);
	if (wanted) {
		FD_SET(c->fd, wanted == POLLIN ? &readers : &writers);
		return;
	}
	clients[c->fd] = NULL;
	close(c->fd);
	free(c);
}

static void add_client(int listener)
{
	int fd = server_accept(listener);

	if (fd < 0)
		return;
	if (fd < FD_SETSIZE)
		clients[fd] = calloc(1, sizeof(*clients[fd]));
	if (fd >= FD_SETSIZE || !clients[fd]) {
		close(fd);
		return;
	}
	clients[fd]->fd = fd;
	arrange(clients[fd], POLLIN);
}

int main(int argc, char **argv)
{
	int listener = server_listen(argc > 1 ? argv[1] : ECHO_PORT, SOCK_NONBLOCK);
	fd_set readable, writable;
	int fd;

	FD_SET(listener, &readers);
	for (;;) {
		/* select() writes its answer over the question. */
		readable = readers;
		writable = writers;
		if (select(FD_SETSIZE, &readable, &writable, NULL, NULL) < 0)
			continue;
		for (fd = 0; fd < FD_SETSIZE; fd++)
			if (clients[fd] && (FD_ISSET(fd, &readable) || FD_ISSET(fd, &writable)))
				arrange(clients[fd], echo_move(clients[fd]));
		if (FD_ISSET(listener, &readable))
			add_client(listener);
	}
}
