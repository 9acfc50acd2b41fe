/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Since 6.10 who waits for pages has a table of operations, before a callback; since
 * 6.16 pages of devices are told apart when a notification is allocated.
 */
#ifndef WEFT_COMPAT_ZEROCOPY_H
#define WEFT_COMPAT_ZEROCOPY_H

#include <linux/skbuff.h>

static inline bool weft_zerocopy_is_socket(const struct ubuf_info *uarg)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
	return uarg->callback == msg_zerocopy_callback;
#else
	return uarg->ops == &msg_zerocopy_ubuf_ops;
#endif
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define msg_zerocopy_realloc(sk, size, uarg, devmem) \
	msg_zerocopy_realloc(sk, size, uarg)
#endif

#endif /* WEFT_COMPAT_ZEROCOPY_H */
