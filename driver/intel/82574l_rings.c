// SPDX-License-Identifier: GPL-2.0
/*
 * 82574L: its receive descriptors and interrupts, and the receive and transmit
 * roads made from the core's templates with them.
 */

#include "../rx.h"
#include "poll.h"
#include "txd.h"

/* QEMU drops a frame of more, and does not say so. */
static_assert(WEFTNIC_TX_NEED <= 64);

/* --- receive descriptors --------------------------------------------------- */

/* Over what the hash is, by the types of E1000_RXDX_MRQ_TYPE; 0 is none. */
static const u8 em574_hash_type[E1000_RXDX_MRQ_TYPE + 1] = {
	[1] = PKT_HASH_TYPE_L4,		/* TCP/IPv4 */
	[2] = PKT_HASH_TYPE_L3,		/* IPv4 */
	[3] = PKT_HASH_TYPE_L4,		/* TCP/IPv6 */
	[5] = PKT_HASH_TYPE_L3,		/* IPv6 */
};

static __always_inline u8 em574_rx_csum(u32 status)
{
	if (status & E1000_RXD_IXSM ||
	    !(status & (E1000_RXD_TCPCS | E1000_RXDX_UDPCS)))
		return WEFTNIC_RX_CSUM_NONE;
	if (status & (E1000_RXDX_ERR_TCPE | E1000_RXDX_ERR_IPE))
		return WEFTNIC_RX_CSUM_BAD;
	return WEFTNIC_RX_CSUM_OK;
}

static __always_inline bool em574_rxd_fetch(const struct weftnic_rx_ring *ring,
					    u16 i, struct weftnic_rx_meta *meta)
{
	const struct em574_rxd *desc = (struct em574_rxd *)ring->desc + i;
	u32 status = le32_to_cpu(READ_ONCE(desc->status)), mrq;

	if (!(status & E1000_RXD_DD))
		return false;
	/* The device writes the status last. */
	dma_rmb();
	mrq = le32_to_cpu(READ_ONCE(desc->mrq));
	meta->len = le16_to_cpu(READ_ONCE(desc->len));
	meta->eop = status & E1000_RXD_EOP;
	meta->bad = status >> E1000_RXDX_ERR_SHIFT & E1000_RXD_ERR_FRAME;
	meta->vlan = status & E1000_RXD_VP;
	meta->tci = le16_to_cpu(READ_ONCE(desc->vlan));
	meta->csum = em574_rx_csum(status);
	meta->hash_type = em574_hash_type[mrq & E1000_RXDX_MRQ_TYPE];
	meta->hash = le32_to_cpu(READ_ONCE(desc->hash));
	return true;
}

static __always_inline void em574_rxd_post(const struct weftnic_rx_ring *ring,
					   u16 i, dma_addr_t dma)
{
	struct em574_rxd *desc = (struct em574_rxd *)ring->desc + i;

	desc->addr = cpu_to_le64(dma);
	desc->status = 0;
}

static const struct weftnic_rxd_ops em574_rxd_ops = {
	.fetch	= em574_rxd_fetch,
	.post	= em574_rxd_post,
};

/**
 * em574_repost() - give a receive ring's buffers to the device once more
 * @rx: ring; the receiver is off
 */
void em574_repost(struct weftnic_rx_ring *rx)
{
	weftnic_rx_repost(rx, &em574_rxd_ops);
}

/* --- transmit descriptors -------------------------------------------------- */

/* The silicon has one checksum context for both queues (QEMU has one for each). */
static __always_inline u64 em574_txd_offload(struct weftnic_tx_ring *ring,
					     struct sk_buff *skb)
{
	return intel_txd_offload(ring, skb, false,
				 ring->vec->adapter->n_vectors == 1);
}

static const struct weftnic_txd_ops em574_txd_ops = {
	.plain		= INTEL_TXD_PLAIN,
	.offload	= em574_txd_offload,
	.data		= intel_txd_data,
	.report		= intel_txd_report,
	.done		= intel_txd_done,
};

/* --- both ------------------------------------------------------------------ */

/**
 * em574_xmit() - ndo_start_xmit
 * @skb: frame, CHECKSUM_PARTIAL and TCP segmentation included
 * @dev: interface
 *
 * netif_tx_lock held. Return: NETDEV_TX_OK, or NETDEV_TX_BUSY with the queue
 * stopped.
 */
netdev_tx_t em574_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	u16 queue = skb_get_queue_mapping(skb);

	return weftnic_tx_xmit(skb, ad->vec[queue].tx, &em574_txd_ops);
}

/**
 * em574_xdp_xmit() - ndo_xdp_xmit
 * @dev: interface
 * @n: how many frames
 * @frames: frames that an XDP program redirected here
 * @flags: XDP_XMIT_FLUSH
 *
 * BHs off. Return: how many were taken, or -errno.
 */
int em574_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		   u32 flags)
{
	return weftnic_xdp_xmit(dev, n, frames, flags, &em574_txd_ops);
}

/**
 * em574_tx_flush() - ring the doorbell for what waits, and reclaim
 * @ring: transmit ring
 *
 * netif_tx_lock held.
 */
void em574_tx_flush(struct weftnic_tx_ring *ring)
{
	weftnic_tx_settle(ring, &em574_txd_ops);
}

/**
 * em574_poll() - NAPI poll of a queue pair
 * @napi: its vector's
 * @budget: most descriptors to receive; 0 from netpoll, to reclaim only
 *
 * Return: descriptors received, or @budget to be called again.
 */
int em574_poll(struct napi_struct *napi, int budget)
{
	struct weftnic_vector *vec = container_of(napi, struct weftnic_vector,
						  napi);

	return intel_poll(vec, budget, &em574_rxd_ops, &em574_txd_ops);
}

/* --- interrupts (MSI-X) ---------------------------------------------------- */

/**
 * em574_irq_queue() - handler of a queue's receive or transmit interrupt
 * @irq: unused
 * @data: vector
 *
 * The device has cleared and masked the cause when it sent the message (see
 * em574_start_irqs()), so that no register is touched before the poll's end.
 *
 * Return: IRQ_HANDLED.
 */
irqreturn_t em574_irq_queue(int irq, void *data)
{
	struct weftnic_vector *vec = data;

	napi_schedule_irqoff(&vec->napi);
	return IRQ_HANDLED;
}

/**
 * em574_irq_other() - handler of the interrupt for link and the like
 * @irq: unused
 * @data: adapter
 *
 * ICR is not read, which on silicon would clear the queues' causes with the
 * others. Writing ones clears these alone.
 *
 * Return: IRQ_HANDLED.
 */
irqreturn_t em574_irq_other(int irq, void *data)
{
	struct weftnic_adapter *ad = data;

	weftnic_write(ad, E1000_ICR,
		      E1000_INT_OTHER | E1000_INT_LSC | E1000_INT_RXO);
	weftnic_service_soon(ad, 0);
	return IRQ_HANDLED;
}
