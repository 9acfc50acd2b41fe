/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The transmit road, as templates: a back end instantiates weftnic_tx_xmit(),
 * weftnic_tx_poll_begin() and weftnic_tx_poll_end() with its own constant
 * struct weftnic_txd_ops, and the compiler sees through every call.
 *
 * Completion. The device is asked to report only the last descriptor of what
 * one doorbell announced, a batch. Right after the doorbell the ring is
 * reclaimed: a device that works synchronously (QEMU) has reported by then,
 * and no interrupt is ever needed. Only if frames are left does the driver
 * enable the completion interrupt, and looks once more, since the report may
 * have come just before.
 *
 * Doorbells. They wait for the end of an xmit_more burst, and for the end of a NAPI
 * poll that the frame is sent in (poll.h).
 */
#ifndef WEFTNIC_TX_H
#define WEFTNIC_TX_H

#include <linux/etherdevice.h>
#include <linux/irqflags.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <linux/weft.h>
#include <net/ip6_checksum.h>
#include <net/tso.h>

#include "compat_xdp.h"
#include "poll.h"

/* Most bytes that one descriptor of any of the devices can take. */
#define WEFTNIC_TX_MAX_LEN	16288

/*
 * Most descriptors that an skb takes, unless the driver segments it: one per
 * fragment and one for the linear part, one more for each WEFTNIC_TX_MAX_LEN
 * bytes in any of them, and an offload context.
 */
#define WEFTNIC_TX_NEED \
	(MAX_SKB_FRAGS + 1 + GSO_LEGACY_MAX_SIZE / WEFTNIC_TX_MAX_LEN + 1 + 1)

/**
 * struct weftnic_txd_ops - a device's transmit descriptors
 * @plain: what @data is given for a frame that asks for neither checksum nor
 *	segmentation nor a VLAN tag
 * @soft_tso6: the driver, not the device, segments TCP over IPv6
 * @offload: if the skb asks for checksum or segmentation, write a context
 *	descriptor where one is needed, advance the ring, and return what
 *	@data is to be given for each of the frame's descriptors
 * @data: write data descriptor @i; it may belong to a frame's middle or, with
 *	@eop, end it
 * @report: ask for a report when data descriptor @i, already written, is done
 * @done: the device has reported descriptor @i
 */
struct weftnic_txd_ops {
	u64 plain;
	bool soft_tso6;
	u64 (*offload)(struct weftnic_tx_ring *ring, struct sk_buff *skb);
	void (*data)(const struct weftnic_tx_ring *ring, u16 i, dma_addr_t dma,
		     u16 len, u64 flags, bool eop);
	void (*report)(const struct weftnic_tx_ring *ring, u16 i);
	bool (*done)(const struct weftnic_tx_ring *ring, u16 i);
};

#define weftnic_tx_count(ring, counter) \
	do { \
		struct weftnic_vector *_vec = (ring)->vec; \
		\
		u64_stats_update_begin(&_vec->tx_syncp); \
		u64_stats_inc(&_vec->tx_stats.counter); \
		u64_stats_update_end(&_vec->tx_syncp); \
	} while (0)

/*
 * The driver itself cuts up what some devices cannot: TCP over IPv6. (The 8254x
 * manual, 3.5.9.1, puts the length of the IPv6 header itself into its payload
 * length; QEMU's model does the same.) TCP sets the type in whole frames too.
 */
static __always_inline bool weftnic_tx_is_soft_tso(const struct sk_buff *skb,
						   bool soft_tso6)
{
	return soft_tso6 && skb_is_gso(skb) && skb_is_gso_v6(skb);
}

/* What weft.ko gives segments of a stream that travel as one; nobody else has both. */
#define WEFTNIC_GSO_STREAM	(SKB_GSO_SCTP | SKB_GSO_TCP_FIXEDID)

static inline bool weftnic_tx_is_stream(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_type == WEFTNIC_GSO_STREAM;
}

static inline struct weft_stream_hdr *
weftnic_tx_stream_hdr(const struct sk_buff *skb)
{
	return (void *)(skb->data + skb_checksum_start_offset(skb));
}

/* Bytes in front of the payload of an skb to be segmented, in each segment. */
static inline unsigned int weftnic_tx_headers(const struct sk_buff *skb)
{
	if (weftnic_tx_is_stream(skb))
		return skb_checksum_start_offset(skb) +
		       weftnic_tx_stream_hdr(skb)->len;
	return skb_tcp_all_headers(skb);
}

