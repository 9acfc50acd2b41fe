// SPDX-License-Identifier: GPL-2.0
/* The roads made for split virtqueues. */

#include "split.h"
#include "poll.h"

const struct vnet_vq_ops vnet_split_ops = {
	.post		= vnet_split_post,
	.post_pair	= vnet_split_post_pair,
	.pop		= vnet_split_pop,
	.pop_pair	= vnet_split_pop,
	.kick		= vnet_split_kick,
	.arm		= vnet_split_arm,
	.disarm		= vnet_split_disarm,
	.row		= vnet_split_row,
};

/**
 * vnet_split_xmit() - ndo_start_xmit with split virtqueues
 * @skb: frame, CHECKSUM_PARTIAL and TCP segmentation included
 * @dev: interface
 *
 * netif_tx_lock held. Return: NETDEV_TX_OK, or NETDEV_TX_BUSY with the queue
 * stopped.
 */
netdev_tx_t vnet_split_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return vnet_tx_xmit(skb, ad->vec[skb_get_queue_mapping(skb)].tx,
			    &vnet_split_ops);
}

/**
 * vnet_split_xdp_xmit() - ndo_xdp_xmit with split virtqueues
 * @dev: interface
 * @n: how many frames
 * @frames: frames that an XDP program redirected here
 * @flags: XDP_XMIT_FLUSH
 *
 * BHs off. Return: how many were taken, or -errno.
 */
int vnet_split_xdp_xmit(struct net_device *dev, int n,
			struct xdp_frame **frames, u32 flags)
{
	return vnet_xdp_xmit(dev, n, frames, flags, &vnet_split_ops);
}

/**
 * vnet_split_tx_flush() - ring the doorbell for what waits, and reclaim
 * @ring: transmit ring
 *
 * netif_tx_lock held.
 */
void vnet_split_tx_flush(struct weftnic_tx_ring *ring)
{
	vnet_tx_flush(ring, &vnet_split_ops);
}

/**
 * vnet_split_poll() - NAPI poll of a queue pair with split virtqueues
 * @napi: the vector's
 * @budget: most buffers to receive; 0 from netpoll, to reclaim only
 *
 * Return: buffers received, or @budget to be called again.
 */
int vnet_split_poll(struct napi_struct *napi, int budget)
{
	return vnet_poll(napi, budget, &vnet_split_ops);
}

/**
 * vnet_split_irq_arm() - ask for receive interrupts
 * @vec: vector
 * @tx: not used: transmit completion is asked for where it is waited for
 *
 * Any context.
 */
void vnet_split_irq_arm(struct weftnic_vector *vec, bool tx)
{
	local_bh_disable();
	vnet_irq_arm(vec, &vnet_split_ops);
	local_bh_enable();
}

/**
 * vnet_split_restart() - prepare a queue pair for a device that was reset
 * @vec: vector, its rings stopped
 *
 * The receive ring is full of the buffers that it had. rtnl held.
 */
void vnet_split_restart(struct weftnic_vector *vec)
{
	vnet_rx_restart(vec->rx, &vnet_split_ops);
	vnet_tx_restart(vec->tx, &vnet_split_ops);
}

/**
 * vnet_split_announce() - tell the device of the receive buffers
 * @vec: vector, whose rings the device has
 */
void vnet_split_announce(struct weftnic_vector *vec)
{
	vnet_rx_kick(vec->rx, &vnet_split_ops);
}
