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
 * Doorbells. They wait for the end of an xmit_more burst, and a frame sent from
 * within this vector's own NAPI poll (an ACK, a forwarded frame) waits for the
 * end of that poll.
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

#include "ring.h"

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
	if (buf->map == WEFTNIC_TX_MAP_SINGLE)
		dma_unmap_single(ring->dev, buf->dma, buf->len, DMA_TO_DEVICE);
	else if (buf->map == WEFTNIC_TX_MAP_PAGE)
		dma_unmap_page(ring->dev, buf->dma, buf->len, DMA_TO_DEVICE);
	buf->map = WEFTNIC_TX_MAP_NONE;
}

/* Free a frame that the device has lost. Process context. */
static inline void weftnic_tx_free_frame(struct weftnic_tx_buf *buf)
{
	if (buf->kind == WEFTNIC_TX_XDP && buf->frame)
		xdp_return_frame(buf->frame);
	else
		dev_kfree_skb_any(buf->skb);
	buf->skb = NULL;
}

void weftnic_tx_unwind(struct weftnic_tx_ring *ring, u16 first);

/* Account for a frame in its last descriptor's entry. */
static __always_inline void
weftnic_tx_commit(struct weftnic_tx_ring *ring, struct sk_buff *skb,
		  unsigned int segs, unsigned int bytes)
{
	u16 last = (ring->next_to_use - 1) & ring->mask;

	ring->buf[last].skb = skb;
	ring->buf[last].kind = WEFTNIC_TX_SKB;
	ring->buf[last].segs = segs;
	ring->buf[last].bytes = bytes;
}

/*
 * One mapping's descriptors. Every piece is unmapped by itself, which the DMA
 * API allows for none but the whole: so a mapping is never larger than what a
 * descriptor takes.
 */
static __always_inline void
weftnic_tx_put(struct weftnic_tx_ring *ring, const struct weftnic_txd_ops *ops,
	       dma_addr_t dma, u16 len, u16 map, u64 flags, bool eop)
{
	struct weftnic_tx_buf *buf = &ring->buf[ring->next_to_use];

	buf->dma = dma;
	buf->len = len;
	buf->map = map;
	ops->data(ring, ring->next_to_use, dma, len, flags, eop);
	ring->next_to_use = (ring->next_to_use + 1) & ring->mask;
}

static __always_inline bool
weftnic_tx_put_linear(struct weftnic_tx_ring *ring,
		      const struct weftnic_txd_ops *ops, void *data,
		      unsigned int size, u64 flags, bool eop)
{
	do {
		u16 len = min_t(unsigned int, size, WEFTNIC_TX_MAX_LEN);
		dma_addr_t dma;

		dma = dma_map_single(ring->dev, data, len, DMA_TO_DEVICE);
		if (unlikely(dma_mapping_error(ring->dev, dma)))
			return false;
		data += len;
		size -= len;
		weftnic_tx_put(ring, ops, dma, len, WEFTNIC_TX_MAP_SINGLE,
			       flags, eop && !size);
	} while (unlikely(size));
	return true;
}

static __always_inline bool
weftnic_tx_put_frag(struct weftnic_tx_ring *ring,
		    const struct weftnic_txd_ops *ops, const skb_frag_t *frag,
		    u64 flags, bool eop)
{
	unsigned int size = skb_frag_size(frag), at = 0;

	do {
		u16 len = min_t(unsigned int, size - at, WEFTNIC_TX_MAX_LEN);
		dma_addr_t dma;

		dma = skb_frag_dma_map(ring->dev, frag, at, len, DMA_TO_DEVICE);
		if (unlikely(dma_mapping_error(ring->dev, dma)))
			return false;
		at += len;
		weftnic_tx_put(ring, ops, dma, len, WEFTNIC_TX_MAP_PAGE, flags,
			       eop && at == size);
	} while (unlikely(at < size));
	return true;
}