/* Give back the memory behind one descriptor. */
static __always_inline void weftnic_tx_unmap(struct weftnic_tx_ring *ring,
					     struct weftnic_tx_buf *buf)
{
	if (!buf->len)
		return;
	dma_unmap_page(ring->dev, buf->dma, buf->len, DMA_TO_DEVICE);
	buf->len = 0;
}

/* Free a frame that the device has lost. Process context. */
static inline void weftnic_tx_free_frame(struct weftnic_tx_buf *buf)
{
	if (buf->kind == WEFTNIC_TX_SKB)
		dev_kfree_skb_any(buf->skb);
	else if (buf->frame && buf->kind == WEFTNIC_TX_XDP)
		xdp_return_frame(buf->frame);
	else if (buf->xsk)
		xsk_tx_completed(buf->xsk, 1);
	buf->skb = NULL;
}

void weftnic_tx_unwind(struct weftnic_tx_ring *ring, u16 first);

/*
 * Write one descriptor, for memory that is mapped for the device; @unmap tells that
 * it is to be unmapped when the descriptor is done. Return: the driver's entry.
 */
static __always_inline struct weftnic_tx_buf *
weftnic_tx_put(struct weftnic_tx_ring *ring, const struct weftnic_txd_ops *ops,
	       dma_addr_t dma, u16 len, bool unmap, u64 flags, bool eop)
{
	u16 i = ring->next_to_use;
	struct weftnic_tx_buf *buf = &ring->buf[i];

	buf->dma = dma;
	buf->len = unmap ? len : 0;
	ops->data(ring, i, dma, len, flags, eop);
	ring->next_to_use = (i + 1) & ring->mask;
	return buf;
}

/* Map memory that one descriptor can take, and write that. NULL if it can't be mapped. */
static __always_inline struct weftnic_tx_buf *
weftnic_tx_put_page(struct weftnic_tx_ring *ring,
		    const struct weftnic_txd_ops *ops, struct page *page,
		    unsigned int offset, u16 len, u64 flags, bool eop)
{
	dma_addr_t dma = dma_map_page(ring->dev, page, offset, len,
				      DMA_TO_DEVICE);

	if (unlikely(dma_mapping_error(ring->dev, dma)))
		return NULL;
	return weftnic_tx_put(ring, ops, dma, len, true, flags, eop);
}

/*
 * Map a piece of a frame, by as many descriptors as it takes. Each is unmapped by
 * itself, which the DMA API allows for none but the whole mapping: so a mapping is
 * never larger than what a descriptor takes. Return: the last one's entry, or NULL.
 */
static __always_inline struct weftnic_tx_buf *
weftnic_tx_put_piece(struct weftnic_tx_ring *ring,
		     const struct weftnic_txd_ops *ops, struct page *page,
		     unsigned int offset, unsigned int size, u64 flags, bool eop)
{
	while (unlikely(size > WEFTNIC_TX_MAX_LEN)) {
		if (!weftnic_tx_put_page(ring, ops, page, offset,
					 WEFTNIC_TX_MAX_LEN, flags, false))
			return NULL;
		offset += WEFTNIC_TX_MAX_LEN;
		size -= WEFTNIC_TX_MAX_LEN;
	}
	return weftnic_tx_put_page(ring, ops, page, offset, size, flags, eop);
}

static __always_inline struct weftnic_tx_buf *
weftnic_tx_put_linear(struct weftnic_tx_ring *ring,
		      const struct weftnic_txd_ops *ops, void *data,
		      unsigned int size, u64 flags, bool eop)
{
	return weftnic_tx_put_piece(ring, ops, virt_to_page(data),
				    offset_in_page(data), size, flags, eop);
}

/*
 * A frame as it is, or one that the device segments. Return: its last descriptor's
 * entry, or NULL.
 */
static __always_inline struct weftnic_tx_buf *
weftnic_tx_put_frame(struct weftnic_tx_ring *ring, struct sk_buff *skb,
		     const struct weftnic_txd_ops *ops)
{
	unsigned int i, n = skb_shinfo(skb)->nr_frags;
	u64 flags = ops->offload(ring, skb);
	struct weftnic_tx_buf *buf;

	buf = weftnic_tx_put_linear(ring, ops, skb->data, skb_headlen(skb),
				    flags, !n);
	for (i = 0; unlikely(i < n) && buf; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];

		buf = weftnic_tx_put_piece(ring, ops, skb_frag_page(frag),
					   skb_frag_off(frag),
					   skb_frag_size(frag), flags,
					   i == n - 1);
	}
	return buf;
}

/*
 * Ring the doorbell for all that was written since the last one. The caller
 * knows that there is something.
 */
