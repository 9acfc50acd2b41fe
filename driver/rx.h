/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The receive road, as templates: a back end instantiates weftnic_rx_poll()
 * with its own constant struct weftnic_rxd_ops, and the compiler sees through
 * every call.
 */
#ifndef WEFTNIC_RX_H
#define WEFTNIC_RX_H

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/skbuff.h>

#include "ring.h"
#include "xdp.h"

/*
 * Buffers are given to the device this many at a time: one doorbell each. A
 * ring holds at least twice as many.
 */
#define WEFTNIC_RX_BATCH	32

/* A frame may not grow past what the devices can receive. */
#define WEFTNIC_RX_MAX_FRAME	16384

/* What a device may say of a frame's checksum. */
enum weftnic_rx_csum {
	WEFTNIC_RX_CSUM_NONE,
	WEFTNIC_RX_CSUM_OK,
	WEFTNIC_RX_CSUM_BAD,
};

/**
 * struct weftnic_rx_meta - a receive descriptor, read and translated
 * @len: bytes in the buffer, as the device says: not to be believed
 * @eop: last buffer of a frame
 * @bad: the device marks the frame as damaged (with @eop)
 * @csum: &enum weftnic_rx_csum (with @eop)
 * @vlan: a VLAN tag was taken off the frame (with @eop)
 * @tci: the tag's control information
 * @hash_type: &enum pkt_hash_types: over what @hash is (with @eop)
 * @hash: of the frame's flow
 */
struct weftnic_rx_meta {
	u16 len;
	bool eop;
	bool bad;
	u8 csum;
	bool vlan;
	u16 tci;
	u8 hash_type;
	u32 hash;
};

/**
 * struct weftnic_rxd_ops - a device's receive descriptors
 * @fetch: if the device is done with descriptor @i, translate it and return
 *	true; nothing else of the descriptor is read before
 * @post: write descriptor @i for a buffer at @dma
 */
struct weftnic_rxd_ops {
	bool (*fetch)(const struct weftnic_rx_ring *ring, u16 i,
		      struct weftnic_rx_meta *meta);
	void (*post)(const struct weftnic_rx_ring *ring, u16 i, dma_addr_t dma);
};

/**
 * struct weftnic_rx_sums - what one poll adds to the counters
 * @packets: see struct weftnic_rx_stats
 * @bytes: likewise
 */
struct weftnic_rx_sums {
	unsigned int packets;
	unsigned int bytes;
};

#define weftnic_rx_count(ring, counter) \
	do { \
		struct weftnic_vector *_vec = (ring)->vec; \
		\
		u64_stats_update_begin(&_vec->rx_syncp); \
		u64_stats_inc(&_vec->rx_stats.counter); \
		u64_stats_update_end(&_vec->rx_syncp); \
	} while (0)

struct sk_buff *weftnic_rx_chain(struct weftnic_rx_ring *ring,
				 struct weftnic_rx_buf *buf,
				 const struct weftnic_rx_meta *meta);

/* Give the device all buffers that there is page for, in whole batches. */
static __always_inline void
weftnic_rx_refill(struct weftnic_rx_ring *ring,
		  const struct weftnic_rxd_ops *ops)
{
	u16 i = ring->next_to_use, n;

	for (n = 0; n < WEFTNIC_RX_BATCH; n++) {
		struct weftnic_rx_buf *buf = &ring->buf[i];

		buf->page = page_pool_dev_alloc_frag(ring->pool, &buf->offset,
						     ring->slot);
		if (unlikely(!buf->page)) {
			weftnic_rx_count(ring, no_page);
			break;
		}
		ops->post(ring, i, weftnic_rx_dma(ring, buf));
		i = (i + 1) & ring->mask;
	}
	if (unlikely(!n))
		return;
	ring->next_to_use = i;
	writel(i, ring->tail);
}

/* Give the device the buffers that a fresh or stopped ring holds. */
static __always_inline void
weftnic_rx_repost(struct weftnic_rx_ring *ring,
		  const struct weftnic_rxd_ops *ops)
{
	u16 i;

	for (i = ring->next_to_clean; i != ring->next_to_use;
	     i = (i + 1) & ring->mask)
		ops->post(ring, i, weftnic_rx_dma(ring, &ring->buf[i]));
}

/* Make the buffer an skb; on failure the buffer goes back to the pool. */
static __always_inline struct sk_buff *
weftnic_rx_build(struct weftnic_rx_ring *ring, struct weftnic_rx_buf *buf,
		 u16 len)
{
	void *slot = page_address(buf->page) + buf->offset;
	struct sk_buff *skb;

	net_prefetch(slot + ring->headroom);
	skb = napi_build_skb(slot, ring->slot);
	if (unlikely(!skb)) {
		page_pool_recycle_direct(ring->pool, buf->page);
		weftnic_rx_count(ring, no_skb);
		return NULL;
	}
	skb_mark_for_recycle(skb);
	skb_reserve(skb, ring->headroom);
	__skb_put(skb, len);
	return skb;
}

static __always_inline void
weftnic_rx_deliver(struct weftnic_rx_ring *ring, struct sk_buff *skb,
		   const struct weftnic_rx_meta *meta,
		   struct weftnic_rx_sums *sums)
{
	struct weftnic_vector *vec = ring->vec;

	sums->packets++;
	sums->bytes += skb->len;

