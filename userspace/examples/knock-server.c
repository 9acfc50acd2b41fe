// SPDX-License-Identifier: GPL-2.0
/* knock-server [PORT]: tells knock-knock jokes to all who ask. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "knock.h"
#include "knock-jokes.h"

/* Writes the answer to @line and returns its length, 0 when there is none. */
static size_t answer(const char *line, size_t joke, char *buf, size_t size)
{
	const char *text;

	if (line[0] < '0' || line[0] >= '0' + KNOCK_LAST || line[1] != ' ')
		return 0;
	switch (line[0]) {
	case '0':
		text = "Knock! Knock!";
		break;
	case '2':
		text = jokes[joke].name;
		break;
	case '4':
		text = jokes[joke].punchline;
		break;
	default:
		return 0;
	}
	return (size_t)snprintf(buf, size, "%c %s", line[0] + 1, text);
}

static void serve(int fd)
{
	char line[KNOCK_LINE_MAX + 1], reply[KNOCK_LINE_MAX];
	char name[WEFT_SOCKADDRSTRLEN];
	struct sockaddr_weft client;
	socklen_t len;
	ssize_t n;
	size_t out;

	for (;;) {
		len = sizeof(client);
		n = recvfrom(fd, line, sizeof(line) - 1, 0,
			     (struct sockaddr *)&client, &len);
		if (n < 2)
			continue;
		line[n] = '\0';
		out = answer(line, pick_joke(&client), reply, sizeof(reply));
		if (!out)
			continue;
		if (line[0] == '0')
			printf("%s asks for a joke\n",
			       weft_sockaddr_format(&client, name,
						    sizeof(name)));
		fflush(stdout);
		/* A lost reply is the client's to ask for again. */
		if (sendto(fd, reply, out, 0, (struct sockaddr *)&client,
			   len) < 0)
			perror("knock-server: sendto");
	}
}

int main(int argc, char **argv)
{
	const char *port = argc > 1 ? argv[1] : KNOCK_PORT;
	struct weft_addrinfo *local;
	int fd, err;

	err = weft_resolve(NULL, port, WEFT_RESOLVE_PASSIVE, &local);
	if (err) {
		fprintf(stderr, "knock-server: %s\n", weft_eai_strerror(err));
		return 2;
	}
	fd = weft_socket(SOCK_DGRAM, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&local->addr,
			   sizeof(local->addr))) {
		fprintf(stderr, "knock-server: %s\n", weft_strerror(errno));
		return 2;
	}
	weft_resolve_free(local);
	serve(fd);
}
