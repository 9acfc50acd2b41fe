// SPDX-License-Identifier: GPL-2.0
/*
 * 82540EM: descriptors, interrupts, and the receive and transmit roads made
 * from the core's templates with them.
 */

#include <linux/ip.h>
#include <linux/prefetch.h>
#include <linux/tcp.h>
#include <net/ip.h>

#include "../rx.h"
#include "../tx.h"
#include "intel.h"

/* Always wanted; transmit completion only while a frame waits for it. */
#define EM540_INTS \
	(E1000_INT_RXT0 | E1000_INT_RXDMT0 | E1000_INT_RXO | E1000_INT_LSC)
#define EM540_RX_INTS \
	(E1000_INT_RXT0 | E1000_INT_RXDMT0 | E1000_INT_RXO)

/* --- receive descriptors (3.2.3) ------------------------------------------- */

static __always_inline bool em540_rxd_fetch(const struct weftnic_rx_ring *ring,
					    u16 i, struct weftnic_rx_meta *meta)
{
	const struct em540_rxd *desc = (struct em540_rxd *)ring->desc + i;
	u8 status = READ_ONCE(desc->status), errors;

	if (!(status & E1000_RXD_DD))
		return false;
	/* The device writes the status last. */
	dma_rmb();
	errors = READ_ONCE(desc->errors);
	meta->len = le16_to_cpu(READ_ONCE(desc->len));
	meta->eop = status & E1000_RXD_EOP;
	meta->bad = errors & E1000_RXD_ERR_FRAME;
	meta->vlan = status & E1000_RXD_VP;
	meta->tci = le16_to_cpu(READ_ONCE(desc->vlan));
	/* Silicon only: QEMU always says to ignore the indication. */
	if (status & E1000_RXD_IXSM || !(status & E1000_RXD_TCPCS))
		meta->csum = WEFTNIC_RX_CSUM_NONE;
	else if (errors & E1000_RXD_ERR_TCPE)
		meta->csum = WEFTNIC_RX_CSUM_BAD;
	else
		meta->csum = WEFTNIC_RX_CSUM_OK;
	return true;
}

static __always_inline void em540_rxd_post(const struct weftnic_rx_ring *ring,
					   u16 i, dma_addr_t dma)
{
	struct em540_rxd *desc = (struct em540_rxd *)ring->desc + i;

	desc->addr = cpu_to_le64(dma);
	desc->status = 0;
}

static const struct weftnic_rxd_ops em540_rxd_ops = {
	.fetch	= em540_rxd_fetch,
	.post	= em540_rxd_post,
};

/* --- transmit descriptors (3.3) -------------------------------------------- */

/* A data descriptor whose frame asks for nothing but its FCS. */
#define EM540_TXD_PLAIN \
	(E1000_TXD_DEXT | E1000_TXD_DTYP_DATA | E1000_TXD_IFCS)

/* What both contexts below have in common. */
static __always_inline void em540_tso_lengths(const struct sk_buff *skb,
					      struct intel_txd *ctx,
					      unsigned int hdr_len)
{
	ctx->cmd = cpu_to_le32((skb->len - hdr_len) | E1000_TXD_DEXT |
			       E1000_TXD_TSE | E1000_TXD_CTX_TCP |
			       E1000_TXD_CTX_IP);
	ctx->upper = cpu_to_le32(hdr_len << E1000_TXD_HDRLEN_SHIFT |
				 (u32)skb_shinfo(skb)->gso_size <<
					E1000_TXD_MSS_SHIFT);
}

/*
 * Segmentation of TCP/IPv4 (3.5): the device works by offsets alone. Per
 * segment it stores the IP length, counts the identifier up, fills the IP
 * checksum, advances the sequence number, clears FIN and PSH on all but the
 * last, adds the TCP length to the pseudo header's sum and completes that. The
 * payload length in the command counts down inside the device, so that this
 * context serves one skb only.
 */
static __always_inline void em540_tso_context(struct sk_buff *skb,
					      struct intel_txd *ctx)
{
	unsigned int net = skb_network_offset(skb);
	unsigned int trans = skb_transport_offset(skb);
	unsigned int hdr_len = skb_tcp_all_headers(skb);
	struct iphdr *ip = ip_hdr(skb);
	struct tcphdr *th = tcp_hdr(skb);