static __always_inline void
weftnic_tx_kick(struct weftnic_tx_ring *ring, const struct weftnic_txd_ops *ops)
{
	u16 last = (ring->next_to_use - 1) & ring->mask;

	ring->buf[ring->batch_start].last = last;
	ops->report(ring, last);
	ring->batch_start = ring->next_to_use;
	writel(ring->next_to_use, ring->tail);
	weftnic_tx_count(ring, doorbells);
}

/**
 * struct weftnic_tx_sums - what a reclaim found done
 * @segs: frames on the wire
 * @bytes: their bytes
 * @xdp_segs: of them, those that XDP sent, which BQL knows nothing of
 * @xdp_bytes: their bytes
 * @xsk: of them, those of AF_XDP sockets, whose chunks are theirs again
 */
struct weftnic_tx_sums {
	unsigned int segs;
	unsigned int bytes;
	unsigned int xdp_segs;
	unsigned int xdp_bytes;
	unsigned int xsk;
};

/*
 * A frame of XDP's is done. Its pages are of this vector's pool, which this may be
 * the poll of, or any other's: then they go back many at a time. Of a socket's
 * there is nothing to give back but the count.
 */
static __always_inline void
weftnic_tx_reclaim_xdp(struct weftnic_tx_ring *ring, struct weftnic_tx_buf *buf,
		       struct weftnic_tx_sums *sums)
{
	if (!sums->xdp_segs++)
		xdp_frame_bulk_init(&ring->bulk);
	sums->xdp_bytes += buf->bytes;
	if (buf->kind == WEFTNIC_TX_XSK) {
		sums->xsk++;
		return;
	}
	if (buf->own && weftnic_tx_in_own_poll(ring)) {
		xdp_return_frame_rx_napi(buf->frame);
		return;
	}
	/* What it finds stays until BHs are on again. */
	rcu_read_lock();
	xdp_return_frame_bulk(buf->frame, &ring->bulk);
	rcu_read_unlock();
}

static inline void weftnic_tx_count_xsk(struct weftnic_tx_ring *ring,
					unsigned int frames)
{
	struct weftnic_vector *vec = ring->vec;

	u64_stats_update_begin(&vec->tx_syncp);
	u64_stats_add(&vec->tx_stats.xsk, frames);
	u64_stats_update_end(&vec->tx_syncp);
}

static __always_inline void
weftnic_tx_reclaim_batch(struct weftnic_tx_ring *ring, u16 end, int napi_budget,
			 struct weftnic_tx_sums *sums)
{
	u16 i = ring->next_to_clean;

	do {
		struct weftnic_tx_buf *buf = &ring->buf[i];

		weftnic_tx_unmap(ring, buf);
		if (buf->skb) {
			sums->segs += buf->segs;
			sums->bytes += buf->bytes;
			if (unlikely(buf->kind != WEFTNIC_TX_SKB))
				weftnic_tx_reclaim_xdp(ring, buf, sums);
			else
				napi_consume_skb(buf->skb, napi_budget);
			buf->skb = NULL;
		}
		i = (i + 1) & ring->mask;
	} while (i != end);
	ring->next_to_clean = i;
}

/*
 * Give back what the device has reported done. netif_tx_lock held. skbs go to
 * the CPU's NAPI cache unless interrupts are off (netpoll), since then this may
 * have interrupted a user of that cache.
 */
static __always_inline void
weftnic_tx_reclaim(struct weftnic_tx_ring *ring,
		   const struct weftnic_txd_ops *ops)
{
	struct weftnic_vector *vec = ring->vec;
	struct weftnic_tx_sums sums = {};
	int napi_budget = !irqs_disabled();

	while (ring->next_to_clean != ring->batch_start) {
		u16 last = ring->buf[ring->next_to_clean].last;

		if (!ops->done(ring, last))
			break;
		weftnic_tx_reclaim_batch(ring, (last + 1) & ring->mask,
					 napi_budget, &sums);
	}
	if (unlikely(sums.xdp_segs)) {
		xdp_flush_frame_bulk(&ring->bulk);
		if (sums.xsk) {
			xsk_tx_completed(ring->xsk, sums.xsk);
			weftnic_tx_count_xsk(ring, sums.xsk);
		}
	}
	if (!sums.segs)
		return;

	u64_stats_update_begin(&vec->tx_syncp);
	u64_stats_add(&vec->tx_stats.packets, sums.segs);
	u64_stats_add(&vec->tx_stats.bytes, sums.bytes);
	u64_stats_add(&vec->tx_stats.xdp, sums.xdp_segs);
	u64_stats_update_end(&vec->tx_syncp);
	netdev_tx_completed_queue(ring->txq, sums.segs - sums.xdp_segs,
				  sums.bytes - sums.xdp_bytes);
	if (unlikely(netif_tx_queue_stopped(ring->txq)) &&
	    weftnic_tx_free(ring) >= ring->mask / 2 &&
	    test_bit(WEFTNIC_UP, &vec->adapter->flags) &&
	    netif_device_present(vec->adapter->netdev))
		netif_tx_wake_queue(ring->txq);
}

