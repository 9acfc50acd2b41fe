// SPDX-License-Identifier: GPL-2.0
/*
 * echo-pool [PORT]: a fixed number of threads, each of which serves one client after
 * the other. All wait at the same listener, and the kernel gives each client to one of
 * them. More clients than threads wait in the listener's queue.
 */
#include <pthread.h>
#include <string.h>

#include "echo.h"

#define THREADS	8

static void *serve(void *arg)
{
	int listener = *(int *)arg;
	int fd;

	for (;;) {
		fd = server_accept(listener);
		if (fd < 0)
			continue;
		echo_serve(fd);
		close(fd);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	int listener = server_listen(argc > 1 ? argv[1] : ECHO_PORT, 0);
	pthread_t thread;
	int i, err;

	/* The last one is this thread itself. */
	for (i = 1; i < THREADS; i++) {
		err = pthread_create(&thread, NULL, serve, &listener);
		if (err) {
			fprintf(stderr, "pthread_create: %s\n", strerror(err));
			return 1;
		}
	}
	serve(&listener);
}
