// SPDX-License-Identifier: GPL-2.0
/* Statistics registers (13.7): each read clears them. */

#include "intel.h"

const struct weftnic_hw_stat intel_hw_stats[INTEL_N_HW_STATS] = {
	[INTEL_CRC_ERRORS]	= { "hw_rx_crc_errors", E1000_CRCERRS },
	[INTEL_RX_ERRORS]	= { "hw_rx_errors", E1000_RXERRC },
	[INTEL_MISSED]		= { "hw_rx_missed", E1000_MPC },
	[INTEL_SINGLE_COLL]	= { "hw_tx_single_collisions", E1000_SCC },
	[INTEL_EXCESS_COLL]	= { "hw_tx_excessive_collisions", E1000_ECOL },
	[INTEL_MULTI_COLL]	= { "hw_tx_multiple_collisions", E1000_MCC },
	[INTEL_LATE_COLL]	= { "hw_tx_late_collisions", E1000_LATECOL },
	[INTEL_COLLISIONS]	= { "hw_tx_collisions", E1000_COLC },
	[INTEL_LENGTH_ERRORS]	= { "hw_rx_length_errors", E1000_RLEC },
	[INTEL_XON_RX]		= { "hw_rx_xon", E1000_XONRXC },
	[INTEL_XON_TX]		= { "hw_tx_xon", E1000_XONTXC },
	[INTEL_XOFF_RX]		= { "hw_rx_xoff", E1000_XOFFRXC },
	[INTEL_XOFF_TX]		= { "hw_tx_xoff", E1000_XOFFTXC },
	[INTEL_RX_64]		= { "hw_rx_64", E1000_PRC64 },
	[INTEL_RX_127]		= { "hw_rx_65_to_127", E1000_PRC127 },
	[INTEL_RX_255]		= { "hw_rx_128_to_255", E1000_PRC255 },
	[INTEL_RX_511]		= { "hw_rx_256_to_511", E1000_PRC511 },
	[INTEL_RX_1023]		= { "hw_rx_512_to_1023", E1000_PRC1023 },
	[INTEL_RX_MAX]		= { "hw_rx_1024_to_max", E1000_PRC1522 },
	[INTEL_RX_GOOD]		= { "hw_rx_packets", E1000_GPRC },
	[INTEL_RX_BROADCAST]	= { "hw_rx_broadcast", E1000_BPRC },
	[INTEL_RX_MULTICAST]	= { "hw_rx_multicast", E1000_MPRC },
	[INTEL_TX_GOOD]		= { "hw_tx_packets", E1000_GPTC },
	[INTEL_RX_BYTES]	= { "hw_rx_bytes", E1000_GORCL, true },
	[INTEL_TX_BYTES]	= { "hw_tx_bytes", E1000_GOTCL, true },
	[INTEL_NO_BUFFER]	= { "hw_rx_no_buffer", E1000_RNBC },
	[INTEL_UNDERSIZE]	= { "hw_rx_undersize", E1000_RUC },
	[INTEL_FRAGMENTS]	= { "hw_rx_fragments", E1000_RFC },
	[INTEL_OVERSIZE]	= { "hw_rx_oversize", E1000_ROC },
	[INTEL_JABBER]		= { "hw_rx_jabber", E1000_RJC },
	[INTEL_TX_64]		= { "hw_tx_64", E1000_PTC64 },
	[INTEL_TX_127]		= { "hw_tx_65_to_127", E1000_PTC127 },
	[INTEL_TX_255]		= { "hw_tx_128_to_255", E1000_PTC255 },
	[INTEL_TX_511]		= { "hw_tx_256_to_511", E1000_PTC511 },
	[INTEL_TX_1023]		= { "hw_tx_512_to_1023", E1000_PTC1023 },
	[INTEL_TX_MAX]		= { "hw_tx_1024_to_max", E1000_PTC1522 },
	[INTEL_TX_MULTICAST]	= { "hw_tx_multicast", E1000_MPTC },
	[INTEL_TX_BROADCAST]	= { "hw_tx_broadcast", E1000_BPTC },
	[INTEL_TSO]		= { "hw_tx_tso_contexts", E1000_TSCTC },
	[INTEL_TSO_FAIL]	= { "hw_tx_tso_failed", E1000_TSCTFC },
};

/**
 * intel_sum_totals() - the standard counters that the device knows
 * @ad: adapter; stats_lock held
 * @totals: result
 */
