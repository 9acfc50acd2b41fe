/* SPDX-License-Identifier: GPL-2.0 */
/* What the servers over streams share. */
#ifndef SERVER_H
#define SERVER_H

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <weft.h>

/*
 * Returns a socket that listens at the port, on any address of this node; flags are
 * those of socket(). Nobody wants to be killed by a client that goes while it is
 * written to, so that writing fails with EPIPE instead.
 */
static inline int server_listen(const char *port, int flags)
{
	char where[32];
	int fd;

	signal(SIGPIPE, SIG_IGN);
	snprintf(where, sizeof(where), ":%s", port);
	fd = weft_listen(where, SOCK_STREAM | SOCK_CLOEXEC | flags, SOMAXCONN);
	if (fd >= 0)
		return fd;
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, where,
		weft_eai_strerror(weft_dial_error()));
	exit(2);
}

/*
 * Returns the next connection, or -1 to try again: a client may be gone before it is
 * accepted. Out of files, it pauses until others have closed some.
 */
static inline int server_accept(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd >= 0 || errno == EINTR || errno == EAGAIN || errno == ECONNABORTED)
		return fd;
	perror("accept");
	if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
		exit(1);
	usleep(100000);
	return -1;
}

/* Serves each connection in a process of its own. */
static inline void server_fork(int listener, void (*serve)(int fd))
{
	int fd;

	/* The system forgets children that end. */
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		fd = server_accept(listener);
		if (fd < 0)
			continue;
		switch (fork()) {
		case 0:
			close(listener);
			serve(fd);
			_exit(0);
		case -1:
			perror("fork");
		}
		close(fd);
	}
}

#endif /* SERVER_H */
