// SPDX-License-Identifier: GPL-2.0
/* knock-stream-server [PORT]: tells a knock-knock joke to each who connects. */
#include <string.h>

#include "knock.h"
#include "knock-jokes.h"
#include "server.h"

/*
 * Waits for a line of the client, and answers it when it is the one that belongs here.
 * The end of a line ends it, wherever the stream was cut on the way.
 */
static int exchange(FILE *in, FILE *out, const char *expected, const char *answer)
{
	char line[KNOCK_LINE_MAX];

	if (!fgets(line, sizeof(line), in))
		return -1;
	line[strcspn(line, "\r\n")] = '\0';
	if (strcmp(line, expected)) {
		fprintf(out, "It goes \"%s\"\n", expected);
		return -1;
	}
	fprintf(out, "%s\n", answer);
	return fflush(out);
}

static void dialogue(FILE *in, FILE *out, size_t joke)
{
	char who[KNOCK_LINE_MAX];

	/* "Weft." becomes "Weft who?" */
	snprintf(who, sizeof(who), "%.*s who?", (int)strcspn(jokes[joke].name, "."),
		 jokes[joke].name);
	if (exchange(in, out, "Anybody home?", "Knock! Knock!") ||
	    exchange(in, out, "Who's there?", jokes[joke].name))
		return;
	exchange(in, out, who, jokes[joke].punchline);
}

/* A stream with a line's end in it is a file as any other. */
static void serve(int fd)
{
	struct sockaddr_weft client;
	socklen_t len = sizeof(client);
	char name[WEFT_SOCKADDRSTRLEN];
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");

	if (!in || !out || getpeername(fd, (struct sockaddr *)&client, &len))
		return;
	printf("%s asks for a joke\n", weft_sockaddr_format(&client, name, sizeof(name)));
	fflush(stdout);
	dialogue(in, out, pick_joke(&client));
	fclose(out);
	fclose(in);
}

int main(int argc, char **argv)
{
	server_fork(server_listen(argc > 1 ? argv[1] : KNOCK_PORT, 0), serve);
}