void intel_sum_totals(struct weftnic_adapter *ad,
		      struct weftnic_hw_totals *totals)
{
	const u64 *c = ad->hw_stats;

	totals->rx_missed = c[INTEL_MISSED];
	totals->rx_crc_errors = c[INTEL_CRC_ERRORS];
	totals->rx_length_errors = c[INTEL_LENGTH_ERRORS] +
				   c[INTEL_UNDERSIZE] + c[INTEL_OVERSIZE];
	totals->rx_errors = c[INTEL_RX_ERRORS] + c[INTEL_CRC_ERRORS] +
			    totals->rx_length_errors;
	totals->multicast = c[INTEL_RX_MULTICAST];
	totals->collisions = c[INTEL_COLLISIONS];
	totals->tx_errors = c[INTEL_EXCESS_COLL] + c[INTEL_LATE_COLL];
}

/**
 * intel_mac_stats() - the counters of IEEE 802.3, clause 30.3.1
 * @ad: adapter; stats_lock held
 * @mac: result
 */
void intel_mac_stats(struct weftnic_adapter *ad,
		     struct ethtool_eth_mac_stats *mac)
{
	const u64 *c = ad->hw_stats;

	mac->FramesTransmittedOK = c[INTEL_TX_GOOD];
	mac->FramesReceivedOK = c[INTEL_RX_GOOD];
	mac->OctetsTransmittedOK = c[INTEL_TX_BYTES];
	mac->OctetsReceivedOK = c[INTEL_RX_BYTES];
	mac->MulticastFramesXmittedOK = c[INTEL_TX_MULTICAST];
	mac->BroadcastFramesXmittedOK = c[INTEL_TX_BROADCAST];
	mac->MulticastFramesReceivedOK = c[INTEL_RX_MULTICAST];
	mac->BroadcastFramesReceivedOK = c[INTEL_RX_BROADCAST];
	mac->SingleCollisionFrames = c[INTEL_SINGLE_COLL];
	mac->MultipleCollisionFrames = c[INTEL_MULTI_COLL];
	mac->LateCollisions = c[INTEL_LATE_COLL];
	mac->FramesAbortedDueToXSColls = c[INTEL_EXCESS_COLL];
	mac->FrameCheckSequenceErrors = c[INTEL_CRC_ERRORS];
	mac->InRangeLengthErrors = c[INTEL_LENGTH_ERRORS];
	mac->FrameTooLongErrors = c[INTEL_OVERSIZE];
}

/**
 * intel_ctrl_stats() - MAC control frames (IEEE 802.3, clause 30.3.3)
 * @ad: adapter; stats_lock held
 * @ctrl: result; all are pause frames
 */
void intel_ctrl_stats(struct weftnic_adapter *ad,
		      struct ethtool_eth_ctrl_stats *ctrl)
{
	const u64 *c = ad->hw_stats;

	ctrl->MACControlFramesTransmitted = c[INTEL_XON_TX] + c[INTEL_XOFF_TX];
	ctrl->MACControlFramesReceived = c[INTEL_XON_RX] + c[INTEL_XOFF_RX];
}

/**
 * intel_rmon_stats() - the counters of RFC 2819, by &intel_rmon_ranges
 * @ad: adapter; stats_lock held
 * @rmon: result
 */
void intel_rmon_stats(struct weftnic_adapter *ad,
		      struct ethtool_rmon_stats *rmon)
{
	const u64 *c = ad->hw_stats;
	unsigned int i;

	rmon->undersize_pkts = c[INTEL_UNDERSIZE];
	rmon->oversize_pkts = c[INTEL_OVERSIZE];
	rmon->fragments = c[INTEL_FRAGMENTS];
	rmon->jabbers = c[INTEL_JABBER];
	for (i = 0; i <= INTEL_RX_MAX - INTEL_RX_64; i++) {
		rmon->hist[i] = c[INTEL_RX_64 + i];
		rmon->hist_tx[i] = c[INTEL_TX_64 + i];
	}
}

/**
 * intel_pause_stats() - pause frames
 * @ad: adapter; stats_lock held
 * @pause: result: those that ask for silence and those that end it
 */
void intel_pause_stats(struct weftnic_adapter *ad,
		       struct ethtool_pause_stats *pause)
{
	const u64 *c = ad->hw_stats;

	pause->tx_pause_frames = c[INTEL_XON_TX] + c[INTEL_XOFF_TX];
	pause->rx_pause_frames = c[INTEL_XON_RX] + c[INTEL_XOFF_RX];
}
