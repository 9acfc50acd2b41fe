/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Before 6.3 a device did not tell what it can do of XDP; before 6.5 a fragment
 * was filled in member by member; before 6.10 a chunk of an AF_XDP socket was
 * synced with its pool named; before 6.18 an skb got its fragments' flags one
 * by one.
 */
#ifndef WEFT_COMPAT_XDP_H
#define WEFT_COMPAT_XDP_H

#include <linux/skbuff.h>
#include <net/xdp.h>
#include <net/xdp_sock_drv.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define NETDEV_XDP_ACT_BASIC		0
#define NETDEV_XDP_ACT_REDIRECT		0
#define NETDEV_XDP_ACT_NDO_XMIT		0
#define NETDEV_XDP_ACT_RX_SG		0
#define NETDEV_XDP_ACT_NDO_XMIT_SG	0
#define NETDEV_XDP_ACT_XSK_ZEROCOPY	0

static inline void xdp_set_features_flag(struct net_device *dev, u32 flags)
{
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
static inline void skb_frag_fill_page_desc(skb_frag_t *frag, struct page *page,
					   int offset, int size)
{
	__skb_frag_set_page(frag, page);
	skb_frag_off_set(frag, offset);
	skb_frag_size_set(frag, size);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
static inline u32 xdp_buff_get_skb_flags(const struct xdp_buff *xdp)
{
	return xdp->flags;
}

static inline void xdp_update_skb_frags_info(struct sk_buff *skb, u8 nr_frags,
					     unsigned int size,
					     unsigned int truesize,
					     u32 xdp_flags)
{
	xdp_update_skb_shared_info(skb, nr_frags, size, truesize,
				   xdp_flags & XDP_FLAGS_FRAGS_PF_MEMALLOC);
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
static inline void weft_compat_xsk_buff_dma_sync_for_cpu(struct xdp_buff *xdp)
{
	struct xdp_buff_xsk *xsk = container_of(xdp, struct xdp_buff_xsk, xdp);

	xsk_buff_dma_sync_for_cpu(xdp, xsk->pool);
}

#define xsk_buff_dma_sync_for_cpu weft_compat_xsk_buff_dma_sync_for_cpu
#endif

#endif /* WEFT_COMPAT_XDP_H */
