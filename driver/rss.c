// SPDX-License-Identifier: GPL-2.0
/*
 * Receive side scaling: a hash over a frame's addresses picks its queue out of a
 * table (ethtool -x, -X).
 */

#include <linux/ethtool.h>

#include "weftnic.h"

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
