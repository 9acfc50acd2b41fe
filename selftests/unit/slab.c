// SPDX-License-Identifier: GPL-2.0
/* A stand-in for the kernel's allocator, for one writer. */
#include <stdlib.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "slab.h"

int slab_fail_after = -1;
long slab_live;
bool slab_defer;

static void **slab_waiting;
static size_t slab_waits, slab_room;

void *kmalloc(size_t size, unsigned int flags)
{
	(void)flags;
	if (!slab_fail_after)
		return NULL;
	if (slab_fail_after > 0)
		slab_fail_after--;
	slab_live++;
	return malloc(size);
}

void kfree(const void *p)
{
	if (p)
		slab_live--;
	free((void *)p);
}

void slab_free_rcu(void *p)
{
	if (!slab_defer) {
		kfree(p);
		return;
	}
	if (slab_waits == slab_room) {
		slab_room = 2 * slab_room + 64;
		slab_waiting = realloc(slab_waiting, slab_room * sizeof(void *));
		if (!slab_waiting)
			abort();
	}
	slab_waiting[slab_waits++] = p;
}

void slab_grace(void)
{
	while (slab_waits)
		kfree(slab_waiting[--slab_waits]);
	free(slab_waiting);
	slab_waiting = NULL;
	slab_room = 0;
}
