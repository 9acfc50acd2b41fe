/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets of Weft and, beside them, of IPv6: what is meant to be equal is asked of
 * both. A family is given by its number; AF_INET6 stands for UDP over IPv6.
 */
#ifndef SOCK_H
#define SOCK_H

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/errqueue.h>
#include "netns.h"
#include "tap.h"

/**
 * struct sock_name - an address with its length
 * @sa: of any family
 * @in6: of IPv6
 * @weft: of Weft
 * @len: bytes
 */
struct sock_name {
	union {
		struct sockaddr sa;
		struct sockaddr_in6 in6;
		struct sockaddr_weft weft;
	};
	socklen_t len;
};

static const int sock_on = 1;

static inline struct sock_name sock_any(int family, int port)
{
	struct sock_name n = { .len = sizeof(n.in6) };

	if (family == AF_INET6) {
		n.in6.sin6_family = family;
		n.in6.sin6_port = htons(port);
	} else {
		n.weft.sweft_family = family;
		n.weft.sweft_port = htons(port);
		n.len = sizeof(n.weft);
	}
	return n;
}

static inline struct sock_name sock_loopback(int family, int port)
{
	struct sock_name n = sock_any(family, port);

	if (family == AF_INET6)
		n.in6.sin6_addr.s6_addr[15] = 1;
	else
		n.weft.sweft_addr.a8[7] = 1;
	return n;
}

/* A link-local address of Weft on a device. */
static inline struct sock_name sock_link(int port, unsigned int last, int dev)
{
	struct sock_name n = sock_any(netns_weft_family(), port);

	n.weft.sweft_addr = (struct weft_addr){ { { 0xfe, 0x80, 2, 0, 0, 0, 0,
						    last } } };
	n.weft.sweft_scope = dev;
	return n;
}

static inline int sock_dgram(int family)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	CHECK(fd >= 0);
	return fd;
}

static inline int sock_bound(int family, int port)
{
	struct sock_name n = sock_any(family, port);
	int fd = sock_dgram(family);

	CHECK(!bind(fd, &n.sa, n.len));
	return fd;
}

static inline int sock_connected(int family, int port)
{
	struct sock_name n = sock_loopback(family, port);
	int fd = sock_dgram(family);

	CHECK(!connect(fd, &n.sa, n.len));
	return fd;
}

/* Waits until a descriptor has one of the events, 5 s at most. */
static inline int sock_wait(int fd, int events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, 5000) == 1 ? p.revents : 0;
}

static inline int sock_set(int fd, int level, int name, int val)
{
	return setsockopt(fd, level, name, &val, sizeof(val)) ? errno : 0;
}

/* The value of an option, or the negative errno. */
static inline int sock_get(int fd, int level, int name)
{
	int val = 0;
	socklen_t len = sizeof(val);

	return getsockopt(fd, level, name, &val, &len) ? -errno : val;
}

/**
 * struct sock_message - a message with room for all that may come with it
 * @msg: header; points to the rest
 * @iov: of @data
 * @name: sender or destination
 * @data: bytes
 * @control: ancillary data
 */
struct sock_message {
	struct msghdr msg;
	struct iovec iov;
	struct sock_name name;
	char data[2048];
	char control[1024] __attribute__((aligned(8)));
};

/* Receives a message with all ancillary data. Returns its length or -errno. */
static inline int sock_receive(int fd, struct sock_message *m, int flags)
{
	int n;

	memset(m, 0, sizeof(*m));
	m->iov = (struct iovec){ m->data, sizeof(m->data) };
	m->msg = (struct msghdr){
		.msg_name = &m->name.sa, .msg_namelen = sizeof(m->name),
		.msg_iov = &m->iov, .msg_iovlen = 1,
		.msg_control = m->control,
		.msg_controllen = sizeof(m->control),
	};
	n = recvmsg(fd, &m->msg, flags);
	m->name.len = m->msg.msg_namelen;
	return n < 0 ? -errno : n;
}

/* The data of one kind that came with a message; NULL if there is none. */
static inline void *sock_cmsg(struct sock_message *m, int level, int type)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(&m->msg); c; c = CMSG_NXTHDR(&m->msg, c))
		if (c->cmsg_level == level && c->cmsg_type == type)
			return CMSG_DATA(c);
	return NULL;
}

/* An int that came with a message; -1 if there is none. */
static inline int sock_cmsg_int(struct sock_message *m, int level, int type)
{
	void *data = sock_cmsg(m, level, type);
	int val = -1;

	if (data)
		memcpy(&val, data, sizeof(val));
	return val;
}

/*
 * Sends bytes with one piece of ancillary data. Returns the length or -errno.
 */
static inline int sock_send_with(int fd, const struct sock_name *to,
				 const void *data, size_t len, int level,
				 int type, const void *val, size_t val_len)
{
	char control[CMSG_SPACE(256)] __attribute__((aligned(8))) = {};
	struct iovec iov = { (void *)data, len };
	struct msghdr msg = {
		.msg_name = to ? (void *)&to->sa : NULL,
		.msg_namelen = to ? to->len : 0,
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = CMSG_SPACE(val_len),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	int n;

	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(val_len);
	memcpy(CMSG_DATA(c), val, val_len);
	n = sendmsg(fd, &msg, MSG_DONTWAIT);
	return n < 0 ? -errno : n;
}

#endif /* SOCK_H */
