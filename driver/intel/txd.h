/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transmit descriptors, which the 82540EM (3.3 of its manual) and the 82574L
 * (7.2 of its datasheet) have in common: data descriptors and, before them, the
 * offsets to sum and to segment by. Templates: each back end wraps
 * intel_txd_offload() in its own constant struct weftnic_txd_ops.
 */
#ifndef WEFTNIC_INTEL_TXD_H
#define WEFTNIC_INTEL_TXD_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/ip.h>

#include "../tx.h"
#include "intel.h"

/* A data descriptor whose frame asks for nothing but its FCS. */
#define INTEL_TXD_PLAIN \
	(E1000_TXD_DEXT | E1000_TXD_DTYP_DATA | E1000_TXD_IFCS)

/* What all contexts for segmentation have in common. */
static __always_inline void intel_tso_lengths(const struct sk_buff *skb,
					      struct intel_txd *ctx,
					      unsigned int hdr_len, u32 ip)
{
	ctx->cmd = cpu_to_le32((skb->len - hdr_len) | E1000_TXD_DEXT |
			       E1000_TXD_TSE | E1000_TXD_CTX_TCP | ip);
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
static __always_inline void intel_tso4_context(struct sk_buff *skb,
					       struct intel_txd *ctx)
{
	unsigned int net = skb_network_offset(skb);
	unsigned int trans = skb_transport_offset(skb);
	struct iphdr *ip = ip_hdr(skb);
	struct tcphdr *th = tcp_hdr(skb);

	ip->tot_len = 0;
	ip->check = 0;
	th->check = ~csum_tcpudp_magic(ip->saddr, ip->daddr, 0, IPPROTO_TCP, 0);

	intel_tso_lengths(skb, ctx, skb_tcp_all_headers(skb), E1000_TXD_CTX_IP);
	ctx->addr = cpu_to_le64((u64)net << E1000_CTX_IPCSS_SHIFT |
		(u64)(net + offsetof(struct iphdr, check)) <<
			E1000_CTX_IPCSO_SHIFT |
		(u64)(trans - 1) << E1000_CTX_IPCSE_SHIFT |
		(u64)trans << E1000_CTX_TUCSS_SHIFT |
		(u64)(trans + offsetof(struct tcphdr, check)) <<
			E1000_CTX_TUCSO_SHIFT);
}

/*
 * Segmentation of TCP/IPv6, for devices that do it right: the same without
 * identifier and header checksum, and the length goes to +4.
 */
static __always_inline void intel_tso6_context(struct sk_buff *skb,
					       struct intel_txd *ctx)
{
	unsigned int trans = skb_transport_offset(skb);

	tcp_v6_gso_csum_prep(skb);
	intel_tso_lengths(skb, ctx, skb_tcp_all_headers(skb), 0);
	ctx->addr = cpu_to_le64((u64)skb_network_offset(skb) <<
			E1000_CTX_IPCSS_SHIFT |
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
static __always_inline void intel_stream_context(struct sk_buff *skb,
						 struct intel_txd *ctx)
{
	unsigned int trans = skb_checksum_start_offset(skb);
	struct weft_stream_hdr *hdr = weftnic_tx_stream_hdr(skb);
	__wsum len = (__force __wsum)htonl(skb->len - trans);

	hdr->check = ~csum_fold(csum_sub(csum_unfold(hdr->check), len));

	intel_tso_lengths(skb, ctx, weftnic_tx_headers(skb), E1000_TXD_CTX_IP);
	ctx->addr = cpu_to_le64((u64)skb_network_offset(skb) << E1000_CTX_IPCSS_SHIFT |
		(u64)(trans - 1) << E1000_CTX_IPCSE_SHIFT |
		(u64)trans << E1000_CTX_TUCSS_SHIFT |
		(u64)(trans + skb->csum_offset) << E1000_CTX_TUCSO_SHIFT);
}

static __always_inline struct intel_txd *
intel_next_context(struct weftnic_tx_ring *ring)
{
	u16 i = ring->next_to_use;

	ring->next_to_use = (i + 1) & ring->mask;
	ring->buf[i].len = 0;
	weftnic_tx_count(ring, contexts);
	return (struct intel_txd *)ring->desc + i;
}

/*
 * Checksum (3.3.6): from an offset to the frame's end, stored at another. The
 * device keeps the context, so it is written only when it changes, unless
 * another ring may have replaced it.
 */
static __always_inline void intel_csum_context(struct weftnic_tx_ring *ring,
					       struct sk_buff *skb, bool kept)
{
	u64 start = skb_checksum_start_offset(skb);
	u64 offsets = start << E1000_CTX_TUCSS_SHIFT |
		      (start + skb->csum_offset) << E1000_CTX_TUCSO_SHIFT;
	u64 cmd = E1000_TXD_DEXT;
	struct intel_txd *ctx;

	/* On silicon this tells a UDP sum of 0, which must become ffff. */
	if (skb->csum_offset == offsetof(struct tcphdr, check))
		cmd |= E1000_TXD_CTX_TCP;
	if (kept && ring->ctx[0] == offsets && ring->ctx[1] == cmd)
		return;
	ring->ctx[0] = offsets;
	ring->ctx[1] = cmd;
	ctx = intel_next_context(ring);
	ctx->addr = cpu_to_le64(offsets);
	ctx->cmd = cpu_to_le32(cmd);
	ctx->upper = 0;
}

/* The context of an skb that the device segments, and its IXSM. */
static __always_inline u32 intel_tso_context(struct weftnic_tx_ring *ring,
					     struct sk_buff *skb,
					     bool soft_tso6)
{
	struct intel_txd *ctx = intel_next_context(ring);

	/* Whether it shares its place with the checksum's is not told. */
	ring->ctx[1] = 0;
	weftnic_tx_count(ring, tso);
	if (weftnic_tx_is_stream(skb)) {
		intel_stream_context(skb, ctx);
		return 0;
	}
	if (!soft_tso6 && skb_is_gso_v6(skb)) {
		intel_tso6_context(skb, ctx);
		return 0;
	}
	intel_tso4_context(skb, ctx);
	return E1000_TXD_IXSM;
}

/*
 * weftnic_txd_ops.offload. @soft_tso6: the driver, not the device, segments
 * TCP/IPv6. @kept: the device's checksum context is as this ring left it.
 */
static __always_inline u64 intel_txd_offload(struct weftnic_tx_ring *ring,
					     struct sk_buff *skb,
					     bool soft_tso6, bool kept)
{
	u32 cmd = INTEL_TXD_PLAIN;
	u32 upper = 0;

	if (skb_vlan_tag_present(skb)) {
		cmd |= E1000_TXD_VLE;
		upper = (u32)skb_vlan_tag_get(skb) << E1000_TXD_VLAN_SHIFT;
	}
	if (skb_is_gso(skb) && !weftnic_tx_is_soft_tso(skb, soft_tso6)) {
		upper |= intel_tso_context(ring, skb, soft_tso6);
		cmd |= E1000_TXD_TSE;
		upper |= E1000_TXD_TXSM;
	} else if (skb->ip_summed == CHECKSUM_PARTIAL) {
		intel_csum_context(ring, skb, kept);
		upper |= E1000_TXD_TXSM;
		weftnic_tx_count(ring, csum);
	}
	return (u64)upper << 32 | cmd;
}

static __always_inline void intel_txd_data(const struct weftnic_tx_ring *ring,
					   u16 i, dma_addr_t dma, u16 len,
					   u64 flags, bool eop)
{
	struct intel_txd *desc = (struct intel_txd *)ring->desc + i;

	desc->addr = cpu_to_le64(dma);
	desc->word = cpu_to_le64(flags | len | (eop ? E1000_TXD_EOP : 0));
}

static __always_inline void intel_txd_report(const struct weftnic_tx_ring *ring,
					     u16 i)
{
	struct intel_txd *desc = (struct intel_txd *)ring->desc + i;

	desc->cmd |= cpu_to_le32(E1000_TXD_RS);
}

static __always_inline bool intel_txd_done(const struct weftnic_tx_ring *ring,
					   u16 i)
{
	const struct intel_txd *desc = (struct intel_txd *)ring->desc + i;

	return READ_ONCE(desc->upper) & cpu_to_le32(E1000_TXD_DD);
}

#endif /* WEFTNIC_INTEL_TXD_H */
