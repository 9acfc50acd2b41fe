/* SPDX-License-Identifier: GPL-2.0 */
/* What the stand-in for the kernel's allocator does, and what it has done. */
#ifndef UNIT_SLAB_H
#define UNIT_SLAB_H

#include <stdbool.h>

/* So many allocations succeed, then all fail; negative: none ever does. */
extern int slab_fail_after;

/* Objects allocated and not freed yet. */
extern long slab_live;

/* Keeps what is freed by RCU until slab_grace(), for readers in threads. */
extern bool slab_defer;
void slab_grace(void);

#endif /* UNIT_SLAB_H */
