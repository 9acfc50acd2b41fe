// SPDX-License-Identifier: GPL-2.0
/*
 * Features and configuration of virtio-net (virtio 1.2, 5.1.3, 5.1.4): what the
 * device offers, what of that is used, and what follows for the interface.
 */

#include "virtio.h"

/* What this driver can use (5.1.3, 6). */
#define VNET_FEATURES \
	(BIT_ULL(VIRTIO_F_VERSION_1) | \
	 BIT_ULL(VIRTIO_F_ACCESS_PLATFORM) | \
	 BIT_ULL(VIRTIO_F_RING_PACKED) | \
	 BIT_ULL(VIRTIO_F_IN_ORDER) | \
	 BIT_ULL(VIRTIO_RING_F_EVENT_IDX) | \
	 BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC) | \
	 BIT_ULL(VIRTIO_NET_F_CSUM) | \
	 BIT_ULL(VIRTIO_NET_F_GUEST_CSUM) | \
	 BIT_ULL(VIRTIO_NET_F_GUEST_TSO4) | \
	 BIT_ULL(VIRTIO_NET_F_GUEST_TSO6) | \
	 BIT_ULL(VIRTIO_NET_F_GUEST_ECN) | \
	 BIT_ULL(VIRTIO_NET_F_HOST_TSO4) | \
	 BIT_ULL(VIRTIO_NET_F_HOST_TSO6) | \
	 BIT_ULL(VIRTIO_NET_F_HOST_ECN) | \
	 BIT_ULL(VIRTIO_NET_F_MRG_RXBUF) | \
	 BIT_ULL(VIRTIO_NET_F_MTU) | \
	 BIT_ULL(VIRTIO_NET_F_MAC) | \
	 BIT_ULL(VIRTIO_NET_F_STATUS) | \
	 BIT_ULL(VIRTIO_NET_F_CTRL_VQ) | \
	 BIT_ULL(VIRTIO_NET_F_CTRL_RX) | \
	 BIT_ULL(VIRTIO_NET_F_CTRL_VLAN) | \
	 BIT_ULL(VIRTIO_NET_F_CTRL_MAC_ADDR) | \
	 BIT_ULL(VIRTIO_NET_F_GUEST_ANNOUNCE) | \
	 BIT_ULL(VIRTIO_NET_F_MQ) | \
	 BIT_ULL(VIRTIO_NET_F_RSS) | \
	 BIT_ULL(VIRTIO_NET_F_SPEED_DUPLEX))

/* What makes the device hand over what the sender did not segment. */
#define VNET_GUEST_TSO \
	(BIT_ULL(VIRTIO_NET_F_GUEST_TSO4) | \
	 BIT_ULL(VIRTIO_NET_F_GUEST_TSO6) | \
	 BIT_ULL(VIRTIO_NET_F_GUEST_ECN))

/* Drop what has no field in the device's configuration (5.1.4). */
static u64 vnet_readable_features(const struct vnet *vn, u64 f)
{
	if (!vnet_pci_has_config(vn, offsetofend(struct virtio_net_config, status)))
		f &= ~BIT_ULL(VIRTIO_NET_F_STATUS);
	if (!vnet_pci_has_config(vn, offsetofend(struct virtio_net_config,
						 max_virtqueue_pairs)))
		f &= ~BIT_ULL(VIRTIO_NET_F_MQ);
	if (!vnet_pci_has_config(vn, offsetofend(struct virtio_net_config, mtu)))
		f &= ~BIT_ULL(VIRTIO_NET_F_MTU);
	if (!vnet_pci_has_config(vn, offsetofend(struct virtio_net_config, duplex)))
		f &= ~BIT_ULL(VIRTIO_NET_F_SPEED_DUPLEX);
	if (!vnet_pci_has_config(vn, offsetofend(struct virtio_net_config,
						 supported_hash_types)))
		f &= ~BIT_ULL(VIRTIO_NET_F_RSS);
	return f;
}

