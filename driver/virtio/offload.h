/* SPDX-License-Identifier: GPL-2.0 */
/* The header before each frame (virtio 1.2, 5.1.6), both ways. */
#ifndef WEFTNIC_VIRTIO_OFFLOAD_H
#define WEFTNIC_VIRTIO_OFFLOAD_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "virtio.h"

/* In shorter segments the longest packet of all would be more than can be counted. */
#define VNET_GSO_SIZE_MIN	(GSO_MAX_SIZE / GSO_MAX_SEGS)

/* Say what is left to the device (5.1.6.2.1). Only what was offered comes. */
static __always_inline void vnet_hdr_write(struct vnet_hdr *hdr,
					   const struct sk_buff *skb)
{
	const struct skb_shared_info *shinfo = skb_shinfo(skb);

	*hdr = (struct vnet_hdr){};
	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return;
	hdr->flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
	hdr->csum_start = cpu_to_le16(skb_checksum_start_offset(skb));
	hdr->csum_offset = cpu_to_le16(skb->csum_offset);
	if (!skb_is_gso(skb))
		return;
	hdr->gso_type = shinfo->gso_type & SKB_GSO_TCPV4 ?
			VIRTIO_NET_HDR_GSO_TCPV4 : VIRTIO_NET_HDR_GSO_TCPV6;
	if (shinfo->gso_type & SKB_GSO_TCP_ECN)
		hdr->gso_type |= VIRTIO_NET_HDR_GSO_ECN;
	hdr->hdr_len = cpu_to_le16(skb_tcp_all_headers(skb));
	hdr->gso_size = cpu_to_le16(shinfo->gso_size);
}

/* A received frame has no checksum yet, or is not whole on the wire. */
static __always_inline bool vnet_hdr_is_more(const struct vnet_hdr *hdr)
{
	return hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM ||
	       hdr->gso_type != VIRTIO_NET_HDR_GSO_NONE;
}

/*
 * Take over a received frame's segmentation (5.1.6.4.1). The sizes are the
 * sender's or the device's word: SKB_GSO_DODGY makes the stack look itself
 * before it relies on the headers.
 */
static inline bool vnet_hdr_read_gso(struct sk_buff *skb,
				     const struct vnet_hdr *hdr)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);
	u16 size = le16_to_cpu(hdr->gso_size);
	int start = ETH_HLEN;
	unsigned int type;

	switch (hdr->gso_type & ~VIRTIO_NET_HDR_GSO_ECN) {
	case VIRTIO_NET_HDR_GSO_TCPV4:
		type = SKB_GSO_TCPV4;
		start += sizeof(struct iphdr);
		break;
	case VIRTIO_NET_HDR_GSO_TCPV6:
		type = SKB_GSO_TCPV6;
		start += sizeof(struct ipv6hdr);
		break;
	default:
		return false;
	}
	if (size < VNET_GSO_SIZE_MIN || size == GSO_BY_FRAGS)
		return false;
	/* To be segmented again it must have TCP's checksum to fill in. */
	if (skb->ip_summed != CHECKSUM_PARTIAL ||
	    skb->csum_offset != offsetof(struct tcphdr, check) ||
	    skb_checksum_start_offset(skb) < start)
		return false;
	if (hdr->gso_type & VIRTIO_NET_HDR_GSO_ECN)
		type |= SKB_GSO_TCP_ECN;
	/* The rest of the headers is at least as long as TCP's. */
	if (skb->len <= skb_checksum_start_offset(skb) + sizeof(struct tcphdr))
		return false;
	if (skb->len <= size)
		return true;
	shinfo->gso_type = type | SKB_GSO_DODGY;
	shinfo->gso_size = size;
	shinfo->gso_segs = 0;
	return true;
}

/*
 * Take over where a received frame's checksum is to be. It makes a transport header,
 * which the stack takes to be behind the Ethernet header.
 */
static inline bool vnet_hdr_read_csum(struct sk_buff *skb,
				      const struct vnet_hdr *hdr)
{
	u16 start = le16_to_cpu(hdr->csum_start);

	return start >= ETH_HLEN &&
	       skb_partial_csum_set(skb, start, le16_to_cpu(hdr->csum_offset));
}

/*
 * Take over what the device says of a received frame, before its Ethernet
 * header is taken off. False if that cannot be, and the frame is to be dropped.
 */
static inline bool vnet_hdr_read(struct sk_buff *skb,
				 const struct vnet_hdr *hdr)
{
	if (hdr->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM &&
	    !vnet_hdr_read_csum(skb, hdr))
		return false;
	if (hdr->gso_type == VIRTIO_NET_HDR_GSO_NONE)
		return true;
	return vnet_hdr_read_gso(skb, hdr);
}

#endif /* WEFTNIC_VIRTIO_OFFLOAD_H */
