// SPDX-License-Identifier: GPL-2.0
/* weft nc -z: which ports take connections? */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nc.h"

/* Tries one port of one address: 1 when it took the connection, -1 when we failed. */
static int probe(const struct nc_options *o, const struct sockaddr_weft *dest)
{
	char text[WEFT_SOCKADDRSTRLEN];
	double seconds;
	int fd, err;

	fd = nc_socket(o, SOCK_NONBLOCK);
	if (fd < 0)
		return -1;
	if (nc_bind_source(o, fd)) {
		close(fd);
		return -1;
	}
	err = nc_connect(o, fd, dest, &seconds) ? errno : 0;
	close(fd);
	if (o->verbose)
		cli_error("%s: %s, %.3f ms",
			  weft_sockaddr_format(dest, text, sizeof(text)),
			  err ? weft_strerror(err) : "open", seconds * 1e3);
	return !err;
}

/* The first address that takes it counts. */
static int probe_port(const struct nc_options *o, const struct weft_addrinfo *list,
		      unsigned long port)
{
	const struct weft_addrinfo *ai;
	struct sockaddr_weft dest;
	int open = 0;

	for (ai = list; ai && !open; ai = ai->next) {
		dest = ai->addr;
		dest.sweft_port = htons((uint16_t)port);
		open = probe(o, &dest);
	}
	return open;
}

/* A range of numbers, FIRST-LAST; false when it is none. */
static bool range_parse(const char *text, unsigned long *first, unsigned long *last)
{
	const char *dash = strchr(text, '-');
	char number[8];

	if (!dash || (size_t)(dash - text) >= sizeof(number))
		return false;
	memcpy(number, text, (size_t)(dash - text));
	number[dash - text] = '\0';
	return !cli_number(number, 1, 65535, first) &&
	       !cli_number(dash + 1, *first, 65535, last);
}

static int scan(const struct nc_options *o, const struct weft_addrinfo *list,
		unsigned long first, unsigned long last)
{
	unsigned long port;
	bool any = false;
	int open;

	for (port = first; port <= last; port++) {
		open = probe_port(o, list, port);
		if (open < 0)
			return CLI_ERROR;
		any |= open;
	}
	return any ? CLI_OK : NC_ERROR;
}

/* DESTINATION PORT[-PORT] */
int nc_scan(const struct nc_options *o, int argc, char **argv)
{
	const char *service = argc > 1 ? argv[1] : NULL;
	unsigned long first, last;
	struct weft_addrinfo *list;
	int code;

	if (argc < 1 || argc > 2) {
		nc_usage(stderr);
		return CLI_USAGE;
	}
	if (service && range_parse(service, &first, &last))
		service = NULL;
	else
		first = 0;
	if (cli_resolve_all(argv[0], service, 0, &list))
		return CLI_ERROR;
	if (!first) {
		first = ntohs(list->addr.sweft_port);
		last = first;
	} else if (list->addr.sweft_port) {
		/* A port and a range. */
		first = 0;
	}
	if (first) {
		code = scan(o, list, first, last);
	} else {
		nc_usage(stderr);
		code = CLI_USAGE;
	}
	weft_resolve_free(list);
	return code;
}
