// SPDX-License-Identifier: GPL-2.0
/* The ethtool surface. */

#include <linux/ethtool.h>
#include <linux/log2.h>

#include "weftnic.h"

#include "compat_ethtool.h"

/* Layout of ethtool -d: offset and value by turns. */
#define WEFTNIC_REGS_VERSION	1

static void weftnic_get_drvinfo(struct net_device *dev,
				struct ethtool_drvinfo *info)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	strscpy(info->driver, WEFTNIC_NAME, sizeof(info->driver));
	strscpy(info->bus_info, pci_name(ad->pdev), sizeof(info->bus_info));
}

static int weftnic_get_regs_len(struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return ad->hw->n_regs * 2 * sizeof(u32);
}

static void weftnic_get_regs(struct net_device *dev, struct ethtool_regs *regs,
			     void *data)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	u32 *out = data;
	unsigned int i;

	regs->version = WEFTNIC_REGS_VERSION;
	for (i = 0; i < ad->hw->n_regs; i++) {
		*out++ = ad->hw->regs[i];
		*out++ = ad->hw->read_reg ?
			 ad->hw->read_reg(ad, ad->hw->regs[i]) :
			 weftnic_read(ad, ad->hw->regs[i]);
	}
}

static int weftnic_get_eeprom_len(struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return ad->hw->eeprom_words * sizeof(u16);
}

static int weftnic_get_eeprom(struct net_device *dev,
			      struct ethtool_eeprom *ee, u8 *data)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	u32 at;

	ee->magic = ad->pdev->vendor | ad->pdev->device << 16;
	for (at = ee->offset; at < ee->offset + ee->len; at++) {
		u16 word;
		int err = ad->hw->read_eeprom(ad, at / 2, &word);

		if (err)
			return err;
		*data++ = at % 2 ? word >> 8 : word;
	}
	return 0;
}

static void weftnic_get_ringparam(struct net_device *dev,
				  struct ethtool_ringparam *ring,
				  struct kernel_ethtool_ringparam *kring,
				  struct netlink_ext_ack *extack)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	ring->rx_max_pending = ad->rx_max;
	ring->tx_max_pending = ad->tx_max;
	ring->rx_pending = ad->cfg.rx_count;
	ring->tx_pending = ad->cfg.tx_count;
}

/* Sizes are rounded up to a power of two. */
static int weftnic_set_ringparam(struct net_device *dev,
				 struct ethtool_ringparam *ring,
				 struct kernel_ethtool_ringparam *kring,
				 struct netlink_ext_ack *extack)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	struct weftnic_config cfg = ad->cfg;

	if (ring->rx_pending < ad->hw->ring_min ||
	    ring->tx_pending < ad->hw->ring_min) {
		NL_SET_ERR_MSG_MOD(extack, "ring is shorter than a burst can be");
		return -EINVAL;
	}
	cfg.rx_count = roundup_pow_of_two(ring->rx_pending);
	cfg.tx_count = roundup_pow_of_two(ring->tx_pending);
	if (cfg.rx_count == ad->cfg.rx_count &&
	    cfg.tx_count == ad->cfg.tx_count)
		return 0;
	return weftnic_reconfigure(ad, &cfg);
}

static int weftnic_get_sset_count(struct net_device *dev, int set)
{
	switch (set) {
	case ETH_SS_STATS:
		return weftnic_stats_count(netdev_priv(dev));
	case ETH_SS_TEST:
		return weftnic_selftest_count(netdev_priv(dev));
	default:
		return -EOPNOTSUPP;
	}
}

static void weftnic_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	if (set == ETH_SS_STATS)
		weftnic_stats_strings(netdev_priv(dev), data);
	else if (set == ETH_SS_TEST)
		weftnic_selftest_strings(data);
}

static void weftnic_get_ethtool_stats(struct net_device *dev,
				      struct ethtool_stats *stats, u64 *data)
{
	weftnic_stats_values(netdev_priv(dev), data);
}

static int weftnic_get_link_ksettings(struct net_device *dev,
				      struct ethtool_link_ksettings *ks)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return ad->hw->get_link_ksettings(ad, ks);
}

static int weftnic_set_link_ksettings(struct net_device *dev,
				      const struct ethtool_link_ksettings *ks)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	int err;

	if (!ad->hw->set_link_ksettings)
		return -EOPNOTSUPP;
	if (dev->features & NETIF_F_LOOPBACK)
		return -EBUSY;
	err = ad->hw->set_link_ksettings(ad, ks);
	/* The device tells by interrupt, but not of a mode that is the same. */
	weftnic_service_soon(ad, HZ / 10);
	return err;
}

