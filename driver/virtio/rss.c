// SPDX-License-Identifier: GPL-2.0
/*
 * Receive side scaling (virtio 1.2, 5.1.6.5.7). Hashes are not reported: with
 * VIRTIO_NET_F_HASH_REPORT every header, sent or received, is of 20 bytes, and
 * where a frame begins would no longer be a constant.
 */

#include "virtio.h"

/* TCP by addresses and ports, all else of IP by addresses: see weftnic_get_rxfh_fields(). */
#define VNET_HASH_TYPES \
	(VIRTIO_NET_RSS_HASH_TYPE_IPv4 | VIRTIO_NET_RSS_HASH_TYPE_TCPv4 | \
	 VIRTIO_NET_RSS_HASH_TYPE_IPv6 | VIRTIO_NET_RSS_HASH_TYPE_TCPv6)

/**
 * struct vnet_rss_config - what the device is told
 * @hash_types: VIRTIO_NET_RSS_HASH_TYPE_* to tell flows apart by
 * @table_mask: bits of the hash that are an index of @table
 * @unclassified: queue of frames without a hash
 * @table: queue by hash
 * @max_tx_vq: queue pairs that transmit
 * @key_len: bytes of @key
 * @key: of the hash
 */
struct vnet_rss_config {
	__le32 hash_types;
	__le16 table_mask;
	__le16 unclassified;
	__le16 table[WEFTNIC_RSS_TABLE];
	__le16 max_tx_vq;
	u8 key_len;
	u8 key[WEFTNIC_RSS_KEY];
} __packed;

/**
 * vnet_learn_rss() - drop VIRTIO_NET_F_RSS if the device cannot do what is asked of it
 * @ad: adapter; its features are chosen
 *
 * Every device has room for a table and a key of the core's sizes (5.1.4.1).
 * Process context.
 */
void vnet_learn_rss(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);

	if (!vnet_has(vn, VIRTIO_NET_F_RSS))
		return;
	ad->rss.usable =
		ioread8(vnet_config(vn, rss_max_key_size)) >= WEFTNIC_RSS_KEY &&
		ioread16(vnet_config(vn, rss_max_indirection_table_length)) >=
			WEFTNIC_RSS_TABLE &&
		!(VNET_HASH_TYPES &
		  ~ioread32(vnet_config(vn, supported_hash_types)));
	if (!ad->rss.usable)
		vn->features &= ~BIT_ULL(VIRTIO_NET_F_RSS);
}

/**
 * vnet_start_rss() - tell the device how to spread flows, and over which queues
 * @ad: adapter with VIRTIO_NET_F_RSS, its queues running
 *
 * rtnl held. Return: 0 or -errno.
 */
int vnet_start_rss(struct weftnic_adapter *ad)
{
	struct vnet *vn = vnet_priv(ad);
	struct vnet_rss_config rss = {
		.hash_types	= cpu_to_le32(VNET_HASH_TYPES),
		.table_mask	= cpu_to_le16(WEFTNIC_RSS_TABLE - 1),
		.max_tx_vq	= cpu_to_le16(ad->n_vectors),
		.key_len	= WEFTNIC_RSS_KEY,
	};
	unsigned int i;
	int err;

	BUILD_BUG_ON_NOT_POWER_OF_2(WEFTNIC_RSS_TABLE);
	static_assert(sizeof(rss) <= VNET_CMD_MAX);

	for (i = 0; i < WEFTNIC_RSS_TABLE; i++)
		rss.table[i] = cpu_to_le16(ad->rss.table[i]);
	memcpy(rss.key, ad->rss.key, WEFTNIC_RSS_KEY);
	mutex_lock(&vn->ctrl_lock);
	err = vnet_ctrl_command(vn, VIRTIO_NET_CTRL_MQ,
				VIRTIO_NET_CTRL_MQ_RSS_CONFIG, &rss,
				sizeof(rss));
	mutex_unlock(&vn->ctrl_lock);
	return err;
}

/**
 * vnet_set_rss() - &weftnic_hw_ops.set_rss
 * @ad: adapter with VIRTIO_NET_F_RSS
 *
 * A device that did not start is told when it does. rtnl held.
 *
 * Return: 0 or -errno.
 */
int vnet_set_rss(struct weftnic_adapter *ad)
{
	return READ_ONCE(vnet_priv(ad)->live) ? vnet_start_rss(ad) : 0;
}
