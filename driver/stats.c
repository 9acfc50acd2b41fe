// SPDX-License-Identifier: GPL-2.0
/* Counters: the driver's own by queue, and those that the device keeps. */

#include "compat_queues.h"
#include "weftnic.h"

/* A counter's name, and where it is in its struct. */
struct weftnic_sw_stat {
	char name[ETH_GSTRING_LEN - 8];
	size_t offset;
};

#define WEFTNIC_RX_STAT(field) \
	{ #field, offsetof(struct weftnic_rx_stats, field) }
#define WEFTNIC_TX_STAT(field) \
	{ #field, offsetof(struct weftnic_tx_stats, field) }

static const struct weftnic_sw_stat weftnic_rx_stat[] = {
	WEFTNIC_RX_STAT(packets),
	WEFTNIC_RX_STAT(bytes),
	WEFTNIC_RX_STAT(chains),
	WEFTNIC_RX_STAT(csum_ok),
	WEFTNIC_RX_STAT(csum_bad),
	WEFTNIC_RX_STAT(length_errors),
	WEFTNIC_RX_STAT(chain_errors),
	WEFTNIC_RX_STAT(device_errors),
	WEFTNIC_RX_STAT(no_skb),
	WEFTNIC_RX_STAT(no_page),
	WEFTNIC_RX_STAT(polls),
	WEFTNIC_RX_STAT(xdp_pass),
	WEFTNIC_RX_STAT(xdp_drop),
	WEFTNIC_RX_STAT(xdp_tx),
	WEFTNIC_RX_STAT(xdp_redirect),
	WEFTNIC_RX_STAT(xdp_errors),
	WEFTNIC_RX_STAT(xsk),
	WEFTNIC_RX_STAT(xsk_no_chunk),
	WEFTNIC_RX_STAT(bad_used),
};

static const struct weftnic_sw_stat weftnic_tx_stat[] = {
	WEFTNIC_TX_STAT(packets),
	WEFTNIC_TX_STAT(bytes),
	WEFTNIC_TX_STAT(tso),
	WEFTNIC_TX_STAT(tso_soft),
	WEFTNIC_TX_STAT(csum),
	WEFTNIC_TX_STAT(contexts),
	WEFTNIC_TX_STAT(doorbells),
	WEFTNIC_TX_STAT(reminders),
	WEFTNIC_TX_STAT(irq_arms),
	WEFTNIC_TX_STAT(busy),
	WEFTNIC_TX_STAT(map_errors),
	WEFTNIC_TX_STAT(too_long),
	WEFTNIC_TX_STAT(xdp),
	WEFTNIC_TX_STAT(xsk),
	WEFTNIC_TX_STAT(bad_used),
};

#define WEFTNIC_N_RX_STAT	ARRAY_SIZE(weftnic_rx_stat)
#define WEFTNIC_N_TX_STAT	ARRAY_SIZE(weftnic_tx_stat)
/* tx_timeouts and resets */
#define WEFTNIC_N_GLOBAL	2

/* A queue's counters, all from one moment. */
static void weftnic_snapshot(const void *stats, struct u64_stats_sync *syncp,
			     const struct weftnic_sw_stat *stat, size_t n,
			     u64 *out)
{
	unsigned int start;
	size_t i;

	do {
		start = u64_stats_fetch_begin(syncp);
		for (i = 0; i < n; i++)
			out[i] = u64_stats_read(stats + stat[i].offset);
	} while (u64_stats_fetch_retry(syncp, start));
}

static void weftnic_rx_snapshot(struct weftnic_vector *vec, u64 *rx)
{
	static_assert(sizeof(struct weftnic_rx_stats) ==
		      WEFTNIC_N_RX_STAT * sizeof(u64_stats_t));

	weftnic_snapshot(&vec->rx_stats, &vec->rx_syncp, weftnic_rx_stat,
			 WEFTNIC_N_RX_STAT, rx);
}

static void weftnic_tx_snapshot(struct weftnic_vector *vec, u64 *tx)
{
	static_assert(sizeof(struct weftnic_tx_stats) ==
		      WEFTNIC_N_TX_STAT * sizeof(u64_stats_t));

	weftnic_snapshot(&vec->tx_stats, &vec->tx_syncp, weftnic_tx_stat,
			 WEFTNIC_N_TX_STAT, tx);
}

/* A field of what these have filled the arrays rx and tx with. */
#define RX(field) \
	rx[offsetof(struct weftnic_rx_stats, field) / sizeof(u64_stats_t)]
#define TX(field) \
	tx[offsetof(struct weftnic_tx_stats, field) / sizeof(u64_stats_t)]

static void weftnic_add_queue(struct weftnic_vector *vec,
			      struct rtnl_link_stats64 *stats)
{
	u64 rx[WEFTNIC_N_RX_STAT], tx[WEFTNIC_N_TX_STAT];
	u64 length, damaged;

	weftnic_rx_snapshot(vec, rx);
	weftnic_tx_snapshot(vec, tx);
	length = RX(length_errors) + RX(chain_errors);
	damaged = RX(device_errors);
	stats->rx_packets += RX(packets);
	stats->rx_bytes += RX(bytes);
	stats->rx_length_errors += length;
	stats->rx_errors += length + damaged;
	stats->rx_dropped += RX(no_skb) + RX(xdp_errors);
	stats->tx_packets += TX(packets);
	stats->tx_bytes += TX(bytes);
	stats->tx_dropped += TX(map_errors) + TX(too_long);
}

/**
 * weftnic_get_stats64() - ndo_get_stats64
 * @dev: interface
 * @stats: result, zero on entry
 *
 * Any context; the device's counters are as of the last service, at most 10 s
 * ago.
 */
void weftnic_get_stats64(struct net_device *dev,
			 struct rtnl_link_stats64 *stats)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	struct weftnic_hw_totals hw = {};
	unsigned int i;

	for (i = 0; i < ad->max_vectors; i++)
		weftnic_add_queue(&ad->vec[i], stats);

	spin_lock_bh(&ad->stats_lock);
	if (ad->hw->sum_totals)
		ad->hw->sum_totals(ad, &hw);
	spin_unlock_bh(&ad->stats_lock);
	stats->rx_missed_errors += hw.rx_missed;
	stats->rx_crc_errors += hw.rx_crc_errors;
	stats->rx_length_errors += hw.rx_length_errors;
	stats->rx_errors += hw.rx_errors;
	stats->multicast += hw.multicast;
	stats->collisions += hw.collisions;
	stats->tx_errors += hw.tx_errors;
}

/**
 * weftnic_update_hw_stats() - add the device's counters to their totals
 * @ad: adapter
 *
 * Reading clears them. Process context.
 */
void weftnic_update_hw_stats(struct weftnic_adapter *ad)
{
	const struct weftnic_hw_stat *stat = ad->hw->hw_stats;
	unsigned int i;

	spin_lock_bh(&ad->stats_lock);
	for (i = 0; i < ad->hw->n_hw_stats && ad->regs; i++) {
		u64 val = weftnic_read(ad, stat[i].reg);

		if (stat[i].wide)
			val |= (u64)weftnic_read(ad, stat[i].reg + 4) << 32;
		if (ad->regs)
			ad->hw_stats[i] += val;
	}
	spin_unlock_bh(&ad->stats_lock);
}

/**
 * weftnic_stats_count() - number of ethtool counters
 * @ad: adapter
 *
 * Return: that.
 */
int weftnic_stats_count(struct weftnic_adapter *ad)
{
	return WEFTNIC_N_GLOBAL + ad->hw->n_hw_stats +
	       ad->max_vectors * (WEFTNIC_N_RX_STAT + WEFTNIC_N_TX_STAT);
}

/**
 * weftnic_stats_strings() - names of the ethtool counters
 * @ad: adapter
 * @data: result, ETH_GSTRING_LEN bytes each
 */
void weftnic_stats_strings(struct weftnic_adapter *ad, u8 *data)
{
	unsigned int i, q;

	ethtool_sprintf(&data, "tx_timeouts");
	ethtool_sprintf(&data, "resets");
	for (q = 0; q < ad->max_vectors; q++) {
		for (i = 0; i < WEFTNIC_N_RX_STAT; i++)
			ethtool_sprintf(&data, "rx%u_%s", q,
					weftnic_rx_stat[i].name);
		for (i = 0; i < WEFTNIC_N_TX_STAT; i++)
			ethtool_sprintf(&data, "tx%u_%s", q,
					weftnic_tx_stat[i].name);
	}
	for (i = 0; i < ad->hw->n_hw_stats; i++)
		ethtool_sprintf(&data, "%s", ad->hw->hw_stats[i].name);
}

/**
 * weftnic_stats_values() - the ethtool counters
 * @ad: adapter
 * @data: result, in the order of weftnic_stats_strings()
 *
 * Process context.
 */
void weftnic_stats_values(struct weftnic_adapter *ad, u64 *data)
{
	unsigned int q;

	weftnic_update_hw_stats(ad);
	*data++ = ad->tx_timeouts;
	*data++ = ad->resets;
	for (q = 0; q < ad->max_vectors; q++) {
		struct weftnic_vector *vec = &ad->vec[q];

		weftnic_rx_snapshot(vec, data);
		data += WEFTNIC_N_RX_STAT;
		weftnic_tx_snapshot(vec, data);
		data += WEFTNIC_N_TX_STAT;
	}
	spin_lock_bh(&ad->stats_lock);
	memcpy(data, ad->hw_stats, ad->hw->n_hw_stats * sizeof(u64));
	spin_unlock_bh(&ad->stats_lock);
}

/* --- by queue, for netdev's netlink family ------------------------------------ */

static void weftnic_add_queue_rx(struct weftnic_vector *vec,
				 struct netdev_queue_stats_rx *stats)
{
	u64 rx[WEFTNIC_N_RX_STAT];

	weftnic_rx_snapshot(vec, rx);
	stats->packets += RX(packets);
	stats->bytes += RX(bytes);
	stats->alloc_fail += RX(no_skb) + RX(no_page);
	stats->csum_unnecessary += RX(csum_ok);
	stats->csum_bad += RX(csum_bad);
}

static void weftnic_add_queue_tx(struct weftnic_vector *vec,
				 struct netdev_queue_stats_tx *stats)
{
	u64 tx[WEFTNIC_N_TX_STAT];

	weftnic_tx_snapshot(vec, tx);
	stats->packets += TX(packets);
	stats->bytes += TX(bytes);
	stats->hw_gso_packets += TX(tso);
}

/* What is not set here or there keeps the value that tells that it is not known. */
static void weftnic_zero_queue_rx(struct netdev_queue_stats_rx *stats)
{
	stats->packets = 0;
	stats->bytes = 0;
	stats->alloc_fail = 0;
	stats->csum_unnecessary = 0;
	stats->csum_bad = 0;
}

static void weftnic_zero_queue_tx(struct netdev_queue_stats_tx *stats)
{
	stats->packets = 0;
	stats->bytes = 0;
	stats->hw_gso_packets = 0;
}

static void weftnic_get_queue_stats_rx(struct net_device *dev, int idx,
				       struct netdev_queue_stats_rx *stats)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	weftnic_zero_queue_rx(stats);
	weftnic_add_queue_rx(&ad->vec[idx], stats);
}

