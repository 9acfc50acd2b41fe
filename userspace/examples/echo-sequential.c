// SPDX-License-Identifier: GPL-2.0
/*
 * echo-sequential [PORT]: serves one client after the other. Those that come in the
 * meantime wait in the listener's queue, and one that never ends keeps all out.
 */
#include "echo.h"

int main(int argc, char **argv)
{
	int listener = server_listen(argc > 1 ? argv[1] : ECHO_PORT, 0);
	int fd;

	for (;;) {
		fd = server_accept(listener);
		if (fd < 0)
			continue;
		echo_serve(fd);
		close(fd);
	}
}