/*
 * Doorbell, reclaim, and if the device has not finished, an interrupt for
 * when it has. netif_tx_lock held.
 */
static __always_inline void
weftnic_tx_flush(struct weftnic_tx_ring *ring,
		 const struct weftnic_txd_ops *ops)
{
	struct weftnic_vector *vec = ring->vec;

	weftnic_tx_kick(ring, ops);
	weftnic_tx_reclaim(ring, ops);
	if (likely(ring->next_to_clean == ring->next_to_use) || vec->tx_armed)
		return;
	WRITE_ONCE(vec->tx_armed, true);
	weftnic_tx_count(ring, irq_arms);
	vec->adapter->hw->irq_arm_tx(vec);
	weftnic_tx_reclaim(ring, ops);
}

void weftnic_tx_soft_header(struct weftnic_tx_ring *ring, struct sk_buff *skb,
			    struct tso_t *tso, unsigned int payload, bool last);

/*
 * Cut up a TCP/IPv6 skb: per segment a header copy and pieces of payload. By itself,
 * because its state would cost each frame's road room on the stack.
 */
static noinline __maybe_unused struct weftnic_tx_buf *
weftnic_tx_put_soft_tso(struct weftnic_tx_ring *ring, struct sk_buff *skb,
			const struct weftnic_txd_ops *ops)
{
	struct weftnic_tx_buf *buf = NULL;
	struct tso_t tso;
	unsigned int hdr_len = tso_start(skb, &tso);
	unsigned int left = skb->len - hdr_len;
	u64 flags;

	tcp_v6_gso_csum_prep(skb);
	flags = ops->offload(ring, skb);
	while (left) {
		unsigned int seg = min_t(unsigned int, left,
					 skb_shinfo(skb)->gso_size);
		size_t slot = ring->next_to_use * WEFTNIC_TSO_HDR_LEN;

		left -= seg;
		weftnic_tx_soft_header(ring, skb, &tso, seg, !left);
		weftnic_tx_put(ring, ops, ring->hdr_dma + slot, hdr_len, false,
			       flags, false);
		while (seg) {
			unsigned int len = min_t(unsigned int, seg, tso.size);

			seg -= len;
			buf = weftnic_tx_put_linear(ring, ops, tso.data, len,
						    flags, !seg);
			if (!buf)
				return NULL;
			tso_build_data(skb, &tso, len);
		}
	}
	weftnic_tx_count(ring, tso_soft);
	return buf;
}

/* Write all descriptors of an skb, or none. Return: the last one's entry, or NULL. */
static __always_inline struct weftnic_tx_buf *
weftnic_tx_put_skb(struct weftnic_tx_ring *ring, struct sk_buff *skb,
		   const struct weftnic_txd_ops *ops)
{
	u16 first = ring->next_to_use;
	struct weftnic_tx_buf *buf;

	/* Segmentation writes to the headers. */
	if (skb_is_gso(skb) && unlikely(skb_cow_head(skb, 0)))
		return NULL;
	if (unlikely(weftnic_tx_is_soft_tso(skb, ops->soft_tso6)))
		buf = weftnic_tx_put_soft_tso(ring, skb, ops);
	else
		buf = weftnic_tx_put_frame(ring, skb, ops);
	if (unlikely(!buf))
		weftnic_tx_unwind(ring, first);
	return buf;
}

/* Bytes and frames that an skb is on the wire. */
static __always_inline unsigned int
weftnic_tx_wire(const struct sk_buff *skb, unsigned int *bytes)
{
	unsigned int segs = 1;

	*bytes = skb->len;
	if (skb_is_gso(skb)) {
		segs = skb_shinfo(skb)->gso_segs;
		*bytes += (segs - 1) * weftnic_tx_headers(skb);
	}
	return segs;
}

/* Most descriptors that this skb can take. */
static __always_inline unsigned int weftnic_tx_need(const struct sk_buff *skb,
						    bool soft_tso6)
{
	if (unlikely(weftnic_tx_is_soft_tso(skb, soft_tso6)))
		return tso_count_descs(skb) + WEFTNIC_TX_NEED;
	return WEFTNIC_TX_NEED;
}

