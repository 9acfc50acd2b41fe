// SPDX-License-Identifier: GPL-2.0
/*
 * chargen-server [PORT]: the character generator protocol (RFC 864): lines of 72
 * characters, each beginning one character later than the last, until the client ends
 * the connection.
 */
#include "server.h"

#define CHARGEN_PORT	"4019"
#define FIRST		' '
#define CHARACTERS	95	/* those that can be printed */
#define LINE		72

/* A line and its end, 74 bytes. */
static void make_line(char *line, int number)
{
	int i;

	for (i = 0; i < LINE; i++)
		line[i] = (char)(FIRST + (number + i) % CHARACTERS);
	line[LINE] = '\r';
	line[LINE + 1] = '\n';
}

/* All lines there are, which are sent again and again. */
static char lines[CHARACTERS * (LINE + 2)];

/* What the client sends is thrown away; its end is that of the connection. */
static void serve(int fd)
{
	char waste[4096];
	ssize_t n;

	do {
		if (weft_write_full(fd, lines, sizeof(lines)) < 0)
			return;
		do {
			n = recv(fd, waste, sizeof(waste), MSG_DONTWAIT);
		} while (n > 0);
	} while (n < 0 && errno == EAGAIN);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 0; i < CHARACTERS; i++)
		make_line(lines + i * (LINE + 2), i);
	server_fork(server_listen(argc > 1 ? argv[1] : CHARGEN_PORT, 0), serve);
}
