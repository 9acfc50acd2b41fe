// SPDX-License-Identifier: GPL-2.0
/* AF_XDP without a copy: what becomes of a frame, and the sockets' chunks themselves. */

#include "xsk.h"

/* The sockets' memory is synced piece by piece, as frames come and go. */
#define WEFTNIC_XSK_ATTRS	DMA_ATTR_SKIP_CPU_SYNC

/* --- receive ----------------------------------------------------------------- */

/* Most bytes of a frame, for a device that was told the MTU. */
static u16 weftnic_xsk_len(const struct weftnic_config *cfg)
{
	return cfg->mtu > ETH_DATA_LEN ? WEFTNIC_RX_JUMBO_LEN : WEFTNIC_RX_LEN;
}

/**
 * weftnic_xsk_set_rx() - decide what a receive ring is to hold
 * @ring: ring, empty
 * @cfg: configuration
 *
 * Chunks if its queue has any and there is a program, without which nothing
 * would go to sockets; else pages.
 */
void weftnic_xsk_set_rx(struct weftnic_rx_ring *ring,
			const struct weftnic_config *cfg)
{
	ring->xsk = cfg->prog ? cfg->xsk[ring->vec->index] : NULL;
	ring->xsk_len = weftnic_xsk_len(cfg);
}

/**
 * weftnic_xsk_drop() - take a descriptor that is not a whole good frame
 * @ring: receive ring
 * @xdp: its chunk; ownership passes to the callee
 * @meta: what the device says of it
 *
 * As weftnic_rx_chain(), but nothing is put together. NAPI context.
 */
void weftnic_xsk_drop(struct weftnic_rx_ring *ring, struct xdp_buff *xdp,
		      const struct weftnic_rx_meta *meta)
{
	if (ring->discard)
		goto free;
	if (!meta->len || meta->len > ring->xsk_len ||
	    (meta->eop && meta->len < ETH_HLEN))
		weftnic_rx_count(ring, length_errors);
	else if (!meta->eop)
		weftnic_rx_count(ring, chain_errors);
	else
		weftnic_rx_count(ring, device_errors);
free:
	ring->discard = !meta->eop;
	xsk_buff_free(xdp);
}

/**
 * weftnic_xsk_run() - let the ring's program decide on a frame
 * @ring: receive ring
 * @xdp: its chunk
 * @len: bytes, checked
 *
 * NAPI context.
 *
 * Return: XDP_PASS or XDP_TX with the frame the caller's; else it is gone.
 */
u32 weftnic_xsk_run(struct weftnic_rx_ring *ring, struct xdp_buff *xdp, u16 len)
{
	xsk_buff_set_size(xdp, len);
	xsk_buff_dma_sync_for_cpu(xdp);
	weftnic_rx_count(ring, xsk);
	return weftnic_xdp_act(ring, xdp, READ_ONCE(ring->prog));
}

/**
 * weftnic_xsk_copy() - copy a frame that is to be sent back
 * @ring: receive ring
 * @xdp: its chunk, which is free again, whatever happens
 *
 * NAPI context.
 *
 * Return: the copy, or NULL, counted.
 */
struct xdp_frame *weftnic_xsk_copy(struct weftnic_rx_ring *ring,
				   struct xdp_buff *xdp)
{
	struct xdp_frame *frame = xdp_convert_buff_to_frame(xdp);

	if (unlikely(!frame)) {
		weftnic_rx_count(ring, xdp_errors);
		xsk_buff_free(xdp);
	}
	return frame;
}

/**
 * weftnic_xsk_unsent() - the end of a copy that could not be sent
 * @ring: receive ring
 * @frame: the copy
 *
 * NAPI context.
 */
void weftnic_xsk_unsent(struct weftnic_rx_ring *ring, struct xdp_frame *frame)
{
	weftnic_rx_count(ring, xdp_errors);
	xdp_return_frame_rx_napi(frame);
}

/**
 * weftnic_xsk_build() - copy a frame for the stack
 * @ring: receive ring, whose program left the frame to the stack
 * @xdp: its chunk, which is free again, whatever happens
 *
 * NAPI context.
 *
 * Return: the skb, or NULL, counted.
 */
struct sk_buff *weftnic_xsk_build(struct weftnic_rx_ring *ring,
				  struct xdp_buff *xdp)
{
	unsigned int meta = xdp->data - xdp->data_meta;
	unsigned int len = xdp->data_end - xdp->data_meta;
	struct sk_buff *skb;

	net_prefetch(xdp->data_meta);
	skb = napi_alloc_skb(&ring->vec->napi, len);
	if (likely(skb)) {
		skb_put_data(skb, xdp->data_meta, len);
		if (meta) {
			skb_metadata_set(skb, meta);
			__skb_pull(skb, meta);
		}
	} else {
		weftnic_rx_count(ring, no_skb);
	}
	xsk_buff_free(xdp);
	return skb;
}

/**
 * weftnic_xsk_rx_starved() - sockets have given too few chunks
 * @ring: receive ring
 *
 * Ask them to say when there are more. Those that do not take part in that are
 * looked after by polling, once the ring is so empty that no frame can bring a
 * poll about. NAPI context.
 *
 * Return: poll on.
 */
bool weftnic_xsk_rx_starved(struct weftnic_rx_ring *ring)
{
	weftnic_rx_count(ring, xsk_no_chunk);
	if (!xsk_uses_need_wakeup(ring->xsk))
		return weftnic_rx_lack(ring) == ring->mask;
	xsk_set_rx_need_wakeup(ring->xsk);
	/* The wish before the look: what comes between is not lost. */
	smp_mb();
	return false;
}

/* --- transmit ---------------------------------------------------------------- */