	ip->tot_len = 0;
	ip->check = 0;
	th->check = ~csum_tcpudp_magic(ip->saddr, ip->daddr, 0, IPPROTO_TCP, 0);

	em540_tso_lengths(skb, ctx, hdr_len);
	ctx->addr = cpu_to_le64((u64)net << E1000_CTX_IPCSS_SHIFT |
		(u64)(net + offsetof(struct iphdr, check)) <<
			E1000_CTX_IPCSO_SHIFT |
		(u64)(trans - 1) << E1000_CTX_IPCSE_SHIFT |
		(u64)trans << E1000_CTX_TUCSS_SHIFT |
		(u64)(trans + offsetof(struct tcphdr, check)) <<
			E1000_CTX_TUCSO_SHIFT);
}

/*
 * Segmentation of Weft's streams by the same machine: length and identifier of
 * the network header and sequence number, flags and checksum of the stream are
 * where IPv4 and TCP have theirs, but for the checksum's place. The network
 * header has none: the data descriptors do not ask for it. The device adds the
 * length of header and payload to the pseudo header's sum, which is without it;
 * the upper half of Weft's 32 bits of length is 0.
 */
static __always_inline void em540_stream_context(struct sk_buff *skb,
						 struct intel_txd *ctx)
{
	unsigned int trans = skb_checksum_start_offset(skb);
	struct weft_stream_hdr *hdr = weftnic_tx_stream_hdr(skb);
	__wsum len = (__force __wsum)htonl(skb->len - trans);

	hdr->check = ~csum_fold(csum_sub(csum_unfold(hdr->check), len));

	em540_tso_lengths(skb, ctx, weftnic_tx_headers(skb));
	ctx->addr = cpu_to_le64((u64)skb_network_offset(skb) << E1000_CTX_IPCSS_SHIFT |
		(u64)(trans - 1) << E1000_CTX_IPCSE_SHIFT |
		(u64)trans << E1000_CTX_TUCSS_SHIFT |
		(u64)(trans + skb->csum_offset) << E1000_CTX_TUCSO_SHIFT);
}

static __always_inline struct intel_txd *
em540_next_context(struct weftnic_tx_ring *ring)
{
	u16 i = ring->next_to_use;

	ring->next_to_use = (i + 1) & ring->mask;
	ring->buf[i].map = WEFTNIC_TX_MAP_NONE;
	weftnic_tx_count(ring, contexts);
	return (struct intel_txd *)ring->desc + i;
}

/*
 * Checksum (3.3.6): from an offset to the frame's end, stored at another. The
 * device keeps the context, so it is written only when it changes.
 */
static __always_inline void em540_csum_context(struct weftnic_tx_ring *ring,
					       struct sk_buff *skb)
{
	u64 start = skb_checksum_start_offset(skb);
	u64 offsets = start << E1000_CTX_TUCSS_SHIFT |
		      (start + skb->csum_offset) << E1000_CTX_TUCSO_SHIFT;
	u64 cmd = E1000_TXD_DEXT;
	struct intel_txd *ctx;

	/* On silicon this tells a UDP sum of 0, which must become ffff. */
	if (skb->csum_offset == offsetof(struct tcphdr, check))
		cmd |= E1000_TXD_CTX_TCP;
	if (ring->ctx[0] == offsets && ring->ctx[1] == cmd)
		return;
	ring->ctx[0] = offsets;
	ring->ctx[1] = cmd;
	ctx = em540_next_context(ring);
	ctx->addr = cpu_to_le64(offsets);
	ctx->cmd = cpu_to_le32(cmd);
	ctx->upper = 0;
}

static __always_inline u64 em540_txd_offload(struct weftnic_tx_ring *ring,
					     struct sk_buff *skb)
{
	u32 cmd = EM540_TXD_PLAIN;
	u32 upper = 0;

