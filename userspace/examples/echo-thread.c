// SPDX-License-Identifier: GPL-2.0
/*
 * echo-thread [PORT]: a thread for each client. It reads as if there were but one
 * client, and needs a stack for each.
 */
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "echo.h"

static void *serve(void *arg)
{
	int fd = (int)(intptr_t)arg;

	echo_serve(fd);
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	int listener = server_listen(argc > 1 ? argv[1] : ECHO_PORT, 0);
	pthread_attr_t detached;
	pthread_t thread;
	int fd, err;

	/* Nobody joins the threads: each is gone when it ends. */
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	for (;;) {
		fd = server_accept(listener);
		if (fd < 0)
			continue;
		/* By value: a pointer to fd would point to the next client soon. */
		err = pthread_create(&thread, &detached, serve, (void *)(intptr_t)fd);
		if (err) {
			fprintf(stderr, "pthread_create: %s\n", strerror(err));
			close(fd);
		}
	}
}
