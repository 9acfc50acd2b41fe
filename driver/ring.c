// SPDX-License-Identifier: GPL-2.0
/* Memory of the descriptor rings: made whole, or not at all. */

#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "ring.h"
#include "tx.h"

/*
 * Three layouts of a receive buffer:
 *
 * - up to an Ethernet MTU a slot is half a page. The device drops longer
 *   frames (long packet enable is off), so no frame reaches the slot's tail;
 * - above, a slot is a page, the device fills WEFTNIC_RX_JUMBO_LEN bytes of
 *   it, and a long frame takes several, the first of which becomes the skb's
 *   linear part and the others its fragments;
 * - with an XDP program likewise, whatever the MTU, and with the headroom that
 *   such programs may count on.
 *
 * All leave room to build an skb around the buffer without a copy.
 */
#define WEFTNIC_RX_SLOT		2048
#define WEFTNIC_RX_HEADROOM	192
#define WEFTNIC_RX_LEN		1536

static_assert(WEFTNIC_RX_HEADROOM + WEFTNIC_RX_LEN +
	      SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) <= WEFTNIC_RX_SLOT);
static_assert(WEFTNIC_RX_HEADROOM + WEFTNIC_RX_JUMBO_LEN +
	      SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) <= PAGE_SIZE);
static_assert(XDP_PACKET_HEADROOM + WEFTNIC_RX_JUMBO_LEN +
	      SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) <= PAGE_SIZE);
static_assert(WEFTNIC_MAX_FRAME(ETH_DATA_LEN) <= WEFTNIC_RX_LEN);

static void weftnic_rx_ring_free(struct weftnic_rx_ring *ring)
{
	u16 i;

	if (!ring)
		return;
	weftnic_rx_ring_drop(ring);
	if (xdp_rxq_info_is_reg(&ring->rxq))
		xdp_rxq_info_unreg(&ring->rxq);
	if (ring->pool) {
		for (i = ring->next_to_clean; i != ring->next_to_use;
		     i = (i + 1) & ring->mask)
			page_pool_put_full_page(ring->pool, ring->buf[i].page,
						false);
		page_pool_destroy(ring->pool);
	}
	if (ring->vec->adapter->hw->rx_ring_exit)
		ring->vec->adapter->hw->rx_ring_exit(ring);
	if (ring->desc)
		dma_free_coherent(ring->dev, ring->desc_size, ring->desc,
				  ring->desc_dma);
	kvfree(ring->buf);
	kfree(ring);
}

static int weftnic_rx_ring_fill(struct weftnic_rx_ring *ring)
{
	while (weftnic_rx_lack(ring)) {
		struct weftnic_rx_buf *buf = &ring->buf[ring->next_to_use];

		buf->page = page_pool_alloc_frag(ring->pool, &buf->offset,
						 ring->slot, GFP_KERNEL);
		if (!buf->page)
			return -ENOMEM;
		ring->next_to_use++;
	}
	return 0;
}

/* XDP frames may be sent from where they are, so that the device reads them. */
static struct page_pool *weftnic_rx_pool(struct weftnic_adapter *ad,
					 const struct weftnic_config *cfg)
{
	struct page_pool_params params = {
		.flags = PP_FLAG_DMA_MAP | PP_FLAG_DMA_SYNC_DEV,
		.pool_size = cfg->rx_count,
		.nid = NUMA_NO_NODE,
		.dev = &ad->pdev->dev,
		.dma_dir = cfg->prog ? DMA_BIDIRECTIONAL : DMA_FROM_DEVICE,
		.max_len = PAGE_SIZE,
	};

	return page_pool_create(&params);
}

/* Make the ring known to XDP. */
static int weftnic_rx_ring_xdp(struct weftnic_rx_ring *ring,
			       struct bpf_prog *prog)
{
	struct weftnic_vector *vec = ring->vec;
	int err;

	err = xdp_rxq_info_reg(&ring->rxq, vec->adapter->netdev, vec->index,
			       vec->napi.napi_id);
	if (err)
		return err;
	ring->prog = prog;
	return xdp_rxq_info_reg_mem_model(&ring->rxq, MEM_TYPE_PAGE_POOL,
					  ring->pool);
}

