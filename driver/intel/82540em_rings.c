// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: its receive descriptors, and the receive and transmit roads made from
 * the core's templates with them.
 */

#include "../rx.h"
#include "poll.h"
#include "txd.h"

/* --- receive descriptors (3.2.3) ------------------------------------------- */

static __always_inline bool em540_rxd_fetch(const struct weftnic_rx_ring *ring,
					    u16 i, struct weftnic_rx_meta *meta)
{
	const struct em540_rxd *desc = (struct em540_rxd *)ring->desc + i;
	u8 status = READ_ONCE(desc->status), errors;

	if (!(status & E1000_RXD_DD))
		return false;
	/* The device writes the status last. */
	dma_rmb();
	errors = READ_ONCE(desc->errors);
	meta->len = le16_to_cpu(READ_ONCE(desc->len));
	meta->eop = status & E1000_RXD_EOP;
	meta->bad = errors & E1000_RXD_ERR_FRAME;
	meta->vlan = status & E1000_RXD_VP;
	meta->tci = le16_to_cpu(READ_ONCE(desc->vlan));
	/* Silicon only: QEMU always says to ignore the indication. */
	if (status & E1000_RXD_IXSM || !(status & E1000_RXD_TCPCS))
		meta->csum = WEFTNIC_RX_CSUM_NONE;
	else if (errors & E1000_RXD_ERR_TCPE)
		meta->csum = WEFTNIC_RX_CSUM_BAD;
	else
		meta->csum = WEFTNIC_RX_CSUM_OK;
	meta->hash_type = PKT_HASH_TYPE_NONE;
	return true;
}

static __always_inline void em540_rxd_post(const struct weftnic_rx_ring *ring,
					   u16 i, dma_addr_t dma)
{
	struct em540_rxd *desc = (struct em540_rxd *)ring->desc + i;

	desc->addr = cpu_to_le64(dma);
	desc->status = 0;
}

static const struct weftnic_rxd_ops em540_rxd_ops = {
	.fetch	= em540_rxd_fetch,
	.post	= em540_rxd_post,
};

/* --- transmit descriptors (3.3) -------------------------------------------- */

static __always_inline u64 em540_txd_offload(struct weftnic_tx_ring *ring,
					     struct sk_buff *skb)
{
	return intel_txd_offload(ring, skb, true, true);
}

static const struct weftnic_txd_ops em540_txd_ops = {
	.plain		= INTEL_TXD_PLAIN,
	.soft_tso6	= true,
	.offload	= em540_txd_offload,
	.data		= intel_txd_data,
	.report		= intel_txd_report,
	.done		= intel_txd_done,
};

/* --- both ------------------------------------------------------------------ */

/**
 * em540_xmit() - ndo_start_xmit
 * @skb: frame, CHECKSUM_PARTIAL and TCP segmentation included
 * @dev: interface
 *
 * netif_tx_lock held. Return: NETDEV_TX_OK, or NETDEV_TX_BUSY with the queue
 * stopped.
 */
netdev_tx_t em540_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return weftnic_tx_xmit(skb, ad->vec[0].tx, &em540_txd_ops);
}

/**
 * em540_xdp_xmit() - ndo_xdp_xmit
 * @dev: interface
 * @n: how many frames
 * @frames: frames that an XDP program redirected here
 * @flags: XDP_XMIT_FLUSH
 *
 * BHs off. Return: how many were taken, or -errno.
 */
int em540_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		   u32 flags)
{
	return weftnic_xdp_xmit(dev, n, frames, flags, &em540_txd_ops);
}

/**
 * em540_tx_flush() - ring the doorbell for what waits, and reclaim
 * @ring: transmit ring
 *
 * netif_tx_lock held.
 */
void em540_tx_flush(struct weftnic_tx_ring *ring)
{
	weftnic_tx_settle(ring, &em540_txd_ops);
}

/**
 * em540_poll() - NAPI poll of both rings
 * @napi: the vector's
 * @budget: most descriptors to receive; 0 from netpoll, to reclaim only
 *
 * Return: descriptors received, or @budget to be called again.
 */
int em540_poll(struct napi_struct *napi, int budget)
{
	struct weftnic_vector *vec = container_of(napi, struct weftnic_vector,
						  napi);

	return intel_poll(vec, budget, &em540_rxd_ops, &em540_txd_ops);
}

/**
 * em540_repost() - give the receive ring's buffers to the device once more
 * @rx: ring; the receiver is off
 */
void em540_repost(struct weftnic_rx_ring *rx)
{
	weftnic_rx_repost(rx, &em540_rxd_ops);
}
