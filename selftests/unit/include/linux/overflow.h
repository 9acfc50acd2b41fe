/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_OVERFLOW_H
#define UNIT_LINUX_OVERFLOW_H

/* Here: the structure's last member is an array of pointers. */
#define struct_size(p, member, n) \
	(sizeof(*(p)) + (n) * sizeof(void *))

#endif /* UNIT_LINUX_OVERFLOW_H */
