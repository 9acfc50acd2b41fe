/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Since 6.10 an accept operation gets its arguments in a struct. To be included by the
 * file that has weft_stream_accept().
 */
#ifndef WEFT_COMPAT_ACCEPT_H
#define WEFT_COMPAT_ACCEPT_H

#include <linux/net.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
struct proto_accept_arg {
	int flags;
	int err;
	bool kern;
};

static int weft_stream_accept(struct socket *sock, struct socket *newsock,
			      struct proto_accept_arg *arg);

static inline int weft_compat_accept(struct socket *sock, struct socket *newsock,
				     int flags, bool kern)
{
	struct proto_accept_arg arg = { .flags = flags, .kern = kern };

	return weft_stream_accept(sock, newsock, &arg);
}

#define WEFT_STREAM_ACCEPT weft_compat_accept
#else
#define WEFT_STREAM_ACCEPT weft_stream_accept
#endif

#endif /* WEFT_COMPAT_ACCEPT_H */
