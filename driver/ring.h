/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Descriptor rings. A ring has a power of two of descriptors, one of which
 * stays unused, since equal head and tail mean "empty" to the devices.
 *
 * Three indices part a transmit ring (each taken modulo its size):
 *
 *      next_to_clean       batch_start        next_to_use
 *            |                  |                  |
 *   ... free | with the device  | not yet told of  | free ...
 *
 * and two a receive ring: [next_to_clean, next_to_use) holds buffers.
 */
#ifndef WEFTNIC_RING_H
#define WEFTNIC_RING_H

#include <linux/dma-mapping.h>
#include <net/page_pool/helpers.h>
#include <net/xdp.h>

#include "weftnic.h"

/* What the last descriptor of a frame holds, to be given back when it is done. */
enum weftnic_tx_kind {
	WEFTNIC_TX_SKB,
	WEFTNIC_TX_XDP,		/* a frame that XDP sent */
	WEFTNIC_TX_XSK,		/* a frame in a chunk of an AF_XDP socket's */
};

/**
 * struct weftnic_tx_buf - what the driver knows of a transmit descriptor
 * @skb: in the last descriptor of a frame, the skb to free; else NULL
 * @frame: the same for what XDP sent
 * @xsk: the same for what an AF_XDP socket sent: its pool
 * @kind: &enum weftnic_tx_kind: which of the three
 * @own: @frame is of this vector's own receive ring, whose pages stay mapped
 * @dma: bus address to unmap
 * @len: bytes to unmap; 0 for what is not ours to unmap
 * @last: in the first descriptor of a batch, the index of the descriptor whose
 *	completion the device reports for all of it; virtio: of a socket's frame,
 *	its number among those
 * @segs: beside @skb, frames on the wire
 * @bytes: beside @skb, their bytes
 */
struct weftnic_tx_buf {
	union {
		struct sk_buff *skb;
		struct xdp_frame *frame;
		struct xsk_buff_pool *xsk;
	};
	dma_addr_t dma;
	u16 len;
	u8 kind : 2;
	u8 own : 1;
	u16 last;
	u16 segs;
	u32 bytes;
};

/**
 * struct weftnic_tx_ring - a transmit ring
 * @desc: descriptors, in the device's format
 * @buf: one entry per descriptor
 * @tail: doorbell register
 * @txq: the stack's queue; its netif_tx_lock guards everything here
 * @dev: for DMA mapping
 * @vec: owner
 * @mask: descriptors minus one
 * @next_to_use: next descriptor to write
 * @next_to_clean: oldest descriptor not yet given back
 * @batch_start: first descriptor that the device has not been told of
 * @late: this ring is on the list of a poll of another vector, whose end will ring
 *	the doorbell
 * @late_next: next ring on that list; NULL for none
 * @ctx: the offload context that the device holds; zero for none
 * @bulk: during a reclaim: pages of XDP's frames, on their way to their pool
 * @xsk: chunks of AF_XDP sockets that send from here without a copy, or NULL.
 *	Changes while the interface is down
 * @hdr: header copies for frames segmented by the driver, and what is shorter
 *	than Ethernet's least, one slot of WEFTNIC_TSO_HDR_LEN bytes per
 *	descriptor
 * @hdr_dma: bus address of @hdr
 * @priv: the back end's own, if it has any
 * @desc_dma: bus address of @desc
 * @desc_size: bytes of @desc
 *
 * Made and freed under rtnl while the queue is stopped.
 */
struct weftnic_tx_ring {
	void *desc;
	struct weftnic_tx_buf *buf;
	void __iomem *tail;
	struct netdev_queue *txq;
	struct device *dev;
	struct weftnic_vector *vec;
	u16 mask;
	u16 next_to_use;
	u16 next_to_clean;
	u16 batch_start;
	bool late;
	struct weftnic_tx_ring *late_next;
	u64 ctx[2];
	struct xdp_frame_bulk bulk;
	struct xsk_buff_pool *xsk;
	u8 *hdr;
	dma_addr_t hdr_dma;
	void *priv;

	dma_addr_t desc_dma;
	size_t desc_size;
};

