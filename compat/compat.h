/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the kernels that Weft builds on. The code outside this
 * directory is written for the newest one; everything older is bridged here.
 * Every module source includes this file first, by the compiler's -include.
 */
#ifndef WEFT_COMPAT_H
#define WEFT_COMPAT_H

#include <linux/version.h>

/* 6.19: addresses whose length is told beside them have a type of their own. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define sockaddr_unsized sockaddr
#endif

/* 6.6: arrays that know their length. */
#ifndef __counted_by
#define __counted_by(member)
#endif

/* 6.11: what the compiler need not fill with zeros. */
#ifndef __uninitialized
#if __has_attribute(__uninitialized__)
#define __uninitialized	__attribute__((__uninitialized__))
#else
#define __uninitialized
#endif
#endif

#endif /* WEFT_COMPAT_H */
