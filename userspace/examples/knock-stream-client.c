// SPDX-License-Identifier: GPL-2.0
/* knock-stream-client DESTINATION:PORT: hears a knock-knock joke over a stream. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <weft.h>

#include "knock.h"

/* Says a line and hears the next one; the stream cares for loss and order. */
static int exchange(FILE *in, FILE *out, const char *say, char *heard)
{
	printf("client: %s\n", say);
	fprintf(out, "%s\n", say);
	if (fflush(out) || !fgets(heard, KNOCK_LINE_MAX, in)) {
		fprintf(stderr, "knock-stream-client: %s\n",
			feof(in) ? "the server has gone" : weft_strerror(errno));
		return -1;
	}
	heard[strcspn(heard, "\r\n")] = '\0';
	printf("server: %s\n", heard);
	return 0;
}

static int dialogue(FILE *in, FILE *out)
{
	char heard[KNOCK_LINE_MAX], who[KNOCK_LINE_MAX + 8];

	if (exchange(in, out, "Anybody home?", heard) ||
	    exchange(in, out, "Who's there?", heard))
		return 1;
	/* "Weft." becomes "Weft who?" */
	snprintf(who, sizeof(who), "%.*s who?", (int)strcspn(heard, "."), heard);
	return exchange(in, out, who, heard) ? 1 : 0;
}

int main(int argc, char **argv)
{
	FILE *in, *out;
	int fd;

	if (argc != 2) {
		fputs("usage: knock-stream-client DESTINATION:PORT\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	fd = weft_dial(argv[1], SOCK_STREAM);
	if (fd < 0) {
		fprintf(stderr, "knock-stream-client: %s: %s\n", argv[1],
			weft_eai_strerror(weft_dial_error()));
		return 1;
	}
	in = fdopen(fd, "r");
	out = fdopen(dup(fd), "w");
	if (!in || !out) {
		perror("fdopen");
		return 1;
	}
	return dialogue(in, out);
}