static void weftnic_get_queue_stats_tx(struct net_device *dev, int idx,
				       struct netdev_queue_stats_tx *stats)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	weftnic_zero_queue_tx(stats);
	weftnic_add_queue_tx(&ad->vec[idx], stats);
}

/* What the queues counted that are no longer in use. */
static void weftnic_get_base_stats(struct net_device *dev,
				   struct netdev_queue_stats_rx *rx,
				   struct netdev_queue_stats_tx *tx)
{
	struct weftnic_adapter *ad = netdev_priv(dev);
	unsigned int i;

	weftnic_zero_queue_rx(rx);
	weftnic_zero_queue_tx(tx);
	for (i = ad->n_vectors; i < ad->max_vectors; i++) {
		weftnic_add_queue_rx(&ad->vec[i], rx);
		weftnic_add_queue_tx(&ad->vec[i], tx);
	}
}

/* Called with rtnl held. */
const struct netdev_stat_ops weftnic_stat_ops = {
	.get_queue_stats_rx	= weftnic_get_queue_stats_rx,
	.get_queue_stats_tx	= weftnic_get_queue_stats_tx,
	.get_base_stats		= weftnic_get_base_stats,
};

/* --- the standard groups ---------------------------------------------------- */

/**
 * weftnic_get_mac_stats() - ethtool -S --groups eth-mac
 * @dev: interface
 * @mac: result; what the device does not count stays as it is
 *
 * Process context.
 */
