// SPDX-License-Identifier: GPL-2.0
/* What the interface offers to do, and for which frames it can. */

#include <linux/if_vlan.h>

#include "tx.h"

/**
 * weftnic_fix_features() - ndo_fix_features
 * @dev: interface
 * @features: wished
 *
 * One bit of the device strips tags and allows to insert them, so the second
 * needs the first. An XDP program gets frames as they were on the wire, and
 * could not send on a tag that was taken off.
 *
 * Return: features that can be had together.
 */
netdev_features_t weftnic_fix_features(struct net_device *dev,
				       netdev_features_t features)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (ad->cfg.prog)
		features &= ~NETIF_F_HW_VLAN_CTAG_RX;
	if (!(features & NETIF_F_HW_VLAN_CTAG_RX))
		features &= ~NETIF_F_HW_VLAN_CTAG_TX;
	return features;
}

/**
 * weftnic_set_features() - ndo_set_features
 * @dev: interface
 * @features: result of weftnic_fix_features()
 *
 * rtnl held. Return: 0, 1 with the features already set, or -errno of a device that
 * does not go round in a loop, and nothing has changed.
 */
int weftnic_set_features(struct net_device *dev, netdev_features_t features)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	netdev_features_t changed = dev->features ^ features;
	int err;

	if (changed & NETIF_F_LOOPBACK) {
		err = ad->hw->set_loopback(ad, features & NETIF_F_LOOPBACK);
		if (err)
			return err;
		weftnic_service_soon(ad, HZ / 10);
	}
	/* The stack tells of VLANs only while the filter is on. */
	if (changed & ~features & NETIF_F_HW_VLAN_CTAG_FILTER)
		vlan_drop_rx_ctag_filter_info(dev);
	dev->features = features;
	if (changed & features & NETIF_F_HW_VLAN_CTAG_FILTER)
		vlan_get_rx_ctag_filter_info(dev);
	if (changed & NETIF_F_HW_VLAN_CTAG_RX) {
		spin_lock_bh(&ad->filter_lock);
		ad->hw->set_vlan_strip(ad);
		spin_unlock_bh(&ad->filter_lock);
	}
	if (changed & NETIF_F_HW_VLAN_CTAG_FILTER)
		weftnic_filter_change(ad);
	return 1;
}

/*
 * Weft's streams: the offsets and flags that the device works on must be where
 * it expects them. It would leave CWR in all segments. QEMU's ends what is a
 * multiple of the MSS with a segment more, without payload: none is to bear
 * FIN a second time.
 */
static bool weftnic_can_segment_stream(const struct sk_buff *skb)
{
	const struct weft_stream_hdr *hdr = weftnic_tx_stream_hdr(skb);
	unsigned int trans = skb_checksum_start_offset(skb);
	unsigned int hdr_len;

	if (skb->ip_summed != CHECKSUM_PARTIAL ||
	    skb->csum_offset != offsetof(struct weft_stream_hdr, check) ||
	    trans != skb_network_offset(skb) + sizeof(struct weft_hdr) ||
	    trans + sizeof(*hdr) > skb_headlen(skb))
		return false;
	hdr_len = weftnic_tx_headers(skb);
	if (hdr->len < sizeof(*hdr) || hdr_len >= WEFTNIC_TSO_HDR_LEN ||
	    hdr_len > skb_headlen(skb) || hdr_len >= skb->len ||
	    hdr->flags & WEFT_STREAM_CWR)
		return false;
	return !(hdr->flags & WEFT_STREAM_FIN) ||
	       (skb->len - hdr_len) % skb_shinfo(skb)->gso_size;
}

/*
 * TCP segmentation: headers of at most 255 bytes; for IPv6, which the driver
 * cuts up itself, no extension headers and no more descriptors than half a ring.
 * SCTP's own large packets only look as if the device could.
 */
static bool weftnic_can_segment(struct weftnic_adapter *ad, struct sk_buff *skb)
{
	unsigned int net = skb_network_offset(skb);
	unsigned int hdr_len;

	if (weftnic_tx_is_stream(skb))
		return weftnic_can_segment_stream(skb);
	if (!skb_is_gso_tcp(skb))
		return false;
	hdr_len = skb_tcp_all_headers(skb);
	if (hdr_len >= WEFTNIC_TSO_HDR_LEN || hdr_len > skb_headlen(skb))
		return false;
	if (!weftnic_tx_is_soft_tso(skb, ad->hw->soft_tso6))
		return true;
	return skb_transport_offset(skb) == net + sizeof(struct ipv6hdr) &&
	       weftnic_tx_need(skb, true) <= ad->cfg.tx_count / 2;
}

/*
 * Of a frame that asks for something. Offsets given to the device have eight bits.
 * What parses frames takes a short one's padding for payload (QEMU).
 */
static noinline netdev_features_t
weftnic_offload_check(struct sk_buff *skb, struct net_device *dev,
		      netdev_features_t features)
{
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    skb_checksum_start_offset(skb) + skb->csum_offset > U8_MAX)
		features &= ~(NETIF_F_CSUM_MASK | NETIF_F_GSO_MASK);
	if (skb->len < ETH_ZLEN &&
	    features & (NETIF_F_IP_CSUM | NETIF_F_IPV6_CSUM))
		features &= ~NETIF_F_CSUM_MASK;
	if (skb_is_gso(skb) && !weftnic_can_segment(netdev_priv(dev), skb))
		features &= ~NETIF_F_GSO_MASK;
	return vlan_features_check(skb, features);
}

/**
 * weftnic_features_check() - ndo_features_check
 * @skb: frame
 * @dev: interface
 * @features: what the stack would leave to the device
 *
 * What it cannot do the stack does before the frame comes here.
 *
 * Return: what may be left to the device.
 */
netdev_features_t weftnic_features_check(struct sk_buff *skb,
					 struct net_device *dev,
					 netdev_features_t features)
{
	if (!skb_is_gso(skb) && skb->ip_summed != CHECKSUM_PARTIAL)
		return features;
	return weftnic_offload_check(skb, dev, features);
}
