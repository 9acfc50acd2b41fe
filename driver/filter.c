// SPDX-License-Identifier: GPL-2.0
/* Receive filters: what the stack asks, kept for the back end. */

#include "weftnic.h"

/**
 * weftnic_filter_sync() - make the device's filters what the stack asks
 * @ad: adapter
 *
 * Process context, or any with BHs off.
 */
void weftnic_filter_sync(struct weftnic_adapter *ad)
{
	netif_addr_lock_bh(ad->netdev);
	weftnic_set_rx_mode(ad->netdev);
	netif_addr_unlock_bh(ad->netdev);
}

/**
 * weftnic_filter_change() - the same, for a caller that relies on it
 * @ad: adapter
 *
 * When it returns the device filters so. rtnl held; may sleep.
 */
void weftnic_filter_change(struct weftnic_adapter *ad)
{
	weftnic_filter_sync(ad);
	if (ad->hw->filter_wait)
		ad->hw->filter_wait(ad);
}

/**
 * weftnic_set_rx_mode() - ndo_set_rx_mode
 * @dev: interface; its address lists are locked
 */
void weftnic_set_rx_mode(struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	spin_lock_bh(&ad->filter_lock);
	ad->hw->set_filter(ad);
	spin_unlock_bh(&ad->filter_lock);
}

static void weftnic_vlan_change(struct net_device *dev, u16 vid, bool on)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	spin_lock_bh(&ad->filter_lock);
	__assign_bit(vid, ad->vlans, on);
	spin_unlock_bh(&ad->filter_lock);
	weftnic_filter_change(ad);
}

/**
 * weftnic_vlan_add() - ndo_vlan_rx_add_vid
 * @dev: interface
 * @proto: ETH_P_8021Q, the only one offered
 * @vid: identifier to let through
 *
 * rtnl held. Return: 0.
 */
int weftnic_vlan_add(struct net_device *dev, __be16 proto, u16 vid)
{
	weftnic_vlan_change(dev, vid, true);
	return 0;
}

/**
 * weftnic_vlan_del() - ndo_vlan_rx_kill_vid
 * @dev: interface
 * @proto: ETH_P_8021Q
 * @vid: identifier to let through no more
 *
 * Frames with a priority but no VLAN (identifier 0) are always let through.
 * rtnl held. Return: 0.
 */
int weftnic_vlan_del(struct net_device *dev, __be16 proto, u16 vid)
{
	if (vid)
		weftnic_vlan_change(dev, vid, false);
	return 0;
}
