/* SPDX-License-Identifier: GPL-2.0 */
/*
 * AF_XDP without a copy: the device fills, and sends from, chunks of memory that
 * sockets have given a queue. Templates like rx.h and tx.h; virtio-net has its own
 * (virtio/xsk.h), of the pieces here.
 *
 * A receive ring holds chunks while the queue has a pool of them and the device a
 * program, since only a program sends frames to sockets. A transmit ring takes
 * frames from the pool's sockets in each poll, beside what the stack sends.
 *
 * The pool's four rings have one user each at this end: fill and receive ring
 * NAPI, transmit and completion ring the holder of netif_tx_lock.
 */
#ifndef WEFTNIC_XSK_H
#define WEFTNIC_XSK_H

#include "compat_xdp.h"
#include "rx.h"
#include "tx.h"

/* Most frames of sockets' that one poll sends. */
#define WEFTNIC_XSK_BATCH	64

void weftnic_xsk_set_rx(struct weftnic_rx_ring *ring,
			const struct weftnic_config *cfg);
void weftnic_xsk_drop(struct weftnic_rx_ring *ring, struct xdp_buff *xdp,
		      const struct weftnic_rx_meta *meta);
u32 weftnic_xsk_run(struct weftnic_rx_ring *ring, struct xdp_buff *xdp, u16 len);
struct xdp_frame *weftnic_xsk_copy(struct weftnic_rx_ring *ring,
				   struct xdp_buff *xdp);
void weftnic_xsk_unsent(struct weftnic_rx_ring *ring, struct xdp_frame *frame);
struct sk_buff *weftnic_xsk_build(struct weftnic_rx_ring *ring,
				  struct xdp_buff *xdp);
bool weftnic_xsk_rx_starved(struct weftnic_rx_ring *ring);
dma_addr_t weftnic_xsk_pad(struct weftnic_tx_ring *ring,
			   const struct xdp_desc *desc);

/* --- receive ----------------------------------------------------------------- */

/* Give the device a batch of chunks; false: there were too few. */
static __always_inline bool
weftnic_xsk_refill(struct weftnic_rx_ring *ring,
		   const struct weftnic_rxd_ops *ops)
{
	u16 i = ring->next_to_use, n;

	for (n = 0; n < WEFTNIC_RX_BATCH; n++) {
		struct xdp_buff *xdp = xsk_buff_alloc(ring->xsk);

		if (!xdp)
			break;
		ring->buf[i].xdp = xdp;
		ops->post(ring, i, xsk_buff_xdp_get_dma(xdp));
		i = (i + 1) & ring->mask;
	}
	if (n) {
		ring->next_to_use = i;
		writel(i, ring->tail);
	}
	return n == WEFTNIC_RX_BATCH;
}

/* A frame has met its program: to the stack with what is left to it. */
static __always_inline void
weftnic_xsk_end(struct weftnic_rx_ring *ring, struct xdp_buff *xdp, u32 act,
		const struct weftnic_rx_meta *meta,
		struct weftnic_rx_sums *sums)
{
	struct sk_buff *skb = NULL;

	if (act == XDP_PASS)
		skb = weftnic_xsk_build(ring, xdp);
	if (skb) {
		weftnic_rx_deliver(ring, skb, meta, sums);
	} else {
		sums->packets++;
		sums->bytes += meta->len;
	}
}

/*
 * XDP_TX: a copy goes out, so that the chunk is free for the next frame. The vector's
 * netif_tx_lock is held if there is one, and until weftnic_xsk_tx_end().
 */
static __always_inline struct xdp_frame *
weftnic_xsk_tx_begin(struct weftnic_rx_ring *ring, struct xdp_buff *xdp)
{
	struct xdp_frame *frame = weftnic_xsk_copy(ring, xdp);

	if (likely(frame))
		__netif_tx_lock(ring->vec->tx->txq, smp_processor_id());
	return frame;
}

static __always_inline void weftnic_xsk_tx_end(struct weftnic_rx_ring *ring,
					       struct xdp_frame *frame,
					       bool sent)
{
	__netif_tx_unlock(ring->vec->tx->txq);
	if (unlikely(!sent))
		weftnic_xsk_unsent(ring, frame);
}

static __always_inline void
weftnic_xsk_tx(struct weftnic_rx_ring *ring, struct xdp_buff *xdp,
	       const struct weftnic_txd_ops *ops)
{
	struct xdp_frame *frame = weftnic_xsk_tx_begin(ring, xdp);

	if (likely(frame))
		weftnic_xsk_tx_end(ring, frame,
				   weftnic_xdp_put_frame(ring->vec->tx, frame,
							 false, ops));
}

/* One descriptor's way. A frame is in one chunk, or it is dropped. */
static __always_inline void
weftnic_xsk_rx_one(struct weftnic_rx_ring *ring, struct xdp_buff *xdp,
		   const struct weftnic_rx_meta *meta,
		   struct weftnic_rx_sums *sums,
		   const struct weftnic_txd_ops *tx_ops)
{
	u32 act;

	if (unlikely(!meta->eop || meta->bad || ring->discard ||
		     meta->len < ETH_HLEN || meta->len > ring->xsk_len)) {
		weftnic_xsk_drop(ring, xdp, meta);
		return;
	}
	act = weftnic_xsk_run(ring, xdp, meta->len);
	if (act == XDP_TX)
		weftnic_xsk_tx(ring, xdp, tx_ops);
	weftnic_xsk_end(ring, xdp, act, meta, sums);
}

