// SPDX-License-Identifier: GPL-2.0
/* Queue pairs: how many of the device's are in use (ethtool -l, -L). */

#include <linux/ethtool.h>

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
