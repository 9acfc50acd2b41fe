/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before 6.8 the stack did not tell which NAPI instance and interrupt a queue has;
 * since 6.13 it keeps what a user set for an instance by the instance's number.
 */
#ifndef WEFT_COMPAT_NAPI_H
#define WEFT_COMPAT_NAPI_H

#include <linux/netdevice.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
enum netdev_queue_type {
	NETDEV_QUEUE_TYPE_RX,
	NETDEV_QUEUE_TYPE_TX,
};

static inline void netif_queue_set_napi(struct net_device *dev,
					unsigned int queue_index,
					enum netdev_queue_type type,
					struct napi_struct *napi)
{
}

static inline void netif_napi_set_irq(struct napi_struct *napi, int irq)
{
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void
netif_napi_add_config(struct net_device *dev, struct napi_struct *napi,
		      int (*poll)(struct napi_struct *, int), int index)
{
	netif_napi_add(dev, napi, poll);
}
#endif

#endif /* WEFT_COMPAT_NAPI_H */