	if (meta->csum == WEFTNIC_RX_CSUM_OK) {
		if (vec->adapter->netdev->features & NETIF_F_RXCSUM)
			skb->ip_summed = CHECKSUM_UNNECESSARY;
		weftnic_rx_count(ring, csum_ok);
	} else if (unlikely(meta->csum == WEFTNIC_RX_CSUM_BAD)) {
		weftnic_rx_count(ring, csum_bad);
	}
	if (meta->hash_type != PKT_HASH_TYPE_NONE &&
	    vec->adapter->netdev->features & NETIF_F_RXHASH)
		skb_set_hash(skb, meta->hash, meta->hash_type);
	skb->protocol = eth_type_trans(skb, vec->adapter->netdev);
	skb_record_rx_queue(skb, vec->index);
	if (meta->vlan)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), meta->tci);
	napi_gro_receive(&vec->napi, skb);
}

/*
 * The ring's frame, of @bytes, has met its program, and XDP_TX is done: to the
 * stack with what is left to it.
 */
static __always_inline void
weftnic_rx_xdp_end(struct weftnic_rx_ring *ring, u32 act, unsigned int bytes,
		   const struct weftnic_rx_meta *meta,
		   struct weftnic_rx_sums *sums)
{
	struct sk_buff *skb = NULL;

	if (act == XDP_PASS)
		skb = weftnic_xdp_build(ring);
	ring->xdp.data = NULL;
	if (skb) {
		weftnic_rx_deliver(ring, skb, meta, sums);
	} else {
		sums->packets++;
		sums->bytes += bytes;
	}
}

/* One descriptor's way where a program sees the frames first. */
static __always_inline void
weftnic_rx_xdp(struct weftnic_rx_ring *ring, struct weftnic_rx_buf *buf,
	       const struct weftnic_rx_meta *meta, struct weftnic_rx_sums *sums,
	       const struct weftnic_txd_ops *tx_ops)
{
	unsigned int bytes;
	u32 act;

	if (!weftnic_xdp_collect(ring, buf, meta))
		return;
	bytes = xdp_get_buff_len(&ring->xdp);
	act = weftnic_xdp_run(ring);
	if (act == XDP_TX && !weftnic_xdp_tx(ring, tx_ops))
		act = weftnic_xdp_unsent(ring);
	weftnic_rx_xdp_end(ring, act, bytes, meta, sums);
}

/*
 * One descriptor's way: whole frames are built in place; anything out of the
 * ordinary (a chain, a bad length, a damaged frame) leaves the fast path.
 */
static __always_inline void
weftnic_rx_one(struct weftnic_rx_ring *ring, struct weftnic_rx_buf *buf,
	       const struct weftnic_rx_meta *meta, struct weftnic_rx_sums *sums,
	       const struct weftnic_txd_ops *tx_ops)
{
	struct sk_buff *skb;

	dma_sync_single_range_for_cpu(ring->dev,
				      page_pool_get_dma_addr(buf->page),
				      buf->offset + ring->headroom,
				      min(meta->len, ring->buf_len),
				      DMA_FROM_DEVICE);

	if (READ_ONCE(ring->prog)) {
		weftnic_rx_xdp(ring, buf, meta, sums, tx_ops);
		return;
	}
	if (likely(meta->eop && !meta->bad && !ring->skb && !ring->discard &&
		   meta->len >= ETH_HLEN && meta->len <= ring->buf_len))
		skb = weftnic_rx_build(ring, buf, meta->len);
	else
		skb = weftnic_rx_chain(ring, buf, meta);
	if (likely(skb))
		weftnic_rx_deliver(ring, skb, meta, sums);
}

/*
 * What a poll found, and what is still to be found for it; what it redirected
 * goes out.
 */
static __always_inline void
weftnic_rx_poll_end(struct weftnic_rx_ring *ring,
		    const struct weftnic_rx_sums *sums)
{
	struct weftnic_vector *vec = ring->vec;

	if (unlikely(ring->redirected)) {
		ring->redirected = false;
		xdp_do_flush();
	}

	u64_stats_update_begin(&vec->rx_syncp);
	u64_stats_add(&vec->rx_stats.packets, sums->packets);
	u64_stats_add(&vec->rx_stats.bytes, sums->bytes);
	u64_stats_inc(&vec->rx_stats.polls);
	u64_stats_update_end(&vec->rx_syncp);

	/* Short of memory: the service work will poll again. */
	if (unlikely(weftnic_rx_lack(ring) > ring->mask - WEFTNIC_RX_BATCH / 2))
		weftnic_service_soon(vec->adapter, HZ / 20);
}

/*
 * Receive up to @budget descriptors. A frame of several counts several times,
 * so that a device which never ends a frame cannot hold the CPU. @tx_ops are for
 * what an XDP program sends back.
 */
static __always_inline int
weftnic_rx_poll(struct weftnic_rx_ring *ring, int budget,
		const struct weftnic_rxd_ops *ops,
		const struct weftnic_txd_ops *tx_ops)
{
	struct weftnic_rx_sums sums = {};
	struct weftnic_rx_meta meta;
	int done = 0;

	while (done < budget) {
		u16 i = ring->next_to_clean;

		if (weftnic_rx_lack(ring) >= WEFTNIC_RX_BATCH)
			weftnic_rx_refill(ring, ops);
		if (unlikely(i == ring->next_to_use) ||
		    !ops->fetch(ring, i, &meta))
			break;
		ring->next_to_clean = (i + 1) & ring->mask;
		weftnic_rx_one(ring, &ring->buf[i], &meta, &sums, tx_ops);
		done++;
	}
	weftnic_rx_poll_end(ring, &sums);
	return done;
}

#endif /* WEFTNIC_RX_H */
