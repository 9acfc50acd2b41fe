// SPDX-License-Identifier: GPL-2.0
/* knock-client DESTINATION [PORT]: hears a knock-knock joke. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include <weft.h>

#include "knock.h"

#define TRIES		10
#define TIMEOUT_USEC	300000

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "knock-client: %s: %s\n", what, why);
	return -1;
}

/*
 * Says line @number and waits for the next one, which goes to @heard without
 * its number. Says it again when nothing comes.
 */
static int exchange(int fd, int number, const char *text, char *heard)
{
	char out[KNOCK_LINE_MAX], in[KNOCK_LINE_MAX + 1];
	int len, tries;
	ssize_t n;

	len = snprintf(out, sizeof(out), "%d %s", number, text);
	if (len >= (int)sizeof(out))
		return fail("line", "too long");
	for (tries = 0; tries < TRIES; tries++) {
		if (send(fd, out, (size_t)len, 0) < 0)
			return fail("send", weft_strerror(errno));
		/* A late copy of an earlier line may come first. */
		while ((n = recv(fd, in, sizeof(in) - 1, 0)) >= 0) {
			in[n] = '\0';
			if (n < 2 || in[0] != '1' + number || in[1] != ' ')
				continue;
			strcpy(heard, in + 2);
			return 0;
		}
		if (errno != EAGAIN)
			return fail("receive", weft_strerror(errno));
	}
	return fail("receive", "no answer");
}

static int dialogue(int fd)
{
	char heard[KNOCK_LINE_MAX + 1], say[KNOCK_LINE_MAX + 8];
	const char *text = "Anybody home?";
	size_t len;
	int number;

	for (number = 0; number < KNOCK_LAST; number += 2) {
		printf("client: %s\n", text);
		if (exchange(fd, number, text, heard))
			return 1;
		printf("server: %s\n", heard);
		text = "Who's there?";
		if (number == 2) {
			/* "Weft." becomes "Weft who?" */
			len = strcspn(heard, ".");
			snprintf(say, sizeof(say), "%.*s who?", (int)len,
				 heard);
			text = say;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct timeval timeout = { .tv_usec = TIMEOUT_USEC };
	struct weft_addrinfo *server;
	int fd, err;

	if (argc < 2 || argc > 3) {
		fputs("usage: knock-client DESTINATION [PORT]\n", stderr);
		return 2;
	}
	err = weft_resolve(argv[1], argc > 2 ? argv[2] : KNOCK_PORT, 0,
			   &server);
	if (err) {
		fail(argv[1], weft_eai_strerror(err));
		return 2;
	}
	fd = weft_socket(SOCK_DGRAM, 0);
	/* Connected, we hear the server only, and errors on the way to it. */
	if (fd < 0 || connect(fd, (struct sockaddr *)&server->addr,
			      sizeof(server->addr)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout,
		       sizeof(timeout))) {
		fail(argv[1], weft_strerror(errno));
		return 2;
	}
	weft_resolve_free(server);
	err = dialogue(fd);
	close(fd);
	return err;
}
