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
	int family = weft_family();

	return family < 0 ? -1 : socket(family, type, protocol);
}