/* Bytes that a device puts into a buffer with an MTU of up to 1500. */
#define WEFTNIC_RX_LEN		1536
/* Bytes that it puts into one buffer of a long frame, or with XDP. */
#define WEFTNIC_RX_JUMBO_LEN	2048

/* Largest header that the driver segments by itself. */
#define WEFTNIC_TSO_HDR_LEN	256

/**
 * struct weftnic_rx_buf - a receive buffer
 * @page: a page of the ring's pool
 * @xdp: of a ring with chunks of AF_XDP sockets instead: one of them
 * @offset: where in the page the buffer's slot begins, in bytes
 */
struct weftnic_rx_buf {
	union {
		struct page *page;
		struct xdp_buff *xdp;
	};
	u32 offset;
};

/**
 * struct weftnic_rx_ring - a receive ring
 * @desc: descriptors, in the device's format
 * @buf: one entry per descriptor
 * @tail: doorbell register
 * @pool: pages, mapped for DMA as long as they are the pool's
 * @dev: for DMA syncs
 * @skb: frame whose last descriptor has not come yet, or NULL
 * @vec: owner
 * @mask: descriptors minus one
 * @next_to_use: next descriptor to fill
 * @next_to_clean: next descriptor that the device will report
 * @slot: bytes of page per buffer: headroom, data and skb_shared_info
 * @headroom: bytes before the data
 * @buf_len: most bytes that the device may put into a buffer
 * @discard: drop up to and including the next end of frame
 * @redirected: frames went elsewhere in this poll, whose end tells it
 * @prog: XDP program, or NULL. It may be replaced by another while NAPI runs;
 *	that one is freed after an RCU grace period
 * @xdp: with @prog, the frame under way; its data is NULL for none
 * @rxq: with @prog, what XDP knows of this ring
 * @xsk: chunks of AF_XDP sockets, which the device fills instead of pages, or
 *	NULL. Changes while the interface is down
 * @xsk_len: most bytes that the device may put into one of them
 * @priv: the back end's own, if it has any
 * @desc_dma: bus address of @desc
 * @desc_size: bytes of @desc
 *
 * Made and freed under rtnl while NAPI is off; in between NAPI's own.
 */
struct weftnic_rx_ring {
	void *desc;
	struct weftnic_rx_buf *buf;
	void __iomem *tail;
	struct page_pool *pool;
	struct device *dev;
	struct sk_buff *skb;
	struct weftnic_vector *vec;
	u16 mask;
	u16 next_to_use;
	u16 next_to_clean;
	u32 slot;
	u16 headroom;
	u16 buf_len;
	bool discard;
	bool redirected;
	struct bpf_prog *prog;
	struct xdp_buff xdp;
	struct xdp_rxq_info rxq;
	struct xsk_buff_pool *xsk;
	u16 xsk_len;
	void *priv;

	dma_addr_t desc_dma;
	size_t desc_size;
};

/* Descriptors of a transmit ring that may be written. */
static inline u16 weftnic_tx_free(const struct weftnic_tx_ring *ring)
{
	return (ring->next_to_clean - ring->next_to_use - 1) & ring->mask;
}

/* Buffers that a receive ring lacks. */
static inline u16 weftnic_rx_lack(const struct weftnic_rx_ring *ring)
{
	return (ring->next_to_clean - ring->next_to_use - 1) & ring->mask;
}

/* Bus address of a receive buffer's data. */
static inline dma_addr_t weftnic_rx_dma(const struct weftnic_rx_ring *ring,
					const struct weftnic_rx_buf *buf)
{
	return page_pool_get_dma_addr(buf->page) + buf->offset + ring->headroom;
}

int weftnic_rings_alloc(struct weftnic_adapter *ad,
			const struct weftnic_config *cfg,
			struct weftnic_rings *rings);
void weftnic_rings_free(struct weftnic_rings *rings);
void weftnic_rings_install(struct weftnic_adapter *ad,
			   const struct weftnic_rings *rings);
void weftnic_rings_take(struct weftnic_adapter *ad, struct weftnic_rings *rings);
void weftnic_tx_ring_drop(struct weftnic_tx_ring *ring);
void weftnic_rx_ring_drop(struct weftnic_rx_ring *ring);
void weftnic_rx_ring_empty(struct weftnic_rx_ring *ring);

#endif /* WEFTNIC_RING_H */