	if (skb_vlan_tag_present(skb)) {
		cmd |= E1000_TXD_VLE;
		upper = (u32)skb_vlan_tag_get(skb) << E1000_TXD_VLAN_SHIFT;
	}
	if (skb_is_gso(skb) && !weftnic_tx_is_soft_tso(skb)) {
		if (weftnic_tx_is_stream(skb)) {
			em540_stream_context(skb, em540_next_context(ring));
		} else {
			em540_tso_context(skb, em540_next_context(ring));
			upper |= E1000_TXD_IXSM;
		}
		/* Whether it shares its place with the other is not told. */
		ring->ctx[1] = 0;
		cmd |= E1000_TXD_TSE;
		upper |= E1000_TXD_TXSM;
		weftnic_tx_count(ring, tso);
	} else if (skb->ip_summed == CHECKSUM_PARTIAL) {
		em540_csum_context(ring, skb);
		upper |= E1000_TXD_TXSM;
		weftnic_tx_count(ring, csum);
	}
	return (u64)upper << 32 | cmd;
}

static __always_inline void em540_txd_data(const struct weftnic_tx_ring *ring,
					   u16 i, dma_addr_t dma, u16 len,
					   u64 flags, bool eop)
{
	struct intel_txd *desc = (struct intel_txd *)ring->desc + i;

	desc->addr = cpu_to_le64(dma);
	desc->cmd = cpu_to_le32(lower_32_bits(flags) | len |
				(eop ? E1000_TXD_EOP : 0));
	desc->upper = cpu_to_le32(upper_32_bits(flags));
}

static __always_inline void em540_txd_report(const struct weftnic_tx_ring *ring,
					     u16 i)
{
	struct intel_txd *desc = (struct intel_txd *)ring->desc + i;

	desc->cmd |= cpu_to_le32(E1000_TXD_RS);
}

static __always_inline bool em540_txd_done(const struct weftnic_tx_ring *ring,
					   u16 i)
{
	const struct intel_txd *desc = (struct intel_txd *)ring->desc + i;

	return READ_ONCE(desc->upper) & cpu_to_le32(E1000_TXD_DD);
}

static const struct weftnic_txd_ops em540_txd_ops = {
	.plain		= EM540_TXD_PLAIN,
	.offload	= em540_txd_offload,
	.data		= em540_txd_data,
	.report		= em540_txd_report,
	.done		= em540_txd_done,
};

/**
 * em540_xmit() - ndo_start_xmit
 * @skb: frame, CHECKSUM_PARTIAL and TCP segmentation included
 * @dev: interface
 *
 * netif_tx_lock held. Return: NETDEV_TX_OK, or NETDEV_TX_BUSY with the queue
 * stopped.
 */
netdev_tx_t em540_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return weftnic_tx_xmit(skb, ad->vec[0].tx, &em540_txd_ops);
}

/**
 * em540_xdp_xmit() - ndo_xdp_xmit
 * @dev: interface
 * @n: how many frames
 * @frames: frames that an XDP program redirected here
 * @flags: XDP_XMIT_FLUSH
 *
 * BHs off. Return: how many were taken, or -errno.
 */
int em540_xdp_xmit(struct net_device *dev, int n, struct xdp_frame **frames,
		   u32 flags)
{
	return weftnic_xdp_xmit(dev, n, frames, flags, &em540_txd_ops);
}

/* --- interrupts ------------------------------------------------------------ */

/**
 * em540_irq_arm() - enable interrupts at the end of a poll
 * @vec: the only vector
 * @tx: transmit completion too
 *
 * A cause that has come meanwhile interrupts at once (13.4.20). Any context.
 */
void em540_irq_arm(struct weftnic_vector *vec, bool tx)
{
	weftnic_write(vec->adapter, E1000_IMS,
		      EM540_INTS | (tx ? E1000_INT_TXDW : 0));
}

/**
 * em540_irq_arm_tx() - enable the transmit completion interrupt
 * @vec: the only vector; netif_tx_lock held
 */
void em540_irq_arm_tx(struct weftnic_vector *vec)
{
	weftnic_write(vec->adapter, E1000_IMS, E1000_INT_TXDW);
}

/**
 * em540_irq_mask() - disable all interrupts
 * @ad: adapter
 */
void em540_irq_mask(struct weftnic_adapter *ad)
{
	weftnic_write(ad, E1000_IMC, ~0U);
	weftnic_read(ad, E1000_STATUS);
}

/**
 * em540_irq_raise() - interrupt as if a frame had come (13.4.19)
 * @vec: the only vector
 */
