// SPDX-License-Identifier: LGPL-2.1-or-later
/* The family number and sockets of the family. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

int weft_family(void)
{
	struct weft_span text;
	unsigned long family;
	char buf[16];
	ssize_t n;
	int fd;

	fd = open(WEFT_FAMILY_PATH, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	n = read(fd, buf, sizeof(buf));
	close(fd);
	if (n > 0 && buf[n - 1] == '\n')
		n--;
	text.s = buf;
	text.len = n > 0 ? (size_t)n : 0;
	if (weft__decimal_parse(text, 255, &family) || !family) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return (int)family;
}

int weft_socket(int type, int protocol)
{
	/* Of the last socket: no file is read for each one. */
	static _Atomic int last;
	int family = last, fd;

	fd = family ? socket(family, type, protocol) : -1;
	if (fd >= 0 || (family && errno != EAFNOSUPPORT))
		return fd;
	family = weft_family();
	if (family < 0)
		return -1;
	last = family;
	return socket(family, type, protocol);
}
