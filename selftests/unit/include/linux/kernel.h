/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_KERNEL_H
#define UNIT_LINUX_KERNEL_H

#include <stddef.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define fallthrough		__attribute__((__fallthrough__))

#endif /* UNIT_LINUX_KERNEL_H */