static struct weftnic_rx_ring *
weftnic_rx_ring_alloc(struct weftnic_vector *vec,
		      const struct weftnic_config *cfg)
{
	struct weftnic_adapter *ad = vec->adapter;
	struct weftnic_rx_ring *ring;
	struct page_pool *pool;
	bool jumbo = cfg->mtu > ETH_DATA_LEN || cfg->prog;

	ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	if (!ring)
		return NULL;
	ring->vec = vec;
	ring->dev = &ad->pdev->dev;
	ring->mask = cfg->rx_count - 1;
	ring->slot = jumbo ? PAGE_SIZE : WEFTNIC_RX_SLOT;
	ring->buf_len = jumbo ? WEFTNIC_RX_JUMBO_LEN : WEFTNIC_RX_LEN;
	ring->headroom = cfg->prog ? XDP_PACKET_HEADROOM : WEFTNIC_RX_HEADROOM;

	ring->buf = kvcalloc(cfg->rx_count, sizeof(*ring->buf), GFP_KERNEL);
	if (!ring->buf)
		goto err;
	ring->desc_size = cfg->rx_count * ad->hw->rx_desc_size;
	ring->desc = dma_alloc_coherent(ring->dev, ring->desc_size,
					&ring->desc_dma, GFP_KERNEL);
	if (!ring->desc)
		goto err;
	if (ad->hw->rx_ring_init && ad->hw->rx_ring_init(ring))
		goto err;
	pool = weftnic_rx_pool(ad, cfg);
	if (IS_ERR(pool))
		goto err;
	ring->pool = pool;
	if (cfg->prog && weftnic_rx_ring_xdp(ring, cfg->prog))
		goto err;
	if (weftnic_rx_ring_fill(ring))
		goto err;
	return ring;

err:
	weftnic_rx_ring_free(ring);
	return NULL;
}

static void weftnic_tx_ring_free(struct weftnic_tx_ring *ring)
{
	if (!ring)
		return;
	if (ring->desc && ring->buf)
		weftnic_tx_ring_drop(ring);
	if (ring->vec->adapter->hw->tx_ring_exit)
		ring->vec->adapter->hw->tx_ring_exit(ring);
	if (ring->hdr)
		dma_free_coherent(ring->dev,
				  (ring->mask + 1) * WEFTNIC_TSO_HDR_LEN,
				  ring->hdr, ring->hdr_dma);
	if (ring->desc)
		dma_free_coherent(ring->dev, ring->desc_size, ring->desc,
				  ring->desc_dma);
	kvfree(ring->buf);
	kfree(ring);
}

static int weftnic_tx_hdr_alloc(struct weftnic_tx_ring *ring)
{
	ring->hdr = dma_alloc_coherent(ring->dev,
				       (ring->mask + 1) * WEFTNIC_TSO_HDR_LEN,
				       &ring->hdr_dma, GFP_KERNEL);
	return ring->hdr ? 0 : -ENOMEM;
}

static struct weftnic_tx_ring *
weftnic_tx_ring_alloc(struct weftnic_vector *vec,
		      const struct weftnic_config *cfg)
{
	struct weftnic_adapter *ad = vec->adapter;
	struct weftnic_tx_ring *ring;
	int err;

	ring = kzalloc(sizeof(*ring), GFP_KERNEL);
	if (!ring)
		return NULL;
	ring->vec = vec;
	ring->dev = &ad->pdev->dev;
	ring->txq = netdev_get_tx_queue(ad->netdev, vec->index);
	ring->mask = cfg->tx_count - 1;
	ring->poll_cpu = -1;

	ring->buf = kvcalloc(cfg->tx_count, sizeof(*ring->buf), GFP_KERNEL);
	if (!ring->buf)
		goto err;
	ring->desc_size = cfg->tx_count * ad->hw->tx_desc_size;
	ring->desc = dma_alloc_coherent(ring->dev, ring->desc_size,
					&ring->desc_dma, GFP_KERNEL);
	if (!ring->desc)
		goto err;
	err = ad->hw->tx_ring_init ? ad->hw->tx_ring_init(ring) :
				     weftnic_tx_hdr_alloc(ring);
	if (err)
		goto err;
	return ring;

err:
	weftnic_tx_ring_free(ring);
	return NULL;
}

