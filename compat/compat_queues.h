/* SPDX-License-Identifier: GPL-2.0 */
/* Before 6.9 nobody asked for a queue's counters; here are those that we have. */
#ifndef WEFT_COMPAT_QUEUES_H
#define WEFT_COMPAT_QUEUES_H

#include <linux/netdevice.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 9, 0)
#include <net/netdev_queues.h>

static inline void
weft_compat_set_stat_ops(struct net_device *dev,
			 const struct netdev_stat_ops *ops)
{
	dev->stat_ops = ops;
}
#else
struct netdev_queue_stats_rx {
	u64 bytes;
	u64 packets;
	u64 alloc_fail;
	u64 csum_unnecessary;
	u64 csum_bad;
};

struct netdev_queue_stats_tx {
	u64 bytes;
	u64 packets;
	u64 hw_gso_packets;
};

struct netdev_stat_ops {
	void (*get_queue_stats_rx)(struct net_device *dev, int idx,
				   struct netdev_queue_stats_rx *stats);
	void (*get_queue_stats_tx)(struct net_device *dev, int idx,
				   struct netdev_queue_stats_tx *stats);
	void (*get_base_stats)(struct net_device *dev,
			       struct netdev_queue_stats_rx *rx,
			       struct netdev_queue_stats_tx *tx);
};

static inline void
weft_compat_set_stat_ops(struct net_device *dev,
			 const struct netdev_stat_ops *ops)
{
}
#endif

#endif /* WEFT_COMPAT_QUEUES_H */
