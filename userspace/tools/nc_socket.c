// SPDX-License-Identifier: GPL-2.0
/* The sockets of weft nc: where they are bound to, and what -v says about it. */
#include <errno.h>
#include <unistd.h>

#include "nc.h"

/* Makes a socket of the type and on the device that the options say. */
int nc_socket(const struct nc_options *o, int flags)
{
	int fd = weft_socket(o->type | SOCK_CLOEXEC | flags, 0);

	if (fd < 0) {
		cli_error("%s", weft_strerror(errno));
		return -1;
	}
	if (cli_bind_device(fd, o->dev)) {
		close(fd);
		return -1;
	}
	return fd;
}

int nc_bind(int fd, const struct sockaddr_weft *local)
{
	if (bind(fd, (const struct sockaddr *)local, sizeof(*local))) {
		cli_error("cannot bind: %s", weft_strerror(errno));
		return -1;
	}
	return 0;
}

/* Binds to what -s and -p say, if they do. */
int nc_bind_source(const struct nc_options *o, int fd)
{
	struct sockaddr_weft local;

	if (!o->source && !o->local_port)
		return 0;
	if (cli_resolve(o->source, o->local_port, WEFT_RESOLVE_PASSIVE, &local))
		return -1;
	return nc_bind(fd, &local);
}

/* Where to listen: [ADDRESS] [-p] PORT; returns one of enum cli_code. */
int nc_listen_address(const struct nc_options *o, int argc, char **argv,
		      struct sockaddr_weft *local)
{
	const char *address = o->source, *port = o->local_port;

	if (argc && !port)
		port = argv[--argc];
	if (argc && !address) {
		address = argv[0];
		argc--;
	}
	if (argc || !port) {
		nc_usage(stderr);
		return CLI_USAGE;
	}
	if (cli_resolve(address, port, WEFT_RESOLVE_PASSIVE, local))
		return CLI_ERROR;
	return CLI_OK;
}

void nc_tell(const struct nc_options *o, const char *what,
	     const struct sockaddr_weft *sa)
{
	char text[WEFT_SOCKADDRSTRLEN];

	if (o->verbose)
		cli_error("%s %s", what,
			  weft_sockaddr_format(sa, text, sizeof(text)));
}

void nc_tell_local(const struct nc_options *o, const char *what, int fd)
{
	struct sockaddr_weft local;
	socklen_t len = sizeof(local);

	if (!getsockname(fd, (struct sockaddr *)&local, &len))
		nc_tell(o, what, &local);
}

/* For poll(): rounded up, so that the time is over when it returns. */
int nc_milliseconds(double seconds)
{
	if (seconds <= 0)
		return 0;
	return seconds > 1e6 ? 1000000000 : (int)(seconds * 1e3) + 1;
}
