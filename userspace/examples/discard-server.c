// SPDX-License-Identifier: GPL-2.0
/* discard-server [PORT]: the discard protocol (RFC 863): what comes is thrown away. */
#include "server.h"

#define DISCARD_PORT	"4009"

static void serve(int fd)
{
	char buf[65536];

	while (read(fd, buf, sizeof(buf)) > 0)
		;
}

int main(int argc, char **argv)
{
	server_fork(server_listen(argc > 1 ? argv[1] : DISCARD_PORT, 0), serve);
}