void weftnic_get_mac_stats(struct net_device *dev,
			   struct ethtool_eth_mac_stats *mac)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (!ad->hw->mac_stats)
		return;
	weftnic_update_hw_stats(ad);
	spin_lock_bh(&ad->stats_lock);
	ad->hw->mac_stats(ad, mac);
	spin_unlock_bh(&ad->stats_lock);
}

/**
 * weftnic_get_ctrl_stats() - ethtool -S --groups eth-ctrl
 * @dev: interface
 * @ctrl: result
 *
 * Process context.
 */
void weftnic_get_ctrl_stats(struct net_device *dev,
			    struct ethtool_eth_ctrl_stats *ctrl)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (!ad->hw->ctrl_stats)
		return;
	weftnic_update_hw_stats(ad);
	spin_lock_bh(&ad->stats_lock);
	ad->hw->ctrl_stats(ad, ctrl);
	spin_unlock_bh(&ad->stats_lock);
}

/* Bounds of the histogram of lengths, FCS included. */
static const struct ethtool_rmon_hist_range weftnic_rmon_ranges[] = {
	{ 0, 64 },
	{ 65, 127 },
	{ 128, 255 },
	{ 256, 511 },
	{ 512, 1023 },
	{ 1024, 16384 },
	{ }
};

/**
 * weftnic_get_rmon_stats() - ethtool -S --groups rmon
 * @dev: interface
 * @rmon: result
 * @ranges: result: of the histogram
 *
 * Process context.
 */
void weftnic_get_rmon_stats(struct net_device *dev,
			    struct ethtool_rmon_stats *rmon,
			    const struct ethtool_rmon_hist_range **ranges)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (!ad->hw->rmon_stats)
		return;
	*ranges = weftnic_rmon_ranges;
	weftnic_update_hw_stats(ad);
	spin_lock_bh(&ad->stats_lock);
	ad->hw->rmon_stats(ad, rmon);
	spin_unlock_bh(&ad->stats_lock);
}

/**
 * weftnic_get_pause_stats() - ethtool -I -a
 * @dev: interface
 * @pause: result
 *
 * Process context.
 */
void weftnic_get_pause_stats(struct net_device *dev,
			     struct ethtool_pause_stats *pause)
{
	struct weftnic_adapter *ad = netdev_priv(dev);

	if (!ad->hw->pause_stats)
		return;
	weftnic_update_hw_stats(ad);
	spin_lock_bh(&ad->stats_lock);
	ad->hw->pause_stats(ad, pause);
	spin_unlock_bh(&ad->stats_lock);
}
