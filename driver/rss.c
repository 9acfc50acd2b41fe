// SPDX-License-Identifier: GPL-2.0
/*
 * Receive side scaling: a hash over a frame's addresses picks its queue out of a
 * table (ethtool -x, -X).
 */

#include <linux/ethtool.h>

#include "weftnic.h"

#include "compat_ethtool.h"

/**
 * weftnic_rss_spread() - spread flows evenly over the queues in use
 * @ad: adapter
 *
 * A table that the user made stays, which ethtool allows only while it names no
 * queue beyond them. The device is told when it is started. rtnl held, or before
 * the interface is registered.
 */
void weftnic_rss_spread(struct weftnic_adapter *ad)
{
	unsigned int i;

	if (netif_is_rxfh_configured(ad->netdev))
		return;
	for (i = 0; i < WEFTNIC_RSS_TABLE; i++)
		ad->rss.table[i] = ethtool_rxfh_indir_default(i, ad->n_vectors);
}

/**
 * weftnic_rss_init() - a random key, and all queues alike
 * @ad: adapter that is not registered yet
 */
void weftnic_rss_init(struct weftnic_adapter *ad)
{
	netdev_rss_key_fill(ad->rss.key, sizeof(ad->rss.key));
	weftnic_rss_spread(ad);
}

/**
 * weftnic_get_rxfh_indir_size() - entries of the table
 * @dev: interface
 *
 * Return: that, 0 for a device without.
 */
u32 weftnic_get_rxfh_indir_size(struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return ad->rss.usable ? WEFTNIC_RSS_TABLE : 0;
}

/**
 * weftnic_get_rxfh_key_size() - bytes of the hash's key
 * @dev: interface
 *
 * Return: that, 0 for a device without.
 */
u32 weftnic_get_rxfh_key_size(struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return ad->rss.usable ? WEFTNIC_RSS_KEY : 0;
}

/**
 * weftnic_get_rxfh() - ethtool -x
 * @dev: interface
 * @param: result
 *
 * rtnl held. Return: 0 or -EOPNOTSUPP.
 */
int weftnic_get_rxfh(struct net_device *dev, struct ethtool_rxfh_param *param)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	unsigned int i;

	if (!ad->rss.usable)
		return -EOPNOTSUPP;
	param->hfunc = ETH_RSS_HASH_TOP;
	for (i = 0; param->indir && i < WEFTNIC_RSS_TABLE; i++)
		param->indir[i] = ad->rss.table[i];
	if (param->key)
		memcpy(param->key, ad->rss.key, WEFTNIC_RSS_KEY);
	return 0;
}

/**
 * weftnic_set_rxfh() - ethtool -X
 * @dev: interface
 * @param: table, if any, whose queues the core has checked, and key, if any
 * @extack: why not; NULL where the kernel gives none
 *
 * Takes effect at once, frame by frame. rtnl held.
 *
 * Return: 0, or -errno with nothing changed.
 */
int weftnic_set_rxfh(struct net_device *dev, struct ethtool_rxfh_param *param,
		     struct netlink_ext_ack *extack)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	const struct weftnic_rss before = ad->rss;
	unsigned int i;
	int err = 0;

	if (!ad->rss.usable)
		return -EOPNOTSUPP;
	if (param->hfunc != ETH_RSS_HASH_NO_CHANGE &&
	    param->hfunc != ETH_RSS_HASH_TOP) {
		NL_SET_ERR_MSG_MOD(extack, "the device has Toeplitz's hash only");
		return -EOPNOTSUPP;
	}
	for (i = 0; param->indir && i < WEFTNIC_RSS_TABLE; i++)
		ad->rss.table[i] = param->indir[i];
	if (param->key)
		memcpy(ad->rss.key, param->key, WEFTNIC_RSS_KEY);
	if (test_bit(WEFTNIC_UP, &ad->flags))
		err = ad->hw->set_rss(ad);
	if (err) {
		NL_SET_ERR_MSG_MOD(extack, "the device refuses");
		ad->rss = before;
	}
	return err;
}

/**
 * weftnic_get_rxfh_fields() - ethtool -n rx-flow-hash
 * @dev: interface
 * @fields: flow type; result
 *
 * TCP is hashed over addresses and ports, all else of IP over addresses. The
 * devices can do so only. Return: 0, -EINVAL for a flow type that is not IP, or
 * -EOPNOTSUPP.
 */
int weftnic_get_rxfh_fields(struct net_device *dev,
			    struct ethtool_rxfh_fields *fields)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (!ad->rss.usable)
		return -EOPNOTSUPP;
	fields->data = RXH_IP_SRC | RXH_IP_DST;
	switch (fields->flow_type) {
	case TCP_V4_FLOW:
	case TCP_V6_FLOW:
		fields->data |= RXH_L4_B_0_1 | RXH_L4_B_2_3;
		return 0;
	case UDP_V4_FLOW:
	case UDP_V6_FLOW:
	case SCTP_V4_FLOW:
	case SCTP_V6_FLOW:
	case AH_ESP_V4_FLOW:
	case AH_ESP_V6_FLOW:
	case IPV4_FLOW:
	case IPV6_FLOW:
		return 0;
	}
	return -EINVAL;
}

/**
 * weftnic_get_rx_ring_count() - how many queues the table may name
 * @dev: interface
 *
 * Return: that.
 */
u32 weftnic_get_rx_ring_count(struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return ad->n_vectors;
}
