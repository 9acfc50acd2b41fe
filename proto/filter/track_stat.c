// SPDX-License-Identifier: GPL-2.0
/* Counters of connection tracking. */
#include <linux/errno.h>
#include "track_net.h"

/**
 * weft_track_stat() - read a counter
 * @tn: namespace
 * @item: WEFT_TRACK_STAT_*
 *
 * Context: any.
 * Return: its value.
 */
u64 weft_track_stat(const struct weft_track_net *tn, unsigned int item)
{
	u64 sum = 0;
	int cpu;

	if (item == WEFT_TRACK_STAT_COUNT)
		return atomic_read(&tn->count);
	if (item == WEFT_TRACK_STAT_MAX)
		return READ_ONCE(tn->max);
	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(tn->stats, cpu)->n[item]);
	return sum;
}

/**
 * weft_track_stat_init_net() - begin to count in a namespace
 * @tn: namespace
 *
 * Return: 0 or -ENOMEM.
 */
int weft_track_stat_init_net(struct weft_track_net *tn)
{
	tn->stats = alloc_percpu(struct weft_track_stats);
	return tn->stats ? 0 : -ENOMEM;
}

/**
 * weft_track_stat_exit_net() - end with it
 * @tn: namespace
 */
void weft_track_stat_exit_net(struct weft_track_net *tn)
{
	free_percpu(tn->stats);
}
