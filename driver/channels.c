// SPDX-License-Identifier: GPL-2.0
/* Queue pairs: how many of the device's are in use (ethtool -l, -L). */

#include <linux/ethtool.h>

#include "compat_napi.h"
#include "weftnic.h"

/**
 * weftnic_get_channels() - ethtool -l
 * @dev: interface
 * @ch: result
 *
 * rtnl held.
 */
void weftnic_get_channels(struct net_device *dev, struct ethtool_channels *ch)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	ch->max_combined = ad->max_vectors;
	ch->combined_count = ad->n_vectors;
}

/**
 * weftnic_set_channels() - ethtool -L
 * @dev: interface
 * @ch: how many to use; the core has checked them against the maxima
 *
 * rtnl held. Return: 0 or -errno, with nothing changed.
 */
int weftnic_set_channels(struct net_device *dev, struct ethtool_channels *ch)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	struct weftnic_config cfg = ad->cfg;

	if (ch->combined_count == ad->n_vectors)
		return 0;
	cfg.queues = ch->combined_count;
	return weftnic_reconfigure(ad, &cfg);
}

static void weftnic_channel_set_napi(struct weftnic_adapter *ad,
				     unsigned int queue,
				     struct napi_struct *napi)
{
	netif_queue_set_napi(ad->netdev, queue, NETDEV_QUEUE_TYPE_RX, napi);
	netif_queue_set_napi(ad->netdev, queue, NETDEV_QUEUE_TYPE_TX, napi);
}

/**
 * weftnic_channels_show() - tell users which NAPI instance polls which queue
 * @ad: adapter, the instances of its queues enabled
 *
 * rtnl held.
 */
void weftnic_channels_show(struct weftnic_adapter *ad)
{
	unsigned int i;

	for (i = 0; i < ad->n_vectors; i++)
		weftnic_channel_set_napi(ad, i, &ad->vec[i].napi);
}

/**
 * weftnic_channels_hide() - undo weftnic_channels_show()
 * @ad: adapter, with the same queues in use
 *
 * rtnl held.
 */
void weftnic_channels_hide(struct weftnic_adapter *ad)
{
	unsigned int i;

	for (i = 0; i < ad->n_vectors; i++)
		weftnic_channel_set_napi(ad, i, NULL);
}
