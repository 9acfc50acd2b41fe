// SPDX-License-Identifier: GPL-2.0
/*
 * echo-poll [PORT]: one thread for all clients, which poll() tells what can be done.
 * Any file will do, but poll() is told of every client anew each time.
 */
#include "echo.h"

#define CLIENTS_MAX	1000

/* Client i is waited for in files[i]; the listener comes behind them. */
static struct echo_client *clients[CLIENTS_MAX];
static struct pollfd files[CLIENTS_MAX + 1];
static int n_clients;

static void add_client(int listener)
{
	int fd = server_accept(listener);

	if (fd < 0)
		return;
	clients[n_clients] = calloc(1, sizeof(*clients[0]));
	if (!clients[n_clients]) {
		close(fd);
		return;
	}
	clients[n_clients]->fd = fd;
	files[n_clients].fd = fd;
	files[n_clients].events = POLLIN;
	n_clients++;
}

/* The last one takes the place of one that is served. */
static void remove_client(int i)
{
	close(clients[i]->fd);
	free(clients[i]);
	n_clients--;
	clients[i] = clients[n_clients];
	files[i] = files[n_clients];
}

int main(int argc, char **argv)
{
	int listener = server_listen(argc > 1 ? argv[1] : ECHO_PORT, SOCK_NONBLOCK);
	int i, new_client;

	for (;;) {
		/* With all places taken, new clients wait in the listener's queue. */
		files[n_clients].fd = n_clients < CLIENTS_MAX ? listener : -1;
		files[n_clients].events = POLLIN;
		if (poll(files, (nfds_t)n_clients + 1, -1) < 0)
			continue;
		new_client = files[n_clients].revents;
		/* From the end on, so that no place is taken by one not yet looked at. */
		for (i = n_clients - 1; i >= 0; i--) {
			if (!files[i].revents)
				continue;
			files[i].events = echo_move(clients[i]);
			if (!files[i].events)
				remove_client(i);
		}
		if (new_client)
			add_client(listener);
	}
}
