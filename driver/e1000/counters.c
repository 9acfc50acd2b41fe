// SPDX-License-Identifier: GPL-2.0
/* 82540EM statistics registers (13.7): each read clears them. */

#include "em540.h"

const struct weftnic_hw_stat em540_hw_stats[EM540_N_HW_STATS] = {
	[EM540_CRC_ERRORS]	= { "hw_rx_crc_errors", E1000_CRCERRS },
	[EM540_RX_ERRORS]	= { "hw_rx_errors", E1000_RXERRC },
	[EM540_MISSED]		= { "hw_rx_missed", E1000_MPC },
	[EM540_SINGLE_COLL]	= { "hw_tx_single_collisions", E1000_SCC },
	[EM540_EXCESS_COLL]	= { "hw_tx_excessive_collisions", E1000_ECOL },
	[EM540_MULTI_COLL]	= { "hw_tx_multiple_collisions", E1000_MCC },
	[EM540_LATE_COLL]	= { "hw_tx_late_collisions", E1000_LATECOL },
	[EM540_COLLISIONS]	= { "hw_tx_collisions", E1000_COLC },
	[EM540_LENGTH_ERRORS]	= { "hw_rx_length_errors", E1000_RLEC },
	[EM540_XON_RX]		= { "hw_rx_xon", E1000_XONRXC },
	[EM540_XON_TX]		= { "hw_tx_xon", E1000_XONTXC },
	[EM540_XOFF_RX]		= { "hw_rx_xoff", E1000_XOFFRXC },
	[EM540_XOFF_TX]		= { "hw_tx_xoff", E1000_XOFFTXC },
	[EM540_RX_64]		= { "hw_rx_64", E1000_PRC64 },
	[EM540_RX_127]		= { "hw_rx_65_to_127", E1000_PRC127 },
	[EM540_RX_255]		= { "hw_rx_128_to_255", E1000_PRC255 },
	[EM540_RX_511]		= { "hw_rx_256_to_511", E1000_PRC511 },
	[EM540_RX_1023]		= { "hw_rx_512_to_1023", E1000_PRC1023 },
	[EM540_RX_MAX]		= { "hw_rx_1024_to_max", E1000_PRC1522 },
	[EM540_RX_GOOD]		= { "hw_rx_packets", E1000_GPRC },
	[EM540_RX_BROADCAST]	= { "hw_rx_broadcast", E1000_BPRC },
	[EM540_RX_MULTICAST]	= { "hw_rx_multicast", E1000_MPRC },
	[EM540_TX_GOOD]		= { "hw_tx_packets", E1000_GPTC },
	[EM540_RX_BYTES]	= { "hw_rx_bytes", E1000_GORCL, true },
	[EM540_TX_BYTES]	= { "hw_tx_bytes", E1000_GOTCL, true },
	[EM540_NO_BUFFER]	= { "hw_rx_no_buffer", E1000_RNBC },
	[EM540_UNDERSIZE]	= { "hw_rx_undersize", E1000_RUC },
	[EM540_FRAGMENTS]	= { "hw_rx_fragments", E1000_RFC },
	[EM540_OVERSIZE]	= { "hw_rx_oversize", E1000_ROC },
	[EM540_JABBER]		= { "hw_rx_jabber", E1000_RJC },
	[EM540_TX_64]		= { "hw_tx_64", E1000_PTC64 },
	[EM540_TX_127]		= { "hw_tx_65_to_127", E1000_PTC127 },
	[EM540_TX_255]		= { "hw_tx_128_to_255", E1000_PTC255 },
	[EM540_TX_511]		= { "hw_tx_256_to_511", E1000_PTC511 },
	[EM540_TX_1023]		= { "hw_tx_512_to_1023", E1000_PTC1023 },
	[EM540_TX_MAX]		= { "hw_tx_1024_to_max", E1000_PTC1522 },
	[EM540_TX_MULTICAST]	= { "hw_tx_multicast", E1000_MPTC },
	[EM540_TX_BROADCAST]	= { "hw_tx_broadcast", E1000_BPTC },
	[EM540_TSO]		= { "hw_tx_tso_contexts", E1000_TSCTC },
	[EM540_TSO_FAIL]	= { "hw_tx_tso_failed", E1000_TSCTFC },
};

/**
 * em540_sum_totals() - the standard counters that the device knows
 * @ad: adapter; stats_lock held
 * @totals: result
 */
void em540_sum_totals(struct weftnic_adapter *ad,
		      struct weftnic_hw_totals *totals)
{
	const u64 *c = ad->hw_stats;

	totals->rx_missed = c[EM540_MISSED];
	totals->rx_crc_errors = c[EM540_CRC_ERRORS];
	totals->rx_length_errors = c[EM540_LENGTH_ERRORS] +
				   c[EM540_UNDERSIZE] + c[EM540_OVERSIZE];
	totals->rx_errors = c[EM540_RX_ERRORS] + c[EM540_CRC_ERRORS] +
			    totals->rx_length_errors;
	totals->multicast = c[EM540_RX_MULTICAST];
	totals->collisions = c[EM540_COLLISIONS];
	totals->tx_errors = c[EM540_EXCESS_COLL] + c[EM540_LATE_COLL];
}