/* Drop what needs something that is not there (5.1.3.1). */
static u64 vnet_sane_features(u64 f)
{
	u64 ctrl = BIT_ULL(VIRTIO_NET_F_CTRL_RX) |
		   BIT_ULL(VIRTIO_NET_F_CTRL_VLAN) |
		   BIT_ULL(VIRTIO_NET_F_CTRL_MAC_ADDR) |
		   BIT_ULL(VIRTIO_NET_F_GUEST_ANNOUNCE) |
		   BIT_ULL(VIRTIO_NET_F_MQ) |
		   BIT_ULL(VIRTIO_NET_F_RSS);
	u64 tso = BIT_ULL(VIRTIO_NET_F_HOST_TSO4) |
		  BIT_ULL(VIRTIO_NET_F_HOST_TSO6) |
		  BIT_ULL(VIRTIO_NET_F_HOST_ECN);

	if (!(f & BIT_ULL(VIRTIO_NET_F_CTRL_VQ)))
		f &= ~ctrl;
	if (!(f & BIT_ULL(VIRTIO_NET_F_STATUS)))
		f &= ~BIT_ULL(VIRTIO_NET_F_GUEST_ANNOUNCE);
	/* Segments are made of fragments, and fragments need a table. */
	if (!(f & BIT_ULL(VIRTIO_NET_F_CSUM)) ||
	    !(f & BIT_ULL(VIRTIO_RING_F_INDIRECT_DESC)))
		f &= ~tso;
	/* What the sender did not segment takes many buffers. */
	if (!(f & BIT_ULL(VIRTIO_NET_F_GUEST_CSUM)) ||
	    !(f & BIT_ULL(VIRTIO_NET_F_MRG_RXBUF)))
		f &= ~VNET_GUEST_TSO;
	return f;
}

/**
 * vnet_wanted_features() - which features to negotiate now
 * @ad: adapter
 *
 * An XDP program could do nothing with frames that are not yet as on the wire. A
 * device that once broke a queue may have broken its word to keep the order. For the
 * rest by the user's wishes, which are known before what the stack makes of them.
 * rtnl held.
 *
 * Return: some of &vnet.features.
 */
u64 vnet_wanted_features(const struct weftnic_adapter *ad)
{
	netdev_features_t both = NETIF_F_RXCSUM | NETIF_F_GRO_HW;
	u64 f = vnet_priv(ad)->features;

	if (ad->cfg.prog)
		f &= ~(BIT_ULL(VIRTIO_NET_F_GUEST_CSUM) | VNET_GUEST_TSO);
	if ((ad->netdev->wanted_features & both) != both)
		f &= ~VNET_GUEST_TSO;
	if (READ_ONCE(vnet_priv(ad)->disorder))
		f &= ~BIT_ULL(VIRTIO_F_IN_ORDER);
	return f;
}

/**
 * vnet_read_mac() - read the device's address
 * @vn: device with VIRTIO_NET_F_MAC
 * @mac: result
 *
 * Its bytes belong together if the generation stayed the same (4.1.4.3.1).
 * Process context.
 */
void vnet_read_mac(struct vnet *vn, u8 *mac)
{
	unsigned int i, tries = 0;
	u8 before;

	do {
		before = ioread8(vnet_common(vn, config_generation));
		for (i = 0; i < ETH_ALEN; i++)
			mac[i] = ioread8(vnet_config(vn, mac) + i);
	} while (ioread8(vnet_common(vn, config_generation)) != before &&
		 ++tries < 10);
}