/*
 * Sockets say when they have given more chunks, once they were asked to.
 *
 * Return: there were too few; one more look is for what they gave just before.
 */
static __always_inline bool weftnic_xsk_rx_end(struct weftnic_rx_ring *ring,
					       bool enough, int budget,
					       int *done)
{
	if (likely(enough)) {
		xsk_clear_rx_need_wakeup(ring->xsk);
		return false;
	}
	if (weftnic_xsk_rx_starved(ring))
		*done = budget;
	return true;
}

/* As weftnic_rx_poll(), for a ring of chunks. */
static __always_inline int
weftnic_xsk_rx_poll(struct weftnic_rx_ring *ring, int budget,
		    const struct weftnic_rxd_ops *ops,
		    const struct weftnic_txd_ops *tx_ops)
{
	struct weftnic_rx_sums sums = {};
	struct weftnic_rx_meta meta;
	bool enough = true;
	int done = 0;

	while (done < budget) {
		u16 i = ring->next_to_clean;

		if (enough && weftnic_rx_lack(ring) >= WEFTNIC_RX_BATCH)
			enough = weftnic_xsk_refill(ring, ops);
		if (i == ring->next_to_use || !ops->fetch(ring, i, &meta))
			break;
		ring->next_to_clean = (i + 1) & ring->mask;
		weftnic_xsk_rx_one(ring, ring->buf[i].xdp, &meta, &sums, tx_ops);
		done++;
	}
	weftnic_rx_poll_end(ring, &sums);
	if (weftnic_xsk_rx_end(ring, enough, budget, &done))
		weftnic_xsk_refill(ring, ops);
	return done;
}

/* --- transmit ---------------------------------------------------------------- */

/* Account for a frame of a socket's in the entry that it ends with. */
static __always_inline void weftnic_xsk_commit(struct weftnic_tx_buf *buf,
					       struct xsk_buff_pool *pool,
					       unsigned int bytes)
{
	buf->xsk = pool;
	buf->kind = WEFTNIC_TX_XSK;
	buf->segs = 1;
	buf->bytes = bytes;
}

/*
 * Write a frame's descriptor; there is one free. Devices want no less than
 * Ethernet's least, and behind a short frame is what the socket did not mean to
 * send.
 */
static __always_inline void
weftnic_xsk_put(struct weftnic_tx_ring *ring, const struct xdp_desc *desc,
		const struct weftnic_txd_ops *ops)
{
	struct weftnic_tx_buf *buf;
	u32 len = max_t(u32, desc->len, ETH_ZLEN);
	dma_addr_t dma;

	if (unlikely(len != desc->len)) {
		dma = weftnic_xsk_pad(ring, desc);
	} else {
		dma = xsk_buff_raw_get_dma(ring->xsk, desc->addr);
		xsk_buff_raw_dma_sync_for_device(ring->xsk, dma, len);
	}
	buf = weftnic_tx_put(ring, ops, dma, len, false, ops->plain, true);
	weftnic_xsk_commit(buf, ring->xsk, len);
}

/*
 * The sockets' turn to send, with netif_tx_lock held; false if there is no link. They
 * are asked to say when there is more before the look at what there is.
 */
static __always_inline bool weftnic_xsk_xmit_begin(struct weftnic_tx_ring *ring)
{
	if (xsk_uses_need_wakeup(ring->xsk))
		xsk_set_tx_need_wakeup(ring->xsk);
	if (unlikely(!netif_carrier_ok(ring->vec->adapter->netdev)))
		return false;
	__netif_tx_lock(ring->txq, smp_processor_id());
	return true;
}

/* Of its end, with @n frames taken from the sockets. */
static __always_inline void weftnic_xsk_xmit_end(struct weftnic_tx_ring *ring,
						 unsigned int n)
{
	if (n) {
		xsk_tx_release(ring->xsk);
		txq_trans_cond_update(ring->txq);
	}
	__netif_tx_unlock(ring->txq);
}

/*
 * Up to half the ring is the sockets', so that the stack is not kept from it. The
 * poll's end rings the doorbell.
 *
 * Return: frames written.
 */
static __always_inline unsigned int
weftnic_xsk_xmit(struct weftnic_tx_ring *ring, const struct weftnic_txd_ops *ops)
{
	struct xdp_desc desc;
	unsigned int n = 0;

	if (unlikely(!weftnic_xsk_xmit_begin(ring)))
		return 0;
	weftnic_tx_reclaim(ring, ops);
	while (n < WEFTNIC_XSK_BATCH &&
	       weftnic_tx_free(ring) > ring->mask / 2 &&
	       xsk_tx_peek_desc(ring->xsk, &desc)) {
		weftnic_xsk_put(ring, &desc, ops);
		n++;
	}
	weftnic_xsk_xmit_end(ring, n);
	return n;
}

/*
 * Both directions of a queue that has chunks of sockets.
 *
 * Return: descriptors received, or @budget to be called again.
 */
static __always_inline int
weftnic_xsk_poll(struct weftnic_vector *vec, int budget,
		 const struct weftnic_rxd_ops *rxd,
		 const struct weftnic_txd_ops *txd)
{
	int done;

	if (vec->rx->xsk)
		done = weftnic_xsk_rx_poll(vec->rx, budget, rxd, txd);
	else
		done = weftnic_rx_poll(vec->rx, budget, rxd, txd);
	if (weftnic_xsk_xmit(vec->tx, txd) == WEFTNIC_XSK_BATCH)
		done = budget;
	return done;
}

#endif /* WEFTNIC_XSK_H */
