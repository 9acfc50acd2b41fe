// SPDX-License-Identifier: GPL-2.0
/* The roads made for packed virtqueues. */

#include "packed.h"
#include "poll.h"

const struct vnet_vq_ops vnet_packed_ops = {
	.post		= vnet_packed_post,
	.post_pair	= vnet_packed_post_pair,
	.pop		= vnet_packed_pop,
	.pop_pair	= vnet_packed_pop_pair,
	.kick		= vnet_packed_kick,
	.arm		= vnet_packed_arm,
	.disarm		= vnet_packed_disarm,
	.row		= vnet_packed_row,
};

/**
 * vnet_packed_xmit() - ndo_start_xmit with packed virtqueues
 * @skb: frame, CHECKSUM_PARTIAL and TCP segmentation included
 * @dev: interface
 *
 * netif_tx_lock held. Return: NETDEV_TX_OK, or NETDEV_TX_BUSY with the queue
 * stopped.
 */
netdev_tx_t vnet_packed_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return vnet_tx_xmit(skb, ad->vec[skb_get_queue_mapping(skb)].tx,
			    &vnet_packed_ops);
}

/**
 * vnet_packed_xdp_xmit() - ndo_xdp_xmit with packed virtqueues
 * @dev: interface
 * @n: how many frames
 * @frames: frames that an XDP program redirected here
 * @flags: XDP_XMIT_FLUSH
 *
 * BHs off. Return: how many were taken, or -errno.
 */
int vnet_packed_xdp_xmit(struct net_device *dev, int n,
			 struct xdp_frame **frames, u32 flags)
{
	return vnet_xdp_xmit(dev, n, frames, flags, &vnet_packed_ops);
}

/**
 * vnet_packed_tx_flush() - ring the doorbell for what waits, and reclaim
 * @ring: transmit ring
 *
 * netif_tx_lock held.
 */
void vnet_packed_tx_flush(struct weftnic_tx_ring *ring)
{
	vnet_tx_flush(ring, &vnet_packed_ops);
}

/**
 * vnet_packed_poll() - NAPI poll of a queue pair with packed virtqueues
 * @napi: the vector's
 * @budget: most buffers to receive; 0 from netpoll, to reclaim only
 *
 * Return: buffers received, or @budget to be called again.
 */
int vnet_packed_poll(struct napi_struct *napi, int budget)
{
	return vnet_poll(napi, budget, &vnet_packed_ops);
}

/**
 * vnet_packed_irq_arm() - ask for receive interrupts
 * @vec: vector
 * @tx: not used: transmit completion is asked for where it is waited for
 *
 * Any context.
 */
void vnet_packed_irq_arm(struct weftnic_vector *vec, bool tx)
{
	local_bh_disable();
	vnet_irq_arm(vec, &vnet_packed_ops);
	local_bh_enable();
}

/**
 * vnet_packed_restart() - prepare a queue pair for a device that was reset
 * @vec: vector, its rings stopped
 *
 * The receive ring is full of the buffers that it had. rtnl held.
 */
void vnet_packed_restart(struct weftnic_vector *vec)
{
	vnet_rx_restart(vec->rx, &vnet_packed_ops);
	vnet_tx_restart(vec->tx, &vnet_packed_ops);
}

/**
 * vnet_packed_announce() - tell the device of the receive buffers
 * @vec: vector, whose rings the device has
 */
void vnet_packed_announce(struct weftnic_vector *vec)
{
	vnet_rx_kick(vec->rx, &vnet_packed_ops);
}
