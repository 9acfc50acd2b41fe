/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.17 it took a lock to learn whose a socket is. */
#ifndef WEFT_COMPAT_SOCK_H
#define WEFT_COMPAT_SOCK_H

#include <net/sock.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define sk_uid(sk) sock_i_uid(sk)
#endif

#endif /* WEFT_COMPAT_SOCK_H */
