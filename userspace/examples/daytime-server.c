// SPDX-License-Identifier: GPL-2.0
/* daytime-server [PORT]: the daytime protocol (RFC 867): what time it is, in a line. */
#include <sys/time.h>
#include <time.h>

#include "server.h"

#define DAYTIME_PORT	"4013"
#define PATIENCE_SEC	5

/*
 * Closing a connection with bytes that were not read resets it, and what the client
 * has not received yet is lost. So the client has some time to end its direction first.
 */
static void wait_for_end(int fd)
{
	struct timeval timeout = { .tv_sec = PATIENCE_SEC };
	char waste[256];

	shutdown(fd, SHUT_WR);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	while (read(fd, waste, sizeof(waste)) > 0)
		;
}

static void serve(int fd)
{
	time_t now = time(NULL);
	struct tm tm;
	char line[64];
	size_t len;

	gmtime_r(&now, &tm);
	len = strftime(line, sizeof(line), "%A, %B %d, %Y %H:%M:%S-UTC\r\n", &tm);
	if (weft_write_full(fd, line, len) > 0)
		wait_for_end(fd);
}

int main(int argc, char **argv)
{
	server_fork(server_listen(argc > 1 ? argv[1] : DAYTIME_PORT, 0), serve);
}