/**
 * weftnic_rings_alloc() - build a set of rings
 * @ad: adapter
 * @cfg: their sizes
 * @rings: result; valid on success only
 *
 * Receive rings come full of buffers. Process context, rtnl held.
 *
 * Return: 0 or -ENOMEM, with nothing left behind.
 */
int weftnic_rings_alloc(struct weftnic_adapter *ad,
			const struct weftnic_config *cfg,
			struct weftnic_rings *rings)
{
	unsigned int i;

	memset(rings, 0, sizeof(*rings));
	for (i = 0; i < cfg->queues; i++) {
		rings->rx[i] = weftnic_rx_ring_alloc(&ad->vec[i], cfg);
		rings->tx[i] = weftnic_tx_ring_alloc(&ad->vec[i], cfg);
		if (!rings->rx[i] || !rings->tx[i]) {
			weftnic_rings_free(rings);
			return -ENOMEM;
		}
	}
	return 0;
}

/**
 * weftnic_rings_free() - free a set of rings that is in no device's hands
 * @rings: rings; pointers may be NULL
 *
 * Frames still in them are dropped. Process context, rtnl held.
 */
void weftnic_rings_free(struct weftnic_rings *rings)
{
	unsigned int i;

	for (i = 0; i < WEFTNIC_MAX_VECTORS; i++) {
		weftnic_rx_ring_free(rings->rx[i]);
		weftnic_tx_ring_free(rings->tx[i]);
	}
	memset(rings, 0, sizeof(*rings));
}

/**
 * weftnic_rings_install() - make a set of rings the vectors' own
 * @ad: adapter, down
 * @rings: rings
 */
void weftnic_rings_install(struct weftnic_adapter *ad,
			   const struct weftnic_rings *rings)
{
	unsigned int i;

	for (i = 0; i < WEFTNIC_MAX_VECTORS; i++) {
		ad->vec[i].rx = rings->rx[i];
		ad->vec[i].tx = rings->tx[i];
	}
}

/**
 * weftnic_rings_take() - take the vectors' rings away
 * @ad: adapter, down
 * @rings: the rings that were in use
 */
void weftnic_rings_take(struct weftnic_adapter *ad, struct weftnic_rings *rings)
{
	unsigned int i;

	for (i = 0; i < WEFTNIC_MAX_VECTORS; i++) {
		rings->rx[i] = ad->vec[i].rx;
		rings->tx[i] = ad->vec[i].tx;
		ad->vec[i].rx = NULL;
		ad->vec[i].tx = NULL;
	}
}

/**
 * weftnic_tx_ring_drop() - give back every frame of a stopped ring
 * @ring: ring, which the device and the stack have left
 *
 * Leaves the ring empty, at its beginning, without an offload context.
 */
void weftnic_tx_ring_drop(struct weftnic_tx_ring *ring)
{
	while (ring->next_to_clean != ring->next_to_use) {
		struct weftnic_tx_buf *buf = &ring->buf[ring->next_to_clean];

		weftnic_tx_unmap(ring, buf);
		weftnic_tx_free_frame(buf);
		ring->next_to_clean = (ring->next_to_clean + 1) & ring->mask;
	}
	ring->next_to_use = 0;
	ring->next_to_clean = 0;
	ring->batch_start = 0;
	memset(ring->ctx, 0, sizeof(ring->ctx));
}

/**
 * weftnic_rx_ring_drop() - forget a frame that was only half received
 * @ring: ring, which the device and NAPI have left
 */
void weftnic_rx_ring_drop(struct weftnic_rx_ring *ring)
{
	dev_kfree_skb_any(ring->skb);
	ring->skb = NULL;
	if (ring->xdp.data)
		xdp_return_buff(&ring->xdp);
	ring->xdp.data = NULL;
	ring->discard = false;
}