/**
 * weftnic_xsk_pad() - make a short frame as long as Ethernet wants, with zeros
 * @ring: transmit ring; the frame goes to the slot of the next descriptor
 * @desc: where it is, and how long
 *
 * netif_tx_lock held. Return: bus address of ETH_ZLEN bytes.
 */
dma_addr_t weftnic_xsk_pad(struct weftnic_tx_ring *ring,
			   const struct xdp_desc *desc)
{
	size_t slot = ring->next_to_use * WEFTNIC_TSO_HDR_LEN;
	u8 *data = ring->hdr + slot;

	static_assert(WEFTNIC_TSO_HDR_LEN >= ETH_ZLEN);

	memcpy(data, xsk_buff_raw_get_data(ring->xsk, desc->addr), desc->len);
	memset(data + desc->len, 0, ETH_ZLEN - desc->len);
	return ring->hdr_dma + slot;
}

/**
 * weftnic_xsk_wakeup() - ndo_xsk_wakeup
 * @dev: interface
 * @queue: the socket's
 * @flags: XDP_WAKEUP_RX, XDP_WAKEUP_TX: a poll does both
 *
 * RCU read lock held, or BHs off.
 *
 * Return: 0; -ENETDOWN while the interface is down; -EINVAL for a queue that has
 * no chunks.
 */
int weftnic_xsk_wakeup(struct net_device *dev, u32 queue, u32 flags)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (!test_bit(WEFTNIC_UP, &ad->flags))
		return -ENETDOWN;
	if (queue >= ad->n_vectors || !READ_ONCE(ad->cfg.xsk[queue]))
		return -EINVAL;
	local_bh_disable();
	napi_schedule(&ad->vec[queue].napi);
	local_bh_enable();
	return 0;
}

/* --- the chunks ---------------------------------------------------------------- */

/**
 * weftnic_xsk_fits() - whether the sockets' chunks get along with an MTU
 * @cfg: configuration with both
 *
 * Return: whatever the device may write to one fits in behind the headroom.
 */
bool weftnic_xsk_fits(const struct weftnic_config *cfg)
{
	u32 need = max_t(u32, weftnic_xsk_len(cfg), WEFTNIC_MAX_FRAME(cfg->mtu));
	unsigned int i;

	for (i = 0; i < WEFTNIC_MAX_VECTORS; i++)
		if (cfg->xsk[i] && (need > WEFTNIC_RX_JUMBO_LEN ||
				    need > xsk_pool_get_rx_frame_size(cfg->xsk[i])))
			return false;
	return true;
}

/* Tell XDP of the queue, and the chunks. */
static int weftnic_xsk_register(struct weftnic_vector *vec,
				struct xsk_buff_pool *pool)
{
	int err;

	err = xdp_rxq_info_reg(&vec->xsk_rxq, vec->adapter->netdev, vec->index,
			       vec->napi.napi_id);
	if (err)
		return err;
	err = xdp_rxq_info_reg_mem_model(&vec->xsk_rxq, MEM_TYPE_XSK_BUFF_POOL,
					 NULL);
	if (err) {
		xdp_rxq_info_unreg(&vec->xsk_rxq);
		return err;
	}
	xsk_pool_set_rxq_info(pool, &vec->xsk_rxq);
	return 0;
}

static int weftnic_xsk_enable(struct weftnic_adapter *ad,
			      struct xsk_buff_pool *pool, u16 queue)
{
	struct weftnic_config cfg = ad->cfg;
	int err;

	/* Without scatter/gather virtio-net has no place for its header. */
	if (!(ad->features & NETIF_F_SG))
		return -EOPNOTSUPP;
	if (queue >= ad->n_vectors)
		return -EINVAL;
	if (cfg.xsk[queue])
		return -EBUSY;
	if (netif_running(ad->netdev) && !netif_device_present(ad->netdev))
		return -ENODEV;
	cfg.xsk[queue] = pool;
	if (!weftnic_xsk_fits(&cfg))
		return -EOPNOTSUPP;
	err = xsk_pool_dma_map(pool, &ad->pdev->dev, WEFTNIC_XSK_ATTRS);
	if (err)
		return err;
	err = weftnic_xsk_register(&ad->vec[queue], pool);
	if (err) {
		xsk_pool_dma_unmap(pool, WEFTNIC_XSK_ATTRS);
		return err;
	}
	weftnic_switch_xsk(ad, queue, pool);
	return 0;
}

static int weftnic_xsk_disable(struct weftnic_adapter *ad, u16 queue)
{
	struct xsk_buff_pool *pool;

	if (queue >= WEFTNIC_MAX_VECTORS || !ad->cfg.xsk[queue])
		return -EINVAL;
	pool = ad->cfg.xsk[queue];
	weftnic_switch_xsk(ad, queue, NULL);
	xdp_rxq_info_unreg(&ad->vec[queue].xsk_rxq);
	xsk_pool_dma_unmap(pool, WEFTNIC_XSK_ATTRS);
	return 0;
}

/**
 * weftnic_xsk_setup() - give a queue chunks of AF_XDP sockets, or take them away
 * @ad: adapter
 * @pool: chunks, or NULL
 * @queue: queue pair
 *
 * Taking away does not fail: the chunks go whatever happens. rtnl held.
 *
 * Return: 0; -EOPNOTSUPP for a device without scatter/gather, or chunks that are
 * too small for the MTU; -EINVAL for a queue that is not there; -ENODEV while the
 * device is detached; -ENOMEM; -EBUSY; with nothing changed.
 */
int weftnic_xsk_setup(struct weftnic_adapter *ad, struct xsk_buff_pool *pool,
		      u16 queue)
{
	return pool ? weftnic_xsk_enable(ad, pool, queue) :
		      weftnic_xsk_disable(ad, queue);
}