void em540_irq_raise(struct weftnic_vector *vec)
{
	weftnic_write(vec->adapter, E1000_ICS, E1000_INT_RXT0);
}

/**
 * em540_irq() - interrupt handler, on a line that may be shared
 * @irq: unused
 * @data: adapter
 *
 * One read tells and clears all causes, masked ones too (13.4.17). So a call
 * for another device's sake may find, and must act on, a cause of ours that
 * is masked while the poll runs: napi_schedule_prep() then makes it run again.
 * Transmit completion is a cause only while a ring waits for it; whoever
 * begins to wait looks at the ring once more afterwards.
 *
 * Return: IRQ_HANDLED, or IRQ_NONE if there is no cause.
 */
irqreturn_t em540_irq(int irq, void *data)
{
	struct weftnic_adapter *ad = data;
	struct weftnic_vector *vec = &ad->vec[0];
	u32 wanted = EM540_RX_INTS;
	u32 icr = weftnic_read(ad, E1000_ICR);

	if (unlikely(!READ_ONCE(ad->regs)))
		return IRQ_NONE;
	if (READ_ONCE(vec->tx_armed))
		wanted |= E1000_INT_TXDW;
	if (!(icr & (wanted | E1000_INT_LSC)))
		return IRQ_NONE;

	if (unlikely(icr & E1000_INT_LSC))
		weftnic_service_soon(ad, 0);
	if (icr & wanted && napi_schedule_prep(&vec->napi)) {
		weftnic_write(ad, E1000_IMC, ~0U);
		__napi_schedule_irqoff(&vec->napi);
	}
	return IRQ_HANDLED;
}

/**
 * em540_poll() - NAPI poll of both rings
 * @napi: the vector's
 * @budget: most descriptors to receive; 0 from netpoll, to reclaim only
 *
 * Return: descriptors received, or @budget to be called again.
 */
int em540_poll(struct napi_struct *napi, int budget)
{
	struct weftnic_vector *vec = container_of(napi, struct weftnic_vector,
						  napi);
	bool tx;
	int done;

	if (unlikely(!budget)) {
		weftnic_tx_poll_nowait(vec->tx, &em540_txd_ops);
		return 0;
	}
	weftnic_tx_poll_begin(vec->tx);
	done = weftnic_rx_poll(vec->rx, budget, &em540_rxd_ops,
			       &em540_txd_ops);
	tx = weftnic_tx_poll_end(vec->tx, &em540_txd_ops);
	if (done == budget)
		return done;
	if (likely(napi_complete_done(napi, done))) {
		weftnic_dim_sample(vec);
		em540_irq_arm(vec, tx);
	}
	return done;
}

/* Addresses are 16-byte aligned, lengths multiples of 128 (13.4.27, 13.4.38). */
static void em540_start_ring(struct weftnic_adapter *ad, u32 base_reg,
			     dma_addr_t dma, size_t size, u16 head, u16 tail)
{
	const u32 low = E1000_TDBAL;

	weftnic_write(ad, base_reg, lower_32_bits(dma));
	weftnic_write(ad, base_reg + E1000_TDBAH - low, upper_32_bits(dma));
	weftnic_write(ad, base_reg + E1000_TDLEN - low, size);
	weftnic_write(ad, base_reg + E1000_TDH - low, head);
	weftnic_write(ad, base_reg + E1000_TDT - low, tail);
}

/**
 * em540_start_rings() - tell the device where its rings are
 * @ad: adapter; both directions off. rtnl held
 *
 * The receive ring may begin anywhere: after a reset it goes on where it was,
 * with the same buffers. The transmit ring is empty.
 */
void em540_start_rings(struct weftnic_adapter *ad)
{
	struct weftnic_rx_ring *rx = ad->vec[0].rx;
	struct weftnic_tx_ring *tx = ad->vec[0].tx;

	weftnic_rx_repost(rx, &em540_rxd_ops);
	rx->tail = ad->bar + E1000_RDT;
	em540_start_ring(ad, E1000_RDBAL, rx->desc_dma, rx->desc_size,
			 rx->next_to_clean, rx->next_to_clean);
	tx->tail = ad->bar + E1000_TDT;
	em540_start_ring(ad, E1000_TDBAL, tx->desc_dma, tx->desc_size, 0, 0);
}