/* Ring the doorbell if it was not rung for all, and reclaim. netif_tx_lock held. */
static __always_inline void
weftnic_tx_settle(struct weftnic_tx_ring *ring,
		  const struct weftnic_txd_ops *ops)
{
	if (ring->batch_start != ring->next_to_use)
		weftnic_tx_flush(ring, ops);
	else
		weftnic_tx_reclaim(ring, ops);
}

/* Whether the skb fits, after all that can be done at once to make room. */
static __always_inline bool
weftnic_tx_make_room(struct weftnic_tx_ring *ring, unsigned int need,
		     const struct weftnic_txd_ops *ops)
{
	if (likely(weftnic_tx_free(ring) >= need))
		return true;
	weftnic_tx_settle(ring, ops);
	return weftnic_tx_free(ring) >= need;
}

/* A time stamp for a sender that wants one, which few do. */
static __always_inline void weftnic_tx_timestamp(struct sk_buff *skb)
{
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_SW_TSTAMP))
		skb_tx_timestamp(skb);
}

/* ndo_start_xmit. netif_tx_lock held, BHs off. */
static __always_inline netdev_tx_t
weftnic_tx_xmit(struct sk_buff *skb, struct weftnic_tx_ring *ring,
		const struct weftnic_txd_ops *ops)
{
	bool more = netdev_xmit_more() || weftnic_tx_may_wait(ring);
	unsigned int need = weftnic_tx_need(skb, ops->soft_tso6);
	struct weftnic_tx_buf *buf;
	unsigned int segs, bytes;

	if (unlikely(need > ring->mask)) {
		weftnic_tx_count(ring, too_long);
		dev_kfree_skb_any(skb);
		goto flush;
	}
	if (unlikely(!weftnic_tx_make_room(ring, need, ops))) {
		netif_tx_stop_queue(ring->txq);
		weftnic_tx_count(ring, busy);
		return NETDEV_TX_BUSY;
	}
	/* Padding by the device would not clear what it pads with. */
	if (eth_skb_pad(skb))
		goto flush;
	segs = weftnic_tx_wire(skb, &bytes);
	buf = weftnic_tx_put_skb(ring, skb, ops);
	if (unlikely(!buf)) {
		weftnic_tx_count(ring, map_errors);
		dev_kfree_skb_any(skb);
		goto flush;
	}
	weftnic_tx_timestamp(skb);
	buf->skb = skb;
	buf->kind = WEFTNIC_TX_SKB;
	buf->segs = segs;
	buf->bytes = bytes;

	if (unlikely(weftnic_tx_free(ring) < WEFTNIC_TX_NEED))
		netif_tx_stop_queue(ring->txq);
	if (__netdev_tx_sent_queue(ring->txq, bytes, more))
		weftnic_tx_flush(ring, ops);
	return NETDEV_TX_OK;

flush:
	/* Frames before this one may have been told to wait for it. */
	if (!more && ring->batch_start != ring->next_to_use)
		weftnic_tx_flush(ring, ops);
	return NETDEV_TX_OK;
}

/*
 * For netpoll, which may have interrupted the holder of the queue's lock on
 * this very CPU, and so must not wait for it.
 */
static __always_inline void
weftnic_tx_poll_nowait(struct weftnic_tx_ring *ring,
		       const struct weftnic_txd_ops *ops)
{
	if (!__netif_tx_trylock(ring->txq))
		return;
	weftnic_tx_settle(ring, ops);
	__netif_tx_unlock(ring->txq);
}

/*
 * Send what waits in the poll's own ring, and reclaim. In the steady state of a
 * synchronous device there is neither, and no lock is taken.
 *
 * Return: a completion interrupt is wanted, which was masked for the poll.
 */
static __always_inline bool
weftnic_tx_poll_end(struct weftnic_tx_ring *ring,
		    const struct weftnic_txd_ops *ops)
{
	struct weftnic_vector *vec = ring->vec;
	bool armed = false;

	if (unlikely(READ_ONCE(ring->next_to_clean) !=
		     READ_ONCE(ring->next_to_use) || READ_ONCE(vec->tx_armed))) {
		__netif_tx_lock(ring->txq, smp_processor_id());
		if (ring->batch_start != ring->next_to_use)
			weftnic_tx_kick(ring, ops);
		weftnic_tx_reclaim(ring, ops);
		armed = ring->next_to_clean != ring->next_to_use;
		WRITE_ONCE(vec->tx_armed, armed);
		__netif_tx_unlock(ring->txq);
	}
	this_cpu_write(weftnic_poll.vec, NULL);
	return armed;
}

#endif /* WEFTNIC_TX_H */
