/* SPDX-License-Identifier: GPL-2.0 */
#ifndef UNIT_LINUX_SLAB_H
#define UNIT_LINUX_SLAB_H

#include <stddef.h>

#define GFP_KERNEL_ACCOUNT	0

void *kmalloc(size_t size, unsigned int flags);
void kfree(const void *p);

#endif /* UNIT_LINUX_SLAB_H */
