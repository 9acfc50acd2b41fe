// SPDX-License-Identifier: GPL-2.0
/*
 * echo-fork [PORT]: a process for each client. Clients have nothing in common, not
 * even their crashes; a process costs more than anything else here.
 */
#include "echo.h"

/* In the child: the listener stays with the parent. */
static void serve(int listener, int fd)
{
	close(listener);
	echo_serve(fd);
	_exit(0);
}

int main(int argc, char **argv)
{
	int listener = server_listen(argc > 1 ? argv[1] : ECHO_PORT, 0);
	pid_t pid;
	int fd;

	/* Without this, each child that ends would wait for us to ask how it ended. */
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		fd = server_accept(listener);
		if (fd < 0)
			continue;
		pid = fork();
		if (!pid)
			serve(listener, fd);
		if (pid < 0)
			perror("fork");
		/* The child has it too: the connection ends when both have closed it. */
		close(fd);
	}
}