static int weftnic_nway_reset(struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return ad->hw->restart_autoneg ? ad->hw->restart_autoneg(ad) :
					 -EOPNOTSUPP;
}

static void weftnic_get_pauseparam(struct net_device *dev,
				   struct ethtool_pauseparam *pause)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (!ad->hw->set_pause)
		return;
	pause->autoneg = ad->pause_autoneg;
	pause->rx_pause = ad->rx_pause;
	pause->tx_pause = ad->tx_pause;
}

static int weftnic_set_pauseparam(struct net_device *dev,
				  struct ethtool_pauseparam *pause)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	int err;

	if (!ad->hw->set_pause)
		return -EOPNOTSUPP;
	ad->pause_autoneg = pause->autoneg;
	ad->rx_pause = pause->rx_pause;
	ad->tx_pause = pause->tx_pause;
	err = ad->hw->set_pause(ad);
	weftnic_service_soon(ad, HZ / 10);
	return err;
}

static u32 weftnic_get_msglevel(struct net_device *dev)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	return ad->msg_enable;
}

static void weftnic_set_msglevel(struct net_device *dev, u32 level)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	ad->msg_enable = level;
}

static int weftnic_set_phys_id(struct net_device *dev,
			       enum ethtool_phys_id_state state)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (!ad->hw->set_led)
		return -EOPNOTSUPP;
	ad->hw->set_led(ad, state);
	/* Twice a second. */
	return state == ETHTOOL_ID_ACTIVE ? 2 : 0;
}

static void weftnic_get_wol(struct net_device *dev,
			    struct ethtool_wolinfo *wol)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	wol->supported = ad->hw->wake_modes ? ad->hw->wake_modes(ad) : 0;
	wol->wolopts = ad->wake;
}

/* The device is told when the machine goes to sleep. */
static int weftnic_set_wol(struct net_device *dev, struct ethtool_wolinfo *wol)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	u32 modes = ad->hw->wake_modes ? ad->hw->wake_modes(ad) : 0;

	if (wol->wolopts & ~modes)
		return -EOPNOTSUPP;
	ad->wake = wol->wolopts;
	device_set_wakeup_enable(&ad->pdev->dev, ad->wake);
	return 0;
}

const struct ethtool_ops weftnic_ethtool_ops = {
	.supported_coalesce_params = ETHTOOL_COALESCE_RX_USECS |
				     ETHTOOL_COALESCE_USE_ADAPTIVE_RX,
	.get_drvinfo		= weftnic_get_drvinfo,
	.get_regs_len		= weftnic_get_regs_len,
	.get_regs		= weftnic_get_regs,
	.get_eeprom_len		= weftnic_get_eeprom_len,
	.get_eeprom		= weftnic_get_eeprom,
	.get_msglevel		= weftnic_get_msglevel,
	.set_msglevel		= weftnic_set_msglevel,
	.get_link		= ethtool_op_get_link,
	.nway_reset		= weftnic_nway_reset,
	.get_ringparam		= weftnic_get_ringparam,
	.set_ringparam		= weftnic_set_ringparam,
	.get_channels		= weftnic_get_channels,
	.set_channels		= weftnic_set_channels,
	.get_rxfh_indir_size	= weftnic_get_rxfh_indir_size,
	.get_rxfh_key_size	= weftnic_get_rxfh_key_size,
	COMPAT_RXFH_OPS,
	COMPAT_RXNFC_OPS,
	.get_coalesce		= weftnic_get_coalesce,
	.set_coalesce		= weftnic_set_coalesce,
	.get_pauseparam		= weftnic_get_pauseparam,
	.set_pauseparam		= weftnic_set_pauseparam,
	.get_sset_count		= weftnic_get_sset_count,
	.get_strings		= weftnic_get_strings,
	.get_ethtool_stats	= weftnic_get_ethtool_stats,
	.get_eth_mac_stats	= weftnic_get_mac_stats,
	.get_eth_ctrl_stats	= weftnic_get_ctrl_stats,
	.get_rmon_stats		= weftnic_get_rmon_stats,
	.get_pause_stats	= weftnic_get_pause_stats,
	.self_test		= weftnic_self_test,
	.set_phys_id		= weftnic_set_phys_id,
	.get_wol		= weftnic_get_wol,
	.set_wol		= weftnic_set_wol,
	.get_ts_info		= ethtool_op_get_ts_info,
	.get_link_ksettings	= weftnic_get_link_ksettings,
	.set_link_ksettings	= weftnic_set_link_ksettings,
};
