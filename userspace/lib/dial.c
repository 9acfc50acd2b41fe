// SPDX-License-Identifier: LGPL-2.1-or-later
/* From a text to a socket that is connected to it, or that listens there. */
#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "internal.h"

/* Why this thread's last weft_dial() or weft_listen() failed: enum weft_eai. */
static __thread int last_error;

int weft_dial_error(void)
{
	return last_error;
}

/* Sets errno to what says most of what a code of weft_resolve() says. */
static int refuse(int code)
{
	last_error = code;
	switch (code) {
	case WEFT_EAI_DEVICE:
		errno = ENODEV;
		break;
	case WEFT_EAI_NONAME:
	case WEFT_EAI_HOSTS:
		errno = ENOENT;
		break;
	case WEFT_EAI_FAMILY:
		errno = EAFNOSUPPORT;
		break;
	case WEFT_EAI_MEMORY:
		errno = ENOMEM;
		break;
	case WEFT_EAI_SYSTEM:
		break;
	default:
		errno = EINVAL;
	}
	return -1;
}

/* Leaves errno as it is. */
static int close_failed(int fd)
{
	int err = errno;

	close(fd);
	errno = err;
	return -1;
}

/*
 * A signal interrupts the call and not the connecting: to call again would say
 * EALREADY, so that the end is waited for here.
 */
static int connect_wait(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	socklen_t len;
	int err;

	while (poll(&pfd, 1, -1) < 0)
		if (errno != EINTR)
			return -1;
	len = sizeof(err);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return -1;
	if (!err)
		return 0;
	errno = err;
	return -1;
}

static int dial_one(const struct sockaddr_weft *sa, int type)
{
	int fd = weft_socket(type, 0);

	if (fd < 0)
		return -1;
	if (!connect(fd, (const struct sockaddr *)sa, sizeof(*sa)))
		return fd;
	if (errno == EINPROGRESS)
		return fd;
	if (errno == EINTR && ((type & SOCK_NONBLOCK) || !connect_wait(fd)))
		return fd;
	return close_failed(fd);
}

static int listen_one(const struct sockaddr_weft *sa, int type, int backlog)
{
	int fd = weft_socket(type, 0);
	const int on = 1;

	if (fd < 0)
		return -1;
	if (!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) &&
	    !bind(fd, (const struct sockaddr *)sa, sizeof(*sa)) &&
	    !listen(fd, backlog))
		return fd;
	return close_failed(fd);
}

int weft_dial(const char *dest, int type)
{
	struct weft_addrinfo *list, *ai;
	int fd = -1, err;

	err = weft_resolve(dest, NULL, 0, &list);
	if (err)
		return refuse(err);
	/* A list has one port for all. */
	if (!list->addr.sweft_port) {
		weft_resolve_free(list);
		return refuse(WEFT_EAI_PORT);
	}
	for (ai = list; ai && fd < 0; ai = ai->next)
		fd = dial_one(&ai->addr, type);
	err = errno;
	weft_resolve_free(list);
	errno = err;
	last_error = fd < 0 ? WEFT_EAI_SYSTEM : 0;
	return fd;
}

int weft_listen(const char *where, int type, int backlog)
{
	struct weft_addrinfo *list, *ai;
	int fd = -1, err;

	/* Without a host it is any address of this node. */
	if (where[0] == ':' && where[1] != ':')
		err = weft_resolve(NULL, where + 1, WEFT_RESOLVE_PASSIVE, &list);
	else
		err = weft_resolve(where, NULL, WEFT_RESOLVE_PASSIVE, &list);
	if (err)
		return refuse(err);
	for (ai = list; ai && fd < 0; ai = ai->next)
		fd = listen_one(&ai->addr, type, backlog);
	err = errno;
	weft_resolve_free(list);
	errno = err;
	last_error = fd < 0 ? WEFT_EAI_SYSTEM : 0;
	return fd;
}
