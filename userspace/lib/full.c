// SPDX-License-Identifier: LGPL-2.1-or-later
/* All of a buffer, however many calls that takes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "weft.h"

/*
 * After a call failed with EINTR or EAGAIN: 0 when it may be made again. A file
 * that blocks says EAGAIN at the end of its SO_RCVTIMEO or SO_SNDTIMEO; that
 * stays an error.
 */
static int wait_for(int fd, short events)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int flags;

	if (errno == EINTR)
		return 0;
	if (errno != EAGAIN)
		return -1;
	flags = fcntl(fd, F_GETFL);
	if (flags < 0)
		return -1;
	if (!(flags & O_NONBLOCK)) {
		errno = EAGAIN;
		return -1;
	}
	if (poll(&pfd, 1, -1) < 0 && errno != EINTR)
		return -1;
	return 0;
}

ssize_t weft_read_full(int fd, void *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = read(fd, (char *)buf + done, len - done);
		if (!n)
			break;
		if (n > 0)
			done += (size_t)n;
		else if (wait_for(fd, POLLIN))
			return -1;
	}
	return (ssize_t)done;
}

ssize_t weft_write_full(int fd, const void *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	/* Also when there is nothing to write: that may be an empty message. */
	do {
		n = write(fd, (const char *)buf + done, len - done);
		if (n >= 0)
			done += (size_t)n;
		else if (wait_for(fd, POLLOUT))
			return -1;
	} while (n < 0 || done < len);
	return (ssize_t)done;
}