/* A frame as it is, or one that the device segments. */
static __always_inline bool
weftnic_tx_put_frame(struct weftnic_tx_ring *ring, struct sk_buff *skb,
		     const struct weftnic_txd_ops *ops)
{
	unsigned int i, n = skb_shinfo(skb)->nr_frags;
	u64 flags = ops->offload(ring, skb);

	if (!weftnic_tx_put_linear(ring, ops, skb->data, skb_headlen(skb),
				   flags, !n))
		return false;
	for (i = 0; i < n; i++)
		if (!weftnic_tx_put_frag(ring, ops, &skb_shinfo(skb)->frags[i],
					 flags, i == n - 1))
			return false;
	return true;
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
 * @bulk: pages of those, on their way to their pool
 */
struct weftnic_tx_sums {
	unsigned int segs;
	unsigned int bytes;
	unsigned int xdp_segs;
	unsigned int xdp_bytes;
	struct xdp_frame_bulk *bulk;
};

/*
 * A poll is running on this CPU, and it is this vector's: the doorbell can wait
 * for its end, and pages go straight back to the ring's pool. With interrupts
 * off (netpoll) it may be what was interrupted.
 */
static __always_inline bool
weftnic_tx_in_own_poll(const struct weftnic_tx_ring *ring)
{
	return READ_ONCE(ring->poll_cpu) == smp_processor_id() &&
	       !irqs_disabled();
}

/*
 * A frame of XDP's is done. Its pages are of this vector's pool, which this may be
 * the poll of, or any other's: then they go back many at a time.
 */
static __always_inline void
weftnic_tx_reclaim_xdp(struct weftnic_tx_ring *ring, struct weftnic_tx_buf *buf,
		       struct weftnic_tx_sums *sums)
{
	sums->xdp_segs++;
	sums->xdp_bytes += buf->bytes;
	if (buf->own && weftnic_tx_in_own_poll(ring)) {
		xdp_return_frame_rx_napi(buf->frame);
		return;
	}
	/* What it finds stays until BHs are on again. */
	rcu_read_lock();
	xdp_return_frame_bulk(buf->frame, sums->bulk);
	rcu_read_unlock();
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
			if (unlikely(buf->kind == WEFTNIC_TX_XDP))
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
	struct xdp_frame_bulk bulk;
	struct weftnic_tx_sums sums = { .bulk = &bulk };
	int napi_budget = !irqs_disabled();

	xdp_frame_bulk_init(&bulk);
	while (ring->next_to_clean != ring->batch_start) {
		u16 last = ring->buf[ring->next_to_clean].last;

		if (!ops->done(ring, last))
			break;
		weftnic_tx_reclaim_batch(ring, (last + 1) & ring->mask,
					 napi_budget, &sums);
	}
	if (unlikely(sums.xdp_segs))
		xdp_flush_frame_bulk(&bulk);
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

/* Cut up a TCP/IPv6 skb: per segment a header copy and pieces of payload. */
static __always_inline bool
weftnic_tx_put_soft_tso(struct weftnic_tx_ring *ring, struct sk_buff *skb,
			const struct weftnic_txd_ops *ops)
{
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
		weftnic_tx_put(ring, ops, ring->hdr_dma + slot, hdr_len,
			       WEFTNIC_TX_MAP_NONE, flags, false);
		while (seg) {
			unsigned int len = min_t(unsigned int, seg, tso.size);

			seg -= len;
			if (!weftnic_tx_put_linear(ring, ops, tso.data, len,
						   flags, !seg))
				return false;
			tso_build_data(skb, &tso, len);
		}
	}
	weftnic_tx_count(ring, tso_soft);
	return true;
}

/* Write all descriptors of an skb, or none. */
static __always_inline bool
weftnic_tx_put_skb(struct weftnic_tx_ring *ring, struct sk_buff *skb,
		   const struct weftnic_txd_ops *ops)
{
	u16 first = ring->next_to_use;
	bool ok;

	/* Segmentation writes to the headers. */
	if (skb_is_gso(skb) && unlikely(skb_cow_head(skb, 0)))
		ok = false;
	else if (unlikely(weftnic_tx_is_soft_tso(skb, ops->soft_tso6)))
		ok = weftnic_tx_put_soft_tso(ring, skb, ops);
	else
		ok = weftnic_tx_put_frame(ring, skb, ops);
	if (unlikely(!ok))
		weftnic_tx_unwind(ring, first);
	return ok;
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

/* Whether the skb fits, after all that can be done at once to make room. */
static __always_inline bool
weftnic_tx_make_room(struct weftnic_tx_ring *ring, unsigned int need,
		     const struct weftnic_txd_ops *ops)
{
	if (likely(weftnic_tx_free(ring) >= need))
		return true;
	if (ring->batch_start != ring->next_to_use)
		weftnic_tx_flush(ring, ops);
	else
		weftnic_tx_reclaim(ring, ops);
	return weftnic_tx_free(ring) >= need;
}

/* ndo_start_xmit. netif_tx_lock held, BHs off. */
static __always_inline netdev_tx_t
weftnic_tx_xmit(struct sk_buff *skb, struct weftnic_tx_ring *ring,
		const struct weftnic_txd_ops *ops)
{
	bool more = netdev_xmit_more() || weftnic_tx_in_own_poll(ring);
	unsigned int need = weftnic_tx_need(skb, ops->soft_tso6);
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
	if (unlikely(!weftnic_tx_put_skb(ring, skb, ops))) {
		weftnic_tx_count(ring, map_errors);
		dev_kfree_skb_any(skb);
		goto flush;
	}
	skb_tx_timestamp(skb);
	weftnic_tx_commit(ring, skb, segs, bytes);

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

/* From here to weftnic_tx_poll_end() frames sent on this CPU may wait. */
static __always_inline void weftnic_tx_poll_begin(struct weftnic_tx_ring *ring)
{
	WRITE_ONCE(ring->poll_cpu, smp_processor_id());
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
	if (ring->batch_start != ring->next_to_use)
		weftnic_tx_flush(ring, ops);
	else
		weftnic_tx_reclaim(ring, ops);
	__netif_tx_unlock(ring->txq);
}

/*
 * Send what waits, and reclaim. In the steady state of a synchronous device
 * there is neither, and no lock is taken.
 *
 * Return: a completion interrupt is wanted, which was masked for the poll.
 */
static __always_inline bool
weftnic_tx_poll_end(struct weftnic_tx_ring *ring,
		    const struct weftnic_txd_ops *ops)
{
	struct weftnic_vector *vec = ring->vec;
	bool armed;

	if (likely(READ_ONCE(ring->next_to_clean) ==
		   READ_ONCE(ring->next_to_use) && !READ_ONCE(vec->tx_armed))) {
		WRITE_ONCE(ring->poll_cpu, -1);
		return false;
	}

	__netif_tx_lock(ring->txq, smp_processor_id());
	if (ring->batch_start != ring->next_to_use)
		weftnic_tx_kick(ring, ops);
	weftnic_tx_reclaim(ring, ops);
	WRITE_ONCE(ring->poll_cpu, -1);
	armed = ring->next_to_clean != ring->next_to_use;
	WRITE_ONCE(vec->tx_armed, armed);
	__netif_tx_unlock(ring->txq);
	return armed;
}

#endif /* WEFTNIC_TX_H */