/* The largest packet that device and driver bear; advice below 68 is nonsense. */
static void vnet_learn_mtu(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	u16 mtu;

	ad->max_mtu = vnet_has(vn, VIRTIO_NET_F_MRG_RXBUF) ? VNET_MAX_MTU :
							     ETH_DATA_LEN;
	if (!vnet_has(vn, VIRTIO_NET_F_MTU))
		return;
	mtu = ioread16(vnet_config(vn, mtu));
	if (mtu < ETH_MIN_MTU || mtu > ad->max_mtu) {
		vn->features &= ~BIT_ULL(VIRTIO_NET_F_MTU);
		return;
	}
	ad->max_mtu = mtu;
	ad->cfg.mtu = mtu;
	ad->netdev->mtu = mtu;
}

static int vnet_learn_queues(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	u16 pairs = 1, q;

	if (vnet_has_pairs(vn))
		pairs = ioread16(vnet_config(vn, max_virtqueue_pairs));
	if (!pairs || pairs > VIRTIO_NET_CTRL_MQ_VQ_PAIRS_MAX)
		return -EINVAL;
	ad->max_queues = min_t(u16, pairs, WEFTNIC_MAX_VECTORS);
	ad->rx_max = VNET_RING_MAX;
	ad->tx_max = VNET_RING_MAX;
	for (q = 0; q < ad->max_queues; q++) {
		ad->rx_max = min(ad->rx_max,
				 vnet_pci_queue_max(ad, vnet_rx_index(q)));
		ad->tx_max = min(ad->tx_max,
				 vnet_pci_queue_max(ad, vnet_tx_index(q)));
	}
	if (ad->rx_max < VNET_RING_MIN || ad->tx_max < VNET_RING_MIN)
		return -EINVAL;
	return 0;
}

static void vnet_learn_offloads(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	netdev_features_t features = 0;

	if (vnet_has(vn, VIRTIO_RING_F_INDIRECT_DESC))
		features |= NETIF_F_SG;
	if (vnet_has(vn, VIRTIO_NET_F_CSUM))
		features |= NETIF_F_HW_CSUM;
	if (vnet_has(vn, VIRTIO_NET_F_GUEST_CSUM))
		features |= NETIF_F_RXCSUM;
	if (vn->features & VNET_GUEST_TSO)
		features |= NETIF_F_GRO_HW;
	if (vnet_has(vn, VIRTIO_NET_F_HOST_TSO4))
		features |= NETIF_F_TSO;
	if (vnet_has(vn, VIRTIO_NET_F_HOST_TSO6))
		features |= NETIF_F_TSO6;
	if (vnet_has(vn, VIRTIO_NET_F_HOST_ECN))
		features |= NETIF_F_TSO_ECN;
	if (vnet_has(vn, VIRTIO_NET_F_CTRL_VLAN))
		features |= NETIF_F_HW_VLAN_CTAG_FILTER;
	ad->features = features;
}

/**
 * vnet_learn() - learn what the device offers, and choose of it
 * @ad: adapter, mapped
 *
 * Leaves the device claimed. Process context.
 *
 * Return: 0 or -errno.
 */
int vnet_learn(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	int err;

	err = vnet_pci_reset(ad);
	if (err) {
		dev_err(&ad->pdev->dev, "device does not come out of reset\n");
		return err;
	}
	err = vnet_pci_claim(ad);
	if (err)
		return err;
	vn->features = vnet_readable_features(vn, vn->offered & VNET_FEATURES);
	vn->features = vnet_sane_features(vn->features);
	if (!vnet_has(vn, VIRTIO_F_VERSION_1)) {
		dev_err(&ad->pdev->dev, "device does not offer virtio 1.0\n");
		return -ENODEV;
	}
	/* Queues beyond the first pair are there only once they are wanted. */
	err = vnet_pci_negotiate(ad, vn->features);
	if (!err)
		vnet_learn_rss(ad);
	if (!err)
		err = vnet_learn_queues(ad);
	if (err) {
		dev_err(&ad->pdev->dev, "unusable features or queues\n");
		return err;
	}
	vnet_learn_mtu(ad);
	vnet_learn_offloads(ad);
	return 0;
}
