/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_BUILD_BUG_H
#define UNIT_LINUX_BUILD_BUG_H

/* As the kernel has it: the message may be missing. */
#define static_assert(...)		unit_static_assert(__VA_ARGS__, "")
#define unit_static_assert(cond, ...)	_Static_assert(cond, #cond)

#endif /* UNIT_LINUX_BUILD_BUG_H */
