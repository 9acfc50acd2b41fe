/* SPDX-License-Identifier: GPL-2.0 */
/* Sending pages of the kernel: what differs between kernels. */
#ifndef WEFT_COMPAT_STREAM_H
#define WEFT_COMPAT_STREAM_H

#include <linux/net.h>
#include <linux/uio.h>

/*
 * 6.5: sendmsg() with MSG_SPLICE_PAGES and the pages in the iterator takes the place of
 * sendpage(). No program could set the flag before: it was cleared with others that are
 * the kernel's own from then on.
 */
#ifdef MSG_SPLICE_PAGES

#define WEFT_STREAM_SENDPAGE

static inline bool weft_msg_splices(const struct msghdr *msg)
{
	return msg->msg_flags & MSG_SPLICE_PAGES;
}

#else

int weft_stream_sendmsg(struct socket *sock, struct msghdr *msg, size_t len);

/* A flag of the kernel's own, and pages that no program can give. */
static inline bool weft_msg_splices(const struct msghdr *msg)
{
	return msg->msg_flags & MSG_SENDPAGE_NOPOLICY && iov_iter_is_bvec(&msg->msg_iter);
}

static inline ssize_t weft_stream_sendpage(struct socket *sock, struct page *page,
					   int offset, size_t size, int flags)
{
	struct bio_vec vec = {
		.bv_page = page,
		.bv_offset = offset,
		.bv_len = size,
	};
	struct msghdr msg = { .msg_flags = flags | MSG_SENDPAGE_NOPOLICY };

	if (flags & MSG_SENDPAGE_NOTLAST)
		msg.msg_flags |= MSG_MORE;
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, size);
	return weft_stream_sendmsg(sock, &msg, size);
}

#define WEFT_STREAM_SENDPAGE .sendpage = weft_stream_sendpage,

#endif

#endif /* WEFT_COMPAT_STREAM_H */
